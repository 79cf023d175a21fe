/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "micro.h"

#include <time.h>

#include "fake_source.h"
#include "ui/console.h"
#include "ui/term.h"

#define STAGES                                                         \
    "warm-up = 20m to 300; spike = 1m to 1000; hold = 10m; recover = " \
    "5m to 300; soak = 2h"
#define HISTORY_S 3600
#define FRAMES ((size_t)300) /* one for each second that goes on */

static double cpu_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

int micro_frame(FILE *to) {
    static double took[FRAMES];
    FakeSource s;
    Err err;
    Cells cells;
    int rows, cols;
    Term *t = term_open(NULL, &err);
    if (!t) {
        fprintf(stderr, "micro: %s\n", err.text);
        return -1;
    }
    fake_source_init(&s, STAGES, false);
    fake_source_until(&s, HISTORY_S);
    ConsoleOptions options = { .glyphs = term_glyphs(t) };
    Console *c = console_new(&s.base, options);
    term_size(t, &rows, &cols);
    cells_init(&cells, rows, cols);
    for (size_t i = 0; i < FRAMES; i++) {
        fake_source_until(&s, HISTORY_S + i);
        source_snapshot(&s.base); /* made by the run's tick, not the frame */
        double began = cpu_ns();
        console_draw(c, &cells);
        term_show(t, &cells, &theme_dark);
        took[i] = cpu_ns() - began;
    }
    cells_close(&cells);
    console_free(c);
    term_close(t);
    fake_source_close(&s);
    micro_say(to, "rows", rows);
    micro_say(to, "cols", cols);
    micro_say(to, "p99_ms", micro_quantile(took, FRAMES, 0.99) / 1e6);
    micro_say(to, "p50_ms", micro_quantile(took, FRAMES, 0.5) / 1e6);
    return 0;
}
