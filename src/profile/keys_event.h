/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys_event.h: readers of the keys in [event NAME] and [metric NAME], for
 * the table of keys. */
#ifndef ONRUSH_PROFILE_KEYS_EVENT_H
#define ONRUSH_PROFILE_KEYS_EVENT_H

#include "profile/keys.h"

void key_read_event_at(KeyContext *c);
void key_read_event_do(KeyContext *c);
void key_read_event_exec(KeyContext *c);
/* A command line's words, each ended by NUL, as uv_spawn wants them; line is
 * the value or its end. NULL: a mistake was told; whose says who comes once. */
const char *key_read_words(KeyContext *c, const char *line, const char *whose,
                           size_t *length);
void key_read_metric_type(KeyContext *c);
void key_read_metric_contains(KeyContext *c);

/* Tries the events' commands on a copy of the plans; mistakes go to *d. */
void events_check(Profile *p, Diags *d);

#define EVENT_KEYS \
    { "event", "at", KEY_ONCE, key_read_event_at, NULL, \
      "when, in the run's time: 5m" }, \
    { "event", "do", KEY_ONCE, key_read_event_do, NULL, \
      "a command as onrush ctl has them: spike +500 20s, hold, mark TEXT" }, \
    { "event", "exec", KEY_ONCE, key_read_event_exec, NULL, \
      "a process to start, with its arguments" },

#define METRIC_KEYS \
    { "metric", "type", KEY_ONCE, key_read_metric_type, "trend", \
      "trend, rate, counter or gauge" }, \
    { "metric", "contains", KEY_ONCE, key_read_metric_contains, "default", \
      "time: its values are milliseconds; or default" },

#endif
