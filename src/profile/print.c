/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "profile/keys.h"
#include "profile/profile.h"

/* A file is looked for beside the profile: say where it is now. */
static void print_value(const Profile *p, const IniEntry *e, Text *to) {
    bool is_body = text_equal(e->key, "body") && e->value[0] == '@';
    const char *file = is_body ? e->value + 1 : e->value;
    static const char *const files[] = { "tls_ca", "tls_cert", "tls_key",
                                         "unix_socket", "file" };
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
    return section_is(s, "scenario") &&
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
    if (section_is(s, "scenario") && p->scenario_count > 1) {
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
        bool stages = section_is(s, "stages");
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
