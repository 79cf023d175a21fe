/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/forms.h"

#include <math.h>

#define END "\r\n"

/* What a row says; times in ns, NaN: not known. */
typedef struct Row {
    uint64_t start_ns, length_ns;
    double vus, planned;
    uint64_t requests, failed, started, dropped;
    double p50, p95, p99, max, response_p95;
} Row;

static void add(Text *to, double value) {
    text_adds(to, ",");
    if (isfinite(value))
        text_addf(to, "%.10g", value);
}

static void add_count(Text *to, uint64_t n) {
    text_addf(to, ",%llu", (unsigned long long)n);
}

static void add_ms(Text *to, double ns) {
    text_adds(to, ",");
    if (isfinite(ns))
        text_addf(to, "%.3f", ns / 1e6);
}

static void add_row(const Row *x, Text *to) {
    double seconds = (double)x->length_ns / 1e9;
    double requests = (double)x->requests, failed = (double)x->failed;
    text_addf(to, "%.10g", (double)x->start_ns / 1e9);
    add(to, seconds);
    add(to, x->vus);
    add(to, x->planned);
    add(to, requests / seconds);
    add_count(to, x->requests);
    add_count(to, x->failed);
    add(to, failed / requests);
    add_ms(to, x->p50);
    add_ms(to, x->p95);
    add_ms(to, x->p99);
    add_ms(to, x->max);
    add_ms(to, x->response_p95);
    add_count(to, x->started);
    add_count(to, x->dropped);
    text_adds(to, END);
}

static Row row_of_cell(const Cell *c) {
    return (Row){ .start_ns = c->start_ns,
                  .length_ns = c->length_ns,
                  .vus = (double)c->active,
                  .planned = (double)c->planned,
                  .requests = c->all.requests,
                  .failed = c->all.failed,
                  .started = c->started,
                  .dropped = c->dropped,
                  .p50 = (double)c->all.p50,
                  .p95 = (double)c->all.p95,
                  .p99 = (double)c->all.p99,
                  .max = (double)c->all.max,
                  .response_p95 = (double)c->response.p95 };
}

/* The second in which the run ended: part of one. */
static Row row_of_rest(const Timeline *t, uint64_t now_ns) {
    return (Row){ .start_ns = t->open_ns,
                  .length_ns = now_ns > t->open_ns ? now_ns - t->open_ns : 0,
                  .vus = (double)t->active,
                  .planned = (double)t->planned,
                  .requests = t->open_all.requests,
                  .failed = t->open_all.failed,
                  .started = t->open_started,
                  .dropped = t->open_dropped,
                  .p50 = hist_quantile(&t->all, 0.50),
                  .p95 = hist_quantile(&t->all, 0.95),
                  .p99 = hist_quantile(&t->all, 0.99),
                  .max = hist_quantile(&t->all, 1),
                  .response_p95 = hist_quantile(&t->response, 0.95) };
}

void report_csv(const Report *r, Text *to) {
    const Timeline *t = r->snapshot->timeline;
    text_adds(to, "t_s,seconds,vus,planned,rps,requests,failed,error_rate,"
                  "p50_ms,p95_ms,p99_ms,max_ms,response_p95_ms,started,"
                  "dropped" END);
    for (size_t i = 0; i < timeline_count(t); i++) {
        Row row = row_of_cell(timeline_cell(t, i));
        add_row(&row, to);
    }
    Row rest = row_of_rest(t, r->snapshot->now_ns);
    if (rest.requests || rest.started || rest.dropped)
        add_row(&rest, to);
}
