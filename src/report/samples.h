/* SPDX-License-Identifier: GPL-3.0-or-later */
/* samples.h: the run cut in pieces, so that a later run can be held against
 * it: how much its figures vary by themselves. Main thread. */
#ifndef ONRUSH_REPORT_SAMPLES_H
#define ONRUSH_REPORT_SAMPLES_H

#include "report/out.h"
#include "report/report.h"

#define SAMPLES_MAX 600
#define SAMPLES_REQUESTS_MAX 10

/* {"every_ms", "metrics": {METRIC: {METHOD: [...]}}}, names and units as in
 * `metrics`: at most 600 pieces of equal whole seconds (older than an hour
 * whole tens, than a day whole minutes, as the time line keeps them); the
 * rest that makes no whole piece is left out. null before the first one. */
json_t *samples_of(const Report *r);

#endif
