/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flow.h: which requests an iteration makes.
 *   flow = login, browse*3, checkout        a sequence
 *   mix  = home 60, order 30, (a b) 10      one of these, by weight */
#ifndef ONRUSH_PROFILE_FLOW_H
#define ONRUSH_PROFILE_FLOW_H

#include "profile/profile.h"

/* -1 with err (column in text). The flows' steps are in the arena. */
int flow_read(Profile *p, const char *text, Err *err);
int mix_read(Profile *p, const char *text, Err *err);
/* Every request once, in file order. */
void flow_default(Profile *p);

#endif
