/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/timeline.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

/* More than the seconds that the recorder's window looks back. */
#define NEWEST_CELLS 12

static const struct {
    uint64_t length_ns;
    size_t max;
} tiers[TIMELINE_TIERS] = {
    { NS_PER_S, 3600 },
    { 10 * NS_PER_S, 8640 },
    { 60 * NS_PER_S, 10080 },
};

/* --- rings -------------------------------------------------------------- */

static Cell *ring_at(const CellRing *r, size_t i) {
    return &r->cells[(r->first + i) % r->cap];
}

static Cell *ring_push(CellRing *r) {
    if (r->count == r->cap) {
        size_t cap = r->cap ? r->cap * 2 : 64;
        Cell *cells = mem_alloc(cap, sizeof *cells);
        for (size_t i = 0; i < r->count; i++)
            cells[i] = *ring_at(r, i);
        free(r->cells);
        r->cells = cells;
        r->cap = cap;
        r->first = 0;
    }
    Cell *c = ring_at(r, r->count++);
    *c = (Cell){ 0 };
    return c;
}

static void series_free(CellSeries *s) {
    if (!s->is_shared)
        free(s->hist);
}

static void cell_close(Cell *c, size_t series) {
    series_free(&c->response);
    for (size_t i = 0; c->series && i < series; i++)
        series_free(&c->series[i]);
    series_free(&c->all);
    free(c->series);
    *c = (Cell){ 0 };
}

static void ring_pop(CellRing *r, size_t series) {
    cell_close(ring_at(r, 0), series);
    r->first = (r->first + 1) % r->cap;
    r->count--;
}

/* --- cells -------------------------------------------------------------- */

static void series_finish(const Timeline *t, CellSeries *s, const Hist *h) {
    static const double q[] = { 0.50, 0.95, 0.99 };
    double p[3];
    hist_quantiles(h, q, 3, p);
    s->p50 = (float)p[0];
    s->p95 = (float)p[1];
    s->p99 = (float)p[2];
    s->max = h->count ? (float)h->max : NAN;
    if (h->count)
        s->hist = pack_hist(t->packer, h);
}

/* With one request name, or without waiting before the start, the histograms
 * of a cell are one and the same. */
static void squeeze(const Timeline *t, CellSeries *s) {
    if (s->hist && !s->is_shared)
        s->hist = packed_squeeze(t->packer, s->hist);
}

/* The newest cells are merged every second and stay as they are. */
static void cell_squeeze(const Timeline *t, Cell *c) {
    squeeze(t, &c->all);
    squeeze(t, &c->response);
    if (c->response.is_shared)
        c->response.hist = c->all.hist;
    for (size_t i = 0; i < t->series_count; i++) {
        squeeze(t, &c->series[i]);
        if (c->series[i].is_shared)
            c->series[i].hist = c->all.hist;
    }
}

static void share(CellSeries *s, const CellSeries *all) {
    if (!s->hist || !all->hist || !packed_equal(s->hist, all->hist))
        return;
    free(s->hist);
    s->hist = all->hist;
    s->is_shared = true;
}

static void cell_share(Cell *c, size_t series) {
    share(&c->response, &c->all);
    for (size_t i = 0; i < series; i++)
        share(&c->series[i], &c->all);
}

static void count(CellSeries *to, const CellSeries *s) {
    to->requests += s->requests;
    to->failed += s->failed;
    to->bytes_in += s->bytes_in;
}

/* Adds a cell's histogram; the cell's exact maximum is kept. */
static void unpack(const Timeline *t, Hist *hist, const CellSeries *s) {
    if (!s->hist)
        return;
    unpack_hist(t->packer, s->hist, hist);
    if ((double)s->max > (double)hist->max)
        hist->max = (uint64_t)s->max;
}

static void series_merge(const Timeline *t, CellSeries *to, Hist *hist,
                         const CellSeries *s) {
    count(to, s);
    unpack(t, hist, s);
}

static void fold(Timeline *t, size_t k);

