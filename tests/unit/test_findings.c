/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Made-up runs: what must be said of each, and of which nothing may be. The
 * closed ones follow the asymptotic bounds of a single queue (Denning &
 * Buzen, 1978): X = min(N / (R0 + Z), C), R = max(R0, N / C - Z). */
#include "unit.h"

#include "base/clock.h"
#include "base/rng.h"
#include "stats/findings.h"

#define S NS_PER_S
#define MS 1e6

typedef struct Made {
    FindingWatch *watch;
    Rng rng;
    uint64_t second;
    double capacity, service, think; /* requests/s, ns, s */
} Made;

static Made made(bool is_rate) {
    Made m = { .watch = findings_new(is_rate),
               .capacity = 1e9,
               .service = 20 * MS,
               .think = 0.5 };
    m.rng.state = 42;
    return m;
}

/* The sum of 12 even ones is nearly normal, of variance 1. */
static double noise(Made *m) {
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += rng_unit(&m->rng);
    return sum;
}

/* The next second, as the model has it with 5 % of noise. */
static FindingSecond next(Made *m, double level) {
    double vus = level > 0 ? level : 0;
    double x = fmin(vus / (m->service / 1e9 + m->think), m->capacity);
    double r = x > 0 ? fmax(m->service, (vus / x - m->think) * 1e9) : NAN;
    FindingSecond s = { .from_ns = m->second * S,
                        .to_ns = (m->second + 1) * S,
                        .level = level,
                        .active = level,
                        .requests =
                            (uint64_t)fmax(0, x + sqrt(x) * noise(m)),
                        .mean = r * (1 + 0.02 * noise(m)),
                        .p95 = 2 * r * exp(0.05 * noise(m)) };
    s.max = s.p95 * 1.5;
    m->second++;
    return s;
}

static void feed(Made *m, int seconds, double from, double to) {
    for (int i = 0; i < seconds; i++) {
        FindingSecond s = next(m, from + (to - from) * i / seconds);
        findings_second(m->watch, &s);
    }
}

static const Finding *found(const Made *m, FindingKind kind) {
    const FindingList *l = findings_list(m->watch);
    for (size_t i = 0; i < l->count; i++)
        if (l->items[i].kind == kind)
            return &l->items[i];
    return NULL;
}

static const Finding *must(const Made *m, FindingKind kind) {
    const Finding *f = found(m, kind);
    if (!f)
        fail_msg("no %s", finding_name(kind));
    return f;
}

static void nothing(const Made *m) {
    const FindingList *l = findings_list(m->watch);
    for (size_t i = 0; i < l->count; i++)
        print_error("%s: %s\n", finding_name(l->items[i].kind),
                    l->items[i].text);
    assert_int_equal(l->count, 0);
}

static void only(const Made *m, FindingKind kind) {
    const FindingList *l = findings_list(m->watch);
    for (size_t i = 0; i < l->count; i++)
        if (l->items[i].kind != kind)
            fail_msg("%s: %s", finding_name(l->items[i].kind),
                     l->items[i].text);
    must(m, kind);
}

/* --- nothing ------------------------------------------------------------ */

static void steady_noise_is_nothing(void **state) {
    (void)state;
    Made m = made(false);
    feed(&m, 1800, 200, 200);
    findings_end(m.watch, m.second * S);
    nothing(&m);
    findings_free(m.watch);
}

/* Half an hour of latencies with a long tail: 30 % of noise. */
static void wild_noise_is_nothing(void **state) {
    (void)state;
    Made m = made(false);
    for (int i = 0; i < 1800; i++) {
        FindingSecond s = next(&m, 50);
        s.p95 = 40 * MS * exp(0.3 * noise(&m));
        findings_second(m.watch, &s);
    }
    nothing(&m);
    findings_free(m.watch);
}

static void a_healthy_ramp_is_nothing(void **state) {
    (void)state;
    Made m = made(false);
    feed(&m, 300, 1, 800);
    feed(&m, 60, 800, 800);
    feed(&m, 60, 800, 0);
    findings_end(m.watch, m.second * S);
    nothing(&m);
    findings_free(m.watch);
}

