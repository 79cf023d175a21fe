/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "import/sketch.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import/marked.h"

#define SHOWN_MAX 80

void sketch_init(Sketch *d, const char *title) {
    *d = (Sketch){ .title = title, .kind = "custom" };
}

void sketch_close(Sketch *d) {
    for (size_t i = 0; i < d->request_count; i++) {
        free(d->requests[i].headers.items);
        free(d->requests[i].lines.items);
    }
    for (size_t i = 0; i < d->section_count; i++)
        free(d->sections[i].lines.items);
    for (size_t i = 0; i < d->scenario_count; i++) {
        SketchScenario *s = &d->scenarios[i];
        for (size_t k = 0; k < s->count; k++)
            free(s->flows[k].steps);
        free(s->flows);
        free(s->lines.items);
    }
    free(d->profile.items);
    free(d->target.items);
    free(d->headers.items);
    free(d->requests);
    free(d->sections);
    free(d->scenarios);
    free(d->notes);
    arena_close(&d->arena);
    *d = (Sketch){ 0 };
}

/* --- notes -------------------------------------------------------------- */

void sketch_note(Sketch *d, Place at, const char *format, ...) {
    char text[ERR_TEXT_MAX], clean[ERR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    text_clean(clean, sizeof clean, text, strlen(text));
    size_t i = 0;
    while (i < d->note_count && !text_equal(d->notes[i].text, clean))
        i++;
    if (i == SKETCH_NOTES_MAX) {
        d->notes_left_off++;
        return;
    }
    if (i == d->note_count) {
        mem_grow(d->notes, d->note_count, d->note_cap);
        d->notes[d->note_count++] =
            (SketchNote){ .text = arena_dup_text(&d->arena, clean) };
    }
    SketchNote *n = &d->notes[i];
    for (size_t k = 0; k < n->count && k < NOTE_PLACES; k++)
        if (n->places[k].number == at.number)
            return;
    if (n->count < NOTE_PLACES)
        n->places[n->count] = at;
    n->count++;
}

const char *sketch_shown(Sketch *d, const char *bytes, size_t length) {
    char clean[SHOWN_MAX];
    text_clean(clean, sizeof clean, bytes, length);
    return arena_dup_text(&d->arena, clean);
}

/* --- names -------------------------------------------------------------- */

const char *sketch_name(Sketch *d, const char *from, char blank,
                        const char *fallback) {
    char name[SKETCH_NAME_MAX + 1];
    size_t n = 0;
    bool keeps_case = blank == '_';
    for (const char *s = from; *s && n < SKETCH_NAME_MAX; s++) {
        if (isalnum((unsigned char)*s) || (keeps_case && *s == '_'))
            name[n++] = keeps_case ? *s : (char)tolower((unsigned char)*s);
        else if (n && name[n - 1] != blank)
            name[n++] = blank;
    }
    while (n && !keeps_case && name[n - 1] == blank)
        n--;
    name[n] = '\0';
    /* A variable's name does not begin with a digit. */
    if (n == 0 || (blank == '_' && isdigit((unsigned char)name[0])))
        return arena_dup_text(&d->arena, fallback);
    return arena_dup_bytes(&d->arena, name, n);
}

/* The name, or with -2, -3, … what is free. is_taken looks at what is there. */
static const char *unique(Sketch *d, const char *name,
                          bool (*is_taken)(const void *where, const char *name),
                          const void *where) {
    if (!is_taken(where, name))
        return name;
    for (unsigned k = 2;; k++) {
        char tail[16], whole[SKETCH_NAME_MAX + 20];
        snprintf(tail, sizeof tail, "-%u", k);
        snprintf(whole, sizeof whole, "%.*s%s",
                 (int)(SKETCH_NAME_MAX - strlen(tail)), name, tail);
        if (!is_taken(where, whole))
            return arena_dup_text(&d->arena, whole);
    }
}

static bool request_is_there(const void *where, const char *name) {
    const Sketch *d = where;
    for (size_t i = 0; i < d->request_count; i++)
        if (d->requests[i].name && text_equal(d->requests[i].name, name))
            return true;
    return false;
}

static bool key_is_there(const void *where, const char *key) {
    return sketch_find(where, key) != NULL;
}

static bool scenario_is_there(const void *where, const char *name) {
    const Sketch *d = where;
    for (size_t i = 0; i < d->scenario_count; i++)
        if (text_equal(d->scenarios[i].name, name))
            return true;
    return false;
}

/* get-products for GET /products?page=2. */
static const char *request_name(Sketch *d, const char *method,
                                const char *path) {
    Text t = { 0 };
    size_t n = strcspn(path, "?#");
    text_addf(&t, "%s ", method);
    text_add(&t, path, n);
    if (n < 2)
        text_adds(&t, "root");
    const char *name = sketch_name(d, t.bytes, '-', "request");
    text_close(&t);
    return unique(d, name, request_is_there, d);
}

/* --- lines -------------------------------------------------------------- */

const SketchLine *sketch_find(const SketchLines *lines, const char *key) {
    for (size_t i = 0; i < lines->count; i++)
        if (text_equal(lines->items[i].key, key))
            return &lines->items[i];
    return NULL;
}

/* A key is one line, ends at the first =, and begins no section or comment. */
static const char *valid_key(Sketch *d, const char *key) {
    char clean[SHOWN_MAX];
    text_clean(clean, sizeof clean, key, strlen(key));
    for (char *s = clean; *s; s++)
        if (*s == '=' || *s == '$')
            *s = '~';
    char *from = clean;
    while (*from && strchr("[;# ~", *from))
        from++;
    return arena_dup_text(&d->arena, *from ? text_trim(from) : "unnamed");
}

void sketch_set(Sketch *d, SketchLines *lines, const char *key,
                const char *value) {
    if (lines->count == SKETCH_LINES_MAX) {
        sketch_note(d, AT_WHOLE, "more than %d lines for one section",
                    SKETCH_LINES_MAX);
        return;
    }
    mem_grow(lines->items, lines->count, lines->cap);
    lines->items[lines->count++] =
        (SketchLine){ valid_key(d, key), arena_dup_text(&d->arena, value) };
}

void sketch_setf(Sketch *d, SketchLines *lines, const char *key,
                 const char *format, ...) {
    char value[512];
    va_list args;
    va_start(args, format);
    vsnprintf(value, sizeof value, format, args);
    va_end(args);
    sketch_set(d, lines, key, value);
}

static void set_once(Sketch *d, SketchLines *lines, Place at, const char *key,
                     const char *value, const char *section) {
    const SketchLine *there = sketch_find(lines, key);
    if (!there)
        sketch_set(d, lines, key, value);
    else if (!text_equal(there->value, value))
        sketch_note(d, at, "another %s than before: a profile has one, in [%s]",
                    key, section);
}

void sketch_target(Sketch *d, Place at, const char *key, const char *value) {
    set_once(d, &d->target, at, key, value, "target");
}

void sketch_target_more(Sketch *d, const char *key, const char *value) {
    for (size_t i = 0; i < d->target.count; i++)
        if (text_equal(d->target.items[i].key, key) &&
            text_equal(d->target.items[i].value, value))
            return;
    sketch_set(d, &d->target, key, value);
}

void sketch_profile(Sketch *d, Place at, const char *key, const char *value) {
    set_once(d, &d->profile, at, key, value, "profile");
}

/* --- where requests go -------------------------------------------------- */

/* Length of scheme, host and port at the front of a marked URL; 0: none. */
static size_t origin_length(const char *url) {
    const char *host = strstr(url, "://");
    if (host && host < url + strcspn(url, "/?#") + 1)
        return (size_t)(host + 3 - url) + strcspn(host + 3, "/?#");
    if (*url == MARK_OPEN) {
        const char *end = strchr(url, MARK_CLOSE);
        return end ? (size_t)(end + 1 - url) + strcspn(end + 1, "/?#") : 0;
    }
    return 0;
}

/* "HTTP://Me@Shop.example:80" becomes "http://shop.example". */
static char *tidy_origin(Sketch *d, Place at, const char *url, size_t length) {
    char *origin = arena_dup_bytes(&d->arena, url, length);
    char *host = strstr(origin, "://");
    if (!host)
        return origin;
    host += 3;
    char *user = strrchr(host, '@');
    if (user) {
        sketch_note(d, at,
                    "the user and password in the URL; write auth = basic "
                    "USER:PASSWORD in [target]");
        memmove(host, user + 1, strlen(user + 1) + 1);
    }
    if (!mark_has_vars(origin))
        for (char *s = origin; *s; s++)
            *s = (char)tolower((unsigned char)*s);
    size_t n = strlen(origin);
    bool tls = text_starts(origin, "https:");
    const char *port = tls ? ":443" : ":80";
    if (n > strlen(port) && text_equal(origin + n - strlen(port), port))
        origin[n - strlen(port)] = '\0';
    return origin;
}

static const char *host_of(const char *origin) {
    const char *host = strstr(origin, "://");
    return host ? host + 3 : origin;
}

/* The host alone, or with its port, as --host has it. */
static bool is_host(const char *origin, const char *wanted) {
    const char *host = host_of(origin);
    size_t n = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");
    return strcasecmp(host, wanted) == 0 ||
           (strlen(wanted) == n && strncasecmp(host, wanted, n) == 0);
}

static bool is_url(const char *origin) {
    if (!text_starts(origin, "http://") && !text_starts(origin, "https://"))
        return *origin == MARK_OPEN;
    for (const char *s = origin; *s; s++)
        if (*s != MARK_OPEN && *s != MARK_CLOSE &&
            ((unsigned char)*s <= 0x20 || (unsigned char)*s >= 0x7f ||
             strchr("\"<>\\^`{|}", *s)))
            return false;
    const char *host = host_of(origin);
    return *host && *host != ':' && (*host != '[' || strchr(host, ']'));
}

/* Is this where the profile's requests go? */
static bool accept_origin(Sketch *d, Place at, const char *url, size_t length) {
    const char *origin = tidy_origin(d, at, url, length);
    Text t = { 0 };
    mark_print(origin, &t);
    const char *shown = sketch_shown(d, t.bytes, t.length);
    text_close(&t);
    if (!is_url(origin)) {
        sketch_note(d, at, "requests to %s: this is no http:// or https:// URL",
                    shown);
        return false;
    }
    if (!d->origin && (!d->only_host || is_host(origin, d->only_host)))
        d->origin = origin;
    if (d->origin && text_equal(d->origin, origin))
        return true;
    sketch_note(d, at, "requests to %s: a profile has one target (%s)", shown,
                d->only_host ? "--host chose another"
                             : "the first; --host chooses another");
    return false;
}

/* --- requests ----------------------------------------------------------- */

static const char *valid_method(Sketch *d, Place at, const char *method) {
    static const char *const known[] = { "GET",    "POST", "PUT",    "PATCH",
                                         "DELETE", "HEAD", "OPTIONS" };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcasecmp(method, known[i]) == 0)
            return known[i];
    sketch_note(d, at,
                "method %s: there are GET, POST, PUT, PATCH, DELETE, HEAD and "
                "OPTIONS",
                sketch_shown(d, method, strlen(method)));
    return NULL;
}

