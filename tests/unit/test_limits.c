/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a plan needs of this machine, said before it starts. */
#include "unit.h"

#include "engine/limits.h"

static uint64_t need_with(const char *target, const char *stages,
                          size_t workers, uint64_t allowed, Err *err) {
    Text text = { 0 };
    Diags d;
    Profile p;
    ProfileOptions o = { 0 };
    text_addf(&text,
              "[target]\n%s\n[stages]\n%s\n[request a]\nGET = /\n"
              "[request b]\nGET = /b\n",
              target, stages);
    diags_init(&d, "test");
    if (profile_read_text(&p, text.bytes, text.length, "t.ini", &o, &d) < 0)
        fail_msg("%d: %s", d.items[0].line, d.items[0].text);
    uint64_t need = limits_descriptors(&p, workers);
    assert_int_equal(limits_check(&p, workers, need, err), 0);
    assert_int_equal(limits_check(&p, workers, need - 1, err), -1);
    limits_check(&p, workers, allowed, err);
    profile_close(&p);
    diags_close(&d);
    text_close(&text);
    return need;
}

#define HERE "url = http://127.0.0.1:1"

static uint64_t need(const char *target, const char *stages, size_t workers) {
    Err err;
    return need_with(target, stages, workers, 0, &err);
}

static void the_peak_counts(void **state) {
    (void)state;
    uint64_t one = need(HERE, "a = 1s at 1", 1);
    assert_true(one <= 64); /* a smoke test runs anywhere */
    assert_int_equal(need(HERE, "a = 1s at 1000", 1), one + 999);
    assert_int_equal(need(HERE, "a = 1s to 700\nb = 5s to 3", 1), one + 699);
    /* a worker needs some, too, and no more the more VUs there are */
    uint64_t more = need(HERE, "a = 1s at 1", 5) - one;
    assert_true(more >= 4 * 6);
    assert_int_equal(need(HERE, "a = 1s at 1000", 5), one + 999 + more);
}

static void shared_connections_are_fewer(void **state) {
    (void)state;
    uint64_t one = need(HERE, "a = 1s at 1", 1);
    assert_int_equal(need(HERE "\npipeline = 10", "a = 1s at 1000", 1),
                     one + 99);
    assert_int_equal(need(HERE "\npipeline = 10", "a = 1s at 1001", 1),
                     one + 100);
    /* 4, 4 and 3 VUs: two connections each */
    uint64_t three = need(HERE, "a = 1s at 1", 3);
    assert_int_equal(need(HERE "\npipeline = 3", "a = 1s at 11", 3),
                     three + 4);
    assert_int_equal(need(HERE "\npipeline = 1000", "a = 1s at 2", 3),
                     three + 1);
}

static void a_name_takes_more_than_an_address(void **state) {
    (void)state;
    uint64_t address = need(HERE, "a = 1s at 1000", 2);
    assert_int_equal(need("url = http://[::1]:1", "a = 1s at 1000", 2),
                     address);
    assert_int_equal(need("url = http://localhost:1", "a = 1s at 1000", 2),
                     address + 2 * 2 * 100);
    assert_int_equal(need("url = http://localhost:1\nconnects_at_once = 3",
                          "a = 1s at 1000", 2),
                     address + 2 * 2 * 3);
    assert_int_equal(need("url = http://localhost:1", "a = 1s at 5", 2),
                     need(HERE, "a = 1s at 5", 2) + 2 * 5);
}

/* A VU has a connection to each. */
static void each_variant_has_its_connections(void **state) {
    (void)state;
    uint64_t one = need(HERE, "a = 1s at 100", 2);
    uint64_t two = need("[variant a]\nurl = http://127.0.0.1:1\n"
                        "[variant b]\nurl = https://127.0.0.1:2\n",
                        "a = 1s at 100", 2);
    assert_in_range(two - one, 100, 100 + 2 * 8);
    /* whose names are asked for at the same time */
    assert_int_equal(need("[variant a]\nurl = http://127.0.0.1:1\n"
                          "[variant b]\nurl = https://localhost:2\n",
                          "a = 1s at 100", 2),
                     two + 2 * 200);
}

