/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/session.h"

#include <curl/curl.h>
#include <langinfo.h>
#include <math.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "cmd/against.h"
#include "cmd/aim.h"
#include "cmd/allow.h"
#include "cmd/begin.h"
#include "cmd/files.h"
#include "cmd/keep.h"
#include "cmd/outlet.h"
#include "cmd/saving.h"
#include "cmd/screen.h"
#include "control/socket.h"
#include "engine/engine.h"
#include "engine/limits.h"
#include "engine/machine.h"
#include "journal/journal.h"
#include "monitor/monitor.h"
#include "profile/plans.h"
#include "report/report.h"
#include "report/rundir.h"

/* Without a console nobody waits for a target that never was there. */
#define UNREACHABLE_NS (UINT64_C(700) * NS_PER_MS)
#define SIGNALS 3
static const int signal_numbers[SIGNALS] = { SIGINT, SIGTERM, SIGHUP };
/* Who sends SIGTERM, or has hung up, reads no more. */
#define LAST_WORDS_MS 1000

typedef struct Session {
    const Options *o;
    const Profile *profile;
    const SessionExtras *x;
    FILE *to; /* progress and summary */
    uv_loop_t loop;
    Outlets told; /* standard output and error */
    Engine *engine;
    Guard guard;
    Source *source;
    Monitor *monitor; /* NULL: nothing is watched, or no longer */
    Gauges gauges;
    ControlSocket *socket;
    Journal *journal; /* NULL before the load */
    Exporting *exporting;
    Screen *screen; /* NULL: headless */
    char *dir;
    time_t started;
    uv_signal_t signals[SIGNALS];
    int signal, signal_count; /* the first that came, and how many */
    uint64_t lines;           /* seconds told in headless mode */
    size_t events;            /* and events */
    /* saved: but for the journal's end; settled: with it */
    bool is_saved, is_settled, wants_leave, is_closed, was_unreachable;
    bool never_began; /* a worker could not be started; others end */
    bool has_signals;
    atomic_bool is_urgent; /* nobody outside is to be told any more */
    ExitStatus status;
    Saving saving;
    Against against;
} Session;

static Report report_of(Session *s) {
    return (Report){ .snapshot = source_snapshot(s->source),
                     .wheel = source_wheel(s->source),
                     .against = s->against.comparison,
                     .is_gate = s->x->is_gate,
                     .info = s->source->info,
                     .profile = s->profile,
                     .started = s->started,
                     .signal = s->signal,
                     .find = s->x->find,
                     .scale = s->x->scale,
                     .stdout_is_tty = isatty(STDOUT_FILENO) != 0,
                     .stderr_is_tty = isatty(STDERR_FILENO) != 0,
                     .ascii = !text_equal(nl_langinfo(CODESET), "UTF-8") };
}

/* --- before the load ---------------------------------------------------- */

static int begin_curl(Err *err) {
    CURLcode code = curl_global_init(CURL_GLOBAL_ALL);
    return code ? err_set(err, "libcurl could not be started: %s",
                          curl_easy_strerror(code))
                : 0;
}

static int open_socket(Session *s, Err *err) {
    if (s->o->no_control)
        return 0;
    char *path =
        s->o->control ? NULL : control_socket_path((long)getpid(), err);
    if (!s->o->control && !path)
        return -1;
    s->socket = control_socket_new(&s->loop, s->source,
                                   s->o->control ? s->o->control : path, err);
    free(path);
    return s->socket ? 0 : -1;
}

/* --- what else is watched ----------------------------------------------- */

static uint64_t monitor_run_time(void *data, uint64_t clock_ns) {
    return engine_run_time(((Session *)data)->engine, clock_ns);
}

static void on_monitor_event(void *data, const char *text) {
    engine_note(((Session *)data)->engine, EVENT_TARGET, text);
}

static int open_monitor(Session *s, Err *err) {
    MonitorOptions o = { .run_time = monitor_run_time,
                         .on_event = on_monitor_event,
                         .data = s };
    if (monitor_is_idle(&s->profile->monitor))
        return 0;
    s->monitor = monitor_new(&s->loop, s->profile, &s->gauges, &o, err);
    return s->monitor ? monitor_start(s->monitor, err) : -1;
}

