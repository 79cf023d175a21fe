/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hist.h: a log-linear histogram of nanoseconds, three significant digits.
 *
 * The layout is HdrHistogram's (Gil Tene; lowest 1, 3 digits, highest 1 h),
 * so that its encodings can be written: 2048 counters up to 2047 ns, then
 * 1024 for every power of two; 33 pages of 1024 counters. A page appears
 * when it is first hit and stays. Relative error of any value <= 0.05 %.
 * A page knows which of its blocks were hit: what merges, clears and reads
 * skips the others, most of a short interval's.
 *
 * A Hist belongs to one thread at a time; {0} is an empty one. */
#ifndef ONRUSH_STATS_HIST_H
#define ONRUSH_STATS_HIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

#define HIST_PAGE 1024
#define HIST_PAGES 33
#define HIST_HIGHEST UINT64_C(3600000000000)

#define HIST_BLOCK 16 /* counters */

typedef struct HistPage {
    uint64_t n[HIST_PAGE];
    uint64_t hit; /* a bit for each block that may hold something */
} HistPage;

typedef struct Hist {
    uint64_t count, min, max, sum; /* exact; min is 0 while count is 0 */
    HistPage *page[HIST_PAGES];
} Hist;

/* The slow path of hist_record: makes the page. */
void hist_new_page(Hist *h, size_t page);

static inline size_t hist_index(uint64_t ns) {
    unsigned bucket = 53u - (unsigned)__builtin_clzll(ns | 2047);
    return ((size_t)(bucket + 1) << 10) + (size_t)(ns >> bucket) - 1024;
}

/* Values above an hour count as an hour; max keeps the true one. */
static inline void hist_record_n(Hist *h, uint64_t ns, uint64_t n) {
    size_t i = hist_index(ns < HIST_HIGHEST ? ns : HIST_HIGHEST);
    if (__builtin_expect(!h->page[i >> 10], 0))
        hist_new_page(h, i >> 10);
    HistPage *p = h->page[i >> 10];
    p->n[i & (HIST_PAGE - 1)] += n;
    p->hit |= UINT64_C(1) << (i / HIST_BLOCK % 64);
    if (ns > h->max)
        h->max = ns;
    if (ns < h->min || h->count == 0)
        h->min = ns;
    h->count += n;
    h->sum += ns * n;
}

static inline void hist_record(Hist *h, uint64_t ns) {
    hist_record_n(h, ns, 1);
}

void hist_add(Hist *to, const Hist *from);
/* Takes away what was added; min and max become bucket middles. */
void hist_subtract(Hist *from, const Hist *what);
void hist_clear(Hist *h); /* keeps the pages */
void hist_close(Hist *h);

/* q in 0..1: linear interpolation between the ranks around q * (n - 1), as
 * k6 does; 0 and 1 are the exact min and max. NaN when empty. */
double hist_quantile(const Hist *h, double q);
/* Several in one pass, in rising order; n <= HIST_QUANTILES_MAX. */
#define HIST_QUANTILES_MAX 8
void hist_quantiles(const Hist *h, const double *q, size_t n, double *out);
double hist_mean(const Hist *h); /* NaN when empty */
/* Of the sample (n - 1), to the histogram's grain; NaN with fewer than 2. */
double hist_variance(const Hist *h);
/* Share (0..1) of the values that are <= ns; NaN when empty. */
double hist_share_below(const Hist *h, uint64_t ns);
/* How many values are <= each of ns (rising, below HIST_HIGHEST), to the
 * histogram's grain, in one pass over what was hit. */
void hist_counts_below(const Hist *h, const uint64_t *ns, size_t n,
                       uint64_t *out);
/* Share (0..1) of the sum of all values that their largest `part` (0..1, by
 * count) makes up, to the histogram's grain; NaN when empty, part when all
 * are 0. */
double hist_share_of_largest(const Hist *h, double part);

/* A counter that holds something, and the values that it is for. */
typedef struct HistStep {
    uint64_t low, high, n; /* ns, both included */
} HistStep;

/* The first such counter from place *at on, 0 at first; *at is then behind
 * it. Rising; false: there are no more. */
bool hist_next(const Hist *h, size_t *at, HistStep *out);

/* Appends HdrHistogram's V2 payload (big-endian header, then ZigZag LEB128
 * counts, runs of zeros as -n); hist_decode_add reads one of ours or any
 * with 3 digits and lowest 1, adding to *h. min, max and sum are then of
 * bucket middles unless the caller sets them. -1 with err when it is cut
 * or is none. */
void hist_encode(const Hist *h, Text *to);
int hist_decode_add(Hist *h, const char *bytes, size_t length, Err *err);
/* The counters alone, without the payload's header: the same, shorter. */
void hist_encode_counters(const Hist *h, Text *to);
int hist_decode_counters(Hist *h, const char *bytes, size_t length, Err *err);

#endif
