/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/scope.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "profile/keys_answer.h"

/* --- one name space ----------------------------------------------------- */

typedef enum NameKind { NAME_OWN, NAME_DATA, NAME_EXTRACTED } NameKind;

static const char *const kinds[] = {
    [NAME_OWN] = "a variable of [vars]",
    [NAME_DATA] = "a data set",
    [NAME_EXTRACTED] = "taken from an answer",
};

typedef struct Name {
    const char *name; /* in the profile's arena */
    NameKind kind;
    int line;
} Name;

typedef struct Names {
    Profile *profile;
    Diags *diags;
    Name *items;
    size_t count, cap;
    /* where it stands now */
    const IniSection *section;
    int line, column;
} Names;

static bool is_double(Names *all, const Name *was, NameKind kind) {
    if (was->kind == kind && kind == NAME_EXTRACTED)
        return true;
    char where[40] = "on the command line";
    if (was->line)
        snprintf(where, sizeof where, "in line %d", was->line);
    diags_add(all->diags, all->line, all->column,
              "'%s' is %s here and %s %s: a name has one meaning", was->name,
              kinds[kind], kinds[was->kind], where);
    return true;
}

/* NULL: it is no new one. */
static const char *declare(Names *all, const char *name, NameKind kind,
                           size_t count, size_t most) {
    Err err;
    if (vars_check_name(name, &err) < 0) {
        diags_add(all->diags, all->line,
                  all->line ? all->column + err.column - 1 : 0, "%s",
                  err.text);
        return NULL;
    }
    for (size_t i = 0; i < all->count; i++)
        if (text_equal(all->items[i].name, name) &&
            is_double(all, &all->items[i], kind))
            return NULL;
    if (count == most) {
        diags_add(all->diags, all->line, all->column,
                  "a profile has at most %zu of them: '%s' is %s", most, name,
                  kinds[kind]);
        return NULL;
    }
    mem_grow(all->items, all->count, all->cap);
    Name *n = &all->items[all->count++];
    *n = (Name){ arena_dup_text(&all->profile->arena, name), kind, all->line };
    return n->name;
}

/* --- collecting --------------------------------------------------------- */

static bool stands_before(const IniSection *s, size_t i) {
    for (size_t k = 0; k < i; k++)
        if (text_equal(s->entries[k].key, s->entries[i].key))
            return true;
    return false;
}

static void collect_own(Names *all, size_t i) {
    const IniEntry *e = &all->section->entries[i];
    VarScope *s = &all->profile->vars;
    if (stands_before(all->section, i)) /* read_section says so */
        return;
    const char *name =
        declare(all, e->key, NAME_OWN, s->entry_count, PROFILE_VARS_MAX);
    if (!name)
        return;
    mem_grow(s->entries, s->entry_count, s->entry_cap);
    s->entries[s->entry_count++] =
        (VarEntry){ .name = name, .value = e->value, .line = e->line };
}

static void collect_extracted(Names *all, size_t i) {
    const IniEntry *e = &all->section->entries[i];
    Profile *p = all->profile;
    if (!key_is(e->key, "extract"))
        return;
    const char *at = key_second_word(e);
    if (!*at) {
        diags_add(all->diags, all->line, all->column,
                  "which variable? write extract NAME = VALUE");
        return;
    }
    if (all->line)
        all->column += (int)(at - e->key);
    const char *name = declare(all, at, NAME_EXTRACTED, p->extracted_count,
                               PROFILE_EXTRACTS_MAX);
    if (!name)
        return;
    mem_grow(p->extracted, p->extracted_count, p->extracted_cap);
    p->extracted[p->extracted_count++] = name;
}

static bool has_key(const IniSection *s, const char *key) {
    for (size_t i = 0; i < s->count; i++)
        if (text_equal(s->entries[i].key, key))
            return true;
    return false;
}

