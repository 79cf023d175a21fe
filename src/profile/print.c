/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "profile/keys.h"
#include "profile/keys_data.h"
#include "profile/keys_request.h"
#include "profile/keys_target.h"
#include "profile/plans.h"
#include "profile/print_tuned.h"
#include "profile/secrets.h"

/* Does the key name a file that is looked for beside the profile? Of a body
 * only what an @ stands before. */
static bool names_file(const IniSection *s, const IniEntry *e) {
    static KeyReadFn *const readers[] = { key_read_data_file, key_read_tls_ca,
                                          key_read_tls_cert, key_read_tls_key,
                                          key_read_unix_socket,
                                          key_read_body };
    const SectionInfo *info = section_find(s, NULL);
    const Key *k = info ? section_key(info, e, NULL) : NULL;
    for (size_t i = 0; k && i < sizeof readers / sizeof *readers; i++)
        if (k->read == readers[i])
            return true;
    return false;
}

/* The folder that the profile stands in, as every other one sees it. */
static void print_folder(const Profile *p, Text *to) {
    const char *slash = strrchr(p->path, '/');
    char *dir = mem_alloc(strlen(p->path) + 2, 1);
    memcpy(dir, slash ? p->path : ".", slash ? (size_t)(slash - p->path) : 1);
    char *whole = realpath(*dir ? dir : "/", NULL);
    text_addf(to, "%s/", whole ? whole : dir);
    free(whole);
    free(dir);
}

/* Variables stay as they were written, but where one says that this is a
 * file. */
static void print_value(const Profile *p, const IniSection *s,
                        const IniEntry *e, Text *to) {
    bool is_body = text_equal(e->key, "body");
    VarScope scope = p->vars;
    scope.secrets = NULL;
    Arena arena = { 0 };
    Vars vars;
    const char *read =
        names_file(s, e) ? vars_read(e->value, &scope, &arena, &vars, NULL)
                         : NULL;
    const char *written = e->value;
    if (read && (!is_body || *read == '@') && read[is_body] != '/') {
        text_adds(to, is_body ? "@" : "");
        print_folder(p, to);
        written = (is_body && *written != '@' ? read : written) + is_body;
    }
    text_adds(to, written);
    arena_close(&arena);
}

/* Scenarios that once shared stages were steered apart. */
static void print_stages(const Profile *p, const Wheel *w, uint64_t until_ns,
                         Text *to) {
    const Plan *plans = w->plans;
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

/* NULL: the section is none. */
static const PlannedEvent *event_of(const Profile *p, const IniSection *s) {
    for (size_t i = 0; i < p->event_count; i++)
        if (section_is(s, "event") && p->events[i].line == s->line)
            return &p->events[i];
    return NULL;
}

/* What the plan says now. */
static bool is_in_plan(const IniSection *s, const char *key) {
    if (text_equal(s->name, "profile"))
        return text_equal(key, "start");
    return section_is(s, "scenario") &&
           (text_equal(key, "start") || text_equal(key, "stages"));
}

/* What an event has done to the load, the plan says now. */
static bool is_done(const Profile *p, const IniSection *s, const IniEntry *e,
                    uint64_t until_ns) {
    const PlannedEvent *event = event_of(p, s);
    return event && until_ns != UINT64_MAX && event->at_ns <= until_ns &&
           text_equal(e->key, "do") && !key_is(event->command, "mark");
}

static void print_entry(const Profile *p, const Wheel *w, const IniSection *s,
                        const IniEntry *e, Text *to, size_t *limit) {
    Text masked = { 0 };
    bool hides = secrets_print(p, s, e, &masked);
    if (hides)
        text_addf(to,
                  "; a secret is left out: put ${env.NAME} in place of it and "
                  "set NAME\n%s = %s\n",
                  e->key, masked.bytes);
    text_close(&masked);
    if (hides)
        return;
    text_addf(to, "%s = ", e->key);
    if (!print_tuned(p, w, s, e, limit, to))
        print_value(p, s, e, to);
    text_adds(to, "\n");
}

static void print_section(const Profile *p, const Wheel *w,
                          const IniSection *s, uint64_t until_ns, Text *to,
                          size_t *limit) {
    text_addf(to, "[%s]\n", s->name);
    for (size_t k = 0; k < s->count; k++) {
        const IniEntry *e = &s->entries[k];
        if (is_in_plan(s, e->key) || is_done(p, s, e, until_ns))
            continue;
        print_entry(p, w, s, e, to, limit);
    }
    if (section_is(s, "scenario") && p->scenario_count > 1) {
        const char *name = section_item(s);
        text_addf(to, "stages = %s\n", *name ? name : SCENARIO_DEFAULT);
    }
}

/* It would come when the stages that are printed have ended. */
static bool is_too_late(const Profile *p, const IniSection *s,
                        uint64_t until_ns) {
    const PlannedEvent *event = event_of(p, s);
    return event && event->at_ns > until_ns;
}

static void print_all(const Profile *p, const Wheel *w, uint64_t until_ns,
                      Text *to) {
    bool has_stages = false;
    const char *gap = "";
    size_t limit = 0;
    for (size_t i = 0; i < p->ini.count; i++) {
        const IniSection *s = &p->ini.sections[i];
        bool stages = section_is(s, "stages");
        if ((stages && has_stages) || is_too_late(p, s, until_ns))
            continue;
        text_adds(to, gap);
        gap = "\n";
        if (stages)
            print_stages(p, w, until_ns, to);
        else
            print_section(p, w, s, until_ns, to, &limit);
        has_stages |= stages;
        UnitsText level;
        if (text_equal(s->name, "profile") && p->scenario_count == 1 &&
            w->plans->start > 0)
            text_addf(to, "start = %s\n",
                      units_level(level, w->plans->start,
                                  w->plans->unit == PLAN_RATE));
    }
}

void profile_print(const Profile *p, const Wheel *w, uint64_t until_ns,
                   Text *to) {
    Wheel fresh;
    if (w) {
        print_all(p, w, until_ns, to);
        return;
    }
    plans_to_wheel(p, &fresh);
    print_all(p, &fresh, until_ns, to);
    wheel_close(&fresh);
}
