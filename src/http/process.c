/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "http/deadlines.h"
#include "http/multi.h"
#include "http/queue.h"
#include "http/response.h"

#define READ_BYTES ((size_t)64 << 10)
#define LINE_MAX_BYTES 100
/* One that may not be killed does not keep the run from ending. */
#define ABANDON_MS 1000
/* As a shell says it. */
#define STATUS_NOT_FOUND 127
#define STATUS_NOT_STARTED 126
#define STATUS_SIGNAL 128

typedef struct Run Run;

typedef struct Processes {
    Transport base;
    uv_loop_t *loop;
    const Profile *profile;
    char *buffer; /* one for all reads: nothing is left in it */
    Deadlines deadlines;
    Run *runs;         /* until their handles are closed */
    Queue failed;      /* could not be started, to be told */
    uv_timer_t timer;  /* tells them; after close: patience is over */
    bool is_closing;
    void (*closed)(void *);
    void *closed_data;
} Processes;

typedef struct ProcessLane {
    Lane base;
    Processes *all;
    Exchange *x; /* under way, or NULL */
    Run *run;    /* that carries it, or NULL */
    char **words;
    size_t word_cap;
    Text body; /* first MiB, with keep_body */
    char line[LINE_MAX_BYTES + 1]; /* the first one of stderr */
    size_t line_length;
    bool line_ended;
    char why[160];
} ProcessLane;

typedef enum { PIPE_IN, PIPE_OUT, PIPE_ERR, PIPES } PipeEnd;

/* One process. It may outlive its exchange, which gave up on it, and even
 * the lane: until it was reaped. */
struct Run {
    Processes *all;
    ProcessLane *lane; /* NULL: nobody waits for it any more */
    uv_process_t process;
    uv_pipe_t pipe[PIPES];
    bool is_open[PIPES];
    uv_write_t write;
    int handles;
    bool has_exited;
    int64_t status;
    int signal;
    uint64_t exited_ns;
    Run *before, *after;
};

/* --- the end of a process ----------------------------------------------- */

static void close_if_done(Processes *p);

static void run_free(Run *r) {
    Processes *p = r->all;
    *(r->before ? &r->before->after : &p->runs) = r->after;
    if (r->after)
        r->after->before = r->before;
    free(r);
    close_if_done(p);
}

static void on_run_closed(uv_handle_t *h) {
    Run *r = h->data;
    if (--r->handles == 0)
        run_free(r);
}

static void close_pipe(Run *r, PipeEnd i) {
    if (r->is_open[i])
        uv_close((uv_handle_t *)&r->pipe[i], on_run_closed);
    r->is_open[i] = false;
}

static void close_pipes(Run *r) {
    for (PipeEnd i = 0; i < PIPES; i++)
        close_pipe(r, i);
}

static void note_written(const Run *r) {
    Exchange *x = r->lane->x;
    x->bytes_out = x->form->body.length -
                   uv_stream_get_write_queue_size(
                       (const uv_stream_t *)&r->pipe[PIPE_IN]);
}

/* The exchange goes on without it. */
static void let_go(Run *r) {
    ProcessLane *l = r->lane;
    Exchange *x = l->x;
    if (r->is_open[PIPE_IN])
        note_written(r);
    deadline_drop(&r->all->deadlines, x);
    close_pipes(r);
    r->lane = NULL;
    l->run = NULL;
}

/* With all whom it started, unless they left its group. */
static void kill_group(const Run *r) {
    if (!r->has_exited && r->process.pid > 1)
        kill(-r->process.pid, SIGKILL);
}

/* --- the end of an exchange --------------------------------------------- */

static void tell(ProcessLane *l, FailClass fail, int status, const char *why,
                 uint64_t now_ns) {
    Exchange *x = l->x;
    l->x = NULL;
    x->end_ns = now_ns;
    x->fail = fail;
    x->status = status;
    x->why = why;
    x->body = l->body.bytes;
    bool is_wanted = x->request->keep_body || fail != FAIL_NONE;
    x->body_length = is_wanted ? l->body.length : 0;
    x->done(x);
}

/* "status 3: no such disk", "Killed" */
static const char *say_end(ProcessLane *l, const Run *r) {
    char end[64];
    const char *name = r->signal ? strsignal(r->signal) : NULL;
    if (name)
        snprintf(end, sizeof end, "%s", name);
    else
        snprintf(end, sizeof end, "status %d", (int)r->status);
    snprintf(l->why, sizeof l->why, "%s%s%.*s", end, l->line_length ? ": " : "",
             (int)l->line_length, l->line);
    return l->why;
}

