/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/editor.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/units.h"
#include "ui/chart.h"
#include "ui/glyph.h"
#include "ui/words.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

#define CHART_LEFT 7
#define CHART_RIGHT 2
#define TICK_COLS 9

/* One drawing of the editor. */
typedef struct Sheet {
    Cells *cells;
    const Editor *editor;
    const Scene *scene;
    Glyphs glyphs;
    bool is_changed;
} Sheet;

static void put(const Sheet *s, int y, int x, int cols, Style style,
                const char *text) {
    words_cut(s->cells, y, x, cols, style, text, s->glyphs);
}

/* --- the course --------------------------------------------------------- */

typedef struct Course {
    uint64_t end_ns, now_ns;
    double top;
    int dots;
    double *values;
} Course;

static uint64_t course_time(const Course *k, int dot) {
    return (uint64_t)((double)k->end_ns * (dot + 0.5) / k->dots);
}

static void course_draw(const Course *k, Plot *p, const Plan *plan,
                        bool is_solid, Style style, int rank) {
    uint64_t end = plan_total_ns(plan);
    for (int i = 0; i < k->dots; i++) {
        uint64_t t = course_time(k, i);
        k->values[i] =
            t >= k->now_ns && t <= end ? plan_level_at(plan, t) / k->top : NAN;
    }
    (is_solid ? plot_line : plot_dotted)(p, k->values, k->dots, style, rank);
}

/* What was: as measured, and as planned where no cell is finished yet. */
static void done_draw(const Sheet *s, const Course *k, Plot *p) {
    const Timeline *t = s->scene->snapshot->timeline;
    const Plan *plan = &s->editor->draft.base;
    for (int i = 0; i < k->dots; i++) {
        uint64_t from = course_time(k, i);
        CellSample sample;
        k->values[i] = NAN;
        if (from >= k->now_ns)
            continue;
        bool known = t && timeline_sample(t, from, from + 1, SIZE_MAX, &sample);
        /* the time line has the level of all scenarios, not of one */
        known =
            known && plan->unit == PLAN_VUS && s->scene->wheel->plan_count == 1;
        k->values[i] =
            (known ? sample.active : plan_level_at(plan, from)) / k->top;
    }
    plot_line(p, k->values, k->dots, STYLE_VUS, 3);
}

static void level_labels(const Sheet *s, Rect r, double top) {
    char t[32];
    int rows = r.rows - 2;
    cells_right(s->cells, r.y + 1, r.x + 5, STYLE_DIM, words_axis(t, top));
    if (rows > 1)
        cells_right(s->cells, r.y + rows, r.x + 5, STYLE_DIM, "0");
    if (rows >= 5 && rows % 2)
        cells_right(s->cells, r.y + 1 + rows / 2, r.x + 5, STYLE_DIM,
                    words_axis(t, top / 2));
}

static int course_col(const Course *k, Rect area, uint64_t t_ns) {
    return area.x + (int)((double)t_ns / (double)k->end_ns * (double)area.cols);
}

/* Times on the lower edge, so far apart that they stand free. */
static void time_labels(const Sheet *s, const Course *k, Rect area) {
    uint64_t step =
        words_tick_ns((double)k->end_ns / (double)area.cols, TICK_COLS);
    int y = area.y + area.rows;
    int now = course_col(k, area, k->now_ns);
    for (uint64_t t = 0; t <= k->end_ns; t += step) {
        UnitsText label;
        int x = course_col(k, area, t);
        int width = cells_width(units_clock(label, t));
        if (x + width >= area.x + area.cols)
            break;
        cells_rune(s->cells, y, x, STYLE_LINE,
                   glyph_rune(s->glyphs, GLYPH_TICK));
        if (now < x || now > x + width)
            cells_text(s->cells, y, x + 1, STYLE_DIM, label);
    }
    if (now < area.x + area.cols)
        cells_bold(s->cells, y, now, STYLE_BRIGHT,
                   glyph_text(s->glyphs, GLYPH_NOW));
}