/* The oldest cells of tier k that fill one cell of tier `to`. */
static void fold_into(Timeline *t, size_t k, size_t to) {
    CellRing *fine = &t->tier[k], *coarse = &t->tier[to];
    uint64_t start =
        ring_at(fine, 0)->start_ns / coarse->length_ns * coarse->length_ns;
    Hist all = { 0 }, response = { 0 };
    Hist *series = mem_alloc(t->series_count, sizeof *series);
    Cell *c = ring_push(coarse);
    c->start_ns = start;
    c->length_ns = coarse->length_ns;
    c->series = mem_alloc(t->series_count, sizeof *c->series);
    while (fine->count &&
           ring_at(fine, 0)->start_ns < start + coarse->length_ns) {
        Cell *f = ring_at(fine, 0);
        series_merge(t, &c->all, &all, &f->all);
        series_merge(t, &c->response, &response, &f->response);
        c->started += f->started;
        c->arrivals += f->arrivals;
        c->dropped += f->dropped;
        c->refused += f->refused;
        for (size_t i = 0; i < t->series_count; i++)
            series_merge(t, &c->series[i], &series[i], &f->series[i]);
        c->active = f->active;
        c->users = f->users;
        c->planned_other = f->planned_other;
        c->planned = f->planned;
        ring_pop(fine, t->series_count);
    }
    series_finish(t, &c->all, &all);
    c->mean = (float)hist_mean(&all);
    series_finish(t, &c->response, &response);
    hist_close(&all);
    hist_close(&response);
    for (size_t i = 0; i < t->series_count; i++) {
        series_finish(t, &c->series[i], &series[i]);
        hist_close(&series[i]);
    }
    free(series);
    cell_share(c, t->series_count);
    cell_squeeze(t, c);
    if (coarse->count > coarse->max) {
        if (to + 1 < TIMELINE_TIERS)
            fold(t, to);
        else
            ring_pop(coarse, t->series_count);
    }
}

static void fold(Timeline *t, size_t k) {
    fold_into(t, k, k + 1);
}

static void finish_open_cell(Timeline *t) {
    CellRing *fine = &t->tier[0];
    Cell *c = ring_push(fine);
    c->start_ns = t->open_ns;
    c->length_ns = NS_PER_S;
    c->active = t->active;
    c->users = t->users;
    c->planned_other = t->planned_other;
    c->planned = t->planned;
    c->all = t->open_all;
    series_finish(t, &c->all, &t->all);
    c->mean = (float)hist_mean(&t->all);
    hist_add(&t->done_all, &t->all);
    hist_add(&t->done_response, &t->response);
    hist_clear(&t->all);
    t->open_all = (CellSeries){ 0 };
    c->started = t->open_started;
    c->arrivals = t->open_arrivals;
    c->dropped = t->open_dropped;
    c->refused = t->open_refused;
    t->open_started = t->open_arrivals = t->open_dropped = 0;
    t->open_refused = 0;
    c->response.requests = t->response.count;
    series_finish(t, &c->response, &t->response);
    hist_clear(&t->response);
    c->series = mem_alloc(t->series_count, sizeof *c->series);
    for (size_t i = 0; i < t->series_count; i++) {
        c->series[i] = t->open_series[i];
        series_finish(t, &c->series[i], &t->series[i]);
        hist_clear(&t->series[i]);
        t->open_series[i] = (CellSeries){ 0 };
    }
    cell_share(c, t->series_count);
    if (fine->count > NEWEST_CELLS)
        cell_squeeze(t, ring_at(fine, fine->count - 1 - NEWEST_CELLS));
    t->open_ns += NS_PER_S;
    if (fine->count > fine->max)
        fold(t, 0);
}

/* --- the timeline ------------------------------------------------------- */

void timeline_init(Timeline *t, size_t series) {
    *t = (Timeline){ .series_count = series,
                     .packer = mem_new(Packer),
                     .series = mem_alloc(series, sizeof(Hist)),
                     .open_series = mem_alloc(series, sizeof(CellSeries)) };
    for (size_t k = 0; k < TIMELINE_TIERS; k++) {
        t->tier[k].length_ns = tiers[k].length_ns;
        t->tier[k].max = tiers[k].max;
    }
}

