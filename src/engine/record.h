/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.h: how an exchange that is over is counted. Worker's thread. */
#ifndef ONRUSH_ENGINE_RECORD_H
#define ONRUSH_ENGINE_RECORD_H

#include "http/exchange.h"

/* Why it failed, by what carried it and by its status; FAIL_NONE: it did
 * not. */
FailClass record_class(const Exchange *x);
/* f: as the class, or what the profile says of the answer. intended_ns: when
 * it was to begin, of clock_now. */
void record_exchange(Slab *to, uint32_t series, const Exchange *x, FailClass f,
                     uint64_t intended_ns);
/* It was cancelled. */
void record_abandoned(Slab *to, uint32_t series, const Exchange *x);

#endif