static void end_monitor(Session *s) {
    if (s->monitor)
        monitor_close(s->monitor, NULL, NULL);
    s->monitor = NULL;
}

/* --- the journal -------------------------------------------------------- */

static void on_slab(void *data, uint64_t at_ns, const Slab *slab) {
    Session *s = data;
    if (s->journal)
        journal_add(s->journal, at_ns, slab);
}

static void tell_trouble(void *data, const char *text) {
    Session *s = data;
    if (s->screen)
        screen_notice(s->screen, text);
    else if (s->told.errors)
        outlet_addf(s->told.errors, "onrush: %s\n", text);
    else
        text_to(stderr, "onrush: %s\n", text);
}

/* Also of an export: the results lack nothing by that. */
static void note_trouble(void *data, const char *text) {
    Session *s = data;
    if (!s->is_closed)
        engine_note(s->engine, EVENT_ALERT, text);
    tell_trouble(s, text);
}

static void on_journal_trouble(void *data, const char *text) {
    Session *s = data;
    saving_journal_failed(&s->saving, text);
    note_trouble(s, text);
}

static void on_journal_ended(void *data);

static int open_journal(Session *s, Err *err) {
    Report r = report_of(s);
    if (saving_begin(&s->saving, &r, s->dir, err) < 0)
        return -1;
    JournalOptions o = { .dir = s->dir,
                         .started = s->started,
                         .on_trouble = on_journal_trouble,
                         .on_ended = on_journal_ended,
                         .data = s };
    s->journal = journal_new(&s->loop, s->source, &o, err);
    return s->journal ? 0 : -1;
}

static int open_export(Session *s, Err *err) {
    s->exporting = exporting_new(&s->loop, s->source, &s->o->export,
                                 &s->is_urgent, note_trouble, s, err);
    return s->exporting ? 0 : -1;
}

/* --- the end ------------------------------------------------------------ */

static void save(Session *s) {
    const SessionPilot *pilot = s->x->pilot;
    if (pilot && pilot->ended)
        pilot->ended(pilot->data, s->source);
    if (s->screen && !s->signal && screen_was_interrupted(s->screen))
        s->signal = SIGINT;
    end_monitor(s);
    exporting_finish(s->exporting);
    Report r = report_of(s);
    against_judge(&s->against, &r);
    r.against = s->against.comparison;
    s->status = report_status(&r);
    if (!s->never_began)
        saving_files(&s->saving, &r, s->o->extra);
    if (!s->never_began && !s->saving.lacks_summary && !s->o->no_history)
        keep_run(&s->loop, s->dir, tell_trouble, s);
    s->is_saved = true;
}

static const char *status_words(Session *s) {
    Report r = report_of(s);
    return s->status == EXIT_UNEXPECTED
               ? "not all of the results could be saved"
               : report_status_words(&r, s->status);
}

static void close_all(Session *s) {
    bool is_gone = s->signal == SIGTERM || s->signal == SIGHUP;
    control_socket_close(s->socket);
    exporting_close(s->exporting);
    end_monitor(s);
    journal_close(s->journal);
    s->journal = NULL;
    s->is_closed = true;
    engine_close(s->engine, NULL, NULL);
    outlets_close(&s->told, is_gone ? LAST_WORDS_MS : 0);
}

/* Of progress and summary. */
static Outlet *outlet(Session *s) {
    return s->to == stderr ? s->told.errors : s->told.out;
}

static void print_end(Session *s) {
    struct winsize w;
    bool is_tty = isatty(fileno(s->to)) != 0;
    int columns = 80;
    if (is_tty && ioctl(fileno(s->to), TIOCGWINSZ, &w) == 0 && w.ws_col)
        columns = w.ws_col;
    Report r = report_of(s);
    Text t = { 0 }, errors = { 0 };
    bool is_text = s->o->progress == PROGRESS_TEXT;
    saving_print_summary(&s->saving, &r, !is_text, &t);
    outlet_add(s->told.out, t.bytes ? t.bytes : "");
    text_clear(&t);
    if (is_text)
        report_text(&r, &t, is_tty && !getenv("NO_COLOR"), columns);
    outlet_add(outlet(s), t.bytes ? t.bytes : "");
    text_close(&t);
    Outlet *to = is_text ? outlet(s) : s->told.errors;
    saving_tell(&s->saving, &t, &errors);
    text_addf(&t, "%s\n", status_words(s));
    outlet_addf(s->told.errors, "%s", errors.bytes ? errors.bytes : "");
    outlet_addf(to, "%s", t.bytes);
    if (outlet_left_out(to))
        outlet_addf(s->told.errors, "onrush: nobody read what was told: %zu lines of "
                               "it were left out\n", outlet_left_out(to));
    text_close(&t);
    text_close(&errors);
}

