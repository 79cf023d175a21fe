/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "engine/mailbox.h"
#include "plan/stage_text.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define S NS_PER_S
#define MS NS_PER_MS
#define EPOCH (1000 * S)

static Plan make(double start, const char *stages) {
    Plan p;
    Err err;
    plan_init(&p, PLAN_VUS, start);
    if (stages_read(&p, stages, &err) < 0)
        fail_msg("%s: %d: %s", stages, err.column, err.text);
    return p;
}

static Course course(double start, const char *stages) {
    Plan p = make(start, stages);
    Course c;
    assert_true(course_make(&c, &p, 0, EPOCH) == UINT64_MAX);
    plan_close(&p);
    return c;
}

static void level_is(const Course *c, uint64_t run_ns, uint64_t want) {
    uint64_t got = course_vus(c, EPOCH + run_ns);
    if (got != want)
        fail_msg("at %llu ms: %llu, wanted %llu",
                 (unsigned long long)(run_ns / MS), (unsigned long long)got,
                 (unsigned long long)want);
}

/* k6: on a ramp from a to b over d, VU k starts at d (k - a) / (b - a); on
 * the way down k are left from d (a - k) / (a - b) on. */
static void ramps_are_k6_s(void **state) {
    (void)state;
    static const struct {
        int a, b;
        uint64_t d;
    } cases[] = {
        { 0, 10, 10 * S },  { 0, 7, 10 * S },    { 3, 100, 30 * S },
        { 0, 1, 5 * S },    { 1, 2, 1 * S },     { 10, 0, 10 * S },
        { 7, 0, 10 * S },   { 100, 3, 30 * S },  { 1, 0, 5 * S },
        { 0, 999, 60 * S }, { 5000, 1, 60 * S }, { 0, 3, 1 * S },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int a = cases[i].a, b = cases[i].b;
        char stages[64];
        snprintf(stages, sizeof stages, "%llus to %d, 1m",
                 (unsigned long long)(cases[i].d / S), b);
        Course c = course(a, stages);
        double d = (double)cases[i].d, step = d / abs(b - a);
        /* levels may be a millionth beside */
        uint64_t about = (uint64_t)(step * 2e-6) + 2;
        int toward = b > a ? 1 : -1;
        level_is(&c, 0, (uint64_t)a);
        for (int k = a + toward; k != b; k += toward) {
            uint64_t at = (uint64_t)(step * abs(k - a));
            level_is(&c, at - about, (uint64_t)(k - toward));
            level_is(&c, at + about, (uint64_t)k);
            level_is(&c, at + (uint64_t)(step / 2), (uint64_t)k);
        }
        level_is(&c, cases[i].d - about, (uint64_t)(b - toward));
        level_is(&c, cases[i].d, (uint64_t)b);
        level_is(&c, cases[i].d + 30 * S, (uint64_t)b);
    }
}

