/* SPDX-License-Identifier: GPL-3.0-or-later */
/* blocks.h: parts of the text summary that only some runs have, and what all
 * parts use. Main thread. */
#ifndef ONRUSH_REPORT_BLOCKS_H
#define ONRUSH_REPORT_BLOCKS_H

#include "base/units.h"
#include "report/page.h"
#include "stats/snapshot.h"

#define ROWS_MAX 30 /* of a table; summary.json has all */

#define GROUPED_MAX 32
/* 1 234 567: totals are exact, a server's own count may be held to them. */
char *grouped(char to[GROUPED_MAX], uint64_t n);

/* Of a difference, too. */
char *signed_latency(UnitsText to, double ns);

void block_heading(Page *p, const char *text);
/* "... and 12 more", of count rows. */
void block_rest(Page *p, size_t count);
/* A value of the condition's metric, in its unit. */
void block_value(const Condition *c, double value, UnitsText to);

/* Each prints nothing when there is nothing of it. */
void block_own_metrics(const Snapshot *s, Page *p);
void block_overheads(const Snapshot *s, Page *p);
void block_alerts(const Snapshot *s, Page *p);
void block_findings(const Snapshot *s, Page *p);

#endif
