/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "target/metrics.h"

#include <dirent.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#define NAME "onrush_target_"

static void add_head(Text *to, const char *name, const char *type,
                     const char *help) {
    text_addf(to, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void add_count(Text *to, const char *name, const char *type,
                      const char *help, uint64_t value) {
    add_head(to, name, type, help);
    text_addf(to, "%s %llu\n", name, (unsigned long long)value);
}

static void add_labelled(Text *to, const char *name, const char *label,
                         const char *text, uint64_t value) {
    text_addf(to, "%s{%s=\"%s\"} %llu\n", name, label, text,
              (unsigned long long)value);
}

static void add_requests(const TargetCounts *c, Text *to) {
    const struct {
        const char *outcome;
        uint64_t count;
    } rows[] = {
        { "served", c->served },       { "shed", c->shed },
        { "errors", c->errors },       { "reset", c->reset },
        { "truncated", c->truncated }, { "garbage", c->garbage },
        { "hung", c->hung },           { "escaped", c->escaped },
        { "aborted", c->aborted },     { "rejected", c->rejected },
    };
    add_head(to, NAME "requests_total", "counter",
             "Requests by what became of them.");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        add_labelled(to, NAME "requests_total", "outcome", rows[i].outcome,
                     rows[i].count);
    add_count(to, NAME "in_service", "gauge", "Requests being served.",
              c->in_service);
    add_count(to, NAME "queued", "gauge", "Requests waiting for a place.",
              c->queued);
    add_count(to, NAME "delayed", "gauge",
              "Requests waiting for the end of their /delay.", c->delayed);
    add_count(to, NAME "connections_total", "counter", "Connections accepted.",
              c->connections);
    add_count(to, NAME "open_connections", "gauge", "Connections open.",
              c->open);
}

static void add_tasks(const TasksCounts *n, Text *to) {
    add_head(to, NAME "tasks", "gauge", "Tasks that are not done, by state.");
    add_labelled(to, NAME "tasks", "state", "queued", n->queued);
    add_labelled(to, NAME "tasks", "state", "running", n->running);
    add_count(to, NAME "tasks_done_total", "counter", "Tasks done.", n->done);
    add_count(to, NAME "tasks_refused_total", "counter",
              "Tasks refused for want of a waiting place.", n->refused);
}

/* Resident memory in bytes; -1: not told. */
static long long resident_bytes(void) {
    long long pages = -1;
    FILE *f = fopen("/proc/self/statm", "re");
    if (!f)
        return -1;
    if (fscanf(f, "%*s %lld", &pages) != 1)
        pages = -1;
    fclose(f);
    return pages < 0 ? -1 : pages * sysconf(_SC_PAGESIZE);
}

static long long open_files(void) {
    long long n = 0;
    DIR *d = opendir("/proc/self/fd");
    if (!d)
        return -1;
    for (const struct dirent *e; (e = readdir(d));)
        n += *e->d_name != '.';
    closedir(d);
    return n - 1; /* without the one that reads the folder */
}

static void add_process(Text *to) {
    struct timespec cpu;
    long long memory = resident_bytes(), files = open_files();
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu) == 0) {
        add_head(to, "process_cpu_seconds_total", "counter",
                 "CPU time of the whole process, user and system, in s.");
        text_addf(to, "process_cpu_seconds_total %lld.%06ld\n",
                  (long long)cpu.tv_sec, cpu.tv_nsec / 1000);
    }
    if (memory >= 0)
        add_count(to, "process_resident_memory_bytes", "gauge",
                  "Resident memory of the whole process.", (uint64_t)memory);
    if (files >= 0)
        add_count(to, "process_open_fds", "gauge",
                  "Open file descriptors of the whole process.",
                  (uint64_t)files);
}

void metrics_print(Server *s, Text *to) {
    TargetCounts counts = server_counts(s);
    TasksCounts tasks = tasks_counts(&s->services.tasks, clock_now());
    add_requests(&counts, to);
    add_tasks(&tasks, to);
    add_process(to);
}
