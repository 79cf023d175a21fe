/* SPDX-License-Identifier: GPL-3.0-or-later */
/* onrush history: the runs that were made, one of them, or older ones taken
 * in. */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/text.h"
#include "base/units.h"
#include "cmd/baseline.h"
#include "cmd/cmd.h"
#include "cmd/past.h"
#include "cmd/past_list.h"
#include "report/out.h"
#include "report/report.h"

#define LIMIT 20

static int fail(const Err *err) {
    text_to(stderr, "onrush history: %s\n", err->text);
    return EXIT_UNEXPECTED;
}

static int wrong(const char *text) {
    text_to(stderr, "onrush history: %s\n", text);
    return EXIT_USAGE;
}

/* --- all ---------------------------------------------------------------- */

static bool add_row(void *data, const HistoryRun *run) {
    past_table_add(data, run);
    return true;
}

static bool add_json(void *data, const HistoryRun *run) {
    out_add(data, past_json(run));
    return true;
}

static int list_json(History *h, const HistoryQuery *q, Err *err) {
    out_begin();
    json_t *all = json_array();
    int rc = history_list(h, q, add_json, all, err);
    Text t = { 0 };
    out_print(all, JSON_INDENT(2), &t);
    if (rc == 0)
        fputs(t.bytes, stdout);
    text_close(&t);
    return rc;
}

static int list_table(History *h, const HistoryQuery *q, Err *err) {
    Text text = { 0 };
    Page page = past_page(&text);
    PastTable table;
    past_table_begin(&table, &page);
    int rc = history_list(h, q, add_row, &table, err);
    bool is_empty = table.count == 0;
    past_table_print(&table, &page);
    past_page_end(&page);
    if (rc == 0 && is_empty)
        text_to(stdout,
                "no runs%s%s; onrush run adds one, onrush history import "
               "FOLDER takes in older ones\n",
               q->profile ? " of this profile" : "",
               q->since ? " since then" : "");
    return rc;
}

static int list(const Options *o) {
    Err err = { 0 };
    HistoryQuery q = { .profile = o->for_profile,
                       .limit = o->newest ? (size_t)o->newest : LIMIT };
    if (o->since && past_since(o->since, time(NULL), &q.since, &err) < 0)
        return wrong(err.text);
    History *h = past_history(HISTORY_READ, &err);
    int rc = !h ? -1 : o->json ? list_json(h, &q, &err)
                               : list_table(h, &q, &err);
    history_close(h);
    return rc < 0 ? fail(&err) : EXIT_HELD;
}

/* --- one ---------------------------------------------------------------- */

static bool show_head(void *data, const HistoryRun *run) {
    Page *p = data;
    char when[PAST_TIME_MAX];
    UnitsText length;
    struct stat st;
    page_add(p, TONE_BOLD, run->name);
    page_addf(p, TONE_PLAIN, "  %s  %s", past_time(when, run->started),
              units_span(length, run->duration_ms > 0
                                     ? (uint64_t)(run->duration_ms * 1e6)
                                     : 0));
    page_end(p);
    page_addf(p, TONE_PLAIN, "%s %s %s", run->profile,
              p->ascii ? "->" : "→", run->target);
    page_end(p);
    page_addf(p, TONE_PLAIN, "%s%s%s%s",
              *run->words ? run->words : past_verdict(run->status),
              run->was_steered ? "; steered by hand" : "",
              run->is_generator_bound ? "; the generator was the limit" : "",
              run->is_baseline ? "; a baseline" : "");
    page_end(p);
    page_addf(p, TONE_DIM, "%s%s", run->path,
              stat(run->path, &st) == 0 ? "" : " (no longer there)");
    page_end(p);
    return false;
}

static void show_figures(const Results *r, Page *p) {
    static const TableColumn columns[] = { { NULL, false, 0 },
                                           { NULL, true, 0 } };
    Table t = { columns, 2, NULL, 0, 0 };
    size_t parts = 0;
    for (size_t i = 0; i < r->figure_count; i++) {
        const Figure *f = &r->figures[i];
        char value[64];
        if (strchr(f->name, '{')) {
            parts++;
            continue;
        }
        table_add(&t, TONE_PLAIN, f->name);
        table_add(&t, TONE_PLAIN, past_value(value, f->unit, f->value));
    }
    page_end(p);
    table_print(&t, p, 0);
    if (parts)
        page_addf(p, TONE_DIM, "and %zu of single requests, scenarios or "
                               "variants: --json has them", parts);
    if (parts)
        page_end(p);
}

static int show_text(History *h, int64_t id, const char *summary, Err *err) {
    Text text = { 0 };
    Page page = past_page(&text);
    int rc = history_list(h, &(HistoryQuery){ .id = id }, show_head, &page,
                          err);
    Results *r = rc == 0 ? results_parse(summary, strlen(summary), "the stored "
                                         "summary", err) : NULL;
    if (r)
        show_figures(r, &page);
    results_free(r);
    past_page_end(&page);
    return r ? 0 : -1;
}

/* As it was saved, but that what a terminal would obey (C1) or turn round
 * (bidi) is written with an escape: a summary may be another program's. In
 * JSON such a character stands in strings only. */
