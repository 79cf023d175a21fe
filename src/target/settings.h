/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settings.h: what makes the test server slow, small or faulty, as one value
 * and one table of keys, from which the command line, the control path, the
 * help and the JSON follow. Pure values; no thread of their own. */
#ifndef ONRUSH_TARGET_SETTINGS_H
#define ONRUSH_TARGET_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "base/units.h"

/* Faults done on purpose; the names are those of /fault/NAME and fault.NAME. */
#define TARGET_FAULTS(X)                                           \
    X(RESET, "reset", "reset the connection instead of answering") \
    X(TRUNCATE, "truncate", "close within the answer's body")      \
    X(GARBAGE, "garbage", "answer with bytes that are not HTTP")   \
    X(HANG, "hang", "never answer until the client leaves")        \
    X(ESCAPE, "escape", "answer 500 with terminal escapes in reason and body")

typedef enum TargetFault {
#define X(id, name, help) TARGET_FAULT_##id,
    TARGET_FAULTS(X)
#undef X
        TARGET_FAULT_COUNT
} TargetFault;

/* What an RPC may have to pass on its way, and the time it takes there. */
#define TARGET_INTERCEPTORS(X)                                         \
    X(LOGGER, "logger", 100, "time that an RPC spends being logged")   \
    X(TRACING, "tracing", 200, "time that an RPC spends being traced") \
    X(VALIDATION, "validation", 300, "time that an RPC spends being checked")

typedef enum TargetInterceptor {
#define X(id, name, us, help) TARGET_##id,
    TARGET_INTERCEPTORS(X)
#undef X
        TARGET_INTERCEPTOR_COUNT
} TargetInterceptor;

/* A set of them: bit 1 << TARGET_LOGGER and so on. */
typedef unsigned TargetChain;
#define TARGET_CHAIN_ALL ((1u << TARGET_INTERCEPTOR_COUNT) - 1)

const char *target_fault_name(TargetFault f);

typedef struct TargetSettings {
    uint64_t capacity;   /* requests served at the same time */
    uint64_t service_ns; /* median service time */
    double spread;       /* sigma of the lognormal distribution */
    uint64_t queue;      /* waiting places; beyond them: 503 at once */
    double slowdown;     /* service *= 1 + slowdown * queued / queue */
    double fatigue;      /* service *= 1 + fatigue * (queue over time) */
    uint64_t rest_ns;    /* how long that takes to build up, or to go */
    double errors;       /* share of 500 answers */
    double fault[TARGET_FAULT_COUNT]; /* shares of requests to the system */
    uint64_t seed;
    uint64_t interceptor_ns[TARGET_INTERCEPTOR_COUNT]; /* added to service */
    uint64_t task_workers; /* tasks worked on at the same time */
    uint64_t task_queue;   /* tasks that may wait; beyond them: 429 */
    uint64_t task_ns;      /* median work of the standard kind and quality */
    uint64_t order_ns;     /* from the order to its being done */
} TargetSettings;

#define TARGET_TASK_WORKERS_MAX 1024
#define TARGET_TASK_QUEUE_MAX 32768

TargetSettings target_settings_default(void);

/* Applies "capacity=64 service=5ms" (white space or commas between): all, or
 * on -1 nothing; err then names the key, or the nearest one. */
int target_settings_read(TargetSettings *s, const char *assignments, Err *err);

/* The table: keys 0 .. target_settings_count() - 1. A value is written as
 * target_settings_read takes it. */
size_t target_settings_count(void);
const char *target_settings_name(size_t key);
const char *target_settings_help(size_t key);
char *target_settings_value(const TargetSettings *s, size_t key, UnitsText to);
/* Is the value a plain number, so that JSON needs no quotes? */
bool target_settings_is_number(size_t key);

/* A share of all requests: "10%" or "0.1"; 0 to 1. */
int target_read_share(const char *text, double *share, Err *err);
/* "12", "64kB", "10KiB", "1MiB": bytes, at most 1 GiB. */
int target_read_size(const char *text, uint64_t *bytes, Err *err);

#endif
