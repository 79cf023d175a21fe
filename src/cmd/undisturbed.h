/* SPDX-License-Identifier: GPL-3.0-or-later */
/* undisturbed.h: a profile for a run that an experiment drives. */
#ifndef ONRUSH_CMD_UNDISTURBED_H
#define ONRUSH_CMD_UNDISTURBED_H

#include "profile/profile.h"

/* What would steer or end the run by itself, or judge all of it as one, has
 * no say: thresholds, events, a number of iterations, what alerts do. Nor is
 * anybody called: it overloads on purpose. */
static inline void undisturbed(Profile *p) {
    p->thresholds.count = 0;
    p->event_count = 0;
    p->iterations = 0;
    for (size_t i = 0; i < p->alerts.count; i++) {
        Alert *a = &p->alerts.items[i];
        a->action = ALERT_WARN;
        a->webhook = a->exec = a->words = NULL;
    }
}

#endif
