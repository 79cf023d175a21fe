/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"

#define PART_MAX 256

/* --- names -------------------------------------------------------------- */

/* "http_req_duration{name:home} p(95)" in its parts; has no method when the
 * last word is none. */
typedef struct Name {
    char metric[PART_MAX], method[PART_MAX];
    bool has_label;
} Name;

static bool is_method(const char *word) {
    static const char *const methods[] = { "avg",    "min",   "med",  "max",
                                           "rate",   "count", "value", "mean",
                                           "median", "slope" };
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (text_equal(word, methods[i]))
            return true;
    return strncmp(word, "p(", 2) == 0;
}

static Name name_read(const char *text) {
    Name n = { 0 };
    const char *blank = strrchr(text, ' ');
    snprintf(n.metric, sizeof n.metric, "%s", text);
    if (is_method(text)) {
        snprintf(n.method, sizeof n.method, "%s", text);
    } else if (blank && is_method(blank + 1)) {
        snprintf(n.method, sizeof n.method, "%s", blank + 1);
        n.metric[(size_t)(blank - text) < PART_MAX ? (size_t)(blank - text)
                                                   : PART_MAX - 1] = '\0';
    }
    char *label = strchr(n.metric, '{');
    n.has_label = label != NULL;
    if (label)
        *label = '\0';
    return n;
}

/* --- limits ------------------------------------------------------------- */

static const CompareLimit defaults[] = {
    { "http_req_failed", 0.50 }, { "dropped_iterations", 0.50 },
    { "checks", 0.01 },          { "http_reqs", 0.10 },
    { "iterations", 0.10 },      { "process_cpu", 0.20 },
    { "host_cpu", 0.20 },        { "process_memory", 0.10 },
    { "p(95)", 0.10 },           { "p(99)", 0.10 },
    { "p(99.9)", 0.10 },         { "max", 0.20 },
};

#define OTHERWISE 0.05

/* A whole name, or a beginning. */
static bool names_it(const char *rule, const Figure *f) {
    size_t n = strlen(rule);
    return n && rule[n - 1] == '*' ? strncmp(f->name, rule, n - 1) == 0
                                   : text_equal(rule, f->name);
}

static bool is_about(const char *rule, const Figure *f, const Name *n) {
    return names_it(rule, f) || text_equal(rule, n->metric) ||
           text_equal(rule, n->method);
}

static double throughput_limit(const Figure *f) {
    bool is_rate = text_equal(f->unit, "/s") && f->better == BETTER_HIGHER;
    return is_rate ? 0.10 : OTHERWISE;
}

static double default_limit(const Figure *f, const Name *n) {
    for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
        if (is_about(defaults[i].name, f, n))
            return defaults[i].share;
    return strstr(n->metric, "cpu") ? 0.20 : throughput_limit(f);
}

/* --- which are judged --------------------------------------------------- */

/* Methods of a metric that are judged unless a limit names another; of its
 * parts, in braces; and does it take samples, because without them it only
 * says once more what another figure says? The first that the name begins
 * with. */
static const struct {
    const char *metric, *methods, *of_parts;
    bool needs_samples;
} judged[] = {
    { "http_req_duration", " avg med p(95) p(99) ", " med p(95) ", false },
    { "response_time", " avg med p(95) p(99) ", "", true },
    { "http_reqs", " rate ", "", false },
    { "http_req_failed", " rate ", "", false },
    { "checks", " rate ", "", false },
    { "dropped_iterations", " rate ", "", false },
    { "process_cpu", " mean ", " mean ", false },
    { "process_memory", " mean ", " mean ", false },
    { "host_cpu", " mean ", "", false },
    { "http_req_", "", "", false }, /* the phases */
    { "iteration", "", "", false },
    { "vus", "", "", false },
    { "schedule_lag", "", "", false },
    { "overhead", "", "", false },
    { "recovery_time", "", "", false },
    { "data_", "", "", false },
    { "host_", "", "", false },
    { "process_", "", "", false },
    { "", " avg med p(95) p(99) rate value mean median slope ", "", false },
};

static bool is_judged(const Figure *f, const Name *n) {
    char word[PART_MAX + 2];
    size_t i = 0;
    if (f->better == BETTER_UNKNOWN)
        return false;
    if (!*n->method) /* of a flat file */
        return true;
    snprintf(word, sizeof word, " %.200s ", n->method);
    while (strncmp(n->metric, judged[i].metric, strlen(judged[i].metric)) != 0)
        i++;
    if (strstr(f->name, "{stage:"))
        return true;
    bool is_part = n->has_label && *judged[i].metric;
    bool is_process = strncmp(n->metric, "process_", 8) == 0;
    if (f->by == SAMPLED_NOT &&
        (judged[i].needs_samples || (is_part && !is_process)))
        return false;
    return strstr(is_part ? judged[i].of_parts : judged[i].methods, word) !=
           NULL;
}

double rules_limit(const CompareRules *rules, const Figure *f) {
    Name n = name_read(f->name);
    for (size_t i = 0; i < rules->count; i++) {
        const CompareLimit *l = &rules->limits[i];
        if (!is_about(l->name, f, &n))
            continue;
        bool is_asked = f->better != BETTER_UNKNOWN && names_it(l->name, f);
        return isfinite(l->share) && (is_asked || is_judged(f, &n)) ? l->share
                                                                    : NAN;
    }
    return is_judged(f, &n) ? default_limit(f, &n) : NAN;
}

/* --- what matters ------------------------------------------------------- */

#define EVENTS_SLIGHT 5

/* What a share or a rate counts: of one that is better high, such as checks,
 * the rest. */
static double feared(const Figure *f) {
    bool is_rest = text_equal(f->unit, "share") && f->better == BETTER_HIGHER;
    return is_rest ? 1 - f->value : f->value;
}

/* By how many events the new run is off what the base's share makes of it:
 * the two need not be of one length. NaN: nothing is counted. */
static double events_apart(const Figure *base, const Figure *now) {
    const Figure *f = feared(now) > 0 ? now : base;
    return fabs(feared(now) - feared(base)) * f->events / feared(f);
}

bool rules_is_slight(const Figure *base, const Figure *now) {
    static const struct {
        const char *unit;
        double least;
    } least[] = { { "ms", 0.1 }, { "cores", 0.02 } };
    double apart = fabs(now->value - base->value);
    for (size_t i = 0; i < sizeof least / sizeof *least; i++)
        if (text_equal(now->unit, least[i].unit))
            return apart < least[i].least;
    return events_apart(base, now) < EVENTS_SLIGHT;
}

/* --- limits as people write them ---------------------------------------- */

int compare_share_read(const char *text, double *share, Err *err) {
    if (text_equal(text, "off")) {
        *share = INFINITY;
        return 0;
    }
    return units_read_share(text, share, err);
}

int compare_limit_read(const char *text, char **name, double *share, Err *err) {
    const char *sign = strrchr(text, '=');
    if (!sign || sign == text)
        return err_set(err, "'%.60s' is not NAME=SHARE, such as 'p(95)=8%%'",
                       text);
    if (compare_share_read(sign + 1 + strspn(sign + 1, " "), share, err) < 0)
        return -1;
    char *copy = mem_dup_text(text);
    copy[sign - text] = '\0';
    *name = mem_dup_text(text_trim(copy));
    free(copy);
    return 0;
}
