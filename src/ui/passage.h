/* SPDX-License-Identifier: GPL-3.0-or-later */
/* passage.h: a request or an answer as it went, in lines that may be longer
 * than there is room: they go on in the next row, behind a space or, where
 * there is none, a backslash. Pure; private to the drawing part of ui/. */
#ifndef ONRUSH_UI_PASSAGE_H
#define ONRUSH_UI_PASSAGE_H

#include "ui/cells.h"
#include "ui/theme.h"

/* Rows that it takes, of cols columns (>= 2). */
int passage_rows(const char *text, int cols);
/* From its row top on, as many as there is room for. Its first line and its
 * head (up to the first empty line) look different from the body. */
void passage_draw(Cells *c, Rect r, const char *text, int top);
/* A line across with a title, and a note (may be NULL) at its right end. */
void passage_title(Cells *c, Rect r, const char *title, const char *note,
                   Glyphs glyphs);

#endif
