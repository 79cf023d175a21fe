/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The difference that a draft makes, as the fewest commands: what stands in
 * the run's log is then what was changed, not how it was typed; and new
 * stages, written as they are in the end, need no name or number. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"
#include "plan/stage_text.h"
#include "ui/draft.h"

/* The rows that are not past, of both plans, in order. */
typedef struct Sides {
    uint32_t *base, *trial;
    size_t base_count, trial_count;
    uint32_t running; /* row whose piece runs, or waits for the wheel */
} Sides;

/* The last piece of a row: what is to come of it. */
static const Stage *last_piece(const Plan *p, uint32_t row) {
    for (size_t i = p->count; i-- > 0;)
        if (p->stages[i].row == row)
            return &p->stages[i];
    return NULL;
}

static uint32_t running_row(const Plan *p) {
    size_t i = p->current;
    while (i < p->count && p->stages[i].origin == STAGE_HAND)
        i++;
    return i < p->count ? p->stages[i].row : 0;
}

/* Rows behind the running one (and what the hand drives). */
static size_t rows_to_come(const Plan *p, uint32_t running, uint32_t **out) {
    size_t count = plan_rows(p, NULL, 0), n = 0;
    PlanRow *rows = mem_alloc(count, sizeof *rows);
    uint32_t *to = mem_alloc(count, sizeof *to);
    plan_rows(p, rows, count);
    for (size_t i = 0; i < count; i++)
        if (rows[i].state != ROW_PAST && rows[i].row != running &&
            p->stages[rows[i].first].origin != STAGE_HAND)
            to[n++] = rows[i].row;
    free(rows);
    *out = to;
    return n;
}

static Sides sides_of(const Draft *d) {
    Sides s = { .running = running_row(&d->base) };
    s.base_count = rows_to_come(&d->base, s.running, &s.base);
    s.trial_count = rows_to_come(d->trial.plan, s.running, &s.trial);
    return s;
}

static void sides_close(Sides *s) {
    free(s->base);
    free(s->trial);
}

static bool holds(const uint32_t *rows, size_t count, uint32_t row) {
    for (size_t i = 0; i < count; i++)
        if (rows[i] == row)
            return true;
    return false;
}

static bool is_common(const Sides *s, uint32_t row) {
    return holds(s->base, s->base_count, row) &&
           holds(s->trial, s->trial_count, row);
}

/* --- commands ----------------------------------------------------------- */

