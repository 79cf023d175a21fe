/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The search against a queue whose law is known: M/M/1, where the time in the
 * system is exponential with rate mu - lambda (Kleinrock, "Queueing Systems",
 * vol. 1, 1975), so that the load at
 * which p(95) meets a limit T is mu - ln(20) / T. */
#include "unit.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/rng.h"
#include "experiment/finder.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define S NS_PER_S

typedef struct Queue {
    Timeline time;
    Rng rng;
    double mu;      /* answers/s */
    double next;    /* arrival, in s */
    double free_at; /* when the server is */
    double drops_above; /* arrivals/s beyond this find no VU */
    double fails_above; /* the same, and are answered by an error at once */
    double most;        /* highest level that was asked for */
    const Goal *goal;
} Queue;

static double exponential(Rng *r, double rate) {
    return -log(1 - rng_unit(r)) / rate;
}

/* A request counts in the second in which it came. */
static void queue_second(Queue *q, uint64_t second, double level) {
    Slab s;
    slab_init(&s, 1, 0, 0);
    SeriesSlab *x = &s.series[0];
    double end = (double)second + 1;
    q->most = fmax(q->most, level);
    for (; q->next < end; q->next += exponential(&q->rng, level)) {
        if (q->drops_above > 0 &&
            rng_unit(&q->rng) < 1 - q->drops_above / level) {
            s.dropped++;
            continue;
        }
        double start = fmax(q->next, q->free_at);
        s.started++;
        x->requests++;
        if (q->fails_above > 0 &&
            rng_unit(&q->rng) < 1 - q->fails_above / level) {
            x->failed++;
            hist_record(&x->duration, NS_PER_MS);
            continue;
        }
        q->free_at = start + exponential(&q->rng, q->mu);
        hist_record(&x->duration, (uint64_t)((q->free_at - q->next) * 1e9));
    }
    timeline_add(&q->time, (second + 1) * S, &s);
    timeline_advance(&q->time, (second + 1) * S);
    slab_close(&s);
}

static void measure(void *data, uint64_t from_ns, uint64_t to_ns,
                    GoalReading *to) {
    Queue *q = data;
    goal_measure(q->goal, &q->time, from_ns, to_ns, to);
}

static const Series series[] = {
    { .name = "home", .request_name = "home" },
};
static const MetricTable metrics = { .series = series, .series_count = 1 };

static FindSpec spec_of(double from, double max) {
    FindSpec s = find_spec_default(max / 4, true);
    s.from = from;
    s.max = max;
    s.least = 1;
    return s;
}

/* Runs the search to its end; *f is to be closed. */
static void search(Finder *f, Queue *q, const FindSpec *spec) {
    uint64_t second = 0;
    timeline_init(&q->time, 1);
    finder_init(f, spec, q->goal);
    while (finder_tick(f, second * S, measure, q) != FIND_ENDS) {
        assert_true(second < 7200);
        assert_true(f->level > 0);
        queue_second(q, second++, f->level);
    }
    assert_true(finder_tick(f, second * S, measure, q) == FIND_ENDS);
    timeline_close(&q->time);
}

static void reads(Goal *g, Arena *a, const char *text) {
    Err err = { 0 };
    if (goal_read(g, a, text, &metrics, &err) < 0)
        fail_msg("%s: %d: %s", text, err.column, err.text);
}

typedef struct Search {
    Arena arena;
    Goal goal;
    Queue queue;
    Finder finder;
} Search;

/* One search for what the goal says, to its end. */
static void search_open(Search *s, const char *goal, Queue q,
                        const FindSpec *spec) {
    *s = (Search){ .queue = q };
    reads(&s->goal, &s->arena, goal);
    s->queue.goal = &s->goal;
    search(&s->finder, &s->queue, spec);
}

static void search_close(Search *s) {
    finder_close(&s->finder);
    arena_close(&s->arena);
}

/* --- the search --------------------------------------------------------- */

static void it_finds_the_load_of_a_known_queue(void **state) {
    (void)state;
    Arena a = { 0 };
    Goal g;
    int within = 0;
    reads(&g, &a, "p(95) < 20ms");
    for (uint64_t seed = 1; seed <= 50; seed++) {
        double mu = 600 + 20 * (double)seed;
        double truth = mu - log(20) / 0.020;
        Queue q = { .rng = { seed }, .mu = mu, .goal = &g };
        Finder f;
        FindSpec spec = spec_of(30 + (double)seed, 4 * mu);
        search(&f, &q, &spec);
        assert_int_equal(f.outcome, FIND_FOUND);
        assert_true(f.is_confirmed);
        assert_int_equal(f.rests_cut, 0);
        const FindStep *held = finder_held(&f), *broke = finder_broke(&f);
        within += fabs(held->level / truth - 1) <= 0.05;
        assert_near(held->level / truth, 1, 0.06);
        assert_true(broke->level > held->level);
        assert_true(broke->level / held->level <= 1.03);
        assert_true(held->reading.values[0].value < 20);
        finder_close(&f);
    }
    assert_true(within >= 48);
    arena_close(&a);
}

