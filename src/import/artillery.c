/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Artillery's YAML (or JSON) scripts. Source: Artillery's documentation,
 * "Test scripts", "HTTP engine". This half: config. */
#include "import/artillery.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "import/import.h"
#include "import/marked.h"

#define VARS_MAX 1000

/* --- variables ---------------------------------------------------------- */

void artillery_var(Artillery *a, const char *name, const char *as) {
    if (a->var_count == VARS_MAX)
        return;
    mem_grow(a->vars, a->var_count, a->var_cap);
    a->vars[a->var_count++] =
        (ArtilleryVar){ arena_dup_text(&a->d->arena, name),
                        arena_dup_text(&a->d->arena, as) };
}

static const char *find_var(const Artillery *a, const char *name) {
    for (size_t i = a->var_count; i-- > 0;)
        if (text_equal(a->vars[i].name, name))
            return a->vars[i].as;
    return NULL;
}

/* $randomNumber(1, 10) and its kin; false: none that a profile has. */
static bool add_function(Artillery *a, const char *expr, size_t line,
                         Text *to) {
    long low, high;
    char var[80];
    if (sscanf(expr, "$randomNumber( %18ld , %18ld )", &low, &high) == 2 &&
        low <= high)
        snprintf(var, sizeof var, "random %ld %ld", low, high);
    else if (text_starts(expr, "$randomString") || text_starts(expr, "$uuid"))
        snprintf(var, sizeof var, "uuid");
    else if (text_starts(expr, "$timestamp"))
        snprintf(var, sizeof var, "now");
    else if (sscanf(expr, "$processEnvironment.%60[A-Za-z0-9_]", var + 4) ==
                 1 ||
             sscanf(expr, "$env.%60[A-Za-z0-9_]", var + 4) == 1)
        memcpy(var, "env.", 4);
    else
        return false;
    if (text_starts(expr, "$randomString"))
        sketch_note(a->d, AT_LINE(line), "$randomString is ${uuid} now");
    mark_var(to, var, strlen(var));
    return true;
}

static void add_expression(Artillery *a, const char *expr, size_t line,
                           Text *to) {
    const char *as = find_var(a, expr);
    if (as) {
        mark_var(to, as, strlen(as));
        return;
    }
    if (*expr == '$' && add_function(a, expr, line, to))
        return;
    sketch_note(a->d, AT_LINE(line),
                "{{ %s }}: nothing that is carried sets it; it stands there as "
                "it was",
                sketch_shown(a->d, expr, strlen(expr)));
    text_adds(to, "{{ ");
    mark_text(to, expr, strlen(expr));
    text_adds(to, " }}");
}

void artillery_text(Artillery *a, const char *text, size_t line, Text *to) {
    text_add(to, "", 0);
    for (const char *s = text; *s;) {
        const char *open = strstr(s, "{{");
        const char *shut = open ? strstr(open, "}}") : NULL;
        if (!shut) {
            mark_text(to, s, strlen(s));
            return;
        }
        mark_text(to, s, (size_t)(open - s));
        char *expr =
            arena_dup_bytes(&a->d->arena, open + 2, (size_t)(shut - open - 2));
        add_expression(a, text_trim(expr), line, to);
        s = shut + 2;
    }
}

static bool is_one_line(const char *s) {
    for (; *s; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f)
            return false;
    return true;
}

/* A word that ${pick …} can hold. */
static bool is_word(const char *s) {
    for (const char *b = s; *b; b++)
        if ((unsigned char)*b <= 0x20 || (unsigned char)*b == 0x7f ||
            strchr("{}$", *b))
            return false;
    return *s;
}

