/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line a second, for who watches without a terminal. */
#include "report/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"
#include "report/arrivals.h"
#include "report/out.h"
#include "report/page.h"

#define STAGE_COLUMNS 16

typedef struct Place {
    const char *stage;
    size_t number, count; /* 1-based; 0: none */
} Place;

static Place place_of(const Report *r) {
    const Plan *p = &r->wheel->plans[0];
    size_t count = plan_rows(p, NULL, 0);
    PlanRow *rows = mem_alloc(count, sizeof *rows);
    plan_rows(p, rows, count);
    Place at = { NULL, 0, count };
    for (size_t i = 0; i < count; i++)
        if (rows[i].state == ROW_NOW) {
            at.number = i + 1;
            at.stage = p->stages[rows[i].first].name;
        }
    free(rows);
    return at;
}

static const char *state_name(const Snapshot *s) {
    switch (s->state) {
    case RUN_STARTING:
        return "starting";
    case RUN_RUNNING:
        return "running";
    case RUN_PAUSED:
        return "paused";
    case RUN_FINISHING:
        return "finishing";
    case RUN_DONE:
        return "done";
    }
    return "running";
}

/* Padded to its columns, however wide its (clean) characters are. */
static void add_field(Page *p, int columns, bool right, const char *text) {
    int whole = p->columns, start = p->at, end = p->at + columns;
    int width = page_width(text);
    p->columns = end;
    page_indent(p, right && width < columns ? end - width : start);
    page_add(p, TONE_PLAIN, text);
    page_indent(p, end);
    p->columns = whole;
}

static size_t scenarios_that_run(const Report *r) {
    size_t n = 0;
    for (size_t i = 0; i < r->wheel->plan_count; i++)
        n += !plan_is_over(&r->wheel->plans[i]);
    return n;
}

static void add_stage(const Report *r, Page *p) {
    Place at = place_of(r);
    Text t = { 0 };
    RunState state = r->snapshot->state;
    size_t runs = scenarios_that_run(r);
    if (state == RUN_RUNNING && r->wheel->plan_count > 1) {
        text_addf(&t, "%zu/%zu scenarios", runs, r->wheel->plan_count);
    } else if (state == RUN_RUNNING && at.stage) {
        Text count = { 0 };
        text_addf(&count, " %zu/%zu", at.number, at.count);
        int room = STAGE_COLUMNS - (int)count.length;
        Page part = { .to = &t, .ascii = p->ascii, .columns = room };
        page_add(&part, TONE_PLAIN, at.stage);
        text_adds(&t, count.bytes);
        text_close(&count);
    } else {
        text_adds(&t, state_name(r->snapshot));
    }
    add_field(p, STAGE_COLUMNS, false, t.bytes);
    text_close(&t);
}

/* Of several scenarios: what those of either unit do together, of what their
 * plans ask for now. */
static void add_levels(const Report *r, Page *p) {
    const Snapshot *s = r->snapshot;
    double vus = 0, vus_planned = 0, rate = 0, rate_planned = 0;
    UnitsText a, b, c, d;
    char text[4 * UNITS_TEXT_MAX + 32] = "";
    bool has_vus = false, has_rate = false;
    for (size_t i = 0; i < s->scenario_count; i++) {
        const ScenarioReading *x = &s->scenarios[i];
        *(x->is_rate ? &has_rate : &has_vus) = true;
        *(x->is_rate ? &rate_planned : &vus_planned) += x->planned;
        if (!x->is_rate)
            vus += (double)x->active;
        else if (!isnan(x->started_per_s))
            rate += x->started_per_s;
    }
    if (has_vus)
        snprintf(text, sizeof text, "%s/%s VUs", units_count(a, vus),
                 units_count(b, round(vus_planned)));
    size_t n = strlen(text);
    if (has_rate)
        snprintf(text + n, sizeof text - n, "%s%s of %s/s", n ? ", " : "",
                 units_count(c, rate), units_count(d, rate_planned));
    add_field(p, has_vus && has_rate ? 31 : 17, true, text);
}

/* What was started, in the window, of what was planned there. */
static void add_level(const Report *r, Page *p) {
    const Snapshot *s = r->snapshot;
    UnitsText active, planned, started;
    char text[3 * UNITS_TEXT_MAX + 16];
    bool rate = r->wheel->plan->unit == PLAN_RATE;
    if (r->wheel->plan_count > 1) {
        add_levels(r, p);
        return;
    }
    units_count(active, (double)s->active);
    if (rate)
        snprintf(text, sizeof text, "%s of %s/s, %s VUs",
                 units_count(started, s->started_per_s),
                 units_count(planned, plan_mean(r->wheel->plan, s->now_ns,
                                                s->now.seconds)),
                 active);
    else
        snprintf(text, sizeof text, "%s/%s VUs", active,
                 units_count(planned, round(s->planned)));
    add_field(p, rate ? 31 : 17, true, text);
}

