/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "target/route.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARGUMENT_MAX 64

typedef int ReadFn(Route *r, const char *argument, Err *err);

typedef struct Rule {
    const char *path; /* ends in '/': an argument follows */
    size_t length;
    RouteKind kind;
    ServiceId service;
    ReadFn *read;
} Rule;

static int read_delay(Route *r, const char *argument, Err *err) {
    return units_read_duration(argument, &r->delay_ns, err);
}

static int read_integer(const char *argument, int least, int most, int *value,
                        Err *err) {
    char *end;
    long n = strtol(argument, &end, 10);
    if (!isdigit((unsigned char)*argument) || *end || n < least || n > most)
        return err_set(err, "'%s' must be a whole number from %d to %d",
                       argument, least, most);
    *value = (int)n;
    return 0;
}

static int read_status(Route *r, const char *argument, Err *err) {
    return read_integer(argument, 100, 599, &r->status, err);
}

static int read_bytes(Route *r, const char *argument, Err *err) {
    return target_read_size(argument, &r->bytes, err);
}

static int read_chunks(Route *r, const char *argument, Err *err) {
    return read_integer(argument, 0, ROUTE_CHUNKS_MAX, &r->chunks, err);
}

static int read_share(Route *r, const char *argument, Err *err) {
    return target_read_share(argument, &r->share, err);
}

static int read_fault(Route *r, const char *argument, Err *err) {
    const char *names[TARGET_FAULT_COUNT];
    for (int f = 0; f < TARGET_FAULT_COUNT; f++) {
        names[f] = target_fault_name((TargetFault)f);
        if (text_equal(names[f], argument)) {
            r->fault = (TargetFault)f;
            return 0;
        }
    }
    const char *nearest = text_nearest(argument, names, TARGET_FAULT_COUNT);
    return err_set(err, "'%s' is not a fault%s%s%s", argument,
                   nearest ? "; did you mean '" : "", nearest ? nearest : "",
                   nearest ? "'?" : "");
}

#define RULE(path, kind, read) \
    { path, sizeof path - 1, ROUTE_##kind, SERVICE_COUNT, read }
static const Rule rules[] = {
    RULE("/size/", SIZE, read_bytes),
    RULE("/delay/", DELAY, read_delay),
    RULE("/status/", STATUS, read_status),
    RULE("/json", JSON, NULL),
    RULE("/chunked/", CHUNKED, read_chunks),
    RULE("/errors/", ERRORS, read_share),
    RULE("/echo", ECHO, NULL),
    RULE("/close", CLOSE, NULL),
    RULE("/fault/", FAULT, read_fault),
    RULE("/metrics", METRICS, NULL),
    RULE("/_target", CONTROL, NULL),
    RULE("/_target/down", CONTROL_DOWN, NULL),
    RULE("/_target/log", CONTROL_LOG, NULL),
    RULE("/_target/", CONTROL_UNKNOWN, NULL),
#define X(id, path, is_posted) \
    { path, sizeof path - 1, ROUTE_SERVICE, SERVICE_##id, NULL },
    TARGET_SERVICES(X)
#undef X
};

static int hex_value(char c) {
    if (isdigit((unsigned char)c))
        return c - '0';
    return isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10
                                      : -1;
}

/* Undoes %XX; false: too long, or bytes that no argument has. */
static bool decode(char *to, size_t size, const char *from, size_t length) {
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        int c = (unsigned char)from[i];
        if (c == '%' && i + 2 < length && hex_value(from[i + 1]) >= 0 &&
            hex_value(from[i + 2]) >= 0) {
            c = hex_value(from[i + 1]) * 16 + hex_value(from[i + 2]);
            i += 2;
        }
        if (n + 1 >= size || c <= ' ' || c >= 0x7f)
            return false;
        to[n++] = (char)c;
    }
    to[n] = '\0';
    return true;
}

const char *route_path(const char *url, size_t *length) {
    const char *path = url;
    const char *scheme = strstr(url, "://");
    if (*url != '/' && scheme) {
        path = scheme + 3 + strcspn(scheme + 3, "/?#");
        if (*path != '/') {
            *length = 1;
            return "/";
        }
    }
    *length = strcspn(path, "?#");
    return path;
}

static const Rule *find_rule(const char *path, size_t length) {
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        size_t n = rules[i].length;
        bool prefix = rules[i].path[n - 1] == '/';
        if ((prefix ? length > n : length == n) &&
            memcmp(rules[i].path, path, n) == 0)
            return &rules[i];
    }
    return NULL;
}

Route route_read(const char *url, Err *err) {
    size_t length;
    char argument[ARGUMENT_MAX];
    const char *path = route_path(url, &length);
    const Rule *rule = find_rule(path, length);
    if (!rule)
        return (Route){ .kind = ROUTE_SYSTEM };
    Route r = { .kind = rule->kind };
    if (r.kind == ROUTE_SERVICE)
        r.service = rule->service;
    if (!rule->read)
        return r;
    size_t n = rule->length;
    if (!decode(argument, sizeof argument, path + n, length - n))
        err_set(err, "%s: what follows cannot be read", rule->path);
    else if (rule->read(&r, argument, err) == 0)
        return r;
    return (Route){ .kind = ROUTE_BAD };
}

bool route_is_control(const Route *r) {
    return r->kind >= ROUTE_CONTROL;
}

bool route_wants_body(const Route *r) {
    if (r->kind == ROUTE_SERVICE)
        return service_is_posted(r->service);
    return r->kind == ROUTE_ECHO || r->kind >= ROUTE_CONTROL;
}

bool service_is_posted(ServiceId id) {
    static const bool is_posted[] = {
#define X(id, path, posted) posted,
        TARGET_SERVICES(X)
#undef X
    };
    return is_posted[id];
}

size_t service_path_length(ServiceId id) {
    static const size_t length[] = {
#define X(id, path, posted) sizeof path - 1,
        TARGET_SERVICES(X)
#undef X
    };
    return length[id];
}