static void legend(const Sheet *s, Rect r, const char *title) {
    const struct {
        Glyph sign;
        Style style;
        const char *word;
        bool shown;
    } items[] = {
        { GLYPH_SOLID, STYLE_VUS, "done", true },
        { GLYPH_DASHED, STYLE_PLAN, "plan", true },
        { GLYPH_SOLID, STYLE_HAND, "your change", s->is_changed },
    };
    int x = r.x + 2 + cells_width(title) + 2;
    for (size_t i = 0; i < COUNT(items); i++)
        if (items[i].shown)
            x = cells_textf(s->cells, r.y, x, items[i].style, "%s %s ",
                            glyph_text(s->glyphs, items[i].sign),
                            items[i].word);
}

static void chart_draw(const Sheet *s, Rect r) {
    const Draft *d = &s->editor->draft;
    const Plan *is = d->trial.plan, *was = &d->base;
    bool narrow = r.cols < 60;
    char title[80];
    const Wheel *w = s->scene->wheel;
    snprintf(title, sizeof title, "stages%s%.60s",
             w->plan_count > 1 ? " of " : "",
             w->plan_count > 1 ? w->names[w->focus] : "");
    box_draw(s->cells, r, title,
             narrow                   ? NULL
             : was->unit == PLAN_RATE ? "arrivals/s"
                                      : "virtual users",
             s->glyphs);
    legend(s, r, title);
    uint64_t a = plan_total_ns(was), b = plan_total_ns(is);
    Course k = { .end_ns = a > b ? a : b, .now_ns = was->now_ns };
    if (k.now_ns > k.end_ns)
        k.end_ns = k.now_ns;
    if (k.end_ns == 0)
        return;
    double peak = fmax(plan_peak(was), plan_peak(is));
    if (w->plan_count == 1)
        peak = fmax(peak, (double)s->scene->snapshot->active_max);
    k.top = axis_top(peak);
    Rect area = { r.y + 1, r.x + CHART_LEFT, r.rows - 2,
                  r.cols - CHART_LEFT - CHART_RIGHT };
    Plot p;
    plot_init(&p, s->cells, area, s->glyphs);
    k.dots = p.dots_x;
    k.values = mem_alloc((size_t)k.dots, sizeof *k.values);
    course_draw(&k, &p, was, false, STYLE_PLAN, 0);
    if (s->is_changed)
        course_draw(&k, &p, is, true, STYLE_HAND, 2);
    done_draw(s, &k, &p);
    free(k.values);
    plot_show(&p);
    level_labels(s, r, k.top);
    time_labels(s, &k, area);
}

/* --- the table ---------------------------------------------------------- */

/* Left columns of the fields, and right ends of figures; 0: not shown. */
typedef struct Layout {
    int cols_min; /* of the table */
    int name, length, level, ramp, from, until, p50, p95, errors, rps;
} Layout;

static const Layout layouts[] = {
    { 150, 3, 30, 44, 58, 74, 86, 106, 120, 134, 148 },
    { 112, 3, 22, 34, 46, 58, 67, 83, 93, 102, 112 },
    { 98, 3, 22, 34, 46, 58, 67, 0, 84, 94, 0 },
    { 76, 3, 18, 27, 36, 45, 54, 0, 68, 76, 0 },
    { 58, 3, 16, 25, 34, 43, 52, 0, 0, 0, 0 },
    { 0, 3, 12, 21, 28, 0, 0, 0, 0, 0, 0 },
};

/* With no room for all, what is only looked at has figures. */
static const Layout asleep_layout = { 0, 3, 12, 21, 0, 0, 0, 0, 36, 0, 0 };

static const Layout *layout_for(int cols, bool is_asleep) {
    const Layout *l = layouts;
    if (is_asleep && cols < layouts[COUNT(layouts) - 2].cols_min)
        return &asleep_layout;
    while (cols < l->cols_min)
        l++;
    return l;
}

static int field_left(const Layout *l, EditorColumn column) {
    const int lefts[] = { l->name, l->length, l->level, l->ramp };
    return lefts[column];
}

static int field_cols(const Layout *l, EditorColumn column, int cols) {
    const int ends[] = { l->length, l->level, l->ramp ? l->ramp : l->level + 7,
                         l->from ? l->from : cols };
    return ends[column] - field_left(l, column) - 1;
}

