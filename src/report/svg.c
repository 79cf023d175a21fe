/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The charts as still pictures: for paper, for who runs no scripts, and where
 * the script that makes charts was not there at build time. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/html.h"
#include "report/plots.h"

#define WIDTH 960
#define HEIGHT 250
#define LEFT 68
#define RIGHT 56
#define TOP 22
#define BOTTOM 28
#define INNER_WIDTH (WIDTH - LEFT - RIGHT)
#define INNER_HEIGHT (HEIGHT - TOP - BOTTOM)
#define NAME_WIDTH 7 /* of a letter, about */

typedef struct Axis {
    double low, high;
    bool is_log;
} Axis;

static double x_of(const Plots *p, double ns) {
    return LEFT + INNER_WIDTH * ns / fmax((double)p->end_ns, 1);
}

static double y_of(const Axis *s, double v) {
    double share = s->is_log ? log(fmax(v, s->low) / s->low) /
                                   log(s->high / s->low)
                             : (v - s->low) / (s->high - s->low);
    return TOP + INNER_HEIGHT * (1 - fmin(fmax(share, 0), 1));
}

/* --- scales ------------------------------------------------------------- */

static double nice_above(double v) {
    static const double steps[] = { 1, 2, 2.5, 5, 10 };
    double scale = pow(10, floor(log10(v)));
    size_t i = 0;
    while (steps[i] * scale < v * (1 - 1e-9))
        i++;
    return steps[i] * scale;
}

static void widen(Axis *s, double v) {
    if (!isfinite(v) || (s->is_log && v <= 0))
        return;
    s->low = fmin(s->low, v);
    s->high = fmax(s->high, v);
}

static Axis from_zero(double high) {
    double step = nice_above(high / 4);
    return (Axis){ 0, step * ceil(high / step - 1e-9), false };
}

static Axis scale_of(const Plot *p, const Curves *c, bool is_right) {
    Axis s = { INFINITY, 0, p->is_log && !is_right };
    for (size_t i = 0; i < p->line_count; i++)
        for (size_t k = 0; k < c->count; k++)
            if (p->lines[i].is_right == is_right)
                widen(&s, c->y[p->lines[i].id][k]);
    for (size_t i = 0; i < p->limit_count && !is_right; i++)
        widen(&s, p->limits[i].value);
    if (!s.is_log) {
        double least = p->unit == PLOT_SHARE && !is_right ? 0.01 : 1;
        return from_zero(fmax(s.high, least));
    }
    if (!isfinite(s.low))
        s.low = s.high = 1;
    s.low /= 1.3;
    s.high *= 1.3;
    return s;
}

static void add_tick(PlotUnit unit, const Axis *s, double v, bool is_right,
                     Text *to) {
    UnitsText text;
    double y = y_of(s, v);
    plot_value(text, unit, v);
    if (!is_right)
        text_addf(to, "<path class=\"grid\" d=\"M%d %.1fh%d\"/>", LEFT, y,
                  INNER_WIDTH);
    text_addf(to, "<text class=\"tick\" x=\"%d\" y=\"%.1f\"%s>%s</text>\n",
              is_right ? WIDTH - RIGHT + 8 : LEFT - 8, y + 4,
              is_right ? "" : " text-anchor=\"end\"", text);
}

static void add_y_axis(PlotUnit unit, const Axis *s, bool is_right,
                       Text *to) {
    if (!s->is_log) {
        for (double v = 0, step = nice_above(s->high / 4.001);
             v <= s->high * 1.001; v += step)
            add_tick(unit, s, v, is_right, to);
        return;
    }
    static const double steps[] = { 1, 2, 5 };
    size_t each = s->high / s->low > 300 ? 3 : 1;
    for (double d = pow(10, floor(log10(s->low))); d <= s->high; d *= 10)
        for (size_t i = 0; i < 3; i += each)
            if (d * steps[i] >= s->low && d * steps[i] <= s->high)
                add_tick(unit, s, d * steps[i], is_right, to);
}

static void add_x_axis(const Plots *p, Text *to) {
    static const double steps[] = { 1,   2,   5,    10,   15,   30,   60,
                                    120, 300, 600,  900,  1800, 3600, 7200,
                                    10800, 21600, 43200, 86400 };
    double seconds = (double)p->end_ns / 1e9;
    size_t i = 0;
    while (i + 1 < sizeof steps / sizeof *steps && seconds / steps[i] > 9)
        i++;
    for (double t = 0; t <= seconds; t += steps[i]) {
        UnitsText clock;
        text_addf(to,
                  "<text class=\"tick\" x=\"%.1f\" y=\"%d\" "
                  "text-anchor=\"middle\">%s</text>\n",
                  x_of(p, t * 1e9), HEIGHT - 8,
                  units_clock(clock, (uint64_t)(t * 1e9)));
    }
}

/* --- stages and marks --------------------------------------------------- */

