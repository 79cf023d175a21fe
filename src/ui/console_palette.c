/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line after `:': keys, what it would do, and doing it. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "control/verbs.h"
#include "ui/console_state.h"

#define KINDS 5

/* --- what is known for completion --------------------------------------- */

/* Names of stages that are not over; two words cannot be typed as one argument.
 */
static size_t stage_names(const Plan *p, const char **to, size_t most) {
    size_t count = 0;
    for (size_t i = p->current; i < p->count && count < most; i++) {
        bool is_told = strchr(p->stages[i].name, ' ');
        for (size_t k = 0; k < count; k++)
            is_told |= text_equal(to[k], p->stages[i].name);
        if (!is_told && *p->stages[i].name)
            to[count++] = p->stages[i].name;
    }
    return count;
}

/* Reading the folders is not for every key. */
static size_t earlier_names(Console *c, const char *const **names) {
    const ConsoleHost *h = &c->host;
    const char *earlier = own_commands[OWN_EARLIER].name;
    if (!h->earlier_names || !text_starts(c->palette.field.text, earlier))
        return 0;
    size_t count = h->earlier_names(h->data, names);
    return count < PALETTE_CHOICES ? count : PALETTE_CHOICES;
}

typedef void LookFn(Palette *p, const PaletteWords *words, size_t count);

static void palette_look_at(Console *c, LookFn *look) {
    const Wheel *w = console_wheel(c);
    const char *stages[PALETTE_CHOICES], *names[VIEW_COUNT];
    for (int i = 0; i < VIEW_COUNT; i++)
        names[i] = views[i].name;
    const char *const *runs = NULL;
    size_t run_count = earlier_names(c, &runs);
    static const char *const spans[] = { "30s", "1m", "5m", "15m" };
    PaletteWords words[KINDS] = {
        { "STAGE", stages, stage_names(w->plan, stages, PALETTE_CHOICES) },
        { "SCENARIO", (const char *const *)w->names,
          w->plan_count > 1 ? w->plan_count : 0 },
        { "VIEW", names, VIEW_COUNT },
        { "DURATION", spans, 4 },
        { "RUN", runs, run_count },
    };
    c->palette.is_over = console_is_done(c);
    look(&c->palette, words, KINDS);
}

void console_palette_open(Console *c) {
    palette_look_at(c, palette_open);
}

/* --- what is typed ------------------------------------------------------ */

/* What a line is: exactly one of own and verb, or neither. */
typedef struct Typed {
    char line[FIELD_BYTES + 1];
    const char *text, *args;
    OwnId own;
    const Verb *verb;
} Typed;

static void read_line(const Console *c, Typed *t, Err *err) {
    snprintf(t->line, sizeof t->line, "%s", c->palette.field.text);
    t->text = text_trim(t->line);
    t->verb = NULL;
    t->own = own_find(t->text, &t->args);
    for (int i = 0; i < VIEW_COUNT && t->own == OWN_COUNT; i++)
        if (text_equal(views[i].name, t->text)) {
            t->own = OWN_VIEW;
            t->args = t->text;
        }
    if (t->own == OWN_COUNT)
        t->verb = verb_find(t->text, &t->args, err);
}

/* Tries a verb on a copy of the wheel. */
static int try_verb(Console *c, const Typed *t, Trial *trial, Text *answer,
                    Err *err) {
    if (console_is_done(c))
        return err_set(err, "the run is over");
    return trial_do(console_wheel(c), c->snapshot->now_ns, t->text, trial,
                    answer, err);
}

/* A name that is still being typed is no mistake. */
static Style says_choices(const Console *c, const Err *err, Text *to) {
    const Palette *p = &c->palette;
    if (!p->count) {
        text_adds(to, err->text);
        return STYLE_WARN;
    }
    text_adds(to, *p->field.text ? "Tab completes, Up and Down choose"
                                 : "type, or choose with Up and Down");
    return STYLE_DIM;
}

static Style says_result(int rc, const Err *err, const char *help, Text *to) {
    if (rc < 0) {
        text_clear(to);
        text_adds(to, err->text);
    } else if (!to->length) {
        text_adds(to, help);
    }
    return rc < 0 ? STYLE_WARN : STYLE_HAND;
}

Style console_palette_says(Console *c, Text *to) {
    Typed t;
    Err err = { 0 };
    Trial trial = { 0 };
    const Palette *p = &c->palette;
    if (p->has_error) {
        text_adds(to, p->error);
        return STYLE_BAD;
    }
    if (p->chosen >= 0 && *p->choices[p->chosen].help) {
        text_adds(to, p->choices[p->chosen].help);
        return STYLE_TEXT;
    }
    read_line(c, &t, &err);
    if (t.own != OWN_COUNT) {
        int rc = console_own(c, t.own, t.args, true, to, &err);
        return says_result(rc, &err, own_commands[t.own].help, to);
    }
    if (!t.verb)
        return says_choices(c, &err, to);
    int rc = try_verb(c, &t, &trial, to, &err);
    if (rc == 0 && trial.is_dangerous) {
        text_clear(to);
        trial_warn(&trial, console_wheel(c)->plan->unit, to);
        return STYLE_BAD;
    }
    return says_result(rc, &err, t.verb->help, to);
}

/* --- doing it ----------------------------------------------------------- */

static void refuse(Console *c, const Err *err) {
    c->palette.has_error = true;
    snprintf(c->palette.error, sizeof c->palette.error, "%.190s", err->text);
}

static void leave(Console *c) {
    palette_remember(&c->palette);
    c->palette.is_open = false;
}

static void do_own(Console *c, const Typed *t) {
    Text answer = { 0 };
    Err err = { 0 };
    if (console_own(c, t->own, t->args, true, &answer, &err) < 0) {
        refuse(c, &err);
        text_close(&answer);
        return;
    }
    leave(c);
    text_clear(&answer);
    int rc = console_own(c, t->own, t->args, false, &answer, &err);
    if (rc < 0 || answer.length)
        console_notice(c, rc < 0 ? err.text : answer.bytes, rc < 0);
    text_close(&answer);
}

static void do_verb(Console *c, const Typed *t, bool is_confirmed) {
    Text answer = { 0 };
    Err err = { 0 };
    Trial trial = { 0 };
    if (try_verb(c, t, &trial, &answer, &err) < 0) {
        refuse(c, &err);
    } else if (trial.is_dangerous && !is_confirmed) {
        text_clear(&answer);
        trial_warn(&trial, console_wheel(c)->plan->unit, &answer);
        console_ask(c, QUESTION_PALETTE, answer.bytes);
    } else {
        leave(c);
        console_send(c, t->text);
    }
    text_close(&answer);
}

void console_palette_do(Console *c, bool is_confirmed) {
    Typed t;
    Err err = { 0 };
    read_line(c, &t, &err);
    if (t.own != OWN_COUNT)
        do_own(c, &t);
    else if (t.verb)
        do_verb(c, &t, is_confirmed);
    else
        refuse(c, &err);
}

/* A name that is not whole is completed and only then done, so that "st" is
 * never `stop' by surprise; what is harmless, or chosen by hand, is done. */