static void finish(Run *r, uint64_t now_ns) {
    ProcessLane *l = r->lane;
    bool is_good = !r->signal && r->status == 0;
    int status = r->signal ? STATUS_SIGNAL + r->signal : (int)r->status;
    let_go(r);
    if (!l->x->sent_ns)
        l->x->sent_ns = now_ns; /* it did not want the rest */
    tell(l, is_good ? FAIL_NONE : FAIL_EXIT, status & 0xff,
         is_good ? NULL : say_end(l, r), now_ns);
}

static void finish_if_done(Run *r, uint64_t now_ns) {
    if (r->lane && r->has_exited && !r->is_open[PIPE_OUT] &&
        !r->is_open[PIPE_ERR])
        finish(r, now_ns);
}

static void on_exited(uv_process_t *process, int64_t status, int term_signal) {
    Run *r = process->data;
    r->has_exited = true;
    r->status = status;
    r->signal = term_signal;
    r->exited_ns = clock_now();
    uv_close((uv_handle_t *)process, on_run_closed);
    finish_if_done(r, r->exited_ns);
}

/* --- what it writes and reads ------------------------------------------- */

static void on_alloc(uv_handle_t *h, size_t wanted, uv_buf_t *to) {
    const Run *r = h->data;
    (void)wanted;
    *to = uv_buf_init(r->all->buffer, (unsigned)READ_BYTES);
}

static void take_output(ProcessLane *l, const char *bytes, size_t length,
                        uint64_t now_ns) {
    Exchange *x = l->x;
    if (!x->first_ns)
        x->first_ns = now_ns;
    x->bytes_in += length;
    x->body_bytes += length;
    /* Its status comes after it. */
    size_t most = x->request->keep_body ? RESPONSE_BODY_KEPT
                                        : RESPONSE_OPENING_FAILED;
    if (l->body.length < most) {
        size_t room = most - l->body.length;
        text_add(&l->body, bytes, length < room ? length : room);
    }
}

static void take_complaint(ProcessLane *l, const char *bytes, size_t length) {
    for (size_t i = 0; i < length && !l->line_ended; i++) {
        l->line_ended = l->line_length == LINE_MAX_BYTES ||
                        (bytes[i] == '\n' && l->line_length);
        if (!l->line_ended && bytes[i] != '\n')
            l->line[l->line_length++] = bytes[i];
    }
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *buffer) {
    Run *r = s->data;
    bool is_output = s == (uv_stream_t *)&r->pipe[PIPE_OUT];
    if (n == 0)
        return;
    uint64_t now_ns = clock_now();
    if (n < 0) {
        close_pipe(r, is_output ? PIPE_OUT : PIPE_ERR);
        finish_if_done(r, now_ns);
    } else if (is_output) {
        take_output(r->lane, buffer->base, (size_t)n, now_ns);
    } else {
        take_complaint(r->lane, buffer->base, (size_t)n);
    }
}

/* Written, or the process reads no more. */
static void on_written(uv_write_t *write, int status) {
    Run *r = write->data;
    if (!r->lane || status == UV_ECANCELED)
        return;
    Exchange *x = r->lane->x;
    x->sent_ns = clock_now();
    if (status == 0)
        x->bytes_out = x->form->body.length;
    close_pipe(r, PIPE_IN);
}

/* --- the beginning ------------------------------------------------------ */

/* A value cannot become two words: each word is a string, which the first
 * NUL ends. */
static char **words_of(ProcessLane *l, const Form *f) {
    if (f->header_count >= l->word_cap) {
        l->word_cap = f->header_count + 1;
        l->words = mem_resize(l->words, l->word_cap, sizeof *l->words);
    }
    for (size_t i = 0; i < f->header_count; i++)
        l->words[i] = (char *)(uintptr_t)(f->bytes + f->headers[2 * i + 1].at);
    l->words[f->header_count] = NULL;
    return l->words;
}

static Run *run_new(ProcessLane *l) {
    Processes *p = l->all;
    Run *r = mem_new(Run);
    r->all = p;
    r->lane = l;
    r->process.data = r->write.data = r;
    r->after = p->runs;
    if (p->runs)
        p->runs->before = r;
    p->runs = r;
    return r;
}

