/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "monitor/process.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "monitor/proc_file.h"
#include "monitor/proc_text.h"

#define COMM_BYTES 15 /* what the kernel keeps of a name */
#define PROC_MAGIC 0x9fa0
#define DESCRIPTORS_MOST 10000000

ProcessLook process_look_now(const char *root) {
    struct statfs f;
    struct timespec boot;
    clock_gettime(CLOCK_BOOTTIME, &boot);
    return (ProcessLook){
        .root = root,
        .is_proc = statfs(root, &f) == 0 && f.f_type == PROC_MAGIC,
        .self = (long)getpid(),
        .now_ns = clock_now(),
        .boot_ns = (uint64_t)boot.tv_sec * NS_PER_S + (uint64_t)boot.tv_nsec,
        .ticks_per_s = sysconf(_SC_CLK_TCK),
        .page_bytes = sysconf(_SC_PAGESIZE),
    };
}

/* --- which they are ----------------------------------------------------- */

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool is_called(const ProcessLook *at, long pid, const char *name) {
    char text[PROC_FILE_MAX];
    if (strlen(name) <= COMM_BYTES &&
        proc_file_read(at->root, pid, "comm", text)) {
        text[strcspn(text, "\n")] = '\0';
        if (text_equal(text, name))
            return true;
    }
    /* Words end with a NUL: this is the first. */
    return proc_file_read(at->root, pid, "cmdline", text) &&
           text_equal(base_name(text), name);
}

/* --- one of them -------------------------------------------------------- */

/* NaN: not allowed, or gone meanwhile. */
static double count_descriptors(const ProcessLook *at, long pid,
                                bool *is_denied) {
    char path[PROC_PATH_MAX];
    struct stat s;
    proc_path(path, at->root, pid, "fd");
    if (at->is_proc && stat(path, &s) == 0 && s.st_size > 0)
        return (double)s.st_size; /* from Linux 6.2 on */
    DIR *dir = opendir(path);
    if (!dir) {
        *is_denied |= errno == EACCES || errno == EPERM;
        return NAN;
    }
    double n = 0;
    for (const struct dirent *d; (d = readdir(dir)) && n < DESCRIPTORS_MOST;)
        n += isdigit((unsigned char)d->d_name[0]) != 0;
    closedir(dir);
    return n;
}

static const ProcessSeen *find_seen(const Processes *p, long pid,
                                    uint64_t start_ticks) {
    for (size_t i = 0; i < p->count; i++)
        if (p->seen[i].pid == pid && p->seen[i].start_ticks == start_ticks)
            return &p->seen[i];
    return NULL;
}

/* CPU time since the last look. Who was not there then, and did not start
 * since, was not watched: he took another name, or the first look is this. */
static double ticks_since(const Processes *p, const ProcessLook *at,
                          const ProcStat *s, const ProcessSeen *before) {
    if (before)
        return s->cpu_ticks > before->cpu_ticks
                   ? (double)(s->cpu_ticks - before->cpu_ticks)
                   : 0;
    double started_ns = (double)s->start_ticks / (double)at->ticks_per_s * 1e9;
    return p->at_ns && started_ns >= (double)p->boot_ns ? (double)s->cpu_ticks
                                                        : 0;
}

typedef struct Sum {
    ProcessUse use;
    double ticks;
    size_t known; /* that were there at the last look */
    ProcessSeen *seen;
    size_t count, cap;
} Sum;

static void add_process(const Processes *p, const ProcessLook *at, long pid,
                        Sum *sum) {
    char text[PROC_FILE_MAX];
    ProcStat s;
    if (!proc_file_read(at->root, pid, "stat", text) ||
        !proc_stat_read(text, &s) || proc_stat_is_dead(&s))
        return;
    const ProcessSeen *before = find_seen(p, pid, s.start_ticks);
    sum->known += before != NULL;
    sum->ticks += ticks_since(p, at, &s, before);
    sum->use.count++;
    sum->use.memory += (double)s.rss_pages * (double)at->page_bytes;
    sum->use.threads += (double)s.threads;
    sum->use.descriptors += count_descriptors(at, pid, &sum->use.is_denied);
    mem_grow(sum->seen, sum->count, sum->cap);
    sum->seen[sum->count++] = (ProcessSeen){ pid, s.start_ticks, s.cpu_ticks };
}

static void add_all_called(const Processes *p, const ProcessLook *at,
                           Sum *sum) {
    DIR *dir = opendir(at->root);
    if (!dir)
        return;
    for (const struct dirent *d; (d = readdir(dir));) {
        long pid = isdigit((unsigned char)d->d_name[0])
                       ? strtol(d->d_name, NULL, 10)
                       : 0;
        if (pid > 0 && pid != at->self && sum->count < PROCESSES_MOST &&
            is_called(at, pid, p->what.text))
            add_process(p, at, pid, sum);
    }
    closedir(dir);
}

/* --- all of them -------------------------------------------------------- */

ProcessUse processes_look(Processes *p, const ProcessLook *at) {
    Sum sum = { 0 };
    if (p->what.pid)
        add_process(p, at, p->what.pid, &sum);
    else
        add_all_called(p, at, &sum);
    bool had_some = p->count > 0;
    double elapsed_s = (double)(at->now_ns - p->at_ns) / 1e9;
    bool is_timed = had_some && at->now_ns > p->at_ns;
    sum.use.is_new = p->was_read && sum.count && !sum.known;
    sum.use.cpu = sum.count && is_timed
                      ? sum.ticks / (double)at->ticks_per_s / elapsed_s
                      : NAN;
    if (sum.count == 0)
        sum.use.memory = sum.use.descriptors = sum.use.threads = NAN;
    free(p->seen);
    p->seen = sum.seen;
    p->count = sum.count;
    p->cap = sum.cap;
    p->at_ns = at->now_ns;
    p->boot_ns = at->boot_ns;
    p->was_read |= sum.count > 0;
    return sum.use;
}

void processes_close(Processes *p) {
    free(p->seen);
    *p = (Processes){ 0 };
}