static void few_requests_say_nothing(void **state) {
    (void)state;
    Made m = made(false);
    for (int i = 0; i < 600; i++) {
        FindingSecond s = next(&m, 2);
        s.requests = (uint64_t)(1 + i % 4);
        s.p95 = i % 7 == 0 ? 900 * MS : 10 * MS;
        findings_second(m.watch, &s);
    }
    nothing(&m);
    findings_free(m.watch);
}

/* Errors from the first second on are the profile's, not a breaking point. */
static void errors_of_always_are_no_break(void **state) {
    (void)state;
    Made m = made(false);
    for (int i = 0; i < 300; i++) {
        FindingSecond s = next(&m, 50 + i);
        s.failed = s.refused = s.requests / 4;
        findings_second(m.watch, &s);
    }
    nothing(&m);
    findings_free(m.watch);
}

/* As many errors all along, by chance more in one second than in another. */
static void few_errors_all_along_are_no_break(void **state) {
    (void)state;
    static const double shares[] = { 0.005, 0.009, 0.015, 0.03 };
    for (size_t k = 0; k < 4; k++) {
        Made m = made(false);
        for (int i = 0; i < 3600; i++) {
            FindingSecond s = next(&m, 50);
            for (uint64_t n = 0; n < s.requests; n++)
                s.failed += rng_unit(&m.rng) < shares[k];
            s.refused = s.failed;
            findings_second(m.watch, &s);
        }
        nothing(&m);
        findings_free(m.watch);
    }
}

/* A spike and what follows it is told as a recovery. */
static void a_spike_is_no_anomaly(void **state) {
    (void)state;
    Made m = made(false);
    feed(&m, 120, 50, 50);
    feed(&m, 10, 500, 500);
    for (int i = 0; i < 40; i++) {
        FindingSecond s = next(&m, 50);
        s.p95 *= i < 30 ? 3 : 1;
        s.is_recovering = true;
        findings_second(m.watch, &s);
    }
    feed(&m, 120, 50, 50);
    nothing(&m);
    findings_free(m.watch);
}

/* --- something ---------------------------------------------------------- */

/* 1000/s at most, think time 0.5 s, 20 ms: the knee is at 520 VUs. */
static void saturation_is_found(void **state) {
    (void)state;
    Made m = made(false);
    m.capacity = 1000;
    feed(&m, 60, 100, 100);
    feed(&m, 60, 400, 400);
    feed(&m, 60, 700, 700);
    feed(&m, 60, 1000, 1000);
    const Finding *f = must(&m, FINDING_ONSET);
    assert_int_equal(f->from_ns, 120 * S);
    assert_near(f->level, 700, 0);
    assert_int_equal(f->to_ns, 0);
    assert_non_null(strstr(f->text, "at 700 VUs"));
    assert_non_null(strstr(f->text, "up to 100 VUs it was 4"));
    f = must(&m, FINDING_BREAKING); /* p95 is ten times what it was, and more */
    assert_int_equal(f->from_ns, 120 * S);
    f = must(&m, FINDING_QUEUEING);
    assert_non_null(strstr(f->text, "700 to 1000 VUs"));
    assert_non_null(strstr(f->text, "Little"));
    assert_int_equal(findings_list(m.watch)->count, 3);
    feed(&m, 30, 100, 100);
    assert_int_equal(must(&m, FINDING_ONSET)->to_ns, 240 * S);
    assert_int_equal(must(&m, FINDING_QUEUEING)->to_ns, 240 * S);
    assert_int_not_equal(must(&m, FINDING_BREAKING)->to_ns, 0);
    findings_free(m.watch);
}

/* On a ramp the knee is crossed somewhere: at 520 VUs R0 is left, at 530 p95
 * is half as much again. */
static void the_onset_on_a_ramp(void **state) {
    (void)state;
    Made m = made(false);
    m.capacity = 1000;
    feed(&m, 300, 10, 910);
    const Finding *f = must(&m, FINDING_ONSET);
    assert_near(f->level, 530, 15);
    assert_null(found(&m, FINDING_ANOMALY));
    findings_free(m.watch);
}

