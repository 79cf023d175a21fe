/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/earlier.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "journal/journal.h"

#define RESULTS "onrush-results"
#define NAMES_MAX 1000

void earlier_beside(EarlierRuns *e, const char *dir) {
    free(e->present);
    e->present = mem_dup_text(dir);
    for (size_t n = strlen(e->present); n > 1 && e->present[n - 1] == '/'; n--)
        e->present[n - 1] = '\0';
}

static void forget_names(EarlierRuns *e) {
    for (size_t i = 0; i < e->count; i++)
        free(e->items[i].path);
    free(e->names);
    e->names = NULL;
    e->count = 0;
}

static bool is_same(const char *a, const char *b) {
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
           x.st_ino == y.st_ino;
}

static bool is_known(const EarlierRuns *e, const char *path) {
    if (e->present && is_same(path, e->present))
        return true;
    for (size_t i = 0; i < e->count; i++)
        if (is_same(path, e->items[i].path))
            return true;
    return false;
}

static bool is_clean(const char *path) {
    size_t room = strlen(path) * 3 + 1;
    char *clean = mem_alloc(room, 1);
    bool same = strcmp(text_clean(clean, room, path, strlen(path)), path) == 0;
    free(clean);
    return same;
}

static void add_run(EarlierRuns *e, const char *folder, const char *name) {
    Text path = { 0 }, journal = { 0 };
    struct stat st;
    if (text_equal(folder, "."))
        text_adds(&path, name);
    else
        text_addf(&path, "%s/%s", folder, name);
    text_addf(&journal, "%s/" JOURNAL_FILE, path.bytes);
    if (e->count < NAMES_MAX && stat(journal.bytes, &st) == 0 &&
        S_ISREG(st.st_mode) && is_clean(path.bytes) &&
        !is_known(e, path.bytes)) {
        mem_grow(e->items, e->count, e->cap);
        e->items[e->count++] =
            (EarlierRun){ mem_dup_text(path.bytes), st.st_mtim };
    }
    text_close(&path);
    text_close(&journal);
}

static void look_in(EarlierRuns *e, const char *folder) {
    DIR *d = opendir(folder);
    for (struct dirent *x; d && (x = readdir(d));)
        if (x->d_name[0] != '.')
            add_run(e, folder, x->d_name);
    if (d)
        closedir(d);
}

static void look_beside(EarlierRuns *e) {
    if (!e->present)
        return;
    char *folder = mem_dup_text(e->present);
    char *slash = strrchr(folder, '/');
    if (slash == folder)
        slash++;
    if (slash)
        *slash = '\0';
    look_in(e, slash ? folder : ".");
    free(folder);
}

static int newest_first(const void *a, const void *b) {
    const EarlierRun *x = a, *y = b;
    if (x->changed.tv_sec != y->changed.tv_sec)
        return x->changed.tv_sec < y->changed.tv_sec ? 1 : -1;
    if (x->changed.tv_nsec != y->changed.tv_nsec)
        return x->changed.tv_nsec < y->changed.tv_nsec ? 1 : -1;
    return strcmp(x->path, y->path);
}

size_t earlier_names(EarlierRuns *e, const char *const **names) {
    forget_names(e);
    look_in(e, RESULTS);
    look_beside(e);
    if (e->count)
        qsort(e->items, e->count, sizeof *e->items, newest_first);
    e->names = mem_alloc(e->count, sizeof *e->names);
    for (size_t i = 0; i < e->count; i++)
        e->names[i] = e->items[i].path;
    *names = e->names;
    return e->count;
}

Source *earlier_open(EarlierRuns *e, const char *path, Err *err) {
    SavedRun *s = saved_open(path, err);
    if (!s)
        return NULL;
    saved_close(e->open);
    e->open = s;
    return saved_source(s);
}

void earlier_close(EarlierRuns *e) {
    forget_names(e);
    free(e->items);
    free(e->present);
    saved_close(e->open);
    *e = (EarlierRuns){ 0 };
}
