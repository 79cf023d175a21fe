/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/vars.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define BLANKS " \t"

const VarInfo var_info[VAR_KINDS] = {
    [VAR_ENV] = { "env", ".NAME",
                  "the environment's variable of that name, in any value" },
    [VAR_VU] = { "vu", "", "the virtual user's number, from 1" },
    [VAR_ITERATION] = { "iteration", "",
                        "how many iterations the virtual user began before "
                        "this one: from 0" },
    [VAR_UUID] = { "uuid", "", "a random UUID (version 4)" },
    [VAR_NOW] = { "now", "", "Unix time in milliseconds" },
    [VAR_RANDOM] = { "random", " A B", "a whole number from A to B, both "
                                       "included" },
    [VAR_PICK] = { "pick", " A B …", "one of these words" },
};

/* One "${…}" of a value. */
typedef struct Reading {
    const char *value;        /* as written */
    const char *open, *inner; /* "${", and behind it */
    const char *end;          /* its "}" */
    size_t at;                /* of "${" in the text */
    Arena *arena;
    Err *err;
} Reading;

static int complain(const Reading *r, const char *where, const char *what) {
    return err_at(r->err, (int)(where - r->value) + 1, "%s", what);
}

static VarWord next_word(const Reading *r, const char **from) {
    const char *s = *from + strspn(*from, BLANKS);
    if (s > r->end)
        s = r->end;
    size_t n = strcspn(s, BLANKS "}");
    *from = s + n;
    return (VarWord){ s, n, r->at + (size_t)(s - r->open) };
}

static int read_random(const Reading *r, const char *at, Var *v) {
    int64_t bound[2];
    for (int i = 0; i < 2; i++) {
        char *stop;
        VarWord w = next_word(r, &at);
        errno = 0;
        bound[i] = strtoll(w.bytes, &stop, 10);
        if (w.length == 0 || stop != w.bytes + w.length || errno)
            return complain(r, w.bytes,
                            "write ${random A B} with two whole numbers, such "
                            "as ${random 1 6}");
        if (i == 1 && bound[1] < bound[0])
            return complain(r, w.bytes,
                            "the second number of random is at least the "
                            "first one");
    }
    VarWord more = next_word(r, &at);
    if (more.length)
        return complain(r, more.bytes, "random has two numbers");
    v->least = bound[0];
    v->range = (uint64_t)bound[1] - (uint64_t)bound[0];
    return 0;
}

static int read_pick(const Reading *r, const char *at, Var *v) {
    const char *s = at;
    size_t count = 0;
    while (next_word(r, &s).length)
        count++;
    if (count == 0)
        return complain(r, at, "write ${pick A B …} with at least one word");
    VarWord *words = arena_array(r->arena, VarWord, count);
    for (size_t i = 0; i < count; i++) {
        VarWord w = next_word(r, &at);
        for (size_t k = 0; k < w.length; k++)
            if ((unsigned char)w.bytes[k] < 0x20 || w.bytes[k] == 0x7f)
                return complain(r, w.bytes + k,
                                "a word of pick has no control bytes");
        words[i] = (VarWord){ arena_dup_bytes(r->arena, w.bytes, w.length),
                              w.length, w.at };
    }
    v->words = words;
    v->word_count = count;
    return 0;
}

static int unknown(const Reading *r, const char *name) {
    const char *names[VAR_KINDS];
    for (size_t i = 0; i < VAR_KINDS; i++)
        names[i] = var_info[i].name;
    const char *near = text_nearest(name, names, VAR_KINDS);
    Text all = { 0 };
    for (size_t i = 0; !near && i < VAR_KINDS; i++)
        text_addf(&all, "%s${%s%s}", i ? ", " : "; there are ",
                  var_info[i].name, var_info[i].args);
    if (near)
        text_addf(&all, "; did you mean '%s'?", near);
    err_at(r->err, (int)(r->open - r->value) + 1,
           "there is no variable '%s'%s", name, all.bytes);
    text_close(&all);
    return -1;
}

static int read_var(const Reading *r, Var *v) {
    const char *at = r->inner;
    VarWord w = next_word(r, &at);
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)w.length, w.bytes);
    int kind = VAR_VU;
    while (kind < VAR_KINDS && !text_equal(var_info[kind].name, name))
        kind++;
    if (kind == VAR_KINDS)
        return unknown(r, name);
    *v = (Var){ .kind = (VarKind)kind,
                .at = r->at,
                .length = (size_t)(r->end + 1 - r->open) };
    if (kind == VAR_RANDOM)
        return read_random(r, at, v);
    if (kind == VAR_PICK)
        return read_pick(r, at, v);
    w = next_word(r, &at);
    return w.length ? complain(r, w.bytes, "nothing stands behind this name")
                    : 0;
}

/* ${env.NAME}: its value goes to the text. */
static int read_env(const Reading *r, Text *to) {
    const char *from = r->inner + strlen("env.");
    char name[128];
    snprintf(name, sizeof name, "%.*s", (int)(r->end - from), from);
    const char *value = getenv(name);
    if (!value)
        return err_at(r->err, (int)(r->open - r->value) + 1,
                      "the environment has no variable '%s'", name);
    text_adds(to, value);
    return 0;
}

static int read_one(const Reading *r, Text *to, Var **list, size_t *count,
                    size_t *cap) {
    if (!r->end)
        return complain(r, r->open, "the ${ has no closing }");
    if (text_starts(r->inner, "env."))
        return read_env(r, to);
    Var v;
    if (read_var(r, &v) < 0)
        return -1;
    mem_grow(*list, *count, *cap);
    (*list)[(*count)++] = v;
    text_add(to, r->open, v.length);
    return 0;
}

static Vars keep(const Var *list, size_t count, Arena *arena) {
    Var *items = arena_array(arena, Var, count + 1);
    if (count)
        memcpy(items, list, count * sizeof *items);
    return (Vars){ items, count };
}

const char *vars_read(const char *value, Arena *arena, Vars *vars, Err *err) {
    Text t = { 0 };
    Var *list = NULL;
    size_t count = 0, cap = 0;
    const char *at = value, *out = NULL;
    int rc = 0;
    for (const char *s; rc == 0 && (s = strstr(at, "${"));) {
        text_add(&t, at, (size_t)(s - at));
        Reading r = { value, s, s + 2, strchr(s, '}'), t.length, arena, err };
        rc = read_one(&r, &t, &list, &count, &cap);
        at = r.end ? r.end + 1 : at;
    }
    if (rc == 0) {
        text_adds(&t, at);
        out = arena_dup_bytes(arena, t.bytes, t.length);
        *vars = keep(list, count, arena);
    }
    text_close(&t);
    free(list);
    return out;
}

Vars vars_behind(const Vars *vars, size_t first, Arena *arena) {
    Var *items = arena_array(arena, Var, vars->count + 1);
    for (size_t i = 0; i < vars->count; i++) {
        items[i] = vars->items[i];
        items[i].at -= first;
    }
    return (Vars){ items, vars->count };
}

bool vars_cover(const Vars *vars, size_t at) {
    for (size_t i = 0; i < vars->count; i++)
        if (at >= vars->items[i].at &&
            at < vars->items[i].at + vars->items[i].length)
            return true;
    return false;
}
