/* SPDX-License-Identifier: GPL-3.0-or-later */
/* forms.h: a run's figures in the forms that other tools read. Each appends
 * a whole file. Pure but for uname(2); main thread. doc/summary.md says what
 * stands where. */
#ifndef ONRUSH_REPORT_FORMS_H
#define ONRUSH_REPORT_FORMS_H

#include "report/report.h"

/* k6's older flat JSON: `metrics.NAME` holds the values themselves, and of a
 * threshold whether it is broken; groups and checks by name.
 * Source: k6's documentation of --summary-export (v0.45). */
void report_flat(const Report *r, Text *to);

/* JUnit's XML, one test suite: the verdict, thresholds, checks. UTF-8, XML
 * 1.0, valid by Jenkins' junit-10.xsd and by the schema of Ant's task. */
void report_junit(const Report *r, Text *to);

/* A row for each second of run time (ten of what is older than an hour, a
 * minute of what is older than a day), and one for what came after the last
 * whole one. RFC 4180: a header, CRLF; an empty field: not known. */
void report_csv(const Report *r, Text *to);

/* HdrHistogram's percentile distribution of http_req_duration in ms, with
 * five ticks for each half of what is left.
 * Source: HdrHistogram 2.1, outputPercentileDistribution. */
void report_hgrm(const Report *r, Text *to);

#endif
