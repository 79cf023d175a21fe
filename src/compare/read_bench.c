/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Benchmarks of other tools: Criterion, pytest-benchmark, hyperfine, and flat
 * objects of names and numbers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compare/reading.h"

static void name_tool(Results *r, const char *tool) {
    free(r->tool);
    r->tool = mem_dup_text(tool);
}

/* --- pytest-benchmark and hyperfine ------------------------------------- */

/* Mean and median of one benchmark, in seconds, with its rounds. */
static void add_rounds(Results *r, const char *name, json_t *values,
                       json_t *rounds) {
    static const char *const methods[] = { "mean", "median" };
    for (size_t i = 0; i < 2; i++) {
        Text full = { 0 };
        text_addf(&full, "%s %s", name, methods[i]);
        Figure *f = reading_add(r, full.bytes, "s",
                                reading_number_at(values, methods[i]));
        if (f) {
            f->better = BETTER_LOWER;
            reading_samples(f, SAMPLED_REPEATS, rounds);
        }
        text_close(&full);
    }
}

/* Its text member, to free(); NULL with err: others could not be told from
 * it. */
static char *name_of(const Results *r, json_t *benchmark, const char *key,
                     size_t i, Err *err) {
    char *name = reading_text(json_object_get(benchmark, key));
    if (*name)
        return name;
    free(name);
    err_set(err, "%s: benchmark %zu has no \"%s\"; was it cut down?", r->path,
            i + 1, key);
    return NULL;
}

bool reading_is_pytest(json_t *root) {
    json_t *first =
        json_array_get(json_object_get(root, "benchmarks"), 0);
    return json_is_object(json_object_get(first, "stats"));
}

int reading_pytest(Results *r, json_t *root, Err *err) {
    json_t *all = json_object_get(root, "benchmarks");
    name_tool(r, "pytest-benchmark");
    r->started = reading_text(json_object_get(root, "datetime"));
    for (size_t i = 0; i < json_array_size(all); i++) {
        json_t *b = json_array_get(all, i);
        json_t *stats = json_object_get(b, "stats");
        bool is_full = json_is_string(json_object_get(b, "fullname"));
        char *name = name_of(r, b, is_full ? "fullname" : "name", i, err);
        if (!name)
            return -1;
        add_rounds(r, name, stats, json_object_get(stats, "data"));
        free(name);
    }
    return 0;
}

bool reading_is_hyperfine(json_t *root) {
    json_t *first = json_array_get(json_object_get(root, "results"), 0);
    return json_is_string(json_object_get(first, "command"));
}

int reading_hyperfine(Results *r, json_t *root, Err *err) {
    json_t *all = json_object_get(root, "results");
    name_tool(r, "hyperfine");
    for (size_t i = 0; i < json_array_size(all); i++) {
        json_t *b = json_array_get(all, i);
        char *name = name_of(r, b, "command", i, err);
        if (!name)
            return -1;
        add_rounds(r, name, b, json_object_get(b, "times"));
        free(name);
    }
    return 0;
}

/* --- Criterion ---------------------------------------------------------- */

static const char *const estimates[] = { "mean", "median", "slope" };

bool reading_is_estimates(json_t *root) {
    return json_is_number(json_object_get(json_object_get(root, "mean"),
                                          "point_estimate"));
}

int reading_estimates(Results *r, json_t *root, Err *err) {
    (void)err;
    name_tool(r, "criterion");
    for (size_t i = 0; i < sizeof estimates / sizeof *estimates; i++) {
        json_t *e = json_object_get(root, estimates[i]);
        Figure *f = reading_add(r, estimates[i], "ns",
                                reading_number_at(e, "point_estimate"));
        if (f)
            f->error = reading_number_at(e, "standard_error");
    }
    return 0;
}

bool reading_is_sample(json_t *root) {
    return json_is_array(json_object_get(root, "iters")) &&
           json_is_array(json_object_get(root, "times"));
}

/* Time of one iteration, of each measurement. */
static double *per_iteration(json_t *iters, json_t *times,
                             size_t n) {
    double *each = mem_alloc(n, sizeof *each);
    for (size_t i = 0; i < n; i++) {
        double v = reading_number(json_array_get(times, i)) /
                   reading_number(json_array_get(iters, i));
        each[i] = isfinite(v) ? v : NAN;
    }
    return each;
}

static double mean_of(const double *x, size_t n) {
    double sum = 0;
    size_t seen = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(x[i]))
            continue;
        sum += x[i];
        seen++;
    }
    return sum / (double)seen;
}

/* Mean and median are of these; alone they say the mean. */
int reading_sample(Results *r, json_t *root, Err *err) {
    json_t *iters = json_object_get(root, "iters");
    json_t *times = json_object_get(root, "times");
    size_t n = json_array_size(iters);
    if (n == 0 || n != json_array_size(times) || n > READING_SAMPLES_MAX)
        return err_set(err, "%s: iters and times have to be of one length, 1 "
                            "to %d; they have %zu and %zu",
                       r->path, READING_SAMPLES_MAX, n,
                       json_array_size(times));
    double *each = per_iteration(iters, times, n);
    name_tool(r, "criterion");
    if (!r->figure_count)
        reading_add(r, "mean", "ns", mean_of(each, n));
    for (size_t i = 0; i < r->figure_count; i++) {
        Figure *f = &r->figures[i];
        if (text_equal(f->name, "slope"))
            continue;
        f->samples = mem_alloc(n, sizeof *each);
        memcpy(f->samples, each, n * sizeof *each);
        f->count = n;
        f->by = SAMPLED_REPEATS;
    }
    free(each);
    return 0;
}

/* --- flat --------------------------------------------------------------- */

static bool is_shallow(json_t *object) {
    const char *key;
    json_t *v;
    json_object_foreach(object, key, v) {
        if (json_is_array(v) || json_is_object(v))
            return false;
    }
    return true;
}

/* Numbers, with texts about them beside; nothing deeper than one level. */
bool reading_is_flat(json_t *root) {
    const char *key;
    json_t *v;
    size_t numbers = 0;
    json_object_foreach(root, key, v) {
        if (json_is_array(v) || !is_shallow(v))
            return false;
        numbers += json_is_number(v) || json_is_object(v);
    }
    return numbers > 0;
}

int reading_flat(Results *r, json_t *root, Err *err) {
    (void)err;
    const char *group, *key;
    json_t *v, *inner;
    name_tool(r, "flat");
    json_object_foreach(root, group, v) {
        if (json_is_number(v))
            reading_add(r, group, NULL, json_number_value(v));
        json_object_foreach(v, key, inner) {
            Text name = { 0 };
            text_addf(&name, "%s %s", group, key);
            reading_add(r, name.bytes, NULL, reading_number(inner));
            text_close(&name);
        }
    }
    return 0;
}
