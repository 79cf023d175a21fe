/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options.h: the options of run, check, demo and open, from one table that also
 * makes --help. */
#ifndef ONRUSH_CMD_OPTIONS_H
#define ONRUSH_CMD_OPTIONS_H

#include "cmd/exporting.h"
#include "engine/cpus.h"
#include "profile/profile.h"
#include "report/save.h"

#define OPTIONS_SETS_MAX 64

typedef enum ProgressForm { PROGRESS_TEXT, PROGRESS_JSON } ProgressForm;

typedef struct Options {
    const char *profile; /* the file */
    const char *results[2]; /* of open; [1] NULL: one */
    ProfileOptions change;
    const char *sets[OPTIONS_SETS_MAX];
    int workers;
    CpuList cpus;
    uint64_t seed;
    const char *out;                /* --out */
    const char *extra[EXTRA_COUNT]; /* -o and the like */
    bool save; /* open: what is missing */
    bool headless, json, no_control, no_history, allow_exec;
    bool yes, yes_redirects; /* who is loaded is meant */
    ProgressForm progress;
    uint64_t every_ns;         /* check --every, 0: not asked */
    const char *control;       /* socket's path */
    ExportOptions export;
    const char *keys, *frames; /* scripts */
    const char *theme;         /* NULL: as the user's config has it */
    int fps;                   /* 0: the same */
    int rows, cols;            /* --size; 0: the terminal's */
    /* find and scale; 0 and NULL: not said */
    const char *until, *at;
    double from, max, precision;
    uint64_t step_ns, find_limit_ns;
    size_t repeat, discard; /* runs; repeat 0: one, in its own folder */
    uint64_t pause_ns;      /* between them */
    const char *md_file, *save_baseline; /* of gate; NULL: neither */
    bool require_baseline;
    const char *baseline;      /* FILE, DIR or RUN to hold the run against */
    char **words; /* of history, baseline, trend: what stands behind them */
    size_t word_count;
    const char *for_profile; /* --profile: only its runs; NULL: all */
    const char *since;       /* as it was written */
    uint64_t newest;         /* --limit of history; 0: not said */
    bool all;
    char **compared; /* what stands behind compare's options */
    size_t compared_count;
    const char *limits[OPTIONS_SETS_MAX]; /* --limit, as written */
    size_t limit_count;
    double confidence;          /* 0: not said */
    const char *limits_profile; /* compare --profile; NULL: none */
    const char *html;           /* compare --html; NULL: none */
    bool md;
} Options;

/* Which subcommand's options. */
typedef enum OptionSet {
    OPTIONS_RUN = 1,
    OPTIONS_CHECK = 2,
    OPTIONS_DEMO = 4,
    OPTIONS_OPEN = 8,
    OPTIONS_GATE = 16,
    OPTIONS_FIND = 32,
    OPTIONS_SCALE = 64,
    OPTIONS_COMPARE = 128,
    OPTIONS_HISTORY = 256,
    OPTIONS_BASELINE = 512,
    OPTIONS_TREND = 1024,
    /* those that make load by a profile */
    OPTIONS_RUNS = OPTIONS_RUN | OPTIONS_GATE | OPTIONS_FIND | OPTIONS_SCALE,
} OptionSet;

/* 0: *o is filled. 1: --help was printed. -1: wrong, said on stderr. */
int options_read(Options *o, OptionSet set, int argc, char **argv);
/* Reads the profile as the options change it; its mistakes, their number and
 * `after` go to stderr. 0, or -1. */
int options_read_profile(const Options *o, Profile *p, const char *after);

/* The i-th option of all, for the manual; false: there are no more. */
typedef struct OptionInfo {
    const char *name, *arg, *help; /* arg NULL: takes none */
    unsigned sets;                 /* OptionSets that have it, as bits */
    char letter;                   /* 0: none */
} OptionInfo;

bool options_describe(size_t i, OptionInfo *out);

#endif
