/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/wrap.h"

#include <string.h>

#include "ui/utf8.h"

bool wrap_next(const char **text, int cols, char line[WRAP_LINE_MAX]) {
    const char *s = *text, *end = s, *space = NULL;
    if (!*s)
        return false;
    for (int x = 0; *end && x < cols; x++) {
        if (*end == ' ' && end > s)
            space = end;
        const char *next = end;
        utf8_next(&next);
        if (next - s >= WRAP_LINE_MAX)
            break;
        end = next;
    }
    if (*end && *end != ' ' && space)
        end = space;
    memcpy(line, s, (size_t)(end - s));
    line[end - s] = '\0';
    *text = end + strspn(end, " ");
    return true;
}

int wrap_draw(Cells *c, Rect r, Style style, const char *text) {
    char line[WRAP_LINE_MAX];
    int y = 0;
    while (y < r.rows && r.cols > 0 && wrap_next(&text, r.cols, line))
        cells_text(c, r.y + y++, r.x, style, line);
    return y;
}