static void add_stages(const Plots *p, Text *to) {
    for (size_t i = 0; i < p->stage_count; i++) {
        const PlotMark *m = &p->stages[i];
        double x = x_of(p, (double)m->from_ns);
        double end = fmin(x_of(p, (double)m->to_ns), WIDTH - RIGHT);
        text_addf(to,
                  "<rect class=\"stage%s\" x=\"%.1f\" y=\"%d\" "
                  "width=\"%.1f\" height=\"%d\"><title>",
                  i % 2 ? " odd" : "", x, TOP, fmax(end - x, 0),
                  INNER_HEIGHT);
        html_text(to, m->text);
        text_adds(to, "</title></rect>");
        if (end - x > NAME_WIDTH * (double)strlen(m->text)) {
            text_addf(to, "<text class=\"name\" x=\"%.1f\" y=\"%d\">", x + 4,
                      TOP - 7);
            html_text(to, m->text);
            text_adds(to, "</text>");
        }
        text_adds(to, "\n");
    }
}

static void add_marks(const Plots *p, Text *to) {
    for (size_t i = 0; i < p->mark_count; i++) {
        const PlotMark *m = &p->marks[i];
        text_addf(to, "<path class=\"mark %s\" d=\"M%.1f %dv%d\"><title>",
                  m->kind, x_of(p, (double)m->from_ns), TOP, INNER_HEIGHT);
        html_text(to, m->text);
        text_adds(to, "</title></path>\n");
    }
}

static void add_limits(const Plot *p, const Axis *s, Text *to) {
    for (size_t i = 0; i < p->limit_count; i++) {
        const PlotLimit *l = &p->limits[i];
        double y = y_of(s, l->value);
        text_addf(to, "<path class=\"limit %s\" d=\"M%d %.1fh%d\"/>", l->tone,
                  LEFT, y, INNER_WIDTH);
        text_addf(to, "<text class=\"name\" x=\"%d\" y=\"%.1f\" "
                      "text-anchor=\"end\">",
                  WIDTH - RIGHT - 4, y < TOP + 14 ? y + 12 : y - 4);
        html_text(to, l->text);
        text_adds(to, "</text>\n");
    }
}

/* --- lines -------------------------------------------------------------- */

static void add_line(const Plots *p, const PlotLine *l, const Axis *s,
                     const Curves *c, Text *to) {
    bool is_down = false; /* the pen */
    text_addf(to, "<path class=\"line %s%s\" d=\"", l->tone,
              l->is_dashed ? " dashed" : "");
    for (size_t i = 0; i < c->count; i++) {
        double v = c->y[l->id][i];
        if (isnan(v) || (s->is_log && v <= 0)) {
            is_down = false;
            continue;
        }
        double middle = ((double)i + 0.5) * (double)c->step_ns;
        double x = x_of(p, fmin(middle, (double)p->end_ns));
        text_addf(to, "%s%.1f %.1f", is_down ? "L" : "M", x, y_of(s, v));
        if (!is_down) /* a point of its own is seen, too */
            text_adds(to, "h.1");
        is_down = true;
    }
    text_adds(to, "\"/>\n");
}

static void open_svg(const char *id, const char *words, int height, Text *to) {
    text_addf(to,
              "<svg viewBox=\"0 0 %d %d\" role=\"img\" "
              "aria-labelledby=\"%s-words\"><title id=\"%s-words\">",
              WIDTH, height, id, id);
    html_text(to, words);
    text_adds(to, "</title>\n");
}

void plot_svg(const Plots *p, const Plot *plot, const Curves *c, Text *to) {
    Axis left = scale_of(plot, c, false), right = scale_of(plot, c, true);
    Text words = { 0 };
    bool has_right = false;
    plot_words(plot, c, &words);
    open_svg(plot->id, words.bytes, HEIGHT, to);
    add_stages(p, to);
    add_x_axis(p, to);
    add_y_axis(plot->unit, &left, false, to);
    for (size_t i = 0; i < plot->line_count; i++)
        has_right |= plot->lines[i].is_right;
    if (has_right)
        add_y_axis(PLOT_COUNT, &right, true, to);
    add_marks(p, to);
    for (size_t i = 0; i < plot->line_count; i++)
        add_line(p, &plot->lines[i],
                 plot->lines[i].is_right ? &right : &left, c, to);
    add_limits(plot, &left, to);
    text_adds(to, "</svg>\n");
    text_close(&words);
}

/* --- the heat map ------------------------------------------------------- */

/* All cells of a level are one path; cells above each other one stroke. */
static void add_level(const HeatMap *h, unsigned level, Text *to) {
    text_addf(to, "<path class=\"heat%u\" d=\"", level);
    for (size_t x = 0; x < h->columns; x++)
        for (size_t y = 0; y < HEAT_ROWS; y++) {
            size_t n = 0;
            while (y + n < HEAT_ROWS && h->level[x][y + n] == level)
                n++;
            if (n)
                text_addf(to, "M%zu %zuh1v%zuh-1z", x, HEAT_ROWS - y - n, n);
            y += n;
        }
    text_adds(to, "\"/>\n");
}