uint32_t sketch_request(Sketch *d, Place at, const char *method,
                        const char *url) {
    size_t n = origin_length(url);
    const char *known = valid_method(d, at, method);
    if (!known || (n && !accept_origin(d, at, url, n)))
        return SKETCH_NONE;
    if (n == 0 && *url != '/') {
        sketch_note(d, at, "'%s' is neither a URL nor a path",
                    sketch_shown(d, url, strlen(url)));
        return SKETCH_NONE;
    }
    if (d->request_count == SKETCH_REQUESTS_MAX) {
        sketch_note(d, at, "more than %d requests: the rest is left out",
                    SKETCH_REQUESTS_MAX);
        return SKETCH_NONE;
    }
    Text path = { 0 };
    if (url[n] != '/')
        text_adds(&path, "/");
    text_adds(&path, url + n);
    mem_grow(d->requests, d->request_count, d->request_cap);
    SketchRequest *r = &d->requests[d->request_count];
    *r = (SketchRequest){ .method = known,
                          .path = arena_dup_text(&d->arena, path.bytes),
                          .name = request_name(d, known, path.bytes),
                          .place = at };
    text_close(&path);
    return (uint32_t)d->request_count++;
}

void sketch_rename(Sketch *d, uint32_t request, const char *name) {
    d->requests[request].name = NULL;
    d->requests[request].name =
        unique(d, sketch_name(d, name, '-', "request"), request_is_there, d);
}