static void stages_follow_each_other(void **state) {
    (void)state;
    Course c = course(0, "10s to 100, 10s, 10s to 50, 0s to 7, 5s, 5s at 20, "
                         "1s to 0");
    static const struct {
        uint64_t at, want;
    } cases[] = {
        { 0, 0 },
        { 5 * S, 50 },
        { 10 * S, 100 },
        { 20 * S, 100 },
        { 25 * S, 75 },
        { 25 * S + 100 * MS, 75 }, /* 74.5: still 75 */
        { 30 * S - MS, 51 },
        { 30 * S, 7 },
        { 35 * S - 1, 7 },
        { 35 * S, 20 },
        { 40 * S, 20 },
        { 40 * S + 500 * MS, 10 },
        { 41 * S - MS, 1 },
        { 41 * S, 0 },
        { 99 * S, 0 },
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        level_is(&c, cases[i].at, cases[i].want);
    assert_int_equal(course_vus(&c, 0), 0); /* long before the start */
    assert_int_equal(course_vus(&c, UINT64_MAX), 0);

    c = course(12, "5s, 5s to 0");
    assert_int_equal(course_vus(&c, 0), 12);
    Course none = { .count = 0 };
    assert_int_equal(course_vus(&none, EPOCH), 0);
}

/* A course is given in pieces: each follows the plan from where it begins
 * to where it says that it reaches. */
static void a_course_reaches_so_far(void **state) {
    (void)state;
    Plan p = make(0, "100s to 1000 smooth, 20s to 10 step 9, 10s, 30s to 0");
    uint64_t t = 0, end = plan_total_ns(&p);
    int made = 0;
    for (; t != UINT64_MAX; made++) {
        Course c;
        uint64_t reach = course_make(&c, &p, t, EPOCH);
        assert_true(c.count > 0 && c.count <= COURSE_SEGMENTS);
        assert_true(c.segment[0].start_ns == EPOCH + t);
        assert_true(reach > t);
        assert_int_equal(reach != UINT64_MAX, c.count == COURSE_SEGMENTS);
        uint64_t until = reach < end ? reach : end;
        assert_true(c.segment[c.count - 1].end_ns == EPOCH + until);
        for (int k = 0; k < 500; k++) {
            uint64_t at = t + (until - t) / 500 * (uint64_t)k;
            /* smooth ramps are hundreds of straight lines */
            assert_near((double)course_vus(&c, EPOCH + at),
                        plan_level_at(&p, at), 1.3);
        }
        t = reach;
    }
    assert_true(made >= 4);
    plan_close(&p);
}

/* The wheel was taken: the level stays, and there is no end to it. */
static void a_hand_holds_without_end(void **state) {
    (void)state;
    Plan p = make(0, "10s to 100");
    Stage open = { .form = STAGE_JUMP, .level = 42, .length_ns = 0 };
    plan_append(&p, &open);
    p.stages[1].open = true;
    plan_advance(&p, 15 * S);
    Course c;
    assert_true(course_make(&c, &p, 15 * S, EPOCH) == UINT64_MAX);
    assert_int_equal(c.count, 1);
    assert_true(c.segment[0].end_ns == UINT64_MAX);
    level_is(&c, 15 * S, 42);
    level_is(&c, 1000000 * S, 42);
    plan_close(&p);
}

static void shares_add_up(void **state) {
    (void)state;
    static const uint64_t big[] = { 9973, 1000000, 1000000007, UINT32_MAX };
    for (size_t workers = 1; workers <= 17; workers++)
        for (uint64_t i = 0; i < 300; i++) {
            uint64_t total = i < COUNT(big) ? big[i] : i - COUNT(big);
            uint64_t sum = 0, least = UINT64_MAX, most = 0;
            for (size_t w = 0; w < workers; w++) {
                uint64_t share = course_share(total, w, workers);
                sum += share;
                least = share < least ? share : least;
                most = share > most ? share : most;
            }
            assert_true(sum == total);
            assert_true(most - least <= 1);
        }
    /* one more VU is one more for one worker: nobody else changes */
    for (uint64_t total = 0; total < 100; total++) {
        int changed = 0;
        for (size_t w = 0; w < 7; w++)
            changed +=
                course_share(total + 1, w, 7) != course_share(total, w, 7);
        assert_int_equal(changed, 1);
    }
}

static void any_total_is_shared_exactly(void **state) {
    (void)state;
    Rng r = { 7 };
    for (int i = 0; i < 20000; i++) {
        uint64_t total = rng_next(&r) >> (rng_next(&r) % 64);
        size_t workers = 1 + (size_t)(rng_next(&r) % 64);
        uint64_t sum = 0, before = UINT64_MAX;
        for (size_t w = 0; w < workers; w++) {
            uint64_t share = course_share(total, w, workers);
            assert_true(share <= before); /* the first have the rest */
            sum += before = share;
        }
        assert_true(sum == total);
        assert_true(course_share(total, 0, workers) - before <= 1);
    }
}

/* Every scenario's shares go round all workers, from another one on: six
 * scenarios of one VU are a VU for each of six workers. */
static void small_scenarios_are_spread(void **state) {
    (void)state;
    for (size_t workers = 1; workers <= 9; workers++) {
        uint64_t vus[9] = { 0 };
        for (size_t s = 0; s < 3 * workers; s++) {
            bool taken[9] = { false };
            for (size_t w = 0; w < workers; w++) {
                size_t turn = course_turn(w, s, workers);
                assert_true(turn < workers && !taken[turn]);
                taken[turn] = true;
                vus[w] += course_share(1, turn, workers);
            }
        }
        for (size_t w = 0; w < workers; w++)
            assert_int_equal(vus[w], 3);
        assert_int_equal(course_turn(workers - 1, 0, workers), workers - 1);
    }
}

/* --- mailbox ------------------------------------------------------------- */

static Order numbered(uint64_t n) {
    Order o = { .kind = (OrderKind)(n % 5) };
    o.course.count = COURSE_SEGMENTS;
    for (size_t i = 0; i < COURSE_SEGMENTS; i++)
        o.course.segment[i] = (Segment){ n, n + 1, (double)n, (double)i };
    return o;
}

/* Of one piece: no word of another order among it. */
static bool is_whole(const Order *o, uint64_t n) {
    if (o->kind != (OrderKind)(n % 5) || o->course.count != COURSE_SEGMENTS)
        return false;
    for (size_t i = 0; i < COURSE_SEGMENTS; i++) {
        const Segment *s = &o->course.segment[i];
        if (s->start_ns != n || s->end_ns != n + 1 || (uint64_t)s->from != n ||
            (uint64_t)s->to != i)
            return false;
    }
    return true;
}

static void a_mailbox_keeps_the_order(void **state) {
    (void)state;
    Mailbox *m = mem_new(Mailbox);
    uint64_t in = 0, out = 0;
    assert_null(mailbox_peek(m));
    for (int round = 0; round < 100; round++) {
        /* to the brim, then some out: round and round the ring */
        for (;;) {
            Order o = numbered(in);
            if (!mailbox_put(m, &o))
                break;
            in++;
        }
        assert_int_equal(in - out, MAILBOX_ORDERS);
        for (int k = 0; k <= round % MAILBOX_ORDERS; k++) {
            const Order *o = mailbox_peek(m);
            assert_non_null(o);
            assert_ptr_equal(mailbox_peek(m), o); /* stays until done */
            assert_true(is_whole(o, out));
            mailbox_done(m);
            out++;
        }
    }
    while (mailbox_peek(m)) {
        assert_true(is_whole(mailbox_peek(m), out++));
        mailbox_done(m);
    }
    assert_true(in == out);
    free(m);
}

#define ORDERS 50000

typedef struct Post {
    Mailbox box;
    uint64_t read, broken;
} Post;

static void *reader(void *arg) {
    Post *p = arg;
    while (p->read < ORDERS) {
        const Order *o = mailbox_peek(&p->box);
        if (!o) {
            sched_yield();
            continue;
        }
        p->broken += !is_whole(o, p->read++);
        mailbox_done(&p->box);
    }
    return NULL;
}

static void a_mailbox_between_threads(void **state) {
    (void)state;
    Post *p = mem_new(Post);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, reader, p), 0);
    for (uint64_t n = 0; n < ORDERS;) {
        Order o = numbered(n);
        if (mailbox_put(&p->box, &o))
            n++;
        else
            sched_yield();
    }
    pthread_join(thread, NULL);
    assert_true(p->read == ORDERS && p->broken == 0);
    assert_null(mailbox_peek(&p->box));
    free(p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ramps_are_k6_s),
        cmocka_unit_test(stages_follow_each_other),
        cmocka_unit_test(a_course_reaches_so_far),
        cmocka_unit_test(a_hand_holds_without_end),
        cmocka_unit_test(shares_add_up),
        cmocka_unit_test(any_total_is_shared_exactly),
        cmocka_unit_test(small_scenarios_are_spread),
        cmocka_unit_test(a_mailbox_keeps_the_order),
        cmocka_unit_test(a_mailbox_between_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
