/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <inttypes.h>

#include "base/clock.h"
#include "journal/print.h"

const char *const journal_states[RUN_DONE + 1] = { "starting", "running",
                                                   "paused", "finishing",
                                                   "done" };
const char *const journal_units[2] = { "vus", "rate" };
const char *const journal_forms[3] = { "ramp", "jump", "stay" };
const char *const journal_shapes[3] = { "linear", "smooth", "step" };
const char *const journal_origins[4] = { "planned", "inserted", "hand",
                                         "spike" };

const char *const journal_parts[PART_COUNT] = {
    "",           "status_1xx", "status_2xx", "status_3xx",
    "status_4xx", "status_5xx", "expected",   "failed"
};
const char *const journal_ends[3] = { "no", "finish", "stop" };

static void begin(Text *to, const char *type) {
    text_addf(to, "{\"type\":\"%s\"", type);
}

static void put_text(Text *to, const char *key, const char *text) {
    text_addf(to, ",\"%s\":", key);
    print_text(to, text);
}

static void put_whole(Text *to, const char *key, uint64_t value) {
    text_addf(to, ",\"%s\":%" PRIu64, key, value);
}

static void put_number(Text *to, const char *key, double value) {
    text_addf(to, ",\"%s\":", key);
    print_number(to, value);
}

static void put_bool(Text *to, const char *key, bool value) {
    text_addf(to, ",\"%s\":%s", key, value ? "true" : "false");
}

static void end(Text *to) {
    text_adds(to, "}\n");
}

/* --- the head ----------------------------------------------------------- */

static void put_run(const RunInfo *info, const char *transport, Text *to) {
    text_adds(to, ",\"run\":{\"name\":");
    print_text(to, info->name);
    put_text(to, "kind", info->kind ? info->kind : "");
    put_text(to, "target", info->target ? info->target : "");
    put_text(to, "transport", transport ? transport : "");
    put_whole(to, "workers", (uint64_t)info->workers);
    if (info->cpus)
        put_text(to, "cpus", info->cpus);
    put_whole(to, "seed", info->seed);
    put_whole(to, "iterations_limit", info->iterations_limit);
    put_whole(to, "max_vus", info->max_vus);
    text_adds(to, "}");
}

static void put_one_series(const Series *s, Text *to) {
    text_adds(to, "{\"name\":");
    print_text(to, s->name);
    put_text(to, "request_name", s->request_name);
    put_whole(to, "request", s->request);
    put_whole(to, "scenario", s->scenario);
    put_whole(to, "variant", s->variant);
    text_adds(to, ",\"labels\":[");
    for (size_t i = 0; i < s->label_count; i++) {
        text_adds(to, i ? ",[" : "[");
        print_text(to, s->labels[i].name);
        text_adds(to, ",");
        print_text(to, s->labels[i].value);
        text_adds(to, "]");
    }
    text_adds(to, "]}");
}

static void put_lists(const Snapshot *s, const Wheel *w, Text *to) {
    const MetricTable *m = s->metrics;
    text_adds(to, ",\"scenarios\":[");
    for (size_t i = 0; i < w->plan_count; i++) {
        text_adds(to, i ? ",{\"name\":" : "{\"name\":");
        print_text(to, w->names[i]);
        put_text(to, "unit", journal_units[w->plans[i].unit]);
        text_adds(to, "}");
    }
    text_adds(to, "],\"series\":[");
    for (size_t i = 0; i < m->series_count; i++) {
        text_adds(to, i ? "," : "");
        put_one_series(&m->series[i], to);
    }
    text_adds(to, "],\"checks\":[");
    for (size_t i = 0; i < s->totals->check_count; i++) {
        text_adds(to, i ? ",{\"name\":" : "{\"name\":");
        print_text(to, s->check_names[i]);
        put_whole(to, "request", s->check_requests[i]);
        text_adds(to, "}");
    }
    text_adds(to, "],\"metrics\":[");
    for (size_t i = 0; i < m->own_count; i++) {
        text_adds(to, i ? ",{\"name\":" : "{\"name\":");
        print_text(to, m->own[i].name);
        put_text(to, "kind", metric_kind_name(m->own[i].kind));
        put_bool(to, "is_time", m->own[i].is_time);
        text_adds(to, "}");
    }
    text_adds(to, "]");
}

static void put_limits(const Snapshot *s, Text *to) {
    text_adds(to, ",\"thresholds\":[");
    for (size_t i = 0; i < s->threshold_count; i++) {
        text_adds(to, i ? ",{\"key\":" : "{\"key\":");
        print_text(to, s->thresholds[i].threshold->key);
        put_text(to, "text", s->thresholds[i].threshold->text);
        text_adds(to, "}");
    }
    text_adds(to, "],\"alerts\":[");
    for (size_t i = 0; i < s->alert_count; i++) {
        text_adds(to, i ? ",{\"name\":" : "{\"name\":");
        print_text(to, s->alerts[i].alert->name);
        put_text(to, "text", s->alerts[i].alert->text);
        text_adds(to, "}");
    }
    text_adds(to, "]");
}

