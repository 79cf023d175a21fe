/* SPDX-License-Identifier: GPL-3.0-or-later */
/* findings.h: looks for findings while the run goes on, second by second. It
 * keeps some hundred numbers, however long the run is. Pure; one thread; run
 * time and latencies in ns. A second counts towards latencies when at least
 * FINDING_REQUESTS requests ended in it.
 *
 * onset       p95 of 5 seconds in a row is beyond what the first, lowest
 *             levels had: 1.5 times their median, 3.5 robust standard
 *             deviations (of at least 5 %) and 0.5 ms, at a higher level
 * breaking    5 seconds in a row, the load held or rising: more than 1 % fail
 *             and 5 times as many as before, or p95 is 5 times what it was, or
 *             a threshold on latency that held broke, p95 being beyond the
 *             onset's limit
 * stall       see stall.h
 * anomaly     while the level has been the same for long: p95 (of its
 *             logarithm) or requests/s beyond 5 robust standard deviations of
 *             the last 5 minutes (Iglewicz & Hoaglin, 1993), and by 50 and
 *             25 %; two seconds, or one beyond 10
 * generator   what its own health says
 * connections a tenth of the requests or more make a connection, and that
 *             takes 5 times as long as at first while the service time does
 *             not
 * queueing    at 1.3 times the level or more throughput rose by 10 % at most,
 *             latency by 30 % at least, and as Little's law (1961) has it:
 *             N = X (R + Z), to 25 %
 * shedding    5 % or more fail, 5 points more than at a lower level, 4 of 5
 *             with an answer, while p95 is what it was there, and 20 %
 *
 * From when on the generator is the bottleneck latencies, silence and failures
 * without an answer are its own and found to mean nothing. */
#ifndef ONRUSH_STATS_FINDINGS_H
#define ONRUSH_STATS_FINDINGS_H

#include "stats/bound.h"
#include "stats/finding.h"
#include "stats/slab.h"

#define FINDING_REQUESTS 10

typedef struct FindingSecond {
    uint64_t from_ns, to_ns;
    double level, level_other; /* that the plans ask for, by unit */
    double active;             /* VUs that work */
    uint64_t requests, failed;
    uint64_t refused;      /* of the failed: the target answered */
    double p95, mean, max; /* service times; NaN: none */
    bool is_recovering;    /* a spike is over, the target not itself yet */
    const char *broken; /* a threshold on latency, having held; or NULL */
} FindingSecond;

typedef struct FindingWatch FindingWatch;

/* is_rate: the level is in iterations/s, not VUs. */
FindingWatch *findings_new(bool is_rate);
void findings_free(FindingWatch *w); /* NULL is fine */
/* What was measured up to at_ns, before the second that it is in. */
void findings_add(FindingWatch *w, uint64_t at_ns, const Slab *slab);
/* Every finished second, once. */
void findings_second(FindingWatch *w, const FindingSecond *s);
/* The generator is the bottleneck; the first reason stays. */
void findings_bound(FindingWatch *w, BoundBy by, uint64_t since_ns,
                    double busy);
/* The run ends. */
void findings_end(FindingWatch *w, uint64_t now_ns);
/* Valid until the next call that finds something. */
const FindingList *findings_list(FindingWatch *w);
/* One that was found since this was last asked; false: none. */
bool findings_next(FindingWatch *w, Finding *out);

#endif
