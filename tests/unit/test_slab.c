/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "stats/slab.h"

#define SERIES 3
#define CHECKS 4

/* Every counter gets a number of its own, below 1000. */
static void fill(Slab *s, Rng *r) {
    for (size_t i = 0; i < s->series_count; i++) {
        SeriesSlab *x = &s->series[i];
        for (int k = 0; k < 20; k++)
            hist_record(&x->duration, rng_next(r) % 1000000000);
        for (size_t p = 0; p < PHASE_COUNT; p++)
            hist_record_n(&x->phase[p], UINT64_C(1000) << p, 1 + rng_next(r) % 99);
        x->requests = rng_next(r) % 1000;
        x->failed = rng_next(r) % 1000;
        x->sent = rng_next(r) % 1000;
        x->bytes_in = rng_next(r) % 1000;
        x->bytes_out = rng_next(r) % 1000;
        for (size_t c = 0; c < FAIL_COUNT; c++)
            x->fail[c] = rng_next(r) % 1000;
        for (size_t c = 0; c < 6; c++)
            x->status[c] = rng_next(r) % 1000;
    }
    for (size_t i = 0; i < s->check_count; i++)
        s->checks[i] = (CheckSlab){ rng_next(r) % 1000, rng_next(r) % 1000 };
    hist_record_n(&s->iteration, 5000, 1 + rng_next(r) % 99);
    hist_record_n(&s->lag, 6000, 1 + rng_next(r) % 99);
    hist_record_n(&s->read_lag, 7000, 1 + rng_next(r) % 99);
    s->iterations = rng_next(r) % 1000;
    s->interrupted = rng_next(r) % 1000;
    s->connects = rng_next(r) % 1000;
    s->abandoned = rng_next(r) % 1000;
    s->retried = rng_next(r) % 1000;
}

/* sign * s added to the sums: what is a + b - c is zero everywhere. */
static void tally(int64_t *sums, const Slab *s, int64_t sign) {
#define T(value) (*sums++ += sign * (int64_t)(value))
    for (size_t i = 0; i < s->series_count; i++) {
        const SeriesSlab *x = &s->series[i];
        T(x->duration.count), T(x->duration.sum);
        for (size_t p = 0; p < PHASE_COUNT; p++)
            T(x->phase[p].count), T(x->phase[p].sum);
        T(x->requests), T(x->failed), T(x->sent);
        T(x->bytes_in), T(x->bytes_out);
        for (size_t c = 0; c < FAIL_COUNT; c++)
            T(x->fail[c]);
        for (size_t c = 0; c < 6; c++)
            T(x->status[c]);
    }
    for (size_t i = 0; i < s->check_count; i++)
        T(s->checks[i].passed), T(s->checks[i].failed);
    T(s->iteration.count), T(s->iteration.sum);
    T(s->lag.count), T(s->lag.sum);
    T(s->read_lag.count), T(s->read_lag.sum);
    T(s->iterations), T(s->interrupted);
    T(s->connects), T(s->abandoned), T(s->retried);
#undef T
}

#define TALLIES 256

static void all_zero(const int64_t *sums) {
    for (size_t i = 0; i < TALLIES; i++)
        if (sums[i])
            fail_msg("counter %zu is off by %lld", i, (long long)sums[i]);
}

static void sums_add_up(void **state) {
    (void)state;
    Slab a, b, sum;
    Rng r = { 17 };
    slab_init(&a, SERIES, CHECKS, 0);
    slab_init(&b, SERIES, CHECKS, 0);
    slab_init(&sum, SERIES, CHECKS, 0);
    fill(&a, &r);
    fill(&b, &r);
    slab_add(&sum, &a);
    slab_add(&sum, &b);
    int64_t sums[TALLIES] = { 0 };
    tally(sums, &a, 1);
    tally(sums, &b, 1);
    tally(sums, &sum, -1);
    all_zero(sums);
    assert_int_equal(slab_requests(&sum),
                     slab_requests(&a) + slab_requests(&b));
    assert_int_equal(slab_failed(&sum), slab_failed(&a) + slab_failed(&b));
    assert_true(slab_requests(&a) > 0);

    /* cleared: nothing is left, and it counts anew as if new */
    slab_clear(&sum);
    memset(sums, 0, sizeof sums);
    tally(sums, &sum, 1);
    all_zero(sums);
    slab_add(&sum, &b);
    tally(sums, &b, 1);
    tally(sums, &sum, -1);
    all_zero(sums);
    assert_int_equal(sum.series[1].duration.min, b.series[1].duration.min);
    assert_int_equal(sum.series[1].duration.max, b.series[1].duration.max);
    slab_close(&a);
    slab_close(&b);
    slab_close(&sum);
    slab_close(&sum); /* closed is empty */
}

