/* SPDX-License-Identifier: GPL-3.0-or-later */
/* onrush trend: a figure over the runs of a profile. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/past.h"
#include "cmd/past_list.h"
#include "cmd/trend_found.h"
#include "compare/direction.h"
#include "report/out.h"
#include "report/report.h"

/* --- which figure ------------------------------------------------------- */

static const struct {
    const char *name, *figure;
} short_names[] = {
    { "p95", "http_req_duration p(95)" },
    { "p99", "http_req_duration p(99)" },
    { "p90", "http_req_duration p(90)" },
    { "med", "http_req_duration med" },
    { "avg", "http_req_duration avg" },
    { "max", "http_req_duration max" },
    { "rps", "http_reqs rate" },
    { "errors", "http_req_failed rate" },
    { "iterations", "iterations rate" },
    { "vus", "vus_max value" },
};
#define SHORT_NAMES (sizeof short_names / sizeof *short_names)

typedef struct Names {
    const char *wanted;
    char **items;
    size_t count, cap;
    bool is_there;
} Names;

static bool note_name(void *data, const char *name) {
    Names *n = data;
    n->is_there |= text_equal(name, n->wanted);
    mem_grow(n->items, n->count, n->cap);
    n->items[n->count++] = mem_dup_text(name);
    return true;
}

static int no_figure(const Names *n, Err *err) {
    const char **all = mem_alloc(n->count + SHORT_NAMES, sizeof *all);
    char clean[100];
    for (size_t i = 0; i < SHORT_NAMES; i++)
        all[i] = short_names[i].name;
    for (size_t i = 0; i < n->count; i++)
        all[SHORT_NAMES + i] = n->items[i];
    const char *near =
        text_nearest(n->wanted, all, n->count + SHORT_NAMES);
    text_clean(clean, sizeof clean, n->wanted, strlen(n->wanted));
    if (near)
        err_set(err, "no run has the figure '%s'; did you mean '%s'?", clean,
                near);
    else
        err_set(err, "no run has the figure '%s'; p95, p99, med, rps, errors "
                     "are short names, onrush history show last lists all",
                clean);
    free(all);
    return -1;
}

/* Its full name; free() it. */
static char *figure_of(History *h, const char *wrote, Err *err) {
    Names n = { .wanted = wrote };
    for (size_t i = 0; i < SHORT_NAMES; i++)
        if (text_equal(wrote, short_names[i].name))
            return mem_dup_text(short_names[i].figure);
    int rc = history_figures(h, note_name, &n, err);
    if (rc == 0 && !n.is_there)
        rc = no_figure(&n, err);
    for (size_t i = 0; i < n.count; i++)
        free(n.items[i]);
    free(n.items);
    return rc == 0 ? mem_dup_text(wrote) : NULL;
}

/* --- the runs ----------------------------------------------------------- */

typedef struct Gather {
    TrendSeries *series;
    bool all;
} Gather;

static bool gather(void *data, const HistoryRun *run) {
    Gather *g = data;
    TrendSeries *s = g->series;
    if (run->figure_count == 0) {
        s->without++;
    } else if (!g->all && !past_is_sound(run)) {
        s->left_out++;
    } else {
        mem_grow(s->items, s->count, s->cap);
        s->items[s->count++] =
            (TrendPoint){ run->started, run->id, run->figures[0].value,
                          mem_dup_text(run->name) };
    }
    return true;
}

static bool note_baseline(void *data, const HistoryRun *run) {
    TrendSeries *s = data;
    s->baseline = mem_dup_text(run->name);
    s->baseline_value = run->figure_count ? run->figures[0].value : NAN;
    return false;
}

static void oldest_first(TrendSeries *s) {
    for (size_t i = 0; i < s->count / 2; i++) {
        TrendPoint t = s->items[i];
        s->items[i] = s->items[s->count - 1 - i];
        s->items[s->count - 1 - i] = t;
    }
}

static int read_series(History *h, const Options *o, TrendSeries *s,
                       Err *err) {
    int64_t id = 0;
    HistoryQuery q = { .profile = s->profile, .figure = s->figure };
    Gather g = { s, o->all };
    if (o->since && past_since(o->since, time(NULL), &q.since, err) < 0)
        return -1;
    if (history_list(h, &q, gather, &g, err) < 0 ||
        history_baseline(h, s->profile, &id, err) < 0)
        return -1;
    oldest_first(s);
    HistoryQuery of = { .id = id, .figure = s->figure };
    return id ? history_list(h, &of, note_baseline, s, err) : 0;
}

