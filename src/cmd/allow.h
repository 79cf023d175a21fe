/* SPDX-License-Identifier: GPL-3.0-or-later */
/* allow.h: a profile from elsewhere does not run commands by surprise. */
#ifndef ONRUSH_CMD_ALLOW_H
#define ONRUSH_CMD_ALLOW_H

#include "cmd/options.h"

/* -1 with err: it runs one, which is said, and --allow-exec is not given. */
int allow_check(const Options *o, const Profile *p, Err *err);

#endif
