/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/mouse.h"

#include <stdlib.h>

/* The bits of a report's first number, as xterm's control sequences say. */
enum { BUTTONS = 3, KEYS = 4 | 8 | 16, MOVES = 32, WHEEL = 64, MORE = 128 };

#define CELLS_MAX 10000

static bool number(const char **s, char behind, long *to) {
    char *end;
    if (**s < '0' || **s > '9')
        return false;
    *to = strtol(*s, &end, 10);
    if (*end != behind || *to > CELLS_MAX)
        return false;
    *s = end + (behind != '\0');
    return true;
}

void mouse_take(MouseReport *r, char byte) {
    if (r->length < MOUSE_REPORT_MAX - 1)
        r->bytes[r->length] = byte;
    r->length++;
}

bool mouse_read(const MouseReport *r, char last, MouseEvent *to) {
    long what, x, y;
    const char *report = r->bytes + 1;
    if (r->length >= MOUSE_REPORT_MAX || r->bytes[0] != '<')
        return false;
    if ((last != 'M' && last != 'm') || !number(&report, ';', &what) ||
        !number(&report, ';', &x) || !number(&report, '\0', &y) || x < 1 ||
        y < 1 || what & (KEYS | MORE))
        return false;
    long button = what & BUTTONS;
    if (what & WHEEL ? button > 1 : button != 0)
        return false;
    to->kind = what & WHEEL   ? (button ? MOUSE_WHEEL_DOWN : MOUSE_WHEEL_UP)
               : last == 'm'  ? MOUSE_RELEASE
               : what & MOVES ? MOUSE_DRAG
                              : MOUSE_PRESS;
    to->y = (int)y - 1;
    to->x = (int)x - 1;
    return true;
}
