/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/results.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "compare/direction.h"
#include "compare/reading.h"

#define FILE_MAX_BYTES ((size_t)64 << 20)
#define NAME_BYTES 201
#define FORMS_KNOWN                                                            \
    "a summary.json of onrush or k6, or JSON of Criterion, pytest-benchmark "  \
    "or hyperfine, or an object of names and numbers"

static const ReadingForm forms[] = {
    { reading_is_ours, reading_ours },
    { reading_is_repeat, reading_repeat },
    { reading_is_k6, reading_k6 },
    { reading_is_pytest, reading_pytest },
    { reading_is_hyperfine, reading_hyperfine },
    { reading_is_estimates, reading_estimates },
    { reading_is_sample, reading_sample },
    { reading_is_flat, reading_flat },
};

/* --- what readers share ------------------------------------------------- */

double reading_number(json_t *v) {
    return json_is_number(v) ? json_number_value(v) : NAN;
}

double reading_number_at(json_t *object, const char *key) {
    return reading_number(json_object_get(object, key));
}

static char *cleaned(const char *text) {
    char clean[NAME_BYTES];
    return mem_dup_text(
        text_clean(clean, sizeof clean, text, strlen(text)));
}

char *reading_text(json_t *v) {
    return cleaned(json_is_string(v) ? json_string_value(v) : "");
}

/* One that is there already gets "#2" and so on. */
static char *new_name(const Results *r, const char *name) {
    char *clean = cleaned(name);
    size_t same = 0, n = strlen(clean);
    for (size_t i = 0; i < r->figure_count; i++) {
        const char *other = r->figures[i].name;
        same += strncmp(other, clean, n) == 0 &&
                (!other[n] || strncmp(other + n, " #", 2) == 0);
    }
    if (same) {
        Text t = { 0 };
        text_addf(&t, "%s #%zu", clean, same + 1);
        free(clean);
        clean = text_take(&t);
    }
    return clean;
}

Figure *reading_add(Results *r, const char *name, const char *unit,
                    double value) {
    if (!isfinite(value))
        return NULL;
    if (r->figure_count == READING_FIGURES_MAX) {
        r->left_out++;
        return NULL;
    }
    if (r->figure_count % 64 == 0)
        r->figures = mem_resize(r->figures, r->figure_count + 64,
                                sizeof *r->figures);
    char *clean = new_name(r, name);
    if (!unit)
        unit = direction_unit(clean);
    Figure *f = &r->figures[r->figure_count++];
    *f = (Figure){ .name = clean,
                   .unit = unit,
                   .better = direction_better(clean, unit),
                   .value = value,
                   .events = NAN,
                   .error = NAN };
    return f;
}

void reading_samples(Figure *f, SampledBy by, json_t *array) {
    size_t n = json_array_size(array);
    if (!f || !n || f->samples)
        return;
    if (n > READING_SAMPLES_MAX)
        n = READING_SAMPLES_MAX;
    f->samples = mem_alloc(n, sizeof *f->samples);
    for (size_t i = 0; i < n; i++)
        f->samples[i] = reading_number(json_array_get(array, i));
    f->count = n;
    f->by = by;
}

/* --- one result --------------------------------------------------------- */

const Figure *results_find(const Results *r, const char *name) {
    for (size_t i = 0; i < r->figure_count; i++)
        if (text_equal(r->figures[i].name, name))
            return &r->figures[i];
    return NULL;
}

void results_free(Results *r) {
    if (!r)
        return;
    for (size_t i = 0; i < r->figure_count; i++) {
        free(r->figures[i].name);
        free(r->figures[i].samples);
    }
    for (size_t i = 0; i < r->stage_count; i++)
        free(r->stages[i].name);
    free(r->figures);
    free(r->stages);
    free(r->path);
    free(r->tool);
    free(r->profile);
    free(r->kind);
    free(r->target);
    free(r->load_unit);
    free(r->started);
    free(r->words);
    free(r);
}

static Results *results_new(const char *path) {
    Results *r = mem_new(Results);
    r->path = cleaned(path);
    r->status = -1;
    r->duration_ms = r->read_lag_ms = r->read_lag_top_ms = NAN;
    return r;
}

