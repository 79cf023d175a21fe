/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report_run.h"

#include "report/forms.h"

/* What HdrHistogram 2.1.11 (Java, outputPercentileDistribution with a ratio of
 * 1e6) prints of the run's thirteen samples; without the line of the mean,
 * which it takes from the middles of its counters. */
static const char hdrhistograms[] =
    "       Value     Percentile TotalCount 1/(1-Percentile)\n"
    "\n"
    "      10.002 0.000000000000          6           1.00\n"
    "      10.002 0.100000000000          6           1.11\n"
    "      10.002 0.200000000000          6           1.25\n"
    "      10.002 0.300000000000          6           1.43\n"
    "      10.002 0.400000000000          6           1.67\n"
    "      11.002 0.500000000000          7           2.00\n"
    "      15.008 0.550000000000          8           2.22\n"
    "      15.008 0.600000000000          8           2.50\n"
    "      20.005 0.650000000000          9           2.86\n"
    "     100.008 0.700000000000         11           3.33\n"
    "     100.008 0.750000000000         11           4.00\n"
    "     100.008 0.775000000000         11           4.44\n"
    "     100.008 0.800000000000         11           5.00\n"
    "     100.008 0.825000000000         11           5.71\n"
    "     300.155 0.850000000000         12           6.67\n"
    "     300.155 0.875000000000         12           8.00\n"
    "     300.155 0.887500000000         12           8.89\n"
    "     300.155 0.900000000000         12          10.00\n"
    "     300.155 0.912500000000         12          11.43\n"
    "    1000.342 0.925000000000         13          13.33\n"
    "    1000.342 1.000000000000         13\n"
    "#[Max     =     1000.342, Total count    =           13]\n"
    "#[Buckets =           32, SubBuckets     =         2048]\n";

/* Takes the line that begins with `mark` out; its number behind " = ". */
static double cut_line(Text *t, const char *mark) {
    char *line = strstr(t->bytes, mark);
    assert_non_null(line);
    double value = strtod(strstr(line, "= ") + 2, NULL);
    char *end = strchr(line, '\n') + 1;
    memmove(line, end, strlen(end) + 1);
    return value;
}

static void the_distribution_is_hdrhistograms(void **state) {
    (void)state;
    Run run;
    Text t = { 0 };
    run_open_whole(&run);
    report_hgrm(&run.report, &t);
    assert_near(cut_line(&t, "#[Mean"), 1606.0 / 13, 0.0005);
    assert_string_equal(t.bytes, hdrhistograms);
    text_close(&t);
    run_close(&run);
}

static void nothing_measured_has_no_distribution(void **state) {
    (void)state;
    Run run;
    Text t = { 0 };
    run_open(&run);
    run_finish(&run);
    report_hgrm(&run.report, &t);
    assert_non_null(strstr(t.bytes, "1/(1-Percentile)\n\n#[Mean    =        "
                                    "0.000, StdDeviation"));
    text_clear(&t);
    report_csv(&run.report, &t);
    assert_non_null(strstr(t.bytes, ",dropped\r\n"));
    assert_true(t.bytes[t.length - 1] == '\n' &&
                strchr(t.bytes, '\n') == t.bytes + t.length - 1);
    text_close(&t);
    run_close(&run);
}

static void rows_are_seconds_and_the_rest(void **state) {
    (void)state;
    Run run;
    Text t = { 0 };
    run_open_whole(&run);
    report_csv(&run.report, &t);
    /* 0..1 s: 10, 15 and 20 ms; nothing in the second after it; then the 0.3 s
     * in which the run ended */
    assert_non_null(strstr(t.bytes, "\r\n0,1,"));
    assert_non_null(strstr(t.bytes, ",3,3,0,0,15.0"));
    const char *silent = strstr(t.bytes, "\r\n1,1,");
    assert_non_null(silent);
    assert_non_null(strstr(silent, ",0,0,0,,,,,,,0,0\r\n"));
    const char *rest = strstr(t.bytes, "\r\n12,0.3,");
    assert_non_null(rest);
    assert_non_null(strstr(rest, ",1,0,0,11.0"));
    assert_true(text_starts(rest + strlen(rest) - 2, "\r\n"));
    text_close(&t);
    run_close(&run);
}

static void a_run_that_was_cut_off_is_an_error(void **state) {
    (void)state;
    Run run;
    Text t = { 0 };
    run_open_whole(&run);
    ReportEnd cut = { true, 0, "unfinished: <the journal> ends at 00:12" };
    run.report.end = &cut;
    report_junit(&run.report, &t);
    assert_non_null(strstr(t.bytes,
                           "name=\"verdict\" time=\"0\">\n    <error "
                           "type=\"cut off\" message=\"unfinished: &lt;the "
                           "journal&gt; ends at 00:12\"/>"));
    json_t *all = run_summary(&run);
    assert_true(json_truth_at(all, "onrush/cut_off"));
    assert_true(json_is_null(json_at(all, "onrush/exit/status")));
    assert_string_equal(json_text_at(all, "onrush/exit/words"), cut.words);
    json_decref(all);
    text_close(&t);
    run_close(&run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_distribution_is_hdrhistograms),
        cmocka_unit_test(nothing_measured_has_no_distribution),
        cmocka_unit_test(rows_are_seconds_and_the_rest),
        cmocka_unit_test(a_run_that_was_cut_off_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