static void command(Text *to, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void command(Text *to, const char *format, ...) {
    char text[DRAFT_TEXT_MAX + 64];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    text_adds(to, to->length ? "; " : "edit ");
    text_adds(to, text);
}

static size_t write_deletes(const Sides *s, Text *to) {
    size_t n = 0;
    for (size_t i = 0; i < s->base_count; i++) {
        if (is_common(s, s->base[i]))
            continue;
        command(to, "stage delete #%lu", (unsigned long)s->base[i]);
        n++;
    }
    return n;
}

/* Brings the common rows into the trial's order, each from its place up. */
static size_t write_moves(const Sides *s, Text *to) {
    uint32_t *list = mem_alloc(s->base_count, sizeof *list);
    size_t count = 0, at = 0, moved = 0;
    for (size_t i = 0; i < s->base_count; i++)
        if (is_common(s, s->base[i]))
            list[count++] = s->base[i];
    for (size_t i = 0; i < s->trial_count; i++) {
        if (!is_common(s, s->trial[i]))
            continue;
        size_t from = at;
        while (list[from] != s->trial[i])
            from++;
        moved += from > at;
        for (; from > at; from--) {
            list[from] = list[from - 1];
            command(to, "stage move #%lu up", (unsigned long)s->trial[i]);
        }
        list[at++] = s->trial[i];
    }
    free(list);
    return moved;
}

static void write_ramp(uint32_t row, const Stage *s, Text *to) {
    unsigned long n = row;
    if (s->form == STAGE_STAY)
        command(to, "stage ramp #%lu stay", n);
    else if (s->form == STAGE_JUMP)
        command(to, "stage ramp #%lu jump", n);
    else if (s->shape == RAMP_STEP)
        command(to, "stage ramp #%lu step %d", n, s->steps);
    else
        command(to, "stage ramp #%lu %s", n,
                s->shape == RAMP_SMOOTH ? "smooth" : "linear");
}

static bool same_form(const Stage *a, const Stage *b) {
    return a->form == b->form &&
           (a->form != STAGE_RAMP ||
            (a->shape == b->shape &&
             (a->shape != RAMP_STEP || a->steps == b->steps)));
}

static bool write_fields(const Draft *d, uint32_t row, Text *to) {
    const Stage *was = last_piece(&d->base, row);
    const Stage *is = last_piece(d->trial.plan, row);
    size_t before = to->length;
    bool rate = d->base.unit == PLAN_RATE;
    UnitsText t;
    if (strcmp(was->name, is->name) != 0)
        command(to, "stage rename #%lu %s", (unsigned long)row, is->name);
    if (was->length_ns != is->length_ns)
        command(to, "stage length #%lu %s", (unsigned long)row,
                units_duration(t, is->length_ns));
    /* a level makes a stay jump by itself */
    bool stayed = was->form == STAGE_STAY;
    if (!same_form(was, is) && !(stayed && is->form == STAGE_JUMP))
        write_ramp(row, is, to);
    if (is->form != STAGE_STAY && (stayed || was->level != is->level))
        command(to, "stage level #%lu %s", (unsigned long)row,
                units_level(t, is->level, rate));
    return to->length > before;
}

static void write_insert(const Draft *d, uint32_t after, uint32_t row,
                         Text *to) {
    const Stage *s = last_piece(d->trial.plan, row);
    Text stage = { 0 };
    stage_print(s, d->base.unit, &stage);
    command(to, "stage insert after #%lu %s = %s", (unsigned long)after,
            s->name, stage.bytes);
    text_close(&stage);
}

/* Several behind one stage: the last first, each right behind it. */
static size_t write_inserts(const Draft *d, const Sides *s, Text *to) {
    size_t n = 0;
    for (size_t i = 0; i < s->trial_count;) {
        uint32_t after = i ? s->trial[i - 1] : s->running;
        size_t end = i;
        while (end < s->trial_count && !is_common(s, s->trial[end]))
            end++;
        for (size_t k = end; k-- > i;)
            write_insert(d, after, s->trial[k], to);
        n += end - i;
        i = end + 1;
    }
    return n;
}

/* The running stage (and what the hand drives, which has a name only): its
 * pieces are the engine's, so the commands stand as
 * they were typed, the last of each kind. */
static size_t write_running(const Draft *d, const Sides *s, Text *to) {
    const DraftOp *last[DRAFT_RAMP + 1] = { 0 };
    size_t before = to->length;
    for (size_t i = 0; i < d->count; i++)
        if (d->ops[i].applies && d->ops[i].kind != DRAFT_INSERT &&
            d->ops[i].target == s->running)
            last[d->ops[i].kind] = &d->ops[i];
    const Plan *p = &d->base;
    const Stage *now = plan_is_over(p) ? NULL : &p->stages[p->current];
    const Stage *named = now ? last_piece(d->trial.plan, now->row) : NULL;
    if (plan_is_hand(p) && strcmp(now->name, named->name) != 0)
        command(to, "stage rename #%lu %s", (unsigned long)now->row,
                named->name);
    if (last[DRAFT_RENAME])
        command(to, "stage rename #%lu %s", (unsigned long)s->running,
                last[DRAFT_RENAME]->text);
    if (last[DRAFT_LEVEL])
        command(to, "stage level #%lu %s", (unsigned long)s->running,
                last[DRAFT_LEVEL]->text);
    if (last[DRAFT_LENGTH])
        command(to, "stage length #%lu %s", (unsigned long)s->running,
                last[DRAFT_LENGTH]->text);
    return to->length > before;
}

/* The running stage comes last: cut short, it would make the next one run,
 * which may then be changed no more. */
static DraftEffect write_all(const Draft *d, Text *to) {
    Sides s = sides_of(d);
    DraftEffect e = { 0 };
    e.deleted = write_deletes(&s, to);
    e.moved = write_moves(&s, to);
    for (size_t i = 0; i < s.trial_count; i++)
        if (is_common(&s, s.trial[i]))
            e.changed += write_fields(d, s.trial[i], to);
    e.added = write_inserts(d, &s, to);
    e.changed += write_running(d, &s, to);
    sides_close(&s);
    return e;
}

DraftEffect draft_effect(const Draft *d) {
    Text unused = { 0 };
    DraftEffect e = write_all(d, &unused);
    text_close(&unused);
    return e;
}

void draft_commands(const Draft *d, Text *to) {
    write_all(d, to);
}
