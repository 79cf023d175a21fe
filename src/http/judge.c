/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/judge.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "expr/number.h"

struct Judge {
    const Profile *profile;
    ExprScratch *scratch;
    Text *texts; /* by id of an expression's variable */
    const TemplateValues *known; /* while it judges */
};

Judge *judge_new(const Profile *p) {
    Judge *j = mem_new(Judge);
    j->profile = p;
    j->scratch = expr_scratch_new();
    j->texts = mem_alloc(p->vars.asked_count + 1, sizeof *j->texts);
    return j;
}

void judge_free(Judge *j) {
    if (!j)
        return;
    for (size_t i = 0; i < j->profile->vars.asked_count; i++)
        text_close(&j->texts[i]);
    free(j->texts);
    expr_scratch_free(j->scratch);
    free(j);
}

/* --- what expressions read ---------------------------------------------- */

static double ms(uint64_t ns) {
    return (double)ns / 1e6;
}

static void measure(const Exchange *x, double to[CHECK_SLOTS]) {
    uint64_t phase[PHASE_COUNT];
    exchange_phases(x, phase);
    to[CHECK_STATUS] = x->status;
    to[CHECK_TIME] = ms(x->end_ns - (x->start_ns ? x->start_ns : x->wanted_ns));
    to[CHECK_BLOCKED] = ms(phase[PHASE_BLOCKED]);
    to[CHECK_CONNECTING] = ms(phase[PHASE_CONNECTING]);
    to[CHECK_TLS] = ms(phase[PHASE_TLS]);
    to[CHECK_SENDING] = ms(phase[PHASE_SENDING]);
    to[CHECK_WAITING] = ms(phase[PHASE_WAITING]);
    to[CHECK_RECEIVING] = ms(phase[PHASE_RECEIVING]);
    to[CHECK_SIZE] = (double)x->body_bytes;
}

static ExprValue number(uint64_t n) {
    return (ExprValue){ .kind = EXPR_IS_NUMBER, .number = (double)n };
}

static ExprValue text(ValueSpan s) {
    return (ExprValue){ .kind = EXPR_IS_TEXT,
                        .text = s.bytes,
                        .length = s.length };
}

/* Of a text that is nothing but this variable. */
static ExprValue alone(const Var *v, const TemplateValues *known) {
    static const ExprValue nothing = { .kind = EXPR_IS_NOTHING };
    ValueSpan s;
    switch (v->kind) {
    case VAR_VU:
        return number(known->vu);
    case VAR_ITERATION:
        return number(known->iteration);
    case VAR_NOW:
        return number(known->now_ms);
    case VAR_DATA:
        return text(values_cell(known->values, v->set, v->column));
    case VAR_EXTRACTED:
        return values_get(known->values, v->slot, &s) ? text(s) : nothing;
    case VAR_ENV:
    case VAR_OWN:
    case VAR_UUID:
    case VAR_RANDOM:
    case VAR_PICK:
    case VAR_KINDS:
        break;
    }
    return nothing;
}

static ExprValue variable(void *judge, uint32_t id) {
    Judge *j = judge;
    const VarText *t = &j->profile->vars.asked[id].is;
    Text *to = &j->texts[id];
    if (t->vars.count == 0)
        return text((ValueSpan){ t->text, t->length });
    if (t->vars.count == 1 && t->vars.items[0].length == t->length)
        return alone(&t->vars.items[0], j->known);
    text_clear(to);
    if (!template_text(t, j->known, to))
        return (ExprValue){ .kind = EXPR_IS_NOTHING };
    return text((ValueSpan){ to->bytes, to->length });
}

/* --- what is done with the answer --------------------------------------- */

/* An integer as such, others as short as they are exact to 15 digits. */
static ValueSpan write_number(double n, char room[32]) {
    int length =
        snprintf(room, 32, n == floor(n) && fabs(n) < 1e15 ? "%.0f" : "%.15g",
                 n);
    return (ValueSpan){ room, length > 0 ? (size_t)length : 0 };
}

static bool extract(const Extract *e, const ExprInput *in, Values *to) {
    ExprValue v = expr_value(e->value, in);
    ValueSpan s = { v.text, v.length };
    char room[32];
    if (v.kind == EXPR_IS_NOTHING || v.kind == EXPR_IS_NULL)
        return false;
    if (v.kind == EXPR_IS_BOOL && !v.text)
        s = v.number != 0 ? (ValueSpan){ "true", 4 }
                          : (ValueSpan){ "false", 5 };
    else if (v.kind == EXPR_IS_NUMBER && !v.text)
        s = write_number(v.number, room);
    return values_set(to, e->slot, s.bytes, s.length);
}

/* NaN: it is no number, or not there. */
static double as_number(ExprValue v) {
    double n = NAN;
    switch (v.kind) {
    case EXPR_IS_NUMBER:
    case EXPR_IS_BOOL:
        return v.number;
    case EXPR_IS_TEXT:
        return number_read(v.text, v.length, &n) ? n : NAN;
    case EXPR_IS_NOTHING:
    case EXPR_IS_NULL:
    case EXPR_IS_TREE:
        break;
    }
    return n;
}

static void record(const Judge *j, const Record *r, const ExprInput *in,
                   Slab *to) {
    double n = as_number(expr_value(r->value, in));
    if (!isnan(n))
        custom_record(&to->custom[r->metric], &j->profile->metrics[r->metric],
                      n);
}

static void count_checks(const Request *r, const ExprInput *in, Slab *to,
                         Judgement *is) {
    for (size_t i = 0; i < r->check_count; i++) {
        bool holds = expr_holds(r->checks[i].expr, in);
        CheckSlab *c = &to->checks[r->checks[i].index];
        c->passed += holds;
        c->failed += !holds;
        if (!holds && is->checks_hold)
            is->broken_check = i;
        is->checks_hold &= holds;
    }
}

Judgement judge_answer(Judge *j, const Request *r, const Exchange *x,
                       const TemplateValues *known, Slab *to) {
    Judgement is = { true, true, true, NULL, 0 };
    if (!r->check_count && !r->extract_count && !r->record_count &&
        !r->poll.until)
        return is;
    double numbers[CHECK_SLOTS];
    measure(x, numbers);
    ExprInput in = { .numbers = numbers,
                     .variable = variable,
                     .data = j,
                     .scratch = j->scratch };
    /* Part of an answer is none. */
    bool answered = x->fail == FAIL_NONE || fail_is_answer(x->fail);
    if (answered) {
        in.body = x->body;
        in.body_length = x->body_length;
        in.head = x->head;
        in.head_length = x->head_length;
    }
    j->known = known;
    for (size_t i = 0; i < r->extract_count; i++) {
        const Extract *e = &r->extracts[i];
        if (answered && extract(e, &in, known->values))
            continue;
        is.extracts_hold = false;
        if (!is.missing)
            is.missing = j->profile->extracted[e->slot];
    }
    count_checks(r, &in, to, &is);
    for (size_t i = 0; i < r->record_count; i++)
        record(j, &r->records[i], &in, to);
    is.until_holds = !r->poll.until || expr_holds(r->poll.until, &in);
    return is;
}
