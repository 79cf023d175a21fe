/* SPDX-License-Identifier: GPL-3.0-or-later */
/* k6's options: scenarios, stages, thresholds. Source: k6's documentation,
 * "Options" and "Executors". */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "import/js.h"
#include "import/marked.h"

/* One scenario on its way to stages. */
typedef struct Load {
    Js *js;
    const JsValue *s; /* its object */
    SketchSection *stages;
    SketchLines *lines; /* of [scenario] */
    size_t line;
    double level; /* reached so far */
} Load;

static double number_of(const JsValue *object, const char *key,
                        double fallback) {
    const JsValue *v = js_member(object, key);
    if (v->kind == JS_TEXT && isdigit((unsigned char)*v->text))
        return strtod(v->text, NULL);
    return v->kind == JS_NUM && isfinite(v->number) ? v->number : fallback;
}

static bool has(const JsValue *object, const char *key) {
    return js_member(object, key)->kind != JS_UNKNOWN;
}

/* "1m30s", or a number of milliseconds; false: none that we know. */
static bool duration_of(const JsValue *object, const char *key, char to[64],
                        uint64_t *ns) {
    const JsValue *v = js_member(object, key);
    Err err;
    if (v->kind == JS_NUM && v->number >= 0 && v->number < 3e10)
        snprintf(to, 64, "%.0fms", v->number);
    else if (v->kind == JS_TEXT && strlen(v->text) < 64)
        snprintf(to, 64, "%s", v->text);
    else
        return false;
    if (units_read_duration(to, ns, &err) < 0)
        return false;
    UnitsText tidy;
    snprintf(to, 64, "%s", units_duration(tidy, *ns));
    return true;
}

/* Of a stage or a scenario; what cannot be read is said and taken as 0. */
static void needed_duration(Load *l, const JsValue *object, const char *key,
                            const char *fallback, char to[64]) {
    uint64_t ns;
    if (duration_of(object, key, to, &ns))
        return;
    if (!fallback || has(object, key))
        sketch_note(l->js->d, AT_LINE(l->line), "%s: computed, or missing",
                    key);
    snprintf(to, 64, "%s", fallback ? fallback : "0s");
}

/* --- stages ------------------------------------------------------------- */

/* "50" or, for arrivals, "50/s" from a number per unit of time. */
static void level_text(double n, const char *unit, uint64_t unit_ns,
                       char to[48]) {
    if (!unit)
        snprintf(to, 48, "%.0f", n);
    else if (n == 0)
        snprintf(to, 48, "0");
    else if (unit_ns == NS_PER_S)
        snprintf(to, 48, "%.10g/s", n);
    else if (unit_ns == NS_PER_MIN)
        snprintf(to, 48, "%.10g/m", n);
    else if (unit_ns == NS_PER_H)
        snprintf(to, 48, "%.10g/h", n);
    else
        snprintf(to, 48, "%.6f/s", n * 1e9 / (double)unit_ns);
}

static bool is_level(double n) {
    return isfinite(n) && n >= 0 && n <= 1e9;
}

static void add_stage(Load *l, const char *duration, const char *how,
                      double level, const char *unit, uint64_t unit_ns) {
    char text[48], name[80];
    Sketch *d = l->js->d;
    if (!is_level(level)) {
        sketch_note(d, AT_LINE(l->line),
                    "a stage's target: computed, or no "
                    "number from 0 to 1e9");
        return;
    }
    level_text(level, unit, unit_ns, text);
    bool stays = level == l->level && text_equal(how, "to");
    snprintf(name, sizeof name, "%s %s",
             level == 0 ? "down"
             : stays    ? "stay"
                        : how,
             text);
    if (level == 0)
        snprintf(name, sizeof name, "down");
    if (stays)
        sketch_stage(d, l->stages, name, "%s", duration);
    else
        sketch_stage(d, l->stages, name, "%s %s %s", duration, how, text);
    l->level = level;
}

