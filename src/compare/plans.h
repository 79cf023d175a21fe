/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plans.h: did two runs have the same to do? Pure. */
#ifndef ONRUSH_COMPARE_PLANS_H
#define ONRUSH_COMPARE_PLANS_H

#include "compare/results.h"

/* Levels and lengths are within 1 % of each other. */
bool stages_alike(const ResultStage *a, const ResultStage *b);
/* The first stage that differs, count when one is only longer; SIZE_MAX: none
 * does, or one of them has no stages at all. */
size_t stages_first_difference(const Results *a, const Results *b);

/* Did onrush itself come late, by how long answers lay there before it read
 * them? Then something else took its CPU, and perhaps the target's. */
bool plans_is_disturbed(const Results *r);

/* Appends what should be known about the two, a line each. */
void plans_notes(const Results *base, const Results *now, Text *to);

/* Figures of stage i of r, "http_req_duration{stage:NAME} med" and so on, with
 * the run's samples of that time; returns how many (STAGE_FIGURES). Their
 * names and samples are the caller's. */
#define STAGE_FIGURES 4
void plans_stage_figures(const Results *r, size_t i,
                         Figure to[STAGE_FIGURES]);

#endif
