/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run as Prometheus reads it: figures by hand from report_run.c's samples,
 * formats after prometheus.io "Exposition formats" and OpenMetrics 1.0. */
#include "report_run.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "base/file.h"
#include "export/prom_push.h"
#include "export/prom_server.h"

static Text page_of(const Run *run, PromStyle style, PromForm form) {
    Text t = { 0 };
    prom_text(&run->snapshot, &run->info, style, form, &t);
    return t;
}

static bool has_line(const Text *t, const char *line) {
    size_t n = strlen(line);
    for (const char *at = t->bytes; (at = strstr(at, line)); at++)
        if ((at == t->bytes || at[-1] == '\n') && at[n] == '\n')
            return true;
    return false;
}

static void assert_line(const Text *t, const char *line) {
    if (!has_line(t, line))
        fail_msg("no line '%s' in\n%s", line, t->bytes);
}

/* --- figures ------------------------------------------------------------ */

#define HOME_LABELS "{scenario=\"default\",name=\"home\""
#define HOME_TIME "onrush_http_request_duration_seconds"

static void figures_are_those_of_the_samples(void **state) {
    static const char *const lines[] = {
        "# TYPE onrush_http_requests_total counter",
        "onrush_http_requests_total" HOME_LABELS "} 10",
        "onrush_http_requests_total{scenario=\"default\",name=\"order\"} 3",
        "onrush_http_request_failures_total" HOME_LABELS
        ",class=\"timeout-wait\"} 1",
        "onrush_http_request_failures_total" HOME_LABELS
        ",class=\"http-5xx\"} 0",
        "onrush_http_responses_total" HOME_LABELS ",status=\"2xx\"} 9",
        "onrush_http_responses_total{scenario=\"default\",name=\"order\","
        "status=\"5xx\"} 1",
        HOME_TIME "_bucket" HOME_LABELS ",le=\"0.0075\"} 0",
        HOME_TIME "_bucket" HOME_LABELS ",le=\"0.01\"} 6",
        HOME_TIME "_bucket" HOME_LABELS ",le=\"0.015\"} 8",
        HOME_TIME "_bucket" HOME_LABELS ",le=\"0.02\"} 9",
        HOME_TIME "_bucket" HOME_LABELS ",le=\"0.75\"} 9",
        HOME_TIME "_bucket" HOME_LABELS ",le=\"1.0\"} 10",
        HOME_TIME "_bucket" HOME_LABELS ",le=\"+Inf\"} 10",
        HOME_TIME "_sum" HOME_LABELS "} 1.106000000",
        HOME_TIME "_count" HOME_LABELS "} 10",
        "onrush_data_received_bytes_total" HOME_LABELS "} 9000",
        "onrush_data_sent_bytes_total" HOME_LABELS "} 2000",
        "onrush_iterations_total 13",
        "onrush_checks_total{check=\"ok\",result=\"passed\"} 11",
        "onrush_checks_total{check=\"ok\",result=\"failed\"} 2",
        "onrush_checks_total{check=\"fast\",result=\"passed\"} 9",
        "onrush_threshold_ok{threshold=\"http_reqs{order}: count > 2\"} 1",
        "onrush_threshold_ok{threshold=\"http_req_duration: p(95) < 500\"} 0",
        "onrush_run_state{state=\"done\"} 1",
        "onrush_run_state{state=\"running\"} 0",
        "onrush_run_time_seconds 12.300000000",
    };
    Run run;
    (void)state;
    run_open_whole(&run);
    Text t = page_of(&run, PROM_ONRUSH, PROM_TEXT);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_line(&t, lines[i]);
    text_close(&t);
    run_close(&run);
}

