/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "control/verb_tune.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "control/steps.h"
#include "control/verb_words.h"

#define TEXT_MAX 512

/* --- weights ------------------------------------------------------------ */

/* The flow of that name, "home" or "(a b)", or of that number, from 1. */
static int find_flow(const Tuning *t, const char *name, size_t *flow,
                     Err *err) {
    char bare[TEXT_MAX], *end;
    size_t n = strlen(name);
    bool has_group = n > 1 && *name == '(' && name[n - 1] == ')';
    snprintf(bare, sizeof bare, "%.*s", (int)(has_group ? n - 2 : n),
             name + has_group);
    for (size_t i = 0; i < t->count; i++)
        if (text_equal(t->names[i], bare)) {
            *flow = i;
            return 0;
        }
    unsigned long number = strtoul(bare, &end, 10);
    if (isdigit((unsigned char)*bare) && !*end && number - 1 < t->count) {
        *flow = number - 1;
        return 0;
    }
    Text all = { 0 };
    for (size_t i = 0; i < t->count; i++)
        text_addf(&all, "%s%s", i ? ", " : "", t->names[i]);
    const char *near =
        text_nearest(bare, (const char *const *)t->names, t->count);
    int rc = err_set(err, "there is no %s '%.60s'; %s%.200s%s",
                     t->are_rates ? "task" : "weight of", bare,
                     near ? "did you mean '" : "there are ",
                     near ? near : all.bytes, near ? "'?" : "");
    text_close(&all);
    return rc;
}

static int read_weight(const char *word, double *value, Err *err) {
    char *end;
    double v = strtod(word, &end);
    if (!isdigit((unsigned char)*word) || *end || !(v > 0) ||
        v > TUNING_WEIGHT_MAX)
        return err_set(err, "'%s' is no weight above 0: write weight home 60",
                       word);
    *value = v;
    return 0;
}

static int read_rate(const char *word, double *value, Err *err) {
    bool is_rate = false;
    double v = 0;
    Err unused;
    if (units_read_level(word, &v, &is_rate, &unused) < 0 || !is_rate ||
        !(v > 0) || v > TUNING_RATE_MAX)
        return err_set(err, "'%s' is no rate above 0: write weight submit 2/m",
                       word);
    *value = v;
    return 0;
}

/* Splits "NAME… VALUE" before its last word. */
static int split_last(const char *args, char name[TEXT_MAX], char **value,
                      Err *err) {
    if (strlen(args) >= TEXT_MAX)
        return err_set(err, "this is too long");
    snprintf(name, TEXT_MAX, "%s", args);
    char *whole = text_trim(name);
    memmove(name, whole, strlen(whole) + 1);
    char *last = strrchr(name, ' ');
    if (!last)
        return err_set(err, "write: weight REQUEST 60, or weight TASK 2/m");
    *value = last + 1;
    *last = '\0';
    text_trim(name);
    return 0;
}

/* Rates as profiles have them. */
static const char *value_text(UnitsText to, const Tuning *t, double value) {
    snprintf(to, UNITS_TEXT_MAX, t->are_rates ? "%.6g/m" : "%.6g",
             t->are_rates ? value * 60 : value);
    return to;
}

int verb_weight(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
                Err *err) {
    (void)now_ns;
    Tuning *t = &w->tunings[w->focus];
    char name[TEXT_MAX], *word = name;
    size_t flow = 0;
    double value = 0;
    UnitsText was, is;
    if (!t->count)
        return err_set(err, "this scenario has neither a mix nor tasks");
    if (split_last(args, name, &word, err) < 0 ||
        find_flow(t, name, &flow, err) < 0 ||
        (t->are_rates ? read_rate : read_weight)(word, &value, err) < 0)
        return -1;
    value_text(was, t, t->values[flow]);
    value_text(is, t, value);
    steps_keep(w, &(WheelStep){ .kind = STEP_WEIGHT,
                                .scenario = w->focus,
                                .item = flow,
                                .was = t->values[flow],
                                .is = value });
    t->values[flow] = value;
    text_addf(answer, "%s of %s %s, was %s", t->are_rates ? "rate" : "weight",
              t->names[flow], is, was);
    if (!t->are_rates)
        text_addf(answer, ": %.3g %% of the iterations",
                  100 * value / tuning_sum(t));
    return 0;
}

/* --- think times -------------------------------------------------------- */

int verb_think(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
               Err *err) {
    (void)now_ns;
    Tuning *t = &w->tunings[w->focus];
    char word[WORD_MAX], *end;
    if (expect_end(next_word(args, word), err) < 0)
        return -1;
    if (!t->thinks)
        return err_set(err, "this scenario has no think time");
    const char *number = *word == 'x' ? word + 1 : word;
    double factor = strtod(number, &end);
    if (!isdigit((unsigned char)*number) || *end ||
        !(factor <= TUNING_THINK_MAX))
        return err_set(err,
                       "'%s' is no factor: think x2 is twice as long as in "
                       "the profile, think 1 as there",
                       word);
    steps_keep(w, &(WheelStep){ .kind = STEP_THINK,
                                .scenario = w->focus,
                                .was = t->think,
                                .is = factor });
    text_addf(answer, "think time x%.6g, was x%.6g", factor, t->think);
    t->think = factor;
    return 0;
}

/* --- thresholds --------------------------------------------------------- */

/* By its number, from 1, or its key, if that has one only. */
static int find_limit(const Limits *l, const char *name, size_t *limit,
                      Err *err) {
    char *end;
    size_t found = SIZE_MAX, hits = 0;
    unsigned long number = strtoul(name, &end, 10);
    if (isdigit((unsigned char)*name) && !*end) {
        *limit = number - 1;
        return *limit < l->now.count
                   ? 0
                   : err_set(err, "there is no threshold %s: there are %zu",
                             name, l->now.count);
    }
    for (size_t i = 0; i < l->now.count; i++)
        if (text_equal(l->now.items[i].key, name)) {
            hits++;
            found = i;
        }
    if (!hits)
        return err_set(err,
                       "there is no threshold '%.60s': say one of its key, "
                       "or its number, 1 to %zu",
                       name, l->now.count);
    if (hits > 1)
        return err_set(err, "there are %zu thresholds of %.60s: say its number",
                       hits, name);
    *limit = found;
    return 0;
}

int verb_threshold(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
                   Err *err) {
    (void)now_ns;
    Limits *l = &w->limits;
    char name[TEXT_MAX], text[TEXT_MAX];
    size_t i = 0;
    const char *equals = strstr(args, " = ");
    if (!l->now.count)
        return err_set(err, "this run has no thresholds");
    if (!equals || (size_t)(equals - args) >= sizeof name)
        return err_set(err, "write: threshold 1 = p(95) < 800");
    snprintf(name, sizeof name, "%.*s", (int)(equals - args), args);
    if (find_limit(l, text_trim(name), &i, err) < 0)
        return -1;
    text_clean(text, sizeof text, equals + 3, strlen(equals + 3));
    const Threshold *is = &l->now.items[i], was = *is;
    if (limits_change(l, i, text, err) < 0)
        return -1;
    text_addf(answer, "threshold %zu, %s: %s, was %s", i + 1, is->key, is->text,
              was.text);
    steps_keep(w, &(WheelStep){ .kind = STEP_THRESHOLD,
                                .scenario = SIZE_MAX,
                                .item = i,
                                .limit_was = was,
                                .limit_is = *is });
    return 0;
}
