/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "control/event.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

void event_add(EventLog *log, uint64_t at_ns, EventKind kind,
               const char *format, ...) {
    if (log->count == EVENT_LOG_MAX)
        return;
    char text[EVENT_TEXT_MAX * 4];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    secrets_mask_text(log->secrets, text, length >= (int)sizeof text);
    if (log->count == EVENT_LOG_MAX - 1)
        snprintf(text, sizeof text,
                 "the log is full: what happens from here on is not in it");
    mem_grow(log->items, log->count, log->cap);
    Event *e = &log->items[log->count++];
    *e = (Event){ .at_ns = at_ns, .kind = kind };
    text_clean(e->text, sizeof e->text, text, strlen(text));
}

void event_log_close(EventLog *log) {
    free(log->items);
    *log = (EventLog){ 0 };
}

const char *event_kind_name(EventKind k) {
    static const char *const names[] = { "plan", "you", "mark", "alert",
                                         "target" };
    return names[k];
}
