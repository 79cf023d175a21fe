/* SPDX-License-Identifier: GPL-3.0-or-later */
/* print_tuned.h: what an operator changed beside the stages, as a profile
 * says it. Private to profile/. */
#ifndef ONRUSH_PROFILE_PRINT_TUNED_H
#define ONRUSH_PROFILE_PRINT_TUNED_H

#include "control/wheel.h"
#include "profile/profile.h"

/* Appends an entry's value as the wheel has it; false: it stands as it was
 * written. *limit: the first threshold that is not printed yet; entries come
 * in order. */
bool print_tuned(const Profile *p, const Wheel *w, const IniSection *s,
                 const IniEntry *e, size_t *limit, Text *to);

#endif
