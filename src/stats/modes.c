/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/modes.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define BINS_PER_DECADE 12
#define BANDS_PER_BIN (BANDS_PER_DECADE / BINS_PER_DECADE)
#define BINS (BANDS / BANDS_PER_BIN + 1)
#define APART 4
#define DEPTH 0.5
#define SIGMAS 3
#define SAMPLES_MIN 30
#define SHARE_MIN 0.02

typedef struct Peak {
    size_t at, valley; /* bins; the lowest one before the next peak */
} Peak;

typedef struct Landscape {
    double count[BINS], height[BINS];
    Peak peak[BINS];
    size_t peaks;
} Landscape;

static void read_counts(const Bands *b, const Hist *h, Landscape *l) {
    uint64_t bands[BANDS] = { 0 };
    bands_add(b, h, bands);
    for (size_t i = 0; i < BANDS; i++)
        l->count[i / BANDS_PER_BIN] += (double)bands[i];
    for (size_t i = 0; i < BINS; i++) {
        double before = i ? l->count[i - 1] : 0;
        double behind = i + 1 < BINS ? l->count[i + 1] : 0;
        l->height[i] = (before + 2 * l->count[i] + behind) / 4;
    }
}

static void find_peaks(Landscape *l) {
    for (size_t i = 0; i < BINS; i++) {
        double before = i ? l->height[i - 1] : 0;
        double behind = i + 1 < BINS ? l->height[i + 1] : 0;
        if (l->height[i] > before && l->height[i] >= behind)
            l->peak[l->peaks++].at = i;
    }
}

static void find_valleys(Landscape *l) {
    for (size_t i = 0; i + 1 < l->peaks; i++) {
        Peak *p = &l->peak[i];
        p->valley = p->at;
        for (size_t k = p->at; k < l->peak[i + 1].at; k++)
            if (l->height[k] < l->height[p->valley])
                p->valley = k;
    }
}

static void remove_peak(Landscape *l, size_t i) {
    memmove(&l->peak[i], &l->peak[i + 1], (l->peaks - i - 1) * sizeof *l->peak);
    l->peaks--;
}

static double lower_of(const Landscape *l, size_t i) {
    return fmin(l->height[l->peak[i].at], l->height[l->peak[i + 1].at]);
}

/* Are peak i and the next one two? */
static bool are_apart(const Landscape *l, size_t i) {
    double low = lower_of(l, i), valley = l->height[l->peak[i].valley];
    return l->peak[i + 1].at - l->peak[i].at >= APART &&
           valley <= low * (1 - DEPTH) &&
           low - valley > SIGMAS * sqrt(low + valley);
}

/* Removes one that is none, of the pair with the lowest rise between; the
 * others may be more then. */
static bool join_two(Landscape *l) {
    size_t worst = SIZE_MAX;
    double least = INFINITY;
    find_valleys(l);
    for (size_t i = 0; i + 1 < l->peaks; i++) {
        double rise = lower_of(l, i) - l->height[l->peak[i].valley];
        if (!are_apart(l, i) && rise < least) {
            least = rise;
            worst = i;
        }
    }
    if (worst == SIZE_MAX)
        return false;
    bool is_next =
        l->height[l->peak[worst + 1].at] < l->height[l->peak[worst].at];
    remove_peak(l, worst + is_next);
    return true;
}

/* Samples before the valley behind peak i. */
static double samples_until(const Landscape *l, size_t i) {
    size_t end = i + 1 < l->peaks ? l->peak[i].valley : BINS;
    double sum = 0;
    for (size_t k = 0; k < end; k++)
        sum += l->count[k];
    return sum;
}

static double samples_of(const Landscape *l, size_t i) {
    return samples_until(l, i) - (i ? samples_until(l, i - 1) : 0);
}

/* Removes the smallest when it is too small, or there are too many. */
static bool drop_one(Landscape *l, double all) {
    size_t smallest = 0;
    find_valleys(l);
    for (size_t i = 1; i < l->peaks; i++)
        if (samples_of(l, i) < samples_of(l, smallest))
            smallest = i;
    double least = fmax(SAMPLES_MIN, SHARE_MIN * all);
    if (l->peaks == 0 ||
        (samples_of(l, smallest) >= least && l->peaks <= MODES_MAX))
        return false;
    remove_peak(l, smallest);
    return true;
}

size_t modes_find(const Bands *b, const Hist *h, HistMode to[MODES_MAX]) {
    Landscape l = { 0 };
    double all = (double)h->count;
    read_counts(b, h, &l);
    find_peaks(&l);
    while (join_two(&l))
        ;
    while (drop_one(&l, all))
        ;
    find_valleys(&l);
    for (size_t i = 0; i < l.peaks; i++) {
        double before = i ? samples_until(&l, i - 1) : 0;
        double own = samples_of(&l, i);
        to[i] =
            (HistMode){ hist_quantile(h, (before + own / 2) / all), own / all };
    }
    return l.peaks;
}