static void head_draw(const Sheet *s, Rect r, const Layout *l) {
    bool is_open = s->editor->draft.base.unit == PLAN_RATE;
    const char *p50 = is_open ? "resp p50" : "p50";
    const char *p95 = is_open ? "resp p95" : "p95";
    const struct {
        int x;
        const char *word;
        bool right;
    } heads[] = {
        { l->name, "stage", false },   { l->length, "duration", false },
        { l->level, "level", false },  { l->ramp, "ramp", false },
        { l->from, "from", false },    { l->until, "until", false },
        { l->p50, p50, true },         { l->p95, p95, true },
        { l->errors, "errors", true }, { l->rps, "req/s", true },
    };
    for (size_t i = 0; i < COUNT(heads); i++) {
        if (!heads[i].x)
            continue;
        int x = r.x + heads[i].x;
        if (heads[i].right)
            cells_right(s->cells, r.y, x - 1, STYLE_DIM, heads[i].word);
        else
            put(s, r.y, x, 8, STYLE_DIM, heads[i].word);
    }
}

typedef struct RowLook {
    const char *sign;
    Style style;
} RowLook;

static RowLook row_look(const Sheet *s, const PlanRow *r) {
    const Draft *d = &s->editor->draft;
    if (draft_failure(d, draft_ref(d, r->row)))
        return (RowLook){ "!", STYLE_WARN };
    if (r->state == ROW_PAST)
        return (RowLook){ glyph_text(s->glyphs, GLYPH_OK), STYLE_DIM };
    if (draft_is_new(d, r->row))
        return (RowLook){ "+", STYLE_HAND };
    bool changed = draft_is_changed(d, r->row);
    if (r->state == ROW_NOW)
        return (RowLook){ glyph_text(s->glyphs, GLYPH_CURRENT),
                          changed ? STYLE_HAND : STYLE_BRIGHT };
    return (RowLook){ changed ? "*" : " ", changed ? STYLE_HAND : STYLE_TEXT };
}

static void figures_draw(const Sheet *s, Rect r, const Layout *l, size_t i,
                         Style style) {
    const Editor *e = s->editor;
    const PlanRow *row = &e->rows[i];
    UnitsText t;
    if (l->from)
        put(s, r.y, r.x + l->from, 8, style, units_clock(t, row->began_ns));
    if (l->until && editor_stage(e, row)->open)
        put(s, r.y, r.x + l->until, 8, style, "key g");
    else if (l->until)
        put(s, r.y, r.x + l->until, 8, style,
            units_clock(t, row->began_ns + row->length_ns));
    if (row->state == ROW_FUTURE || i >= e->figure_count)
        return;
    const StageFigures *f = &e->figures[i];
    if (l->p50 && !isnan(f->p50_ns))
        cells_right(s->cells, r.y, r.x + l->p50 - 1, style,
                    units_latency(t, f->p50_ns));
    if (l->rps && !isnan(f->rps))
        cells_right(s->cells, r.y, r.x + l->rps - 1, style,
                    units_count(t, f->rps));
    if (l->p95 && !isnan(f->p95_ns))
        cells_right(s->cells, r.y, r.x + l->p95 - 1, style,
                    units_latency(t, f->p95_ns));
    if (l->errors && !isnan(f->error_rate))
        cells_right(s->cells, r.y, r.x + l->errors - 1, style,
                    units_percent(t, f->error_rate));
}

static void fields_draw(const Sheet *s, Rect r, const Layout *l, size_t i,
                        Style style) {
    const Editor *e = s->editor;
    bool selected = i == e->selected;
    for (int k = 0; k < COLUMN_COUNT; k++) {
        EditorColumn column = (EditorColumn)k;
        int x = r.x + field_left(l, column);
        if (!field_left(l, column))
            continue;
        int cols = field_cols(l, column, r.cols);
        bool here = selected && column == e->column && !e->is_asleep;
        if (here && e->is_open) {
            field_draw(&e->field, s->cells, r.y, x, cols, true);
            continue;
        }
        Text t = { 0 };
        editor_field_text(e, &e->rows[i], column, &t);
        /* the level of a stage that stays is not its own */
        bool own = column != COLUMN_LEVEL ||
                   editor_stage(e, &e->rows[i])->form != STAGE_STAY;
        if (here)
            cells_ground(s->cells, r.y, x, cols, GROUND_FIELD);
        put(s, r.y, x, cols,
            here  ? STYLE_BRIGHT
            : own ? style
                  : STYLE_DIM,
            t.bytes);
        text_close(&t);
    }
}

