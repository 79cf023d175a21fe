/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one thing to know now. */
#include "ui/words.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/units.h"

/* A recovery that is over is said for so long. */
#define NEWS_NS (UINT64_C(20) * NS_PER_S)

/* Fills the banner; true, so that a rule can return it. */
static bool say(Banner *b, Style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool say(Banner *b, Style style, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(b->text, sizeof b->text, format, args);
    va_end(args);
    b->style = style;
    return true;
}

static const char *main_failure(const Snapshot *s) {
    uint64_t most = 0;
    const char *name = "failed";
    for (int k = 0; k < FAIL_COUNT; k++) {
        uint64_t sum = 0;
        for (size_t i = 0; i < s->totals->series_count; i++)
            sum += s->totals->series[i].fail[k];
        if (sum > most) {
            most = sum;
            name = fail_name((FailClass)k);
        }
    }
    return name;
}

static bool is_live(const Snapshot *s) {
    return s->state == RUN_STARTING || s->state == RUN_RUNNING ||
           s->state == RUN_PAUSED;
}

static bool say_unreachable(const Scene *scene, Banner *b) {
    const Snapshot *s = scene->snapshot;
    if (s->ever_answered || s->run.failed == 0)
        return false;
    UnitsText n;
    units_count(n, (double)s->run.failed);
    return say(b, STYLE_BAD, "no answer from the target (%s), %s failed%s",
               main_failure(s), n, is_live(s) ? ", keeps trying" : "");
}

static bool say_all_fails(const Scene *scene, Banner *b) {
    const Snapshot *s = scene->snapshot;
    if (!is_live(s) || s->now.requests == 0 || s->now.failed < s->now.requests)
        return false;
    return say(b, STYLE_BAD, "every request of the last 10 s failed");
}

static bool say_paused(const Scene *scene, Banner *b) {
    const Snapshot *s = scene->snapshot;
    if (s->state != RUN_PAUSED)
        return false;
    return say(b, STYLE_WARN, "paused: nothing new starts, %llu under way",
               (unsigned long long)s->in_flight);
}

static bool say_finishing(const Scene *scene, Banner *b) {
    const Snapshot *s = scene->snapshot;
    if (s->state != RUN_FINISHING)
        return false;
    return say(b, STYLE_WARN, "finishing: nothing new starts, %llu under way",
               (unsigned long long)s->in_flight);
}

static bool say_done(const Scene *scene, Banner *b) {
    const Snapshot *s = scene->snapshot;
    if (s->state != RUN_DONE)
        return false;
    const char *end = s->stopped ? "stopped" : "done";
    size_t broken = words_limits_broken(s);
    if (broken)
        return say(b, STYLE_BAD, "%s: %zu of %zu limits broken", end, broken,
                   s->threshold_count);
    if (s->threshold_count == 0)
        return say(b, STYLE_OK, "%s: no limits were set", end);
    return say(b, STYLE_OK, "%s: no limit broken", end);
}

/* Of a severity, all that fire: the first by its value, then names. */
static bool say_alerts(const Scene *scene, Banner *b, AlertSeverity severity,
                       Style style) {
    const Snapshot *s = scene->snapshot;
    const AlertReading *first = NULL;
    Text others = { 0 };
    for (size_t i = 0; i < s->alert_count && is_live(s); i++) {
        const AlertReading *a = &s->alerts[i];
        if (!a->is_firing || a->alert->severity != severity)
            continue;
        if (first)
            text_addf(&others, ", %s", a->alert->name);
        else
            first = a;
    }
    UnitsText v;
    if (first && others.length)
        say(b, style, "alerts %s %s%s", first->alert->name,
            words_value(v, &first->alert->condition, first->value),
            others.bytes);
    else if (first)
        say(b, style, "alert %s, %s: %s", first->alert->name,
            words_value(v, &first->alert->condition, first->value),
            first->alert->text);
    text_close(&others);
    return first != NULL;
}

static bool say_critical(const Scene *scene, Banner *b) {
    return say_alerts(scene, b, ALERT_CRITICAL, STYLE_BAD);
}

static bool say_warning(const Scene *scene, Banner *b) {
    return say_alerts(scene, b, ALERT_WARNING, STYLE_WARN);
}

static bool say_bound(const Scene *scene, Banner *b) {
    const Health *h = &scene->snapshot->health;
    if (!h->is_bound)
        return false;
    UnitsText since;
    return say(b, STYLE_BAD, "this machine is the bottleneck since %s: %s",
               units_clock(since, h->bound_since_ns), bound_text(h->bound_by));
}

static bool say_dropped(const Scene *scene, Banner *b) {
    const Snapshot *s = scene->snapshot;
    UnitsText rate, vus;
    if (!s->is_open || !is_live(s) || !(s->dropped_per_s > 0))
        return false;
    units_count(rate, s->dropped_per_s);
    if (scene->info->max_vus == 1)
        return say(b, STYLE_BAD, "%s/s dropped: the only VU was busy", rate);
    return say(b, STYLE_BAD, "%s/s dropped: all %s VUs were busy", rate,
               units_count(vus, (double)scene->info->max_vus));
}

/* Quiet: a sign, and no fault of anyone (stats/omission.h). */
static bool say_omission(const Scene *scene, Banner *b) {
    const Snapshot *s = scene->snapshot;
    if (s->is_open || !(s->omission > 0))
        return false;
    return say(b, STYLE_DIM,
               "percentiles may hide stalls: %.0f %% of time in the slowest "
               "1 %%",
               s->omission * 100);
}

static bool say_starting(const Scene *scene, Banner *b) {
    if (scene->snapshot->state != RUN_STARTING)
        return false;
    return say(b, STYLE_WARN, "starting");
}

static bool say_recovery(const Scene *scene, Banner *b) {
    const Snapshot *s = scene->snapshot;
    if (!s->recoveries || s->recoveries->count == 0)
        return false;
    const Recovery *r = &s->recoveries->items[s->recoveries->count - 1];
    UnitsText took;
    units_clock(took, recovery_time_ns(r, s->now_ns));
    if (r->state == RECOVERY_WAITING)
        return say(b, STYLE_WARN, "recovering %s", took);
    if (r->state == RECOVERY_DONE && s->now_ns < r->recovered_ns + NEWS_NS)
        return say(b, STYLE_OK, "recovered %s",
                   words_took(took, recovery_time_ns(r, s->now_ns)));
    return false;
}

Banner words_banner(const Scene *s) {
    /* the worst first */
    static bool (*const rules[])(const Scene *, Banner *) = {
        say_unreachable, say_paused,   say_finishing, say_done,
        say_all_fails,   say_critical, say_bound,     say_dropped,
        say_warning,     say_starting, say_recovery,  say_omission,
    };
    Banner b = { .style = STYLE_TEXT };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i](s, &b))
            break;
    return b;
}
