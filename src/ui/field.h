/* SPDX-License-Identifier: GPL-3.0-or-later */
/* field.h: one line of typed text with a cursor. Pure; UTF-8 throughout. */
#ifndef ONRUSH_UI_FIELD_H
#define ONRUSH_UI_FIELD_H

#include "ui/cells.h"

#define FIELD_BYTES 120

typedef struct Field {
    char text[FIELD_BYTES + 1];
    size_t cursor; /* bytes before it */
    bool is_fresh; /* a proposal: the first character typed replaces it */
} Field;

/* A proposal, the cursor at its end. */
void field_set(Field *f, const char *text);
/* true: the key was for the field. */
bool field_key(Field *f, int key);
/* Would this key be typed into a field? */
bool field_is_text(int key);
/* In cols columns, scrolled so that the cursor is seen; the cursor and the
 * field's ground only when it is active. */
void field_draw(const Field *f, Cells *c, int y, int x, int cols,
                bool is_active);

#endif
