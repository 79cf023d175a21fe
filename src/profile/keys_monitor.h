/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys_monitor.h: readers of the keys in [monitor], for the table of keys. */
#ifndef ONRUSH_PROFILE_KEYS_MONITOR_H
#define ONRUSH_PROFILE_KEYS_MONITOR_H

#include "profile/keys.h"

void key_read_process(KeyContext *c);
void key_read_host(KeyContext *c);
void key_read_prometheus(KeyContext *c);
void key_read_every(KeyContext *c);

#define MONITOR_KEYS \
    { "monitor", "process", KEY_REPEATS, key_read_process, NULL, \
      "a pid, or the name of processes on this machine" }, \
    { "monitor", "host", KEY_ONCE, key_read_host, NULL, \
      "of this machine: cpu, memory, disk, network" }, \
    { "monitor", "prometheus", KEY_REPEATS, key_read_prometheus, NULL, \
      "URL NAME, NAME{LABEL=\"VALUE\"}, ...: metrics in Prometheus text" }, \
    { "monitor", "every", KEY_ONCE, key_read_every, "5s", \
      "how often, 100ms to 1h" },

#endif
