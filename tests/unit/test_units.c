/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <float.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/rng.h"
#include "base/units.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define DAY (24 * NS_PER_H)

/* A buffer with a fence behind it, so that one byte too many shows. */
typedef struct Fenced {
    UnitsText text;
    char fence[16];
} Fenced;

static void fence(Fenced *f) {
    memset(f, '#', sizeof *f);
}

static void holds(const Fenced *f) {
    assert_non_null(memchr(f->text, '\0', sizeof f->text));
    for (size_t i = 0; i < sizeof f->fence; i++)
        assert_int_equal(f->fence[i], '#');
}

static void durations_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint64_t ns;
    } cases[] = {
        { "0", 0 },
        { "0s", 0 },
        { "0.0", 0 },
        { "1ns", 1 },
        { "1us", NS_PER_US },
        { "500ms", 500 * NS_PER_MS },
        { "1.5s", 1500 * NS_PER_MS },
        { ".5s", 500 * NS_PER_MS },
        { "1.s", NS_PER_S },
        { "2m", 2 * NS_PER_MIN },
        { "1h30m", 90 * NS_PER_MIN },
        { "1h30m15.25s", 90 * NS_PER_MIN + 15250 * NS_PER_MS },
        { "0.3s", 300 * NS_PER_MS },
        { "0.001ms", NS_PER_US },
        { "1.001ms", 1001 * NS_PER_US },
        { "0.4ns", 0 },
        { "0.6ns", 1 },
        { "30m1h", 90 * NS_PER_MIN }, /* any order adds up */
        { "007s", 7 * NS_PER_S },
        { "365d", 365 * DAY },
        { "364d23h59m60s", 365 * DAY },
        { "8760h", 365 * DAY },
        { "0.000000000000000000000000000001s", 0 },
        { "1.00000000000000000000000000000s", NS_PER_S },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t ns = 77;
        Err err = { 0 };
        if (units_read_duration(cases[i].text, &ns, &err) < 0)
            fail_msg("%s: %s", cases[i].text, err.text);
        if (ns != cases[i].ns)
            fail_msg("%s is %llu", cases[i].text, (unsigned long long)ns);
    }
}

static void bad_durations_say_where(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int column;
        const char *says;
    } cases[] = {
        { "", 1, "missing" },
        { "-5s", 1, "negative" },
        { "s", 1, "not a duration" },
        { "five", 1, "not a duration" },
        { " 5s", 1, "not a duration" },
        { "5s ", 3, "not a duration" },
        { "5", 2, "no unit" },
        { "1h30", 5, "no unit" },
        { "1h0", 4, "no unit" },
        { "5 s", 2, "no unit" },
        { "5x", 2, "not a unit" },
        { "5sec", 2, "'sec' is not a unit" },
        { "5S", 2, "not a unit" },
        { "1h5q", 4, "not a unit" },
        { "1h-5m", 3, "not a duration" },
        { "1e3s", 2, "not a unit" },
        { "0x10s", 2, "not a unit" },
        { "1.5.5s", 4, "no unit" },
        { ".s", 1, "not a duration" },
        { "inf", 1, "not a duration" },
        { "nan", 1, "not a duration" },
        { "366d", 1, "longer than 365d" },
        { "365d1ms", 1, "longer than 365d" },
        { "99999999999999999999999999999999d", 1, "longer than 365d" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t ns = 77;
        Err err = { 0 };
        assert_int_equal(units_read_duration(cases[i].text, &ns, &err), -1);
        if (err.column != cases[i].column || !strstr(err.text, cases[i].says))
            fail_msg("'%s' gave %d: %s", cases[i].text, err.column, err.text);
        assert_true(ns == 77);
        assert_int_equal(units_read_duration(cases[i].text, &ns, NULL), -1);
    }
}

/* More digits than a double has. */
static void endless_numbers_are_refused(void **state) {
    (void)state;
    char text[1000];
    memset(text, '9', sizeof text);
    strcpy(text + sizeof text - 2, "s");
    uint64_t ns = 77;
    double v = 77;
    bool rate = false;
    Err err;
    assert_int_equal(units_read_duration(text, &ns, &err), -1);
    text[sizeof text - 2] = '\0';
    assert_int_equal(units_read_count(text, &v, &err), -1);
    assert_int_equal(units_read_level(text, &v, &rate, &err), -1);
    assert_true(ns == 77 && v >= 77 && v <= 77);
    memset(text, '0', sizeof text - 3);
    strcpy(text + sizeof text - 3, "5s");
    assert_int_equal(units_read_duration(text, &ns, &err), 0);
    assert_true(ns == 5 * NS_PER_S);
    /* a thousand places after the point neither vanish nor explode */
    memset(text, '9', sizeof text - 1);
    text[1] = '.';
    text[sizeof text - 1] = '\0';
    assert_int_equal(units_read_count(text, &v, &err), 0);
    assert_near(v, 10, 1e-9);
}

