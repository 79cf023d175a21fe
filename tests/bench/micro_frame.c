/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "micro.h"

#include <time.h>

#include "fake_source.h"
#include "ui/console.h"
#include "ui/term.h"
#include "ui/view.h"

#define STAGES                                                         \
    "warm-up = 20m to 300; spike = 1m to 1000; hold = 10m; recover = " \
    "5m to 300; soak = 26h"
#define HOUR_S 3600
#define FRAMES ((size_t)120) /* one for each second that goes on */

/* Histories behind which frames are drawn. */
static const struct {
    const char *name;
    uint64_t seconds;
} histories[] = { { "1h", HOUR_S }, { "24h", 24 * HOUR_S } };

static double cpu_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

typedef struct Stand {
    FakeSource source;
    Term *term;
    Console *console;
    Cells cells;
    uint64_t second;
} Stand;

/* Frames of one view, each a second later; the first, which draws all of it,
 * counts too. */
static void measure_view(Stand *s, size_t view, const char *history, FILE *to) {
    static double took[FRAMES];
    char name[80];
    console_key(s->console, (int)('1' + view));
    for (size_t i = 0; i < FRAMES; i++) {
        fake_source_until(&s->source, ++s->second);
        source_snapshot(&s->source.base); /* the run's tick makes it */
        double began = cpu_ns();
        console_draw(s->console, &s->cells);
        term_show(s->term, &s->cells, console_theme(s->console));
        took[i] = cpu_ns() - began;
    }
    double first = took[0];
    snprintf(name, sizeof name, "%s_%s_first_ms", views[view].name, history);
    micro_say(to, name, first / 1e6);
    snprintf(name, sizeof name, "%s_%s_p99_ms", views[view].name, history);
    micro_say(to, name, micro_quantile(took, FRAMES, 0.99) / 1e6);
    snprintf(name, sizeof name, "%s_%s_p50_ms", views[view].name, history);
    micro_say(to, name, micro_quantile(took, FRAMES, 0.5) / 1e6);
}

int micro_frame(FILE *to) {
    Stand s = { .second = 0 };
    Err err;
    int rows, cols;
    s.term = term_open(NULL, &err);
    if (!s.term) {
        fprintf(stderr, "micro: %s\n", err.text);
        return -1;
    }
    fake_source_init(&s.source, STAGES, false);
    ConsoleOptions options = { .glyphs = term_glyphs(s.term) };
    s.console = console_new(&s.source.base, options);
    term_size(s.term, &rows, &cols);
    cells_init(&s.cells, rows, cols);
    micro_say(to, "rows", rows);
    micro_say(to, "cols", cols);
    for (size_t h = 0; h < sizeof histories / sizeof *histories; h++) {
        s.second = histories[h].seconds;
        fake_source_until(&s.source, s.second);
        for (size_t v = 0; v < VIEW_COUNT; v++)
            measure_view(&s, v, histories[h].name, to);
    }
    cells_close(&s.cells);
    console_free(s.console);
    term_close(s.term);
    fake_source_close(&s.source);
    return 0;
}
