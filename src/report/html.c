/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.html: page.html with its places filled. What comes from outside
 * stands between tags or in quotes, escaped; only what bears the page's nonce
 * runs, and nothing is loaded from anywhere. */
#include "config.h"

#include "report/html.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/plots.h"
#include "report/sheet.h"

#define ROWS 500
#define LONG_CELL 40 /* bytes from which on a cell may be broken */
#define POINTS_MOVING 2000 /* of a chart of the script */
#define POINTS_STILL 480   /* of a picture */
#define POINTS_OF_ONE 240  /* of one request's */
#define SERIES_SHOWN 12    /* requests with a chart of their own */

static const char page_html[] =
#include "report/page_html.inc"
    ;
static const char page_css[] =
#include "report/page_css.inc"
    ;
static const char page_js[] =
#include "report/page_js.inc"
    ;
#ifdef HAVE_UPLOT
static const char uplot_js[] =
#include "report/uplot_js.inc"
    ;
static const char uplot_css[] =
#include "report/uplot_css.inc"
    ;
static const char uplot_license[] =
#include "report/uplot_license.inc"
    ;
#endif

void html_text(Text *to, const char *text) {
    static const struct {
        char byte;
        const char *entity;
    } entities[] = { { '&', "&amp;" },
                     { '<', "&lt;" },
                     { '>', "&gt;" },
                     { '"', "&quot;" },
                     { '\'', "&#39;" } };
    for (; *text; text++) {
        size_t i = 0;
        while (i < sizeof entities / sizeof *entities &&
               entities[i].byte != *text)
            i++;
        if (i < sizeof entities / sizeof *entities)
            text_adds(to, entities[i].entity);
        else
            text_add(to, text, 1);
    }
}

/* --- blocks of the sheet ------------------------------------------------ */

typedef struct HtmlPage {
    const Report *r;
    Sheet sheet;
    Plots *plots;
    Curves still;
    char nonce[33];
    bool is_open; /* a section is */
} HtmlPage;

static const char *tone_class(Tone t) {
    static const char *const names[] = { "plain", "dim",  "bold",
                                         "good",  "warn", "bad" };
    return names[t];
}

static void write_cell(const SheetCell *c, const SheetColumn *column,
                       bool is_head, Text *to) {
    text_addf(to, "<%s class=\"%s%s%s\"",
              is_head ? "th scope=\"row\"" : "td", tone_class(c->tone),
              column->right ? " number" : "",
              strlen(c->text) > LONG_CELL ? " long" : "");
    if (isfinite(c->order))
        text_addf(to, " data-order=\"%.9g\"", c->order);
    text_adds(to, c->is_code && *c->text ? "><code>" : ">");
    html_text(to, c->text);
    text_adds(to, c->is_code && *c->text ? "</code>" : "");
    text_adds(to, is_head ? "</th>" : "</td>");
}

static void write_table(const SheetBlock *b, Text *to) {
    if (b->count == 0)
        return;
    text_adds(to, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
                  "aria-label=\"");
    html_text(to, b->text);
    text_adds(to, "\"><table><caption>");
    html_text(to, b->text);
    text_adds(to, "</caption>\n<thead><tr>");
    for (size_t i = 0; i < b->width; i++)
        text_addf(to, "<th scope=\"col\"%s>%s</th>",
                  b->columns[i].right ? " class=\"number\"" : "",
                  b->columns[i].head);
    text_adds(to, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < b->count; i++) {
        size_t k = i % b->width;
        if (k == 0)
            text_adds(to, "<tr>");
        write_cell(&b->cells[i], &b->columns[k], k == 0, to);
        if (k == b->width - 1)
            text_adds(to, "</tr>\n");
    }
    text_adds(to, "</tbody></table></div>\n");
}

static void write_legend(const Plot *p, Text *to) {
    text_adds(to, "<figcaption class=\"legend\">");
    for (size_t i = 0; i < p->line_count; i++) {
        text_addf(to, "<span class=\"key %s%s\">", p->lines[i].tone,
                  p->lines[i].is_dashed ? " dashed" : "");
        html_text(to, p->lines[i].label);
        text_adds(to, p->lines[i].is_right ? " (right axis)</span> "
                                           : "</span> ");
    }
    text_adds(to, "</figcaption>\n");
}

static void write_heat_legend(const HeatMap *h, Text *to) {
    UnitsText first, last, span;
    text_adds(to, "<figcaption class=\"legend\">requests in a cell: "
                  "<span class=\"number\">1</span> ");
    for (unsigned i = 1; i <= HEAT_LEVELS; i++)
        text_addf(to, "<i class=\"swatch heat%u\" title=\"from %s\"></i>", i,
                  units_count(first, ceil(h->from[i - 1])));
    text_addf(to,
              " <span class=\"number\">%s</span>, each cell %s wide; the scale "
              "is logarithmic</figcaption>\n",
              units_count(last, h->most), units_span(span, h->step_ns));
}

