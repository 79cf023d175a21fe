/* SPDX-License-Identifier: GPL-3.0-or-later */
/* term.h: the terminal, and the only place that knows curses. One Term at a
 * time; main thread.
 *
 * No signal handler is installed here. Whoever handles signals calls:
 *   SIGTSTP            term_suspend, then stops itself; on SIGCONT
 *                      term_resume and draws
 *   SIGWINCH           just draws: term_size asks the terminal each time
 *   SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT
 *                      term_restore_now, then the default action
 * Ctrl-C, Ctrl-\ and Ctrl-Z stay the terminal's own (ISIG): they work when
 * the program hangs. SIGINT is to be given to console_key as Ctrl-C. Out of
 * memory restores the terminal by itself (mem_on_exhausted). */
#ifndef ONRUSH_UI_TERM_H
#define ONRUSH_UI_TERM_H

#include "base/err.h"
#include "ui/cells.h"
#include "ui/keys.h"
#include "ui/mouse.h"
#include "ui/theme.h"

typedef struct Term Term;

/* What the user wants otherwise than it is found. */
typedef struct TermOptions {
    bool has_depth; /* depth: at most that many colours, whatever NO_COLOR
                       says; COLOR_TRUE also without COLORTERM */
    ColorDepth depth;
    bool has_glyphs; /* ONRUSH_GLYPHS is nearer and wins */
    Glyphs glyphs;
    bool no_mouse;   /* ask for no mouse reports */
    bool own_ground; /* leave the terminal's own where none is drawn */
} TermOptions;

/* Takes stdin and stdout over; sets LC_CTYPE from the environment. options
 * may be NULL. NULL with err when there is no usable terminal. Honours TERM,
 * COLORTERM, NO_COLOR and ONRUSH_GLYPHS=ascii|block|braille. */
Term *term_open(const TermOptions *options, Err *err);
/* Puts everything back as it was; NULL is fine. Returns what the terminal did
 * not take because it stands still, to be written when it goes on; NULL: it
 * took all. Good until the next term_open. */
const char *term_close(Term *t);

void term_size(Term *t, int *rows, int *cols); /* as it is now */
Glyphs term_glyphs(const Term *t);
/* The next key, KEYCODE_NONE when there is none: never waits (but 25 ms
 * after an Esc). Sequences that mean no key are swallowed. */
int term_key(Term *t);
/* What the mouse did, after KEYCODE_MOUSE; valid until the next key. */
const MouseEvent *term_mouse(const Term *t);
/* Takes clicks and drags, or leaves them to the terminal, which selects text
 * with them (as it does with Shift anyway). Off at first; nothing where
 * terminfo knows no mouse. */
void term_set_mouse(Term *t, bool on);
/* Puts a text into the clipboard (OSC 52). Whether the terminal does it is
 * not known; -1 with err: too long (osc52.h), or it cannot be sent. */
int term_copy(Term *t, const char *text, Err *err);
/* Brings the screen to what cells holds; sends only what changed. */
void term_show(Term *t, const Cells *cells, const Theme *theme);

/* The next term_show sends everything: something else wrote on the screen. */
void term_redraw(Term *t);

void term_suspend(Term *t);
void term_resume(Term *t);

/* Async-signal-safe; does nothing when no Term is open. */
void term_restore_now(void);

#endif
