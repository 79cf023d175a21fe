/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/keys_scenario.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "profile/flow.h"

/* --- [stages] ----------------------------------------------------------- */

void key_read_stage(KeyContext *c) {
    StageSet *set = c->stages;
    Plan *plan = &set->plan;
    Stage s = { 0 };
    Err err;
    if (plan->count >= PLAN_STAGES_PLENTY) {
        key_error(c, 0, "a profile has at most %d stages", PLAN_STAGES_PLENTY);
        return;
    }
    if (stage_read_name(&s, c->entry->key, &err) < 0) {
        diags_add(c->diags, c->entry->line, c->entry->key_column, "%s",
                  err.text);
        return;
    }
    if (stage_read(&s, c->value, &set->unit, &err) < 0) {
        key_report(c, &err);
        return;
    }
    plan->unit = set->unit.is_rate ? PLAN_RATE : PLAN_VUS;
    plan_append(plan, &s);
}

/* --- [scenario] --------------------------------------------------------- */

void key_read_stages_name(KeyContext *c) {
    key_read_text(c, &c->scenario->stages);
    c->scenario->stages_column = c->entry->value_column;
    c->scenario->stages_line = c->entry->line;
}

void key_read_scenario_start(KeyContext *c) {
    key_read_duration(c, &c->scenario->start_ns);
}

void key_read_think(KeyContext *c) {
    Think *t = &c->scenario->think;
    char text[128];
    uint64_t a, b = 0;
    Err err = { 0 };
    snprintf(text, sizeof text, "%s", c->value);
    char *dots = strstr(text, "..");
    char *first = text, *second = NULL;
    t->kind = THINK_FIXED;
    if (dots) {
        *dots = '\0';
        second = dots + 2;
        t->kind = THINK_UNIFORM;
    } else if (text_starts(text, "exp ")) {
        first = text + 4;
        t->kind = THINK_EXP;
    } else if (text_starts(text, "normal ")) {
        first = text_trim(text + 7);
        second = first + strcspn(first, " ");
        if (*second)
            *second++ = '\0';
        t->kind = THINK_NORMAL;
    }
    if (units_read_duration(text_trim(first), &a, &err) < 0 ||
        (second && units_read_duration(text_trim(second), &b, &err) < 0)) {
        key_error(c, 0, "%s; think is 1s, 1s..3s, exp 2s or normal 2s 500ms",
                  err.text);
        return;
    }
    if (t->kind == THINK_UNIFORM && b < a)
        key_error(c, 0, "'%s': the second time is the longer one", c->value);
    t->a_ns = (double)a;
    t->b_ns = (double)b;
}

void key_read_max_vus(KeyContext *c) {
    Scenario *s = c->scenario;
    s->max_vus_line = c->entry->line;
    s->max_vus_column = c->entry->value_column;
    key_read_whole(c, 1, PROFILE_MAX_VUS_MOST, &s->max_vus);
}

static void read_choice(KeyContext *c, FlowChoice choice,
                        int (*read)(Profile *p, Scenario *s, const char *text,
                                    Err *err)) {
    Scenario *s = c->scenario;
    Err err;
    if (s->flow_count) {
        key_error(c, 0, "a scenario has either a flow, or a mix, or tasks");
        return;
    }
    s->choice = choice;
    if (read(c->profile, s, c->value, &err) < 0)
        key_report(c, &err);
}

void key_read_flow(KeyContext *c) {
    read_choice(c, FLOW_ONE, flow_read);
}

void key_read_mix(KeyContext *c) {
    read_choice(c, FLOW_MIX, mix_read);
}

void key_read_tasks(KeyContext *c) {
    read_choice(c, FLOW_TASKS, tasks_read);
}

void key_read_pacing(KeyContext *c) {
    static const char *const choices[] = { [PACING_POISSON] = "poisson",
                                           [PACING_EVEN] = "even" };
    int choice = PACING_POISSON;
    key_needs(c, "tasks", "tasks = submit 0.5/m, browse 2/m");
    key_read_choice(c, choices, 2, &choice);
    c->scenario->pacing = (Pacing)choice;
}

void key_read_scenario_tags(KeyContext *c) {
    Scenario *s = c->scenario;
    key_read_tags(c, &s->tags, &s->tag_count, &s->tag_cap);
}
