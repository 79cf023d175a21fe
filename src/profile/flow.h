/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flow.h: which requests an iteration makes.
 *   flow  = login, browse*3, (home api image), checkout
 *           a sequence; in ( ) those that are made at the same time
 *   mix   = home 60, order 30, (a b) 10
 *           one of these, by weight; in ( ) a sequence
 *   tasks = submit 0.5/m, (list open) 2/m
 *           each of these so often; in ( ) a sequence */
#ifndef ONRUSH_PROFILE_FLOW_H
#define ONRUSH_PROFILE_FLOW_H

#include "profile/profile.h"

/* -1 with err (column in text). The flows are in the profile's arena. */
int flow_read(Profile *p, Scenario *s, const char *text, Err *err);
int mix_read(Profile *p, Scenario *s, const char *text, Err *err);
int tasks_read(Profile *p, Scenario *s, const char *text, Err *err);
/* Every request once, in file order. */
void flow_default(Profile *p, Scenario *s);

#endif
