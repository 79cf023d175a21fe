/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/page.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/mem.h"

#define GAP 2
#define FIRST_MIN 8

/* --- characters --------------------------------------------------------- */

/* The character at s, which is valid UTF-8; its bytes go to *length. */
static wchar_t rune_at(const char *s, size_t *length) {
    unsigned char b = (unsigned char)*s;
    size_t n = b < 0x80 ? 1 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4;
    uint32_t rune = n == 1 ? b : b & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++)
        rune = rune << 6 | ((unsigned char)s[i] & 0x3fu);
    *length = n;
    return (wchar_t)rune;
}

/* In a locale without wide characters all count one. */
static int rune_width(wchar_t rune) {
    int w = wcwidth(rune);
    return w < 0 ? 1 : w;
}

int page_width(const char *text) {
    int width = 0;
    size_t n;
    for (const char *s = text; *s; s += n) {
        wchar_t rune = rune_at(s, &n);
        width += rune_width(rune);
    }
    return width;
}

/* Ours have a likeness in ASCII, others are '?'. */
static const char *in_ascii(wchar_t rune) {
    static const struct {
        wchar_t rune;
        const char *like;
    } ours[] = { { 0x2713, "+" },
                 { 0x2717, "x" },
                 { 0x2026, "~" },
                 { 0x2192, "->" },
                 { 0x2265, ">" },
                 { 0x00b1, "+-" } };
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (ours[i].rune == rune)
            return ours[i].like;
    return "?";
}

/* A copy that is safe to show; free() it. */
static char *shown(const Page *p, const char *text) {
    size_t n = strlen(text), size = 3 * n + 1, length;
    char *clean = text_clean(mem_alloc(size, 1), size, text, n);
    if (!p->ascii)
        return clean;
    Text t = { 0 };
    for (const char *s = clean; *s; s += length) {
        wchar_t rune = rune_at(s, &length);
        if (length == 1)
            text_add(&t, s, 1);
        else
            text_adds(&t, in_ascii(rune));
    }
    free(clean);
    return text_take(&t);
}

/* --- lines -------------------------------------------------------------- */

static const char *const sgr[] = {
    [TONE_PLAIN] = "",        [TONE_DIM] = "\033[2m",   [TONE_BOLD] = "\033[1m",
    [TONE_GOOD] = "\033[32m", [TONE_WARN] = "\033[33m", [TONE_BAD] = "\033[31m",
};

/* How many bytes of text fit into width columns. */
static size_t fitting(const char *text, int width) {
    size_t used = 0, n;
    for (; text[used]; used += n) {
        wchar_t rune = rune_at(text + used, &n);
        width -= rune_width(rune);
        if (width < 0)
            break;
    }
    return used;
}

void page_add(Page *p, Tone tone, const char *text) {
    char *clean = shown(p, text);
    int room = p->columns - p->at, width = page_width(clean);
    bool toned = p->colour && *sgr[tone] && room > 0 && width > 0;
    if (toned)
        text_adds(p->to, sgr[tone]);
    if (width <= room) {
        text_adds(p->to, clean);
        p->at += width;
    } else if (room > 0) {
        text_add(p->to, clean, fitting(clean, room - 1));
        text_adds(p->to, p->ascii ? "~" : "…");
        p->at = p->columns;
    }
    if (toned)
        text_adds(p->to, "\033[0m");
    free(clean);
}

/* "5 s", "95 %": what a line must not part. */
static bool is_unit(const char *text, const char *at) {
    static const char *const units[] = { "%", "s", "ms", "us" };
    size_t n, i = 0;
    if (at == text || at[-1] < '0' || at[-1] > '9' || *at != ' ')
        return false;
    n = strcspn(++at, " ,;:.)");
    while (i < sizeof units / sizeof *units &&
           (strlen(units[i]) != n || strncmp(units[i], at, n) != 0))
        i++;
    return i < sizeof units / sizeof *units;
}

void page_paragraph(Page *p, Tone tone, int indent, const char *text) {
    Text line = { 0 };
    int room = p->columns - indent;
    for (const char *at = text; *at;) {
        const char *end = strchrnul(at, ' ');
        if (is_unit(text, end))
            end = strchrnul(end + 1, ' ');
        Text longer = { 0 };
        text_addf(&longer, "%s%s%.*s", line.length ? line.bytes : "",
                  line.length ? " " : "", (int)(end - at), at);
        bool fits = page_width(longer.bytes) <= room || !line.length;
        if (fits) {
            text_close(&line);
            line = longer;
            at = end + strspn(end, " ");
        } else {
            text_close(&longer);
        }
        if (!fits || !*at) {
            page_indent(p, indent);
            page_add(p, tone, line.bytes);
            page_end(p);
            text_clear(&line);
        }
    }
    text_close(&line);
}

