/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A saved profile makes the run again that was made. */
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "profile/profile.h"

#define BEGIN "[target]\nurl = http://127.0.0.1:8080\n"
#define GOOD BEGIN "[stages]\nup = 10m to 5\n[request home]\nGET = /\n"

static int read_with(Profile *p, const char *text, const char *path,
                     const ProfileOptions *o, Diags *d) {
    diags_init(d, path);
    return profile_read_text(p, text, strlen(text), path, o, d);
}

static Profile read_at(const char *text, const char *path,
                       const ProfileOptions *o) {
    Profile p;
    Diags d;
    ProfileOptions none = { 0 };
    if (read_with(&p, text, path, o ? o : &none, &d) < 0)
        fail_msg("line %d: %s in\n%s", d.items[0].line, d.items[0].text, text);
    diags_close(&d);
    return p;
}

static Text saved(const Profile *p, uint64_t until_ns) {
    Text t = { 0 };
    profile_print(p, NULL, until_ns, &t);
    return t;
}

static const char timed[] =
    GOOD "[event restart]\nat = 5m\nexec = true\n"
         "[event last]\nat = 10m\ndo = mark x\n"
         "[alerts]\nslow = http_req_duration p(95) > 500 for 1m, warning\n"
         "failing = http_req_failed rate > 5% for 100s, critical, hold\n"
         "[thresholds]\n"
         "http_req_duration = p(95) < 500 abort after 30s optional, max < 1s\n"
         "http_req_failed = rate < 5% abort\n";

static void what_was_scaled_stays_so(void **state) {
    (void)state;
    ProfileOptions o = { .time_scale = 0.015 };
    Profile p = read_at(timed, "x.ini", &o);
    assert_true(p.events[0].at_ns == 4500 * NS_PER_MS);
    assert_string_equal(p.alerts.items[0].text,
                        "http_req_duration p(95) > 500 for 1s, warning");
    assert_string_equal(
        p.alerts.items[1].text,
        "http_req_failed rate > 5% for 2s, critical, hold"); /* whole ones */
    assert_string_equal(p.thresholds.items[0].text,
                        "p(95) < 500 abort after 450ms optional");
    Text once = saved(&p, UINT64_MAX);
    Profile again = read_at(once.bytes, "x.ini", NULL);
    assert_true(plan_total_ns(&again.scenarios[0].plan) == 9 * NS_PER_S);
    for (size_t i = 0; i < 2; i++) {
        assert_true(again.events[i].at_ns == p.events[i].at_ns);
        assert_true(again.alerts.items[i].window_ns ==
                    p.alerts.items[i].window_ns);
    }
    assert_int_equal(again.thresholds.count, 3);
    assert_true(again.thresholds.items[0].abort_after_ns == 450 * NS_PER_MS);
    assert_true(again.thresholds.items[0].optional);
    assert_true(again.thresholds.items[2].abort);
    Text twice = saved(&again, UINT64_MAX);
    assert_string_equal(once.bytes, twice.bytes);
    text_close(&once);
    text_close(&twice);
    profile_close(&p);
    profile_close(&again);
}

/* However short: what is saved can be read. */
static void any_scale_can_be_read_again(void **state) {
    (void)state;
    static const double scales[] = { 3,    200,  1.0 / 3, 0.0123456789,
                                     1e-4, 1e-5, 1e-7,    1e-11 };
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
        Profile p;
        Diags d;
        ProfileOptions o = { .time_scale = scales[i] };
        int rc = read_with(&p, timed, "x.ini", &o, &d);
        if (rc < 0)
            assert_non_null(strstr(d.items[0].text, "--time-scale"));
        diags_close(&d);
        if (rc < 0)
            continue;
        Text t = saved(&p, UINT64_MAX);
        Profile again = read_at(t.bytes, "x.ini", NULL);
        profile_close(&again);
        profile_close(&p);
        text_close(&t);
    }
}

static void a_scale_leaves_something(void **state) {
    (void)state;
    const double scales[] = { 1e-17, 1e6 };
    for (size_t i = 0; i < 2; i++) {
        Profile p;
        Diags d;
        ProfileOptions o = { .time_scale = scales[i] };
        assert_int_equal(
            read_with(&p, BEGIN "[stages]\na = 100d to 5\n[request h]\n"
                                "GET = /\n",
                      "x.ini", &o, &d),
            -1);
        assert_int_equal(d.count, 1);
        assert_non_null(strstr(d.items[0].text, "--time-scale"));
        diags_close(&d);
    }
}

