/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "target/call.h"

#include <string.h>

#define DIGITS_MAX 18

void call_fail(ServiceCall *c, int status, const char *why) {
    c->status = status;
    text_clear(c->to);
    text_adds(c->to, "{\"ok\":false,\"error\":");
    answer_json_text(c->to, why, strlen(why));
    text_adds(c->to, "}\n");
}

json_t *call_object(ServiceCall *c) {
    json_t *j =
        json_loadb(c->body_length ? c->body : "", c->body_length, 0, NULL);
    if (json_is_object(j))
        return j;
    json_decref(j);
    call_fail(c, 400, "the body must be a JSON object");
    return NULL;
}

const char *call_text(const json_t *object, const char *name) {
    const char *text = json_string_value(json_object_get(object, name));
    return text && *text ? text : NULL;
}

static int add_piece(const char *bytes, size_t length, void *to) {
    text_add(to, bytes, length);
    return 0;
}

void call_add_json(ServiceCall *c, const json_t *text) {
    json_dump_callback(text, add_piece, c->to,
                       JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
}

static bool read_digits(const char *at, size_t length, size_t most,
                        uint64_t *n) {
    *n = 0;
    for (size_t i = 0; i < length && i < most; i++) {
        if (at[i] < '0' || at[i] > '9')
            return false;
        *n = *n * 10 + (uint64_t)(at[i] - '0');
    }
    return length > 0 && length <= most;
}

uint64_t call_id(const ServiceCall *c, const char *prefix) {
    size_t n = strlen(prefix);
    uint64_t id;
    if (c->rest_length <= n || memcmp(c->rest, prefix, n) != 0 ||
        c->rest[n] == '0' ||
        !read_digits(c->rest + n, c->rest_length - n, DIGITS_MAX, &id))
        return 0;
    return id;
}

int64_t call_query_number(const ServiceCall *c, const char *name,
                          int64_t missing) {
    size_t n = strlen(name);
    for (const char *at = c->query; *at && *at != '#';) {
        size_t length = strcspn(at, "&#");
        if (length > n && memcmp(at, name, n) == 0 && at[n] == '=') {
            uint64_t number;
            bool good = read_digits(at + n + 1, length - n - 1, 9, &number);
            return good ? (int64_t)number : -1;
        }
        at += length;
        at += *at == '&';
    }
    return missing;
}

void call_add_cents(Text *to, uint64_t cents) {
    char rest[3] = { '.', (char)('0' + cents / 10 % 10),
                     (char)('0' + cents % 10) };
    answer_number(to, cents / 100);
    text_add(to, rest, sizeof rest);
}

void call_add_field(ServiceCall *c, const char *begin, uint64_t number) {
    text_adds(c->fields, begin);
    answer_number(c->fields, number);
    text_adds(c->fields, "\r\n");
}
