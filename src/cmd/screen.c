/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/screen.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "cmd/config.h"
#include "cmd/earlier.h"
#include "ui/console.h"
#include "ui/keys.h"
#include "ui/script.h"
#include "ui/term.h"

#define LOOK_MS 50 /* for notices, scripts and the final screen */
#define DEFAULT_ROWS 38
#define DEFAULT_COLS 120
#define SIGNALS 2

struct Screen {
    uv_loop_t *loop;
    Source *source;
    const Options *o;
    const char *dir; /* of the results */
    ConsoleHost owner; /* what it does for the console */
    Term *term;      /* NULL: none, frames and keys come from files */
    Console *console;
    Cells cells;
    Script script;
    Config config;
    uv_poll_t tty;
    int tty_fd; /* standard input once more; -1: it cannot be */
    uv_timer_t timer;
    uv_signal_t signals[SIGNALS];
    int handles;
    bool has_tty_handle, is_lost, was_left, is_closing;
    uint64_t began_ns;
    Frames frames;
    EarlierRuns earlier;
    void (*left)(void *);
    void *data;
};

/* --- frames ------------------------------------------------------------- */

static void draw(Screen *s) {
    if (s->term) {
        int rows, cols;
        term_size(s->term, &rows, &cols);
        if (rows != s->cells.rows || cols != s->cells.cols)
            cells_resize(&s->cells, rows, cols);
    }
    console_draw(s->console, &s->cells);
    if (s->term && !s->is_lost)
        term_show(s->term, &s->cells, console_theme(s->console));
}

static void draw_if_wanted(Screen *s) {
    if (console_wants_frame(s->console, clock_now()))
        draw(s);
}

static void tell_trouble(Screen *s, int rc, const Err *err) {
    if (rc < 0)
        console_notice(s->console, err->text, true);
}

/* One text frame a second. */
static void save_frames(Screen *s) {
    uint64_t at_ns = clock_now() - s->began_ns;
    Err err;
    if (!s->o->frames || !frames_due(&s->frames, at_ns))
        return;
    draw(s);
    tell_trouble(s, frames_write(&s->frames, &s->cells, at_ns, &err), &err);
}

static void save_shot(Screen *s, const char *name) {
    Err err;
    draw(s);
    if (s->o->frames)
        tell_trouble(s, frames_shot(&s->frames, &s->cells, name, &err), &err);
}

/* --- keys --------------------------------------------------------------- */

static void after_key(Screen *s) {
    if (console_is_closed(s->console) && !s->was_left) {
        s->was_left = true;
        s->left(s->data);
    }
}

static void read_keys(Screen *s) {
    for (int key; !s->is_closing && (key = term_key(s->term));) {
        if (key == KEYCODE_CTRL('l'))
            term_redraw(s->term);
        if (key == KEYCODE_MOUSE)
            console_mouse(s->console, term_mouse(s->term));
        else
            console_key(s->console, key);
        after_key(s);
    }
    if (!s->is_closing)
        draw_if_wanted(s);
}

static void lose(Screen *s) {
    if (s->is_lost)
        return;
    s->is_lost = true;
    uv_poll_stop(&s->tty);
    if (!s->was_left) {
        s->was_left = true;
        s->left(s->data);
    }
}

static void on_tty(uv_poll_t *poll, int status, int events) {
    Screen *s = poll->data;
    /* A terminal that hung up is readable for ever. */
    if (status < 0 || events & UV_DISCONNECT) {
        lose(s);
        return;
    }
    read_keys(s);
}

/* Keys and shots of the script that are due. */
static void play(Screen *s) {
    uint64_t at = clock_now() - s->began_ns;
    for (const ScriptStep *k;
         !s->is_closing && (k = script_due(&s->script, at));) {
        if (k->key == KEYCODE_NONE) {
            save_shot(s, k->shot);
        } else if (k->key == KEYCODE_MOUSE) {
            draw(s); /* a click is on what stands there now */
            console_mouse(s->console, &k->mouse);
            after_key(s);
        } else {
            console_key(s->console, k->key);
            after_key(s);
        }
    }
}

static bool is_done(const Screen *s) {
    return source_snapshot(s->source)->state == RUN_DONE;
}

static void on_timer(uv_timer_t *t) {
    Screen *s = t->data;
    play(s);
    if (s->is_closing)
        return;
    save_frames(s);
    draw_if_wanted(s);
    /* Nobody is there to leave the final screen. */
    if ((!s->term || s->is_lost) && is_done(s) &&
        script_next_ns(&s->script) == UINT64_MAX) {
        s->was_left = true;
        s->left(s->data);
    }
}

/* --- suspend, resize, crash --------------------------------------------- */

