/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/console_state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ui/spectrum.h"

#define NOTICE_NS (UINT64_C(6) * NS_PER_S)
#define FPS 10
#define HELP_PAGE 10

Console *console_new(Source *source, ConsoleOptions options) {
    Console *c = mem_new(Console);
    c->source = source;
    c->view.glyphs = options.glyphs;
    c->view.hint = options.hint;
    c->host = options.host;
    c->theme = options.theme ? options.theme : &theme_dark;
    c->frame_ns = NS_PER_S / (uint64_t)(options.fps > 0 ? options.fps : FPS);
    c->view.series = c->view.charted = SIZE_MAX;
    c->view.spectrum = spectrum_new();
    for (size_t i = 0; i < VIEW_COUNT; i++)
        c->view.table[i].sort = views[i].sort;
    c->is_dirty = true;
    return c;
}

void console_free(Console *c) {
    if (!c)
        return;
    if (c->has_editor)
        editor_close(&c->editor);
    form_close(&c->form);
    spectrum_free(c->view.spectrum);
    ending_close(&c->ending);
    palette_close(&c->palette);
    cells_close(&c->seen);
    text_close(&c->asked);
    text_close(&c->notice);
    text_close(&c->earlier_name);
    chooser_close(&c->chooser);
    measured_close(&c->view.at_cursor);
    measured_close(&c->view.earlier_at_cursor);
    measured_close(&c->view.interval);
    measured_close(&c->view.beside);
    free(c);
}

const Wheel *console_wheel(Console *c) {
    c->wheel = *source_wheel(c->source);
    wheel_focus(&c->wheel, c->focus);
    return &c->wheel;
}

/* --- what others tell --------------------------------------------------- */

void console_notice(Console *c, const char *text, bool is_error) {
    text_clear(&c->notice);
    text_adds(&c->notice, text);
    c->notice_until_ns = clock_now() + NOTICE_NS;
    c->view.notice = c->notice.bytes;
    c->view.notice_is_error = is_error;
    c->is_dirty = true;
}

void console_set_glyphs(Console *c, Glyphs glyphs) {
    c->view.glyphs = glyphs;
    c->is_dirty = true;
}

void console_set_hint(Console *c, const char *hint) {
    c->is_dirty |= c->view.hint != hint;
    c->view.hint = hint;
}

const Theme *console_theme(const Console *c) {
    return c->theme;
}

void console_saved(Console *c, const char *path) {
    Ending *e = &c->ending;
    mem_grow(e->saved, e->saved_count, e->saved_cap);
    e->saved[e->saved_count++] = mem_dup_text(path);
    c->is_dirty = true;
}

void console_verdict(Console *c, int exit_status, const char *words) {
    Ending *e = &c->ending;
    free(e->words);
    e->words = mem_dup_text(words);
    e->exit_status = exit_status;
    e->is_known = true;
    c->is_dirty = true;
}

bool console_is_closed(const Console *c) {
    return c->is_closed;
}

bool console_is_interrupted(const Console *c) {
    return c->is_interrupted;
}

/* --- keys --------------------------------------------------------------- */

bool console_is_done(const Console *c) {
    return c->snapshot->state == RUN_DONE;
}

KeyMode console_mode(const Console *c) {
    if (c->is_filtering)
        return MODE_FILTER;
    if (c->is_help)
        return MODE_HELP;
    if (c->palette.is_open)
        return MODE_PALETTE;
    if (c->dialog.kind != DIALOG_NONE || c->form.kind != FORM_NONE ||
        c->chooser.is_open)
        return MODE_DIALOG;
    if (c->is_editing)
        return MODE_STAGES;
    return console_is_done(c) ? MODE_DONE : MODE_WHEEL;
}

KeyChain console_chain(const Console *c) {
    KeyMode mode = console_mode(c);
    const TableState *t = &c->view.table[c->view.view];
    if (mode != MODE_WHEEL && mode != MODE_DONE)
        return (KeyChain){ { mode, MODE_ANY } };
    bool has_cursor = c->view.look.has_cursor;
    if (views[c->view.view].is_table && !t->is_open && !has_cursor)
        return (KeyChain){ { MODE_TABLE, mode, MODE_VIEWS, MODE_ANY } };
    if (views[c->view.view].is_table && !t->is_open) /* below are charts */
        return (KeyChain){
            { MODE_TABLE, mode, MODE_TIME, MODE_VIEWS, MODE_ANY }
        };
    if (views[c->view.view].is_table)
        return (KeyChain){
            { MODE_OPEN, mode, MODE_TIME, MODE_VIEWS, MODE_ANY }
        };
    if (has_cursor) /* its keys matter now, in the key bar too */
        return (KeyChain){ { MODE_TIME, mode, MODE_VIEWS, MODE_ANY } };
    return (KeyChain){ { mode, MODE_TIME, MODE_VIEWS, MODE_ANY } };
}

