/* SPDX-License-Identifier: GPL-3.0-or-later */
/* onrush open: the console over a run that was saved, or cut off. */
#include <langinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/begin.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/outlet.h"
#include "cmd/screen.h"
#include "journal/saved.h"
#include "report/marker.h"
#include "report/report.h"

#define SIGNALS 3
#define COLUMNS 80
#define LAST_WORDS_MS 1000 /* after a signal nobody may be there to read */

typedef struct Show {
    const Options *o;
    SavedRun *runs[2]; /* [1] NULL: one */
    uv_loop_t loop;
    uv_signal_t signals[SIGNALS];
    Screen *screen;
    Outlet *out; /* of what a terminal that stands still takes last */
    bool was_ended; /* by a signal */
} Show;

/* --- as text ------------------------------------------------------------ */

static int columns_now(bool is_tty) {
    struct winsize w;
    bool is_known = is_tty && ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0;
    return is_known && w.ws_col ? w.ws_col : COLUMNS;
}

static Report report_of(SavedRun *run) {
    Source *source = saved_source(run);
    return (Report){ .snapshot = source_snapshot(source),
                     .wheel = source_wheel(source),
                     .info = source->info,
                     .started = saved_end(run).started,
                     .ascii = !text_equal(nl_langinfo(CODESET), "UTF-8") };
}

static ReportEnd end_of(SavedRun *run) {
    SavedEnd end = saved_end(run);
    return (ReportEnd){ !end.is_finished, end.status, end.words };
}

static void print_run(SavedRun *run) {
    bool is_tty = isatty(STDOUT_FILENO) != 0;
    SavedEnd end = saved_end(run);
    Report r = report_of(run);
    ReportEnd told = end_of(run);
    Text t = { 0 };
    r.end = &told;
    report_text(&r, &t, is_tty && !getenv("NO_COLOR"), columns_now(is_tty));
    fputs(t.bytes, stdout);
    text_close(&t);
    if (end.is_finished)
        text_to(stdout, "%s\n", end.words);
    fflush(stdout);
    if (end.trouble)
        text_to(stderr, "onrush open: %s; what stands before it is shown\n",
                end.trouble);
}

static void print_runs(const Show *s) {
    print_run(s->runs[0]);
    if (!s->runs[1])
        return;
    text_to(stdout, "\nthe earlier run, %s:\n\n", s->o->results[1]);
    print_run(s->runs[1]);
}

/* --- in the console ----------------------------------------------------- */

static void close_signals(void *data) {
    Show *s = data;
    s->out = NULL;
    for (size_t i = 0; i < SIGNALS; i++)
        uv_close((uv_handle_t *)&s->signals[i], NULL);
}

static void leave(void *data) {
    Show *s = data;
    const char *left = screen_close(s->screen);
    s->screen = NULL;
    s->out = outlet_new(&s->loop, stdout);
    outlet_add(s->out, left ? left : "");
    outlet_close(s->out, s->was_ended ? LAST_WORDS_MS : 0, close_signals, s);
}

static void on_signal(uv_signal_t *handle, int number) {
    Show *s = handle->data;
    s->was_ended = true;
    if (!s->screen)
        outlet_give_up(s->out);
    else if (number == SIGHUP)
        screen_lost(s->screen);
    else
        leave(s);
}

static void watch_signals(Show *s) {
    static const int numbers[SIGNALS] = { SIGINT, SIGTERM, SIGHUP };
    for (size_t i = 0; i < SIGNALS; i++) {
        uv_signal_init(&s->loop, &s->signals[i]);
        s->signals[i].data = s;
        uv_signal_start(&s->signals[i], on_signal, numbers[i]);
        uv_unref((uv_handle_t *)&s->signals[i]);
    }
}

/* The folder, of a journal that was named itself. */
static char *place_of(const Show *s) {
    char *dir = mem_dup_text(s->o->results[0]);
    char *slash = strrchr(dir, '/');
    if (!saved_is_there(dir) && slash)
        *slash = '\0';
    if (saved_is_there(dir))
        return dir;
    free(dir);
    return mem_dup_text(".");
}

static void tell_end(Show *s) {
    SavedEnd end = saved_end(s->runs[0]);
    char clean[512];
    const char *path = s->o->results[0];
    screen_saved(s->screen, text_clean(clean, sizeof clean, path, strlen(path)),
                 NULL, end.status, end.words);
    if (end.trouble)
        screen_notice(s->screen, end.trouble);
    if (!s->runs[1])
        return;
    path = s->o->results[1];
    screen_lay_over(s->screen,
                    text_clean(clean, sizeof clean, path, strlen(path)),
                    saved_source(s->runs[1]));
}

