/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/sheet.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Every byte may become a U+FFFD of three. */
char *sheet_clean(const char *text) {
    size_t n = text ? strlen(text) : 0, size = 3 * n + 1;
    return text_clean(mem_alloc(size, 1), size, text ? text : "", n);
}

__attribute__((format(printf, 1, 0))) static char *
printed(const char *format, va_list args) {
    Text raw = { 0 };
    text_addv(&raw, format, args);
    char *clean = sheet_clean(raw.bytes);
    text_close(&raw);
    return clean;
}

static SheetBlock *add(Sheet *s, SheetKind kind) {
    mem_grow(s->items, s->count, s->cap);
    SheetBlock *b = &s->items[s->count++];
    *b = (SheetBlock){ .kind = kind };
    return b;
}

void sheet_heading(Sheet *s, const char *id, const char *text) {
    SheetBlock *b = add(s, SHEET_HEADING);
    b->id = id;
    b->text = sheet_clean(text);
}

void sheet_text(Sheet *s, Tone tone, const char *format, ...) {
    SheetBlock *b = add(s, SHEET_TEXT);
    va_list args;
    b->tone = tone;
    va_start(args, format);
    b->text = printed(format, args);
    va_end(args);
}

void sheet_reason(Sheet *s, Tone tone, const char *format, ...) {
    va_list args;
    mem_grow(s->reasons, s->reason_count, s->reason_cap);
    SheetBlock *b = &s->reasons[s->reason_count++];
    *b = (SheetBlock){ .kind = SHEET_TEXT, .tone = tone };
    va_start(args, format);
    b->text = printed(format, args);
    va_end(args);
}

/* Lines stay lines. */
static char *clean_lines(const char *code) {
    Text t = { 0 };
    for (const char *line = code; *line;) {
        size_t n = strcspn(line, "\n");
        char *clean = mem_alloc(3 * n + 1, 1);
        text_adds(&t, text_clean(clean, 3 * n + 1, line, n));
        free(clean);
        line += n;
        if (*line) {
            text_adds(&t, "\n");
            line++;
        }
    }
    return text_take(&t);
}

void sheet_code(Sheet *s, const char *caption, const char *code) {
    SheetBlock *b = add(s, SHEET_CODE);
    b->text = sheet_clean(caption);
    b->code = clean_lines(code);
}

void sheet_charts(Sheet *s) {
    add(s, SHEET_CHARTS);
}

void sheet_series_charts(Sheet *s) {
    add(s, SHEET_SERIES);
}

void sheet_scale_chart(Sheet *s, const Scaling *of) {
    add(s, SHEET_SCALE)->scale = of;
}

void sheet_table(Sheet *s, const char *caption, const SheetColumn *columns,
                 size_t width) {
    SheetBlock *b = add(s, SHEET_TABLE);
    b->text = sheet_clean(caption);
    b->columns = columns;
    b->width = width;
}

static SheetCell *add_cell(Sheet *s, Tone tone, double order) {
    SheetBlock *b = &s->items[s->count - 1];
    mem_grow(b->cells, b->count, b->cap);
    SheetCell *c = &b->cells[b->count++];
    *c = (SheetCell){ .tone = tone, .order = order };
    return c;
}

void sheet_cell(Sheet *s, Tone tone, double order, const char *text) {
    add_cell(s, tone, order)->text = sheet_clean(text);
}

void sheet_cellf(Sheet *s, Tone tone, double order, const char *format, ...) {
    va_list args;
    va_start(args, format);
    add_cell(s, tone, order)->text = printed(format, args);
    va_end(args);
}

void sheet_name(Sheet *s, Tone tone, const char *name) {
    SheetCell *c = add_cell(s, tone, NAN);
    c->text = sheet_clean(name);
    c->is_code = true;
}

void sheet_rest(Sheet *s, size_t count) {
    if (count > s->rows_max)
        sheet_text(s, TONE_DIM, "… and %zu more, in summary.json",
                   count - s->rows_max);
}

void sheet_fill(Sheet *s, const Report *r, size_t rows_max, bool is_long) {
    s->rows_max = rows_max;
    s->is_long = is_long;
    sheet_verdicts(s, r);
    sheet_sections(s, r);
}

static void close_blocks(SheetBlock *items, size_t count) {
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < items[i].count; k++)
            free(items[i].cells[k].text);
        free(items[i].cells);
        free(items[i].text);
        free(items[i].code);
    }
    free(items);
}

void sheet_close(Sheet *s) {
    close_blocks(s->items, s->count);
    close_blocks(s->reasons, s->reason_count);
    free(s->head.name);
    free(s->head.target);
    free(s->head.words);
    free(s->head.ended);
    free(s->head.facts);
    *s = (Sheet){ 0 };
}
