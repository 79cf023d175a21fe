/* SPDX-License-Identifier: GPL-3.0-or-later */
/* console.h: what the operator sees and does: the live view, dialogs, the
 * stage editor, help and the final screen.
 *
 * It knows no terminal: keys come in as codes (keys.h), frames go out as
 * Cells; whoever owns it (cmd/run) joins it with term.h, a key script, or a
 * test. Everything it does to the run goes through source_command as text.
 * Time (of notices and frames) is clock_now. Main thread. */
#ifndef ONRUSH_UI_CONSOLE_H
#define ONRUSH_UI_CONSOLE_H

#include "control/source.h"
#include "ui/cells.h"
#include "ui/host.h"
#include "ui/mouse.h"
#include "ui/theme.h"

typedef struct Console Console;

typedef struct ConsoleOptions {
    Glyphs glyphs;
    const char *hint; /* a suggestion for newcomers; NULL: none; borrowed */
    ConsoleHost host; /* {0}: no files */
} ConsoleOptions;

/* The source is borrowed and must live longer. */
Console *console_new(Source *source, ConsoleOptions options);
void console_free(Console *c);

/* A key, as from term_key or a script. */
void console_key(Console *c, int key);
/* The same of the mouse, over what the last frame showed. */
void console_mouse(Console *c, const MouseEvent *event);
/* Draws the whole screen as it is now, in the size that cells has. */
void console_draw(Console *c, Cells *cells);
/* Is there something new to draw? At most ten times a second, and at once
 * after a key. now_ns: clock_now. */
bool console_wants_frame(const Console *c, uint64_t now_ns);

/* Shows a text for some seconds. */
void console_notice(Console *c, const char *text, bool is_error);
void console_set_glyphs(Console *c, Glyphs glyphs);
void console_set_hint(Console *c, const char *hint); /* borrowed */

/* Lays an earlier run under this one, in place of what lay there; NULL: none.
 * The source is borrowed and must live longer, or until the next call. */
void console_lay_over(Console *c, const char *name, Source *earlier);

/* For the final screen: a file or directory that was saved; and how the run
 * ended ("a threshold broke"). Until the verdict is told the screen says
 * that it is being saved. */
void console_saved(Console *c, const char *path);
void console_verdict(Console *c, int exit_status, const char *words);

/* The operator has left: take the screen away. */
bool console_is_closed(const Console *c);
/* The end was asked for with Ctrl-C. */
bool console_is_interrupted(const Console *c);

#endif
