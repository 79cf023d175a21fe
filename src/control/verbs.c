/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "control/verbs.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/units.h"
#include "control/steps.h"
#include "control/verb_scenario.h"
#include "control/verb_tune.h"
#include "control/verb_words.h"
#include "plan/stage_text.h"

#define STRETCH_NS ((int64_t)(30 * NS_PER_S))

/* --- levels ------------------------------------------------------------- */

static double level_now(const Wheel *w, uint64_t now_ns) {
    return plan_level_at(w->plan, now_ns);
}

static LevelUnit level_unit(const Wheel *w) {
    return (LevelUnit){ .is_known = true,
                        .is_rate = w->plan->unit == PLAN_RATE,
                        .takes_bare = true };
}

/* "250", "800/s", "+50", "-10", "+10%", "x2" → an absolute level. */
static int read_level(const Wheel *w, uint64_t now_ns, const char *word,
                      double *level, Err *err) {
    bool plan_rate = w->plan->unit == PLAN_RATE;
    LevelUnit unit = level_unit(w);
    bool relative = *word == '+' || *word == '-' || *word == 'x';
    const char *number = relative ? word + 1 : word;
    size_t n = strlen(number);
    double now = level_now(w, now_ns), v;
    char digits[WORD_MAX];
    if (!*word)
        return err_set(err, "a level is missing: 250, +50 or 800/s");
    snprintf(digits, sizeof digits, "%s", number);
    bool percent = relative && *word != 'x' && n && digits[n - 1] == '%';
    if (percent)
        digits[n - 1] = '\0';
    if (percent || *word == 'x') {
        char *end;
        v = strtod(digits, &end);
        if (!isdigit((unsigned char)digits[0]) || *end || !isfinite(v))
            return err_set(err, "'%s' is not a level: 250, +50, +10%%, x2",
                           word);
        v = percent ? plan_peak(w->plan) * v / 100 : now * v;
        if (percent && !plan_rate)
            v = fmax(1, round(v));
    } else {
        if (level_read(&unit, digits, &v, err) < 0)
            return -1;
    }
    if (*word == '+')
        v = now + v;
    else if (*word == '-')
        v = fmax(0, now - v);
    *level = relative ? level_tidy(v, w->plan->unit) : v;
    return 0;
}

static const char *unit_of(const Wheel *w, double n) {
    return w->plan->unit == PLAN_RATE ? "arrivals/s"
           : fabs(n) == 1             ? "VU"
                                      : "VUs";
}

/* --- driving ------------------------------------------------------------ */

static int do_level(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
                    Err *err) {
    char word[WORD_MAX], in[WORD_MAX], over[WORD_MAX];
    double level;
    uint64_t over_ns = 0;
    const char *rest = next_word(args, word);
    if (read_level(w, now_ns, word, &level, err) < 0)
        return -1;
    rest = next_word(rest, in);
    if (*in) {
        if (!text_equal(in, "in"))
            return err_set(err, "'%s' is not expected: level 500 in 30s", in);
        rest = next_word(rest, over);
        if (units_read_duration(over, &over_ns, err) < 0)
            return -1;
    }
    if (expect_end(rest, err) < 0)
        return -1;
    double before = level_now(w, now_ns);
    if (plan_take(w->plan, now_ns, level, over_ns, err) < 0)
        return -1;
    double more = level_tidy(level - before, w->plan->unit);
    text_addf(answer, "%+.10g %s, to %.10g by hand", more, unit_of(w, more),
              level);
    if (over_ns)
        text_addf(answer, " in %s", over);
    return 0;
}

static int do_hold(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
                   Err *err) {
    if (expect_end(args, err) < 0)
        return -1;
    double level = level_tidy(level_now(w, now_ns), w->plan->unit);
    if (plan_take(w->plan, now_ns, level, 0, err) < 0)
        return -1;
    text_addf(answer, "hold at %.10g %s", level, unit_of(w, level));
    return 0;
}

static const char *current_name(const Wheel *w) {
    const Plan *p = w->plan;
    return plan_is_over(p) ? "the end" : p->stages[p->current].name;
}

static int do_go(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
                 Err *err) {
    if (expect_end(args, err) < 0 || plan_give_back(w->plan, now_ns, err) < 0)
        return -1;
    text_addf(answer, "the plan drives again: %s", current_name(w));
    return 0;
}

