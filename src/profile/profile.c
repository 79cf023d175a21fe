/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/profile.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "plan/stage_text.h"
#include "profile/carry.h"
#include "profile/flow.h"
#include "profile/keys.h"

static bool is_kind(const IniSection *s, const char *kind) {
    size_t n = strlen(kind);
    return strncmp(s->name, kind, n) == 0 &&
           (s->name[n] == '\0' || s->name[n] == ' ');
}

/* --- what the command line changes -------------------------------------- */

/* "target.timeout=5s", "request.home.GET=/x": first word the section, last
 * the key, between them the section's name. */
static void apply_set(Ini *ini, const char *set, Diags *d) {
    const char *equals = strchr(set, '=');
    char where[256];
    size_t n = equals ? (size_t)(equals - set) : 0;
    if (n == 0 || n >= sizeof where) {
        diags_add(d, 0, 0, "--set %s: write SECTION.KEY=VALUE", set);
        return;
    }
    memcpy(where, set, n);
    where[n] = '\0';
    char *first = strchr(where, '.'), *last = strrchr(where, '.');
    if (!first || first == where || !last[1]) {
        diags_add(d, 0, 0, "--set %s: write SECTION.KEY=VALUE", set);
        return;
    }
    *last = '\0';
    if (first != last)
        *first = ' ';
    ini_set(ini, where, last + 1, equals + 1);
}

static void apply_stages(Ini *ini, const char *stages) {
    ini_clear(ini, "stages");
    int number = 1;
    for (const char *at = stages;; number++) {
        const char *end = strchrnul(at, ',');
        char name[32];
        char *value = mem_alloc((size_t)(end - at) + 1, 1);
        memcpy(value, at, (size_t)(end - at));
        snprintf(name, sizeof name, "stage-%d", number);
        ini_set(ini, "stages", name, text_trim(value));
        free(value);
        if (!*end)
            return;
        at = end + 1;
    }
}

static void apply_options(Ini *ini, const ProfileOptions *o, Diags *d) {
    if (o->url)
        ini_set(ini, "target", "url", o->url);
    if (o->stages)
        apply_stages(ini, o->stages);
    for (size_t i = 0; i < o->set_count; i++)
        apply_set(ini, o->sets[i], d);
}

/* Virtual users come whole. */
static double scaled(double level, double by, PlanUnit unit) {
    return unit == PLAN_RATE ? level * by : round(level * by);
}

static void scale(Profile *p, const ProfileOptions *o) {
    double time = o->time_scale > 0 ? o->time_scale : 1;
    double load = o->load_scale > 0 ? o->load_scale : 1;
    for (size_t i = 0; i < p->plan.count; i++) {
        Stage *s = &p->plan.stages[i];
        s->length_ns = (uint64_t)llround((double)s->length_ns * time);
        s->full_ns = s->length_ns;
        s->level = scaled(s->level, load, p->plan.unit);
    }
    p->start = scaled(p->start, load, p->plan.unit);
    p->plan.start = p->start;
    plan_layout(&p->plan);
}

/* --- values ------------------------------------------------------------- */

/* false after a mistake. */
static bool expand(KeyContext *c, const Key *k) {
    Err err;
    c->value =
        vars_read(c->entry->value, &c->profile->arena, &c->vars, &err);
    if (!c->value) {
        key_error(c, err.column, "%s", err.text);
        return false;
    }
    if (c->vars.count == 0 || key_takes_vars(k))
        return true;
    key_error(c, (int)c->vars.items[0].at + 1,
              "'%.*s' differs from request to request: it may stand in a "
              "path, a header or a body",
              (int)c->vars.items[0].length, c->value + c->vars.items[0].at);
    return false;
}

static bool is_repeated(const IniSection *s, size_t i) {
    for (size_t k = 0; k < i; k++)
        if (text_equal(s->entries[k].key, s->entries[i].key))
            return true;
    return false;
}

