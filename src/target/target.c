/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "target/target.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "target/server.h"

/* Something to be done by the loop while its caller waits. */
typedef struct Call Call;
typedef void CallFn(struct Target *t, Call *call);
struct Call {
    CallFn *run;
    const char *assignments;
    uint64_t ns;
    TargetCounts counts;
    TargetSettings settings;
    Err *err;
    int rc;
    bool is_done;
    Call *next;
};

struct Target {
    Server server;
    char url[80];
    bool is_started; /* changed by the owner only, before it shares t */
    uv_thread_t thread;
    uv_async_t wake;
    pthread_mutex_t lock; /* for the list of calls and their is_done */
    pthread_cond_t answered;
    Call *calls;
};

static void run_calls(uv_async_t *wake) {
    Target *t = wake->data;
    pthread_mutex_lock(&t->lock);
    while (t->calls) { /* every one: wake-ups coalesce */
        Call *c = t->calls;
        t->calls = c->next;
        pthread_mutex_unlock(&t->lock);
        c->run(t, c);
        pthread_mutex_lock(&t->lock);
        c->is_done = true;
        pthread_cond_broadcast(&t->answered);
    }
    pthread_mutex_unlock(&t->lock);
}

static void call(Target *t, Call *c) {
    if (!t->is_started) {
        c->run(t, c);
        return;
    }
    pthread_mutex_lock(&t->lock);
    Call **end = &t->calls;
    while (*end)
        end = &(*end)->next;
    *end = c;
    uv_async_send(&t->wake);
    while (!c->is_done)
        pthread_cond_wait(&t->answered, &t->lock);
    pthread_mutex_unlock(&t->lock);
}

static void run_counts(Target *t, Call *c) {
    c->counts = server_counts(&t->server);
}

static void run_settings(Target *t, Call *c) {
    c->settings = t->server.system.set;
}

static void run_set(Target *t, Call *c) {
    TargetSettings set = t->server.system.set;
    c->rc = target_settings_read(&set, c->assignments, c->err);
    if (c->rc == 0)
        server_set(&t->server, &set);
}

static void run_down(Target *t, Call *c) {
    server_down(&t->server, c->ns, NULL);
}

static void run_close(Target *t, Call *c) {
    (void)c;
    server_close(&t->server);
    uv_close((uv_handle_t *)&t->wake, NULL);
}

TargetCounts target_counts(Target *t) {
    Call c = { .run = run_counts };
    call(t, &c);
    return c.counts;
}

TargetSettings target_settings(Target *t) {
    Call c = { .run = run_settings };
    call(t, &c);
    return c.settings;
}

int target_set(Target *t, const char *assignments, Err *err) {
    Call c = { .run = run_set, .assignments = assignments, .err = err };
    call(t, &c);
    return c.rc;
}

void target_down(Target *t, uint64_t ns) {
    Call c = { .run = run_down, .ns = ns };
    call(t, &c);
}

int target_port(const Target *t) {
    return server_port(&t->server);
}

const char *target_url(const Target *t) {
    return t->url;
}

void target_counts_print(const TargetCounts *c, Text *to) {
    text_addf(to, "received %llu", (unsigned long long)c->received);
    const struct {
        const char *name;
        uint64_t count;
    } counts[] = {
#define X(name, help) { #name, c->name },
        TARGET_COUNTS(X)
#undef X
    };
    for (size_t i = 1; i < sizeof counts / sizeof *counts; i++) {
        if (!counts[i].count)
            continue;
        text_adds(to, ", ");
        for (const char *s = counts[i].name; *s; s++)
            text_add(to, *s == '_' ? " " : s, 1);
        text_addf(to, " %llu", (unsigned long long)counts[i].count);
    }
}

const TargetRpcPort target_rpc_ports[TARGET_RPC_PORTS] = {
    { "full chain", TARGET_CHAIN_ALL },
    { "no interceptors", 0 },
    { "validation", 1u << TARGET_VALIDATION },
    { "logger", 1u << TARGET_LOGGER },
    { "tracing", 1u << TARGET_TRACING },
};

Target *target_new(const char *address, int port, const TargetSettings *s,
                   Err *err) {
    return target_new_rpc(address, port, 0, s, err);
}

Target *target_new_rpc(const char *address, int port, TargetChain chain,
                       const TargetSettings *s, Err *err) {
    Target *t = mem_new(Target);
    char name[64] = "";
    if (server_open(&t->server, address ? address : TARGET_DEFAULT_ADDRESS,
                    port, chain, s, err) < 0) {
        free(t);
        return NULL;
    }
    uv_async_init(&t->server.loop, &t->wake, run_calls);
    t->wake.data = t;
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->answered, NULL);
    bool is_v6 = t->server.address.ss_family == AF_INET6;
    if (is_v6)
        uv_ip6_name((void *)&t->server.address, name, sizeof name);
    else
        uv_ip4_name((void *)&t->server.address, name, sizeof name);
    snprintf(t->url, sizeof t->url, is_v6 ? "http://[%s]:%d" : "http://%s:%d",
             name, target_port(t));
    return t;
}

static void run_loop(void *arg) {
    Target *t = arg;
    uv_run(&t->server.loop, UV_RUN_DEFAULT);
}

int target_start(Target *t, Err *err) {
    static const int crashes[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
    sigset_t all, before;
    /* The thread inherits the mask. SIGPIPE included: a write to a client
     * that has left answers EPIPE instead. A crash is still to be caught by
     * whoever restores the terminal. */
    sigfillset(&all);
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        sigdelset(&all, crashes[i]);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = uv_thread_create(&t->thread, run_loop, t);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (rc < 0)
        return err_set(err, "no thread: %s", uv_strerror(rc));
    t->is_started = true;
    return 0;
}

void target_free(Target *t) {
    if (!t)
        return;
    Call c = { .run = run_close };
    call(t, &c);
    if (t->is_started)
        uv_thread_join(&t->thread);
    else
        uv_run(&t->server.loop, UV_RUN_DEFAULT);
    server_free(&t->server);
    pthread_cond_destroy(&t->answered);
    pthread_mutex_destroy(&t->lock);
    free(t);
}