static ExitStatus show(Show *s) {
    Err err = { 0 };
    ExitStatus status = EXIT_HELD;
    if (begin_loop(&s->loop, &err) < 0) {
        text_to(stderr, "onrush open: %s\n", err.text);
        return EXIT_UNEXPECTED;
    }
    char *dir = place_of(s);
    s->screen = screen_new(&s->loop, saved_source(s->runs[0]), s->o, dir,
                           NULL, leave, s, &err);
    if (s->screen) {
        watch_signals(s);
        tell_end(s);
    } else {
        text_to(stderr, "onrush open: %s\n", err.text);
        status = EXIT_USAGE;
    }
    uv_run(&s->loop, UV_RUN_DEFAULT);
    uv_loop_close(&s->loop);
    free(dir);
    return status;
}

/* --- as files ----------------------------------------------------------- */

static bool wants_files(const Options *o) {
    bool wants = o->save;
    for (size_t i = 0; i < EXTRA_COUNT; i++)
        wants |= o->extra[i] != NULL;
    return wants;
}

/* The run's own, if it is there and still can be read. */
static bool read_profile(const char *dir, Profile *p) {
    ProfileOptions none = { .is_only_shown = true };
    Text path = { 0 };
    Diags d;
    text_addf(&path, "%s/profile.ini", dir);
    diags_init(&d, path.bytes);
    struct stat st;
    bool is_read = stat(path.bytes, &st) == 0 && S_ISREG(st.st_mode) &&
                   profile_read(p, path.bytes, &none, &d) == 0;
    diags_close(&d);
    text_close(&path);
    return is_read;
}

static bool has_file(const char *dir, const char *name) {
    Text path = { 0 };
    text_addf(&path, "%s/%s", dir, name);
    bool is_there = access(path.bytes, F_OK) == 0;
    text_close(&path);
    return is_there;
}

/* Does a journal that ends too early lack what no other file has? */
static bool is_whole(SavedRun *run, bool had_summary) {
    return saved_end(run).is_finished || !had_summary;
}

static int save_in(Show *s, const char *dir, Text *failures, Err *err) {
    SavedRun *run = s->runs[0];
    ReportEnd told = end_of(run);
    Report r = report_of(run);
    Profile profile;
    ReportFiles files = { .dir = s->o->save ? dir : NULL,
                          .failures = failures,
                          .only_missing = true };
    bool had_summary = has_file(dir, "summary.json");
    if (files.dir && marker_is_left(dir, err) < 0)
        return -1;
    if (read_profile(dir, &profile))
        r.profile = &profile;
    r.end = &told;
    memcpy(files.extra, s->o->extra, sizeof files.extra);
    int rc = report_save(&r, &files, err);
    if (rc == 0 && files.dir && is_whole(run, had_summary))
        marker_remove(dir);
    if (r.profile)
        profile_close(&profile);
    return rc;
}

static ExitStatus write_files(Show *s) {
    Err err;
    Text failures = { 0 };
    char *dir = place_of(s);
    int rc = save_in(s, dir, &failures, &err);
    if (rc < 0)
        text_to(stderr, "onrush open: not saved: %s\n",
                failures.length ? failures.bytes : err.text);
    else if (s->o->save)
        text_to(stdout, "saved in %s\n", dir);
    text_close(&failures);
    free(dir);
    return rc < 0 ? EXIT_UNEXPECTED : EXIT_HELD;
}

/* --- the whole ---------------------------------------------------------- */

static int open_runs(Show *s) {
    for (size_t i = 0; i < 2 && s->o->results[i]; i++) {
        Err err = { 0 };
        s->runs[i] = saved_open(s->o->results[i], &err);
        if (s->runs[i])
            continue;
        text_to(stderr, "onrush open: %s\n", err.text);
        return -1;
    }
    return 0;
}

int cmd_open(int argc, char **argv) {
    Options o;
    int rc = options_read(&o, OPTIONS_OPEN, argc, argv);
    if (rc)
        return rc < 0 ? EXIT_USAGE : EXIT_HELD;
    Show s = { .o = &o };
    ExitStatus status = EXIT_UNEXPECTED;
    bool has_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    if (open_runs(&s) < 0)
        status = EXIT_UNEXPECTED;
    else if (wants_files(&o)) {
        print_runs(&s);
        status = write_files(&s);
    } else if (!o.headless && (o.keys || o.frames || has_terminal)) {
        status = show(&s);
    } else {
        print_runs(&s);
        status = EXIT_HELD;
    }
    saved_close(s.runs[0]);
    saved_close(s.runs[1]);
    return (int)status;
}
