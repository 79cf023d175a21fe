/* SPDX-License-Identifier: GPL-3.0-or-later */
/* onrush gate: a run for a pipeline: compared with the baseline, told as
 * Markdown, judged by the exit status. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "cmd/baseline.h"
#include "cmd/cmd.h"
#include "cmd/compare_rules.h"
#include "cmd/repeat.h"
#include "cmd/session.h"
#include "report/compared.h"
#include "report/markdown.h"
#include "report/report.h"

#define SUMMARY_MOST (64u << 20)

static const char how[] =
    "make one with --save-baseline FILE and name it with --baseline FILE, or "
    "choose a run with onrush baseline set RUN";

/* 0: *base is the baseline, or NULL without one. -1: nothing is to run. */
static int find_baseline(const Options *o, const Profile *p, Results **base) {
    Err err = { 0 };
    *base = baseline_results(o, p, &err);
    if (*base || !(*err.text || o->require_baseline))
        return 0;
    if (!*err.text)
        text_to(stderr, "onrush gate: there is no baseline for '%s': %s\n",
                p->name, how);
    else if (o->baseline)
        text_to(stderr, "onrush gate: %s\n", err.text);
    else
        text_to(stderr, "onrush gate: whether '%s' has a baseline cannot be "
                        "read: %s; or run without one: --no-history\n",
                p->name, err.text);
    text_to(stderr, "nothing was sent\n");
    return -1;
}

static int run_load(const Options *o, const Profile *p, Text *dir) {
    if (!o->repeat) {
        const SessionExtras x = { .to = stderr, .dir = dir, .is_gate = true };
        return session_run(o, p, &x);
    }
    Repeat all = { 0 };
    int rc = repeat_run(o, stderr, &all, dir);
    repeat_close(&all);
    return rc;
}

/* A run that failed by itself goes before whatever the comparison says. */
static void tell_run(const Profile *p, int run, bool is_alone, Text *to) {
    if ((run == EXIT_HELD || run == EXIT_REGRESSED) && !is_alone)
        return;
    text_adds(to, "### gate: the run ");
    if (run == EXIT_HELD)
        text_adds(to, "held");
    else
        text_addf(to, "failed with %d: %s", run,
                  report_exit_words((ExitStatus)run));
    if (is_alone) {
        text_adds(to, ", no baseline for ");
        markdown_code(to, p->name, false);
    }
    text_adds(to, is_alone ? "\n" : "\n\n");
}

/* Without a baseline there is nothing that could have become worse. */
static void tell_alone(const Options *o, const Profile *p, int run, Text *to) {
    tell_run(p, run, true, to);
    text_adds(to, "\n");
    if (run == EXIT_HELD && o->save_baseline) {
        text_adds(to, "this run becomes one: name it with --baseline ");
        markdown_code(to, o->save_baseline, false);
        text_adds(to, "\n");
    } else {
        text_addf(to, "%s\n", how);
    }
}

static ExitStatus compare(const Options *o, const Profile *p,
                          const Results *base, const char *dir, Text *to) {
    Err err = { 0 };
    CompareLimits limits;
    Results *now = results_read(dir, &err);
    if (!now) {
        text_to(stderr, "onrush gate: %s\n", err.text);
        return EXIT_UNEXPECTED;
    }
    compare_limits_open(&limits, o, p);
    Comparison *c = comparison_new(base, now, &limits.rules);
    const Comparison *items[] = { c };
    const ComparedList list = { items, 1 };
    compared_md(&list, to);
    ExitStatus status = c->regressed ? EXIT_REGRESSED : EXIT_HELD;
    comparison_free(c);
    compare_limits_close(&limits);
    results_free(now);
    return status;
}

/* Prints what is to be read, and writes it where that was asked for. */
static int tell(const Options *o, const Text *md) {
    Err err = { 0 };
    fputs(md->bytes, stdout);
    if (o->md_file && file_write(o->md_file, md->bytes, md->length, &err) < 0) {
        text_to(stderr, "onrush gate: %s\n", err.text);
        return -1;
    }
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    text_to(stderr, "onrush gate: the output could not be written\n");
    return -1;
}

static int save_baseline(const Options *o, const char *dir) {
    Text path = { 0 }, summary = { 0 };
    Err err = { 0 };
    text_addf(&path, "%s/%s", dir, o->repeat ? "repeat.json" : "summary.json");
    int rc = file_read(path.bytes, SUMMARY_MOST, &summary, &err);
    if (rc == 0)
        rc = file_write(o->save_baseline, summary.bytes, summary.length, &err);
    if (rc < 0)
        text_to(stderr, "onrush gate: no baseline was saved: %s\n", err.text);
    else
        text_to(stderr, "the baseline is in %s\n", o->save_baseline);
    text_close(&path);
    text_close(&summary);
    return rc;
}

static int judge(const Options *o, const Profile *p, const Results *base) {
    Text dir = { 0 }, md = { 0 };
    int run = run_load(o, p, &dir);
    ExitStatus compared = EXIT_HELD;
    if (!dir.length) {
        text_close(&dir);
        return run; /* it never began */
    }
    if (base) {
        tell_run(p, run, false, &md);
        compared = compare(o, p, base, dir.bytes, &md);
    } else {
        tell_alone(o, p, run, &md);
    }
    int status = run != EXIT_HELD ? run : (int)compared;
    if (md.length && tell(o, &md) < 0 && status == EXIT_HELD)
        status = EXIT_UNEXPECTED;
    if (o->save_baseline && status == EXIT_HELD &&
        save_baseline(o, dir.bytes) < 0)
        status = EXIT_UNEXPECTED;
    text_close(&dir);
    text_close(&md);
    return status;
}

int cmd_gate(int argc, char **argv) {
    Options o;
    Profile p;
    Results *base;
    int rc = options_read(&o, OPTIONS_GATE, argc, argv);
    if (rc)
        return rc < 0 ? EXIT_USAGE : EXIT_HELD;
    if (options_read_profile(&o, &p, "; nothing was sent") < 0)
        return EXIT_USAGE;
    o.headless = true;
    rc = find_baseline(&o, &p, &base) < 0 ? EXIT_USAGE : judge(&o, &p, base);
    results_free(base);
    profile_close(&p);
    return rc;
}