static void ramp(Load *l, double start, const char *unit, uint64_t unit_ns) {
    const JsValue *stages = js_member(l->s, "stages");
    if (stages->kind != JS_LIST) {
        sketch_note(l->js->d, AT_LINE(l->line),
                    "stages: their list is "
                    "computed");
        return;
    }
    if (start > 0)
        add_stage(l, "0s", "at", start, unit, unit_ns);
    for (size_t i = 0; i < stages->count; i++) {
        char duration[64];
        const JsValue *stage = &stages->items[i].value;
        l->line = stages->items[i].line;
        needed_duration(l, stage, "duration", NULL, duration);
        add_stage(l, duration, "to", number_of(stage, "target", NAN), unit,
                  unit_ns);
    }
}

/* --- executors ---------------------------------------------------------- */

static void constant_vus(Load *l) {
    char duration[64];
    needed_duration(l, l->s, "duration", NULL, duration);
    add_stage(l, duration, "at", number_of(l->s, "vus", 1), NULL, 0);
}

static void ramping_vus(Load *l) {
    ramp(l, number_of(l->s, "startVUs", 1), NULL, 0);
}

static void iterations(Load *l, double times) {
    char duration[64], text[32];
    double n = number_of(l->s, "iterations", 1) * times;
    needed_duration(l, l->s, "maxDuration", "10m", duration);
    add_stage(l, duration, "at", number_of(l->s, "vus", 1), NULL, 0);
    if (!(n >= 1 && n < 1e15))
        return;
    snprintf(text, sizeof text, "%.0f", n);
    sketch_profile(l->js->d, AT_LINE(l->line), "iterations", text);
}

static void shared_iterations(Load *l) {
    iterations(l, 1);
}

static void per_vu_iterations(Load *l) {
    double vus = number_of(l->s, "vus", 1);
    iterations(l, vus);
    if (vus > 1)
        sketch_note(l->js->d, AT_LINE(l->line),
                    "per-vu-iterations: the same number in all, but VUs that "
                    "are faster make more of them");
}

static void arrivals(Load *l, bool ramps) {
    char duration[64], unit[64] = "1s", max[32];
    uint64_t unit_ns = NS_PER_S;
    if (has(l->s, "timeUnit") &&
        (!duration_of(l->s, "timeUnit", unit, &unit_ns) || unit_ns == 0)) {
        sketch_note(l->js->d, AT_LINE(l->line),
                    "timeUnit: computed; 1s is "
                    "taken");
        unit_ns = NS_PER_S;
    }
    double vus =
        number_of(l->s, "maxVUs", number_of(l->s, "preAllocatedVUs", 0));
    if (vus >= 1 && vus <= 1e6) {
        snprintf(max, sizeof max, "%.0f", vus);
        sketch_set(l->js->d, l->lines, "max_vus", max);
    }
    if (ramps) {
        ramp(l, number_of(l->s, "startRate", 0), unit, unit_ns);
        return;
    }
    needed_duration(l, l->s, "duration", NULL, duration);
    add_stage(l, duration, "at", number_of(l->s, "rate", NAN), unit, unit_ns);
}

static void constant_rate(Load *l) {
    arrivals(l, false);
}

static void ramping_rate(Load *l) {
    arrivals(l, true);
}

static const struct {
    const char *name;
    void (*read)(Load *l);
} executors[] = {
    { "constant-vus", constant_vus },
    { "ramping-vus", ramping_vus },
    { "shared-iterations", shared_iterations },
    { "per-vu-iterations", per_vu_iterations },
    { "constant-arrival-rate", constant_rate },
    { "ramping-arrival-rate", ramping_rate },
};

static void run_executor(Load *l, const char *name) {
    for (size_t i = 0; i < sizeof executors / sizeof *executors; i++)
        if (text_equal(executors[i].name, name)) {
            executors[i].read(l);
            return;
        }
    sketch_note(l->js->d, AT_LINE(l->line),
                "executor %s: an operator changes the level while the run goes "
                "on instead",
                sketch_shown(l->js->d, name, strlen(name)));
}

/* --- what a VU does ----------------------------------------------------- */

static void seconds_text(double s, char to[32]) {
    if (s == floor(s))
        snprintf(to, 32, "%.0fs", s);
    else
        snprintf(to, 32, "%.0fms", s * 1000);
}

