/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/recovery.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

#define SPIKES_MAX 1000
#define P95_SHARE 1.10
#define P95_SLACK_NS 5e6
#define ERRORS_SLACK 0.001
#define LEVEL_BACK 1.10

static bool is_open(const Recovery *r) {
    return r->state == RECOVERY_UNDER_LOAD || r->state == RECOVERY_WAITING;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool measure_base(const RecoveryList *l, Recovery *r) {
    double p95[RECOVERY_BASE_SECONDS], errors = 0, rps = 0;
    size_t n = 0;
    for (size_t i = 0; i < l->before_count; i++) {
        const RecoverySecond *s = &l->before[i];
        if (!s->has_requests)
            continue;
        p95[n++] = s->p95;
        errors += s->error_rate * s->rps;
        rps += s->rps;
    }
    if (n == 0)
        return false;
    qsort(p95, n, sizeof *p95, by_value);
    r->base_p95 = n % 2 ? p95[n / 2] : (p95[n / 2 - 1] + p95[n / 2]) / 2;
    r->base_errors = errors / rps;
    r->base_rps = rps / (double)n;
    return true;
}

static Recovery *open_one(const RecoveryList *l) {
    Recovery *last = l->count ? &l->items[l->count - 1] : NULL;
    return last && is_open(last) ? last : NULL;
}

static void add(RecoveryList *l, Recovery r, const char *cause) {
    snprintf(r.cause, sizeof r.cause, "%s", cause);
    if (!measure_base(l, &r))
        r.state = RECOVERY_UNMEASURED;
    mem_grow(l->items, l->count, l->cap);
    l->items[l->count++] = r;
}

void recovery_begin(RecoveryList *l, size_t scenario, uint64_t at_ns,
                    double level_before, const char *cause) {
    recovery_end(l);
    if (l->count == SPIKES_MAX)
        return;
    add(l,
        (Recovery){ .scenario = scenario,
                    .began_ns = at_ns,
                    .level_before = level_before,
                    .level_peak = level_before },
        cause);
}

void recovery_expect(RecoveryList *l, uint64_t over_ns, double level) {
    Recovery *r = open_one(l);
    if (r && !r->is_event) {
        r->over_ns = over_ns;
        r->level_told = level;
    }
}

bool recovery_begin_event(RecoveryList *l, uint64_t at_ns, const char *cause) {
    if (open_one(l) || l->count == SPIKES_MAX)
        return false;
    double level =
        l->before_count ? l->before[l->before_count - 1].level : 0;
    add(l,
        (Recovery){ .is_event = true,
                    .began_ns = at_ns,
                    .level_before = level,
                    .level_peak = level },
        cause);
    return true;
}

void recovery_event_over(RecoveryList *l, uint64_t at_ns, const char *cause) {
    Recovery *r = open_one(l);
    if (!r || !r->is_event || r->over_ns)
        return;
    if (!cause || strncmp(r->cause, cause, sizeof r->cause - 1) == 0)
        r->over_ns = at_ns;
}

static bool is_within(const Recovery *r, const RecoverySecond *s) {
    double limit = fmax(r->base_p95 * P95_SHARE, r->base_p95 + P95_SLACK_NS);
    return s->p95 <= limit && s->error_rate <= r->base_errors + ERRORS_SLACK;
}

/* Is the load back, as of this second, and since when? 0: it is not. */
static uint64_t back_since(const Recovery *r, const RecoverySecond *s) {
    if (r->is_event)
        return r->over_ns && s->at_ns >= r->over_ns ? r->over_ns : 0;
    bool rose = r->level_peak > r->level_before * LEVEL_BACK;
    return rose && s->level <= r->level_before * LEVEL_BACK ? s->at_ns : 0;
}

static void follow(Recovery *r, const RecoverySecond *s) {
    r->level_peak = fmax(r->level_peak, s->level);
    if (s->has_requests) {
        r->worst_p95 = fmax(r->worst_p95, s->p95);
        r->worst_errors = fmax(r->worst_errors, s->error_rate);
        r->now_p95 = s->p95;
        r->now_errors = s->error_rate;
    }
    if (r->over_ns && s->at_ns >= r->over_ns)
        r->level_peak = fmax(r->level_peak, r->level_told);
    uint64_t back_ns = back_since(r, s);
    if (r->state == RECOVERY_UNDER_LOAD && back_ns) {
        r->state = RECOVERY_WAITING;
        r->back_ns = back_ns;
        return;
    }
    if (r->state != RECOVERY_WAITING || !s->has_requests)
        return;
    r->steady = is_within(r, s) ? r->steady + 1 : 0;
    if (r->steady == 1)
        r->recovered_ns = s->at_ns - NS_PER_S;
    if (r->steady >= RECOVERY_STEADY_SECONDS)
        r->state = RECOVERY_DONE;
}

size_t recovery_scenario(const RecoveryList *l) {
    const Recovery *r = open_one(l);
    return r ? r->scenario : SIZE_MAX;
}

void recovery_second(RecoveryList *l, const RecoverySecond *s) {
    Recovery *r = open_one(l);
    if (r)
        follow(r, s);
    if (l->before_count == RECOVERY_BASE_SECONDS)
        memmove(l->before, l->before + 1,
                (--l->before_count) * sizeof *l->before);
    l->before[l->before_count++] = *s;
}

void recovery_end(RecoveryList *l) {
    Recovery *r = open_one(l);
    if (!r)
        return;
    bool goes_on = r->is_event && r->state == RECOVERY_UNDER_LOAD;
    r->state = goes_on ? RECOVERY_UNMEASURED : RECOVERY_NEVER;
}

void recovery_close(RecoveryList *l) {
    free(l->items);
    *l = (RecoveryList){ 0 };
}

uint64_t recovery_time_ns(const Recovery *r, uint64_t now_ns) {
    if (!r->back_ns)
        return 0;
    uint64_t end = r->state == RECOVERY_DONE ? r->recovered_ns : now_ns;
    return end > r->back_ns ? end - r->back_ns : 0;
}

double recovery_longest_ms(const RecoveryList *l) {
    double longest = NAN;
    for (size_t i = 0; i < l->count; i++) {
        const Recovery *r = &l->items[i];
        if (r->state == RECOVERY_NEVER)
            return INFINITY;
        if (r->state == RECOVERY_DONE) {
            double ms = (double)recovery_time_ns(r, 0) / 1e6;
            longest = isnan(longest) || ms > longest ? ms : longest;
        }
    }
    return longest;
}
