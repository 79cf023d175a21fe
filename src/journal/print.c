/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/print.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

/* --- values ------------------------------------------------------------- */

void print_words(Text *to, const char *text) {
    size_t length = strlen(text), room = length * 3 + 1;
    char *clean = mem_alloc(room, 1);
    text_clean(clean, room, text, length);
    for (const char *s = clean, *end; *s; s = end) {
        end = s + strcspn(s, "\"\\");
        text_add(to, s, (size_t)(end - s));
        if (*end)
            text_addf(to, "\\%c", *end++);
    }
    free(clean);
}

void print_text(Text *to, const char *text) {
    text_adds(to, "\"");
    print_words(to, text);
    text_adds(to, "\"");
}

void print_number(Text *to, double value) {
    if (isfinite(value))
        text_addf(to, "%.17g", value);
    else
        text_adds(to, "null");
}

static void put_whole(Text *to, const char *key, uint64_t value) {
    text_addf(to, ",\"%s\":%" PRIu64, key, value);
}

static void put_number(Text *to, const char *key, double value) {
    text_addf(to, ",\"%s\":", key);
    print_number(to, value);
}

/* --- histograms --------------------------------------------------------- */

static void put_hist(const Hist *h, const char *encoded, Text *to) {
    static const double q[] = { 0.50, 0.95, 0.99 };
    double p[3];
    hist_quantiles(h, q, 3, p);
    text_addf(to,
              "{\"n\":%" PRIu64 ",\"min\":%" PRIu64 ",\"max\":%" PRIu64
              ",\"sum\":%" PRIu64 ",\"p50\":%.0f,\"p95\":%.0f,\"p99\":%.0f"
              ",\"hdr\":\"",
              h->count, h->min, h->max, h->sum, p[0], p[1], p[2]);
    text_adds(to, encoded);
    text_adds(to, "\"}");
}

/* Nothing of one that is empty. */
static void put_named_hist(SecondPrinter *p, const char *key, const Hist *h,
                           Text *to) {
    if (h->count == 0)
        return;
    text_clear(&p->service);
    coder_print(&p->coder, h, &p->service);
    text_addf(to, ",\"%s\":", key);
    put_hist(h, p->service.bytes, to);
}

/* --- the second --------------------------------------------------------- */

static void put_fails(const SeriesSlab *s, Text *to) {
    bool has_some = false;
    for (FailClass c = 0; c < FAIL_COUNT; c++) {
        if (!s->fail[c])
            continue;
        text_adds(to, has_some ? "," : ",\"fails\":{");
        text_addf(to, "\"%s\":%" PRIu64, fail_name(c), s->fail[c]);
        has_some = true;
    }
    if (has_some)
        text_adds(to, "}");
}

/* Of an answer that failed; the class says it of most. */
static void put_failed_answers(const SeriesSlab *s, Text *to) {
    uint64_t all = 0;
    for (size_t k = 0; k < 6; k++)
        all += s->status_failed[k];
    if (!all)
        return;
    text_adds(to, ",\"statuses_failed\":[");
    for (size_t k = 0; k < 6; k++)
        text_addf(to, "%s%" PRIu64, k ? "," : "", s->status_failed[k]);
    text_adds(to, "]");
}

static void put_times(SecondPrinter *p, const SeriesSlab *s, Text *to) {
    text_clear(&p->service);
    text_clear(&p->response);
    if (s->duration.count) {
        coder_print(&p->coder, &s->duration, &p->service);
        text_adds(to, ",\"service\":");
        put_hist(&s->duration, p->service.bytes, to);
    }
    if (s->response.count) {
        coder_print(&p->coder, &s->response, &p->response);
        if (s->response.sum == s->duration.sum &&
            s->response.max == s->duration.max &&
            text_equal(p->service.bytes, p->response.bytes)) {
            text_adds(to, ",\"response\":\"service\"");
            return;
        }
        text_adds(to, ",\"response\":");
        put_hist(&s->response, p->response.bytes, to);
    }
}