static void add_think(Js *js, SketchLines *lines) {
    char least[32], most[32];
    if (js->sleeps == 0 || js->sleep_most > 86400)
        return;
    seconds_text(js->sleep_least, least);
    seconds_text(js->sleep_most, most);
    if (js->sleep_least < js->sleep_most)
        sketch_setf(js->d, lines, "think", "%s..%s", least, most);
    else
        sketch_set(js->d, lines, "think", least);
    if (js->sleeps > 1)
        sketch_note(js->d, AT_WHOLE,
                    "sleep: think is the sum of the %zu of them, once an "
                    "iteration",
                    js->sleeps);
}

/* Reads the function's statements into a new scenario's flow. */
static SketchScenario *run_function(Js *js, const char *name, const char *exec,
                                    size_t line) {
    size_t index = js->d->scenario_count;
    const JsValue *f = js_lookup(js, exec);
    js->flow = sketch_flow(sketch_scenario(js->d, name), 1);
    js->sleep_least = js->sleep_most = 0;
    js->sleeps = 0;
    js->last_request = SKETCH_NONE;
    js->is_init = false;
    if (f && f->kind == JS_FUNCTION) {
        JsValue copy = *f;
        js_call_function(js, &copy, NULL, 0);
    } else {
        sketch_note(js->d, AT_LINE(line), "function %s: there is none",
                    sketch_shown(js->d, exec, strlen(exec)));
    }
    js->is_init = true;
    js->flow = NULL;
    add_think(js, &js->d->scenarios[index].lines);
    return &js->d->scenarios[index];
}

/* --- scenarios ---------------------------------------------------------- */

static void graceful(Js *js, const JsValue *object, size_t line) {
    static const char *const keys[][2] = {
        { "gracefulStop", "graceful_stop" },
        { "gracefulRampDown", "graceful_ramp_down" },
    };
    char text[64];
    uint64_t ns;
    for (size_t i = 0; i < 2; i++)
        if (duration_of(object, keys[i][0], text, &ns))
            sketch_profile(js->d, AT_LINE(line), keys[i][1], text);
}

static void one_scenario(Js *js, const JsItem *item, bool only) {
    char text[64];
    uint64_t ns;
    const JsValue *s = &item->value;
    const JsValue *exec = js_member(s, "exec");
    const JsValue *executor = js_member(s, "executor");
    const char *f = exec->kind == JS_TEXT ? exec->text : "default";
    SketchScenario *scenario = run_function(js, item->key, f, item->line);
    const char *name = scenario->name;
    Load l = { js,
               s,
               sketch_section(js->d, SKETCH_STAGES, only ? "" : name),
               &scenario->lines,
               item->line,
               0 };
    run_executor(&l, executor->kind == JS_TEXT ? executor->text : "?");
    if (!only)
        sketch_set(js->d, &scenario->lines, "stages", name);
    if (duration_of(s, "startTime", text, &ns) && ns)
        sketch_set(js->d, &scenario->lines, "start", text);
    graceful(js, s, item->line);
    if (has(s, "env") || has(s, "tags"))
        sketch_note(js->d, AT_LINE(item->line), "env and tags of scenario %s",
                    name);
}

/* vus, duration, iterations, stages: k6's short forms. */
static void short_forms(Js *js, const JsValue *options) {
    SketchScenario *scenario = run_function(js, "default", "default", 0);
    Load l = {
        js, options, sketch_section(js->d, SKETCH_STAGES, ""), &scenario->lines,
        0,  0
    };
    if (has(options, "stages"))
        ramp(&l, number_of(options, "vus", 1), NULL, 0);
    else if (has(options, "iterations") && !has(options, "duration"))
        shared_iterations(&l);
    else if (has(options, "duration"))
        constant_vus(&l);
    else
        sketch_note(js->d, AT_WHOLE,
                    "the script sets no load: k6 makes one "
                    "iteration, the stages are a suggestion");
    if (has(options, "iterations") && has(options, "duration"))
        sketch_setf(js->d, &js->d->profile, "iterations", "%.0f",
                    fmin(fmax(number_of(options, "iterations", 1), 1), 1e15));
}

/* --- thresholds --------------------------------------------------------- */

