/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/measured.h"

#include <math.h>

/* Are the figures that are kept what would be measured now? */
static bool is_current(const Measured *m, const Timeline *t, Interval asked,
                       size_t series, uint64_t known_ns) {
    bool is_past = asked.to_ns <= m->known_ns && m->known_ns <= known_ns;
    return m->timeline == t && m->series == series &&
           m->asked.from_ns == asked.from_ns && m->asked.to_ns == asked.to_ns &&
           (is_past || m->known_ns == known_ns);
}

/* All cells that the stretch touches. */
static Interval whole_cells(const Timeline *t, Interval asked,
                            uint64_t *grain_ns) {
    Interval cells = { 0 };
    size_t n = timeline_count(t);
    *grain_ns = 0;
    for (size_t i = timeline_find(t, asked.from_ns); i < n; i++) {
        const Cell *c = timeline_cell(t, i);
        if (c->start_ns >= asked.to_ns)
            break;
        if (look_is_empty(cells))
            cells.from_ns = c->start_ns;
        cells.to_ns = c->start_ns + c->length_ns;
        *grain_ns = c->length_ns > *grain_ns ? c->length_ns : *grain_ns;
    }
    return cells;
}

static void add_cells(const Timeline *t, Interval cells, size_t series,
                      MeasuredSum *to) {
    CellSeries sums;
    to->seconds += timeline_interval(t, cells.from_ns, cells.to_ns, series,
                                     &to->hist, &sums);
    to->sums.requests += sums.requests;
    to->sums.failed += sums.failed;
    to->sums.bytes_in += sums.bytes_in;
}

static void read_sum(const MeasuredSum *m, Reading *to, double *p999) {
    static const double q[] = { 0.5, 0.9, 0.95, 0.99, 0.999 };
    double p[5], n = (double)m->sums.requests;
    hist_quantiles(&m->hist, q, 5, p);
    *to = (Reading){
        .requests = m->sums.requests,
        .failed = m->sums.failed,
        .seconds = m->seconds,
        .rps = m->seconds > 0 ? n / m->seconds : NAN,
        .error_rate = n > 0 ? (double)m->sums.failed / n : NAN,
        .bytes_in_per_s =
            m->seconds > 0 ? (double)m->sums.bytes_in / m->seconds : NAN,
        .p50 = p[0],
        .p90 = p[1],
        .p95 = p[2],
        .p99 = p[3],
        .max = m->hist.count ? (double)m->hist.max : NAN,
        .mean = hist_mean(&m->hist),
    };
    *p999 = p[4];
}

/* Does a cell begin there? What has become longer cells since does not. */
static bool is_edge(const Timeline *t, uint64_t at_ns) {
    size_t i = timeline_find(t, at_ns);
    return i < timeline_count(t) && timeline_cell(t, i)->start_ns == at_ns;
}

/* Is the new stretch the old one with more at its ends? */
static bool has_grown(const Measured *m, const Timeline *t, Interval cells,
                      size_t series) {
    Interval old = m->cells;
    if (m->timeline != t || m->series != series || look_is_empty(old))
        return false;
    bool left = cells.from_ns == old.from_ns ||
                (cells.from_ns < old.from_ns && is_edge(t, old.from_ns));
    bool right = cells.to_ns == old.to_ns ||
                 (cells.to_ns > old.to_ns && is_edge(t, old.to_ns));
    return left && right;
}

static void merge(Measured *m, const Timeline *t, Interval cells,
                  bool is_response) {
    size_t series[2] = { m->series, TIMELINE_RESPONSE };
    Interval old = m->cells;
    for (size_t k = 0; k < (is_response ? 2 : 1); k++) {
        if (look_is_empty(old)) {
            add_cells(t, cells, series[k], &m->sum[k]);
            continue;
        }
        if (cells.from_ns < old.from_ns)
            add_cells(t, (Interval){ cells.from_ns, old.from_ns }, series[k],
                      &m->sum[k]);
        if (cells.to_ns > old.to_ns)
            add_cells(t, (Interval){ old.to_ns, cells.to_ns }, series[k],
                      &m->sum[k]);
    }
    m->cells = cells;
    read_sum(&m->sum[0], &m->service, &m->service_p999);
    read_sum(&m->sum[is_response], &m->response, &m->response_p999);
}

void measured_close(Measured *m) {
    hist_close(&m->sum[0].hist);
    hist_close(&m->sum[1].hist);
    *m = (Measured){ 0 };
}

void measured_follow(Measured *m, const Snapshot *s, Interval asked,
                     size_t series) {
    const Timeline *t = s->timeline;
    if (look_is_empty(asked) || !t) {
        measured_close(m);
        return;
    }
    size_t n = timeline_count(t);
    const Cell *last = n ? timeline_cell(t, n - 1) : NULL;
    uint64_t grain_ns, known_ns = last ? last->start_ns + last->length_ns : 0;
    if (is_current(m, t, asked, series, known_ns))
        return;
    bool is_response = snapshot_shows_response(s);
    Interval cells = whole_cells(t, asked, &grain_ns);
    if (!has_grown(m, t, cells, series) || is_response != m->has_response)
        measured_close(m);
    m->asked = asked;
    m->grain_ns = grain_ns;
    m->known_ns = known_ns;
    m->series = series;
    m->timeline = t;
    m->has_response = is_response;
    merge(m, t, cells, is_response);
    if (!timeline_sample(t, cells.from_ns, cells.to_ns, series, &m->sample))
        m->cells = (Interval){ 0 };
}