void print_head(const Snapshot *s, const Wheel *w, const RunInfo *info,
                time_t started, Text *to) {
    begin(to, "journal");
    put_whole(to, "format", JOURNAL_FORMAT);
    put_text(to, "tool", "onrush " PACKAGE_VERSION);
    put_whole(to, "started", started > 0 ? (uint64_t)started : 0);
    put_run(info, s->transport ? s->transport : info->transport, to);
    put_lists(s, w, to);
    put_limits(s, to);
    end(to);
}

/* --- plans -------------------------------------------------------------- */

static void put_stage(const Stage *s, Text *to) {
    text_adds(to, "{\"name\":");
    print_text(to, s->name);
    put_text(to, "form", journal_forms[s->form]);
    put_text(to, "shape", journal_shapes[s->shape]);
    put_text(to, "origin", journal_origins[s->origin]);
    put_whole(to, "steps", s->steps > 0 ? (uint64_t)s->steps : 0);
    put_bool(to, "open", s->open);
    put_bool(to, "from_fixed", s->from_fixed);
    put_number(to, "level", s->level);
    put_number(to, "from", s->from);
    put_whole(to, "length", s->length_ns);
    put_whole(to, "offset", s->offset_ns);
    put_whole(to, "full", s->full_ns);
    put_whole(to, "id", s->id);
    put_whole(to, "row", s->row);
    text_adds(to, "}");
}

static bool is_same(const Stage *a, const Stage *b) {
    return text_equal(a->name, b->name) && a->form == b->form &&
           a->shape == b->shape && a->origin == b->origin &&
           a->steps == b->steps && a->open == b->open &&
           a->from_fixed == b->from_fixed && a->level == b->level &&
           a->from == b->from && a->length_ns == b->length_ns &&
           a->offset_ns == b->offset_ns && a->full_ns == b->full_ns &&
           a->id == b->id && a->row == b->row;
}

size_t plan_kept(const Plan *told, const Plan *now) {
    size_t i = 0;
    /* an open one grows on both sides */
    while (i < told->count && i < now->count && !now->stages[i].open &&
           is_same(&told->stages[i], &now->stages[i]))
        i++;
    return i;
}

void print_plan(const Wheel *w, size_t scenario, size_t kept, Text *to) {
    const Plan *p = &w->plans[scenario];
    begin(to, "plan");
    put_whole(to, "at", p->now_ns);
    put_whole(to, "scenario", scenario);
    put_number(to, "start", p->start);
    put_whole(to, "current", p->current);
    put_whole(to, "began", p->began_ns);
    put_whole(to, "next_id", p->next_id);
    put_whole(to, "next_row", p->next_row);
    if (kept)
        put_whole(to, "kept", kept);
    text_adds(to, ",\"stages\":[");
    for (size_t i = kept; i < p->count; i++) {
        text_adds(to, i > kept ? "," : "");
        put_stage(&p->stages[i], to);
    }
    text_adds(to, "]");
    end(to);
}

/* --- what happened ------------------------------------------------------ */

void print_event(const Event *e, Text *to) {
    begin(to, "event");
    put_whole(to, "at", e->at_ns);
    put_text(to, "kind", event_kind_name(e->kind));
    put_text(to, "text", e->text);
    end(to);
}

void print_action(const Action *a, Text *to) {
    begin(to, "action");
    put_whole(to, "at", a->at_ns);
    put_text(to, "command", a->command);
    put_text(to, "outcome", a->outcome);
    end(to);
}

void print_limit(const Threshold *t, size_t index, uint64_t at_ns, Text *to) {
    begin(to, "threshold");
    put_whole(to, "at", at_ns);
    put_whole(to, "threshold", index);
    put_text(to, "text", t->text);
    end(to);
}

void print_spike(const Recovery *r, Text *to) {
    begin(to, "spike");
    put_whole(to, "at", r->began_ns);
    put_whole(to, "scenario", r->scenario);
    put_number(to, "level_before", r->level_before);
    put_text(to, "cause", r->cause);
    if (r->is_event)
        text_adds(to, ",\"event\":true");
    if (r->over_ns) {
        put_whole(to, "over", r->over_ns);
        put_number(to, "level_told", r->level_told);
    }
    end(to);
}

void print_state(const Snapshot *s, Text *to) {
    begin(to, "state");
    put_whole(to, "at", s->now_ns);
    put_text(to, "state", journal_states[s->state]);
    put_bool(to, "stopped", s->stopped);
    put_bool(to, "aborted", s->aborted);
    end(to);
}

void print_gauge(const Gauge *g, size_t index, Text *to) {
    begin(to, "gauge");
    put_whole(to, "gauge", index);
    put_text(to, "name", g->name);
    put_text(to, "unit", gauge_unit_name(g->unit));
    end(to);
}

void print_reading(const Gauge *g, size_t index, Text *to) {
    begin(to, "reading");
    put_whole(to, "at", g->at_ns);
    put_whole(to, "gauge", index);
    put_number(to, "value", g->last);
    end(to);
}

void print_end(const Snapshot *s, const Wheel *w, int status,
               const char *words, Text *to) {
    begin(to, "end");
    put_whole(to, "at", s->now_ns);
    put_bool(to, "stopped", s->stopped);
    put_bool(to, "aborted", s->aborted);
    put_text(to, "asked", journal_ends[w->end]);
    put_whole(to, "status", (uint64_t)status);
    put_text(to, "words", words);
    print_levels(s, to);
    end(to);
}
