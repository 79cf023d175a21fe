/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/markdown.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "report/sheet.h"

#define ROWS 30

/* --- escaping ----------------------------------------------------------- */

/* Breaks what GitHub would make a link of, for it looks at the text that
 * comes of the escapes. */
#define BREAK "<!-- -->"

static bool begins_link(const char *s, const char *text) {
    if (*s == '@')
        return true;
    if (*s == ':' && s[1] == '/')
        return true;
    if (*s == '#' && isdigit((unsigned char)s[1]))
        return true;
    return *s == '.' && s - text >= 3 && strncasecmp(s - 3, "www", 3) == 0;
}

/* A list, a numbered one, or the line under a heading. */
static bool begins_block(const char *s, const char *text) {
    size_t digits = strspn(text, "0123456789");
    bool is_apart = s[1] == ' ' || s[1] == '\0';
    if (s == text)
        return strchr("-+=", *s) != NULL;
    return (size_t)(s - text) == digits && (*s == '.' || *s == ')') &&
           is_apart;
}

void markdown_text(Text *to, const char *text) {
    for (const char *s = text; *s; s++) {
        if (begins_link(s, text)) {
            text_adds(to, BREAK);
            text_add(to, s, 1);
            text_adds(to, BREAK);
        } else if (*s == '\n' || *s == '\r') {
            text_adds(to, " ");
        } else {
            if (strchr("\\`*_{}[]<>&|#~$!", *s) || begins_block(s, text))
                text_adds(to, "\\");
            text_add(to, s, 1);
        }
    }
}

/* A fence longer than any row of backticks within. */
static int fence_for(const char *text, int least) {
    int most = 0;
    for (const char *s = text; *s;) {
        int n = (int)strspn(s, "`");
        most = n > most ? n : most;
        s += n ? n : 1;
    }
    return most + 1 > least ? most + 1 : least;
}

static void add_fence(Text *to, int n) {
    for (int i = 0; i < n; i++)
        text_adds(to, "`");
}

void markdown_code(Text *to, const char *text, bool in_table) {
    size_t n = strlen(text);
    int fence = fence_for(text, 1);
    if (n == 0)
        return;
    bool pad = *text == '`' || text[n - 1] == '`' ||
               (*text == ' ' && text[n - 1] == ' ' &&
                strspn(text, " ") < n);
    add_fence(to, fence);
    if (pad)
        text_adds(to, " ");
    for (const char *s = text; *s; s++) {
        if (*s == '|' && in_table)
            text_adds(to, "\\");
        text_add(to, *s == '\n' || *s == '\r' ? " " : s, 1);
    }
    if (pad)
        text_adds(to, " ");
    add_fence(to, fence);
}

/* --- blocks ------------------------------------------------------------- */

static void write_cell(const SheetCell *c, Text *to) {
    text_adds(to, " ");
    if (c->is_code)
        markdown_code(to, c->text, true);
    else
        markdown_text(to, c->text);
    text_adds(to, " |");
}

static void write_table(const SheetBlock *b, Text *to) {
    if (b->count == 0)
        return;
    text_adds(to, "\n|");
    for (size_t i = 0; i < b->width; i++)
        text_addf(to, " %s |", b->columns[i].head);
    text_adds(to, "\n|");
    for (size_t i = 0; i < b->width; i++)
        text_adds(to, b->columns[i].right ? " ---: |" : " --- |");
    text_adds(to, "\n");
    for (size_t i = 0; i < b->count; i++) {
        if (i % b->width == 0)
            text_adds(to, "|");
        write_cell(&b->cells[i], to);
        if (i % b->width == b->width - 1)
            text_adds(to, "\n");
    }
}

static void write_example(const SheetBlock *b, Text *to) {
    int fence = fence_for(b->code, 3);
    text_adds(to, "\n");
    markdown_text(to, b->text);
    text_adds(to, "\n\n");
    add_fence(to, fence);
    text_addf(to, "\n%s\n", b->code);
    add_fence(to, fence);
    text_adds(to, "\n");
}

static void write_block(const SheetBlock *b, Text *to) {
    switch (b->kind) {
    case SHEET_HEADING:
        text_addf(to, "\n## %s\n", b->text);
        return;
    case SHEET_TEXT:
        text_adds(to, "\n");
        markdown_text(to, b->text);
        text_adds(to, "\n");
        return;
    case SHEET_TABLE:
        write_table(b, to);
        return;
    case SHEET_CODE:
        write_example(b, to);
        return;
    case SHEET_CHARTS:
    case SHEET_SERIES:
    case SHEET_SCALE:
        return;
    }
}

/* --- the head ----------------------------------------------------------- */

static const char *mark_of(Tone tone) {
    return tone == TONE_GOOD ? "✓ " : tone == TONE_PLAIN ? "" : "✗ ";
}

static void write_head(const SheetHead *h, Text *to) {
    text_addf(to, "# %s", mark_of(h->tone));
    markdown_code(to, h->name, false);
    text_adds(to, ": ");
    markdown_text(to, h->words);
    text_addf(to, "\n\n**%s** (", h->badge);
    markdown_text(to, h->ended);
    text_adds(to, "). Target ");
    markdown_code(to, h->target, false);
    text_adds(to, ". ");
    markdown_text(to, h->facts);
    text_adds(to, ".\n");
}

static void write_reasons(const Sheet *s, Text *to) {
    if (s->reason_count)
        text_adds(to, "\n");
    for (size_t i = 0; i < s->reason_count; i++) {
        text_adds(to, "- ");
        markdown_text(to, s->reasons[i].text);
        text_adds(to, "\n");
    }
}

static void write_figures(const SheetHead *h, Text *to) {
    text_adds(to, "\n|");
    for (size_t i = 0; i < SHEET_FIGURES; i++)
        text_addf(to, " %s |", h->figures[i].label);
    text_adds(to, "\n|");
    for (size_t i = 0; i < SHEET_FIGURES; i++)
        text_adds(to, " ---: |");
    text_adds(to, "\n|");
    for (size_t i = 0; i < SHEET_FIGURES; i++) {
        text_adds(to, " **");
        markdown_text(to, h->figures[i].value);
        text_adds(to, "** ");
        markdown_text(to, h->figures[i].note);
        text_adds(to, " |");
    }
    text_adds(to, "\n");
}

void report_markdown(const Report *r, Text *to) {
    Sheet s = { 0 };
    sheet_fill(&s, r, ROWS, false);
    write_head(&s.head, to);
    write_reasons(&s, to);
    write_figures(&s.head, to);
    for (size_t i = 0; i < s.count; i++)
        write_block(&s.items[i], to);
    sheet_close(&s);
}
