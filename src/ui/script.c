/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/script.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "ui/keys.h"
#include "ui/utf8.h"

#define SCRIPT_BYTES_MAX (1u << 20)
#define SECONDS_MAX 1e6
#define CELL_MAX 10000

/* A line under work. */
typedef struct Line {
    Script *script;
    Diags *diags;
    int number;
    const char *begin, *at, *end;
    uint64_t at_ns;
} Line;

static int column(const Line *l, const char *at) {
    return (int)(at - l->begin) + 1;
}

static void skip_blanks(Line *l) {
    while (l->at < l->end && (*l->at == ' ' || *l->at == '\t'))
        l->at++;
}

/* The next word, its beginning in *at; false at the end. */
static bool word(Line *l, char to[SCRIPT_NAME_MAX], const char **at) {
    skip_blanks(l);
    *at = l->at;
    size_t n = 0;
    while (l->at < l->end && *l->at != ' ' && *l->at != '\t') {
        if (n < SCRIPT_NAME_MAX - 1)
            to[n++] = *l->at;
        l->at++;
    }
    to[n] = '\0';
    return n > 0;
}

static ScriptStep *add_step(Line *l, int key) {
    Script *s = l->script;
    mem_grow(s->steps, s->count, s->cap);
    s->steps[s->count] = (ScriptStep){ .at_ns = l->at_ns, .key = key };
    return &s->steps[s->count++];
}

static void read_typed(Line *l) {
    size_t length = (size_t)(l->end - l->at);
    if (length < 2) {
        diags_add(l->diags, l->number, column(l, l->at),
                  "what is to be typed is missing: type +500");
        return;
    }
    char *text = mem_alloc(length, 1);
    memcpy(text, l->at + 1, length - 1); /* behind one blank, all of it */
    const char *s = text;
    for (uint32_t rune; (rune = utf8_next(&s));)
        add_step(l, (int)rune);
    free(text);
}

static void read_shot(Line *l) {
    char name[SCRIPT_NAME_MAX], more[SCRIPT_NAME_MAX];
    const char *at;
    if (!word(l, name, &at)) {
        diags_add(l->diags, l->number, column(l, at),
                  "a name is missing: shot spike-dialog");
        return;
    }
    for (const char *s = name; *s; s++)
        if (!isalnum((unsigned char)*s) && *s != '-' && *s != '_') {
            diags_add(l->diags, l->number, column(l, at),
                      "'%s' is no name for a shot: letters, digits, - and _",
                      name);
            return;
        }
    memcpy(add_step(l, KEYCODE_NONE)->shot, name, sizeof name);
    if (word(l, more, &at) && *more != '#')
        diags_add(l->diags, l->number, column(l, at),
                  "'%s' is not expected after a shot's name", more);
}

static bool read_cell(Line *l, int *to) {
    char text[SCRIPT_NAME_MAX], *end;
    const char *at;
    word(l, text, &at);
    long n = strtol(text, &end, 10);
    if (!isdigit((unsigned char)*text) || *end || n < 1 || n > CELL_MAX) {
        diags_add(l->diags, l->number, column(l, at),
                  "a row and a column are wanted, from 1: click 3 40");
        return false;
    }
    *to = (int)n - 1;
    return true;
}

static void read_click(Line *l) {
    MouseEvent e = { .kind = MOUSE_PRESS };
    char more[SCRIPT_NAME_MAX];
    const char *at;
    if (!read_cell(l, &e.y) || !read_cell(l, &e.x))
        return;
    add_step(l, KEYCODE_MOUSE)->mouse = e;
    e.kind = MOUSE_RELEASE;
    add_step(l, KEYCODE_MOUSE)->mouse = e;
    if (word(l, more, &at) && *more != '#')
        diags_add(l->diags, l->number, column(l, at),
                  "'%s' is not expected after a click's place", more);
}

static void read_keys(Line *l, char name[SCRIPT_NAME_MAX], const char *at) {
    do {
        if (*name == '#')
            return;
        int key = key_read(name);
        const char *near = key ? NULL : key_nearest(name);
        if (key)
            add_step(l, key);
        else if (near)
            diags_add(l->diags, l->number, column(l, at),
                      "there is no key '%s'; did you mean '%s'?", name, near);
        else
            diags_add(
                l->diags, l->number, column(l, at),
                "there is no key '%s': a character, or enter, esc, tab, "
                "up, pgup, f1, ctrl-x; or type TEXT, click ROW COLUMN, shot "
                "NAME",
                name);
    } while (word(l, name, &at));
}

