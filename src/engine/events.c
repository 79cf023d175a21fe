/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/events.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

#define LINE_MAX_BYTES 100

/* A process of an event; freed when the loop has closed both handles. */
typedef struct Running {
    Events *events; /* NULL: they are closed, nobody wants to know */
    char who[EVENT_TEXT_MAX]; /* "event NAME" */
    EventKind kind;
    const char *cause; /* of a recovery, from its end on; NULL: of none */
    uv_process_t process;
    uv_pipe_t err;
    char line[LINE_MAX_BYTES + 1]; /* of stderr, the first */
    size_t length;
    bool has_line;
    bool was_spawned; /* there is a handle of it to close */
    int handles;
    struct Running *next;
} Running;

struct Events {
    uv_loop_t *loop;
    const Profile *profile;
    Wheel *wheel;
    Recorder *recorder;
    size_t focus; /* their own: an operator's stays where it is */
    bool *begun;  /* by event */
    uint64_t run_ns;
    Running *running;
};

Events *events_new(uv_loop_t *loop, const Profile *p, Wheel *w, Recorder *r) {
    Events *e = mem_new(Events);
    *e = (Events){ .loop = loop,
                   .profile = p,
                   .wheel = w,
                   .recorder = r,
                   .begun = mem_alloc(p->event_count, sizeof(bool)) };
    return e;
}

/* --- processes ---------------------------------------------------------- */

static void forget(Running *r) {
    Running **at = &r->events->running;
    while (*at != r)
        at = &(*at)->next;
    *at = r->next;
    r->events = NULL;
}

static void on_closed(uv_handle_t *h) {
    Running *r = h->data;
    if (--r->handles == 0)
        free(r);
}

static void close_handles(Running *r) {
    r->handles = r->was_spawned ? 2 : 1;
    if (r->was_spawned)
        uv_close((uv_handle_t *)&r->process, on_closed);
    uv_close((uv_handle_t *)&r->err, on_closed);
}

static void keep_line(Running *r, const char *bytes, size_t length) {
    const char *end = memchr(bytes, '\n', length);
    size_t room = LINE_MAX_BYTES - r->length;
    size_t n = end ? (size_t)(end - bytes) : length;
    if (r->has_line)
        return;
    memcpy(r->line + r->length, bytes, n < room ? n : room);
    r->length += n < room ? n : room;
    r->has_line = end != NULL;
}

static void on_room(uv_handle_t *h, size_t wanted, uv_buf_t *to) {
    static char bytes[4096]; /* all of them, one after the other */
    (void)h, (void)wanted;
    *to = uv_buf_init(bytes, sizeof bytes);
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *buf) {
    Running *r = s->data;
    if (n > 0)
        keep_line(r, buf->base, (size_t)n);
    else if (n < 0)
        uv_read_stop(s);
}

/* What was written before the end, but not read yet. */
static void drain(Running *r) {
    char bytes[1024];
    uv_os_fd_t fd;
    if (uv_fileno((uv_handle_t *)&r->err, &fd) < 0)
        return;
    uv_read_stop((uv_stream_t *)&r->err);
    for (int i = 0; i < 8 && !r->has_line; i++) {
        ssize_t n = read(fd, bytes, sizeof bytes);
        if (n <= 0)
            return;
        keep_line(r, bytes, (size_t)n);
    }
}

static void log_end(Running *r, int64_t status, int signal) {
    Events *e = r->events;
    char how[32] = "done";
    secrets_mask_text(e->profile->secrets, r->line,
                      r->length == LINE_MAX_BYTES);
    if (signal)
        snprintf(how, sizeof how, "ended by signal %d", signal);
    else if (status)
        snprintf(how, sizeof how, "ended with status %d", (int)status);
    event_add(&e->wheel->log, e->run_ns, r->kind, "%s: %s%s%s", r->who, how,
              r->length && (signal || status) ? ": " : "",
              signal || status ? r->line : "");
}

static void on_ended(uv_process_t *p, int64_t status, int signal) {
    Running *r = p->data;
    if (r->events) {
        if (r->cause)
            recorder_event_over(r->events->recorder, r->events->run_ns,
                                r->cause);
        drain(r);
        log_end(r, status, signal);
        forget(r);
    }
    close_handles(r);
}

static char **words_of(const char *exec, size_t length) {
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += exec[i] == '\0';
    char **words = mem_alloc(count + 1, sizeof *words);
    char *at = (char *)(uintptr_t)exec; /* uv only reads them */
    for (size_t i = 0; i < count; i++, at += strlen(at) + 1)
        words[i] = at;
    return words;
}

extern char **environ;

/* Ours and these; NULL: ours alone. */
static char **environment(const char *const *more) {
    size_t own = 0, n = 0;
    while (environ && environ[own])
        own++;
    while (more && more[n])
        n++;
    if (!n)
        return NULL;
    char **all = mem_alloc(own + n + 1, sizeof *all);
    for (size_t i = 0; i < n; i++)
        all[i] = (char *)(uintptr_t)more[i];
    if (own)
        memcpy(all + n, environ, own * sizeof *all);
    return all;
}