/* Real pipes, where uv_spawn would take sockets: /dev/stdin, /dev/stdout can
 * be opened. 0, or -1 with errno. */
static int open_pipe(Run *r, PipeEnd i, int *theirs) {
    int fd[2];
    uv_pipe_t *pipe = &r->pipe[i];
    if (pipe2(fd, O_CLOEXEC) < 0)
        return -1;
    if (fd[0] > multi_highest_descriptor() ||
        fd[1] > multi_highest_descriptor()) {
        close(fd[0]);
        close(fd[1]);
        errno = EMFILE;
        return -1;
    }
    int ours = i == PIPE_IN ? fd[1] : fd[0];
    *theirs = i == PIPE_IN ? fd[0] : fd[1];
    uv_pipe_init(r->all->loop, pipe, 0);
    pipe->data = r;
    r->handles++;
    r->is_open[i] = true;
    int rc = uv_pipe_open(pipe, ours);
    if (rc == 0)
        return 0;
    close(ours);
    errno = -rc;
    return -1;
}

/* All of ours have that already; libcurl's wake-up sockets do not. */
static void keep_files_from_children(void) {
#ifdef SYS_close_range
    syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 1U << 2 /* CLOEXEC */);
#endif
}

/* 0 or uv's error. */
static int spawn(Run *r, char **words, bool has_input) {
    int theirs[PIPES] = { -1, -1, -1 };
    uv_stdio_container_t stdio[PIPES] = { { .flags = UV_IGNORE } };
    int rc = 0;
    for (PipeEnd i = has_input ? PIPE_IN : PIPE_OUT; i < PIPES && !rc; i++) {
        rc = open_pipe(r, i, &theirs[i]) < 0 ? -errno : 0;
        stdio[i].flags = UV_INHERIT_FD;
        stdio[i].data.fd = theirs[i];
    }
    uv_process_options_t o = { .exit_cb = on_exited,
                               .file = words[0],
                               .args = words,
                               .flags = UV_PROCESS_DETACHED,
                               .stdio_count = PIPES,
                               .stdio = stdio };
    if (rc == 0) {
        keep_files_from_children();
        r->handles++; /* uv has it even if it could not start it */
        rc = uv_spawn(r->all->loop, &r->process, &o);
        if (rc < 0)
            uv_close((uv_handle_t *)&r->process, on_run_closed);
    }
    for (PipeEnd i = 0; i < PIPES; i++)
        if (theirs[i] >= 0)
            close(theirs[i]);
    return rc;
}

static void feed(Run *r) {
    const Form *f = r->lane->x->form;
    uv_buf_t body = uv_buf_init((char *)(uintptr_t)(f->bytes + f->body.at),
                                f->body.length);
    uv_write(&r->write, (uv_stream_t *)&r->pipe[PIPE_IN], &body, 1, on_written);
    note_written(r);
}

static void on_timer(uv_timer_t *t);

/* Its owner hears of it from the loop. */
static void note_failure(ProcessLane *l, int rc) {
    Processes *p = l->all;
    Exchange *x = l->x;
    char local[128];
    x->bytes_out = 0;
    x->start_ns = x->sent_ns = 0; /* as with no connection: its VU backs off */
    x->fail = multi_local_fail(-rc, local, sizeof local);
    if (x->fail == FAIL_NONE)
        x->fail = FAIL_EXEC;
    if (x->fail == FAIL_EXEC)
        snprintf(l->why, sizeof l->why, "%s: %s", l->words[0], strerror(-rc));
    else
        snprintf(l->why, sizeof l->why, "%s", local);
    x->status = rc == UV_ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_STARTED;
    queue_add(&p->failed, x);
    uv_timer_start(&p->timer, on_timer, 0, 0);
}

static void tell_failed(Processes *p) {
    uint64_t now_ns = clock_now();
    while (p->failed.first) {
        Exchange *x = queue_take(&p->failed);
        ProcessLane *l = x->lane;
        tell(l, x->fail, x->status, l->why, now_ns);
    }
}