static void close_series(TrendSeries *s) {
    for (size_t i = 0; i < s->count; i++)
        free(s->items[i].name);
    free(s->items);
    free(s->baseline);
}

/* --- as text ------------------------------------------------------------ */

/* On a line, or what is said of the head below it. */
static void say(Page *p, Tone tone, const char *head, const char *rest) {
    page_add(p, tone, head);
    if (page_width(head) + page_width(rest) + 2 <= p->columns) {
        page_addf(p, TONE_PLAIN, ": %s", rest);
        page_end(p);
        return;
    }
    page_add(p, TONE_PLAIN, ":");
    page_end(p);
    page_paragraph(p, TONE_PLAIN, 2, rest);
}

static void show_slope(const TrendSeries *s, const TrendFound *f, Page *p) {
    char slope[64], low[64], high[64], line[64];
    Text t = { 0 };
    Tone tone = f->verdict == TREND_DEGRADING    ? TONE_BAD
                : f->verdict == TREND_IMPROVING ? TONE_GOOD
                                                : TONE_PLAIN;
    const char *head = trend_verdict_name(f->verdict);
    if (f->verdict == TREND_FEW) {
        text_addf(&t, "a trend needs at least %d at different times",
                  TREND_LEAST);
        say(p, tone, head, t.bytes);
        text_close(&t);
        return;
    }
    text_addf(&t, "%s a day (%s to %s at 95 %%), p %.2g, tau %.2f",
              past_value(slope, s->unit, f->sen.slope.value),
              past_value(low, s->unit, f->sen.slope.low),
              past_value(high, s->unit, f->sen.slope.high), f->sen.p,
              f->sen.tau);
    say(p, tone, head, t.bytes);
    text_clear(&t);
    text_addf(&t, "least squares: %s a day, r2 %.2f; median %s",
              past_value(line, s->unit, f->line.slope), f->line.r2,
              past_value(slope, s->unit, f->median));
    page_paragraph(p, TONE_DIM, 0, t.bytes);
    text_close(&t);
}

static void show_changes(const TrendSeries *s, const TrendFound *f, Page *p) {
    for (size_t i = 0; i < f->change_count; i++) {
        const ChangePoint *c = &f->changes[i];
        char when[PAST_TIME_MAX], before[64], after[64];
        Text head = { 0 }, rest = { 0 };
        text_addf(&head, "jump at %s", past_time(when, s->items[c->at].at));
        text_addf(&rest, "%s before, %s after (p %.2g), from %s on",
                  past_value(before, s->unit, c->before),
                  past_value(after, s->unit, c->after), c->p,
                  s->items[c->at].name);
        say(p, TONE_BOLD, head.bytes, rest.bytes);
        text_close(&head);
        text_close(&rest);
    }
}

static void show_baseline(const TrendSeries *s, Page *p) {
    char value[64];
    if (!s->baseline)
        return;
    Text t = { 0 };
    text_addf(&t, "baseline %s: %s", s->baseline,
              past_value(value, s->unit, s->baseline_value));
    double off = s->count ? s->items[s->count - 1].value / s->baseline_value - 1
                          : NAN;
    if (off == 0)
        text_adds(&t, "; the last run is at it");
    else if (isfinite(off))
        text_addf(&t, "; the last run is %.1f %% %s it",
                  fabs(off) * 100, off < 0 ? "below" : "above");
    page_paragraph(p, TONE_PLAIN, 0, t.bytes);
    text_close(&t);
}

static void show(const TrendSeries *s, const TrendFound *f) {
    Text text = { 0 }, chart = { 0 };
    Page p = past_page(&text);
    page_add(&p, TONE_BOLD, s->figure);
    page_addf(&p, TONE_PLAIN, " of %s, %zu run%s", s->profile, s->count,
              s->count == 1 ? "" : "s");
    page_end(&p);
    if (s->count) {
        trend_chart(s, f, p.columns, &chart);
        text_adds(&text, chart.bytes);
    }
    show_slope(s, f, &p);
    show_changes(s, f, &p);
    show_baseline(s, &p);
    if (s->left_out) {
        Text t = { 0 };
        text_addf(&t, "%zu left out (steered, cut off, unreachable or "
                      "generator-bound); --all takes them in", s->left_out);
        page_paragraph(&p, TONE_DIM, 0, t.bytes);
        text_close(&t);
    }
    past_page_end(&p);
    text_close(&chart);
}

