/* SPDX-License-Identifier: GPL-3.0-or-later */
/* utf8.h: UTF-8 to runes and back, for drawing only. Pure. */
#ifndef ONRUSH_UI_UTF8_H
#define ONRUSH_UI_UTF8_H

#include <stdint.h>

/* The next rune of a NUL-terminated text; *s moves behind it. A broken
 * sequence is one byte long and reads as 0xfffd; 0 at the end. */
uint32_t utf8_next(const char **s);
/* Writes 1..4 bytes, returns how many. */
int utf8_put(char to[4], uint32_t rune);

#endif