static bool is_header_name(const char *name) {
    const char *s = name;
    while (isalnum((unsigned char)*s) || (*s && strchr("!#$%&'*+-.^_`|~", *s)))
        s++;
    return s > name && !*s;
}

/* What the connection's own business is. Connection: keep-alive is what
 * onrush does anyway. */
static bool is_ours(const char *name) {
    static const char *const ours[] = {
        "Content-Length",   "Transfer-Encoding", "Connection", "Keep-Alive",
        "Proxy-Connection", "Upgrade",           "TE",         "HTTP2-Settings",
        "Expect",
    };
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (strcasecmp(name, ours[i]) == 0)
            return true;
    return false;
}

void sketch_header(Sketch *d, uint32_t request, const char *name,
                   const char *value) {
    SketchRequest *r = &d->requests[request];
    if (is_ours(name)) {
        sketch_note(d, r->place, "header %s: onrush sets it itself", name);
        return;
    }
    if (!is_header_name(name)) {
        sketch_note(d, r->place, "header '%s': this is no header's name",
                    sketch_shown(d, name, strlen(name)));
        return;
    }
    sketch_set(d, &r->headers, name, value);
}

const char *sketch_find_header(const Sketch *d, uint32_t request,
                               const char *name) {
    const SketchLines *h = &d->requests[request].headers;
    for (size_t i = 0; i < h->count; i++)
        if (strcasecmp(h->items[i].key, name) == 0)
            return h->items[i].value;
    return NULL;
}

