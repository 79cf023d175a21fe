/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/stages.h"

#include <stdlib.h>

/* Ten years: no sum of times within a run comes near 64 bits. */
#define STAGES_MOST_NS (10 * PLAN_STAGE_MOST_NS)

StageSet *stages_add(StageSets *all, const IniSection *s) {
    mem_grow(all->items, all->count, all->cap);
    StageSet *set = &all->items[all->count++];
    *set = (StageSet){ .name = section_item(s), .line = s->line };
    plan_init(&set->plan, PLAN_VUS, 0);
    return set;
}

static StageSet *stages_find(StageSets *all, const char *name) {
    for (size_t i = 0; i < all->count; i++)
        if (text_equal(all->items[i].name, name))
            return &all->items[i];
    return NULL;
}

static void stages_unknown(const StageSets *all, const Scenario *s, Diags *d) {
    const char **names = mem_alloc(all->count + 1, sizeof *names);
    for (size_t i = 0; i < all->count; i++)
        names[i] = all->items[i].name;
    const char *near = text_nearest(s->stages, names, all->count);
    diags_add(d, s->stages_line, s->stages_column,
              "there is no section [stages %s]%s%s%s", s->stages,
              near && *near ? "; did you mean '" : "",
              near && *near ? near : "", near && *near ? "'?" : "");
    free(names);
}

/* Before its own stages: nothing, so long. */
static void add_wait(Plan *to, const Scenario *s) {
    Stage wait = { .name = "wait",
                   .form = STAGE_JUMP,
                   .length_ns = s->start_ns };
    Stage begin = { .name = "begin", .form = STAGE_JUMP, .level = to->start };
    plan_append(to, &wait);
    if (to->start > 0)
        plan_append(to, &begin);
    to->start = 0;
}

void stages_take(Profile *p, Scenario *s, StageSets *all, Diags *d) {
    StageSet *set = stages_find(all, s->stages ? s->stages : "");
    if (!set) {
        if (s->stages)
            stages_unknown(all, s, d);
        else
            diags_add(d, s->line, s->line ? 1 : 0,
                      "[stages] is missing: warm-up = 2m to 100 (or "
                      "--stages, or --vus and --duration)");
        return;
    }
    set->is_used = true;
    s->unit = set->unit.is_known ? set->unit : p->start_unit;
    plan_init(&s->plan, s->unit.is_rate ? PLAN_RATE : PLAN_VUS, p->start);
    if (s->start_ns)
        add_wait(&s->plan, s);
    for (size_t i = 0; i < set->plan.count; i++)
        plan_append(&s->plan, &set->plan.stages[i]);
    plan_layout(&s->plan);
    if (s->max_vus_column && s->unit.is_known && !s->unit.is_rate)
        diags_add(d, s->max_vus_line, s->max_vus_column,
                  "max_vus is for arrival rates (2m to 800/s); these stages "
                  "count virtual users, there are never more than they say");
}

/* Beyond the limit, without a sum that could come round. */
static bool takes_too_long(const Plan *p) {
    uint64_t left = STAGES_MOST_NS;
    for (size_t i = 0; i < p->count; i++) {
        if (p->stages[i].length_ns > left)
            return true;
        left -= p->stages[i].length_ns;
    }
    return false;
}

void stages_check(const StageSets *all, Diags *d) {
    for (size_t i = 0; i < all->count; i++) {
        const StageSet *set = &all->items[i];
        if (d->count)
            return;
        if (set->plan.count == 0)
            diags_add(d, set->line, 1,
                      "[stages%s%s] is empty: warm-up = 2m to 100",
                      *set->name ? " " : "", set->name);
        else if (plan_total_ns(&set->plan) == 0)
            diags_add(d, set->line, 1, "all stages together last 0 s");
        else if (takes_too_long(&set->plan))
            diags_add(d, set->line, 1,
                      "all stages together take more than 3650d");
        else if (!set->is_used)
            diags_add(d, set->line, 1, "no scenario uses these stages%s%s",
                      *set->name ? ": write stages = " : "", set->name);
    }
}

void stages_close(StageSets *all) {
    for (size_t i = 0; i < all->count; i++)
        plan_close(&all->items[i].plan);
    free(all->items);
}
