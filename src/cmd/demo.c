/* SPDX-License-Identifier: GPL-3.0-or-later */
/* onrush demo: a spike of a minute and a half against the built-in target,
 * for someone who sees onrush for the first time. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/session.h"
#include "report/report.h"
#include "target/target.h"

/* A shop of two dozen places, 20 ms each: some 1100 requests/s. At the
 * spike's 460 users it queues, slows down and sheds, and is tired for a while
 * after it. */
static const char settings[] = "capacity=24 service=20ms spread=0.35 "
                               "queue=340 slowdown=0.6 fatigue=1 rest=6s";

static const char profile_text[] =
    "[profile]\n"
    "name = demo\n"
    "kind = spike\n"
    "description = a rush on a small shop, and its recovery\n"
    "graceful_stop = 5s\n"
    "[target]\n"
    "url = %s\n"
    "timeout = 5s\n"
    "[stages]\n"
    "warm-up = 10s to 60\n"
    "steady  = 15s\n"
    "spike   = 5s to 460\n"
    "hold    = 20s\n"
    "recover = 5s to 60\n"
    "watch   = 25s\n"
    "cool    = 10s to 0\n"
    "[request home]\n"
    "GET = /\n"
    "check survived = status < 500 or status == 503\n"
    "[request search]\n"
    "GET = /search?q=umbrella\n"
    "check survived = status < 500 or status == 503\n"
    "[request order]\n"
    "POST = /orders\n"
    "header = Content-Type: application/json\n"
    "body = {\"item\": \"umbrella\", \"count\": 1}\n"
    "check survived = status < 500 or status == 503\n"
    "[scenario shopper]\n"
    "mix = home 50, search 35, order 15\n"
    "think = 150ms..350ms\n"
    "[thresholds]\n"
    "http_req_duration = p(95) < 250, p(99) < 500\n"
    "http_req_failed   = rate < 10%%\n"
    "recovery_time     = value < 15s optional\n";

static const SessionHint hints[] = {
    { 0, "sixty users come in; the small shop behind it has 24 places" },
    { 12, "try + or PgUp: push by hand. g gives the wheel back to the plan" },
    { 26, "the spike: watch p95 and the errors; space would pause it" },
    { 38, "e opens the stages: change what is still to come, Enter applies" },
    { 51, "the load is back; how long until the shop is itself again?" },
    { 62, "try s: a spike of your own, now. h holds, n goes to the next "
          "stage" },
    { 76, "q finishes; the results stay on the screen and in a folder" },
    { 0, NULL },
};

static int run_against(const Options *o, Target *target) {
    Text text = { 0 };
    Profile p;
    Diags d;
    text_addf(&text, profile_text, target_url(target));
    diags_init(&d, "demo");
    int rc = profile_read_text(&p, text.bytes, text.length, "demo.ini",
                               &o->change, &d);
    diags_print(&d, stderr);
    diags_close(&d);
    text_close(&text);
    if (rc < 0)
        return EXIT_UNEXPECTED;
    SessionExtras x = { .hints = hints };
    Options out_of_history = *o; /* of a server that is only a demonstration */
    out_of_history.no_history = true;
    rc = session_run(&out_of_history, &p, &x);
    profile_close(&p);
    return rc;
}

int cmd_demo(int argc, char **argv) {
    Options o;
    Err err;
    int rc = options_read(&o, OPTIONS_DEMO, argc, argv);
    if (rc)
        return rc < 0 ? EXIT_USAGE : EXIT_HELD;
    TargetSettings s = target_settings_default();
    if (target_settings_read(&s, settings, &err) < 0) {
        text_to(stderr, "onrush demo: %s\n", err.text);
        return EXIT_UNEXPECTED;
    }
    Target *target = target_new(NULL, 0, &s, &err);
    if (!target || target_start(target, &err) < 0) {
        text_to(stderr, "onrush demo: %s\n", err.text);
        target_free(target);
        return EXIT_UNEXPECTED;
    }
    rc = run_against(&o, target);
    target_free(target);
    return rc;
}
