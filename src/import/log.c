/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Access logs in the common and the combined format: what is asked for how
 * often becomes a mix, how fast becomes arrival rates. Of any size: a line at
 * a time, a bounded number of shapes. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "import/import.h"
#include "import/marked.h"

#define LINE_MAX_BYTES 65536
#define PATH_MAX_BYTES 2048
#define SLOTS 65536 /* a power of two */
#define SHAPES_MAX 20000
#define PROBES_MAX 64 /* so that chosen paths cannot make it slow */
#define TOP 20
#define SECONDS 64 /* lines may be out of order by so much */

/* Paths that differ in numbers and the like only. */
typedef struct Shape {
    char *key;     /* "GET /orders/{id}" */
    char *example; /* the majority's, if there is one (Boyer and Moore 1981) */
    size_t votes, count;
} Shape;

typedef struct Log {
    Shape **slots;
    size_t shapes;
    size_t lines, requests, broken, first_broken, queries, too_long, beyond;
    size_t others; /* with a method that is not carried */
    Text other_names;
    long long first, last; /* s since 1970 */
    long long second[SECONDS];
    size_t in_second[SECONDS], peak;
    bool keep_query;
} Log;

/* One line's parts. */
typedef struct Hit {
    char method[16];
    const char *path;
    size_t length;
    long long time;
} Hit;

/* --- a line ------------------------------------------------------------- */

static bool read_method(Hit *h, const char **at, const char *end) {
    size_t n = 0;
    const char *s = *at;
    while (s < end && isupper((unsigned char)*s) && n < sizeof h->method - 1)
        h->method[n++] = *s++;
    h->method[n] = '\0';
    *at = s + 1;
    return n > 0 && s < end && *s == ' ';
}

/* A path without anything that a client escaped or that is no path. */
static bool read_path(Hit *h, const char *at, const char *end) {
    const char *s = at;
    for (; s < end && *s != ' '; s++)
        if ((unsigned char)*s <= 0x20 || (unsigned char)*s >= 0x7f ||
            *s == '\\' || *s == '"')
            return false;
    h->path = at;
    h->length = (size_t)(s - at);
    return h->length && *at == '/';
}

/* "10/Oct/2000:13:55:36 -0700". */
static bool read_time(Hit *h, const char *at) {
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct tm tm = { 0 };
    char month[4], sign = '+';
    int zone_h = 0, zone_m = 0;
    int n = sscanf(at, "%2d/%3[A-Za-z]/%4d:%2d:%2d:%2d %c%2d%2d", &tm.tm_mday,
                   month, &tm.tm_year, &tm.tm_hour, &tm.tm_min, &tm.tm_sec,
                   &sign, &zone_h, &zone_m);
    if (n < 6 || strlen(month) != 3)
        return false;
    const char *found = strstr(months, month);
    if (!found || (found - months) % 3)
        return false;
    tm.tm_mon = (int)(found - months) / 3;
    tm.tm_year -= 1900;
    long long zone = (sign == '-' ? -1 : 1) * (zone_h * 3600LL + zone_m * 60LL);
    h->time = timegm(&tm) - zone;
    return true;
}

/* HOST IDENT USER [TIME] "METHOD PATH VERSION" STATUS … */
static bool read_line(Hit *h, const char *line, size_t length) {
    const char *end = line + length;
    const char *open = memchr(line, '[', length);
    const char *quote = open ? memchr(open, '"', (size_t)(end - open)) : NULL;
    if (!quote || open == line || open[-1] != ' ' || !read_time(h, open + 1))
        return false;
    const char *at = quote + 1;
    const char *shut = memchr(at, '"', (size_t)(end - at));
    return shut && read_method(h, &at, shut) && read_path(h, at, shut) &&
           end - shut > 4 && isdigit((unsigned char)shut[2]);
}

/* --- shapes ------------------------------------------------------------- */

static const char *variable_part(const char *s, size_t n) {
    size_t digits = 0, hex = 0, dashes = 0;
    for (size_t i = 0; i < n; i++) {
        digits += isdigit((unsigned char)s[i]) != 0;
        hex += isxdigit((unsigned char)s[i]) != 0;
        dashes += s[i] == '-';
    }
    if (n && digits == n)
        return "{n}";
    if (n == 36 && dashes == 4 && hex == 32)
        return "{uuid}";
    if (n >= 8 && hex == n && digits)
        return "{hex}";
    return NULL;
}

static void add_shape(const Hit *h, size_t path, Text *to) {
    text_addf(to, "%s ", h->method);
    for (size_t i = 0; i < path;) {
        text_adds(to, "/");
        i++;
        const char *slash = memchr(h->path + i, '/', path - i);
        size_t n = slash ? (size_t)(slash - h->path) - i : path - i;
        const char *variable = variable_part(h->path + i, n);
        if (variable)
            text_adds(to, variable);
        else
            text_add(to, h->path + i, n);
        i += n;
    }
}

/* FNV-1a. */
static uint32_t hash_of(const char *s) {
    uint32_t h = 2166136261u;
    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * 16777619u;
    return h;
}

