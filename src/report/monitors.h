/* SPDX-License-Identifier: GPL-3.0-or-later */
/* monitors.h: what was watched, for both summaries. Pure; main thread. */
#ifndef ONRUSH_REPORT_MONITORS_H
#define ONRUSH_REPORT_MONITORS_H

#include <jansson.h>

#include "report/page.h"
#include "report/report.h"

/* null when nothing was watched. */
json_t *monitors_of(const Report *r);
/* A table: mean and max of each gauge; nothing when nothing was watched. */
void monitors_show(const Report *r, size_t rows_max, Page *p);

#endif
