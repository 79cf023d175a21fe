/* SPDX-License-Identifier: GPL-3.0-or-later */
/* carry.h: what of [target] only curl can do, and what it cannot. Pure. */
#ifndef ONRUSH_PROFILE_CARRY_H
#define ONRUSH_PROFILE_CARRY_H

#include "profile/profile.h"

/* Why curl has to carry the requests to p->variants[variant], such as "follows
 * redirects", or "transport = curl"; NULL: there is no need. */
const char *carry_by_curl(const Profile *p, size_t variant);
/* Says what does not go together, each at its place. p is read; its
 * variants are there. */
void carry_check(Profile *p, Diags *d);
/* Diagnoses, at the value of the last such key in [target]. */
void carry_wrong(Profile *p, Diags *d, const char *key, const char *format,
                 ...) __attribute__((format(printf, 4, 5)));

#endif
