/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/samples.h"

#include <math.h>

#include "base/clock.h"

/* Beyond these lengths the time line has whole tens, then whole minutes. */
#define SECONDS_KEPT 3600
#define TENS_KEPT 86400

#define ALL SIZE_MAX

/* Six digits say more than a histogram of three knows. */
static json_t *rounded(double v) {
    if (!isfinite(v) || v == 0)
        return out_number(v);
    double scale = pow(10, 5 - floor(log10(fabs(v))));
    return out_number(round(v * scale) / scale);
}

static uint64_t piece_length(uint64_t end_ns) {
    uint64_t seconds = end_ns / NS_PER_S;
    uint64_t grain = seconds > TENS_KEPT ? 60 : seconds > SECONDS_KEPT ? 10 : 1;
    uint64_t unit = grain * SAMPLES_MAX;
    return (seconds + unit - 1) / unit * grain * NS_PER_S;
}

typedef struct Pieces {
    const Timeline *timeline;
    uint64_t every_ns;
    size_t count;
} Pieces;

static json_t *method(json_t *to, const char *name) {
    json_t *values = json_array();
    out_put(to, name, values);
    return values;
}

/* Percentiles of each piece's merged histogram; mean: its average, too;
 * failed: NULL, or an array for the share that failed. */
static json_t *trend(const Pieces *p, size_t series, bool is_long,
                     json_t *rates, json_t *failed) {
    json_t *o = json_object();
    json_t *avg = is_long ? method(o, "avg") : NULL;
    json_t *med = method(o, "med"), *p95 = method(o, "p(95)");
    json_t *p99 = is_long ? method(o, "p(99)") : NULL;
    for (size_t i = 0; i < p->count; i++) {
        static const double q[] = { 0.5, 0.95, 0.99 };
        double v[3];
        Hist h = { 0 };
        CellSeries sums;
        double s = timeline_interval(p->timeline, i * p->every_ns,
                                     (i + 1) * p->every_ns, series, &h, &sums);
        double n = (double)sums.requests;
        hist_quantiles(&h, q, 3, v);
        if (avg)
            out_add(avg, rounded(hist_mean(&h) / 1e6));
        out_add(med, rounded(v[0] / 1e6));
        out_add(p95, rounded(v[1] / 1e6));
        if (p99)
            out_add(p99, rounded(v[2] / 1e6));
        if (rates)
            out_add(rates, rounded(s > 0 ? n / s : NAN));
        if (failed)
            out_add(failed,
                    rounded(n > 0 ? (double)sums.failed / n : NAN));
        hist_close(&h);
    }
    return o;
}

static void levels(const Pieces *p, json_t *dropped, json_t *vus) {
    for (size_t i = 0; i < p->count; i++) {
        CellSample s;
        bool is_there = timeline_sample(p->timeline, i * p->every_ns,
                                        (i + 1) * p->every_ns, ALL, &s);
        out_add(dropped, rounded(is_there ? s.dropped_per_s : NAN));
        out_add(vus, rounded(is_there ? s.active : NAN));
    }
}

/* The one series of a request of this name; ALL: there are several. */
static size_t only_series(const Snapshot *s, size_t i) {
    const MetricTable *t = s->metrics;
    for (size_t k = 0; k < t->series_count; k++)
        if (k != i && text_equal(t->series[k].request_name,
                                 t->series[i].request_name))
            return ALL;
    return i;
}

static void by_request(const Pieces *p, const Snapshot *s, json_t *to) {
    size_t n = s->metrics->series_count;
    for (size_t i = 0; i < n && n > 1 && n <= SAMPLES_REQUESTS_MAX; i++) {
        Text name = { 0 };
        if (only_series(s, i) == ALL)
            continue;
        text_addf(&name, "http_req_duration{name:%s}",
                  s->metrics->series[i].request_name);
        out_put(to, name.bytes, trend(p, i, false, NULL, NULL));
        text_close(&name);
    }
}

/* Where the last finished cell ends. */
static uint64_t end_of(const Timeline *t) {
    size_t n = timeline_count(t);
    const Cell *last = n ? timeline_cell(t, n - 1) : NULL;
    return last ? last->start_ns + last->length_ns : 0;
}

json_t *samples_of(const Report *r) {
    const Snapshot *s = r->snapshot;
    Pieces p = { .timeline = s->timeline };
    uint64_t end = end_of(s->timeline);
    p.every_ns = piece_length(end);
    p.count = p.every_ns ? (size_t)(end / p.every_ns) : 0;
    if (!p.count)
        return json_null();
    json_t *o = json_object(), *all = json_object();
    json_t *reqs = json_object(), *fails = json_object();
    json_t *drops = json_object(), *vus = json_object();
    out_put(o, "every_ms", out_time(p.every_ns));
    out_put(all, "http_req_duration",
            trend(&p, ALL, true, method(reqs, "rate"), method(fails, "rate")));
    out_put(all, "http_reqs", reqs);
    out_put(all, "http_req_failed", fails);
    if (snapshot_shows_response(s))
        out_put(all, "response_time",
                trend(&p, TIMELINE_RESPONSE, true, NULL, NULL));
    levels(&p, method(drops, "rate"), method(vus, "value"));
    out_put(all, "dropped_iterations", drops);
    out_put(all, "vus", vus);
    by_request(&p, s, all);
    out_put(o, "metrics", all);
    return o;
}
