/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/threshold.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"

#define KIND(k) (1u << METRIC_##k)

static const struct {
    const char *name;
    Method method;
    unsigned kinds;
} methods[] = {
    { "count", METHOD_COUNT, KIND(COUNTER) },
    { "rate", METHOD_RATE, KIND(COUNTER) | KIND(RATE) },
    { "value", METHOD_VALUE, KIND(GAUGE) },
    { "avg", METHOD_AVG, KIND(TREND) },
    { "min", METHOD_MIN, KIND(TREND) },
    { "med", METHOD_MED, KIND(TREND) },
    { "max", METHOD_MAX, KIND(TREND) },
    { "p", METHOD_P, KIND(TREND) },
};

static void methods_of(MetricKind kind, Text *to) {
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (methods[i].kinds & (1u << kind))
            text_addf(to, "%s%s", to->length ? ", " : "",
                      methods[i].method == METHOD_P ? "p(95)"
                                                    : methods[i].name);
}

static int wrong_method(Lexer *l, MetricId metric, Err *err) {
    Text all = { 0 };
    methods_of(metric_info[metric].kind, &all);
    char wrote[64];
    text_clean(wrote, sizeof wrote, l->now.at, l->now.length);
    int rc =
        err_at(err, lexer_column(l), "%s is a %s and has no '%s'; it has %s",
               metric_info[metric].name,
               metric_kind_name(metric_info[metric].kind), wrote, all.bytes);
    text_close(&all);
    return rc;
}

/* Written with %, which only a share may be. */
static bool is_share(const Token *t) {
    return t->kind == TOKEN_NUMBER && t->at[t->length - 1] == '%';
}

static int read_method(Lexer *l, Threshold *t, Err *err) {
    size_t found = sizeof methods / sizeof *methods;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (token_is(&l->now, methods[i].name) &&
            methods[i].kinds & (1u << metric_info[t->metric].kind))
            found = i;
    if (found == sizeof methods / sizeof *methods)
        return wrong_method(l, t->metric, err);
    t->method = methods[found].method;
    if (lexer_next(l, err) < 0)
        return -1;
    if (t->method != METHOD_P)
        return 0;
    if (l->now.kind != TOKEN_OPEN)
        return err_at(err, lexer_column(l), "p needs a number: p(95)");
    if (lexer_next(l, err) < 0)
        return -1;
    if (l->now.kind != TOKEN_NUMBER || l->now.number < 0 ||
        l->now.number > 100 || l->now.is_time || is_share(&l->now))
        return err_at(err, lexer_column(l),
                      "a percentile lies between 0 and 100: p(99.9)");
    t->q = l->now.number / 100;
    if (lexer_next(l, err) < 0)
        return -1;
    if (l->now.kind != TOKEN_CLOSE)
        return err_at(err, lexer_column(l), "a ) is missing here");
    return lexer_next(l, err);
}

static int read_abort(Lexer *l, Threshold *t, Err *err) {
    t->abort = true;
    if (lexer_next(l, err) < 0)
        return -1;
    if (!token_is(&l->now, "after"))
        return 0;
    if (lexer_next(l, err) < 0)
        return -1;
    if (l->now.kind != TOKEN_NUMBER || !l->now.is_time || l->now.number < 0)
        return err_at(err, lexer_column(l),
                      "abort after needs a duration: abort after 30s");
    t->abort_after_ns = (uint64_t)(l->now.number * 1e6);
    return lexer_next(l, err);
}

static int read_one(Lexer *l, Threshold *t, Err *err) {
    if (read_method(l, t, err) < 0)
        return -1;
    if (l->now.kind != TOKEN_COMPARE)
        return err_at(err, lexer_column(l),
                      "a comparison is missing here: < <= > >= == !=");
    t->op = l->now.op;
    if (lexer_next(l, err) < 0)
        return -1;
    if (l->now.kind != TOKEN_NUMBER)
        return err_at(err, lexer_column(l), "a number is missing here");
    bool timed = text_equal(metric_info[t->metric].contains, "time");
    if (l->now.is_time && !timed)
        return err_at(err, lexer_column(l), "%s is not a time",
                      metric_info[t->metric].name);
    if (is_share(&l->now) && metric_info[t->metric].kind != METRIC_RATE)
        return err_at(err, lexer_column(l), "%s is not a share",
                      metric_info[t->metric].name);
    t->limit = l->now.number;
    if (lexer_next(l, err) < 0)
        return -1;
    while (l->now.kind == TOKEN_NAME) {
        if (token_is(&l->now, "abort") && !t->abort) {
            if (read_abort(l, t, err) < 0)
                return -1;
        } else if (token_is(&l->now, "optional") && !t->optional) {
            t->optional = true;
            if (lexer_next(l, err) < 0)
                return -1;
        } else {
            return 0; /* the caller says what may follow */
        }
    }
    return 0;
}

