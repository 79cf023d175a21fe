/* SPDX-License-Identifier: GPL-3.0-or-later */
/* save.h: the files that a run leaves. Blocking; main thread. */
#ifndef ONRUSH_REPORT_SAVE_H
#define ONRUSH_REPORT_SAVE_H

#include "report/report.h"

/* Files that are written where the user says, if he does. */
typedef enum ReportExtra {
    EXTRA_SUMMARY, /* summary.json once more */
    EXTRA_FLAT,    /* forms.h */
    EXTRA_JUNIT,
    EXTRA_CSV,
    EXTRA_HGRM,
    EXTRA_COUNT
} ReportExtra;

typedef struct ReportFiles {
    const char *dir;                /* NULL: none of the folder's files */
    const char *extra[EXTRA_COUNT]; /* paths; NULL: not asked for */
} ReportFiles;

/* Writes summary.json, profile.ini and what else the table in save.c has into
 * the folder, and the extra files. Each file appears whole, or what stood
 * there stays; one that fails does not stop the others. 0, or -1 with every
 * failure in err. */
int report_save(const Report *r, const ReportFiles *files, Err *err);

/* Appends profile.ini: the run as it was executed so far, which runs again. */
void report_profile(const Report *r, Text *to);

#endif
