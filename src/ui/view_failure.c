/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/view_failure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"
#include "ui/chart.h"
#include "ui/glyph.h"
#include "ui/passage.h"
#include "ui/words.h"
#include "ui/wrap.h"

#define BESIDE_COLS 70 /* request and answer beside each other */
#define COURSE_ROWS 3
#define COURSE_ROWS_MAX 9  /* where the example leaves them */
#define COURSE_ROWS_MIN 24 /* of the whole, to have room for a course */
#define REQUESTS_MAX 6
#define REQUESTS_ROWS_MIN 18
/* Of an example; before that other things go. */
#define EXAMPLE_ROWS_MIN 7
#define GAP 3

/* --- figures ------------------------------------------------------------ */

static bool is_check(size_t kind) {
    return kind >= FAIL_COUNT;
}

const char *failure_name(const Snapshot *s, size_t kind,
                         char room[FAILURE_NAME_MAX]) {
    if (!is_check(kind))
        return fail_name((FailClass)kind);
    char name[FAILURE_NAME_MAX - 8];
    const char *raw = s->check_names[kind - FAIL_COUNT];
    text_clean(name, sizeof name, raw, strlen(raw));
    snprintf(room, FAILURE_NAME_MAX, "check: %s", name);
    return room;
}

double failure_share(const Snapshot *s, size_t kind) {
    double n = (double)s->failures->kinds[kind].count;
    double all = (double)s->run.requests;
    if (is_check(kind)) {
        const CheckSlab *c = &s->totals->checks[kind - FAIL_COUNT];
        all = (double)(c->passed + c->failed);
    }
    return all > 0 ? n / all : NAN;
}

double failure_per_s(const Snapshot *s, size_t kind) {
    double seconds = s->now.seconds;
    return seconds > 0 ? (double)failures_recent(s->failures, kind) / seconds
                       : NAN;
}

/* --- who has it --------------------------------------------------------- */

static uint64_t count_in(const Snapshot *s, size_t kind, size_t series) {
    if (!is_check(kind))
        return s->totals->series[series].fail[kind];
    return 0; /* is counted for its request alone */
}

typedef struct Shares {
    size_t series[REQUESTS_MAX];
    int count, others; /* shown, and how many more there are */
} Shares;

/* The most frequent first. */
static Shares shares_of(const Snapshot *s, size_t kind) {
    Shares to = { 0 };
    for (size_t i = 0; i < s->series_count; i++) {
        uint64_t n = count_in(s, kind, i);
        int at = to.count;
        if (!n)
            continue;
        while (at > 0 && count_in(s, kind, to.series[at - 1]) < n)
            at--;
        to.others += to.count == REQUESTS_MAX;
        to.count += to.count < REQUESTS_MAX;
        for (int k = to.count - 1; k > at; k--)
            to.series[k] = to.series[k - 1];
        if (at < REQUESTS_MAX)
            to.series[at] = i;
    }
    return to;
}

static void share_row(Cells *c, Rect r, const Scene *s, size_t kind,
                      size_t series) {
    const Snapshot *x = s->snapshot;
    Glyphs glyphs = s->view->glyphs;
    UnitsText count, share;
    double n = (double)count_in(x, kind, series);
    double part = n / (double)x->failures->kinds[kind].count;
    int name = r.cols / 3 < 28 ? r.cols / 3 : 28;
    words_cut_series(c, r.y, r.x, name, STYLE_TEXT,
                     x->series[series].series->name, glyphs);
    cells_right(c, r.y, r.x + name + 8, STYLE_TEXT, units_count(count, n));
    cells_right(c, r.y, r.x + name + 16, STYLE_DIM, units_percent(share, part));
    int room = r.cols - name - 19, bar = (int)ceil(part * room);
    for (int i = 0; i < room && i < bar; i++)
        cells_rune(c, r.y, r.x + name + 19 + i, STYLE_ERRORS,
                   glyph_rune(glyphs, GLYPH_BAR_THIN));
}

