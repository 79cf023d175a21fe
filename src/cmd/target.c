/* SPDX-License-Identifier: GPL-3.0-or-later */
/* onrush target: the embedded test server until a signal ends it. */
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/usage.h"

#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "report/report.h"
#include "target/target.h"

#define FILES_LEAST 32 /* of those, a server takes 12 */

typedef struct Options {
    const char *address;
    int port;
    TargetSettings settings;
    bool is_rpc;
    bool wants_help;
} Options;

static void print_help(void) {
    TargetSettings fallback = target_settings_default();
    text_to(stdout, "usage: onrush target [--address A] [--port N] [--rpc] "
           "[KEY=VALUE...]\n"
           "Serve HTTP on this machine with a system behind it that bends "
           "under load.\n\n"
           "  -a, --address A   127.0.0.1 (the default) or ::1\n"
           "  -p, --port N      default %d; 0: any free one\n"
           "  -r, --rpc         five ports from N on, each with other "
           "interceptors before\n"
           "                    its RPC: all, none, validation, logger, "
           "tracing\n"
           "  -h, --help        this text\n\n"
           "settings, also while it runs (POST them to /_target):\n",
           TARGET_DEFAULT_PORT);
    for (size_t i = 0; i < target_settings_count(); i++) {
        UnitsText value;
        target_settings_value(&fallback, i, value);
        char left[64];
        snprintf(left, sizeof left, "%-15s %s", target_settings_name(i), value);
        usage_print(left, target_settings_help(i));
    }
    text_to(stdout,
            "\npaths: /delay/50ms /status/404 /size/10KiB /json /chunked/5\n"
           "  /errors/10%% /echo /close /fault/NAME; GET /_target shows "
           "settings and\n  counts, and when it was gone, by this machine's "
           "monotonic clock; POST 3s to\n  /_target/down: gone for that long; "
           "GET /metrics for Prometheus; all else\n  meets the system, and "
           "behind it are\n"
           "  a shop  POST /login, GET /account, GET /products?page=1, "
           "GET /products/S-1,\n"
           "          POST /orders, GET /orders/o-1\n"
           "  tasks   POST /tasks, GET /tasks/t-1\n"
           "  an RPC  POST /rpc/METHOD\n");
}

static int read_port(const char *text, int *port) {
    char *end;
    errno = 0;
    long n = strtol(text, &end, 10);
    if (errno || end == text || *end || n < 0 || n > 65535)
        return -1;
    *port = (int)n;
    return 0;
}

static int usage_error(const char *why) {
    text_to(stderr, "onrush target: %s (see onrush target --help)\n", why);
    return -1;
}

static int wrong_option(const char *written) {
    char shown[64], why[128];
    text_clean(shown, sizeof shown, written, strlen(written));
    snprintf(why, sizeof why, "'%s' is no option or lacks its value", shown);
    return usage_error(why);
}

static int read_options(Options *o, int argc, char **argv) {
    static const struct option known[] = {
        { "address", required_argument, NULL, 'a' },
        { "port", required_argument, NULL, 'p' },
        { "rpc", no_argument, NULL, 'r' },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
    };
    Err err;
    int c;
    optind = 0; /* glibc: begin anew, whoever used getopt before */
    opterr = 0;
    while ((c = getopt_long(argc, argv, "a:p:rh", known, NULL)) != -1) {
        if (c == 'a')
            o->address = optarg;
        else if (c == 'r')
            o->is_rpc = true;
        else if (c == 'h')
            o->wants_help = true;
        else if (c != 'p')
            return wrong_option(argv[optind - 1]);
        else if (read_port(optarg, &o->port) < 0)
            return usage_error("a port is a number from 0 to 65535");
    }
    if (o->is_rpc && o->port > 65536 - TARGET_RPC_PORTS)
        return usage_error("--rpc takes five ports: the first is 65531 at "
                           "most");
    Text all = { 0 };
    for (int i = optind; i < argc; i++)
        text_addf(&all, "%s ", argv[i]);
    int rc =
        all.length ? target_settings_read(&o->settings, all.bytes, &err) : 0;
    text_close(&all);
    return rc < 0 ? usage_error(err.text) : 0;
}

/* Ten thousand connections are ten thousand descriptors; without a few libuv
 * would abort. */
static int raise_descriptor_limit(Err *err) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 0;
    limit.rlim_cur = limit.rlim_max;
    if (limit.rlim_max < FILES_LEAST)
        return err_set(err,
                       "needs %d open files, this machine allows %llu: raise "
                       "ulimit -n",
                       FILES_LEAST, (unsigned long long)limit.rlim_max);
    setrlimit(RLIMIT_NOFILE, &limit);
    return 0;
}

/* role: "full chain, ", or "" */
static void print_address(Target *t, const char *role) {
    TargetSettings s = target_settings(t);
    UnitsText service;
    text_to(stdout,
            "onrush target: %s %scapacity %llu, service %s\n", target_url(t),
           role, (unsigned long long)s.capacity,
           units_duration(service, s.service_ns));
    fflush(stdout);
}

static void print_counts(Target *t, const char *role) {
    TargetCounts counts = target_counts(t);
    Text text = { 0 };
    target_counts_print(&counts, &text);
    text_to(stdout, "onrush target: %s%s\n", role, text.bytes);
    fflush(stdout);
    text_close(&text);
}

/* What is served: one target, or one for each of the RPC's ports. */
typedef struct Served {
    Target *target[TARGET_RPC_PORTS];
    char role[TARGET_RPC_PORTS][32];
    int count;
} Served;

static int serve(Served *v, const Options *o, Err *err) {
    int wanted = o->is_rpc ? TARGET_RPC_PORTS : 1;
    for (int i = 0; i < wanted; i++) {
        const TargetRpcPort *port = &target_rpc_ports[i];
        TargetChain chain = o->is_rpc ? port->chain : 0;
        int number = o->port ? o->port + i : 0;
        if (o->is_rpc)
            snprintf(v->role[i], sizeof *v->role, "%s, ", port->name);
        v->target[i] =
            target_new_rpc(o->address, number, chain, &o->settings, err);
        if (!v->target[i])
            return -1;
        v->count++;
    }
    for (int i = 0; i < v->count; i++)
        if (target_start(v->target[i], err) < 0)
            return -1;
    return 0;
}

static void stop(Served *v) {
    for (int i = 0; i < v->count; i++)
        target_free(v->target[i]);
}

int cmd_target(int argc, char **argv) {
    Options o = { .address = TARGET_DEFAULT_ADDRESS,
                  .port = TARGET_DEFAULT_PORT,
                  .settings = target_settings_default() };
    Served served = { .count = 0 };
    Err err;
    sigset_t ends;
    int signal_number;
    if (read_options(&o, argc, argv) < 0)
        return EXIT_USAGE;
    if (o.wants_help) {
        print_help();
        return EXIT_SUCCESS;
    }
    if (raise_descriptor_limit(&err) < 0) {
        text_to(stderr, "onrush target: %s\n", err.text);
        return EXIT_FAILURE;
    }
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    if (serve(&served, &o, &err) < 0) {
        text_to(stderr, "onrush target: %s\n", err.text);
        stop(&served);
        return EXIT_FAILURE;
    }
    for (int i = 0; i < served.count; i++)
        print_address(served.target[i], served.role[i]);
    sigwait(&ends, &signal_number);
    for (int i = 0; i < served.count; i++)
        print_counts(served.target[i], served.role[i]);
    stop(&served);
    return EXIT_SUCCESS;
}
