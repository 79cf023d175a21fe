/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stall.h: stretches in which the target answered nobody. Pure.
 *
 * A stall is two seconds or more of finished cells in which no request
 * ended although VUs worked, when
 * - requests ended before at 5 a cell or more over 5 cells, so that chance
 *   alone leaves one cell empty less than once in a hundred (exp(-5)), two in
 *   a row less than once in ten thousand;
 * - a request that ended in the first cell behind it took as long as the
 *   stall, less a cell: somebody waited through it. Load that was taken away
 *   leaves nobody who waits. */
#ifndef ONRUSH_STATS_STALL_H
#define ONRUSH_STATS_STALL_H

#include "stats/timeline.h"

typedef struct Stall {
    uint64_t from_ns, to_ns; /* whole cells */
} Stall;

/* The last that is over and touches [from, to); series as for
 * timeline_interval. false: none. */
bool stall_find(const Timeline *t, uint64_t from_ns, uint64_t to_ns,
                size_t series, Stall *to);

#endif
