/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdlib.h>

#include "base/rng.h"
#include "monitor/prom.h"

static PromName plain(const char *name) {
    return (PromName){ .text = name, .name = name };
}

static PromName labelled(const char *name, const char *label,
                         const char *value) {
    PromName n = plain(name);
    n.labels[n.label_count++] = (PromLabel){ label, value };
    return n;
}

static PromSum read_one(const char *text, PromName name) {
    PromSum s;
    prom_read(text, strlen(text), &name, 1, &s);
    return s;
}

static const char golden[] =
    "# HELP go_goroutines Number of goroutines that \"exist\", # now.\n"
    "# TYPE go_goroutines gauge\n"
    "go_goroutines 42\n"
    "\n"
    "# TYPE http_requests_total counter\n"
    "http_requests_total{method=\"GET\",code=\"200\"} 1027 1395066363000\n"
    "http_requests_total{method=\"POST\",code=\"200\"} 3\n"
    "http_requests_total { code = \"500\" , method = \"GET\", } 1.5e+01\n"
    "# TYPE bytes untyped\n"
    "bytes_total 7\n"
    "# TYPE odd_total gauge\n"
    "odd_total -4.5\n"
    "# TYPE latency histogram\n"
    "latency_bucket{le=\"0.1\"} 5\n"
    "latency_bucket{le=\"+Inf\"} 9\n"
    "latency_sum 2.5\n"
    "latency_count 9\n"
    "# TYPE rpc summary\n"
    "rpc{quantile=\"0.5\"} 0.25\n"
    "rpc_sum 8\n"
    "rpc_count 4\n"
    "weird{path=\"C:\\\\DIR\\\\x }\",error=\"no\\n\\\"file\\\"\"} 11\n"
    "strange NaN\nstrange{a=\"1\"} +Inf\nstrange{a=\"2\"} 6\n"
    "# TYPE om counter\r\n"
    "om_total 12\r\n"
    "# EOF\n";

static void what_the_format_has(void **state) {
    (void)state;
    static const struct {
        const char *name, *label, *value;
        uint64_t series;
        double sum;
        bool is_counter;
    } cases[] = {
        { "go_goroutines", NULL, NULL, 1, 42, false },
        { "http_requests_total", NULL, NULL, 3, 1045, true },
        { "http_requests_total", "code", "200", 2, 1030, true },
        { "http_requests_total", "code", "500", 1, 15, true },
        { "http_requests_total", "code", "50", 0, 0, true },
        { "http_requests_total", "code", "5000", 0, 0, true },
        { "http_requests_total", "cod", "500", 0, 0, true },
        { "http_requests", NULL, NULL, 0, 0, false },
        { "go_goroutines", "a", "b", 0, 0, false },
        { "bytes_total", NULL, NULL, 1, 7, true },
        { "odd_total", NULL, NULL, 1, -4.5, false },
        { "latency_bucket", "le", "0.1", 1, 5, true },
        { "latency_sum", NULL, NULL, 1, 2.5, true },
        { "latency_count", NULL, NULL, 1, 9, true },
        { "rpc", "quantile", "0.5", 1, 0.25, false },
        { "rpc_sum", NULL, NULL, 1, 8, true },
        { "rpc_count", NULL, NULL, 1, 4, true },
        { "weird", "error", "no\n\"file\"", 1, 11, false },
        { "weird", "path", "C:\\DIR\\x }", 1, 11, false },
        { "strange", NULL, NULL, 1, 6, false },
        { "om_total", NULL, NULL, 1, 12, true },
        { "absent", NULL, NULL, 0, 0, false },
        { "absent_total", NULL, NULL, 0, 0, true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        PromSum s = read_one(golden, cases[i].label ? labelled(cases[i].name,
                                                               cases[i].label,
                                                               cases[i].value)
                                                    : plain(cases[i].name));
        if (s.series != cases[i].series || s.sum != cases[i].sum ||
            s.is_counter != cases[i].is_counter)
            fail_msg("%s{%s}: %llu series, %g, %s", cases[i].name,
                     cases[i].label ? cases[i].label : "",
                     (unsigned long long)s.series, s.sum,
                     s.is_counter ? "counter" : "gauge");
    }
}

static void two_labels(void **state) {
    (void)state;
    PromName n = labelled("http_requests_total", "method", "GET");
    n.labels[n.label_count++] = (PromLabel){ "code", "200" };
    PromSum s = read_one(golden, n);
    assert_true(s.series == 1 && s.sum == 1027);
}

static void rubbish_is_left_out(void **state) {
    (void)state;
    static const char *const lines[] = {
        "a",
        "a ",
        "a x",
        "a 1x",
        "a{ 1",
        "a{b} 1",
        "a{b=} 1",
        "a{b=\"c} 1",
        "a{b=\"c\" 1",
        "a{,,} 1",
        "a{b=\"c\"d=\"e\"} 1",
        "a{\"b\"} 1",
        "a } 1",
        "a{b=\"c\\",
        "a{b=\"c\\\"} 1",
        "a 1e999",
        "a -Inf",
        "a nan",
        "ab 1",
        "a:b 1",
        "A 1",
        "{} 1",
        "a 1111111111111111111111111111111111111111111111111111111111111111111",
        "#a 1",
        "# TYPE",
        "# TYPE a",
        "# TYPE a counter counter",
        "\xff\xfe\x01 1",
        "a{=\"x\"} 1",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char text[256];
        snprintf(text, sizeof text, "%s\na 5\n%s\n", lines[i], lines[i]);
        PromSum s = read_one(text, plain("a"));
        if (s.series != 1 || s.sum != 5)
            fail_msg("%s: %llu series, %g", lines[i],
                     (unsigned long long)s.series, s.sum);
    }
}

/* A copy of exactly its size, so that a sanitizer sees a byte too far. */
static void read_copy(const char *text, size_t n, PromSum *to) {
    const PromName names[] = { plain("go_goroutines"),
                               plain("http_requests_total"),
                               labelled("weird", "error", "no\n\"file\""),
                               plain("om_total") };
    char *copy = malloc(n ? n : 1);
    assert_non_null(copy);
    memcpy(copy, text, n);
    prom_read(copy, n, names, 4, to);
    free(copy);
}

/* Cut anywhere, a line counts whole or not at all. */
static void cut_at_each_byte(void **state) {
    (void)state;
    static const double after[] = { 0, 1027, 1030, 1045 };
    for (size_t n = 0; n <= sizeof golden - 1; n++) {
        PromSum s[4];
        read_copy(golden, n, s);
        assert_true(s[0].sum == 0 || s[0].sum == 42);
        assert_true(s[1].series <= 3 && s[1].sum == after[s[1].series]);
        assert_true(s[2].sum == 0 || s[2].sum == 11);
        assert_true(s[3].sum == 0 || s[3].sum == 12);
    }
}

static void any_byte_anywhere(void **state) {
    (void)state;
    Rng r = { 11 };
    char text[sizeof golden];
    for (int i = 0; i < 20000; i++) {
        PromSum s[4];
        memcpy(text, golden, sizeof golden);
        for (int k = 0; k < 8; k++)
            text[rng_next(&r) % (sizeof golden - 1)] = (char)rng_next(&r);
        read_copy(text, sizeof golden - 1, s);
        for (int k = 0; k < 4; k++)
            assert_true(isfinite(s[k].sum) && s[k].series <= sizeof golden);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_format_has),
        cmocka_unit_test(two_labels),
        cmocka_unit_test(rubbish_is_left_out),
        cmocka_unit_test(cut_at_each_byte),
        cmocka_unit_test(any_byte_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
