/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/profile.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "profile/carry.h"
#include "profile/change.h"
#include "profile/command.h"
#include "profile/flow.h"
#include "profile/index.h"
#include "profile/items.h"
#include "profile/keys_answer.h"
#include "profile/keys_event.h"
#include "profile/keys_request.h"
#include "profile/monitor_gauges.h"
#include "profile/scope.h"
#include "profile/secrets.h"
#include "profile/stages.h"

/* --- values ------------------------------------------------------------- */

/* false after a mistake. */
static bool expand(KeyContext *c, const Key *k) {
    Err err;
    if (key_looks_up(k)) {
        c->value = arena_dup_text(&c->profile->arena, c->entry->value);
        return true;
    }
    c->value =
        vars_read(c->entry->value, &c->profile->vars, &c->profile->arena,
                  &c->vars, &err);
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

/* Checks of one name are counted together, a metric has several samples; but
 * of two values of a variable one would be lost. */
static bool comes_once(const SectionInfo *info, const Key *k) {
    return info->free_keys || k->times == KEY_ONCE ||
           k->read == key_read_extract;
}

/* of: what the section tells of. */
static void read_section(Profile *p, const IniSection *s, const KeyContext *of,
                         Diags *d) {
    const SectionInfo *info = section_find(s, NULL);
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
        if (is_repeated(s, i) && comes_once(info, k)) {
            diags_add(d, c.entry->line, c.entry->key_column,
                      "'%s' stands twice in [%s]", c.entry->key, s->name);
            continue;
        }
        p->vars.is_shown = secrets_are_seen(s, k);
        if (expand(&c, k))
            k->read(&c);
        else if (k->read == key_read_method)
            c.request->method = k->name; /* it has one, if a wrong one */
    }
}

static void check_request(const Request *r, Diags *d) {
    if (!r->method)
        diags_add(d, r->line, 1,
                  "[request %s] has no method and path: GET = /path", r->name);
    else if (r->is_exec && r->header_count)
        diags_add(d, r->line, 1, "[request %s]: a command has no headers",
                  r->name);
    else if (r->poll.until && r->poll.every_ns > r->poll.give_up_ns)
        diags_add(d, r->line, 1,
                  "[request %s] gives up before it asks again: give_up is at "
                  "least as long as every",
                  r->name);
    else if (r->body &&
             (text_equal(r->method, "GET") || text_equal(r->method, "HEAD")))
        diags_add(d, r->line, 1, "[request %s]: a %s has no body", r->name,
                  r->method);
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
                                 .max_conn_per_vu = 6,
                                 .connects_at_once = 100,
                                 .tls_verify = true };
}

static void read_kind(Profile *p, const char *kind, Diags *d) {
    for (size_t i = 0; i < p->ini.count; i++) {
        const IniSection *s = &p->ini.sections[i];
        KeyContext of = { 0 };
        if (section_is(s, kind) && items_find(p, s, &of))
            read_section(p, s, &of, d);
    }
}

static void read_stages(Profile *p, StageSets *all, Diags *d) {
    for (size_t i = 0; i < p->ini.count; i++) {
        const IniSection *s = &p->ini.sections[i];
        if (section_is(s, "stages"))
            read_section(p, s, &(KeyContext){ .stages = stages_add(all, s) },
                         d);
    }
    if (all->count)
        p->start_unit = all->items[0].unit;
}

/* One that is misspelt may be the one that seems to be missing. */
static bool knows_all_sections(const Profile *p) {
    if (p->ini.lacks_section)
        return false;
    for (size_t i = 0; i < p->ini.count; i++)
        if (!section_find(&p->ini.sections[i], NULL))
            return false;
    return true;
}

