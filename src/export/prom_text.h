/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prom_text.h: a run as Prometheus reads it. doc/export.md tells of every
 * metric. Pure; main thread.
 *
 * Seconds and bytes; counters and histograms are of the whole run and never
 * fall. Labels are names out of the profile and classes of ours, never what
 * the target sent, never a URL. */
#ifndef ONRUSH_EXPORT_PROM_TEXT_H
#define ONRUSH_EXPORT_PROM_TEXT_H

#include "control/source.h"
#include "export/prom_write.h"

/* Requests in scenarios that have rows of their own; the others are one more,
 * called "other". So many checks, thresholds, alerts, gauges, too; of these
 * the rest is left out. */
#define PROM_SERIES_MAX 100
#define PROM_ROWS_MAX 200

typedef enum PromStyle {
    PROM_ONRUSH,
    PROM_K6, /* the names that k6's users know (prom_k6.c) */
    PROM_STYLE_COUNT
} PromStyle;

/* PROM_STYLE_COUNT: there is none of that name. */
PromStyle prom_style_find(const char *name);

/* Appends the whole page. */
void prom_text(const Snapshot *s, const RunInfo *info, PromStyle style,
               PromForm form, Text *to);

/* Which form an HTTP client wants by its Accept header (NULL: none). */
PromForm prom_form_wanted(const char *accept);
const char *prom_content_type(PromForm form);

/* The i-th metric of ours, for the documentation; false: there are no more.
 * name: as the text format has it, with _total and _info. */
typedef struct PromMetricInfo {
    char name[64];
    const char *labels, *help;
} PromMetricInfo;

bool prom_describe(size_t i, PromMetricInfo *out);

/* prom_k6.c: what prom_text appends in that style. */
void prom_k6_text(PromOut *o, const Snapshot *s);

#endif
