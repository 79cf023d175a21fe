/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/change.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Alerts look once a second. */
static void scale_window(Alert *a, double time) {
    double ns = (double)a->window_ns * time;
    a->window_ns = ns > (double)NS_PER_S ? (uint64_t)ns : NS_PER_S;
}

void change_scale(Profile *p, const ProfileOptions *o) {
    double time = o->time_scale > 0 ? o->time_scale : 1;
    double load = o->load_scale > 0 ? o->load_scale : 1;
    for (size_t i = 0; i < p->scenario_count; i++) {
        scale_plan(&p->scenarios[i].plan, time, load);
        p->scenarios[i].start_ns =
            (uint64_t)((double)p->scenarios[i].start_ns * time);
    }
    for (size_t i = 0; i < p->event_count; i++)
        p->events[i].at_ns =
            (uint64_t)((double)p->events[i].at_ns * time);
    for (size_t i = 0; i < p->alerts.count; i++)
        scale_window(&p->alerts.items[i], time);
    for (size_t i = 0; i < p->thresholds.count; i++)
        p->thresholds.items[i].abort_after_ns = (uint64_t)(
            (double)p->thresholds.items[i].abort_after_ns * time);
    p->start = p->scenarios[0].plan.start;
}