static bool is_ours(const Js *js, const char *metric) {
    static const char *const known[] = {
        "http_reqs",
        "http_req_duration",
        "http_req_blocked",
        "http_req_connecting",
        "http_req_tls_handshaking",
        "http_req_sending",
        "http_req_waiting",
        "http_req_receiving",
        "http_req_failed",
        "iterations",
        "iteration_duration",
        "dropped_iterations",
        "vus",
        "vus_max",
        "data_sent",
        "data_received",
        "checks",
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (text_equal(known[i], metric))
            return true;
    for (size_t i = 0; i < js->d->section_count; i++)
        if (js->d->sections[i].kind == SKETCH_METRIC &&
            text_equal(js->d->sections[i].name, metric))
            return true;
    return false;
}

/* Was a check of that name carried? Its line's key has ~ for =. */
static bool has_check(const Sketch *d, const char *name, size_t n) {
    for (size_t i = 0; i < d->request_count; i++)
        for (size_t k = 0; k < d->requests[i].lines.count; k++) {
            const char *key = d->requests[i].lines.items[k].key;
            bool is_same = text_starts(key, "check ") &&
                           strlen(key) == strlen("check ") + n;
            key += is_same ? strlen("check ") : 0;
            for (size_t c = 0; is_same && c < n; c++)
                is_same = key[c] == (strchr("=$", name[c]) ? '~' : name[c]);
            if (is_same)
                return true;
        }
    return false;
}

/* Its tag up to the brace, as ours has it; false: it is none that we have. */
static bool add_own_tag(const Sketch *d, const char *metric, const char *tag,
                        size_t n, Text *to) {
    static const char *const kept[] = { "http_reqs", "http_req_duration",
                                        "http_req_failed" };
    bool is_kept = false;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        is_kept |= text_equal(metric, kept[i]);
    bool is_expected = text_starts(tag, "expected_response:");
    if (text_starts(tag, "check:") && text_equal(metric, "checks") &&
        has_check(d, tag + strlen("check:"), n - strlen("check:")))
        text_addf(to, "{%.*s}", (int)n, tag);
    else if (is_kept && text_starts(tag, "status:") && n == 10 &&
             tag[7] >= '1' && tag[7] <= '5')
        text_addf(to, "{status:%cxx}", tag[7]);
    else if (is_kept && is_expected && !text_equal(metric, kept[2]))
        text_addf(to, "{%.*s}", (int)n, tag);
    else
        return false;
    return true;
}

/* "name:home}" as "{home}"; false: nothing of ours has that label. */
static bool add_label(const Js *js, const char *metric, const char *tag,
                      Text *to) {
    size_t n = strlen(tag);
    if (n && tag[n - 1] == '}' && add_own_tag(js->d, metric, tag, n - 1, to))
        return true;
    bool scenario = text_starts(tag, "scenario:");
    if (!scenario && !text_starts(tag, "name:"))
        return false;
    const char *name = sketch_name(js->d, strchr(tag, ':') + 1, '-', "");
    const Sketch *d = js->d;
    for (size_t i = 0; !scenario && i < d->request_count; i++)
        if (text_equal(d->requests[i].name, name)) {
            text_addf(to, "{%s}", name);
            return true;
        }
    for (size_t i = 0; scenario && i < d->scenario_count; i++)
        if (text_equal(d->scenarios[i].name, name)) {
            text_addf(to, "{scenario:%s}", name);
            return true;
        }
    return false;
}

/* "http_req_duration{name:home}" as ours; false: it is not carried. */
static bool threshold_key(Js *js, const JsItem *item, Text *to) {
    size_t n = strcspn(item->key, "{");
    const char *metric = arena_dup_bytes(js->arena, item->key, n);
    const char *shown = sketch_shown(js->d, item->key, strlen(item->key));
    if (!is_ours(js, metric)) {
        sketch_note(js->d, AT_LINE(item->line),
                    "threshold of %s: there is no such metric", shown);
        return false;
    }
    text_adds(to, metric);
    if (!item->key[n])
        return true;
    if (add_label(js, metric, item->key + n + 1, to))
        return true;
    sketch_note(js->d, AT_LINE(item->line),
                "threshold of %s: requests are told apart by name, scenario, "
                "status and expected_response",
                shown);
    return false;
}

/* Of what k6's grammar is made of. */
static bool is_plain(const char *condition) {
    size_t n = strlen(condition);
    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)condition[i]) &&
            !strchr("().<>=!% _", condition[i]))
            return false;
    return n > 0 && n <= 200;
}

