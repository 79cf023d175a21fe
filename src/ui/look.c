/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/look.h"

#include <stddef.h>

#include "base/clock.h"

#define WHOLE_MAX_NS (15 * NS_PER_MIN)
#define NEAR_PAST_NS (5 * NS_PER_MIN)
#define NEAR_NS (6 * NS_PER_MIN)
#define SHORTEST_NS (10 * NS_PER_S)
/* A window whose end moves does so in steps, or all curves would shimmer. */
#define STEPS_OF_WINDOW 16

static const uint64_t spans[] = {
    30 * NS_PER_S,    NS_PER_MIN,       2 * NS_PER_MIN,   5 * NS_PER_MIN,
    10 * NS_PER_MIN,  15 * NS_PER_MIN,  30 * NS_PER_MIN,  60 * NS_PER_MIN,
    120 * NS_PER_MIN, 360 * NS_PER_MIN, 720 * NS_PER_MIN, 1440 * NS_PER_MIN,
};
#define SPANS (sizeof spans / sizeof *spans)

/* --- the window --------------------------------------------------------- */

static uint64_t round_up(uint64_t t, uint64_t step) {
    return step ? (t + step - 1) / step * step : t;
}

static Interval whole_window(const LookRun *run) {
    uint64_t end = run->total_ns > run->now_ns ? run->total_ns : run->now_ns;
    bool grows = run->grows || run->now_ns > run->total_ns;
    end = end > SHORTEST_NS ? end : SHORTEST_NS;
    if (grows) {
        uint64_t step = NS_PER_S;
        while (step * STEPS_OF_WINDOW < end)
            step *= 2;
        end = round_up(end, step);
    }
    return (Interval){ 0, end };
}

/* Of span_ns, with past_ns of it before the moment. */
static Interval window_around(uint64_t at_ns, uint64_t past_ns,
                              uint64_t span_ns, int dots) {
    uint64_t column = span_ns / (uint64_t)(dots > 0 ? dots : 1);
    uint64_t from = at_ns > past_ns ? at_ns - past_ns : 0;
    from = column ? from / column * column : from;
    return (Interval){ from, from + span_ns };
}

Interval look_window(const Look *l, const LookRun *run) {
    bool is_long = run->total_ns > WHOLE_MAX_NS;
    if (l->is_back) {
        Interval whole = whole_window(run);
        uint64_t span = l->span_ns ? l->span_ns : whole.to_ns;
        return window_around(l->to_ns, span, span, run->dots);
    }
    if (l->span_ns) /* a sixth of it is for what is to come */
        return window_around(run->now_ns, l->span_ns - l->span_ns / 6,
                             l->span_ns, run->dots);
    if (is_long != l->is_other)
        return window_around(run->now_ns, NEAR_PAST_NS, NEAR_NS, run->dots);
    return whole_window(run);
}

/* --- zoom --------------------------------------------------------------- */

static uint64_t span_of(const Look *l, const LookRun *run) {
    Interval w = look_window(l, run);
    return l->span_ns ? l->span_ns : w.to_ns - w.from_ns;
}

void look_longer(Look *l, const LookRun *run) {
    uint64_t span = span_of(l, run), whole = whole_window(run).to_ns;
    size_t i = 0;
    while (i < SPANS && spans[i] <= span)
        i++;
    bool is_whole = i == SPANS || spans[i] >= whole;
    l->span_ns = is_whole ? 0 : spans[i];
    l->is_other = is_whole && run->total_ns > WHOLE_MAX_NS;
}

void look_shorter(Look *l, const LookRun *run) {
    uint64_t span = span_of(l, run);
    size_t i = SPANS;
    while (i > 1 && spans[i - 1] >= span)
        i--;
    l->span_ns = spans[i - 1];
    l->is_other = false;
}
