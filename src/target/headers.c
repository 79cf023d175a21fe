/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "target/headers.h"

#include <string.h>
#include <strings.h>

#include "target/shop.h"

#define KEEP_BYTES 1024 /* longer values are not kept for the next request */

typedef struct HeaderRule {
    const char *name;
    size_t length;
    void (*read)(Headers *h, const char *value, size_t length);
} HeaderRule;

static void read_host(Headers *h, const char *value, size_t length) {
    (void)value;
    (void)length;
    h->has_host = true;
}

static void read_expect(Headers *h, const char *value, size_t length) {
    (void)length;
    h->expects |= strcasecmp(value, "100-continue") == 0;
}

static void take_token(Headers *h, const char *token, size_t length) {
    if (length && !h->user)
        h->user = shop_user_of_token(token, length);
}

static void read_authorization(Headers *h, const char *value, size_t length) {
    static const char scheme[] = "Bearer";
    size_t n = sizeof scheme - 1;
    if (strncasecmp(value, scheme, n) != 0 || value[n] != ' ')
        return;
    n += strspn(value + n, " \t");
    while (length > n && strchr(" \t", value[length - 1]))
        length--;
    take_token(h, value + n, length - n);
}

/* a=b; session=TOKEN; c=d */
static void read_cookie(Headers *h, const char *value, size_t length) {
    static const char name[] = "session=";
    (void)length;
    for (const char *at = value; *at;) {
        at += strspn(at, "; \t");
        size_t n = strcspn(at, ";");
        if (strncmp(at, name, sizeof name - 1) == 0)
            take_token(h, at + sizeof name - 1,
                       strcspn(at + sizeof name - 1, "; \t"));
        at += n;
    }
}

static bool is_hex(const char *at, size_t length) {
    return strspn(at, "0123456789abcdef") >= length;
}

static bool is_zero(const char *at, size_t length) {
    return strspn(at, "0") >= length;
}

static void read_trace(Headers *h, const char *v, size_t length) {
    if (length == HEADERS_TRACE_LENGTH && memcmp(v, "00-", 3) == 0 &&
        v[35] == '-' && v[52] == '-' && is_hex(v + 3, 32) &&
        is_hex(v + 36, 16) && is_hex(v + 53, 2) && !is_zero(v + 3, 32) &&
        !is_zero(v + 36, 16))
        memcpy(h->trace, v, length + 1);
}

#define RULE(name, read) \
    { name, sizeof name - 1, read }
static const HeaderRule rules[] = {
    RULE("host", read_host),
    RULE("expect", read_expect),
    RULE("authorization", read_authorization),
    RULE("cookie", read_cookie),
    RULE("traceparent", read_trace),
};

void headers_begin(Headers *h) {
    if (h->value.cap > KEEP_BYTES)
        text_close(&h->value);
    h->in_name = h->has_host = h->expects = false;
    h->rule = NULL;
    h->user = 0;
    h->trace[0] = '\0';
}

void headers_close(Headers *h) {
    text_close(&h->value);
}

void headers_name(Headers *h, const char *at, size_t length) {
    if (!h->in_name)
        h->name_length = 0;
    h->in_name = true;
    if (h->name_length < sizeof h->name) {
        size_t room = sizeof h->name - h->name_length;
        memcpy(h->name + h->name_length, at, length < room ? length : room);
    }
    h->name_length += length;
}

void headers_name_end(Headers *h) {
    h->in_name = false;
    h->rule = NULL;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].length == h->name_length &&
            strncasecmp(rules[i].name, h->name, h->name_length) == 0)
            h->rule = &rules[i];
    text_clear(&h->value);
}

void headers_value(Headers *h, const char *at, size_t length) {
    if (h->rule)
        text_add(&h->value, at, length);
}

void headers_value_end(Headers *h) {
    if (!h->rule)
        return;
    text_add(&h->value, "", 0);
    h->rule->read(h, h->value.bytes, h->value.length);
}
