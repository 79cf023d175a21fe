/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wheel.h: the state that an operator steers: the plan, pause, the end, and
 * the logs of what was done. Keys, `onrush ctl`, scripts and (later) a fleet
 * all send the same command texts; verbs.h has their table.
 *
 * Pure: time comes in. Owned by the source; main thread. */
#ifndef ONRUSH_CONTROL_WHEEL_H
#define ONRUSH_CONTROL_WHEEL_H

#include <stdbool.h>

#include "base/err.h"
#include "base/text.h"
#include "control/ceiling.h"
#include "control/event.h"
#include "control/tuning.h"
#include "plan/edit.h"
#include "plan/plan.h"

typedef enum WheelEnd {
    WHEEL_GOES_ON,
    WHEEL_FINISH, /* no new iterations, those under way may end */
    WHEEL_STOP,   /* at once */
} WheelEnd;

/* What an operator did, for the summary; clean for a terminal. */
typedef struct Action {
    uint64_t at_ns; /* run time */
    char *command;
    char *outcome;
} Action;

#define STEP_WORDS 60 /* bytes of its command that a step is called by */

typedef enum StepKind {
    STEP_PLAN, /* the plan keeps what it was */
    STEP_WEIGHT,
    STEP_THINK,
    STEP_THRESHOLD,
} StepKind;

/* Something that can be undone. */
typedef struct WheelStep {
    StepKind kind;
    size_t scenario; /* SIZE_MAX: the whole run */
    size_t item;     /* flow, or threshold */
    double was, is;
    Threshold limit_was, limit_is;
    char label[STEP_WORDS + 64]; /* "spike +500 20s" */
} WheelStep;

typedef struct WheelSteps {
    WheelStep *items; /* the newest last */
    size_t count, cap;
} WheelSteps;

typedef struct Wheel {
    /* Of the scenario that commands are for which name none. Who must not
     * be led astray by others' `scenario` says `for NAME` (the console), or
     * keeps a focus of his own (planned events). */
    Plan *plan;   /* plans[focus] */
    Plan *plans;  /* one a scenario */
    char **names; /* of the scenarios; clean for a terminal */
    Tuning *tunings; /* of the scenarios */
    Limits limits;
    size_t plan_count, focus;
    bool paused;
    WheelEnd end;
    bool is_for_one; /* the command under way names its scenario */
    uint64_t *edits; /* of each plan, that are among the steps */
    WheelSteps undo, redo;
    Ceiling ceiling; /* none unless its owner sets it */
    EventLog log;
    Action *actions;
    size_t action_count, action_cap;
    uint32_t version; /* counts changes of plan, pause and end */
} Wheel;

/* Takes the plan over, of a scenario that has no name. */
void wheel_init(Wheel *w, Plan *take_plan);
/* Takes the plan of one more scenario; the first keeps the focus. */
void wheel_add(Wheel *w, const char *name, Plan *take_plan);
/* A copy with the same plans, tunings, pause and end, without logs and
 * history; it is not to live longer. */
void wheel_copy(Wheel *to, const Wheel *from);
void wheel_close(Wheel *w);

/* Commands that name no scenario are for this one from now on. */
void wheel_focus(Wheel *w, size_t scenario);

/* All plans together. Levels of another unit than the focused plan's are
 * left out: VUs and arrivals cannot be added. */
void wheel_advance(Wheel *w, uint64_t now_ns);
bool wheel_is_over(const Wheel *w);
double wheel_level_at(const Wheel *w, uint64_t t_ns);
uint64_t wheel_total_ns(const Wheel *w); /* of the longest */
double wheel_peak(const Wheel *w);       /* sum of the peaks; at least 1 */
bool wheel_is_mixed(const Wheel *w);     /* are there both units? */

/* Does a command ("level 250", "spike +500 20s") at run time now_ns.
 * 0: done and logged; *answer (cleared first) says what it means in a
 * sentence, clean for a terminal, with the scenario's name in front when
 * there are several. -1: nothing changed, err says why. */
int wheel_do(Wheel *w, uint64_t now_ns, const char *command, Text *answer,
             Err *err);
/* The same, not by an operator: logged as `kind` with "who: " in front, and
 * no action of anybody's. Nor can it do what only an operator may. */
int wheel_do_as(Wheel *w, uint64_t now_ns, EventKind kind, const char *who,
                const char *command, Text *answer, Err *err);

#endif
