/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/table.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "ui/chart.h"
#include "ui/glyph.h"
#include "ui/words.h"

#define MARK_COLS 2 /* the sign of the selected row, and a gap */
#define GAP 2
#define GAP_NARROW 1
#define NARROW_COLS 60
/* On a lower table groups stand on the frame, or nowhere. */
#define GROUPS_ROWS_MIN 5

/* --- columns ------------------------------------------------------------ */

typedef struct Layout {
    int cols[TABLE_COLUMNS_MAX]; /* 0: it has no room */
    int gap, groups;             /* that are seen */
    const char *group;           /* the only one that is seen */
} Layout;

static int rank_of(const Table *t, const TableState *s, int i) {
    return t->columns[i].id == s->sort ? 0 : t->columns[i].rank;
}

/* What is sorted by is seen. */
static int take_columns(const Table *t, const TableState *s, int room,
                        Layout *l) {
    for (int rank = 0; rank < TABLE_COLUMNS_MAX; rank++)
        for (int i = 0; i < t->column_count; i++) {
            int cols = t->columns[i].cols + l->gap;
            if (rank_of(t, s, i) != rank)
                continue;
            if (cols > room && rank > 0)
                return room;
            l->cols[i] = t->columns[i].cols;
            room -= cols;
        }
    return room;
}

static void share_out(const Table *t, int room, Layout *l) {
    while (room > 0) {
        int best = -1;
        for (int i = 0; i < t->column_count; i++) {
            const TableColumn *k = &t->columns[i];
            if (!l->cols[i] || !k->weight || l->cols[i] >= k->cols_max)
                continue;
            if (best < 0 ||
                (l->cols[i] - k->cols) * t->columns[best].weight <
                    (l->cols[best] - t->columns[best].cols) * k->weight)
                best = i;
        }
        if (best < 0)
            return;
        l->cols[best]++;
        room--;
    }
}

/* cols: between the frame's lines. */
static Layout layout_of(const Table *t, const TableState *s, int cols) {
    Layout l = { .gap = cols < NARROW_COLS ? GAP_NARROW : GAP };
    assert(t->column_count <= TABLE_COLUMNS_MAX);
    share_out(t, take_columns(t, s, cols - MARK_COLS + l.gap - 1, &l), &l);
    for (int i = 0; i < t->column_count; i++) {
        const char *group = t->columns[i].group;
        if (!l.cols[i] || !group || group == l.group)
            continue;
        l.group = group;
        l.groups++;
    }
    return l;
}

static int head_rows(const Layout *l, int rows) {
    return l->groups > 1 && rows >= GROUPS_ROWS_MIN ? 2 : 1;
}

int table_room(const Table *t, const TableState *s, Rect r) {
    Layout l = layout_of(t, s, r.cols - 2);
    int room = r.rows - 2 - head_rows(&l, r.rows);
    return room > 0 ? room : 0;
}

int table_wants(const Table *t, const TableState *s, int cols) {
    Layout l = layout_of(t, s, cols - 2);
    size_t rows = t->row_count < 1000 ? t->row_count : 1000;
    return (int)rows + 3 + (l.groups > 1);
}

/* --- rows --------------------------------------------------------------- */

typedef struct Entry {
    size_t row;
    double number;
    const char *text;
    bool is_last_first; /* the other way round */
} Entry;

static const TableColumn *sort_column(const Table *t, const TableState *s) {
    for (int i = 0; i < t->column_count; i++)
        if (t->columns[i].id == s->sort)
            return &t->columns[i];
    return NULL;
}

static bool contains(const char *text, const char *part) {
    size_t n = strlen(part);
    for (; *text; text++)
        if (strncasecmp(text, part, n) == 0)
            return true;
    return n == 0;
}

static bool passes(const Table *t, const TableState *s, size_t row) {
    if (!*s->filter)
        return true;
    for (int i = 0; i < t->column_count; i++)
        if (t->columns[i].is_text &&
            contains(t->text(t->rows, row, t->columns[i].id), s->filter))
            return true;
    return false;
}

/* Rows that are alike stay in their own order either way. */
static int compare(const void *a, const void *b) {
    const Entry *x = a, *y = b;
    int sign = x->is_last_first ? -1 : 1, by = 0;
    if (x->text)
        by = strcasecmp(x->text, y->text);
    else if (isnan(x->number) || isnan(y->number))
        by = sign * (!!isnan(x->number) - !!isnan(y->number));
    else
        by = (x->number > y->number) - (x->number < y->number);
    return by ? by * sign : x->row < y->row ? -1 : x->row > y->row;
}

