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
#include "profile/keys_answer.h"
#include "profile/keys_compare.h"
#include "profile/keys_data.h"
#include "profile/keys_event.h"
#include "profile/keys_monitor.h"
#include "profile/keys_request.h"
#include "profile/keys_scenario.h"
#include "profile/keys_target.h"

void key_error(const KeyContext *c, int column, const char *format, ...) {
    char text[ERR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    const IniEntry *e = c->entry;
    if (column > 0)
        column = vars_column(&c->vars, (size_t)column - 1);
    if (e->line == 0)
        diags_add(c->diags, 0, 0, "[%s] %s (from the command line): %s",
                  c->section->name, e->key, text);
    else
        diags_add(c->diags, e->line,
                  e->value_column + (column > 0 ? column - 1 : 0), "%s", text);
}

void key_report(const KeyContext *c, const Err *err) {
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
        key_report(c, &err);
}

void key_needs(const KeyContext *c, const char *other, const char *example) {
    for (size_t i = 0; i < c->section->count; i++)
        if (text_equal(c->section->entries[i].key, other))
            return;
    key_error(c, 0, "%s says something of %s, which is missing: %s",
              c->entry->key, other, example);
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
        key_report(c, &err);
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
    if (level_read(&p->start_unit, c->value, &p->start, &err) < 0)
        key_report(c, &err);
}

static void read_iterations(KeyContext *c) {
    key_read_whole(c, 1, UINT64_MAX, &c->profile->iterations);
}

static void read_discard(KeyContext *c) {
    key_read_whole(c, 0, UINT32_MAX, &c->profile->discard);
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

/* --- tags --------------------------------------------------------------- */

static bool is_tag_byte(char ch) {
    return (unsigned char)ch > 0x20 && ch != 0x7f &&
           !strchr(",:{}()\"*=", ch);
}

/* One "NAME: VALUE", without blanks around; returns what is behind it. */
static const char *read_tag(KeyContext *c, const char *at, Label *tag) {
    const char *part[2], *s = at;
    size_t length[2];
    for (int i = 0; i < 2; i++) {
        s += strspn(s, " \t");
        part[i] = s;
        while (*s && is_tag_byte(*s))
            s++;
        length[i] = (size_t)(s - part[i]);
        s += strspn(s, " \t");
        if (length[i] == 0 || (i == 0 && *s++ != ':')) {
            key_error(c, (int)(s - c->value) + (i == 0 && length[i] ? 0 : 1),
                      "write tags as NAME: VALUE, such as area: checkout, "
                      "tier: gold");
            return NULL;
        }
    }
    Arena *arena = &c->profile->arena;
    *tag = (Label){ arena_dup_bytes(arena, part[0], length[0]),
                    arena_dup_bytes(arena, part[1], length[1]) };
    return s;
}

static bool is_own_label(const char *name) {
    return text_equal(name, "name") || text_equal(name, "scenario") ||
           text_equal(name, "variant");
}

void key_read_tags(KeyContext *c, Label **tags, size_t *count, size_t *cap) {
    const char *at = c->value;
    for (;;) {
        Label tag;
        const char *end = read_tag(c, at, &tag);
        if (!end)
            return;
        if (is_own_label(tag.name)) {
            key_error(c, (int)(at - c->value) + 1,
                      "'%s' is a label that onrush sets itself", tag.name);
            return;
        }
        mem_grow(*tags, *count, *cap);
        (*tags)[(*count)++] = tag;
        if (!*end)
            return;
        if (*end != ',') {
            key_error(c, (int)(end - c->value) + 1,
                      "a comma separates tags: area: checkout, tier: gold");
            return;
        }
        at = end + 1;
    }
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
    for (s = colon; *s; s++)
        if (((unsigned char)*s < 0x20 && *s != '\t') || *s == 0x7f) {
            key_error(c, (int)(s - c->value) + 1,
                      "a header's value has no control bytes");
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

/* --- [thresholds] ------------------------------------------------------- */

static bool has_arrivals(const Profile *p) {
    for (size_t i = 0; i < p->scenario_count; i++)
        if (p->scenarios[i].plan.unit == PLAN_RATE)
            return true;
    return false;
}

/* Why no sample of the metric can ever come; NULL: one may. */
static const char *never_measured(const Profile *p, const Metric *m) {
    if (m->id == METRIC_SCHEDULE_LAG && !has_arrivals(p))
        return "is of arrival rates (2m to 800/s); these stages count virtual "
               "users";
    if (m->id == METRIC_CHECKS && p->check_total == 0)
        return "has nothing to count: no request has a check";
    if (m->id == METRIC_OWN && !profile_records(p, m->own))
        return "gets no samples: no request has a record of it";
    return NULL;
}

static void read_threshold(KeyContext *c) {
    Profile *p = c->profile;
    bool in_key;
    Err err;
    MetricTable table = profile_metrics(p);
    size_t before = p->thresholds.count;
    if (threshold_read(&p->thresholds, &p->arena, c->entry->key, c->value,
                       &table, &in_key, &err) == 0) {
        const Metric *m = &p->thresholds.items[before].condition.metric;
        const char *why = never_measured(p, m);
        if (why)
            diags_add(c->diags, c->entry->line, c->entry->key_column, "%s %s",
                      m->info.name, why);
        return;
    }
    if (in_key && c->entry->line)
        diags_add(c->diags, c->entry->line,
                  c->entry->key_column + err.column - 1, "%s", err.text);
    else
        key_report(c, &err);
}

/* --- [alerts] ----------------------------------------------------------- */

static void read_alert(KeyContext *c) {
    Profile *p = c->profile;
    MetricTable table = profile_metrics(p);
    Err err;
    if (alert_read(&p->alerts, &p->arena, c->entry->key, c->value, &table,
                   &err) < 0) {
        key_report(c, &err);
        return;
    }
    Alert *a = &p->alerts.items[p->alerts.count - 1];
    if (a->exec)
        a->words = key_read_words(c, a->exec, "an alert is no request",
                                  &a->words_length);
}

/* --- the tables --------------------------------------------------------- */

const SectionInfo sections[] = {
    { "profile", false, false, "the run as a whole" },
    { "target", false, false, "what is loaded" },
    { "stages", true, true,
      "the load over time, in order; [stages NAME] for some scenarios" },
    { "request", true, false, "one request; [request NAME]" },
    { "scenario", true, false,
      "who makes which requests; [scenario NAME], several run side by side" },
    { "variant", true, false,
      "a target to compare with the first one; [variant NAME]" },
    DATA_SECTIONS
    { "metric", true, false, "a metric of your own; [metric NAME]" },
    { "event", true, false,
      "what happens at a moment of the run; [event NAME]" },
    { "thresholds", false, true, "what must hold: METRIC = p(95) < 500, ..." },
    { "alerts", false, true,
      "what is judged over a sliding window while the run goes on" },
    { "monitor", false, false, "what else is watched while the load runs" },
    COMPARE_SECTION
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
    { "profile", "discard", KEY_ONCE, read_discard, "0",
      "make that many iterations first that do not count" },
    { "profile", "graceful_stop", KEY_ONCE, read_graceful_stop, "30s",
      "let iterations finish at the end, for at most this long" },
    { "profile", "graceful_ramp_down", KEY_ONCE, read_graceful_ramp_down, "30s",
      "let iterations of leaving VUs finish, for at most this long" },
    TARGET_KEYS
    { "variant", "url", KEY_ONCE, key_read_url, NULL, "as [target] url" },
    STAGES_KEYS
    REQUEST_KEYS
    ANSWER_KEYS
    SCENARIO_KEYS
    DATA_KEYS
    METRIC_KEYS
    EVENT_KEYS
    { "thresholds", "METRIC", KEY_REPEATS, read_threshold, NULL,
      "METRIC or METRIC{REQUEST} = METHOD OP NUMBER [abort [after DURATION]], "
      "..." },
    { "alerts", "NAME", KEY_REPEATS, read_alert, NULL,
      "METRIC CONDITION for DURATION, warning|critical [, ACTION]" },
    MONITOR_KEYS
    COMPARE_KEYS
};
const size_t key_count = sizeof keys / sizeof *keys;

static bool is_among(const Key *k, KeyReadFn *const *readers, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (k->read == readers[i])
            return true;
    return false;
}

bool key_takes_vars(const Key *k) {
    static KeyReadFn *const takers[] = { key_read_method, key_read_exec,
                                         key_read_body,
                                         key_read_request_header,
                                         key_read_target_header };
    return is_among(k, takers, sizeof takers / sizeof *takers);
}

bool key_looks_up(const Key *k) {
    static KeyReadFn *const readers[] = { key_read_check, key_read_extract,
                                          key_read_record, key_read_until,
                                          key_read_var };
    return is_among(k, readers, sizeof readers / sizeof *readers);
}

static size_t first_word(const char *s) {
    return strcspn(s, " \t");
}

bool section_is(const IniSection *s, const char *kind) {
    size_t n = first_word(s->name);
    return strlen(kind) == n && strncmp(s->name, kind, n) == 0;
}

bool key_is(const char *key, const char *name) {
    size_t n = first_word(key);
    return strlen(name) == n && strncmp(key, name, n) == 0;
}

const char *section_item(const IniSection *s) {
    const char *name = s->name + first_word(s->name);
    return name + strspn(name, " \t");
}

static void no_such_section(const IniSection *s, const char *wrote, Diags *d) {
    const char **names = mem_alloc(section_count, sizeof *names);
    Text all = { 0 };
    for (size_t i = 0; i < section_count; i++) {
        names[i] = sections[i].name;
        text_addf(&all, "%s%s", i ? ", " : "", names[i]);
    }
    const char *near = text_nearest(wrote, names, section_count);
    diags_add(d, s->line, 1, "there is no section [%s]; %s%s%s", wrote,
              near ? "did you mean [" : "there are ", near ? near : all.bytes,
              near ? "]?" : "");
    text_close(&all);
    free(names);
}

static const SectionInfo *info_of(const IniSection *s) {
    for (size_t i = 0; i < section_count; i++)
        if (section_is(s, sections[i].name))
            return &sections[i];
    return NULL;
}

const SectionInfo *section_find(const IniSection *s, Diags *d) {
    const SectionInfo *info = info_of(s);
    char word[64], clean[64];
    if (info && (info->named || !*section_item(s)))
        return info;
    if (!d)
        return NULL;
    if (info) {
        diags_add(d, s->line, 1, "[%s] has no name: write [%s]", info->name,
                  info->name);
        return NULL;
    }
    snprintf(word, sizeof word, "%.*s", (int)first_word(s->name), s->name);
    text_clean(clean, sizeof clean, word, strlen(word));
    no_such_section(s, clean, d);
    return NULL;
}

static bool key_matches(const Key *k, const char *name) {
    if (text_equal(k->name, name))
        return true;
    size_t n = strlen(k->name);
    return k->times == KEY_NAMED && strncmp(k->name, name, n) == 0 &&
           isspace((unsigned char)name[n]);
}

/* Of this section, else of any other. */
static const char *nearest_key(const SectionInfo *s, const char *wrote) {
    const char **names = mem_alloc(key_count, sizeof *names);
    const char *near = NULL;
    for (int elsewhere = 0; !near && elsewhere < 2; elsewhere++) {
        size_t n = 0;
        for (size_t i = 0; i < key_count; i++)
            if (text_equal(keys[i].section, s->name) != elsewhere)
                names[n++] = keys[i].name;
        near = text_nearest(wrote, names, n);
    }
    free(names);
    return near;
}

static void unknown_key(const SectionInfo *s, const IniEntry *e, Diags *d) {
    char clean[64];
    text_clean(clean, sizeof clean, e->key, strlen(e->key));
    for (size_t i = 0; i < key_count; i++)
        if (text_equal(keys[i].name, clean)) {
            diags_add(d, e->line, e->key_column,
                      "'%s' belongs in [%s], not in [%s]", clean,
                      keys[i].section, s->name);
            return;
        }
    const char *near = nearest_key(s, clean);
    if (near) {
        diags_add(d, e->line, e->key_column,
                  "there is no key '%s' in [%s]; did you mean '%s'?", clean,
                  s->name, near);
        return;
    }
    Text all = { 0 };
    size_t n = 0;
    for (size_t i = 0; i < key_count; i++)
        if (text_equal(keys[i].section, s->name))
            text_addf(&all, "%s%s", n++ ? ", " : "", keys[i].name);
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
    if (d)
        unknown_key(s, e, d);
    return NULL;
}
