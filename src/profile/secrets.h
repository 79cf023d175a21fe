/* SPDX-License-Identifier: GPL-3.0-or-later */
/* secrets.h: what of a profile is secret: what ${env.NAME} gave where it is
 * sent or called, and what stands in a place that holds one: the value of a
 * header, a query, a form, JSON, an option or a variable with such a name
 * (base/secret.h), the password of auth, of a proxy and of any URL, the path
 * of a webhook. Main thread, while the profile is read or printed. */
#ifndef ONRUSH_PROFILE_SECRETS_H
#define ONRUSH_PROFILE_SECRETS_H

#include "profile/keys.h"

/* What stands in a saved profile for a secret that was written into the file
 * itself. To read it is a mistake that says so (vars.c). */
#define SECRETS_LOST "${***}"

/* May what is read there be seen by all: names, stages, URLs of targets? */
bool secrets_are_seen(const IniSection *s, const Key *k);

/* Adds those that are written in the profile to p->secrets. */
void secrets_collect(Profile *p);
/* The shown texts of checks and of the target's URLs, without them. */
void secrets_hide_names(Profile *p);
/* The same of alerts. */
void secrets_hide_alerts(Profile *p);
/* The same of mistakes, which quote the profile. */
void secrets_hide_mistakes(const Profile *p, Diags *d);

/* Appends an entry's value, ${…} as it is written, SECRETS_LOST for what is
 * secret. false: there is nothing to hide, and nothing is appended. */
bool secrets_print(const Profile *p, const IniSection *s, const IniEntry *e,
                   Text *to);

#endif