static void add_list_var(Artillery *a, const YamlItem *item) {
    Text pick = { 0 };
    const Yaml *list = item->value;
    text_adds(&pick, "pick");
    for (size_t i = 0; i < list->count; i++) {
        const char *word = list->items[i].value->text;
        if (!is_word(word) || pick.length > 8000)
            sketch_note(a->d, AT_LINE(list->items[i].line),
                        "variable %s: a value with blanks, or too many",
                        sketch_shown(a->d, item->key, strlen(item->key)));
        else
            text_addf(&pick, " %s", word);
    }
    if (strchr(pick.bytes, ' ')) {
        artillery_var(a, item->key, pick.bytes);
        if (list->count > 1)
            sketch_note(a->d, AT_LINE(item->line),
                        "variable %s: each use draws one of its values anew",
                        sketch_shown(a->d, item->key, strlen(item->key)));
    }
    text_close(&pick);
}

static void read_variables(Artillery *a, const Yaml *vars) {
    for (size_t i = 0; vars->kind == YAML_MAP && i < vars->count; i++) {
        const YamlItem *item = &vars->items[i];
        if (item->value->kind == YAML_LIST) {
            add_list_var(a, item);
            continue;
        }
        if (item->value->kind != YAML_TEXT || !is_one_line(item->value->text)) {
            sketch_note(a->d, AT_LINE(item->line),
                        "variable %s: more than one line of text",
                        sketch_shown(a->d, item->key, strlen(item->key)));
            continue;
        }
        const char *name = sketch_name(a->d, item->key, '_', "variable");
        Text t = { 0 };
        artillery_text(a, item->value->text, item->line, &t);
        sketch_set(a->d, &sketch_section(a->d, SKETCH_VARS, "")->lines, name,
                   t.bytes);
        artillery_var(a, item->key, name);
        text_close(&t);
    }
}

/* --- payload: CSV files ------------------------------------------------- */

/* By the names of its first line, if Artillery skips it; else by number. */
static void read_payload_fields(Artillery *a, const Yaml *p, const char *name,
                                SketchLines *data) {
    const Yaml *fields = yaml_get(p, "fields");
    bool has_header = text_equal(yaml_get(p, "skipHeader")->text, "true");
    if (!has_header)
        sketch_set(a->d, data, "header", "off");
    for (size_t i = 0; i < fields->count; i++) {
        const char *field = fields->items[i].value->text;
        if (!text_equal(sketch_name(a->d, field, '_', ""), field) || !*field) {
            sketch_note(a->d, AT_LINE(fields->items[i].line),
                        "field %s: a column's name has letters, digits and _",
                        sketch_shown(a->d, field, strlen(field)));
            continue;
        }
        Text as = { 0 };
        if (has_header)
            text_addf(&as, "%s.%s", name, field);
        else
            text_addf(&as, "%s.%zu", name, i + 1);
        artillery_var(a, field, as.bytes);
        text_close(&as);
    }
}

static void read_payload(Artillery *a, const Yaml *p) {
    const char *path = yaml_get(p, "path")->text;
    const char *slash = strrchr(path, '/');
    char base[64];
    if (p->kind == YAML_LIST) {
        for (size_t i = 0; i < p->count && i < 50; i++)
            if (p->items[i].value->kind == YAML_MAP)
                read_payload(a, p->items[i].value);
        return;
    }
    if (p->kind != YAML_MAP || !*path)
        return;
    if (!is_one_line(path)) {
        sketch_note(a->d, AT_LINE(p->line),
                    "payload: its path has control "
                    "bytes");
        return;
    }
    snprintf(base, sizeof base, "%s", slash ? slash + 1 : path);
    base[strcspn(base, ".")] = '\0';
    const char *name = sketch_name(a->d, base, '_', "data");
    SketchSection *s = sketch_section(a->d, SKETCH_DATA, name);
    Text file = { 0 };
    mark_text(&file, path, strlen(path));
    sketch_set(a->d, &s->lines, "file", file.bytes);
    sketch_set(a->d, &s->lines, "pick",
               text_equal(yaml_get(p, "order")->text, "sequence") ? "sequential"
                                                                  : "random");
    text_close(&file);
    read_payload_fields(a, p, name, &s->lines);
}