static int do_next(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
                   Err *err) {
    if (expect_end(args, err) < 0 || plan_next(w->plan, now_ns, err) < 0)
        return -1;
    text_addf(answer, "next stage: %s", current_name(w));
    return 0;
}

static int do_back(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
                   Err *err) {
    if (expect_end(args, err) < 0 || plan_back(w->plan, now_ns, err) < 0)
        return -1;
    text_addf(answer, "%s starts again", current_name(w));
    return 0;
}

static int do_stretch(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
                      Err *err) {
    char word[WORD_MAX];
    int64_t by = STRETCH_NS;
    if (expect_end(next_word(args, word), err) < 0)
        return -1;
    if (*word) {
        uint64_t ns;
        bool shorter = *word == '-';
        const char *s = *word == '-' || *word == '+' ? word + 1 : word;
        if (units_read_duration(s, &ns, err) < 0)
            return -1;
        by = shorter ? -(int64_t)ns : (int64_t)ns;
    }
    char name[PLAN_NAME_MAX];
    snprintf(name, sizeof name, "%s", current_name(w));
    uint64_t before = plan_total_ns(w->plan);
    if (plan_stretch(w->plan, now_ns, by, err) < 0)
        return -1;
    UnitsText t;
    uint64_t change = (uint64_t)(by < 0 ? -by : by);
    bool ends = by < 0 && before - plan_total_ns(w->plan) < change;
    units_duration(t, change);
    if (ends)
        text_addf(answer, "%s had less than %s to go: it ends now", name, t);
    else
        text_addf(answer, "%s %s by %s", name,
                  by < 0 ? "shortened" : "stretched", t);
    return 0;
}

static int do_spike(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
                    Err *err) {
    char word[WORD_MAX], hold[WORD_MAX];
    double level;
    uint64_t ns;
    const char *rest = next_word(next_word(args, word), hold);
    if (read_level(w, now_ns, word, &level, err) < 0)
        return -1;
    if (units_read_duration(hold, &ns, err) < 0 || expect_end(rest, err) < 0)
        return -1;
    if (plan_spike(w->plan, now_ns, level, ns, err) < 0)
        return -1;
    text_addf(answer, "spike to %.10g %s for %s", level, unit_of(w, level), hold);
    return 0;
}

/* --- the run ------------------------------------------------------------ */

static int do_pause(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
                    Err *err) {
    (void)now_ns;
    if (expect_end(args, err) < 0)
        return -1;
    if (w->paused)
        return err_set(err, "paused already");
    if (w->end != WHEEL_GOES_ON)
        return err_set(err, "the run is finishing");
    w->paused = true;
    text_adds(answer, "paused");
    return 0;
}

static int do_resume(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
                     Err *err) {
    (void)now_ns;
    if (expect_end(args, err) < 0)
        return -1;
    if (!w->paused)
        return err_set(err, "not paused");
    w->paused = false;
    text_adds(answer, "resumed");
    return 0;
}

static int do_mark(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
                   Err *err) {
    (void)w, (void)now_ns, (void)err;
    text_adds(answer, *args ? args : "mark");
    return 0;
}

static int finish_plans(Wheel *w, uint64_t now_ns, Err *err) {
    for (size_t i = 0; i < w->plan_count; i++)
        if (!plan_is_over(&w->plans[i]) &&
            plan_finish(&w->plans[i], now_ns, err) < 0)
            return -1;
    return 0;
}

static int do_finish(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
                     Err *err) {
    if (expect_end(args, err) < 0)
        return -1;
    if (w->end != WHEEL_GOES_ON)
        return err_set(err, "the run is finishing already");
    if (finish_plans(w, now_ns, err) < 0)
        return -1;
    w->end = WHEEL_FINISH;
    w->paused = false;
    text_adds(answer, "finish: no new iterations");
    return 0;
}

static int do_stop(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
                   Err *err) {
    if (expect_end(args, err) < 0)
        return -1;
    if (w->end == WHEEL_STOP)
        return err_set(err, "the run is stopping already");
    if (finish_plans(w, now_ns, err) < 0)
        return -1;
    w->end = WHEEL_STOP;
    w->paused = false;
    text_adds(answer, "stop at once");
    return 0;
}

static int do_undo(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
                   Err *err) {
    size_t scenario = w->is_for_one ? w->focus : SIZE_MAX;
    if (expect_end(args, err) < 0)
        return -1;
    return steps_undo(w, now_ns, scenario, answer, err);
}

