/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "control/socket.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "control/verbs.h"

#define CLIENTS_MAX 16
#define LINE_MAX_BYTES 8192
/* Who has so many bytes of answers unread is not heard until they are. */
#define UNREAD_MAX ((size_t)256 << 10)
/* Commands of one client in a turn of the loop, which has other things to do;
 * then it waits for so long. */
#define TURN_MAX 32
#define TURN_MS 2

typedef struct Client {
    uv_pipe_t pipe;
    ControlSocket *socket;
    struct Client *next;
    uint64_t heard_ms; /* the loop's time of its last bytes */
    bool is_held;      /* until it has read, or its turn comes */
    size_t used;
    char line[LINE_MAX_BYTES];
} Client;

struct ControlSocket {
    uv_pipe_t listener;
    uv_timer_t turn; /* of those that are held though they do read */
    int handles;
    Source *source;
    char *path;
    Client *clients;
    size_t count;
    dev_t device; /* of the socket's file, and */
    ino_t inode;  /* which it is: another may stand there by now */
    bool is_closing;
};

/* --- answers ------------------------------------------------------------ */

static json_t *number(double v) {
    return isfinite(v) ? json_real(v) : json_null();
}

static json_t *reading(const Reading *r) {
    return json_pack("{s:I, s:I, s:o, s:o, s:o, s:o, s:o}", "requests",
                     (json_int_t)r->requests, "failed", (json_int_t)r->failed,
                     "rps", number(r->rps), "error_rate", number(r->error_rate),
                     "p50_ms", number(r->p50 / 1e6), "p95_ms",
                     number(r->p95 / 1e6), "p99_ms", number(r->p99 / 1e6));
}

static const char *state_name(RunState s) {
    static const char *const names[] = { "starting", "running", "paused",
                                         "finishing", "done" };
    return names[s];
}

static json_t *stage_now(const Plan *p) {
    return plan_is_over(p) ? json_null()
                           : json_string(p->stages[p->current].name);
}

static const char *driver(const Plan *p) {
    return plan_is_hand(p) ? "hand" : "plan";
}

static const char *unit_name(const Plan *p) {
    return p->unit == PLAN_RATE ? "arrivals/s" : "vus";
}

static json_t *scenarios(const Snapshot *s, const Wheel *w) {
    json_t *all = json_array();
    for (size_t i = 0; i < w->plan_count && i < s->scenario_count; i++) {
        const ScenarioReading *r = &s->scenarios[i];
        const Plan *p = &w->plans[i];
        json_array_append_new(
            all,
            json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:I, s:I}", "name",
                      w->names[i], "unit", unit_name(p), "driver", driver(p),
                      "stage", stage_now(p), "total_s",
                      number((double)plan_total_ns(p) / 1e9), "planned",
                      number(r->planned), "vus", (json_int_t)r->active,
                      "started", (json_int_t)r->started));
    }
    return all;
}

static json_t *status(Source *source) {
    const Snapshot *s = source_snapshot(source);
    const Wheel *w = source_wheel(source);
    const Plan *p = w->plan;
    json_t *focus =
        w->plan_count > 1 ? json_string(w->names[w->focus]) : json_null();
    return json_pack(
        "{s:s, s:s, s:s, s:o, s:s, s:o, s:o, s:o, s:I, s:o, s:I, s:o, s:o, "
        "s:o}",
        "name", source->info->name, "target", source->info->target, "state",
        state_name(s->state), "focus", focus, "driver", driver(p), "stage",
        stage_now(p), "time_s", number((double)s->now_ns / 1e9), "total_s",
        number((double)wheel_total_ns(w) / 1e9), "vus", (json_int_t)s->active,
        "planned", number(s->planned), "in_flight", (json_int_t)s->in_flight,
        "scenarios", scenarios(s, w), "now", reading(&s->now), "run",
        reading(&s->run));
}

static json_t *list_commands(void) {
    json_t *all = json_array();
    for (size_t i = 0; i < verb_count; i++)
        json_array_append_new(
            all, json_pack("{s:s, s:s, s:s}", "command", verbs[i].name,
                           "arguments", verbs[i].args, "does", verbs[i].help));
    return all;
}

static json_t *answer(Source *source, const char *command) {
    if (text_equal(command, "status"))
        return json_pack("{s:b, s:o}", "ok", 1, "status", status(source));
    if (text_equal(command, "commands"))
        return json_pack("{s:b, s:o}", "ok", 1, "commands", list_commands());
    Text said = { 0 };
    Err err = { 0 };
    json_t *out;
    char clean[ERR_TEXT_MAX * 2];
    if (source_command(source, command, &said, &err) < 0) {
        text_clean(clean, sizeof clean, err.text, strlen(err.text));
        out = json_pack("{s:b, s:s}", "ok", 0, "error", clean);
    } else {
        text_clean(clean, sizeof clean, said.bytes ? said.bytes : "",
                   said.length);
        out = json_pack("{s:b, s:s}", "ok", 1, "answer", clean);
    }
    text_close(&said);
    return out;
}

