/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a journal says once: the run, its series and its limits; and plans. */
#include "journal/replay_state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "journal/print.h"

#define SCENARIOS_MAX 1000
#define LEVEL_MAX 1e12
#define STARTED_MAX UINT64_C(253402300799) /* the year 9999 ends */

#define EACH(line, list, n) \
    for (const LineNode *n = line_first(list); n; n = line_next(line, list, n))

static Members of_item(const Members *m, const LineNode *n) {
    return (Members){ m->line, n, false, m->err };
}

/* Among few: a number that is cut off would be another's. */
static uint32_t place_of(Members *m, const char *key) {
    uint64_t place = member_whole(m, key);
    if (place > UINT32_MAX) {
        err_set(m->err, "\"%s\" is no place: %llu", key,
                (unsigned long long)place);
        m->is_wrong = true;
    }
    return (uint32_t)place;
}

static void read_run(Replay *r, Members *m) {
    Members run = of_item(m, line_get(m->line, m->of, "run"));
    Arena *a = &r->arena;
    r->info = (RunInfo){
        .name = member_text(&run, "name", a),
        .kind = member_text(&run, "kind", a),
        .target = member_text(&run, "target", a),
        .transport = member_text(&run, "transport", a),
        .workers = (int)(member_whole(&run, "workers") & 0xffff),
        .seed = member_whole(&run, "seed"),
        .iterations_limit = member_whole(&run, "iterations_limit"),
        .max_vus = member_whole(&run, "max_vus"),
    };
    if (line_get(m->line, run.of, "cpus"))
        r->info.cpus = member_text(&run, "cpus", a);
    m->is_wrong |= run.is_wrong;
}

static int read_scenarios(Replay *r, Members *m) {
    const LineNode *list = member_list(m, "scenarios");
    if (list->count == 0 || list->count > SCENARIOS_MAX)
        return err_set(m->err, "a run has 1 to %d scenarios", SCENARIOS_MAX);
    r->scenario_count = list->count;
    r->scenarios = arena_array(&r->arena, ScenarioReading, list->count);
    r->told = arena_array(&r->arena, ScenarioReading, list->count);
    r->levels = arena_array(&r->arena, double, list->count);
    size_t i = 0;
    EACH(m->line, list, n) {
        Members s = of_item(m, n);
        Plan plan;
        const char *name = member_text(&s, "name", &r->arena);
        PlanUnit unit = (PlanUnit)member_choice(&s, "unit", journal_units, 2);
        plan_init(&plan, unit, 0);
        wheel_add(&r->wheel, name, &plan);
        r->scenarios[i++] = (ScenarioReading){ .name = name,
                                               .is_rate = unit == PLAN_RATE,
                                               .started_per_s = NAN };
        m->is_wrong |= s.is_wrong;
    }
    return m->is_wrong ? -1 : 0;
}

static const char *clean(Replay *r, const LineNode *n) {
    size_t room = n->length * 3 + 1;
    char *text = mem_alloc(room, 1);
    const char *kept =
        arena_dup_text(&r->arena, text_clean(text, room, n->text, n->length));
    free(text);
    return kept;
}

static void read_labels(Replay *r, Members *m, Series *to) {
    const LineNode *list = member_list(m, "labels");
    Label *labels = arena_array(&r->arena, Label, list->count);
    EACH(m->line, list, n) {
        const LineNode *name = line_first(n);
        const LineNode *value = name ? line_next(m->line, n, name) : NULL;
        if (!value || name->kind != LINE_TEXT || value->kind != LINE_TEXT) {
            err_set(m->err, "a label is a name and a value");
            m->is_wrong = true;
            continue;
        }
        labels[to->label_count++] = (Label){ clean(r, name), clean(r, value) };
    }
    to->labels = labels;
}

static int read_series(Replay *r, Members *m) {
    const LineNode *list = member_list(m, "series");
    Series *series = arena_array(&r->arena, Series, list->count);
    EACH(m->line, list, n) {
        Members s = of_item(m, n);
        Series *to = &series[r->metrics.series_count++];
        to->name = member_text(&s, "name", &r->arena);
        to->request_name = member_text(&s, "request_name", &r->arena);
        to->request = place_of(&s, "request");
        to->scenario = place_of(&s, "scenario");
        to->variant = place_of(&s, "variant");
        read_labels(r, &s, to);
        m->is_wrong |= s.is_wrong;
    }
    r->metrics.series = series;
    return m->is_wrong ? -1 : 0;
}

