/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stack.h: panels one below the other in a column. Pure; private to the
 * drawing part of ui/. */
#ifndef ONRUSH_UI_STACK_H
#define ONRUSH_UI_STACK_H

#include "ui/frame.h"

#define STACK_MAX 12

/* Either a panel or a chart, whose lowest has the time axis. */
typedef struct StackItem {
    void (*panel)(const Frame *f, Rect r);
    void (*chart)(const Frame *f, Rect r, bool is_lowest);
    int (*wants)(const Frame *f);  /* rows, 0: nothing to show; NULL: `most` */
    int rank, least, most, weight; /* taken by rank, then grown by weight */
} StackItem;

/* Shares the rows out: items in order of rank while their `least` fit, then
 * up to what they want or `most`; what is left goes to charts, or else stays
 * empty. Items beyond STACK_MAX are left out. */
void stack_draw(const Frame *f, Rect r, const StackItem *items, size_t count);

#endif