static void a_clear_failure_ends_its_step_early(void **state) {
    (void)state;
    Search s;
    FindSpec spec = spec_of(900, 8000);
    search_open(&s, "http_req_failed < 1%",
                (Queue){ .rng = { 3 }, .mu = 5000, .fails_above = 1000 },
                &spec);
    const Finder *f = &s.finder;
    assert_int_equal(f->outcome, FIND_FOUND);
    assert_near(finder_held(f)->level, 1000, 70);
    size_t early = 0;
    for (size_t i = 0; i < f->count; i++) {
        early += f->steps[i].is_early;
        assert_true(f->steps[i].level < 1100 || f->steps[i].is_early);
        if (f->steps[i].is_early)
            assert_true(f->steps[i].to_ns - f->steps[i].from_ns < 5 * S);
    }
    assert_true(early > 0);
    assert_true(f->rests > 0);
    search_close(&s);
}

static void the_cap_may_hold(void **state) {
    (void)state;
    Search s;
    FindSpec spec = spec_of(10, 300);
    search_open(&s, "p(95) < 500", (Queue){ .rng = { 4 }, .mu = 1000 }, &spec);
    const Finder *f = &s.finder;
    assert_int_equal(f->outcome, FIND_CAP);
    assert_near(f->held, 300, 0);
    assert_near(s.queue.most, 300, 0);
    assert_null(finder_broke(f));
    search_close(&s);
}

static void even_the_lowest_may_fail(void **state) {
    (void)state;
    Search s;
    FindSpec spec = spec_of(16, 300);
    /* 10 ms of service on average */
    search_open(&s, "avg < 1", (Queue){ .rng = { 5 }, .mu = 100 }, &spec);
    const Finder *f = &s.finder;
    assert_int_equal(f->outcome, FIND_NONE);
    assert_null(finder_held(f));
    assert_near(finder_broke(f)->level, 1, 0);
    search_close(&s);
}

static void dropped_arrivals_are_no_level_that_holds(void **state) {
    (void)state;
    Search s;
    FindSpec spec = spec_of(50, 2000);
    search_open(&s, "p(95) < 500",
                (Queue){ .rng = { 6 }, .mu = 5000, .drops_above = 200 },
                &spec);
    const Finder *f = &s.finder;
    assert_int_equal(f->outcome, FIND_FOUND);
    assert_near(finder_held(f)->level, 200, 12);
    assert_non_null(strstr(finder_broke(f)->why, "dropped"));
    search_close(&s);
}

/* N users who think 1 s: about N requests/s while the queue is short. */
static void virtual_users_are_whole(void **state) {
    (void)state;
    Search s;
    FindSpec spec = find_spec_default(20, false);
    assert_near(spec.from, 1, 0);
    assert_near(spec.max, 80, 0);
    search_open(&s, "p(95) < 300", (Queue){ .rng = { 8 }, .mu = 50 }, &spec);
    const Finder *f = &s.finder;
    assert_int_equal(f->outcome, FIND_FOUND);
    /* 50 - ln(20) / 0.3 s = 40.01 */
    assert_near(f->held, 40, 2);
    assert_near(f->broke - f->held, 1, 0);
    search_close(&s);
}

/* --max 10.5 and --from 7.5, say */
static void limits_of_virtual_users_are_whole(void **state) {
    (void)state;
    Search s;
    FindSpec spec = find_spec_default(20, false);
    spec.from = 10.5;
    spec.max = 10.5;
    search_open(&s, "p(95) < 300", (Queue){ .rng = { 8 }, .mu = 50 }, &spec);
    const Finder *f = &s.finder;
    assert_int_equal(f->outcome, FIND_CAP);
    for (size_t i = 0; i < f->count; i++)
        assert_near(f->steps[i].level, 10, 0);
    search_close(&s);
}

static void time_may_be_over(void **state) {
    (void)state;
    Search s;
    FindSpec spec = spec_of(10, 4000);
    spec.limit_ns = 30 * S;
    search_open(&s, "p(95) < 10ms", (Queue){ .rng = { 7 }, .mu = 1000 }, &spec);
    const Finder *f = &s.finder;
    assert_int_equal(f->outcome, FIND_LIMIT);
    assert_true(f->held > 0 && isinf(f->broke));
    Text t = { 0 };
    finder_words(f, &t);
    assert_non_null(strstr(t.bytes, "arrivals/s hold (p(95) < 10ms: "));
    text_close(&t);
    search_close(&s);
}

