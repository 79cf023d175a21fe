/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys_answer.h: readers of the keys in [request NAME] that look at the
 * answer, for the table of keys. */
#ifndef ONRUSH_PROFILE_KEYS_ANSWER_H
#define ONRUSH_PROFILE_KEYS_ANSWER_H

#include "profile/keys.h"

void key_read_check(KeyContext *c);
void key_read_extract(KeyContext *c);
void key_read_record(KeyContext *c);
void key_read_until(KeyContext *c);
void key_read_until_every(KeyContext *c);
void key_read_until_give_up(KeyContext *c);

/* "NAME" of "check NAME"; "" without. */
const char *key_second_word(const IniEntry *e);

#define ANSWER_KEYS \
    { "request", "check", KEY_NAMED, key_read_check, NULL, \
      "expression that should hold for the answer; a name may follow check" }, \
    { "request", "extract", KEY_NAMED, key_read_extract, NULL, \
      "extract NAME = VALUE: later requests take it as ${NAME}" }, \
    { "request", "record", KEY_NAMED, key_read_record, NULL, \
      "record METRIC = VALUE: a sample of a metric of your own" }, \
    { "request", "until", KEY_ONCE, key_read_until, NULL, \
      "ask again until this holds; the metric REQUEST_completion has the " \
      "time" }, \
    { "request", "every", KEY_ONCE, key_read_until_every, "500ms", \
      "of until: pause between two asks" }, \
    { "request", "give_up", KEY_ONCE, key_read_until_give_up, "60s", \
      "of until: ask no longer than that" },

#endif
