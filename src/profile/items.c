/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/items.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "profile/scope.h"

#define SECTION_TEXT_MAX 100

/* Told for the first one that is too many. */
static void refuse_more(const IniSection *s, size_t most, int kind,
                        Diags *d) {
    char text[SECTION_TEXT_MAX];
    snprintf(text, sizeof text, "a profile has at most %zu sections [%.*s]",
             most, kind, s->name);
    for (size_t i = 0; i < d->count; i++)
        if (text_equal(d->items[i].text, text))
            return;
    diags_add(d, s->line, 1, "%s", text);
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
        refuse_more(s, most, kind, d);
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

static void add_event(Profile *p, const IniSection *s, Diags *d) {
    const char *name = read_item(p, s, p->event_count, PROFILE_EVENTS_MAX, d);
    if (name && !*name)
        name_is_missing(s, "event restart", d);
    if (!name || !*name)
        return;
    mem_grow(p->events, p->event_count, p->event_cap);
    p->events[p->event_count++] = (PlannedEvent){ .name = name,
                                                  .line = s->line };
}

static void add_metric(Profile *p, const IniSection *s, Diags *d) {
    const char *name = section_item(s);
    Err err;
    if (!*name) {
        name_is_missing(s, "metric order_value", d);
    } else if (custom_check_name(name, &err) < 0) {
        diags_add(d, s->line, (int)strlen("[metric ") + err.column, "%s",
                  err.text);
    } else if (p->metric_count == PROFILE_METRICS_MAX) {
        diags_add(d, s->line, 1, "a profile has at most %d metrics",
                  PROFILE_METRICS_MAX);
    } else {
        mem_grow(p->metrics, p->metric_count, p->metric_cap);
        p->metrics[p->metric_count++] =
            (CustomMetric){ .name = arena_dup_text(&p->arena, name),
                            .kind = METRIC_TREND,
                            .line = s->line };
    }
}

void items_default_scenario(Profile *p) {
    new_scenario(p, SCENARIO_DEFAULT, 0);
}

void items_list(Profile *p, Diags *d) {
    static const struct {
        const char *kind;
        void (*add)(Profile *p, const IniSection *s, Diags *d);
    } kinds[] = {
        { "request", add_request },
        { "scenario", add_scenario },
        { "variant", add_variant },
        { "metric", add_metric },
        { "event", add_event },
    };
    for (size_t i = 0; i < p->ini.count; i++)
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            if (section_is(&p->ini.sections[i], kinds[k].kind))
                kinds[k].add(p, &p->ini.sections[i], d);
}

/* Of the list, the one that stands in this section's line. */
#define FIND(list, count, s, to)            \
    for (size_t i = 0; i < (count); i++)    \
        if ((list)[i].line == (s)->line)    \
            (to) = &(list)[i];

bool items_find(Profile *p, const IniSection *s, KeyContext *of) {
    if (section_is(s, "request")) {
        FIND(p->requests, p->request_count, s, of->request);
        return of->request;
    }
    if (section_is(s, "scenario")) {
        FIND(p->scenarios, p->scenario_count, s, of->scenario);
        return of->scenario;
    }
    if (section_is(s, "variant")) {
        FIND(p->variants, p->variant_count, s, of->variant);
        return of->variant;
    }
    if (section_is(s, "metric")) {
        FIND(p->metrics, p->metric_count, s, of->metric);
        return of->metric;
    }
    if (section_is(s, "data")) {
        of->data = scope_data(p, section_item(s));
        return of->data;
    }
    if (section_is(s, "event")) {
        FIND(p->events, p->event_count, s, of->event);
        return of->event;
    }
    return true;
}
