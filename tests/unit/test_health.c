/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When the generator calls itself the bottleneck, and by what. */
#include "unit.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/health.h"
#include "engine/machine.h"

#define S NS_PER_S
#define SERIES 2

typedef struct Watch {
    HealthWatch h;
    Slab totals;
    Profile profile;
} Watch;

static Watch watch(void) {
    Watch w = { 0 };
    health_init(&w.h, 2, &w.profile);
    w.h.now.descriptors = 10;
    w.h.now.descriptors_max = 20000;
    w.h.now.ports_max = 28232;
    slab_init(&w.totals, SERIES, 0, 0);
    return w;
}

static void unwatch(Watch *w) {
    health_close(&w->h);
    slab_close(&w->totals);
}

/* The i-th second, of 1; is it bound afterwards? */
static BoundBy second(Watch *w, uint64_t i) {
    health_judge(&w->h, &w->totals, i * S);
    assert_int_equal(w->h.now.is_bound, w->h.now.bound_by != BOUND_NOT);
    return w->h.now.bound_by;
}

static void a_full_cpu_for_three_seconds(void **state) {
    (void)state;
    static const struct {
        double busy;
        BoundBy want;
    } row[] = {
        { 1, BOUND_NOT },    { 0.98, BOUND_NOT }, { 0.97, BOUND_NOT },
        { 0.98, BOUND_NOT }, { 1, BOUND_NOT },    { 0.971, BOUND_CPU },
        { 0.1, BOUND_CPU }, /* it stays said */
    };
    Watch w = watch();
    for (uint64_t i = 0; i < sizeof row / sizeof *row; i++) {
        w.h.now.busy = row[i].busy;
        assert_int_equal(second(&w, i + 1), row[i].want);
    }
    /* from the beginning of the first of the three on */
    assert_true(w.h.now.bound_since_ns == 3 * S);
    unwatch(&w);
}

static void late_arrivals_for_three_seconds(void **state) {
    (void)state;
    Watch w = watch();
    w.h.now.schedule_lag_ns = 10 * NS_PER_MS;
    for (uint64_t i = 1; i < 9; i++)
        assert_int_equal(second(&w, i), BOUND_NOT);
    w.h.now.schedule_lag_ns = 10 * NS_PER_MS + 1;
    assert_int_equal(second(&w, 9), BOUND_NOT);
    assert_int_equal(second(&w, 10), BOUND_NOT);
    assert_int_equal(second(&w, 11), BOUND_LAG);
    assert_true(w.h.now.bound_since_ns == 8 * S);
    unwatch(&w);
}

static void what_this_machine_lacked(void **state) {
    (void)state;
    static const struct {
        FailClass class;
        BoundBy want;
    } cases[] = {
        { FAIL_LOCAL_DESCRIPTORS, BOUND_DESCRIPTORS },
        { FAIL_LOCAL_PORTS, BOUND_PORTS },
        { FAIL_LOCAL_MEMORY, BOUND_MEMORY },
        { FAIL_CONNECT, BOUND_NOT },
        { FAIL_TIMEOUT_CONNECT, BOUND_NOT },
        { FAIL_HTTP_5XX, BOUND_NOT },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Watch w = watch();
        assert_int_equal(second(&w, 1), BOUND_NOT);
        w.totals.series[SERIES - 1].fail[cases[i].class] = 1;
        assert_int_equal(second(&w, 2), cases[i].want);
        unwatch(&w);
    }
}

static void what_is_nearly_used_up(void **state) {
    (void)state;
    Watch w = watch();
    w.h.now.descriptors = 19900; /* 99.5 %, but a hundred are left */
    w.h.now.ports_used = 40000;  /* others' TIME_WAIT is no proof */
    w.h.now.sockets = 28216;
    assert_int_equal(second(&w, 1), BOUND_NOT);
    w.h.now.sockets = 28217;
    assert_int_equal(second(&w, 2), BOUND_PORTS);
    unwatch(&w);

    w = watch();
    w.h.now.descriptors_max = 64;
    w.h.now.descriptors = 62; /* 96.9 % */
    assert_int_equal(second(&w, 1), BOUND_NOT);
    w.h.now.descriptors = 63;
    assert_int_equal(second(&w, 2), BOUND_DESCRIPTORS);
    unwatch(&w);

    w = watch();
    w.h.now.ports_max = 0; /* a Unix socket */
    w.h.now.sockets = 50000;
    assert_int_equal(second(&w, 1), BOUND_NOT);
    unwatch(&w);
}

static void the_first_reason_stays(void **state) {
    (void)state;
    Watch w = watch();
    w.h.now.busy = 1;
    second(&w, 1);
    w.totals.series[0].fail[FAIL_LOCAL_PORTS] = 3;
    assert_int_equal(second(&w, 2), BOUND_PORTS);
    assert_int_equal(second(&w, 3), BOUND_PORTS);
    w.totals.series[0].fail[FAIL_LOCAL_DESCRIPTORS] = 3;
    assert_int_equal(second(&w, 4), BOUND_PORTS);
    assert_true(w.h.now.bound_since_ns == 2 * S);
    unwatch(&w);
}