/* kind: "", or JOURNAL_MINUTE. */
static void put_series(SecondPrinter *p, const char *kind, const SeriesSlab *s,
                       size_t i, uint64_t at_ns, Text *to) {
    if (!s->requests && !s->sent && !s->duration.count && !s->response.count &&
        !s->bytes_in && !s->bytes_out)
        return;
    text_addf(to, "{\"type\":\"%sseries\",\"at\":%" PRIu64 ",\"series\":%zu",
              kind, at_ns, i);
    text_adds(to, ",\"name\":");
    print_text(to, p->metrics.series[i].name);
    put_whole(to, "requests", s->requests);
    put_whole(to, "failed", s->failed);
    put_whole(to, "sent", s->sent);
    put_whole(to, "bytes_in", s->bytes_in);
    put_whole(to, "bytes_out", s->bytes_out);
    put_fails(s, to);
    text_adds(to, ",\"statuses\":[");
    for (size_t k = 0; k < 6; k++)
        text_addf(to, "%s%" PRIu64, k ? "," : "", s->status[k]);
    text_adds(to, "]");
    put_failed_answers(s, to);
    put_times(p, s, to);
    text_adds(to, "}\n");
}

static void put_checks(const Slab *s, Text *to) {
    const char *before = "";
    text_adds(to, ",\"checks\":[");
    for (size_t i = 0; i < s->check_count; i++) {
        const CheckSlab *c = &s->checks[i];
        if (!c->passed && !c->failed)
            continue;
        text_addf(to, "%s[%zu,%" PRIu64 ",%" PRIu64 "]", before, i, c->passed,
                  c->failed);
        before = ",";
    }
    text_adds(to, "]");
}

/* What recoveries and findings go by, of all requests together. */
static void put_all(const Slab *s, Text *to) {
    Hist all = { 0 };
    slab_merge_hist(s, PHASE_COUNT, &all);
    put_whole(to, "requests", slab_requests(s));
    put_whole(to, "failed", slab_failed(s));
    uint64_t refused = 0;
    for (size_t i = 0; i < s->series_count; i++)
        refused += slab_refused(&s->series[i]);
    put_whole(to, "refused", refused);
    put_number(to, "p95", hist_quantile(&all, 0.95));
    put_number(to, "mean", hist_mean(&all));
    put_number(to, "max", all.count ? (double)all.max : NAN);
    hist_close(&all);
}

static void put_second(const Slab *s, uint64_t at_ns, const char *levels,
                       Text *to) {
    text_addf(to, "{\"type\":\"second\",\"at\":%" PRIu64, at_ns);
    put_whole(to, "started", s->started);
    put_whole(to, "arrivals", s->arrivals);
    put_whole(to, "dropped", s->dropped);
    put_whole(to, "iterations", s->iterations);
    put_whole(to, "interrupted", s->interrupted);
    put_whole(to, "connects", s->connects);
    put_whole(to, "discarded", s->discarded);
    put_whole(to, "abandoned", s->abandoned);
    put_whole(to, "retried", s->retried);
    put_all(s, to);
    put_checks(s, to);
    text_adds(to, levels);
    text_adds(to, "}\n");
}

/* --- the details -------------------------------------------------------- */

/* Takes what is written seldom out of a second: histograms only, counts go
 * with the second. */
static void keep_details(SecondPrinter *p, const Slab *slab) {
    Slab *d = &p->detail;
    for (size_t i = 0; i < slab->series_count; i++) {
        for (size_t k = 0; k < PHASE_COUNT; k++)
            hist_add(&d->series[i].phase[k], &slab->series[i].phase[k]);
        for (size_t k = 0; slab->kept && k < PART_COUNT; k++)
            hist_add(&d->series[i].part[k], &slab->series[i].part[k]);
    }
    hist_add(&d->iteration, &slab->iteration);
    hist_add(&d->lag, &slab->lag);
    hist_add(&d->read_lag, &slab->read_lag);
    for (size_t i = 0; i < slab->custom_count; i++)
        custom_add(&d->custom[i], &slab->custom[i], slab->until_ns);
}