/* --- phases ------------------------------------------------------------- */

bool artillery_duration(const Yaml *y, uint64_t *ns) {
    static const struct {
        const char *unit;
        double ns;
    } units[] = { { "", 1e9 },         { "ms", 1e6 },      { "s", 1e9 },
                  { "sec", 1e9 },      { "secs", 1e9 },    { "second", 1e9 },
                  { "seconds", 1e9 },  { "m", 60e9 },      { "min", 60e9 },
                  { "mins", 60e9 },    { "minute", 60e9 }, { "minutes", 60e9 },
                  { "h", 3600e9 },     { "hr", 3600e9 },   { "hour", 3600e9 },
                  { "hours", 3600e9 }, { "d", 86400e9 },   { "day", 86400e9 },
                  { "days", 86400e9 } };
    char *end;
    double n = strtod(y->text, &end);
    if (y->kind != YAML_TEXT || end == y->text || !(n >= 0) || n > 1e9)
        return false;
    end += strspn(end, " ");
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (text_equal(end, units[i].unit) && n * units[i].ns < 365 * 86400e9) {
            *ns = (uint64_t)llround(n * units[i].ns);
            return true;
        }
    return false;
}

static bool is_rate(double r) {
    return r >= 0 && r <= 1e9;
}

/* The level at a phase's beginning; reached is where the last one ended. */
static void read_phase(Artillery *a, SketchSection *s, const Yaml *p,
                       double *reached) {
    uint64_t ns = 0;
    UnitsText length;
    const char *name = yaml_get(p, "name")->text;
    double rate = yaml_number(yaml_get(p, "arrivalRate"), -1);
    double to = yaml_number(yaml_get(p, "rampTo"), -1);
    double count = yaml_number(yaml_get(p, "arrivalCount"), -1);
    if (artillery_duration(yaml_get(p, "pause"), &ns)) {
        sketch_stage(a->d, s, *name ? name : "pause", "%s at 0/s",
                     units_duration(length, ns));
        *reached = 0;
        return;
    }
    if (!artillery_duration(yaml_get(p, "duration"), &ns)) {
        sketch_note(a->d, AT_LINE(p->line),
                    "a phase without a duration that "
                    "is a number");
        return;
    }
    if (count >= 0 && rate < 0 && ns)
        rate = count / ((double)ns / 1e9);
    if (rate < 0 && to >= 0)
        rate = 0;
    if (!is_rate(rate) || (to >= 0 && !is_rate(to))) {
        sketch_note(a->d, AT_LINE(p->line),
                    "a phase without an arrivalRate "
                    "that is a number");
        return;
    }
    units_duration(length, ns);
    name = *name ? name : to >= 0 ? "ramp" : "phase";
    if (to < 0) {
        sketch_stage(a->d, s, name, "%s at %.6g/s", length, rate);
        *reached = rate;
        return;
    }
    if (rate != *reached)
        sketch_stage(a->d, s, "jump", "0s at %.6g/s", rate);
    sketch_stage(a->d, s, name, "%s to %.6g/s", length, to);
    *reached = to;
}

static void read_phases(Artillery *a, const Yaml *phases, double *max_vus) {
    SketchSection *s = sketch_section(a->d, SKETCH_STAGES, "");
    double reached = 0;
    for (size_t i = 0; phases->kind == YAML_LIST && i < phases->count &&
                       i < SKETCH_STAGES_MAX;
         i++) {
        const Yaml *p = phases->items[i].value;
        double max = yaml_number(yaml_get(p, "maxVusers"), 0);
        read_phase(a, s, p, &reached);
        if (max > 0 && *max_vus > 0 && max != *max_vus)
            sketch_note(a->d, AT_LINE(p->line),
                        "maxVusers differs between phases: max_vus is the "
                        "largest");
        *max_vus = fmax(*max_vus, fmin(max, 1e6));
    }
}

/* --- thresholds --------------------------------------------------------- */

