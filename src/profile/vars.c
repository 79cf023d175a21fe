/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/vars.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define BLANKS " \t"

const VarInfo var_info[VAR_KINDS] = {
    [VAR_ENV] = { "env", ".NAME",
                  "the environment's variable of that name, in any value",
                  true },
    [VAR_OWN] = { "NAME", "",
                  "the text of [vars] NAME = VALUE, in any value it suits",
                  false },
    [VAR_VU] = { "vu", "", "the virtual user's number, from 1", true },
    [VAR_ITERATION] = { "iteration", "",
                        "how many iterations the virtual user began before "
                        "this one: from 0",
                        true },
    [VAR_UUID] = { "uuid", "", "a random UUID (version 4)", true },
    [VAR_NOW] = { "now", "", "Unix time in milliseconds", true },
    [VAR_RANDOM] = { "random", " A B",
                     "a whole number from A to B, both included", true },
    [VAR_PICK] = { "pick", " A B …",
                   "one of these words; A*3 is picked three times as often",
                   true },
    [VAR_DATA] = { "NAME", ".COLUMN",
                   "that column of [data NAME], of the row that the iteration "
                   "works with",
                   false },
    [VAR_EXTRACTED] = { "NAME", "",
                        "what an earlier request's extract NAME took from its "
                        "answer",
                        false },
};

/* One "${…}" of a value. */
typedef struct Reading {
    const char *value;        /* as written */
    const char *open, *inner; /* "${", and behind it */
    const char *end;          /* its "}" */
    VarScope *scope;
    Arena *arena;
    Err *err;
} Reading;

/* A text that is made. */
typedef struct Making {
    Text text;
    Var *items;
    size_t count, cap;
    VarPiece *pieces;
    size_t piece_count, piece_cap;
} Making;

static int complain(const Reading *r, const char *where, const char *what) {
    return err_at(r->err, (int)(where - r->value) + 1, "%s", what);
}

static VarWord next_word(const Reading *r, const char **from) {
    const char *s = *from + strspn(*from, BLANKS);
    if (s > r->end)
        s = r->end;
    size_t n = strcspn(s, BLANKS "}");
    *from = s + n;
    return (VarWord){ .bytes = s, .length = n, .at = (size_t)(s - r->open) };
}

/* --- built-in ones ------------------------------------------------------ */

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

/* "standard*6": takes the weight off the word. */
static int read_weight(const Reading *r, VarWord *w, uint64_t *weight) {
    const char *star = memrchr(w->bytes, '*', w->length);
    size_t n = star ? (size_t)(w->bytes + w->length - star) - 1 : 0;
    *weight = 1;
    if (n == 0 || star == w->bytes || strspn(star + 1, "0123456789") < n)
        return 0;
    *weight = strtoull(star + 1, NULL, 10);
    if (n > 6 || *weight == 0)
        return complain(r, star + 1, "a weight is 1 to 999999");
    w->length = (size_t)(star - w->bytes);
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
    uint64_t until = 0, weight;
    for (size_t i = 0; i < count; i++) {
        VarWord w = next_word(r, &at);
        if (read_weight(r, &w, &weight) < 0)
            return -1;
        until += weight;
        for (size_t k = 0; k < w.length; k++)
            if ((unsigned char)w.bytes[k] < 0x20 || w.bytes[k] == 0x7f)
                return complain(r, w.bytes + k,
                                "a word of pick has no control bytes");
        words[i] = (VarWord){ arena_dup_bytes(r->arena, w.bytes, w.length),
                              w.length, w.at, until };
    }
    v->words = words;
    v->word_count = count;
    return 0;
}

/* VAR_KINDS: there is none of that name. */
static VarKind find_built_in(const char *name) {
    int kind = 0;
    while (kind < VAR_KINDS && (!var_info[kind].is_built_in ||
                                !text_equal(var_info[kind].name, name)))
        kind++;
    return (VarKind)kind;
}

/* at: behind its name. */
static int read_built_in(const Reading *r, const char *at, Var *v) {
    if (v->kind == VAR_ENV)
        return complain(r, r->open, "write ${env.NAME}");
    if (v->kind == VAR_RANDOM)
        return read_random(r, at, v);
    if (v->kind == VAR_PICK)
        return read_pick(r, at, v);
    VarWord w = next_word(r, &at);
    return w.length ? complain(r, w.bytes, "nothing stands behind this name")
                    : 0;
}

/* --- names of the profile ----------------------------------------------- */

static VarEntry *find_entry(const VarScope *s, const char *name) {
    for (size_t i = 0; i < s->entry_count; i++)
        if (text_equal(s->entries[i].name, name))
            return &s->entries[i];
    return NULL;
}