static int read_checks(Replay *r, Members *m) {
    const LineNode *list = member_list(m, "checks");
    r->check_names = arena_array(&r->arena, const char *, list->count);
    r->check_requests = arena_array(&r->arena, uint32_t, list->count);
    EACH(m->line, list, n) {
        Members c = of_item(m, n);
        size_t i = r->check_count++;
        r->check_names[i] = member_text(&c, "name", &r->arena);
        r->check_requests[i] = place_of(&c, "request");
        m->is_wrong |= c.is_wrong;
    }
    return m->is_wrong ? -1 : 0;
}

static int read_metrics(Replay *r, Members *m) {
    static const char *const kinds[] = { "counter", "gauge", "rate", "trend" };
    const LineNode *list = member_list(m, "metrics");
    CustomMetric *own = arena_array(&r->arena, CustomMetric, list->count);
    EACH(m->line, list, n) {
        Members c = of_item(m, n);
        CustomMetric *to = &own[r->metrics.own_count++];
        to->name = member_text(&c, "name", &r->arena);
        to->kind = (MetricKind)member_choice(&c, "kind", kinds, 4);
        to->is_time = member_is_true(&c, "is_time");
        m->is_wrong |= c.is_wrong || custom_check_name(to->name, m->err) < 0;
    }
    r->metrics.own = own;
    return m->is_wrong ? -1 : 0;
}

static int read_limits(Replay *r, Members *m) {
    bool in_key;
    r->metrics.checks = r->check_names;
    r->metrics.check_count = r->check_count;
    r->metrics.is_any_monitored = true; /* gauges are told later */
    const LineNode *thresholds = member_list(m, "thresholds");
    const LineNode *alerts = member_list(m, "alerts");
    EACH(m->line, thresholds, n) {
        Members t = of_item(m, n);
        const char *key = member_text(&t, "key", &r->arena);
        const char *text = member_text(&t, "text", &r->arena);
        if (t.is_wrong || threshold_read(&r->thresholds, &r->arena, key, text,
                                         &r->metrics, &in_key, m->err) < 0)
            return -1;
    }
    EACH(m->line, alerts, n) {
        Members a = of_item(m, n);
        const char *name = member_text(&a, "name", &r->arena);
        const char *text = member_text(&a, "text", &r->arena);
        if (a.is_wrong || alert_read(&r->alerts, &r->arena, name, text,
                                     &r->metrics, m->err) < 0)
            return -1;
    }
    return m->is_wrong ? -1 : 0;
}

static void start_recorder(Replay *r) {
    limits_init(&r->wheel.limits, &r->thresholds, r->metrics);
    RecorderSetup setup = { .metrics = r->metrics,
                            .check_names = r->check_names,
                            .check_requests = r->check_requests,
                            .check_count = r->check_count,
                            .thresholds = &r->wheel.limits.now,
                            .alerts = &r->alerts,
                            .gauges = &r->gauges,
                            .is_rate = r->scenario_count &&
                                       r->scenarios[0].is_rate };
    recorder_init(&r->recorder, &setup);
    slab_init(&r->slab, r->metrics.series_count, r->check_count,
              r->metrics.own_count);
    slab_keep(&r->slab, r->recorder.totals.kept);
    r->has_head = true;
}

int replay_head(Replay *r, Members *m) {
    uint64_t format = member_whole(m, "format");
    if (!m->is_wrong && (format < 1 || format > JOURNAL_FORMAT))
        return err_set(m->err,
                       "a journal of format %llu; this onrush reads up to "
                       "format %d",
                       (unsigned long long)format, JOURNAL_FORMAT);
    uint64_t started = member_whole(m, "started");
    if (m->is_wrong)
        return -1;
    if (started > STARTED_MAX)
        return err_set(m->err, "\"started\" is behind the year 9999");
    r->started = (time_t)started;
    read_run(r, m);
    if (m->is_wrong || read_scenarios(r, m) < 0 || read_series(r, m) < 0 ||
        read_checks(r, m) < 0 || read_metrics(r, m) < 0 ||
        read_limits(r, m) < 0)
        return -1;
    start_recorder(r);
    return 0;
}

/* --- limits that change ------------------------------------------------- */