/* What a form does not say is empty. */
static void fill_texts(Results *r) {
    char **texts[] = { &r->tool,      &r->profile, &r->kind, &r->target,
                       &r->load_unit, &r->started, &r->words };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!*texts[i])
            *texts[i] = mem_dup_text("");
}

/* -1 with err; what was read is in r. */
static int take(Results *r, const char *text, size_t length, Err *err) {
    json_error_t why;
    json_t *root = json_loadb(text, length, 0, &why);
    int rc = -1;
    if (!root) {
        char clean[160];
        text_clean(clean, sizeof clean, why.text, strlen(why.text));
        return err_set(err, "%s:%d:%d: not JSON, or cut short: %s", r->path,
                       why.line, why.column, clean);
    }
    size_t i = 0;
    while (i < sizeof forms / sizeof *forms && !forms[i].is(root))
        i++;
    if (i == sizeof forms / sizeof *forms)
        err_set(err, "%s: no results that are known; " FORMS_KNOWN
                     " would be right", r->path);
    else
        rc = forms[i].read(r, root, err);
    json_decref(root);
    if (rc == 0 && r->figure_count == 0)
        rc = err_set(err, "%s: holds no figure", r->path);
    return rc;
}

Results *results_parse(const char *text, size_t length, const char *path,
                       Err *err) {
    Results *r = results_new(path);
    int rc = take(r, text, length, err);
    fill_texts(r);
    if (rc == 0)
        return r;
    results_free(r);
    return NULL;
}

/* --- files -------------------------------------------------------------- */

static bool is_there(const char *dir, const char *name, Text *path) {
    struct stat st;
    text_clear(path);
    text_addf(path, "%s/%s", dir, name);
    return stat(path->bytes, &st) == 0 && S_ISREG(st.st_mode);
}

static Results *read_file(const char *file, const char *path, Err *err) {
    Text text = { 0 };
    Results *r = NULL;
    if (file_read(file, FILE_MAX_BYTES, &text, err) == 0)
        r = results_parse(text.bytes, text.length, path, err);
    text_close(&text);
    return r;
}

/* What Criterion leaves in two files: estimates, and what they are made of,
 * which an older version of it does not keep. */
static Results *read_criterion(const char *dir, const char *path, Err *err) {
    static const char *const files[] = { "estimates.json", "sample.json" };
    Text text = { 0 }, file = { 0 };
    Results *r = results_new(path);
    int rc = 0;
    for (size_t i = 0; i < 2 && rc == 0; i++) {
        if (!is_there(dir, files[i], &file))
            continue;
        text_clear(&text);
        rc = file_read(file.bytes, FILE_MAX_BYTES, &text, err);
        if (rc == 0)
            rc = take(r, text.bytes, text.length, err);
    }
    text_close(&text);
    text_close(&file);
    fill_texts(r);
    if (rc == 0)
        return r;
    results_free(r);
    return NULL;
}

static Results *read_folder(const char *dir, Err *err) {
    static const char *const whole[] = { "repeat.json", "summary.json" };
    Text file = { 0 };
    Results *r = NULL;
    for (size_t i = 0; i < 2; i++) {
        if (!is_there(dir, whole[i], &file))
            continue;
        r = read_file(file.bytes, dir, err);
        text_close(&file);
        return r;
    }
    Text inner = { 0 };
    text_addf(&inner, "%s/new", dir);
    if (is_there(dir, "estimates.json", &file))
        r = read_criterion(dir, dir, err);
    else if (is_there(inner.bytes, "estimates.json", &file))
        r = read_criterion(inner.bytes, dir, err);
    else if (is_there(dir, "timeline.ndjson", &file))
        err_set(err,
                "%s: a run that was cut off, without summary.json; "
                "'onrush open %s --save' makes one of its journal",
                dir, dir);
    else
        err_set(err, "%s: a folder without summary.json; one of "
                     "onrush-results/ would be right", dir);
    text_close(&inner);
    text_close(&file);
    return r;
}

Results *results_read(const char *path, Err *err) {
    struct stat st;
    if (text_equal(path, "-"))
        return read_file("/dev/stdin", "standard input", err);
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return read_folder(path, err);
    return read_file(path, path, err);
}
