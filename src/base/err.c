/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/err.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

int err_set(Err *err, const char *format, ...) {
    if (err) {
        va_list args;
        va_start(args, format);
        vsnprintf(err->text, sizeof err->text, format, args);
        va_end(args);
        err->column = 0;
    }
    return -1;
}

int err_at(Err *err, int column, const char *format, ...) {
    if (err) {
        va_list args;
        va_start(args, format);
        vsnprintf(err->text, sizeof err->text, format, args);
        va_end(args);
        err->column = column;
    }
    return -1;
}

void diags_init(Diags *d, const char *file) {
    *d = (Diags){ .file = mem_dup_text(file) };
}

void diags_close(Diags *d) {
    for (size_t i = 0; i < d->count; i++)
        free(d->items[i].text);
    free(d->items);
    free(d->file);
    *d = (Diags){ 0 };
}

void diags_add(Diags *d, int line, int column, const char *format, ...) {
    char text[ERR_TEXT_MAX * 2], clean[sizeof text];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    text_clean(clean, sizeof clean, text, strlen(text));
    mem_grow(d->items, d->count, d->cap);
    d->items[d->count++] = (Diag){ line, column, mem_dup_text(clean) };
}

static int diag_order(const void *a, const void *b) {
    const Diag *x = a, *y = b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return (x->column > y->column) - (x->column < y->column);
}

void diags_sort(Diags *d) {
    if (d->count)
        qsort(d->items, d->count, sizeof *d->items, diag_order);
}

void diags_print(const Diags *d, FILE *to) {
    for (size_t i = 0; i < d->count; i++) {
        const Diag *g = &d->items[i];
        if (g->line && g->column)
            text_to(to, "%s:%d:%d: %s\n", d->file, g->line, g->column, g->text);
        else if (g->line)
            text_to(to, "%s:%d: %s\n", d->file, g->line, g->text);
        else
            text_to(to, "%s: %s\n", d->file, g->text);
    }
}
