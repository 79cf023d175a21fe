/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/bands.h"

#include <math.h>

#define COUNTERS ((uint32_t)HIST_PAGES * HIST_PAGE)

double bands_begin(size_t band) {
    return BANDS_LOW + (double)band / BANDS_PER_DECADE;
}

void bands_init(Bands *b) {
    b->edge[0] = 0;
    for (size_t i = 1; i < BANDS; i++)
        b->edge[i] =
            (uint32_t)hist_index((uint64_t)ceil(pow(10, bands_begin(i))));
    b->edge[BANDS] = COUNTERS;
}

/* The counters [from, from + HIST_BLOCK), *band being of one before. */
static void add_block(const Bands *b, const uint64_t *n, uint32_t from,
                      size_t *band, uint64_t count[BANDS]) {
    for (uint32_t i = 0; i < HIST_BLOCK; i++) {
        if (n[i] == 0)
            continue;
        while (from + i >= b->edge[*band + 1])
            ++*band;
        count[*band] += n[i];
    }
}

void bands_add(const Bands *b, const Hist *h, uint64_t count[BANDS]) {
    size_t band = 0;
    for (uint32_t p = 0; p < HIST_PAGES && h->count; p++) {
        const HistPage *page = h->page[p];
        for (uint64_t hit = page ? page->hit : 0; hit; hit &= hit - 1) {
            uint32_t at = (uint32_t)__builtin_ctzll(hit) * HIST_BLOCK;
            add_block(b, page->n + at, p * HIST_PAGE + at, &band, count);
        }
    }
}

static int clamp(double step, int steps) {
    return step <= 0 ? 0 : step >= steps ? steps - 1 : (int)step;
}

void bands_spread(const uint64_t count[BANDS], size_t first, size_t end,
                  double low, double high, double *to, int steps) {
    double per_log = steps / (high - low), wide = per_log / BANDS_PER_DECADE;
    double at = (bands_begin(first) - low) * per_log;
    for (size_t i = first; i < end; i++, at += wide) {
        if (count[i] == 0)
            continue;
        double n = (double)count[i];
        int a = clamp(at, steps), b = clamp(at + wide, steps);
        if (a == b) {
            to[a] += n;
            continue;
        }
        double each = n / wide;
        to[a] += each * (a + 1 - at);
        for (int k = a + 1; k < b; k++)
            to[k] += each;
        to[b] += each * (at + wide - b);
    }
}
