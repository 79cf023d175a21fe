/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scene.h: everything that a frame is drawn from. Drawing is a pure
 * function of a Scene into Cells; nothing here may be changed by it. The
 * snapshot's totals and timeline are there from the start. */
#ifndef ONRUSH_UI_SCENE_H
#define ONRUSH_UI_SCENE_H

#include "control/source.h"
#include "ui/cells.h"
#include "ui/theme.h"

/* What the operator chose to see. */
typedef struct ViewState {
    Glyphs glyphs;
    bool zoom_near;     /* not the window that the plan's length suggests */
    const char *hint;   /* a suggestion for newcomers (demo), NULL: none */
    const char *notice; /* answer to the last key, NULL: none */
    bool notice_is_error;
} ViewState;

typedef struct Scene {
    const Snapshot *snapshot;
    const Wheel *wheel;
    const RunInfo *info;
    const ViewState *view;
} Scene;

/* The live view: everything between the top bar and the key bar. */
void live_draw(Cells *c, Rect r, const Scene *s);
/* First row: name, target, who drives, stage, time, transport. */
void topbar_draw(Cells *c, int y, const Scene *s);
/* Last row: keys[i] ("space") does words[i] ("pause"); as many as fit, the
 * first are the most important. */
void keybar_draw(Cells *c, int y, const char *const *keys,
                 const char *const *words, size_t count);
/* A framed box; title at the left of the upper line, note (may be NULL) at
 * its right. Returns the inside. */
Rect box_draw(Cells *c, Rect r, const char *title, const char *note,
              Glyphs glyphs);

#endif
