/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rng.h: a small seeded generator: the same seed makes the same choices in
 * every run. Not for secrets. One Rng belongs to one thread.
 * Source: splitmix64, Steele, Lea and Flood, "Fast splittable pseudorandom
 * number generators", OOPSLA 2014. */
#ifndef ONRUSH_BASE_RNG_H
#define ONRUSH_BASE_RNG_H

#include <stdint.h>

typedef struct Rng {
    uint64_t state;
} Rng;

static inline uint64_t rng_next(Rng *r) {
    uint64_t z = (r->state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Uniform in [0, 1). */
static inline double rng_unit(Rng *r) {
    return (double)(rng_next(r) >> 11) * 0x1.0p-53;
}

#endif
