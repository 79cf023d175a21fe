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
#include "profile/command.h"
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

static void scale_plan(Plan *p, double time, double load) {
    for (size_t i = 0; i < p->count; i++) {
        Stage *s = &p->stages[i];
        s->length_ns = (uint64_t)llround((double)s->length_ns * time);
        s->full_ns = s->length_ns;
        s->level = scaled(s->level, load, p->unit);
    }
    p->start = scaled(p->start, load, p->unit);
    plan_layout(p);
}

static void scale(Profile *p, const ProfileOptions *o) {
    double time = o->time_scale > 0 ? o->time_scale : 1;
    double load = o->load_scale > 0 ? o->load_scale : 1;
    for (size_t i = 0; i < p->scenario_count; i++) {
        scale_plan(&p->scenarios[i].plan, time, load);
        p->scenarios[i].start_ns =
            (uint64_t)((double)p->scenarios[i].start_ns * time);
    }
    p->start = p->scenarios[0].plan.start;
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

/* of: what the section tells of. */
static void read_section(Profile *p, const IniSection *s, const KeyContext *of,
                         Diags *d) {
    const SectionInfo *info = section_find(s, d);
    if (!info)
        return;
    for (size_t i = 0; i < s->count; i++) {
        KeyContext c = *of;
        c.profile = p;
        c.section = s;
        c.entry = &s->entries[i];
        c.diags = d;
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

/* --- what has a name ---------------------------------------------------- */

/* What stands behind the kind: "home" of [request home]. */
static const char *section_item(const IniSection *s) {
    const char *name = s->name + strcspn(s->name, " \t");
    return name + strspn(name, " \t");
}

/* A name that flows, thresholds and results can write; NULL after a
 * mistake. */
static const char *read_item(Profile *p, const IniSection *s, size_t count,
                             size_t most, Diags *d) {
    const char *name = section_item(s);
    int kind = (int)strcspn(s->name, " \t");
    for (const char *b = name; *b; b++)
        if (strchr(" \t,()*{}\"", *b) || (unsigned char)*b < 0x20) {
            diags_add(d, s->line, (int)(b - s->name) + 2,
                      "a %.*s's name has no blanks, commas, brackets, "
                      "braces, quotes or *",
                      kind, s->name);
            return NULL;
        }
    if (count == most) {
        diags_add(d, s->line, 1, "a profile has at most %zu sections [%.*s]",
                  most, kind, s->name);
        return NULL;
    }
    char clean[64];
    text_clean(clean, sizeof clean, name, strlen(name));
    return arena_dup_text(&p->arena, clean);
}

static void name_is_missing(const IniSection *s, const char *example,
                            Diags *d) {
    diags_add(d, s->line, 1, "a %s needs a name: [%s]", s->name, example);
}

static void add_request(Profile *p, const IniSection *s, Diags *d) {
    const char *name =
        read_item(p, s, p->request_count, PROFILE_REQUESTS_MAX, d);
    if (name && !*name)
        name_is_missing(s, "request home", d);
    if (!name || !*name)
        return;
    mem_grow(p->requests, p->request_count, p->request_cap);
    p->requests[p->request_count++] = (Request){ .name = name,
                                                 .line = s->line };
}

static Scenario *new_scenario(Profile *p, const char *name, int line) {
    mem_grow(p->scenarios, p->scenario_count, p->scenario_cap);
    Scenario *s = &p->scenarios[p->scenario_count++];
    *s = (Scenario){ .name = name,
                     .line = line,
                     .max_vus = PROFILE_MAX_VUS_DEFAULT };
    return s;
}

/* k6 calls the one without a name so. */
#define SCENARIO_DEFAULT "default"

static void add_scenario(Profile *p, const IniSection *s, Diags *d) {
    const char *name =
        read_item(p, s, p->scenario_count, PROFILE_SCENARIOS_MAX, d);
    if (!name)
        return;
    if (!*name)
        name = SCENARIO_DEFAULT;
    for (size_t i = 0; i < p->scenario_count; i++)
        if (text_equal(p->scenarios[i].name, name))
            diags_add(d, s->line, 1, "there are two scenarios '%s'", name);
    new_scenario(p, name, s->line);
}

static void add_variant(Profile *p, const IniSection *s, Diags *d) {
    const char *name =
        read_item(p, s, p->variant_count, PROFILE_VARIANTS_MAX, d);
    if (name && !*name)
        name_is_missing(s, "variant bare", d);
    if (!name || !*name)
        return;
    mem_grow(p->variants, p->variant_count, p->variant_cap);
    p->variants[p->variant_count++] = (Variant){ .name = name,
                                                 .line = s->line };
}

static void check_request(const Request *r, Diags *d) {
    if (!r->method)
        diags_add(d, r->line, 1,
                  "[request %s] has no method and path: GET = /path", r->name);
    else if (r->is_exec && r->header_count)
        diags_add(d, r->line, 1, "[request %s]: a command has no headers",
                  r->name);
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
    p->check_requests = arena_array(&p->arena, uint32_t, p->check_total + 1);
    for (size_t i = 0; i < p->request_count; i++)
        for (size_t k = 0; k < p->requests[i].check_count; k++) {
            const Check *c = &p->requests[i].checks[k];
            p->check_labels[c->index] = c->name;
            p->check_requests[c->index] = (uint32_t)i;
        }
}

/* --- series ------------------------------------------------------------- */

static bool makes(const Scenario *s, uint32_t request) {
    for (size_t i = 0; i < s->flow_count; i++)
        for (size_t k = 0; k < s->flows[i].request_count; k++)
            if (s->flows[i].requests[k] == request)
                return true;
    return false;
}

/* "home", "home{buyers}", "home{buyers,logger}": as much as tells apart. */
static const char *series_name(Profile *p, const Request *r, const Scenario *s,
                               const Variant *v, bool several) {
    bool variants = p->variant_count > 1;
    if (!several && !variants)
        return r->name;
    Text t = { 0 };
    text_addf(&t, "%s{%s%s%s}", r->name, several ? s->name : "",
              several && variants ? "," : "", variants ? v->name : "");
    const char *name = arena_dup_text(&p->arena, t.bytes);
    text_close(&t);
    return name;
}

static void add_labels(Label *to, size_t *count, const Label *tags,
                       size_t tag_count) {
    for (size_t i = 0; i < tag_count; i++)
        to[(*count)++] = tags[i];
}

static void add_series(Profile *p, uint32_t request, uint32_t scenario,
                       uint32_t variant, bool several) {
    const Request *r = &p->requests[request];
    Scenario *s = &p->scenarios[scenario];
    const Variant *v = &p->variants[variant];
    Label *labels =
        arena_array(&p->arena, Label, 3 + r->tag_count + s->tag_count);
    size_t n = 0;
    labels[n++] = (Label){ "name", r->name };
    labels[n++] = (Label){ "scenario", s->name };
    if (*v->name)
        labels[n++] = (Label){ "variant", v->name };
    add_labels(labels, &n, r->tags, r->tag_count);
    add_labels(labels, &n, s->tags, s->tag_count);
    s->series[request * p->variant_count + variant] =
        (uint32_t)p->series_count;
    mem_grow(p->series, p->series_count, p->series_cap);
    p->series[p->series_count++] =
        (Series){ .name = series_name(p, r, s, v, several),
                  .request_name = r->name,
                  .request = request,
                  .scenario = scenario,
                  .variant = variant,
                  .labels = labels,
                  .label_count = n };
}

static void index_series(Profile *p) {
    size_t pairs = p->request_count * p->variant_count;
    for (size_t i = 0; i < p->scenario_count; i++) {
        uint32_t *of = arena_array(&p->arena, uint32_t, pairs + 1);
        memset(of, 0xff, pairs * sizeof *of);
        p->scenarios[i].series = of;
    }
    for (uint32_t r = 0; r < p->request_count; r++) {
        size_t users = 0;
        for (size_t i = 0; i < p->scenario_count; i++)
            users += makes(&p->scenarios[i], r);
        for (uint32_t i = 0; i < p->scenario_count; i++)
            if (makes(&p->scenarios[i], r))
                for (uint32_t v = 0; v < p->variant_count; v++)
                    add_series(p, r, i, v, users > 1);
    }
}

/* --- scenarios and their stages ----------------------------------------- */

typedef struct StageSets {
    StageSet *items;
    size_t count, cap;
} StageSets;

static StageSet *stages_find(StageSets *all, const char *name) {
    for (size_t i = 0; i < all->count; i++)
        if (text_equal(all->items[i].name, name))
            return &all->items[i];
    return NULL;
}

static void stages_unknown(const StageSets *all, const Scenario *s, Diags *d) {
    const char **names = mem_alloc(all->count + 1, sizeof *names);
    for (size_t i = 0; i < all->count; i++)
        names[i] = all->items[i].name;
    const char *near = text_nearest(s->stages, names, all->count);
    diags_add(d, s->stages_line, s->stages_column,
              "there is no section [stages %s]%s%s%s", s->stages,
              near && *near ? "; did you mean '" : "",
              near && *near ? near : "", near && *near ? "'?" : "");
    free(names);
}

/* Before its own stages: nothing, so long. */
static void add_wait(Plan *to, const Scenario *s) {
    Stage wait = { .name = "wait",
                   .form = STAGE_JUMP,
                   .length_ns = s->start_ns };
    Stage begin = { .name = "begin", .form = STAGE_JUMP, .level = to->start };
    plan_append(to, &wait);
    if (to->start > 0)
        plan_append(to, &begin);
    to->start = 0;
}

static void take_stages(Profile *p, Scenario *s, StageSets *all, Diags *d) {
    StageSet *set = stages_find(all, s->stages ? s->stages : "");
    if (!set) {
        if (s->stages)
            stages_unknown(all, s, d);
        else
            diags_add(d, s->line, s->line ? 1 : 0,
                      "[stages] is missing: warm-up = 2m to 100 (or "
                      "--stages)");
        return;
    }
    set->is_used = true;
    s->unit = set->unit.is_known ? set->unit : p->start_unit;
    plan_init(&s->plan, s->unit.is_rate ? PLAN_RATE : PLAN_VUS, p->start);
    if (s->start_ns)
        add_wait(&s->plan, s);
    for (size_t i = 0; i < set->plan.count; i++)
        plan_append(&s->plan, &set->plan.stages[i]);
    plan_layout(&s->plan);
    if (s->max_vus_column && s->unit.is_known && !s->unit.is_rate)
        diags_add(d, s->max_vus_line, s->max_vus_column,
                  "max_vus is for arrival rates (2m to 800/s); these stages "
                  "count virtual users, there are never more than they say");
}

static void check_stages(const StageSets *all, Diags *d) {
    for (size_t i = 0; i < all->count; i++) {
        const StageSet *set = &all->items[i];
        if (d->count)
            return;
        if (set->plan.count == 0)
            diags_add(d, set->line, 1,
                      "[stages%s%s] is empty: warm-up = 2m to 100",
                      *set->name ? " " : "", set->name);
        else if (plan_total_ns(&set->plan) == 0)
            diags_add(d, set->line, 1, "all stages together last 0 s");
        else if (!set->is_used)
            diags_add(d, set->line, 1, "no scenario uses these stages%s%s",
                      *set->name ? ": write stages = " : "", set->name);
    }
}

static void read_stages(Profile *p, StageSets *all, Diags *d) {
    for (size_t i = 0; i < p->ini.count; i++) {
        const IniSection *s = &p->ini.sections[i];
        if (!is_kind(s, "stages"))
            continue;
        mem_grow(all->items, all->count, all->cap);
        StageSet *set = &all->items[all->count++];
        *set = (StageSet){ .name = section_item(s), .line = s->line };
        plan_init(&set->plan, PLAN_VUS, 0);
        read_section(p, s, &(KeyContext){ .stages = set }, d);
    }
}

static void close_stages(StageSets *all) {
    for (size_t i = 0; i < all->count; i++)
        plan_close(&all->items[i].plan);
    free(all->items);
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
    p->target = (TargetOptions){ .streams = 1,
                                 .pipeline = 1,
                                 .connects_at_once = 100,
                                 .tls_verify = true };
}

/* The n-th section of a kind tells of the n-th of its list: the lines say
 * so, for one that was refused is not in the list. */
static void read_kind(Profile *p, const char *kind, Diags *d) {
    size_t r = 0, c = 0, v = 0;
    for (size_t i = 0; i < p->ini.count; i++) {
        const IniSection *s = &p->ini.sections[i];
        KeyContext of = { 0 };
        if (!is_kind(s, kind))
            continue;
        if (is_kind(s, "request") && r < p->request_count &&
            p->requests[r].line == s->line)
            of.request = &p->requests[r++];
        else if (is_kind(s, "scenario") && c < p->scenario_count &&
                 p->scenarios[c].line == s->line)
            of.scenario = &p->scenarios[c++];
        else if (is_kind(s, "variant") && v < p->variant_count &&
                 p->variants[v].line == s->line)
            of.variant = &p->variants[v++];
        else if (is_kind(s, "request") || is_kind(s, "scenario") ||
                 is_kind(s, "variant"))
            continue;
        read_section(p, s, &of, d);
    }
}

/* Sections in the order in which they depend on each other. */
static void read_sections(Profile *p, Diags *d) {
    static const struct {
        const char *kind;
        void (*add)(Profile *p, const IniSection *s, Diags *d);
    } named[] = { { "request", add_request },
                  { "scenario", add_scenario },
                  { "variant", add_variant } };
    static const char *const order[] = { "target", "variant", "request",
                                         "scenario" };
    for (size_t i = 0; i < p->ini.count; i++) {
        const IniSection *s = &p->ini.sections[i];
        for (size_t k = 0; k < sizeof named / sizeof *named; k++)
            if (is_kind(s, named[k].kind))
                named[k].add(p, s, d);
        size_t k = 0;
        while (k < section_count && !is_kind(s, sections[k].name))
            k++;
        if (k == section_count)
            section_find(s, d);
    }
    index_names(p);
    StageSets stages = { 0 };
    read_stages(p, &stages, d);
    if (stages.count)
        p->start_unit = stages.items[0].unit;
    read_kind(p, "profile", d);
    for (size_t k = 0; k < sizeof order / sizeof *order; k++)
        read_kind(p, order[k], d);
    if (p->scenario_count == 0)
        new_scenario(p, SCENARIO_DEFAULT, 0);
    for (size_t i = 0; i < p->scenario_count; i++)
        take_stages(p, &p->scenarios[i], &stages, d);
    check_stages(&stages, d);
    close_stages(&stages);
}

/* --- what does not go together ------------------------------------------ */

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

static void check_reached(const Profile *p, Diags *d) {
    for (uint32_t r = 0; r < p->request_count; r++) {
        bool is_reached = false;
        for (size_t i = 0; i < p->scenario_count; i++)
            is_reached |= makes(&p->scenarios[i], r);
        if (!is_reached)
            diags_add(d, p->requests[r].line, 1,
                      "no scenario makes [request %s]: put it into a flow, or "
                      "take it out",
                      p->requests[r].name);
    }
}

static void check_scenario(const Scenario *s, Diags *d) {
    if (s->choice != FLOW_TASKS)
        return;
    if (s->think.kind != THINK_NONE)
        diags_add(d, s->line, 1,
                  "[scenario %s]: tasks have their own schedule, there is no "
                  "think beside them",
                  s->name);
    if (s->plan.unit == PLAN_RATE)
        diags_add(d, s->line, 1,
                  "[scenario %s]: tasks say how often each VU works; its "
                  "stages count VUs, not arrivals",
                  s->name);
}

static void check_target(Profile *p, Diags *d) {
    for (size_t i = 0; i < p->variant_count; i++)
        if (!p->variants[i].url.text)
            diags_add(d, p->variants[i].line, 1,
                      "[variant %s] has no url: url = http://127.0.0.1:8081",
                      p->variants[i].name);
    if (p->variant_count == 0) {
        mem_grow(p->variants, p->variant_count, p->variant_cap);
        p->variants[p->variant_count++] = (Variant){ .name = "",
                                                     .url = p->url };
    }
    if (!p->variants[0].url.text && command_is_all(p))
        p->variants[0].url = (Url){
            .text = "exec", .scheme = "exec", .host = "", .prefix = "" };
    p->url = p->variants[0].url;
    if (!p->url.text)
        diags_add(d, 0, 0,
                  "[target] url is missing: url = "
                  "http://127.0.0.1:8080 (or --url)");
    else
        carry_check(p, d);
}

static void check_whole(Profile *p, Diags *d) {
    check_connections(p, d);
    bool any = false;
    for (size_t i = 0; i < p->ini.count; i++)
        any |= is_kind(&p->ini.sections[i], "request");
    if (!any)
        diags_add(d, 0, 0, "a [request NAME] is missing: GET = /");
    for (size_t i = 0; i < p->request_count; i++)
        check_request(&p->requests[i], d);
    check_target(p, d);
    for (size_t i = 0; i < p->scenario_count; i++)
        check_scenario(&p->scenarios[i], d);
}

/* What needs the flows. */
static void connect(Profile *p, Diags *d) {
    bool flows_are_good = d->count == 0;
    for (size_t i = 0; i < p->scenario_count; i++) {
        Scenario *s = &p->scenarios[i];
        if (s->flow_count == 0)
            flow_default(p, s);
        for (size_t k = 0; k < s->flow_count; k++)
            s->flow_weight += s->flows[k].weight;
    }
    if (flows_are_good)
        check_reached(p, d);
    index_series(p);
    read_kind(p, "thresholds", d);
}

static int interpret(Profile *out, const char *path,
                     const ProfileOptions *options, Diags *d, Ini ini) {
    Profile p = { .ini = ini };
    apply_options(&p.ini, options, d);
    set_defaults(&p, path);
    read_sections(&p, d);
    check_whole(&p, d);
    connect(&p, d);
    if (d->count) {
        diags_sort(d);
        profile_close(&p);
        return -1;
    }
    index_checks(&p);
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
        free(p->requests[i].extracts);
        free(p->requests[i].records);
        free(p->requests[i].tags);
    }
    for (size_t i = 0; i < p->scenario_count; i++) {
        plan_close(&p->scenarios[i].plan);
        free(p->scenarios[i].tags);
    }
    free(p->requests);
    free(p->scenarios);
    free(p->variants);
    free(p->metrics);
    free(p->extracted);
    free(p->series);
    free(p->headers);
    free(p->target.resolve);
    free(p->target.local);
    threshold_list_close(&p->thresholds);
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

/* Scenarios that once shared stages were steered apart. */
static void print_stages(const Profile *p, const Plan *plans,
                         uint64_t until_ns, Text *to) {
    for (size_t i = 0; i < p->scenario_count; i++) {
        bool alone = p->scenario_count == 1;
        UnitsText level;
        text_addf(to, "%s[stages%s%s]\n", i ? "\n" : "", alone ? "" : " ",
                  alone ? "" : p->scenarios[i].name);
        if (!alone && plans[i].start > 0)
            text_addf(to, "begin = 0s at %s\n",
                      units_level(level, plans[i].start,
                                  plans[i].unit == PLAN_RATE));
        plan_print(&plans[i], until_ns, to);
    }
}

/* What the plan says now. */
static bool is_in_plan(const IniSection *s, const char *key) {
    if (text_equal(s->name, "profile"))
        return text_equal(key, "start");
    return is_kind(s, "scenario") &&
           (text_equal(key, "start") || text_equal(key, "stages"));
}

static void print_section(const Profile *p, const IniSection *s, Text *to) {
    text_addf(to, "[%s]\n", s->name);
    for (size_t k = 0; k < s->count; k++) {
        if (is_in_plan(s, s->entries[k].key))
            continue;
        text_addf(to, "%s = ", s->entries[k].key);
        print_value(p, &s->entries[k], to);
        text_adds(to, "\n");
    }
    if (is_kind(s, "scenario") && p->scenario_count > 1) {
        const char *name = section_item(s);
        text_addf(to, "stages = %s\n", *name ? name : SCENARIO_DEFAULT);
    }
}

void profile_print(const Profile *p, const Plan *plans, uint64_t until_ns,
                   Text *to) {
    bool has_stages = false;
    const char *gap = "";
    for (size_t i = 0; i < p->ini.count; i++) {
        const IniSection *s = &p->ini.sections[i];
        bool stages = is_kind(s, "stages");
        if (stages && has_stages)
            continue;
        text_adds(to, gap);
        gap = "\n";
        if (stages)
            print_stages(p, plans, until_ns, to);
        else
            print_section(p, s, to);
        has_stages |= stages;
        UnitsText level;
        if (text_equal(s->name, "profile") && p->scenario_count == 1 &&
            plans->start > 0)
            text_addf(to, "start = %s\n",
                      units_level(level, plans->start,
                                  plans->unit == PLAN_RATE));
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