static int shares_draw(Cells *c, Rect r, const Scene *s, size_t kind,
                       const Shares *shares) {
    int y = 0;
    passage_title(c, (Rect){ r.y + y++, r.x, 1, r.cols }, "by request", NULL,
                  s->view->glyphs);
    for (int i = 0; i < shares->count; i++)
        share_row(c, (Rect){ r.y + y++, r.x, 1, r.cols }, s, kind,
                  shares->series[i]);
    if (shares->others)
        cells_textf(c, r.y + y++, r.x, STYLE_DIM, "and %d more",
                    shares->others);
    return y;
}

/* --- its course --------------------------------------------------------- */

#define TICK_COLS 12 /* from one time to the next, at least */

/* The time from the run's beginning to now, below the course. */
static void times_draw(Cells *c, Rect r, uint64_t now_ns, Glyphs glyphs) {
    double per_col = (double)now_ns / r.cols;
    uint64_t step = words_tick_ns(per_col, TICK_COLS);
    for (int i = 0; i < r.cols; i++)
        cells_rune(c, r.y, r.x + i, STYLE_LINE,
                   glyph_rune(glyphs, GLYPH_ACROSS));
    for (uint64_t t = 0; t <= now_ns; t += step) {
        UnitsText label;
        int x = (int)((double)t / per_col);
        if (x + 1 + cells_width(units_clock(label, t)) > r.cols)
            break;
        cells_rune(c, r.y, r.x + x, STYLE_LINE, glyph_rune(glyphs, GLYPH_TICK));
        cells_text(c, r.y, r.x + x + 1, STYLE_DIM, label);
    }
}

static void course_draw(Cells *c, Rect r, const Scene *s, size_t kind) {
    const Snapshot *x = s->snapshot;
    Plot p;
    UnitsText rate;
    char note[48];
    double most = 0, seconds = fmax(1, (double)x->now_ns / 1e9);
    bool has_times = r.rows >= COURSE_ROWS + 1 && x->now_ns > 0;
    Rect area = { r.y + 1, r.x, r.rows - 1 - has_times, r.cols };
    if (has_times)
        times_draw(c, (Rect){ r.y + r.rows - 1, r.x, 1, r.cols }, x->now_ns,
                   s->view->glyphs);
    plot_init(&p, c, area, s->view->glyphs);
    int dots = p.dots_x;
    double *parts = mem_alloc((size_t)dots + 1, sizeof *parts);
    failures_over(x->failures, kind, 0, x->now_ns, parts, dots);
    for (int i = 0; i < dots; i++)
        most = fmax(most, parts[i]);
    for (int i = 0; i < dots; i++)
        parts[i] = parts[i] > 0 ? parts[i] / most : NAN;
    plot_area(&p, parts, dots, STYLE_ERRORS, 1);
    plot_show(&p);
    free(parts);
    snprintf(note, sizeof note, "at most %s/s",
             words_rate(rate, most * dots / seconds));
    passage_title(c, r, "over the run", note, s->view->glyphs);
}

/* --- the example -------------------------------------------------------- */

/* Which of so many; they go round. */
static size_t part_of(const TableState *t, size_t count) {
    int n = (int)count, at = t->part % n;
    return (size_t)(at < 0 ? at + n : at);
}

static const Example *example_of(const Scene *s, size_t kind,
                                 const TableState *t) {
    const Failure *x = &s->snapshot->failures->kinds[kind];
    return x->example_count ? &x->examples[part_of(t, x->example_count)] : NULL;
}

static const char *answer_of(const Example *e, size_t kind) {
    bool began = kind == FAIL_TRUNCATED || kind == FAIL_TIMEOUT_RECEIVE ||
                 kind == FAIL_MALFORMED || kind == FAIL_TOO_LARGE;
    if (*e->answer)
        return e->answer;
    return began || e->status ? "\n(what came of it was not kept)"
                              : "\n(nothing came back)";
}

/* "order, VU 12, at 02:14, after 31 ms" */
static void caption_draw(Cells *c, int y, Rect r, const Scene *s, size_t kind,
                         const TableState *t, const Example *e) {
    const Snapshot *x = s->snapshot;
    char text[200], which[64] = "";
    UnitsText at, took;
    size_t count = x->failures->kinds[kind].example_count;
    if (count > 1)
        snprintf(which, sizeof which, "example %zu of %zu%s",
                 part_of(t, count) + 1, count, t->is_open ? ", keys < >" : "");
    snprintf(text, sizeof text, "%.80s, VU %llu, at %s, after %s",
             e->series < x->series_count ? x->series[e->series].series->name
                                         : "?",
             (unsigned long long)e->vu, units_clock(at, e->end_ns),
             units_latency(took, (double)e->took_ns));
    int room = r.cols;
    if (*which && cells_width(which) + 20 < room) {
        cells_right(c, y, r.x + r.cols - 1, STYLE_DIM, which);
        room -= cells_width(which) + 2;
    }
    words_cut(c, y, r.x, room, STYLE_DIM, text, s->view->glyphs);
}

