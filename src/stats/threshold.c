/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/threshold.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ABORT_MOST_MS (365 * 86400e3)

/* start: of the threshold. */
static int read_abort(Lexer *l, Threshold *t, const char *start, Err *err) {
    t->abort = true;
    if (lexer_next(l, err) < 0)
        return -1;
    if (!token_is(&l->now, "after"))
        return 0;
    if (lexer_next(l, err) < 0)
        return -1;
    if (l->now.kind != TOKEN_NUMBER || !l->now.is_time || l->now.number < 0 ||
        l->now.number > ABORT_MOST_MS)
        return err_at(err, lexer_column(l),
                      "abort after needs a duration, at most 365 days: abort "
                      "after 30s");
    t->abort_after_ns = (uint64_t)llround(l->now.number * 1e6);
    t->after_at = (size_t)(l->now.at - start);
    t->after_length = l->now.length;
    return lexer_next(l, err);
}

static int read_one(Lexer *l, Threshold *t, Arena *arena, Err *err) {
    const char *start = l->now.at;
    if (condition_read(&t->condition, arena, l, err) < 0)
        return -1;
    while (l->now.kind == TOKEN_NAME) {
        if (token_is(&l->now, "abort") && !t->abort) {
            if (read_abort(l, t, start, err) < 0)
                return -1;
        } else if (token_is(&l->now, "optional") && !t->optional) {
            t->optional = true;
            if (lexer_next(l, err) < 0)
                return -1;
        } else {
            break;
        }
    }
    if (l->now.kind == TOKEN_COMMA || l->now.kind == TOKEN_END)
        return 0;
    return err_at(err, lexer_column(l),
                  "the threshold should end here: a comma separates it from "
                  "the next");
}

/* "p(95) < 500 optional" without what stands around it. */
static const char *text_between(Arena *arena, const char *from,
                                const char *to) {
    size_t length = (size_t)(to - from);
    while (length && isspace((unsigned char)from[length - 1]))
        length--;
    return arena_dup_bytes(arena, from, length);
}

int threshold_read(ThresholdList *list, Arena *arena, const char *key,
                   const char *text, const MetricTable *table, bool *in_key,
                   Err *err) {
    Threshold base = { 0 };
    *in_key = true;
    if (condition_read_key(&base.condition, arena, key, strlen(key), table,
                           err) < 0)
        return -1;
    *in_key = false;
    base.key = arena_dup_text(arena, key);
    Lexer l;
    if (lexer_start(&l, text, err) < 0)
        return -1;
    size_t before = list->count;
    for (;;) {
        Threshold t = base;
        const char *start = l.now.at;
        if (read_one(&l, &t, arena, err) < 0)
            break;
        t.text = text_between(arena, start, l.now.at);
        mem_grow(list->items, list->count, list->cap);
        list->items[list->count++] = t;
        if (l.now.kind == TOKEN_END)
            return 0;
        if (lexer_next(&l, err) < 0)
            break;
    }
    list->count = before;
    return -1;
}

uint32_t threshold_parts(const ThresholdList *list) {
    uint32_t parts = 0;
    for (size_t i = 0; i < list->count; i++) {
        const Condition *c = &list->items[i].condition;
        if (c->of && c->of->part && c->metric.info.kind == METRIC_TREND)
            parts |= 1U << c->of->part;
    }
    return parts;
}

void threshold_list_close(ThresholdList *list) {
    free(list->items);
    *list = (ThresholdList){ 0 };
}

Verdict threshold_judge(const Threshold *t, const Slab *run,
                        const MetricContext *context, double *value) {
    *value = condition_value(&t->condition, run, context);
    if (isnan(*value))
        return VERDICT_UNDECIDED;
    return condition_holds(&t->condition, *value) ? VERDICT_HOLDS
                                                  : VERDICT_BROKEN;
}

bool threshold_fails(const Threshold *t, Verdict v) {
    return v == VERDICT_BROKEN || (v == VERDICT_UNDECIDED && !t->optional);
}
