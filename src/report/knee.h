/* SPDX-License-Identifier: GPL-3.0-or-later */
/* knee.h: where throughput levels off, in words and in summary.json. Main
 * thread. */
#ifndef ONRUSH_REPORT_KNEE_H
#define ONRUSH_REPORT_KNEE_H

#include <jansson.h>

#include "report/page.h"
#include "stats/snapshot.h"

/* With the fit it goes by; prints nothing when it is not known. */
void block_knee(const Snapshot *s, Page *p);
/* `onrush.knee`; null: nothing was looked for. The caller owns it. */
json_t *knee_json(const Snapshot *s);

#endif
