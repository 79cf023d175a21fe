/* SPDX-License-Identifier: GPL-3.0-or-later */
/* monitor_gauges.h: the names of what [monitor] watches, known before it
 * does, so that thresholds may be about them; see monitor/monitor.h. Pure. */
#ifndef ONRUSH_PROFILE_MONITOR_GAUGES_H
#define ONRUSH_PROFILE_MONITOR_GAUGES_H

#include "base/mem.h"
#include "profile/monitor_spec.h"
#include "stats/gauges.h"

typedef struct MonitorGauge {
    const char *name;
    GaugeUnit unit;
} MonitorGauge;

/* Processes (four each), the host in the order of MonitorHost's bits, then
 * the sources' names; texts live in the arena or as long as m. */
size_t monitor_gauges(const MonitorSpec *m, Arena *arena, MonitorGauge **to);
size_t monitor_names(const MonitorSpec *m, Arena *arena,
                     const char *const **to);
/* How many of the host's belong to these bits and are watched. */
size_t monitor_host_gauges(const MonitorSpec *m, unsigned bits);
/* By the convention of its name: bytes_total grows by bytes. */
GaugeUnit monitor_unit(const char *name, bool is_counter);

#endif