/* --- connections -------------------------------------------------------- */

static void on_client_closed(uv_handle_t *h) {
    free(h->data);
}

static void drop(Client *c) {
    ControlSocket *s = c->socket;
    if (uv_is_closing((uv_handle_t *)&c->pipe))
        return;
    for (Client **at = &s->clients; *at; at = &(*at)->next)
        if (*at == c) {
            *at = c->next;
            s->count--;
            break;
        }
    uv_close((uv_handle_t *)&c->pipe, on_client_closed);
}

typedef struct Reply {
    uv_write_t write;
    char *text;
} Reply;

static void obey(Client *c);

static bool is_behind(const Client *c) {
    return uv_stream_get_write_queue_size((const uv_stream_t *)&c->pipe) >
           UNREAD_MAX;
}

static void on_written(uv_write_t *w, int status_code) {
    Reply *r = (Reply *)w;
    Client *c = w->handle->data;
    free(r->text);
    free(r);
    if (status_code < 0)
        drop(c);
    else if (c->is_held && !is_behind(c))
        obey(c);
}

static void send_answer(Client *c, json_t *j) {
    Reply *r = mem_new(Reply);
    char *text = j ? json_dumps(j, JSON_COMPACT) : NULL;
    Text line = { 0 };
    text_addf(&line, "%s\n", text ? text : "{\"ok\":false}");
    free(text);
    json_decref(j);
    r->text = line.bytes;
    uv_buf_t buf = uv_buf_init(r->text, (unsigned)line.length);
    if (uv_write(&r->write, (uv_stream_t *)&c->pipe, &buf, 1, on_written) < 0) {
        free(r->text);
        free(r);
        drop(c);
    }
}

/* A NUL would hide from us what follows it, and what follows from a log. */
static void reply(Client *c, char *line, size_t length) {
    if (memchr(line, '\0', length))
        send_answer(c, json_pack("{s:b, s:s}", "ok", 0, "error",
                                 "a command is a line of text"));
    else
        send_answer(c, answer(c->socket->source, text_trim(line)));
}

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *buf) {
    Client *c = h->data;
    (void)suggested;
    *buf = uv_buf_init(c->line + c->used,
                       (unsigned)(sizeof c->line - 1 - c->used));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf) {
    Client *c = stream->data;
    (void)buf;
    if (n == 0)
        return;
    if (n < 0) {
        drop(c);
        return;
    }
    c->used += (size_t)n;
    c->heard_ms = uv_now(stream->loop);
    obey(c);
}

static void on_turn(uv_timer_t *t) {
    ControlSocket *s = t->data;
    for (Client *c = s->clients, *next; c; c = next) {
        next = c->next; /* obeying may drop it */
        if (c->is_held && !is_behind(c))
            obey(c);
    }
}

static void hold(Client *c, bool is_held) {
    ControlSocket *s = c->socket;
    if (is_held && !is_behind(c)) /* else a write that ends goes on */
        uv_timer_start(&s->turn, on_turn, TURN_MS, 0);
    if (is_held == c->is_held)
        return;
    c->is_held = is_held;
    if (is_held)
        uv_read_stop((uv_stream_t *)&c->pipe);
    else if (uv_read_start((uv_stream_t *)&c->pipe, on_alloc, on_read) < 0)
        drop(c);
}

/* The whole lines that are there, as far as their answers are read. */
static void obey(Client *c) {
    char *end = NULL;
    for (int left = TURN_MAX; left > 0 && !is_behind(c); left--) {
        end = memchr(c->line, '\n', c->used);
        if (!end)
            break;
        size_t length = (size_t)(end - c->line);
        *end = '\0';
        reply(c, c->line, length);
        if (uv_is_closing((uv_handle_t *)&c->pipe))
            return;
        c->used -= length + 1;
        memmove(c->line, end + 1, c->used);
    }
    hold(c, is_behind(c) || end);
    /* A line that fills the buffer is no command. */
    if (c->used == sizeof c->line - 1 && !memchr(c->line, '\n', c->used))
        drop(c);
}

static bool is_our_user(uv_pipe_t *pipe) {
    uv_os_fd_t fd;
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (uv_fileno((uv_handle_t *)pipe, &fd) < 0 ||
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0)
        return false;
    return peer.uid == geteuid() || peer.uid == 0;
}

/* Whoever has been silent for longest: nobody keeps others out by waiting. */
static void make_room(ControlSocket *s, const Client *newest) {
    Client *oldest = NULL;
    for (Client *c = s->clients; c; c = c->next)
        if (c != newest && (!oldest || c->heard_ms <= oldest->heard_ms))
            oldest = c;
    if (oldest && s->count > CLIENTS_MAX)
        drop(oldest);
}

