/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/change.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "profile/keys.h"

#define TOTAL_MOST_NS (UINT64_C(365) * 24 * NS_PER_H)

/* A value can be changed, but a request, a scenario is not made so. */
static void no_such_item(const Ini *ini, const char *set, const char *section,
                         Diags *d) {
    const char **names = mem_alloc(ini->count + 1, sizeof *names);
    for (size_t i = 0; i < ini->count; i++)
        names[i] = ini->sections[i].name;
    const char *near = text_nearest(section, names, ini->count);
    diags_add(d, 0, 0, "--set %s: there is no [%s]%s%s%s", set, section,
              near ? "; did you mean [" : "", near ? near : "",
              near ? "]?" : "");
    free(names);
}

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
    if (strpbrk(set, "\r\n")) {
        diags_add(d, 0, 0, "--set %.*s: a value has one line", (int)n, set);
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
    if (first != last && !ini_find(ini, where))
        no_such_item(ini, set, where, d);
    else
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

/* k6's --vus and --duration. */
static void apply_vus(Ini *ini, const ProfileOptions *o, Diags *d) {
    if (!o->vus || !o->duration) {
        diags_add(d, 0, 0, "--vus and --duration go together: --vus 50 "
                           "--duration 1h");
        return;
    }
    if (o->stages) {
        diags_add(d, 0, 0, "--stages says what --vus and --duration say: write "
                           "one of them");
        return;
    }
    Text t = { 0 };
    text_addf(&t, "%s at %s", o->duration, o->vus);
    apply_stages(ini, t.bytes);
    text_close(&t);
}

void change_ini(Ini *ini, const ProfileOptions *o, Diags *d) {
    if (o->url)
        ini_set(ini, "target", "url", o->url);
    if (o->stages)
        apply_stages(ini, o->stages);
    if (o->vus || o->duration)
        apply_vus(ini, o, d);
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

/* --- what the command line scales, in words ------------------------------ */

/* As if it had been written so: results show it, and a saved profile does the
 * same again. */
static void rewrite(Profile *p, const char *kind, const char *item,
                    const char *key, const char *value) {
    for (size_t i = 0; i < p->ini.count; i++) {
        IniSection *s = &p->ini.sections[i];
        if (!section_is(s, kind) || !text_equal(section_item(s), item))
            continue;
        for (size_t k = 0; k < s->count; k++)
            if (text_equal(s->entries[k].key, key)) {
                free(s->entries[k].value);
                s->entries[k].value = mem_dup_text(value);
            }
    }
}

/* With a duration in place of what stands at [at, at + length). */
static const char *with_duration(Profile *p, const char *text, size_t at,
                                 size_t length, uint64_t ns) {
    UnitsText span;
    Text t = { 0 };
    text_add(&t, text, at);
    text_adds(&t, units_duration(span, ns));
    text_adds(&t, text + at + length);
    const char *out = arena_dup_text(&p->arena, t.bytes);
    text_close(&t);
    return out;
}

static uint64_t scaled_ns(uint64_t ns, double time) {
    return (uint64_t)llround((double)ns * time);
}

static void scale_events(Profile *p, double time) {
    uint64_t total = 0;
    for (size_t i = 0; i < p->scenario_count; i++) {
        uint64_t ns = plan_total_ns(&p->scenarios[i].plan);
        total = ns > total ? ns : total;
    }
    for (size_t i = 0; i < p->event_count; i++) {
        PlannedEvent *e = &p->events[i];
        UnitsText at;
        e->at_ns = scaled_ns(e->at_ns, time);
        if (e->at_ns > total) /* many stages are rounded, it only once */
            e->at_ns = total;
        rewrite(p, "event", e->name, "at", units_duration(at, e->at_ns));
    }
}

/* Alerts look once a second, at whole seconds. */
static void scale_alerts(Profile *p, double time) {
    for (size_t i = 0; i < p->alerts.count; i++) {
        Alert *a = &p->alerts.items[i];
        double s = round((double)a->window_ns * time / (double)NS_PER_S);
        double most = (double)ALERT_LONGEST_NS / (double)NS_PER_S;
        a->window_ns = (uint64_t)fmin(fmax(s, 1), most) * NS_PER_S;
        a->text = with_duration(p, a->text, a->window_at, a->window_length,
                                a->window_ns);
        rewrite(p, "alerts", "", a->name, a->text);
    }
}

static void scale_thresholds(Profile *p, double time) {
    Text line = { 0 };
    for (size_t i = 0; i < p->thresholds.count; i++) {
        Threshold *t = &p->thresholds.items[i];
        bool goes_on = i && text_equal(t->key, t[-1].key);
        if (t->abort_after_ns) {
            t->abort_after_ns = scaled_ns(t->abort_after_ns, time);
            t->text = with_duration(p, t->text, t->after_at, t->after_length,
                                    t->abort_after_ns);
        }
        if (!goes_on)
            text_clear(&line);
        text_addf(&line, "%s%s", goes_on ? ", " : "", t->text);
        rewrite(p, "thresholds", "", t->key, line.bytes);
    }
    text_close(&line);
}

static bool fits(Profile *p, double time, Diags *d) {
    for (size_t i = 0; i < p->scenario_count; i++) {
        double ns = (double)plan_total_ns(&p->scenarios[i].plan) * time;
        if (ns >= 1 && ns <= (double)TOTAL_MOST_NS)
            continue;
        diags_add(d, 0, 0,
                  "with --time-scale %g all stages together last %s", time,
                  ns < 1 ? "0 s" : "longer than 365 days");
        return false;
    }
    return true;
}

int change_scale(Profile *p, const ProfileOptions *o, Diags *d) {
    double time = o->time_scale > 0 ? o->time_scale : 1;
    double load = o->load_scale > 0 ? o->load_scale : 1;
    if (time != 1 && !fits(p, time, d))
        return -1;
    for (size_t i = 0; i < p->scenario_count; i++) {
        scale_plan(&p->scenarios[i].plan, time, load);
        p->scenarios[i].start_ns = scaled_ns(p->scenarios[i].start_ns, time);
    }
    if (time != 1) {
        scale_events(p, time);
        scale_alerts(p, time);
        scale_thresholds(p, time);
    }
    p->start = p->scenarios[0].plan.start;
    return 0;
}