static void numbers_that_make_no_sense(void **state) {
    (void)state;
    Err err = { 0 };
    FindSpec s = spec_of(100, 50);
    assert_int_equal(find_spec_check(&s, &err), -1);
    assert_non_null(strstr(err.text, "--from"));
    s = spec_of(10, 50);
    assert_int_equal(find_spec_check(&s, &err), 0);
    s.limit_ns = S;
    assert_int_equal(find_spec_check(&s, &err), -1);
}

/* --- the goal ----------------------------------------------------------- */

static void goals_are_read(void **state) {
    (void)state;
    Arena a = { 0 };
    Goal g;
    reads(&g, &a, " p(95) < 500 and http_req_failed < 1%  and "
                  "http_req_duration{home} avg <= 80ms and http_reqs rate > 5");
    assert_int_equal(g.count, 4);
    assert_string_equal(g.parts[0].text, "p(95) < 500");
    assert_string_equal(g.parts[1].text, "http_req_failed < 1%");
    const Condition *c = &g.parts[0].condition;
    assert_int_equal(c->metric.id, METRIC_HTTP_REQ_DURATION);
    assert_near(c->q, 0.95, 1e-12);
    assert_near(c->limit, 500, 0);
    c = &g.parts[1].condition;
    assert_int_equal(c->metric.id, METRIC_HTTP_REQ_FAILED);
    assert_int_equal(c->method, METHOD_RATE);
    assert_near(c->limit, 0.01, 1e-12);
    c = &g.parts[2].condition;
    assert_int_equal(c->method, METHOD_AVG);
    assert_int_equal(c->op, COMPARE_LE);
    assert_string_equal(c->of->text, "name:home");
    arena_close(&a);
}

static void mistakes_of_goals_are_told(void **state) {
    (void)state;
    static const struct {
        const char *text, *says;
        int column;
    } cases[] = {
        { "", "a condition is missing", 1 },
        { "p(95) < 500 and", "missing", 16 },
        { "p(95) < 500 and p(99)", "compare it", 22 },
        { "p(95) < 500 and http_req_faild < 1%", "did you mean", 17 },
        { "http_req_duration{hme} p(95) < 5", "did you mean 'home'", 19 },
        { "vus value < 5", "not kept second by second", 1 },
        { "response_time{home} avg < 5", "without {}", 1 },
        { "http_req_failed < 5", "share", 12 },
        { "p(95) < 500, avg < 3", "end here", 12 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Arena a = { 0 };
        Goal g;
        Err err = { 0 };
        if (goal_read(&g, &a, cases[i].text, &metrics, &err) == 0)
            fail_msg("'%s' was taken", cases[i].text);
        if (!strstr(err.text, cases[i].says) || err.column != cases[i].column)
            fail_msg("'%s': %d: %s", cases[i].text, err.column, err.text);
        arena_close(&a);
    }
}

/* 400 requests for 20 beyond p(95); 300 for a share below 1 %. */
static void enough_is_enough(void **state) {
    (void)state;
    Arena a = { 0 };
    Goal g;
    reads(&g, &a, "p(95) < 500 and http_req_failed < 1%");
    GoalReading r = { .values = { { 10, 400, 0 }, { 0, 300, 0 } } };
    size_t broken;
    assert_true(goal_has_enough(&g, &r));
    assert_false(goal_is_hopeless(&g, &r, &broken));
    r.values[0].count = 399;
    assert_false(goal_has_enough(&g, &r));
    r.values[0].count = 400;
    r.values[1].count = 299;
    assert_false(goal_has_enough(&g, &r));
    /* all of them failed: n ln 5 / 10 > ln 999 from 43 on */
    r.values[1] = (GoalValue){ 1, 42, 1 };
    assert_false(goal_is_hopeless(&g, &r, &broken));
    r.values[1].count = 43;
    assert_true(goal_is_hopeless(&g, &r, &broken));
    assert_int_equal(broken, 1);
    arena_close(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_finds_the_load_of_a_known_queue),
        cmocka_unit_test(a_clear_failure_ends_its_step_early),
        cmocka_unit_test(the_cap_may_hold),
        cmocka_unit_test(even_the_lowest_may_fail),
        cmocka_unit_test(dropped_arrivals_are_no_level_that_holds),
        cmocka_unit_test(virtual_users_are_whole),
        cmocka_unit_test(limits_of_virtual_users_are_whole),
        cmocka_unit_test(time_may_be_over),
        cmocka_unit_test(numbers_that_make_no_sense),
        cmocka_unit_test(goals_are_read),
        cmocka_unit_test(mistakes_of_goals_are_told),
        cmocka_unit_test(enough_is_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
