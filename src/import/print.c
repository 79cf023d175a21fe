/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "import/print.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "import/marked.h"

#define VALUE_MAX 16000 /* a profile's line has 16 KiB, key included */
#define KEY_WIDTH_MAX 28
#define ROW_MAX 64 /* requests in ( ), as in profile/flow.c */

typedef struct Printer {
    Sketch *d;
    const char *prefix;
    Printed *out;
    Text *ini; /* &out->ini */
} Printer;

void print_close(Printed *p) {
    text_close(&p->ini);
    free(p->files);
    *p = (Printed){ 0 };
}

/* --- lines -------------------------------------------------------------- */

static bool has_control_bytes(const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++)
        if (((unsigned char)bytes[i] < 0x20 && bytes[i] != '\t') ||
            bytes[i] == 0x7f)
            return true;
    return false;
}

/* Is the text one line, and the same when it is read again? */
static bool fits_a_line(const char *bytes, size_t length) {
    return length <= VALUE_MAX && !has_control_bytes(bytes, length);
}

/* value as the profile has it. */
static void put_line(Printer *p, const char *key, size_t width,
                     const char *value, Place at) {
    if (!fits_a_line(value, strlen(value))) {
        sketch_note(p->d, at, "%s: its value has %s", key,
                    strlen(value) > VALUE_MAX ? "more than 16 KiB"
                                              : "control bytes");
        return;
    }
    text_addf(p->ini, "%-*s = %s\n", (int)width, key, value);
}

static void put_marked(Printer *p, const char *key, size_t width,
                       const char *marked, Place at) {
    Text t = { 0 };
    size_t n = strlen(marked);
    mark_print(marked, &t);
    /* A marked text holds \1 and \2 of its own only. */
    put_line(p, key, width, n ? t.bytes : "", at);
    text_close(&t);
}

static void widen(size_t *width, const char *key) {
    size_t n = strlen(key);
    if (n > *width && n <= KEY_WIDTH_MAX)
        *width = n;
}

static size_t width_of(const SketchLines *lines) {
    size_t width = 0;
    for (size_t i = 0; i < lines->count; i++)
        widen(&width, lines->items[i].key);
    return width;
}

static void put_lines(Printer *p, const SketchLines *lines, size_t width,
                      Place at) {
    for (size_t i = 0; i < lines->count; i++)
        put_marked(p, lines->items[i].key, width, lines->items[i].value, at);
}

static void put_headers(Printer *p, const SketchLines *headers, size_t width,
                        Place at) {
    for (size_t i = 0; i < headers->count; i++) {
        Text t = { 0 };
        text_addf(&t, "%s: ", headers->items[i].key);
        mark_print(headers->items[i].value, &t);
        if (fits_a_line(t.bytes, t.length))
            put_line(p, "header", width, t.bytes, at);
        else
            sketch_note(p->d, at, "header %s: control bytes, or too long",
                        headers->items[i].key);
        text_close(&t);
    }
}

static void put_comment(Printer *p, const char *comment) {
    char clean[ERR_TEXT_MAX];
    if (comment)
        text_addf(p->ini, "; %s\n",
                  text_clean(clean, sizeof clean, comment, strlen(comment)));
}

/* --- bodies ------------------------------------------------------------- */

/* Without white space outside of strings, if the body is JSON: then it means
 * the same. Variables count as a value. */
static bool compact_json(const char *body, size_t length, Text *to) {
    Text probe = { 0 };
    bool in_var = false, in_text = false;
    for (size_t i = 0; i < length; i++) {
        char c = body[i];
        if (c == MARK_OPEN || c == MARK_CLOSE) {
            in_var = c == MARK_OPEN;
            text_add(to, &c, 1);
            if (in_var)
                text_adds(&probe, "0");
            continue;
        }
        if (!in_var)
            text_add(&probe, &c, 1);
        if (in_var || in_text || !strchr(" \t\r\n", c) || !c)
            text_add(to, &c, 1);
        if (in_text && c == '\\' && i + 1 < length) {
            text_add(&probe, body + i + 1, 1);
            text_add(to, body + ++i, 1);
        } else if (c == '"' && !in_var) {
            in_text = !in_text;
        }
    }
    json_t *tree = json_loadb(probe.length ? probe.bytes : "", probe.length,
                              JSON_DECODE_ANY, NULL);
    text_close(&probe);
    json_decref(tree);
    return tree != NULL;
}

