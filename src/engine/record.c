/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/record.h"

static FailClass class_of_status(int status) {
    if (status >= 200 && status < 400)
        return FAIL_NONE;
    if (status >= 400 && status < 500)
        return FAIL_HTTP_4XX;
    return status >= 500 && status < 600 ? FAIL_HTTP_5XX : FAIL_HTTP_OTHER;
}

/* What carries processes judges them itself. */
FailClass record_class(const Exchange *x) {
    return x->fail == FAIL_NONE && !x->request->is_exec
               ? class_of_status(x->status)
               : x->fail;
}

/* Connections are made for some only, TLS for fewer. */
static void record_phases(SeriesSlab *s, const Exchange *x) {
    uint64_t ns[PHASE_COUNT];
    exchange_phases(x, ns);
    for (size_t p = x->connected_anew ? 0 : PHASE_SENDING; p < PHASE_COUNT; p++)
        if (p != PHASE_TLS || ns[p])
            hist_record(&s->phase[p], ns[p]);
}

/* Thresholds ask for these; seldom any. */
static void record_parts(SeriesSlab *s, uint32_t kept, const Exchange *x,
                         FailClass f) {
    AnswerPart parts[] = { x->request->is_exec ? PART_ALL
                                               : (AnswerPart)(x->status / 100),
                           f == FAIL_NONE ? PART_EXPECTED : PART_FAILED };
    for (size_t i = 0; i < 2; i++)
        if (parts[i] != PART_ALL && kept & (1U << parts[i]))
            hist_record(&s->part[parts[i]], x->end_ns - x->start_ns);
}

void record_exchange(Slab *to, uint32_t series, const Exchange *x, FailClass f,
                     uint64_t intended_ns) {
    SeriesSlab *s = &to->series[series];
    s->requests++;
    s->sent += (uint64_t)(x->sent_ns != 0) + x->retried_sent + x->more_sent;
    to->retried += x->retried;
    to->connects += x->connected_anew + x->more_connects;
    s->bytes_in += x->bytes_in;
    s->bytes_out += x->bytes_out;
    if (x->request->is_exec)
        s->status[0] += f == FAIL_NONE || fail_is_answer(f);
    else if (x->status)
        s->status[x->status / 100]++;
    if (f != FAIL_NONE) {
        s->failed++;
        s->fail[f]++;
        s->status_failed[x->request->is_exec ? 0 : x->status / 100]++;
    }
    /* A refusal is no answer; whom the time limit sent away has waited. */
    if (x->start_ns || fail_is_timeout(x->fail))
        hist_record(&s->response, x->end_ns - intended_ns);
    /* What never got a connection took no sending, waiting, receiving. */
    if (x->start_ns) {
        hist_record(&s->duration, x->end_ns - x->start_ns);
        record_phases(s, x);
        if (to->kept)
            record_parts(s, to->kept, x, f);
    }
}

void record_abandoned(Slab *to, uint32_t series, const Exchange *x) {
    bool sent = x->sent_ns != 0;
    to->series[series].sent +=
        (uint64_t)sent + x->retried_sent + x->more_sent;
    to->abandoned += sent;
    to->retried += x->retried;
}
