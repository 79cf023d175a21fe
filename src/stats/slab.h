/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slab.h: what a worker counts, and how it hands that to the main thread.
 *
 * A worker records into its live slab without locks; from time to time it
 * offers it and goes on with the spare one. The main thread collects, adds
 * and clears. Two atomic pointers, nothing is copied and nothing is lost: a
 * late main thread only finds more in one slab.
 * The same struct holds totals. */
#ifndef ONRUSH_STATS_SLAB_H
#define ONRUSH_STATS_SLAB_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "stats/custom.h"
#include "stats/example.h"
#include "stats/hist.h"

/* k6's phases of a request. */
#define PHASES(X)               \
    X(BLOCKED, "blocked")       \
    X(CONNECTING, "connecting") \
    X(TLS, "tls_handshaking")   \
    X(SENDING, "sending")       \
    X(WAITING, "waiting")       \
    X(RECEIVING, "receiving")

typedef enum Phase {
#define X(id, name) PHASE_##id,
    PHASES(X)
#undef X
        PHASE_COUNT
} Phase;

/* Why a request failed; each failed request has exactly one class. */
#define FAILS(X)                                                            \
    X(RESOLVE, "resolve", "the name could not be resolved")                 \
    X(CONNECT, "connect", "no connection: refused or unreachable")          \
    X(TLS, "tls", "the TLS handshake or record layer failed")               \
    X(TIMEOUT_RESOLVE, "timeout-resolve",                                   \
      "the name was not resolved within the time limit")                    \
    X(TIMEOUT_CONNECT, "timeout-connect",                                   \
      "no connection within the time limit")                                \
    X(TIMEOUT_TLS, "timeout-tls", "no TLS handshake within the time limit") \
    X(TIMEOUT_SEND, "timeout-send",                                         \
      "the target did not read the request within the time limit")          \
    X(TIMEOUT_WAIT, "timeout-wait", "no answer within the time limit")      \
    X(TIMEOUT_RECEIVE, "timeout-receive",                                   \
      "the answer was not complete within the time limit")                  \
    X(RESET, "reset", "the connection was closed before an answer")         \
    X(TRUNCATED, "truncated", "the connection was closed within an answer") \
    X(MALFORMED, "malformed", "the answer is not HTTP")                     \
    X(TOO_LARGE, "too-large",                                               \
      "a head beyond 256 KiB, a body that unpacks beyond 64 MiB and 100-fold") \
    X(REDIRECTS, "redirects", "redirects that were not followed")           \
    X(LOCAL_DESCRIPTORS, "local-descriptors",                               \
      "this machine allows onrush no more open files")                      \
    X(LOCAL_PORTS, "local-ports", "this machine has no free local port")    \
    X(LOCAL_MEMORY, "local-memory", "this machine has no memory for it")    \
    X(EXEC, "exec", "the command could not be started")                     \
    X(EXIT, "exit", "its exit status was not 0, or a signal ended it")      \
    X(EXTRACT, "extract", "the answer lacks what the profile takes from it") \
    X(GAVE_UP, "gave-up", "its condition (until) did not hold in time")     \
    X(HTTP_4XX, "http-4xx", "the answer's status was 4xx")                  \
    X(HTTP_5XX, "http-5xx", "the answer's status was 5xx")                  \
    X(HTTP_OTHER, "http-other", "the answer's status was outside 200..599")

typedef enum FailClass {
#define X(id, name, help) FAIL_##id,
    FAILS(X)
#undef X
        FAIL_COUNT,
    FAIL_NONE = FAIL_COUNT
} FailClass;

/* Is it this machine's fault, not the target's? */
bool fail_is_local(FailClass c);
bool fail_is_timeout(FailClass c);
/* Did the target answer, though not as was asked? */
bool fail_is_answer(FailClass c);
const char *phase_name(Phase p);
const char *fail_name(FailClass c);
const char *fail_help(FailClass c);

/* Kinds of failures that have examples: the classes, then the checks. */
#define EXAMPLE_OF_CHECK(i) ((size_t)FAIL_COUNT + (i))