static void histograms_are_merged(void **state) {
    (void)state;
    Slab s;
    Rng r = { 4 };
    slab_init(&s, SERIES, 0, 0);
    fill(&s, &r);
    for (size_t p = 0; p <= PHASE_COUNT; p++) {
        Hist h = { 0 };
        uint64_t count = 0, sum = 0;
        slab_merge_hist(&s, (Phase)p, &h);
        for (size_t i = 0; i < SERIES; i++) {
            const Hist *x = p == PHASE_COUNT ? &s.series[i].duration
                                             : &s.series[i].phase[p];
            count += x->count;
            sum += x->sum;
        }
        assert_true(count > 0);
        assert_int_equal(h.count, count);
        assert_int_equal(h.sum, sum);
        hist_close(&h);
    }
    slab_close(&s);
}

static void the_first_example_stays(void **state) {
    (void)state;
    Slab a, b, sum;
    slab_init(&a, 1, 1, 0);
    slab_init(&b, 1, 1, 0);
    slab_init(&sum, 1, 1, 0);
    strcpy(slab_example_room(&a, FAIL_RESET)->why, "first");
    strcpy(slab_example_room(&b, FAIL_RESET)->why, "second");
    strcpy(slab_example_room(&b, FAIL_TIMEOUT_WAIT)->why, "other");
    strcpy(slab_example_room(&b, EXAMPLE_OF_CHECK(0))->why, "a check");
    assert_null(slab_example_room(&a, FAIL_RESET));
    a.until_ns = 9;
    b.until_ns = 5;
    slab_add(&sum, &a);
    slab_add(&sum, &b);
    assert_string_equal(slab_example_why(&sum, FAIL_RESET), "first");
    assert_string_equal(slab_example_why(&sum, FAIL_TIMEOUT_WAIT), "other");
    assert_string_equal(slab_example_why(&sum, FAIL_CONNECT), "");
    assert_string_equal(sum.examples[EXAMPLE_OF_CHECK(0)]->why, "a check");
    assert_int_equal(sum.until_ns, 9);
    slab_clear(&sum);
    assert_string_equal(slab_example_why(&sum, FAIL_RESET), "");
    assert_non_null(slab_example_room(&sum, FAIL_RESET));
    slab_close(&a);
    slab_close(&b);
    slab_close(&sum);
}

static void names_are_told(void **state) {
    (void)state;
    assert_string_equal(phase_name(PHASE_TLS), "tls_handshaking");
    assert_string_equal(phase_name(PHASE_COUNT), "duration");
    assert_string_equal(fail_name(FAIL_HTTP_5XX), "http-5xx");
    assert_string_equal(fail_name(FAIL_NONE), "none");
    assert_string_equal(fail_help(FAIL_NONE), "");
    for (int c = 0; c < FAIL_COUNT; c++)
        assert_true(fail_help((FailClass)c)[0] != '\0');
    assert_true(fail_is_answer(FAIL_GAVE_UP));
    assert_true(fail_is_answer(FAIL_HTTP_OTHER));
    assert_false(fail_is_answer(FAIL_LOCAL_MEMORY));
    assert_false(fail_is_answer(FAIL_NONE));
}

/* A target that answers with bad news is there. */
static void bad_news_is_an_answer(void **state) {
    (void)state;
    static const FailClass answers[] = { FAIL_EXIT,     FAIL_EXTRACT,
                                         FAIL_GAVE_UP,  FAIL_HTTP_4XX,
                                         FAIL_HTTP_5XX, FAIL_HTTP_OTHER };
    size_t count = sizeof answers / sizeof *answers;
    size_t found = 0;
    for (FailClass c = 0; c <= FAIL_COUNT; c++)
        found += fail_is_answer(c);
    assert_int_equal(found, count);
    for (size_t i = 0; i < count; i++)
        assert_true(fail_is_answer(answers[i]));
}

