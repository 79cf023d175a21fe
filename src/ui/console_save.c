/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What leaves the screen: into the clipboard, and into files. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ui/console_state.h"
#include "ui/svg.h"

/* The screen as it is, without what the last key said. */
static void shoot(Console *c, Cells *to) {
    uint64_t until = c->notice_until_ns;
    const char *hint = c->view.hint;
    cells_init(to, c->seen.rows, c->seen.cols);
    c->notice_until_ns = 0;
    c->view.hint = NULL;
    console_draw(c, to);
    c->notice_until_ns = until;
    c->view.hint = hint;
    c->is_dirty = true;
}

/* The bar says of which run it is; tabs and keys are not of the view. */
static void view_text(const Cells *shot, Text *to) {
    Rect r = console_view_area(shot);
    Cells bar = *shot, view = *shot;
    bar.rows = 1;
    view.at = shot->at + (size_t)r.y * (size_t)shot->cols;
    view.rows = r.rows;
    cells_print(&bar, to);
    cells_print(&view, to);
}

int console_copy(Console *c, Text *answer, Err *err) {
    Cells shot;
    Text text = { 0 };
    if (!c->host.copy)
        return err_set(err, "there is no clipboard here");
    shoot(c, &shot);
    view_text(&shot, &text);
    int rc = c->host.copy(c->host.data, text.bytes, err);
    if (rc == 0)
        text_addf(answer,
                  "copied %zu bytes, if the terminal allows it "
                  "(OSC 52)",
                  text.length);
    text_close(&text);
    cells_close(&shot);
    return rc;
}

static int save_as(Console *c, const char *kind, const Text *bytes, Text *path,
                   Err *err) {
    char name[48];
    uint64_t s = c->snapshot->now_ns / NS_PER_S;
    snprintf(name, sizeof name, "screen-%02" PRIu64 "%02" PRIu64 ".%s", s / 60,
             s % 60, kind);
    text_clear(path);
    return c->host.save(c->host.data, name, bytes, path, err);
}

int console_save_screen(Console *c, Text *answer, Err *err) {
    Cells shot;
    Text text = { 0 }, svg = { 0 }, path = { 0 };
    if (!c->host.save)
        return err_set(err, "screens cannot be saved here");
    shoot(c, &shot);
    cells_print(&shot, &text);
    svg_print(&shot, console_theme(c), &svg);
    int rc = save_as(c, "txt", &text, &path, err);
    if (rc == 0)
        rc = save_as(c, "svg", &svg, &path, err);
    if (rc == 0)
        text_addf(answer, "saved as %s, and .txt", path.bytes);
    text_close(&text);
    text_close(&svg);
    text_close(&path);
    cells_close(&shot);
    return rc;
}
