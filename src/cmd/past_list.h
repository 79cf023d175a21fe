/* SPDX-License-Identifier: GPL-3.0-or-later */
/* past_list.h: runs of the history as a table, as figures, as JSON. Prints to
 * stdout. Main thread. */
#ifndef ONRUSH_CMD_PAST_LIST_H
#define ONRUSH_CMD_PAST_LIST_H

#include <jansson.h>

#include "compare/results.h"
#include "history/history.h"
#include "report/page.h"

/* For stdout: colour, width and character set. Then page_text_end. */
Page past_page(Text *to);
void past_page_end(Page *p); /* prints it */

/* "2026-11-22 10:15", local time. */
#define PAST_TIME_MAX 40
char *past_time(char to[PAST_TIME_MAX], int64_t at);
/* "held", "broken", ...: the verdict in a word, by exit status. */
const char *past_verdict(int status);
/* May it stand in a trend: neither steered nor cut off nor generator-bound,
 * and the target answered. */
bool past_is_sound(const HistoryRun *run);
/* NaN: the run has no such figure. */
double past_figure(const HistoryRun *run, const char *name);
/* A figure's value in its unit: "41.5 ms", "812/s", "0.20 %". */
char *past_value(char to[64], const char *unit, double value);

typedef struct PastTable {
    Table table;
    const char *star;
    size_t count;
    bool has_baseline, has_steered, has_bound;
} PastTable;

void past_table_begin(PastTable *t, const Page *p);
void past_table_add(PastTable *t, const HistoryRun *run);
void past_table_print(PastTable *t, Page *p); /* and what its signs mean */

/* id, name, when, verdict, figures. */
json_t *past_json(const HistoryRun *run);

#endif
