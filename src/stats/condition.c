/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/condition.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "expr/expr.h"

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

#define METHODS (sizeof methods / sizeof *methods)

/* Of a difference the smallest and largest say nothing. */
static bool has_method(const Metric *m, size_t i) {
    if (m->id == METRIC_MONITORED)
        return methods[i].method == METHOD_VALUE ||
               methods[i].method == METHOD_AVG ||
               methods[i].method == METHOD_MIN ||
               methods[i].method == METHOD_MAX;
    bool is_extreme =
        methods[i].method == METHOD_MIN || methods[i].method == METHOD_MAX;
    return methods[i].kinds & (1u << m->info.kind) &&
           !(m->id == METRIC_OVERHEAD && is_extreme);
}

/* --- METRIC{SERIES} ----------------------------------------------------- */

static int unknown_metric(const char *name, const MetricTable *table,
                          Err *err) {
    size_t own = METRIC_COUNT + table->own_count;
    size_t n = own + table->monitored_count;
    const char **names = mem_alloc(n, sizeof *names);
    for (size_t i = 0; i < METRIC_COUNT; i++)
        names[i] = metric_info[i].name;
    for (size_t i = 0; i < table->own_count; i++)
        names[METRIC_COUNT + i] = table->own[i].name;
    for (size_t i = 0; i < table->monitored_count; i++)
        names[own + i] = table->monitored[i];
    const char *near = text_nearest(name, names, n);
    Text all = { 0 };
    for (size_t i = 0; i < n && !near; i++)
        text_addf(&all, "%s%s", i ? ", " : "; there are ", names[i]);
    if (near)
        text_addf(&all, "; did you mean '%s'?", near);
    err_at(err, 1, "there is no metric '%s'%s", name, all.bytes);
    text_close(&all);
    free(names);
    return -1;
}

static int no_series(const Metric *m, int column, Err *err) {
    if (m->id == METRIC_OWN)
        return err_at(err, column,
                      "%s is the profile's own metric: it is counted for the "
                      "whole run, not by request; write it without {}",
                      m->info.name);
    return err_at(err, column,
                  "%s is not counted per request; write it without {}",
                  m->info.name);
}

static bool has_variants(const MetricTable *table) {
    for (size_t i = 0; i < table->series_count; i++)
        if (table->series[i].variant)
            return true;
    return false;
}

/* Is the metric counted by what came of the requests? */
static int check_part(const Condition *c, int column, Err *err) {
    MetricId id = c->metric.id;
    AnswerPart part = c->of->part;
    if (part == PART_ALL || id == METRIC_HTTP_REQS ||
        id == METRIC_HTTP_REQ_DURATION)
        return 0;
    if (id != METRIC_HTTP_REQ_FAILED)
        return err_at(err, column,
                      "%s is not counted by status: http_reqs, "
                      "http_req_duration and http_req_failed are",
                      c->metric.info.name);
    if (part != PART_EXPECTED && part != PART_FAILED)
        return 0;
    return err_at(err, column,
                  "expected_response says whether a request failed: write "
                  "http_req_failed without it");
}

static int read_selection(Condition *c, Arena *arena, const char *open,
                          size_t length, const MetricTable *table, int column,
                          Err *err) {
    bool is_compared = c->metric.id == METRIC_OVERHEAD;
    if (is_compared && !has_variants(table))
        return err_at(err, 1, "overhead compares a [variant NAME] with the "
                              "first one; there are no two");
    if (length < 3 || open[length - 1] != '}')
        return err_at(err, column, "write %s{%s}", c->metric.info.name,
                      is_compared ? "VARIANT" : "REQUEST");
    c->of = c->metric.id == METRIC_CHECKS
                ? selection_read_check(arena, open + 1, length - 2,
                                       table->checks, table->check_count, err)
                : selection_read(arena, open + 1, length - 2, table->series,
                                 table->series_count, is_compared, err);
    if (!c->of && err)
        err->column += column - 1;
    return c->of ? check_part(c, column, err) : -1;
}

/* A gauge's name may hold braces itself. */
static bool find_monitored(Condition *c, Arena *arena, const char *key,
                           size_t length, const MetricTable *table) {
    char *name = arena_dup_bytes(arena, key, length);
    bool is_known = false;
    for (size_t i = 0; i < table->monitored_count; i++)
        is_known |= text_equal(table->monitored[i], name);
    if (!is_known)
        return false;
    c->metric = metric_monitored(name);
    return true;
}

