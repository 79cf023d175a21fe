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

static void read_series(const Timeline *t, Interval cells, size_t series,
                        Reading *to, double *p999) {
    static const double q[] = { 0.5, 0.9, 0.95, 0.99, 0.999 };
    double p[5];
    Hist h = { 0 };
    CellSeries sums;
    double seconds =
        timeline_interval(t, cells.from_ns, cells.to_ns, series, &h, &sums);
    hist_quantiles(&h, q, 5, p);
    *to = (Reading){ .requests = sums.requests,
                     .failed = sums.failed,
                     .seconds = seconds,
                     .rps = seconds > 0 ? (double)sums.requests / seconds : NAN,
                     .error_rate = sums.requests ? (double)sums.failed /
                                                       (double)sums.requests
                                                 : NAN,
                     .p50 = p[0],
                     .p90 = p[1],
                     .p95 = p[2],
                     .p99 = p[3],
                     .max = h.count ? (double)h.max : NAN,
                     .mean = hist_mean(&h) };
    to->bytes_in_per_s = seconds > 0 ? (double)sums.bytes_in / seconds : NAN;
    *p999 = p[4];
    hist_close(&h);
}

void measured_follow(Measured *m, const Snapshot *s, Interval asked,
                     size_t series) {
    const Timeline *t = s->timeline;
    if (look_is_empty(asked) || !t) {
        *m = (Measured){ 0 };
        return;
    }
    size_t n = timeline_count(t);
    const Cell *last = n ? timeline_cell(t, n - 1) : NULL;
    uint64_t known_ns = last ? last->start_ns + last->length_ns : 0;
    if (is_current(m, t, asked, series, known_ns))
        return;
    *m = (Measured){
        .asked = asked, .known_ns = known_ns, .series = series, .timeline = t
    };
    m->cells = whole_cells(t, asked, &m->grain_ns);
    read_series(t, m->cells, series, &m->service, &m->service_p999);
    m->response = m->service;
    m->response_p999 = m->service_p999;
    if (snapshot_shows_response(s))
        read_series(t, m->cells, TIMELINE_RESPONSE, &m->response,
                    &m->response_p999);
    if (!timeline_sample(t, m->cells.from_ns, m->cells.to_ns, series,
                         &m->sample))
        m->cells = (Interval){ 0 };
}
