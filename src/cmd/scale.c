/* SPDX-License-Identifier: GPL-3.0-or-later */
/* onrush scale: a run in steps of load, and the law that they follow. */
#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/session.h"
#include "cmd/undisturbed.h"
#include "report/experiments.h"

static void ended(void *data, Source *source) {
    const Wheel *w = source_wheel(source);
    scale_measure(data, w->plans, w->plan_count,
                  source_snapshot(source)->timeline);
}

static int run_steps(const Options *o, Profile *p) {
    Scaling s = { .spec = scale_spec_default() };
    Err err = { 0 };
    if (o->at && scale_read(&s.spec, o->at, &err) < 0) {
        text_to(stderr, "onrush scale: --at: %s\n", err.text);
        return EXIT_USAGE;
    }
    if (o->step_ns)
        s.spec.hold_ns = s.spec.settle_ns + o->step_ns;
    for (size_t i = 0; i < p->scenario_count; i++)
        scale_plan(&s.spec, &p->scenarios[i].plan);
    undisturbed(p);
    const SessionPilot pilot = { .data = &s, .ended = ended };
    const SessionExtras x = { .pilot = &pilot,
                              .scale = &s,
                              .to = o->json ? stderr : stdout };
    int rc = session_run(o, p, &x);
    if (o->json && rc != EXIT_USAGE) {
        Text t = { 0 };
        scale_print_json(&s, &t);
        fputs(t.bytes, stdout);
        text_close(&t);
    }
    return rc;
}

int cmd_scale(int argc, char **argv) {
    Options o;
    Profile p;
    int rc = options_read(&o, OPTIONS_SCALE, argc, argv);
    if (rc)
        return rc < 0 ? EXIT_USAGE : EXIT_HELD;
    if (options_read_profile(&o, &p, "; nothing was sent") < 0)
        return EXIT_USAGE;
    rc = run_steps(&o, &p);
    profile_close(&p);
    return rc;
}
