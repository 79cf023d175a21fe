/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/comparison.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compare/noise.h"
#include "compare/plans.h"
#include "compare/rules.h"

#define LEVEL 0.95
#define SEVERE 0.15

const char *compared_verdict_name(ComparedVerdict v) {
    static const char *const names[] = {
        [COMPARED_SAME] = "same",           [COMPARED_BETTER] = "better",
        [COMPARED_REGRESSED] = "regressed", [COMPARED_UNSURE] = "unsure",
        [COMPARED_ONLY_ONE] = "only-one",   [COMPARED_SHOWN] = "not-judged",
    };
    return names[v];
}

/* --- one figure --------------------------------------------------------- */

typedef struct Way {
    const CompareRules *rules;
    double level;
    bool is_paired, is_judged, is_disturbed;
} Way;

/* What is lost, as a share; negative: won. Infinity: from nothing. */
static double loss_of(const Compared *c) {
    double sign = c->base->better == BETTER_HIGHER ? -1 : 1;
    if (!isnan(c->change))
        return sign * c->change;
    double apart = sign * (c->now->value - c->base->value);
    return apart == 0 ? 0 : apart > 0 ? INFINITY : -INFINITY;
}

static void say_change(const Compared *c, double loss, double level,
                       Text *to) {
    const char *way = loss > 0 ? "worse" : "better";
    if (isinf(loss))
        text_addf(to, "%s, from %.4g", way, c->base->value);
    else
        text_addf(to, "%s by %.1f %%", way, 100 * fabs(loss));
    if (isinf(c->interval.high))
        text_addf(to, ", %g %%: %+.1f %% and more", 100 * level,
                  100 * c->interval.low);
    else if (!isnan(c->interval.low))
        text_addf(to, ", %g %%: %+.1f to %+.1f %%", 100 * level,
                  100 * c->interval.low, 100 * c->interval.high);
}

static void say(Compared *c, const Text *words) {
    snprintf(c->why, sizeof c->why, "%s", words->bytes ? words->bytes : "");
}

/* Of a change beyond the limit, which lies surely above or below 0. */
static ComparedVerdict verdict_of(double loss, bool is_worse, bool is_better) {
    if (loss > 0)
        return is_worse ? COMPARED_REGRESSED : COMPARED_UNSURE;
    return is_better ? COMPARED_BETTER : COMPARED_UNSURE;
}

static ComparedVerdict by_whole(const Compared *c, const Noise *n,
                                double loss) {
    bool is_lower = c->base->better == BETTER_LOWER;
    if (fabs(loss) <= c->limit)
        return COMPARED_SAME;
    return verdict_of(loss, is_lower ? n->is_beyond_up : n->is_beyond_down,
                      is_lower ? n->is_beyond_down : n->is_beyond_up);
}

/* In runs that something disturbed the quiet pieces decide; that the whole is
 * beyond the limit only raises doubt. */
static ComparedVerdict by_quiet(const Compared *c, const Noise *n,
                                double loss) {
    double sign = c->base->better == BETTER_HIGHER ? -1 : 1;
    double quiet = sign * n->quiet.value;
    bool is_up = n->quiet.low > 0, is_down = n->quiet.high < 0;
    if (fabs(quiet) > c->limit && (is_up || is_down))
        return verdict_of(quiet, sign > 0 ? is_up : is_down,
                          sign > 0 ? is_down : is_up);
    return fabs(loss) > c->limit ? COMPARED_UNSURE : COMPARED_SAME;
}

static void say_quiet(const Noise *n, double level, Text *to) {
    text_addf(to, "; the quiet seconds, which decide here: %+.1f %%",
              100 * n->quiet.value);
    if (!isnan(n->quiet.low))
        text_addf(to, ", %g %%: %+.1f to %+.1f %%", 100 * level,
                  100 * n->quiet.low, 100 * n->quiet.high);
}

