/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screen.h: the console on a terminal, on the main loop: keys in, frames
 * out, resize, suspend; or without a terminal for --keys and --frames.
 * Main thread. */
#ifndef ONRUSH_CMD_SCREEN_H
#define ONRUSH_CMD_SCREEN_H

#include <uv.h>

#include "cmd/options.h"
#include "control/source.h"
#include "ui/host.h"

typedef struct Screen Screen;

/* dir: of the results, where screens are saved and earlier runs lie beside;
 * borrowed. owner: save_profile and read_stages, and their data; NULL:
 * neither. left(data) is
 * called when the operator leaves the final screen, or when the terminal is gone.
 * NULL with err. */
Screen *screen_new(uv_loop_t *loop, Source *source, const Options *o,
                   const char *dir, const ConsoleHost *owner,
                   void (*left)(void *data), void *data, Err *err);
void screen_lay_over(Screen *s, const char *name, Source *earlier);
/* After every tick of the engine: scripted keys, then a frame. */
void screen_tick(Screen *s);
void screen_hint(Screen *s, const char *hint);
/* The run is done and judged; trouble (may be NULL): what was not saved. */
void screen_saved(Screen *s, const char *dir, const char *trouble, int status,
                  const char *words);
/* What went wrong, for some seconds. */
void screen_notice(Screen *s, const char *trouble);
/* Was the end asked for with Ctrl-C? */
bool screen_was_interrupted(const Screen *s);
/* Ctrl-C: the first asks to finish, the second stops, then it leaves. */
void screen_interrupt(Screen *s);
/* The terminal is gone: draw no more. */
void screen_lost(Screen *s);
/* Gives the terminal back at once; the memory goes with the loop's next
 * turn. NULL is fine. Returns what a terminal that stands still has yet to be
 * told, as term_close. */
const char *screen_close(Screen *s);

#endif