static int do_redo(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
                   Err *err) {
    size_t scenario = w->is_for_one ? w->focus : SIZE_MAX;
    if (expect_end(args, err) < 0)
        return -1;
    return steps_redo(w, now_ns, scenario, answer, err);
}

/* --- the stage editor --------------------------------------------------- */

/* "#17" (PlanRow.row), "3" (place in the table) or a name. */
static int read_row(const Wheel *w, const char *word, uint32_t *row, Err *err) {
    const Plan *p = w->plan;
    if (!*word)
        return err_set(err, "a stage is missing: its number or name");
    size_t count = plan_rows(p, NULL, 0);
    PlanRow *rows = mem_alloc(count, sizeof *rows);
    plan_rows(p, rows, count);
    char *end;
    unsigned long n = strtoul(*word == '#' ? word + 1 : word, &end, 10);
    bool number = end != word && !*end;
    int rc = -1;
    for (size_t i = count; i-- > 0 && rc < 0;) {
        bool hit = *word == '#' ? number && rows[i].row == n
                   : number     ? i + 1 == n
                            : text_equal(p->stages[rows[i].first].name, word);
        if (hit) {
            *row = rows[i].row;
            rc = 0;
        }
    }
    free(rows);
    return rc < 0 ? err_set(err, "there is no stage '%s'", word) : 0;
}

static const char *row_name(const Wheel *w, uint32_t row) {
    for (size_t i = 0; i < w->plan->count; i++)
        if (w->plan->stages[i].row == row)
            return w->plan->stages[i].name;
    return "?";
}

/* insert [after ROW] NAME = STAGE */
static int do_insert(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
                     Err *err) {
    char word[WORD_MAX];
    uint32_t after = 0;
    LevelUnit unit = level_unit(w);
    const char *rest = next_word(args, word);
    if (text_equal(word, "after")) {
        args = next_word(rest, word);
        if (read_row(w, word, &after, err) < 0)
            return -1;
    }
    const char *equals = strchr(args, '=');
    if (!equals)
        return err_set(err, "write: stage insert NAME = 30s to 700");
    char name[PLAN_NAME_MAX * 2];
    snprintf(name, sizeof name, "%.*s", (int)(equals - args), args);
    Stage s = { 0 };
    if (stage_read_name(&s, text_trim(name), err) < 0 ||
        stage_read(&s, equals + 1, &unit, err) < 0)
        return -1;
    if (plan_insert(w->plan, now_ns, after, &s, NULL, err) < 0)
        return -1;
    text_addf(answer, "stage %s inserted", s.name);
    return 0;
}

static int do_delete(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
                     Err *err) {
    char word[WORD_MAX];
    uint32_t row;
    if (expect_end(next_word(args, word), err) < 0 ||
        read_row(w, word, &row, err) < 0)
        return -1;
    char name[PLAN_NAME_MAX];
    snprintf(name, sizeof name, "%s", row_name(w, row));
    if (plan_delete(w->plan, now_ns, row, err) < 0)
        return -1;
    text_addf(answer, "stage %s deleted", name);
    return 0;
}

static int do_move(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
                   Err *err) {
    char word[WORD_MAX], way[WORD_MAX];
    uint32_t row;
    const char *rest = next_word(next_word(args, word), way);
    if (expect_end(rest, err) < 0 || read_row(w, word, &row, err) < 0)
        return -1;
    bool up = text_equal(way, "up");
    if (!up && !text_equal(way, "down"))
        return err_set(err, "write: stage move %s up, or down", word);
    if (plan_move(w->plan, now_ns, row, up ? -1 : 1, err) < 0)
        return -1;
    text_addf(answer, "stage %s moved %s", row_name(w, row), way);
    return 0;
}

static int do_rename(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
                     Err *err) {
    char word[WORD_MAX];
    uint32_t row;
    Stage s = { 0 };
    const char *name = next_word(args, word);
    if (read_row(w, word, &row, err) < 0 ||
        stage_read_name(&s, name, err) < 0 ||
        plan_rename(w->plan, now_ns, row, s.name, err) < 0)
        return -1;
    text_addf(answer, "stage renamed to %s", s.name);
    return 0;
}

static int do_length(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
                     Err *err) {
    char word[WORD_MAX], length[WORD_MAX];
    uint32_t row;
    uint64_t ns;
    const char *rest = next_word(next_word(args, word), length);
    if (expect_end(rest, err) < 0 || read_row(w, word, &row, err) < 0 ||
        units_read_duration(length, &ns, err) < 0 ||
        plan_set_length(w->plan, now_ns, row, ns, err) < 0)
        return -1;
    text_addf(answer, "stage %s takes %s", row_name(w, row), length);
    return 0;
}