/* It was not the load: that stays, and p95 goes back. */
static void an_onset_that_does_not_last(void **state) {
    (void)state;
    Made m = made(false);
    feed(&m, 60, 100, 100);
    for (int i = 0; i < 20; i++) {
        FindingSecond s = next(&m, 200);
        s.p95 *= 3;
        findings_second(m.watch, &s);
    }
    feed(&m, 60, 200, 200);
    const Finding *f = must(&m, FINDING_ONSET);
    assert_int_equal(f->to_ns, 80 * S);
    assert_non_null(strstr(f->text, "; from 01:20 on 4"));
    findings_free(m.watch);
}

static void errors_break_it(void **state) {
    (void)state;
    Made m = made(false);
    feed(&m, 60, 100, 100);
    for (int i = 0; i < 30; i++) {
        FindingSecond s = next(&m, 200);
        s.failed = i < 10 ? 0 : s.requests / 20;
        findings_second(m.watch, &s);
    }
    const Finding *f = must(&m, FINDING_BREAKING);
    assert_int_equal(f->from_ns, 70 * S);
    assert_near(f->level, 200, 0);
    assert_non_null(strstr(f->text, "at 200 VUs"));
    assert_non_null(strstr(f->text, "(0 % before)"));
    findings_free(m.watch);
}

/* Four seconds of errors are no breaking point; nor are any while the load is
 * being lowered. */
static void what_does_not_break_it(void **state) {
    (void)state;
    Made m = made(false);
    feed(&m, 60, 200, 200);
    for (int i = 0; i < 60; i++) {
        FindingSecond s = next(&m, i < 10 ? 200 : 100);
        s.failed = i < 4 || i >= 10 ? s.requests / 20 : 0;
        findings_second(m.watch, &s);
    }
    assert_null(found(&m, FINDING_BREAKING));
    findings_free(m.watch);
}

static void a_threshold_breaks(void **state) {
    (void)state;
    Made m = made(false);
    feed(&m, 60, 100, 100);
    for (int i = 0; i < 20; i++) {
        FindingSecond s = next(&m, 110);
        s.broken = "http_req_duration p(95) < 60";
        s.p95 *= i < 10 ? 1 : 2;
        findings_second(m.watch, &s);
        if (i == 9)
            nothing(&m); /* of the whole run, by chance: it is as it was */
    }
    const Finding *f = must(&m, FINDING_BREAKING);
    assert_int_equal(f->from_ns, 70 * S);
    assert_non_null(strstr(f->text, "p(95) < 60; p95 was "));
    feed(&m, 10, 110, 110);
    assert_int_equal(must(&m, FINDING_BREAKING)->to_ns, 80 * S);
    findings_free(m.watch);
}

static void a_stall_is_found(void **state) {
    (void)state;
    Made m = made(false);
    feed(&m, 60, 100, 100);
    for (int i = 0; i < 4; i++) {
        FindingSecond s = next(&m, 100);
        s.requests = 0;
        s.p95 = s.mean = s.max = NAN;
        if (i == 3) {
            s.requests = 190;
            s.p95 = s.mean = s.max = 3 * (double)S;
        }
        findings_second(m.watch, &s);
    }
    const Finding *f = must(&m, FINDING_STALL);
    assert_int_equal(f->from_ns, 60 * S);
    assert_int_equal(f->to_ns, 63 * S);
    assert_non_null(strstr(f->text, "for 3 s"));
    feed(&m, 60, 100, 100);
    only(&m, FINDING_STALL);
    findings_free(m.watch);
}

/* Nobody waited: the load was taken away. */
static void silence_is_no_stall(void **state) {
    (void)state;
    Made m = made(false);
    feed(&m, 60, 100, 100);
    for (int i = 0; i < 5; i++) {
        FindingSecond s = next(&m, 100);
        s.requests = 0;
        s.p95 = s.mean = s.max = NAN;
        findings_second(m.watch, &s);
    }
    feed(&m, 20, 100, 100);
    nothing(&m);
    findings_free(m.watch);
}

