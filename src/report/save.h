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
    bool only_missing; /* what is in the folder stays as it is */
    Text *missing; /* gets "NAME: why" for what the folder lacks, a line each;
                      may be NULL */
    Text *failures;   /* gets every failure, "; " between; may be NULL */
    bool *lacks_summary; /* set when it has no summary.json; may be NULL */
} ReportFiles;

/* Writes summary.json, profile.ini and what else the table in save.c has into
 * the folder, and the extra files. Each file appears whole, or what stood
 * there stays; one that fails does not stop the others. Without a profile
 * (of a saved run) there is no profile.ini. 0, or -1 with as many failures in
 * err as it can hold. */
int report_save(const Report *r, const ReportFiles *files, Err *err);

/* Removes from the folder what saving left there when it was killed; only
 * for whoever holds the folder's marker. */
void report_sweep(const char *dir);

/* Appends profile.ini: the run as it was executed so far, which runs again;
 * before it has begun, the plan. */
void report_profile(const Report *r, Text *to);

#endif