static void print_stored(const char *json) {
    const unsigned char *s = (const unsigned char *)json;
    for (; *s; s++) {
        unsigned code = 0;
        if (s[0] == 0xc2 && s[1] >= 0x80 && s[1] <= 0x9f)
            code = s[1];
        else if (s[0] == 0xe2 && (s[1] == 0x80 || s[1] == 0x81) && s[2])
            code = 0x2000u | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu);
        bool is_bidi = code == 0x200e || code == 0x200f ||
                       (code >= 0x202a && code <= 0x202e) ||
                       (code >= 0x2066 && code <= 0x2069);
        if (*s == 0x7f) {
            fputs("\\u007f", stdout);
        } else if (is_bidi || (code >= 0x80 && code <= 0x9f)) {
            text_to(stdout, "\\u%04x", code);
            s += code > 0x9f ? 2 : 1;
        } else {
            putchar(*s);
        }
    }
}

static int show(const Options *o) {
    Err err = { 0 };
    int64_t id = 0;
    History *h = past_history(HISTORY_READ, &err);
    int rc = h ? history_find(h, o->words[1], o->for_profile, &id, &err) : -1;
    char *summary = rc == 0 ? history_summary(h, id, &err) : NULL;
    if (summary && o->json)
        print_stored(summary);
    else if (summary)
        rc = show_text(h, id, summary, &err);
    rc = summary ? rc : -1;
    free(summary);
    history_close(h);
    return rc < 0 ? fail(&err) : EXIT_HELD;
}

/* --- older ones --------------------------------------------------------- */

typedef struct Import {
    History *h;
    size_t added, there, failed;
} Import;

static void import_one(Import *i, const char *path) {
    Err err = { 0 };
    PastRun p;
    HistoryAdded to = { 0 };
    if (past_read(&p, path, &err) < 0) {
        text_to(stderr, "onrush history: %s\n", err.text);
        i->failed++;
        return;
    }
    if (history_add(i->h, &p.run, p.summary.bytes, &to, &err) < 0) {
        text_to(stderr, "onrush history: %s\n", err.text);
        i->failed++;
    } else if (to.was_there) {
        i->there++;
    } else {
        i->added++;
    }
    past_close(&p);
}

static bool has_summary(const char *folder) {
    Text t = { 0 };
    struct stat st;
    text_addf(&t, "%s/summary.json", folder);
    bool is_there = stat(t.bytes, &st) == 0;
    text_close(&t);
    return is_there;
}

/* A run's folder, a summary, or a folder of such folders. */
static void import_path(Import *i, const char *path) {
    struct stat st;
    size_t before = i->added + i->there + i->failed;
    DIR *d = stat(path, &st) == 0 && S_ISDIR(st.st_mode) && !has_summary(path)
                 ? opendir(path)
                 : NULL;
    if (!d) {
        import_one(i, path);
        return;
    }
    for (struct dirent *x; (x = readdir(d));) {
        Text below = { 0 };
        text_addf(&below, "%s/%s", path, x->d_name);
        if (x->d_name[0] != '.' && has_summary(below.bytes))
            import_one(i, below.bytes);
        text_close(&below);
    }
    closedir(d);
    if (i->added + i->there + i->failed > before)
        return;
    text_to(stderr, "onrush history: %s: neither a folder of a run nor one "
                    "that has such folders\n", path);
    i->failed++;
}

static int import(const Options *o) {
    Err err = { 0 };
    Import i = { .h = past_history(HISTORY_WRITE, &err) };
    if (!i.h)
        return fail(&err);
    for (size_t k = 1; k < o->word_count; k++)
        import_path(&i, o->words[k]);
    history_close(i.h);
    text_to(stdout, "%zu run%s added, %zu %s there already\n", i.added,
           i.added == 1 ? "" : "s", i.there, i.there == 1 ? "was" : "were");
    return i.failed ? EXIT_UNEXPECTED : EXIT_HELD;
}

/* --- which -------------------------------------------------------------- */

static const struct {
    const char *name, *usage;
    size_t least, most; /* words, its own too */
    int (*run)(const Options *o);
} verbs[] = {
    { "show", "show RUN: one run, by name, id or last", 2, 2, show },
    { "import", "import DIR...: one folder or more", 2, SIZE_MAX, import },
};
#define VERBS (sizeof verbs / sizeof *verbs)

int cmd_history(int argc, char **argv) {
    Options o;
    const char *names[VERBS];
    int rc = options_read(&o, OPTIONS_HISTORY, argc, argv);
    if (rc)
        return rc < 0 ? EXIT_USAGE : EXIT_HELD;
    if (o.word_count == 0)
        return list(&o);
    for (size_t i = 0; i < VERBS; i++) {
        names[i] = verbs[i].name;
        if (!text_equal(o.words[0], names[i]))
            continue;
        if (o.word_count < verbs[i].least || o.word_count > verbs[i].most)
            return wrong(verbs[i].usage);
        return verbs[i].run(&o);
    }
    const char *near = text_nearest(o.words[0], names, VERBS);
    text_to(stderr, "onrush history: '%s' is neither show nor import%s%s%s\n",
            o.words[0], near ? "; did you mean '" : "", near ? near : "",
            near ? "'?" : "");
    return EXIT_USAGE;
}