/* "p95" or "http.response_time.p95" → "p(95)". */
static bool method_of(const char *name, char to[32]) {
    static const char prefix[] = "http.response_time.";
    static const char *const methods[][2] = {
        { "median", "med" },
        { "min", "min" },
        { "max", "max" },
        { "mean", "avg" },
    };
    double q;
    char rest;
    if (text_starts(name, prefix))
        name += strlen(prefix);
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (text_equal(name, methods[i][0])) {
            snprintf(to, 32, "%s", methods[i][1]);
            return true;
        }
    if (sscanf(name, "p%6lf%c", &q, &rest) != 1 || !(q > 0))
        return false;
    if (q > 100) /* p999 */
        q /= 10;
    snprintf(to, 32, "p(%.10g)", q);
    return q <= 100;
}

typedef struct Limits {
    Text duration, failed;
} Limits;

static void add_limit(Artillery *a, const char *name, const Yaml *value,
                      size_t line, Limits *l) {
    char method[32];
    double limit = yaml_number(value, -1);
    if (limit >= 0 && limit < 1e12 && method_of(name, method))
        text_addf(&l->duration, "%s%s < %.10g", l->duration.length ? ", " : "",
                  method, limit);
    else if (text_equal(name, "maxErrorRate") && limit >= 0 && limit <= 100)
        text_addf(&l->failed, "rate <= %.10g%%", limit);
    else
        sketch_note(a->d, AT_LINE(line), "ensure: %s",
                    sketch_shown(a->d, name, strlen(name)));
}

static void read_ensure(Artillery *a, const Yaml *ensure) {
    Limits l = { 0 };
    for (size_t i = 0; ensure->kind == YAML_MAP && i < ensure->count; i++) {
        const YamlItem *item = &ensure->items[i];
        if (item->value->kind == YAML_TEXT)
            add_limit(a, item->key, item->value, item->line, &l);
        else if (!text_equal(item->key, "thresholds"))
            sketch_note(a->d, AT_LINE(item->line), "ensure: %s",
                        sketch_shown(a->d, item->key, strlen(item->key)));
        for (size_t k = 0; text_equal(item->key, "thresholds") &&
                           k < item->value->count && k < 200;
             k++) {
            const Yaml *one = item->value->items[k].value;
            for (size_t m = 0; one->kind == YAML_MAP && m < one->count; m++)
                add_limit(a, one->items[m].key, one->items[m].value,
                          one->items[m].line, &l);
        }
    }
    SketchLines *lines = NULL;
    if (l.duration.length || l.failed.length)
        lines = &sketch_section(a->d, SKETCH_THRESHOLDS, "")->lines;
    if (l.duration.length)
        sketch_set(a->d, lines, "http_req_duration", l.duration.bytes);
    if (l.failed.length)
        sketch_set(a->d, lines, "http_req_failed", l.failed.bytes);
    text_close(&l.duration);
    text_close(&l.failed);
}

/* --- config ------------------------------------------------------------- */

static void read_http(Artillery *a, const Yaml *http) {
    double timeout = yaml_number(yaml_get(http, "timeout"), 0);
    const Yaml *headers = yaml_get(yaml_get(http, "defaults"), "headers");
    if (timeout > 0 && timeout < 86400) {
        char text[32];
        snprintf(text, sizeof text, "%.0fms", timeout * 1000);
        if (timeout == floor(timeout))
            snprintf(text, sizeof text, "%.0fs", timeout);
        sketch_target(a->d, AT_WHOLE, "timeout", text);
    }
    if (headers->kind == YAML_MAP)
        a->headers = headers;
}

