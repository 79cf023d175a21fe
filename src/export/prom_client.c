/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export/prom_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

/* A request has to be there, and its answer to be taken, within ASK_MS and
 * TAKE_MS; between two requests a connection may rest for IDLE_MS, which is
 * longer than anybody scrapes apart. */
#define ASK_MS 5000
#define TAKE_MS 10000
#define IDLE_MS 130000

struct PromClient {
    uv_tcp_t tcp;
    uv_timer_t timer;
    PromServer *server;
    PromClient *next;
    int open; /* handles */
    llhttp_t parser;
    char in[PROM_REQUEST_MAX];
    size_t used; /* of in: bytes not yet parsed */
    size_t head; /* bytes of the request at hand */
    /* Of the request: */
    char url[256], field[32], accept[512];
    bool has_host, has_body, is_whole;
    /* Of the answer: */
    uv_write_t write;
    bool is_writing, is_last;
    Text head_out;
    PromPage *page; /* NULL: the head is all */
};

/* --- what is asked ------------------------------------------------------ */

static void append(char *to, size_t size, const char *at, size_t length) {
    size_t used = strlen(to), room = size - 1 - used;
    if (length > room)
        length = room;
    memcpy(to + used, at, length);
    to[used + length] = '\0';
}

static int on_begin(llhttp_t *parser) {
    PromClient *c = parser->data;
    c->url[0] = c->field[0] = c->accept[0] = '\0';
    c->has_host = c->has_body = c->is_whole = false;
    return 0;
}

static int on_url(llhttp_t *parser, const char *at, size_t length) {
    PromClient *c = parser->data;
    append(c->url, sizeof c->url, at, length);
    return 0;
}

static int on_field(llhttp_t *parser, const char *at, size_t length) {
    PromClient *c = parser->data;
    append(c->field, sizeof c->field, at, length);
    return 0;
}

static int on_value(llhttp_t *parser, const char *at, size_t length) {
    PromClient *c = parser->data;
    if (strcasecmp(c->field, "accept") == 0)
        append(c->accept, sizeof c->accept, at, length);
    return 0;
}

/* Several Accept lines are one list. */
static int on_value_complete(llhttp_t *parser) {
    PromClient *c = parser->data;
    if (strcasecmp(c->field, "accept") == 0)
        append(c->accept, sizeof c->accept, ",", 1);
    if (strcasecmp(c->field, "host") == 0)
        c->has_host = true;
    c->field[0] = '\0';
    return 0;
}

/* A body is not read: the answer to it is the connection's last. */
static int on_headers_complete(llhttp_t *parser) {
    PromClient *c = parser->data;
    c->has_body = parser->content_length > 0 ||
                  (parser->flags & F_TRANSFER_ENCODING) != 0;
    return c->has_body ? 1 : 0;
}

static int on_complete(llhttp_t *parser) {
    PromClient *c = parser->data;
    c->is_whole = true;
    return HPE_PAUSED;
}

void prom_client_settings(llhttp_settings_t *settings) {
    llhttp_settings_init(settings);
    settings->on_message_begin = on_begin;
    settings->on_url = on_url;
    settings->on_header_field = on_field;
    settings->on_header_value = on_value;
    settings->on_header_value_complete = on_value_complete;
    settings->on_headers_complete = on_headers_complete;
    settings->on_message_complete = on_complete;
}

/* --- the end of a connection -------------------------------------------- */

static void on_closed(uv_handle_t *h) {
    PromClient *c = h->data;
    if (--c->open)
        return;
    prom_page_give(c->page);
    text_close(&c->head_out);
    prom_server_handle_closed(c->server);
    free(c);
}

void prom_client_drop(PromClient *c) {
    if (uv_is_closing((uv_handle_t *)&c->tcp))
        return;
    PromClient **at = &c->server->clients;
    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
    c->server->count--;
    uv_close((uv_handle_t *)&c->tcp, on_closed);
    uv_close((uv_handle_t *)&c->timer, on_closed);
}

static void on_late(uv_timer_t *timer) {
    prom_client_drop(timer->data);
}

static void wait_for(PromClient *c, uint64_t ms) {
    uv_timer_start(&c->timer, on_late, ms, 0);
    uv_unref((uv_handle_t *)&c->timer);
}

/* --- answers ------------------------------------------------------------ */

static void parse(PromClient *c);

static void on_written(uv_write_t *write, int status) {
    PromClient *c = write->handle->data;
    c->is_writing = false;
    prom_page_give(c->page);
    c->page = NULL;
    if (uv_is_closing((uv_handle_t *)&c->tcp))
        return;
    if (status < 0 || c->is_last) {
        prom_client_drop(c);
        return;
    }
    wait_for(c, c->used ? ASK_MS : IDLE_MS);
    parse(c);
}

/* Head and, unless it was HEAD, the page or the text. */
static void send_answer(PromClient *c, const char *type, size_t length,
                        const char *more, const char *status) {
    Text *t = &c->head_out;
    text_clear(t);
    text_addf(t,
              "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
              "%sConnection: %s\r\n\r\n",
              status, type, length, more, c->is_last ? "close" : "keep-alive");
}

