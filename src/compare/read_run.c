/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs: summary.json of ours, both forms of k6's, and repeats. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compare/reading.h"

#define FORMAT_KNOWN 1
#define STAGES_MAX 4096
#define REPEATS_MAX 1000

/* --- metrics ------------------------------------------------------------ */

typedef enum Kind { COUNTER, GAUGE, RATE, TREND } Kind;

/* k6 --summary-export has no type; what is there tells. */
static Kind kind_of(json_t *metric, json_t *values) {
    static const char *const names[] = { "counter", "gauge", "rate", "trend" };
    const char *type = json_string_value(json_object_get(metric, "type"));
    for (Kind k = COUNTER; type && k <= TREND; k++)
        if (text_equal(type, names[k]))
            return k;
    if (json_object_get(values, "passes"))
        return RATE;
    if (json_object_get(values, "count"))
        return json_object_get(values, "avg") ? TREND : COUNTER;
    if (json_object_get(values, "avg") || json_object_get(values, "med") ||
        json_object_get(values, "p(95)"))
        return TREND;
    return GAUGE;
}

static Figure *add(Results *r, const char *metric, const char *method,
                   const char *unit, double value) {
    Text name = { 0 };
    text_addf(&name, "%s %s", metric, method);
    Figure *f = reading_add(r, name.bytes, unit, value);
    text_close(&name);
    return f;
}

static void add_trend(Results *r, const char *name, const char *unit,
                      json_t *values) {
    static const char *const methods[] = { "avg",   "min",   "med",   "max",
                                           "p(90)", "p(95)", "p(99)",
                                           "p(99.9)" };
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        add(r, name, methods[i], unit, reading_number_at(values, methods[i]));
}

/* k6 counts as passes what was true: of a rate that is better low, such as
 * http_req_failed, that is what one fears. */
static void add_rate(Results *r, const char *name, json_t *values) {
    double share = reading_number_at(values, "rate");
    if (isnan(share))
        share = reading_number_at(values, "value");
    Figure *f = add(r, name, "rate", "share", share);
    if (f)
        f->events = reading_number_at(
            values, f->better == BETTER_LOWER ? "passes" : "fails");
}

static void add_counter(Results *r, const char *name, json_t *values) {
    double count = reading_number_at(values, "count");
    Figure *f =
        add(r, name, "rate", "/s", reading_number_at(values, "rate"));
    if (f)
        f->events = count;
    f = add(r, name, "count", "", count);
    if (f)
        f->better = BETTER_UNKNOWN; /* of a longer run there is more */
}

static void add_gauge(Results *r, const char *name, const char *unit,
                      json_t *values) {
    add(r, name, "value", unit, reading_number_at(values, "value"));
    add(r, name, "max", unit, reading_number_at(values, "max"));
}

/* NULL: by the name. */
static const char *unit_of(json_t *metric) {
    const char *contains =
        json_string_value(json_object_get(metric, "contains"));
    if (!contains)
        return NULL;
    if (text_equal(contains, "time"))
        return "ms";
    return text_equal(contains, "data") ? "bytes" : NULL;
}

void reading_metrics(Results *r, json_t *metrics) {
    const char *name;
    json_t *m;
    json_object_foreach(metrics, name, m) {
        json_t *values = json_object_get(m, "values");
        if (!values)
            values = m;
        switch (kind_of(m, values)) {
        case COUNTER:
            add_counter(r, name, values);
            break;
        case GAUGE:
            add_gauge(r, name, unit_of(m), values);
            break;
        case RATE:
            add_rate(r, name, values);
            break;
        case TREND:
            add_trend(r, name, unit_of(m), values);
            break;
        }
    }
}

/* --- k6 ----------------------------------------------------------------- */

bool reading_is_k6(json_t *root) {
    json_t *metrics = json_object_get(root, "metrics");
    return json_is_object(metrics) && json_object_size(metrics) &&
           json_is_object(json_object_iter_value(
               json_object_iter(metrics)));
}

/* In handleSummary's data {"ok": false} is a threshold that broke; in the
 * flat form true says that it did. */
