/* SPDX-License-Identifier: GPL-3.0-or-later */
/* proc_tree.h: a folder that looks like /proc, for tests of monitors. */
#ifndef ONRUSH_TESTS_PROC_TREE_H
#define ONRUSH_TESTS_PROC_TREE_H

#include <stddef.h>
#include <stdint.h>

typedef struct ProcTree {
    char root[64];
} ProcTree;

void tree_init(ProcTree *t);
void tree_close(ProcTree *t); /* removes it */
/* ROOT/path, with the text; folders on the way are made. The file appears
 * whole. */
void tree_write(ProcTree *t, const char *path, const char *text, size_t length);

/* What /proc/PID shows of a process. */
typedef struct TreeProcess {
    long pid;
    const char *comm, *cmdline; /* cmdline: its first word */
    char state;
    uint64_t user_ticks, system_ticks, start_ticks, threads, pages;
    int files;
} TreeProcess;

void tree_put(ProcTree *t, const TreeProcess *p);
void tree_kill(ProcTree *t, long pid);

#endif
