/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "control/wheel.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "control/verbs.h"

#define ACTIONS_MAX 100000
#define COMMAND_MAX 4096

void wheel_init(Wheel *w, Plan *take_plan) {
    *w = (Wheel){ .plan = *take_plan };
    *take_plan = (Plan){ 0 };
}

void wheel_close(Wheel *w) {
    plan_close(&w->plan);
    event_log_close(&w->log);
    for (size_t i = 0; i < w->action_count; i++) {
        free(w->actions[i].command);
        free(w->actions[i].outcome);
    }
    free(w->actions);
    *w = (Wheel){ 0 };
}

static void remember(Wheel *w, uint64_t now_ns, const char *command,
                     const char *outcome) {
    char clean[COMMAND_MAX];
    event_add(&w->log, now_ns,
              text_starts(command, "mark") ? EVENT_MARK : EVENT_YOU, "%s",
              outcome);
    if (w->action_count == ACTIONS_MAX)
        return;
    text_clean(clean, sizeof clean, command, strlen(command));
    mem_grow(w->actions, w->action_count, w->action_cap);
    w->actions[w->action_count++] =
        (Action){ now_ns, mem_dup_text(clean), mem_dup_text(outcome) };
}

int wheel_do(Wheel *w, uint64_t now_ns, const char *command, Text *answer,
             Err *err) {
    const char *args;
    text_clear(answer);
    while (*command == ' ')
        command++;
    if (strlen(command) >= COMMAND_MAX)
        return err_set(err, "a command has at most %d bytes", COMMAND_MAX - 1);
    const Verb *v = verb_find(command, &args, err);
    if (!v)
        return -1;
    plan_advance(&w->plan, now_ns);
    if (v->apply(w, now_ns, args, answer, err) < 0)
        return -1;
    w->version++;
    remember(w, now_ns, command, answer->bytes ? answer->bytes : command);
    return 0;
}