/* As a value of `body`, without \1 and \2 if it is literal. */
static bool fits_as_body(const char *bytes, size_t length) {
    return length && fits_a_line(bytes, length) && *bytes != '@' &&
           !isspace((unsigned char)*bytes) &&
           !isspace((unsigned char)bytes[length - 1]);
}

/* \1 and \2 stand for variables here, or the body holds none of them. */
static bool put_body_line(Printer *p, const SketchRequest *r, size_t width,
                          const char *bytes, size_t length) {
    if (memchr(bytes, '\0', length))
        return false;
    if (r->body_is_literal && has_control_bytes(bytes, length))
        return false;
    Text t = { 0 };
    mark_print(bytes, &t);
    bool fits = fits_as_body(t.bytes ? t.bytes : "", t.length);
    if (fits)
        put_line(p, "body", width, t.bytes, r->place);
    text_close(&t);
    return fits;
}

static void put_body_file(Printer *p, const SketchRequest *r, size_t width) {
    Text name = { 0 };
    if (!r->body_is_literal && mark_has_vars(r->body)) {
        sketch_note(p->d, r->place,
                    "the body of %s: it has several lines and variables, which "
                    "are not replaced in a file",
                    r->name);
        return;
    }
    if (!p->prefix) {
        sketch_note(p->d, r->place,
                    "the body of %s: it does not fit on a line; -o FILE writes "
                    "it beside FILE",
                    r->name);
        return;
    }
    text_addf(&name, "@%s-%s.body", p->prefix, r->name);
    put_line(p, "body", width, name.bytes, r->place);
    mem_grow(p->out->files, p->out->count, p->out->cap);
    p->out->files[p->out->count++] =
        (PrintFile){ arena_dup_text(&p->d->arena, name.bytes + 1), r->body,
                     r->body_length };
    text_close(&name);
}

static void put_body(Printer *p, const SketchRequest *r, size_t width) {
    if (r->body_file) {
        Text t = { 0 };
        text_addf(&t, "@%s", r->body_file);
        put_line(p, "body", width, t.bytes, r->place);
        text_close(&t);
    }
    if (!r->body || r->body_length == 0)
        return;
    if (put_body_line(p, r, width, r->body, r->body_length))
        return;
    Text small = { 0 };
    bool done = compact_json(r->body, r->body_length, &small) &&
                put_body_line(p, r, width, small.bytes, small.length);
    text_close(&small);
    if (!done)
        put_body_file(p, r, width);
}

/* --- sections ----------------------------------------------------------- */

static void put_request(Printer *p, const SketchRequest *r) {
    size_t width = width_of(&r->lines);
    Text path = { 0 };
    widen(&width, r->method);
    if (r->headers.count)
        widen(&width, "header");
    if (r->body || r->body_file)
        widen(&width, "body");
    mark_print_path(r->path, &path);
    text_addf(p->ini, "\n[request %s]\n", r->name);
    if (path.length > VALUE_MAX) {
        sketch_note(p->d, r->place, "the path of %s: more than 16 KiB",
                    r->name);
        text_clear(&path);
        text_adds(&path, "/");
    }
    put_line(p, r->method, width, path.bytes, r->place);
    put_headers(p, &r->headers, width, r->place);
    put_body(p, r, width);
    put_lines(p, &r->lines, width, r->place);
    text_close(&path);
}

static void put_section(Printer *p, const SketchSection *s) {
    static const char *const titles[] = {
        [SKETCH_VARS] = "vars",
        [SKETCH_DATA] = "data",
        [SKETCH_STAGES] = "stages",
        [SKETCH_METRIC] = "metric",
        [SKETCH_THRESHOLDS] = "thresholds",
    };
    text_adds(p->ini, "\n");
    put_comment(p, s->comment);
    text_addf(p->ini, "[%s%s%s]\n", titles[s->kind], *s->name ? " " : "",
              s->name);
    put_lines(p, &s->lines, width_of(&s->lines), AT_WHOLE);
}

static void put_sections(Printer *p, SketchKind from, SketchKind to) {
    for (SketchKind k = from; k <= to; k++)
        for (size_t i = 0; i < p->d->section_count; i++)
            if (p->d->sections[i].kind == k && p->d->sections[i].lines.count)
                put_section(p, &p->d->sections[i]);
}

/* --- scenarios ---------------------------------------------------------- */

