/* SPDX-License-Identifier: GPL-3.0-or-later */
/* onrush baseline: the run that later ones of a profile are held against. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/past.h"
#include "cmd/past_list.h"
#include "report/report.h"

typedef struct Work {
    const Options *o;
    History *h;
    Err err;
} Work;

/* --- names -------------------------------------------------------------- */

static bool note_run(void *data, const HistoryRun *run) {
    text_adds(data, run->name);
    return false;
}

static void run_name(Work *w, int64_t id, Text *to) {
    history_list(w->h, &(HistoryQuery){ .id = id }, note_run, to, NULL);
}

typedef struct Only {
    Text profile;
    size_t count;
} Only;

static bool note_profile(void *data, const char *profile, int64_t id) {
    Only *only = data;
    (void)id;
    text_addf(&only->profile, "%s%s", only->count++ ? ", " : "", profile);
    return true;
}

/* --profile, or the one that has a baseline. */
static char *which(Work *w) {
    Only only = { 0 };
    if (w->o->for_profile)
        return mem_dup_text(w->o->for_profile);
    int rc = history_baselines(w->h, note_profile, &only, &w->err);
    if (rc == 0 && only.count == 1)
        return text_take(&only.profile);
    if (rc == 0 && only.count == 0)
        err_set(&w->err, "there is no baseline; onrush baseline set RUN sets "
                         "one");
    else if (rc == 0)
        err_set(&w->err, "which one? --profile NAME, one of: %s",
                only.profile.bytes);
    text_close(&only.profile);
    return NULL;
}

/* --- verbs -------------------------------------------------------------- */

static int set(Work *w) {
    char *of = NULL;
    int64_t id = 0;
    if (past_id(w->h, w->o->words[1], NULL, &id, &of, &w->err) < 0) {
        free(of);
        return -1;
    }
    const char *profile = w->o->for_profile ? w->o->for_profile : of;
    int rc = *profile ? history_set_baseline(w->h, profile, id, &w->err)
                      : err_set(&w->err, "%s does not say of which profile it "
                                         "is: name one with --profile",
                                w->o->words[1]);
    if (rc == 0) {
        Text name = { 0 };
        char clean[200];
        run_name(w, id, &name);
        text_clean(clean, sizeof clean, profile, strlen(profile));
        text_to(stdout, "the baseline of %s is %s\n", clean, name.bytes);
        text_close(&name);
    }
    free(of);
    return rc;
}

static bool add_row(void *data, const HistoryRun *run) {
    past_table_add(data, run);
    return true;
}

static int show(Work *w) {
    int64_t id = 0;
    char *profile = which(w);
    int rc = profile ? history_baseline(w->h, profile, &id, &w->err) : -1;
    if (rc == 0 && !id)
        rc = err_set(&w->err, "the profile %s has no baseline; onrush baseline "
                              "set RUN sets one", profile);
    free(profile);
    if (rc < 0)
        return -1;
    Text text = { 0 };
    Page page = past_page(&text);
    PastTable table;
    past_table_begin(&table, &page);
    rc = history_list(w->h, &(HistoryQuery){ .id = id }, add_row, &table,
                      &w->err);
    past_table_print(&table, &page);
    past_page_end(&page);
    return rc;
}

static int clear(Work *w) {
    int64_t id = 0;
    char *profile = which(w);
    int rc = profile ? history_baseline(w->h, profile, &id, &w->err) : -1;
    if (rc == 0 && !id)
        rc = err_set(&w->err, "the profile %s has no baseline", profile);
    if (rc == 0)
        rc = history_set_baseline(w->h, profile, 0, &w->err);
    if (rc == 0)
        text_to(stdout,
                "%s has no baseline any more; the run stays in the history\n",
               profile);
    free(profile);
    return rc;
}

typedef struct List {
    Work *w;
    Table table;
} List;

static bool add_baseline(void *data, const char *profile, int64_t id) {
    List *l = data;
    Text name = { 0 };
    run_name(l->w, id, &name);
    table_add(&l->table, TONE_PLAIN, profile);
    table_add(&l->table, TONE_PLAIN, name.bytes ? name.bytes : "-");
    text_close(&name);
    return true;
}

static int list(Work *w) {
    static const TableColumn columns[] = { { "profile", false, 0 },
                                           { "baseline", false, 0 } };
    Text text = { 0 };
    Page page = past_page(&text);
    List l = { .w = w, .table = { columns, 2, NULL, 0, 0 } };
    int rc = history_baselines(w->h, add_baseline, &l, &w->err);
    bool is_empty = l.table.count == 0;
    if (!is_empty)
        table_print(&l.table, &page, 0);
    past_page_end(&page);
    if (rc == 0 && is_empty)
        puts("there is no baseline; onrush baseline set RUN sets one");
    return rc;
}

/* --- which -------------------------------------------------------------- */

static const struct {
    const char *name;
    size_t words; /* behind it */
    HistoryUse use;
    int (*run)(Work *w);
} verbs[] = {
    { "set", 1, HISTORY_WRITE, set },
    { "show", 0, HISTORY_READ, show },
    { "clear", 0, HISTORY_WRITE, clear },
    { "list", 0, HISTORY_READ, list },
};
#define VERBS (sizeof verbs / sizeof *verbs)

static int perform(const Options *o, size_t verb) {
    Work w = { .o = o };
    w.h = past_history(verbs[verb].use, &w.err);
    int rc = w.h ? verbs[verb].run(&w) : -1;
    history_close(w.h);
    if (rc < 0)
        text_to(stderr, "onrush baseline: %s\n", w.err.text);
    return rc < 0 ? EXIT_UNEXPECTED : EXIT_HELD;
}

int cmd_baseline(int argc, char **argv) {
    Options o;
    int rc = options_read(&o, OPTIONS_BASELINE, argc, argv);
    if (rc)
        return rc < 0 ? EXIT_USAGE : EXIT_HELD;
    if (o.word_count == 0)
        return perform(&o, VERBS - 1);
    for (size_t i = 0; i < VERBS; i++)
        if (text_equal(o.words[0], verbs[i].name) &&
            o.word_count == 1 + verbs[i].words)
            return perform(&o, i);
    fputs("onrush baseline: what? One of: set RUN, show, clear, list\n",
          stderr);
    return EXIT_USAGE;
}
