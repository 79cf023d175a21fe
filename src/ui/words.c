/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/words.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "ui/glyph.h"

/* A recovery that is over is said for so long. */
#define NEWS_NS (UINT64_C(20) * NS_PER_S)

static size_t limits_broken(const Snapshot *s) {
    size_t broken = 0;
    for (size_t i = 0; i < s->threshold_count; i++)
        broken += s->thresholds[i].verdict == VERDICT_BROKEN;
    return broken;
}

Badge words_badge(const Scene *s) {
    switch (s->snapshot->state) {
    case RUN_STARTING:
        return (Badge){ "STARTING", GROUND_WARN };
    case RUN_PAUSED:
        return (Badge){ "PAUSED", GROUND_WARN };
    case RUN_FINISHING:
        return (Badge){ "FINISHING", GROUND_WARN };
    case RUN_DONE:
        if (s->snapshot->stopped)
            return (Badge){ "STOPPED", GROUND_BAD };
        return (Badge){ "DONE",
                        limits_broken(s->snapshot) ? GROUND_BAD : GROUND_OK };
    case RUN_RUNNING:
        break;
    }
    if (plan_is_hand(s->wheel->plan))
        return (Badge){ "HAND", GROUND_HAND };
    return (Badge){ "PLAN", GROUND_OK };
}

/* --- banners ------------------------------------------------------------ */

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
    size_t broken = limits_broken(s);
    if (broken)
        return say(b, STYLE_BAD, "%s: %zu of %zu limits broken", end, broken,
                   s->threshold_count);
    if (s->threshold_count == 0)
        return say(b, STYLE_OK, "%s: no limits were set", end);
    return say(b, STYLE_OK, "%s: no limit broken", end);
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
        say_all_fails,   say_bound,    say_dropped,   say_starting,
        say_recovery,    say_omission,
    };
    Banner b = { .style = STYLE_TEXT };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i](s, &b))
            break;
    return b;
}

/* --- fitting ------------------------------------------------------------ */

int words_cut(Cells *c, int y, int x, int cols, Style style, const char *text,
              Glyphs glyphs) {
    if (cols <= 0)
        return x;
    Rect old = c->clip;
    int left = x > old.x ? x : old.x;
    int right = x + cols < old.x + old.cols ? x + cols : old.x + old.cols;
    if (cells_width(text) <= cols)
        return cells_text(c, y, x, style, text);
    if (right <= left)
        return x;
    c->clip.x = left;
    c->clip.cols = right - left;
    cells_text(c, y, x, style, text);
    const char *more = glyph_text(glyphs, GLYPH_MORE);
    if (cols > cells_width(more))
        cells_right(c, y, x + cols - 1, style, more);
    c->clip = old;
    return x + cols;
}

char *words_latency(UnitsText to, double ns) {
    UnitsText t;
    units_latency(t, ns);
    size_t n = 0;
    for (const char *s = t; *s; s++)
        if (*s != ' ')
            to[n++] = *s;
    to[n] = '\0';
    return to;
}

char *words_took(UnitsText to, uint64_t ns) {
    UnitsText clock;
    if (ns < NS_PER_S)
        snprintf(to, UNITS_TEXT_MAX, "at once");
    else
        snprintf(to, UNITS_TEXT_MAX, "in %.28s", units_clock(clock, ns));
    return to;
}

char *words_limit(UnitsText to, double ms) {
    if (ms > 0 && ms < 1e12)
        units_duration(to, (uint64_t)(ms * 1e6 + 0.5));
    /* not "1s500ms" */
    if (!(ms > 0 && ms < 1e12) || cells_width(to) > 5)
        words_latency(to, ms * 1e6);
    return to;
}

char *words_level(UnitsText to, double level, PlanUnit unit) {
    double grain = level >= 100 ? 1 : level >= 10 ? 10 : 1000;
    if (unit == PLAN_VUS)
        return units_level(to, round(level), false);
    return units_level(to, round(level * grain) / grain, true);
}

char *words_brief(UnitsText to, double n) {
    if (n < 1)
        snprintf(to, UNITS_TEXT_MAX, "%.2g", n);
    else if (n < 1e4)
        snprintf(to, UNITS_TEXT_MAX, "%.*f", n < 99.95 && n != round(n), n);
    else if (n < 999500)
        snprintf(to, UNITS_TEXT_MAX, "%.0fk", n / 1e3);
    else
        snprintf(to, UNITS_TEXT_MAX, "%.*fM", n < 9.95e6, n / 1e6);
    return to;
}

/* --- axes --------------------------------------------------------------- */

char *words_axis(char to[32], double v) {
    if (v >= 1e6)
        snprintf(to, 32, "%gM", v / 1e6);
    else if (v >= 1e4)
        snprintf(to, 32, "%gk", v / 1e3);
    else
        snprintf(to, 32, "%g", v);
    return to;
}

uint64_t words_tick_ns(double ns_per_col, int cols_each) {
    static const uint64_t seconds[] = {
        1,   2,   5,    10,   15,   30,    60,    120,   300,
        600, 900, 1800, 3600, 7200, 21600, 43200, 86400, 172800
    };
    size_t count = sizeof seconds / sizeof *seconds, i = 0;
    while (i + 1 < count && (double)seconds[i] * 1e9 < ns_per_col * cols_each)
        i++;
    return seconds[i] * NS_PER_S;
}
