/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "monitor/proc_text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR_BYTES 512 /* whatever the disk's own are */
#define DISKS_MAX 512
#define DEVICE_NAME_MAX 64
#define LINE_BYTES 512

/* Copies the next line without its end; false behind the last. */
static bool next_line(const char **text, char line[LINE_BYTES]) {
    size_t n = strcspn(*text, "\n");
    if (!**text)
        return false;
    snprintf(line, LINE_BYTES, "%.*s", (int)(n < LINE_BYTES ? n : 0), *text);
    *text += n + ((*text)[n] == '\n');
    return true;
}

/* --- processes ---------------------------------------------------------- */

/* Columns of /proc/PID/stat, counted from 1 as in proc(5). */
enum { UTIME = 14, STIME = 15, THREADS = 20, STARTED = 22, RSS = 24 };

bool proc_stat_read(const char *text, ProcStat *to) {
    /* A name may hold anything, brackets too. */
    const char *open = strchr(text, '('), *close = strrchr(text, ')');
    if (!open || !close || close < open || close[1] != ' ' || !close[2])
        return false;
    uint64_t columns[RSS + 1] = { 0 };
    const char *at = close + 3;
    for (int i = 4; i <= RSS; i++) {
        char *end;
        columns[i] = strtoull(at, &end, 10);
        if (end == at || *end != ' ')
            return false;
        at = end;
    }
    *to = (ProcStat){ .state = close[2],
                      .cpu_ticks = columns[UTIME] + columns[STIME],
                      .start_ticks = columns[STARTED],
                      .threads = columns[THREADS],
                      .rss_pages = columns[RSS] };
    snprintf(to->name, sizeof to->name, "%.*s", (int)(close - open - 1),
             open + 1);
    return true;
}

bool proc_stat_is_dead(const ProcStat *s) {
    return s->state == 'Z' || s->state == 'X' || s->state == 'x';
}

/* --- CPU and memory ----------------------------------------------------- */

bool proc_cpu_read(const char *text, ProcCpu *to) {
    enum { IDLE = 3, IOWAIT = 4, COLUMNS = 8 };
    uint64_t t[COLUMNS] = { 0 };
    char line[LINE_BYTES];
    if (!next_line(&text, line) || strncmp(line, "cpu ", 4) != 0)
        return false;
    int n =
        sscanf(line + 4,
               "%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
               " %" SCNu64 " %" SCNu64 " %" SCNu64,
               &t[0], &t[1], &t[2], &t[IDLE], &t[IOWAIT], &t[5], &t[6], &t[7]);
    if (n <= IDLE)
        return false;
    ProcCpu sums = { 0 };
    for (int i = 0; i < COLUMNS; i++) {
        if (t[i] > UINT64_MAX - sums.all)
            return false; /* no time is that long: a number below 0 */
        sums.all += t[i];
        sums.busy += i == IDLE || i == IOWAIT ? 0 : t[i];
    }
    *to = sums;
    return true;
}

/* "NAME:   123 kB" at the beginning of a line. */
static bool read_kib(const char *text, const char *name, uint64_t *to) {
    char line[LINE_BYTES];
    size_t n = strlen(name);
    while (next_line(&text, line))
        if (strncmp(line, name, n) == 0 && line[n] == ':')
            return sscanf(line + n + 1, "%" SCNu64, to) == 1;
    return false;
}

bool proc_memory_read(const char *text, uint64_t *to) {
    uint64_t total, available;
    if (!read_kib(text, "MemTotal", &total) ||
        !read_kib(text, "MemAvailable", &available) || available > total)
        return false;
    *to = (total - available) * 1024;
    return true;
}

/* --- disks -------------------------------------------------------------- */

static bool has_prefix(const char *name, const char *const *list) {
    for (; *list; list++)
        if (strncmp(name, *list, strlen(*list)) == 0)
            return true;
    return false;
}

/* sda1 of sda; of a name that ends in a digit p comes between: nvme0n1p1. */
static bool is_part_of(const char *name, const char *disk) {
    size_t n = strlen(disk);
    if (n == 0 || strncmp(name, disk, n) != 0)
        return false;
    const char *rest = name + n;
    if (isdigit((unsigned char)disk[n - 1]) && *rest++ != 'p')
        return false;
    return *rest && rest[strspn(rest, "0123456789")] == '\0';
}

bool proc_disks_read(const char *text, ProcFlow *to) {
    static const char *const stacked[] = { "loop", "ram", "zram", "dm-",
                                           "md",   "sr",  "fd",   NULL };
    char names[DISKS_MAX][DEVICE_NAME_MAX];
    char line[LINE_BYTES];
    size_t count = 0;
    ProcFlow sum = { 0 };
    while (next_line(&text, line)) {
        char name[DEVICE_NAME_MAX];
        uint64_t in, out;
        if (sscanf(line,
                   "%*u %*u %63s %*u %*u %" SCNu64 " %*u %*u %*u %" SCNu64,
                   name, &in, &out) != 3 ||
            has_prefix(name, stacked) || count == DISKS_MAX)
            continue;
        bool is_part = false;
        for (size_t i = 0; i < count; i++)
            is_part |= is_part_of(name, names[i]);
        if (is_part)
            continue;
        memcpy(names[count++], name, sizeof name);
        sum.in += in * SECTOR_BYTES;
        sum.out += out * SECTOR_BYTES;
    }
    if (count)
        *to = sum;
    return count > 0;
}

/* --- network ------------------------------------------------------------ */

bool proc_network_read(const char *text, bool with_loopback, ProcFlow *to) {
    static const char *const passed_on[] = { "veth",  "docker",  "br-",
                                             "virbr", "tap",     "ifb",
                                             "cali",  "flannel", "cni",
                                             "dummy", NULL };
    char line[LINE_BYTES];
    ProcFlow sum = { 0 };
    bool any = false;
    while (next_line(&text, line)) {
        char name[DEVICE_NAME_MAX];
        uint64_t in, out;
        if (sscanf(line,
                   " %63[^: \t\n]: %" SCNu64 " %*u %*u %*u %*u %*u %*u %*u "
                   "%" SCNu64,
                   name, &in, &out) != 3 ||
            has_prefix(name, passed_on) ||
            (strcmp(name, "lo") == 0 && !with_loopback))
            continue;
        any = true;
        sum.in += in;
        sum.out += out;
    }
    if (any)
        *to = sum;
    return any;
}
