/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/experiments.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "report/blocks.h"
#include "report/out.h"

#define BAR_WIDTH 20

/* --- JSON --------------------------------------------------------------- */

static void put_reading(json_t *o, const GoalReading *r) {
    out_put(o, "seconds", out_number(r->seconds));
    out_put(o, "requests", out_count(r->requests));
    out_put(o, "failed", out_count(r->failed));
    out_put(o, "rps", out_number(r->rps));
    out_put(o, "error_rate", out_number(r->error_rate));
    out_put(o, "avg_ms", out_ms(r->mean));
    out_put(o, "p50_ms", out_ms(r->p50));
    out_put(o, "p95_ms", out_ms(r->p95));
    out_put(o, "p99_ms", out_ms(r->p99));
    out_put(o, "dropped", out_count(r->dropped));
}

static json_t *find_step(const Finder *f, const FindStep *s) {
    json_t *o = json_object(), *all = json_array();
    out_put(o, "level", out_number(s->level));
    out_put(o, "from_ms", out_time(s->from_ns));
    out_put(o, "to_ms", out_time(s->to_ns));
    put_reading(o, &s->reading);
    for (size_t i = 0; i < f->goal->count; i++) {
        const GoalPart *p = &f->goal->parts[i];
        double value = s->reading.values[i].value;
        json_t *one = json_object();
        out_put(one, "text", out_text(p->text));
        out_put(one, "value", out_number(value));
        out_put(one, "holds",
                json_boolean(condition_holds(&p->condition, value)));
        out_add(all, one);
    }
    out_put(o, "conditions", all);
    out_put(o, "held", json_boolean(s->held));
    out_put(o, "early", json_boolean(s->is_early));
    out_put(o, "confirmation", json_boolean(s->is_confirmation));
    out_put(o, "why", out_text(s->why));
    return o;
}

json_t *find_json(const Finder *f) {
    if (!f)
        return json_null();
    const FindStep *held = finder_held(f), *broke = finder_broke(f);
    Text words = { 0 };
    finder_words(f, &words);
    json_t *o = json_object(), *all = json_array();
    out_put(o, "until", out_text(f->goal->text));
    out_put(o, "unit", out_text(f->spec.is_rate ? "arrivals/s" : "vus"));
    out_put(o, "outcome", out_text(find_outcome_name(f->outcome)));
    out_put(o, "outcome_words", out_text(find_outcome_words(f->outcome)));
    out_put(o, "words", out_text(words.bytes));
    out_put(o, "held", held ? out_number(held->level) : json_null());
    out_put(o, "broke", broke ? out_number(broke->level) : json_null());
    out_put(o, "confirmed", json_boolean(f->is_confirmed));
    out_put(o, "precision", out_number(f->spec.precision));
    out_put(o, "max", out_number(f->spec.max));
    out_put(o, "rests", out_count(f->rests));
    out_put(o, "rests_cut", out_count(f->rests_cut));
    for (size_t i = 0; i < f->count; i++)
        out_add(all, find_step(f, &f->steps[i]));
    out_put(o, "steps", all);
    text_close(&words);
    return o;
}

static json_t *fit_json(const UslFit *f) {
    json_t *o = out_usl(f);
    if (!f->is_fitted)
        return o;
    out_put(o, "peak_load", out_estimate(&f->peak_load));
    out_put(o, "peak_throughput", out_number(f->peak_throughput));
    return o;
}

/* One line of several. */
static void scale_line(const Scaling *s, Text *to) {
    Text lines = { 0 };
    scale_words(s, &lines);
    char *rest = lines.bytes, *line;
    while ((line = strsep(&rest, "\n")) && *line)
        text_addf(to, "%s%s", to->length ? "; " : "", line);
    text_close(&lines);
}

json_t *scale_json(const Scaling *s) {
    if (!s)
        return json_null();
    Text words = { 0 };
    scale_line(s, &words);
    json_t *o = json_object(), *all = json_array();
    for (size_t i = 0; i < s->count; i++) {
        const ScaleStep *x = &s->steps[i];
        json_t *one = json_object();
        out_put(one, "at", out_number(x->at));
        out_put(one, "level", out_number(x->level));
        out_put(one, "load", out_number(x->load));
        out_put(one, "from_ms", out_time(x->from_ns));
        out_put(one, "to_ms", out_time(x->to_ns));
        put_reading(one, &x->reading);
        out_put(one, "throughput", out_estimate(&x->throughput));
        out_put(one, "power", out_number(x->power));
        out_put(one, "best", json_boolean(i == s->best));
        out_add(all, one);
    }
    out_put(o, "unit", out_text(s->is_rate ? "arrivals/s" : "vus"));
    out_put(o, "steps", all);
    out_put(o, "fit", fit_json(&s->fit));
    out_put(o, "why_no_fit",
            out_text(s->fit.is_fitted ? NULL : s->fit.why));
    out_put(o, "words", out_text(words.bytes));
    text_close(&words);
    return o;
}

void find_print_json(const Finder *f, Text *to) {
    out_begin();
    out_print(find_json(f), JSON_INDENT(2), to);
}

