/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTTP archives (HAR 1.2), as browsers' network tabs export them. */
#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "import/import.h"
#include "import/marked.h"

#define PAUSE_MS 500 /* a longer gap between steps is somebody who thinks */
#define PAUSES_MAX 10000
#define SECRETS_MAX 16

/* A header that identifies somebody: its value is not written down. */
typedef struct Secret {
    const char *header, *value, *env;
} Secret;

typedef struct Recording {
    Sketch *d;
    SketchFlow *flow;
    Place at;
    Secret secrets[SECRETS_MAX];
    size_t secret_count;
    double end_ms; /* of what was carried so far; NAN: nothing yet */
    bool last_was_asset;
    double pauses[PAUSES_MAX];
    size_t pause_count;
    size_t h2, h3, carried, seen;
} Recording;

static const char *text_of(const json_t *object, const char *key) {
    const char *s = json_string_value(json_object_get(object, key));
    return s ? s : "";
}

static double number_of(const json_t *object, const char *key) {
    const json_t *v = json_object_get(object, key);
    return json_is_number(v) ? json_number_value(v) : 0;
}

/* "2024-05-01T12:00:00.123+02:00" in ms since 1970; NAN when it is none. */
static double read_time(const char *text) {
    struct tm tm = { 0 };
    double seconds = 0;
    int zone_h = 0, zone_m = 0, used = 0;
    if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%6lf%n", &tm.tm_year, &tm.tm_mon,
               &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &seconds, &used) != 6)
        return NAN;
    const char *zone = text + used;
    zone += strspn(zone, "0123456789."); /* finer than microseconds */
    if ((*zone == '+' || *zone == '-') &&
        sscanf(zone + 1, "%2d:%2d", &zone_h, &zone_m) < 1)
        return NAN;
    tm.tm_year -= 1900;
    tm.tm_mon--;
    double sign = *zone == '-' ? -1 : 1;
    return ((double)timegm(&tm) + seconds -
            sign * (zone_h * 3600.0 + zone_m * 60.0)) *
           1000;
}

/* --- headers ------------------------------------------------------------ */

static bool is_among(const char *name, const char *const *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(name, list[i]) == 0)
            return true;
    return false;
}
#define IS_AMONG(name, list) is_among(name, list, sizeof list / sizeof *list)

/* AUTHORIZATION for "Authorization"; another value gets AUTHORIZATION_2. */
static const char *env_name(Recording *r, const char *header) {
    char name[64];
    unsigned same = 1;
    snprintf(name, sizeof name, "%s", header);
    for (char *s = name; *s; s++)
        *s =
            isalnum((unsigned char)*s) ? (char)toupper((unsigned char)*s) : '_';
    for (size_t i = 0; i < r->secret_count; i++)
        same += strcasecmp(r->secrets[i].header, header) == 0;
    if (same > 1)
        snprintf(name + strlen(name), sizeof name - strlen(name), "_%u", same);
    return arena_dup_text(&r->d->arena, name);
}

static const Secret *find_secret(Recording *r, const char *header,
                                 const char *value) {
    for (size_t i = 0; i < r->secret_count; i++)
        if (strcasecmp(r->secrets[i].header, header) == 0 &&
            text_equal(r->secrets[i].value, value))
            return &r->secrets[i];
    if (r->secret_count == SECRETS_MAX)
        return NULL;
    Secret *s = &r->secrets[r->secret_count];
    *s = (Secret){ header, value, env_name(r, header) };
    r->secret_count++;
    return s;
}

static void add_secret(Recording *r, uint32_t request, const char *name,
                       const char *value) {
    const Secret *s = find_secret(r, name, value);
    Text var = { 0 }, marked = { 0 };
    if (!s) {
        sketch_note(r->d, r->at, "header %s: more than %d different secrets",
                    name, SECRETS_MAX);
        return;
    }
    text_addf(&var, "env.%s", s->env);
    mark_var(&marked, var.bytes, var.length);
    sketch_header(r->d, request, name, marked.bytes);
    sketch_note(r->d, r->at,
                "header %s is a secret: it is ${%s} now, set it before you "
                "run",
                name, var.bytes);
    text_close(&var);
    text_close(&marked);
}

static void add_header(Recording *r, uint32_t request, const char *name,
                       const char *value) {
    static const char *const secrets[] = {
        "Authorization",        "Proxy-Authorization", "X-Api-Key",
        "X-Auth-Token",         "X-CSRF-Token",        "X-XSRF-Token",
        "X-Amz-Security-Token",
    };
    static const char *const conditions[] = { "If-None-Match",
                                              "If-Modified-Since" };
    if (*name == ':' || strcasecmp(name, "Host") == 0 || !*name)
        return; /* HTTP/2's own, and what the URL says */
    if (strcasecmp(name, "Cookie") == 0) {
        sketch_target(r->d, r->at, "cookies", "on");
        sketch_note(r->d, r->at,
                    "header Cookie: a secret; cookies = on keeps what the "
                    "target sets, for each VU");
    } else if (IS_AMONG(name, conditions)) {
        sketch_note(r->d, r->at, "header %s: a new user's cache is empty",
                    name);
    } else if (IS_AMONG(name, secrets)) {
        add_secret(r, request, name, value);
    } else {
        Text t = { 0 };
        mark_text(&t, value, strlen(value));
        sketch_header(r->d, request, name, t.bytes);
        text_close(&t);
    }
}

