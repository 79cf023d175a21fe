/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The generator watches itself: can the figures be believed? */
#include "ui/panels.h"

#include <math.h>
#include <stdio.h>

#include "base/units.h"
#include "ui/glyph.h"
#include "ui/words.h"

#define LABEL_COLS 11
#define BAR_MIN 3
#define BAR_MAX 12
#define HEALTH_WORDS 128

/* --- what is near its end ------------------------------------------------ */

static bool is_short(uint64_t used, uint64_t max) {
    return max && used * 10 > max * 9;
}

/* The last figure on which a generator stumbles: yellow before it is red. */
static Style busy_style(const Health *h, double busy) {
    bool is_bound = h->is_bound && h->bound_by == BOUND_CPU;
    return busy > 0.9 || is_bound ? STYLE_BAD
           : busy > 0.7           ? STYLE_WARN
                                  : STYLE_OK;
}

/* --- the workers -------------------------------------------------------- */

static double worker_busy(const Health *h, int worker) {
    return fmin(fmax(h->busy_by_worker[worker], 0), 1);
}

static void bar_draw(const Frame *f, int y, int x, int cols, double share,
                     Style style) {
    int full = (int)lround(share * cols);
    for (int i = 0; i < cols; i++)
        cells_rune(
            f->cells, y, x + i, i < full ? style : STYLE_LINE,
            glyph_rune(f->glyphs, i < full ? GLYPH_BAR_FULL : GLYPH_BAR_EMPTY));
}

/* A column for each, as high as it is busy. */
static void columns_draw(const Frame *f, int y, int x, int cols,
                         const Health *h, int workers) {
    for (int i = 0; i < workers && i < cols; i++)
        cells_rune(f->cells, y, x + i, busy_style(h, worker_busy(h, i)),
                   glyph_level(f->glyphs, worker_busy(h, i)));
}

/* The busiest in figures, then a bar for each worker. */
static void workers_draw(const Frame *f, Rect in, int y) {
    const Health *h = &f->scene->snapshot->health;
    int workers =
        h->workers < HEALTH_WORKERS_MAX ? h->workers : HEALTH_WORKERS_MAX;
    int x = in.x + LABEL_COLS, end = in.x + in.cols;
    cells_text(f->cells, y, in.x, STYLE_DIM, "busy");
    x = cells_textf(f->cells, y, x, busy_style(h, h->busy), "%.0f %%",
                    h->busy * 100) +
        2;
    int each = workers > 0 ? (end - x + 1) / workers - 1 : 0;
    if (each < BAR_MIN) {
        columns_draw(f, y, x, end - x, h, workers);
        return;
    }
    each = each < BAR_MAX ? each : BAR_MAX;
    for (int i = 0; i < workers; i++, x += each + 1)
        bar_draw(f, y, x, each, worker_busy(h, i),
                 busy_style(h, worker_busy(h, i)));
}

/* --- the rows ----------------------------------------------------------- */

typedef struct Line {
    Style style;
    char text[HEALTH_WORDS];
} Line;

static void say_verdict(const Snapshot *s, Line *to) {
    const Health *h = &s->health;
    UnitsText since;
    to->style = h->is_bound ? STYLE_BAD : STYLE_OK;
    if (h->is_bound)
        snprintf(to->text, HEALTH_WORDS, "not trusted since %s",
                 units_clock(since, h->bound_since_ns));
    else
        snprintf(to->text, HEALTH_WORDS, "trusted");
}

static void say_reason(const Snapshot *s, Line *to) {
    to->style = STYLE_BAD;
    snprintf(to->text, HEALTH_WORDS, "%s", bound_text(s->health.bound_by));
}

/* By how much arrivals begin late: the open model's own measure. */
static void say_late(const Snapshot *s, Line *to) {
    const Health *h = &s->health;
    UnitsText t;
    snprintf(to->text, HEALTH_WORDS, "%s, one in 100",
             units_latency(t, (double)h->schedule_lag_ns));
    if (h->is_bound && h->bound_by == BOUND_LAG)
        to->style = STYLE_BAD;
}

/* The loop's timer, and answers that lay in the kernel. */
static void say_lag(const Snapshot *s, Line *to) {
    const Health *h = &s->health;
    UnitsText loop, read;
    words_latency(loop, (double)h->lag_ns);
    if (h->read_lag_ns)
        snprintf(to->text, HEALTH_WORDS, "loop %s, read %s", loop,
                 words_latency(read, (double)h->read_lag_ns));
    else
        snprintf(to->text, HEALTH_WORDS, "loop %s", loop);
}

