/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "micro.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "fake_run.h"
#include "ui/spectrum.h"
#include "ui/view.h"

#define HISTORY_S UINT64_C(86400)
#define REQUESTS 1000 /* a second, of three names */
#define FRAMES ((size_t)1000)
#define ROWS 60
#define COLS 200

typedef struct Bench {
    FakeRun run;
    Cells cells;
    uint64_t draws[MICRO_DRAWS], drawn;
} Bench;

static double cpu_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void pass_second(Bench *b) {
    FakeRun *r = &b->run;
    uint64_t at = (r->second + 1) * NS_PER_S;
    slab_clear(&r->slab);
    for (size_t i = 0; i < REQUESTS; i++) {
        SeriesSlab *s = &r->slab.series[i % 3];
        s->requests++;
        hist_record(&s->duration, b->draws[b->drawn++ % MICRO_DRAWS]);
    }
    wheel_advance(&r->wheel, at);
    recorder_add(&r->recorder, at, &r->slab);
    recorder_advance(&r->recorder, at, 50, 50);
    r->second++;
}

static double frame_ns(Bench *b, const Scene *s) {
    Rect r = { 2, 0, ROWS - 3, COLS };
    double began = cpu_ns();
    cells_clear(&b->cells);
    views[VIEW_SPECTRUM].follow(&b->run.view, s, r);
    views[VIEW_SPECTRUM].draw(&b->cells, r, s);
    return cpu_ns() - began;
}

static void measure(Bench *b, uint64_t span_ns, const char *name, FILE *to) {
    static double took[FRAMES];
    char line[80];
    ViewState *v = &b->run.view;
    spectrum_free(v->spectrum);
    v->spectrum = spectrum_new();
    v->look = (Look){ .span_ns = span_ns };
    double first = frame_ns(b, fake_run_scene(&b->run));
    double worst = first, frames = 1;
    for (; v->spectrum->is_partial; frames++)
        worst = fmax(worst, frame_ns(b, fake_run_scene(&b->run)));
    for (size_t i = 0; i < FRAMES; i++) {
        pass_second(b);
        took[i] = frame_ns(b, fake_run_scene(&b->run));
    }
    snprintf(line, sizeof line, "%s_first_ms", name);
    micro_say(to, line, first / 1e6);
    snprintf(line, sizeof line, "%s_opening_frames", name);
    micro_say(to, line, frames);
    snprintf(line, sizeof line, "%s_opening_worst_ms", name);
    micro_say(to, line, worst / 1e6);
    static const struct {
        const char *name;
        double q;
    } all[] = { { "p50", 0.5 }, { "p99", 0.99 }, { "max", 1 } };
    for (size_t i = 0; i < 3; i++) {
        snprintf(line, sizeof line, "%s_%s_ms", name, all[i].name);
        micro_say(to, line, micro_quantile(took, FRAMES, all[i].q) / 1e6);
    }
}

int micro_spectrum(FILE *to) {
    Bench *b = calloc(1, sizeof *b);
    if (!b)
        return -1;
    fake_run_init(&b->run, "soak = 48h at 50", GLYPHS_BRAILLE);
    micro_latencies(b->draws);
    cells_init(&b->cells, ROWS, COLS);
    b->run.snapshot.state = RUN_RUNNING;
    while (b->run.second < HISTORY_S)
        pass_second(b);
    measure(b, 24 * NS_PER_H, "day", to);
    measure(b, NS_PER_H, "hour", to);
    spectrum_free(b->run.view.spectrum);
    cells_close(&b->cells);
    fake_run_close(&b->run);
    free(b);
    return 0;
}