static void note_rest(Artillery *a, const Yaml *config) {
    static const char *const known[] = {
        "target",    "phases",  "http",   "defaults",
        "variables", "payload", "ensure", "tls",
    };
    for (size_t i = 0; i < config->count; i++) {
        const YamlItem *item = &config->items[i];
        bool is_known = false;
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            is_known |= text_equal(known[k], item->key);
        if (text_equal(item->key, "plugins")) {
            for (size_t k = 0; k < item->value->count; k++)
                if (!text_equal(item->value->items[k].key, "ensure") &&
                    !text_equal(item->value->items[k].key, "expect"))
                    sketch_note(
                        a->d, AT_LINE(item->value->items[k].line), "plugin %s",
                        sketch_shown(a->d, item->value->items[k].key,
                                     strlen(item->value->items[k].key)));
        } else if (!is_known) {
            sketch_note(a->d, AT_LINE(item->line), "config.%s",
                        sketch_shown(a->d, item->key, strlen(item->key)));
        }
    }
}

static void read_config(Artillery *a, const Yaml *config, double *max_vus) {
    Text target = { 0 };
    const Yaml *defaults = yaml_get(config, "defaults");
    const Yaml *plugins = yaml_get(config, "plugins");
    read_variables(a, yaml_get(config, "variables"));
    read_payload(a, yaml_get(config, "payload"));
    artillery_text(a, yaml_get(config, "target")->text, config->line, &target);
    while (target.length && target.bytes[target.length - 1] == '/')
        target.bytes[--target.length] = '\0';
    a->target = arena_dup_bytes(&a->d->arena, target.bytes, target.length);
    text_close(&target);
    if (yaml_get(defaults, "headers")->kind == YAML_MAP)
        a->headers = yaml_get(defaults, "headers");
    read_http(a, yaml_get(config, "http"));
    if (text_equal(
            yaml_get(yaml_get(config, "tls"), "rejectUnauthorized")->text,
            "false"))
        sketch_target(a->d, AT_WHOLE, "tls_verify", "off");
    read_phases(a, yaml_get(config, "phases"), max_vus);
    read_ensure(a, yaml_get(config, "ensure"));
    read_ensure(a, yaml_get(plugins, "ensure"));
    note_rest(a, config);
}

int artillery_read(Sketch *d, ImportInput *in, const ImportOptions *o,
                   Err *err) {
    Artillery a = { .d = d, .target = "" };
    static const Yaml no_headers = { .kind = YAML_NONE, .text = "" };
    double max_vus = 0;
    (void)o;
    if (import_whole(in, err) < 0)
        return -1;
    const Yaml *root =
        yaml_tree_read(&d->arena, in->head.bytes, in->head.length, err);
    if (!root)
        return -1;
    const Yaml *config = yaml_get(root, "config");
    if (config->kind != YAML_MAP ||
        yaml_get(root, "scenarios")->kind != YAML_LIST)
        return err_set(err, "this is no Artillery script: config or scenarios "
                            "is missing");
    a.headers = &no_headers;
    d->kind = "load";
    read_config(&a, config, &max_vus);
    artillery_scenarios(&a, root);
    if (max_vus >= 1 && d->scenario_count)
        sketch_setf(d, &d->scenarios[0].lines, "max_vus", "%.0f", max_vus);
    /* What Artillery does without being asked. */
    if (!sketch_find(&d->target, "timeout"))
        sketch_target(d, AT_WHOLE, "timeout", "10s");
    sketch_target(d, AT_WHOLE, "redirects", "10");
    sketch_target(d, AT_WHOLE, "cookies", "on");
    d->target_comment = "Redirects and cookies as Artillery has them; without "
                        "them a request costs less.";
    free(a.vars);
    return 0;
}

static bool has_line(const char *bytes, const char *begin) {
    for (const char *s = bytes; (s = strstr(s, begin)); s++)
        if (s == bytes || s[-1] == '\n')
            return true;
    return false;
}

bool artillery_recognise(const char *bytes, size_t length) {
    (void)length;
    return (has_line(bytes, "config:") && has_line(bytes, "scenarios:")) ||
           (bytes[strspn(bytes, " \t\r\n")] == '{' &&
            strstr(bytes, "\"scenarios\"") && strstr(bytes, "\"config\""));
}