/* Where the terminal stands still that may be lost, and so may be what gives
 * it back: it is behind what was shown last. */
static void close_screen(Session *s) {
    const char *left = screen_close(s->screen);
    s->screen = NULL;
    if (left)
        outlet_add(s->told.out, left);
}

/* The terminal is the shell's again before the summary is printed. */
static void leave(Session *s) {
    close_screen(s);
    if (!s->never_began)
        print_end(s);
    close_all(s);
}

/* Who waits for the end waits for the journal's, too: only then it is known
 * what could be saved. */
static void leave_when_settled(Session *s) {
    s->wants_leave = true;
    if (s->is_settled)
        leave(s);
}

static void show_end(Session *s) {
    screen_saved(s->screen, s->dir, s->saving.trouble.bytes, (int)s->status,
                 status_words(s));
    screen_tick(s->screen);
}

static void on_journal_ended(void *data) {
    Session *s = data;
    s->is_settled = true;
    if (saving_end(&s->saving) < 0 && s->status == EXIT_HELD)
        s->status = EXIT_UNEXPECTED;
    if (s->screen)
        show_end(s);
    /* who sends SIGTERM waits for the end, not for a key */
    if (!s->screen || s->wants_leave || s->x->goes_on ||
        s->signal == SIGTERM)
        leave(s);
}

static void end_journal(Session *s) {
    Report r = report_of(s);
    ExitStatus status = report_status(&r);
    journal_end(s->journal, (int)status, report_status_words(&r, status));
}

/* --- while it runs ------------------------------------------------------ */

static void command(Session *s, const char *text) {
    Text answer = { 0 };
    Err err;
    source_command(s->source, text, &answer, &err);
    text_close(&answer);
}

static void tell_events(Session *s) {
    Report r = report_of(s);
    Text t = { 0 };
    s->events = report_progress_events(&r, s->events, &t);
    if (t.length)
        outlet_tell(outlet(s), t.bytes);
    text_close(&t);
}

static void tell_progress(Session *s) {
    const Snapshot *now = source_snapshot(s->source);
    uint64_t second = now->now_ns / NS_PER_S;
    if (s->o->progress == PROGRESS_TEXT)
        tell_events(s);
    if (second <= s->lines || now->state == RUN_DONE)
        return;
    s->lines = second;
    Report r = report_of(s);
    Text t = { 0 };
    if (s->o->progress == PROGRESS_JSON)
        report_progress_json(&r, &t);
    else
        report_progress(&r, &t);
    outlet_tell(outlet(s), t.bytes);
    text_close(&t);
}

static void give_up_on_unreachable(Session *s) {
    const Snapshot *now = source_snapshot(s->source);
    if (now->ever_answered || now->now_ns < UNREACHABLE_NS ||
        !now->run.failed || s->was_unreachable)
        return;
    for (size_t i = 0; i < now->totals->series_count; i++)
        if (now->totals->series[i].sent)
            return; /* somebody listens, perhaps slowly */
    s->was_unreachable = true;
    outlet_addf(s->told.errors, "onrush: nobody answers at %s\n",
                s->source->info->target);
    command(s, "finish");
}

static void steer(Session *s) {
    const SessionPilot *pilot = s->x->pilot;
    Text next = { 0 };
    while (pilot && pilot->next && pilot->next(pilot->data, s->source, &next)) {
        command(s, next.bytes);
        text_clear(&next);
    }
    text_close(&next);
}

static const char *hint_now(const Session *s) {
    const char *text = NULL;
    const SessionPilot *pilot = s->x->pilot;
    if (pilot && pilot->status)
        return pilot->status(pilot->data);
    uint64_t second = source_snapshot(s->source)->now_ns / NS_PER_S;
    for (const SessionHint *h = s->x->hints; h && h->text; h++)
        if (second >= h->from_s)
            text = h->text;
    return text;
}

