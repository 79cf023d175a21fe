/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.md and report.html: what they say, and that what comes from outside
 * stays text, whatever it is. */
#include "report_run.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "report/curves.h"
#include "report/html.h"
#include "report/markdown.h"
#include "report/plots.h"

/* --- escaping ----------------------------------------------------------- */

static void markdown_keeps_texts(void **state) {
    static const struct {
        const char *text, *want;
    } cases[] = {
        { "plain", "plain" },
        { "a|b", "a\\|b" },
        { "<b>&amp;", "\\<b\\>\\&amp;" },
        { "*x* _y_ `z` [l](u) ~s~", "\\*x\\* \\_y\\_ \\`z\\` \\[l\\](u) \\~s\\~" },
        { "back\\slash", "back\\\\slash" },
        { "two\nlines", "two lines" },
        { "- list", "\\- list" },
        { "12. list", "12\\. list" },
        { "0.12 ms", "0.12 ms" },
        { "see http://e.v/", "see http<!-- -->:<!-- -->//e.v/" },
        { "www.e.v", "www<!-- -->.<!-- -->e.v" },
        { "mail me@e.v", "mail me<!-- -->@<!-- -->e.v" },
        { "fixes #12", "fixes <!-- -->#<!-- -->12" },
        { "# no heading", "\\# no heading" },
        { "$x$ !y", "\\$x\\$ \\!y" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Text t = { 0 };
        markdown_text(&t, cases[i].text);
        assert_string_equal(t.bytes, cases[i].want);
        text_close(&t);
    }
}

/* GFM 0.29, 6.3: examples 338 to 347; 4.10: example 200. */
static void markdown_keeps_code(void **state) {
    static const struct {
        const char *text, *want;
        bool in_table;
    } cases[] = {
        { "foo", "`foo`", false },
        { "foo ` bar", "``foo ` bar``", false },
        { "``", "``` `` ```", false },
        { " a ", "`  a  `", false },
        { "a|b", "`a|b`", false },
        { "a|b", "`a\\|b`", true },
        { "a\nb", "`a b`", true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Text t = { 0 };
        markdown_code(&t, cases[i].text, cases[i].in_table);
        assert_string_equal(t.bytes, cases[i].want);
        text_close(&t);
    }
}

static void html_keeps_texts(void **state) {
    Text t = { 0 };
    (void)state;
    html_text(&t, "<a href=\"x\">'&'</a>");
    assert_string_equal(t.bytes, "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;"
                                 "&lt;/a&gt;");
    text_close(&t);
}

/* --- what is said ------------------------------------------------------- */

static void the_markdown(void **state) {
    (void)state;
    Run run;
    Text t = { 0 };
    run_open_whole(&run);
    run.snapshot.health = (Health){ .is_bound = true,
                                    .bound_by = BOUND_CPU,
                                    .bound_since_ns = 3 * S };
    run.report.profile = NULL; /* as of a saved run: nothing of this machine */
    report_markdown(&run.report, &t);
    run_is_golden("report.md", &t);
    run_close(&run);
    text_clear(&t);
    run_open_arrivals(&run, 10000);
    run_finish(&run);
    run.report.profile = NULL;
    report_markdown(&run.report, &t);
    run_is_golden("arrivals.md", &t);
    text_close(&t);
    run_close(&run);
}

static void says(const Text *t, const char *what) {
    if (!strstr(t->bytes, what))
        fail_msg("\"%s\" is not in it", what);
}

static void a_run_without_anything(void **state) {
    (void)state;
    Run run;
    Text t = { 0 };
    run_open(&run);
    run_finish(&run);
    report_markdown(&run.report, &t);
    says(&t, "no request was finished");
    text_clear(&t);
    report_html(&run.report, &t);
    says(&t, "no request was finished");
    assert_null(strstr(t.bytes, "<svg"));
    text_close(&t);
    run_close(&run);
}

/* What was saved says how it ended, not what would be judged without the
 * search or the baseline that decided. */
static void a_saved_run_keeps_its_verdict(void **state) {
    static const struct {
        ReportEnd end;
        const char *says[3];
    } cases[] = {
        { { .status = 2, .words = "worse than <it>" },
          { "**regressed** (exit status 2: worse than \\<it\\>)", "regressed",
            "exit status 2: worse than &lt;it&gt;" } },
        { { .status = 0, .words = "found it" },
          { ": found it\n\n**held** (exit status 0: found it)", "✓ held",
            "exit status 0: found it" } },
        { { .is_cut = true, .words = "the run was cut off at 00:07" },
          { ": the run was cut off at 00:07\n\n**cut off** (no exit status)",
            "✗ cut off", "no exit status" } },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Run run;
        Text t = { 0 };
        run_open_whole(&run);
        run.report.end = &cases[i].end;
        report_markdown(&run.report, &t);
        says(&t, cases[i].says[0]);
        text_clear(&t);
        report_html(&run.report, &t);
        says(&t, cases[i].says[1]);
        says(&t, cases[i].says[2]);
        text_close(&t);
        run_close(&run);
    }
}

/* --- experiments -------------------------------------------------------- */

static GoalReading reading_of(double rps, double p95_ms) {
    return (GoalReading){ .requests = 100,
                          .seconds = 5,
                          .rps = rps,
                          .p50 = p95_ms * 1e6 / 2,
                          .p95 = p95_ms * 1e6,
                          .p99 = p95_ms * 1e6 };
}

static void a_search_is_told(void **state) {
    (void)state;
    Run run;
    Text t = { 0 };
    Goal goal = { .count = 1, .text = "p(95) < 500 <b>" };
    FindStep steps[] = {
        { .level = 10, .reading = reading_of(99, 120), .held = true,
          .why = "p(95) < 500: 120 ms" },
        { .level = 20, .reading = reading_of(150, 700), .is_early = true,
          .why = "p(95) < 500: 700 ms" },
    };
    Finder f = { .goal = &goal, .outcome = FIND_FOUND, .steps = steps,
                 .count = 2, .held = 10, .broke = 20 };
    run_open_whole(&run);
    run.snapshot.threshold_count = 0;
    run.report.find = &f;
    report_markdown(&run.report, &t);
    says(&t, "**held** (exit status 0: found the highest level that holds)");
    says(&t, "- 10 VUs hold (p(95) \\< 500: 120 ms, 99 requests/s); 20 VUs do "
             "not (p(95) \\< 500: 700 ms)\n");
    says(&t, "What was to hold: p(95) \\< 500 \\<b\\>");
    says(&t, "| 10 | ✓ held | p(95) \\< 500: 120 ms | 99 | 60.0 ms | 120 ms |");
    says(&t, "| 20 | ✗ did not, ended early |");
    /* the run was steered by the search */
    assert_null(strstr(t.bytes, "the load was changed by hand"));
    assert_null(strstr(t.bytes, "the operator did"));
    assert_null(strstr(t.bytes, "## Recovery"));
    text_clear(&t);
    report_html(&run.report, &t);
    says(&t, "<section id=\"find\">");
    says(&t, "p(95) &lt; 500 &lt;b&gt;");
    f.outcome = FIND_NONE;
    steps[0].held = false;
    text_clear(&t);
    report_markdown(&run.report, &t);
    says(&t, "**broken** (exit status 99: not even the lowest level holds)");
    text_close(&t);
    run_close(&run);
}

/* X(N) = 100 N / (1 + 0.1 (N - 1)), which has no peak: 100, 181.8, 307.7,
 * 470.6. */
static void steps_of_load_are_told(void **state) {
    static const double loads[] = { 1, 2, 4, 8 };
    (void)state;
    Run run;
    Text t = { 0 };
    Scaling s = { .count = 4, .best = 2 };
    UslPoint points[4];
    for (size_t i = 0; i < 4; i++) {
        double n = loads[i], x = 100 * n / (1 + 0.1 * (n - 1));
        points[i] = (UslPoint){ n, x, 0 };
        s.steps[i] = (ScaleStep){ .at = n / 8,
                                  .level = n,
                                  .load = n,
                                  .reading = reading_of(x, 10 * n),
                                  .throughput = { x, x - 5, x + 5 } };
    }
    s.fit = usl_fit(points, 4);
    assert_true(s.fit.is_fitted);
    run_open_whole(&run);
    run.report.scale = &s;
    report_markdown(&run.report, &t);
    says(&t, "## How the target scales");
    says(&t, "contention (sigma) 0.1 (");
    says(&t, "| x0.5 (best) | 4 | 4 | 5 | 308 | 20.0 ms | 40.0 ms |");
    text_clear(&t);
    report_html(&run.report, &t);
    says(&t, "<figure id=\"plot-scale\">");
    /* the last step at the right end of axes to 600 requests/s and 80 ms:
     * 22 + 200 * (1 - 470.6 / 600) and 22 */
    says(&t, "<path class=\"point rps\" d=\"M904.0 65.1h.01\"><title>x1: 471 "
             "requests/s");
    says(&t, "<path class=\"point p95\" d=\"M904.0 22.0h.01\">");
    says(&t, "L904.0 65.1\"/>"); /* the law goes through it */
    s.fit.is_fitted = false;
    s.steps[1].load = s.steps[1].reading.p95 = NAN; /* nothing was measured */
    text_clear(&t);
    report_html(&run.report, &t);
    assert_null(strstr(t.bytes, "Universal Scalability"));
    assert_null(strstr(t.bytes, "nan"));
    text_close(&t);
    run_close(&run);
}

/* --- curves ------------------------------------------------------------- */

static void curves_are_the_run(void **state) {
    (void)state;
    Run run;
    run_open_whole(&run);
    Curves c = curves_measure(&run.report, 100);
    assert_int_equal(c.step_ns, S);
    assert_int_equal(c.count, 13);
    assert_near(c.y[CURVE_RPS][0], 3, 0);
    assert_near(c.y[CURVE_P50][0], 15, 0.01);
    assert_true(isnan(c.y[CURVE_P50][1])); /* nothing was measured then */
    assert_near(c.y[CURVE_ERRORS][4], 0.5, 0);
    curves_close(&c);
    c = curves_measure(&run.report, 4); /* the worst is kept */
    assert_int_equal(c.step_ns, 4 * S);
    assert_int_equal(c.count, 4);
    assert_near(c.y[CURVE_P99][1], 993, 1);
    curves_close(&c);
    run_close(&run);
}

static void heat_counts_requests(void **state) {
    (void)state;
    Run run;
    HeatMap h;
    run_open_whole(&run);
    heat_measure(&run.report, &h);
    assert_int_equal(h.columns, 13);
    size_t hit = 0;
    for (size_t k = 0; k < HEAT_ROWS; k++)
        hit += h.level[1][k];
    assert_int_equal(hit, 0); /* nothing was measured in that second */
    for (size_t k = 0; k < HEAT_ROWS; k++)
        hit += h.level[0][k] > 0;
    assert_true(hit >= 2); /* 10, 15 and 20 ms */
    assert_true(pow(10, h.low) <= 10e6 && pow(10, h.high) >= 1000e6);
    run_close(&run);
}

static size_t times(const char *text, const char *what) {
    size_t n = 0;
    for (const char *s = text; (s = strstr(s, what)); s++)
        n++;
    return n;
}

/* A chart for each request that was made, with its own latencies. */
static void requests_have_charts(void **state) {
    (void)state;
    Run run;
    Text t = { 0 };
    run_open_whole(&run);
    assert_int_equal(run.snapshot.series_count, 2);
    Curves c = curves_of_series(&run.report, ORDER, 100);
    assert_int_equal(c.count, 13);
    assert_true(isnan(c.y[CURVE_P95][0])); /* 10, 15, 20 ms are home's */
    assert_near(c.y[CURVE_P95][5], 300, 1); /* not the second of home */
    curves_close(&c);
    report_html(&run.report, &t);
    assert_int_equal(times(t.bytes, " over time, p95 "), 2);
    says(&t, "<svg viewBox=\"0 0 960 250\" role=\"img\" "
             "aria-labelledby=\"request-1-words\">");
    text_close(&t);
    run_close(&run);
}

/* --- hostile texts ------------------------------------------------------ */

#define EVIL                                                                  \
    "\"'</script><img src=x onerror=a()>|`*_[a](b)@me #1 www.x.y h://e.v"     \
    "\033[31m<!--\xff\x9b\xe2\x80\xae\n\\"

/* As much of it as there is room for. */
static void put_evil(char *to, size_t size) {
    static const char evil[] = EVIL;
    size_t n = sizeof evil < size ? sizeof evil : size;
    memcpy(to, evil, n);
    to[n - 1] = '\0';
}

static void is_clean(const Text *t) {
    for (size_t i = 0; i < t->length; i++) {
        unsigned char b = (unsigned char)t->bytes[i];
        if ((b < 0x20 && b != '\n') || b == 0x7f || b == 0xff)
            fail_msg("byte %02x at %zu", b, i);
    }
    assert_null(strstr(t->bytes, "\xe2\x80\xae"));
    assert_null(strstr(t->bytes, "\xc2\x9b"));
}

/* Walks over the page as a browser's tokenizer does: every tag is one of
 * ours, without a handler, and scripts end where they should. */
static void has_only_our_tags(const char *page) {
    static const char *const ours[] = {
        "!DOCTYPE", "html",  "head",  "meta",     "title", "style",
        "script",   "body",  "div",   "h1",       "h2",    "h3",
        "p",        "code",  "main",  "section",  "header", "footer",
        "strong",   "span",  "ul",    "li",       "dl",    "dt",
        "dd",       "nav",   "table", "caption",  "thead", "tbody",
        "tr",       "th",    "td",    "figure",   "figcaption",
        "svg",      "path",  "rect",  "text",     "i",     "button",
        "details",  "summary", "pre",
    };
    size_t scripts = 0;
    for (const char *s = page; (s = strchr(s, '<')); s++) {
        const char *name = s[1] == '/' ? s + 2 : s + 1;
        size_t n = strcspn(name, " >\n"), i = 0;
        while (i < sizeof ours / sizeof *ours &&
               (strlen(ours[i]) != n || strncmp(ours[i], name, n) != 0))
            i++;
        if (i == sizeof ours / sizeof *ours)
            fail_msg("a tag <%.*s>", (int)n, name);
        char quote = '\0';
        for (s = name; *s && (quote || *s != '>'); s++) {
            if (*s == quote)
                quote = '\0';
            else if (!quote && *s == '"')
                quote = *s;
            else if (!quote && strncmp(s, " on", 3) == 0)
                fail_msg("a handler in <%.*s>", (int)n, name);
        }
        bool is_raw = strncmp(name, "script", 6) == 0 ||
                      strncmp(name, "style", 5) == 0;
        if (is_raw && name[-1] == '<') {
            scripts += strncmp(name, "script", 6) == 0;
            s = strstr(s, *name == 's' && name[1] == 'c' ? "</script>"
                                                         : "</style>");
            assert_non_null(s);
        }
    }
    assert_int_equal(scripts, 2);
}

static char *evil_name(void) {
    return mem_dup_text(EVIL);
}

static Comparison *evil_comparison(Results *base, Figure *figure) {
    static double samples[] = { 3, NAN, 5 };
    *figure = (Figure){ .name = (char *)(uintptr_t)"http_reqs rate",
                        .unit = EVIL,
                        .value = 3,
                        .by = SAMPLED_SECONDS,
                        .samples = samples,
                        .count = 3 };
    *base = (Results){ .path = evil_name(),
                       .started = evil_name(),
                       .sample_ms = 1000,
                       .figures = figure,
                       .figure_count = 1 };
    Comparison *c = mem_new(Comparison);
    c->base = c->now = base;
    c->items = mem_alloc(2, sizeof *c->items);
    c->count = 2;
    c->regressed = c->severe = c->judged = 1;
    c->level = 0.95;
    c->items[0] = (Compared){ .base = figure,
                              .now = figure,
                              .change = 0.2,
                              .interval = { 0.2, 0.18, 0.22 },
                              .limit = 0.1,
                              .verdict = COMPARED_REGRESSED,
                              .is_severe = true };
    c->items[1] = (Compared){ .now = figure,
                              .change = NAN,
                              .verdict = COMPARED_ONLY_ONE };
    put_evil(c->items[0].why, sizeof c->items[0].why);
    text_adds(&c->notes, EVIL);
    return c;
}

static void free_comparison(Comparison *c, Results *base) {
    free(base->path);
    free(base->started);
    free(c->items);
    text_close(&c->notes);
    free(c);
}

typedef struct EvilRun {
    Run run;
    Finding finding;
    FindingList findings;
    Knee knee;
    Failures failures;
    Gauges gauges;
    Results base;
    Figure figure;
    Comparison *against;
} EvilRun;

static void make_failures(EvilRun *e) {
    Example x = { .is_there = true, .end_ns = 4 * S };
    put_evil(x.why, sizeof x.why);
    snprintf(x.request, sizeof x.request, EVIL "\n```\n");
    put_evil(x.answer, sizeof x.answer);
    failures_init(&e->failures, 3);
    failures_example(&e->failures, FAIL_HTTP_5XX, &x);
    failures_example(&e->failures, EXAMPLE_OF_CHECK(0), &x);
    e->run.snapshot.failures = &e->failures;
}

static void evil_open(EvilRun *e) {
    static const Series series[] = {
        { .name = EVIL, .request_name = EVIL, .request = 0 },
        { .name = "ok", .request_name = "ok", .request = 1 },
    };
    static const char *const checks[] = { EVIL, "a", EVIL };
    Run *run = &e->run;
    memset(e, 0, sizeof *e);
    run_open(run);
    recorder_close(&run->recorder);
    for (size_t i = 0; i < run->profile.thresholds.count; i++)
        run->profile.thresholds.items[i].key =
            run->profile.thresholds.items[i].text = EVIL;
    recorder_init(&run->recorder,
                  &(RecorderSetup){
                      .metrics = { .series = series, .series_count = 2 },
                      .check_names = checks,
                      .check_requests = run->profile.check_requests,
                      .check_count = 3,
                      .thresholds = &run->profile.thresholds });
    run->info.name = run->info.target = run->info.transport = EVIL;
    run_play(run, 6000);
    snprintf(run->recorder.totals.examples[FAIL_TIMEOUT_WAIT]->why,
             FAIL_EXAMPLE_MAX, EVIL);
    put_evil(run->wheel.plan->stages[0].name, PLAN_NAME_MAX);
    event_add(&run->wheel.log, 3 * S, EVENT_TARGET, "%s", EVIL);
    free(run->wheel.actions[0].command);
    run->wheel.actions[0].command = evil_name();
    run_finish(run);
    put_evil(run->recorder.recoveries.items[0].cause, 64);
    e->finding = (Finding){ .kind = FINDING_STALL, .from_ns = 2 * S };
    put_evil(e->finding.text, sizeof e->finding.text);
    e->findings = (FindingList){ .items = &e->finding, .count = 1, .cap = 1 };
    e->knee.is_known = true;
    put_evil(e->knee.text, sizeof e->knee.text);
    gauges_read(&e->gauges, gauges_add(&e->gauges, EVIL, GAUGE_COUNT), S, 3);
    run->snapshot.findings = &e->findings;
    run->snapshot.knee = &e->knee;
    run->snapshot.gauges = &e->gauges;
    make_failures(e);
    e->against = evil_comparison(&e->base, &e->figure);
    run->report.against = e->against;
}

static void evil_close(EvilRun *e) {
    free_comparison(e->against, &e->base);
    failures_close(&e->failures);
    gauges_close(&e->gauges);
    run_close(&e->run);
}

static void hostile_texts_stay_texts(void **state) {
    EvilRun e;
    Text t = { 0 };
    (void)state;
    evil_open(&e);
    report_html(&e.run.report, &t);
    is_clean(&t);
    has_only_our_tags(t.bytes);
    says(&t, "&quot;&#39;&lt;/script&gt;&lt;img src=x");
    says(&t, "requests/s, baseline");
    text_close(&t);
    evil_close(&e);
}

/* Cells of a row, by the bars that no backslash hides. */
static size_t bars_of(const char *line, size_t n) {
    size_t bars = 0;
    for (size_t i = 0; i < n; i++)
        bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\');
    return bars;
}

static void hostile_texts_break_no_table(void **state) {
    EvilRun e;
    Text t = { 0 };
    size_t want = 0, rows = 0;
    (void)state;
    evil_open(&e);
    report_markdown(&e.run.report, &t);
    is_clean(&t);
    for (const char *s = t.bytes; *s;) {
        size_t n = strcspn(s, "\n");
        if (*s == '|') {
            want = want ? want : bars_of(s, n);
            assert_int_equal(bars_of(s, n), want);
            rows++;
        } else {
            want = 0;
        }
        s += n + (s[n] == '\n');
    }
    assert_true(rows > 30);
    run_is_golden("hostile.md", &t);
    text_close(&t);
    evil_close(&e);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markdown_keeps_texts),
        cmocka_unit_test(markdown_keeps_code),
        cmocka_unit_test(html_keeps_texts),
        cmocka_unit_test(the_markdown),
        cmocka_unit_test(a_run_without_anything),
        cmocka_unit_test(requests_have_charts),
        cmocka_unit_test(a_search_is_told),
        cmocka_unit_test(steps_of_load_are_told),
        cmocka_unit_test(a_saved_run_keeps_its_verdict),
        cmocka_unit_test(curves_are_the_run),
        cmocka_unit_test(heat_counts_requests),
        cmocka_unit_test(hostile_texts_stay_texts),
        cmocka_unit_test(hostile_texts_break_no_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