int replay_limit(Replay *r, Members *m) {
    Limits *l = &r->wheel.limits;
    uint64_t i = member_whole(m, "threshold");
    const char *text = member_text(m, "text", &r->arena);
    if (m->is_wrong)
        return -1;
    if (i >= l->now.count)
        return err_set(m->err, "there is no such threshold");
    return limits_change(l, (size_t)i, text, m->err);
}

/* --- plans -------------------------------------------------------------- */

static bool is_level(double v) {
    return v >= 0 && v <= LEVEL_MAX;
}

static int read_stage(Replay *r, const Members *of, const LineNode *n,
                      Stage *s) {
    Members m = of_item(of, n);
    *s = (Stage){
        .form = (StageForm)member_choice(&m, "form", journal_forms, 3),
        .shape = (RampShape)member_choice(&m, "shape", journal_shapes, 3),
        .origin = (StageOrigin)member_choice(&m, "origin", journal_origins, 4),
        .open = member_is_true(&m, "open"),
        .from_fixed = member_is_true(&m, "from_fixed"),
        .level = member_number(&m, "level"),
        .from = member_number(&m, "from"),
        .length_ns = member_whole(&m, "length"),
        .offset_ns = member_whole(&m, "offset"),
        .full_ns = member_whole(&m, "full"),
        .id = (uint32_t)member_whole(&m, "id"),
        .row = (uint32_t)member_whole(&m, "row"),
    };
    uint64_t steps = member_whole(&m, "steps");
    const char *name = member_text(&m, "name", &r->arena);
    if (m.is_wrong)
        return -1;
    text_clean(s->name, sizeof s->name, name, strlen(name));
    s->steps = (int)(steps < PLAN_STEPS_MAX ? steps : PLAN_STEPS_MAX);
    if (s->shape == RAMP_STEP && s->steps == 0)
        return err_set(of->err, "a ramp in steps has at least one");
    if (!is_level(s->level) || !is_level(s->from))
        return err_set(of->err, "a stage's level is 0 to %g", LEVEL_MAX);
    if (s->length_ns > REPLAY_LONGEST_NS || s->offset_ns > REPLAY_LONGEST_NS ||
        s->full_ns > REPLAY_LONGEST_NS)
        return err_set(of->err, "a stage takes at most a year");
    return 0;
}

/* Which piece runs, and since when, follows from their lengths. */
static bool is_consistent(const Plan *p) {
    uint64_t began = 0;
    if (p->current > p->count || p->now_ns > REPLAY_LONGEST_NS)
        return false;
    for (size_t i = 0; i < p->current; i++)
        began += p->stages[i].length_ns;
    return p->began_ns == began && began <= p->now_ns && isfinite(p->start) &&
           is_level(p->start);
}

int replay_plan(Replay *r, Members *m) {
    uint64_t scenario = member_whole(m, "scenario");
    const LineNode *list = member_list(m, "stages");
    if (m->is_wrong)
        return -1;
    if (scenario >= r->scenario_count)
        return err_set(m->err, "there is no scenario %llu",
                       (unsigned long long)scenario);
    uint64_t kept = member_maybe(m, "kept");
    Plan p, *old = &r->wheel.plans[scenario];
    if (kept > old->count)
        return err_set(m->err, "a plan keeps %llu of %zu stages",
                       (unsigned long long)kept, old->count);
    if (kept + list->count > PLAN_STAGES_MAX)
        return err_set(m->err, "a plan has at most %d stages", PLAN_STAGES_MAX);
    plan_init(&p, old->unit, member_number(m, "start"));
    p.cap = (size_t)kept + list->count + 1;
    p.stages = mem_alloc(p.cap, sizeof *p.stages);
    p.count = (size_t)kept;
    if (kept)
        memcpy(p.stages, old->stages, (size_t)kept * sizeof *p.stages);
    p.now_ns = member_whole(m, "at");
    p.current = (size_t)member_whole(m, "current");
    p.began_ns = member_whole(m, "began");
    p.next_id = (uint32_t)member_whole(m, "next_id");
    p.next_row = (uint32_t)member_whole(m, "next_row");
    bool is_good = !m->is_wrong;
    for (const LineNode *n = line_first(list); n && is_good;
         n = line_next(m->line, list, n))
        is_good = read_stage(r, m, n, &p.stages[p.count++]) == 0;
    if (is_good && !is_consistent(&p)) {
        err_set(m->err, "the plan's stages do not fit its time");
        is_good = false;
    }
    if (!is_good) {
        plan_close(&p);
        return -1;
    }
    plan_close(old);
    *old = p;
    return 0;
}