static void a_slab_changes_hands(void **state) {
    (void)state;
    SlabSwap s;
    slab_swap_init(&s, 1, 0, 0);
    assert_null(slab_collect(&s));
    s.live->iterations = 1;
    assert_true(slab_offer(&s, 100));
    s.live->iterations = 2;
    assert_false(slab_offer(&s, 200)); /* the first lies there unread */
    s.live->iterations++;
    Slab *got = slab_collect(&s);
    assert_non_null(got);
    assert_int_equal(got->iterations, 1);
    assert_int_equal(got->until_ns, 100);
    assert_null(slab_collect(&s));
    assert_false(slab_offer(&s, 300)); /* main still reads it */
    assert_ptr_not_equal(s.live, got);
    slab_return(&s, got);
    assert_true(slab_offer(&s, 400));
    assert_int_equal(s.live->iterations, 0);
    Slab *again = slab_collect(&s);
    assert_int_equal(again->iterations, 3);
    assert_int_equal(again->until_ns, 400);
    slab_return(&s, again);
    assert_true(slab_offer(&s, 500));
    slab_swap_close(&s); /* with one offered and not collected */
}

#define RECORDS 1000000

typedef struct Work {
    SlabSwap swap;
    _Atomic bool ended;
    uint64_t sum, offers;
} Work;

/* Offers after every few records, and from time to time insists, so that
 * the two meet however they are scheduled. */
static void *worker(void *arg) {
    Work *w = arg;
    Rng r = { 99 };
    for (uint64_t i = 1; i <= RECORDS; i++) {
        SeriesSlab *s = &w->swap.live->series[i % SERIES];
        uint64_t ns = rng_next(&r) % 1000000;
        hist_record(&s->duration, ns);
        s->requests++;
        s->status[i % 6]++;
        w->swap.live->checks[i % CHECKS].passed++;
        w->swap.live->iterations++;
        w->sum += ns;
        if (i % 64)
            continue;
        bool taken = slab_offer(&w->swap, i);
        while (!taken && i % (RECORDS / 50) == 0) {
            sched_yield();
            taken = slab_offer(&w->swap, i);
        }
        w->offers += taken;
    }
    atomic_store(&w->ended, true);
    return NULL;
}

/* A worker and a main thread at full speed: all that was recorded arrives,
 * once, in order. */
static void nothing_is_lost_between_threads(void **state) {
    (void)state;
    Work w = { .offers = 0 };
    slab_swap_init(&w.swap, SERIES, CHECKS, 0);
    Slab sum;
    slab_init(&sum, SERIES, CHECKS, 0);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, worker, &w), 0);
    uint64_t collected = 0, until = 0;
    bool ended, ordered = true;
    do {
        ended = atomic_load(&w.ended);
        Slab *s = slab_collect(&w.swap);
        if (!s) {
            sched_yield();
            continue;
        }
        ordered = ordered && s->until_ns > until;
        until = s->until_ns;
        slab_add(&sum, s);
        ordered = ordered && sum.iterations == until;
        slab_return(&w.swap, s);
        collected++;
    } while (!ended);
    pthread_join(thread, NULL);
    assert_true(ordered);
    assert_null(slab_collect(&w.swap));
    assert_int_equal(collected, w.offers);
    assert_true(collected > 1);  /* they did meet */
    slab_add(&sum, w.swap.live); /* what was not offered any more */

    assert_int_equal(sum.iterations, RECORDS);
    assert_int_equal(slab_requests(&sum), RECORDS);
    uint64_t status = 0, passed = 0;
    for (size_t i = 0; i < SERIES; i++)
        for (size_t c = 0; c < 6; c++)
            status += sum.series[i].status[c];
    for (size_t i = 0; i < CHECKS; i++)
        passed += sum.checks[i].passed;
    assert_int_equal(status, RECORDS);
    assert_int_equal(passed, RECORDS);
    Hist h = { 0 };
    slab_merge_hist(&sum, PHASE_COUNT, &h);
    assert_int_equal(h.count, RECORDS);
    assert_int_equal(h.sum, w.sum);
    uint64_t counted = 0;
    for (size_t p = 0; p < HIST_PAGES; p++)
        for (size_t i = 0; h.page[p] && i < HIST_PAGE; i++)
            counted += h.page[p]->n[i];
    assert_int_equal(counted, RECORDS);
    hist_close(&h);
    slab_close(&sum);
    slab_swap_close(&w.swap);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_add_up),
        cmocka_unit_test(histograms_are_merged),
        cmocka_unit_test(the_first_example_stays),
        cmocka_unit_test(names_are_told),
        cmocka_unit_test(bad_news_is_an_answer),
        cmocka_unit_test(a_slab_changes_hands),
        cmocka_unit_test(nothing_is_lost_between_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