static void an_anomaly_is_found(void **state) {
    (void)state;
    Made m = made(false);
    feed(&m, 120, 200, 200);
    for (int i = 0; i < 4; i++) {
        FindingSecond s = next(&m, 200);
        s.p95 *= i == 1 ? 1 : 2.5; /* those that are near are one */
        findings_second(m.watch, &s);
    }
    feed(&m, 60, 200, 200);
    only(&m, FINDING_ANOMALY);
    const FindingList *l = findings_list(m.watch);
    assert_int_equal(l->count, 1);
    assert_int_equal(l->items[0].from_ns, 120 * S);
    assert_int_equal(l->items[0].to_ns, 124 * S);
    assert_non_null(strstr(l->items[0].text, "robust standard deviations"));
    findings_free(m.watch);
}

static void throughput_may_be_odd(void **state) {
    (void)state;
    Made m = made(true);
    feed(&m, 120, 200, 200);
    for (int i = 0; i < 3; i++) {
        FindingSecond s = next(&m, 200);
        s.requests /= 2;
        findings_second(m.watch, &s);
    }
    feed(&m, 60, 200, 200);
    only(&m, FINDING_ANOMALY);
    const Finding *f = must(&m, FINDING_ANOMALY);
    assert_non_null(strstr(f->text, "throughput was"));
    assert_non_null(strstr(f->text, "at 200/s"));
    findings_free(m.watch);
}

static void anomalies_are_bounded(void **state) {
    (void)state;
    Made m = made(false);
    feed(&m, 120, 200, 200);
    for (int i = 0; i < 30 * 40; i++) {
        FindingSecond s = next(&m, 200);
        s.p95 *= i % 40 < 2 ? 4 : 1;
        findings_second(m.watch, &s);
    }
    const FindingList *l = findings_list(m.watch);
    assert_int_equal(l->count, FINDING_ANOMALIES);
    assert_int_equal(l->left_out, 30 - FINDING_ANOMALIES);
    findings_free(m.watch);
}

/* Fast 503s above 500/s. */
static void shedding_is_found(void **state) {
    (void)state;
    Made m = made(false);
    feed(&m, 60, 200, 200);
    feed(&m, 60, 260, 260);
    for (int i = 0; i < 60; i++) {
        FindingSecond s = next(&m, 520);
        s.failed = s.requests / 3;
        s.refused = s.failed;
        findings_second(m.watch, &s);
    }
    const Finding *f = must(&m, FINDING_SHEDDING);
    assert_near(f->level, 520, 0);
    assert_int_equal(f->from_ns, 120 * S);
    assert_non_null(strstr(f->text, "33.3 % failed"));
    assert_non_null(strstr(f->text, "100 % of them with an answer"));
    must(&m, FINDING_BREAKING);
    assert_null(found(&m, FINDING_QUEUEING));
    findings_free(m.watch);
}

/* Time-outs are no answer. */
static void timeouts_are_no_shedding(void **state) {
    (void)state;
    Made m = made(false);
    feed(&m, 60, 200, 200);
    for (int i = 0; i < 60; i++) {
        FindingSecond s = next(&m, 400);
        s.failed = s.requests / 3;
        findings_second(m.watch, &s);
    }
    assert_null(found(&m, FINDING_SHEDDING));
    findings_free(m.watch);
}

/* Throughput stays, but because nobody asks for more: N = X (R + Z) fails. */
static void flat_throughput_is_not_always_a_queue(void **state) {
    (void)state;
    Made m = made(false);
    feed(&m, 60, 100, 100);
    for (int i = 0; i < 60; i++) {
        FindingSecond s = next(&m, 200);
        s.requests = 195;
        s.mean = s.mean * 1.4;
        findings_second(m.watch, &s);
    }
    assert_null(found(&m, FINDING_QUEUEING));
    findings_free(m.watch);
}

static void connect_times(Made *m, uint64_t at_ns, uint64_t count,
                          double each_ns) {
    Slab slab;
    slab_init(&slab, 1, 0, 0);
    Hist *phase = slab.series[0].phase;
    hist_record_n(&phase[PHASE_CONNECTING], (uint64_t)each_ns, count);
    hist_record_n(&phase[PHASE_BLOCKED], 1000, count);
    findings_add(m->watch, at_ns, &slab);
    slab_close(&slab);
}