static void put_phases(SecondPrinter *p, const char *kind, const SeriesSlab *s,
                       size_t i, uint64_t at_ns, Text *to) {
    uint64_t samples = 0;
    for (size_t k = 0; k < PHASE_COUNT; k++)
        samples += s->phase[k].count;
    if (samples == 0)
        return;
    text_addf(to, "{\"type\":\"%sphases\",\"at\":%" PRIu64 ",\"series\":%zu",
              kind, at_ns, i);
    for (Phase k = 0; k < PHASE_COUNT; k++)
        put_named_hist(p, phase_name(k), &s->phase[k], to);
    for (AnswerPart k = PART_ALL + 1; s->part && k < PART_COUNT; k++)
        put_named_hist(p, journal_parts[k], &s->part[k], to);
    text_adds(to, "}\n");
}

static void put_metric(SecondPrinter *p, const char *kind, const CustomSlab *c,
                       size_t i, uint64_t at_ns, Text *to) {
    static const char *const above[] = { "above0", "above1", "above2" };
    static const char *const below[] = { "below0", "below1", "below2" };
    if (c->count == 0)
        return;
    text_addf(to, "{\"type\":\"%smetric\",\"at\":%" PRIu64 ",\"metric\":%zu",
              kind, at_ns, i);
    put_whole(to, "n", c->count);
    put_whole(to, "trues", c->trues);
    put_number(to, "sum", c->sum);
    put_number(to, "min", c->min);
    put_number(to, "max", c->max);
    put_number(to, "last", c->last);
    for (size_t k = 0; k < CUSTOM_SCALES; k++) {
        put_named_hist(p, above[k], &c->above[k], to);
        put_named_hist(p, below[k], &c->below[k], to);
    }
    text_adds(to, "}\n");
}

static void put_details(SecondPrinter *p, const char *kind, Slab *d,
                        uint64_t at_ns, Text *to) {
    for (size_t i = 0; i < d->series_count; i++)
        put_phases(p, kind, &d->series[i], i, at_ns, to);
    if (d->iteration.count || d->lag.count || d->read_lag.count) {
        text_addf(to, "{\"type\":\"%siterations\",\"at\":%" PRIu64, kind,
                  at_ns);
        put_named_hist(p, "iteration", &d->iteration, to);
        put_named_hist(p, "lag", &d->lag, to);
        put_named_hist(p, "read_lag", &d->read_lag, to);
        text_adds(to, "}\n");
    }
    for (size_t i = 0; i < d->custom_count; i++)
        put_metric(p, kind, &d->custom[i], i, at_ns, to);
    slab_clear(d);
}

static void put_minute(SecondPrinter *p, uint64_t at_ns, Text *to) {
    Slab *m = &p->minute;
    for (size_t i = 0; i < m->series_count; i++)
        put_series(p, JOURNAL_MINUTE, &m->series[i], i, at_ns, to);
    put_details(p, JOURNAL_MINUTE, m, at_ns, to);
}

void second_printer_init(SecondPrinter *p, const MetricTable *metrics) {
    *p = (SecondPrinter){ .metrics = *metrics };
    slab_init(&p->detail, metrics->series_count, 0, metrics->own_count);
    slab_init(&p->minute, metrics->series_count, 0, metrics->own_count);
}

void second_printer_close(SecondPrinter *p) {
    coder_close(&p->coder);
    text_close(&p->service);
    text_close(&p->response);
    slab_close(&p->detail);
    slab_close(&p->minute);
}

