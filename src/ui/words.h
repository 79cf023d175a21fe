/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words.h: what the screens say about a run, and cutting words to fit.
 * Pure; private to the drawing part of ui/. */
#ifndef ONRUSH_UI_WORDS_H
#define ONRUSH_UI_WORDS_H

#include "base/units.h"
#include "ui/scene.h"

/* Who drives, or why nobody does: "PLAN", "HAND", "PAUSED", … */
typedef struct Badge {
    const char *word;
    Ground ground;
} Badge;

Badge words_badge(const Scene *s);
size_t words_limits_broken(const Snapshot *s);

/* The one thing to know now beyond the figures ("paused: …", "no answer
 * yet: …"), in at most cols columns; text is empty when all is well. */
typedef struct Banner {
    Style style;
    char text[256];
} Banner;

Banner words_banner(const Scene *s);

/* Text in at most cols columns, with a sign where it was cut; returns the
 * column behind it. */
int words_cut(Cells *c, int y, int x, int cols, Style style, const char *text,
              Glyphs glyphs);
/* A series' name, "checkout{buyers}", of which both ends are kept. */
int words_cut_series(Cells *c, int y, int x, int cols, Style style,
                     const char *name, Glyphs glyphs);
/* What a condition compares, in its unit: "38.2ms", "1.2 %", "-3.5", "-". */
char *words_value(UnitsText to, const Condition *c, double v);
/* The same with room: "38.2 ms". */
char *words_value_wide(UnitsText to, const Condition *c, double v);
/* "http_req_duration{scenario:buyers} p(95) < 60 optional", for cols columns
 * "duration{buyers} p95 < 60", at last "duration{buyers} p95<60". */
char *words_fit_limit(char *to, size_t size, int cols, const char *key,
                      const char *text);
/* A latency without the space, "38.2ms", for narrow columns. */
char *words_latency(UnitsText to, double ns);
/* "in 00:12", "at once". */
char *words_took(UnitsText to, uint64_t ns);
/* A limit as it was written: "500ms", "2s"; ms as in a threshold. */
char *words_limit(UnitsText to, double ms);

/* A level to read: whole VUs; of rates what matters of them, "1234/s",
 * "12.3/s", "0.125/s". */
char *words_level(UnitsText to, double level, PlanUnit unit);

/* A count in at most four columns: 900, 3000, 12k, 1.2M, 0.13. */
char *words_brief(UnitsText to, double n);
/* What happened in a second: 0.13, 31.2, and written as counts are: 1 240. */
char *words_rate(UnitsText to, double n);

/* A number on an axis: 1000, 20k, 5M; what is round has few figures. */
char *words_axis(char to[32], double v);
/* Every how many ns times stand on an axis: a round step of at least so
 * many columns. */
uint64_t words_tick_ns(double ns_per_col, int cols_each);

#endif