/* NULL: there is no room for one more. */
static Shape *find_shape(Log *l, const char *key) {
    uint32_t at = hash_of(key);
    for (uint32_t i = 0; i < PROBES_MAX; i++) {
        Shape **slot = &l->slots[(at + i) & (SLOTS - 1)];
        if (*slot && text_equal((*slot)->key, key))
            return *slot;
        if (*slot)
            continue;
        if (l->shapes == SHAPES_MAX)
            return NULL;
        l->shapes++;
        *slot = mem_new(Shape);
        (*slot)->key = mem_dup_text(key);
        return *slot;
    }
    return NULL;
}

static bool same_example(const Shape *s, const char *path, size_t length) {
    return s->example && strlen(s->example) == length &&
           memcmp(s->example, path, length) == 0;
}

static void vote(Shape *s, const char *path, size_t length) {
    s->count++;
    if (same_example(s, path, length)) {
        s->votes++;
    } else if (s->votes) {
        s->votes--;
    } else {
        Text t = { 0 };
        text_add(&t, path, length);
        free(s->example);
        s->example = text_take(&t);
        s->votes = 1;
    }
}

/* --- counting ----------------------------------------------------------- */

static void count_time(Log *l, long long time) {
    size_t i = (size_t)(time & (SECONDS - 1));
    if (l->requests == 0 || time < l->first)
        l->first = time;
    if (l->requests == 0 || time > l->last)
        l->last = time;
    if (l->second[i] != time && time > l->second[i]) {
        l->second[i] = time;
        l->in_second[i] = 0;
    }
    if (l->second[i] == time && ++l->in_second[i] > l->peak)
        l->peak = l->in_second[i];
}

static void count_other(Log *l, const char *method) {
    Text *names = &l->other_names;
    l->others++;
    if (names->length < 60 && !(names->length && strstr(names->bytes, method)))
        text_addf(names, "%s%s", names->length ? ", " : "", method);
}

static void take_line(Log *l, const char *line, size_t length) {
    Hit h;
    l->lines++;
    while (length && (line[length - 1] == '\r' || line[length - 1] == ' '))
        length--;
    if (length == 0)
        return;
    if (!read_line(&h, line, length)) {
        if (l->broken++ == 0)
            l->first_broken = l->lines;
        return;
    }
    if (!text_equal(h.method, "GET") && !text_equal(h.method, "HEAD")) {
        count_other(l, h.method);
        return;
    }
    const char *query = memchr(h.path, '?', h.length);
    size_t path = query ? (size_t)(query - h.path) : h.length;
    if (h.length > PATH_MAX_BYTES) {
        l->too_long++;
        return;
    }
    count_time(l, h.time);
    l->requests++;
    l->queries += query != NULL;
    Text key = { 0 };
    add_shape(&h, path, &key);
    Shape *s = find_shape(l, key.bytes);
    text_close(&key);
    if (s)
        vote(s, h.path, l->keep_query ? h.length : path);
    else
        l->beyond++;
}

/* A line that began in an earlier part. */
typedef struct Lines {
    Log *log;
    Text part;
    bool skip; /* it is too long */
} Lines;

static void take_bytes(Lines *l, const char *bytes, size_t length) {
    while (length) {
        const char *stop = memchr(bytes, '\n', length);
        size_t n = stop ? (size_t)(stop - bytes) : length;
        if (!l->skip)
            text_add(&l->part, bytes, n);
        if (l->part.length > LINE_MAX_BYTES) {
            l->skip = true;
            text_clear(&l->part);
        }
        if (stop) {
            take_line(l->log, l->skip ? "?" : l->part.bytes,
                      l->skip ? 1 : l->part.length);
            text_clear(&l->part);
            l->skip = false;
        }
        bytes += n + (stop != NULL);
        length -= n + (stop != NULL);
    }
}

static int take_all(Log *log, ImportInput *in, Err *err) {
    Lines l = { .log = log };
    char part[65536];
    long n = 0;
    text_add(&l.part, "", 0);
    take_bytes(&l, in->head.bytes, in->head.length);
    while (in->more && (n = in->more(in->data, part, sizeof part, err)) > 0)
        take_bytes(&l, part, (size_t)n);
    if (l.part.length && !l.skip)
        take_line(log, l.part.bytes, l.part.length);
    text_close(&l.part);
    return n < 0 ? -1 : 0;
}

/* --- the sketch ---------------------------------------------------------- */

static int by_count(const void *a, const void *b) {
    const Shape *x = *(Shape *const *)a, *y = *(Shape *const *)b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->key, y->key);
}

static double per_cent(size_t part, size_t whole) {
    return whole ? 100.0 * (double)part / (double)whole : 0;
}