/* What it did to the load stands in the stages. */
static void an_event_that_was_is_not_done_twice(void **state) {
    (void)state;
    Profile p = read_at(GOOD "[event rush]\nat = 1m\ndo = spike +500 20s\n"
                             "exec = true\n"
                             "[event note]\nat = 2m\ndo = mark here\n"
                             "[event late]\nat = 9m\ndo = hold\n",
                        "x.ini", NULL);
    Text t = saved(&p, 5 * NS_PER_MIN);
    Profile again = read_at(t.bytes, "x.ini", NULL);
    assert_int_equal(again.event_count, 2);
    assert_null(again.events[0].command);
    assert_non_null(again.events[0].exec);
    assert_true(again.events[0].at_ns == NS_PER_MIN);
    assert_string_equal(again.events[1].command, "mark here");
    text_close(&t);
    profile_close(&again);

    /* a run that never began did none of them */
    t = saved(&p, UINT64_MAX);
    again = read_at(t.bytes, "x.ini", NULL);
    assert_int_equal(again.event_count, 3);
    assert_string_equal(again.events[0].command, "spike +500 20s");
    text_close(&t);
    profile_close(&again);
    profile_close(&p);
}

static void write_file(const char *path, const char *text) {
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

/* Only what names a file is looked for where it is now. */
static void files_are_found_from_elsewhere(void **state) {
    (void)state;
    char dir[] = "/tmp/onrush-saved-XXXXXX", data[64], body[64], path[64];
    assert_non_null(mkdtemp(dir));
    snprintf(data, sizeof data, "%s/d.csv", dir);
    snprintf(body, sizeof body, "%s/b.json", dir);
    snprintf(path, sizeof path, "%s/x.ini", dir);
    write_file(data, "a\n1\n");
    write_file(body, "{}");
    setenv("ONRUSH_TEST_DIR", dir, 1);
    Profile p = read_at(
        BEGIN "[stages]\nfile = 10s to 5\n"
              "[vars]\nfile = /rest\ntls_ca = x\nsent = @b.json\nname = d\n"
              "[data one]\nfile = ${name}.csv\n"
              "[data two]\nfile = ${env.ONRUSH_TEST_DIR}/d.csv\n"
              "[request home]\nPOST = ${file}/${one.a}\nbody = ${sent}\n"
              "[request list]\nPOST = /${two.a}/${tls_ca}\nbody = @b.json\n"
              "[alerts]\nfile = http_reqs rate > 5 for 5s, warning\n",
        path, NULL);
    Text t = saved(&p, UINT64_MAX);
    const char *wanted[] = { "\nfile = /rest\ntls_ca = x\n",
                             "/${name}.csv\n",
                             "\nfile = ${env.ONRUSH_TEST_DIR}/d.csv\n",
                             "\nfile = http_reqs rate > 5 for 5s, warning\n" };
    for (size_t i = 0; i < 4; i++)
        if (!strstr(t.bytes, wanted[i]))
            fail_msg("no '%s' in\n%s", wanted[i], t.bytes);
    Profile again = read_at(t.bytes, "elsewhere/y.ini", NULL);
    assert_int_equal(again.requests[0].body_length, 2);
    assert_int_equal(again.requests[1].body_length, 2);
    text_close(&t);
    profile_close(&again);
    profile_close(&p);
    unlink(data);
    unlink(body);
    rmdir(dir);
}

/* A line that is none of the file's would be one of the saved file's. */
static void a_value_has_one_line(void **state) {
    (void)state;
    Profile p;
    Diags d;
    const char *sets[] = { "target.timeout=5s\n[event x]" };
    ProfileOptions o = { .sets = sets, .set_count = 1 };
    assert_int_equal(read_with(&p, GOOD, "x.ini", &o, &d), -1);
    assert_int_equal(d.count, 1);
    assert_string_equal(d.items[0].text,
                        "--set target.timeout: a value has one line");
    diags_close(&d);

    setenv("ONRUSH_TEST_TOKEN", "a\r\nEvil: 1", 1);
    o = (ProfileOptions){ 0 };
    assert_int_equal(
        read_with(&p, GOOD "header = A: ${env.ONRUSH_TEST_TOKEN}\n", "x.ini",
                  &o, &d),
        -1);
    assert_non_null(strstr(d.items[0].text, "no control bytes"));
    assert_int_equal(d.items[0].column, 13);
    diags_close(&d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_scaled_stays_so),
        cmocka_unit_test(any_scale_can_be_read_again),
        cmocka_unit_test(a_scale_leaves_something),
        cmocka_unit_test(an_event_that_was_is_not_done_twice),
        cmocka_unit_test(files_are_found_from_elsewhere),
        cmocka_unit_test(a_value_has_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
