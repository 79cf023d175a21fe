/* SPDX-License-Identifier: GPL-3.0-or-later */
/* units.h: durations, counts, rates and sizes, as people write and read them.
 * Pure. Readers take the whole text: what is left over is an error; they
 * return 0, or -1 with err (text and column) and leave *value alone. */
#ifndef ONRUSH_BASE_UNITS_H
#define ONRUSH_BASE_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define UNITS_TEXT_MAX 32

/* "2m", "1h30m", "500ms", "1.5s", "0": ns us ms s m h d; at most 365 d. */
int units_read_duration(const char *text, uint64_t *ns, Err *err);
/* "100", "1.5k", "2M": not negative, at most 1e12. */
int units_read_count(const char *text, double *count, Err *err);
/* "250" or "1k" (virtual users, whole), "800/s" "30/m" "2k/h" (arrival rate,
 * then *is_rate and the value is per second). */
int units_read_level(const char *text, double *level, bool *is_rate, Err *err);
/* "8%", "8 %", "0.08": a share from 0 to 100 (10 000 %). */
int units_read_share(const char *text, double *share, Err *err);

/* The printers write at most UNITS_TEXT_MAX bytes and return buffer. */
typedef char UnitsText[UNITS_TEXT_MAX];
char *units_duration(UnitsText to, uint64_t ns); /* 1h30m, 90s as 1m30s */
char *units_span(UnitsText to, uint64_t ns);     /* as above, to 0.1 s */
char *units_clock(UnitsText to, uint64_t ns);    /* 02:14, 1:02:14 */
char *units_latency(UnitsText to, double ns);    /* 4.10 ms, 1.12 s, 85 us */
char *units_count(UnitsText to, double n);       /* 8 214, 51 200, 3.40M */
char *units_bytes(UnitsText to, double n);       /* 91.0 MB, 4.10 kB */
char *units_level(UnitsText to, double level, bool is_rate); /* 250, 800/s */
char *units_percent(UnitsText to, double share); /* 0.12 as 12.0 % */

#endif