static void write_answer(PromClient *c) {
    uv_buf_t bufs[2] = { uv_buf_init(c->head_out.bytes,
                                     (unsigned)c->head_out.length) };
    unsigned n = 1;
    if (c->page)
        bufs[n++] = uv_buf_init(c->page->text.bytes,
                                (unsigned)c->page->text.length);
    c->is_writing = true;
    wait_for(c, TAKE_MS);
    if (uv_write(&c->write, (uv_stream_t *)&c->tcp, bufs, n, on_written) < 0) {
        c->is_writing = false;
        prom_client_drop(c);
    }
}

static void answer_text(PromClient *c, const char *status, const char *more,
                        const char *text) {
    send_answer(c, "text/plain; charset=utf-8", strlen(text), more, status);
    if (c->parser.method != HTTP_HEAD)
        text_adds(&c->head_out, text);
    write_answer(c);
}

static void answer_page(PromClient *c) {
    PromForm form = prom_form_wanted(c->accept);
    c->page = prom_page_take(c->server, form);
    send_answer(c, prom_content_type(form), c->page->text.length,
                "Vary: Accept\r\n", "200 OK");
    if (c->parser.method == HTTP_HEAD) {
        prom_page_give(c->page);
        c->page = NULL;
    }
    write_answer(c);
}

static void answer(PromClient *c) {
    c->is_last = c->has_body || !llhttp_should_keep_alive(&c->parser);
    c->url[strcspn(c->url, "?")] = '\0';
    if (c->parser.http_minor == 1 && c->parser.http_major == 1 && !c->has_host)
        answer_text(c, "400 Bad Request", "", "a Host header is missing\n");
    else if (!text_equal(c->url, "/metrics"))
        answer_text(c, "404 Not Found", "", "metrics are at /metrics\n");
    else if (c->parser.method != HTTP_GET && c->parser.method != HTTP_HEAD)
        answer_text(c, "405 Method Not Allowed", "Allow: GET, HEAD\r\n",
                    "metrics are for GET and HEAD\n");
    else
        answer_page(c);
}

static void reject(PromClient *c, const char *status, const char *why) {
    c->is_last = true;
    answer_text(c, status, "", why);
}

/* What is in `in`, up to the end of one request. */
static void parse(PromClient *c) {
    if (c->is_writing || c->used == 0)
        return;
    llhttp_errno_t e = llhttp_execute(&c->parser, c->in, c->used);
    size_t taken = c->used;
    if (e != HPE_OK)
        taken = (size_t)(llhttp_get_error_pos(&c->parser) - c->in);
    c->head += taken;
    if (e == HPE_PAUSED && c->is_whole) {
        memmove(c->in, c->in + taken, c->used - taken);
        c->used -= taken;
        c->head = 0;
        llhttp_resume(&c->parser);
        answer(c);
    } else if (e != HPE_OK) {
        reject(c, "400 Bad Request", "this is no HTTP request\n");
    } else {
        c->used = 0;
        if (c->head >= PROM_REQUEST_MAX)
            reject(c, "431 Request Header Fields Too Large",
                   "the request is too long\n");
    }
}

/* --- bytes -------------------------------------------------------------- */

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *buf) {
    PromClient *c = h->data;
    (void)suggested;
    *buf = uv_buf_init(c->in + c->used, (unsigned)(sizeof c->in - c->used));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf) {
    PromClient *c = stream->data;
    (void)buf;
    if (n == 0)
        return;
    if (n < 0) { /* also when the buffer is full behind an answer */
        prom_client_drop(c);
        return;
    }
    if (c->used == 0 && c->head == 0 && !c->is_writing)
        wait_for(c, ASK_MS);
    c->used += (size_t)n;
    parse(c);
}

/* Whoever rests longest between two requests; NULL: all are at work. */
static PromClient *most_silent(PromServer *s) {
    PromClient *found = NULL;
    for (PromClient *c = s->clients; c; c = c->next)
        if (!c->is_writing && c->used == 0 && c->head == 0 &&
            (!found || uv_timer_get_due_in(&c->timer) <
                           uv_timer_get_due_in(&found->timer)))
            found = c;
    return found;
}

void prom_client_accept(PromServer *s) {
    PromClient *silent =
        s->count < PROM_CLIENTS_MAX ? NULL : most_silent(s);
    if (silent)
        prom_client_drop(silent);
    PromClient *c = mem_new(PromClient);
    c->server = s;
    c->open = 2;
    uv_tcp_init(s->listener.loop, &c->tcp);
    uv_timer_init(s->listener.loop, &c->timer);
    c->tcp.data = c->timer.data = c;
    llhttp_init(&c->parser, HTTP_REQUEST, &s->parsing);
    c->parser.data = c;
    c->next = s->clients;
    s->clients = c;
    s->count++;
    s->handles++;
    if (uv_accept((uv_stream_t *)&s->listener, (uv_stream_t *)&c->tcp) < 0 ||
        s->count > PROM_CLIENTS_MAX ||
        uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read) < 0) {
        prom_client_drop(c);
        return;
    }
    uv_unref((uv_handle_t *)&c->tcp);
    wait_for(c, ASK_MS);
}
