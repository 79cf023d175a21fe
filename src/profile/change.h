/* SPDX-License-Identifier: GPL-3.0-or-later */
/* change.h: what the command line changes of a profile. Pure. */
#ifndef ONRUSH_PROFILE_CHANGE_H
#define ONRUSH_PROFILE_CHANGE_H

#include "profile/profile.h"

/* Before anything is read: other values, other stages. */
void change_ini(Ini *ini, const ProfileOptions *o, Diags *d);
/* When all is read: durations and levels by their factors, also in the words
 * that results show and a saved profile has. -1 with a diagnosis. */
int change_scale(Profile *p, const ProfileOptions *o, Diags *d);

#endif
