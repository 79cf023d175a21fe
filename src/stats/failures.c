/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/failures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

void failures_init(Failures *f, size_t checks) {
    size_t kinds = EXAMPLE_OF_CHECK(checks);
    *f = (Failures){ .kinds = mem_alloc(kinds, sizeof *f->kinds),
                     .kind_count = kinds,
                     .each_s = 1 };
}

void failures_close(Failures *f) {
    for (size_t i = 0; i < f->kind_count; i++) {
        free(f->kinds[i].points);
        free(f->kinds[i].examples);
    }
    free(f->kinds);
    *f = (Failures){ 0 };
}

/* --- time --------------------------------------------------------------- */

/* What is of before the window is forgotten. */
static void move_to(Failures *f, uint64_t second) {
    uint64_t steps = second - f->second;
    if (steps > FAILURES_WINDOW_S)
        steps = FAILURES_WINDOW_S;
    for (uint64_t i = 0; i < steps; i++)
        for (size_t k = 0; k < f->kind_count; k++)
            f->kinds[k].recent[(second - i) % FAILURES_WINDOW_S] = 0;
    f->second = second;
}

/* Neighbours become one, of all kinds, so that they stay comparable. */
static void make_room(Failures *f) {
    for (size_t k = 0; k < f->kind_count; k++) {
        uint32_t *p = f->kinds[k].points;
        for (size_t i = 0; p && i < FAILURES_POINTS / 2; i++)
            p[i] = p[2 * i] + p[2 * i + 1];
        if (p)
            memset(p + FAILURES_POINTS / 2, 0, FAILURES_POINTS / 2 * sizeof *p);
    }
    f->each_s *= 2;
}

void failures_advance(Failures *f, uint64_t now_ns) {
    uint64_t second = now_ns / NS_PER_S;
    if (now_ns > f->now_ns)
        f->now_ns = now_ns;
    if (second > f->second)
        move_to(f, second);
    while (f->second / f->each_s >= FAILURES_POINTS)
        make_room(f);
}

/* --- counting ----------------------------------------------------------- */

static uint64_t count_of(const Slab *s, size_t kind) {
    uint64_t n = 0;
    if (kind >= FAIL_COUNT)
        return s->checks[kind - FAIL_COUNT].failed;
    for (size_t i = 0; i < s->series_count; i++)
        n += s->series[i].fail[kind];
    return n;
}

/* A late slab counts where it belongs, while the window still has it. */
static void count(Failures *f, Failure *x, uint64_t at_ns, uint64_t n) {
    uint64_t second = (at_ns ? at_ns - 1 : 0) / NS_PER_S;
    if (!(x->count || x->example_count) || at_ns < x->first_ns)
        x->first_ns = at_ns;
    if (at_ns > x->last_ns)
        x->last_ns = at_ns;
    x->count += n;
    if (second + FAILURES_WINDOW_S > f->second)
        x->recent[second % FAILURES_WINDOW_S] += (uint32_t)n;
    if (!x->points)
        x->points = mem_alloc(FAILURES_POINTS, sizeof *x->points);
    x->points[second / f->each_s] += (uint32_t)n;
}

void failures_example(Failures *f, size_t kind, const Example *e) {
    Failure *x = &f->kinds[kind];
    for (size_t i = 0; i < x->example_count; i++)
        if (x->examples[i].series == e->series)
            return;
    if (x->example_count == FAILURES_EXAMPLES)
        return;
    if (!x->examples)
        x->examples = mem_alloc(FAILURES_EXAMPLES, sizeof *x->examples);
    if (!(x->count || x->example_count) || e->end_ns < x->first_ns)
        x->first_ns = e->end_ns;
    x->examples[x->example_count++] = *e;
}

/* A slab's, whose times are of clock_now. */
static void keep(Failures *f, size_t kind, const Example *e, uint64_t at_ns,
                 uint64_t until_ns) {
    uint64_t ago = until_ns > e->end_ns ? until_ns - e->end_ns : 0;
    Example here = *e;
    here.end_ns = at_ns > ago ? at_ns - ago : 0;
    failures_example(f, kind, &here);
}

void failures_add(Failures *f, uint64_t at_ns, const Slab *slab) {
    failures_advance(f, at_ns ? at_ns - 1 : 0);
    for (size_t k = 0; k < f->kind_count; k++) {
        uint64_t n = count_of(slab, k);
        const Example *e = slab->examples[k];
        if (n)
            count(f, &f->kinds[k], at_ns, n);
        if (e && e->is_there)
            keep(f, k, e, at_ns, slab->until_ns);
    }
}

/* --- reading ------------------------------------------------------------ */

uint64_t failures_recent(const Failures *f, size_t kind) {
    uint64_t n = 0;
    for (size_t i = 0; i < FAILURES_WINDOW_S; i++)
        n += f->kinds[kind].recent[i];
    return n;
}

/* The share of point i that lies within [from, to), in points; it ends at
 * now at the latest. */
static double overlap(double from, double to, size_t i, double now) {
    double end = fmax(fmin((double)i + 1, now), (double)i + 1e-9);
    double low = fmax(from, (double)i), high = fmin(to, end);
    return high > low ? (high - low) / (end - (double)i) : 0;
}

void failures_over(const Failures *f, size_t kind, uint64_t from_ns,
                   uint64_t to_ns, double *parts, int count) {
    const uint32_t *points = f->kinds[kind].points;
    double each = (double)f->each_s * 1e9, now = (double)f->now_ns / each;
    double width = ((double)to_ns - (double)from_ns) / each / count;
    for (int i = 0; i < count; i++) {
        double low = (double)from_ns / each + width * i, high = low + width;
        parts[i] = 0;
        for (size_t k = (size_t)low;
             points && k < FAILURES_POINTS && (double)k < high; k++)
            parts[i] += points[k] * overlap(low, high, k, now);
    }
}
