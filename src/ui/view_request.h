/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_request.h: all about one series: its charts, where its time goes, what
 * came back, its checks and limits. Pure; private to the drawing part of ui/.
 */
#ifndef ONRUSH_UI_VIEW_REQUEST_H
#define ONRUSH_UI_VIEW_REQUEST_H

#include "ui/scene.h"

/* Of the charts' box, in that many columns. */
int request_chart_cols(int cols);
/* series: its index in the snapshot. Takes any rectangle; in a small one the
 * most important of it. */
void request_draw(Cells *c, Rect r, const Scene *s, size_t series);

#endif
