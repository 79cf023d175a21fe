/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "control/wheel.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "control/steps.h"
#include "control/verb_scenario.h"

#define ACTIONS_MAX 100000
#define COMMAND_MAX 4096

void wheel_init(Wheel *w, Plan *take_plan) {
    *w = (Wheel){ 0 };
    wheel_add(w, "", take_plan);
}

void wheel_add(Wheel *w, const char *name, Plan *take_plan) {
    size_t n = w->plan_count++;
    w->plans = mem_resize(w->plans, n + 1, sizeof *w->plans);
    w->names = mem_resize(w->names, n + 1, sizeof *w->names);
    w->edits = mem_resize(w->edits, n + 1, sizeof *w->edits);
    w->tunings = mem_resize(w->tunings, n + 1, sizeof *w->tunings);
    w->tunings[n] = (Tuning){ .think = 1 };
    w->plans[n] = *take_plan;
    w->names[n] = mem_dup_text(name);
    w->plan = &w->plans[w->focus];
    w->edits[n] = w->plans[n].edits;
    *take_plan = (Plan){ 0 };
}

void wheel_focus(Wheel *w, size_t scenario) {
    w->focus = scenario;
    w->plan = &w->plans[scenario];
}

void wheel_copy(Wheel *to, const Wheel *from) {
    *to = (Wheel){ .paused = from->paused,
                   .end = from->end,
                   .ceiling = from->ceiling };
    for (size_t i = 0; i < from->plan_count; i++) {
        Plan copy;
        plan_copy(&copy, &from->plans[i]);
        wheel_add(to, from->names[i], &copy);
        tuning_copy(&to->tunings[i], &from->tunings[i]);
    }
    limits_copy(&to->limits, &from->limits);
    wheel_focus(to, from->focus);
}

void wheel_close(Wheel *w) {
    for (size_t i = 0; i < w->plan_count; i++) {
        plan_close(&w->plans[i]);
        free(w->names[i]);
        tuning_close(&w->tunings[i]);
    }
    free(w->tunings);
    limits_close(&w->limits);
    free(w->plans);
    free(w->names);
    free(w->edits);
    steps_close(w);
    event_log_close(&w->log);
    for (size_t i = 0; i < w->action_count; i++) {
        free(w->actions[i].command);
        free(w->actions[i].outcome);
    }
    free(w->actions);
    *w = (Wheel){ 0 };
}

void wheel_advance(Wheel *w, uint64_t now_ns) {
    for (size_t i = 0; i < w->plan_count; i++)
        plan_advance(&w->plans[i], now_ns);
}

bool wheel_is_over(const Wheel *w) {
    for (size_t i = 0; i < w->plan_count; i++)
        if (!plan_is_over(&w->plans[i]))
            return false;
    return true;
}

/* Beside others, a scenario that has ended counts no more. */
static bool counts_at(const Wheel *w, const Plan *p, uint64_t t_ns) {
    return p->unit == w->plan->unit &&
           (w->plan_count == 1 || plan_is_hand(p) ||
            t_ns <= plan_total_ns(p));
}

double wheel_level_at(const Wheel *w, uint64_t t_ns) {
    double level = 0;
    for (size_t i = 0; i < w->plan_count; i++)
        if (counts_at(w, &w->plans[i], t_ns))
            level += plan_level_at(&w->plans[i], t_ns);
    return level;
}

uint64_t wheel_total_ns(const Wheel *w) {
    uint64_t longest = 0;
    for (size_t i = 0; i < w->plan_count; i++) {
        uint64_t ns = plan_total_ns(&w->plans[i]);
        longest = ns > longest ? ns : longest;
    }
    return longest;
}

double wheel_peak(const Wheel *w) {
    double peak = 0;
    for (size_t i = 0; i < w->plan_count; i++)
        if (w->plans[i].unit == w->plan->unit)
            peak += plan_peak(&w->plans[i]);
    return peak;
}

bool wheel_is_mixed(const Wheel *w) {
    for (size_t i = 1; i < w->plan_count; i++)
        if (w->plans[i].unit != w->plans[0].unit)
            return true;
    return false;
}

static void remember(Wheel *w, uint64_t now_ns, const char *command,
                     const char *outcome) {
    event_add(&w->log, now_ns,
              text_starts(command, "mark") ? EVENT_MARK : EVENT_YOU, "%s",
              outcome);
    if (w->action_count == ACTIONS_MAX)
        return;
    mem_grow(w->actions, w->action_count, w->action_cap);
    w->actions[w->action_count++] = (Action){
        now_ns, text_clean_copy(command), text_clean_copy(outcome)
    };
}

/* It quotes the command. */
static void clean_answer(Text *answer) {
    char *clean = text_clean_copy(answer->bytes ? answer->bytes : "");
    text_clear(answer);
    text_adds(answer, clean);
    free(clean);
}

static int apply(Wheel *w, uint64_t now_ns, const char *who,
                 const char *command, Text *answer, Err *err) {
    const char *args;
    bool passes;
    text_clear(answer);
    while (*command == ' ')
        command++;
    if (strlen(command) >= COMMAND_MAX)
        return err_set(err, "a command has at most %d bytes", COMMAND_MAX - 1);
    const Verb *v = verb_find(command, &args, err);
    if (!v)
        return -1;
    if (v->is_operators && who)
        return err_set(err, "'%s' is for the operator to say", v->name);
    if (ceiling_check(w, now_ns, command, &passes, err) < 0)
        return -1;
    wheel_advance(w, now_ns);
    if (v->apply(w, now_ns, args, answer, err) < 0)
        return -1;
    if (v->is_plan)
        verb_name_scenario(w, answer);
    clean_answer(answer);
    if (w->end == WHEEL_GOES_ON)
        steps_note(w, who, command);
    else
        steps_forget(w); /* an end is not taken back */
    if (passes) {
        w->ceiling.is_set = false;
        w->ceiling.is_shut = true;
    }
    w->version++;
    return 0;
}

int wheel_do(Wheel *w, uint64_t now_ns, const char *command, Text *answer,
             Err *err) {
    if (apply(w, now_ns, NULL, command, answer, err) < 0)
        return -1;
    command += strspn(command, " ");
    remember(w, now_ns, command, answer->bytes ? answer->bytes : command);
    return 0;
}

int wheel_do_as(Wheel *w, uint64_t now_ns, EventKind kind, const char *who,
                const char *command, Text *answer, Err *err) {
    if (apply(w, now_ns, who, command, answer, err) < 0)
        return -1;
    event_add(&w->log, now_ns, kind, "%s: %s", who,
              answer->bytes ? answer->bytes : command);
    return 0;
}
