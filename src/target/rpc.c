/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "target/rpc.h"

#include <string.h>

#include "target/headers.h"

#define SPAN_SEED UINT64_C(0x7370616e73) /* apart from the system's draws */
#define TRACE_PARENT_AT 36               /* in 00-TRACE-PARENT-FLAGS */
#define TRACE_PARENT_DIGITS 16

void rpc_init(Rpc *r, const TargetSettings *set) {
    *r = (Rpc){ .rng = { set->seed ^ SPAN_SEED } };
}

void rpc_close(Rpc *r) {
    for (size_t i = 0; i < RPC_LOG_LINES; i++)
        text_close(&r->log[i]);
}

static bool passes(TargetChain chain, TargetInterceptor i) {
    return chain >> i & 1;
}

uint64_t rpc_chain_ns(const TargetSettings *set, TargetChain chain) {
    uint64_t ns = 0;
    for (int i = 0; i < TARGET_INTERCEPTOR_COUNT; i++)
        if (passes(chain, (TargetInterceptor)i))
            ns += set->interceptor_ns[i];
    return ns;
}

static void refuse(ServiceCall *c, const char *why) {
    c->status = 400;
    text_adds(c->to, "{\"code\":\"invalid_argument\",\"message\":\"");
    text_adds(c->to, why);
    text_adds(c->to, "\"}\n");
}

static void echo(ServiceCall *c, const json_t *message) {
    text_adds(c->to, "{\"message\":");
    if (message)
        call_add_json(c, message);
    else
        text_adds(c->to, "\"\"");
    text_adds(c->to, ",\"method\":");
    answer_json_text(c->to, c->rest, c->rest_length);
    text_adds(c->to, "}\n");
    c->status = 200;
}

static void handle(ServiceCall *c) {
    json_t *j =
        json_loadb(c->body_length ? c->body : "", c->body_length, 0, NULL);
    const json_t *message = json_object_get(j, "message");
    if (!json_is_object(j))
        refuse(c, "the body must be a JSON object");
    else if (message && !json_is_string(message))
        refuse(c, "message must be a text");
    else if (passes(c->chain, TARGET_VALIDATION) && !call_text(j, "message"))
        refuse(c, "message is missing or empty");
    else
        echo(c, message);
    json_decref(j);
}

/* The same trace, a span of our own. */
static void trace(Rpc *r, ServiceCall *c) {
    char line[HEADERS_TRACE_LENGTH + 1];
    if (!*c->trace)
        return;
    memcpy(line, c->trace, sizeof line);
    uint64_t span = rng_next(&r->rng) | 1; /* zeros only would be invalid */
    for (int i = 0; i < TRACE_PARENT_DIGITS; i++, span >>= 4)
        line[TRACE_PARENT_AT + i] = "0123456789abcdef"[span & 15];
    text_adds(c->fields, "traceparent: ");
    text_adds(c->fields, line);
    text_adds(c->fields, "\r\n");
}

static void log_call(Rpc *r, const ServiceCall *c) {
    Text *line = &r->log[r->logged++ % RPC_LOG_LINES];
    size_t n = c->rest_length;
    text_clear(line);
    text_adds(line, "{\"method\":");
    answer_json_text(line, c->rest, n < RPC_LOG_METHOD ? n : RPC_LOG_METHOD);
    text_adds(line, ",\"status\":");
    answer_number(line, (uint64_t)c->status);
    text_adds(line, ",\"received\":");
    answer_number(line, c->body_length);
    text_adds(line, ",\"sent\":");
    answer_number(line, c->to->length);
    text_adds(line, "}\n");
}

void rpc_call(Rpc *r, ServiceCall *c) {
    if (passes(c->chain, TARGET_TRACING))
        trace(r, c);
    handle(c);
    if (passes(c->chain, TARGET_LOGGER))
        log_call(r, c);
}

void rpc_print_log(const Rpc *r, Text *to) {
    uint64_t from = r->logged > RPC_LOG_LINES ? r->logged - RPC_LOG_LINES : 0;
    text_add(to, "", 0);
    for (uint64_t i = from; i < r->logged; i++) {
        const Text *line = &r->log[i % RPC_LOG_LINES];
        text_add(to, line->bytes, line->length);
    }
}
