/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/index.h"

#include <string.h>

#include "base/text.h"

void index_names(Profile *p) {
    p->request_names =
        arena_array(&p->arena, const char *, p->request_count + 1);
    for (size_t i = 0; i < p->request_count; i++)
        p->request_names[i] = p->requests[i].name;
}

void index_checks(Profile *p) {
    p->check_labels = arena_array(&p->arena, const char *, p->check_total + 1);
    p->check_requests = arena_array(&p->arena, uint32_t, p->check_total + 1);
    for (size_t i = 0; i < p->request_count; i++)
        for (size_t k = 0; k < p->requests[i].check_count; k++) {
            const Check *c = &p->requests[i].checks[k];
            p->check_labels[c->index] = c->name;
            p->check_requests[c->index] = (uint32_t)i;
        }
}

bool profile_records(const Profile *p, uint32_t metric) {
    for (size_t i = 0; i < p->request_count; i++) {
        const Request *r = &p->requests[i];
        for (size_t k = 0; k < r->record_count; k++)
            if (r->records[k].metric == metric)
                return true;
        if (r->poll.until && r->poll.metric == metric)
            return true;
    }
    return false;
}

/* --- series ------------------------------------------------------------- */

bool scenario_makes(const Scenario *s, uint32_t request) {
    for (size_t i = 0; i < s->flow_count; i++)
        for (size_t k = 0; k < s->flows[i].request_count; k++)
            if (s->flows[i].requests[k] == request)
                return true;
    return false;
}

/* "home", "home{buyers}", "home{buyers,logger}": as much as tells apart. */
static const char *series_name(Profile *p, const Request *r, const Scenario *s,
                               const Variant *v, bool several) {
    bool variants = p->variant_count > 1;
    if (!several && !variants)
        return r->name;
    Text t = { 0 };
    text_addf(&t, "%s{%s%s%s}", r->name, several ? s->name : "",
              several && variants ? "," : "", variants ? v->name : "");
    const char *name = arena_dup_text(&p->arena, t.bytes);
    text_close(&t);
    return name;
}

static void add_labels(Label *to, size_t *count, const Label *tags,
                       size_t tag_count) {
    for (size_t i = 0; i < tag_count; i++)
        to[(*count)++] = tags[i];
}

static void add_series(Profile *p, uint32_t request, uint32_t scenario,
                       uint32_t variant, bool several) {
    const Request *r = &p->requests[request];
    Scenario *s = &p->scenarios[scenario];
    const Variant *v = &p->variants[variant];
    Label *labels =
        arena_array(&p->arena, Label, 3 + r->tag_count + s->tag_count);
    size_t n = 0;
    labels[n++] = (Label){ "name", r->name };
    labels[n++] = (Label){ "scenario", s->name };
    if (*v->name)
        labels[n++] = (Label){ "variant", v->name };
    add_labels(labels, &n, r->tags, r->tag_count);
    add_labels(labels, &n, s->tags, s->tag_count);
    s->series[request * p->variant_count + variant] =
        (uint32_t)p->series_count;
    mem_grow(p->series, p->series_count, p->series_cap);
    p->series[p->series_count++] =
        (Series){ .name = series_name(p, r, s, v, several),
                  .request_name = r->name,
                  .request = request,
                  .scenario = scenario,
                  .variant = variant,
                  .labels = labels,
                  .label_count = n };
}

void index_series(Profile *p) {
    size_t pairs = p->request_count * p->variant_count;
    for (size_t i = 0; i < p->scenario_count; i++) {
        uint32_t *of = arena_array(&p->arena, uint32_t, pairs + 1);
        memset(of, 0xff, pairs * sizeof *of);
        p->scenarios[i].series = of;
    }
    for (uint32_t r = 0; r < p->request_count; r++) {
        size_t users = 0;
        for (size_t i = 0; i < p->scenario_count; i++)
            users += scenario_makes(&p->scenarios[i], r);
        for (uint32_t i = 0; i < p->scenario_count; i++)
            if (scenario_makes(&p->scenarios[i], r))
                for (uint32_t v = 0; v < p->variant_count; v++)
                    add_series(p, r, i, v, users > 1);
    }
}
