/* SPDX-License-Identifier: GPL-3.0-or-later */
/* experiments.h: what a search, or a run in steps of load, found: as JSON and
 * as text. Main thread. */
#ifndef ONRUSH_REPORT_EXPERIMENTS_H
#define ONRUSH_REPORT_EXPERIMENTS_H

#include <jansson.h>

#include "experiment/finder.h"
#include "experiment/scale.h"
#include "report/page.h"

/* doc/summary.md: onrush.find and onrush.scaling. NULL gives null. */
json_t *find_json(const Finder *f);
json_t *scale_json(const Scaling *s);
/* The same alone, with a newline at the end, for --json. */
void find_print_json(const Finder *f, Text *to);
void scale_print_json(const Scaling *s, Text *to);

void block_find(const Finder *f, Page *p);
void block_scale(const Scaling *s, Page *p);

#endif