static void processes_have_pipes(void **state) {
    (void)state;
    uint64_t none = need(HERE, "a = 1s at 100", 2);
    uint64_t some = need(HERE, "a = 1s at 100\n[request c]\nexec = true", 2);
    assert_in_range(some - none, 300, 300 + 2 * 8);
}

static uint64_t need_of(const char *text, size_t workers) {
    Diags d;
    Profile p;
    ProfileOptions o = { 0 };
    diags_init(&d, "test");
    if (profile_read_text(&p, text, strlen(text), "t.ini", &o, &d) < 0)
        fail_msg("%d: %s", d.items[0].line, d.items[0].text);
    uint64_t need = limits_descriptors(&p, workers);
    profile_close(&p);
    diags_close(&d);
    return need;
}

#define AB "[request a]\nGET = /\n[request b]\nGET = /b\n"

/* As many connections as a VU makes requests at the same time. */
static void groups_take_more(void **state) {
    (void)state;
    uint64_t one = need(HERE, "a = 1s at 100", 2);
    assert_int_equal(need_of("[target]\n" HERE "\n[stages]\na = 1s at 100\n"
                             "[scenario]\nflow = a, (a b a), b\n" AB, 2),
                     one + 200);
    assert_int_equal(need_of("[target]\n" HERE "\nmax_conn_per_vu = 2\n"
                             "[stages]\na = 1s at 100\n"
                             "[scenario]\nflow = a, (a b a), b\n" AB, 2),
                     one + 100);
}

/* All their peaks together, but for rates. */
static void scenarios_add_up(void **state) {
    (void)state;
    uint64_t one = need(HERE, "a = 1s at 1", 3);
    assert_int_equal(need_of("[target]\n" HERE "\n[stages]\na = 1s at 10\n"
                             "[stages few]\na = 1s at 5\n"
                             "[stages rate]\na = 1s at 500/s\n"
                             "[scenario x]\nflow = a\n"
                             "[scenario y]\nflow = (a b)\nstages = few\n"
                             "[scenario z]\nflow = b\nstages = rate\n" AB, 3),
                     one - 1 + 10 + 2 * 5);
}

/* Those of a group run at the same time. */
static void a_group_of_processes_has_more_pipes(void **state) {
    (void)state;
    uint64_t one = need(HERE, "a = 1s at 100\n[request c]\nexec = true", 2);
    uint64_t three = need(HERE,
                          "a = 1s at 100\n[scenario]\n"
                          "flow = (c c c), a, b\n"
                          "[request c]\nexec = true",
                          2);
    assert_true(three - one >= 2 * 300);
}

static void a_rate_is_never_refused(void **state) {
    (void)state;
    Err err;
    Text text = { 0 };
    Diags d;
    Profile p;
    ProfileOptions o = { 0 };
    text_adds(&text, "[target]\n" HERE "\n[stages]\na = 9s at 900/s\n"
                     "[request a]\nGET = /\n");
    diags_init(&d, "test");
    assert_int_equal(
        profile_read_text(&p, text.bytes, text.length, "t.ini", &o, &d), 0);
    assert_int_equal(limits_check(&p, 1, 64, &err), 0);
    profile_close(&p);
    diags_close(&d);
    text_close(&text);
}

static void a_refusal_has_the_numbers(void **state) {
    (void)state;
    Err err;
    char want[ERR_TEXT_MAX];
    uint64_t n = need_with(HERE, "a = 1s at 1000", 1, 64, &err);
    snprintf(want, sizeof want,
             "1000 VUs need %llu open files, this machine allows 64: raise "
             "ulimit -n",
             (unsigned long long)n);
    assert_string_equal(err.text, want);
    assert_true(n >= 1000 && n < 1100);
    n = need_with(HERE, "a = 1s at 1", 1, 20, &err);
    assert_non_null(strstr(err.text, "1 VU needs "));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_peak_counts),
        cmocka_unit_test(shared_connections_are_fewer),
        cmocka_unit_test(a_name_takes_more_than_an_address),
        cmocka_unit_test(each_variant_has_its_connections),
        cmocka_unit_test(processes_have_pipes),
        cmocka_unit_test(groups_take_more),
        cmocka_unit_test(scenarios_add_up),
        cmocka_unit_test(a_group_of_processes_has_more_pipes),
        cmocka_unit_test(a_rate_is_never_refused),
        cmocka_unit_test(a_refusal_has_the_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
