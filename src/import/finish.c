/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is done to a sketch when its reader has ended. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import/sketch.h"
#include "import/marked.h"

static bool same_lines(const SketchLines *a, const SketchLines *b) {
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!text_equal(a->items[i].key, b->items[i].key) ||
            !text_equal(a->items[i].value, b->items[i].value))
            return false;
    return true;
}

static bool same_text(const char *a, const char *b) {
    return a == b || (a && b && text_equal(a, b));
}

static bool same_request(const SketchRequest *a, const SketchRequest *b) {
    return text_equal(a->method, b->method) && text_equal(a->path, b->path) &&
           same_lines(&a->headers, &b->headers) &&
           same_lines(&a->lines, &b->lines) && !a->body == !b->body &&
           a->body_length == b->body_length &&
           a->body_is_literal == b->body_is_literal &&
           (!a->body || memcmp(a->body, b->body, a->body_length) == 0) &&
           same_text(a->body_file, b->body_file);
}

static void rename_steps(Sketch *d, const uint32_t *now) {
    for (size_t s = 0; s < d->scenario_count; s++)
        for (size_t f = 0; f < d->scenarios[s].count; f++) {
            SketchFlow *flow = &d->scenarios[s].flows[f];
            for (size_t i = 0; i < flow->count; i++)
                flow->steps[i].request = now[flow->steps[i].request];
        }
}

static void merge_equal(Sketch *d) {
    uint32_t now[SKETCH_REQUESTS_MAX];
    size_t keep = 0;
    for (size_t i = 0; i < d->request_count; i++) {
        size_t k = 0;
        while (k < keep && !same_request(&d->requests[k], &d->requests[i]))
            k++;
        now[i] = (uint32_t)k;
        if (k < keep) {
            free(d->requests[i].headers.items);
            free(d->requests[i].lines.items);
        } else {
            d->requests[keep++] = d->requests[i];
        }
    }
    d->request_count = keep;
    rename_steps(d, now);
}

static bool has_line(const SketchLines *lines, const SketchLine *line) {
    for (size_t i = 0; i < lines->count; i++)
        if (strcasecmp(lines->items[i].key, line->key) == 0 &&
            text_equal(lines->items[i].value, line->value))
            return true;
    return false;
}

static void drop_line(SketchLines *lines, const SketchLine *line) {
    size_t keep = 0;
    for (size_t i = 0; i < lines->count; i++)
        if (strcasecmp(lines->items[i].key, line->key) != 0 ||
            !text_equal(lines->items[i].value, line->value))
            lines->items[keep++] = lines->items[i];
    lines->count = keep;
}

/* What every request has is said once, for the target. */
static void hoist_headers(Sketch *d) {
    if (d->request_count < 2)
        return;
    SketchLines *first = &d->requests[0].headers;
    for (size_t i = 0; i < first->count;) {
        SketchLine line = first->items[i];
        size_t with = 1;
        while (with < d->request_count &&
               has_line(&d->requests[with].headers, &line))
            with++;
        if (with < d->request_count) {
            i++;
            continue;
        }
        sketch_set(d, &d->headers, line.key, line.value);
        for (size_t r = 0; r < d->request_count; r++)
            drop_line(&d->requests[r].headers, &line);
    }
}

/* --- requests that nobody makes ----------------------------------------- */

static void mark_used(const Sketch *d, bool *used) {
    for (size_t s = 0; s < d->scenario_count; s++)
        for (size_t f = 0; f < d->scenarios[s].count; f++) {
            const SketchFlow *flow = &d->scenarios[s].flows[f];
            for (size_t i = 0; i < flow->count; i++)
                used[flow->steps[i].request] = true;
        }
}

static void drop_unused(Sketch *d) {
    bool used[SKETCH_REQUESTS_MAX] = { false };
    uint32_t now[SKETCH_REQUESTS_MAX] = { 0 };
    size_t keep = 0;
    mark_used(d, used);
    for (size_t i = 0; i < d->request_count; i++) {
        now[i] = (uint32_t)keep;
        if (used[i]) {
            d->requests[keep++] = d->requests[i];
            continue;
        }
        free(d->requests[i].headers.items);
        free(d->requests[i].lines.items);
    }
    d->request_count = keep;
    rename_steps(d, now);
}

/* --- scenarios that do nothing ------------------------------------------ */

static SketchSection *stages_of(Sketch *d, const SketchScenario *s) {
    const SketchLine *line = sketch_find(&s->lines, "stages");
    for (size_t i = 0; line && i < d->section_count; i++)
        if (d->sections[i].kind == SKETCH_STAGES &&
            text_equal(d->sections[i].name, line->value))
            return &d->sections[i];
    return NULL;
}

