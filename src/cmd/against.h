/* SPDX-License-Identifier: GPL-3.0-or-later */
/* against.h: a run and the baseline that it is held against, from its start to
 * its end. Blocking; main thread. */
#ifndef ONRUSH_CMD_AGAINST_H
#define ONRUSH_CMD_AGAINST_H

#include "cmd/compare_rules.h"
#include "report/report.h"

/* {0}: there is no baseline. */
typedef struct Against {
    Results *base, *now;
    CompareLimits limits;
    Comparison *comparison; /* NULL before the end, and without a baseline */
} Against;

/* Reads the baseline, before any load. -1 with err: the one that was asked for
 * with --baseline cannot be read. Another that cannot be read is told of in
 * err->text, with 0: the run is not held against anything. */
int against_open(Against *a, const Options *o, const Profile *p, Err *err);
/* The run is over: compares its own summary, without files. Then r->against
 * may be a->comparison. */
void against_judge(Against *a, const Report *r);
void against_close(Against *a);

#endif
