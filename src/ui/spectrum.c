/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/spectrum.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

/* A stall is told of a column when it is as near as that: the answers that
 * waited for its end are in the second behind it. */
#define STALL_NEAR_NS NS_PER_S
/* A cell of a thousand samples takes some 15 us to unpack; a day has 12 000,
 * and a frame must not wait for them. */
#define CELLS_A_FRAME 800

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

/* Cells that a column still has to read. */
static size_t cells_left(const Spectrum *s, const SpectrumSum *sum,
                         Interval cells) {
    uint64_t from = sum ? sum->end_ns : cells.from_ns;
    return timeline_find(s->timeline, cells.to_ns) -
           timeline_find(s->timeline, from);
}

static bool is_same(const Interval *a, const Interval *b) {
    return a->from_ns == b->from_ns && a->to_ns == b->to_ns;
}

/* Of each column its cells, and the sum that was kept of them. */
static void match(Spectrum *s, Interval *cells, SpectrumSum **sums) {
    size_t at = 0;
    for (int i = 0; i < s->axis.dots; i++) {
        cells[i] = cells_of(s->timeline, axis_begins(&s->axis, i),
                            axis_begins(&s->axis, i + 1));
        bool is_new = i == 0 || !is_same(&cells[i], &cells[i - 1]);
        if (is_new && cells[i].from_ns < cells[i].to_ns)
            sums[i] = take(s, &at, cells[i]);
    }
}

/* What is missing, from now back into the past. New columns wait for the
 * next frame where this one has read enough. */
static void read_missing(Spectrum *s, const Interval *cells,
                         SpectrumSum **sums) {
    size_t done = 0;
    s->is_partial = false;
    for (int i = s->axis.dots - 1; i >= 0; i--) {
        bool is_shared = i > 0 && is_same(&cells[i], &cells[i - 1]);
        if (is_shared || cells[i].from_ns == cells[i].to_ns)
            continue;
        size_t left = cells_left(s, sums[i], cells[i]);
        if (!sums[i] && done > 0 && done + left > CELLS_A_FRAME) {
            s->is_partial = true;
            continue;
        }
        if (!sums[i]) {
            sums[i] = mem_new(SpectrumSum);
            sums[i]->begin_ns = sums[i]->end_ns = cells[i].from_ns;
        }
        if (sums[i]->end_ns < cells[i].to_ns)
            sum_read(s, sums[i], cells[i].to_ns);
        done += left;
    }
}

/* Takes the new sums in place of those that were kept. */
static void keep(Spectrum *s, const Interval *cells, SpectrumSum **sums) {
    size_t dots = (size_t)s->axis.dots;
    for (size_t i = 0; i < s->sum_count; i++)
        free(s->sums[i]);
    free(s->sums);
    free(s->columns);
    s->sums = sums;
    s->sum_count = 0;
    s->columns = mem_alloc(dots, sizeof *s->columns);
    for (size_t i = 0; i < dots; i++) {
        bool is_shared = i > 0 && is_same(&cells[i], &cells[i - 1]);
        s->columns[i] = is_shared ? s->columns[i - 1] : sums[i];
        if (!is_shared && sums[i])
            s->sums[s->sum_count++] = sums[i];
    }
}

void spectrum_follow(Spectrum *s, const Timeline *t, size_t series,
                     const TimeAxis *axis) {
    if (s->timeline != t || s->series != series)
        forget(s);
    s->timeline = t;
    s->series = series;
    s->axis = *axis;
    size_t dots = (size_t)axis->dots;
    SpectrumSum **sums = mem_alloc(dots, sizeof *sums);
    Interval *cells = mem_alloc(dots, sizeof *cells);
    match(s, cells, sums);
    read_missing(s, cells, sums);
    keep(s, cells, sums);
    free(cells);
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
        memset(m->count, 0, sizeof m->count);
        bands_add(&s->bands, &m->hist, m->count);
        m->modes = modes_find(&s->bands, &m->hist, m->mode);
    } else if (!goes_on) {
        memset(m->count, 0, sizeof m->count);
        m->modes = 0;
    }
    find_stall(s, m);
}