static size_t find_extracted(const VarScope *s, const char *name) {
    size_t i = 0;
    while (i < s->extracted_count && !text_equal(s->extracted[i], name))
        i++;
    return i;
}

static size_t find_data(const VarScope *s, const char *name) {
    size_t i = 0;
    while (i < s->data_count && !text_equal(s->data[i].name, name))
        i++;
    return i;
}

static const char **all_names(const VarScope *s, size_t *count) {
    size_t n = 0;
    const char **names =
        mem_alloc(VAR_KINDS + s->entry_count + s->data_count +
                      s->extracted_count,
                  sizeof *names);
    for (size_t i = 0; i < VAR_KINDS; i++)
        if (var_info[i].is_built_in)
            names[n++] = var_info[i].name;
    for (size_t i = 0; i < s->entry_count; i++)
        names[n++] = s->entries[i].name;
    for (size_t i = 0; i < s->extracted_count; i++)
        names[n++] = s->extracted[i];
    for (size_t i = 0; i < s->data_count; i++)
        names[n++] = s->data[i].name;
    *count = n;
    return names;
}

static void list_all(const VarScope *s, Text *to) {
    const char *gap = "; there are ";
    for (size_t i = 0; i < VAR_KINDS; i++)
        if (var_info[i].is_built_in) {
            text_addf(to, "%s${%s%s}", gap, var_info[i].name,
                      var_info[i].args);
            gap = ", ";
        }
    for (size_t i = 0; i < s->entry_count; i++)
        text_addf(to, ", ${%s}", s->entries[i].name);
    for (size_t i = 0; i < s->extracted_count; i++)
        text_addf(to, ", ${%s}", s->extracted[i]);
    for (size_t i = 0; i < s->data_count; i++)
        text_addf(to, ", ${%s.COLUMN}", s->data[i].name);
}

static int unknown(const Reading *r, const char *name) {
    size_t count;
    const char **names = all_names(r->scope, &count);
    char first[VARS_NAME_MAX + 1];
    snprintf(first, sizeof first, "%.*s", (int)strcspn(name, "."), name);
    const char *near = text_nearest(first, names, count);
    Text more = { 0 };
    if (near)
        text_addf(&more, "; did you mean '%s'?", near);
    else
        list_all(r->scope, &more);
    err_at(r->err, (int)(r->open - r->value) + 1,
           "there is no variable '%s'%s", name, more.bytes);
    text_close(&more);
    free(names);
    return -1;
}

/* ${NAME.COLUMN}; a column's name may hold blanks and points. */
static int read_column(const Reading *r, const char *at, size_t set, Var *v) {
    DataSet *data = &r->scope->data[set];
    Text name = { 0 };
    Err err;
    text_add(&name, at, (size_t)(r->end - at));
    v->kind = VAR_DATA;
    v->set = (uint32_t)set;
    v->is_secret = secret_is_name(at, (size_t)(r->end - at)) ||
                   secret_is_name(data->name, strlen(data->name));
    int rc = 0;
    if (data->file &&
        data_column(data->file, text_trim(name.bytes), &v->column, &err) < 0)
        rc = complain(r, at, err.text);
    text_close(&name);
    return rc;
}

static int read_name(const Reading *r, const char *at, const char *name,
                     Var *v) {
    const VarScope *s = r->scope;
    size_t slot = find_extracted(s, name), set = find_data(s, name);
    if (set < s->data_count && *at == '.')
        return read_column(r, at + 1, set, v);
    if (set < s->data_count)
        return err_at(r->err, (int)(r->open - r->value) + 1,
                      "'%s' has columns: write ${%s.COLUMN}", name, name);
    if (slot == s->extracted_count || *at == '.') {
        Text whole = { 0 };
        text_add(&whole, name, strlen(name));
        text_add(&whole, at, strcspn(at, BLANKS "}"));
        unknown(r, whole.bytes);
        text_close(&whole);
        return -1;
    }
    v->kind = VAR_EXTRACTED;
    v->slot = (uint32_t)slot;
    VarWord w = next_word(r, &at);
    return w.length ? complain(r, w.bytes, "nothing stands behind this name")
                    : 0;
}

/* --- one "${…}" --------------------------------------------------------- */

static void add_piece(Making *m, const Reading *r, const char *from,
                      bool is_fixed) {
    mem_grow(m->pieces, m->piece_count, m->piece_cap);
    m->pieces[m->piece_count++] =
        (VarPiece){ m->text.length, (int)(from - r->value) + 1, is_fixed };
}

static void add_var(Making *m, const Var *v, size_t at) {
    mem_grow(m->items, m->count, m->cap);
    m->items[m->count] = *v;
    m->items[m->count++].at = at;
}

