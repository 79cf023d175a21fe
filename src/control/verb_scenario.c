/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "control/verb_scenario.h"

#include <ctype.h>
#include <string.h>

void verb_name_scenario(const Wheel *w, Text *answer) {
    Text named = { 0 };
    if (w->plan_count < 2)
        return;
    text_addf(&named, "%s: %s", w->names[w->focus],
              answer->bytes ? answer->bytes : "done");
    text_clear(answer);
    text_adds(answer, named.bytes);
    text_close(&named);
}

static int no_scenario(const Wheel *w, const char *wrote, Err *err) {
    const char *near = text_nearest(wrote, (const char *const *)w->names,
                                    w->plan_count);
    Text all = { 0 };
    for (size_t i = 0; i < w->plan_count; i++)
        text_addf(&all, "%s%s", i ? ", " : "", w->names[i]);
    int rc = err_set(err, "there is no scenario '%.60s'; %s%s%s", wrote,
                     near ? "did you mean '" : "there are ",
                     near ? near : all.bytes, near ? "'?" : "");
    text_close(&all);
    return rc;
}

int verb_scenario(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
                  Err *err) {
    (void)now_ns;
    if (w->plan_count == 1)
        return err_set(err, "this run has one scenario only");
    size_t next = (w->focus + 1) % w->plan_count;
    for (size_t i = 0; i < w->plan_count; i++)
        if (*args ? text_equal(w->names[i], args) : i == next) {
            wheel_focus(w, i);
            text_addf(answer, "what names no scenario is for %s now",
                      w->names[i]);
            return 0;
        }
    return no_scenario(w, args, err);
}

/* The scenario whose name args begin with, the longest; SIZE_MAX: none. */
static size_t scenario_at(const Wheel *w, const char *args) {
    size_t found = SIZE_MAX, longest = 0;
    for (size_t i = 0; i < w->plan_count; i++) {
        size_t n = strlen(w->names[i]);
        if (n > longest && strncmp(args, w->names[i], n) == 0 &&
            (!args[n] || isspace((unsigned char)args[n]))) {
            found = i;
            longest = n;
        }
    }
    return found;
}

const char *verb_without_for(const Wheel *w, const char *command) {
    if (strncmp(command, "for ", 4) != 0)
        return command;
    const char *args = command + 4;
    args += strspn(args, " \t");
    size_t scenario = scenario_at(w, args);
    if (scenario == SIZE_MAX)
        return command;
    args += strlen(w->names[scenario]);
    return args + strspn(args, " \t");
}

int verb_for(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
             Err *err) {
    if (w->plan_count == 1)
        return err_set(err, "this run has one scenario only");
    size_t scenario = scenario_at(w, args), focus = w->focus;
    if (scenario == SIZE_MAX) {
        Text word = { 0 };
        text_addf(&word, "%.*s", (int)strcspn(args, " \t"), args);
        int rc = no_scenario(w, word.bytes ? word.bytes : "", err);
        text_close(&word);
        return rc;
    }
    const char *command = args + strlen(w->names[scenario]);
    command += strspn(command, " \t");
    const Verb *v = verb_find(command, &args, err);
    if (!v)
        return -1;
    if (!v->is_plan && !v->takes_for)
        return err_set(err, "'%s' is for the whole run, not for a scenario",
                       v->name);
    wheel_focus(w, scenario);
    w->is_for_one = true;
    int rc = v->apply(w, now_ns, args, answer, err);
    w->is_for_one = false;
    if (rc == 0 && v->is_plan)
        verb_name_scenario(w, answer);
    wheel_focus(w, focus);
    return rc;
}
