/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view.h: the console's views, as one table. A view draws itself between the
 * bars and says which keys it has; everything else (wheel, dialogs, tabs,
 * notices) is the console's. Pure; private to the console. */
#ifndef ONRUSH_UI_VIEW_H
#define ONRUSH_UI_VIEW_H

#include "ui/keys.h"
#include "ui/scene.h"

typedef struct View {
    const char *name;  /* in the palette and on the tab: "requests" */
    const char *brief; /* on a narrow tab: "req" */
    void (*draw)(Cells *c, Rect r, const Scene *s);
    /* Before each frame, where a view keeps something; NULL: it does not.
     * Clamps the table's selection to what there is. */
    void (*follow)(ViewState *v, const Scene *s, Rect r);
    /* A number worth to stand on the tab (of errors); NULL: none ever. */
    size_t (*count)(const Scene *s);
    int columns;   /* of its table, that it can be sorted by; 0: none */
    int sort;      /* column that it is sorted by at first */
    bool opens;    /* Enter shows all about a row: TableState.is_open */
    bool is_table; /* else it has a time axis */
} View;

extern const View views[VIEW_COUNT];

/* live.c: what the last key did, or a hint, on the last row: over a frame's
 * edge only as wide as it is, over lines all of them. The live view and the
 * stages do it themselves. */
void notice_draw(Cells *c, Rect r, const ViewState *v, bool is_framed);

/* view_*.c */
void spectrum_draw(Cells *c, Rect r, const Scene *s);
void spectrum_view_follow(ViewState *v, const Scene *s, Rect r);
void requests_view_draw(Cells *c, Rect r, const Scene *s);
void requests_view_follow(ViewState *v, const Scene *s, Rect r);
#define REQUESTS_COLUMNS 18
#define REQUESTS_SORT 4 /* p95 of the last 10 s */
void errors_view_draw(Cells *c, Rect r, const Scene *s);
size_t errors_view_count(const Scene *s);
void limits_view_draw(Cells *c, Rect r, const Scene *s);
void limits_view_follow(ViewState *v, const Scene *s, Rect r);
#define LIMITS_COLUMNS 9
size_t limits_view_count(const Scene *s);

#endif