static void k6s_names_have_k6s_figures(void **state) {
    /* All 13 durations, sorted: six of 10, 11, 15, 20, 100, 100, 300, 1000 ms:
     * p(95) lies at 0.95 * 12 = 11.4 between 300 and 1000. */
    static const char *const lines[] = {
        "k6_http_reqs_total 13",
        "k6_http_req_duration_max 1",
        "k6_http_req_duration_max_seconds 1",
        "k6_http_req_duration_min_seconds 0.01",
        "k6_data_sent_total 2600",
        "k6_data_received_total 12000",
        "k6_iterations_total 13",
    };
    Run run;
    (void)state;
    run_open_whole(&run);
    Text t = page_of(&run, PROM_K6, PROM_TEXT);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_line(&t, lines[i]);
    const char *p95 = strstr(t.bytes, "\nk6_http_req_duration_p95_seconds ");
    const char *failed = strstr(t.bytes, "\nk6_http_req_failed_rate ");
    const char *checks = strstr(t.bytes, "\nk6_checks_rate ");
    const char *med = strstr(t.bytes, "\nk6_http_req_duration_med ");
    assert_true(p95 && failed && checks && med);
    assert_near(atof(strchr(p95, ' ')), 0.58, 0.58 * 0.0005);
    assert_near(atof(strchr(failed, ' ')), 2.0 / 13, 1e-12);
    assert_near(atof(strchr(checks, ' ')), 20.0 / 23, 1e-12);
    assert_near(atof(strchr(med, ' ')), 0.011, 0.011 * 0.0005);
    text_close(&t);
    run_close(&run);
}

/* --- form --------------------------------------------------------------- */

/* What a parser would refuse: a sample twice, one without its family's head,
 * a family in two places. */
static void check_form(const Text *t, PromForm form) {
    Text seen = { 0 }, heads = { 0 };
    char family[128] = "";
    text_adds(&seen, "\n");
    text_adds(&heads, "\n");
    for (const char *at = t->bytes; *at; at += strcspn(at, "\n") + 1) {
        char key[600];
        size_t n = strcspn(at, "\n");
        if (strncmp(at, "# HELP ", 7) == 0) {
            snprintf(family, sizeof family, "\n%.*s\n",
                     (int)strcspn(at + 7, " "), at + 7);
            if (strstr(heads.bytes, family))
                fail_msg("%s comes twice", family);
            text_adds(&heads, family);
        }
        if (*at == '#')
            continue;
        const char *end = at + n;
        while (*end != ' ')
            end--;
        snprintf(key, sizeof key, "\n%.*s\n", (int)(end - at), at);
        if (strstr(seen.bytes, key))
            fail_msg("%s comes twice", key);
        text_adds(&seen, key);
        size_t name = strlen(family) - 2;
        if (strncmp(at, family + 1, name) != 0)
            fail_msg("%s stands in the family%s", key, family);
        const char *rest = at + name;
        if (form == PROM_OPENMETRICS && strstr(at, "_total") == rest)
            assert_null(strstr(family, "_total"));
    }
    text_close(&seen);
    text_close(&heads);
}

static void both_forms_are_well_formed(void **state) {
    static const char *const alerts[] = {
        "slow", "http_req_duration p(95) > 300 for 2s, critical",
        "a \"quoted\" \\ one", "http_req_failed rate > 0.9 for 2s, warning",
    };
    static const char text[] = "[profile]\nname = a \"b\" \\ c\n[target]\n"
                               "url = http://127.0.0.1:1\n"
                               "[stages]\na = 5s at 2\n"
                               "[request home]\nGET = /?secret=y\n"
                               "check ok = status == 200\n"
                               "[request order]\nGET = /o\n"
                               "check ok = status == 200\n"
                               "check ok2 = status == 200\n"
                               "[thresholds]\n"
                               "http_req_duration = p(95) < 500, p(95) < 500\n";
    Run run;
    (void)state;
    run_open_text(&run, text, alerts, 2);
    run_play(&run, 5000);
    for (PromForm form = PROM_TEXT; form <= PROM_OPENMETRICS; form++)
        for (PromStyle style = 0; style < PROM_STYLE_COUNT; style++) {
            Text t = page_of(&run, style, form);
            check_form(&t, form);
            assert_null(strstr(t.bytes, "secret"));
            assert_int_equal(form == PROM_OPENMETRICS,
                             strcmp(t.bytes + t.length - 6, "# EOF\n") == 0);
            text_close(&t);
        }
    Text t = page_of(&run, PROM_ONRUSH, PROM_OPENMETRICS);
    assert_line(&t, "# TYPE onrush_http_requests counter");
    assert_line(&t, "# TYPE onrush_run info");
    assert_non_null(strstr(t.bytes, "{profile=\"a \\\"b\\\" \\\\ c\","));
    assert_line(&t, "onrush_alert_firing{alert=\"a \\\"quoted\\\" \\\\ one\","
                    "severity=\"warning\"} 0");
    text_close(&t);
    run_close(&run);
}

