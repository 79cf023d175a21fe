/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ceiling.h: how high a load may go at a target that nobody confirmed. Pure;
 * whoever owns the wheel sets it and looks whether it was passed. */
#ifndef ONRUSH_CONTROL_CEILING_H
#define ONRUSH_CONTROL_CEILING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

/* So much does nobody harm: ten users are two browsers' connections, ten
 * arrivals a second a person who reloads. */
#define CEILING_VUS 10.0
#define CEILING_RATE 10.0

struct Wheel;

/* The highest levels anywhere in the plans, added up as if all scenarios had
 * theirs at once: VUs, and arrivals/s. */
typedef struct Peaks {
    double vus, rate;
} Peaks;

typedef struct Ceiling {
    bool is_set;       /* the load is below it, and is to stay there ... */
    bool is_far;       /* ... because hosts are neither loopback nor private */
    bool is_shut;      /* it is above; its owner keeps it from such hosts */
    bool is_confirmed; /* by `confirm` */
    const char *far;   /* which of these; NULL: where one of them leads */
    const char *const *hosts; /* of the plan; borrowed, at least one */
    size_t host_count;
} Ceiling;

bool peaks_are_high(const Peaks *p);
Peaks wheel_peaks(const struct Wheel *w);
/* Appends "500 VUs", "20 arrivals/s", "500 VUs and 20 arrivals/s". */
void peaks_print(const Peaks *p, Text *to);

/* May the wheel do that now? Tried on a copy; what cannot be done may be: it
 * will say so itself. -1 with err: it would pass the ceiling. *passes: it
 * goes above it, and may. */
int ceiling_check(const struct Wheel *w, uint64_t now_ns, const char *command,
                  bool *passes, Err *err);

/* confirm HOST, of the table of verbs: the ceiling is no more. */
int verb_confirm(struct Wheel *w, uint64_t now_ns, const char *args,
                 Text *answer, Err *err);

#endif
