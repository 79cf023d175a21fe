/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/plans.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "compare/direction.h"

#define READ_LAG_MOST_MS 1.0     /* p(99) */
#define READ_LAG_TOP_MOST_MS 3.0 /* p(99.9) */

static bool is_near(double a, double b) {
    return fabs(a - b) <= 0.01 * fmax(fabs(a), fabs(b));
}

bool stages_alike(const ResultStage *a, const ResultStage *b) {
    return is_near(a->from, b->from) && is_near(a->to, b->to) &&
           is_near(a->length_ms, b->length_ms);
}

size_t stages_first_difference(const Results *a, const Results *b) {
    size_t least =
        a->stage_count < b->stage_count ? a->stage_count : b->stage_count;
    if (least == 0)
        return SIZE_MAX;
    if (!text_equal(a->load_unit, b->load_unit))
        return 0;
    for (size_t i = 0; i < least; i++)
        if (!stages_alike(&a->stages[i], &b->stages[i]))
            return i;
    return a->stage_count == b->stage_count ? SIZE_MAX : least;
}

bool plans_is_disturbed(const Results *r) {
    return r->read_lag_ms > READ_LAG_MOST_MS ||
           r->read_lag_top_ms > READ_LAG_TOP_MOST_MS;
}

/* --- notes -------------------------------------------------------------- */

static void say_stage(const Results *r, size_t i, const char *which, Text *to) {
    if (i >= r->stage_count) {
        text_addf(to, "%s has no more", which);
        return;
    }
    const ResultStage *s = &r->stages[i];
    text_addf(to, "%s has %s, %.4g to %.4g %s in %.3g s", which,
              *s->name ? s->name : "(no name)", s->from, s->to,
              text_equal(r->load_unit, "vus") ? "VUs" : r->load_unit,
              s->length_ms / 1e3);
}

static void note_stages(const Results *base, const Results *now, Text *to) {
    size_t i = stages_first_difference(base, now);
    if (i == SIZE_MAX)
        return;
    text_addf(to, "the stages differ from stage %zu on: ", i + 1);
    say_stage(base, i, "the base", to);
    text_adds(to, ", ");
    say_stage(now, i, "the new run", to);
    text_adds(to, "; only stages that both have are judged\n");
}

static void note_pair(const char *what, const char *a, const char *b,
                      Text *to) {
    if (*a && *b && !text_equal(a, b))
        text_addf(to, "different %s: %s, now %s\n", what, a, b);
}

static void note_both(bool base, bool now, const char *what, Text *to) {
    if (base || now)
        text_addf(to, "%s %s\n",
                  base && now ? "both runs"
                  : base      ? "the base"
                              : "the new run",
                  what);
}

static void note_length(const Results *base, const Results *now, Text *to) {
    bool differ = !is_near(base->duration_ms, now->duration_ms) &&
                  fabs(base->duration_ms - now->duration_ms) > 1000;
    bool is_told = stages_first_difference(base, now) != SIZE_MAX;
    if (differ && !is_told)
        text_addf(to, "of different length: %.1f s, now %.1f s\n",
                  base->duration_ms / 1e3, now->duration_ms / 1e3);
}

static void note_lag(const Results *r, const char *which, Text *to) {
    if (plans_is_disturbed(r))
        text_addf(to,
                  "%s: answers lay unread for %.3g ms (p99) and %.3g ms "
                  "(p99.9): this machine was short of CPU\n",
                  which, r->read_lag_ms, r->read_lag_top_ms);
}

static void note_status(const Results *r, const char *which, Text *to) {
    if (r->status > 0)
        text_addf(to, "%s ended with %d%s%s\n", which, r->status,
                  *r->words ? ": " : "", r->words);
}

#define REGRESSED 2 /* of a gate's run: this comparison says it itself */

void plans_notes(const Results *base, const Results *now, Text *to) {
    if (text_equal(base->path, now->path) &&
        text_equal(base->started, now->started))
        text_adds(to, "the base and the new run are the same file\n");
    note_pair("profiles", base->profile, now->profile, to);
    note_pair("targets", base->target, now->target, to);
    note_stages(base, now, to);
    note_length(base, now, to);
    note_both(base->was_steered, now->was_steered,
              "had the load changed by hand", to);
    note_both(base->is_generator_bound, now->is_generator_bound,
              "had onrush itself for the limit: those figures are not the "
              "target's", to);
    note_lag(base, "the base", to);
    note_lag(now, "the new run", to);
    note_status(base, "the base", to);
    if (now->status != REGRESSED)
        note_status(now, "the new run", to);
}

/* --- stages ------------------------------------------------------------- */

/* The run's samples of pieces that lie wholly within the stage. */
static void cut_samples(const Results *r, const ResultStage *s,
                        const char *whole, Figure *to) {
    const Figure *f = results_find(r, whole);
    if (!f || f->by != SAMPLED_SECONDS || !(r->sample_ms > 0))
        return;
    double end_ms = s->began_ms + s->length_ms;
    to->samples = mem_alloc(f->count + 1, sizeof *to->samples);
    to->by = SAMPLED_SECONDS;
    for (size_t i = 0; i < f->count; i++) {
        double at = (double)i * r->sample_ms;
        if (at >= s->began_ms && at + r->sample_ms <= end_ms)
            to->samples[to->count++] = f->samples[i];
    }
}

void plans_stage_figures(const Results *r, size_t i,
                         Figure to[STAGE_FIGURES]) {
    static const struct {
        const char *metric, *method, *unit, *whole;
    } rows[STAGE_FIGURES] = {
        { "http_req_duration", "med", "ms", "http_req_duration med" },
        { "http_req_duration", "p(95)", "ms", "http_req_duration p(95)" },
        { "http_reqs", "rate", "/s", "http_reqs rate" },
        { "http_req_failed", "rate", "share", "http_req_failed rate" },
    };
    const ResultStage *s = &r->stages[i];
    const double values[STAGE_FIGURES] = { s->p50_ms, s->p95_ms, s->rps,
                                           s->error_rate };
    for (size_t k = 0; k < STAGE_FIGURES; k++) {
        Text name = { 0 };
        text_addf(&name, "%s{stage:%s} %s", rows[k].metric, s->name,
                  rows[k].method);
        to[k] = (Figure){ .name = text_take(&name),
                          .unit = rows[k].unit,
                          .value = values[k],
                          .events = k == 3 ? s->failed : NAN,
                          .error = NAN };
        to[k].better = direction_better(rows[k].metric, rows[k].unit);
        cut_samples(r, s, rows[k].whole, &to[k]);
    }
}
