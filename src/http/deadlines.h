/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deadlines.h: exchanges by deadline. All deadlines of a transport have the
 * same length, so a list stays sorted by itself. {0} is an empty one. */
#ifndef ONRUSH_HTTP_DEADLINES_H
#define ONRUSH_HTTP_DEADLINES_H

#include "http/exchange.h"

typedef struct Deadlines {
    Exchange *first, *last; /* earliest first */
} Deadlines;

static inline void deadline_set(Deadlines *d, Exchange *x,
                                uint64_t deadline_ns) {
    x->deadline_ns = deadline_ns;
    x->later = NULL;
    x->earlier = d->last;
    if (d->last)
        d->last->later = x;
    else
        d->first = x;
    d->last = x;
}

static inline void deadline_drop(Deadlines *d, Exchange *x) {
    if (x->earlier)
        x->earlier->later = x->later;
    else
        d->first = x->later;
    if (x->later)
        x->later->earlier = x->earlier;
    else
        d->last = x->earlier;
    x->earlier = x->later = NULL;
}

#endif