/* Rows of text behind the title that are not seen. */
static int hidden(const char *text, Rect r) {
    int more = passage_rows(text, r.cols) - (r.rows - 1);
    return more > 0 ? more : 0;
}

static void pane_draw(Cells *c, Rect r, const char *title, const char *text,
                      const TableState *t, Glyphs glyphs) {
    char note[64];
    int rows = passage_rows(text, r.cols), most = hidden(text, r);
    int top = t->scroll < most ? t->scroll : most;
    snprintf(note, sizeof note, "%d%s%d of %d%s", top + 1,
             glyph_text(glyphs, GLYPH_UNTIL),
             top + r.rows - 1 < rows ? top + r.rows - 1 : rows, rows,
             t->is_open ? ", PgDn" : "");
    passage_title(c, r, title, most ? note : NULL, glyphs);
    passage_draw(c, (Rect){ r.y + 1, r.x, r.rows - 1, r.cols }, text, top);
}

typedef struct Panes {
    Rect request, answer; /* rows 0: there is no room for it */
} Panes;

/* Below each other the answer has at least half. */
static Panes panes_of(Rect r, const Example *e, size_t kind) {
    if (r.cols >= BESIDE_COLS) {
        int left = (r.cols - GAP) / 2;
        return (
            Panes){ { r.y, r.x, r.rows, left },
                    { r.y, r.x + left + GAP, r.rows, r.cols - left - GAP } };
    }
    int answer = 1 + passage_rows(answer_of(e, kind), r.cols);
    int request = 1 + passage_rows(e->request, r.cols);
    int half = r.rows / 2;
    int upper = r.rows - answer > half ? r.rows - answer : half;
    upper = upper < request ? upper : request;
    if (upper < 2)
        upper = 0;
    return (Panes){ { r.y, r.x, upper, r.cols },
                    { r.y + upper, r.x, r.rows - upper, r.cols } };
}

static void example_draw(Cells *c, Rect r, const Scene *s, size_t kind,
                         const TableState *t) {
    const Example *e = example_of(s, kind, t);
    Glyphs glyphs = s->view->glyphs;
    if (!e || r.rows < 1)
        return;
    words_cut(c, r.y, r.x, r.cols, STYLE_BRIGHT, e->why, glyphs);
    if (r.rows > 1)
        caption_draw(c, r.y + 1, r, s, kind, t, e);
    if (r.rows < 4)
        return;
    Panes p = panes_of((Rect){ r.y + 2, r.x, r.rows - 2, r.cols }, e, kind);
    if (p.request.rows)
        pane_draw(c, p.request, "request", e->request, t, glyphs);
    pane_draw(c, p.answer, "answer", answer_of(e, kind), t, glyphs);
}

/* --- the whole ---------------------------------------------------------- */

static const char *meaning_of(size_t kind) {
    return is_check(kind) ? "the answer is not as the profile asks: the check "
                            "does not hold"
                          : fail_help((FailClass)kind);
}

/* "1 240 times, 3.1 % of all requests, first at 02:14, last at 04:11" */
static void times_print(const Snapshot *s, size_t kind, char to[200]) {
    const Failure *x = &s->failures->kinds[kind];
    UnitsText count, share, first, last;
    snprintf(to, 200, "%s times, %s of all %s, first at %s, last at %s",
             units_count(count, (double)x->count),
             units_percent(share, failure_share(s, kind)),
             is_check(kind) ? "tries" : "requests",
             units_clock(first, x->first_ns), units_clock(last, x->last_ns));
}

/* What is above the example, as far as it leaves enough to that. */
typedef struct Parts {
    Rect meaning, times, course, shares, example;
} Parts;

