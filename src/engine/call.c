/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/call.h"

#include "base/clock.h"
#include "engine/capture.h"
#include "engine/record.h"
#include "engine/vu.h"
#include "http/judge.h"

uint32_t call_width(const Profile *p, const Scenario *s) {
    uint32_t widest = 1;
    for (size_t i = 0; i < s->flow_count; i++)
        for (size_t k = 0; k < s->flows[i].count; k++)
            if (s->flows[i].steps[k].count > widest)
                widest = s->flows[i].steps[k].count;
    return widest < p->target.max_conn_per_vu
               ? widest
               : (uint32_t)p->target.max_conn_per_vu;
}

void call_init(Call *c, Vu *v, Lane **lanes, ExchangeDoneFn *done) {
    c->vu = v;
    c->lanes = lanes;
    c->x.done = done;
}

void call_close_lanes(Call *c) {
    size_t count = c->vu->worker->shared->carrier_count;
    for (size_t i = 0; i < count; i++)
        if (c->lanes[i])
            c->lanes[i]->ops->lane_free(c->lanes[i]);
}

void call_close(Call *c) {
    rendering_close(&c->rendering);
}

void call_renew(Call *c) {
    size_t count = c->vu->worker->shared->carrier_count;
    for (size_t i = 0; i < count; i++)
        if (c->lanes[i])
            c->lanes[i]->ops->renew(c->lanes[i]);
}

/* --- asking ------------------------------------------------------------- */

/* Of the VU's present variant. */
static size_t place_of(const Call *c) {
    const Profile *p = c->vu->worker->shared->profile;
    return c->request * p->variant_count + c->vu->variant;
}

static uint32_t series_of(const Call *c) {
    return c->vu->crew->scenario->series[place_of(c)];
}

/* Another lane of the VU. */
static Lane *lane_beside(const Call *c, uint32_t carrier) {
    const Vu *v = c->vu;
    for (uint32_t i = 0; i < v->call_count; i++)
        if (v->calls[i].lanes[carrier])
            return v->calls[i].lanes[carrier];
    return NULL;
}

static Lane *lane_for(Call *c, uint32_t carrier) {
    if (!c->lanes[carrier]) {
        Transport *t = c->vu->worker->transports[carrier];
        c->lanes[carrier] = t->ops->lane_new(t, lane_beside(c, carrier));
    }
    return c->lanes[carrier];
}

static TemplateValues known_by(Vu *v, uint64_t now_ns) {
    return (TemplateValues){
        .vu = v->seat.number,
        .iteration = v->seat.iterations - 1,
        .now_ms = (now_ns + v->worker->shared->wall_ns) / NS_PER_MS,
        .rng = &v->rng,
        .values = v->values,
    };
}

static const Form *render(Call *c, const Template *t, uint64_t now_ns) {
    TemplateValues known = known_by(c->vu, now_ns);
    return template_render(t, &known, &c->rendering);
}

static void ask(Call *c, uint64_t now_ns) {
    const WorkerShared *shared = c->vu->worker->shared;
    size_t place = place_of(c);
    c->x.request = &shared->encoded[place];
    const Template *t = c->x.request->template;
    c->x.form = t ? render(c, t, now_ns) : &c->x.request->form;
    c->x.wanted_ns = now_ns;
    c->state = CALL_FLYING;
    c->vu->worker->flying++;
    c->flying = lane_for(c, shared->carrier[place]);
    c->flying->ops->send(c->flying, &c->x);
}

void call_begin(Call *c, uint32_t request, uint64_t intended_ns,
                uint64_t now_ns) {
    c->request = request;
    c->intended_ns = intended_ns;
    c->asked_ns = now_ns;
    ask(c, now_ns);
}

void call_ask_again(Call *c, uint64_t now_ns) {
    c->intended_ns = now_ns;
    ask(c, now_ns);
}

/* --- the answer ---------------------------------------------------------- */

