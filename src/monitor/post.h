/* SPDX-License-Identifier: GPL-3.0-or-later */
/* post.h: what the monitor's thread hands over. A Post belongs to whoever
 * holds it. */
#ifndef ONRUSH_MONITOR_POST_H
#define ONRUSH_MONITOR_POST_H

#include <stddef.h>
#include <stdint.h>

#include "stats/gauges.h"

#define POST_EVENT_MAX 400
/* Readings of a main thread that never comes are dropped beyond this. */
#define POST_READINGS_MAX 100000

typedef struct PostReading {
    size_t gauge;
    uint64_t at_ns; /* clock */
    double value;
    GaugeUnit unit;
} PostReading;

typedef struct PostEvent {
    char text[POST_EVENT_MAX];
} PostEvent;

typedef struct Post {
    PostReading *readings;
    size_t count, cap;
    PostEvent *events;
    size_t event_count, event_cap;
} Post;

/* What is not finite is left out. */
void post_reading(Post *p, const PostReading *r);
void post_event(Post *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Adds what is in from, which is empty then. */
void post_move(Post *to, Post *from);
void post_clear(Post *p); /* keeps the memory */
void post_close(Post *p);

#endif
