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
    static const double steps[] = { 1, 2, 5, 10 };
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

static Axis scale_of(const Plot *p, const Curves *c, bool is_right) {
    Axis s = { INFINITY, 0, p->is_log && !is_right };
    for (size_t i = 0; i < p->line_count; i++)
        for (size_t k = 0; k < c->count; k++)
            if (p->lines[i].is_right == is_right)
                widen(&s, c->y[p->lines[i].id][k]);
    for (size_t i = 0; i < p->limit_count && !is_right; i++)
        widen(&s, p->limits[i].value);
    if (!s.is_log) {
        double least = is_right                ? 4 /* VUs are whole */
                       : p->unit == PLOT_SHARE ? 0.01
                                               : 1;
        double step = nice_above(fmax(s.high, least) / 4);
        return (Axis){ 0, step * ceil(fmax(s.high, least) / step - 1e-9),
                        false };
    }
    if (!isfinite(s.low))
        s.low = s.high = 1;
    s.low /= 1.3;
    s.high *= 1.3;
    return s;
}

/* "20.0 ms" to "20 ms": the digits of a tick are not a measurement's. */
static void trim_zeros(char *text) {
    char *point = strchr(text, '.');
    if (!point)
        return;
    char *end = point + 1 + strspn(point + 1, "0123456789"), *keep = end;
    while (keep[-1] == '0')
        keep--;
    keep -= keep[-1] == '.';
    memmove(keep, end, strlen(end) + 1);
}

static void add_axis_name(const char *name, bool is_right, Text *to) {
    text_addf(to, "<text class=\"name\" x=\"%d\" y=\"%d\"%s>%s</text>\n",
              is_right ? WIDTH - RIGHT + 8 : LEFT - 8, TOP - 11,
              is_right ? "" : " text-anchor=\"end\"", name);
}

static void add_tick(const Plot *p, const Axis *s, double v, bool is_right,
                     Text *to) {
    UnitsText text;
    double y = y_of(s, v);
    plot_value(text, is_right ? PLOT_COUNT : p->unit, v);
    trim_zeros(text);
    if (!is_right)
        text_addf(to, "<path class=\"grid\" d=\"M%d %.1fh%d\"/>", LEFT, y,
                  INNER_WIDTH);
    text_addf(to, "<text class=\"tick\" x=\"%d\" y=\"%.1f\"%s>%s</text>\n",
              is_right ? WIDTH - RIGHT + 8 : LEFT - 8, y + 4,
              is_right ? "" : " text-anchor=\"end\"", text);
}

static void add_y_axis(const Plot *p, const Axis *s, bool is_right,
                       Text *to) {
    if (!s->is_log) {
        for (double v = 0, step = nice_above(s->high / 4.001);
             v <= s->high * 1.001; v += step)
            add_tick(p, s, v, is_right, to);
        return;
    }
    static const double steps[] = { 1, 2, 5 };
    size_t each = s->high / s->low > 300 ? 3 : 1;
    for (double d = pow(10, floor(log10(s->low))); d <= s->high; d *= 10)
        for (size_t i = 0; i < 3; i += each)
            if (d * steps[i] >= s->low && d * steps[i] <= s->high)
                add_tick(p, s, d * steps[i], is_right, to);
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
    add_y_axis(plot, &left, false, to);
    for (size_t i = 0; i < plot->line_count; i++)
        has_right |= plot->lines[i].is_right;
    add_axis_name(plot->left, false, to);
    if (has_right) {
        add_y_axis(plot, &right, true, to);
        add_axis_name(plot->right, true, to);
    }
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
    static const Plot axis = { .unit = PLOT_MS, .is_log = true };
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
    add_y_axis(&axis, &s, false, to);
    add_marks(p, to);
    text_adds(to, "</svg>\n");
    text_close(&words);
}
