/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "target/exchange.h"

#include <string.h>

#include "base/clock.h"
#include "target/metrics.h"

#define OUT_HIGH 262144      /* enough gathered: send before going on */
#define KEEP_URL_BYTES 1024  /* longer ones are not kept for the next */
#define SMALL_BODY_MAX 16384 /* longer bodies are sent piece by piece */
#define RETRY_AFTER "Retry-After: 1\r\n"

#define CONN_OF(pointer, member) \
    ((Conn *)(void *)((char *)(pointer)-offsetof(Conn, member)))

/* --- answering ---------------------------------------------------------- */

static void answered(Conn *c) {
    if (c->request.frame.last || c->fill_left)
        c->state = CONN_SENDING;
}

static void answer(Conn *c, int status, const char *type, const char *body,
                   size_t length, const char *extra) {
    answer_whole(&c->server->out, &c->request.frame, status, type, body, length,
                 extra);
    answered(c);
}

/* {"ok":false,"error":why} */
static void answer_error(Conn *c, int status, const char *why,
                         const char *extra) {
    Text *body = &c->server->scratch;
    text_clear(body);
    text_adds(body, "{\"ok\":false,\"error\":");
    answer_json_text(body, why, strlen(why));
    text_adds(body, "}\n");
    answer(c, status, ANSWER_JSON, body->bytes, body->length, extra);
}

void exchange_reject(Conn *c, int status, const char *why) {
    if (c->ghost)
        return;
    c->server->counts.rejected++;
    c->request.frame = (AnswerFrame){ .last = true };
    answer_error(c, status, why ? why : "not HTTP", NULL);
}

static void answer_status(Conn *c, int status) {
    Text *out = &c->server->out;
    if (status < 200) {
        answer_interim(out, status);
        status = 200;
    }
    char body[64];
    int n =
        snprintf(body, sizeof body, "%d %s\n", status, answer_reason(status));
    answer(c, status, ANSWER_PLAIN, body, (size_t)n, NULL);
}

static void answer_size(Conn *c, uint64_t bytes) {
    Server *s = c->server;
    if (bytes <= SMALL_BODY_MAX) {
        answer(c, 200, ANSWER_PLAIN, s->fill, (size_t)bytes, NULL);
        return;
    }
    answer_head(&s->out, &c->request.frame, 200, ANSWER_PLAIN, bytes, NULL);
    if (!c->request.frame.head_only)
        c->fill_left = bytes;
    answered(c);
}

static void answer_fault(Conn *c, TargetFault fault) {
    Server *s = c->server;
    AnswerFrame *frame = &c->request.frame;
    switch (fault) {
    case TARGET_FAULT_RESET:
        s->counts.reset++;
        conn_flush(c); /* the answers before this one are good */
        conn_end(c, true);
        return;
    case TARGET_FAULT_TRUNCATE:
        s->counts.truncated++;
        answer_truncated(&s->out, frame);
        frame->last = true;
        break;
    case TARGET_FAULT_GARBAGE:
        s->counts.garbage++;
        answer_garbage(&s->out);
        frame->last = true;
        break;
    case TARGET_FAULT_HANG:
        s->counts.hung++;
        c->state = CONN_HUNG;
        return;
    case TARGET_FAULT_ESCAPE:
        s->counts.escaped++;
        answer_escape(&s->out, frame);
        break;
    case TARGET_FAULT_COUNT:
        break;
    }
    answered(c);
}

static void answer_deliberate_error(Conn *c) {
    c->server->counts.errors++;
    answer_error(c, 500, "an error on purpose", NULL);
}

/* --- the system --------------------------------------------------------- */

void exchange_fill_places(Server *s) {
    Job *j;
    while ((j = system_next(&s->system, clock_now())))
        alarm_set(&s->alarms, &CONN_OF(j, job)->alarm, j->done_ns);
}

static void enter_system(Conn *c) {
    Server *s = c->server;
    const Route *route = &c->request.route;
    c->job.extra_ns = 0;
    if (route->kind == ROUTE_SERVICE)
        c->job.extra_ns =
            services_extra_ns(&s->system.set, route->service, s->chain);
    switch (system_admit(&s->system, &c->job, clock_now())) {
    case JOB_OUTSIDE:
        s->counts.shed++;
        answer_error(c, 503, "overloaded", RETRY_AFTER);
        return;
    case JOB_IN_SERVICE:
        alarm_set(&s->alarms, &c->alarm, c->job.done_ns);
        break;
    case JOB_QUEUED:
        break;
    }
    c->state = CONN_SYSTEM;
}