static void a_lost_sample_is_found(void **state) {
    (void)state;
    Watch w = watch();
    w.totals.series[0].requests = 70;
    w.totals.series[1].requests = 30;
    health_audit(&w.h, 100, &w.totals, 5 * S);
    assert_int_equal(w.h.now.lost, 0);
    assert_false(w.h.now.is_bound);
    health_audit(&w.h, 103, &w.totals, 5 * S);
    assert_int_equal(w.h.now.lost, 3);
    assert_int_equal(w.h.now.bound_by, BOUND_LOST);
    unwatch(&w);
    w = watch();
    w.totals.series[1].requests = 1; /* nobody finished it */
    health_audit(&w.h, 0, &w.totals, 5 * S);
    assert_int_equal(w.h.now.lost, 1);
    assert_int_equal(w.h.now.bound_by, BOUND_LOST);
    unwatch(&w);
}

/* Of the last second, not of the run. */
static void lags_are_of_the_last_look(void **state) {
    (void)state;
    Watch w = watch();
    Slab part;
    slab_init(&part, SERIES, 0, 0);
    hist_record_n(&part.lag, 5 * NS_PER_MS, 100);
    hist_record_n(&part.read_lag, 3 * NS_PER_MS, 100);
    health_look(&w.h, NULL, 0, &w.totals, 1 * S, 0);
    health_hear(&w.h, &part);
    health_hear(&w.h, &part);
    health_look(&w.h, NULL, 0, &w.totals, 2 * S - 1, S); /* too soon */
    assert_int_equal(w.h.now.schedule_lag_ns, 0);
    health_look(&w.h, NULL, 0, &w.totals, 2 * S, S);
    assert_near((double)w.h.now.schedule_lag_ns, 5e6, 5e3);
    assert_near((double)w.h.now.read_lag_ns, 3e6, 3e3);
    health_look(&w.h, NULL, 0, &w.totals, 3 * S, 2 * S);
    assert_int_equal(w.h.now.schedule_lag_ns, 0);
    assert_int_equal(w.h.now.read_lag_ns, 0);
    slab_close(&part);
    unwatch(&w);
}

static void every_reason_has_words(void **state) {
    (void)state;
    assert_null(bound_name(BOUND_NOT));
    assert_string_equal(bound_text(BOUND_NOT), "");
    for (BoundBy by = BOUND_CPU; by <= BOUND_LOST; by++)
        for (BoundBy other = BOUND_CPU; other < by; other++) {
            assert_string_not_equal(bound_name(by), bound_name(other));
            assert_string_not_equal(bound_text(by), bound_text(other));
        }
    assert_string_equal(bound_name(BOUND_CPU), "cpu");
    assert_string_equal(bound_text(BOUND_CPU), "a worker's CPU was full");
}

/* --- the machine -------------------------------------------------------- */

static void the_kernels_texts(void **state) {
    (void)state;
    assert_int_equal(machine_ports_in("32768\t60999\n"), 28232);
    assert_int_equal(machine_ports_in("5 5"), 1);
    assert_int_equal(machine_ports_in("60999 32768"), 0);
    assert_int_equal(machine_ports_in("32768"), 0);
    assert_int_equal(machine_ports_in(""), 0);
    static const char text[] = "sockets: used 20\n"
                               "TCP: inuse 2 orphan 0 tw 4340 alloc 2 mem 1\n"
                               "UDP: inuse 0 mem 0\n";
    assert_int_equal(machine_time_wait_in(text), 4340);
    assert_int_equal(machine_time_wait_in("TCP: inuse 2\nFRAG: tw 7 x\n"), 0);
    assert_int_equal(machine_time_wait_in("sockets: used 20\n"), 0);
    assert_int_equal(machine_time_wait_in(""), 0);
    assert_int_equal(machine_time_wait(-1), 0);
    assert_true(machine_ports() > 0);
}

static void open_files_are_counted(void **state) {
    (void)state;
    uint64_t before = machine_descriptors();
    int fds[20];
    assert_true(before >= 3);
    for (size_t i = 0; i < 20; i++) {
        fds[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
        assert_true(fds[i] >= 0);
    }
    assert_int_equal(machine_descriptors(), before + 20);
    for (size_t i = 0; i < 20; i++)
        close(fds[i]);
    assert_int_equal(machine_descriptors(), before);
}

static void cpu_time_goes_on(void **state) {
    (void)state;
    uint64_t began = machine_cpu_ns();
    uint64_t until = clock_now() + 30 * S;
    while (machine_cpu_ns() < began + 20 * NS_PER_MS)
        assert_true(clock_now() < until);
}

/* With no file left, what is known already is said. */
static void looking_without_a_descriptor(void **state) {
    (void)state;
    Watch w = watch();
    health_look(&w.h, NULL, 0, &w.totals, S, 0);
    uint64_t open = w.h.now.descriptors;
    struct rlimit was, none = { 0 };
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
    none.rlim_max = was.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    health_look(&w.h, NULL, 0, &w.totals, 2 * S, S);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
    assert_true(open >= 3);
    assert_int_equal(w.h.now.descriptors, open);
    unwatch(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_cpu_for_three_seconds),
        cmocka_unit_test(late_arrivals_for_three_seconds),
        cmocka_unit_test(what_this_machine_lacked),
        cmocka_unit_test(what_is_nearly_used_up),
        cmocka_unit_test(the_first_reason_stays),
        cmocka_unit_test(a_lost_sample_is_found),
        cmocka_unit_test(lags_are_of_the_last_look),
        cmocka_unit_test(every_reason_has_words),
        cmocka_unit_test(the_kernels_texts),
        cmocka_unit_test(open_files_are_counted),
        cmocka_unit_test(cpu_time_goes_on),
        cmocka_unit_test(looking_without_a_descriptor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