static void write_charts(HtmlPage *p, Text *to) {
    const Plots *plots = p->plots;
    if (plots->count == 0)
        return;
    text_adds(to, "<section id=\"charts\"><h2>Over time</h2>\n"
                  "<p class=\"dim hint\" hidden>Drag to zoom, double click to "
                  "see the whole run.</p>\n");
    for (size_t i = 0; i < plots->count; i++) {
        const Plot *plot = &plots->items[i];
        text_addf(to, "<figure id=\"plot-%s\"><h3>%s</h3>\n"
                      "<div class=\"live\"></div><div class=\"still\">",
                  plot->id, plot->title);
        plot_svg(plots, plot, &p->still, to);
        text_adds(to, "</div>");
        write_legend(plot, to);
        text_adds(to, "</figure>\n");
    }
    if (plots->heat.columns) {
        text_adds(to, "<figure id=\"plot-heat\"><h3>Spread of latency</h3>\n"
                      "<div class=\"live\"></div><div class=\"still\">");
        heat_svg(plots, to);
        text_adds(to, "</div>");
        write_heat_legend(&plots->heat, to);
        text_adds(to, "</figure>\n");
    }
    text_adds(to, "</section>\n");
}

static void write_one_series(HtmlPage *p, size_t i, Text *to) {
    const Snapshot *x = p->r->snapshot;
    UnitsText p95;
    char id[32];
    char *name = sheet_clean(x->series[i].series->name);
    Curves c = curves_of_series(p->r, i, POINTS_OF_ONE);
    snprintf(id, sizeof id, "request-%zu", i);
    Plot plot = plot_of_series(&c, id, name);
    if (plot.line_count) {
        Plots bare = *p->plots; /* without marks: they stand above */
        bare.mark_count = 0;
        text_adds(to, "<details><summary><code>");
        html_text(to, name);
        text_addf(to, "</code> over time, p95 %s</summary>"
                      "<figure><div class=\"still\">",
                  units_latency(p95, x->series[i].run.p95));
        plot_svg(&bare, &plot, &c, to);
        text_adds(to, "</div>");
        write_legend(&plot, to);
        text_adds(to, "</figure></details>\n");
    }
    curves_close(&c);
    free(name);
}

/* Of one request alone the run's charts say all. */
static void write_series(HtmlPage *p, Text *to) {
    size_t n = p->r->snapshot->series_count;
    for (size_t i = 0; n > 1 && i < n && i < SERIES_SHOWN; i++)
        write_one_series(p, i, to);
    if (n > SERIES_SHOWN)
        text_addf(to, "<p class=\"dim\">charts of the first %d requests of %zu"
                      "</p>\n",
                  SERIES_SHOWN, n);
}

static void write_scale(const Scaling *s, Text *to) {
    if (s->count < 2)
        return;
    text_adds(to, "<figure id=\"plot-scale\"><h3>Throughput and latency "
                  "against VUs at work</h3>\n<div class=\"still\">");
    scale_svg(s, to);
    text_adds(to, "</div><figcaption class=\"legend\"><span class=\"key rps\">"
                  "requests/s, with its 95 % interval</span> ");
    if (s->fit.is_fitted)
        text_adds(to, "<span class=\"key plan dashed\">requests/s by the "
                      "Universal Scalability Law</span> ");
    text_adds(to, "<span class=\"key p95\">p95 (right axis)</span>"
                  "</figcaption>\n</figure>\n");
}

static void close_section(HtmlPage *p, Text *to) {
    if (p->is_open)
        text_adds(to, "</section>\n");
    p->is_open = false;
}

static void write_block(HtmlPage *p, const SheetBlock *b, Text *to) {
    switch (b->kind) {
    case SHEET_HEADING:
        close_section(p, to);
        text_addf(to, "<section id=\"%s\"><h2>%s</h2>\n", b->id, b->text);
        p->is_open = true;
        return;
    case SHEET_TEXT:
        text_addf(to, "<p class=\"%s\">", tone_class(b->tone));
        html_text(to, b->text);
        text_adds(to, "</p>\n");
        return;
    case SHEET_TABLE:
        write_table(b, to);
        return;
    case SHEET_CODE:
        text_adds(to, "<details><summary>");
        html_text(to, b->text);
        text_adds(to, "</summary><pre tabindex=\"0\">");
        html_text(to, b->code);
        text_adds(to, "</pre></details>\n");
        return;
    case SHEET_CHARTS:
        close_section(p, to);
        write_charts(p, to);
        return;
    case SHEET_SERIES:
        write_series(p, to);
        return;
    case SHEET_SCALE:
        write_scale(b->scale, to);
        return;
    }
}

/* --- places of the template --------------------------------------------- */

typedef void PlaceFn(HtmlPage *p, Text *to);

static void put_nonce(HtmlPage *p, Text *to) {
    text_adds(to, p->nonce);
}

