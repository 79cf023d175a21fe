/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wrap.h: text in lines. Pure. */
#ifndef ONRUSH_UI_WRAP_H
#define ONRUSH_UI_WRAP_H

#include "ui/cells.h"

#define WRAP_LINE_MAX 256

/* The next line of at most cols columns (>= 1), broken at a space where
 * there is one; *text moves behind it. false: nothing is left. */
bool wrap_next(const char **text, int cols, char line[WRAP_LINE_MAX]);
/* In the rectangle, what does not fit is left out; returns the rows. */
int wrap_draw(Cells *c, Rect r, Style style, const char *text);

#endif