/* "home", or "(a b b)" for several: a row of a mix, or requests that are made
 * at the same time. What does not fit into the brackets is noted. */
static void put_row(Printer *p, const SketchStep *steps, size_t count,
                    size_t most, Text *to) {
    bool several = count > 1 || steps[0].times > 1;
    size_t names = 0;
    text_adds(to, several ? "(" : "");
    for (size_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < steps[i].times; k++) {
            const SketchRequest *r = &p->d->requests[steps[i].request];
            if (names == ROW_MAX || (names && to->length > most)) {
                sketch_note(p->d, r->place,
                            "more than %zu requests in ( ): the rest of them "
                            "is left out",
                            names);
                text_adds(to, ")");
                return;
            }
            text_addf(to, "%s%s", names++ ? " " : "", r->name);
        }
    text_adds(to, several ? ")" : "");
}

/* How many steps from the i-th on are made at the same time. */
static size_t group_size(const SketchFlow *f, size_t i) {
    size_t n = 1;
    uint32_t group = f->steps[i].group;
    while (group && i + n < f->count && f->steps[i + n].group == group)
        n++;
    return n;
}

/* "login, home*3, (a b c)". */
static void flow_text(Printer *p, const SketchFlow *f, Text *to) {
    for (size_t i = 0, n; i < f->count; i += n) {
        const SketchStep *step = &f->steps[i];
        n = group_size(f, i);
        if (to->length > VALUE_MAX - ROW_MAX * SKETCH_NAME_MAX) {
            sketch_note(p->d, p->d->requests[step->request].place,
                        "the flow is too long for a line: the rest is left "
                        "out");
            return;
        }
        text_adds(to, i ? ", " : "");
        if (n > 1)
            put_row(p, step, n, SIZE_MAX, to);
        else
            text_adds(to, p->d->requests[step->request].name);
        if (n == 1 && step->times > 1)
            text_addf(to, "*%u", step->times);
    }
}

/* "home 60, (order status) 40". */
static void mix_text(Printer *p, const SketchScenario *s, Text *to) {
    for (size_t i = 0; i < s->count; i++) {
        const SketchFlow *f = &s->flows[i];
        size_t share = VALUE_MAX / s->count * (i + 1);
        size_t reserve = 2 * (size_t)SKETCH_NAME_MAX;
        size_t most = share > reserve ? share - reserve : 0;
        if (f->count == 0)
            continue;
        text_adds(to, to->length ? ", " : "");
        put_row(p, f->steps, f->count, most, to);
        text_addf(to, " %.10g", f->weight);
    }
}

static void put_scenario(Printer *p, const SketchScenario *s) {
    Text t = { 0 };
    size_t width = width_of(&s->lines);
    bool is_mix = s->count > 1;
    if (is_mix)
        mix_text(p, s, &t);
    else if (s->count)
        flow_text(p, &s->flows[0], &t);
    if (t.length)
        widen(&width, is_mix ? "mix" : "flow");
    text_adds(p->ini, "\n");
    put_comment(p, s->comment);
    text_addf(p->ini, "[scenario %s]\n", s->name);
    if (t.length)
        put_line(p, is_mix ? "mix" : "flow", width, t.bytes, AT_WHOLE);
    put_lines(p, &s->lines, width, AT_WHOLE);
    text_close(&t);
}

/* --- the whole ---------------------------------------------------------- */

static void put_target(Printer *p) {
    Sketch *d = p->d;
    size_t width = width_of(&d->target);
    widen(&width, d->headers.count ? "header" : "url");
    text_adds(p->ini, "\n");
    put_comment(p, d->target_comment);
    text_adds(p->ini, "[target]\n");
    put_marked(p, "url", width, d->origin, AT_WHOLE);
    put_lines(p, &d->target, width, AT_WHOLE);
    put_headers(p, &d->headers, width, AT_WHOLE);
}

static void put_profile(Printer *p, const char *name) {
    Sketch *d = p->d;
    size_t width = width_of(&d->profile);
    widen(&width, d->description ? "description" : "name");
    text_adds(p->ini, "[profile]\n");
    put_line(p, "name", width, sketch_name(d, name, '-', "imported"), AT_WHOLE);
    put_line(p, "kind", width, d->kind, AT_WHOLE);
    if (d->description)
        put_marked(p, "description", width, d->description, AT_WHOLE);
    put_lines(p, &d->profile, width, AT_WHOLE);
}