/* ${env.NAME}: its value goes to the text. */
static int read_env(const Reading *r, Making *to) {
    const char *from = r->inner + strlen("env.");
    char name[128];
    snprintf(name, sizeof name, "%.*s", (int)(r->end - from), from);
    const char *value = getenv(name);
    if (!value && r->scope->is_only_shown)
        value = "";
    if (!value)
        return err_at(r->err, (int)(r->open - r->value) + 1,
                      "the environment has no variable '%s'", name);
    if (r->scope->secrets && secret_is_name(name, strlen(name)))
        secrets_add_field(r->scope->secrets, value, strlen(value));
    else if (r->scope->secrets && !r->scope->is_shown)
        secrets_add_word(r->scope->secrets, value, strlen(value));
    add_piece(to, r, r->open, true);
    text_adds(&to->text, value);
    add_piece(to, r, r->end + 1, false);
    return 0;
}

/* What a saved profile has in place of a secret. */
static int read_lost(const Reading *r, Making *to) {
    if (!r->scope->is_only_shown)
        return complain(r, r->open,
                        "a secret stood here, which was not saved: write "
                        "${env.NAME} in place of ${***} and set NAME (or save "
                        "with --keep-secrets)");
    add_piece(to, r, r->open, true);
    text_adds(&to->text, "***");
    add_piece(to, r, r->end + 1, false);
    return 0;
}

/* "a → b → a" */
static int tell_circle(const Reading *r, const VarEntry *again) {
    Text t = { 0 }, more = { 0 };
    for (const VarEntry *e = r->scope->reading; e; e = e->from) {
        text_addf(&more, "%s → %s", e->name, t.length ? t.bytes : again->name);
        text_clear(&t);
        text_add(&t, more.bytes, more.length);
        text_clear(&more);
        if (e == again || t.length > ERR_TEXT_MAX)
            break;
    }
    err_at(r->err, (int)(r->open - r->value) + 1,
           "these variables stand in each other: %s", t.bytes);
    text_close(&more);
    text_close(&t);
    return -1;
}

static int read_own(const Reading *r, VarEntry *e, Making *to) {
    if (e->state == VAR_READING)
        return tell_circle(r, e);
    vars_read_entry(r->scope, e, r->arena, NULL);
    add_piece(to, r, r->open, true);
    bool is_secret = secret_is_name(e->name, strlen(e->name));
    for (size_t i = 0; i < e->is.vars.count; i++) {
        Var v = e->is.vars.items[i];
        v.is_secret |= is_secret;
        add_var(to, &v, to->text.length + v.at);
    }
    text_add(&to->text, e->is.text, e->is.length);
    add_piece(to, r, r->end + 1, false);
    return 0;
}

static int read_one(const Reading *r, Making *to) {
    if (!r->end)
        return complain(r, r->open, "the ${ has no closing }");
    if (text_starts(r->inner, "env."))
        return read_env(r, to);
    if (text_starts(r->inner, "***}"))
        return read_lost(r, to);
    const char *at = r->inner + strspn(r->inner, BLANKS);
    size_t n = strcspn(at, BLANKS ".}");
    char name[2 * VARS_NAME_MAX]; /* a longer one is not known, either */
    snprintf(name, sizeof name, "%.*s", (int)n, at);
    at += n;
    VarEntry *own = find_entry(r->scope, name);
    if (own && *at != '.') {
        VarWord more = next_word(r, &at);
        return more.length ? complain(r, more.bytes,
                                      "nothing stands behind this name")
                           : read_own(r, own, to);
    }
    Var v = { .kind = find_built_in(name),
              .length = (size_t)(r->end + 1 - r->open) };
    bool is_built_in = v.kind != VAR_KINDS && *at != '.';
    if ((is_built_in ? read_built_in(r, at, &v)
                     : read_name(r, at, name, &v)) < 0)
        return -1;
    add_var(to, &v, to->text.length);
    text_add(&to->text, r->open, v.length);
    return 0;
}

/* --- texts -------------------------------------------------------------- */

static Vars keep(const Making *m, Arena *arena) {
    Var *items = arena_array(arena, Var, m->count + 1);
    VarPiece *pieces = arena_array(arena, VarPiece, m->piece_count + 1);
    if (m->count)
        memcpy(items, m->items, m->count * sizeof *items);
    if (m->piece_count)
        memcpy(pieces, m->pieces, m->piece_count * sizeof *pieces);
    return (Vars){ items, m->count, pieces, m->piece_count };
}

