/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <langinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "cmd/aim.h"
#include "cmd/allow.h"
#include "cmd/repeat.h"
#include "base/text.h"
#include "cmd/session.h"
#include "profile/plans.h"
#include "report/repeated.h"
#include "report/rundir.h"

typedef struct OneRun {
    RepeatRun figures;
    char status[48];
} OneRun;

static void ended(void *data, Source *source) {
    repeat_take(&((OneRun *)data)->figures, source_snapshot(source));
}

static const char *status(void *data) {
    return ((OneRun *)data)->status;
}

/* The profile is read for each: a run may change what it was given. */
static int run_once(const Options *all, FILE *to, const char *dir,
                    size_t number, RepeatRun *out) {
    Options o = *all;
    Profile p;
    Text path = { 0 };
    char name[REPEAT_DIR_MAX];
    OneRun one = { .figures = { .number = number } };
    text_addf(&path, "%s/%s", dir, repeated_dir(name, number));
    o.out = path.bytes;
    if (number < all->repeat)
        memset(o.extra, 0, sizeof o.extra); /* they are the last one's */
    snprintf(one.status, sizeof one.status, "run %zu of %zu%s", number,
             all->repeat, number <= all->discard ? ", discarded" : "");
    if (o.progress == PROGRESS_TEXT)
        text_to(to, "--- %s\n", one.status);
    int rc = options_read_profile(&o, &p, "; nothing was sent");
    if (rc == 0) {
        const SessionPilot pilot = { &one, NULL, ended, status };
        const SessionExtras x = { .pilot = &pilot, .goes_on = true, .to = to };
        rc = session_run(&o, &p, &x);
        profile_close(&p);
    } else {
        rc = EXIT_USAGE;
    }
    one.figures.status = rc;
    *out = one.figures;
    text_close(&path);
    return rc;
}

/* Waits between two runs; true: a signal came. */
static bool is_interrupted_within(uint64_t ns) {
    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, &old);
    struct timespec t = { (time_t)(ns / NS_PER_S), (long)(ns % NS_PER_S) };
    int signal = sigtimedwait(&set, NULL, &t);
    sigprocmask(SIG_SETMASK, &old, NULL);
    return signal > 0;
}

static bool is_over(int rc) {
    return rc == EXIT_INTERRUPTED || rc == EXIT_USAGE ||
           rc == EXIT_UNREACHABLE;
}

static int write_all(const Repeat *r, const char *profile, const char *dir,
                     FILE *to, bool is_text) {
    Text json = { 0 }, path = { 0 }, text = { 0 };
    Err err = { 0 };
    Page page = { .to = &text,
                  .colour = isatty(fileno(to)) && !getenv("NO_COLOR"),
                  .ascii = !text_equal(nl_langinfo(CODESET), "UTF-8"),
                  .columns = 100 };
    repeated_json(r, profile, &json);
    text_addf(&path, "%s/repeat.json", dir);
    int rc = file_write(path.bytes, json.bytes, json.length, &err);
    block_repeat(r, &page);
    if (is_text)
        text_to(to, "\n%s", text.bytes);
    if (rc < 0)
        text_to(stderr, "onrush: not saved: %s\n", err.text);
    else if (is_text)
        text_to(to, "saved in %s\n", dir);
    fflush(to);
    text_close(&json);
    text_close(&path);
    text_close(&text);
    return rc;
}

int repeat_run(const Options *o, FILE *to, Repeat *r, Text *dir) {
    Profile p;
    Err err = { 0 };
    if (options_read_profile(o, &p, "; nothing was sent") < 0)
        return EXIT_USAGE;
    Options one = *o; /* asked once for all of them */
    Peaks peaks = plans_peaks(&p);
    Aim aim;
    if (allow_check(o, &p, &err) < 0 ||
        aim_take(o, &p, &peaks, &aim, &err) < 0) {
        text_to(stderr, "onrush: %s; nothing was sent\n", err.text);
        profile_close(&p);
        return EXIT_USAGE;
    }
    one.yes |= aim.state == GUARD_CONFIRMED;
    char *name = mem_dup_text(p.name);
    char *folder = rundir_make(o->out, name, time(NULL), &err);
    profile_close(&p);
    *r = (Repeat){ .discard = o->discard };
    bool is_stopped = false;
    for (size_t i = 1; folder && i <= o->repeat && !is_stopped; i++) {
        RepeatRun run;
        is_stopped = is_over(run_once(&one, to, folder, i, &run));
        if (!is_stopped && i < o->repeat && o->pause_ns &&
            is_interrupted_within(o->pause_ns)) {
            is_stopped = true;
            run.status = EXIT_INTERRUPTED;
        }
        repeat_add(r, &run);
    }
    int rc = repeat_status(r);
    if (!folder) {
        text_to(stderr, "onrush: %s; nothing was sent\n", err.text);
        rc = EXIT_UNEXPECTED;
    } else if (repeat_kept(r)) {
        bool is_text = o->progress == PROGRESS_TEXT;
        if (write_all(r, name, folder, to, is_text) < 0 && rc == EXIT_HELD)
            rc = EXIT_UNEXPECTED;
        text_adds(dir, folder);
    }
    free(folder);
    free(name);
    return rc;
}