static bool asks_anything(const Request *r) {
    return r->check_count || r->extract_count || r->record_count ||
           r->poll.until;
}

static Judgement judge(Call *c, const Request *r) {
    Worker *w = c->vu->worker;
    if (!asks_anything(r))
        return (Judgement){ true, true, true, NULL, 0 };
    TemplateValues known = known_by(c->vu, c->x.end_ns);
    return judge_answer(w->judge, r, &c->x, &known, vu_slab(c->vu));
}

/* No connection, or one that was closed before a byte of an answer came. */
static bool is_setback(const Exchange *x) {
    bool hung_up = x->fail == FAIL_RESET && x->connected_anew && !x->first_ns;
    return hung_up || (x->fail != FAIL_NONE && !x->start_ns);
}

/* Would the next ask begin after the time to give up? */
static bool gives_up(const Call *c, const Poll *poll) {
    return c->x.end_ns + poll->every_ns > c->asked_ns + poll->give_up_ns;
}

static CallEnd how_it_went(Call *c, const Request *r, Judgement j,
                           FailClass *f) {
    *f = record_class(&c->x);
    if (!j.until_holds && !gives_up(c, &r->poll)) {
        c->again_ns = c->x.end_ns + r->poll.every_ns;
        return CALL_ASKS_AGAIN;
    }
    /* What no answer came to has its own class. */
    if (!j.until_holds && c->x.fail == FAIL_NONE)
        *f = FAIL_GAVE_UP;
    else if (!j.extracts_hold && *f == FAIL_NONE) {
        *f = FAIL_EXTRACT;
        c->x.why = j.missing;
    }
    if (is_setback(&c->x))
        return CALL_SET_BACK;
    return j.until_holds && j.extracts_hold ? CALL_DONE : CALL_BROKE;
}

static void record_completion(const Call *c, const Poll *poll) {
    Worker *w = c->vu->worker;
    uint64_t ns = c->x.end_ns - c->asked_ns;
    custom_record(&vu_slab(c->vu)->custom[poll->metric],
                  &w->shared->profile->metrics[poll->metric],
                  (double)ns / (double)NS_PER_MS);
}

/* For the reader; of no request that went well. */
static void show(const Call *c, const Request *r, Judgement j, FailClass f) {
    Captured is = { .x = &c->x,
                    .profile = c->vu->worker->shared->profile,
                    .values = c->vu->values,
                    .name = r->name,
                    .transport = c->flying->ops->name,
                    .series = series_of(c),
                    .vu = c->vu->seat.number };
    if (f != FAIL_NONE)
        capture_fail(vu_slab(c->vu), f, &is);
    if (!j.checks_hold)
        capture_check(vu_slab(c->vu), r->checks[j.broken_check].index,
                      r->checks[j.broken_check].name, &is);
}

CallEnd call_end(Call *c) {
    Worker *w = c->vu->worker;
    const Request *r = &w->shared->profile->requests[c->request];
    FailClass f;
    w->flying--;
    w->finished++;
    w->slabs.live->discarded += c->vu->is_discarded;
    Judgement j = judge(c, r);
    CallEnd end = how_it_went(c, r, j, &f);
    record_exchange(vu_slab(c->vu), series_of(c), &c->x, f, c->intended_ns);
    if (f != FAIL_NONE || !j.checks_hold)
        show(c, r, j, f);
    if (r->poll.until && end == CALL_DONE)
        record_completion(c, &r->poll);
    c->state = end == CALL_ASKS_AGAIN ? CALL_PAUSING : CALL_FREE;
    return end;
}

void call_drop(Call *c) {
    if (c->state == CALL_FLYING) {
        c->vu->worker->flying--;
        c->flying->ops->cancel(c->flying);
        record_abandoned(c->vu->worker->slabs.live, series_of(c), &c->x);
    }
    c->state = CALL_FREE;
}
