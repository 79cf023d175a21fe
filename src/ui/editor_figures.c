/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ui/editor.h"

/* Without the cell in which a stage ends: it has what came next as well. A
 * stage within one cell has no other. */
static uint64_t whole_until(const Timeline *t, uint64_t from_ns,
                            uint64_t to_ns) {
    size_t n = timeline_count(t);
    size_t first = timeline_find(t, from_ns), last = timeline_find(t, to_ns);
    if (first < n && timeline_cell(t, first)->start_ns < from_ns)
        first++;
    bool is_cut = last < n && timeline_cell(t, last)->start_ns < to_ns;
    return is_cut && first < last ? timeline_cell(t, last)->start_ns : to_ns;
}

/* In the open model of the response times. */
static void read_figures(StageFigures *f, const Timeline *t, bool is_open) {
    Hist h = { 0 };
    CellSeries sums;
    uint64_t to_ns = whole_until(t, f->from_ns, f->to_ns);
    double seconds =
        timeline_interval(t, f->from_ns, to_ns, SIZE_MAX, &h, &sums);
    f->error_rate =
        sums.requests ? (double)sums.failed / (double)sums.requests : NAN;
    f->rps = seconds > 0 ? (double)sums.requests / seconds : NAN;
    if (is_open) {
        hist_clear(&h);
        timeline_interval(t, f->from_ns, to_ns, TIMELINE_RESPONSE, &h, &sums);
    }
    f->p50_ns = hist_quantile(&h, 0.5);
    f->p95_ns = hist_quantile(&h, 0.95);
    hist_close(&h);
}

/* Reading a long stretch again for each second of it would cost more than a
 * frame may, and show the same: the present row's waits for a hundredth. */
static bool still_holds(const StageFigures *old, const StageFigures *now) {
    return old->from_ns == now->from_ns && old->to_ns <= now->to_ns &&
           old->to_ns > old->from_ns &&
           now->to_ns - old->to_ns <= (now->to_ns - now->from_ns) / 100;
}

void editor_read_figures(Editor *e, const Snapshot *s) {
    const Timeline *t = s->timeline;
    StageFigures *now = mem_alloc(e->row_count, sizeof *now);
    for (size_t i = 0; i < e->row_count; i++) {
        const PlanRow *r = &e->rows[i];
        uint64_t end = r->began_ns + r->length_ns;
        StageFigures *f = &now[i];
        *f = (StageFigures){ r->began_ns, r->began_ns, NAN, NAN, NAN, NAN };
        if (r->state == ROW_FUTURE || !t)
            continue;
        f->to_ns = end < t->open_ns ? end : t->open_ns;
        bool is_past = r->state == ROW_PAST;
        bool known = i < e->figure_count && still_holds(&e->figures[i], f) &&
                     (!is_past || e->figures[i].to_ns == f->to_ns);
        if (known)
            *f = e->figures[i];
        else if (f->to_ns > f->from_ns)
            read_figures(f, t, s->is_open);
    }
    free(e->figures);
    e->figures = now;
    e->figure_count = e->row_count;
}