/* The rows that pass, as they stand; free() it. */
static Entry *sort_rows(const Table *t, const TableState *s, size_t *count) {
    const TableColumn *k = sort_column(t, s);
    Entry *list = mem_alloc(t->row_count + 1, sizeof *list);
    size_t n = 0;
    for (size_t i = 0; i < t->row_count; i++) {
        if (!passes(t, s, i))
            continue;
        list[n] = (Entry){ .row = i,
                           .is_last_first = k && k->falls != s->is_reversed };
        if (k && k->is_text)
            list[n].text = t->text(t->rows, i, k->id);
        else if (k)
            list[n].number = t->number(t->rows, i, k->id);
        n++;
    }
    if (k)
        qsort(list, n, sizeof *list, compare);
    *count = n;
    return list;
}

static uint64_t key_of(const Table *t, size_t row) {
    return t->key ? t->key(t->rows, row) : row;
}

/* --- following ---------------------------------------------------------- */

static void keep_in_sight(TableState *s, size_t room) {
    if (s->selected < s->top)
        s->top = s->selected;
    if (room && s->selected >= s->top + room)
        s->top = s->selected - room + 1;
    if (s->top + room > s->count)
        s->top = s->count > room ? s->count - room : 0;
}

void table_follow(const Table *t, TableState *s, Rect r) {
    Entry *list = sort_rows(t, s, &s->count);
    bool is_moved = s->selected != s->placed;
    if (s->has_key && !is_moved)
        for (size_t i = 0; i < s->count; i++)
            if (key_of(t, list[i].row) == s->key)
                s->selected = i;
    if (s->selected >= s->count)
        s->selected = s->count ? s->count - 1 : 0;
    s->has_key |= is_moved || s->is_open;
    if (s->count)
        s->key = key_of(t, list[s->selected].row);
    s->placed = s->selected;
    keep_in_sight(s, (size_t)table_room(t, s, r));
    free(list);
}

size_t table_selected(const Table *t, const TableState *s) {
    size_t count;
    Entry *list = sort_rows(t, s, &count);
    size_t row = s->selected < count ? list[s->selected].row : SIZE_MAX;
    free(list);
    return row;
}

/* --- the head ----------------------------------------------------------- */

static void title_draw(Cells *c, const TableColumn *k, const TableState *s,
                       int y, int x, int cols, Glyphs glyphs) {
    bool is_sorted = k->id == s->sort;
    char text[64];
    const char *sign = glyph_text(
        glyphs, k->falls != s->is_reversed ? GLYPH_FALLS : GLYPH_RISES);
    if (k->is_left)
        snprintf(text, sizeof text, "%s%s", k->title, is_sorted ? sign : "");
    else
        snprintf(text, sizeof text, "%s%s", is_sorted ? sign : "", k->title);
    int at = k->is_left ? x : x + cols - cells_width(text);
    if (is_sorted)
        cells_bold(c, y, at, STYLE_BRIGHT, text);
    else
        cells_text(c, y, at, STYLE_DIM, text);
    Spot spot = { { y, x, 1, cols }, SPOT_COLUMN, .index = (size_t)k->id };
    cells_spot(c, &spot);
}

/* "── last 10 s ──" over its columns. */
static void group_draw(Cells *c, int y, int x, int end, const char *group,
                       Glyphs glyphs) {
    int width = cells_width(group);
    for (int i = x; i < end; i++)
        cells_rune(c, y, i, STYLE_LINE, glyph_rune(glyphs, GLYPH_ACROSS));
    char brief[64];
    if (width + 4 > end - x) {
        snprintf(brief, sizeof brief, "%.*s", (int)strcspn(group, ":"), group);
        group = brief;
        width = cells_width(group);
    }
    if (width + 2 > end - x) {
        words_cut(c, y, x, end - x, STYLE_TEXT, group, glyphs);
        return;
    }
    int from = x + (end - x - width - 2) / 2;
    cells_text(c, y, from, STYLE_DIM, " ");
    cells_text(c, y, from + 1, STYLE_TEXT, group);
    cells_text(c, y, from + 1 + width, STYLE_DIM, " ");
}

