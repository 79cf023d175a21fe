/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "micro.h"

#include <stdlib.h>
#include <string.h>

#include "history/history.h"

#define RUNS 10000
#define FIGURES 30
#define PROFILES 4 /* the runs of one are every fourth */
#define ROUNDS ((size_t)21)

typedef struct Bench {
    History *h;
    const char *path;
    size_t seen;
} Bench;

static bool see(void *data, const HistoryRun *run) {
    ((Bench *)data)->seen += run->figure_count > 0;
    return true;
}

/* --- what is measured --------------------------------------------------- */

static int list_last(Bench *b, Err *err) {
    return history_list(b->h, &(HistoryQuery){ .limit = 20 }, see, b, err);
}

static int find_baseline(Bench *b, Err *err) {
    int64_t id = 0;
    int rc = history_baseline(b->h, "profile-1", &id, err);
    char *summary = rc == 0 ? history_summary(b->h, id, err) : NULL;
    b->seen += summary != NULL;
    free(summary);
    return summary ? 0 : -1;
}

static int trend_of_all(Bench *b, Err *err) {
    return history_list(b->h, &(HistoryQuery){ .figure = "figure-7" }, see, b,
                        err);
}

static int trend_of_profile(Bench *b, Err *err) {
    return history_list(b->h,
                        &(HistoryQuery){ .figure = "figure-7",
                                         .profile = "profile-1" },
                        see, b, err);
}

static const struct {
    const char *name;
    int (*run)(Bench *b, Err *err);
    size_t want; /* runs seen */
} asked[] = {
    { "list_20_ms", list_last, 20 },
    { "baseline_ms", find_baseline, 1 },
    { "trend_all_ms", trend_of_all, RUNS },
    { "trend_profile_ms", trend_of_profile, RUNS / PROFILES },
};

/* --- a history ---------------------------------------------------------- */

static char *made_summary(void) {
    Text t = { 0 };
    for (int i = 0; i < 400; i++)
        text_addf(&t, "\"metric-%d\": {\"p(95)\": %d.%d},\n", i, i * 7919 % 997,
                  i * 104729 % 1000);
    return text_take(&t);
}

static int add_runs(Bench *b, Err *err) {
    char names[FIGURES][40], name[40], profile[40];
    HistoryFigure figures[FIGURES];
    char *summary = made_summary();
    int rc = 0;
    for (int i = 0; i < FIGURES; i++) {
        if (i < HISTORY_COMMON)
            snprintf(names[i], sizeof *names, "%s", history_common[i]);
        else
            snprintf(names[i], sizeof *names, "figure-%d", i);
        figures[i].name = names[i];
    }
    for (int i = 0; rc == 0 && i < RUNS; i++) {
        snprintf(name, sizeof name, "run-%d", i);
        snprintf(profile, sizeof profile, "profile-%d", i % PROFILES);
        for (int k = 0; k < FIGURES; k++)
            figures[k].value = i + k;
        HistoryRun run = { .name = name, .path = "/results", .profile = profile,
                           .kind = "load", .target = "http://127.0.0.1",
                           .started = 1700000000 + i * 60, .words = "held",
                           .figures = figures, .figure_count = FIGURES };
        rc = history_add(b->h, &run, summary, NULL, err);
    }
    free(summary);
    return rc == 0 ? history_set_baseline(b->h, "profile-1", 1002, err) : rc;
}

/* Opened anew each time, as a command does. */
static int ask(Bench *b, size_t which, double *took_ms, Err *err) {
    uint64_t began = clock_now();
    b->seen = 0;
    b->h = history_open(b->path, HISTORY_READ, err);
    int rc = b->h ? asked[which].run(b, err) : -1;
    history_close(b->h);
    *took_ms = (double)(clock_now() - began) / 1e6;
    return rc == 0 && b->seen != asked[which].want
               ? err_set(err, "%zu runs seen", b->seen)
               : rc;
}

int micro_history(FILE *to, const char *folder) {
    Text path = { 0 };
    Err err = { 0 };
    text_addf(&path, "%s/history/history.db", folder);
    Bench b = { .path = path.bytes };
    uint64_t began = clock_now();
    b.h = history_open(b.path, HISTORY_WRITE, &err);
    int rc = b.h ? add_runs(&b, &err) : -1;
    history_close(b.h);
    micro_say(to, "add_ms", (double)(clock_now() - began) / 1e6 / RUNS);
    for (size_t i = 0; rc == 0 && i < sizeof asked / sizeof *asked; i++) {
        double took[ROUNDS];
        for (size_t k = 0; rc == 0 && k < ROUNDS; k++)
            rc = ask(&b, i, &took[k], &err);
        micro_say(to, asked[i].name, micro_quantile(took, ROUNDS, 0.5));
    }
    if (rc < 0)
        fprintf(stderr, "micro history: %s\n", err.text);
    text_close(&path);
    return rc;
}
