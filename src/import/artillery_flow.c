/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Artillery's scripts, the other half: scenarios and what they ask for. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "import/artillery.h"
#include "import/marked.h"

#define DEPTH_MAX 20
#define STEPS_MAX 20000
#define TIMES_MAX 1000
#define JSON_MAX ((size_t)1 << 20)

/* One scenario on its way into a flow. */
typedef struct Walk {
    Artillery *a;
    SketchFlow *flow;
    double think_s;
    size_t thinks;
} Walk;

/* --- bodies ------------------------------------------------------------- */

static void add_json_string(Artillery *a, const Yaml *y, Text *to) {
    Text t = { 0 };
    artillery_text(a, y->text, y->line, &t);
    mark_add_json(to, t.bytes);
    text_close(&t);
}

/* A plain scalar that JSON writes without quotes. */
static bool is_json_word(const char *s) {
    static const char *const words[] = { "true", "false", "null" };
    for (size_t i = 0; i < 3; i++)
        if (text_equal(s, words[i]))
            return true;
    const char *d = s + (*s == '-');
    if (!isdigit((unsigned char)*d) ||
        (*d == '0' && isdigit((unsigned char)d[1])))
        return false;
    d += strspn(d, "0123456789");
    if (*d == '.' && isdigit((unsigned char)d[1]))
        d += 1 + strspn(d + 1, "0123456789");
    return !*d;
}

/* false: too deep or too long. */
static bool add_json(Artillery *a, const Yaml *y, int depth, Text *to) {
    bool map = y->kind == YAML_MAP;
    if (depth > DEPTH_MAX || to->length > JSON_MAX)
        return false;
    if (y->kind == YAML_TEXT) {
        if (y->is_plain && is_json_word(y->text))
            text_adds(to, y->text);
        else if (y->is_plain && (!*y->text || text_equal(y->text, "~")))
            text_adds(to, "null");
        else
            add_json_string(a, y, to);
        return true;
    }
    text_adds(to, map ? "{" : "[");
    for (size_t i = 0; i < y->count; i++) {
        Yaml key = { .kind = YAML_TEXT,
                     .text = y->items[i].key,
                     .line = y->items[i].line };
        text_adds(to, i ? "," : "");
        if (map) {
            add_json_string(a, &key, to);
            text_adds(to, ":");
        }
        if (!add_json(a, y->items[i].value, depth + 1, to))
            return false;
    }
    text_adds(to, map ? "}" : "]");
    return true;
}

static void add_pairs(Artillery *a, const Yaml *map, Text *to) {
    for (size_t i = 0; map->kind == YAML_MAP && i < map->count; i++) {
        Text value = { 0 };
        artillery_text(a, map->items[i].value->text, map->items[i].line,
                       &value);
        text_adds(to, to->length ? "&" : "");
        mark_add_encoded(to, map->items[i].key);
        text_adds(to, "=");
        mark_add_encoded(to, value.bytes);
        text_close(&value);
    }
}

static void content_type(Artillery *a, uint32_t r, const char *type) {
    if (!sketch_find_header(a->d, r, "Content-Type"))
        sketch_header(a->d, r, "Content-Type", type);
}

static void read_body(Artillery *a, uint32_t r, const Yaml *q) {
    const Yaml *json = yaml_get(q, "json"), *body = yaml_get(q, "body"),
               *form = yaml_get(q, "form");
    Text t = { 0 };
    if (json->kind != YAML_NONE) {
        if (add_json(a, json, 0, &t))
            content_type(a, r, "application/json");
        else
            sketch_note(a->d, AT_LINE(json->line),
                        "json: too deep or too "
                        "long");
    } else if (body->kind == YAML_TEXT) {
        artillery_text(a, body->text, body->line, &t);
    } else if (form->kind == YAML_MAP) {
        add_pairs(a, form, &t);
        content_type(a, r, "application/x-www-form-urlencoded");
    }
    if (t.length)
        sketch_body(a->d, r, t.bytes, t.length, !mark_has_vars(t.bytes));
    text_close(&t);
}

/* --- capture ------------------------------------------------------------ */

