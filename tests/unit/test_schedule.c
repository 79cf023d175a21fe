/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When tasks are due, by a clock that the test drives; and the heap of those
 * who wait. */
#include "unit.h"

#include <math.h>

#include "base/clock.h"
#include "engine/due_heap.h"
#include "engine/schedule.h"

#define HOUR_NS (3600 * NS_PER_S)
#define BEGIN_NS (77 * NS_PER_S)

static const double rates[3] = { 2, 0.5 / 60, 0.1 };

/* How often each flow comes in so long, by a VU that does what is due at
 * once; the gaps' squares, too, in seconds. */
static void live(const Scenario *s, uint64_t seed, uint64_t ns,
                 uint64_t counts[3], double *squares) {
    uint64_t due[3], last[3] = { 0 };
    Rng r = { seed };
    schedule_begin(due, s, rates, BEGIN_NS, &r);
    *squares = 0;
    for (;;) {
        size_t i = schedule_first(due, s);
        for (size_t k = 0; k < s->flow_count; k++)
            assert_true(due[i] <= due[k]);
        if (due[i] >= BEGIN_NS + ns)
            return;
        assert_true(due[i] >= BEGIN_NS && due[i] >= last[i]);
        if (i == 0 && counts[0])
            *squares += pow((double)(due[0] - last[0]) / 1e9, 2);
        counts[i]++;
        last[i] = due[i];
        schedule_take(due, s, rates, i, &r);
        assert_true(due[i] > last[i]);
    }
}

static Scenario tasks(Flow flows[3], Pacing pacing) {
    for (size_t i = 0; i < 3; i++)
        flows[i] = (Flow){ .rate = rates[i] };
    return (Scenario){ .choice = FLOW_TASKS,
                       .pacing = pacing,
                       .flows = flows,
                       .flow_count = 3 };
}

static void even_gaps_are_exact(void **state) {
    (void)state;
    Flow flows[3];
    Scenario s = tasks(flows, PACING_EVEN);
    for (uint64_t seed = 1; seed < 50; seed++) {
        uint64_t counts[3] = { 0 };
        double squares;
        live(&s, seed, HOUR_NS, counts, &squares);
        assert_true(counts[0] >= 7199 && counts[0] <= 7201);
        assert_true(counts[1] >= 29 && counts[1] <= 31);
        assert_true(counts[2] >= 359 && counts[2] <= 361);
        assert_true(fabs(squares / (double)(counts[0] - 1) - 0.25) < 1e-6);
    }
}

/* Many VUs do not begin together: their first moments fill the gap. */
static void first_moments_are_spread(void **state) {
    (void)state;
    Flow flows[3];
    Scenario s = tasks(flows, PACING_EVEN);
    uint64_t quarter[4] = { 0 };
    for (uint64_t vu = 0; vu < 4000; vu++) {
        uint64_t due[3];
        Rng mix = { vu }, r = { rng_next(&mix) };
        schedule_begin(due, &s, rates, 0, &r);
        assert_true(due[2] < 10 * NS_PER_S);
        quarter[due[2] * 4 / (10 * NS_PER_S)]++;
    }
    for (int i = 0; i < 4; i++) /* 1000 each, six sigma are 164 */
        assert_true(quarter[i] > 836 && quarter[i] < 1164);
}

/* Over a long time the rate; gaps as of an exponential distribution, whose
 * mean square is twice the squared mean. */
static void poisson_gaps_keep_the_rate(void **state) {
    (void)state;
    Flow flows[3];
    Scenario s = tasks(flows, PACING_POISSON);
    uint64_t counts[3] = { 0 };
    double squares = 0, sum = 0;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        uint64_t own[3] = { 0 };
        live(&s, seed * 7919, HOUR_NS, own, &squares);
        for (int i = 0; i < 3; i++)
            counts[i] += own[i];
        sum += squares;
    }
    /* means 360000, 1500, 18000; six standard deviations */
    assert_true(fabs((double)counts[0] - 360000) < 6 * sqrt(360000));
    assert_true(fabs((double)counts[1] - 1500) < 6 * sqrt(1500));
    assert_true(fabs((double)counts[2] - 18000) < 6 * sqrt(18000));
    assert_true(fabs(sum / (double)counts[0] - 0.5) < 0.02);
}

static void a_pause_moves_all(void **state) {
    (void)state;
    Flow flows[3];
    Scenario s = tasks(flows, PACING_POISSON);
    uint64_t due[3], was[3];
    Rng r = { 3 };
    schedule_begin(due, &s, rates, BEGIN_NS, &r);
    memcpy(was, due, sizeof was);
    schedule_shift(due, &s, 5 * NS_PER_S);
    for (int i = 0; i < 3; i++)
        assert_true(due[i] == was[i] + 5 * NS_PER_S);
}

/* After a change, as if the new rates had been there from the beginning:
 * ten VUs in a hundred seconds wait for as many as at that rate. */
static void new_rates_hold_for_what_is_waited_for(void **state) {
    (void)state;
    static const double factors[3] = { 0.5, 0.001, 4 };
    Flow flows[3];
    Scenario s = tasks(flows, PACING_EVEN);
    uint64_t at = BEGIN_NS + 50 * NS_PER_MS, early = 0;
    for (uint64_t seed = 1; seed <= 1000; seed++) {
        uint64_t due[3], was[3];
        Rng mix = { seed }, r = { rng_next(&mix) };
        schedule_begin(due, &s, rates, BEGIN_NS, &r);
        due[0] = at - 1; /* is overdue */
        memcpy(was, due, sizeof was);
        schedule_scale(due, &s, factors, at);
        assert_true(due[0] == at - 1);
        assert_true(was[2] <= at ||
                    fabs((double)(due[2] - at) - 4 * (double)(was[2] - at)) <
                        1000);
        early += due[1] < at + 60 * NS_PER_MS;
    }
    /* 500/m: one gap is 120 ms, half of them within 60 ms; six sigma */
    assert_true(early > 405 && early < 595);
}

#define ITEMS 500

static void a_heap_gives_the_earliest(void **state) {
    (void)state;
    DueItem items[ITEMS];
    bool in[ITEMS] = { false };
    DueHeap h = { 0 };
    Rng r = { 11 };
    assert_null(due_heap_first(&h));
    for (int turn = 0; turn < 50000; turn++) {
        size_t i = rng_next(&r) % ITEMS;
        if (in[i]) {
            due_heap_remove(&h, &items[i]);
        } else {
            items[i].due_ns = rng_next(&r) % 1000;
            due_heap_add(&h, &items[i]);
        }
        in[i] = !in[i];
        uint64_t least = UINT64_MAX;
        size_t count = 0;
        for (size_t k = 0; k < ITEMS; k++)
            if (in[k]) {
                count++;
                least = items[k].due_ns < least ? items[k].due_ns : least;
            }
        assert_int_equal(h.count, count);
        if (count)
            assert_true(due_heap_first(&h)->due_ns == least);
    }
    for (uint64_t before = 0; h.count;) {
        DueItem *first = due_heap_first(&h);
        assert_true(first->due_ns >= before);
        before = first->due_ns;
        due_heap_remove(&h, first);
    }
    due_heap_close(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(even_gaps_are_exact),
        cmocka_unit_test(first_moments_are_spread),
        cmocka_unit_test(poisson_gaps_keep_the_rate),
        cmocka_unit_test(a_pause_moves_all),
        cmocka_unit_test(new_rates_hold_for_what_is_waited_for),
        cmocka_unit_test(a_heap_gives_the_earliest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
