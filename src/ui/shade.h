/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shade.h: heat without its colours: signs that are denser the more there
 * is. Pure. */
#ifndef ONRUSH_UI_SHADE_H
#define ONRUSH_UI_SHADE_H

#include "ui/cells.h"
#include "ui/theme.h"

/* A level 1..HEAT_LEVELS as a sign; more levels share one. */
uint32_t shade_rune(Glyphs font, int level);
/* A cell of a heat map as it is where colours are too few for it: one sign
 * for both halves. Other cells as they are, without a heat's ground. */
ScreenCell shade_cell(const ScreenCell *cell, Glyphs font);

#endif
