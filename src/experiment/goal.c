/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment/goal.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define BEYOND_MIN 20    /* samples beyond a percentile */
#define NONE_OF 3.0      /* the rule of three */
#define ALIKE 10.0       /* samples that tell as much as one */
#define CLEAR 2.0        /* standard errors */
#define FAR 0.5          /* of the limit */
#define FAR_MIN 20
#define WALD_BOUND 6.907 /* ln((1 - b) / a), a = b = 0.001 */

/* --- reading ------------------------------------------------------------ */

static bool is_word_at(const char *s, const char *start, const char *word) {
    size_t n = strlen(word);
    return strncmp(s, word, n) == 0 && isspace((unsigned char)s[n]) &&
           s > start && isspace((unsigned char)s[-1]);
}

/* Where the part that begins at s ends: at ` and `, or with the text. */
static const char *part_end(const char *s) {
    const char *start = s;
    int depth = 0;
    for (; *s; s++) {
        depth += *s == '{' || *s == '(';
        depth -= *s == '}' || *s == ')';
        if (depth <= 0 && is_word_at(s, start, "and"))
            return s;
    }
    return s;
}

static bool is_method_of_trend(const Token *t) {
    static const char *const names[] = { "p", "avg", "min", "med", "max" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (token_is(t, names[i]))
            return true;
    return false;
}

static int check_kept(const Condition *c, Err *err) {
    static const MetricId kept[] = {
        METRIC_HTTP_REQ_DURATION, METRIC_HTTP_REQ_FAILED,
        METRIC_RESPONSE_TIME,     METRIC_HTTP_REQS,
        METRIC_ITERATIONS,        METRIC_DROPPED_ITERATIONS,
    };
    bool is_kept = false;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        is_kept |= c->metric.id == kept[i];
    if (!is_kept)
        return err_at(err, 1,
                      "%s is not kept second by second; http_req_duration, "
                      "response_time, http_req_failed, http_reqs, iterations "
                      "and dropped_iterations are",
                      c->metric.info.name);
    if (c->of && c->metric.id == METRIC_RESPONSE_TIME)
        return err_at(err, 1, "response_time is kept for all requests "
                              "together; write it without {}");
    return 0;
}

/* A share without a method: reads "rate" and what follows. */
static int read_bare_share(Condition *c, Arena *arena, Lexer *l, Err *err) {
    Text t = { 0 };
    text_addf(&t, "rate %s", l->now.at);
    const char *text = arena_dup_text(arena, t.bytes);
    int column = lexer_column(l);
    text_close(&t);
    if (lexer_start(l, text, err) < 0 || condition_read(c, arena, l, err) < 0) {
        int shift = column - (int)strlen("rate ") - 1;
        err->column = err->column + shift > 0 ? err->column + shift : column;
        return -1;
    }
    return 0;
}

static int read_part(GoalPart *p, Arena *arena, const MetricTable *table,
                     Err *err) {
    static const char duration[] = "http_req_duration";
    Lexer l;
    if (lexer_start(&l, p->text, err) < 0)
        return -1;
    if (l.now.kind == TOKEN_END)
        return err_at(err, 1, "a condition is missing: p(95) < 500");
    bool is_bare = is_method_of_trend(&l.now);
    const char *key = is_bare ? duration : l.now.at;
    size_t length = is_bare ? strlen(duration) : l.now.length;
    if (condition_read_key(&p->condition, arena, key, length, table, err) < 0 ||
        check_kept(&p->condition, err) < 0)
        return -1;
    if (!is_bare && lexer_next(&l, err) < 0)
        return -1;
    bool is_share = p->condition.metric.info.kind == METRIC_RATE &&
                    l.now.kind == TOKEN_COMPARE;
    int rc = is_share ? read_bare_share(&p->condition, arena, &l, err)
                      : condition_read(&p->condition, arena, &l, err);
    if (rc < 0)
        return -1;
    if (l.now.kind != TOKEN_END)
        return err_at(err, is_share ? 1 : lexer_column(&l),
                      "the condition should end here; `and' joins several");
    return 0;
}

int goal_read(Goal *g, Arena *arena, const char *text,
              const MetricTable *table, Err *err) {
    Err mine;
    err = err ? err : &mine;
    *g = (Goal){ .text = arena_dup_text(arena, text) };
    for (const char *s = g->text;;) {
        while (isspace((unsigned char)*s))
            s++;
        const char *end = part_end(s);
        size_t n = (size_t)(end - s);
        while (n && isspace((unsigned char)s[n - 1]))
            n--;
        if (g->count == GOAL_PARTS_MAX)
            return err_at(err, (int)(s - g->text) + 1,
                          "at most %d conditions are taken", GOAL_PARTS_MAX);
        GoalPart *p = &g->parts[g->count++];
        p->text = arena_dup_bytes(arena, s, n);
        if (read_part(p, arena, table, err) < 0) {
            err->column += (int)(s - g->text);
            return -1;
        }
        if (!*end)
            return 0;
        s = end + strlen("and");
    }
}

/* --- measuring ---------------------------------------------------------- */

/* Durations and counts of what a condition is about. */
static void read_series(const Condition *c, const Timeline *t,
                        uint64_t from_ns, uint64_t to_ns, Hist *h,
                        CellSeries *sums) {
    bool is_response = c->metric.id == METRIC_RESPONSE_TIME;
    size_t n = c->of ? c->of->count : 1;
    *sums = (CellSeries){ 0 };
    for (size_t i = 0; i < n; i++) {
        CellSeries one;
        size_t series = is_response ? TIMELINE_RESPONSE
                        : c->of     ? c->of->series[i]
                                    : SIZE_MAX;
        timeline_interval(t, from_ns, to_ns, series, h, &one);
        sums->requests += one.requests;
        sums->failed += one.failed;
    }
}

static double share(double part, double of) {
    return of > 0 ? part / of : NAN;
}

static GoalValue value_of_trend(const Condition *c, const Hist *h) {
    double below = hist_share_below(h, (uint64_t)fmax(0, c->limit * 1e6));
    return (GoalValue){
        .value = metric_of_hist(h, c->method, c->q),
        .count = (double)h->count,
        .beyond = c->method == METHOD_P ? 1 - below : NAN,
    };
}

static GoalValue measure_part(const Condition *c, const Timeline *t,
                              uint64_t from_ns, uint64_t to_ns,
                              const GoalReading *r) {
    Hist h = { 0 };
    CellSeries sums;
    read_series(c, t, from_ns, to_ns, &h, &sums);
    GoalValue v = value_of_trend(c, &h);
    hist_close(&h);
    if (c->metric.info.kind == METRIC_TREND)
        return v;
    double requests = (double)sums.requests;
    if (c->metric.id == METRIC_HTTP_REQ_FAILED) {
        double failed = share((double)sums.failed, requests);
        return (GoalValue){ failed, requests, failed };
    }
    double n = c->metric.id == METRIC_ITERATIONS ? (double)r->started
               : c->metric.id == METRIC_DROPPED_ITERATIONS
                   ? (double)r->dropped
                   : requests;
    return (GoalValue){
        .value = c->method == METHOD_RATE ? share(n, r->seconds) : n,
        .count = n,
        .beyond = NAN,
    };
}

void goal_measure(const Goal *g, const Timeline *t, uint64_t from_ns,
                  uint64_t to_ns, GoalReading *to) {
    static const double quantiles[] = { 0.50, 0.95, 0.99 };
    double found[3];
    Hist h = { 0 };
    CellSeries sums;
    *to = (GoalReading){ 0 };
    to->seconds = timeline_interval(t, from_ns, to_ns, SIZE_MAX, &h, &sums);
    hist_quantiles(&h, quantiles, 3, found);
    to->p50 = found[0];
    to->p95 = found[1];
    to->p99 = found[2];
    to->mean = hist_mean(&h);
    hist_close(&h);
    to->requests = sums.requests;
    to->failed = sums.failed;
    to->rps = share((double)sums.requests, to->seconds);
    to->error_rate = share((double)sums.failed, (double)sums.requests);
    timeline_iterations(t, from_ns, to_ns, &to->started, &to->dropped);
    for (size_t i = 0; i < g->count; i++)
        to->values[i] =
            measure_part(&g->parts[i].condition, t, from_ns, to_ns, to);
}

/* --- judging ------------------------------------------------------------ */

bool goal_holds(const Goal *g, const GoalReading *r, size_t *broken) {
    for (size_t i = 0; i < g->count; i++) {
        if (condition_holds(&g->parts[i].condition, r->values[i].value))
            continue;
        *broken = i;
        return false;
    }
    return true;
}

static bool is_upper(const Condition *c) {
    return c->op == COMPARE_LT || c->op == COMPARE_LE;
}

/* The share beyond the limit that is just allowed; NaN: it has none. */
static double allowed_share(const Condition *c) {
    if (!is_upper(c))
        return NAN;
    if (c->metric.info.kind == METRIC_TREND)
        return c->method == METHOD_P ? 1 - c->q : NAN;
    return c->metric.info.kind == METRIC_RATE ? c->limit : NAN;
}

bool goal_has_enough(const Goal *g, const GoalReading *r) {
    for (size_t i = 0; i < g->count; i++) {
        const Condition *c = &g->parts[i].condition;
        double allowed = allowed_share(c);
        double per = c->metric.info.kind == METRIC_RATE ? NONE_OF : BEYOND_MIN;
        double needed = allowed > 0 ? per / allowed : 1;
        if (!(r->values[i].count >= needed))
            return false;
    }
    return true;
}

bool goal_is_hopeless(const Goal *g, const GoalReading *r, size_t *broken) {
    for (size_t i = 0; i < g->count; i++) {
        const GoalValue *v = &r->values[i];
        double p = allowed_share(&g->parts[i].condition);
        double many = fmin(5 * p, (1 + p) / 2);
        if (!(p > 0 && p < 1) || !(v->count > 0))
            continue;
        double bad = v->beyond * v->count, good = v->count - bad;
        double sum = bad * log(many / p) + good * log((1 - many) / (1 - p));
        if (!(sum / ALIKE > WALD_BOUND))
            continue;
        *broken = i;
        return true;
    }
    return false;
}

bool goal_is_clear(const Goal *g, const GoalReading *r) {
    for (size_t i = 0; i < g->count; i++) {
        const GoalValue *v = &r->values[i];
        double p = allowed_share(&g->parts[i].condition);
        if (!(p > 0 && p < 1))
            continue;
        double error = sqrt(p * (1 - p) * ALIKE / v->count);
        if (!(fabs(v->beyond - p) > CLEAR * error))
            return false;
    }
    return true;
}

bool goal_is_far(const Goal *g, const GoalReading *r) {
    for (size_t i = 0; i < g->count; i++) {
        double room = condition_margin(&g->parts[i].condition,
                                       r->values[i].value);
        if (!(r->values[i].count >= FAR_MIN && room >= FAR))
            return false;
    }
    return true;
}

char *goal_value_text(const GoalPart *p, double value, UnitsText to) {
    const MetricInfo *m = &p->condition.metric.info;
    if (isnan(value))
        snprintf(to, sizeof(UnitsText), "no samples");
    else if (m->kind == METRIC_TREND)
        units_latency(to, value * 1e6);
    else if (m->kind == METRIC_RATE)
        units_percent(to, value);
    else
        snprintf(to, sizeof(UnitsText), "%.4g%s", value,
                 p->condition.method == METHOD_RATE ? "/s" : "");
    return to;
}