static void judge(Compared *c, const Way *w) {
    NoiseWay way = { w->is_paired, w->is_disturbed, c->limit, w->level };
    Noise n = noise_measure(c->base, c->now, &way);
    bool has_quiet = !isnan(n.quiet.value);
    double loss = loss_of(c);
    Text words = { 0 };
    c->interval = n.interval;
    c->p = n.p;
    if (!rules_is_slight(c->base, c->now))
        c->verdict = has_quiet ? by_quiet(c, &n, loss) : by_whole(c, &n, loss);
    if (loss == 0)
        text_adds(&words, "no change");
    else if (rules_is_slight(c->base, c->now))
        text_adds(&words, "too small a difference to matter");
    else
        say_change(c, loss, w->level, &words);
    if (has_quiet)
        say_quiet(&n, w->level, &words);
    else if (c->verdict == COMPARED_UNSURE)
        text_addf(&words, "; %s", n.why ? n.why : "within the noise");
    c->is_severe = c->verdict == COMPARED_REGRESSED && loss > SEVERE;
    say(c, &words);
    text_close(&words);
}

static Compared compare(const Figure *base, const Figure *now, const Way *w) {
    Compared c = { .base = base,
                   .now = now,
                   .change = NAN,
                   .interval = { NAN, NAN, NAN },
                   .p = NAN,
                   .limit = NAN };
    Text words = { 0 };
    if (!base || !now) {
        c.verdict = COMPARED_ONLY_ONE;
        text_addf(&words, "only in the %s", base ? "base" : "new run");
    } else {
        if (base->value != 0)
            c.change = (now->value - base->value) / fabs(base->value);
        c.limit = rules_limit(w->rules, now);
        bool is_judged = w->is_judged && !isnan(c.limit);
        c.verdict = is_judged ? COMPARED_SAME : COMPARED_SHOWN;
        text_adds(&words, is_judged ? ""
                  : !isnan(c.limit) ? "the runs had not the same to do"
                  : now->better == BETTER_UNKNOWN
                      ? "no way is known to be the better one"
                      : "not judged without a limit of its own");
    }
    say(&c, &words);
    text_close(&words);
    if (c.verdict == COMPARED_SAME)
        judge(&c, w);
    return c;
}

/* --- all ---------------------------------------------------------------- */

static void add(Comparison *c, size_t *cap, Compared item) {
    mem_grow(c->items, c->count, *cap);
    c->items[c->count++] = item;
    c->judged += item.verdict != COMPARED_SHOWN &&
                 item.verdict != COMPARED_ONLY_ONE;
    c->regressed += item.verdict == COMPARED_REGRESSED;
    c->severe += item.is_severe;
    c->better += item.verdict == COMPARED_BETTER;
    c->unsure += item.verdict == COMPARED_UNSURE;
}

/* The stage of now that is stage i of base; SIZE_MAX: none, or the name
 * stands for several. */
static size_t partner(const Results *base, size_t i, const Results *now) {
    const ResultStage *s = &base->stages[i];
    size_t found = SIZE_MAX;
    for (size_t k = 0; k < base->stage_count; k++)
        if (k != i && text_equal(base->stages[k].name, s->name))
            return SIZE_MAX;
    for (size_t k = 0; k < now->stage_count; k++) {
        if (!text_equal(now->stages[k].name, s->name))
            continue;
        if (found != SIZE_MAX)
            return SIZE_MAX;
        found = k;
    }
    return found != SIZE_MAX && stages_alike(s, &now->stages[found])
               ? found
               : SIZE_MAX;
}

static void add_stages(Comparison *c, size_t *cap, const Way *w) {
    const Results *a = c->base, *b = c->now;
    if (!text_equal(a->load_unit, b->load_unit))
        return;
    /* the items point into it: it must not move */
    c->made = mem_alloc(2 * (size_t)STAGE_FIGURES * a->stage_count + 1,
                        sizeof *c->made);
    for (size_t i = 0; i < a->stage_count; i++) {
        size_t k = partner(a, i, b);
        if (k == SIZE_MAX)
            continue;
        Figure *base = &c->made[c->made_count];
        Figure *now = base + STAGE_FIGURES;
        plans_stage_figures(a, i, base);
        plans_stage_figures(b, k, now);
        c->made_count += 2 * (size_t)STAGE_FIGURES;
        for (size_t n = 0; n < STAGE_FIGURES; n++)
            if (!isnan(base[n].value) && !isnan(now[n].value))
                add(c, cap, compare(&base[n], &now[n], w));
    }
}

static int rank_of(const Compared *c) {
    static const int ranks[] = {
        [COMPARED_REGRESSED] = 0, [COMPARED_UNSURE] = 1, [COMPARED_BETTER] = 2,
        [COMPARED_SAME] = 3,      [COMPARED_SHOWN] = 4,
        [COMPARED_ONLY_ONE] = 5,
    };
    return ranks[c->verdict];
}

