/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/react.h"

static bool end_run(Wheel *w) {
    if (w->end != WHEEL_GOES_ON)
        return false;
    w->end = WHEEL_FINISH;
    w->paused = false;
    return true;
}

bool react_to_thresholds(Wheel *w, const Snapshot *s, uint64_t run_ns) {
    bool ends = false;
    for (size_t i = 0; i < s->threshold_count; i++) {
        const Threshold *t = s->thresholds[i].threshold;
        if (!t->abort || s->thresholds[i].verdict != VERDICT_BROKEN ||
            run_ns < t->abort_after_ns || !end_run(w))
            continue;
        event_add(&w->log, run_ns, EVENT_ALERT, "%s %s ends the run", t->key,
                  t->text);
        ends = true;
    }
    return ends;
}

/* As if typed for each scenario that still runs. */
static void command_all(Wheel *w, const char *who, const char *command,
                        uint64_t run_ns) {
    size_t focus = w->focus;
    Text answer = { 0 };
    for (size_t i = 0; i < w->plan_count; i++) {
        Err err;
        if (plan_is_over(&w->plans[i]))
            continue;
        bool several = w->plan_count > 1;
        wheel_focus(w, i);
        if (wheel_do_as(w, run_ns, EVENT_ALERT, who, command, &answer, &err) <
            0)
            event_add(&w->log, run_ns, EVENT_ALERT, "%s: %s%s%s", who,
                      several ? w->names[i] : "", several ? ": " : "",
                      err.text);
    }
    wheel_focus(w, focus);
    text_close(&answer);
}

static bool react(Wheel *w, const Alert *a, uint64_t run_ns) {
    if (w->end != WHEEL_GOES_ON)
        return false;
    switch (a->action) {
    case ALERT_WARN:
        return false;
    case ALERT_STOP:
        event_add(&w->log, run_ns, EVENT_ALERT, "%s ends the run", a->name);
        return end_run(w);
    case ALERT_HOLD:
        command_all(w, a->name, "hold", run_ns);
        return false;
    case ALERT_BACK_OFF:
        command_all(w, a->name, REACT_BACK_OFF, run_ns);
        return false;
    }
    return false;
}

bool react_to_alerts(Wheel *w, Recorder *r, Bell *b, uint64_t run_ns) {
    AlertChange c;
    bool ends = false;
    bell_advance(b, run_ns);
    while (recorder_alert_change(r, &c)) {
        if (c.is_firing)
            event_add(&w->log, c.at_ns, EVENT_ALERT, "%s: %s (%.4g)",
                      c.alert->name, c.alert->text, c.value);
        else
            event_add(&w->log, c.at_ns, EVENT_ALERT, "%s: quiet again",
                      c.alert->name);
        bell_ring(b, &c);
        if (c.is_firing)
            ends |= react(w, c.alert, run_ns);
    }
    return ends;
}
