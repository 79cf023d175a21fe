/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "target/settings.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"

#define NAME_MAX_BYTES 32
#define VALUE_MAX_BYTES 64
#define SIZE_MOST (UINT64_C(1) << 30)

typedef enum KeyKind {
    KEY_COUNT,    /* uint64_t */
    KEY_DURATION, /* uint64_t, ns */
    KEY_NUMBER,   /* double */
    KEY_SHARE,    /* double, 0..1 */
} KeyKind;

typedef struct Key {
    const char *name;
    KeyKind kind;
    size_t at; /* offset in TargetSettings */
    double least, most;
    const char *help;
} Key;

#define AT(field) offsetof(TargetSettings, field)
static const Key keys[] = {
    { "capacity", KEY_COUNT, AT(capacity), 1, 1e6,
      "requests served at the same time" },
    { "service", KEY_DURATION, AT(service_ns), 0, 3600e9,
      "median service time" },
    { "spread", KEY_NUMBER, AT(spread), 0, 5,
      "sigma of the lognormal service time; 0: always the median" },
    { "queue", KEY_COUNT, AT(queue), 0, 1e6,
      "waiting places; who finds none gets 503 at once" },
    { "slowdown", KEY_NUMBER, AT(slowdown), 0, 1000,
      "contention: a full queue makes service 1 + this times slower" },
    { "fatigue", KEY_NUMBER, AT(fatigue), 0, 1000,
      "what a long full queue leaves behind: service 1 + this times slower" },
    { "rest", KEY_DURATION, AT(rest_ns), 1, 3600e9,
      "time in which fatigue builds up, and goes" },
    { "errors", KEY_SHARE, AT(errors), 0, 1, "share of answers with 500" },
#define X(id, name, help) \
    { "fault." name, KEY_SHARE, AT(fault[TARGET_FAULT_##id]), 0, 1, help },
    TARGET_FAULTS(X)
#undef X
    { "seed", KEY_COUNT, AT(seed), 0, 1e12,
      "the same seed draws the same times and faults" },
#define X(id, name, us, help) \
    { name, KEY_DURATION, AT(interceptor_ns[TARGET_##id]), 0, 3600e9, help },
    TARGET_INTERCEPTORS(X)
#undef X
    { "task_workers", KEY_COUNT, AT(task_workers), 1, TARGET_TASK_WORKERS_MAX,
      "tasks worked on at the same time" },
    { "task_queue", KEY_COUNT, AT(task_queue), 0, TARGET_TASK_QUEUE_MAX,
      "tasks that may wait; beyond them: 429" },
    { "task_time", KEY_DURATION, AT(task_ns), 0, 3600e9,
      "median time to summarize in standard quality" },
    { "order_time", KEY_DURATION, AT(order_ns), 0, 3600e9,
      "from an order to its being done" },
};

static uint64_t *whole_at(TargetSettings *s, const Key *k) {
    return (uint64_t *)(void *)((char *)s + k->at);
}

static double *real_at(TargetSettings *s, const Key *k) {
    return (double *)(void *)((char *)s + k->at);
}

int target_read_share(const char *text, double *share, Err *err) {
    char number[VALUE_MAX_BYTES];
    size_t n = strlen(text);
    bool percent = n && text[n - 1] == '%';
    double v;
    if (n >= sizeof number)
        return err_set(err, "'%.20s...' is too long", text);
    memcpy(number, text, n + 1);
    if (percent)
        number[n - 1] = '\0';
    if (units_read_count(number, &v, NULL) < 0 || v > (percent ? 100 : 1))
        return err_set(err,
                       "'%s' is not a share: write 0%% to 100%%, "
                       "or 0 to 1",
                       text);
    *share = percent ? v / 100 : v;
    return 0;
}

int target_read_size(const char *text, uint64_t *bytes, Err *err) {
    static const struct {
        const char *name;
        double bytes;
    } units[] = {
        { "B", 1 },           { "k", 1e3 },  { "kB", 1e3 },
        { "KiB", 1024.0 },    { "M", 1e6 },  { "MB", 1e6 },
        { "MiB", 1048576.0 }, { "GB", 1e9 }, { "GiB", 1073741824.0 },
    };
    char number[VALUE_MAX_BYTES];
    size_t n = strspn(text, "0123456789.");
    double v, factor = text[n] ? 0 : 1;
    for (size_t i = 0; text[n] && i < sizeof units / sizeof *units; i++)
        if (strcasecmp(units[i].name, text + n) == 0)
            factor = units[i].bytes;
    if (n >= sizeof number || factor == 0)
        return err_set(err, "'%.40s' is not a size: write 12, 10KiB or 1MB",
                       text);
    memcpy(number, text, n);
    number[n] = '\0';
    if (units_read_count(number, &v, NULL) < 0)
        return err_set(err, "'%s' is not a size: write 12, 10KiB or 1MB", text);
    if (v * factor > (double)SIZE_MOST)
        return err_set(err, "'%s' is more than 1GiB", text);
    *bytes = (uint64_t)llround(v * factor);
    return 0;
}

static int read_whole(TargetSettings *s, const Key *k, const char *text,
                      Err *err) {
    double v;
    if (units_read_count(text, &v, err) < 0)
        return -1;
    if (v != floor(v) || v < k->least || v > k->most)
        return err_set(err, "'%s' must be a whole number from %.0f to %.0f",
                       text, k->least, k->most);
    *whole_at(s, k) = (uint64_t)v;
    return 0;
}

static int read_duration(TargetSettings *s, const Key *k, const char *text,
                         Err *err) {
    uint64_t ns;
    if (units_read_duration(text, &ns, err) < 0)
        return -1;
    if ((double)ns > k->most) {
        UnitsText most;
        return err_set(err, "'%s' is more than %s", text,
                       units_duration(most, (uint64_t)k->most));
    }
    *whole_at(s, k) = ns;
    return 0;
}

static int read_number(TargetSettings *s, const Key *k, const char *text,
                       Err *err) {
    double v;
    if (units_read_count(text, &v, err) < 0)
        return -1;
    if (v < k->least || v > k->most)
        return err_set(err, "'%s' must be from %g to %g", text, k->least,
                       k->most);
    *real_at(s, k) = v;
    return 0;
}

static int read_value(TargetSettings *s, const Key *k, const char *text,
                      Err *err) {
    switch (k->kind) {
    case KEY_COUNT:
        return read_whole(s, k, text, err);
    case KEY_DURATION:
        return read_duration(s, k, text, err);
    case KEY_NUMBER:
        return read_number(s, k, text, err);
    case KEY_SHARE:
        return target_read_share(text, real_at(s, k), err);
    }
    return -1;
}

static int unknown_key(const char *name, Err *err) {
    const char *names[sizeof keys / sizeof *keys];
    char all[ERR_TEXT_MAX - 100] = "";
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        size_t have = strlen(all);
        names[i] = keys[i].name;
        snprintf(all + have, sizeof all - have, "%s%s", i ? ", " : "",
                 names[i]);
    }
    const char *nearest = text_nearest(name, names, sizeof keys / sizeof *keys);
    if (nearest)
        return err_set(err, "'%s' is not a setting; did you mean '%s'?", name,
                       nearest);
    return err_set(err, "'%s' is not a setting; there are %s", name, all);
}

/* One "name=value" of length n. */
static int read_one(TargetSettings *s, const char *text, size_t n, Err *err) {
    char name[NAME_MAX_BYTES], value[VALUE_MAX_BYTES];
    char shown[NAME_MAX_BYTES];
    const char *equals = memchr(text, '=', n);
    text_clean(shown, sizeof shown, text, equals ? (size_t)(equals - text) : n);
    if (!equals)
        return err_set(err, "'%s': write KEY=VALUE, as in capacity=64", shown);
    size_t name_length = (size_t)(equals - text);
    size_t value_length = n - name_length - 1;
    if (name_length >= sizeof name)
        return err_set(err, "'%s...' is not a setting", shown);
    snprintf(name, sizeof name, "%s", shown);
    if (value_length >= sizeof value)
        return err_set(err, "%s: the value is too long", name);
    text_clean(value, sizeof value, equals + 1, value_length);
    for (size_t i = 0; i < target_settings_count(); i++) {
        Err why;
        if (!text_equal(keys[i].name, name))
            continue;
        if (read_value(s, &keys[i], value, &why) < 0)
            return err_set(err, "%s: %.300s", name, why.text);
        return 0;
    }
    return unknown_key(name, err);
}

static bool is_between(char c) {
    return isspace((unsigned char)c) || c == ',';
}

int target_settings_read(TargetSettings *s, const char *assignments, Err *err) {
    TargetSettings next = *s;
    bool any = false;
    for (const char *at = assignments; *at;) {
        size_t n = 0;
        if (is_between(*at)) {
            at++;
            continue;
        }
        while (at[n] && !is_between(at[n]))
            n++;
        if (read_one(&next, at, n, err) < 0)
            return -1;
        any = true;
        at += n;
    }
    if (!any)
        return err_set(err, "a setting is missing: KEY=VALUE, as in "
                            "capacity=64 service=5ms");
    double shares = next.errors;
    for (size_t i = 0; i < TARGET_FAULT_COUNT; i++)
        shares += next.fault[i];
    if (shares > 1 + 1e-9)
        return err_set(err,
                       "errors and faults are %.4g%% of all requests "
                       "together: at most 100%%",
                       shares * 100);
    *s = next;
    return 0;
}

TargetSettings target_settings_default(void) {
    return (TargetSettings){
        .capacity = 32,
        .service_ns = 20 * NS_PER_MS,
        .spread = 0.35,
        .queue = 400,
        .slowdown = 1.0,
        .rest_ns = 8 * NS_PER_S,
        .seed = 1,
#define X(id, name, us, help) .interceptor_ns[TARGET_##id] = us * NS_PER_US,
        TARGET_INTERCEPTORS(X)
#undef X
        .task_workers = 8,
        .task_queue = 100,
        .task_ns = 2 * NS_PER_S,
        .order_ns = 2 * NS_PER_S,
    };
}

const char *target_fault_name(TargetFault f) {
    static const char *const names[] = {
#define X(id, name, help) name,
        TARGET_FAULTS(X)
#undef X
    };
    return names[f];
}

const char *target_settings_name(size_t key) {
    return keys[key].name;
}

const char *target_settings_help(size_t key) {
    return keys[key].help;
}

bool target_settings_is_number(size_t key) {
    return keys[key].kind == KEY_COUNT || keys[key].kind == KEY_NUMBER;
}

char *target_settings_value(const TargetSettings *s, size_t key, UnitsText to) {
    TargetSettings copy = *s;
    const Key *k = &keys[key];
    switch (k->kind) {
    case KEY_COUNT:
        snprintf(to, UNITS_TEXT_MAX, "%llu",
                 (unsigned long long)*whole_at(&copy, k));
        break;
    case KEY_DURATION:
        units_duration(to, *whole_at(&copy, k));
        break;
    case KEY_NUMBER:
        snprintf(to, UNITS_TEXT_MAX, "%.10g", *real_at(&copy, k));
        break;
    case KEY_SHARE:
        snprintf(to, UNITS_TEXT_MAX, "%.10g%%", *real_at(&copy, k) * 100);
        break;
    }
    return to;
}

size_t target_settings_count(void) {
    return sizeof keys / sizeof *keys;
}
