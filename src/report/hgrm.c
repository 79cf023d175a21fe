/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/forms.h"

#include <math.h>

#define TICKS 5 /* for each half of the distance to 100 % */
#define SUB_BUCKETS 2048

/* Where the next line is due: HdrHistogram's own rule, step by step, so that
 * lines fall where its tools have them. */
static double next_level(double percent) {
    double halves = floor(log(100 / (100 - percent)) / log(2)) + 1;
    return percent + 100 / (TICKS * pow(2, halves));
}

/* Levels are often halfway between two that can be written: upwards, as
 * Java does. */
static double rounded(double level) {
    return floor(level * 1e12 + 0.5) / 1e12;
}

static void add_line(double value_ns, double percent, uint64_t seen, Text *to) {
    text_addf(to, "%12.3f %2.12f %10llu", value_ns / 1e6,
              rounded(percent / 100), (unsigned long long)seen);
    if (percent < 100)
        text_addf(to, " %14.2f", 1 / (1 - percent / 100));
    text_adds(to, "\n");
}

/* A counter may be due for several lines; the last one has one, and 100 %. */
static void add_lines(const Hist *h, Text *to) {
    HistStep step;
    uint64_t seen = 0, last = 0;
    double due = 0;
    for (size_t at = 0; hist_next(h, &at, &step);) {
        seen += step.n;
        last = step.high;
        double reached = 100.0 * (double)seen / (double)h->count;
        for (bool is_last = false; reached >= due && !is_last;
             due = next_level(due)) {
            add_line((double)step.high, due, seen, to);
            is_last = seen == h->count;
        }
    }
    if (h->count)
        add_line((double)last, 100, seen, to);
}

static uint64_t highest(const Hist *h) {
    HistStep step = { 0 };
    for (size_t at = 0; hist_next(h, &at, &step);)
        ;
    return step.high;
}

void report_hgrm(const Report *r, Text *to) {
    Hist h = { 0 };
    metric_hist(METRIC_HTTP_REQ_DURATION, r->snapshot->totals, NULL, &h);
    double mean = h.count ? hist_mean(&h) : 0, spread = 0;
    if (h.count > 1)
        spread = sqrt(hist_variance(&h) * (double)(h.count - 1) /
                      (double)h.count);
    text_addf(to, "%12s %14s %10s %14s\n\n", "Value", "Percentile",
              "TotalCount", "1/(1-Percentile)");
    add_lines(&h, to);
    text_addf(to, "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n",
              mean / 1e6, spread / 1e6);
    text_addf(to, "#[Max     = %12.3f, Total count    = %12llu]\n",
              (double)highest(&h) / 1e6, (unsigned long long)h.count);
    text_addf(to, "#[Buckets = %12d, SubBuckets     = %12d]\n",
              HIST_PAGES - 1, SUB_BUCKETS);
    hist_close(&h);
}