static void on_tick(void *data) {
    Session *s = data;
    bool done = engine_is_done(s->engine);
    if (!done)
        steer(s);
    if (s->journal)
        journal_tick(s->journal);
    if (done && !s->is_saved)
        save(s);
    if (s->screen) {
        screen_hint(s->screen, hint_now(s));
        screen_tick(s->screen);
    } else {
        tell_progress(s);
        give_up_on_unreachable(s);
    }
    if (done)
        end_journal(s);
}

/* The operator has left the final screen, or the terminal is gone. */
static void on_screen_left(void *data) {
    Session *s = data;
    if (engine_is_done(s->engine))
        leave_when_settled(s);
    else
        command(s, "finish");
}

/* The first asks to finish, the second stops. A lost terminal finishes. */
static void on_signal(uv_signal_t *handle, int number) {
    Session *s = handle->data;
    if (s->is_closed || s->signal_count)
        atomic_store(&s->is_urgent, true);
    if (s->is_closed) {
        outlets_give_up(&s->told);
        return;
    }
    if (number == SIGINT && s->screen) {
        screen_interrupt(s->screen);
        return;
    }
    if (!s->signal)
        s->signal = number;
    if (engine_is_done(s->engine)) {
        if (s->screen)
            leave_when_settled(s);
        return;
    }
    if (number == SIGHUP && s->screen)
        screen_lost(s->screen);
    command(s, s->signal_count++ ? "stop" : "finish");
}

/* Whoever started us with nohup means it. */
static bool is_ignored(int number) {
    struct sigaction now;
    return sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

static void watch_signals(Session *s) {
    signal(SIGPIPE, SIG_IGN);
    s->has_signals = true;
    for (size_t i = 0; i < SIGNALS; i++) {
        uv_signal_init(&s->loop, &s->signals[i]);
        s->signals[i].data = s;
        if (signal_numbers[i] != SIGHUP || !is_ignored(SIGHUP))
            uv_signal_start(&s->signals[i], on_signal, signal_numbers[i]);
        uv_unref((uv_handle_t *)&s->signals[i]);
    }
}

/* --- what the console asks for ------------------------------------------ */

static int save_profile(void *data, const char *name, Text *path, Err *err) {
    Session *s = data;
    Report r = report_of(s);
    return files_save_profile(&r, s->dir, name, path, err);
}

static int read_stages(void *data, const char *path, const char *scenario,
                       Text *lines, Err *err) {
    (void)data;
    return files_read_stages(path, scenario, lines, err);
}

/* --- the whole ---------------------------------------------------------- */

static EngineOptions engine_options(Session *s) {
    return (EngineOptions){ .workers = s->o->workers,
                            .cpus = s->o->cpus,
                            .seed = s->o->seed,
                            .allow_exec = s->o->allow_exec,
                            .guard = &s->guard,
                            .is_urgent = &s->is_urgent,
                            .gauges = monitor_is_idle(&s->profile->monitor)
                                          ? NULL
                                          : &s->gauges,
                            .on_tick = on_tick,
                            .on_slab = on_slab,
                            .data = s };
}

static int start(Session *s, Err *err) {
    EngineOptions eo = engine_options(s);
    s->engine = engine_new(&s->loop, s->profile, &eo, err);
    if (!s->engine)
        return -1;
    s->source = engine_source(s->engine);
    outlets_open(&s->told, &s->loop);
    watch_signals(s);
    bool wants_screen =
        !s->o->headless && (s->o->keys || s->o->frames ||
                            (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)));
    if (begin_pool(&s->loop, err) < 0 || open_socket(s, err) < 0 ||
        open_export(s, err) < 0)
        return -1;
    if (wants_screen) {
        ConsoleHost owner = { .data = s,
                              .save_profile = save_profile,
                              .read_stages = read_stages };
        s->screen = screen_new(&s->loop, s->source, s->o, s->dir, &owner,
                               on_screen_left, s, err);
        if (!s->screen)
            return -1;
    }
    if (open_journal(s, err) < 0 || open_monitor(s, err) < 0)
        return -1;
    return engine_start(s->engine, err);
}