static void add_headers(Recording *r, uint32_t request, const json_t *headers) {
    size_t i;
    json_t *h;
    json_array_foreach(headers, i, h)
        add_header(r, request, text_of(h, "name"), text_of(h, "value"));
}

/* --- bodies ------------------------------------------------------------- */

/* A form that was recorded as fields only. */
static void form_body(Recording *r, uint32_t request, const json_t *params) {
    Text body = { 0 };
    size_t i;
    json_t *p;
    json_array_foreach(params, i, p) {
        if (json_object_get(p, "fileName")) {
            sketch_note(r->d, r->at,
                        "a form's file: recordings have no "
                        "contents of files");
            continue;
        }
        text_adds(&body, body.length ? "&" : "");
        /* Browsers record fields as they were sent. */
        text_addf(&body, "%s=%s", text_of(p, "name"), text_of(p, "value"));
    }
    if (body.length)
        sketch_body(r->d, request, body.bytes, body.length, true);
    text_close(&body);
}

static void add_body(Recording *r, uint32_t request, const json_t *post) {
    const json_t *text = json_object_get(post, "text");
    const json_t *params = json_object_get(post, "params");
    const char *mime = text_of(post, "mimeType");
    if (!post)
        return;
    if (*text_of(post, "encoding") || json_object_get(post, "_encoding")) {
        sketch_note(r->d, r->at,
                    "a body of bytes (%s): put it into a file, "
                    "body = @FILE",
                    sketch_shown(r->d, mime, strlen(mime)));
        return;
    }
    if (json_string_length(text))
        sketch_body(r->d, request, json_string_value(text),
                    json_string_length(text), true);
    else if (json_array_size(params) && strstr(mime, "multipart"))
        sketch_note(r->d, r->at,
                    "a multipart form: put the whole body into a "
                    "file, body = @FILE");
    else if (json_array_size(params))
        form_body(r, request, params);
}

/* --- order and time ----------------------------------------------------- */

static bool is_asset(const json_t *entry) {
    static const char *const kinds[] = { "image", "stylesheet", "script",
                                         "font",  "media",      "manifest" };
    static const char *const types[] = { "image/",
                                         "font/",
                                         "text/css",
                                         "text/javascript",
                                         "audio/",
                                         "video/",
                                         "application/javascript",
                                         "application/x-javascript",
                                         "application/font" };
    const json_t *response = json_object_get(entry, "response");
    const char *mime =
        text_of(json_object_get(response, "content"), "mimeType");
    const char *kind = text_of(entry, "_resourceType");
    if (*kind)
        return IS_AMONG(kind, kinds);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strncasecmp(mime, types[i], strlen(types[i])) == 0)
            return true;
    return false;
}

static void add_pause(Recording *r, double start) {
    double gap = start - r->end_ms;
    if (gap > PAUSE_MS && gap < 86400e3 && r->pause_count < PAUSES_MAX)
        r->pauses[r->pause_count++] = gap;
}