static bool read_seconds(Line *l, const char *text, const char *at) {
    char *end;
    double s = strtod(text, &end);
    if (!isdigit((unsigned char)*text) || *end || !(s <= SECONDS_MAX)) {
        diags_add(l->diags, l->number, column(l, at),
                  "'%s' is no number of seconds: write 2.5 +", text);
        return false;
    }
    l->at_ns = (uint64_t)llround(s * 1e9);
    const Script *k = l->script;
    if (k->count && k->steps[k->count - 1].at_ns > l->at_ns)
        diags_add(l->diags, l->number, column(l, at),
                  "%s comes before the line above: time does not go back",
                  text);
    return true;
}

static void read_line(Line *l) {
    char text[SCRIPT_NAME_MAX];
    const char *at;
    if (!word(l, text, &at) || *text == '#')
        return;
    if (!read_seconds(l, text, at))
        return;
    if (!word(l, text, &at) || *text == '#')
        diags_add(l->diags, l->number, column(l, at),
                  "a key is missing after the time");
    else if (text_equal(text, "type"))
        read_typed(l);
    else if (text_equal(text, "shot"))
        read_shot(l);
    else if (text_equal(text, "click"))
        read_click(l);
    else
        read_keys(l, text, at);
}

int script_parse(Script *s, const char *text, Diags *d) {
    size_t mistakes = d->count;
    *s = (Script){ 0 };
    Line l = { .script = s, .diags = d };
    while (*text) {
        const char *end = strchrnul(text, '\n');
        l.number++;
        l.begin = l.at = text;
        l.end = end > text && end[-1] == '\r' ? end - 1 : end;
        read_line(&l);
        text = *end ? end + 1 : end;
    }
    if (d->count == mistakes)
        return 0;
    script_close(s);
    return -1;
}

int script_read(Script *s, const char *path, Diags *d) {
    Text text = { 0 };
    Err err;
    int rc = file_read(path, SCRIPT_BYTES_MAX, &text, &err);
    *s = (Script){ 0 };
    if (rc < 0)
        diags_add(d, 0, 0, "%s", err.text);
    else
        rc = script_parse(s, text.bytes ? text.bytes : "", d);
    text_close(&text);
    return rc;
}

const ScriptStep *script_due(Script *s, uint64_t now_ns) {
    return script_next_ns(s) <= now_ns ? &s->steps[s->next++] : NULL;
}

uint64_t script_next_ns(const Script *s) {
    return s->next < s->count ? s->steps[s->next].at_ns : UINT64_MAX;
}

void script_close(Script *s) {
    free(s->steps);
    *s = (Script){ 0 };
}

/* --- frames ------------------------------------------------------------- */

int frames_open(Frames *f, const char *dir, Err *err) {
    if (file_make_dir(dir, err) < 0)
        return -1;
    *f = (Frames){ .dir = mem_dup_text(dir) };
    return 0;
}

bool frames_due(const Frames *f, uint64_t now_ns) {
    return now_ns >= f->count * NS_PER_S;
}

static int write_cells(const Frames *f, const Cells *c, const char *name,
                       Err *err) {
    Text path = { 0 }, text = { 0 };
    text_addf(&path, "%s/%s.txt", f->dir, name);
    cells_print(c, &text);
    int rc = file_write(path.bytes, text.bytes, text.length, err);
    text_close(&path);
    text_close(&text);
    return rc;
}

/* A late frame has the number of its second: the name tells the time. */
int frames_write(Frames *f, const Cells *c, uint64_t now_ns, Err *err) {
    char name[32];
    f->count = now_ns / NS_PER_S + 1;
    snprintf(name, sizeof name, "frame-%04" PRIu64, f->count);
    return write_cells(f, c, name, err);
}

int frames_shot(const Frames *f, const Cells *c, const char *name, Err *err) {
    return write_cells(f, c, name, err);
}

void frames_close(Frames *f) {
    free(f->dir);
    *f = (Frames){ 0 };
}
