/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/panels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "ui/glyph.h"
#include "ui/words.h"

/* --- recovery ----------------------------------------------------------- */

int recovery_rows(const Frame *f) {
    const RecoveryList *l = f->scene->snapshot->recoveries;
    return l && l->count ? 6 : 0;
}

static void recovery_line(const Frame *f, Rect r, int row, const char *label,
                          Style style, double p95, double errors) {
    UnitsText a, b;
    if (row < 0)
        return;
    cells_text(f->cells, r.y + row, r.x, STYLE_DIM, label);
    cells_textf(f->cells, r.y + row, r.x + 8, style, "p95 %7s  errors %s",
                units_latency(a, p95), units_percent(b, errors));
}

typedef struct Outcome {
    Style style;
    char text[96];
} Outcome;

static Outcome outcome_of(const Recovery *r, uint64_t now_ns) {
    Outcome o = { .style = STYLE_WARN };
    UnitsText took;
    units_clock(took, recovery_time_ns(r, now_ns));
    switch (r->state) {
    case RECOVERY_UNDER_LOAD:
        snprintf(o.text, sizeof o.text, "%s",
                 r->is_event ? "it still goes on" : "the load is still up");
        return o;
    case RECOVERY_WAITING:
        snprintf(o.text, sizeof o.text, "%s, steady %llu of %d s", took,
                 (unsigned long long)r->steady, RECOVERY_STEADY_SECONDS);
        return o;
    case RECOVERY_DONE:
        o.style = STYLE_OK;
        snprintf(o.text, sizeof o.text, "recovered %s",
                 words_took(took, recovery_time_ns(r, now_ns)));
        return o;
    case RECOVERY_NEVER:
        if (r->back_ns) {
            o.style = STYLE_BAD;
            snprintf(o.text, sizeof o.text, "did not recover in %s", took);
        } else {
            snprintf(o.text, sizeof o.text, "the load did not come back");
        }
        return o;
    case RECOVERY_UNMEASURED:
        break;
    }
    o.style = STYLE_DIM;
    snprintf(o.text, sizeof o.text, "%s",
             r->is_event && !r->over_ns ? "it went on until the end"
                                        : "no traffic before it");
    return o;
}

static void recovery_note(const Frame *f, const Recovery *r, char to[128]) {
    UnitsText began, back;
    units_clock(began, r->began_ns);
    units_clock(back, r->back_ns);
    snprintf(to, 128, "%s%s%s", began, glyph_text(f->glyphs, GLYPH_UNTIL),
             r->back_ns ? back : "now");
}

/* recovery.h's own bounds. */
static bool is_worse(const Recovery *r, double p95, double errors) {
    double by = fmax(r->base_p95 * 0.1, 5e6);
    return p95 > r->base_p95 + by || errors > r->base_errors + 0.001;
}

void recovery_draw(const Frame *f, Rect r) {
    const Snapshot *s = f->scene->snapshot;
    const Recovery *x = &s->recoveries->items[s->recoveries->count - 1];
    char note[128];
    recovery_note(f, x, note);
    Rect in = frame_box(f, r, "recovery", note);
    int cause = r.cols - 2 - 12 - cells_width(note) - 5;
    if (cause >= 12)
        cells_text(f->cells, r.y,
                   words_cut(f->cells, r.y, r.x + 12, cause, STYLE_DIM,
                             x->cause, f->glyphs),
                   STYLE_DIM, " ");
    bool was_worse = is_worse(x, x->worst_p95, x->worst_errors);
    bool is_still = is_worse(x, x->now_p95, x->now_errors);
    bool is_done = x->state == RECOVERY_DONE;
    /* what there is no room for goes from the top */
    int row = in.rows < 4 ? in.rows - 4 : 0;
    recovery_line(f, in, row++, "before", STYLE_TEXT, x->base_p95,
                  x->base_errors);
    recovery_line(f, in, row++, "worst", was_worse ? STYLE_BAD : STYLE_TEXT,
                  x->worst_p95, x->worst_errors);
    recovery_line(f, in, row++, is_done ? "then" : "now",
                  is_still ? STYLE_WARN : STYLE_OK, x->now_p95, x->now_errors);
    Outcome o = outcome_of(x, s->now_ns);
    cells_text(f->cells, in.y + row, in.x, STYLE_DIM,
               x->state == RECOVERY_WAITING ? "since" : "state");
    words_cut(f->cells, in.y + row, in.x + 8, in.cols - 8, o.style, o.text,
              f->glyphs);
}

/* --- stages ------------------------------------------------------------- */

#define WHEN_COLS 17   /* from and until, and air */
#define RESULT_COLS 11 /* "p95 38.2 ms", or progress */
#define COURSE_MIN 9   /* "2m to 100" */
#define COURSE_MAX 18

int stages_rows(const Frame *f) {
    return f->row_count < 1000 ? (int)f->row_count + 2 : 1000;
}