static void answer_plain(Conn *c) {
    size_t length;
    const char *path = route_path(c->request.url.bytes, &length);
    Text *body = &c->server->scratch;
    text_clear(body);
    text_adds(body, "{\"ok\":true,\"path\":");
    answer_json_text(body, path, length);
    text_adds(body, "}\n");
    c->server->counts.served++;
    answer(c, 200, ANSWER_JSON, body->bytes, body->length, NULL);
}

static void answer_service(Conn *c) {
    Server *s = c->server;
    const Request *r = &c->request;
    ServiceId id = r->route.service;
    ServiceCall call = {
        .body = r->body.bytes,
        .body_length = r->body.length,
        .user = r->headers.user,
        .trace = r->headers.trace,
        .chain = s->chain,
        .now_ns = clock_now(),
        .fields = &s->fields,
        .to = &s->scratch,
    };
    call.rest = route_path(r->url.bytes, &call.rest_length);
    call.query = call.rest + call.rest_length;
    call.query += *call.query == '?';
    call.rest += service_path_length(id);
    call.rest_length -= service_path_length(id);
    text_clear(call.fields);
    text_clear(call.to);
    services_answer(&s->services, id, c->parser.method, &call);
    if (call.status == CALL_PLAIN) {
        answer_plain(c);
        return;
    }
    *(call.is_shed ? &s->counts.shed : &s->counts.served) += 1;
    answer(c, call.status, ANSWER_JSON, call.to->bytes, call.to->length,
           call.fields->length ? call.fields->bytes : NULL);
}

static void leave_system(Conn *c) {
    TargetFault fault;
    c->state = CONN_READING;
    switch (system_finish(&c->server->system, &c->job, &fault)) {
    case OUTCOME_ERROR:
        answer_deliberate_error(c);
        break;
    case OUTCOME_FAULT:
        answer_fault(c, fault);
        break;
    case OUTCOME_OK:
        if (c->request.route.kind == ROUTE_SERVICE)
            answer_service(c);
        else
            answer_plain(c);
        break;
    }
    text_close(&c->request.body);
    exchange_fill_places(c->server);
}

bool exchange_abandon(Conn *c) {
    if (c->state == CONN_DELAYED)
        c->server->counts.delayed--;
    else if (c->state == CONN_SYSTEM)
        system_abandon(&c->server->system, &c->job);
    else
        return false;
    alarm_clear(&c->server->alarms, &c->alarm);
    text_close(&c->request.body);
    c->state = CONN_READING;
    return true;
}

void exchange_ring(Alarm *a) {
    Conn *c = CONN_OF(a, alarm);
    switch (c->state) {
    case CONN_DELAYED:
        c->state = CONN_READING;
        c->server->counts.delayed--;
        c->server->counts.served++;
        answer(c, 200, ANSWER_PLAIN, "delayed\n", 8, NULL);
        break;
    case CONN_SYSTEM:
        leave_system(c);
        break;
    case CONN_LINGERING:
        conn_end(c, false);
        return;
    case CONN_READING:
    case CONN_HUNG:
    case CONN_SENDING:
    case CONN_CLOSING:
        return;
    }
    conn_flush(c);
    conn_step(c);
}

/* --- control ------------------------------------------------------------ */

static void answer_state(Conn *c) {
    Text *body = &c->server->scratch;
    text_clear(body);
    server_print_json(c->server, body);
    answer(c, 200, ANSWER_JSON, body->bytes, body->length, NULL);
}

static void answer_log(Conn *c) {
    Text *body = &c->server->scratch;
    text_clear(body);
    rpc_print_log(&c->server->services.rpc, body);
    answer(c, 200, ANSWER_PLAIN, body->bytes, body->length, NULL);
}

static void answer_metrics(Conn *c) {
    Text *body = &c->server->scratch;
    text_clear(body);
    metrics_print(c->server, body);
    answer(c, 200, METRICS_TYPE, body->bytes, body->length, NULL);
}

static void control_set(Conn *c, char *body) {
    TargetSettings set = c->server->system.set;
    Err err;
    if (target_settings_read(&set, body, &err) < 0) {
        answer_error(c, 400, err.text, NULL);
        return;
    }
    server_set(c->server, &set);
    answer_state(c);
}

static void control_down(Conn *c, char *body) {
    uint64_t ns;
    Err err;
    if (units_read_duration(text_trim(body), &ns, &err) < 0) {
        answer_error(c, 400, err.text, NULL);
        return;
    }
    c->request.frame.last = true;
    answer(c, 200, ANSWER_JSON, "{\"ok\":true}\n", 12, NULL);
    server_down(c->server, ns, c);
}

