/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/stall.h"

#include "base/clock.h"

#define LEAST_NS (2 * NS_PER_S)
#define CELLS_BEFORE 5
#define REQUESTS_BEFORE 5 /* in each, on average */

static const CellSeries *of(const Timeline *t, const Cell *c, size_t series) {
    return series < t->series_count ? &c->series[series] : &c->all;
}

static bool is_quiet(const Timeline *t, size_t i, size_t series) {
    const Cell *c = timeline_cell(t, i);
    bool is_worked_at = c->active > 0 || c->users > 0;
    return is_worked_at && of(t, c, series)->requests == 0;
}

static bool was_busy(const Timeline *t, size_t before, size_t series) {
    uint64_t requests = 0;
    if (before < CELLS_BEFORE)
        return false;
    for (size_t i = before - CELLS_BEFORE; i < before; i++)
        requests += of(t, timeline_cell(t, i), series)->requests;
    return requests >= CELLS_BEFORE * REQUESTS_BEFORE;
}

/* Cells [first, end) are quiet, and those around are not. */
static bool is_stall(const Timeline *t, size_t first, size_t end, size_t series,
                     Stall *to) {
    if (first == end || end == timeline_count(t))
        return false;
    const Cell *begin = timeline_cell(t, first),
               *behind = timeline_cell(t, end);
    uint64_t length = behind->start_ns - begin->start_ns;
    *to = (Stall){ begin->start_ns, behind->start_ns };
    const CellSeries *ended = of(t, behind, series);
    return length >= LEAST_NS && was_busy(t, first, series) &&
           ended->requests > 0 &&
           (double)ended->max >= (double)(length - begin->length_ns);
}

bool stall_find(const Timeline *t, uint64_t from_ns, uint64_t to_ns,
                size_t series, Stall *to) {
    size_t n = timeline_count(t), end = timeline_find(t, to_ns);
    while (end < n && is_quiet(t, end, series))
        end++;
    while (end > 0) {
        size_t first = end;
        while (first > 0 && is_quiet(t, first - 1, series))
            first--;
        if (is_stall(t, first, end, series, to) && to->from_ns < to_ns)
            return to->to_ns > from_ns;
        if (timeline_cell(t, first ? first - 1 : 0)->start_ns < from_ns)
            return false;
        end = first ? first - 1 : 0;
    }
    return false;
}