void page_addf(Page *p, Tone tone, const char *format, ...) {
    Text text = { 0 };
    va_list args;
    va_start(args, format);
    text_addv(&text, format, args);
    va_end(args);
    page_add(p, tone, text.bytes ? text.bytes : "");
    text_close(&text);
}

void page_indent(Page *p, int column) {
    while (p->at < column && p->at < p->columns) {
        text_adds(p->to, " ");
        p->at++;
    }
}

void page_end(Page *p) {
    while (p->to->length && p->to->bytes[p->to->length - 1] == ' ')
        p->to->bytes[--p->to->length] = '\0';
    text_adds(p->to, "\n");
    p->at = 0;
}

/* --- tables ------------------------------------------------------------- */

void table_add(Table *t, Tone tone, const char *text) {
    mem_grow(t->cells, t->count, t->cap);
    t->cells[t->count++] = (TableCell){ mem_dup_text(text), tone };
}

void table_addf(Table *t, Tone tone, const char *format, ...) {
    Text text = { 0 };
    va_list args;
    text_adds(&text, ""); /* a cell has a text */
    va_start(args, format);
    text_addv(&text, format, args);
    va_end(args);
    mem_grow(t->cells, t->count, t->cap);
    t->cells[t->count++] = (TableCell){ text_take(&text), tone };
}

/* A column without anything in it has no width. */
static void measure(const Table *t, const Page *p, int *widths) {
    for (size_t c = 0; c < t->width; c++) {
        const char *head = t->columns[c].head;
        widths[c] = 0;
        for (size_t i = c; i < t->count; i += t->width) {
            char *clean = shown(p, t->cells[i].text);
            int w = page_width(clean);
            widths[c] = w > widths[c] ? w : widths[c];
            free(clean);
        }
        int w = head ? page_width(head) : 0;
        if (widths[c] && w > widths[c])
            widths[c] = w;
    }
}

static int total_width(const Table *t, const int *widths) {
    int sum = -GAP;
    for (size_t c = 0; c < t->width; c++)
        sum += widths[c] ? widths[c] + GAP : 0;
    return sum;
}

/* Makes it fit: a column that goes gets no width. */
static void squeeze(const Table *t, int room, int *widths) {
    while (total_width(t, widths) > room) {
        size_t worst = 0;
        int drop = 0;
        for (size_t c = 0; c < t->width; c++)
            if (widths[c] && t->columns[c].drop > drop) {
                drop = t->columns[c].drop;
                worst = c;
            }
        if (drop == 0)
            break;
        widths[worst] = 0;
    }
    int over = total_width(t, widths) - room;
    if (over > 0)
        widths[0] = widths[0] - over > FIRST_MIN ? widths[0] - over
                    : widths[0] < FIRST_MIN      ? widths[0]
                                                 : FIRST_MIN;
}

static void print_cell(Page *p, int start, int width, bool right, Tone tone,
                       const char *text) {
    int line = p->columns;
    int end = start + width;
    char *clean = shown(p, text);
    int wide = page_width(clean);
    free(clean);
    page_indent(p, right && wide < width ? end - wide : start);
    if (end < line)
        p->columns = end;
    page_add(p, tone, text);
    p->columns = line;
}

void table_print(Table *t, Page *p, int indent) {
    int widths[TABLE_COLUMNS_MAX];
    assert(t->width <= TABLE_COLUMNS_MAX && t->count % t->width == 0);
    measure(t, p, widths);
    squeeze(t, p->columns - indent, widths);
    bool headed = false;
    for (size_t c = 0; c < t->width; c++)
        headed |= t->columns[c].head != NULL;
    for (size_t i = 0; i <= t->count; i += t->width) {
        if (i == 0 && !headed)
            continue;
        int start = indent;
        for (size_t c = 0; c < t->width; c++) {
            const TableColumn *k = &t->columns[c];
            const TableCell *cell = i ? &t->cells[i - t->width + c] : NULL;
            const char *text = cell ? cell->text : k->head ? k->head : "";
            if (widths[c] == 0)
                continue;
            print_cell(p, start, widths[c], k->right,
                       cell ? cell->tone : TONE_DIM, text);
            start += widths[c] + GAP;
        }
        page_end(p);
    }
    for (size_t i = 0; i < t->count; i++)
        free(t->cells[i].text);
    free(t->cells);
    t->cells = NULL;
    t->count = t->cap = 0;
}