/* Assets that were fetched while one before was under way go together. */
static void add_step(Recording *r, uint32_t request, const json_t *entry,
                     bool asset) {
    double start = read_time(text_of(entry, "startedDateTime"));
    double took = fmax(number_of(entry, "time"), 0);
    bool joins = asset && r->last_was_asset && start < r->end_ms;
    SketchFlow *f = r->flow;
    uint32_t group = 0;
    if (joins && f->count) {
        SketchStep *last = &f->steps[f->count - 1];
        if (last->group == 0)
            last->group = ++r->d->groups;
        group = last->group;
    } else {
        add_pause(r, start);
    }
    sketch_step(r->d, f, request, 1, group);
    r->last_was_asset = asset;
    if (joins || isnan(r->end_ms))
        r->end_ms = fmax(isnan(r->end_ms) ? start : r->end_ms, start + took);
    else if (!isnan(start))
        r->end_ms = start + took;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void add_think(Recording *r, SketchScenario *s) {
    if (r->pause_count == 0)
        return;
    qsort(r->pauses, r->pause_count, sizeof *r->pauses, by_size);
    double median = r->pauses[r->pause_count / 2];
    sketch_setf(r->d, &s->lines, "think", "%.1fs", median / 1000);
    sketch_note(r->d, AT_WHOLE,
                "pauses between the steps (%zu of them): think is their "
                "median, once an iteration",
                r->pause_count);
}

/* --- entries ------------------------------------------------------------ */

static void count_version(Recording *r, const char *version) {
    r->carried++;
    if (strcasecmp(version, "h2") == 0 ||
        strncasecmp(version, "http/2", 6) == 0)
        r->h2++;
    if (strcasecmp(version, "h3") == 0 ||
        strncasecmp(version, "http/3", 6) == 0)
        r->h3++;
}

static void add_check(Recording *r, uint32_t request, int status) {
    char check[64];
    if (status == 304) /* nothing is in our cache */
        status = 200;
    snprintf(check, sizeof check, "status == %d", status);
    sketch_line(r->d, request, "check", "", check);
}

/* What did not go over the network cannot be asked for there. */
static bool was_sent(Recording *r, const json_t *entry, const char *url,
                     int status) {
    if (strncasecmp(url, "http", 4) != 0) {
        sketch_note(r->d, r->at, "a URL that is not http:// or https://");
        return false;
    }
    if (*text_of(entry, "_fromCache")) {
        sketch_note(r->d, r->at, "answered by the browser's cache");
        return false;
    }
    if (status < 100 || status > 599) {
        sketch_note(r->d, r->at, "without an answer in the recording");
        return false;
    }
    return true;
}

static void add_entry(Recording *r, const json_t *entry) {
    const json_t *request = json_object_get(entry, "request");
    const json_t *response = json_object_get(entry, "response");
    const char *url = text_of(request, "url");
    int status = (int)number_of(response, "status");
    if (!json_is_object(request)) {
        sketch_note(r->d, r->at, "this is no entry: it has no request");
        return;
    }
    if (!was_sent(r, entry, url, status))
        return;
    Text marked = { 0 };
    mark_text(&marked, url, strlen(url));
    uint32_t i =
        sketch_request(r->d, r->at, text_of(request, "method"), marked.bytes);
    text_close(&marked);
    if (i == SKETCH_NONE)
        return;
    add_headers(r, i, json_object_get(request, "headers"));
    add_body(r, i, json_object_get(request, "postData"));
    add_check(r, i, status);
    add_step(r, i, entry, is_asset(entry));
    count_version(r, text_of(request, "httpVersion"));
}

static void set_version(Recording *r) {
    if (r->h3)
        sketch_note(r->d, AT_WHOLE, "HTTP/3: there are HTTP/1.1 and HTTP/2");
    if (r->carried && (r->h2 + r->h3) * 2 > r->carried && r->d->origin &&
        text_starts(r->d->origin, "https"))
        sketch_target(r->d, AT_WHOLE, "http", "2");
}

static void describe(Recording *r, const json_t *log) {
    json_t *page = json_array_get(json_object_get(log, "pages"), 0);
    const char *title = text_of(page, "title");
    char clean[100];
    Text t = { 0 };
    text_clean(clean, sizeof clean, title, strlen(title));
    text_addf(&t, "%zu of %zu recorded requests%s%s", r->carried, r->seen,
              *clean ? ", from " : "", clean);
    r->d->description = arena_dup_text(&r->d->arena, t.bytes);
    text_close(&t);
}

int har_read(Sketch *d, ImportInput *in, const ImportOptions *o, Err *err) {
    json_error_t e;
    json_t *entry;
    size_t i;
    (void)o;
    if (import_whole(in, err) < 0)
        return -1;
    /* Some exporters write a byte order mark. */
    size_t skip = text_starts(in->head.bytes, "\xef\xbb\xbf") ? 3 : 0;
    json_t *root = json_loadb(in->head.bytes + skip, in->head.length - skip,
                              JSON_ALLOW_NUL, &e);
    if (!root)
        return err_at(err, e.line, "this is not JSON: %s", e.text);
    json_t *log = json_object_get(root, "log");
    json_t *entries = json_object_get(log, "entries");
    if (!json_is_array(entries)) {
        json_decref(root);
        return err_set(err, "this is no HAR: log.entries is missing");
    }
    Recording *r = mem_new(Recording);
    SketchScenario *s = sketch_scenario(d, "visitor");
    *r = (Recording){ .d = d, .flow = sketch_flow(s, 1), .end_ms = NAN };
    json_array_foreach(entries, i, entry) {
        r->at = (Place){ "entry ", i + 1 };
        r->seen++;
        add_entry(r, entry);
    }
    add_think(r, s);
    set_version(r);
    describe(r, log);
    free(r);
    json_decref(root);
    return 0;
}

bool har_recognise(const char *bytes, size_t length) {
    (void)length;
    const char *s = bytes;
    if (text_starts(s, "\xef\xbb\xbf"))
        s += 3;
    s += strspn(s, " \t\r\n");
    return *s == '{' && strstr(s, "\"log\"") &&
           (strstr(s, "\"entries\"") || strstr(s, "\"creator\""));
}
