/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake_source.h"

#include <math.h>

#include "base/clock.h"

#define FINISH_SECONDS 2

static FakeSource *self(Source *s) {
    return (FakeSource *)s;
}

static const Snapshot *snapshot(Source *s) {
    RunState state = self(s)->run.snapshot.state;
    if (self(s)->shown != self(s)->run.second + 1)
        fake_run_scene(&self(s)->run);
    self(s)->shown = self(s)->run.second + 1;
    if (state == RUN_FINISHING || state == RUN_DONE)
        self(s)->run.snapshot.state = state;
    else if (self(s)->run.wheel.end != WHEEL_GOES_ON)
        self(s)->run.snapshot.state = RUN_FINISHING;
    else
        self(s)->run.snapshot.state =
            self(s)->run.wheel.paused ? RUN_PAUSED : RUN_RUNNING;
    return &self(s)->run.snapshot;
}

static const Wheel *wheel(Source *s) {
    return &self(s)->run.wheel;
}

static int command(Source *s, const char *text, Text *answer, Err *err) {
    FakeRun *r = &self(s)->run;
    text_addf(&self(s)->sent, "%s\n", text);
    if (snapshot(s)->state == RUN_DONE)
        return err_set(err, "the run is over");
    double before = plan_level_at(r->wheel.plan, r->second * NS_PER_S);
    int rc = wheel_do(&r->wheel, r->second * NS_PER_S, text, answer, err);
    if (rc == 0 && text_starts(text, "spike"))
        recorder_spike(&r->recorder, 0, r->second * NS_PER_S, before,
                       answer->bytes);
    return rc;
}

static const SourceOps ops = { snapshot, wheel, command };

void fake_source_init(FakeSource *s, const char *stages, bool is_quick) {
    *s = (FakeSource){ .base = { .ops = &ops }, .is_quick = is_quick };
    fake_run_init(&s->run, stages, GLYPHS_BRAILLE);
    s->base.info = &s->run.info;
}

void fake_source_close(FakeSource *s) {
    fake_run_close(&s->run);
    text_close(&s->sent);
}

static void jump(FakeRun *r, uint64_t second) {
    Plan *p = r->wheel.plans;
    uint64_t at = second * NS_PER_S;
    wheel_advance(&r->wheel, at);
    double level = plan_level_at(p, at);
    recorder_advance(&r->recorder, at, round(level), level);
    r->second = second;
}

void fake_source_until(FakeSource *s, uint64_t second) {
    FakeRun *r = &s->run;
    if (s->is_quick && second > r->second && !r->wheel.paused &&
        r->snapshot.state != RUN_DONE)
        jump(r, second - 1);
    while (r->second < second && !r->wheel.paused &&
           r->snapshot.state != RUN_DONE) {
        RunState state = snapshot(&s->base)->state;
        uint64_t began = r->second;
        bool ends = state == RUN_FINISHING;
        fake_run_until(r, began + (ends ? FINISH_SECONDS : 1));
        r->snapshot.state =
            ends || wheel_is_over(&r->wheel) ? RUN_DONE : RUN_RUNNING;
        r->snapshot.stopped = r->wheel.end == WHEEL_STOP;
        if (r->snapshot.state == RUN_DONE)
            recorder_end(&r->recorder);
    }
}