void console_scroll(int *top, KeyAct act) {
    if (act == ACT_UP)
        *top -= 1;
    else if (act == ACT_DOWN)
        *top += 1;
    else if (act == ACT_PAGE_UP)
        *top -= HELP_PAGE;
    else if (act == ACT_PAGE_DOWN)
        *top += HELP_PAGE;
    else if (act == ACT_FIRST)
        *top = 0;
    else if (act == ACT_LAST)
        *top = 1 << 20; /* drawing ends it */
    if (*top < 0)
        *top = 0;
}

static void help_pressed(Console *c, int key) {
    const KeyStroke *k = key_find(MODE_HELP, key);
    if (key == KEYCODE_ESC && console_filter_clear(c))
        return;
    if (k && k->act == ACT_FILTER)
        console_filter_open(c);
    else if (k && (k->act == ACT_LEAVE || k->act == ACT_HELP))
        c->is_help = false;
    else if (k)
        console_scroll(&c->help_top, k->act);
}

static void main_pressed(Console *c, int key) {
    KeyChain chain = console_chain(c);
    const KeyStroke *k = key_find_in(&chain, key);
    char name[KEY_NAME_MAX], text[80];
    if (key == KEYCODE_ESC && console_filter_clear(c))
        return;
    if (k && (console_act_plan(c, k) || console_act_view(c, k)))
        return;
    snprintf(text, sizeof text, "no key '%s' here; ? shows the keys",
             key_print(name, key));
    if (key != KEYCODE_ESC)
        console_notice(c, text, true);
}

void console_follow(Console *c) {
    c->snapshot = source_snapshot(c->source);
    if (console_is_done(c) && !c->was_done) {
        c->notice_until_ns = 0; /* "finishing", and what Q would do */
        if (c->view.view != VIEW_LIVE)
            console_notice(c, "the run is over; 1 shows the verdicts", false);
    }
    c->was_done = console_is_done(c);
    if (!console_is_done(c) ||
        (c->dialog.kind == DIALOG_NONE && c->form.kind == FORM_NONE &&
         !c->is_editing && c->question == QUESTION_NONE))
        return;
    bool lost = c->is_editing && editor_changes(&c->editor) > 0;
    c->dialog.kind = DIALOG_NONE;
    form_close(&c->form);
    c->question = QUESTION_NONE;
    if (c->is_editing)
        console_leave_editor(c);
    console_show(c, VIEW_LIVE); /* the verdicts stand there */
    console_notice(c,
                   lost ? "the run is over; the draft was not applied"
                        : "the run is over",
                   lost);
}

Scene console_scene(Console *c) {
    return (Scene){ c->snapshot, console_wheel(c), c->source->info, &c->view,
                    console_earlier(c) };
}

void console_key(Console *c, int key) {
    c->is_dirty = true;
    if (key == KEYCODE_NONE || key == KEYCODE_RESIZE ||
        key == KEYCODE_CTRL('l') || c->is_closed)
        return;
    console_follow(c);
    KeyMode mode = console_mode(c);
    if (key == KEYCODE_CTRL('c'))
        console_interrupt(c);
    else if (mode == MODE_FILTER && key != KEYCODE_F1)
        console_filter_key(c, key);
    else if (mode == MODE_HELP)
        help_pressed(c, key);
    else if (c->question != QUESTION_NONE)
        console_answer(c, key);
    else if (key == KEYCODE_F1)
        console_help(c);
    else if (c->form.kind != FORM_NONE)
        console_form_key(c, key);
    else if (c->chooser.is_open)
        console_chooser_key(c, key);
    else if (mode == MODE_PALETTE)
        console_palette_key(c, key);
    else if (mode == MODE_DIALOG)
        console_dialog_key(c, key);
    else if (mode == MODE_STAGES)
        console_editor_key(c, key);
    else
        main_pressed(c, key);
}

/* --- frames ------------------------------------------------------------- */

static News news_of(const Console *c, const Snapshot *s) {
    News n = { s->state, s->now_ns, s->active, s->alive, s->in_flight, 0, 0 };
    n.events = source_wheel(c->source)->log.count;
    for (size_t i = 0; s->gauges && i < s->gauges->count; i++)
        if (!isnan(s->gauges->items[i].last))
            n.gauges += s->gauges->items[i].last;
    return n;
}

void console_note_news(Console *c) {
    c->news = news_of(c, c->snapshot);
}

static bool is_news(const Console *c) {
    News n = news_of(c, source_snapshot(c->source)), o = c->news;
    return n.state != o.state || n.now_ns != o.now_ns || n.active != o.active ||
           n.alive != o.alive || n.in_flight != o.in_flight ||
           n.events != o.events || n.gauges < o.gauges || n.gauges > o.gauges;
}

bool console_wants_frame(const Console *c, uint64_t now_ns) {
    if (c->is_dirty)
        return true;
    if (c->view.notice && now_ns >= c->notice_until_ns)
        return true;
    return now_ns - c->drawn_ns >= c->frame_ns && is_news(c);
}