/* "$.data[0].id" → "json.data[0].id"; false: more than names and numbers. */
static bool json_path(const char *path, Text *to) {
    if (*path != '$')
        return false;
    text_adds(to, "json");
    for (const char *s = path + 1; *s;) {
        size_t n = 0;
        if (*s == '.') {
            while (isalnum((unsigned char)s[n + 1]) || s[n + 1] == '_')
                n++;
            if (n == 0 || isdigit((unsigned char)s[1]))
                return false;
            n++;
        } else if (*s == '[') {
            n = 1 + strspn(s + 1, "0123456789");
            if (n < 2 || s[n] != ']')
                return false;
            n++;
        } else {
            return false;
        }
        text_add(to, s, n);
        s += n;
    }
    return true;
}

static bool header_name(const char *name, Text *to) {
    for (const char *s = name; *s; s++)
        if (!isalnum((unsigned char)*s) && !strchr("-_", *s))
            return false;
    text_addf(to, "header.%s", name);
    return *name;
}

static bool regex(const Yaml *capture, Text *to) {
    const char *pattern = yaml_get(capture, "regexp")->text;
    double group = yaml_number(yaml_get(capture, "group"), 1);
    text_adds(to, "regex /");
    for (const char *s = pattern; *s; s++) {
        if ((unsigned char)*s < 0x20 || (*s == '$' && s[1] == '{'))
            return false;
        if (*s == '\\' && s[1]) {
            text_add(to, s++, 2);
            continue;
        }
        text_addf(to, *s == '/' ? "\\%c" : "%c", *s);
    }
    text_adds(to, "/");
    return *pattern && group == 1;
}

static void read_capture(Artillery *a, uint32_t r, const Yaml *c) {
    Text t = { 0 };
    const char *as = yaml_get(c, "as")->text;
    bool known = false;
    if (c->kind == YAML_LIST) {
        for (size_t i = 0; i < c->count && i < 50; i++)
            if (c->items[i].value->kind == YAML_MAP)
                read_capture(a, r, c->items[i].value);
        return;
    }
    if (c->kind != YAML_MAP)
        return;
    if (yaml_get(c, "json")->kind == YAML_TEXT)
        known = json_path(yaml_get(c, "json")->text, &t);
    else if (yaml_get(c, "header")->kind == YAML_TEXT)
        known = header_name(yaml_get(c, "header")->text, &t);
    else if (yaml_get(c, "regexp")->kind == YAML_TEXT)
        known = regex(c, &t);
    if (known && *as) {
        const char *name = sketch_name(a->d, as, '_', "value");
        sketch_line(a->d, r, "extract", name, t.bytes);
        artillery_var(a, as, name);
    } else {
        sketch_note(a->d, AT_LINE(c->line),
                    "capture %s: there are json paths of names and numbers, "
                    "header, and regexp",
                    sketch_shown(a->d, as, strlen(as)));
    }
    text_close(&t);
}

/* --- expect ------------------------------------------------------------- */

static void add_status(const Yaml *y, Text *to) {
    double status = yaml_number(y, 0);
    if (status >= 100 && status <= 599)
        text_addf(to, "%sstatus == %.0f", to->length ? " or " : "", status);
}

static void read_expect(Artillery *a, uint32_t r, const Yaml *e) {
    if (e->kind == YAML_LIST) {
        for (size_t i = 0; i < e->count && i < 50; i++)
            if (e->items[i].value->kind == YAML_MAP)
                read_expect(a, r, e->items[i].value);
        return;
    }
    for (size_t i = 0; e->kind == YAML_MAP && i < e->count; i++) {
        const YamlItem *item = &e->items[i];
        Text t = { 0 };
        if (text_equal(item->key, "statusCode")) {
            add_status(item->value, &t);
            for (size_t k = 0; k < item->value->count && k < 50; k++)
                add_status(item->value->items[k].value, &t);
        } else if (text_equal(item->key, "contentType") &&
                   text_equal(item->value->text, "json")) {
            text_adds(&t, "header.content-type contains \"json\"");
        }
        if (t.length)
            sketch_line(a->d, r, "check", "", t.bytes);
        else
            sketch_note(a->d, AT_LINE(item->line), "expect %s",
                        sketch_shown(a->d, item->key, strlen(item->key)));
        text_close(&t);
    }
}

/* --- requests ----------------------------------------------------------- */

