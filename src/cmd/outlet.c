/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#define AGAIN_MS 50

struct Outlet {
    FILE *to;
    int fd;        /* its file once more, which does not wait; -1: none */
    bool is_plain; /* a file: it takes what it is given, or fails */
    bool is_socket;
    uv_timer_t again;
    Text waiting;
    size_t at; /* of waiting: what is out */
    size_t left_out;
    bool is_ending, is_over;
    uint64_t end_ms; /* the loop's time; 0: never */
    void (*closed)(void *);
    void *data;
};

/* --- writing ------------------------------------------------------------ */

/* Another's pipe, which we may not open: what it has room for does not
 * wait. */
static ssize_t write_with_room(int fd, const char *bytes, size_t length) {
    struct pollfd p = { .fd = fd, .events = POLLOUT };
    if (poll(&p, 1, 0) <= 0) {
        errno = EAGAIN;
        return -1;
    }
    return write(fd, bytes, length < PIPE_BUF ? length : PIPE_BUF);
}

static ssize_t put(const Outlet *o, const char *bytes, size_t length) {
    if (o->is_socket)
        return send(fileno(o->to), bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (o->fd >= 0)
        return write(o->fd, bytes, length);
    return write_with_room(fileno(o->to), bytes, length);
}

/* A failure happens once more in the stream, for whoever asks that. */
static void write_plain(Outlet *o) {
    o->is_plain = true;
    fputs(o->waiting.bytes + o->at, o->to);
    fflush(o->to);
    o->at = o->waiting.length;
}

static void flush(Outlet *o) {
    while (o->at < o->waiting.length && !o->is_plain) {
        ssize_t n =
            put(o, o->waiting.bytes + o->at, o->waiting.length - o->at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n < 0)
            break;
        o->at += (size_t)n;
    }
    if (o->at < o->waiting.length)
        write_plain(o);
    text_clear(&o->waiting);
    o->at = 0;
}

/* --- the end ------------------------------------------------------------ */

static void on_closed(uv_handle_t *h) {
    Outlet *o = h->data;
    if (o->fd >= 0)
        close(o->fd);
    text_close(&o->waiting);
    free(o);
}

static void end(Outlet *o) {
    if (o->is_over)
        return;
    o->is_over = true;
    uv_close((uv_handle_t *)&o->again, on_closed);
    if (o->closed)
        o->closed(o->data);
}

static void on_again(uv_timer_t *t) {
    Outlet *o = t->data;
    flush(o);
    bool is_late = o->end_ms && uv_now(t->loop) >= o->end_ms;
    if (o->is_ending && (!o->waiting.length || is_late))
        end(o);
    else if (!o->waiting.length)
        uv_timer_stop(t);
}

/* --- for whoever tells -------------------------------------------------- */

Outlet *outlet_new(uv_loop_t *loop, FILE *to) {
    struct stat st;
    Outlet *o = mem_new(Outlet);
    int fd = fileno(to);
    fflush(to); /* what was told before stands before */
    o->to = to;
    o->fd = -1;
    bool is_there = fstat(fd, &st) == 0;
    o->is_socket = is_there && S_ISSOCK(st.st_mode);
    o->is_plain =
        !is_there || !(o->is_socket || S_ISFIFO(st.st_mode) || isatty(fd));
    if (!o->is_plain && !o->is_socket)
        o->fd = file_open_again(fd, O_WRONLY);
    uv_timer_init(loop, &o->again);
    o->again.data = o;
    return o;
}

void outlet_add(Outlet *o, const char *text) {
    if (!*text)
        return;
    text_adds(&o->waiting, text);
    flush(o);
    if (o->waiting.length && !uv_is_active((uv_handle_t *)&o->again))
        uv_timer_start(&o->again, on_again, AGAIN_MS, AGAIN_MS);
}

void outlet_addf(Outlet *o, const char *format, ...) {
    Text raw = { 0 }, clean = { 0 };
    va_list args;
    va_start(args, format);
    text_addv(&raw, format, args);
    va_end(args);
    text_add_lines(&clean, raw.bytes ? raw.bytes : "");
    outlet_add(o, clean.bytes);
    text_close(&raw);
    text_close(&clean);
}

void outlet_tell(Outlet *o, const char *text) {
    if (o->waiting.length - o->at < OUTLET_WAITING_MAX)
        outlet_add(o, text);
    else
        o->left_out++;
}

size_t outlet_left_out(const Outlet *o) {
    return o->left_out;
}

void outlet_close(Outlet *o, uint64_t most_ms, void (*closed)(void *data),
                  void *data) {
    if (!o)
        return;
    o->closed = closed;
    o->data = data;
    o->is_ending = true;
    if (!o->waiting.length) {
        end(o);
        return;
    }
    uv_update_time(o->again.loop);
    o->end_ms = most_ms ? uv_now(o->again.loop) + most_ms : 0;
}

void outlet_give_up(Outlet *o) {
    if (o)
        end(o);
}

/* --- both --------------------------------------------------------------- */

void outlets_open(Outlets *all, uv_loop_t *loop) {
    all->out = outlet_new(loop, stdout);
    all->errors = outlet_new(loop, stderr);
}

static void on_one_closed(void *data) {
    *(Outlet **)data = NULL;
}

void outlets_close(Outlets *all, uint64_t most_ms) {
    outlet_close(all->out, most_ms, on_one_closed, &all->out);
    outlet_close(all->errors, most_ms, on_one_closed, &all->errors);
}

void outlets_give_up(Outlets *all) {
    outlet_give_up(all->out);
    outlet_give_up(all->errors);
}
