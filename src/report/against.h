/* SPDX-License-Identifier: GPL-3.0-or-later */
/* against.h: the comparison with the baseline, in both summaries. Main
 * thread. */
#ifndef ONRUSH_REPORT_AGAINST_H
#define ONRUSH_REPORT_AGAINST_H

#include <jansson.h>

#include "report/page.h"
#include "report/report.h"

/* null when there is no baseline. */
json_t *against_of(const Report *r);
/* The verdict, each regression with its evidence, and what one must know of
 * both; nothing when there is no baseline. */
void against_show(const Report *r, Page *p);

#endif