static void put_version(HtmlPage *p, Text *to) {
    (void)p;
    text_adds(to, PACKAGE_VERSION);
}

static void put_name(HtmlPage *p, Text *to) {
    html_text(to, p->sheet.head.name);
}

static void put_target(HtmlPage *p, Text *to) {
    html_text(to, p->sheet.head.target);
}

static void put_facts(HtmlPage *p, Text *to) {
    html_text(to, p->sheet.head.facts);
}

static void put_tone(HtmlPage *p, Text *to) {
    text_adds(to, tone_class(p->sheet.head.tone));
}

static void put_badge(HtmlPage *p, Text *to) {
    Tone t = p->sheet.head.tone;
    text_addf(to, "%s%s", t == TONE_GOOD ? "✓ " : t == TONE_PLAIN ? "" : "✗ ",
              p->sheet.head.badge);
}

static void put_words(HtmlPage *p, Text *to) {
    html_text(to, p->sheet.head.words);
}

static void put_status(HtmlPage *p, Text *to) {
    html_text(to, p->sheet.head.ended);
}

static void put_reasons(HtmlPage *p, Text *to) {
    const Sheet *s = &p->sheet;
    text_adds(to, s->reason_count ? "<ul class=\"reasons\">\n" : "");
    for (size_t i = 0; i < s->reason_count; i++) {
        text_addf(to, "<li class=\"%s\">", tone_class(s->reasons[i].tone));
        html_text(to, s->reasons[i].text);
        text_adds(to, "</li>\n");
    }
    text_adds(to, s->reason_count ? "</ul>" : "");
}

static void put_figures(HtmlPage *p, Text *to) {
    for (size_t i = 0; i < SHEET_FIGURES; i++) {
        const SheetFigure *f = &p->sheet.head.figures[i];
        text_addf(to, "<div><dt>%s</dt><dd class=\"value %s\">", f->label,
                  tone_class(f->tone));
        html_text(to, f->value);
        text_adds(to, "</dd><dd class=\"note\">");
        html_text(to, f->note);
        text_adds(to, "</dd></div>\n");
    }
}

static void put_main(HtmlPage *p, Text *to) {
    for (size_t i = 0; i < p->sheet.count; i++)
        write_block(p, &p->sheet.items[i], to);
    close_section(p, to);
}

static void put_style(HtmlPage *p, Text *to) {
    (void)p;
    text_adds(to, page_css);
#ifdef HAVE_UPLOT
    text_adds(to, uplot_css);
#endif
}

/* In JSON < begins a tag only in a text, and out_print took care of those. */
static void put_data(HtmlPage *p, Text *to) {
#ifdef HAVE_UPLOT
    Curves moving = curves_measure(p->r, POINTS_MOVING);
    plots_data(p->plots, &moving, to);
    curves_close(&moving);
#else
    (void)p;
    text_adds(to, "null");
#endif
}

static void put_script(HtmlPage *p, Text *to) {
    (void)p;
#ifdef HAVE_UPLOT
    text_addf(to, "/*! uPlot\n%s*/\n%s\n", uplot_license, uplot_js);
#endif
    text_adds(to, page_js);
}

static const struct {
    const char *name;
    PlaceFn *put;
} places[] = {
    { "nonce", put_nonce },     { "version", put_version },
    { "name", put_name },       { "target", put_target },
    { "facts", put_facts },     { "tone", put_tone },
    { "badge", put_badge },     { "words", put_words },
    { "status", put_status },   { "reasons", put_reasons },
    { "figures", put_figures }, { "main", put_main },
    { "style", put_style },     { "data", put_data },
    { "script", put_script },
};

/* The template's {{name}}; what was put in is not looked at again. */
static void fill(HtmlPage *p, const char *template, Text *to) {
    const char *open;
    while ((open = strstr(template, "{{"))) {
        size_t n = strcspn(open + 2, "}"), i = 0;
        text_add(to, template, (size_t)(open - template));
        while (i < sizeof places / sizeof *places &&
               (strlen(places[i].name) != n ||
                strncmp(places[i].name, open + 2, n) != 0))
            i++;
        if (i < sizeof places / sizeof *places)
            places[i].put(p, to);
        template = open + 2 + n + 2;
    }
    text_adds(to, template);
}

/* Nobody who named something in the run can know it. */
static void make_nonce(char to[33]) {
    unsigned char bytes[16];
    if (getentropy(bytes, sizeof bytes) < 0)
        abort();
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(to + 2 * i, 3, "%02x", bytes[i]);
}

void report_html(const Report *r, Text *to) {
    HtmlPage p = { .r = r };
    make_nonce(p.nonce);
    sheet_fill(&p.sheet, r, ROWS, true);
    p.plots = plots_new(r);
    p.still = curves_measure(r, POINTS_STILL);
    fill(&p, page_html, to);
    curves_close(&p.still);
    plots_free(p.plots);
    sheet_close(&p.sheet);
}
