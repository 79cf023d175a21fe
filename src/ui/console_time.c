/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking back: zoom, the cursor, intervals, an earlier run under this one. */
#include <stdlib.h>

#include "base/mem.h"
#include "ui/console_state.h"

/* Before the first frame nobody knows how wide the charts are. */
#define DOTS_USUAL 160
#define COLUMNS_MANY 10

/* --- time ---------------------------------------------------------------- */

/* What one can jump to: events, and where stages begin. */
static uint64_t *moments_of(Console *c, size_t *count) {
    const Wheel *w = console_wheel(c);
    const EventLog *log = &w->log;
    size_t rows = plan_rows(w->plan, NULL, 0);
    PlanRow *row = mem_alloc(rows, sizeof *row);
    uint64_t *at = mem_alloc(rows + log->count, sizeof *at);
    plan_rows(w->plan, row, rows);
    *count = 0;
    for (size_t i = 0; i < rows; i++)
        at[(*count)++] = row[i].began_ns;
    for (size_t i = 0; i < log->count; i++)
        at[(*count)++] = log->items[i].at_ns;
    free(row);
    return at;
}

static void jump(Console *c, const LookRun *run, int direction) {
    size_t count;
    uint64_t *at = moments_of(c, &count);
    if (!look_jump(&c->view.look, run, at, count, direction))
        console_notice(c,
                       direction < 0 ? "there is no event before"
                                     : "there is no event behind",
                       true);
    free(at);
}

static void pick(Console *c, const LookRun *run) {
    Look *l = &c->view.look;
    look_pick(l, run);
    console_notice(c,
                   l->pick == PICK_FIRST
                       ? "interval A: the arrows stretch it, Enter fixes it"
                   : l->pick == PICK_SECOND
                       ? "interval B, beside A: the arrows stretch it, Enter "
                         "fixes it"
                   : look_is_empty(l->second)
                       ? "interval A is fixed; v again: a second one beside it"
                       : "interval B is fixed; v again: another B",
                   false);
}

/* Away with it, or asks which. */
static void earlier_run(Console *c) {
    const char *const *names = NULL;
    const ConsoleHost *h = &c->host;
    if (c->earlier_source) {
        console_lay_over(c, NULL, NULL);
        console_notice(c, "the earlier run is taken away", false);
    } else if (!h->earlier_open) {
        console_notice(c, "earlier runs cannot be opened here", true);
    } else {
        size_t n = h->earlier_names ? h->earlier_names(h->data, &names) : 0;
        chooser_open(&c->chooser, names, n);
    }
}

int console_earlier_open(Console *c, const char *name, bool is_trial,
                         Text *answer, Err *err) {
    const ConsoleHost *h = &c->host;
    if (!h->earlier_open)
        return err_set(err, "earlier runs cannot be opened here");
    if (is_trial) {
        text_addf(answer, "lays %s under the charts", name);
        return 0;
    }
    Source *s = h->earlier_open(h->data, name, err);
    if (!s)
        return -1;
    console_lay_over(c, name, s);
    text_addf(answer, "%s lies under the charts; o takes it away", name);
    return 0;
}

static void lay_chosen(Console *c) {
    Text said = { 0 };
    const char *name = chooser_choice(&c->chooser);
    if (console_earlier_open(c, name, false, &said, &c->chooser.err) < 0) {
        c->chooser.has_error = true;
    } else {
        console_notice(c, said.bytes, false);
        chooser_close(&c->chooser);
    }
    text_close(&said);
}

void console_chooser_key(Console *c, int key) {
    switch (chooser_key(&c->chooser, key)) {
    case DIALOG_STAYS:
        break;
    case DIALOG_ENTER:
        lay_chosen(c);
        break;
    case DIALOG_LEAVE:
        chooser_close(&c->chooser);
        break;
    }
}

LookRun console_look_run(Console *c) {
    Scene s = console_scene(c);
    int dots = c->view.look.dots;
    return scene_look_run(&s, dots ? dots : DOTS_USUAL);
}

bool console_act_time(Console *c, const KeyStroke *k) {
    Look *l = &c->view.look;
    LookRun run = console_look_run(c);
    switch ((int)k->act) {
    case ACT_ZOOM:
        look_toggle(l, &run);
        return true;
    case ACT_LONGER:
        look_longer(l, &run);
        return true;
    case ACT_SHORTER:
        look_shorter(l, &run);
        return true;
    case ACT_COLUMN_BACK:
    case ACT_COLUMN_NEXT:
        look_move(l, &run, k->act == ACT_COLUMN_BACK ? -1 : 1);
        return true;
    case ACT_COLUMNS_BACK:
    case ACT_COLUMNS_NEXT:
        look_move(l, &run,
                  k->act == ACT_COLUMNS_BACK ? -COLUMNS_MANY : COLUMNS_MANY);
        return true;
    case ACT_BEGINNING:
        look_at(l, &run, 0);
        return true;
    case ACT_NEWEST:
        look_at(l, &run, run.now_ns);
        return true;
    case ACT_NOW:
        look_leave(l);
        return true;
    case ACT_EVENT_BACK:
    case ACT_EVENT_NEXT:
        jump(c, &run, k->act == ACT_EVENT_BACK ? -1 : 1);
        return true;
    case ACT_PICK:
        pick(c, &run);
        return true;
    case ACT_PICKED:
        if (l->pick != PICK_NONE)
            pick(c, &run);
        else if (console_is_done(c)) /* what Enter does there without it */
            c->is_closed = true;
        return true;
    case ACT_EARLIER_RUN:
        earlier_run(c);
        return true;
    default:
        return false;
    }
}

/* --- an earlier run ------------------------------------------------------ */

void console_lay_over(Console *c, const char *name, Source *earlier) {
    text_clear(&c->earlier_name);
    text_adds(&c->earlier_name, name ? name : "");
    c->earlier_source = earlier;
    measured_close(&c->view.earlier_at_cursor); /* was another's */
    c->is_dirty = true;
}

const Earlier *console_earlier(Console *c) {
    if (!c->earlier_source)
        return NULL;
    c->earlier =
        (Earlier){ c->earlier_name.bytes, source_snapshot(c->earlier_source),
                   source_wheel(c->earlier_source) };
    return &c->earlier;
}
