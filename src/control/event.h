/* SPDX-License-Identifier: GPL-3.0-or-later */
/* event.h: the log of what happened: stages, the operator, alarms, marks.
 * Text in it is clean for a terminal. One thread (main). */
#ifndef ONRUSH_CONTROL_EVENT_H
#define ONRUSH_CONTROL_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/secret.h"

#define EVENT_TEXT_MAX 160
#define EVENT_LOG_MAX 100000

typedef enum EventKind {
    EVENT_PLAN,   /* a stage began, the load is back */
    EVENT_YOU,    /* an operator's command */
    EVENT_MARK,   /* an operator's note */
    EVENT_ALERT,  /* a threshold broke or holds again */
    EVENT_TARGET, /* unreachable, answering again, recovered */
} EventKind;

typedef struct Event {
    uint64_t at_ns; /* run time */
    EventKind kind;
    char text[EVENT_TEXT_MAX];
} Event;

typedef struct EventLog {
    Event *items;
    size_t count, cap;
    const Secrets *secrets; /* no event has them; NULL: none are known */
} EventLog;

/* Of EVENT_LOG_MAX events the last says that the log is full. */
void event_add(EventLog *log, uint64_t at_ns, EventKind kind,
               const char *format, ...) __attribute__((format(printf, 4, 5)));
void event_log_close(EventLog *log);
const char *event_kind_name(EventKind k); /* "plan", "you", … */

#endif