/* The load pauses while the shell has the terminal: on return nothing
 * bursts, and the plan goes on where it stood. */
static void suspend(Screen *s) {
    Text answer = { 0 };
    Err err;
    bool paused = source_command(s->source, "pause", &answer, &err) == 0;
    term_suspend(s->term);
    raise(SIGSTOP);
    term_resume(s->term);
    if (paused)
        source_command(s->source, "resume", &answer, &err);
    text_close(&answer);
    draw(s);
}

static void on_signal(uv_signal_t *handle, int number) {
    Screen *s = handle->data;
    if (number == SIGTSTP && !s->is_lost) {
        suspend(s);
        return;
    }
    draw(s); /* asks for the size */
}

static void on_crash(int number) {
    term_restore_now();
    signal(number, SIG_DFL);
    raise(number);
}

static void watch_crashes(void) {
    static const int numbers[] = { SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL };
    struct sigaction act = { .sa_handler = on_crash };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaction(numbers[i], &act, NULL);
}

/* --- what the console asks for ------------------------------------------ */

static int host_save(void *data, const char *name, const Text *bytes,
                     Text *path, Err *err) {
    const Screen *s = data;
    text_addf(path, "%s/%s", s->dir, name);
    return file_write(path->bytes, bytes->bytes, bytes->length, err);
}

static int host_save_profile(void *data, const char *name, Text *path,
                             Err *err) {
    const ConsoleHost *owner = &((Screen *)data)->owner;
    return owner->save_profile(owner->data, name, path, err);
}

static int host_read_stages(void *data, const char *path, const char *scenario,
                            Text *lines, Err *err) {
    const ConsoleHost *owner = &((Screen *)data)->owner;
    return owner->read_stages(owner->data, path, scenario, lines, err);
}

static int host_copy(void *data, const char *text, Err *err) {
    return term_copy(((Screen *)data)->term, text, err);
}

static void host_set_mouse(void *data, bool on) {
    term_set_mouse(((Screen *)data)->term, on);
}

static size_t host_earlier_names(void *data, const char *const **names) {
    return earlier_names(&((Screen *)data)->earlier, names);
}

static Source *host_earlier_open(void *data, const char *name, Err *err) {
    return earlier_open(&((Screen *)data)->earlier, name, err);
}

static ConsoleOptions console_options(Screen *s) {
    bool has_term = s->term;
    return (ConsoleOptions){
        .glyphs = has_term ? term_glyphs(s->term) : GLYPHS_BRAILLE,
        .theme = s->config.theme,
        .fps = s->config.fps,
        .host = { .data = s,
                  .earlier_names = host_earlier_names,
                  .earlier_open = host_earlier_open,
                  .save = host_save,
                  .save_profile =
                      s->owner.save_profile ? host_save_profile : NULL,
                  .read_stages =
                      s->owner.read_stages ? host_read_stages : NULL,
                  .copy = has_term ? host_copy : NULL,
                  .set_mouse = has_term ? host_set_mouse : NULL },
    };
}

void screen_lay_over(Screen *s, const char *name, Source *earlier) {
    console_lay_over(s->console, name, earlier);
}

/* --- life --------------------------------------------------------------- */

static int open_term(Screen *s, Err *err) {
    static const int numbers[SIGNALS] = { SIGWINCH, SIGTSTP };
    s->term = term_open(&s->config.term, err);
    if (!s->term)
        return -1;
    watch_crashes();
    /* libuv sets O_NONBLOCK on what it polls */
    s->tty_fd = file_open_again(STDIN_FILENO, O_RDONLY);
    uv_poll_init(s->loop, &s->tty, s->tty_fd < 0 ? STDIN_FILENO : s->tty_fd);
    s->tty.data = s;
    s->has_tty_handle = true;
    s->handles++;
    uv_poll_start(&s->tty, UV_READABLE | UV_DISCONNECT, on_tty);
    for (size_t i = 0; i < SIGNALS; i++) {
        uv_signal_init(s->loop, &s->signals[i]);
        s->signals[i].data = s;
        s->handles++;
        uv_signal_start(&s->signals[i], on_signal, numbers[i]);
        uv_unref((uv_handle_t *)&s->signals[i]);
    }
    return 0;
}

static int read_script(Screen *s, Err *err) {
    Diags d;
    if (!s->o->keys)
        return 0;
    diags_init(&d, s->o->keys);
    int rc = script_read(&s->script, s->o->keys, &d);
    diags_print(&d, stderr);
    if (rc < 0)
        err_set(err, "%s: %zu mistake%s", s->o->keys, d.count,
                d.count == 1 ? "" : "s");
    diags_close(&d);
    return rc;
}

