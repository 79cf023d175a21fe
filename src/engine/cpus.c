/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/cpus.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- writing ------------------------------------------------------------ */

static size_t run_length(const CpuList *c, size_t from) {
    size_t n = 1;
    while (from + n < c->count &&
           c->cpu[from + n] == c->cpu[from] + n)
        n++;
    return n;
}

void cpus_print(const CpuList *c, Text *to) {
    for (size_t i = 0, n; i < c->count; i += n) {
        n = run_length(c, i);
        text_addf(to, "%s%u", i ? "," : "", c->cpu[i]);
        if (n > 1)
            text_addf(to, "-%u", c->cpu[i + n - 1]);
    }
}

unsigned cpus_of_worker(const CpuList *c, size_t worker) {
    return c->cpu[worker % c->count];
}

/* --- reading ------------------------------------------------------------ */

static int refuse(unsigned cpu, const cpu_set_t *usable, unsigned machine,
                  Err *err) {
    CpuList have = { 0 };
    Text t = { 0 };
    for (unsigned i = 0; i < CPU_SETSIZE; i++)
        if (cpu < machine ? CPU_ISSET(i, usable) : i < machine)
            have.cpu[have.count++] = i;
    cpus_print(&have, &t);
    err_set(err,
            cpu < machine
                ? "cpu %u is not for us: this process may use %s"
                : "cpu %u is not there: this machine has %s",
            cpu, t.bytes ? t.bytes : "none");
    text_close(&t);
    return -1;
}

/* A whole number that begins at *at, which goes on behind it. */
static bool read_number(const char **at, unsigned *to) {
    char *end;
    if (**at < '0' || **at > '9')
        return false;
    unsigned long n = strtoul(*at, &end, 10);
    *at = end;
    *to = n < CPU_SETSIZE ? (unsigned)n : CPU_SETSIZE;
    return true;
}

static bool read_range(const char **at, unsigned *from, unsigned *last) {
    if (!read_number(at, from))
        return false;
    *last = *from;
    if (**at != '-')
        return true;
    ++*at;
    return read_number(at, last) && *last >= *from;
}

int cpus_read_among(const char *text, const cpu_set_t *usable,
                    unsigned machine, CpuList *to, Err *err) {
    cpu_set_t seen;
    CPU_ZERO(&seen);
    to->count = 0;
    for (const char *at = text;; at++) {
        unsigned from, last;
        if (!read_range(&at, &from, &last) || (*at && *at != ','))
            return err_set(err, "'%s' is not a list of CPUs such as 0,2-3",
                           text);
        for (unsigned cpu = from; cpu <= last; cpu++) {
            if (cpu >= CPU_SETSIZE || !CPU_ISSET(cpu, usable))
                return refuse(cpu, usable, machine, err);
            if (CPU_ISSET(cpu, &seen))
                return err_set(err, "cpu %u is there twice", cpu);
            CPU_SET(cpu, &seen);
            to->cpu[to->count++] = cpu;
        }
        if (!*at)
            return 0;
    }
}

int cpus_read(const char *text, CpuList *to, Err *err) {
    cpu_set_t usable;
    long machine = sysconf(_SC_NPROCESSORS_CONF);
    if (sched_getaffinity(0, sizeof usable, &usable) < 0)
        return err_set(err, "the kernel does not tell which CPUs there are");
    if (machine < 1 || machine > CPU_SETSIZE)
        machine = CPU_SETSIZE;
    return cpus_read_among(text, &usable, (unsigned)machine, to, err);
}

/* --- pinning ------------------------------------------------------------ */

int cpus_pin(pthread_t thread, unsigned cpu, Err *err) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    int rc = pthread_setaffinity_np(thread, sizeof one, &one);
    if (rc)
        return err_set(err, "a worker cannot run on cpu %u: %s", cpu,
                       strerror(rc));
    return 0;
}
