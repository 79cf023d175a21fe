/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proc_tree.h"

#include "unit.h"

#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH 512

void tree_init(ProcTree *t) {
    const char *tmp = getenv("TMPDIR");
    snprintf(t->root, sizeof t->root, "%.40s/onrush-proc-XXXXXX",
             tmp && strlen(tmp) <= 40 ? tmp : "/tmp");
    assert_non_null(mkdtemp(t->root));
    assert_int_equal(chmod(t->root, 0755), 0);
}

static int on_path(const char *path, const struct stat *s, int kind,
                   struct FTW *where) {
    (void)s;
    (void)kind;
    (void)where;
    return remove(path);
}

static void remove_all(const char *path) {
    assert_int_equal(nftw(path, on_path, 8, FTW_DEPTH | FTW_PHYS), 0);
}

void tree_close(ProcTree *t) {
    remove_all(t->root);
}

void tree_write(ProcTree *t, const char *path, const char *text,
                size_t length) {
    char whole[PATH], aside[PATH];
    snprintf(whole, sizeof whole, "%s/%s", t->root, path);
    snprintf(aside, sizeof aside, "%s/aside", t->root);
    for (char *s = whole + strlen(t->root) + 1; (s = strchr(s, '/')); s++) {
        *s = '\0';
        mkdir(whole, 0755);
        *s = '/';
    }
    FILE *f = fopen(aside, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, length, f), length);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(rename(aside, whole), 0);
}

void tree_put(ProcTree *t, const TreeProcess *p) {
    char path[PATH], text[1024];
    int n = snprintf(
        text, sizeof text,
        "%ld (%s) %c 1 1 1 0 -1 4194560 10 0 0 0 %llu %llu 90 90 "
        "20 0 %llu 0 %llu 1000 %llu 99 1 1\n",
        p->pid, p->comm, p->state ? p->state : 'S',
        (unsigned long long)p->user_ticks, (unsigned long long)p->system_ticks,
        (unsigned long long)p->threads, (unsigned long long)p->start_ticks,
        (unsigned long long)p->pages);
    for (int i = 0; i < p->files; i++) {
        snprintf(path, sizeof path, "%ld/fd/%d", p->pid, i);
        tree_write(t, path, "", 0);
    }
    snprintf(path, sizeof path, "%ld/cmdline", p->pid);
    tree_write(t, path, p->cmdline ? p->cmdline : "",
               p->cmdline ? strlen(p->cmdline) + 1 : 0);
    snprintf(path, sizeof path, "%ld/stat", p->pid);
    tree_write(t, path, text, (size_t)n);
    n = snprintf(text, sizeof text, "%s\n", p->comm);
    snprintf(path, sizeof path, "%ld/comm", p->pid);
    tree_write(t, path, text, (size_t)n);
}

void tree_kill(ProcTree *t, long pid) {
    char path[PATH];
    snprintf(path, sizeof path, "%s/%ld", t->root, pid);
    remove_all(path);
}