/* Signals are heard until all has ended: a default action would leave another
 * status than the run's. */
static void run_loop(Session *s) {
    uv_run(&s->loop, UV_RUN_DEFAULT);
    bool is_last = !s->x->goes_on && !s->x->dir;
    for (size_t i = 0; i < SIGNALS && s->has_signals; i++) {
        uv_close((uv_handle_t *)&s->signals[i], NULL);
        if (s->signal && is_last)
            signal(signal_numbers[i], SIG_IGN);
    }
    uv_run(&s->loop, UV_RUN_DEFAULT);
}

/* What is to be written at the end, perhaps hours from now. */
static int check_places(const Options *o, Err *err) {
    for (size_t i = 0; i < EXTRA_COUNT; i++)
        if (o->extra[i] && file_check_place(o->extra[i], err) < 0)
            return -1;
    if (o->md_file && file_check_place(o->md_file, err) < 0)
        return -1;
    return o->save_baseline ? file_check_place(o->save_baseline, err) : 0;
}

/* An experiment goes higher than its profile. */
static int take_aim(Session *s, Err *err) {
    Peaks peaks = plans_peaks(s->profile);
    Aim aim;
    if (s->x->find) {
        const FindSpec *f = &s->x->find->spec;
        double *peak = f->is_rate ? &peaks.rate : &peaks.vus;
        *peak = fmax(*peak, f->max);
    }
    if (aim_take(s->o, s->profile, &peaks, &aim, err) < 0)
        return -1;
    guard_init(&s->guard, s->profile, aim.state);
    if (aim.is_far)
        guard_note_far(&s->guard, aim.far ? aim.far : "");
    return 0;
}

static ExitStatus check(Session *s, Err *err) {
    EngineOptions eo = engine_options(s);
    if (allow_check(s->o, s->profile, err) < 0 || check_places(s->o, err) < 0)
        return EXIT_USAGE;
    if (limits_check(s->profile, engine_workers(&eo),
                     machine_raise_descriptors(), err) < 0)
        return EXIT_USAGE;
    if (take_aim(s, err) < 0)
        return EXIT_USAGE;
    *err = (Err){ 0 };
    /* An experiment's load is not the profile's; repeats count together. */
    if (!s->x->pilot &&
        against_open(&s->against, s->o, s->profile, err) < 0)
        return EXIT_USAGE;
    if (*err->text)
        text_to(stderr, "onrush: the baseline: %s\n", err->text);
    s->dir = rundir_make(s->o->out, s->profile->name, s->started, err);
    return s->dir ? EXIT_HELD : EXIT_UNEXPECTED;
}

int session_run(const Options *o, const Profile *p, const SessionExtras *x) {
    Session s = { .o = o,
                  .profile = p,
                  .x = x ? x : &(SessionExtras){ 0 },
                  .to = x && x->to ? x->to : stdout,
                  .started = time(NULL),
                  .status = EXIT_UNEXPECTED };
    Err err = { 0 };
    ExitStatus status = check(&s, &err);
    if (status != EXIT_HELD) {
        against_close(&s.against);
        text_to(stderr, "onrush: %s; nothing was sent\n", err.text);
        return (int)status;
    }
    bool has_loop = begin_loop(&s.loop, &err) == 0;
    bool has_curl = has_loop && begin_curl(&err) == 0;
    if (!has_curl) {
        text_to(stderr, "onrush: %s; nothing was sent\n", err.text);
    } else if (start(&s, &err) < 0) {
        close_screen(&s);
        saving_forget(&s.saving);
        s.never_began = true;
        if (s.engine && !engine_is_running(s.engine))
            close_all(&s);
        run_loop(&s);
        s.status = EXIT_UNEXPECTED;
        text_to(stderr, "onrush: %s; nothing was sent\n", err.text);
    } else {
        run_loop(&s);
    }
    if (has_loop)
        uv_loop_close(&s.loop);
    if (has_curl)
        curl_global_cleanup();
    if (s.dir && s.x->dir)
        text_adds(s.x->dir, s.dir);
    free(s.dir);
    against_close(&s.against);
    gauges_close(&s.gauges);
    saving_close(&s.saving);
    return (int)s.status;
}