static void put_origin(Printer *p) {
    Text notes = { 0 };
    text_addf(p->ini, "; Imported from %s.\n", p->d->title);
    if (p->d->note_count) {
        text_adds(p->ini, "; Not carried, or not as it was:\n");
        sketch_print_notes(p->d, "", &notes);
        for (char *at = notes.bytes; at && *at;) {
            char *end = strchr(at, '\n');
            text_addf(p->ini, ";   %.*s\n", (int)(end - at), at);
            at = end + 1;
        }
    }
    text_close(&notes);
}

static size_t note_place(const SketchNote *n) {
    return n->places[0].number ? n->places[0].number : SIZE_MAX;
}

/* In order of the input; what concerns the whole of it last. */
static void sort_notes(Sketch *d) {
    for (size_t i = 1; i < d->note_count; i++) {
        SketchNote n = d->notes[i];
        size_t k = i;
        for (; k && note_place(&d->notes[k - 1]) > note_place(&n); k--)
            d->notes[k] = d->notes[k - 1];
        d->notes[k] = n;
    }
}

void sketch_print(Sketch *d, const char *name, const char *file_prefix,
                  Printed *out) {
    Printer p = { d, file_prefix, out, &out->ini };
    Text rest = { 0 };
    put_profile(&p, name);
    put_target(&p);
    put_sections(&p, SKETCH_VARS, SKETCH_STAGES);
    for (size_t i = 0; i < d->request_count; i++)
        put_request(&p, &d->requests[i]);
    for (size_t i = 0; i < d->scenario_count; i++)
        put_scenario(&p, &d->scenarios[i]);
    put_sections(&p, SKETCH_METRIC, SKETCH_THRESHOLDS);
    /* Printing may have found more that is not carried. */
    rest = out->ini;
    out->ini = (Text){ 0 };
    sort_notes(d);
    put_origin(&p);
    text_add(&out->ini, rest.bytes, rest.length);
    text_close(&rest);
}

/* --- what is said of it ------------------------------------------------- */

static void put_places(const SketchNote *n, const char *file, Text *to) {
    if (n->places[0].number == 0) {
        text_addf(to, "%s%s", file, *file ? ": " : "");
        return;
    }
    bool entries = *n->places[0].unit;
    text_adds(to, file);
    if (*file)
        text_adds(to, entries ? ": " : ":");
    else if (!entries)
        text_adds(to, "line ");
    size_t most = NOTE_PLACES;
    text_adds(to, n->places[0].unit);
    for (size_t i = 0; i < n->count && i < most; i++)
        text_addf(to, "%s%zu", i ? "," : "", n->places[i].number);
    if (n->count > most)
        text_addf(to, " and %zu more", n->count - most);
    text_adds(to, ": ");
}

void sketch_print_notes(const Sketch *d, const char *file, Text *to) {
    for (size_t i = 0; i < d->note_count; i++) {
        put_places(&d->notes[i], file, to);
        text_addf(to, "%s\n", d->notes[i].text);
    }
    if (d->notes_left_off)
        text_addf(to, "%s%s%zu more\n", file, *file ? ": " : "",
                  d->notes_left_off);
}

static void add_count(Text *to, size_t n, const char *what) {
    if (n)
        text_addf(to, "%s%zu %s%s", to->length ? ", " : "", n, what,
                  n == 1 ? "" : "s");
}

void sketch_print_counts(const Sketch *d, Text *to) {
    size_t checks = 0, extracts = 0, stages = 0, thresholds = 0, metrics = 0;
    for (size_t i = 0; i < d->request_count; i++) {
        const SketchLines *l = &d->requests[i].lines;
        for (size_t k = 0; k < l->count; k++) {
            checks += text_starts(l->items[k].key, "check");
            extracts += text_starts(l->items[k].key, "extract");
        }
    }
    for (size_t i = 0; i < d->section_count; i++) {
        const SketchSection *s = &d->sections[i];
        stages += s->kind == SKETCH_STAGES ? s->lines.count : 0;
        thresholds += s->kind == SKETCH_THRESHOLDS ? s->lines.count : 0;
        metrics += s->kind == SKETCH_METRIC;
    }
    add_count(to, d->request_count, "request");
    add_count(to, d->scenario_count, "scenario");
    add_count(to, stages, "stage");
    add_count(to, checks, "check");
    add_count(to, extracts, "extracted value");
    add_count(to, metrics, "metric");
    add_count(to, thresholds, "threshold");
}