static void counts_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double want;
    } cases[] = {
        { "0", 0 },       { "100", 100 },       { "1k", 1000 },
        { "1.5k", 1500 }, { "2M", 2e6 },        { "0.25", 0.25 },
        { ".5M", 5e5 },   { "1000000M", 1e12 }, { "1000000000000", 1e12 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        double v = -1;
        assert_int_equal(units_read_count(cases[i].text, &v, NULL), 0);
        assert_near(v, cases[i].want, 0);
    }
    static const struct {
        const char *text;
        int column;
        const char *says;
    } bad[] = {
        { "", 1, "not a count" },      { "-1", 1, "negative" },
        { "k", 1, "not a count" },     { "1kk", 3, "goes on" },
        { "1K", 2, "goes on" },        { "1e5", 2, "goes on" },
        { "12 ", 3, "goes on" },       { "10/s", 3, "goes on" },
        { "1000000000001", 1, "too" }, { "1000001M", 1, "too large" },
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        double v = 77;
        Err err = { 0 };
        assert_int_equal(units_read_count(bad[i].text, &v, &err), -1);
        if (err.column != bad[i].column || !strstr(err.text, bad[i].says))
            fail_msg("'%s' gave %d: %s", bad[i].text, err.column, err.text);
        assert_near(v, 77, 0);
    }
}

/* 0.3 * 1000 and the like must not come out beside a whole number. */
static void decimal_thousands_are_whole(void **state) {
    (void)state;
    for (int i = 0; i < 20000; i++) {
        char text[32];
        double v = -1;
        bool rate = true;
        Err err;
        snprintf(text, sizeof text, "%d.%03dk", i / 1000, i % 1000);
        if (units_read_level(text, &v, &rate, &err) < 0)
            fail_msg("%s: %s", text, err.text);
        assert_near(v, i, 0);
        uint64_t ns = 0;
        snprintf(text, sizeof text, "%d.%03dus", i / 1000, i % 1000);
        assert_int_equal(units_read_duration(text, &ns, &err), 0);
        assert_true(ns == (uint64_t)i);
    }
}

static void levels_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double level;
        bool rate;
    } cases[] = {
        { "0", 0, false },
        { "250", 250, false },
        { "1k", 1000, false },
        { "1.5k", 1500, false },
        { "800/s", 800, true },
        { "30/m", 0.5, true },
        { "2k/h", 2000 / 3600.0, true },
        { "0.1/s", 0.1, true },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        double v = -1;
        bool rate = !cases[i].rate;
        assert_int_equal(units_read_level(cases[i].text, &v, &rate, NULL), 0);
        assert_near(v, cases[i].level, 1e-15);
        assert_int_equal(rate, cases[i].rate);
    }
    static const struct {
        const char *text;
        int column;
        const char *says;
    } bad[] = {
        { "", 1, "not a level" },
        { "-5", 1, "negative" },
        { "1.5", 1, "whole" },
        { "10/d", 3, "not a rate" },
        { "10/", 3, "not a rate" },
        { "10/ss", 3, "not a rate" },
        { "10 /s", 3, "not a level" },
        { "1k5", 3, "not a level" },
        { "2000000M/s", 1, "too large" },
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        double v = 77;
        bool rate = true;
        Err err = { 0 };
        assert_int_equal(units_read_level(bad[i].text, &v, &rate, &err), -1);
        if (err.column != bad[i].column || !strstr(err.text, bad[i].says))
            fail_msg("'%s' gave %d: %s", bad[i].text, err.column, err.text);
        assert_near(v, 77, 0);
        assert_true(rate);
    }
}

