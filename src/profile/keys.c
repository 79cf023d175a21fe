/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/keys.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "base/units.h"
#include "plan/stage_text.h"
#include "profile/flow.h"
#include "profile/keys_target.h"

#define BODY_MAX_BYTES ((size_t)64 << 20)

const ExprName check_names[CHECK_SLOTS] = {
    [CHECK_STATUS] = { .name = "status", .help = "the answer's status" },
    [CHECK_TIME] = { .name = "time",
                     .is_time = true,
                     .help = "the request's duration" },
    [CHECK_WAITING] = { .name = "waiting",
                        .is_time = true,
                        .help = "from the last byte sent to the first one "
                                "received" },
    [CHECK_SIZE] = { .name = "size", .help = "bytes of the body" },
};

void key_error(const KeyContext *c, int column, const char *format, ...) {
    char text[ERR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    const IniEntry *e = c->entry;
    if (e->line == 0)
        diags_add(c->diags, 0, 0, "[%s] %s (from the command line): %s",
                  c->section->name, e->key, text);
    else
        diags_add(c->diags, e->line,
                  e->value_column + (column > 0 ? column - 1 : 0), "%s", text);
}

static void report(const KeyContext *c, const Err *err) {
    key_error(c, err->column, "%s", err->text);
}

void key_read_text(KeyContext *c, const char **to) {
    if (!*c->value)
        key_error(c, 0, "%s is empty", c->entry->key);
    *to = c->value;
}

void key_read_duration(KeyContext *c, uint64_t *to) {
    Err err;
    if (units_read_duration(c->value, to, &err) < 0)
        report(c, &err);
}

/* A file that the profile names stands beside it. */
char *key_beside(const Profile *p, const char *file) {
    const char *slash = strrchr(p->path, '/');
    Text t = { 0 };
    if (*file != '/' && slash)
        text_add(&t, p->path, (size_t)(slash - p->path) + 1);
    text_adds(&t, file);
    return text_take(&t);
}

void key_read_whole(KeyContext *c, uint64_t least, uint64_t most,
                    uint64_t *to) {
    double n;
    Err err;
    if (units_read_count(c->value, &n, &err) < 0)
        report(c, &err);
    else if (n != floor(n) || n < (double)least)
        key_error(c, 0, "%s is a whole number from %llu on", c->entry->key,
                  (unsigned long long)least);
    else if (n > (double)most)
        key_error(c, 0, "%s is at most %llu", c->entry->key,
                  (unsigned long long)most);
    else
        *to = (uint64_t)n;
}

void key_read_choice(KeyContext *c, const char *const *choices, size_t count,
                     int *to) {
    Text all = { 0 };
    for (size_t i = 0; i < count; i++) {
        if (text_equal(c->value, choices[i])) {
            *to = (int)i;
            text_close(&all);
            return;
        }
        text_addf(&all, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " or ",
                  choices[i]);
    }
    key_error(c, 0, "'%s': write %s", c->value, all.bytes);
    text_close(&all);
}

/* --- [profile] ---------------------------------------------------------- */

static void read_name(KeyContext *c) {
    key_read_text(c, &c->profile->name);
    for (const char *s = c->value; *s; s++)
        if ((unsigned char)*s < 0x20 || *s == '/' || *s == 0x7f) {
            key_error(c, (int)(s - c->value) + 1,
                      "a name becomes a file's name: no / and no control "
                      "bytes");
            return;
        }
    if (strlen(c->value) > 100 || c->value[0] == '.')
        key_error(c, 1, "a name has at most 100 bytes and no . in front");
}

static void read_kind(KeyContext *c) {
    static const char *const kinds[] = { "load",  "stress",     "spike", "soak",
                                         "smoke", "breakpoint", "custom" };
    size_t n = sizeof kinds / sizeof *kinds;
    for (size_t i = 0; i < n; i++)
        if (text_equal(kinds[i], c->value)) {
            c->profile->kind = c->value;
            return;
        }
    const char *near = text_nearest(c->value, kinds, n);
    key_error(c, 0,
              "'%s' is not a kind: load, stress, spike, soak, smoke, "
              "breakpoint or custom%s%s%s",
              c->value, near ? "; did you mean '" : "", near ? near : "",
              near ? "'?" : "");
}

static void read_description(KeyContext *c) {
    c->profile->description = c->value;
}

static void read_start(KeyContext *c) {
    Profile *p = c->profile;
    Err err;
    if (level_read(&p->unit, c->value, &p->start, &err) < 0)
        report(c, &err);
    p->plan.unit = p->unit.is_rate ? PLAN_RATE : PLAN_VUS;
}

static void read_iterations(KeyContext *c) {
    key_read_whole(c, 1, UINT64_MAX, &c->profile->iterations);
}

static void read_graceful_stop(KeyContext *c) {
    key_read_duration(c, &c->profile->graceful_stop_ns);
}

static void read_graceful_ramp_down(KeyContext *c) {
    key_read_duration(c, &c->profile->graceful_ramp_down_ns);
}

bool key_is_url_byte(char ch) {
    return (unsigned char)ch > 0x20 && (unsigned char)ch < 0x7f &&
           !strchr("\"<>\\^`{|}", ch);
}

/* --- headers ------------------------------------------------------------ */

static bool is_token_byte(char ch) {
    return isalnum((unsigned char)ch) || (ch && strchr("!#$%&'*+-.^_`|~", ch));
}

void key_read_header(KeyContext *c, Header **headers, size_t *count,
                     size_t *cap) {
    const char *colon = strchr(c->value, ':');
    const char *s = c->value;
    while (s < colon && is_token_byte(*s))
        s++;
    if (!colon || s != colon || colon == c->value) {
        key_error(c, (int)(s - c->value) + 1,
                  "write a header as NAME: VALUE, such as Accept: text/html");
        return;
    }
    Arena *arena = &c->profile->arena;
    char *name = arena_dup_bytes(arena, c->value, (size_t)(colon - c->value));
    static const char *const ours[] = { "Host", "Content-Length",
                                        "Transfer-Encoding", "Connection" };
    for (size_t i = 1; i < sizeof ours / sizeof *ours; i++)
        if (strcasecmp(name, ours[i]) == 0) {
            key_error(c, 1, "%s is set by onrush itself", ours[i]);
            return;
        }
    const char *value = text_trim(arena_dup_text(arena, colon + 1));
    size_t before = (size_t)(colon + 1 - c->value) + strspn(colon + 1, " \t");
    mem_grow(*headers, *count, *cap);
    (*headers)[(*count)++] = (Header){ .name = name,
                                       .value = value,
                                       .vars = vars_behind(&c->vars, before,
                                                           arena) };
}

/* --- [stages] ----------------------------------------------------------- */

static void read_stage(KeyContext *c) {
    Profile *p = c->profile;
    Plan *plan = &p->plan;
    Stage s = { 0 };
    Err err;
    if (plan->count >= PLAN_STAGES_MAX / 2) {
        key_error(c, 0, "a profile has at most %d stages", PLAN_STAGES_MAX / 2);
        return;
    }
    if (stage_read_name(&s, c->entry->key, &err) < 0) {
        diags_add(c->diags, c->entry->line, c->entry->key_column, "%s",
                  err.text);
        return;
    }
    if (stage_read(&s, c->value, &p->unit, &err) < 0) {
        report(c, &err);
        return;
    }
    plan->unit = p->unit.is_rate ? PLAN_RATE : PLAN_VUS;
    plan_append(plan, &s);
}

/* --- [request NAME] ----------------------------------------------------- */

static bool check_path(const KeyContext *c, const char *s, size_t at) {
    if (key_is_url_byte(*s) && *s != '#')
        return true;
    key_error(c, (int)at + 1,
              *s == ' ' ? "write a space in a path as %%20"
                        : "this byte cannot stand in a path");
    return false;
}

static void check_words(const KeyContext *c, const Var *v) {
    for (size_t i = 0; i < v->word_count; i++)
        for (size_t k = 0; k < v->words[i].length; k++)
            if (!check_path(c, v->words[i].bytes + k, v->words[i].at + k))
                return;
}

static void read_method(KeyContext *c) {
    Request *r = c->request;
    if (r->method) {
        key_error(c, 0, "[request %s] is a %s already", r->name, r->method);
        return;
    }
    r->method = c->entry->key;
    r->path = c->value;
    if (*c->value != '/')
        key_error(c, 1, "a path begins with /; the host is in [target] url");
    r->path_vars = c->vars;
    for (size_t i = 0; c->value[i]; i++)
        if (!vars_cover(&c->vars, i) && !check_path(c, c->value + i, i))
            return;
    for (size_t i = 0; i < c->vars.count; i++)
        check_words(c, &c->vars.items[i]);
}

static void read_body(KeyContext *c) {
    Request *r = c->request;
    if (*c->value != '@') {
        r->body = c->value;
        r->body_length = strlen(c->value);
        r->body_vars = c->vars;
        return;
    }
    if (c->vars.count) {
        key_error(c, (int)c->vars.items[0].at + 1,
                  "a file's name is the same for every request");
        return;
    }
    char *path = key_beside(c->profile, c->value + 1);
    Text t = { 0 };
    Err err;
    if (file_read(path, BODY_MAX_BYTES, &t, &err) < 0) {
        report(c, &err);
    } else {
        r->body = arena_dup_bytes(&c->profile->arena, t.bytes, t.length);
        r->body_length = t.length;
    }
    text_close(&t);
    free(path);
}

static void read_request_header(KeyContext *c) {
    Request *r = c->request;
    key_read_header(c, &r->headers, &r->header_count, &r->header_cap);
}

static void read_check(KeyContext *c) {
    Request *r = c->request;
    Profile *p = c->profile;
    Err err;
    const char *name = c->entry->key + strlen("check");
    while (*name == ' ' || *name == '\t')
        name++;
    if (p->check_total == PROFILE_CHECKS_MAX) {
        key_error(c, 0, "a profile has at most %d checks", PROFILE_CHECKS_MAX);
        return;
    }
    const ExprScope scope = { .names = check_names,
                              .count = CHECK_SLOTS,
                              .has_answer = true };
    const Expr *e = expr_compile(&p->arena, c->value, &scope, &err);
    if (!e) {
        report(c, &err);
        return;
    }
    expr_needs(e, &r->needs);
    if (r->needs.head) {
        key_error(c, 0, "the head of an answer is not kept for checks");
        return;
    }
    mem_grow(r->checks, r->check_count, r->check_cap);
    r->checks[r->check_count++] =
        (Check){ arena_dup_text(&p->arena, *name ? name : c->value), e,
                 (uint32_t)p->check_total++ };
}

/* --- [scenario] --------------------------------------------------------- */

static void read_think(KeyContext *c) {
    Think *t = &c->profile->think;
    char text[128];
    uint64_t a, b = 0;
    Err err = { 0 };
    snprintf(text, sizeof text, "%s", c->value);
    char *dots = strstr(text, "..");
    char *first = text, *second = NULL;
    t->kind = THINK_FIXED;
    if (dots) {
        *dots = '\0';
        second = dots + 2;
        t->kind = THINK_UNIFORM;
    } else if (text_starts(text, "exp ")) {
        first = text + 4;
        t->kind = THINK_EXP;
    } else if (text_starts(text, "normal ")) {
        first = text_trim(text + 7);
        second = first + strcspn(first, " ");
        if (*second)
            *second++ = '\0';
        t->kind = THINK_NORMAL;
    }
    if (units_read_duration(text_trim(first), &a, &err) < 0 ||
        (second && units_read_duration(text_trim(second), &b, &err) < 0)) {
        key_error(c, 0, "%s; think is 1s, 1s..3s, exp 2s or normal 2s 500ms",
                  err.text);
        return;
    }
    if (t->kind == THINK_UNIFORM && b < a)
        key_error(c, 0, "'%s': the second time is the longer one", c->value);
    t->a_ns = (double)a;
    t->b_ns = (double)b;
}

static void read_max_vus(KeyContext *c) {
    Profile *p = c->profile;
    key_read_whole(c, 1, PROFILE_MAX_VUS_MOST, &p->max_vus);
    if (p->unit.is_known && !p->unit.is_rate)
        key_error(c, 0,
                  "max_vus is for arrival rates (2m to 800/s); these stages "
                  "count virtual users, there are never more than they say");
}

static void read_flow(KeyContext *c) {
    Err err;
    if (c->profile->flow_count)
        key_error(c, 0, "a scenario has either a flow or a mix");
    else if (flow_read(c->profile, c->value, &err) < 0)
        report(c, &err);
}

static void read_mix(KeyContext *c) {
    Err err;
    if (c->profile->flow_count)
        key_error(c, 0, "a scenario has either a flow or a mix");
    else if (mix_read(c->profile, c->value, &err) < 0)
        report(c, &err);
}

/* --- [thresholds] ------------------------------------------------------- */

static void read_threshold(KeyContext *c) {
    Profile *p = c->profile;
    bool in_key;
    Err err;
    if (threshold_read(&p->thresholds, &p->arena, c->entry->key, c->value,
                       p->request_names, p->request_count, &in_key, &err) == 0)
        return;
    if (in_key && c->entry->line)
        diags_add(c->diags, c->entry->line,
                  c->entry->key_column + err.column - 1, "%s", err.text);
    else
        report(c, &err);
}

/* --- the tables --------------------------------------------------------- */

const SectionInfo sections[] = {
    { "profile", false, false, "the run as a whole" },
    { "target", false, false, "what is loaded" },
    { "stages", false, true,
      "the load over time: NAME = DURATION [to|at LEVEL], in order" },
    { "request", true, false, "one request; [request NAME]" },
    { "scenario", true, false, "what an iteration does; [scenario NAME]" },
    { "thresholds", false, true, "what must hold: METRIC = p(95) < 500, ..." },
};
const size_t section_count = sizeof sections / sizeof *sections;

const Key keys[] = {
    { "profile", "name", KEY_ONCE, read_name, "the file's name",
      "short name, used for files" },
    { "profile", "kind", KEY_ONCE, read_kind, "custom",
      "load, stress, spike, soak, smoke, breakpoint or custom" },
    { "profile", "description", KEY_ONCE, read_description, "",
      "one sentence" },
    { "profile", "start", KEY_ONCE, read_start, "0",
      "level before the first stage: 10, or 10/s" },
    { "profile", "iterations", KEY_ONCE, read_iterations, "no limit",
      "end after that many iterations, if the stages do not end first" },
    { "profile", "graceful_stop", KEY_ONCE, read_graceful_stop, "30s",
      "let iterations finish at the end, for at most this long" },
    { "profile", "graceful_ramp_down", KEY_ONCE, read_graceful_ramp_down, "30s",
      "let iterations of leaving VUs finish, for at most this long" },
    TARGET_KEYS
    { "stages", "NAME", KEY_REPEATS, read_stage, NULL,
      "DURATION to LEVEL [linear|smooth|step N], DURATION at LEVEL, or "
      "DURATION" },
    { "request", "GET", KEY_ONCE, read_method, NULL, "path" },
    { "request", "POST", KEY_ONCE, read_method, NULL, "path" },
    { "request", "PUT", KEY_ONCE, read_method, NULL, "path" },
    { "request", "PATCH", KEY_ONCE, read_method, NULL, "path" },
    { "request", "DELETE", KEY_ONCE, read_method, NULL, "path" },
    { "request", "HEAD", KEY_ONCE, read_method, NULL, "path" },
    { "request", "OPTIONS", KEY_ONCE, read_method, NULL, "path" },
    { "request", "header", KEY_REPEATS, read_request_header, NULL,
      "NAME: VALUE" },
    { "request", "body", KEY_ONCE, read_body, NULL,
      "text, or @FILE beside the profile" },
    { "request", "check", KEY_NAMED, read_check, NULL,
      "condition on status, time, size, body, json.PATH; a name may follow" },
    { "scenario", "think", KEY_ONCE, read_think, "none",
      "pause after an iteration: 1s, 1s..3s, exp 2s, normal 2s 500ms" },
    { "scenario", "max_vus", KEY_ONCE, read_max_vus, "10000",
      "of an arrival rate: VUs that may be busy; more arrivals are dropped" },
    { "scenario", "flow", KEY_ONCE, read_flow, "every request, in file order",
      "requests in a row: login, browse*3" },
    { "scenario", "mix", KEY_ONCE, read_mix, NULL,
      "one of these by weight: home 60, (order status) 40" },
    { "thresholds", "METRIC", KEY_REPEATS, read_threshold, NULL,
      "METRIC or METRIC{REQUEST} = METHOD OP NUMBER [abort [after DURATION]], "
      "..." },
};
const size_t key_count = sizeof keys / sizeof *keys;

bool key_takes_vars(const Key *k) {
    static KeyReadFn *const takers[] = { read_method, read_body,
                                         read_request_header,
                                         key_read_target_header };
    for (size_t i = 0; i < sizeof takers / sizeof *takers; i++)
        if (k->read == takers[i])
            return true;
    return false;
}

static size_t first_word(const char *s) {
    return strcspn(s, " \t");
}

const SectionInfo *section_find(const IniSection *s, Diags *d) {
    size_t n = first_word(s->name);
    const char *names[16];
    for (size_t i = 0; i < section_count; i++) {
        const SectionInfo *info = &sections[i];
        names[i] = info->name;
        if (strlen(info->name) != n || strncmp(info->name, s->name, n) != 0)
            continue;
        if (s->name[n] && !info->named) {
            diags_add(d, s->line, 1, "[%s] has no name: write [%s]", info->name,
                      info->name);
            return NULL;
        }
        return info;
    }
    char word[64], clean[64];
    snprintf(word, sizeof word, "%.*s", (int)n, s->name);
    text_clean(clean, sizeof clean, word, strlen(word));
    const char *near = text_nearest(clean, names, section_count);
    if (near)
        diags_add(d, s->line, 1, "there is no section [%s]; did you mean [%s]?",
                  clean, near);
    else
        diags_add(d, s->line, 1,
                  "there is no section [%s]; there are profile, target, "
                  "stages, request, scenario, thresholds",
                  clean);
    return NULL;
}

static bool key_matches(const Key *k, const char *name) {
    if (text_equal(k->name, name))
        return true;
    size_t n = strlen(k->name);
    return k->times == KEY_NAMED && strncmp(k->name, name, n) == 0 &&
           isspace((unsigned char)name[n]);
}

static void unknown_key(const SectionInfo *s, const IniEntry *e, Diags *d) {
    const char *here[32], *elsewhere[64];
    size_t n = 0, m = 0;
    char clean[64];
    text_clean(clean, sizeof clean, e->key, strlen(e->key));
    for (size_t i = 0; i < key_count; i++) {
        if (text_equal(keys[i].section, s->name))
            here[n++] = keys[i].name;
        else
            elsewhere[m++] = keys[i].name;
    }
    for (size_t i = 0; i < key_count; i++)
        if (text_equal(keys[i].name, clean)) {
            diags_add(d, e->line, e->key_column,
                      "'%s' belongs in [%s], not in [%s]", clean,
                      keys[i].section, s->name);
            return;
        }
    const char *near = text_nearest(clean, here, n);
    if (!near)
        near = text_nearest(clean, elsewhere, m);
    if (near) {
        diags_add(d, e->line, e->key_column,
                  "there is no key '%s' in [%s]; did you mean '%s'?", clean,
                  s->name, near);
        return;
    }
    Text all = { 0 };
    for (size_t i = 0; i < n; i++)
        text_addf(&all, "%s%s", i ? ", " : "", here[i]);
    diags_add(d, e->line, e->key_column,
              "there is no key '%s' in [%s]; there are %s", clean, s->name,
              all.bytes);
    text_close(&all);
}

const Key *section_key(const SectionInfo *s, const IniEntry *e, Diags *d) {
    for (size_t i = 0; i < key_count; i++)
        if (text_equal(keys[i].section, s->name) &&
            (s->free_keys || key_matches(&keys[i], e->key)))
            return &keys[i];
    unknown_key(s, e, d);
    return NULL;
}