/* "2m to 100"; a row of several pieces by its whole length and its end. */
static void stage_course(const Frame *f, const PlanRow *row, char to[96]) {
    const Plan *p = f->scene->wheel->plan;
    const Stage *s = &p->stages[row->first + row->count - 1];
    UnitsText length, level;
    uint64_t whole = row->length_ns >= NS_PER_S
                         ? row->length_ns / NS_PER_S * NS_PER_S
                         : row->length_ns / NS_PER_MS * NS_PER_MS;
    units_span(length, whole);
    words_level(level, stage_end_level(s), p->unit);
    if (row->count == 1 && s->form == STAGE_STAY)
        snprintf(to, 96, "%s", length);
    else if (s->open)
        snprintf(to, 96, "%s at %s", length, level);
    else
        snprintf(to, 96, "%s %s %s", length,
                 s->form == STAGE_JUMP ? "at" : "to", level);
}

static void stage_progress(const Frame *f, const PlanRow *row, int y, int end) {
    uint64_t now = f->scene->snapshot->now_ns;
    double done = 0;
    if (now > row->began_ns && row->length_ns)
        done = (double)(now - row->began_ns) / (double)row->length_ns;
    done = fmin(done, 1);
    if (f->scene->wheel->plan->stages[f->scene->wheel->plan->current].open) {
        cells_right(f->cells, y, end, STYLE_HAND, "by hand");
        return;
    }
    int bar = 6, full = (int)(done * bar);
    for (int i = 0; i < bar; i++)
        cells_rune(
            f->cells, y, end - bar + 1 + i, STYLE_VUS,
            glyph_rune(f->glyphs, i < full ? GLYPH_BAR_FULL : GLYPH_BAR_EMPTY));
    cells_rightf(f->cells, y, end - bar - 1, STYLE_VUS, "%.0f %%",
                 floor(done * 100));
}

/* p95 of the stage's worst second: exact percentiles of a whole stage would
 * mean to unpack its histograms for every frame. */
static void stage_worst(const Frame *f, const PlanRow *row, int y, int end) {
    CellSample s;
    UnitsText t;
    uint64_t until = row->began_ns + row->length_ns;
    if (!timeline_sample(f->scene->snapshot->timeline, row->began_ns, until,
                         SIZE_MAX, &s) ||
        isnan(s.p95))
        return;
    bool is_open = f->scene->snapshot->is_open;
    cells_right(f->cells, y, end, STYLE_DIM,
                units_latency(t, is_open ? s.response_p95 : s.p95));
}

/* Columns of the table; 0: left out. */
typedef struct StageTable {
    Rect in;
    int name, course, when; /* x */
    int course_cols, result_end;
} StageTable;

static void stage_draw(const Frame *f, const StageTable *t, int y,
                       const PlanRow *row) {
    Cells *c = f->cells;
    const Stage *s = &f->scene->wheel->plan->stages[row->first];
    Style style = row->state == ROW_PAST  ? STYLE_DIM
                  : row->state == ROW_NOW ? STYLE_BRIGHT
                                          : STYLE_TEXT;
    bool by_hand = s->origin != STAGE_PLANNED && row->state == ROW_FUTURE;
    char text[96];
    if (row->state == ROW_NOW) {
        cells_ground(c, y, t->in.x - 1, t->in.cols + 2, GROUND_SELECT);
        cells_text(c, y, t->in.x, style, glyph_text(f->glyphs, GLYPH_CURRENT));
    }
    words_cut(c, y, t->name, t->course - t->name - 1,
              by_hand ? STYLE_HAND : style, s->name, f->glyphs);
    stage_course(f, row, text);
    words_cut(c, y, t->course, t->course_cols, style, text, f->glyphs);
    if (t->when) {
        UnitsText a, b;
        cells_textf(c, y, t->when, STYLE_DIM, "%s%s%s",
                    units_clock(a, row->began_ns),
                    glyph_text(f->glyphs, GLYPH_UNTIL),
                    units_clock(b, row->began_ns + row->length_ns));
    }
    if (row->state == ROW_NOW)
        stage_progress(f, row, y, t->result_end);
    else if (row->state == ROW_PAST)
        stage_worst(f, row, y, t->result_end);
}

/* The course is as wide as the rows [first, first + count) need. */
static StageTable stage_table(const Frame *f, Rect in, int first, int count) {
    StageTable t = { .in = in, .name = in.x + 2, .course_cols = COURSE_MIN };
    for (int i = first; i < first + count; i++) {
        char text[96];
        stage_course(f, &f->rows[i], text);
        int width = cells_width(text);
        t.course_cols = width > t.course_cols ? width : t.course_cols;
    }
    int most = in.cols >= 50 ? COURSE_MAX : COURSE_MIN + 4;
    t.course_cols = t.course_cols < most ? t.course_cols : most;
    t.result_end = in.x + in.cols - 1;
    int right = t.result_end - RESULT_COLS;
    if (in.cols >= 56) {
        right -= WHEN_COLS;
        t.when = right + 2;
    }
    t.course = right - t.course_cols;
    return t;
}