static void durations_are_printed(void **state) {
    (void)state;
    static const struct {
        uint64_t ns;
        const char *want;
    } cases[] = {
        { 0, "0s" },
        { 1, "1ns" },
        { 999, "999ns" },
        { 1000, "1us" },
        { 500 * NS_PER_MS, "500ms" },
        { 90 * NS_PER_S, "1m30s" },
        { 90 * NS_PER_MIN, "1h30m" },
        { 365 * DAY, "365d" },
        { DAY - 1, "23h59m59s999ms999us999ns" },
        { UINT64_MAX, "213503d23h34m33s709ms551us615ns" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Fenced f;
        fence(&f);
        assert_ptr_equal(units_duration(f.text, cases[i].ns), f.text);
        assert_string_equal(f.text, cases[i].want);
        holds(&f);
    }
    static const struct {
        uint64_t s;
        const char *want;
    } clocks[] = {
        { 0, "00:00" },      { 59, "00:59" },         { 60, "01:00" },
        { 134, "02:14" },    { 3599, "59:59" },       { 3600, "1:00:00" },
        { 3734, "1:02:14" }, { 360000, "100:00:00" },
    };
    for (size_t i = 0; i < COUNT(clocks); i++) {
        Fenced f;
        fence(&f);
        units_clock(f.text, clocks[i].s * NS_PER_S + NS_PER_S - 1);
        assert_string_equal(f.text, clocks[i].want);
        units_clock(f.text, UINT64_MAX);
        holds(&f);
    }
}

/* What is printed reads back as the same. Up to 100 days a double holds
 * nanoseconds exactly. */
static void durations_round_trip(void **state) {
    (void)state;
    Rng r = { 11 };
    for (int i = 0; i < 20000; i++) {
        uint64_t ns = rng_next(&r) % (100 * DAY) >> (rng_next(&r) % 50);
        uint64_t back = 0;
        UnitsText text;
        Err err;
        if (units_read_duration(units_duration(text, ns), &back, &err) < 0)
            fail_msg("%s: %s", text, err.text);
        if (back != ns)
            fail_msg("%s came back as %llu", text, (unsigned long long)back);
    }
}

static void latencies_keep_three_figures(void **state) {
    (void)state;
    static const struct {
        double ns;
        const char *want;
    } cases[] = {
        { 0, "0 us" },          { 85e3, "85 us" },
        { 999.4e3, "999 us" },  { 999.5e3, "1.00 ms" }, /* never "1000 us" */
        { 1e6, "1.00 ms" },     { 4.12e6, "4.12 ms" },
        { 9.994e6, "9.99 ms" }, { 9.995e6, "10.0 ms" }, /* never "10.00 ms" */
        { 38.24e6, "38.2 ms" }, { 99.94e6, "99.9 ms" },
        { 99.95e6, "100 ms" }, /* never "100.0 ms" */
        { 999.4e6, "999 ms" },  { 999.5e6, "1.00 s" },
        { 1.12e9, "1.12 s" },   { 99.95e9, "100 s" },
        { 3600e9, "3600 s" },   { -1, "-" },
        { NAN, "-" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        UnitsText text;
        assert_string_equal(units_latency(text, cases[i].ns), cases[i].want);
    }
}

static void counts_and_bytes_are_printed(void **state) {
    (void)state;
    static const struct {
        double n;
        const char *count, *bytes;
    } cases[] = {
        { 0, "0", "0 B" },
        { 0.25, "0.2", "0 B" },
        { 7, "7", "7 B" },
        { 9.94, "9.9", "10 B" },
        { 9.95, "10", "10 B" },
        { 99.95, "100", "100 B" },
        { 999.4, "999", "999 B" },
        { 999.5, "1 000", "1.00 kB" },
        { 1000, "1 000", "1.00 kB" },
        { 8214, "8 214", "8.21 kB" },
        { 9995, "9 995", "10.0 kB" },
        { 20007, "20 007", "20.0 kB" },
        { 99999.4, "99 999", "100 kB" },
        { 99999.5, "100k", "100 kB" },
        { 999499, "999k", "999 kB" },
        { 999500, "1.00M", "1.00 MB" },
        { 3.4e6, "3.40M", "3.40 MB" },
        { 91e6, "91.0M", "91.0 MB" },
        { 999.5e6, "1.00G", "1.00 GB" },
        { 1e12, "1000G", "1000 GB" },
        { NAN, "-", "-" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        UnitsText text;
        assert_string_equal(units_count(text, cases[i].n), cases[i].count);
        assert_string_equal(units_bytes(text, cases[i].n), cases[i].bytes);
    }
}

static void spans_are_printed(void **state) {
    (void)state;
    static const struct {
        uint64_t ns;
        const char *want;
    } cases[] = {
        { 0, "0s" },
        { 250 * NS_PER_MS, "250ms" },
        { 5029 * NS_PER_MS, "5s" },
        { 6800 * NS_PER_MS, "6.8s" },
        { 59960 * NS_PER_MS, "1m" },
        { 61400 * NS_PER_MS, "1m1s" },
        { 61500 * NS_PER_MS, "1m2s" },
        { 2 * NS_PER_H + 3 * NS_PER_S, "2h3s" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        UnitsText text;
        assert_string_equal(units_span(text, cases[i].ns), cases[i].want);
    }
}

static void percents_are_printed(void **state) {
    (void)state;
    static const struct {
        double share;
        const char *want;
    } cases[] = {
        { 0, "0 %" },          { 0.0012, "0.12 %" }, { 0.09994, "9.99 %" },
        { 0.09996, "10.0 %" }, { 0.12, "12.0 %" },   { 0.9994, "99.9 %" },
        { 0.9996, ">99.9 %" }, { 1, "100 %" },       { 0.00002, "<0.01 %" },
        { 12.5, "1250 %" },    { NAN, "-" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        UnitsText text;
        assert_string_equal(units_percent(text, cases[i].share), cases[i].want);
    }
}

static void levels_round_trip(void **state) {
    (void)state;
    static const double levels[] = {
        0,          1,          250,         99999,       123456789,
        1234567891, 9999999999, 10000000000, 12345678901, 1e12,
    };
    static const double rates[] = {
        800,         0.5,  2000 / 3600.0, 33.333333333,  1e-4, 1 / 3600.0,
        0.01 / 3600, 1e-9, 99999.25,      12345678901.5, 1e12,
    };
    for (size_t i = 0; i < COUNT(levels) + COUNT(rates); i++) {
        bool is_rate = i >= COUNT(levels), rate = !is_rate;
        double level = is_rate ? rates[i - COUNT(levels)] : levels[i];
        double back = -1;
        UnitsText text;
        Err err;
        units_level(text, level, is_rate);
        if (units_read_level(text, &back, &rate, &err) < 0)
            fail_msg("%s: %s", text, err.text);
        assert_int_equal(rate, is_rate);
        if (is_rate)
            assert_near(back, level, 1e-9 * level + 1e-13);
        else
            assert_near(back, level, 0);
    }
    UnitsText text;
    assert_string_equal(units_level(text, 250, false), "250");
    assert_string_equal(units_level(text, 800, true), "800/s");
    assert_string_equal(units_level(text, 0.5, true), "0.5/s");
}

/* Whatever double comes, the text ends within its buffer. */
static void printers_never_overflow(void **state) {
    (void)state;
    static char *(*const print[])(UnitsText,
                                  double) = { units_latency, units_count,
                                              units_bytes, units_percent };
    static const double odd[] = { INFINITY, -INFINITY, NAN,  DBL_MAX,
                                  -DBL_MAX, DBL_MIN,   -0.0, 1e300 };
    Rng r = { 5 };
    for (size_t i = 0; i < 20000; i++) {
        uint64_t bits = rng_next(&r);
        double v;
        memcpy(&v, &bits, sizeof v);
        if (i < COUNT(odd))
            v = odd[i];
        for (size_t k = 0; k < COUNT(print) + 2; k++) {
            Fenced f;
            fence(&f);
            if (k < COUNT(print))
                print[k](f.text, v);
            else
                units_level(f.text, v, k == COUNT(print));
            holds(&f);
        }
        Fenced f;
        fence(&f);
        units_duration(f.text, bits);
        holds(&f);
    }
}

static void shares(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double want;
    } good[] = { { "5%", 0.05 }, { "5 %", 0.05 }, { "0.05", 0.05 },
                 { "0", 0 },     { "250%", 2.5 } };
    static const char *const bad[] = { "",    "%",  "-1%", "5 ", "5%%",
                                       "0x5", "nan", "101", "5 x", " 5%" };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        double got = -1;
        Err err = { 0 };
        if (units_read_share(good[i].text, &got, &err) < 0)
            fail_msg("%s", err.text);
        assert_near(got, good[i].want, 1e-12);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double got = -1;
        Err err = { 0 };
        if (units_read_share(bad[i], &got, &err) == 0)
            fail_msg("'%s' is taken", bad[i]);
        assert_near(got, -1, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares),
        cmocka_unit_test(durations_are_read),
        cmocka_unit_test(bad_durations_say_where),
        cmocka_unit_test(endless_numbers_are_refused),
        cmocka_unit_test(counts_are_read),
        cmocka_unit_test(decimal_thousands_are_whole),
        cmocka_unit_test(levels_are_read),
        cmocka_unit_test(durations_are_printed),
        cmocka_unit_test(durations_round_trip),
        cmocka_unit_test(latencies_keep_three_figures),
        cmocka_unit_test(counts_and_bytes_are_printed),
        cmocka_unit_test(spans_are_printed),
        cmocka_unit_test(percents_are_printed),
        cmocka_unit_test(levels_round_trip),
        cmocka_unit_test(printers_never_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