static int unknown_metric(const char *name, Err *err) {
    const char *names[METRIC_COUNT];
    for (size_t i = 0; i < METRIC_COUNT; i++)
        names[i] = metric_info[i].name;
    const char *near = text_nearest(name, names, METRIC_COUNT);
    if (near)
        return err_at(err, 1, "there is no metric '%s'; did you mean '%s'?",
                      name, near);
    Text all = { 0 };
    for (size_t i = 0; i < METRIC_COUNT; i++)
        text_addf(&all, "%s%s", i ? ", " : "", names[i]);
    err_at(err, 1, "there is no metric '%s'; there are %s", name, all.bytes);
    text_close(&all);
    return -1;
}

/* "metric", "metric{home}" or k6's "metric{name:home}". */
static int read_key(Threshold *t, const char *key, const char *const *names,
                    size_t count, Err *err) {
    char name[96];
    const char *open = strchr(key, '{');
    size_t n = open ? (size_t)(open - key) : strlen(key);
    if (n >= sizeof name)
        return err_at(err, 1, "there is no metric of so long a name");
    memcpy(name, key, n);
    name[n] = '\0';
    t->metric = metric_find(name);
    t->series = SERIES_ALL;
    if (t->metric == METRIC_COUNT)
        return unknown_metric(name, err);
    if (!open)
        return 0;
    int column = (int)n + 2;
    if (!metric_info[t->metric].per_request)
        return err_at(err, column, "%s is not counted per request", name);
    size_t length = strlen(open);
    if (length < 3 || open[length - 1] != '}')
        return err_at(err, column, "write %s{REQUEST}", name);
    const char *filter = open + 1;
    length -= 2;
    if (length > 5 && strncmp(filter, "name:", 5) == 0)
        filter += 5, length -= 5;
    if (length >= sizeof name)
        return err_at(err, column, "there is no request of so long a name");
    memcpy(name, filter, length);
    name[length] = '\0';
    for (size_t i = 0; i < count; i++)
        if (text_equal(names[i], name)) {
            t->series = i;
            return 0;
        }
    const char *near = text_nearest(name, names, count);
    return err_at(err, column, "there is no [request %s]%s%s%s", name,
                  near ? "; did you mean '" : "", near ? near : "",
                  near ? "'?" : "");
}

int threshold_read(ThresholdList *list, Arena *arena, const char *key,
                   const char *text, const char *const *names, size_t count,
                   bool *in_key, Err *err) {
    Threshold base = { 0 };
    *in_key = true;
    if (read_key(&base, key, names, count, err) < 0)
        return -1;
    *in_key = false;
    base.key = arena_dup_text(arena, key);
    Lexer l;
    if (lexer_start(&l, text, err) < 0)
        return -1;
    size_t before = list->count;
    for (;;) {
        Threshold t = base;
        const char *start = l.now.at;
        if (read_one(&l, &t, err) < 0)
            break;
        if (l.now.kind != TOKEN_COMMA && l.now.kind != TOKEN_END) {
            err_at(err, lexer_column(&l),
                   "the threshold should end here: a comma separates it "
                   "from the next");
            break;
        }
        size_t length = (size_t)(l.now.at - start);
        while (length && isspace((unsigned char)start[length - 1]))
            length--;
        t.text = arena_dup_bytes(arena, start, length);
        mem_grow(list->items, list->count, list->cap);
        list->items[list->count++] = t;
        if (l.now.kind == TOKEN_END)
            return 0;
        if (lexer_next(&l, err) < 0)
            break;
    }
    list->count = before;
    return -1;
}

void threshold_list_close(ThresholdList *list) {
    free(list->items);
    *list = (ThresholdList){ 0 };
}

Verdict threshold_judge(const Threshold *t, const Slab *run,
                        const MetricContext *context, double *value) {
    *value = metric_value(t->metric, run, t->series, context, t->method, t->q);
    if (isnan(*value))
        return VERDICT_UNDECIDED;
    return compare_numbers(t->op, *value, t->limit) ? VERDICT_HOLDS
                                                    : VERDICT_BROKEN;
}

bool threshold_fails(const Threshold *t, Verdict v) {
    return v == VERDICT_BROKEN || (v == VERDICT_UNDECIDED && !t->optional);
}