static void say_use(uint64_t used, uint64_t max, Line *to) {
    UnitsText a, b;
    if (is_short(used, max))
        to->style = STYLE_WARN;
    if (max)
        snprintf(to->text, HEALTH_WORDS, "%s of %s",
                 units_count(a, (double)used), units_count(b, (double)max));
    else
        snprintf(to->text, HEALTH_WORDS, "%s", units_count(a, (double)used));
}

static void say_files(const Snapshot *s, Line *to) {
    say_use(s->health.descriptors, s->health.descriptors_max, to);
}

static void say_ports(const Snapshot *s, Line *to) {
    say_use(s->health.ports_used, s->health.ports_max, to);
}

static void say_sockets(const Snapshot *s, Line *to) {
    UnitsText a, b;
    snprintf(to->text, HEALTH_WORDS, "%s, %s under way",
             units_count(a, (double)s->health.sockets),
             units_count(b, (double)s->in_flight));
}

static void say_cpu(const Snapshot *s, Line *to) {
    snprintf(to->text, HEALTH_WORDS, "%.2f cores", s->health.cpu);
}

static void say_bytes(const Snapshot *s, Line *to) {
    UnitsText a, b;
    snprintf(to->text, HEALTH_WORDS, "in %s  out %s",
             units_bytes(a, s->health.bytes_in_per_s),
             units_bytes(b, s->health.bytes_out_per_s));
}

static void say_requests(const Snapshot *s, Line *to) {
    UnitsText a;
    units_count(a, (double)s->run.requests);
    snprintf(to->text, HEALTH_WORDS, "%s", a);
}

/* In the order of their worth: what has no room is at the end. */
static const struct {
    const char *label;
    void (*say)(const Snapshot *s, Line *to); /* NULL: the workers' bars */
} lines[] = {
    { "figures", say_verdict },
    { "because", say_reason },
    { "busy", NULL },
    { "late", say_late },
    { "files", say_files },
    { "ports", say_ports },
    { "lag", say_lag },
    { "CPU", say_cpu },
    { "sockets", say_sockets },
    { "bytes/s", say_bytes },
    { "requests", say_requests },
};
#define LINES ((int)(sizeof lines / sizeof *lines))

static bool line_is_there(const Frame *f, int i) {
    const Health *h = &f->scene->snapshot->health;
    return (lines[i].say != say_reason || h->is_bound) &&
           (lines[i].say != say_late || f->scene->snapshot->is_open) &&
           (lines[i].say != say_ports || h->ports_max);
}

int health_rows(const Frame *f) {
    int rows = 2;
    for (int i = 0; i < LINES; i++)
        rows += line_is_there(f, i);
    return rows;
}

void health_draw(const Frame *f, Rect r) {
    Rect in = frame_box(f, r, "health", "of the generator");
    int y = in.y - 1;
    for (int i = 0; i < LINES && y + 1 < in.y + in.rows; i++) {
        Line line = { .style = STYLE_TEXT };
        if (!line_is_there(f, i))
            continue;
        y++;
        if (!lines[i].say) {
            workers_draw(f, in, y);
            continue;
        }
        lines[i].say(f->scene->snapshot, &line);
        cells_text(f->cells, y, in.x, STYLE_DIM, lines[i].label);
        words_cut(f->cells, y, in.x + LABEL_COLS, in.cols - LABEL_COLS,
                  line.style, line.text, f->glyphs);
    }
}

void health_line(const Frame *f, int y, int x, int cols) {
    const Snapshot *s = f->scene->snapshot;
    const Health *h = &s->health;
    char text[HEALTH_WORDS + 32];
    UnitsText lag;
    if (h->is_bound) {
        snprintf(text, sizeof text, "generator: %s", bound_text(h->bound_by));
        words_cut(f->cells, y, x, cols, STYLE_BAD, text, f->glyphs);
        return;
    }
    uint64_t late = s->is_open ? h->schedule_lag_ns : h->lag_ns;
    snprintf(text, sizeof text, "generator %.0f %% busy, %s %s", h->busy * 100,
             s->is_open ? "late" : "lag", words_latency(lag, (double)late));
    words_cut(f->cells, y, x, cols,
              h->busy > 0.7 ? busy_style(h, h->busy) : STYLE_DIM, text,
              f->glyphs);
}