void scale_print_json(const Scaling *s, Text *to) {
    out_begin();
    out_print(scale_json(s), JSON_INDENT(2), to);
}

/* --- text --------------------------------------------------------------- */

static void add_reading(Table *t, const GoalReading *r) {
    UnitsText v;
    table_add(t, TONE_PLAIN, units_count(v, r->rps));
    table_add(t, TONE_PLAIN, units_latency(v, r->p50));
    table_add(t, TONE_PLAIN, units_latency(v, r->p95));
    table_add(t, TONE_PLAIN, units_latency(v, r->p99));
    table_add(t, r->failed ? TONE_BAD : TONE_PLAIN,
              units_percent(v, r->error_rate));
}

void block_find(const Finder *f, Page *p) {
    static const TableColumn columns[] = {
        { "level", true, 0 },  { "req/s", true, 3 }, { "p50", true, 5 },
        { "p95", true, 2 },    { "p99", true, 4 },   { "failed", true, 1 },
        { "", false, 0 },      { "seconds", true, 6 },
    };
    Table t = { columns, 8, NULL, 0, 0 };
    Text words = { 0 };
    if (!f)
        return;
    block_heading(p, "the search for the highest level");
    page_paragraph(p, TONE_PLAIN, 2, f->goal->text);
    finder_words(f, &words);
    page_paragraph(p, finder_held(f) ? TONE_GOOD : TONE_BAD, 2, words.bytes);
    if (f->rests_cut) {
        text_clear(&words);
        text_addf(&words, "%zu of %zu rests ended before the target was itself "
                          "again: the steps after them may be too bad",
                  f->rests_cut, f->rests);
        page_paragraph(p, TONE_WARN, 2, words.bytes);
    }
    text_close(&words);
    for (size_t i = 0; i < f->count; i++) {
        const FindStep *s = &f->steps[i];
        UnitsText v;
        table_add(&t, TONE_PLAIN, units_level(v, s->level, f->spec.is_rate));
        add_reading(&t, &s->reading);
        table_addf(&t, s->held ? TONE_GOOD : TONE_BAD, "%s %s%s%s",
                   s->held ? "✓" : "✗", s->held ? "" : s->why,
                   s->is_early ? ", ended early" : "",
                   s->is_confirmation ? "(again)" : "");
        table_addf(&t, TONE_DIM, "%.0f", s->reading.seconds);
    }
    table_print(&t, p, 2);
}

/* A bar of at most BAR_WIDTH characters. */
static void add_bar(Table *t, const Page *p, Tone tone, double share) {
    Text bar = { 0 };
    double n = isfinite(share) ? round(share * BAR_WIDTH) : 0;
    for (int i = 0; i < BAR_WIDTH && i < (int)n; i++)
        text_adds(&bar, p->ascii ? "#" : "█");
    table_add(t, tone, bar.length ? bar.bytes : " ");
    text_close(&bar);
}

void block_scale(const Scaling *s, Page *p) {
    static const TableColumn columns[] = {
        { "step", false, 0 },        { "level", true, 0 },
        { "throughput", false, 3 },  { "req/s", true, 0 },
        { "± 95 %", true, 5 },       { "latency", false, 4 },
        { "p50", true, 6 },          { "p95", true, 0 },
        { "p99", true, 2 },          { "failed", true, 1 },
        { "", false, 0 },
    };
    Table t = { columns, 11, NULL, 0, 0 };
    double most = 0, slowest = 0;
    if (!s)
        return;
    block_heading(p, "how the target scales");
    for (size_t i = 0; i < s->count; i++) {
        most = fmax(most, s->steps[i].reading.rps);
        slowest = fmax(slowest, s->steps[i].reading.p95);
    }
    for (size_t i = 0; i < s->count; i++) {
        const ScaleStep *x = &s->steps[i];
        const GoalReading *r = &x->reading;
        UnitsText v;
        table_addf(&t, TONE_PLAIN, "x%.10g", x->at);
        table_add(&t, TONE_PLAIN, units_level(v, x->level, s->is_rate));
        add_bar(&t, p, TONE_GOOD, r->rps / most);
        table_add(&t, TONE_PLAIN, units_count(v, r->rps));
        table_add(&t, TONE_DIM,
                  units_count(v, x->throughput.high - x->throughput.value));
        add_bar(&t, p, TONE_WARN, r->p95 / slowest);
        table_add(&t, TONE_PLAIN, units_latency(v, r->p50));
        table_add(&t, TONE_PLAIN, units_latency(v, r->p95));
        table_add(&t, TONE_PLAIN, units_latency(v, r->p99));
        table_add(&t, r->failed ? TONE_BAD : TONE_PLAIN,
                  units_percent(v, r->error_rate));
        table_add(&t, TONE_GOOD, i == s->best ? "best" : "");
    }
    table_print(&t, p, 2);
    Text words = { 0 };
    scale_words(s, &words);
    char *rest = words.bytes, *line;
    while ((line = strsep(&rest, "\n")) && *line)
        page_paragraph(p, TONE_PLAIN, 2, line);
    text_close(&words);
}