/* 'p(95)<500' or {threshold: 'p(95)<500', abortOnFail: true}. */
static void add_condition(Js *js, const JsItem *item, Text *to) {
    const JsValue *v = &item->value;
    const JsValue *condition =
        v->kind == JS_OBJECT ? js_member(v, "threshold") : v;
    char after[64];
    uint64_t ns;
    if (condition->kind != JS_TEXT || !is_plain(condition->text)) {
        sketch_note(js->d, AT_LINE(item->line), "threshold: it is computed");
        return;
    }
    text_addf(to, "%s%s", to->length ? ", " : "", condition->text);
    if (v->kind != JS_OBJECT || js_member(v, "abortOnFail")->number == 0)
        return;
    text_adds(to, " abort");
    if (duration_of(v, "delayAbortEval", after, &ns))
        text_addf(to, " after %s", after);
}

static void thresholds(Js *js, const JsValue *list) {
    for (size_t i = 0; i < list->count; i++) {
        const JsItem *item = &list->items[i];
        Text key = { 0 }, conditions = { 0 };
        if (item->value.kind == JS_LIST)
            for (size_t k = 0; k < item->value.count; k++)
                add_condition(js, &item->value.items[k], &conditions);
        else
            add_condition(js, item, &conditions);
        if (conditions.length && threshold_key(js, item, &key))
            sketch_set(js->d,
                       &sketch_section(js->d, SKETCH_THRESHOLDS, "")->lines,
                       key.bytes, conditions.bytes);
        text_close(&key);
        text_close(&conditions);
    }
}

/* --- the others --------------------------------------------------------- */

static void other(Js *js, const JsItem *item) {
    static const char *const known[] = {
        "scenarios",
        "stages",
        "vus",
        "duration",
        "iterations",
        "thresholds",
        "startVUs",
        "gracefulStop",
        "gracefulRampDown",
        /* how k6 reports, or what we never do */
        "summaryTrendStats",
        "summaryTimeUnit",
        "discardResponseBodies",
        "setupTimeout",
        "teardownTimeout",
        "systemTags",
        "noUsageReport",
        "throw",
        "linger",
        "httpDebug",
    };
    static const struct {
        const char *k6, *key, *value;
    } switches[] = {
        { "insecureSkipTLSVerify", "tls_verify", "off" },
        { "noConnectionReuse", "new_connection", "request" },
        { "noVUConnectionReuse", "new_connection", "iteration" },
    };
    const JsValue *v = &item->value;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (text_equal(known[i], item->key))
            return;
    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++)
        if (text_equal(switches[i].k6, item->key)) {
            if (v->number != 0)
                sketch_target(js->d, AT_LINE(item->line), switches[i].key,
                              switches[i].value);
            return;
        }
    if (text_equal(item->key, "userAgent") && v->kind == JS_TEXT)
        sketch_set(js->d, &js->d->headers, "User-Agent", v->text);
    else if (text_equal(item->key, "maxRedirects") && v->kind == JS_NUM &&
             v->number >= 0 && v->number <= 100)
        sketch_setf(js->d, &js->d->target, "redirects", "%.0f", v->number);
    else
        sketch_note(js->d, AT_LINE(item->line), "option %s",
                    sketch_shown(js->d, item->key, strlen(item->key)));
}

void k6_load(Js *js, const JsValue *options) {
    const JsValue *scenarios = js_member(options, "scenarios");
    for (size_t i = 0; i < options->count; i++)
        other(js, &options->items[i]);
    if (options->kind != JS_OBJECT && options->kind != JS_NULL)
        sketch_note(js->d, AT_WHOLE, "options: they are computed");
    if (scenarios->kind == JS_OBJECT && scenarios->count)
        for (size_t i = 0; i < scenarios->count && i < 100; i++)
            one_scenario(js, &scenarios->items[i], scenarios->count == 1);
    else
        short_forms(js, options);
    graceful(js, options, 0);
    thresholds(js, js_member(options, "thresholds"));
}