static void process_send(Lane *lane, Exchange *x) {
    ProcessLane *l = (ProcessLane *)lane;
    Processes *p = l->all;
    exchange_begin(x);
    l->x = x;
    x->lane = l;
    l->body.length = l->line_length = 0;
    l->line_ended = false;
    Run *r = l->run = run_new(l);
    deadline_set(&p->deadlines, x, x->wanted_ns + p->profile->timeout_ns);
    x->start_ns = x->wanted_ns;
    int rc = spawn(r, words_of(l, x->form), x->form->body.length > 0);
    if (rc < 0) {
        let_go(r);
        if (!r->handles)
            run_free(r);
        note_failure(l, rc);
        return;
    }
    uv_read_start((uv_stream_t *)&r->pipe[PIPE_OUT], on_alloc, on_read);
    uv_read_start((uv_stream_t *)&r->pipe[PIPE_ERR], on_alloc, on_read);
    if (x->form->body.length)
        feed(r);
    else
        x->sent_ns = clock_now();
}

static void process_cancel(Lane *lane) {
    ProcessLane *l = (ProcessLane *)lane;
    if (l->run) {
        kill_group(l->run);
        let_go(l->run);
    } else if (l->x) {
        queue_remove(&l->all->failed, l->x);
    }
    l->x = NULL;
}

static void process_renew(Lane *lane) {
    (void)lane; /* each exchange has a process of its own */
}

static void process_tick(Transport *t, uint64_t now_ns) {
    Processes *p = (Processes *)t;
    for (Exchange *x; (x = p->deadlines.first) && x->deadline_ns <= now_ns;) {
        ProcessLane *l = x->lane;
        kill_group(l->run);
        let_go(l->run);
        tell(l, FAIL_TIMEOUT_WAIT, STATUS_SIGNAL + SIGKILL,
             "the command did not end within the time limit", now_ns);
    }
    /* Runs leave the list from the loop only. */
    for (Run *r = p->runs, *next; r; r = next) {
        next = r->after;
        if (r->lane && r->has_exited &&
            now_ns >= r->exited_ns + PROCESS_LINGER_NS)
            finish(r, now_ns);
    }
}

/* --- the transport ------------------------------------------------------ */

static Transport *process_open(uv_loop_t *loop, const Profile *profile,
                               size_t variant, Guard *guard, Err *err) {
    Processes *p = mem_new(Processes);
    (void)variant, (void)guard, (void)err;
    *p = (Processes){ .base = { .ops = &process_ops },
                      .loop = loop,
                      .profile = profile,
                      .buffer = mem_alloc(READ_BYTES, 1) };
    uv_timer_init(loop, &p->timer);
    p->timer.data = p;
    return &p->base;
}

static void on_timer_closed(uv_handle_t *h) {
    Processes *p = h->data;
    void (*closed)(void *) = p->closed;
    void *data = p->closed_data;
    free(p->buffer);
    free(p);
    closed(data);
}

static void close_if_done(Processes *p) {
    if (p->is_closing && !p->runs && !uv_is_closing((uv_handle_t *)&p->timer))
        uv_close((uv_handle_t *)&p->timer, on_timer_closed);
}

static void on_timer(uv_timer_t *t) {
    Processes *p = t->data;
    if (!p->is_closing) {
        tell_failed(p);
        return;
    }
    for (Run *r = p->runs; r; r = r->after)
        if (!r->has_exited)
            uv_close((uv_handle_t *)&r->process, on_run_closed);
}

static void process_close(Transport *t, void (*closed)(void *data),
                          void *data) {
    Processes *p = (Processes *)t;
    p->closed = closed;
    p->closed_data = data;
    p->is_closing = true;
    uv_timer_start(&p->timer, on_timer, ABANDON_MS, 0);
    close_if_done(p);
}

static size_t process_sockets(const Transport *t) {
    (void)t;
    return 0;
}

static Lane *process_lane_new(Transport *t, Lane *beside) {
    (void)beside;
    ProcessLane *l = mem_new(ProcessLane);
    l->base.ops = &process_ops;
    l->all = (Processes *)t;
    return &l->base;
}

static void process_lane_free(Lane *lane) {
    ProcessLane *l = (ProcessLane *)lane;
    process_cancel(lane);
    text_close(&l->body);
    free(l->words);
    free(l);
}

const TransportOps process_ops = {
    .name = "exec",
    .open = process_open,
    .close = process_close,
    .tick = process_tick,
    .sockets = process_sockets,
    .lane_new = process_lane_new,
    .lane_free = process_lane_free,
    .send = process_send,
    .cancel = process_cancel,
    .renew = process_renew,
};