static void on_connection(uv_stream_t *listener, int status_code) {
    ControlSocket *s = listener->data;
    if (status_code < 0 || s->is_closing)
        return;
    Client *c = mem_new(Client);
    c->socket = s;
    uv_pipe_init(listener->loop, &c->pipe, 0);
    c->pipe.data = c;
    c->heard_ms = uv_now(listener->loop);
    c->next = s->clients;
    s->clients = c;
    s->count++;
    if (uv_accept(listener, (uv_stream_t *)&c->pipe) < 0 ||
        !is_our_user(&c->pipe) ||
        uv_read_start((uv_stream_t *)&c->pipe, on_alloc, on_read) < 0)
        drop(c);
    else
        make_room(s, c);
}

/* --- life --------------------------------------------------------------- */

char *control_socket_path(long pid, Err *err) {
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    Text t = { 0 };
    if (runtime && *runtime == '/')
        text_addf(&t, "%s/onrush", runtime);
    else
        text_addf(&t, "/tmp/onrush-%ld", (long)geteuid());
    struct stat st;
    if (mkdir(t.bytes, 0700) < 0 && errno != EEXIST) {
        err_set(err, "%s: cannot make the folder: %s", t.bytes,
                strerror(errno));
    } else if (lstat(t.bytes, &st) < 0 || !S_ISDIR(st.st_mode) ||
               st.st_uid != geteuid() || st.st_mode & 077) {
        err_set(err,
                "%s: is not a folder of ours with mode 0700; say where to "
                "listen, --control PATH, or --no-control",
                t.bytes);
    } else {
        if (pid)
            text_addf(&t, "/%ld.sock", pid);
        return text_take(&t);
    }
    text_close(&t);
    return NULL;
}

/* Does anybody listen there? Who is too busy to take a connection does, and
 * so may whoever does not let us ask. */
static bool is_alive(const char *path) {
    struct sockaddr_un a = { .sun_family = AF_UNIX };
    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool alive = fd < 0 ||
                 connect(fd, (struct sockaddr *)&a, sizeof a) == 0 ||
                 (errno != ECONNREFUSED && errno != ENOENT);
    if (fd >= 0)
        close(fd);
    return alive;
}

/* Ours and not libuv's, which removes whatever stands at the path in the end.
 * Nobody may connect to it before its mode is set. -errno. */
static int listen_at(const char *path) {
    struct sockaddr_un a = { .sun_family = AF_UNIX };
    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    mode_t mask = umask(0177);
    int rc = bind(fd, (struct sockaddr *)&a, sizeof a) < 0 ? -errno : 0;
    umask(mask);
    if (rc == 0 && listen(fd, CLIENTS_MAX) < 0)
        rc = -errno;
    if (rc == 0)
        return fd;
    close(fd);
    return rc;
}

static void on_own_closed(uv_handle_t *h) {
    ControlSocket *s = h->data;
    if (--s->handles > 0)
        return;
    free(s->path);
    free(s);
}

static void close_own(ControlSocket *s) {
    uv_close((uv_handle_t *)&s->listener, on_own_closed);
    uv_close((uv_handle_t *)&s->turn, on_own_closed);
}

ControlSocket *control_socket_new(uv_loop_t *loop, Source *source,
                                  const char *path, Err *err) {
    struct stat st;
    struct sockaddr_un a;
    if (strlen(path) >= sizeof a.sun_path) {
        err_set(err, "%s: a socket's path has at most %zu bytes", path,
                sizeof a.sun_path - 1);
        return NULL;
    }
    bool is_there = lstat(path, &st) == 0;
    if (is_there && !S_ISSOCK(st.st_mode)) {
        err_set(err, "%s: that is there, and no socket: name a path of its own",
                path);
        return NULL;
    }
    if (is_there && is_alive(path)) {
        err_set(err, "%s: another run listens there: name another path", path);
        return NULL;
    }
    if (is_there)
        unlink(path);
    ControlSocket *s = mem_new(ControlSocket);
    s->source = source;
    s->path = mem_dup_text(path);
    uv_pipe_init(loop, &s->listener, 0);
    uv_timer_init(loop, &s->turn);
    s->handles = 2;
    s->listener.data = s->turn.data = s;
    int fd = listen_at(path);
    int rc = fd < 0 ? fd : uv_pipe_open(&s->listener, fd);
    if (fd >= 0 && lstat(path, &st) == 0) {
        s->device = st.st_dev;
        s->inode = st.st_ino;
    }
    if (rc == 0)
        rc = uv_listen((uv_stream_t *)&s->listener, CLIENTS_MAX, on_connection);
    if (rc < 0) {
        err_set(err, "%s: cannot listen: %s", path, uv_strerror(rc));
        close_own(s);
        return NULL;
    }
    uv_unref((uv_handle_t *)&s->listener);
    uv_unref((uv_handle_t *)&s->turn);
    return s;
}

void control_socket_close(ControlSocket *s) {
    struct stat st;
    if (!s)
        return;
    s->is_closing = true;
    while (s->clients)
        drop(s->clients);
    if (lstat(s->path, &st) == 0 && st.st_dev == s->device &&
        st.st_ino == s->inode)
        unlink(s->path);
    close_own(s);
}