/* What a control path does with GET and with POST; NULL: it does not. */
typedef struct Control {
    void (*show)(Conn *c);
    void (*change)(Conn *c, char *body);
    const char *allow;
} Control;

static void control(Conn *c) {
    static const Control controls[] = {
        [ROUTE_CONTROL] = { answer_state, control_set,
                            "Allow: GET, HEAD, POST, PUT\r\n" },
        [ROUTE_CONTROL_DOWN] = { NULL, control_down, "Allow: POST, PUT\r\n" },
        [ROUTE_CONTROL_LOG] = { answer_log, NULL, "Allow: GET, HEAD\r\n" },
        [ROUTE_METRICS] = { answer_metrics, NULL, "Allow: GET, HEAD\r\n" },
        [ROUTE_CONTROL_UNKNOWN] = { NULL, NULL, NULL },
    };
    const Control *k = &controls[c->request.route.kind];
    Text *body = &c->request.body;
    uint8_t method = c->parser.method;
    bool reads = method == HTTP_GET || method == HTTP_HEAD;
    bool writes = method == HTTP_POST || method == HTTP_PUT;
    text_add(body, "", 0);
    if (!k->allow)
        answer_error(
            c, 404, "there are /_target, /_target/down and /_target/log", NULL);
    else if (k->show && reads)
        k->show(c);
    else if (!k->change || !writes)
        answer_error(c, 405, k->change ? "POST it" : "GET it", k->allow);
    else if (strlen(body->bytes) != body->length)
        answer_error(c, 400, "the body holds a NUL byte", NULL);
    else
        k->change(c, body->bytes);
}

/* --- routes ------------------------------------------------------------- */

static void start_delay(Conn *c, uint64_t ns) {
    c->state = CONN_DELAYED;
    c->server->counts.delayed++;
    alarm_set(&c->server->alarms, &c->alarm, clock_now() + ns);
}

/* Answers that are served as asked, at once. */
static void serve(Conn *c) {
    static const char json[] =
        "{\"name\":\"onrush\",\"id\":42,\"price\":9.5,\"ok\":true,"
        "\"tags\":[\"load\",\"test\"],\"user\":{\"id\":7,"
        "\"name\":\"Ada\"},\"none\":null}\n";
    Request *r = &c->request;
    Err err;
    c->server->counts.served++;
    switch (r->route.kind) {
    case ROUTE_STATUS:
        answer_status(c, r->route.status);
        break;
    case ROUTE_SIZE:
        answer_size(c, r->route.bytes);
        break;
    case ROUTE_JSON:
        answer(c, 200, ANSWER_JSON, json, sizeof json - 1, NULL);
        break;
    case ROUTE_CHUNKED:
        r->frame.last |= r->frame.http10;
        answer_chunked(&c->server->out, &r->frame, r->route.chunks);
        answered(c);
        break;
    case ROUTE_ECHO:
        answer(c, 200, "application/octet-stream", r->body.bytes,
               r->body.length, NULL);
        break;
    case ROUTE_CLOSE:
        r->frame.last = true;
        answer(c, 200, ANSWER_PLAIN, "closing\n", 8, NULL);
        break;
    case ROUTE_BAD:
        route_read(r->url.bytes, &err); /* again, for its reason */
        answer_error(c, 400, err.text, NULL);
        break;
    case ROUTE_ERRORS:
        answer(c, 200, ANSWER_JSON, "{\"ok\":true}\n", 12, NULL);
        break;
    case ROUTE_SYSTEM:
    case ROUTE_SERVICE:
    case ROUTE_DELAY:
    case ROUTE_FAULT:
    case ROUTE_CONTROL:
    case ROUTE_CONTROL_DOWN:
    case ROUTE_CONTROL_LOG:
    case ROUTE_METRICS:
    case ROUTE_CONTROL_UNKNOWN:
        break; /* not served at once: see dispatch */
    }
}

/* A whole request is there. Afterwards c->state says how it goes on. */
static void dispatch(Conn *c) {
    Server *s = c->server;
    const Route *route = &c->request.route;
    if (route_is_control(route)) {
        if (!c->ghost)
            control(c);
        return;
    }
    s->counts.received++;
    if (c->ghost)
        s->counts.aborted++;
    else if (route->kind == ROUTE_SYSTEM || route->kind == ROUTE_SERVICE)
        enter_system(c);
    else if (route->kind == ROUTE_DELAY)
        start_delay(c, route->delay_ns);
    else if (route->kind == ROUTE_FAULT)
        answer_fault(c, route->fault);
    else if (route->kind == ROUTE_ERRORS &&
             rng_unit(&s->system.rng) < route->share)
        answer_deliberate_error(c);
    else
        serve(c);
}