static void read_section(Profile *p, const IniSection *s, Request *r,
                         Diags *d) {
    const SectionInfo *info = section_find(s, d);
    if (!info)
        return;
    for (size_t i = 0; i < s->count; i++) {
        KeyContext c = { .profile = p,
                         .request = r,
                         .section = s,
                         .entry = &s->entries[i],
                         .diags = d };
        const Key *k = section_key(info, c.entry, d);
        if (!k)
            continue;
        if (is_repeated(s, i) && (k->times == KEY_ONCE || info->free_keys)) {
            diags_add(d, c.entry->line, c.entry->key_column,
                      "'%s' stands twice in [%s]", c.entry->key, s->name);
            continue;
        }
        if (expand(&c, k))
            k->read(&c);
    }
}

/* --- requests ----------------------------------------------------------- */

static void add_request(Profile *p, const IniSection *s, Diags *d) {
    const char *name = s->name + strlen("request");
    while (*name == ' ' || *name == '\t')
        name++;
    if (!*name) {
        diags_add(d, s->line, 1, "a request needs a name: [request home]");
        return;
    }
    for (const char *b = name; *b; b++)
        if (strchr(" \t,()*{}\"", *b) || (unsigned char)*b < 0x20) {
            diags_add(d, s->line, (int)(b - s->name) + 2,
                      "a request's name has no blanks, commas, brackets, "
                      "braces, quotes or *");
            return;
        }
    if (p->request_count == PROFILE_REQUESTS_MAX) {
        diags_add(d, s->line, 1, "a profile has at most %d requests",
                  PROFILE_REQUESTS_MAX);
        return;
    }
    char clean[64];
    text_clean(clean, sizeof clean, name, strlen(name));
    mem_grow(p->requests, p->request_count, p->request_cap);
    p->requests[p->request_count++] =
        (Request){ .name = arena_dup_text(&p->arena, clean), .line = s->line };
}

static void check_request(const Request *r, Diags *d) {
    if (!r->method)
        diags_add(d, r->line, 1,
                  "[request %s] has no method and path: GET = /path", r->name);
    else if (r->body &&
             (text_equal(r->method, "GET") || text_equal(r->method, "HEAD")))
        diags_add(d, r->line, 1, "[request %s]: a %s has no body", r->name,
                  r->method);
}

static void index_names(Profile *p) {
    p->request_names =
        arena_array(&p->arena, const char *, p->request_count + 1);
    for (size_t i = 0; i < p->request_count; i++)
        p->request_names[i] = p->requests[i].name;
}

static void index_checks(Profile *p) {
    p->check_labels = arena_array(&p->arena, const char *, p->check_total + 1);
    p->check_series = arena_array(&p->arena, uint32_t, p->check_total + 1);
    for (size_t i = 0; i < p->request_count; i++)
        for (size_t k = 0; k < p->requests[i].check_count; k++) {
            const Check *c = &p->requests[i].checks[k];
            p->check_labels[c->index] = c->name;
            p->check_series[c->index] = (uint32_t)i;
        }
}

/* --- the whole ---------------------------------------------------------- */

static void set_defaults(Profile *p, const char *path) {
    const char *base = strrchr(path, '/');
    char *name = arena_dup_text(&p->arena, base ? base + 1 : path);
    char *dot = strrchr(name, '.');
    if (dot && dot != name)
        *dot = '\0';
    *p = (Profile){ .arena = p->arena, .ini = p->ini };
    p->path = arena_dup_text(&p->arena, path);
    p->name = name;
    p->kind = "custom";
    p->description = "";
    p->graceful_stop_ns = p->graceful_ramp_down_ns = 30 * NS_PER_S;
    p->timeout_ns = 10 * NS_PER_S;
    p->max_vus = PROFILE_MAX_VUS_DEFAULT;
    p->target = (TargetOptions){ .streams = 1,
                                 .pipeline = 1,
                                 .connects_at_once = 100,
                                 .tls_verify = true };
    plan_init(&p->plan, PLAN_VUS, 0);
}