static int do_stage_level(Wheel *w, uint64_t now_ns, const char *args,
                          Text *answer, Err *err) {
    char word[WORD_MAX], text[WORD_MAX];
    uint32_t row;
    double level;
    const char *rest = next_word(next_word(args, word), text);
    if (expect_end(rest, err) < 0 || read_row(w, word, &row, err) < 0 ||
        read_level(w, now_ns, text, &level, err) < 0 ||
        plan_set_level(w->plan, now_ns, row, level, err) < 0)
        return -1;
    text_addf(answer, "stage %s leads to %.10g %s", row_name(w, row), level,
              unit_of(w, level));
    return 0;
}

static int do_ramp(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
                   Err *err) {
    static const struct {
        const char *name;
        StageForm form;
        RampShape shape;
    } ramps[] = {
        { "linear", STAGE_RAMP, RAMP_LINEAR },
        { "smooth", STAGE_RAMP, RAMP_SMOOTH },
        { "step", STAGE_RAMP, RAMP_STEP },
        { "jump", STAGE_JUMP, RAMP_LINEAR },
        { "stay", STAGE_STAY, RAMP_LINEAR },
    };
    char word[WORD_MAX], ramp[WORD_MAX], steps[WORD_MAX];
    uint32_t row;
    const char *rest = next_word(next_word(next_word(args, word), ramp), steps);
    if (expect_end(rest, err) < 0 || read_row(w, word, &row, err) < 0)
        return -1;
    for (size_t i = 0; i < sizeof ramps / sizeof *ramps; i++) {
        if (!text_equal(ramps[i].name, ramp))
            continue;
        char *end = steps;
        long n = *steps ? strtol(steps, &end, 10) : 5;
        if (*end || n < 1 || n > PLAN_STEPS_MAX)
            return err_set(err, "'%s' is not a number of steps", steps);
        if (plan_set_form(w->plan, now_ns, row, ramps[i].form, ramps[i].shape,
                          (int)n, err) < 0)
            return -1;
        text_addf(answer, "stage %s: %s", row_name(w, row), ramp);
        return 0;
    }
    return err_set(
        err, "'%s' is not a ramp: linear, smooth, step N, jump, stay", ramp);
}

/* edit COMMAND; COMMAND…: all or nothing, one step for undo. */
static int do_edit(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
                   Err *err) {
    Text one = { 0 };
    int rc = 0;
    UnitsText was, is;
    units_clock(was, plan_total_ns(w->plan));
    plan_edit_begin(w->plan, now_ns);
    for (const char *at = args; rc == 0 && *at;) {
        const char *end = strchrnul(at, ';'), *rest;
        char *command = mem_alloc((size_t)(end - at) + 1, 1);
        memcpy(command, at, (size_t)(end - at));
        const Verb *v = verb_find(text_trim(command), &rest, err);
        if (!v)
            rc = -1;
        else if (!v->is_edit)
            rc = err_set(err, "'%s' cannot stand in an edit", v->name);
        else
            rc = v->apply(w, now_ns, rest, &one, err);
        if (rc == 0)
            text_adds(&one, "; ");
        free(command);
        at = *end ? end + 1 : end;
    }
    if (rc < 0) {
        plan_edit_abort(w->plan);
        text_close(&one);
        return -1;
    }
    plan_edit_end(w->plan);
    units_clock(is, plan_total_ns(w->plan));
    text_adds(answer, one.bytes ? one.bytes : "nothing edited; ");
    text_addf(answer, "plan %s, was %s", is, was);
    text_close(&one);
    return 0;
}

/* --- the table ---------------------------------------------------------- */