static void row_draw(const Sheet *s, Rect r, const Layout *l, size_t i) {
    bool selected = i == s->editor->selected;
    Spot spot = { r, SPOT_ROW, .index = i };
    cells_spot(s->cells, &spot);
    RowLook look = row_look(s, &s->editor->rows[i]);
    if (selected)
        cells_ground(s->cells, r.y, r.x - 1, r.cols + 2, GROUND_SELECT);
    put(s, r.y, r.x, 2, look.style, look.sign);
    Style style =
        selected && look.style != STYLE_DIM ? STYLE_BRIGHT : look.style;
    fields_draw(s, r, l, i, style);
    figures_draw(s, r, l, i, style);
}

/* Which row comes first, so that the selected one is seen: a function of
 * the selection alone, the table keeps no place. */
static size_t first_row(const Editor *e, int rows) {
    size_t room = rows > 0 ? (size_t)rows : 0;
    if (e->row_count <= room || e->selected < room / 2)
        return 0;
    size_t first = e->selected - room / 2;
    return first + room > e->row_count ? e->row_count - room : first;
}

/* --- what is said below ------------------------------------------------- */

static void say_change(Text *t, size_t n, const char *what, const char *sep) {
    if (n)
        text_addf(t, " %s %zu stage%s %s", sep, n, n == 1 ? "" : "s", what);
}

static void effect_text(const Sheet *s, Text *t) {
    const Draft *d = &s->editor->draft;
    const char *sep = glyph_text(s->glyphs, GLYPH_BETWEEN);
    DraftEffect f = draft_effect(d);
    UnitsText was, is;
    uint64_t a = plan_total_ns(&d->base), b = plan_total_ns(d->trial.plan);
    units_clock(was, a);
    units_clock(is, b);
    if (text_equal(was, is))
        text_addf(t, "the plan takes %s as before", was);
    else
        text_addf(t, "the plan %s from %s to %s", b > a ? "grows" : "shrinks",
                  was, is);
    double p = plan_peak(&d->base), q = plan_peak(d->trial.plan);
    units_count(was, p);
    units_count(is, q);
    if (text_equal(was, is))
        text_addf(t, " %s peak stays %s", sep, was);
    else
        text_addf(t, " %s peak %s from %s to %s", sep,
                  q > p ? "rises" : "falls", was, is);
    say_change(t, f.added, "added", sep);
    say_change(t, f.deleted, "deleted", sep);
    say_change(t, f.changed, "changed", sep);
    say_change(t, f.moved, "moved", sep);
}

static const char *asleep_text(const Sheet *s) {
    if (s->scene->snapshot->state == RUN_DONE)
        return "as they were executed";
    return s->cells->cols < 64
               ? "Enter or e: edit what is to come"
               : "Enter or e: edit what is to come, stretch or cut what runs";
}

static const char *hint_text(const Editor *e) {
    static const char *const hints[COLUMN_COUNT][2] = {
        { "type a name; Tab to its duration, level and ramp",
          "type a name; Tab to its duration, level and ramp" },
        { "a duration is 30s, 2m, 1h30m", "a duration is 30s, 2m, 1h30m" },
        { "a level is VUs (250) or a step from what it was (+50)",
          "a level is arrivals (800/s) or a step from what it was (+50/s)" },
        { "r: linear, smooth, step, jump (at once), stay; F2 to type: step 8",
          "r: linear, smooth, step, jump (at once), stay; F2 to type: step 8" },
    };
    return hints[e->column][e->draft.base.unit == PLAN_RATE];
}