static void enter(Console *c) {
    Palette *p = &c->palette;
    Typed t;
    read_line(c, &t, NULL);
    bool is_whole = t.own != OWN_COUNT || t.verb;
    if (p->chosen < 0 && (is_whole || !p->count)) {
        if (*t.text)
            console_palette_do(c, false);
        else
            p->is_open = false;
        return;
    }
    if (!*t.text && p->chosen < 0) {
        p->is_open = false;
        return;
    }
    const Choice *k = &p->choices[p->chosen < 0 ? 0 : p->chosen];
    bool is_done = k->is_whole && (p->chosen >= 0 || k->is_harmless);
    palette_complete(p);
    palette_look_at(c, palette_look);
    if (is_done)
        console_palette_do(c, false);
}

/* --- keys --------------------------------------------------------------- */

static void move(Console *c, int by) {
    Palette *p = &c->palette;
    size_t at = p->history_at;
    palette_move(p, by);
    if (p->history_at != at)
        palette_look_at(c, palette_look);
}

void console_palette_key(Console *c, int key) {
    Palette *p = &c->palette;
    const KeyStroke *k = key_find(MODE_PALETTE, key);
    KeyAct act = k ? k->act : ACT_NONE;
    if (act == ACT_LEAVE || (key == KEYCODE_BACKSPACE && !*p->field.text)) {
        p->is_open = false;
    } else if (act == ACT_APPLY) {
        enter(c);
    } else if (act == ACT_COMPLETE) {
        palette_complete(p);
        palette_look_at(c, palette_look);
    } else if (act == ACT_UP || act == ACT_DOWN) {
        move(c, act == ACT_UP ? -1 : 1);
    } else if (field_key(&p->field, key)) {
        p->history_at = p->history_count;
        palette_look_at(c, palette_look);
    }
}