static void collect_data(Names *all) {
    VarScope *s = &all->profile->vars;
    const char *item = section_item(all->section);
    all->line = all->section->line;
    all->column = all->line ? (int)(item - all->section->name) + 2 : 0;
    if (!*item) {
        diags_add(all->diags, all->line, all->column,
                  "data need a name: [data products]");
        return;
    }
    const char *name =
        declare(all, item, NAME_DATA, s->data_count, PROFILE_DATA_MAX);
    if (!name)
        return;
    mem_grow(s->data, s->data_count, s->data_cap);
    s->data[s->data_count++] = (DataSet){
        .name = name,
        .format = { .separator = ',', .has_header = true },
        .names_file = has_key(all->section, "file"),
        .line = all->line,
    };
}

void scope_collect(Profile *p, Diags *d) {
    Names all = { .profile = p, .diags = d };
    for (size_t i = 0; i < p->ini.count; i++) {
        const IniSection *s = all.section = &p->ini.sections[i];
        if (section_is(s, "data"))
            collect_data(&all);
        for (size_t k = 0; k < s->count; k++) {
            all.line = s->entries[k].line;
            all.column = s->entries[k].key_column;
            if (text_equal(s->name, "vars"))
                collect_own(&all, k);
            else if (section_is(s, "request"))
                collect_extracted(&all, k);
        }
    }
    p->vars.extracted = p->extracted;
    p->vars.extracted_count = p->extracted_count;
    free(all.items);
}

bool scope_slot(const Profile *p, const char *name, uint32_t *slot) {
    for (size_t i = 0; i < p->extracted_count; i++)
        if (text_equal(p->extracted[i], name)) {
            *slot = (uint32_t)i;
            return true;
        }
    return false;
}

int scope_ask(void *profile, const char *name, size_t length, uint32_t *id,
              Err *err) {
    Profile *p = profile;
    return vars_ask(&p->vars, name, length, &p->arena, id, err);
}

/* --- data --------------------------------------------------------------- */

DataSet *scope_data(Profile *p, const char *name) {
    for (size_t i = 0; i < p->vars.data_count; i++)
        if (text_equal(p->vars.data[i].name, name))
            return &p->vars.data[i];
    return NULL;
}

void scope_open(Profile *p, Diags *d) {
    for (size_t i = 0; i < p->vars.data_count; i++) {
        DataSet *s = &p->vars.data[i];
        Err err;
        if (!s->path) {
            if (!s->names_file)
                diags_add(d, s->line, s->line ? 1 : 0,
                          "[data %s] has no file: file = %s.csv", s->name,
                          s->name);
            continue;
        }
        s->file = data_open(s->path, s->format, &err);
        if (!s->file)
            diags_add(d, s->file_line, s->file_column, "%s", err.text);
    }
}

void scope_load(Profile *p, Diags *d) {
    for (size_t i = 0; i < p->vars.data_count; i++) {
        DataSet *s = &p->vars.data[i];
        Err err;
        if (s->file && d->count == 0 && !data_is_wanted(s->file))
            diags_add(d, s->line, 1,
                      "nothing uses [data %s]: write ${%s.COLUMN} into a "
                      "request, or take it out",
                      s->name, s->name);
        else if (s->file && data_load(s->file, &err) < 0)
            diags_add(d, s->file_line, s->file_column, "%s", err.text);
    }
}

void scope_close(Profile *p) {
    for (size_t i = 0; i < p->vars.data_count; i++)
        data_close(p->vars.data[i].file);
    free(p->vars.data);
    free(p->vars.entries);
    vars_close(&p->vars);
    p->vars = (VarScope){ 0 };
}

/* --- flows -------------------------------------------------------------- */

typedef struct Walk {
    const Profile *profile;
    const Scenario *scenario;
    const Request *request;
    bool *known; /* by slot: an earlier step extracts it */
    bool *told;  /* by slot, of this request in this scenario */
    Diags *diags;
} Walk;