void timeline_close(Timeline *t) {
    for (size_t k = 0; k < TIMELINE_TIERS; k++) {
        while (t->tier[k].count)
            ring_pop(&t->tier[k], t->series_count);
        free(t->tier[k].cells);
    }
    hist_close(&t->all);
    hist_close(&t->response);
    hist_close(&t->done_all);
    hist_close(&t->done_response);
    for (size_t i = 0; i < t->series_count; i++)
        hist_close(&t->series[i]);
    packer_close(t->packer);
    free(t->packer);
    free(t->series);
    free(t->open_series);
    *t = (Timeline){ 0 };
}

void timeline_advance(Timeline *t, uint64_t now_ns) {
    while (t->open_ns + NS_PER_S <= now_ns)
        finish_open_cell(t);
}

void timeline_add(Timeline *t, uint64_t at_ns, const Slab *slab) {
    assert(slab->series_count == t->series_count);
    timeline_advance(t, at_ns ? at_ns - 1 : 0);
    for (size_t i = 0; i < t->series_count; i++) {
        const SeriesSlab *s = &slab->series[i];
        CellSeries *both[] = { &t->open_series[i], &t->open_all };
        for (size_t k = 0; k < 2; k++) {
            both[k]->requests += s->requests;
            both[k]->failed += s->failed;
            both[k]->bytes_in += s->bytes_in;
        }
        t->open_refused += slab_refused(s);
        hist_add(&t->series[i], &s->duration);
        hist_add(&t->all, &s->duration);
        hist_add(&t->response, &s->response);
    }
    t->open_started += slab->started;
    t->open_arrivals += slab->arrivals;
    t->open_dropped += slab->dropped;
}

void timeline_level(Timeline *t, double active, double users, double planned,
                    double planned_other) {
    t->planned_other = (float)planned_other;
    t->active = (float)active;
    t->users = (float)users;
    t->planned = (float)planned;
}

void timeline_coarsen(Timeline *t) {
    size_t last = TIMELINE_TIERS - 1;
    for (size_t k = last; k-- > 0;)
        while (t->tier[k].count)
            fold_into(t, k, last);
}

size_t timeline_count(const Timeline *t) {
    return t->tier[0].count + t->tier[1].count + t->tier[2].count;
}

/* i is less than timeline_count. */
static const Cell *cell_at(const Timeline *t, size_t i) {
    size_t k = TIMELINE_TIERS - 1;
    for (; k && i >= t->tier[k].count; k--)
        i -= t->tier[k].count;
    return ring_at(&t->tier[k], i);
}

const Cell *timeline_cell(const Timeline *t, size_t i) {
    return i < timeline_count(t) ? cell_at(t, i) : NULL;
}