static void read_headers(Artillery *a, uint32_t r, const Yaml *h) {
    for (size_t i = 0; h->kind == YAML_MAP && i < h->count && i < 100; i++) {
        Text t = { 0 };
        artillery_text(a, h->items[i].value->text, h->items[i].line, &t);
        if (!sketch_find_header(a->d, r, h->items[i].key))
            sketch_header(a->d, r, h->items[i].key, t.bytes);
        text_close(&t);
    }
}

static void note_rest(Artillery *a, const Yaml *q) {
    static const char *const known[] = { "url",     "uri",     "json", "body",
                                         "form",    "headers", "qs",   "name",
                                         "capture", "expect",  "gzip" };
    for (size_t i = 0; i < q->count; i++) {
        bool is_known = false;
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            is_known |= text_equal(known[k], q->items[i].key);
        if (!is_known)
            sketch_note(
                a->d, AT_LINE(q->items[i].line), "%s of a request",
                sketch_shown(a->d, q->items[i].key, strlen(q->items[i].key)));
    }
}

static void url_of(Artillery *a, const Yaml *q, Text *to) {
    const Yaml *url = yaml_get(q, "url");
    Text path = { 0 }, query = { 0 };
    if (url->kind == YAML_NONE)
        url = yaml_get(q, "uri");
    artillery_text(a, url->text, url->line, &path);
    if (!strstr(path.bytes, "://"))
        text_addf(to, "%s%s", a->target, *path.bytes == '/' ? "" : "/");
    text_adds(to, path.bytes);
    add_pairs(a, yaml_get(q, "qs"), &query);
    if (query.length)
        text_addf(to, "%s%s", strchr(path.bytes, '?') ? "&" : "?", query.bytes);
    text_close(&path);
    text_close(&query);
}

static void read_request(Walk *w, const char *method, const Yaml *q,
                         size_t line) {
    Artillery *a = w->a;
    Text url = { 0 };
    url_of(a, q, &url);
    uint32_t r = sketch_request(a->d, AT_LINE(line), method, url.bytes);
    text_close(&url);
    if (r == SKETCH_NONE)
        return;
    if (*yaml_get(q, "name")->text)
        sketch_rename(a->d, r, yaml_get(q, "name")->text);
    read_headers(a, r, yaml_get(q, "headers"));
    read_headers(a, r, a->headers);
    read_body(a, r, q);
    read_expect(a, r, yaml_get(q, "expect"));
    read_capture(a, r, yaml_get(q, "capture"));
    note_rest(a, q);
    sketch_step(a->d, w->flow, r, 1, 0);
}

/* --- steps -------------------------------------------------------------- */

static void read_steps(Walk *w, const Yaml *flow, int depth);

static void read_think(Walk *w, const Yaml *think) {
    uint64_t ns;
    if (!artillery_duration(think, &ns)) {
        sketch_note(w->a->d, AT_LINE(think->line),
                    "think: no number or "
                    "duration");
        return;
    }
    w->think_s += (double)ns / 1e9;
    w->thinks++;
}

/* The body's steps again and again; one alone counts how often. */
static void read_loop(Walk *w, const Yaml *step, int depth) {
    size_t from = w->flow->count;
    double n = yaml_number(yaml_get(step, "count"), -1);
    double think = w->think_s;
    read_steps(w, yaml_get(step, "loop"), depth + 1);
    size_t body = w->flow->count - from;
    if (!(n >= 1)) {
        sketch_note(w->a->d, AT_LINE(step->line),
                    "loop without a count: its steps are made once");
        return;
    }
    if (n > TIMES_MAX) {
        sketch_note(w->a->d, AT_LINE(step->line),
                    "loop: %d times instead of %.0f", TIMES_MAX, n);
        n = TIMES_MAX;
    }
    w->think_s = think + (w->think_s - think) * n;
    if (body == 1 && w->flow->steps[from].times == 1) {
        w->flow->steps[from].times = (uint32_t)n;
        return;
    }
    for (size_t k = 1; k < (size_t)n && w->flow->count < SKETCH_STEPS_MAX; k++)
        for (size_t i = 0; i < body; i++) {
            SketchStep s = w->flow->steps[from + i];
            sketch_step(w->a->d, w->flow, s.request, s.times, s.group);
        }
}