#define FPS_SSH 4 /* each frame is some KB on the line */

/* The user's own settings; what is wrong with them goes to stderr, and its
 * beginning to *notice, to be freed. */
static void read_config(Screen *s, char **notice) {
    char *path = config_path();
    Diags d;
    diags_init(&d, path ? path : "");
    config_read(&s->config, path, &d);
    diags_print(&d, stderr);
    if (d.count) {
        Text t = { 0 };
        text_addf(&t, "config.ini:%d: %s", d.items[0].line, d.items[0].text);
        if (d.count > 1)
            text_addf(&t, " (and %zu more)", d.count - 1);
        *notice = text_take(&t);
    }
    diags_close(&d);
    free(path);
    if (s->o->theme)
        s->config.theme = theme_find(s->o->theme);
    if (s->o->fps)
        s->config.fps = s->o->fps;
    const char *ssh = getenv("SSH_CONNECTION");
    if (!s->config.fps && ssh && *ssh)
        s->config.fps = FPS_SSH;
}

static void make_console(Screen *s, const char *notice) {
    cells_init(&s->cells, s->o->rows ? s->o->rows : DEFAULT_ROWS,
               s->o->cols ? s->o->cols : DEFAULT_COLS);
    s->console = console_new(s->source, console_options(s));
    if (s->term)
        term_set_mouse(s->term, !s->config.term.no_mouse);
    if (notice)
        console_notice(s->console, notice, true);
}

/* What does not hang on the loop. */
static void free_screen(Screen *s) {
    script_close(&s->script);
    frames_close(&s->frames);
    config_close(&s->config);
    keys_unbind();
    free(s);
}

Screen *screen_new(uv_loop_t *loop, Source *source, const Options *o,
                   const char *dir, const ConsoleHost *owner,
                   void (*left)(void *data), void *data, Err *err) {
    Screen *s = mem_new(Screen);
    s->loop = loop;
    s->tty_fd = -1;
    s->source = source;
    s->o = o;
    s->dir = dir;
    if (owner)
        s->owner = *owner;
    s->left = left;
    s->data = data;
    s->began_ns = clock_now();
    char *notice = NULL;
    bool wants_term = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    config_init(&s->config);
    if (wants_term) /* else a script means the same everywhere */
        read_config(s, &notice);
    if (read_script(s, err) < 0 ||
        (o->frames && frames_open(&s->frames, o->frames, err) < 0) ||
        (wants_term && open_term(s, err) < 0)) {
        free(notice);
        free_screen(s);
        return NULL;
    }
    earlier_beside(&s->earlier, dir);
    make_console(s, notice);
    free(notice);
    uv_timer_init(loop, &s->timer);
    s->timer.data = s;
    s->handles++;
    uv_timer_start(&s->timer, on_timer, 0, LOOK_MS);
    draw(s);
    return s;
}

void screen_tick(Screen *s) {
    if (!s->is_closing)
        draw_if_wanted(s);
}

void screen_hint(Screen *s, const char *hint) {
    console_set_hint(s->console, hint);
}

void screen_saved(Screen *s, const char *dir, const char *trouble, int status,
                  const char *words) {
    if (trouble)
        console_notice(s->console, trouble, true);
    else
        console_saved(s->console, dir);
    console_verdict(s->console, status, words);
}

void screen_notice(Screen *s, const char *trouble) {
    console_notice(s->console, trouble, true);
}

bool screen_was_interrupted(const Screen *s) {
    return console_is_interrupted(s->console);
}

void screen_interrupt(Screen *s) {
    console_key(s->console, KEYCODE_CTRL('c'));
    after_key(s);
    if (!s->is_closing)
        draw(s);
}

void screen_lost(Screen *s) {
    if (s->term)
        lose(s);
}

static void on_handle_closed(uv_handle_t *h) {
    Screen *s = h->data;
    if (--s->handles > 0)
        return;
    if (s->tty_fd >= 0)
        close(s->tty_fd);
    console_free(s->console);
    earlier_close(&s->earlier);
    cells_close(&s->cells);
    free_screen(s);
}

const char *screen_close(Screen *s) {
    const char *left = NULL;
    if (!s)
        return NULL;
    s->is_closing = true;
    if (s->term) {
        left = term_close(s->term);
        s->term = NULL;
    }
    uv_close((uv_handle_t *)&s->timer, on_handle_closed);
    if (s->has_tty_handle) {
        uv_close((uv_handle_t *)&s->tty, on_handle_closed);
        for (size_t i = 0; i < SIGNALS; i++)
            uv_close((uv_handle_t *)&s->signals[i], on_handle_closed);
    }
    return left;
}
