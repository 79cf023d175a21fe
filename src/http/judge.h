/* SPDX-License-Identifier: GPL-3.0-or-later */
/* judge.h: what the profile asks of an answer: takes values from it, checks
 * it, records metrics of it, and says whether to ask again. */
#ifndef ONRUSH_HTTP_JUDGE_H
#define ONRUSH_HTTP_JUDGE_H

#include "http/exchange.h"
#include "http/template.h"

/* One a worker: memory that expressions work in. */
typedef struct Judge Judge;

Judge *judge_new(const Profile *p); /* borrows the profile */
void judge_free(Judge *j);          /* NULL is fine */

typedef struct Judgement {
    bool checks_hold;   /* all; true without any */
    bool extracts_hold; /* the answer held all that is taken from it */
    bool until_holds;   /* true without `until` */
    const char *missing; /* the first of them that it did not hold; or NULL */
    size_t broken_check; /* the first of the request's that does not hold */
} Judgement;

/* For each exchange when it is done, answered or not. In this order: extracts
 * go to known->values; then checks are counted, metrics recorded (what is not
 * there is not), and `until` evaluated, all of which know what was extracted.
 * A request that asks nothing costs nothing. No allocation as soon as values
 * and answers were as large as they become.
 * known: of the VU that made the exchange; its rng is not used. */
Judgement judge_answer(Judge *j, const Request *r, const Exchange *x,
                       const TemplateValues *known, Slab *to);

#endif
