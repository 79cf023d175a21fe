/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/alert.h"

#include <math.h>
#include <stdlib.h>

#include "base/text.h"

#define CHANGES_MAX 1000
#define NS_PER_DAY (24 * 3600 * NS_PER_S)

/* What was measured in [from, to); several alerts may look at one. */
typedef struct Window {
    uint64_t length_ns, from_ns, to_ns;
    const Selection *of;
    bool is_response;
    Hist hist;
    uint64_t requests, failed, dropped;
} Window;

struct AlertWatch {
    const AlertList *list;
    AlertReading *readings;
    AlertFiring **firings; /* by alert */
    size_t *firing_caps;
    size_t *window_of; /* by alert */
    Window *windows;
    size_t window_count;
    Gauges history; /* by alert */
    uint64_t looked_ns;
    Hist part; /* for what comes and goes */
    AlertChange *changes;
    size_t change_first, change_count, change_cap;
};

/* --- windows ------------------------------------------------------------ */

static bool is_response(const Alert *a) {
    return a->condition.metric.id == METRIC_RESPONSE_TIME;
}

static size_t find_window(AlertWatch *w, const Alert *a) {
    size_t i = 0;
    for (; i < w->window_count; i++)
        if (w->windows[i].length_ns == a->window_ns &&
            w->windows[i].is_response == is_response(a) &&
            selection_equal(w->windows[i].of, a->condition.of))
            return i;
    w->windows[w->window_count++] = (Window){ .length_ns = a->window_ns,
                                              .of = a->condition.of,
                                              .is_response = is_response(a) };
    return i;
}

/* So that it is always whole cells that leave. */
static uint64_t step_of(uint64_t length_ns) {
    return length_ns <= ALERT_FINE_NS ? NS_PER_S
           : length_ns <= NS_PER_DAY  ? 10 * NS_PER_S
                                      : 60 * NS_PER_S;
}

static uint64_t begin_of(const Window *w, uint64_t to_ns) {
    if (to_ns <= w->length_ns)
        return 0;
    uint64_t step = step_of(w->length_ns);
    return (to_ns - w->length_ns + step - 1) / step * step;
}

static uint64_t count_dropped(const Timeline *t, uint64_t from_ns,
                              uint64_t to_ns) {
    uint64_t dropped = 0;
    size_t n = timeline_count(t);
    for (size_t i = timeline_find(t, from_ns); i < n; i++) {
        const Cell *c = timeline_cell(t, i);
        if (c->start_ns >= to_ns)
            break;
        if (c->start_ns >= from_ns)
            dropped += c->dropped;
    }
    return dropped;
}

/* The histogram of [from, to) to *part. */
static void measure(const Window *w, const Timeline *t, uint64_t from_ns,
                    uint64_t to_ns, Hist *part, CellSeries *sums) {
    size_t all = w->is_response ? TIMELINE_RESPONSE : SIZE_MAX;
    *sums = (CellSeries){ 0 };
    hist_clear(part);
    for (size_t i = 0; i < selection_count(w->of, 1); i++) {
        CellSeries one;
        timeline_interval(t, from_ns, to_ns, w->of ? w->of->series[i] : all,
                          part, &one);
        sums->requests += one.requests;
        sums->failed += one.failed;
    }
}

static void take_in(Window *w, const Timeline *t, uint64_t from_ns,
                    uint64_t to_ns, Hist *part) {
    CellSeries sums;
    measure(w, t, from_ns, to_ns, part, &sums);
    hist_add(&w->hist, part);
    w->requests += sums.requests;
    w->failed += sums.failed;
    w->dropped += count_dropped(t, from_ns, to_ns);
}

static void let_go(Window *w, const Timeline *t, uint64_t from_ns,
                   uint64_t to_ns, Hist *part) {
    CellSeries sums;
    measure(w, t, from_ns, to_ns, part, &sums);
    hist_subtract(&w->hist, part);
    w->requests -= sums.requests;
    w->failed -= sums.failed;
    w->dropped -= count_dropped(t, from_ns, to_ns);
}

/* Does a cell begin there? After a long gap the seconds may have become
 * tens in the meantime. */
static bool is_edge(const Timeline *t, uint64_t ns) {
    size_t i = timeline_find(t, ns);
    return i == timeline_count(t) || timeline_cell(t, i)->start_ns == ns;
}

static void move(Window *w, const Timeline *t, uint64_t to_ns, Hist *part) {
    uint64_t from_ns = begin_of(w, to_ns);
    if (from_ns < w->to_ns && is_edge(t, w->from_ns) && is_edge(t, w->to_ns)) {
        take_in(w, t, w->to_ns, to_ns, part);
        if (from_ns > w->from_ns)
            let_go(w, t, w->from_ns, from_ns, part);
    } else {
        hist_clear(&w->hist);
        w->requests = w->failed = w->dropped = 0;
        take_in(w, t, from_ns, to_ns, part);
    }
    w->from_ns = from_ns;
    w->to_ns = to_ns;
}

/* --- judging ------------------------------------------------------------ */

static double counted(uint64_t n, Method method, double seconds) {
    return method == METHOD_COUNT ? (double)n : (double)n / seconds;
}