/* Without a step, or with stages of its own that have none. */
static bool does_nothing(Sketch *d, const SketchScenario *s) {
    size_t steps = 0;
    const SketchSection *stages = stages_of(d, s);
    for (size_t i = 0; i < s->count; i++)
        steps += s->flows[i].count;
    return steps == 0 || (stages && stages->lines.count == 0);
}

static void drop_idle(Sketch *d) {
    size_t keep = 0;
    for (size_t i = 0; i < d->scenario_count; i++) {
        SketchScenario s = d->scenarios[i];
        SketchSection *stages = stages_of(d, &s);
        if (!does_nothing(d, &s)) {
            d->scenarios[keep++] = s;
            continue;
        }
        sketch_note(d, AT_WHOLE,
                    "scenario %s: without requests or stages that are carried",
                    s.name);
        if (stages)
            stages->lines.count = 0; /* and is not printed */
        for (size_t k = 0; k < s.count; k++)
            free(s.flows[k].steps);
        free(s.flows);
        free(s.lines.items);
    }
    d->scenario_count = keep;
}

/* --- metrics and data that nobody uses ---------------------------------- */

static bool is_recorded(const Sketch *d, const char *metric) {
    for (size_t i = 0; i < d->request_count; i++) {
        const SketchLines *lines = &d->requests[i].lines;
        for (size_t k = 0; k < lines->count; k++)
            if (text_starts(lines->items[k].key, "record ") &&
                text_equal(lines->items[k].key + strlen("record "), metric))
                return true;
    }
    return false;
}

static bool lines_name(const SketchLines *lines, const char *var) {
    for (size_t i = 0; i < lines->count; i++)
        if (strstr(lines->items[i].value, var))
            return true;
    return false;
}

static bool is_named(const Sketch *d, const char *data) {
    Text var = { 0 };
    bool found = false;
    text_addf(&var, "%c%s.", MARK_OPEN, data);
    for (size_t i = 0; i < d->request_count; i++) {
        const SketchRequest *r = &d->requests[i];
        found |= strstr(r->path, var.bytes) ||
                 lines_name(&r->headers, var.bytes) ||
                 lines_name(&r->lines, var.bytes) ||
                 (r->body && !r->body_is_literal &&
                  memmem(r->body, r->body_length, var.bytes, var.length));
    }
    text_close(&var);
    return found;
}

static void drop_thresholds(Sketch *d, const char *metric) {
    SketchLines *lines =
        &sketch_section(d, SKETCH_THRESHOLDS, "")->lines;
    size_t keep = 0;
    for (size_t i = 0; i < lines->count; i++)
        if (!text_equal(lines->items[i].key, metric))
            lines->items[keep++] = lines->items[i];
    lines->count = keep;
}

/* A profile says nothing that can have no effect. */
static void drop_idle_sections(Sketch *d) {
    for (size_t i = 0; i < d->section_count; i++) {
        const char *name = d->sections[i].name;
        SketchKind kind = d->sections[i].kind;
        if (d->sections[i].lines.count == 0 ||
            (kind != SKETCH_METRIC && kind != SKETCH_DATA) ||
            (kind == SKETCH_METRIC ? is_recorded(d, name)
                                   : is_named(d, name)))
            continue;
        d->sections[i].lines.count = 0; /* and is not printed */
        if (kind == SKETCH_METRIC)
            drop_thresholds(d, name);
        sketch_note(d, AT_WHOLE,
                    kind == SKETCH_METRIC
                        ? "metric %s: nothing that is carried records it"
                        : "data %s: nothing that is carried uses them",
                    name);
    }
}

static void suggest_load(Sketch *d) {
    if (d->load_is_known)
        return;
    SketchSection *s = sketch_section(d, SKETCH_STAGES, "");
    s->comment = "The input says nothing of the load: this is a small one to "
                 "begin with.";
    sketch_stage(d, s, "warm-up", "30s to 5");
    sketch_stage(d, s, "steady", "2m");
    sketch_stage(d, s, "cool", "10s to 0");
}

int sketch_finish(Sketch *d, Err *err) {
    if (!d->origin) {
        d->origin = "http://127.0.0.1:8080";
        sketch_note(d, AT_WHOLE,
                    "the input names no host: url is this machine's, change "
                    "it");
    }
    drop_idle(d);
    drop_unused(d);
    if (d->request_count == 0)
        return err_set(err, "there is no request in it that can be carried");
    drop_idle_sections(d);
    merge_equal(d);
    hoist_headers(d);
    suggest_load(d);
    return 0;
}
