/* SPDX-License-Identifier: GPL-3.0-or-later */
/* number.h: numbers and characters written in ASCII, as JSON, headers and
 * variables bring them. Pure; nothing is read beyond the length. */
#ifndef ONRUSH_EXPR_NUMBER_H
#define ONRUSH_EXPR_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A text that is wholly a decimal number: -1, 007, 2.50, 1e3; no blanks, no
 * sign +, no hexadecimals, no infinity. Rounded to the nearest double; what is
 * too large is infinite. False: it is something else. LC_NUMERIC has to be C.
 */
bool number_read(const char *text, size_t length, double *to);

/* Four hexadecimal digits; reads four bytes at most. */
bool hex4_read(const char *s, uint32_t *to);
/* One to four bytes of UTF-8; how many. code: at most 0x10ffff. */
size_t utf8_write(char *to, uint32_t code);

#endif
