/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/merge.h"

#include <math.h>

#include "base/clock.h"

#define STEP_LONGEST_NS NS_PER_S
#define STEPS_LEAST 3

static bool is_step(const Segment *g) {
    return g->from == g->to && g->end_ns - g->start_ns <= STEP_LONGEST_NS;
}

/* A line goes from the middle of one step to the middle of another: whole
 * users at both ends, and half a step off in between. */
static uint64_t middle(const Segment *g) {
    return g->start_ns + (g->end_ns - g->start_ns) / 2;
}

static double line_at(const Segment *a, const Segment *b, uint64_t t_ns) {
    double from = (double)middle(a), to = (double)middle(b);
    return to > from ? a->from + (b->from - a->from) * ((double)t_ns - from) /
                                     (to - from)
                     : a->from;
}

/* The ends of steps are where a line is farthest from them. */
static bool is_near(const Segment *a, const Segment *b, double tolerance) {
    for (const Segment *g = a; g < b; g++) {
        double at = line_at(a, b, g->end_ns);
        if (fabs(at - g->from) > tolerance || fabs(at - g[1].from) > tolerance)
            return false;
    }
    return true;
}

/* One more; level on level is one. Returns the count. */
static size_t add(Segment *out, size_t count, Segment g) {
    Segment *last = count ? &out[count - 1] : NULL;
    if (g.start_ns == g.end_ns)
        return count;
    if (last && last->from == last->to && g.from == g.to && last->to == g.from)
        last->end_ns = g.end_ns;
    else
        out[count++] = g;
    return count;
}

static size_t merge_group(const Segment *in, size_t count, double tolerance,
                          Segment *out, size_t made) {
    const Segment *at = in, *last = in + count - 1;
    made = add(out, made,
               (Segment){ at->start_ns, middle(at), at->from, at->from });
    while (at < last) {
        const Segment *to = at;
        while (to < last && is_near(at, to + 1, tolerance))
            to++;
        if (to > at) {
            made = add(out, made,
                       (Segment){ middle(at), middle(to), at->from, to->from });
        } else { /* too high a step */
            to = at + 1;
            made = add(out, made,
                       (Segment){ middle(at), at->end_ns, at->from, at->from });
            made =
                add(out, made,
                    (Segment){ to->start_ns, middle(to), to->from, to->from });
        }
        at = to;
    }
    return add(out, made,
               (Segment){ middle(at), at->end_ns, at->from, at->from });
}

size_t merge_steps(const Segment *in, size_t count, double tolerance,
                   Segment *out) {
    size_t made = 0;
    for (size_t i = 0; i < count;) {
        size_t end = i;
        while (end < count && is_step(&in[end]))
            end++;
        if (end - i >= STEPS_LEAST) {
            made = merge_group(in + i, end - i, tolerance, out, made);
            i = end;
        } else {
            made = add(out, made, in[i++]);
        }
    }
    return made;
}
