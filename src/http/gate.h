/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gate.h: how often a connection is tried while the target refuses: once a
 * millisecond, and at most as many at once as a tick is long. {0} is an open
 * gate. Pure; times in ns on one clock. */
#ifndef ONRUSH_HTTP_GATE_H
#define ONRUSH_HTTP_GATE_H

#include <stdbool.h>

#include "base/clock.h"

#define GATE_TRY_NS NS_PER_MS
#define GATE_BUDGET_NS (10 * GATE_TRY_NS)

typedef struct Gate {
    bool is_wary;     /* the last try failed */
    uint64_t from_ns; /* budget counts from here */
} Gate;

static inline bool gate_is_open(const Gate *g, uint64_t now_ns) {
    return !g->is_wary || now_ns >= g->from_ns + GATE_TRY_NS;
}

/* A try is made. */
static inline void gate_pass(Gate *g, uint64_t now_ns) {
    if (g->from_ns + GATE_BUDGET_NS < now_ns)
        g->from_ns = now_ns - GATE_BUDGET_NS;
    g->from_ns += GATE_TRY_NS;
}

static inline void gate_refused(Gate *g, uint64_t now_ns) {
    if (!g->is_wary)
        g->from_ns = now_ns;
    g->is_wary = true;
}

static inline void gate_admitted(Gate *g) {
    g->is_wary = false;
}

#endif
