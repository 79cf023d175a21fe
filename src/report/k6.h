/* SPDX-License-Identifier: GPL-3.0-or-later */
/* k6.h: the part of summary.json that k6's handleSummary data has too.
 * Source: k6 documentation, "Custom summary" (v0.45). Main thread. */
#ifndef ONRUSH_REPORT_K6_H
#define ONRUSH_REPORT_K6_H

#include "report/out.h"
#include "report/report.h"

json_t *k6_metrics(const Report *r);
json_t *k6_root_group(const Report *r);
json_t *k6_options(void);
json_t *k6_state(const Report *r);

/* avg, min, med, max, p(90) … p(99.9) in ms; nulls when empty. */
json_t *k6_trend(const Hist *h);
/* "http_req_duration" or "http_req_duration{name:home}". */
void k6_name(const Metric *m, const Selection *of, Text *to);

#endif