/* --- as JSON ------------------------------------------------------------ */

static json_t *points_json(const TrendSeries *s) {
    json_t *all = json_array();
    for (size_t i = 0; i < s->count; i++) {
        json_t *o = json_object();
        out_put(o, "id", json_integer(s->items[i].id));
        out_put(o, "name", out_text(s->items[i].name));
        out_put(o, "at", json_integer(s->items[i].at));
        out_put(o, "value", out_number(s->items[i].value));
        out_add(all, o);
    }
    return all;
}

static json_t *changes_json(const TrendSeries *s, const TrendFound *f) {
    json_t *all = json_array();
    for (size_t i = 0; i < f->change_count; i++) {
        const ChangePoint *c = &f->changes[i];
        json_t *o = json_object();
        out_put(o, "name", out_text(s->items[c->at].name));
        out_put(o, "at", json_integer(s->items[c->at].at));
        out_put(o, "before", out_number(c->before));
        out_put(o, "after", out_number(c->after));
        out_put(o, "p", out_number(c->p));
        out_add(all, o);
    }
    return all;
}

static void print_json(const TrendSeries *s, const TrendFound *f) {
    out_begin();
    json_t *o = json_object(), *line = json_object(), *base = json_object();
    Text t = { 0 };
    out_put(line, "slope_per_day", out_number(f->line.slope));
    out_put(line, "r2", out_number(f->line.r2));
    out_put(base, "name", out_text(s->baseline));
    out_put(base, "value", out_number(s->baseline_value));
    out_put(o, "figure", out_text(s->figure));
    out_put(o, "profile", out_text(s->profile));
    out_put(o, "unit", out_text(s->unit));
    out_put(o, "verdict", out_text(trend_verdict_name(f->verdict)));
    out_put(o, "slope_per_day", out_estimate(&f->sen.slope));
    out_put(o, "p", out_number(f->sen.p));
    out_put(o, "tau", out_number(f->sen.tau));
    out_put(o, "least_squares", line);
    out_put(o, "median", out_number(f->median));
    out_put(o, "changes", changes_json(s, f));
    out_put(o, "baseline", base);
    out_put(o, "left_out", json_integer((json_int_t)s->left_out));
    out_put(o, "runs", points_json(s));
    out_print(o, JSON_INDENT(2), &t);
    fputs(t.bytes, stdout);
    text_close(&t);
}

/* --- the whole ---------------------------------------------------------- */

static bool note_profile(void *data, const HistoryRun *run) {
    *(char **)data = mem_dup_text(run->profile);
    return false;
}

/* --profile, else that of the last run. */
static char *profile_of(History *h, const Options *o, Err *err) {
    char *profile = NULL;
    if (o->for_profile)
        return mem_dup_text(o->for_profile);
    if (history_list(h, &(HistoryQuery){ .limit = 1 }, note_profile, &profile,
                     err) == 0 &&
        !profile)
        err_set(err, "the history has no runs; onrush run adds one");
    return profile;
}

static int follow(History *h, const Options *o, Err *err) {
    char *profile = profile_of(h, o, err);
    char *figure = profile ? figure_of(h, o->words[0], err) : NULL;
    const char *unit = figure ? direction_unit(figure) : "";
    TrendSeries s = { .figure = figure,
                      .profile = profile,
                      .unit = unit,
                      .baseline_value = NAN };
    if (figure)
        s.better = direction_better(figure, unit);
    int rc = figure ? read_series(h, o, &s, err) : -1;
    if (rc == 0) {
        TrendFound f = trend_find(&s);
        if (o->json)
            print_json(&s, &f);
        else
            show(&s, &f);
    }
    close_series(&s);
    free(profile);
    free(figure);
    return rc;
}

int cmd_trend(int argc, char **argv) {
    Options o;
    Err err = { 0 };
    int rc = options_read(&o, OPTIONS_TREND, argc, argv);
    if (rc)
        return rc < 0 ? EXIT_USAGE : EXIT_HELD;
    if (o.word_count != 1) {
        fputs("onrush trend: one figure is needed: p95, p99, med, rps, errors, "
              "or its full name\n", stderr);
        return EXIT_USAGE;
    }
    History *h = past_history(HISTORY_READ, &err);
    rc = h ? follow(h, &o, &err) : -1;
    history_close(h);
    if (rc < 0)
        text_to(stderr, "onrush trend: %s\n", err.text);
    return rc < 0 ? EXIT_USAGE : EXIT_HELD;
}
