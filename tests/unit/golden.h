/* SPDX-License-Identifier: GPL-3.0-or-later */
/* golden.h: whole screens against text in screens/; ONRUSH_REGEN=1 rewrites
 * it, to be reviewed as a diff. */
#ifndef ONRUSH_TESTS_GOLDEN_H
#define ONRUSH_TESTS_GOLDEN_H

#include "ui/cells.h"

/* Fails the test when the screen is not what stands in screens/NAME.txt. */
void golden_compare(const Cells *c, const char *name);
/* The same for any text, in screens/FILE. */
void golden_compare_text(const char *got, const char *file);
/* Is this text somewhere in a row? */
bool golden_has(const Cells *c, const char *text);

#endif