static int wrapped_rows(const char *text, int cols) {
    char line[WRAP_LINE_MAX];
    int rows = 0;
    while (wrap_next(&text, cols > 1 ? cols : 1, line))
        rows++;
    return rows;
}

static Rect take(Rect *rest, int rows) {
    Rect top = { rest->y, rest->x, rows < rest->rows ? rows : rest->rows,
                 rest->cols };
    rest->y += top.rows;
    rest->rows -= top.rows;
    return top;
}

/* Rows that the example can use. */
static int example_rows(const Example *e, size_t kind, int cols) {
    bool is_beside = cols >= BESIDE_COLS;
    int room = is_beside ? (cols - GAP) / 2 : cols;
    if (!e)
        return 0;
    int request = passage_rows(e->request, room) + 1;
    int answer = passage_rows(answer_of(e, kind), room) + 1;
    return 2 + (!is_beside         ? request + answer
                : request > answer ? request
                                   : answer);
}

static Parts parts_of(Rect in, const Scene *s, size_t kind,
                      const TableState *t) {
    char times[200];
    Parts p = { .example = in };
    Shares shares = shares_of(s->snapshot, kind);
    times_print(s->snapshot, kind, times);
    int meaning = wrapped_rows(meaning_of(kind), in.cols);
    int count = wrapped_rows(times, in.cols);
    if (in.rows >= EXAMPLE_ROWS_MIN + meaning + count) {
        p.meaning = take(&p.example, meaning);
        p.times = take(&p.example, count);
    }
    int listed = 1 + shares.count + (shares.others > 0);
    bool has_shares = in.rows >= REQUESTS_ROWS_MIN && shares.count > 1;
    int wanted = example_rows(example_of(s, kind, t), kind, in.cols);
    int left = p.example.rows - (has_shares ? listed : 0) - 2 - wanted;
    left = left < COURSE_ROWS       ? COURSE_ROWS
           : left > COURSE_ROWS_MAX ? COURSE_ROWS_MAX
                                    : left;
    if (in.rows >= COURSE_ROWS_MIN)
        p.course = take(&p.example, 1 + left);
    if (has_shares)
        p.shares = take(&p.example, listed);
    if (p.meaning.rows && wanted < p.example.rows)
        take(&p.example, 1); /* air */
    return p;
}

static Rect inside(Rect r) {
    return (Rect){ r.y + 1, r.x + 2, r.rows - 2, r.cols - 4 };
}

int failure_scroll_max(Rect r, const Scene *s, size_t kind,
                       const TableState *t) {
    const Example *e = example_of(s, kind, t);
    Rect at = parts_of(inside(r), s, kind, t).example;
    if (!e || at.rows < 4)
        return 0;
    Panes p = panes_of((Rect){ at.y + 2, at.x, at.rows - 2, at.cols }, e, kind);
    int request = p.request.rows ? hidden(e->request, p.request) : 0;
    int answer = hidden(answer_of(e, kind), p.answer);
    return request > answer ? request : answer;
}

void failure_draw(Cells *c, Rect r, const Scene *s, size_t kind,
                  const TableState *t) {
    char room[FAILURE_NAME_MAX], title[FAILURE_NAME_MAX], times[200], now[64];
    const Snapshot *x = s->snapshot;
    UnitsText rate;
    double per_s = failure_per_s(x, kind);
    snprintf(title, sizeof title, "%s", failure_name(x, kind, room));
    snprintf(now, sizeof now, "now %s/s", words_rate(rate, per_s));
    if (r.rows < 3 || r.cols < 20)
        return;
    if (cells_width(title) > r.cols - 24)
        snprintf(title, sizeof title, "%s",
                 is_check(kind) ? "check" : fail_name((FailClass)kind));
    box_draw(c, r, title, isnan(per_s) ? NULL : now, s->view->glyphs);
    Parts p = parts_of(inside(r), s, kind, t);
    times_print(x, kind, times);
    wrap_draw(c, p.meaning, STYLE_TEXT, meaning_of(kind));
    wrap_draw(c, p.times, STYLE_DIM, times);
    if (p.course.rows > 1)
        course_draw(c, p.course, s, kind);
    Shares shares = shares_of(x, kind);
    if (p.shares.rows)
        shares_draw(c, p.shares, s, kind, &shares);
    example_draw(c, p.example, s, kind, t);
}
