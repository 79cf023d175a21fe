/* SPDX-License-Identifier: GPL-3.0-or-later */
/* osc52.h: the sequence that puts a text into a terminal's clipboard, as
 * xterm's control sequences describe it (OSC 52, base64 of RFC 4648). Pure. */
#ifndef ONRUSH_UI_OSC52_H
#define ONRUSH_UI_OSC52_H

#include "base/err.h"
#include "base/text.h"

/* Terminals take at least 100 000 bytes of base64. */
#define OSC52_TEXT_MAX 74994

/* Appends the sequence; in tmux wrapped a second time, so that it passes
 * where tmux does not take it for itself. -1 with err: it is too long. */
int osc52_print(Text *to, const char *text, bool is_tmux, Err *err);

#endif
