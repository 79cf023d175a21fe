/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target_cases.h: requests to what the test server plays, and what they must
 * be answered, as tables. */
#ifndef ONRUSH_TESTS_TARGET_CASES_H
#define ONRUSH_TESTS_TARGET_CASES_H

#include "target_client.h"

#include <jansson.h>

#define FAST "service=0s "

typedef struct Case {
    const char *request; /* "POST /login", further lines allowed */
    const char *body;    /* NULL: none */
    int status;
    const char *says; /* within the answer's body */
} Case;

static inline void send_one(Client *c, const char *request, const char *body,
                            size_t length) {
    Text t = { 0 };
    const char *end = strchr(request, '\n');
    int line = end ? (int)(end - request) : (int)strlen(request);
    text_addf(&t, "%.*s HTTP/1.1\r\nHost: t\r\n", line, request);
    if (end)
        text_addf(&t, "%s\r\n", end + 1);
    if (body)
        text_addf(&t, "Content-Length: %zu\r\n", length);
    text_adds(&t, "\r\n");
    if (body)
        text_add(&t, body, length);
    say_bytes(c, t.bytes, t.length);
    text_close(&t);
}

static inline Reply ask_case(Client *c, const char *request, const char *body) {
    send_one(c, request, body, body ? strlen(body) : 0);
    return hear_one(c, strncmp(request, "HEAD", 4) == 0);
}

static inline json_t *parsed(const Reply *r) {
    json_t *j = json_loadb(r->body.bytes, r->body.length, 0, NULL);
    if (!json_is_object(j))
        fail_msg("no JSON object: %s", r->body.bytes);
    return j;
}

/* All over one connection; every answer is JSON, every request is counted. */
static inline void run_cases(Target *t, const Case *cases, size_t count) {
    Client c = dial(t);
    uint64_t before = target_counts(t).received;
    for (size_t i = 0; i < count; i++) {
        Reply r = ask_case(&c, cases[i].request, cases[i].body);
        if (r.status != cases[i].status || !strstr(r.body.bytes, cases[i].says))
            fail_msg("%s: status %d: %s", cases[i].request, r.status,
                     r.body.bytes);
        if (strncmp(cases[i].request, "HEAD", 4) != 0)
            json_decref(parsed(&r));
        assert_string_equal(header(&r, "Content-Type"), "application/json");
        forget(&r);
    }
    TargetCounts counts = target_counts(t);
    assert_int_equal(counts.received - before, count);
    assert_balanced(&counts);
    hang_up(&c);
}

#define RUN_CASES(t, cases) run_cases(t, cases, sizeof cases / sizeof *cases)

#endif