void heat_svg(const Plots *p, Text *to) {
    const HeatMap *h = &p->heat;
    Axis s = { pow(10, h->low - 6), pow(10, h->high - 6), true };
    double width = INNER_WIDTH * (double)(h->columns * h->step_ns) /
                   fmax((double)p->end_ns, 1);
    Text words = { 0 };
    UnitsText low, high, most;
    text_addf(&words,
              "How many requests took how long, over the run: from %s to %s, "
              "at most %s requests in a cell",
              plot_value(low, PLOT_MS, s.low),
              plot_value(high, PLOT_MS, s.high), units_count(most, h->most));
    open_svg("heat", words.bytes, HEIGHT, to);
    text_addf(to,
              "<svg x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
              "viewBox=\"0 0 %.3f %d\" preserveAspectRatio=\"none\" "
              "shape-rendering=\"crispEdges\">\n",
              LEFT, TOP, INNER_WIDTH, INNER_HEIGHT,
              (double)h->columns * INNER_WIDTH / width, HEAT_ROWS);
    for (unsigned i = 1; i <= HEAT_LEVELS; i++)
        add_level(h, i, to);
    text_adds(to, "</svg>\n");
    add_x_axis(p, to);
    add_y_axis(PLOT_MS, &s, false, to);
    add_marks(p, to);
    text_adds(to, "</svg>\n");
    text_close(&words);
}

/* --- throughput and latency against load -------------------------------- */

#define LAW_POINTS 80

typedef struct ScaleAxes {
    double most; /* load */
    Axis rps, p95;
} ScaleAxes;

static ScaleAxes scale_axes(const Scaling *s) {
    double most = 0, rps = 0, p95 = 0;
    for (size_t i = 0; i < s->count; i++) {
        const ScaleStep *x = &s->steps[i];
        most = fmax(most, x->load);
        rps = fmax(rps, fmax(x->throughput.value, x->throughput.high));
        p95 = fmax(p95, x->reading.p95 / 1e6);
    }
    most = most > 0 ? most : 1;
    for (size_t i = 1; s->fit.is_fitted && i <= LAW_POINTS; i++)
        rps = fmax(rps, usl_throughput(&s->fit, most * (double)i / LAW_POINTS));
    return (ScaleAxes){ most, from_zero(fmax(rps, 1)),
                        from_zero(fmax(p95, 0.001)) };
}

static double load_x(const ScaleAxes *a, double load) {
    return LEFT + INNER_WIDTH * load / a->most;
}

static void add_load_axis(const ScaleAxes *a, Text *to) {
    double step = nice_above(a->most / 9);
    for (double v = 0; v <= a->most * (1 + 1e-9); v += step) {
        UnitsText text;
        text_addf(to,
                  "<text class=\"tick\" x=\"%.1f\" y=\"%d\" "
                  "text-anchor=\"middle\">%s</text>\n",
                  load_x(a, v), HEIGHT - 8, units_count(text, v));
    }
}

static void add_law(const ScaleAxes *a, const UslFit *f, Text *to) {
    if (!f->is_fitted)
        return;
    text_adds(to, "<path class=\"line plan dashed\" d=\"");
    for (size_t i = 0; i <= LAW_POINTS; i++) {
        double load = a->most * (double)i / LAW_POINTS;
        text_addf(to, "%s%.1f %.1f", i ? "L" : "M", load_x(a, load),
                  y_of(&a->rps, usl_throughput(f, load)));
    }
    text_adds(to, "\"/>\n");
}

static void add_point(const char *tone, double x, double y, const char *words,
                      Text *to) {
    text_addf(to, "<path class=\"point %s\" d=\"M%.1f %.1fh.01\"><title>%s"
                  "</title></path>\n",
              tone, x, y, words);
}

static void add_step(const ScaleAxes *a, const ScaleStep *s, Text *to) {
    const Estimate *e = &s->throughput;
    double x = load_x(a, s->load);
    UnitsText v;
    Text words = { 0 };
    if (!isfinite(s->load))
        return;
    if (isfinite(s->reading.p95)) {
        text_addf(&words, "x%.10g: p95 %s", s->at,
                  units_latency(v, s->reading.p95));
        add_point("p95", x, y_of(&a->p95, s->reading.p95 / 1e6), words.bytes,
                  to);
        text_clear(&words);
    }
    if (isfinite(e->low) && isfinite(e->high))
        text_addf(to, "<path class=\"line rps\" d=\"M%.1f %.1fV%.1f\"/>", x,
                  y_of(&a->rps, e->low), y_of(&a->rps, e->high));
    if (isfinite(e->value)) {
        text_addf(&words, "x%.10g: %s requests/s", s->at,
                  units_count(v, e->value));
        add_point("rps", x, y_of(&a->rps, e->value), words.bytes, to);
    }
    text_close(&words);
}

void scale_svg(const Scaling *s, Text *to) {
    ScaleAxes a = scale_axes(s);
    open_svg("scale",
             "Requests per second and p95 of each step against the VUs that "
             "worked; the table below has the figures",
             HEIGHT, to);
    add_load_axis(&a, to);
    add_y_axis(PLOT_COUNT, &a.rps, false, to);
    add_y_axis(PLOT_MS, &a.p95, true, to);
    add_law(&a, &s->fit, to);
    for (size_t i = 0; i < s->count; i++)
        add_step(&a, &s->steps[i], to);
    text_adds(to, "</svg>\n");
}
