/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tty.h: bytes to the terminal past curses: what it has no word for. */
#ifndef ONRUSH_UI_TTY_H
#define ONRUSH_UI_TTY_H

#include <stdbool.h>
#include <stddef.h>

/* Writes all of it to stdout, behind what curses has written; the terminal
 * may be slow, but not for ever: false when it takes nothing for a second.
 * Main thread. */
bool tty_send(const char *bytes, size_t length);

#endif
