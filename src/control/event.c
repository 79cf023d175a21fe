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
    Text text = { 0 };
    va_list args;
    va_start(args, format);
    if (log->count == EVENT_LOG_MAX - 1)
        text_adds(&text, "the log is full: what happens from here on is not "
                         "in it");
    else
        text_addv(&text, format, args);
    va_end(args);
    if (text.length)
        secrets_mask_text(log->secrets, text.bytes, false);
    char *clean = text_clean_copy(text.length ? text.bytes : "");
    mem_grow(log->items, log->count, log->cap);
    Event *e = &log->items[log->count++];
    *e = (Event){ .at_ns = at_ns, .kind = kind };
    text_shorten(e->text, sizeof e->text, clean);
    free(clean);
    text_close(&text);
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