static void groups_draw(Cells *c, Rect in, const Table *t, const Layout *l,
                        Glyphs glyphs) {
    int x = in.x + MARK_COLS, from = x, end = x;
    const char *group = NULL;
    for (int i = 0; i < t->column_count; i++) {
        const TableColumn *k = &t->columns[i];
        if (!l->cols[i])
            continue;
        if (k->group != group) {
            if (group)
                group_draw(c, in.y, from, end, group, glyphs);
            group = k->group;
            from = x;
        }
        end = x + l->cols[i];
        x = end + l->gap;
    }
    if (group)
        group_draw(c, in.y, from, end, group, glyphs);
}

/* --- the frame ---------------------------------------------------------- */

/* What is on the right of the upper edge: "last 10 s   3 of 40". */
static void note_print(const Table *t, const TableState *s, const Layout *l,
                       size_t count, bool has_groups, char to[160]) {
    const char *parts[3] = { t->note };
    char place[64] = "";
    size_t n = t->note && *t->note ? 1 : 0;
    if (l->group && !has_groups)
        parts[n++] = l->groups == 1 ? l->group : NULL;
    n -= n && !parts[n - 1];
    size_t at = s->selected < count ? s->selected + 1 : count;
    if (count < t->row_count)
        snprintf(place, sizeof place, "%zu of %zu (of %zu)", at, count,
                 t->row_count);
    else if (count > 1)
        snprintf(place, sizeof place, "%zu of %zu", at, count);
    if (*place)
        parts[n++] = place;
    to[0] = '\0';
    for (size_t i = 0, length = 0; i < n && length < 159; i++)
        length += (size_t)snprintf(to + length, 160 - length, "%s%s",
                                   i ? ", " : "", parts[i]);
}

/* On the upper edge: the title, the filter, and as much of the note as there
 * is room for. */
static Rect edge_draw(Cells *c, Rect r, const Table *t, const TableState *s,
                      const char *note, Glyphs glyphs) {
    char filter[FILTER_MAX + 16] = "";
    int room = r.cols - 8 - cells_width(t->title);
    if (*s->filter) {
        snprintf(filter, sizeof filter, "filter: %s", s->filter);
        room -= cells_width(filter) + 2;
    }
    const char *brief = strrchr(note, ',');
    if (cells_width(note) > room && brief)
        note = brief + 2;
    Rect in =
        box_draw(c, r, t->title, cells_width(note) > room ? "" : note, glyphs);
    int x = r.x + 3 + cells_width(t->title) + 1, end = r.x + r.cols - 2;
    if (*filter && r.rows > 1 && x < end) {
        x = cells_text(c, r.y, x, STYLE_TEXT, " ");
        x = words_cut(c, r.y, x, end - x, STYLE_HAND, filter, glyphs);
        cells_text(c, r.y, x, STYLE_TEXT, " ");
    }
    return in;
}

static Rect within(Rect a, Rect b) {
    int y = a.y > b.y ? a.y : b.y, x = a.x > b.x ? a.x : b.x;
    int bottom = a.y + a.rows < b.y + b.rows ? a.y + a.rows : b.y + b.rows;
    int right = a.x + a.cols < b.x + b.cols ? a.x + a.cols : b.x + b.cols;
    return (Rect){ y, x, bottom > y ? bottom - y : 0,
                   right > x ? right - x : 0 };
}

/* Where the rows are among all, on the frame's right line. */
static void scroll_draw(Cells *c, Rect r, int y, int room, size_t top,
                        size_t count, Glyphs glyphs) {
    if (room < 2 || count <= (size_t)room)
        return;
    double each = (double)room / (double)count;
    int from = (int)((double)top * each);
    int rows = (int)ceil((double)room * each);
    if (top + (size_t)room >= count)
        from = room - rows;
    for (int i = from; i < from + rows && i < room; i++)
        cells_rune(c, y + i, r.x + r.cols - 1, STYLE_DIM,
                   glyph_rune(glyphs, GLYPH_BAR_FULL));
}

/* --- the table ---------------------------------------------------------- */

