/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/keys_answer.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "profile/scope.h"

const ExprName check_names[CHECK_SLOTS] = {
    [CHECK_STATUS] = { .name = "status", .help = "the answer's status" },
    [CHECK_TIME] = { .name = "time",
                     .is_time = true,
                     .help = "the request's duration" },
    [CHECK_BLOCKED] = { .name = "blocked",
                        .is_time = true,
                        .help = "waiting for a connection" },
    [CHECK_CONNECTING] = { .name = "connecting",
                           .is_time = true,
                           .help = "making a TCP connection; 0 on one that "
                                   "was there" },
    [CHECK_TLS] = { .name = "tls_handshaking",
                    .is_time = true,
                    .help = "its TLS handshake; 0 without one" },
    [CHECK_SENDING] = { .name = "sending",
                        .is_time = true,
                        .help = "from the first byte sent to the last" },
    [CHECK_WAITING] = { .name = "waiting",
                        .is_time = true,
                        .help = "from the last byte sent to the first one "
                                "received" },
    [CHECK_RECEIVING] = { .name = "receiving",
                          .is_time = true,
                          .help = "from the first byte received to the "
                                  "last" },
    [CHECK_SIZE] = { .name = "size", .help = "bytes of the body" },
};

const char *key_second_word(const IniEntry *e) {
    const char *s = e->key + strcspn(e->key, " \t");
    return s + strspn(s, " \t");
}

/* --- expressions -------------------------------------------------------- */

typedef const Expr *CompileFn(Arena *arena, const char *text,
                              const ExprScope *s, Err *err);

/* NULL after a mistake. */
static const Expr *read_expr(KeyContext *c, CompileFn *compile) {
    const ExprScope scope = { .names = check_names,
                              .count = CHECK_SLOTS,
                              .has_answer = true,
                              .variable = scope_ask,
                              .data = c->profile };
    Request *r = c->request;
    ExprNeeds needs = { 0 };
    Err err;
    const Expr *e = compile(&c->profile->arena, c->value, &scope, &err);
    if (!e) {
        key_report(c, &err);
        return NULL;
    }
    expr_needs(e, &needs);
    r->keeps_body |= needs.body;
    r->keeps_head |= needs.head;
    return e;
}

/* --- keys --------------------------------------------------------------- */

void key_read_check(KeyContext *c) {
    Request *r = c->request;
    Profile *p = c->profile;
    const char *name = key_second_word(c->entry);
    if (p->check_total == PROFILE_CHECKS_MAX) {
        key_error(c, 0, "a profile has at most %d checks", PROFILE_CHECKS_MAX);
        return;
    }
    const Expr *e = read_expr(c, expr_compile);
    if (!e)
        return;
    mem_grow(r->checks, r->check_count, r->check_cap);
    r->checks[r->check_count++] =
        (Check){ arena_dup_text(&p->arena, *name ? name : c->value), e,
                 (uint32_t)p->check_total++ };
}

void key_read_extract(KeyContext *c) {
    Request *r = c->request;
    uint32_t slot;
    if (!*key_second_word(c->entry))
        diags_add(c->diags, c->entry->line, c->entry->key_column,
                  "under which name? write extract NAME = VALUE");
    const Expr *e = read_expr(c, expr_compile_value);
    if (!scope_slot(c->profile, key_second_word(c->entry), &slot) || !e)
        return;
    mem_grow(r->extracts, r->extract_count, r->extract_cap);
    r->extracts[r->extract_count++] = (Extract){ slot, e };
}

static void no_such_metric(KeyContext *c, const char *name) {
    const Profile *p = c->profile;
    const char **names = mem_alloc(p->metric_count + 1, sizeof *names);
    char clean[64];
    for (size_t i = 0; i < p->metric_count; i++)
        names[i] = p->metrics[i].name;
    text_clean(clean, sizeof clean, name, strlen(name));
    const char *near = text_nearest(clean, names, p->metric_count);
    int column = c->entry->key_column + (int)(name - c->entry->key);
    if (near)
        diags_add(c->diags, c->entry->line, column,
                  "there is no [metric %s]; did you mean '%s'?", clean, near);
    else
        diags_add(c->diags, c->entry->line, column,
                  "there is no [metric %s]: write such a section, with "
                  "type = trend, rate, counter or gauge",
                  clean);
    free(names);
}

void key_read_record(KeyContext *c) {
    Request *r = c->request;
    const Profile *p = c->profile;
    const char *name = key_second_word(c->entry);
    uint32_t metric = 0;
    while (metric < p->metric_count &&
           !text_equal(p->metrics[metric].name, name))
        metric++;
    if (!*name)
        diags_add(c->diags, c->entry->line, c->entry->key_column,
                  "to which metric? write record METRIC = VALUE");
    else if (metric == p->metric_count)
        no_such_metric(c, name);
    const Expr *e = read_expr(c, expr_compile_value);
    if (!e || metric == p->metric_count)
        return;
    mem_grow(r->records, r->record_count, r->record_cap);
    r->records[r->record_count++] = (Record){ metric, e };
}

/* "status" → "status_completion", with bytes that a metric's name has. */
static uint32_t add_completion(KeyContext *c) {
    Profile *p = c->profile;
    const Request *r = c->request;
    Text t = { 0 };
    text_addf(&t, "%s_completion", r->name);
    for (size_t i = 0; i < t.length; i++)
        if (!isalnum((unsigned char)t.bytes[i]))
            t.bytes[i] = '_';
    size_t same = 0;
    while (same < p->metric_count &&
           !text_equal(p->metrics[same].name, t.bytes))
        same++;
    if (same < p->metric_count)
        key_error(c, 0,
                  "the time until this holds is the metric %s, and there is "
                  "one of that name already",
                  t.bytes);
    mem_grow(p->metrics, p->metric_count, p->metric_cap);
    p->metrics[p->metric_count] =
        (CustomMetric){ .name = arena_dup_text(&p->arena, t.bytes),
                        .kind = METRIC_TREND,
                        .is_time = true };
    text_close(&t);
    return (uint32_t)p->metric_count++;
}

void key_read_until(KeyContext *c) {
    Request *r = c->request;
    r->poll.until = read_expr(c, expr_compile);
    if (!r->poll.until)
        return;
    r->poll.metric = add_completion(c);
    if (!r->poll.every_ns)
        r->poll.every_ns = 500 * NS_PER_MS;
    if (!r->poll.give_up_ns)
        r->poll.give_up_ns = 60 * NS_PER_S;
}

static void read_span(KeyContext *c, uint64_t *to) {
    key_needs(c, "until", "until = json.state == \"done\"");
    size_t before = c->diags->count;
    key_read_duration(c, to);
    if (*to == 0 && c->diags->count == before)
        key_error(c, 0, "%s is longer than 0s", c->entry->key);
}

void key_read_until_every(KeyContext *c) {
    read_span(c, &c->request->poll.every_ns);
}

void key_read_until_give_up(KeyContext *c) {
    read_span(c, &c->request->poll.give_up_ns);
}