static void what_has_no_row_of_its_own_is_other(void **state) {
    enum { MANY = PROM_SERIES_MAX + 20 };
    Text text = { 0 };
    Run run;
    unsigned long long all = 0, rows = 0;
    (void)state;
    text_adds(&text, "[profile]\nname = many\n[target]\nurl = http://[::1]:1\n"
                     "[stages]\na = 5s at 2\n");
    for (int i = 0; i < MANY; i++)
        text_addf(&text, "[request r%d]\nGET = /\n", i);
    run_open_text(&run, text.bytes, NULL, 0);
    Slab slab;
    slab_init(&slab, MANY, 0, 0);
    for (size_t i = 0; i < MANY; i++) {
        slab.series[i].requests = i + 1;
        hist_record_n(&slab.series[i].duration, 3 * MS, i + 1);
    }
    recorder_add(&run.recorder, MS, &slab);
    slab_close(&slab);
    run_advance(&run, S);
    recorder_snapshot(&run.recorder, &run.snapshot);
    Text t = page_of(&run, PROM_ONRUSH, PROM_TEXT);
    const char *name = "\nonrush_http_requests_total{";
    for (const char *at = t.bytes; (at = strstr(at, name)); at++, rows++)
        all += strtoull(strchr(at, '}') + 2, NULL, 10);
    assert_int_equal(rows, PROM_SERIES_MAX + 1);
    assert_int_equal(all, MANY * (MANY + 1) / 2);
    /* 101 + … + 120 */
    assert_line(&t, "onrush_http_requests_total{scenario=\"other\","
                    "name=\"other\"} 2210");
    assert_line(&t, HOME_TIME "_bucket{scenario=\"other\",name=\"other\","
                              "le=\"0.003\"} 2210");
    text_close(&t);
    text_close(&text);
    run_close(&run);
}