/* Requests told apart by what came of them. */
typedef enum AnswerPart {
    PART_ALL,
    PART_1XX, /* by the answer's status */
    PART_2XX,
    PART_3XX,
    PART_4XX,
    PART_5XX,
    PART_EXPECTED, /* that did not fail; the others did */
    PART_FAILED,
    PART_COUNT
} AnswerPart;

/* Counts of one request name. */
typedef struct SeriesSlab {
    Hist duration;           /* sending + waiting + receiving */
    Hist response; /* from the intended start to the whole answer, or to
                      the time limit: what a user waited */
    Hist phase[PHASE_COUNT]; /* connecting and TLS: new connections only */
    uint64_t requests;       /* finished, failed ones included */
    uint64_t failed;
    uint64_t sent; /* left this machine whole: the target may know them */
    uint64_t bytes_in, bytes_out;
    uint64_t fail[FAIL_COUNT];
    uint64_t status[6]; /* [1..5]: answers by hundreds; [0]: processes that
                           ended */
    uint64_t status_failed[6]; /* of these, requests that failed */
    Hist *part; /* duration by AnswerPart, those that are kept; NULL: none */
} SeriesSlab;

typedef struct CheckSlab {
    uint64_t passed, failed;
} CheckSlab;

typedef struct Slab {
    SeriesSlab *series;
    CheckSlab *checks;
    CustomSlab *custom; /* of the profile's own metrics */
    size_t series_count, check_count, custom_count;
    Hist iteration; /* whole iterations, think time included */
    Hist lag; /* open model: actual minus intended start of iterations */
    Hist read_lag; /* how long bytes lay in the kernel before they were read,
                      on sampled plain connections (http/stamps.h) */
    uint64_t started;                 /* iterations begun */
    uint64_t arrivals; /* of these, by an arrival rate */
    uint64_t iterations, interrupted; /* ended; given up at the stop */
    uint64_t dropped; /* open model: came when max_vus were all busy */
    uint64_t connects;  /* connections made */
    uint64_t discarded; /* requests of iterations that do not count */
    uint64_t abandoned; /* requests sent, given up at the stop */
    uint64_t retried;   /* sent again after a keep-alive race */
    /* By kind, the first since it was cleared; NULL: there was never one. */
    Example **examples;
    size_t example_count; /* kinds: FAIL_COUNT + check_count */
    uint32_t kept;      /* bits of AnswerPart; see slab_keep */
    uint64_t until_ns; /* clock_now when it was offered; 0: it was not yet, so
                          it is the latest of its worker */
} Slab;

/* custom: how many metrics the profile brings. */
void slab_init(Slab *s, size_t series, size_t checks, size_t custom);
/* From now on durations of these parts are recorded apart: bits, 1 << PART. */
void slab_keep(Slab *s, uint32_t parts);
void slab_close(Slab *s);
void slab_clear(Slab *s);
void slab_add(Slab *to, const Slab *from);

/* Where the first example of a kind goes, empty; NULL: it is there already.
 * Allocates for the first of a kind only. */
Example *slab_example_room(Slab *s, size_t kind);
/* Why the first of that class failed; "": it is not known. */
const char *slab_example_why(const Slab *s, FailClass c);

/* Sums over all series. */
uint64_t slab_requests(const Slab *s);
uint64_t slab_failed(const Slab *s);
/* Of one's failures, those that the target answered (fail_is_answer). */
uint64_t slab_refused(const SeriesSlab *s);
/* All durations, or one phase of all (p == PHASE_COUNT: duration). */
void slab_merge_hist(const Slab *s, Phase p, Hist *to);

typedef struct SlabSwap {
    _Atomic(Slab *) full, spare;
    Slab *live; /* worker's */
} SlabSwap;

void slab_swap_init(SlabSwap *s, size_t series, size_t checks,
                    size_t custom);
/* slab_keep of both; before the worker begins. */
void slab_swap_keep(SlabSwap *s, uint32_t parts);
/* Worker: offers the live slab; false (and keeps counting) while the main
 * thread still reads the other. */
bool slab_offer(SlabSwap *s, uint64_t now_ns);
/* Main: the offered slab or NULL; give it back with slab_return. */
Slab *slab_collect(SlabSwap *s);
void slab_return(SlabSwap *s, Slab *slab);
/* Only when the worker has ended. */
void slab_swap_close(SlabSwap *s);

#endif