const Verb verbs[] = {
    { "level", "LEVEL|+N|-N|+N%|xN [in DURATION]",
      "take the wheel with this level, at once or in a ramp",
      .apply = do_level, .is_plan = true },
    { "hold", "", "take the wheel where the level is",
      .apply = do_hold, .is_plan = true },
    { "go", "", "give the wheel back to the plan",
      .apply = do_go, .is_plan = true },
    { "next", "", "go to the next stage now",
      .apply = do_next, .is_plan = true },
    { "stage next", "", "the same as next",
      .apply = do_next, .is_plan = true },
    { "back", "", "start this stage again",
      .apply = do_back, .is_plan = true },
    { "stretch", "[[-]DURATION]", "this stage takes longer; 30s if not said",
      .apply = do_stretch, .is_plan = true },
    { "spike", "LEVEL|+N|xN DURATION",
      "jump, hold, and back to where the plan was",
      .apply = do_spike, .is_plan = true },
    { "for", "SCENARIO COMMAND", "do one of these to that scenario alone",
      .apply = verb_for },
    { "scenario", "[NAME]",
      "whom commands without `for' are for from now on; the next one if not "
      "said",
      .apply = verb_scenario },
    { "pause", "", "no new iterations; the plan's clock stands",
      .apply = do_pause },
    { "resume", "", "go on after a pause",
      .apply = do_resume },
    { "mark", "TEXT", "a note in the log and on the charts",
      .apply = do_mark },
    { "undo", "", "take back what was done last, in whichever scenario",
      .apply = do_undo, .takes_for = true },
    { "redo", "", "do it again",
      .apply = do_redo, .takes_for = true },
    { "stage insert", "[after STAGE] NAME = DURATION [to|at LEVEL]",
      "a new stage, after the current one if not said",
      .apply = do_insert, .is_edit = true, .is_plan = true },
    { "stage delete", "STAGE", "remove a stage that is to come",
      .apply = do_delete, .is_edit = true, .is_plan = true },
    { "stage move", "STAGE up|down", "earlier or later",
      .apply = do_move, .is_edit = true, .is_plan = true },
    { "stage rename", "STAGE NAME", "give it another name",
      .apply = do_rename, .is_edit = true, .is_plan = true },
    { "stage length", "STAGE DURATION", "how long it takes in all",
      .apply = do_length, .is_edit = true, .is_plan = true },
    { "stage level", "STAGE LEVEL", "where it leads",
      .apply = do_stage_level, .is_edit = true, .is_plan = true },
    { "stage ramp", "STAGE linear|smooth|step N|jump|stay", "how it gets there",
      .apply = do_ramp, .is_edit = true, .is_plan = true },
    { "edit", "COMMAND; COMMAND...", "several stage commands as one step",
      .apply = do_edit, .is_plan = true },
    { "weight", "REQUEST|TASK N",
      "share of a mix's entry (60), or how often each VU does a task (2/m)",
      .apply = verb_weight, .is_plan = true },
    { "think", "FACTOR",
      "think times so many times as long as in the profile; 1: as there",
      .apply = verb_think, .is_plan = true },
    { "threshold", "NUMBER|KEY = CONDITION",
      "another limit, judged over the whole run", .apply = verb_threshold },
    { "confirm", "HOST",
      "this target may be loaded, though neither loopback nor private",
      .apply = verb_confirm, .is_operators = true },
    { "finish", "", "start nothing more, let iterations end, save",
      .apply = do_finish },
    { "stop", "", "stop at once, save",
      .apply = do_stop },
};

const size_t verb_count = sizeof verbs / sizeof *verbs;

const Verb *verb_find(const char *text, const char **args, Err *err) {
    const Verb *found = NULL;
    size_t length = 0;
    for (size_t i = 0; i < verb_count; i++) {
        size_t n = strlen(verbs[i].name);
        if (n > length && strncmp(text, verbs[i].name, n) == 0 &&
            (!text[n] || isspace((unsigned char)text[n]))) {
            found = &verbs[i];
            length = n;
        }
    }
    if (found) {
        const char *s = text + length;
        while (isspace((unsigned char)*s))
            s++;
        *args = s;
        return found;
    }
    const char *names[sizeof verbs / sizeof *verbs];
    for (size_t i = 0; i < verb_count; i++)
        names[i] = verbs[i].name;
    char word[WORD_MAX], second[WORD_MAX], wrote[WORD_MAX * 2 + 1];
    next_word(next_word(text, word), second);
    snprintf(wrote, sizeof wrote, "%s", word);
    if (text_equal(word, "stage"))
        snprintf(wrote, sizeof wrote, "%s %s", word, second);
    const char *near = text_nearest(wrote, names, verb_count);
    if (!*word)
        err_set(err, "a command is missing");
    else if (near)
        err_set(err, "'%s' is no command; did you mean '%s'?", wrote, near);
    else
        err_set(err,
                "'%s' is no command; try level, hold, go, next, spike, "
                "pause, stage, finish",
                wrote);
    return NULL;
}
