/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/spectrum.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

/* A stall is told of a column when it is as near as that: the answers that
 * waited for its end are in the second behind it. */
#define STALL_NEAR_NS NS_PER_S

Spectrum *spectrum_new(void) {
    Spectrum *s = mem_new(Spectrum);
    bands_init(&s->bands);
    return s;
}

static void forget(Spectrum *s) {
    for (size_t i = 0; i < s->sum_count; i++)
        free(s->sums[i]);
    free(s->sums);
    s->sums = NULL;
    s->sum_count = 0;
    free(s->columns);
    s->columns = NULL;
    s->axis = (TimeAxis){ 0 };
    hist_close(&s->moment.hist);
    s->moment = (Moment){ 0 };
}

void spectrum_free(Spectrum *s) {
    if (!s)
        return;
    forget(s);
    hist_close(&s->scratch);
    free(s);
}

/* --- which cells a column has ------------------------------------------- */

static uint64_t cell_end(const Cell *c) {
    return c->start_ns + c->length_ns;
}

/* Cells that begin in [from, to); where none does because cells are wider
 * than that, the one over it. Cells of one stretch are whole and have no
 * gaps, so that the stretch says what its sum is, however often cells were
 * folded into coarser ones meanwhile. Empty: no cell. */
static Interval cells_of(const Timeline *t, uint64_t from, uint64_t to) {
    size_t n = timeline_count(t), i = timeline_find(t, from);
    if (i >= n || timeline_cell(t, i)->start_ns >= to)
        return (Interval){ 0, 0 };
    const Cell *first = timeline_cell(t, i);
    const Cell *next = i + 1 < n ? timeline_cell(t, i + 1) : NULL;
    if (first->start_ns < from && (!next || next->start_ns >= to))
        return (Interval){ first->start_ns, cell_end(first) };
    uint64_t begin = first->start_ns < from ? next->start_ns : first->start_ns;
    size_t last = timeline_find(t, to - 1);
    if (last >= n || timeline_cell(t, last)->start_ns >= to)
        last--;
    return (Interval){ begin, cell_end(timeline_cell(t, last)) };
}

/* Does a cell end there, or begin? */
static bool is_edge(const Timeline *t, uint64_t at_ns) {
    size_t i = timeline_find(t, at_ns);
    return i == timeline_count(t) || timeline_cell(t, i)->start_ns >= at_ns;
}

/* --- sums --------------------------------------------------------------- */

static void sum_read(Spectrum *s, SpectrumSum *sum, uint64_t to_ns) {
    CellSeries counts;
    hist_clear(&s->scratch);
    timeline_interval(s->timeline, sum->end_ns, to_ns, s->series, &s->scratch,
                      &counts);
    bands_add(&s->bands, &s->scratch, sum->count);
    sum->end_ns = to_ns;
    sum->low = 0;
    sum->high = BANDS;
    while (sum->low < BANDS && !sum->count[sum->low])
        sum->low++;
    while (sum->high > sum->low && !sum->count[sum->high - 1])
        sum->high--;
    s->unpacked++;
}

/* The kept sum that is these cells, or the first of them; it is taken out. */
static SpectrumSum *take(Spectrum *s, size_t *at, Interval cells) {
    while (*at < s->sum_count &&
           (!s->sums[*at] || s->sums[*at]->begin_ns < cells.from_ns))
        ++*at;
    if (*at == s->sum_count)
        return NULL;
    SpectrumSum *sum = s->sums[*at];
    if (sum->begin_ns != cells.from_ns || sum->end_ns > cells.to_ns ||
        !is_edge(s->timeline, sum->end_ns))
        return NULL;
    s->sums[(*at)++] = NULL;
    return sum;
}

static SpectrumSum *sum_of(Spectrum *s, size_t *at, Interval cells) {
    SpectrumSum *sum = take(s, at, cells);
    if (!sum) {
        sum = mem_new(SpectrumSum);
        sum->begin_ns = sum->end_ns = cells.from_ns;
    }
    if (sum->end_ns < cells.to_ns)
        sum_read(s, sum, cells.to_ns);
    return sum;
}

void spectrum_follow(Spectrum *s, const Timeline *t, size_t series,
                     const TimeAxis *axis) {
    if (s->timeline != t || s->series != series)
        forget(s);
    s->timeline = t;
    s->series = series;
    s->axis = *axis;
    size_t dots = (size_t)axis->dots, count = 0, kept = 0;
    SpectrumSum **sums = mem_alloc(dots, sizeof *sums), *last = NULL;
    const SpectrumSum **columns = mem_alloc(dots, sizeof *columns);
    for (size_t i = 0; i < dots; i++) {
        Interval cells = cells_of(t, axis_begins(axis, (int)i),
                                  axis_begins(axis, (int)i + 1));
        if (cells.from_ns == cells.to_ns)
            continue;
        bool is_last = last && last->begin_ns == cells.from_ns &&
                       last->end_ns == cells.to_ns;
        if (!is_last)
            last = sums[count++] = sum_of(s, &kept, cells);
        columns[i] = last;
    }
    for (size_t i = 0; i < s->sum_count; i++)
        free(s->sums[i]);
    free(s->sums);
    free(s->columns);
    s->sums = sums;
    s->sum_count = count;
    s->columns = columns;
}

const SpectrumSum *spectrum_at(const Spectrum *s, uint64_t t_ns) {
    const TimeAxis *a = &s->axis;
    if (t_ns < a->from_ns || t_ns >= a->to_ns)
        return NULL;
    int dot = axis_dot(a, t_ns);
    return dot >= 0 && dot < a->dots ? s->columns[dot] : NULL;
}

/* --- the moment --------------------------------------------------------- */

static void find_stall(Spectrum *s, Moment *m) {
    uint64_t from = s->axis.from_ns, to = s->axis.to_ns;
    if (m->kind == MOMENT_CURSOR) {
        from = m->begin_ns > STALL_NEAR_NS ? m->begin_ns - STALL_NEAR_NS : 0;
        to = m->end_ns + STALL_NEAR_NS;
    }
    m->has_stall = stall_find(s->timeline, from, to, s->series, &m->stall);
}

void spectrum_moment(Spectrum *s, MomentKind kind, uint64_t from_ns,
                     uint64_t to_ns) {
    Moment *m = &s->moment;
    Interval cells = cells_of(s->timeline, from_ns, to_ns);
    bool goes_on = cells.from_ns == m->begin_ns && cells.to_ns >= m->end_ns &&
                   is_edge(s->timeline, m->end_ns);
    m->kind = kind;
    if (!goes_on) {
        hist_clear(&m->hist);
        m->sums = (CellSeries){ 0 };
        m->seconds = 0;
        m->begin_ns = m->end_ns = cells.from_ns;
    }
    if (m->end_ns < cells.to_ns) {
        CellSeries more;
        m->seconds += timeline_interval(s->timeline, m->end_ns, cells.to_ns,
                                        s->series, &m->hist, &more);
        m->sums.requests += more.requests;
        m->sums.failed += more.failed;
        m->sums.bytes_in += more.bytes_in;
        m->end_ns = cells.to_ns;
        m->modes = modes_find(&s->bands, &m->hist, m->mode);
    } else if (!goes_on) {
        m->modes = 0;
    }
    find_stall(s, m);
}