/* Sections in the order that they depend on each other: the stages say what
 * levels count. */
static void read_sections(Profile *p, Diags *d) {
    static const char *const order[] = { "stages", "profile", "target",
                                         "scenario", "thresholds",
                                         "monitor" };
    size_t scenarios = 0;
    for (size_t i = 0; i < p->ini.count; i++)
        if (is_kind(&p->ini.sections[i], "request"))
            add_request(p, &p->ini.sections[i], d);
    index_names(p);
    for (size_t i = 0, r = 0; i < p->ini.count && r < p->request_count; i++)
        if (is_kind(&p->ini.sections[i], "request") &&
            p->requests[r].line == p->ini.sections[i].line)
            read_section(p, &p->ini.sections[i], &p->requests[r++], d);
    for (size_t k = 0; k < sizeof order / sizeof *order; k++)
        for (size_t i = 0; i < p->ini.count; i++) {
            const IniSection *s = &p->ini.sections[i];
            if (!is_kind(s, order[k]))
                continue;
            if (text_equal(order[k], "scenario") && ++scenarios > 1)
                diags_add(d, s->line, 1,
                          "this version has one scenario a profile");
            read_section(p, s, NULL, d);
        }
    for (size_t i = 0; i < p->ini.count; i++) {
        const IniSection *s = &p->ini.sections[i];
        bool known = is_kind(s, "request");
        for (size_t k = 0; k < sizeof order / sizeof *order; k++)
            known |= is_kind(s, order[k]);
        if (!known)
            section_find(s, d);
    }
}

static void check_connections(const Profile *p, Diags *d) {
    const TargetOptions *t = &p->target;
    if (t->pipeline > 1 && t->new_connection != NEW_CONNECTION_NEVER)
        diags_add(d, 0, 0,
                  "[target] pipeline shares a connection, new_connection "
                  "makes one for each: write one of them");
    if (t->pipeline > 1 && t->http2)
        diags_add(d, 0, 0,
                  "[target] pipeline is for HTTP/1.1; with http = 2 VUs share "
                  "a connection by streams = %llu",
                  (unsigned long long)t->pipeline);
}

static void check_whole(Profile *p, Diags *d) {
    check_connections(p, d);
    if (!p->url.text)
        diags_add(d, 0, 0,
                  "[target] url is missing: url = "
                  "http://127.0.0.1:8080 (or --url)");
    if (!ini_find(&p->ini, "stages"))
        diags_add(d, 0, 0,
                  "[stages] is missing: warm-up = 2m to 100 (or "
                  "--stages)");
    else if (p->plan.count == 0 && d->count == 0)
        diags_add(d, ini_find(&p->ini, "stages")->line, 1,
                  "[stages] is empty: warm-up = 2m to 100");
    else if (plan_total_ns(&p->plan) == 0 && d->count == 0)
        diags_add(d, ini_find(&p->ini, "stages")->line, 1,
                  "all stages together last 0 s");
    bool any = false;
    for (size_t i = 0; i < p->ini.count; i++)
        any |= is_kind(&p->ini.sections[i], "request");
    if (!any)
        diags_add(d, 0, 0, "a [request NAME] is missing: GET = /");
    for (size_t i = 0; i < p->request_count; i++)
        check_request(&p->requests[i], d);
    if (p->url.text)
        carry_check(p, d);
}

static int interpret(Profile *out, const char *path,
                     const ProfileOptions *options, Diags *d, Ini ini) {
    Profile p = { .ini = ini };
    apply_options(&p.ini, options, d);
    set_defaults(&p, path);
    read_sections(&p, d);
    check_whole(&p, d);
    if (d->count) {
        diags_sort(d);
        profile_close(&p);
        return -1;
    }
    if (p.flow_count == 0)
        flow_default(&p);
    for (size_t i = 0; i < p.flow_count; i++)
        p.flow_weight += p.flows[i].weight;
    index_checks(&p);
    p.plan.start = p.start;
    scale(&p, options);
    *out = p;
    return 0;
}

