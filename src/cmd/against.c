/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/against.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/baseline.h"

int against_open(Against *a, const Options *o, const Profile *p, Err *err) {
    *a = (Against){ .base = baseline_results(o, p, err) };
    if (a->base)
        compare_limits_open(&a->limits, o, p);
    return !a->base && o->baseline ? -1 : 0;
}

void against_judge(Against *a, const Report *r) {
    Err err;
    if (!a->base || a->comparison)
        return;
    char *summary = report_summary(r);
    a->now = results_parse(summary, strlen(summary), "this run", &err);
    free(summary);
    if (a->now)
        a->comparison = comparison_new(a->base, a->now, &a->limits.rules);
}

void against_close(Against *a) {
    comparison_free(a->comparison);
    results_free(a->now);
    if (a->base)
        compare_limits_close(&a->limits);
    results_free(a->base);
    *a = (Against){ 0 };
}