static bool has_broken(json_t *metrics) {
    const char *name, *text;
    json_t *metric, *t;
    json_object_foreach(metrics, name, metric) {
        json_t *all = json_object_get(metric, "thresholds");
        json_object_foreach(all, text, t) {
            if (json_is_true(t) || json_is_false(json_object_get(t, "ok")))
                return true;
        }
    }
    return false;
}

int reading_k6(Results *r, json_t *root, Err *err) {
    (void)err;
    json_t *metrics = json_object_get(root, "metrics");
    r->tool = mem_dup_text("k6");
    r->duration_ms = reading_number_at(json_object_get(root, "state"),
                                       "testRunDurationMs");
    if (has_broken(metrics)) {
        r->status = 99;
        r->words = mem_dup_text("a threshold broke");
    }
    reading_metrics(r, metrics);
    return 0;
}

/* --- ours --------------------------------------------------------------- */

int reading_format(const Results *r, json_t *format, Err *err) {
    double n = reading_number(format);
    if (!(n >= 1))
        return err_set(err, "%s: \"format\" is missing or no number from 1 on; "
                            "was it cut down?", r->path);
    if (n > FORMAT_KNOWN)
        return err_set(err, "%s: format %.15g of a newer onrush; this one reads "
                            "up to %d", r->path, n, FORMAT_KNOWN);
    return 0;
}

bool reading_is_ours(json_t *root) {
    return json_is_object(json_object_get(root, "onrush"));
}

static void take_stages(Results *r, json_t *stages) {
    size_t n = json_array_size(stages);
    if (n > STAGES_MAX)
        n = STAGES_MAX;
    r->stages = mem_alloc(n ? n : 1, sizeof *r->stages);
    for (size_t i = 0; i < n; i++) {
        json_t *s = json_array_get(stages, i);
        const char *origin =
            json_string_value(json_object_get(s, "origin"));
        if (origin && text_equal(origin, "grace")) /* not of the plan */
            continue;
        r->stages[r->stage_count++] = (ResultStage){
            .name = reading_text(json_object_get(s, "name")),
            .from = reading_number_at(s, "from"),
            .to = reading_number_at(s, "to"),
            .began_ms = reading_number_at(s, "began_ms"),
            .length_ms = reading_number_at(s, "length_ms"),
            .p50_ms = reading_number_at(s, "p50_ms"),
            .p95_ms = reading_number_at(s, "p95_ms"),
            .rps = reading_number_at(s, "rps"),
            .error_rate = reading_number_at(s, "error_rate"),
            .failed = reading_number_at(s, "failed"),
        };
    }
}

/* "http_req_duration": {"p(95)": [...]} belongs to the figure
 * "http_req_duration p(95)". */
static void take_samples(Results *r, json_t *samples) {
    json_t *metrics = json_object_get(samples, "metrics");
    double every = reading_number_at(samples, "every_ms");
    if (!(every > 0))
        return;
    r->sample_ms = every;
    for (size_t i = 0; i < r->figure_count; i++) {
        char *metric = mem_dup_text(r->figures[i].name);
        char *blank = strrchr(metric, ' ');
        if (blank) {
            *blank = '\0';
            reading_samples(
                &r->figures[i], SAMPLED_SECONDS,
                json_object_get(json_object_get(metrics, metric), blank + 1));
        }
        free(metric);
    }
}

static void take_gauges(Results *r, json_t *gauges) {
    static const char *const methods[] = { "mean", "max" };
    for (size_t i = 0; i < json_array_size(gauges); i++) {
        json_t *g = json_array_get(gauges, i);
        char *name = reading_text(json_object_get(g, "name"));
        const char *unit = json_string_value(json_object_get(g, "unit"));
        const char *shown = unit && text_equal(unit, "bytes") ? "bytes" : NULL;
        for (size_t k = 0; k < 2 && *name; k++)
            add(r, name, methods[k], shown, reading_number_at(g, methods[k]));
        free(name);
    }
}