int profile_read_text(Profile *out, const char *text, size_t length,
                      const char *path, const ProfileOptions *options,
                      Diags *diags) {
    Ini ini;
    ini_read_text(&ini, text, length, diags);
    return interpret(out, path, options, diags, ini);
}

int profile_read(Profile *out, const char *path, const ProfileOptions *options,
                 Diags *diags) {
    Ini ini;
    if (ini_read(&ini, path, diags) < 0)
        return -1;
    return interpret(out, path, options, diags, ini);
}

void profile_close(Profile *p) {
    for (size_t i = 0; i < p->request_count; i++) {
        free(p->requests[i].headers);
        free(p->requests[i].checks);
    }
    free(p->requests);
    free(p->headers);
    free(p->target.resolve);
    free(p->target.local);
    threshold_list_close(&p->thresholds);
    plan_close(&p->plan);
    ini_close(&p->ini);
    arena_close(&p->arena);
    *p = (Profile){ 0 };
}

/* A file is looked for beside the profile: say where it is now. */
static void print_value(const Profile *p, const IniEntry *e, Text *to) {
    bool is_body = text_equal(e->key, "body") && e->value[0] == '@';
    const char *file = is_body ? e->value + 1 : e->value;
    static const char *const files[] = { "tls_ca", "tls_cert", "tls_key",
                                         "unix_socket" };
    bool is_file = is_body;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        is_file |= text_equal(e->key, files[i]);
    if (!is_file || file[0] == '/') {
        text_adds(to, e->value);
        return;
    }
    const char *slash = strrchr(p->path, '/');
    char *dir = mem_alloc(strlen(p->path) + 2, 1);
    memcpy(dir, slash ? p->path : ".", slash ? (size_t)(slash - p->path) : 1);
    char *whole = realpath(*dir ? dir : "/", NULL);
    text_addf(to, "%s%s/%s", is_body ? "@" : "", whole ? whole : dir, file);
    free(whole);
    free(dir);
}

void profile_print(const Profile *p, const Plan *plan, uint64_t until_ns,
                   Text *to) {
    for (size_t i = 0; i < p->ini.count; i++) {
        const IniSection *s = &p->ini.sections[i];
        text_addf(to, "%s[%s]\n", i ? "\n" : "", s->name);
        if (text_equal(s->name, "stages")) {
            plan_print(plan, until_ns, to);
            continue;
        }
        bool profile = text_equal(s->name, "profile");
        for (size_t k = 0; k < s->count; k++) {
            if (profile && text_equal(s->entries[k].key, "start"))
                continue;
            text_addf(to, "%s = ", s->entries[k].key);
            print_value(p, &s->entries[k], to);
            text_adds(to, "\n");
        }
        UnitsText level;
        if (profile && plan->start > 0)
            text_addf(to, "start = %s\n",
                      units_level(level, plan->start, plan->unit == PLAN_RATE));
    }
}

/* --- think time --------------------------------------------------------- */

uint64_t think_draw(const Think *t, Rng *r) {
    double ns = 0;
    switch (t->kind) {
    case THINK_NONE:
        return 0;
    case THINK_FIXED:
        ns = t->a_ns;
        break;
    case THINK_UNIFORM:
        ns = t->a_ns + (t->b_ns - t->a_ns) * rng_unit(r);
        break;
    case THINK_EXP:
        ns = -log(1 - rng_unit(r)) * t->a_ns;
        break;
    case THINK_NORMAL:
        /* Box and Muller 1958 */
        ns = t->a_ns + t->b_ns * sqrt(-2 * log(1 - rng_unit(r))) *
                           cos(6.28318530717958647692 * rng_unit(r));
        break;
    }
    return ns > 0 ? (uint64_t)ns : 0;
}