static void check_used(Walk *w, const Vars *vars) {
    for (size_t i = 0; i < vars->count; i++) {
        const Var *v = &vars->items[i];
        if (v->kind != VAR_EXTRACTED || w->known[v->slot] || w->told[v->slot])
            continue;
        w->told[v->slot] = true;
        diags_add(w->diags, w->request->line, 1,
                  "${%s} is used in [request %s], but nothing before it in "
                  "the flow of [scenario %s] extracts it",
                  w->profile->extracted[v->slot], w->request->name,
                  w->scenario->name);
    }
}

/* Expressions know what their own answer gave, but for those that take it. */
typedef struct Asking {
    Walk *walk;
    bool knows_own;
} Asking;

static bool extracts(const Request *r, uint32_t slot) {
    for (size_t i = 0; i < r->extract_count; i++)
        if (r->extracts[i].slot == slot)
            return true;
    return false;
}

static void check_asked(void *data, uint32_t id) {
    const Asking *a = data;
    const Vars *vars = &a->walk->profile->vars.asked[id].is.vars;
    for (size_t i = 0; i < vars->count; i++)
        if (!a->knows_own || vars->items[i].kind != VAR_EXTRACTED ||
            !extracts(a->walk->request, vars->items[i].slot))
            check_used(a->walk, &(Vars){ .items = &vars->items[i],
                                         .count = 1 });
}

static void check_judged(Walk *w) {
    const Request *r = w->request;
    Asking taking = { w, false }, judging = { w, true };
    for (size_t i = 0; i < r->extract_count; i++)
        expr_variables(r->extracts[i].value, check_asked, &taking);
    for (size_t i = 0; i < r->check_count; i++)
        expr_variables(r->checks[i].expr, check_asked, &judging);
    for (size_t i = 0; i < r->record_count; i++)
        expr_variables(r->records[i].value, check_asked, &judging);
    if (r->poll.until)
        expr_variables(r->poll.until, check_asked, &judging);
}

static bool says_header(const Request *r, const char *name) {
    for (size_t i = 0; i < r->header_count; i++)
        if (strcasecmp(r->headers[i].name, name) == 0)
            return true;
    return false;
}

static void check_sent(Walk *w) {
    const Request *r = w->request;
    check_used(w, &r->path_vars);
    check_used(w, &r->body_vars);
    for (size_t i = 0; i < r->header_count; i++)
        check_used(w, &r->headers[i].vars);
    for (size_t i = 0; i < w->profile->header_count; i++)
        if (!says_header(r, w->profile->headers[i].name))
            check_used(w, &w->profile->headers[i].vars);
}

static void check_flow(Walk *w, const Flow *f, bool *told) {
    size_t slots = w->profile->extracted_count;
    memset(w->known, 0, slots * sizeof *w->known);
    for (size_t i = 0; i < f->count; i++) {
        const uint32_t *made = &f->requests[f->steps[i].first];
        for (size_t k = 0; k < f->steps[i].count; k++) {
            w->request = &w->profile->requests[made[k]];
            w->told = told + made[k] * slots;
            check_sent(w);
            check_judged(w);
        }
        for (size_t k = 0; k < f->steps[i].count; k++) {
            const Request *r = &w->profile->requests[made[k]];
            for (size_t e = 0; e < r->extract_count; e++)
                w->known[r->extracts[e].slot] = true;
        }
    }
}

void vars_check_flows(const Profile *p, Diags *d) {
    size_t slots = p->extracted_count;
    if (slots == 0)
        return;
    Walk w = { .profile = p,
               .known = mem_alloc(slots, sizeof *w.known),
               .diags = d };
    for (size_t i = 0; i < p->scenario_count; i++) {
        bool *told = mem_alloc(p->request_count * slots + 1, sizeof *told);
        w.scenario = &p->scenarios[i];
        for (size_t k = 0; k < w.scenario->flow_count; k++)
            check_flow(&w, &w.scenario->flows[k], told);
        free(told);
    }
    free(w.known);
}
