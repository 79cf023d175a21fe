/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exchange.h: one request and its answer, whatever carries it.
 * Owned by the VU that makes it; worker's thread. Times: clock_now, ns. */
#ifndef ONRUSH_HTTP_EXCHANGE_H
#define ONRUSH_HTTP_EXCHANGE_H

#include "http/encode.h"
#include "stats/slab.h"

typedef struct Exchange Exchange;

/* Called once for every exchange that was sent and not cancelled; may send
 * the next one on the same connection. */
typedef void ExchangeDoneFn(Exchange *x);

struct Exchange {
    /* set by the owner */
    const Encoded *request;
    const Form *form; /* what to send: the request's own, or a rendered one */
    ExchangeDoneFn *done;
    uint64_t wanted_ns; /* when the owner asks for it: now */
    /* results */
    uint64_t start_ns;  /* first byte handed to the kernel */
    uint64_t sent_ns;   /* last byte handed to the kernel; 0: never */
    uint64_t first_ns;  /* first byte of the answer; 0: none came */
    uint64_t end_ns;    /* complete, or failed */
    uint64_t resolve_ns, connect_ns, tls_ns; /* durations */
    bool connected_anew; /* the three above are of this exchange */
    uint32_t more_connects; /* further connections: redirects elsewhere */
    bool retried;        /* sent again after a keep-alive race, */
    bool retried_sent;   /* the first time whole, too */
    uint32_t more_sent;  /* further requests that it took: redirects, logins */
    FailClass fail;      /* transport's verdict, FAIL_NONE if it answered */
    /* 100..599; 0 without an answer. Of a process (request->is_exec) what a
     * shell would say, 0..255; fail says already whether it did well. */
    int status;
    uint64_t bytes_in, bytes_out, body_bytes;
    const char *body; /* when the request asks for it; valid in done */
    size_t body_length;
    /* "Name: value\r\n" for each line of the final answer's head, without
     * the status line, folded ones joined; when the request asks for it and
     * it answered. Valid in done. */
    const char *head;
    size_t head_length;
    /* The answer's first bytes as they came, head and body, where the
     * transport has them (wire), whether or not it is complete; NULL: none.
     * Valid in done. The others give head and body of what failed. */
    const char *opening;
    size_t opening_length;
    const char *why; /* a reason for a failure; valid in done */
    /* the transport's */
    void *lane;
    uint64_t deadline_ns;
    Exchange *earlier, *later;
    Exchange *behind; /* on the same connection */
};

/* How long its phases took, when it is done; 0 for those that it had not. */
static inline void exchange_phases(const Exchange *x,
                                   uint64_t ns[PHASE_COUNT]) {
    for (size_t i = 0; i < PHASE_COUNT; i++)
        ns[i] = 0;
    if (!x->start_ns)
        return;
    uint64_t first = x->first_ns ? x->first_ns : x->end_ns;
    uint64_t sent = x->sent_ns && x->sent_ns < first ? x->sent_ns : first;
    if (x->connected_anew) {
        uint64_t busy = x->connect_ns + x->tls_ns;
        uint64_t all = x->start_ns - x->wanted_ns;
        ns[PHASE_BLOCKED] = all > busy ? all - busy : 0;
        ns[PHASE_CONNECTING] = x->connect_ns;
        ns[PHASE_TLS] = x->tls_ns;
    }
    ns[PHASE_SENDING] = sent - x->start_ns;
    ns[PHASE_WAITING] = first - sent;
    ns[PHASE_RECEIVING] = x->end_ns - first;
}

/* Before it is sent: no results yet. */
static inline void exchange_begin(Exchange *x) {
    x->start_ns = x->sent_ns = x->first_ns = x->end_ns = 0;
    x->resolve_ns = x->connect_ns = x->tls_ns = 0;
    x->bytes_in = x->bytes_out = x->body_bytes = 0;
    x->connected_anew = x->retried = x->retried_sent = false;
    x->more_sent = x->more_connects = 0;
    x->head = x->opening = NULL;
    x->head_length = x->opening_length = 0;
}

#endif