/* Figures of one verdict stay in their order. */
static void sort(Comparison *c) {
    Compared *sorted = mem_alloc(c->count + 1, sizeof *sorted);
    size_t n = 0;
    for (int rank = 0; rank <= 5; rank++)
        for (int severe = 1; severe >= 0; severe--)
            for (size_t i = 0; i < c->count; i++)
                if (rank_of(&c->items[i]) == rank &&
                    c->items[i].is_severe == (severe == 1))
                    sorted[n++] = c->items[i];
    free(c->items);
    c->items = sorted;
}

#define NAMES_TOLD 5

/* Nobody reads of what is not there that it has not become worse. */
static void note_lost(const Comparison *c, const CompareRules *rules,
                      Text *to) {
    Text names = { 0 };
    size_t lost = 0;
    for (size_t i = 0; i < c->count; i++) {
        const Compared *x = &c->items[i];
        double limit = x->now ? NAN : rules_limit(rules, x->base);
        if (isnan(limit) || isinf(limit) || lost++ >= NAMES_TOLD)
            continue;
        text_addf(&names, "%s%s", names.length ? ", " : "", x->base->name);
    }
    if (lost)
        text_addf(to, "of the base %zu figure%s that would be judged %s not in "
                      "the new run: %s%s\n", lost, lost == 1 ? "" : "s",
                  lost == 1 ? "is" : "are", names.bytes,
                  lost > NAMES_TOLD ? ", …" : "");
    text_close(&names);
}

static void note_left_out(const Results *r, const char *which, Text *to) {
    if (r->left_out)
        text_addf(to, "%s has %zu figures more than the %zu that are read\n",
                  which, r->left_out, r->figure_count);
}

Comparison *comparison_new(const Results *base, const Results *now,
                           const CompareRules *rules) {
    static const CompareRules none = { 0 };
    Comparison *c = mem_new(Comparison);
    size_t cap = 0;
    bool is_alike = stages_first_difference(base, now) == SIZE_MAX;
    Way w = { .rules = rules ? rules : &none, .is_judged = is_alike };
    w.level = w.rules->level > 0 ? w.rules->level : LEVEL;
    w.is_paired = base->stage_count && is_alike && !base->was_steered &&
                  !now->was_steered && base->sample_ms == now->sample_ms;
    w.is_disturbed = plans_is_disturbed(base) || plans_is_disturbed(now);
    c->base = base;
    c->now = now;
    c->level = w.level;
    for (size_t i = 0; i < base->figure_count; i++) {
        const Figure *f = &base->figures[i];
        add(c, &cap, compare(f, results_find(now, f->name), &w));
    }
    for (size_t i = 0; i < now->figure_count; i++)
        if (!results_find(base, now->figures[i].name))
            add(c, &cap, compare(NULL, &now->figures[i], &w));
    plans_notes(base, now, &c->notes);
    note_left_out(base, "the base", &c->notes);
    note_left_out(now, "the new run", &c->notes);
    if (is_alike)
        note_lost(c, w.rules, &c->notes);
    if (!is_alike) {
        w.is_judged = true;
        w.is_paired = !base->was_steered && !now->was_steered &&
                      base->sample_ms == now->sample_ms;
        add_stages(c, &cap, &w);
    }
    if (!c->judged)
        text_adds(&c->notes,
                  is_alike ? "no figure can be judged: the two have none in "
                             "common of which is known what would be worse\n"
                           : "no figure can be judged: no stage is in both\n");
    sort(c);
    return c;
}

void comparison_free(Comparison *c) {
    if (!c)
        return;
    for (size_t i = 0; i < c->made_count; i++) {
        free(c->made[i].name);
        free(c->made[i].samples);
    }
    free(c->made);
    free(c->items);
    text_close(&c->notes);
    free(c);
}

void comparison_headline(const Comparison *c, Text *to) {
    if (c->regressed)
        text_addf(to, "regressed: %zu of %zu figures, %zu high", c->regressed,
                  c->judged, c->severe);
    else if (!c->judged)
        text_adds(to, "nothing could be judged");
    else
        text_addf(to, "no regression: %zu figures", c->judged);
    if (c->better)
        text_addf(to, ", %zu better", c->better);
    if (c->unsure)
        text_addf(to, ", %zu unsure", c->unsure);
}
