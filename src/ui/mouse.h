/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mouse.h: what the mouse did, and its reports as terminals send them (SGR,
 * mode 1006). Pure. */
#ifndef ONRUSH_UI_MOUSE_H
#define ONRUSH_UI_MOUSE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum MouseKind {
    MOUSE_PRESS, /* of the left button, as the next two */
    MOUSE_DRAG,
    MOUSE_RELEASE,
    MOUSE_WHEEL_UP,
    MOUSE_WHEEL_DOWN,
} MouseKind;

typedef struct MouseEvent {
    MouseKind kind;
    int y, x; /* cell, from 0 */
} MouseEvent;

#define MOUSE_REPORT_MAX 32

/* What came of a sequence so far, behind ESC [; {0} begins one. */
typedef struct MouseReport {
    char bytes[MOUSE_REPORT_MAX];
    size_t length; /* also of what is too long to be one */
} MouseReport;

void mouse_take(MouseReport *r, char byte);
/* Of "ESC [ < 0 ; 10 ; 20 M", with the last letter. false: it is none, or of
 * a button or with a key that means nothing here. */
bool mouse_read(const MouseReport *r, char last, MouseEvent *to);

#endif