/* What users wait, and what was not even begun. */
static void add_arrivals(const Snapshot *s, Page *p) {
    UnitsText t;
    page_add(p, TONE_PLAIN, "  response p95");
    add_field(p, 8, true, units_latency(t, s->response_now.p95));
    page_add(p, TONE_PLAIN, "  dropped");
    add_field(p, 7, true, units_count(t, s->dropped_per_s));
    page_add(p, TONE_PLAIN, "/s");
}

void report_progress(const Report *r, Text *to) {
    const Reading *now = &r->snapshot->now;
    Page p = { .to = to, .ascii = r->ascii, .columns = 1000 };
    UnitsText t;
    add_field(&p, 7, true, units_clock(t, r->snapshot->now_ns));
    page_add(&p, TONE_PLAIN, "  ");
    add_stage(r, &p);
    add_level(r, &p);
    add_field(&p, 9, true, units_count(t, now->rps));
    page_add(&p, TONE_PLAIN, " req/s");
    const struct {
        const char *name;
        double ns;
    } latencies[] = { { "  p50", now->p50 },
                      { "  p95", now->p95 },
                      { "  p99", now->p99 } };
    for (size_t i = 0; i < 3; i++) {
        page_add(&p, TONE_PLAIN, latencies[i].name);
        add_field(&p, 8, true, units_latency(t, latencies[i].ns));
    }
    page_add(&p, TONE_PLAIN, "  errors");
    add_field(&p, 8, true, units_percent(t, now->error_rate));
    if (arrivals_are_there(r))
        add_arrivals(r->snapshot, &p);
    page_end(&p);
}

static json_t *scenarios(const Report *r) {
    const Snapshot *s = r->snapshot;
    const Wheel *w = r->wheel;
    json_t *all = json_array();
    for (size_t i = 0; i < s->scenario_count; i++) {
        const Plan *p = &w->plans[i];
        json_t *o = json_object();
        bool is_over = plan_is_over(p);
        out_put(o, "name", out_text(w->names[i]));
        out_put(o, "stage",
                out_text(is_over ? NULL : p->stages[p->current].name));
        out_put(o, "planned", out_number(s->scenarios[i].planned));
        out_put(o, "vus", out_count(s->scenarios[i].active));
        out_put(o, "started", out_count(s->scenarios[i].started));
        out_add(all, o);
    }
    return all;
}

size_t report_progress_events(const Report *r, size_t told, Text *to) {
    const EventLog *log = &r->wheel->log;
    Page p = { .to = to, .ascii = r->ascii, .columns = 1000 };
    for (; told < log->count; told++) {
        const Event *e = &log->items[told];
        UnitsText t;
        add_field(&p, 7, true, units_clock(t, e->at_ns));
        page_addf(&p, TONE_PLAIN, "  %-7s%s", event_kind_name(e->kind),
                  e->text);
        page_end(&p);
    }
    return told;
}

void report_progress_json(const Report *r, Text *to) {
    const Snapshot *s = r->snapshot;
    Place at = place_of(r);
    out_begin();
    json_t *o = json_object();
    out_put(o, "t_ms", out_time(s->now_ns));
    out_put(o, "state", out_text(state_name(s)));
    out_put(o, "stage", out_text(at.stage));
    out_put(o, "stage_number", at.number ? out_count(at.number) : json_null());
    out_put(o, "stage_count", out_count(at.count));
    out_put(o, "vus", out_count(s->active));
    out_put(o, "planned", out_number(s->planned));
    out_put(o, "requests", out_count(s->run.requests));
    out_put(o, "failed", out_count(s->run.failed));
    out_put(o, "window_s", out_number(s->now.seconds));
    out_put(o, "rps", out_number(s->now.rps));
    out_put(o, "error_rate", out_number(s->now.error_rate));
    out_put(o, "p50_ms", out_ms(s->now.p50));
    out_put(o, "p95_ms", out_ms(s->now.p95));
    out_put(o, "p99_ms", out_ms(s->now.p99));
    out_put(o, "max_ms", out_ms(s->now.max));
    out_put(o, "response_p95_ms", out_ms(s->response_now.p95));
    out_put(o, "started", out_count(s->totals->started));
    out_put(o, "dropped", out_count(s->totals->dropped));
    out_put(o, "started_per_s", out_number(s->started_per_s));
    out_put(o, "dropped_per_s", out_number(s->dropped_per_s));
    out_put(o, "scenarios", scenarios(r));
    out_print(o, JSON_COMPACT, to);
}
