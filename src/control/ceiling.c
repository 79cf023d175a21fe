/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "control/ceiling.h"

#include <strings.h>

#include "base/units.h"
#include "control/steps.h"
#include "control/wheel.h"

bool peaks_are_high(const Peaks *p) {
    return p->vus > CEILING_VUS || p->rate > CEILING_RATE;
}

Peaks wheel_peaks(const Wheel *w) {
    Peaks all = { 0 };
    for (size_t i = 0; i < w->plan_count; i++)
        *(w->plans[i].unit == PLAN_RATE ? &all.rate : &all.vus) +=
            plan_top(&w->plans[i]);
    return all;
}

void peaks_print(const Peaks *p, Text *to) {
    UnitsText n;
    if (p->vus > 0)
        text_addf(to, "%s VU%s", units_count(n, p->vus),
                  p->vus > 1 ? "s" : "");
    if (p->rate > 0)
        text_addf(to, "%s%s arrivals/s", p->vus > 0 ? " and " : "",
                  units_count(n, p->rate));
}

static const char *to_confirm(const Ceiling *c) {
    return c->far ? c->far : c->hosts[0];
}

/* What to do stands first: a small console shows no more. */
static int refuse(const Ceiling *c, const char *peaks, Err *err) {
    return err_set(err,
                   "say first: confirm %.150s, if it is yours to load: it %s "
                   "neither loopback nor private, and that is %s%s",
                   to_confirm(c), c->far ? "is" : "leads to what is", peaks,
                   c->far ? "" : "; redirects to other hosts fail then");
}

int ceiling_check(const Wheel *w, uint64_t now_ns, const char *command,
                  bool *passes, Err *err) {
    Wheel trial;
    Text text = { 0 };
    *passes = false;
    if (!w->ceiling.is_set)
        return 0;
    wheel_copy(&trial, w);
    steps_copy(&trial, w);
    trial.ceiling = (Ceiling){ 0 };
    bool is_done = wheel_do(&trial, now_ns, command, &text, NULL) == 0;
    Peaks p = wheel_peaks(&trial);
    wheel_close(&trial);
    int rc = 0;
    if (is_done && peaks_are_high(&p)) {
        *passes = !w->ceiling.is_far;
        text_clear(&text);
        peaks_print(&p, &text);
        if (w->ceiling.is_far)
            rc = refuse(&w->ceiling, text.bytes, err);
    }
    text_close(&text);
    return rc;
}

int verb_confirm(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
                 Err *err) {
    const Ceiling *c = &w->ceiling;
    (void)now_ns;
    if (!c->is_set && !c->is_shut)
        return err_set(err, "there is nothing to confirm: this run may go as "
                            "high as it is told");
    for (size_t i = 0; i < c->host_count; i++)
        if (strcasecmp(c->hosts[i], args) == 0 &&
            (!c->far || strcasecmp(c->far, args) == 0)) {
            w->ceiling.is_set = w->ceiling.is_shut = false;
            w->ceiling.is_confirmed = true;
            text_addf(answer, "confirmed: %s may be loaded as told", args);
            return 0;
        }
    return err_set(err, "write the target's name: confirm %.200s",
                   to_confirm(c));
}
