/* SPDX-License-Identifier: GPL-3.0-or-later */
/* init.h: the ready profiles that `onrush init` writes. */
#ifndef ONRUSH_CMD_INIT_H
#define ONRUSH_CMD_INIT_H

/* The profile of that kind as text; NULL: there is none. */
const char *init_text(const char *kind);

#endif
