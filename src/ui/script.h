/* SPDX-License-Identifier: GPL-3.0-or-later */
/* script.h: keys typed by a file at given seconds (--keys), and screens
 * written as text (--frames): tests, documents and bug reports.
 *
 * A script's lines are `SECONDS KEY...`, `SECONDS type TEXT`, `SECONDS click
 * ROW COLUMN` (from 1) and `SECONDS shot NAME`; seconds are real ones since the
 * run's start and never go back. Keys are named as in keys.h. A # at the
 * beginning of a line or after the keys begins a comment. Main thread. */
#ifndef ONRUSH_UI_SCRIPT_H
#define ONRUSH_UI_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "ui/cells.h"
#include "ui/mouse.h"

#define SCRIPT_NAME_MAX 64

typedef struct ScriptStep {
    uint64_t at_ns;
    int key; /* KEYCODE_NONE: a shot; KEYCODE_MOUSE: the mouse */
    MouseEvent mouse;
    char shot[SCRIPT_NAME_MAX]; /* its name: letters, digits, - and _ */
} ScriptStep;

typedef struct Script {
    ScriptStep *steps;
    size_t count, cap, next;
} Script;

/* Reads a file; every mistake goes to *d with line and column. 0, or -1 and
 * the script is empty. */
int script_read(Script *s, const char *path, Diags *d);
/* The same for text at hand. */
int script_parse(Script *s, const char *text, Diags *d);
/* The next step that is due, NULL when none is (yet). */
const ScriptStep *script_due(Script *s, uint64_t now_ns);
/* When the next one is due, UINT64_MAX: there is none. */
uint64_t script_next_ns(const Script *s);
void script_close(Script *s);

/* Screens in a directory: frame-0001.txt is the first one, then one a
 * second; NAME.txt is a shot. */
typedef struct Frames {
    char *dir;
    uint64_t count;
} Frames;

/* Makes the directory. */
int frames_open(Frames *f, const char *dir, Err *err);
/* Is a second over? */
bool frames_due(const Frames *f, uint64_t now_ns);
/* Writes the next frame, or the shot of that name. */
int frames_write(Frames *f, const Cells *c, uint64_t now_ns, Err *err);
int frames_shot(const Frames *f, const Cells *c, const char *name, Err *err);
void frames_close(Frames *f);

#endif
