/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The console in a real terminal, over a run that never happened: for
 * test_term.py, and for looking at it. One second of the run takes
 * 1 / SPEED seconds; SPEED 0: it stands still.
 *
 *     console_demo [SPEED [SECOND [STAGES [THEME]]]]
 *
 * STAGES "": a spike. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "fake_source.h"
#include "ui/console.h"
#include "ui/term.h"

#define SPIKE                                                        \
    "warm-up = 2m to 100; spike = 1m to 1000; hold = 3m; recover = " \
    "2m to 100; cool = 1m to 0"
#define WAIT_MS 50

static volatile sig_atomic_t interrupted, terminated, stopped;

static void on_signal(int number) {
    if (number == SIGINT)
        interrupted = 1;
    else if (number == SIGTSTP)
        stopped = 1;
    else
        terminated = 1;
}

static void on_crash(int number) {
    term_restore_now();
    raise(number); /* SA_RESETHAND: the default action */
}

static void catch_signals(void) {
    static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGTSTP };
    static const int crashes[] = { SIGSEGV, SIGABRT, SIGBUS, SIGQUIT };
    struct sigaction a = { .sa_handler = on_signal };
    struct sigaction c = { .sa_handler = on_crash,
                           .sa_flags = (int)SA_RESETHAND };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        sigaction(ends[i], &a, NULL);
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        sigaction(crashes[i], &c, NULL);
}

static void stop_here(Term *t) {
    stopped = 0;
    term_suspend(t);
    raise(SIGSTOP); /* goes on behind this line with SIGCONT */
    term_resume(t);
}

static void show(Term *t, Console *c, Cells *cells) {
    int rows, cols;
    term_size(t, &rows, &cols);
    if (rows != cells->rows || cols != cells->cols)
        cells_resize(cells, rows, cols);
    console_draw(c, cells);
    term_show(t, cells, console_theme(c));
}

static int copy(void *term, const char *text, Err *err) {
    return term_copy(term, text, err);
}

static void set_mouse(void *term, bool on) {
    term_set_mouse(term, on);
}

static void run(Term *t, FakeSource *s, const Theme *theme, double speed,
                uint64_t from) {
    ConsoleOptions options = { .glyphs = term_glyphs(t),
                               .theme = theme,
                               .hint = "press s to fire a spike",
                               .host = { .data = t,
                                         .copy = copy,
                                         .set_mouse = set_mouse } };
    Console *c = console_new(&s->base, options);
    Cells cells;
    bool is_told = false;
    uint64_t began = clock_now();
    cells_init(&cells, 1, 1);
    term_set_mouse(t, true);
    while (!console_is_closed(c) && !terminated) {
        struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
        poll(&p, 1, WAIT_MS);
        if (stopped)
            stop_here(t);
        if (interrupted)
            console_key(c, KEYCODE_CTRL('c'));
        interrupted = 0;
        for (int key; (key = term_key(t));) {
            if (key == KEYCODE_CTRL('l'))
                term_redraw(t);
            if (key == KEYCODE_MOUSE)
                console_mouse(c, term_mouse(t));
            else
                console_key(c, key);
        }
        double seconds = (double)(clock_now() - began) / 1e9 * speed;
        fake_source_until(s, from + (uint64_t)seconds);
        if (s->run.snapshot.state == RUN_DONE && !is_told) {
            console_verdict(c, 99, "a threshold broke");
            console_saved(c, "onrush-results/spike/summary.json");
            is_told = true;
        }
        if (console_wants_frame(c, clock_now()))
            show(t, c, &cells);
    }
    cells_close(&cells);
    console_free(c);
}

/* Out of memory, as it happens to the program. */
static void exhaust(void) {
    mem_alloc(SIZE_MAX / 2, 4);
}

int main(int argc, char **argv) {
    double speed = argc > 1 ? atof(argv[1]) : 1;
    uint64_t from = argc > 2 ? (uint64_t)atoll(argv[2]) : 0;
    FakeSource s;
    Err err;
    const Theme *theme = argc > 4 ? theme_find(argv[4]) : &theme_dark;
    if (!theme) {
        fprintf(stderr, "console_demo: no theme is called %s\n", argv[4]);
        return 1;
    }
    fake_source_init(&s, argc > 3 && *argv[3] ? argv[3] : SPIKE, false);
    s.run.talks = true;
    fake_source_until(&s, from);
    catch_signals();
    Term *t = term_open(NULL, &err);
    if (!t) {
        fprintf(stderr, "console_demo: %s\n", err.text);
        fake_source_close(&s);
        return 1;
    }
    if (getenv("DEMO_EXHAUST"))
        exhaust();
    run(t, &s, theme, speed, from);
    term_close(t);
    fake_source_close(&s);
    printf("left\n");
    return 0;
}
