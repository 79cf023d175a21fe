/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "cmd/config.h"
#include "cmd/options_table.h"
#include "compare/comparison.h"
#include "experiment/repeat.h"

static int read_factor(const char *value, double *to, Err *err) {
    char *end;
    double v = strtod(value, &end);
    bool is_decimal = !value[strspn(value, "0123456789.e-+")];
    if (!*value || *end || !is_decimal || !(v > 0) || v > 1e6)
        return err_set(err, "'%s' is not a factor above 0, such as 0.1", value);
    *to = v;
    return 0;
}

static int read_whole(const char *value, uint64_t least, uint64_t most,
                      uint64_t *to, Err *err) {
    char *end;
    errno = 0;
    unsigned long long v = strtoull(value, &end, 10);
    if (*value < '0' || *value > '9' || *end || errno || v < least || v > most)
        return err_set(err, "'%s' is not a number from %llu to %llu", value,
                       (unsigned long long)least, (unsigned long long)most);
    *to = v;
    return 0;
}

int option_read_set(Options *o, const char *value, Err *err) {
    if (o->change.set_count == OPTIONS_SETS_MAX)
        return err_set(err, "at most %d are taken", OPTIONS_SETS_MAX);
    o->sets[o->change.set_count++] = value;
    return 0;
}

int option_read_time_scale(Options *o, const char *value, Err *err) {
    return read_factor(value, &o->change.time_scale, err);
}

int option_read_load_scale(Options *o, const char *value, Err *err) {
    return read_factor(value, &o->change.load_scale, err);
}

int option_read_seed(Options *o, const char *value, Err *err) {
    return read_whole(value, 1, UINT64_MAX, &o->seed, err);
}

int option_read_workers(Options *o, const char *value, Err *err) {
    uint64_t n = 1;
    if (read_whole(value, 1, 64, &n, err) < 0)
        return -1;
    o->workers = (int)n;
    return 0;
}

int option_read_cpus(Options *o, const char *value, Err *err) {
    return cpus_read(value, &o->cpus, err);
}

int option_read_progress(Options *o, const char *value, Err *err) {
    if (!text_equal(value, "json") && !text_equal(value, "text"))
        return err_set(err, "'%s' is neither text nor json", value);
    o->progress = text_equal(value, "json") ? PROGRESS_JSON : PROGRESS_TEXT;
    o->headless = true;
    return 0;
}

int option_read_size(Options *o, const char *value, Err *err) {
    int used = 0; /* widths: what is larger than an int would come round */
    if (sscanf(value, "%4dx%4d%n", &o->cols, &o->rows, &used) != 2 ||
        value[used] || o->cols < 1 || o->rows < 1 || o->cols > 1000 ||
        o->rows > 1000)
        return err_set(err, "'%s' is not a size such as 120x38", value);
    return 0;
}

int option_read_theme(Options *o, const char *value, Err *err) {
    o->theme = value;
    return config_theme(value, err) ? 0 : -1;
}

int option_read_fps(Options *o, const char *value, Err *err) {
    return config_fps(value, &o->fps, err);
}

int option_read_every(Options *o, const char *value, Err *err) {
    if (units_read_duration(value, &o->every_ns, err) < 0)
        return -1;
    if (o->every_ns == 0)
        return err_set(err, "a duration above 0 is needed");
    return 0;
}

int option_read_newest(Options *o, const char *value, Err *err) {
    return read_whole(value, 1, 1000000, &o->newest, err);
}

int option_read_prometheus(Options *o, const char *value, Err *err) {
    o->export.serves = true;
    return prom_address_read(value, &o->export.address, err);
}

int option_read_push(Options *o, const char *value, Err *err) {
    PromPushUrl url;
    int rc = prom_push_url_read(value, "", &url, err);
    prom_push_url_close(&url);
    o->export.push = value;
    return rc;
}

int option_read_push_every(Options *o, const char *value, Err *err) {
    if (units_read_duration(value, &o->export.push_every_ns, err) < 0)
        return -1;
    if (o->export.push_every_ns < NS_PER_S)
        return err_set(err, "at least 1s is needed");
    return 0;
}

int option_read_export_style(Options *o, const char *value, Err *err) {
    o->export.style = prom_style_find(value);
    if (o->export.style == PROM_STYLE_COUNT)
        return err_set(err, "'%s' is neither onrush nor k6", value);
    return 0;
}

int option_read_limit(Options *o, const char *value, Err *err) {
    char *name = NULL;
    double share;
    if (o->limit_count == OPTIONS_SETS_MAX)
        return err_set(err, "at most %d are taken", OPTIONS_SETS_MAX);
    if (compare_limit_read(value, &name, &share, err) < 0)
        return -1;
    free(name);
    o->limits[o->limit_count++] = value;
    return 0;
}

int option_read_confidence(Options *o, const char *value, Err *err) {
    double v = 0;
    if (units_read_share(value, &v, err) < 0)
        return -1;
    if (v < 0.5 || v > 0.9999)
        return err_set(err, "'%s' is not from 50%% to 99.99%%", value);
    o->confidence = v;
    return 0;
}

int option_read_repeat(Options *o, const char *value, Err *err) {
    uint64_t n = 0;
    int rc = read_whole(value, 1, REPEAT_MAX, &n, err);
    o->repeat = (size_t)n;
    return rc;
}

int option_read_discard(Options *o, const char *value, Err *err) {
    uint64_t n = 0;
    int rc = read_whole(value, 0, 999, &n, err);
    o->discard = (size_t)n;
    return rc;
}

int option_read_pause(Options *o, const char *value, Err *err) {
    return units_read_duration(value, &o->pause_ns, err);
}

/* Its unit is the plan's, whichever is written. */
static int read_a_level(const char *value, double *to, Err *err) {
    bool is_rate;
    if (units_read_level(value, to, &is_rate, err) < 0)
        return -1;
    return *to > 0 ? 0 : err_set(err, "a level above 0 is needed");
}

int option_read_from(Options *o, const char *value, Err *err) {
    return read_a_level(value, &o->from, err);
}

int option_read_max(Options *o, const char *value, Err *err) {
    return read_a_level(value, &o->max, err);
}

int option_read_precision(Options *o, const char *value, Err *err) {
    double v = 0;
    if (units_read_share(value, &v, err) < 0)
        return -1;
    if (!(v > 0 && v < 1))
        return err_set(err, "'%s' is not between 0 and 100%%", value);
    o->precision = v;
    return 0;
}

static int read_whole_seconds(const char *value, uint64_t *to, Err *err) {
    if (units_read_duration(value, to, err) < 0)
        return -1;
    return *to >= NS_PER_S ? 0 : err_set(err, "at least a second is needed");
}

int option_read_step(Options *o, const char *value, Err *err) {
    return read_whole_seconds(value, &o->step_ns, err);
}

int option_read_find_limit(Options *o, const char *value, Err *err) {
    return read_whole_seconds(value, &o->find_limit_ns, err);
}