const char *vars_read(const char *value, VarScope *scope, Arena *arena,
                      Vars *vars, Err *err) {
    Making m = { 0 };
    const char *at = value, *out = NULL;
    int rc = 0;
    for (const char *s; rc == 0 && (s = strstr(at, "${"));) {
        text_add(&m.text, at, (size_t)(s - at));
        Reading r = { value, s, s + 2, strchr(s, '}'), scope, arena, err };
        rc = read_one(&r, &m);
        at = r.end ? r.end + 1 : at;
        if (rc == 0 && m.text.length > VARS_TEXT_MAX)
            rc = complain(&r, s, "with its variables the value becomes longer "
                                 "than 256 KiB");
    }
    if (rc == 0) {
        text_adds(&m.text, at);
        out = arena_dup_bytes(arena, m.text.bytes, m.text.length);
        *vars = keep(&m, arena);
    }
    text_close(&m.text);
    free(m.items);
    free(m.pieces);
    return out;
}

int vars_read_entry(VarScope *scope, VarEntry *e, Arena *arena, Err *err) {
    Err own = { 0 };
    if (e->state == VAR_UNREAD) {
        e->state = VAR_READING;
        e->from = scope->reading;
        scope->reading = e;
        const char *text =
            vars_read(e->value, scope, arena, &e->is.vars, &own);
        scope->reading = e->from;
        e->state = text ? VAR_READ : VAR_BAD;
        e->is.text = text ? text : "";
        e->is.length = strlen(e->is.text);
        if (!text) {
            Err *kept = arena_make(arena, Err);
            *kept = own;
            e->err = kept;
        }
    }
    if (e->state == VAR_BAD && err)
        *err = *e->err;
    return e->state == VAR_READ ? 0 : -1;
}

int vars_ask(VarScope *scope, const char *name, size_t length, Arena *arena,
             uint32_t *id, Err *err) {
    Text t = { 0 };
    VarAsked asked;
    Err own = { 0 };
    text_add(&t, "${", 2);
    text_add(&t, name, length);
    text_adds(&t, "}");
    asked.name = arena_dup_bytes(arena, name, length);
    asked.is.text = vars_read(t.bytes, scope, arena, &asked.is.vars, &own);
    text_close(&t);
    if (!asked.is.text)
        return err_set(err, "%s", own.text);
    asked.is.length = strlen(asked.is.text);
    for (size_t i = 0; i < asked.is.vars.count; i++) {
        VarKind kind = asked.is.vars.items[i].kind;
        if (kind == VAR_UUID || kind == VAR_RANDOM || kind == VAR_PICK)
            return err_set(err, "${%s} is drawn anew each time: nothing can "
                                "be compared with it",
                           asked.name);
    }
    for (size_t i = 0; i < scope->asked_count; i++)
        if (text_equal(scope->asked[i].name, asked.name)) {
            *id = (uint32_t)i;
            return 0;
        }
    mem_grow(scope->asked, scope->asked_count, scope->asked_cap);
    *id = (uint32_t)scope->asked_count;
    scope->asked[scope->asked_count++] = asked;
    return 0;
}

void vars_close(VarScope *scope) {
    free(scope->asked);
    scope->asked = NULL;
    scope->asked_count = scope->asked_cap = 0;
}

int vars_check_name(const char *name, Err *err) {
    for (const char *s = name; *s; s++)
        if (!isalnum((unsigned char)*s) && *s != '_')
            return err_at(err, (int)(s - name) + 1,
                          "a variable's name has letters, digits and _");
    if (isdigit((unsigned char)*name) || !*name)
        return err_at(err, 1, "a variable's name begins with a letter");
    if (strlen(name) > VARS_NAME_MAX)
        return err_at(err, 1, "a variable's name has at most %d bytes",
                      VARS_NAME_MAX);
    if (find_built_in(name) != VAR_KINDS)
        return err_at(err, 1, "'%s' is a variable of onrush itself", name);
    return 0;
}

/* --- what was read ------------------------------------------------------ */

Vars vars_behind(const Vars *vars, size_t first, Arena *arena) {
    Var *items = arena_array(arena, Var, vars->count + 1);
    for (size_t i = 0; i < vars->count; i++) {
        items[i] = vars->items[i];
        items[i].at -= first;
    }
    return (Vars){ .items = items, .count = vars->count };
}

bool vars_cover(const Vars *vars, size_t at) {
    for (size_t i = 0; i < vars->count; i++)
        if (at >= vars->items[i].at &&
            at < vars->items[i].at + vars->items[i].length)
            return true;
    return false;
}

int vars_column(const Vars *vars, size_t at) {
    for (size_t i = vars->piece_count; i-- > 0;) {
        const VarPiece *p = &vars->pieces[i];
        if (p->at <= at)
            return p->is_fixed ? p->column : p->column + (int)(at - p->at);
    }
    return (int)at + 1;
}