/* Sections in the order in which they depend on each other. */
static void read_sections(Profile *p, Diags *d) {
    static const char *const order[] = { "profile", "target", "variant",
                                         "metric", "request", "scenario",
                                         "event", "monitor",
                                         "compare" };
    StageSets stages = { 0 };
    for (size_t i = 0; i < p->ini.count; i++)
        section_find(&p->ini.sections[i], d);
    items_list(p, d);
    index_names(p);
    scope_collect(p, d);
    read_kind(p, "data", d);
    scope_open(p, d);
    read_kind(p, "vars", d);
    read_stages(p, &stages, d);
    for (size_t k = 0; k < sizeof order / sizeof *order; k++)
        read_kind(p, order[k], d);
    if (p->scenario_count == 0)
        items_default_scenario(p);
    for (size_t i = 0; i < p->scenario_count; i++)
        if (stages.count || knows_all_sections(p))
            stages_take(p, &p->scenarios[i], &stages, d);
    stages_check(&stages, d);
    stages_close(&stages);
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
            is_reached |= scenario_makes(&p->scenarios[i], r);
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
    if (p->variant_count == 1)
        diags_add(d, p->variants[0].line, 1,
                  "[variant %s] is the only one: there is nothing to compare "
                  "it with",
                  p->variants[0].name);
    if (p->variant_count > 1 && p->url.text)
        carry_wrong(p, d, "url", "nothing goes there: each [variant] has its "
                                 "own url");
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
        any |= section_is(&p->ini.sections[i], "request");
    if (!any && knows_all_sections(p))
        diags_add(d, 0, 0, "a [request NAME] is missing: GET = /");
    for (size_t i = 0; i < p->request_count; i++)
        check_request(&p->requests[i], d);
    check_target(p, d);
    for (size_t i = 0; i < p->scenario_count; i++)
        check_scenario(&p->scenarios[i], d);
}

static void check_metrics(const Profile *p, Diags *d) {
    for (size_t i = 0; i < p->metric_count; i++)
        if (!profile_records(p, (uint32_t)i))
            diags_add(d, p->metrics[i].line, 1,
                      "no request records [metric %s]: write record %s = "
                      "VALUE into one, or take it out",
                      p->metrics[i].name, p->metrics[i].name);
}

/* A scenario whose stages are wrong has none. */
static bool have_plans(const Profile *p) {
    for (size_t i = 0; i < p->scenario_count; i++)
        if (p->scenarios[i].plan.count == 0)
            return false;
    return true;
}

/* What needs the flows. */
static void connect(Profile *p, Diags *d) {
    bool flows_are_good = d->count == 0;
    for (size_t i = 0; i < p->scenario_count; i++) {
        Scenario *s = &p->scenarios[i];
        if (s->flow_count == 0)
            flow_default(p, s);
    }
    if (flows_are_good) {
        check_reached(p, d);
        vars_check_flows(p, d);
    }
    if (have_plans(p))
        events_check(p, d);
    secrets_collect(p);
    secrets_hide_names(p);
    index_series(p);
    index_checks(p);
    p->monitored_count =
        monitor_names(&p->monitor, &p->arena, &p->monitored);
    read_kind(p, "thresholds", d);
    read_kind(p, "alerts", d);
    secrets_hide_alerts(p);
    scope_load(p, d);
    if (d->count == 0)
        check_metrics(p, d);
}

static int interpret(Profile *out, const char *path,
                     const ProfileOptions *options, Diags *d, Ini ini) {
    Profile p = { .ini = ini };
    change_ini(&p.ini, options, d);
    set_defaults(&p, path);
    p.secrets = p.vars.secrets = mem_new(Secrets);
    p.secrets->are_shown = options->keeps_secrets;
    p.vars.is_only_shown = options->is_only_shown;
    read_sections(&p, d);
    check_whole(&p, d);
    connect(&p, d);
    if (d->count || change_scale(&p, options, d) < 0) {
        diags_sort(d);
        secrets_hide_mistakes(&p, d);
        profile_close(&p);
        return -1;
    }
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
    free(p->events);
    free(p->extracted);
    scope_close(p);
    free(p->series);
    free(p->headers);
    free(p->target.resolve);
    free(p->target.local);
    threshold_list_close(&p->thresholds);
    free(p->compare);
    alert_list_close(&p->alerts);
    ini_close(&p->ini);
    if (p->secrets)
        secrets_close(p->secrets);
    free(p->secrets);
    arena_close(&p->arena);
    *p = (Profile){ 0 };
}

