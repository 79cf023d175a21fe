/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys_scenario.h: readers of the keys in [scenario NAME] and [stages NAME],
 * for the table of keys. */
#ifndef ONRUSH_PROFILE_KEYS_SCENARIO_H
#define ONRUSH_PROFILE_KEYS_SCENARIO_H

#include "profile/keys.h"

void key_read_stage(KeyContext *c);
void key_read_stages_name(KeyContext *c);
void key_read_scenario_start(KeyContext *c);
void key_read_max_vus(KeyContext *c);
void key_read_think(KeyContext *c);
void key_read_flow(KeyContext *c);
void key_read_mix(KeyContext *c);
void key_read_tasks(KeyContext *c);
void key_read_pacing(KeyContext *c);
void key_read_scenario_tags(KeyContext *c);

#define STAGES_KEYS \
    { "stages", "NAME", KEY_REPEATS, key_read_stage, NULL, \
      "DURATION to LEVEL [linear|smooth|step N], DURATION at LEVEL, or " \
      "DURATION" },

#define SCENARIO_KEYS \
    { "scenario", "stages", KEY_ONCE, key_read_stages_name, "[stages]", \
      "NAME of the [stages NAME] that it follows" }, \
    { "scenario", "start", KEY_ONCE, key_read_scenario_start, "0s", \
      "begin so long after the run did" }, \
    { "scenario", "flow", KEY_ONCE, key_read_flow, \
      "every request, in file order", \
      "requests in a row: login, browse*3; (a b c) at the same time" }, \
    { "scenario", "mix", KEY_ONCE, key_read_mix, NULL, \
      "one of these by weight: home 60, (order status) 40" }, \
    { "scenario", "tasks", KEY_ONCE, key_read_tasks, NULL, \
      "how often each VU starts what: submit 0.5/m, (list open) 2/m" }, \
    { "scenario", "pacing", KEY_ONCE, key_read_pacing, "poisson", \
      "of tasks: poisson (exponential gaps) or even" }, \
    { "scenario", "think", KEY_ONCE, key_read_think, "none", \
      "pause after an iteration: 1s, 1s..3s, exp 2s, normal 2s 500ms" }, \
    { "scenario", "max_vus", KEY_ONCE, key_read_max_vus, "10000", \
      "of an arrival rate: VUs that may be busy; more arrivals are " \
      "dropped" }, \
    { "scenario", "tags", KEY_ONCE, key_read_scenario_tags, NULL, \
      "NAME: VALUE, ...: labels that thresholds can choose by" },

#endif
