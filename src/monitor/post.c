/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "monitor/post.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

void post_reading(Post *p, const PostReading *r) {
    if (!isfinite(r->value) || p->count == POST_READINGS_MAX)
        return;
    mem_grow(p->readings, p->count, p->cap);
    p->readings[p->count++] = *r;
}

static void add_event(Post *p, const PostEvent *e) {
    if (p->event_count == POST_READINGS_MAX)
        return;
    mem_grow(p->events, p->event_count, p->event_cap);
    p->events[p->event_count++] = *e;
}

void post_event(Post *p, const char *format, ...) {
    PostEvent e;
    va_list args;
    va_start(args, format);
    vsnprintf(e.text, sizeof e.text, format, args);
    va_end(args);
    add_event(p, &e);
}

void post_move(Post *to, Post *from) {
    for (size_t i = 0; i < from->count; i++)
        post_reading(to, &from->readings[i]);
    for (size_t i = 0; i < from->event_count; i++)
        add_event(to, &from->events[i]);
    post_clear(from);
}

void post_clear(Post *p) {
    p->count = p->event_count = 0;
}

void post_close(Post *p) {
    free(p->readings);
    free(p->events);
    *p = (Post){ 0 };
}