static void accept_chooses_the_form(void **state) {
    static const struct {
        const char *accept;
        PromForm form;
    } rows[] = {
        { NULL, PROM_TEXT },
        { "", PROM_TEXT },
        { "*/*", PROM_TEXT },
        { "text/plain", PROM_TEXT },
        /* Prometheus 2.42 */
        { "application/openmetrics-text;version=1.0.0,"
          "application/openmetrics-text;version=0.0.1;q=0.75,"
          "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
          PROM_OPENMETRICS },
        { "text/plain;q=0.5, Application/OpenMetrics-Text; Q=0.4",
          PROM_TEXT },
        { "application/openmetrics-text;version=0.0.1", PROM_TEXT },
        { "application/openmetrics-text; version=\"1.0.0\"",
          PROM_OPENMETRICS },
        { "application/openmetrics-text;q=0", PROM_TEXT },
        { "application/openmetrics-textual", PROM_TEXT },
        { ",,;q=,=;", PROM_TEXT },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (prom_form_wanted(rows[i].accept) != rows[i].form)
            fail_msg("Accept: %s", rows[i].accept);
}

/* --- what the user writes ----------------------------------------------- */

static void addresses_are_read(void **state) {
    static const struct {
        const char *text, *host;
        int port;
    } rows[] = {
        { ":9191", "127.0.0.1", 9191 },     { "9191", "127.0.0.1", 9191 },
        { "localhost:0", "127.0.0.1", 0 },  { "0.0.0.0:80", "0.0.0.0", 80 },
        { "[::1]:9191", "::1", 9191 },      { "[::]:65535", "::", 65535 },
        { "", NULL, 0 },                    { ":", NULL, 0 },
        { ":65536", NULL, 0 },              { ":-1", NULL, 0 },
        { ":9191x", NULL, 0 },              { "::1:9191", NULL, 0 },
        { "[::1]", NULL, 0 },               { "[::1:9191", NULL, 0 },
        { "example.org:9191", NULL, 0 },    { "1.2.3:9191", NULL, 0 },
        { "[127.0.0.1]:9191", NULL, 0 },    { ":000000009191", NULL, 0 },
        { "http://127.0.0.1:9191", NULL, 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sockaddr_storage a;
        Err err = { 0 };
        char host[64] = "";
        int rc = prom_address_read(rows[i].text, &a, &err);
        if ((rc == 0) != (rows[i].host != NULL))
            fail_msg("%s: %d %s", rows[i].text, rc, err.text);
        if (rc < 0)
            continue;
        const struct sockaddr_in *in = (const void *)&a;
        const struct sockaddr_in6 *in6 = (const void *)&a;
        if (a.ss_family == AF_INET6)
            inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof host);
        else
            inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
        assert_string_equal(host, rows[i].host);
        assert_int_equal(ntohs(in->sin_port), rows[i].port);
    }
}

static void pushes_know_where_and_as_whom(void **state) {
    static const struct {
        const char *text, *url, *user, *password;
    } rows[] = {
        { "http://gw:9091", "http://gw:9091/metrics/job/onrush/instance/a%20b",
          NULL, NULL },
        { "https://me:s%40cret@gw/",
          "https://gw/metrics/job/onrush/instance/a%20b", "me", "s@cret" },
        { "http://gw/metrics/job/x?y=z", "http://gw/metrics/job/x?y=z", NULL,
          NULL },
        { "gw:9091", NULL, NULL, NULL },
        { "ftp://gw", NULL, NULL, NULL },
        { "", NULL, NULL, NULL },
        { "http://me:secret@", NULL, NULL, NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        PromPushUrl u;
        Err err = { 0 };
        int rc = prom_push_url_read(rows[i].text, "a b", &u, &err);
        if ((rc == 0) != (rows[i].url != NULL))
            fail_msg("%s: %d", rows[i].text, rc);
        assert_null(strstr(err.text, "secret"));
        if (rc == 0) {
            assert_string_equal(u.url, rows[i].url);
            assert_string_equal(u.user ? u.user : "",
                                rows[i].user ? rows[i].user : "");
            assert_string_equal(u.password ? u.password : "",
                                rows[i].password ? rows[i].password : "");
        }
        prom_push_url_close(&u);
    }
}

/* --- documentation ------------------------------------------------------ */

static void doc_tells_of_every_metric(void **state) {
    const char *tests = getenv("TESTS_SRC");
    Text path = { 0 }, doc = { 0 };
    Err err;
    PromMetricInfo m;
    size_t i = 0;
    (void)state;
    text_addf(&path, "%s/../doc/export.md", tests ? tests : "tests");
    if (file_read(path.bytes, 1 << 20, &doc, &err) < 0)
        fail_msg("%s", err.text);
    for (; prom_describe(i, &m); i++) {
        Text row = { 0 };
        text_addf(&row, "| %s | %s | %s |", m.name, m.labels, m.help);
        if (!has_line(&doc, row.bytes))
            fail_msg("doc/export.md lacks\n%s", row.bytes);
        text_close(&row);
    }
    assert_true(i > 20);
    text_close(&path);
    text_close(&doc);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_are_those_of_the_samples),
        cmocka_unit_test(k6s_names_have_k6s_figures),
        cmocka_unit_test(both_forms_are_well_formed),
        cmocka_unit_test(what_has_no_row_of_its_own_is_other),
        cmocka_unit_test(accept_chooses_the_form),
        cmocka_unit_test(addresses_are_read),
        cmocka_unit_test(pushes_know_where_and_as_whom),
        cmocka_unit_test(doc_tells_of_every_metric),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