/* Scrolled so that the current stage stays in sight, with what has just
 * been above it. */
void stages_draw(const Frame *f, Rect r) {
    bool is_open = f->scene->snapshot->is_open;
    const Wheel *w = f->scene->wheel;
    char title[64];
    snprintf(title, sizeof title, "stages%s%s", w->plan_count > 1 ? " of " : "",
             w->plan_count > 1 ? w->names[w->focus] : "");
    Rect in =
        frame_box(f, r, title,
                  is_open ? "response p95: worst second" : "p95: worst second");
    int count = (int)f->row_count, current = count;
    for (int i = 0; i < count; i++)
        if (f->rows[i].state == ROW_NOW)
            current = i;
    int first = current - in.rows / 2;
    first = first > count - in.rows ? count - in.rows : first;
    first = first < 0 ? 0 : first;
    int shown = count - first < in.rows ? count - first : in.rows;
    StageTable t = stage_table(f, in, first, shown);
    for (int i = 0; i < shown; i++)
        stage_draw(f, &t, in.y + i, &f->rows[first + i]);
}

/* --- events ------------------------------------------------------------- */

static Style event_style(EventKind k) {
    switch (k) {
    case EVENT_PLAN:
        return STYLE_DIM;
    case EVENT_YOU:
        return STYLE_HAND;
    case EVENT_MARK:
        return STYLE_MARK;
    case EVENT_ALERT:
    case EVENT_TARGET:
        return STYLE_WARN;
    }
    return STYLE_TEXT;
}

static void event_draw(const Frame *f, Rect r, int y, const Event *e) {
    UnitsText at;
    int x =
        cells_text(f->cells, y, r.x, STYLE_DIM, units_clock(at, e->at_ns)) + 1;
    cells_text(f->cells, y, x, event_style(e->kind), event_kind_name(e->kind));
    x += 7;
    words_cut(f->cells, y, x, r.x + r.cols - x, STYLE_TEXT, e->text, f->glyphs);
}

/* The last event at or before the cursor's column; count: none. */
static size_t event_at_cursor(const Frame *f) {
    const EventLog *log = &f->scene->wheel->log;
    size_t at = log->count;
    for (size_t i = 0; f->cursor.col >= 0 && i < log->count; i++)
        if (log->items[i].at_ns < f->cursor.column.to_ns)
            at = i;
    return at;
}

/* The newest that goes on, or else the last; NULL: there is none. */
static const Finding *newest_finding(const Frame *f) {
    const FindingList *l = f->scene->snapshot->findings;
    for (size_t i = l ? l->count : 0; i-- > 0;)
        if (l->items[i].to_ns == 0)
            return &l->items[i];
    return l && l->count ? &l->items[l->count - 1] : NULL;
}

#define FINDING_COLS 60
#define EVENTS_TITLE 11 /* "-- events -" */

/* On the frame, with the beginning of its evidence; the log has it whole. */
static void finding_draw(const Frame *f, Rect r) {
    const Finding *x = newest_finding(f);
    UnitsText at;
    char text[sizeof x->text + UNITS_TEXT_MAX];
    int from = r.x + EVENTS_TITLE, cols = r.x + r.cols - 3 - from;
    if (!x || cols < FINDING_COLS)
        return;
    bool has_time = text_starts(x->text, "from ");
    snprintf(text, sizeof text, " %s%s%s",
             has_time ? "" : units_clock(at, x->from_ns), has_time ? "" : " ",
             x->text);
    from = words_cut(f->cells, r.y, from, cols,
                     x->to_ns ? STYLE_DIM : STYLE_WARN, text, f->glyphs);
    cells_text(f->cells, r.y, from, STYLE_DIM, " ");
}

/* Few rows are lines without a frame. While it is looked back, those around
 * the cursor. */
void events_draw(const Frame *f, Rect r) {
    const EventLog *log = &f->scene->wheel->log;
    Rect in = { r.y, r.x + 1, r.rows, r.cols - 2 };
    if (r.rows >= 3) {
        in = frame_box(f, r, "events", NULL);
        finding_draw(f, r);
    }
    size_t rows = in.rows > 0 ? (size_t)in.rows : 0;
    size_t first = log->count > rows ? log->count - rows : 0;
    size_t at = event_at_cursor(f);
    if (at < log->count && at < first + rows / 2)
        first = at > rows / 2 ? at - rows / 2 : 0;
    for (size_t i = first; i < log->count && i < first + rows; i++) {
        int y = in.y + (int)(i - first);
        event_draw(f, in, y, &log->items[i]);
        if (i == at)
            cells_ground(f->cells, y, in.x, in.cols, GROUND_SELECT);
    }
}