size_t timeline_find(const Timeline *t, uint64_t t_ns) {
    size_t low = 0, high = timeline_count(t);
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const Cell *c = cell_at(t, mid);
        if (c->start_ns + c->length_ns <= t_ns)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static double worse(double a, double b) {
    return isnan(a) || b > a ? b : a;
}

bool timeline_sample(const Timeline *t, uint64_t from_ns, uint64_t to_ns,
                     size_t series, CellSample *out) {
    CellSample s = { .p50 = NAN,
                     .p95 = NAN,
                     .p99 = NAN,
                     .response_p50 = NAN,
                     .response_p95 = NAN,
                     .response_p99 = NAN };
    uint64_t failed = 0, length = 0, started = 0, arrivals = 0, dropped = 0;
    size_t n = timeline_count(t);
    for (size_t i = timeline_find(t, from_ns); i < n; i++) {
        const Cell *c = cell_at(t, i);
        if (c->start_ns >= to_ns)
            break;
        const CellSeries *x =
            series < t->series_count ? &c->series[series] : &c->all;
        length += c->length_ns;
        s.requests += x->requests;
        failed += x->failed;
        s.p50 = worse(s.p50, (double)x->p50);
        s.p95 = worse(s.p95, (double)x->p95);
        s.p99 = worse(s.p99, (double)x->p99);
        s.response_p50 = worse(s.response_p50, (double)c->response.p50);
        s.response_p95 = worse(s.response_p95, (double)c->response.p95);
        s.response_p99 = worse(s.response_p99, (double)c->response.p99);
        started += c->started;
        arrivals += c->arrivals;
        dropped += c->dropped;
        s.active = (double)c->active;
        s.users = (double)c->users;
        s.planned_other = (double)c->planned_other;
        s.planned = (double)c->planned;
    }
    if (length == 0)
        return false;
    s.rps = (double)s.requests / ((double)length / 1e9);
    s.started_per_s = (double)started / ((double)length / 1e9);
    s.arrivals_per_s = (double)arrivals / ((double)length / 1e9);
    s.dropped_per_s = (double)dropped / ((double)length / 1e9);
    s.error_rate = s.requests ? (double)failed / (double)s.requests : NAN;
    *out = s;
    return true;
}

static const CellSeries *series_of(const Timeline *t, const Cell *c,
                                   size_t series) {
    if (series == TIMELINE_RESPONSE)
        return &c->response;
    return series < t->series_count ? &c->series[series] : &c->all;
}

/* Cells are unpacked, which takes time: of a long interval those outside,
 * that are taken away from all. */
static void merge_around(const Timeline *t, size_t first, size_t end,
                         size_t series, const Hist *all, Hist *to) {
    Hist outside = { 0 }, inside = { 0 };
    double max = 0;
    size_t n = timeline_count(t);
    for (size_t i = 0; i < n; i++) {
        const CellSeries *s = series_of(t, cell_at(t, i), series);
        if (i < first || i >= end)
            unpack(t, &outside, s);
        else if (s->hist)
            max = fmax(max, (double)s->max);
    }
    hist_add(&inside, all);
    hist_subtract(&inside, &outside);
    if (max > (double)inside.max)
        inside.max = (uint64_t)max;
    hist_add(to, &inside);
    hist_close(&inside);
    hist_close(&outside);
}

/* What `series` is over all finished cells; NULL: nobody added it up. */
static const Hist *done_of(const Timeline *t, size_t series) {
    if (series == TIMELINE_RESPONSE)
        return &t->done_response;
    return series < t->series_count ? NULL : &t->done_all;
}

double timeline_interval(const Timeline *t, uint64_t from_ns, uint64_t to_ns,
                         size_t series, Hist *hist, CellSeries *sums) {
    uint64_t length = 0;
    size_t n = timeline_count(t), first = timeline_find(t, from_ns);
    *sums = (CellSeries){ 0 };
    while (first < n && cell_at(t, first)->start_ns < from_ns)
        first++;
    size_t end = first;
    for (; end < n && cell_at(t, end)->start_ns < to_ns; end++) {
        const Cell *c = cell_at(t, end);
        count(sums, series_of(t, c, series));
        length += c->length_ns;
    }
    const Hist *done = done_of(t, series);
    bool has_all = t->tier[TIMELINE_TIERS - 1].count < tiers[2].max;
    if (done && has_all && end - first > n / 2) {
        merge_around(t, first, end, series, done, hist);
    } else {
        for (size_t i = first; i < end; i++)
            unpack(t, hist, series_of(t, cell_at(t, i), series));
    }
    return (double)length / 1e9;
}

void timeline_iterations(const Timeline *t, uint64_t from_ns, uint64_t to_ns,
                         uint64_t *started, uint64_t *dropped) {
    size_t n = timeline_count(t);
    for (size_t i = timeline_find(t, from_ns); i < n; i++) {
        const Cell *c = cell_at(t, i);
        if (c->start_ns >= to_ns)
            break;
        if (c->start_ns < from_ns)
            continue;
        *started += c->started;
        *dropped += c->dropped;
    }
}
