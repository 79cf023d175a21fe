/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prom.h: metrics in Prometheus's text format: what a server says of itself.
 * Source: prometheus.io, "Exposition formats", text format 0.0.4; of
 * OpenMetrics 1.0 what looks the same. Pure; any thread.
 *
 * The text comes from the network: lines that are none are left out, names
 * and values are compared and never kept, and one pass over it is all the
 * work there is. */
#ifndef ONRUSH_MONITOR_PROM_H
#define ONRUSH_MONITOR_PROM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "profile/monitor_spec.h"

/* What was found of one name. */
typedef struct PromSum {
    uint64_t series; /* that were added up: NaN and infinity are not */
    double sum;
    bool is_counter; /* it only grows; else it is what it is */
} PromSum;

/* Adds up the series of each name (count). A counter is what TYPE calls one,
 * the _sum, _count and _bucket of histograms, _sum and _count of summaries,
 * and what ends in _total unless TYPE says otherwise. TYPE must stand before
 * the series, as the format demands. The text may hold any bytes and end
 * anywhere; a last line without its end is left out, for its number may have
 * been cut. */
void prom_read(const char *text, size_t length, const PromName *names,
               size_t count, PromSum *to);

#endif
