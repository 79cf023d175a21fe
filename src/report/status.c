/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/report.h"

#include "control/verbs.h"
#include "report/figures.h"

static bool has_tried(const Slab *run) {
    uint64_t sent = 0;
    for (size_t i = 0; i < run->series_count; i++)
        sent += run->series[i].sent;
    return slab_requests(run) || sent || run->interrupted;
}

static bool only_we_failed(const Slab *run) {
    ErrorFigures errors[FAIL_COUNT];
    size_t count = errors_count(run, errors);
    for (size_t i = 0; i < count; i++)
        if (!fail_is_local(errors[i].class))
            return false;
    return count > 0;
}

/* One that ended the run broke, even if it would hold again by now. */
static bool has_broken(const Snapshot *s) {
    if (s->aborted)
        return true;
    for (size_t i = 0; i < s->threshold_count; i++)
        if (threshold_fails(s->thresholds[i].threshold,
                            s->thresholds[i].verdict))
            return true;
    return false;
}

/* A search is judged by what it found, whatever else it came by. */
static ExitStatus find_status(const Finder *f) {
    if (f->outcome == FIND_GENERATOR)
        return EXIT_GENERATOR;
    return finder_held(f) ? EXIT_HELD : EXIT_BROKEN;
}

ExitStatus report_status(const Report *r) {
    const Snapshot *s = r->snapshot;
    if (r->end && !r->end->is_cut)
        return (ExitStatus)r->end->status;
    if (r->signal || s->stopped)
        return EXIT_INTERRUPTED;
    if (!s->ever_answered && has_tried(s->totals))
        return only_we_failed(s->totals) ? EXIT_GENERATOR : EXIT_UNREACHABLE;
    if (r->find)
        return find_status(r->find);
    if (has_broken(s))
        return EXIT_BROKEN;
    if (s->health.is_bound)
        return EXIT_GENERATOR;
    bool is_worse = r->is_gate && r->against && r->against->regressed;
    return is_worse ? EXIT_REGRESSED : EXIT_HELD;
}

/* None broke: one had nothing to judge. */
static bool is_undecided(const Snapshot *s) {
    bool broken = s->aborted;
    for (size_t i = 0; i < s->threshold_count; i++)
        broken |= s->thresholds[i].verdict == VERDICT_BROKEN;
    return !broken;
}

const char *report_exit_words(ExitStatus status) {
    switch (status) {
    case EXIT_HELD:
        return "all thresholds held";
    case EXIT_REGRESSED:
        return "worse than the run it was compared with";
    case EXIT_UNEXPECTED:
        return "something unexpected went wrong";
    case EXIT_UNREACHABLE:
        return "the target never answered";
    case EXIT_GENERATOR:
        return "the generator was the bottleneck: these numbers are not the "
               "target's";
    case EXIT_BROKEN:
        return "a threshold broke, or had nothing to judge";
    case EXIT_USAGE:
        return "the profile or the command line is wrong";
    case EXIT_INTERRUPTED:
        return "interrupted before the end";
    }
    return "unknown";
}

const char *report_status_words(const Report *r, ExitStatus status) {
    bool is_judged = status == EXIT_HELD || status == EXIT_BROKEN;
    if (r->end)
        return r->end->words;
    if (r->find && is_judged)
        return find_outcome_words(r->find->outcome);
    if (status == EXIT_HELD && !r->snapshot->threshold_count)
        return "finished, no thresholds to judge by";
    if (status == EXIT_BROKEN)
        return is_undecided(r->snapshot) ? "a threshold had nothing to judge"
                                         : "a threshold broke";
    return report_exit_words(status);
}

ReportEnd report_end(const Report *r) {
    if (r->end)
        return *r->end;
    ExitStatus status = report_status(r);
    return (ReportEnd){ .status = (int)status,
                        .words = report_status_words(r, status) };
}

void report_verdict(const Report *r, Text *to) {
    const Snapshot *s = r->snapshot;
    ExitStatus status = report_status(r);
    size_t broken = 0;
    for (size_t i = 0; i < s->threshold_count; i++)
        broken += threshold_fails(s->thresholds[i].threshold,
                                  s->thresholds[i].verdict);
    bool is_by_thresholds = status == EXIT_BROKEN && broken && !r->find;
    if (is_by_thresholds && !(r->end && r->end->is_cut))
        text_addf(to, "%zu of %zu thresholds did not hold", broken,
                  s->threshold_count);
    else
        text_adds(to, report_status_words(r, status));
}

bool report_was_steered(const Report *r) {
    static const char *const idle[] = { "mark", "scenario", "threshold",
                                        "finish", "stop" };
    for (size_t i = 0; i < r->wheel->action_count; i++) {
        const char *args;
        const Verb *v = verb_find(r->wheel->actions[i].command, &args, NULL);
        bool is_idle = false; /* changes no load */
        for (size_t k = 0; v && k < sizeof idle / sizeof *idle; k++)
            is_idle |= text_equal(v->name, idle[k]);
        if (!is_idle)
            return true;
    }
    return false;
}
