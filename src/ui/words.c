/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "ui/glyph.h"

size_t words_limits_broken(const Snapshot *s) {
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
        return (Badge){ "DONE", words_limits_broken(s->snapshot) ? GROUND_BAD
                                                                 : GROUND_OK };
    case RUN_RUNNING:
        break;
    }
    if (plan_is_hand(s->wheel->plan))
        return (Badge){ "HAND", GROUND_HAND };
    return (Badge){ "PLAN", GROUND_OK };
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

/* "checkout{buyers}": what tells them apart is at both ends. */
int words_cut_series(Cells *c, int y, int x, int cols, Style style,
                     const char *name, Glyphs glyphs) {
    const char *brace = strchr(name, '{');
    int whole = cells_width(name);
    if (!brace || whole <= cols || cols < 8)
        return words_cut(c, y, x, cols, style, name, glyphs);
    char head[128];
    snprintf(head, sizeof head, "%.*s", (int)(brace - name), name);
    int tail = cells_width(brace), first = cells_width(head);
    if (first > cols / 2 && tail > cols - cols / 2)
        first = cols / 2;
    else if (tail > cols - first)
        tail = cols - first;
    first = first < cols - tail || tail > cols / 2 ? first : cols - tail;
    x = words_cut(c, y, x, first, style, head, glyphs);
    return words_cut(c, y, x, cols - first, style, brace, glyphs);
}

static char *value_text(UnitsText to, const Condition *c, double v,
                        char *(*latency)(UnitsText to, double ns)) {
    const MetricInfo *m = &c->metric.info;
    bool per_second = c->method == METHOD_RATE && m->kind == METRIC_COUNTER;
    UnitsText n;
    if (isnan(v)) {
        snprintf(to, UNITS_TEXT_MAX, "-");
    } else if (isinf(v)) {
        snprintf(to, UNITS_TEXT_MAX, "never");
    } else if (m->kind == METRIC_RATE) {
        units_percent(to, v);
    } else if (text_equal(m->contains, "time") && condition_is_amount(c)) {
        latency(n, fabs(v) * 1e6);
        snprintf(to, UNITS_TEXT_MAX, "%s%.28s", v < 0 ? "-" : "", n);
    } else if (text_equal(m->contains, "data")) {
        units_bytes(n, v);
        snprintf(to, UNITS_TEXT_MAX, "%.28s%s", n, per_second ? "/s" : "");
    } else if (fabs(v) < 9999.5) {
        snprintf(to, UNITS_TEXT_MAX, "%.4g%s", v, per_second ? "/s" : "");
    } else {
        units_count(n, fabs(v));
        snprintf(to, UNITS_TEXT_MAX, "%s%.26s%s", v < 0 ? "-" : "", n,
                 per_second ? "/s" : "");
    }
    return to;
}

char *words_value(UnitsText to, const Condition *c, double v) {
    return value_text(to, c, v, words_latency);
}

char *words_value_wide(UnitsText to, const Condition *c, double v) {
    return value_text(to, c, v, units_latency);
}

/* Copies without the words that a reader does not miss. */
static void leave_out(char *to, size_t size, const char *from,
                      const char *const *words, size_t count) {
    size_t n = 0;
    while (*from && n + 1 < size) {
        size_t skip = 0;
        for (size_t i = 0; i < count && !skip; i++)
            if (text_starts(from, words[i]))
                skip = strlen(words[i]);
        if (skip)
            from += skip;
        else
            to[n++] = *from++;
    }
    to[n] = '\0';
}

char *words_fit_limit(char *to, size_t size, int cols, const char *key,
                      const char *text) {
    static const char *const in_key[] = { "http_req_", "http_",
                                          "scenario:", "variant:", "name:" };
    static const char *const in_text[] = { "(", ")", " optional", " " };
    for (int form = 0; form < 3; form++) {
        char a[200], b[200];
        leave_out(a, sizeof a, key, in_key, form ? 5 : 0);
        leave_out(b, sizeof b, text, in_text, form == 2 ? 4 : form ? 3 : 0);
        snprintf(to, size, "%s%s%s", a, *a && *b ? " " : "", b);
        if (cells_width(to) <= cols)
            break;
    }
    return to;
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
    if (n < 0.005)
        snprintf(to, UNITS_TEXT_MAX, "0");
    else if (n < 0.1)
        snprintf(to, UNITS_TEXT_MAX, "%.2f", n);
    else if (n < 1)
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

char *words_rate(UnitsText to, double n) {
    return n < 999.5 ? words_brief(to, n) : units_count(to, n);
}

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