static void slow_connections_are_found(void **state) {
    (void)state;
    Made m = made(false);
    for (int i = 1; i <= 12; i++) {
        connect_times(&m, (uint64_t)(i * 10) * S, 2000,
                      i <= 6 ? 0.2 * MS : 1000 * MS);
        feed(&m, 10, 100, 100);
    }
    only(&m, FINDING_CONNECTIONS);
    const Finding *f = must(&m, FINDING_CONNECTIONS);
    assert_int_equal(f->from_ns, 60 * S);
    assert_non_null(strstr(f->text, "from 200 us to 1.00 s"));
    findings_free(m.watch);
}

static void the_generator_is_told_first(void **state) {
    (void)state;
    Made m = made(false);
    m.capacity = 1000;
    feed(&m, 60, 100, 100);
    findings_bound(m.watch, BOUND_CPU, 58 * S, 0.991);
    findings_bound(m.watch, BOUND_LAG, 59 * S, 0.999);
    feed(&m, 60, 700, 700);
    feed(&m, 60, 1000, 1000);
    only(&m, FINDING_GENERATOR); /* what is slow may be ours */
    const Finding *f = must(&m, FINDING_GENERATOR);
    assert_int_equal(f->from_ns, 58 * S);
    assert_non_null(strstr(f->text, "99.1 %"));
    Finding next_one;
    assert_true(findings_next(m.watch, &next_one));
    assert_false(findings_next(m.watch, &next_one));
    findings_free(m.watch);
}

/* Time-outs and silence may then be ours too; answers are the target's. */
static void what_is_ours_breaks_no_target(void **state) {
    (void)state;
    for (int answers = 0; answers < 2; answers++) {
        Made m = made(false);
        feed(&m, 60, 100, 100);
        findings_bound(m.watch, BOUND_PORTS, 58 * S, 0.2);
        for (int i = 0; i < 20; i++) {
            FindingSecond s = next(&m, 100);
            s.failed = s.requests / 2;
            s.refused = answers ? s.failed : 0;
            findings_second(m.watch, &s);
        }
        for (int i = 0; i < 4; i++) {
            FindingSecond s = next(&m, 100);
            s.requests = 0;
            s.p95 = s.mean = s.max = NAN;
            findings_second(m.watch, &s);
        }
        FindingSecond s = next(&m, 100);
        s.max = 6e9;
        findings_second(m.watch, &s);
        assert_null(found(&m, FINDING_STALL));
        if (answers)
            must(&m, FINDING_BREAKING);
        else
            only(&m, FINDING_GENERATOR);
        findings_free(m.watch);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steady_noise_is_nothing),
        cmocka_unit_test(wild_noise_is_nothing),
        cmocka_unit_test(a_healthy_ramp_is_nothing),
        cmocka_unit_test(few_requests_say_nothing),
        cmocka_unit_test(errors_of_always_are_no_break),
        cmocka_unit_test(few_errors_all_along_are_no_break),
        cmocka_unit_test(a_spike_is_no_anomaly),
        cmocka_unit_test(saturation_is_found),
        cmocka_unit_test(the_onset_on_a_ramp),
        cmocka_unit_test(an_onset_that_does_not_last),
        cmocka_unit_test(errors_break_it),
        cmocka_unit_test(what_does_not_break_it),
        cmocka_unit_test(a_threshold_breaks),
        cmocka_unit_test(a_stall_is_found),
        cmocka_unit_test(silence_is_no_stall),
        cmocka_unit_test(an_anomaly_is_found),
        cmocka_unit_test(throughput_may_be_odd),
        cmocka_unit_test(anomalies_are_bounded),
        cmocka_unit_test(shedding_is_found),
        cmocka_unit_test(timeouts_are_no_shedding),
        cmocka_unit_test(flat_throughput_is_not_always_a_queue),
        cmocka_unit_test(slow_connections_are_found),
        cmocka_unit_test(the_generator_is_told_first),
        cmocka_unit_test(what_is_ours_breaks_no_target),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
