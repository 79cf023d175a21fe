/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scene.h: everything that a frame is drawn from. Drawing is a pure
 * function of a Scene into Cells; nothing here may be changed by it. The
 * snapshot's totals and timeline are there from the start. */
#ifndef ONRUSH_UI_SCENE_H
#define ONRUSH_UI_SCENE_H

#include "control/source.h"
#include "ui/cells.h"
#include "ui/keys.h"
#include "ui/look.h"
#include "ui/measured.h"
#include "ui/theme.h"

typedef enum ViewId {
    VIEW_LIVE,
    VIEW_SPECTRUM,
    VIEW_REQUESTS,
    VIEW_ERRORS,
    VIEW_STAGES,
    VIEW_LIMITS,
    VIEW_COUNT
} ViewId;

#define FILTER_MAX 64

/* Where a view's table is. */
typedef struct TableState {
    size_t selected, top; /* rows as they are sorted and filtered */
    size_t count;         /* of them, in the last frame */
    int sort;             /* column */
    bool is_reversed;
    bool is_other; /* the other figures come first */
    bool is_open; /* all about the selected row, instead of the table */
    /* of what is open: rows that are above the first one seen, and which of
     * several (modulo) */
    int scroll;
    int part;
    /* table_follow: the selected row, once it was chosen by hand, and where
     * it stood in the last frame */
    bool has_key;
    uint64_t key;
    size_t placed;
    char filter[FILTER_MAX]; /* UTF-8; only rows that contain it */
} TableState;

/* What the operator chose to see. */
typedef struct ViewState {
    Glyphs glyphs;
    ViewId view;
    Look look;
    TableState table[VIEW_COUNT];
    /* What was measured where it is looked at, kept by scene_follow_look: under
     * the cursor, at the same moment of the earlier run, in the interval, and
     * in what stands beside it: the second one, or the whole run. */
    Measured at_cursor, earlier_at_cursor, interval, beside;
    size_t series;  /* that is open; SIZE_MAX: all together */
    size_t charted; /* that the charts show, as scene_charts said */
    struct Spectrum *spectrum; /* kept by its view; NULL: nobody keeps it */
    const char *hint;   /* a suggestion for newcomers (demo), NULL: none */
    const char *notice; /* answer to the last key, NULL: none */
    bool notice_is_error;
} ViewState;

/* An earlier run that lies under this one. */
typedef struct Earlier {
    const char *name;
    const Snapshot *snapshot;
    const Wheel *wheel;
} Earlier;

typedef struct Scene {
    const Snapshot *snapshot;
    const Wheel *wheel;
    const RunInfo *info;
    const ViewState *view;
    const Earlier *earlier; /* NULL: none */
} Scene;

LookRun scene_look_run(const Scene *s, int dots);
/* Says what charts are about to be drawn: so wide a box, and whose requests;
 * SIZE_MAX: all. For View.follow. */
void scene_charts(ViewState *v, int chart_cols, size_t series);
/* Measures anew what the look asks for, before a frame; v is the scene's own,
 * and its look.dots are those of the charts to be drawn. */
void scene_follow_look(ViewState *v, const Scene *s);

/* The live view: everything between the top bar and the key bar. */
void live_draw(Cells *c, Rect r, const Scene *s);
/* Before a frame of it. */
void live_follow(ViewState *v, const Scene *s, Rect r);
/* First row: name, target, who drives, stage, time, transport. */
void topbar_draw(Cells *c, int y, const Scene *s);
/* The row of the views, with what is wrong in them. */
void tabs_draw(Cells *c, int y, const Scene *s);
/* In the last row: "space pause". */
typedef struct BarKey {
    const char *label, *word;
    const KeyStroke *strokes; /* for clicks; the first is the word's */
    bool is_pinned;           /* stands at the right end, always */
} BarKey;

/* As many keys as fit, the first are the most important. */
void keybar_draw(Cells *c, int y, const BarKey *keys, size_t count);
/* A framed box; title at the left of the upper line, note (may be NULL) at
 * its right. Returns the inside. */
Rect box_draw(Cells *c, Rect r, const char *title, const char *note,
              Glyphs glyphs);

#endif
