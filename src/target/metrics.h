/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metrics.h: the target's counts and what its process uses, in Prometheus'
 * text format. Internal to src/target; loop thread. Reads /proc/self.
 * https://prometheus.io/docs/instrumenting/exposition_formats/ */
#ifndef ONRUSH_TARGET_METRICS_H
#define ONRUSH_TARGET_METRICS_H

#include "target/server.h"

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* Values that cannot be read on this machine are left out. */
void metrics_print(Server *s, Text *to);

#endif
