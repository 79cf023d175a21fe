/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_failure.h: all about one kind of failure: what it means, its course,
 * the requests that have it, and an example. Pure; private to the drawing
 * part of ui/. */
#ifndef ONRUSH_UI_VIEW_FAILURE_H
#define ONRUSH_UI_VIEW_FAILURE_H

#include "ui/scene.h"

/* What a kind is called: "http-5xx", "check: body has id". Where that is put
 * together it goes to room. */
#define FAILURE_NAME_MAX 160
const char *failure_name(const Snapshot *s, size_t kind,
                         char room[FAILURE_NAME_MAX]);
/* Of all that could have failed so: requests, or asked checks. NAN: none. */
double failure_share(const Snapshot *s, size_t kind);
/* Within the last 10 s, per second. NAN: no time has passed. */
double failure_per_s(const Snapshot *s, size_t kind);

/* Takes any rectangle; in a small one the most important of it. t->scroll
 * and t->part say what of the examples is seen. */
void failure_draw(Cells *c, Rect r, const Scene *s, size_t kind,
                  const TableState *t);
/* The largest t->scroll that shows something new; 0: all of it is seen. */
int failure_scroll_max(Rect r, const Scene *s, size_t kind,
                       const TableState *t);

#endif