/* Its requests at the same time, if it holds nothing else. */
static void read_parallel(Walk *w, const Yaml *list, int depth) {
    size_t from = w->flow->count;
    read_steps(w, list, depth + 1);
    uint32_t group = ++w->a->d->groups;
    for (size_t i = from; i < w->flow->count; i++)
        w->flow->steps[i].group = group;
}

static void read_step(Walk *w, const Yaml *step, int depth) {
    static const char *const methods[] = { "get",    "post", "put",    "patch",
                                           "delete", "head", "options" };
    if (yaml_get(step, "loop")->kind == YAML_LIST) {
        read_loop(w, step, depth);
        return;
    }
    for (size_t i = 0; step->kind == YAML_MAP && i < step->count; i++) {
        const YamlItem *item = &step->items[i];
        size_t m = 0, count = sizeof methods / sizeof *methods;
        while (m < count && !text_equal(methods[m], item->key))
            m++;
        if (m < count)
            read_request(w, methods[m], item->value, item->line);
        else if (text_equal(item->key, "think"))
            read_think(w, item->value);
        else if (text_equal(item->key, "parallel"))
            read_parallel(w, item->value, depth);
        else if (!text_equal(item->key, "log"))
            sketch_note(w->a->d, AT_LINE(item->line), "step %s",
                        sketch_shown(w->a->d, item->key, strlen(item->key)));
    }
}

static void read_steps(Walk *w, const Yaml *flow, int depth) {
    if (depth > DEPTH_MAX) {
        sketch_note(w->a->d, AT_LINE(flow->line),
                    "steps in steps in steps: "
                    "too deep");
        return;
    }
    for (size_t i = 0; flow->kind == YAML_LIST && i < flow->count &&
                       ++w->a->steps < STEPS_MAX;
         i++)
        read_step(w, flow->items[i].value, depth);
}

/* --- scenarios ---------------------------------------------------------- */

static void note_scenario(Artillery *a, const Yaml *s) {
    static const char *const known[] = { "name", "weight", "flow" };
    for (size_t i = 0; i < s->count; i++) {
        bool is_known = false;
        for (size_t k = 0; k < 3; k++)
            is_known |= text_equal(known[k], s->items[i].key);
        if (text_equal(s->items[i].key, "engine") &&
            text_equal(s->items[i].value->text, "http"))
            is_known = true;
        if (!is_known)
            sketch_note(
                a->d, AT_LINE(s->items[i].line), "%s of a scenario",
                sketch_shown(a->d, s->items[i].key, strlen(s->items[i].key)));
    }
}

void artillery_scenarios(Artillery *a, const Yaml *root) {
    const Yaml *list = yaml_get(root, "scenarios");
    SketchScenario *all = sketch_scenario(a->d, "visitor");
    double think = 0, weights = 0;
    size_t thinks = 0, flows = 0;
    for (size_t i = 0; i < list->count && i < 100; i++) {
        const Yaml *s = list->items[i].value;
        double weight = yaml_number(yaml_get(s, "weight"), 1);
        const char *engine = yaml_get(s, "engine")->text;
        if (s->kind != YAML_MAP)
            continue;
        note_scenario(a, s);
        if ((*engine && !text_equal(engine, "http")) || !(weight > 0) ||
            weight > 1e6)
            continue;
        Walk w = { .a = a, .flow = sketch_flow(all, weight) };
        read_steps(&w, yaml_get(s, "flow"), 0);
        think += w.think_s * weight;
        weights += weight;
        thinks += w.thinks;
        flows++;
    }
    if (thinks && weights > 0)
        sketch_setf(a->d, &all->lines, "think", "%.0fms",
                    fmin(think / weights, 86400) * 1000);
    if (thinks > 1)
        sketch_note(a->d, AT_WHOLE,
                    "think: the sum of an iteration's, once at its end%s",
                    flows > 1 ? "; the mean over the scenarios" : "");
    static const char *const around[] = { "before", "after" };
    for (size_t i = 0; i < 2; i++)
        if (yaml_get(root, around[i])->kind != YAML_NONE)
            sketch_note(a->d, AT_LINE(yaml_get(root, around[i])->line),
                        "%s: requests around the load", around[i]);
}