/* A pipe and not uv's sockets: a child may open /dev/stderr. */
static int spawn(Running *r, const char *exec, size_t length,
                 const char *const *env) {
    uv_file ends[2];
    int rc = uv_pipe(ends, UV_NONBLOCK_PIPE, 0);
    if (rc < 0)
        return rc;
    uv_pipe_open(&r->err, ends[0]);
    uv_stdio_container_t files[3] = {
        { .flags = UV_IGNORE },
        { .flags = UV_IGNORE },
        { .flags = UV_INHERIT_FD, .data.fd = ends[1] },
    };
    char **words = words_of(exec, length), **all = environment(env);
    uv_process_options_t o = { .exit_cb = on_ended,
                               .file = words[0],
                               .args = words,
                               .env = all,
                               .flags = UV_PROCESS_DETACHED,
                               .stdio_count = 3,
                               .stdio = files };
    /* Others' descriptors are not all marked: curl's are not. */
    close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    r->was_spawned = true; /* also when it fails */
    rc = uv_spawn(r->events->loop, &r->process, &o);
    close(ends[1]);
    free(words);
    free(all);
    return rc;
}

static void start_process(Events *e, EventKind kind, const char *who,
                          const char *cause, const char *exec, size_t length,
                          const char *const *env) {
    Running *r = mem_new(Running);
    *r = (Running){
        .events = e, .kind = kind, .cause = cause, .next = e->running
    };
    snprintf(r->who, sizeof r->who, "%s", who);
    e->running = r;
    uv_pipe_init(e->loop, &r->err, 0);
    int rc = spawn(r, exec, length, env);
    r->process.data = r->err.data = r;
    if (rc < 0) {
        event_add(&e->wheel->log, e->run_ns, kind,
                  "%s: cannot be started: %s", who, uv_strerror(rc));
        forget(r);
        close_handles(r);
        return;
    }
    uv_read_start((uv_stream_t *)&r->err, on_room, on_read);
    if (cause)
        recorder_event(e->recorder, e->run_ns, cause);
}

void events_start(Events *e, const char *who, const char *words,
                  size_t length, const char *const *env) {
    size_t running = 0;
    for (const Running *r = e->running; r; r = r->next)
        running += r->kind == EVENT_ALERT;
    if (running < EVENTS_RUNNING_MAX)
        start_process(e, EVENT_ALERT, who, NULL, words, length, env);
    else
        event_add(&e->wheel->log, e->run_ns, EVENT_ALERT,
                  "%s: not started, %d of them run already", who,
                  EVENTS_RUNNING_MAX);
}

/* --- what is due -------------------------------------------------------- */

static void steer(Events *e, const PlannedEvent *event) {
    Text answer = { 0 };
    Err err;
    char who[EVENT_TEXT_MAX];
    size_t operators = e->wheel->focus;
    snprintf(who, sizeof who, "event %s", event->name);
    wheel_focus(e->wheel, e->focus);
    if (wheel_do_as(e->wheel, e->run_ns, EVENT_PLAN, who, event->command,
                    &answer, &err) < 0)
        event_add(&e->wheel->log, e->run_ns, EVENT_PLAN, "%s: %s", who,
                  err.text);
    e->focus = e->wheel->focus;
    wheel_focus(e->wheel, operators);
    text_close(&answer);
}

/* The earliest that is due and has not begun; NULL: none. */
static const PlannedEvent *take_next(Events *e) {
    const PlannedEvent *all = e->profile->events, *next = NULL;
    for (size_t i = 0; i < e->profile->event_count; i++)
        if (!e->begun[i] && all[i].at_ns <= e->run_ns &&
            (!next || all[i].at_ns < next->at_ns))
            next = &all[i];
    if (next)
        e->begun[next - all] = true;
    return next;
}

void events_advance(Events *e, uint64_t run_ns) {
    const PlannedEvent *event;
    e->run_ns = run_ns;
    while ((event = take_next(e))) {
        event_add(&e->wheel->log, run_ns, EVENT_MARK, "%s", event->name);
        if (event->command)
            steer(e, event);
        if (event->exec) {
            char who[EVENT_TEXT_MAX];
            snprintf(who, sizeof who, "event %s", event->name);
            start_process(e, EVENT_PLAN, who,
                          event->command ? NULL : event->name, event->exec,
                          event->exec_length, NULL);
        }
    }
}

/* --- the end ------------------------------------------------------------ */

static void kill_all(Events *e) {
    while (e->running) {
        Running *r = e->running;
        bool is_deaf = kill(-r->process.pid, SIGKILL) < 0;
        forget(r);
        if (is_deaf) /* of another user by now, as by sudo: nobody waits */
            close_handles(r);
    }
}

void events_end(Events *e, uint64_t run_ns) {
    for (Running *r = e->running; r; r = r->next)
        event_add(&e->wheel->log, run_ns, r->kind, "%s: ended with the run",
                  r->who);
    kill_all(e);
}

void events_close(Events *e) {
    kill_all(e);
    free(e->begun);
    free(e);
}