/* NaN before the window is full. */
static double window_value(const Window *w, const Condition *c) {
    double seconds = (double)(w->to_ns - w->from_ns) / 1e9;
    if (w->to_ns < w->length_ns)
        return NAN;
    if (c->metric.id == METRIC_HTTP_REQS)
        return counted(w->requests, c->method, seconds);
    if (c->metric.id == METRIC_DROPPED_ITERATIONS)
        return counted(w->dropped, c->method, seconds);
    if (c->metric.id == METRIC_HTTP_REQ_FAILED)
        return w->requests ? (double)w->failed / (double)w->requests : NAN;
    return metric_of_hist(&w->hist, c->method, c->q);
}

bool alert_is_worse(const Alert *alert, double a, double b) {
    const Condition *c = &alert->condition;
    if (c->op == COMPARE_LT || c->op == COMPARE_LE)
        return a < b;
    if (c->op == COMPARE_GT || c->op == COMPARE_GE)
        return a > b;
    return fabs(a - c->limit) > fabs(b - c->limit);
}

static void note_change(AlertWatch *w, size_t i, uint64_t at_ns) {
    if (w->change_first == w->change_count)
        w->change_first = w->change_count = 0;
    if (w->change_count - w->change_first == CHANGES_MAX)
        return;
    const AlertReading *r = &w->readings[i];
    mem_grow(w->changes, w->change_count, w->change_cap);
    w->changes[w->change_count++] =
        (AlertChange){ r->alert, at_ns, r->is_firing, r->value };
}

static void begin_firing(AlertWatch *w, size_t i, uint64_t at_ns) {
    AlertReading *r = &w->readings[i];
    r->times++;
    if (r->firing_count == ALERT_FIRINGS_MAX)
        return;
    mem_grow(w->firings[i], r->firing_count, w->firing_caps[i]);
    w->firings[i][r->firing_count++] =
        (AlertFiring){ .at_ns = at_ns, .worst = r->value };
    r->firings = w->firings[i];
}

/* passed: since the last look. */
static void judge(AlertWatch *w, size_t i, uint64_t at_ns, uint64_t passed) {
    AlertReading *r = &w->readings[i];
    const Condition *c = &r->alert->condition;
    r->value = window_value(&w->windows[w->window_of[i]], c);
    gauges_read(&w->history, i, at_ns, r->value);
    bool was = r->is_firing;
    r->is_firing = condition_holds(c, r->value);
    /* of more firings than are remembered the last one stays as it is */
    AlertFiring *last = r->times && r->times == r->firing_count
                            ? &w->firings[i][r->firing_count - 1]
                            : NULL;
    if (was) {
        r->total_ns += passed;
        if (last)
            last->for_ns += passed;
        if (last && r->is_firing &&
            alert_is_worse(r->alert, r->value, last->worst))
            last->worst = r->value;
    } else if (r->is_firing) {
        begin_firing(w, i, at_ns);
    }
    if (was != r->is_firing)
        note_change(w, i, at_ns);
}

/* --- the watch ---------------------------------------------------------- */

AlertWatch *alert_watch_new(const AlertList *list) {
    AlertWatch *w = mem_new(AlertWatch);
    size_t n = list->count;
    w->list = list;
    w->readings = mem_alloc(n, sizeof *w->readings);
    w->firings = mem_alloc(n, sizeof *w->firings);
    w->firing_caps = mem_alloc(n, sizeof *w->firing_caps);
    w->window_of = mem_alloc(n, sizeof *w->window_of);
    w->windows = mem_alloc(n, sizeof *w->windows);
    for (size_t i = 0; i < n; i++) {
        w->window_of[i] = find_window(w, &list->items[i]);
        gauges_add(&w->history, list->items[i].name, GAUGE_COUNT);
    }
    for (size_t i = 0; i < n; i++)
        w->readings[i] = (AlertReading){ .alert = &list->items[i],
                                         .value = NAN,
                                         .history = &w->history.items[i] };
    return w;
}

void alert_watch_free(AlertWatch *w) {
    if (!w)
        return;
    for (size_t i = 0; i < w->list->count; i++)
        free(w->firings[i]);
    for (size_t i = 0; i < w->window_count; i++)
        hist_close(&w->windows[i].hist);
    hist_close(&w->part);
    gauges_close(&w->history);
    free(w->readings);
    free(w->firings);
    free(w->firing_caps);
    free(w->window_of);
    free(w->windows);
    free(w->changes);
    free(w);
}

void alert_watch_look(AlertWatch *w, const Timeline *t) {
    uint64_t to_ns = t->open_ns;
    if (to_ns == w->looked_ns)
        return;
    for (size_t i = 0; i < w->window_count; i++)
        move(&w->windows[i], t, to_ns, &w->part);
    for (size_t i = 0; i < w->list->count; i++)
        judge(w, i, to_ns, to_ns - w->looked_ns);
    w->looked_ns = to_ns;
}

size_t alert_watch_count(const AlertWatch *w) {
    return w->list->count;
}

const AlertReading *alert_watch_readings(const AlertWatch *w) {
    return w->readings;
}

bool alert_watch_change(AlertWatch *w, AlertChange *out) {
    if (w->change_first == w->change_count)
        return false;
    *out = w->changes[w->change_first++];
    return true;
}
