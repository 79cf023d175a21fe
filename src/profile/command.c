/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/command.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define BLANKS " \t"

/* A word under construction. */
typedef struct Reading {
    const char *line;
    const Vars *vars;
    size_t at, next_var;
    Arena *arena;
    Err *err;
    Text text;
    Var *list;
    size_t count, cap;
} Reading;

static int complain(Reading *r, size_t at, const char *what) {
    return err_at(r->err, (int)at + 1, "%s", what);
}

/* Is there a variable here? Then it is taken whole. */
static bool take_var(Reading *r) {
    if (r->next_var == r->vars->count ||
        r->vars->items[r->next_var].at != r->at)
        return false;
    Var v = r->vars->items[r->next_var++];
    v.at = r->text.length;
    mem_grow(r->list, r->count, r->cap);
    r->list[r->count++] = v;
    text_add(&r->text, r->line + r->at, v.length);
    r->at += v.length;
    return true;
}

static void take_byte(Reading *r) {
    text_add(&r->text, r->line + r->at++, 1);
}

static int take_quoted(Reading *r) {
    size_t begin = r->at++;
    char quote = r->line[begin];
    while (r->line[r->at] != quote) {
        const char *s = r->line + r->at;
        if (!*s)
            return complain(r, begin, "this quote has no end");
        if (take_var(r))
            continue;
        if (quote == '"' && *s == '\\' && (s[1] == '"' || s[1] == '\\'))
            r->at++;
        take_byte(r);
    }
    r->at++;
    return 0;
}

static int take_word(Reading *r) {
    while (r->line[r->at] && !strchr(BLANKS, r->line[r->at])) {
        char ch = r->line[r->at];
        if (take_var(r))
            continue;
        if (ch == '\'' || ch == '"') {
            if (take_quoted(r) < 0)
                return -1;
            continue;
        }
        if (ch == '\\' && !r->line[++r->at])
            return complain(r, r->at - 1, "nothing stands behind this \\");
        take_byte(r);
    }
    return 0;
}

static CommandWord keep(Reading *r) {
    Var *items = arena_array(r->arena, Var, r->count + 1);
    if (r->count)
        memcpy(items, r->list, r->count * sizeof *items);
    CommandWord w = {
        .bytes = r->text.length
                     ? arena_dup_bytes(r->arena, r->text.bytes, r->text.length)
                     : "",
        .length = r->text.length,
        .vars = { .items = items, .count = r->count },
    };
    text_clear(&r->text);
    r->count = 0;
    return w;
}

int command_read(const char *line, const Vars *vars, Arena *arena,
                 CommandLine *out, Err *err) {
    Reading r = { .line = line, .vars = vars, .arena = arena, .err = err };
    CommandWord *words = NULL;
    size_t cap = 0;
    int rc = 0;
    *out = (CommandLine){ 0 };
    for (;;) {
        r.at += strspn(line + r.at, BLANKS);
        if (!line[r.at] || (rc = take_word(&r)) < 0)
            break;
        mem_grow(words, out->count, cap);
        words[out->count++] = keep(&r);
    }
    if (rc == 0 && (!words || !words[0].length))
        rc = complain(&r, 0, "write a command and its arguments, such as "
                             "./guestctl inspect disk.img");
    out->words = arena_array(arena, CommandWord, out->count + 1);
    if (words)
        memcpy(out->words, words, out->count * sizeof *words);
    free(words);
    free(r.list);
    text_close(&r.text);
    return rc;
}

bool command_is_in(const Profile *p) {
    for (size_t i = 0; i < p->request_count; i++)
        if (p->requests[i].is_exec)
            return true;
    return false;
}

bool command_is_run(const Profile *p) {
    for (size_t i = 0; i < p->event_count; i++)
        if (p->events[i].exec)
            return true;
    for (size_t i = 0; i < p->alerts.count; i++)
        if (p->alerts.items[i].exec)
            return true;
    return command_is_in(p);
}

bool command_is_all(const Profile *p) {
    for (size_t i = 0; i < p->request_count; i++)
        if (!p->requests[i].is_exec)
            return false;
    return p->request_count > 0;
}
