/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "report/forms.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/mem.h"
#include "base/units.h"
#include "report/k6.h"

typedef struct Suite {
    Text cases;
    unsigned tests, failures, errors, skipped;
} Suite;

/* --- XML ---------------------------------------------------------------- */

/* Cleaned for a terminal there are no control bytes left; XML 1.0 has no
 * place for U+FFFE and U+FFFF either (EF BF BE, EF BF BF in UTF-8). */
static void add_clean(const char *s, Text *to) {
    for (; *s; s++) {
        if (*s == '&')
            text_adds(to, "&amp;");
        else if (*s == '<')
            text_adds(to, "&lt;");
        else if (*s == '>')
            text_adds(to, "&gt;");
        else if (*s == '"')
            text_adds(to, "&quot;");
        else if (text_starts(s, "\xef\xbf\xbe") ||
                 text_starts(s, "\xef\xbf\xbf"))
            text_adds(to, "\xef\xbf\xbd"), s += 2;
        else
            text_add(to, s, 1);
    }
}

static void add_escaped(const char *text, Text *to) {
    size_t n = strlen(text), size = 3 * n + 1;
    char *clean = mem_alloc(size, 1);
    add_clean(text_clean(clean, size, text, n), to);
    free(clean);
}

static void add_attribute(const char *name, const char *value, Text *to) {
    text_addf(to, " %s=\"", name);
    add_escaped(value, to);
    text_adds(to, "\"");
}

/* --- cases -------------------------------------------------------------- */

/* How a case ended: the element's name, and its type. */
typedef enum Outcome { PASSED, FAILED, ERROR, SKIPPED } Outcome;
static const char *const elements[] = { "", "failure", "error", "skipped" };

static void add_case(Suite *s, const char *class, const char *name,
                     Outcome outcome, const char *type, const char *message) {
    Text *to = &s->cases;
    s->tests++;
    s->failures += outcome == FAILED;
    s->errors += outcome == ERROR;
    s->skipped += outcome == SKIPPED;
    text_adds(to, "  <testcase");
    add_attribute("classname", class, to);
    add_attribute("name", name, to);
    text_adds(to, " time=\"0\"");
    if (outcome == PASSED) {
        text_adds(to, "/>\n");
        return;
    }
    text_addf(to, ">\n    <%s", elements[outcome]);
    if (outcome == SKIPPED) { /* by Ant's schema it has no attributes */
        text_adds(to, ">");
        add_escaped(message, to);
        text_adds(to, "</skipped>\n  </testcase>\n");
        return;
    }
    add_attribute("type", type, to);
    add_attribute("message", message, to);
    text_adds(to, "/>\n  </testcase>\n");
}

static void add_verdict(Suite *s, const Report *r) {
    ReportEnd end = report_end(r);
    Text message = { 0 };
    Outcome outcome = end.is_cut                 ? ERROR
                      : end.status == EXIT_HELD   ? PASSED
                      : end.status == EXIT_BROKEN ||
                                end.status == EXIT_REGRESSED
                          ? FAILED
                          : ERROR;
    if (end.is_cut)
        text_adds(&message, end.words);
    else
        text_addf(&message, "%s (exit status %d)", end.words, end.status);
    add_case(s, "run", "verdict", outcome, end.is_cut ? "cut off" : "verdict",
             message.bytes);
    text_close(&message);
}

static void add_threshold(Suite *s, const ThresholdReading *t) {
    const Threshold *threshold = t->threshold;
    Text name = { 0 }, message = { 0 };
    bool is_undecided = t->verdict == VERDICT_UNDECIDED;
    k6_name(&threshold->condition.metric, threshold->condition.of, &name);
    text_addf(&name, ": %s", threshold->text);
    if (is_undecided)
        text_addf(&message, "undecided: no samples; the limit is %.10g",
                  threshold->condition.limit);
    else
        text_addf(&message, "the value is %.6g, the limit %.10g", t->value,
                  threshold->condition.limit);
    if (is_undecided && threshold->optional)
        text_adds(&message, "; it is optional");
    Outcome outcome = t->verdict == VERDICT_HOLDS    ? PASSED
                      : t->verdict == VERDICT_BROKEN ? FAILED
                      : threshold->optional          ? SKIPPED
                                                     : ERROR;
    add_case(s, "thresholds", name.bytes, outcome,
             is_undecided ? "undecided" : "broken", message.bytes);
    text_close(&name);
    text_close(&message);
}

static void add_check(Suite *s, const Snapshot *now, size_t i) {
    const CheckSlab *c = &now->totals->checks[i];
    size_t series = snapshot_series_of(now, now->check_requests[i]);
    Text name = { 0 }, message = { 0 };
    uint64_t all = c->passed + c->failed;
    if (series < now->series_count)
        text_addf(&name, "%s: ", now->series[series].series->name);
    text_adds(&name, now->check_names[i]);
    if (all)
        text_addf(&message, "%llu of %llu failed (%.3g %%)",
                  (unsigned long long)c->failed, (unsigned long long)all,
                  100 * (double)c->failed / (double)all);
    else
        text_adds(&message, "there was nothing to check");
    add_case(s, "checks", name.bytes,
             c->failed ? FAILED
             : all     ? PASSED
                       : SKIPPED,
             c->failed ? "check" : "no samples", message.bytes);
    text_close(&name);
    text_close(&message);
}

/* --- the suite ---------------------------------------------------------- */

static void add_property(const char *name, const char *value, Text *to) {
    text_adds(to, "    <property");
    add_attribute("name", name, to);
    add_attribute("value", value ? value : "", to);
    text_adds(to, "/>\n");
}

static void add_properties(const Report *r, Text *to) {
    Text seed = { 0 };
    text_addf(&seed, "%llu", (unsigned long long)r->info->seed);
    text_adds(to, "  <properties>\n");
    add_property("onrush", PACKAGE_VERSION, to);
    add_property("target", r->info->target, to);
    add_property("kind", r->info->kind, to);
    add_property("seed", seed.bytes, to);
    text_adds(to, "  </properties>\n");
    text_close(&seed);
}

static void add_suite(const Report *r, const Suite *s, Text *to) {
    struct utsname u;
    struct tm tm = { 0 };
    char when[64] = "";
    bool has_host = uname(&u) == 0 && *u.nodename;
    gmtime_r(&r->started, &tm);
    /* UTC, without saying so: the schema of Ant's allows no zone. */
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &tm);
    text_adds(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite");
    add_attribute("name", *r->info->name ? r->info->name : "onrush", to);
    add_attribute("timestamp", when, to);
    add_attribute("hostname", has_host ? u.nodename : "localhost", to);
    text_addf(to,
              " tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\""
              " time=\"%.3f\">\n",
              s->tests, s->failures, s->errors, s->skipped,
              (double)r->snapshot->now_ns / 1e9);
    add_properties(r, to);
    text_adds(to, s->cases.bytes);
    text_adds(to, "  <system-out/>\n  <system-err/>\n</testsuite>\n");
}

void report_junit(const Report *r, Text *to) {
    const Snapshot *now = r->snapshot;
    Suite s = { 0 };
    add_verdict(&s, r);
    for (size_t i = 0; i < now->threshold_count; i++)
        add_threshold(&s, &now->thresholds[i]);
    for (size_t i = 0; i < now->totals->check_count; i++)
        add_check(&s, now, i);
    add_suite(r, &s, to);
    text_close(&s.cases);
}