/* --- parsing ------------------------------------------------------------ */

static Conn *conn_of(llhttp_t *p) {
    return p->data;
}

static int on_message_begin(llhttp_t *p) {
    Request *r = &conn_of(p)->request;
    if (r->url.cap > KEEP_URL_BYTES)
        text_close(&r->url);
    text_clear(&r->url);
    r->body_length = 0;
    r->head_length = 0;
    headers_begin(&r->headers);
    return 0;
}

static int count_head(Conn *c, size_t length) {
    c->request.head_length += length;
    if (c->request.head_length <= EXCHANGE_HEAD_MAX)
        return 0;
    exchange_reject(c, 431, "the head is larger than 64 KiB");
    return -1;
}

static int on_url(llhttp_t *p, const char *at, size_t length) {
    text_add(&conn_of(p)->request.url, at, length);
    return count_head(conn_of(p), length);
}

static int on_header_field(llhttp_t *p, const char *at, size_t length) {
    headers_name(&conn_of(p)->request.headers, at, length);
    return count_head(conn_of(p), length);
}

static int on_header_field_complete(llhttp_t *p) {
    headers_name_end(&conn_of(p)->request.headers);
    return 0;
}

static int on_header_value(llhttp_t *p, const char *at, size_t length) {
    headers_value(&conn_of(p)->request.headers, at, length);
    return count_head(conn_of(p), length + 4); /* colon, space, CR, LF */
}

static int on_header_value_complete(llhttp_t *p) {
    headers_value_end(&conn_of(p)->request.headers);
    return 0;
}

static int on_headers_complete(llhttp_t *p) {
    Conn *c = conn_of(p);
    Request *r = &c->request;
    bool http11 = p->http_minor == 1;
    if (p->http_major != 1 || p->http_minor > 1) {
        exchange_reject(c, 505, "this server speaks HTTP/1.1");
        return -1;
    }
    if (http11 && !r->headers.has_host) {
        exchange_reject(c, 400, "HTTP/1.1 asks for a Host header");
        return -1;
    }
    bool has_length = p->flags & F_CONTENT_LENGTH;
    if (has_length && p->content_length > EXCHANGE_BODY_MAX) {
        exchange_reject(c, 413, "the body is larger than 1 MiB");
        return -1;
    }
    bool has_body = (has_length && p->content_length) || p->flags & F_CHUNKED;
    if (http11 && r->headers.expects && has_body && !c->ghost)
        answer_interim(&c->server->out, 100);
    r->route = route_read(r->url.bytes, NULL);
    if (p->method != HTTP_CONNECT)
        p->upgrade = 0; /* an offer that we do not take */
    return 0;
}

static int on_body(llhttp_t *p, const char *at, size_t length) {
    Conn *c = conn_of(p);
    c->request.body_length += length;
    if (c->request.body_length > EXCHANGE_BODY_MAX) {
        exchange_reject(c, 413, "the body is larger than 1 MiB");
        return -1;
    }
    if (route_wants_body(&c->request.route))
        text_add(&c->request.body, at, length);
    return 0;
}

static int on_message_complete(llhttp_t *p) {
    Conn *c = conn_of(p);
    c->request.frame = (AnswerFrame){
        .head_only = p->method == HTTP_HEAD,
        .http10 = p->http_minor == 0,
        .last = !llhttp_should_keep_alive(p),
    };
    if (p->method == HTTP_CONNECT)
        exchange_reject(c, 405, "this is no proxy");
    else
        dispatch(c);
    if (c->state != CONN_SYSTEM) /* a service wants it later */
        text_close(&c->request.body);
    bool go_on = c->state == CONN_READING && c->server->out.length < OUT_HIGH;
    return go_on ? 0 : HPE_PAUSED;
}

void exchange_init_parsing(llhttp_settings_t *settings) {
    llhttp_settings_init(settings);
    settings->on_message_begin = on_message_begin;
    settings->on_url = on_url;
    settings->on_header_field = on_header_field;
    settings->on_header_field_complete = on_header_field_complete;
    settings->on_header_value = on_header_value;
    settings->on_header_value_complete = on_header_value_complete;
    settings->on_headers_complete = on_headers_complete;
    settings->on_body = on_body;
    settings->on_message_complete = on_message_complete;
}