void sketch_line(Sketch *d, uint32_t request, const char *key, const char *name,
                 const char *value) {
    SketchRequest *r = &d->requests[request];
    Text t = { 0 };
    text_adds(&t, key);
    if (*name)
        text_addf(&t, " %s", name);
    const char *whole = valid_key(d, t.bytes);
    text_close(&t);
    bool is_extract = text_equal(key, "extract");
    for (size_t i = 0; i < r->lines.count; i++) {
        SketchLine *line = &r->lines.items[i];
        if (!text_equal(line->key, whole))
            continue;
        if (is_extract) /* the last one is what the variable has */
            line->value = arena_dup_text(&d->arena, value);
        if (is_extract || text_equal(line->value, value))
            return;
    }
    sketch_set(d, &r->lines, whole, value);
}

void sketch_body(Sketch *d, uint32_t request, const char *bytes, size_t length,
                 bool is_literal) {
    SketchRequest *r = &d->requests[request];
    if (text_equal(r->method, "GET") || text_equal(r->method, "HEAD")) {
        sketch_note(d, r->place, "the body of a %s: it has none", r->method);
        return;
    }
    r->body = arena_dup_bytes(&d->arena, bytes, length);
    r->body_length = length;
    r->body_is_literal = is_literal;
}

/* --- sections ----------------------------------------------------------- */

SketchSection *sketch_section(Sketch *d, SketchKind kind, const char *name) {
    for (size_t i = 0; i < d->section_count; i++)
        if (d->sections[i].kind == kind &&
            text_equal(d->sections[i].name, name))
            return &d->sections[i];
    mem_grow(d->sections, d->section_count, d->section_cap);
    SketchSection *s = &d->sections[d->section_count++];
    *s = (SketchSection){ .kind = kind,
                          .name = arena_dup_text(&d->arena, name) };
    return s;
}

void sketch_stage(Sketch *d, SketchSection *s, const char *name,
                  const char *format, ...) {
    char value[128];
    va_list args;
    va_start(args, format);
    vsnprintf(value, sizeof value, format, args);
    va_end(args);
    d->load_is_known = true;
    if (s->lines.count == SKETCH_STAGES_MAX) {
        sketch_note(d, AT_WHOLE, "more than %d stages: the rest is left out",
                    SKETCH_STAGES_MAX);
        return;
    }
    const char *key = sketch_name(d, name, '-', "stage");
    sketch_set(d, &s->lines, unique(d, key, key_is_there, &s->lines), value);
}

SketchScenario *sketch_scenario(Sketch *d, const char *name) {
    const char *valid = sketch_name(d, name, '-', "imported");
    mem_grow(d->scenarios, d->scenario_count, d->scenario_cap);
    SketchScenario *s = &d->scenarios[d->scenario_count];
    *s = (SketchScenario){ .name = unique(d, valid, scenario_is_there, d) };
    d->scenario_count++;
    return s;
}

SketchFlow *sketch_flow(SketchScenario *s, double weight) {
    mem_grow(s->flows, s->count, s->cap);
    s->flows[s->count] = (SketchFlow){ .weight = weight };
    return &s->flows[s->count++];
}

void sketch_step(Sketch *d, SketchFlow *f, uint32_t request, uint32_t times,
                 uint32_t group) {
    if (request == SKETCH_NONE || times == 0)
        return;
    if (f->count == SKETCH_STEPS_MAX) {
        sketch_note(d, d->requests[request].place,
                    "more than %d steps of a flow: the rest is left out",
                    SKETCH_STEPS_MAX);
        return;
    }
    mem_grow(f->steps, f->count, f->cap);
    f->steps[f->count++] = (SketchStep){ request, times, group };
}
