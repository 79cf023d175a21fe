/* SPDX-License-Identifier: GPL-3.0-or-later */
/* items.h: the things that sections name: requests, scenarios, variants,
 * metrics, events. They are listed before anything is read, so that all may
 * name each other. */
#ifndef ONRUSH_PROFILE_ITEMS_H
#define ONRUSH_PROFILE_ITEMS_H

#include "profile/keys.h"

/* Lists those of all sections. */
void items_list(Profile *p, Diags *d);
/* Makes the scenario of a profile that says nothing of one. */
void items_default_scenario(Profile *p);
/* Fills in what this section tells of; false: it was refused. */
bool items_find(Profile *p, const IniSection *s, KeyContext *of);

#endif
