/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_request.h: panels about the frame's series alone (Frame.series is an
 * index). Pure; private to the drawing part of ui/. */
#ifndef ONRUSH_UI_PANEL_REQUEST_H
#define ONRUSH_UI_PANEL_REQUEST_H

#include "ui/frame.h"

/* The figures of the last 10 s and of the run, below or beside each other. */
void request_figures_down(const Frame *f, Rect r);
void request_figures_across(const Frame *f, Rect r);
int request_figures_down_rows(const Frame *f);
/* Where its time goes: a bar for each phase, from where the one before it
 * ends; what a phase takes on average of all requests. */
void request_phases_draw(const Frame *f, Rect r);
int request_phases_rows(const Frame *f);
/* Statuses by hundreds, and failures by class. */
void request_answers_draw(const Frame *f, Rect r);
int request_answers_rows(const Frame *f);
/* Its checks, and the limits whose selection it is in. */
void request_judged_draw(const Frame *f, Rect r);
int request_judged_rows(const Frame *f);

#endif