int condition_read_key(Condition *c, Arena *arena, const char *key,
                       size_t length, const MetricTable *table, Err *err) {
    char name[CUSTOM_NAME_MAX + 1];
    const char *open = memchr(key, '{', length);
    size_t n = open ? (size_t)(open - key) : length;
    *c = (Condition){ 0 };
    if (find_monitored(c, arena, key, length, table))
        return 0;
    if (n >= sizeof name)
        return err_at(err, 1, "there is no metric of so long a name");
    memcpy(name, key, n);
    name[n] = '\0';
    if (!metric_lookup(table, name, &c->metric)) {
        if (!table->is_any_monitored)
            return unknown_metric(name, table, err);
        c->metric = metric_monitored(arena_dup_bytes(arena, key, length));
        return 0;
    }
    if (!open)
        return c->metric.id == METRIC_OVERHEAD
                   ? err_at(err, 1, "of which variant? overhead{VARIANT}")
                   : 0;
    int column = (int)n + 2;
    if (!c->metric.info.by_series && c->metric.id != METRIC_CHECKS)
        return no_series(&c->metric, column, err);
    return read_selection(c, arena, open, length - n, table, column, err);
}

/* --- METHOD OP NUMBER --------------------------------------------------- */

static void methods_of(const Metric *m, Text *to) {
    for (size_t i = 0; i < METHODS; i++)
        if (has_method(m, i))
            text_addf(to, "%s%s%s", to->length ? ", " : "", methods[i].name,
                      methods[i].method == METHOD_P ? "(95)" : "");
}

/* A method, but not of this kind: that says more than "not known". */
static int check_method(const Metric *m, const Lexer *l, Err *err) {
    for (size_t i = 0; i < METHODS; i++) {
        if (!token_is(&l->now, methods[i].name) || has_method(m, i))
            continue;
        Text all = { 0 };
        methods_of(m, &all);
        err_at(err, lexer_column(l), "%s is a %s and has no '%s'; it has %s",
               m->info.name, metric_kind_name(m->info.kind), methods[i].name,
               all.bytes);
        text_close(&all);
        return -1;
    }
    if (l->now.kind != TOKEN_END && l->now.kind != TOKEN_COMMA)
        return 0;
    Text all = { 0 };
    methods_of(m, &all);
    err_at(err, lexer_column(l),
           "what of %s is to be compared? it has %s: %s", m->info.name,
           all.bytes,
           m->info.kind == METRIC_TREND  ? "p(95) < 500"
           : m->info.kind == METRIC_GAUGE ? "value < 50"
                                          : "rate > 1");
    text_close(&all);
    return -1;
}

/* The column of the number that a % was written behind. */
static int share_column(const Lexer *l, const char *from) {
    const char *s = memchr(from, '%', (size_t)(l->now.at - from));
    while (s && s > from && strchr("0123456789.-", s[-1]))
        s--;
    return s ? lexer_column_of(l, s) : lexer_column_of(l, from);
}

int condition_read(Condition *c, Arena *arena, Lexer *l, Err *err) {
    const Metric *m = &c->metric;
    ExprName names[METHODS];
    size_t of[METHODS], n = 0;
    for (size_t i = 0; i < METHODS; i++) {
        if (!has_method(m, i))
            continue;
        of[n] = i;
        names[n++] = (ExprName){
            .name = methods[i].name,
            .takes_argument = methods[i].method == METHOD_P,
            .is_time = text_equal(m->info.contains, "time") &&
                       methods[i].method != METHOD_RATE,
        };
    }
    if (check_method(m, l, err) < 0)
        return -1;
    const char *from = l->now.at;
    const ExprScope scope = { .names = names, .count = n };
    ExprComparison found;
    const Expr *e = expr_parse(l, &scope, arena, err);
    if (!e)
        return -1;
    if (!expr_as_comparison(e, &found))
        return err_at(err, lexer_column_of(l, from),
                      "one comparison with a number stands here: %s %s",
                      names[0].takes_argument ? "p(95)" : names[0].name,
                      "< 500; a comma separates several");
    if (found.limit_is_share && m->info.kind != METRIC_RATE &&
        m->id != METRIC_MONITORED)
        return err_at(err, share_column(l, from), "%s is not a share",
                      m->info.name);
    if (found.limit > 1 && m->info.kind == METRIC_RATE)
        return err_at(err, lexer_column_of(l, from),
                      "%s is a share: write it with %%, or from 0 to 1",
                      m->info.name);
    c->method = methods[of[found.slot]].method;
    c->q = c->method == METHOD_P ? found.argument / 100 : 0;
    c->op = found.op;
    c->limit = found.limit;
    return 0;
}

/* --- judging ------------------------------------------------------------ */

double condition_value(const Condition *c, const Slab *run,
                       const MetricContext *context) {
    return metric_value(&c->metric, run, c->of, context, c->method, c->q);
}

bool condition_holds(const Condition *c, double value) {
    return !isnan(value) && compare_numbers(c->op, value, c->limit);
}

double condition_margin(const Condition *c, double value) {
    double room = (c->limit - value) / fabs(c->limit);
    if (c->limit == 0)
        return NAN;
    switch (c->op) {
    case COMPARE_LT:
    case COMPARE_LE:
        return room;
    case COMPARE_GT:
    case COMPARE_GE:
        return -room;
    case COMPARE_EQ:
    case COMPARE_NE:
        break;
    }
    return NAN;
}

bool condition_is_amount(const Condition *c) {
    return c->method != METHOD_RATE;
}
