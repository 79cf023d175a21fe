/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chooser.h: a box that asks for one of a list of names, or for a path that
 * is typed: the list shows the names that contain what was typed. Pure of
 * terminal; main thread. */
#ifndef ONRUSH_UI_CHOOSER_H
#define ONRUSH_UI_CHOOSER_H

#include "base/err.h"
#include "ui/dialog.h"

typedef struct Chooser {
    bool is_open;
    char **names;
    size_t count, selected; /* of those that fit */
    Field field;
    bool has_error;
    Err err; /* why the last Enter did nothing */
} Chooser;

/* Copies the names. */
void chooser_open(Chooser *c, const char *const *names, size_t count);
void chooser_close(Chooser *c);
DialogResult chooser_key(Chooser *c, int key);
/* The selected name, or what was typed when no name contains it; NULL: there
 * is neither. */
const char *chooser_choice(const Chooser *c);
void chooser_draw(Cells *cells, const Chooser *c, const char *title,
                  Glyphs glyphs);

#endif