int reading_ours(Results *r, json_t *root, Err *err) {
    json_t *o = json_object_get(root, "onrush");
    json_t *end = json_object_get(o, "exit");
    if (reading_format(r, json_object_get(o, "format"), err) < 0)
        return -1;
    if (!json_is_object(json_object_get(root, "metrics")))
        return err_set(err, "%s: a summary of onrush without metrics; was it "
                            "cut down?", r->path);
    json_t *profile = json_object_get(o, "profile");
    json_t *generator = json_object_get(o, "generator");
    double status = reading_number_at(end, "status");
    r->tool = mem_dup_text("onrush");
    r->profile = reading_text(json_object_get(profile, "name"));
    r->kind = reading_text(json_object_get(profile, "kind"));
    r->target = reading_text(json_object_get(profile, "target"));
    r->load_unit = reading_text(json_object_get(o, "load_unit"));
    r->started = reading_text(json_object_get(o, "started"));
    r->status = status >= 0 && status <= 255 ? (int)status : -1;
    r->words = reading_text(json_object_get(end, "words"));
    r->duration_ms = reading_number_at(o, "duration_ms");
    r->was_steered = json_is_true(json_object_get(o, "was_steered"));
    r->is_generator_bound = json_is_true(json_object_get(generator, "bound"));
    json_t *lag = json_object_get(generator, "read_lag_ms");
    r->read_lag_ms = reading_number_at(lag, "p(99)");
    r->read_lag_top_ms = reading_number_at(lag, "p(99.9)");
    reading_metrics(r, json_object_get(root, "metrics"));
    take_gauges(r, json_object_get(json_object_get(o, "monitors"), "gauges"));
    take_stages(r, json_object_get(o, "stages"));
    take_samples(r, json_object_get(o, "samples"));
    return 0;
}

/* --- repeats ------------------------------------------------------------ */

bool reading_is_repeat(json_t *root) {
    return json_is_number(json_object_get(root, "onrush_repeat"));
}

/* The value of a figure in each of the runs; NaN where one has it not. */
static void add_repeats(Results *r, const char *name, json_t *runs,
                        size_t n) {
    double *samples = mem_alloc(n, sizeof *samples), sum = 0;
    size_t seen = 0;
    for (size_t i = 0; i < n; i++) {
        json_t *figures =
            json_object_get(json_array_get(runs, i), "figures");
        samples[i] = reading_number_at(figures, name);
        if (!isnan(samples[i])) {
            sum += samples[i];
            seen++;
        }
    }
    Figure *f = reading_add(r, name, NULL, sum / (double)seen);
    if (f) {
        f->by = SAMPLED_REPEATS;
        f->samples = samples;
        f->count = n;
    } else {
        free(samples);
    }
}

/* The worst status of the runs is that of all. */
static int worst_status(json_t *runs, size_t n) {
    int worst = -1;
    for (size_t i = 0; i < n; i++) {
        double s = reading_number_at(json_array_get(runs, i), "status");
        if (s >= 0 && s <= 255 && (int)s > worst)
            worst = (int)s;
    }
    return worst;
}

int reading_repeat(Results *r, json_t *root, Err *err) {
    json_t *runs = json_object_get(root, "runs");
    size_t n = json_array_size(runs);
    if (reading_format(r, json_object_get(root, "onrush_repeat"), err) < 0)
        return -1;
    if (n == 0 || n > REPEATS_MAX)
        return err_set(err, "%s: 1 to %d runs are needed in \"runs\", it has "
                            "%zu", r->path, REPEATS_MAX, n);
    r->tool = mem_dup_text("onrush");
    r->profile = reading_text(json_object_get(root, "profile"));
    r->target = reading_text(json_object_get(root, "target"));
    r->started = reading_text(json_object_get(root, "started"));
    r->status = worst_status(runs, n);
    json_t *figures = json_object_get(json_array_get(runs, 0), "figures");
    const char *name;
    json_t *v;
    size_t seen = 0;
    json_object_foreach(figures, name, v) {
        if (seen++ < READING_FIGURES_MAX)
            add_repeats(r, name, runs, n);
        else
            r->left_out++;
    }
    return 0;
}
