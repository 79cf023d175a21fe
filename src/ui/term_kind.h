/* SPDX-License-Identifier: GPL-3.0-or-later */
/* term_kind.h: what is known of a terminal beyond terminfo: from its name
 * (TERM) and the environment. Main thread. */
#ifndef ONRUSH_UI_TERM_KIND_H
#define ONRUSH_UI_TERM_KIND_H

#include "ui/theme.h"

/* NO_COLOR is set and not empty (no-color.org). */
bool term_kind_wants_none(void);
/* COLORTERM says so, and NO_COLOR does not forbid it. */
bool term_kind_wants_true_color(void);
/* What charts are made of: ASCII where the locale has no more, else what
 * ONRUSH_GLYPHS says, else what the user wants (NULL: nothing), else what
 * the fonts behind that name have. */
Glyphs term_kind_glyphs(const char *term, bool is_utf8, const Glyphs *wanted);
/* Does it show a frame at once when it comes as synchronized output (private
 * mode 2026), or at least take no notice of that? */
bool term_kind_takes_sync(const char *term);

#endif