static void row_draw(Cells *c, Rect in, int y, const Table *t, const Layout *l,
                     size_t row, bool is_selected, Glyphs glyphs) {
    int x = in.x + MARK_COLS;
    if (is_selected)
        cells_text(c, y, in.x, STYLE_BRIGHT, glyph_text(glyphs, GLYPH_CURRENT));
    for (int i = 0; i < t->column_count; i++) {
        TableCell at = { c, y, x, l->cols[i], glyphs, t->columns[i].is_left };
        if (!at.cols)
            continue;
        t->draw(&at, t->rows, row, t->columns[i].id);
        x += at.cols + l->gap;
    }
    if (is_selected)
        cells_ground(c, y, in.x, in.cols, GROUND_SELECT);
}

static void rows_draw(Cells *c, Rect in, const Table *t, const TableState *s,
                      const Layout *l, const Entry *list, size_t count,
                      Glyphs glyphs) {
    size_t top = s->top < count ? s->top : 0;
    for (int i = 0; i < in.rows && top + (size_t)i < count; i++) {
        size_t at = top + (size_t)i;
        row_draw(c, in, in.y + i, t, l, list[at].row, at == s->selected,
                 glyphs);
        Spot spot = { { in.y + i, in.x, 1, in.cols }, SPOT_ROW, .index = at };
        cells_spot(c, &spot);
    }
    const char *none = t->row_count ? "no row has this text in it" : t->empty;
    if (!count && in.rows > 0 && none)
        words_cut(c, in.y, in.x + MARK_COLS, in.cols - MARK_COLS, STYLE_DIM,
                  none, glyphs);
}

void table_draw(Cells *c, Rect r, const Table *t, const TableState *s,
                Glyphs glyphs) {
    Layout l = layout_of(t, s, r.cols - 2);
    int head = head_rows(&l, r.rows);
    size_t count;
    char note[160];
    Entry *list = sort_rows(t, s, &count);
    note_print(t, s, &l, count, head > 1, note);
    Rect in = edge_draw(c, r, t, s, note, glyphs), old = c->clip;
    c->clip = within(in, old);
    if (in.rows > head) {
        if (head > 1)
            groups_draw(c, in, t, &l, glyphs);
        int x = in.x + MARK_COLS;
        for (int i = 0; i < t->column_count; i++) {
            if (!l.cols[i])
                continue;
            title_draw(c, &t->columns[i], s, in.y + head - 1, x, l.cols[i],
                       glyphs);
            x += l.cols[i] + l.gap;
        }
        Rect body = { in.y + head, in.x, in.rows - head, in.cols };
        rows_draw(c, body, t, s, &l, list, count, glyphs);
        c->clip = old;
        scroll_draw(c, r, body.y, body.rows, s->top, count, glyphs);
    }
    c->clip = old;
    free(list);
}

/* --- cells -------------------------------------------------------------- */

void table_text(const TableCell *at, Style s, const char *text) {
    int width = cells_width(text);
    int x = at->is_left || width > at->cols ? at->x : at->x + at->cols - width;
    words_cut(at->cells, at->y, x, at->cols, s, text, at->glyphs);
}

int table_spark_dots(const TableCell *at) {
    return at->glyphs == GLYPHS_BRAILLE ? at->cols * 2 : at->cols;
}

/* The uppermost of four rows of dots stays free, or the sparklines of two rows
 * would grow into each other. */
#define SPARK_TOP 0.67

void table_spark(const TableCell *at, Style s, const double *values) {
    int n = table_spark_dots(at);
    if (at->glyphs == GLYPHS_BRAILLE) {
        Plot p;
        double *low = mem_alloc((size_t)n + 1, sizeof *low);
        for (int i = 0; i < n; i++)
            low[i] = fmin(values[i], 1) * SPARK_TOP;
        plot_init(&p, at->cells, (Rect){ at->y, at->x, 1, at->cols },
                  at->glyphs);
        plot_area(&p, low, n, s, 0);
        plot_show(&p);
        free(low);
        return;
    }
    for (int i = 0; i < n; i++)
        if (!isnan(values[i]))
            cells_rune(at->cells, at->y, at->x + i, s,
                       glyph_level(at->glyphs, values[i]));
}

void table_bar(const TableCell *at, Style s, double share) {
    int full = (int)lround(fmin(fmax(share, 0), 1) * at->cols);
    full = share > 0 && full == 0 ? 1 : full;
    for (int i = 0; i < at->cols; i++)
        cells_rune(at->cells, at->y, at->x + i, i < full ? s : STYLE_LINE,
                   glyph_rune(at->glyphs,
                              i < full ? GLYPH_BAR_THIN : GLYPH_BAR_EMPTY));
}
