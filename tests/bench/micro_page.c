/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "micro.h"

#include <stdlib.h>
#include <time.h>

#include "export/prom_text.h"

#define REQUESTS 20
#define SAMPLES 100000 /* of each */
#define PAGES ((size_t)200)

static double cpu_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void fill(Slab *slab) {
    static uint64_t draws[MICRO_DRAWS];
    micro_latencies(draws);
    for (size_t i = 0; i < REQUESTS; i++) {
        SeriesSlab *s = &slab->series[i];
        for (size_t k = 0; k < SAMPLES; k++) {
            uint64_t ns = draws[(i * SAMPLES + k) % MICRO_DRAWS];
            hist_record(&s->duration, ns);
            hist_record(&s->response, ns);
        }
        s->requests = s->status[2] = SAMPLES;
    }
}

static void measure(const Snapshot *s, const RunInfo *info, FILE *to) {
    static double took[PAGES];
    Text page = { 0 };
    for (size_t i = 0; i < PAGES; i++) {
        text_clear(&page);
        double began = cpu_ns();
        prom_text(s, info, PROM_ONRUSH, PROM_OPENMETRICS, &page);
        took[i] = cpu_ns() - began;
    }
    micro_say(to, "page_p50_ms", micro_quantile(took, PAGES, 0.5) / 1e6);
    micro_say(to, "page_p99_ms", micro_quantile(took, PAGES, 0.99) / 1e6);
    micro_say(to, "page_kilobytes", (double)page.length / 1e3);
    text_close(&page);
}

int micro_page(FILE *to) {
    static char names[REQUESTS][8];
    static Label labels[REQUESTS][2];
    static Series series[REQUESTS];
    static SeriesReading readings[REQUESTS];
    Slab totals;
    RecoveryList recoveries = { 0 };
    MetricTable metrics = { .series = series, .series_count = REQUESTS };
    RunInfo info = { .name = "bench", .kind = "load" };
    slab_init(&totals, REQUESTS, 0, 0);
    fill(&totals);
    for (uint32_t i = 0; i < REQUESTS; i++) {
        snprintf(names[i], sizeof names[i], "page%u", (unsigned)i % 100);
        labels[i][0] = (Label){ "name", names[i] };
        labels[i][1] = (Label){ "scenario", "visitor" };
        series[i] = (Series){ names[i], names[i], i, 0, 0, labels[i], 2 };
        readings[i].series = &series[i];
    }
    Snapshot s = { .state = RUN_RUNNING,
                   .series = readings,
                   .series_count = REQUESTS,
                   .metrics = &metrics,
                   .totals = &totals,
                   .recoveries = &recoveries };
    measure(&s, &info, to);
    slab_close(&totals);
    return 0;
}