void second_print(SecondPrinter *p, const Slab *slab, uint64_t at_ns,
                  const char *levels, bool is_last, Text *to) {
    slab_keep(&p->detail, slab->kept & ~p->detail.kept);
    slab_keep(&p->minute, slab->kept & ~p->minute.kept);
    keep_details(p, slab);
    slab_add(&p->minute, slab);
    for (size_t i = 0; i < slab->series_count; i++)
        put_series(p, "", &slab->series[i], i, at_ns, to);
    if (is_last ||
        at_ns / JOURNAL_DETAIL_NS > p->detail_ns / JOURNAL_DETAIL_NS) {
        put_details(p, "", &p->detail, at_ns, to);
        p->detail_ns = at_ns;
    }
    if (at_ns / JOURNAL_MINUTE_NS > p->minute_ns / JOURNAL_MINUTE_NS) {
        put_minute(p, at_ns, to);
        p->minute_ns = at_ns;
    }
    put_second(slab, at_ns, levels, to);
}

/* --- the snapshot's part ------------------------------------------------ */

static void put_scenarios(const Snapshot *s, Text *to) {
    text_adds(to, ",\"scenarios\":[");
    for (size_t i = 0; i < s->scenario_count; i++) {
        const ScenarioReading *r = &s->scenarios[i];
        text_addf(to,
                  "%s{\"active\":%" PRIu64 ",\"alive\":%" PRIu64
                  ",\"started\":%" PRIu64 ",\"is_over\":%s",
                  i ? "," : "", r->active, r->alive, r->started,
                  r->is_over ? "true" : "false");
        put_number(to, "planned", r->planned);
        put_number(to, "started_per_s", r->started_per_s);
        text_adds(to, "}");
    }
    text_adds(to, "]");
}

static void put_workers(const Health *h, Text *to) {
    text_adds(to, ",\"workers\":[");
    for (int i = 0; i < h->workers && i < HEALTH_WORKERS_MAX; i++) {
        text_adds(to, i ? "," : "");
        print_number(to, h->busy_by_worker[i]);
    }
    text_adds(to, "]");
}

static void put_health(const Health *h, Text *to) {
    const char *by = bound_name(h->bound_by);
    text_addf(to, ",\"health\":{\"lost\":%" PRIu64, h->lost);
    put_number(to, "busy", h->busy);
    put_number(to, "busy_max", h->busy_max);
    put_number(to, "cpu", h->cpu);
    put_whole(to, "lag", h->lag_ns);
    put_whole(to, "schedule_lag", h->schedule_lag_ns);
    put_whole(to, "read_lag", h->read_lag_ns);
    put_whole(to, "sockets", h->sockets);
    put_whole(to, "descriptors", h->descriptors);
    put_whole(to, "descriptors_max", h->descriptors_max);
    put_whole(to, "ports_used", h->ports_used);
    put_whole(to, "ports_max", h->ports_max);
    put_number(to, "bytes_in_per_s", h->bytes_in_per_s);
    put_number(to, "bytes_out_per_s", h->bytes_out_per_s);
    put_workers(h, to);
    if (h->is_bound && by) {
        text_addf(to, ",\"bound_by\":\"%s\"", by);
        put_whole(to, "bound_since", h->bound_since_ns);
    }
    text_adds(to, "}");
}

/* Said as long as the recovery from it is followed: a reader needs it once,
 * before the second that shows it. */
static void put_event_over(const RecoveryList *l, Text *to) {
    const Recovery *r = l && l->count ? &l->items[l->count - 1] : NULL;
    bool is_followed = r && (r->state == RECOVERY_UNDER_LOAD ||
                             r->state == RECOVERY_WAITING);
    if (is_followed && r->is_event && r->over_ns)
        put_whole(to, "event_over", r->over_ns);
}

void print_levels(const Snapshot *s, Text *to) {
    const Timeline *t = s->timeline;
    put_number(to, "active", (double)t->active);
    put_number(to, "users", (double)t->users);
    put_number(to, "planned", s->planned);
    put_number(to, "planned_other", (double)t->planned_other);
    put_whole(to, "active_max", s->active_max);
    put_whole(to, "alive", s->alive);
    put_whole(to, "in_flight", s->in_flight);
    text_addf(to, ",\"answered\":%s", s->ever_answered ? "true" : "false");
    put_scenarios(s, to);
    put_health(&s->health, to);
    put_event_over(s->recoveries, to);
}
