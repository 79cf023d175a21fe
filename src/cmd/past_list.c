/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/past_list.h"

#include <langinfo.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/units.h"
#include "report/out.h"
#include "report/report.h"

#define COLUMNS 80
#define NS_PER_MS_F 1e6

Page past_page(Text *to) {
    struct winsize w;
    bool is_tty = isatty(STDOUT_FILENO) != 0;
    bool is_known = is_tty && ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0;
    return (Page){ .to = to,
                   .colour = is_tty && !getenv("NO_COLOR"),
                   .ascii = !text_equal(nl_langinfo(CODESET), "UTF-8"),
                   .columns = is_known && w.ws_col >= 40 ? w.ws_col : COLUMNS };
}

void past_page_end(Page *p) {
    if (p->to->length)
        fputs(p->to->bytes, stdout);
    fflush(stdout);
    text_close(p->to);
}

char *past_time(char to[PAST_TIME_MAX], int64_t at) {
    time_t t = (time_t)at;
    struct tm tm = { 0 };
    *to = '\0';
    if (localtime_r(&t, &tm))
        strftime(to, PAST_TIME_MAX, "%Y-%m-%d %H:%M", &tm);
    return to;
}

static const struct {
    int status;
    const char *word;
    Tone tone;
} verdicts[] = {
    { EXIT_HELD, "held", TONE_GOOD },
    { EXIT_UNEXPECTED, "failed", TONE_BAD },
    { EXIT_REGRESSED, "regressed", TONE_BAD },
    { EXIT_UNREACHABLE, "unreachable", TONE_BAD },
    { EXIT_GENERATOR, "generator", TONE_WARN },
    { EXIT_BROKEN, "broken", TONE_BAD },
    { EXIT_INTERRUPTED, "interrupted", TONE_WARN },
};
#define VERDICTS (sizeof verdicts / sizeof *verdicts)

const char *past_verdict(int status) {
    for (size_t i = 0; i < VERDICTS; i++)
        if (verdicts[i].status == status)
            return verdicts[i].word;
    return "-";
}

static Tone tone_of(int status) {
    for (size_t i = 0; i < VERDICTS; i++)
        if (verdicts[i].status == status)
            return verdicts[i].tone;
    return TONE_DIM;
}

bool past_is_sound(const HistoryRun *run) {
    return !run->was_steered && !run->is_generator_bound &&
           run->status != EXIT_INTERRUPTED && run->status != EXIT_GENERATOR &&
           run->status != EXIT_UNREACHABLE;
}

double past_figure(const HistoryRun *run, const char *name) {
    for (size_t i = 0; i < run->figure_count; i++)
        if (text_equal(run->figures[i].name, name))
            return run->figures[i].value;
    return NAN;
}

char *past_value(char to[64], const char *unit, double value) {
    UnitsText t;
    if (!isfinite(value))
        snprintf(to, 64, "-");
    else if (text_equal(unit, "ms"))
        snprintf(to, 64, "%s%s", value < 0 ? "-" : "",
                 units_latency(t, fabs(value) * NS_PER_MS_F));
    else if (text_equal(unit, "share"))
        snprintf(to, 64, "%.3g %%", value * 100);
    else if (text_equal(unit, "bytes"))
        snprintf(to, 64, "%s%s", value < 0 ? "-" : "",
                 units_bytes(t, fabs(value)));
    else if (text_equal(unit, "/s"))
        snprintf(to, 64, "%.4g/s", value);
    else
        snprintf(to, 64, "%.4g%s%s", value, *unit ? " " : "", unit);
    return to;
}

/* --- the table ---------------------------------------------------------- */

static const TableColumn columns[] = {
    { "  run", false, 0 }, { "when", false, 2 },   { "verdict", false, 0 },
    { "p95", true, 0 },    { "req/s", true, 0 },   { "errors", true, 0 },
    { "VUs", true, 1 },    { "profile", false, 3 },
};

void past_table_begin(PastTable *t, const Page *p) {
    *t = (PastTable){
        .table = { columns, sizeof columns / sizeof *columns, NULL, 0, 0 },
        .star = p->ascii ? "*" : "★",
    };
}

static void add_value(Table *t, const HistoryRun *run, size_t common,
                      const char *unit) {
    char text[64];
    UnitsText n;
    double v = past_figure(run, history_common[common]);
    if (text_equal(unit, "") && isfinite(v)) /* the column's head says what */
        snprintf(text, sizeof text, "%s", units_count(n, v));
    else
        past_value(text, unit, v);
    table_add(t, isnan(v) ? TONE_DIM : TONE_PLAIN, text);
}

void past_table_add(PastTable *t, const HistoryRun *run) {
    char when[PAST_TIME_MAX];
    t->count++;
    t->has_baseline |= run->is_baseline;
    t->has_steered |= run->was_steered;
    t->has_bound |= run->is_generator_bound;
    table_addf(&t->table, TONE_PLAIN, "%s %s", run->is_baseline ? t->star : " ",
               run->name);
    table_add(&t->table, TONE_PLAIN, past_time(when, run->started));
    table_addf(&t->table, tone_of(run->status), "%s%s%s",
               past_verdict(run->status), run->was_steered ? " ~" : "",
               run->is_generator_bound ? " !" : "");
    add_value(&t->table, run, 0, "ms");
    add_value(&t->table, run, 1, "");
    add_value(&t->table, run, 2, "share");
    add_value(&t->table, run, 3, "");
    table_add(&t->table, TONE_DIM, run->profile);
}

void past_table_print(PastTable *t, Page *p) {
    if (t->count)
        table_print(&t->table, p, 0);
    if (t->has_baseline)
        page_addf(p, TONE_DIM, "%s baseline  ", t->star);
    if (t->has_steered)
        page_add(p, TONE_DIM, "~ steered by hand  ");
    if (t->has_bound)
        page_add(p, TONE_DIM, "! the generator was the limit");
    if (t->has_baseline || t->has_steered || t->has_bound)
        page_end(p);
}

/* --- JSON --------------------------------------------------------------- */

static json_t *wall_time(int64_t at) {
    char text[PAST_TIME_MAX] = "";
    time_t t = (time_t)at;
    struct tm tm = { 0 };
    if (!gmtime_r(&t, &tm) ||
        !strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm))
        return json_null();
    return out_text(text);
}

json_t *past_json(const HistoryRun *run) {
    json_t *o = json_object(), *figures = json_object();
    for (size_t i = 0; i < run->figure_count; i++)
        out_put(figures, run->figures[i].name,
                out_number(run->figures[i].value));
    out_put(o, "id", json_integer(run->id));
    out_put(o, "name", out_text(run->name));
    out_put(o, "path", out_text(run->path));
    out_put(o, "profile", out_text(run->profile));
    out_put(o, "kind", out_text(run->kind));
    out_put(o, "target", out_text(run->target));
    out_put(o, "started", wall_time(run->started));
    out_put(o, "duration_ms", out_number(run->duration_ms));
    out_put(o, "status", json_integer(run->status));
    out_put(o, "words", out_text(run->words));
    out_put(o, "was_steered", json_boolean(run->was_steered));
    out_put(o, "is_generator_bound", json_boolean(run->is_generator_bound));
    out_put(o, "is_baseline", json_boolean(run->is_baseline));
    out_put(o, "figures", figures);
    return o;
}
