/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment/steer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "control/verbs.h"

void steer_begin(Steer *s, const Wheel *w) {
    *s = (Steer){ .peaks = mem_alloc(w->plan_count, sizeof *s->peaks),
                  .peak_count = w->plan_count,
                  .seen = w->action_count };
    for (size_t i = 0; i < w->plan_count; i++) {
        s->peaks[i] = plan_peak(&w->plans[i]);
        if (w->plans[i].unit == w->plans[0].unit)
            s->peak += s->peaks[i];
    }
}

void steer_close(Steer *s) {
    for (size_t i = 0; i < s->count; i++)
        free(s->waiting[i]);
    free(s->waiting);
    free(s->peaks);
    *s = (Steer){ 0 };
}

static bool changes_load(const char *command) {
    static const char *const idle[] = { "mark", "scenario", "threshold",
                                        "pause", "resume" };
    const char *args;
    const Verb *v = verb_find(command, &args, NULL);
    for (size_t i = 0; v && i < sizeof idle / sizeof *idle; i++)
        if (text_equal(v->name, idle[i]))
            return false;
    return true;
}

bool steer_is_taken(Steer *s, const Wheel *w) {
    bool is_taken = false;
    size_t ours = s->is_typed && s->seen < w->action_count ? 1 : 0;
    for (size_t i = s->seen + ours; i < w->action_count; i++)
        is_taken |= changes_load(w->actions[i].command);
    s->seen = w->action_count;
    s->is_typed = false;
    return is_taken;
}

void steer_type(Steer *s, const char *command) {
    mem_grow(s->waiting, s->count, s->cap);
    s->waiting[s->count++] = mem_dup_text(command);
}

void steer_mark(Steer *s, const char *text) {
    Text t = { 0 };
    text_addf(&t, "mark %s", text);
    steer_type(s, t.bytes);
    text_close(&t);
}

void steer_level(Steer *s, const Wheel *w, double level, const char *in) {
    for (size_t i = 0; i < s->peak_count; i++) {
        double mine = level * s->peaks[i] / s->peak;
        Text t = { 0 };
        if (w->plans[i].unit == PLAN_VUS)
            mine = fmax(1, round(mine));
        if (s->peak_count > 1)
            text_addf(&t, "for %s ", w->names[i]);
        text_addf(&t, "level %.10g in %s", mine, in);
        steer_type(s, t.bytes);
        text_close(&t);
    }
}

bool steer_next(Steer *s, Text *command) {
    if (s->count == 0)
        return false;
    text_clear(command);
    text_adds(command, s->waiting[0]);
    free(s->waiting[0]);
    s->count--;
    memmove(s->waiting, s->waiting + 1, s->count * sizeof *s->waiting);
    s->is_typed = true;
    return true;
}
