/* SPDX-License-Identifier: GPL-3.0-or-later */
/* knee.h: where throughput levels off, by curves fitted over the levels that
 * were seen so far; said only when the evidence suffices.
 *
 * "Levels off" is the least load at which the fitted curve reaches USL_KNEE of
 * its highest throughput, be that a peak or a limit: so it does not jump when
 * a curve that falls a little becomes one that does not. The curve is the
 * scaling law (maths/usl.h), which can say it beforehand; but a straight rise
 * with a corner (maths/corner.h) where that leaves less than KNEE_BETTER of
 * the law's sum of squares, and the corner lies behind.
 *
 * Seconds are grouped by the VUs that work, three groups to a doubling; a
 * group's throughput is the median of its last KNEE_SECONDS seconds, of
 * requests that did not fail. Left out are seconds in which the level moved by
 * more than a quarter, and those with VUs of an arrival rate: in the open
 * model VUs are no load, and there is no knee by them.
 *
 * It is said with KNEE_LEVELS groups or more, of KNEE_LEVEL_SECONDS seconds or
 * more each, over a factor of KNEE_SPAN in load; r2 at least KNEE_R2; the ends
 * of the interval apart by a factor of KNEE_WIDE at most; the load at least the
 * lowest that was seen, and at most KNEE_FAR times the highest. Never when
 * onrush itself was the limit. */
#ifndef ONRUSH_STATS_KNEE_H
#define ONRUSH_STATS_KNEE_H

#include <stdint.h>

#include "base/units.h"
#include "maths/corner.h"

#define KNEE_SECONDS 32
#define KNEE_LEVELS 5
#define KNEE_LEVEL_SECONDS 3
#define KNEE_SPAN 4
#define KNEE_R2 0.9
#define KNEE_BETTER 0.5
#define KNEE_WIDE 2
#define KNEE_FAR 3
#define KNEE_EVERY 10

typedef struct Knee {
    bool is_known;
    Estimate load;      /* VUs at which throughput levels off, 95 % */
    double throughput;  /* requests/s there */
    double seen;        /* the highest level the fit is over, VUs */
    size_t levels;      /* that were seen */
    const UslPoint *points; /* the levels, ascending */
    bool is_corner;     /* what it goes by: the corner, else the law */
    UslFit fit;         /* is_fitted false: none was tried */
    CornerFit corner;   /* the same */
    char text[160];     /* "throughput levels off near 1 400 VUs (1 250 to
                           1 600), at about 8 200 requests/s", beyond what was
                           seen "would level off ... ; seen up to 700"; "" */
    const char *why;    /* a literal: what lacks, when not known */
} Knee;

typedef struct KneeSecond {
    double seconds;       /* its length */
    double active, users; /* VUs at its end; of these, of no arrival rate */
    uint64_t requests, failed;
} KneeSecond;

/* Of fixed size, however long the run is. Pure; one thread. */
typedef struct KneeWatch KneeWatch;

KneeWatch *knee_new(void);
void knee_free(KneeWatch *w); /* NULL is fine */
/* Every finished second, once, in order. */
void knee_second(KneeWatch *w, const KneeSecond *s);
/* From now on the generator is the bottleneck. */
void knee_bound(KneeWatch *w);
/* The run is over: knee_now says what all of it tells. */
void knee_end(KneeWatch *w);
/* Fits anew, which takes about 1 ms of a core: every second at first, when 3 %
 * of the seconds are new later, but every KNEE_EVERY seconds. Valid until the
 * next call. */
const Knee *knee_now(KneeWatch *w);
/* To three digits: 1 410, 97; more would say more than is known. */
char *knee_digits(UnitsText to, double n);

#endif
