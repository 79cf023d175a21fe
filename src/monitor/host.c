/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "monitor/host.h"

#include <math.h>

#include "monitor/proc_file.h"

static const struct {
    const char *file, *what;
} parts[HOST_PARTS] = {
    [HOST_CPU] = { "stat", "CPU time" },
    [HOST_MEMORY] = { "meminfo", "memory" },
    [HOST_DISK] = { "diskstats", "disks" },
    [HOST_NETWORK] = { "net/dev", "network" },
};

const char *host_file(HostPart part) {
    return parts[part].file;
}

const char *host_what(HostPart part) {
    return parts[part].what;
}

static HostUse look_at_cpu(Host *h, const char *text, bool has_before) {
    ProcCpu now, was = h->cpu;
    if (!proc_cpu_read(text, &now))
        return (HostUse){ false, NAN, NAN };
    h->cpu = now;
    /* What waits for a disk may be counted back by the kernel. */
    if (!has_before || now.all <= was.all || now.busy < was.busy)
        return (HostUse){ true, NAN, NAN };
    double share = (double)(now.busy - was.busy) / (double)(now.all - was.all);
    return (HostUse){ true, fmin(share, 1), NAN };
}

static HostUse look_at_memory(const char *text) {
    uint64_t used;
    if (!proc_memory_read(text, &used))
        return (HostUse){ false, NAN, NAN };
    return (HostUse){ true, (double)used, NAN };
}

/* NaN when a device went, and its bytes with it. */
static double per_second(uint64_t now, uint64_t was, double seconds) {
    return now >= was && seconds > 0 ? (double)(now - was) / seconds : NAN;
}

static HostUse look_at_flow(Host *h, HostPart part, const char *text,
                            bool has_before, double seconds) {
    ProcFlow now, was = h->flow[part];
    bool is_there = part == HOST_DISK
                        ? proc_disks_read(text, &now)
                        : proc_network_read(text, h->with_loopback, &now);
    if (!is_there)
        return (HostUse){ false, NAN, NAN };
    h->flow[part] = now;
    if (!has_before)
        return (HostUse){ true, NAN, NAN };
    return (HostUse){ true, per_second(now.in, was.in, seconds),
                      per_second(now.out, was.out, seconds) };
}

static HostUse look_at(Host *h, HostPart part, const char *text,
                       double seconds) {
    bool has_before = h->at_ns[part] != 0;
    if (part == HOST_CPU)
        return look_at_cpu(h, text, has_before);
    if (part == HOST_MEMORY)
        return look_at_memory(text);
    return look_at_flow(h, part, text, has_before, seconds);
}

HostUse host_look(Host *h, HostPart part, uint64_t now_ns) {
    char text[PROC_FILE_MAX];
    if (!proc_file_read(h->root, 0, parts[part].file, text))
        text[0] = '\0';
    HostUse use =
        look_at(h, part, text, (double)(now_ns - h->at_ns[part]) / 1e9);
    h->at_ns[part] = use.is_there ? now_ns : 0;
    return use;
}