/* A line to say; the most important first. */
typedef struct Saying {
    Style style;
    Text text;
} Saying;

#define SAYINGS_MAX 6
#define FAILURES_SHOWN 3

static size_t sayings(const Sheet *s, Saying *to) {
    const Editor *e = s->editor;
    const ViewState *v = s->scene->view;
    size_t n = 0, failures = 0, all = draft_failures(&e->draft);
    memset(to, 0, SAYINGS_MAX * sizeof *to);
    if (e->has_error) {
        to[n].style = STYLE_BAD;
        text_adds(&to[n++].text, e->err.text);
    } else if (v->notice) {
        to[n].style = v->notice_is_error ? STYLE_BAD : STYLE_OK;
        text_adds(&to[n++].text, v->notice);
    }
    if (s->is_changed) {
        to[n].style = STYLE_HAND;
        effect_text(s, &to[n++].text);
    }
    for (size_t i = 0; i < e->draft.count && failures < FAILURES_SHOWN; i++) {
        if (!draft_failed(&e->draft.ops[i]))
            continue;
        to[n].style = STYLE_WARN;
        text_adds(&to[n].text, "! ");
        draft_explain(&e->draft, &e->draft.ops[i], &to[n].text);
        if (++failures == FAILURES_SHOWN && all > failures)
            text_addf(&to[n].text, "; and %zu more", all - failures);
        n++;
    }
    to[n].style = STYLE_DIM;
    text_adds(&to[n++].text, e->is_asleep ? asleep_text(s) : hint_text(e));
    return n;
}

static void table_draw(const Sheet *s, Rect r) {
    const Editor *e = s->editor;
    Saying lines[SAYINGS_MAX];
    size_t count = sayings(s, lines);
    bool is_over = s->scene->snapshot->state == RUN_DONE;
    Rect in = box_draw(s->cells, r, e->is_asleep ? "each stage" : "edit",
                       r.cols < 50 || is_over ? NULL
                       : e->is_asleep         ? "Enter edits"
                                              : "Enter apply   Esc discard",
                       s->glyphs);
    in.x += 1;
    in.cols -= 2;
    const Layout *l = layout_for(in.cols, e->is_asleep);
    /* at least three rows of the table, two lines below it */
    int below = (int)count;
    if (in.rows - 1 - below < 3)
        below = in.rows - 4 > 2 ? in.rows - 4 : 2;
    int room = in.rows - 1 - below;
    size_t first = first_row(e, room), shown = 0;
    head_draw(s, in, l);
    for (; (int)shown < room && first + shown < e->row_count; shown++)
        row_draw(s, (Rect){ in.y + 1 + (int)shown, in.x, 1, in.cols }, l,
                 first + shown);
    int y = in.y + 1 + (int)shown;
    y += in.y + in.rows - y > (int)count; /* air, where there is room */
    for (size_t i = 0; i < count; i++, y++) {
        if (y < in.y + in.rows)
            put(s, y, in.x, in.cols, lines[i].style, lines[i].text.bytes);
        text_close(&lines[i].text);
    }
}

/* At least 13 of 36 rows, at most half of them, and between these what the
 * table leaves; its rows are counted in fours, so that the chart does not
 * move with every stage. On few rows the table has them all. */
static int chart_rows(const Editor *e, int rows) {
    if (rows < 16)
        return 0;
    int table = (int)(e->row_count + 3) / 4 * 4 + 8, least = rows * 13 / 36;
    int left = rows - table < rows / 2 ? rows - table : rows / 2;
    return left > least ? left : least;
}

void editor_draw(Cells *c, Rect r, const Editor *e, const Scene *scene) {
    Rect old = c->clip;
    Sheet s = { c, e, scene, scene->view->glyphs, editor_changes(e) > 0 };
    int chart = chart_rows(e, r.rows);
    cells_clip(c, r);
    cells_fill(c, r, GROUND_NONE);
    if (chart)
        chart_draw(&s, (Rect){ r.y, r.x, chart, r.cols });
    table_draw(&s, (Rect){ r.y + chart, r.x, r.rows - chart, r.cols });
    c->clip = old;
}
