/* SPDX-License-Identifier: GPL-3.0-or-later */
/* repeated.h: what repeated runs say together. Main thread. */
#ifndef ONRUSH_REPORT_REPEATED_H
#define ONRUSH_REPORT_REPEATED_H

#include "experiment/repeat.h"
#include "report/page.h"

/* The folder of a run within that of all: "03". */
#define REPEAT_DIR_MAX 8
char *repeated_dir(char to[REPEAT_DIR_MAX], size_t number);
/* repeat.json: doc/summary.md has the format. */
void repeated_json(const Repeat *r, const char *profile, Text *to);
void block_repeat(const Repeat *r, Page *p);

#endif
