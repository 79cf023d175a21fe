/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/outline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/units.h"
#include "profile/data.h"
#include "profile/keys.h"

#define NAMES_SHOWN 8

/* A profile may be another's: its bytes are not the terminal's commands. */
static void say(const char *text) {
    text_put(stdout, text);
}

/* --- scenarios ---------------------------------------------------------- */

/* NULL: the scenario has no section of its own. */
static const IniSection *section_of(const Profile *p, const Scenario *s) {
    for (size_t i = 0; i < p->ini.count; i++) {
        const IniSection *is = &p->ini.sections[i];
        const char *name = section_item(is);
        if (section_is(is, "scenario") &&
            text_equal(*name ? name : SCENARIO_DEFAULT, s->name))
            return is;
    }
    return NULL;
}

/* Is it there? Then behind what was said before. */
static bool add_key(const IniSection *is, const char *key, const char *words,
                    bool is_first) {
    for (size_t i = 0; is && i < is->count; i++)
        if (text_equal(is->entries[i].key, key)) {
            text_to(stdout, "%s%s", is_first ? "" : "; ", words);
            say(is->entries[i].value);
            return true;
        }
    return false;
}

static void print_every_request(const Profile *p) {
    for (size_t i = 0; i < p->request_count && i < NAMES_SHOWN; i++)
        text_to(stdout, "%s%s", i ? ", " : "", p->requests[i].name);
    if (p->request_count > NAMES_SHOWN)
        text_to(stdout, ", ... %zu in all", p->request_count);
}

void outline_scenario(const Profile *p, const Scenario *s) {
    const IniSection *is = section_of(p, s);
    fputs(s->choice == FLOW_TASKS ? "  each user: " : "  each iteration: ",
          stdout);
    bool said = add_key(is, "flow", "", true) ||
                add_key(is, "mix", "one of ", true) ||
                add_key(is, "tasks", "", true);
    if (!said)
        print_every_request(p);
    add_key(is, "think", "think ", false);
    putchar('\n');
}

static bool same_name(const char *a, const char *b) {
    return a && b ? text_equal(a, b) : a == b;
}

const Scenario *outline_twin(const Profile *p, const Scenario *s) {
    for (const Scenario *t = p->scenarios; t < s; t++)
        if (same_name(t->stages, s->stages) && t->start_ns == s->start_ns &&
            t->max_vus == s->max_vus)
            return t;
    return NULL;
}

/* --- the rest ----------------------------------------------------------- */

static void print_variants(const Profile *p) {
    if (p->variant_count == 1)
        return;
    fputs("  each flow goes to", stdout);
    for (size_t i = 0; i < p->variant_count; i++)
        text_to(stdout, "%s %s (%s)", i ? "," : "", p->variants[i].name,
               p->variants[i].url.text);
    putchar('\n');
}

static void print_data(const Profile *p) {
    static const char *const picks[] = {
        [DATA_SEQUENTIAL] = "one after the other",
        [DATA_RANDOM] = "at random",
        [DATA_PER_VU] = "one for each VU",
    };
    for (size_t i = 0; i < p->vars.data_count; i++) {
        const DataSet *d = &p->vars.data[i];
        UnitsText rows;
        if (!data_is_wanted(d->file)) {
            text_to(stdout, "  data %s: nothing uses it\n", d->name);
            continue;
        }
        units_count(rows, (double)data_rows(d->file));
        text_to(stdout, "  data %s: %s rows of ", d->name, rows);
        say(d->path);
        text_to(stdout, ", %s\n", picks[d->pick]);
    }
}

static void print_thresholds(const ThresholdList *l) {
    if (l->count == 0)
        puts("  no thresholds: nothing to judge by");
    else
        puts("\n  must hold");
    for (size_t i = 0; i < l->count; i++) {
        text_to(stdout, "    %-28s ", l->items[i].key);
        say(l->items[i].text);
        putchar('\n');
    }
}

static void print_alerts(const AlertList *l) {
    if (l->count)
        puts("\n  alerts");
    for (size_t i = 0; i < l->count; i++) {
        size_t length = strlen(l->items[i].name);
        fputs("    ", stdout);
        say(l->items[i].name);
        text_to(stdout, "%*s", length < 15 ? 16 - (int)length : 1, "");
        say(l->items[i].text);
        putchar('\n');
    }
}

void outline_rest(const Profile *p) {
    print_variants(p);
    print_data(p);
    print_thresholds(&p->thresholds);
    print_alerts(&p->alerts);
}
