/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scope.h: all names of variables in a profile: those of [vars], the data
 * sets, and what requests extract. They are one name space. */
#ifndef ONRUSH_PROFILE_SCOPE_H
#define ONRUSH_PROFILE_SCOPE_H

#include "profile/profile.h"

/* Before any value is read: fills p->vars and p->extracted with the names
 * that the INI text holds, of `extract NAME` keys too. */
void scope_collect(Profile *p, Diags *d);
/* When [data] was read, before all others: opens the files. */
void scope_open(Profile *p, Diags *d);
/* When all values were read: loads the columns that they use. */
void scope_load(Profile *p, Diags *d);
void scope_close(Profile *p);

DataSet *scope_data(Profile *p, const char *name); /* or NULL */
/* false: not collected, which was diagnosed. */
bool scope_slot(const Profile *p, const char *name, uint32_t *slot);

/* For ExprScope.variable; data: the Profile. */
int scope_ask(void *profile, const char *name, size_t length, uint32_t *id,
              Err *err);

/* What a request uses must have been extracted before, in every flow that
 * makes it. */
void vars_check_flows(const Profile *p, Diags *d);

#endif