static size_t add_requests(Sketch *d, Log *l, Shape **sorted) {
    size_t carried = 0;
    SketchScenario *s = sketch_scenario(d, "visitor");
    s->comment = "What was asked for, and how often: shares in per cent.";
    for (size_t i = 0; i < l->shapes && i < TOP; i++) {
        Text path = { 0 };
        char method[16];
        snprintf(method, sizeof method, "%s",
                 text_starts(sorted[i]->key, "HEAD") ? "HEAD" : "GET");
        mark_text(&path, sorted[i]->example, strlen(sorted[i]->example));
        uint32_t r = sketch_request(d, AT_WHOLE, method, path.bytes);
        text_close(&path);
        if (r == SKETCH_NONE)
            continue;
        if (strchr(sorted[i]->key, '{'))
            sketch_rename(d, r, sorted[i]->key);
        sketch_line(d, r, "check", "", "status < 500");
        double share = per_cent(sorted[i]->count, l->requests);
        char rounded[32];
        snprintf(rounded, sizeof rounded, "%.3g", share);
        sketch_step(d, sketch_flow(s, strtod(rounded, NULL)), r, 1, 0);
        carried += sorted[i]->count;
    }
    return carried;
}

/* 250/s, 3.25/s, 12.5/m, 40/h. */
static void rate_text(double per_second, char to[32]) {
    if (per_second >= 100)
        snprintf(to, 32, "%.0f/s", per_second);
    else if (per_second >= 1)
        snprintf(to, 32, "%.3g/s", per_second);
    else if (per_second * 60 >= 1)
        snprintf(to, 32, "%.3g/m", per_second * 60);
    else
        snprintf(to, 32, "%.3g/h", fmax(per_second * 3600, 0.001));
}

static void add_stages(Sketch *d, const Log *l) {
    char mean[32], peak[32];
    SketchSection *s = sketch_section(d, SKETCH_STAGES, "");
    long long span = l->last - l->first + 1;
    rate_text((double)l->requests / (double)span, mean);
    rate_text((double)l->peak, peak);
    Text t = { 0 };
    text_addf(&t,
              "Arrivals: %zu GET and HEAD requests in %lld s; the mean is %s, "
              "the busiest second %s.",
              l->requests, span, mean, peak);
    s->comment = arena_dup_text(&d->arena, t.bytes);
    text_close(&t);
    sketch_stage(d, s, "warm-up", "30s to %s", mean);
    sketch_stage(d, s, "mean", "5m");
    sketch_stage(d, s, "rush", "10s to %s", peak);
    sketch_stage(d, s, "peak", "1m");
    sketch_stage(d, s, "back", "10s to %s", mean);
    sketch_stage(d, s, "watch", "2m");
    sketch_stage(d, s, "cool", "30s to 0");
}

static void add_notes(Sketch *d, const Log *l, size_t carried) {
    if (l->broken)
        sketch_note(d, AT_LINE(l->first_broken),
                    "the first of those that are no requests with a path: %zu",
                    l->broken);
    if (l->others)
        sketch_note(
            d, AT_WHOLE,
            "requests with other methods (%s): %zu; a log has no bodies",
            l->other_names.bytes, l->others);
    if (l->queries && !l->keep_query)
        sketch_note(
            d, AT_WHOLE,
            "query strings: %zu; --query keeps the most frequent one of "
            "each path",
            l->queries);
    if (carried < l->requests)
        sketch_note(d, AT_WHOLE,
                    "%zu requests (%.1f %%) to paths beyond the %d most "
                    "frequent",
                    l->requests - carried,
                    per_cent(l->requests - carried, l->requests), TOP);
    if (l->beyond)
        sketch_note(d, AT_WHOLE,
                    "more than %zu kinds of paths: %zu requests were not told "
                    "apart",
                    l->shapes, l->beyond);
    if (l->too_long)
        sketch_note(d, AT_WHOLE, "%zu requests with paths of more than 2 KiB",
                    l->too_long);
}

static Shape **sort_shapes(const Log *l) {
    Shape **sorted = mem_alloc(l->shapes + 1, sizeof *sorted);
    size_t n = 0;
    for (size_t i = 0; i < SLOTS; i++)
        if (l->slots[i])
            sorted[n++] = l->slots[i];
    qsort(sorted, n, sizeof *sorted, by_count);
    return sorted;
}

int log_read(Sketch *d, ImportInput *in, const ImportOptions *o, Err *err) {
    Log *l = mem_new(Log);
    l->slots = mem_alloc(SLOTS, sizeof *l->slots);
    l->keep_query = o->query;
    int rc = take_all(l, in, err);
    Shape **sorted = sort_shapes(l);
    if (rc == 0 && l->requests) {
        d->kind = "load";
        add_stages(d, l);
        add_notes(d, l, add_requests(d, l, sorted));
    } else if (rc == 0) {
        add_notes(d, l, 0);
    }
    for (size_t i = 0; i < l->shapes; i++) {
        free(sorted[i]->key);
        free(sorted[i]->example);
        free(sorted[i]);
    }
    free(sorted);
    free(l->slots);
    text_close(&l->other_names);
    free(l);
    return rc;
}

/* One good line among the first ones will do. */
bool log_recognise(const char *bytes, size_t length) {
    const char *s = bytes, *end = bytes + length;
    for (int i = 0; i < 50 && s < end; i++) {
        const char *stop = memchr(s, '\n', (size_t)(end - s));
        Hit h;
        if (read_line(&h, s, (size_t)((stop ? stop : end) - s)))
            return true;
        s = stop ? stop + 1 : end;
    }
    return false;
}
