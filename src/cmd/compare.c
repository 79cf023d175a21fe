/* SPDX-License-Identifier: GPL-3.0-or-later */
/* onrush compare: has anything become worse than in the base? */
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/baseline.h"
#include "cmd/cmd.h"
#include "cmd/compare_rules.h"
#include "report/compared.h"
#include "report/report.h"

#define COLUMNS 100

typedef struct Work {
    const Options *o;
    Results *base, **now;
    Comparison **items;
    size_t count;
} Work;

/* A file or folder, else a run of the history. */
static Results *results_named(const char *name, Err *err) {
    struct stat st;
    bool is_path = text_equal(name, "-") || strchr(name, '/') ||
                   stat(name, &st) == 0;
    if (is_path)
        return results_read(name, err);
    Results *r = baseline_named(name, NULL, err);
    if (!r)
        baseline_say_no_file(name, err);
    return r;
}

static Results *read_one(const char *name) {
    Err err = { 0 };
    Results *r = results_named(name, &err);
    if (!r)
        text_to(stderr, "onrush compare: %s\n", err.text);
    return r;
}

/* There is one standard input. */
static int check_inputs(const Options *o) {
    size_t inputs = 0;
    for (size_t i = 0; i < o->compared_count; i++)
        inputs += text_equal(o->compared[i], "-");
    if (inputs > 1)
        text_to(stderr, "onrush compare: '-' is standard input, which can be "
                        "read only once\n");
    return inputs > 1 ? -1 : 0;
}

static int read_all(Work *w) {
    if (check_inputs(w->o) < 0)
        return -1;
    size_t n = w->o->compared_count - 1;
    w->now = mem_alloc(n, sizeof *w->now);
    w->items = mem_alloc(n, sizeof(Comparison *));
    w->base = read_one(w->o->compared[0]);
    for (size_t i = 0; i < n && w->base; i++) {
        w->now[i] = read_one(w->o->compared[i + 1]);
        if (!w->now[i])
            return -1;
        w->count++;
    }
    return w->base ? 0 : -1;
}

static int columns_now(void) {
    struct winsize s;
    bool is_known = isatty(STDOUT_FILENO) &&
                    ioctl(STDOUT_FILENO, TIOCGWINSZ, &s) == 0 && s.ws_col;
    return is_known ? s.ws_col : COLUMNS;
}

static void print(const Work *w, const ComparedList *l, Text *to) {
    if (w->o->json) {
        compared_json(l, to);
    } else if (w->o->md) {
        compared_md(l, to);
    } else {
        Page p = { .to = to,
                   .colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR"),
                   .ascii = !text_equal(nl_langinfo(CODESET), "UTF-8"),
                   .columns = columns_now() };
        compared_text(l, &p);
    }
}

static int write_page(const Work *w, const ComparedList *l) {
    Text page = { 0 };
    Err err = { 0 };
    if (!w->o->html)
        return 0;
    compared_html(l, &page);
    int rc = file_write(w->o->html, page.bytes, page.length, &err);
    if (rc < 0)
        text_to(stderr, "onrush compare: %s\n", err.text);
    text_close(&page);
    return rc;
}

static ExitStatus tell(Work *w, const CompareRules *rules) {
    ComparedList l = { (const Comparison *const *)w->items, w->count };
    Text text = { 0 };
    bool is_worse = false;
    for (size_t i = 0; i < w->count; i++) {
        w->items[i] = comparison_new(w->base, w->now[i], rules);
        is_worse |= w->items[i]->regressed > 0;
    }
    print(w, &l, &text);
    fputs(text.bytes, stdout);
    text_close(&text);
    bool was_written = write_page(w, &l) == 0;
    if (fflush(stdout) != 0 || ferror(stdout)) {
        text_to(stderr, "onrush compare: the output could not be written\n");
        was_written = false;
    }
    return !was_written ? EXIT_UNEXPECTED
           : is_worse   ? EXIT_REGRESSED
                        : EXIT_HELD;
}

static ExitStatus compare(Work *w) {
    Options by_profile = *w->o;
    CompareLimits limits;
    Profile p;
    bool has_profile = w->o->limits_profile != NULL;
    by_profile.profile = w->o->limits_profile;
    if (has_profile && options_read_profile(&by_profile, &p, "") < 0)
        return EXIT_USAGE;
    compare_limits_open(&limits, w->o, has_profile ? &p : NULL);
    ExitStatus status =
        read_all(w) < 0 ? EXIT_USAGE : tell(w, &limits.rules);
    compare_limits_close(&limits);
    if (has_profile)
        profile_close(&p);
    return status;
}

int cmd_compare(int argc, char **argv) {
    Options o;
    Work w = { .o = &o };
    int rc = options_read(&o, OPTIONS_COMPARE, argc, argv);
    if (rc)
        return rc < 0 ? EXIT_USAGE : EXIT_HELD;
    ExitStatus status = compare(&w);
    for (size_t i = 0; i < w.count; i++) {
        comparison_free(w.items[i]);
        results_free(w.now[i]);
    }
    results_free(w.base);
    free(w.items);
    free(w.now);
    return (int)status;
}
