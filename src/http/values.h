/* SPDX-License-Identifier: GPL-3.0-or-later */
/* values.h: what a VU knows beside its number: the row of each data set that
 * its iteration works with, and what it took from answers. Belongs to the
 * VU's thread. */
#ifndef ONRUSH_HTTP_VALUES_H
#define ONRUSH_HTTP_VALUES_H

#include <stdatomic.h>

#include "profile/profile.h"

#define VALUE_MAX_BYTES ((size_t)64 << 10)

typedef struct Values Values;

/* NULL when the profile has neither data nor extracted values; values_free
 * and values_begin take that. Borrows the profile. */
Values *values_new(const Profile *p);
void values_free(Values *v);

/* An iteration begins: picks its rows. vu_number: from 1. next_rows: one for
 * each data set, shared by all workers, 0 at the start of the run; each
 * iteration that begins moves those of sequential sets on by one. Draws from
 * rng once for each random set. What was extracted stays. */
void values_begin(Values *v, uint64_t vu_number, Rng *rng,
                  _Atomic uint64_t *next_rows);

/* What was extracted stays with the VU until it is set anew. Bytes are
 * copied, to memory that grows to the largest and never again. false, and
 * the old value stays: longer than VALUE_MAX_BYTES. */
bool values_set(Values *v, uint32_t slot, const char *bytes, size_t length);

typedef struct ValueSpan {
    const char *bytes; /* not terminated */
    size_t length;
} ValueSpan;

/* false, and an empty span: it was not set yet. Valid until it is set. */
bool values_get(const Values *v, uint32_t slot, ValueSpan *out);
/* Of the row of the iteration. */
ValueSpan values_cell(const Values *v, uint32_t set, uint32_t column);

#endif
