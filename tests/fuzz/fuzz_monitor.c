/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What monitors read: a target's metrics in Prometheus's text format and the
 * kernel's texts in /proc. The first byte says which. Sums of two pages are
 * the sums of both; what is refused leaves its result alone. */
#include <math.h>

#include "clean.h"
#include "monitor/proc_text.h"
#include "monitor/prom.h"

unsigned fuzz_rounds = 20000;

#define NAMES 4

static const PromName names[NAMES] = {
    { .name = "a" },
    { .name = "http_requests_total" },
    { .name = "a", .labels = { { "x", "1" } }, .label_count = 1 },
    { .name = "h_bucket", .labels = { { "le", "+Inf" } }, .label_count = 1 },
};

static void read_page(const char *text, size_t length, PromSum to[NAMES]) {
    char *exact = fuzz_exact(text, length);
    memset(to, 0, NAMES * sizeof *to);
    prom_read(exact, length, names, NAMES, to);
    for (size_t i = 0; i < NAMES; i++) {
        must(!isnan(to[i].sum));
        must(to[i].series || to[i].sum == 0);
        must(to[i].series <= length);
    }
    must(to[2].series <= to[0].series); /* it asks for more */
    free(exact);
}

static bool is_near(double a, double b) {
    return !isfinite(a) || !isfinite(b) ||
           fabs(a - b) <= 1e-9 * (fabs(a) + fabs(b)) + 1e-9;
}

/* Cut behind a line, where no line but series is there. */
static void read_in_two(const char *text, size_t length) {
    PromSum whole[NAMES], first[NAMES], second[NAMES];
    read_page(text, length, whole);
    const char *cut = memchr(text + length / 2, '\n', length - length / 2);
    if (!cut || memchr(text, '#', length))
        return;
    size_t n = (size_t)(cut - text) + 1;
    read_page(text, n, first);
    read_page(cut + 1, length - n, second);
    for (size_t i = 0; i < NAMES; i++) {
        must(whole[i].series == first[i].series + second[i].series);
        /* large ones of either sign may take each other away */
        must(fabs(whole[i].sum) > 1e15 || fabs(first[i].sum) > 1e15 ||
             is_near(whole[i].sum, first[i].sum + second[i].sum));
    }
}

static void read_proc(const char *text) {
    ProcStat stat = { .threads = 77 };
    ProcCpu cpu = { 7, 7 };
    ProcFlow disks = { 7, 7 }, net = { 7, 7 };
    uint64_t memory = 7;
    if (proc_stat_read(text, &stat))
        must(memchr(stat.name, '\0', sizeof stat.name));
    else
        must(stat.threads == 77 && !*stat.name);
    must(proc_cpu_read(text, &cpu) ? cpu.busy <= cpu.all
                                   : cpu.busy == 7 && cpu.all == 7);
    must(proc_memory_read(text, &memory) || memory == 7);
    must(proc_disks_read(text, &disks) || (disks.in == 7 && disks.out == 7));
    must(proc_network_read(text, true, &net) || (net.in == 7 && net.out == 7));
    net = (ProcFlow){ 7, 7 };
    must(proc_network_read(text, false, &net) || (net.in == 7 && net.out == 7));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Input in = { data, size };
    uint8_t which = input_byte(&in);
    if (which & 1) {
        char *text = fuzz_word(in.at, in.left);
        read_proc(text);
        free(text);
    } else if (in.left) {
        read_in_two((const char *)in.at, in.left);
    }
    return 0;
}
