/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/print_tuned.h"

#include "base/units.h"
#include "profile/keys.h"

static void print_flows(const Tuning *t, const Scenario *s, Text *to) {
    for (size_t i = 0; i < t->count; i++) {
        bool is_group = s->flows[i].request_count > 1;
        text_addf(to, "%s%s%s%s ", i ? ", " : "", is_group ? "(" : "",
                  t->names[i], is_group ? ")" : "");
        if (t->are_rates)
            text_addf(to, "%.10g/m", t->values[i] * 60);
        else
            text_addf(to, "%.10g", t->values[i]);
    }
}

static void add_time(double ns, Text *to) {
    UnitsText t;
    text_adds(to, units_duration(t, (uint64_t)(ns + 0.5)));
}

static void print_think(const Think *t, double factor, Text *to) {
    static const char *const words[] = {
        [THINK_EXP] = "exp ",
        [THINK_NORMAL] = "normal ",
    };
    if (t->kind == THINK_EXP || t->kind == THINK_NORMAL)
        text_adds(to, words[t->kind]);
    add_time(t->a_ns * factor, to);
    if (t->kind != THINK_UNIFORM && t->kind != THINK_NORMAL)
        return;
    text_adds(to, t->kind == THINK_UNIFORM ? ".." : " ");
    add_time(t->b_ns * factor, to);
}

static bool print_scenario(const Profile *p, const Wheel *w,
                           const IniSection *s, const IniEntry *e, Text *to) {
    size_t i = 0;
    while (i < p->scenario_count && p->scenarios[i].line != s->line)
        i++;
    if (i == p->scenario_count)
        return false;
    const Tuning *t = &w->tunings[i];
    bool is_flows = text_equal(e->key, "mix") || text_equal(e->key, "tasks");
    if (is_flows && tuning_is_changed(t))
        print_flows(t, &p->scenarios[i], to);
    else if (text_equal(e->key, "think") && t->think != 1)
        print_think(&p->scenarios[i].think, t->think, to);
    else
        return false;
    return true;
}

/* Those that one entry has made share its key. */
static bool print_limits(const Limits *l, size_t *limit, Text *to) {
    size_t first = *limit, end = first;
    const Threshold *was = l->first->items;
    bool is_changed = false;
    while (end < l->now.count && was[end].key == was[first].key)
        is_changed |= limits_was(l, end++) != NULL;
    *limit = end;
    for (size_t i = first; is_changed && i < end; i++)
        text_addf(to, "%s%s", i > first ? ", " : "", l->now.items[i].text);
    return is_changed;
}

bool print_tuned(const Profile *p, const Wheel *w, const IniSection *s,
                 const IniEntry *e, size_t *limit, Text *to) {
    if (section_is(s, "thresholds"))
        return print_limits(&w->limits, limit, to);
    return section_is(s, "scenario") && print_scenario(p, w, s, e, to);
}
