/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export/prom_server.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "export/prom_client.h"

#define BACKLOG 16
/* Whoever asks within this time gets the same page: the run itself is counted
 * ten times a second. */
#define PAGE_FRESH_MS 100

/* --- the address -------------------------------------------------------- */

static int wrong_address(const char *text, Err *err) {
    char shown[64];
    return err_set(err,
                   "'%s' is not an address to listen on: :9191 (this machine "
                   "only), 0.0.0.0:9191 or [::1]:9191",
                   text_clean(shown, sizeof shown, text, strlen(text)));
}

static int read_port(const char *text, int *port) {
    size_t n = strspn(text, "0123456789");
    if (n == 0 || n > 5 || text[n])
        return -1;
    *port = atoi(text);
    return *port <= 65535 ? 0 : -1;
}

int prom_address_read(const char *text, struct sockaddr_storage *to,
                      Err *err) {
    const char *colon = strrchr(text, ':');
    const char *port_text = colon ? colon + 1 : text;
    char host[64] = "";
    int port = 0;
    size_t n = colon ? (size_t)(colon - text) : 0;
    if (n >= sizeof host || read_port(port_text, &port) < 0)
        return wrong_address(text, err);
    memcpy(host, text, n);
    host[n] = '\0';
    *to = (struct sockaddr_storage){ 0 };
    if (n > 2 && host[0] == '[' && host[n - 1] == ']') {
        host[n - 1] = '\0';
        if (uv_ip6_addr(host + 1, port, (struct sockaddr_in6 *)to) == 0)
            return 0;
        return wrong_address(text, err);
    }
    const char *name =
        n == 0 || text_equal(host, "localhost") ? "127.0.0.1" : host;
    if (uv_ip4_addr(name, port, (struct sockaddr_in *)to) < 0)
        return wrong_address(text, err);
    return 0;
}

static void print_url(char *to, size_t size, const uv_tcp_t *listener) {
    struct sockaddr_storage a = { 0 };
    char host[INET6_ADDRSTRLEN] = "";
    int length = sizeof a;
    uv_tcp_getsockname(listener, (struct sockaddr *)&a, &length);
    if (a.ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const void *)&a;
        uv_ip6_name(in6, host, sizeof host);
        snprintf(to, size, "http://[%s]:%d/metrics", host,
                 ntohs(in6->sin6_port));
    } else {
        const struct sockaddr_in *in = (const void *)&a;
        uv_ip4_name(in, host, sizeof host);
        snprintf(to, size, "http://%s:%d/metrics", host, ntohs(in->sin_port));
    }
}

/* --- pages -------------------------------------------------------------- */

void prom_page_give(PromPage *page) {
    if (!page || --page->users)
        return;
    text_close(&page->text);
    free(page);
}

PromPage *prom_page_take(PromServer *s, PromForm form) {
    PromPage *page = s->pages[form];
    uint64_t now = uv_now(s->listener.loop);
    if (page && now - page->made_ms < PAGE_FRESH_MS) {
        page->users++;
        return page;
    }
    prom_page_give(page);
    s->pages[form] = page = mem_new(PromPage);
    page->made_ms = now;
    page->users = 2; /* the server's, and who asked */
    prom_text(source_snapshot(s->source), s->source->info, s->style, form,
              &page->text);
    return page;
}

/* --- life --------------------------------------------------------------- */

void prom_server_handle_closed(PromServer *s) {
    if (--s->handles)
        return;
    prom_page_give(s->pages[PROM_TEXT]);
    prom_page_give(s->pages[PROM_OPENMETRICS]);
    free(s);
}

static void on_listener_closed(uv_handle_t *h) {
    prom_server_handle_closed(h->data);
}

static void on_connection(uv_stream_t *listener, int status) {
    if (status == 0)
        prom_client_accept(listener->data);
}

PromServer *prom_server_new(uv_loop_t *loop, Source *source,
                            const struct sockaddr_storage *address,
                            PromStyle style, Err *err) {
    PromServer *s = mem_new(PromServer);
    s->source = source;
    s->style = style;
    s->handles = 1;
    prom_client_settings(&s->parsing);
    uv_tcp_init(loop, &s->listener);
    s->listener.data = s;
    int rc = uv_tcp_bind(&s->listener, (const struct sockaddr *)address, 0);
    if (rc == 0)
        rc = uv_listen((uv_stream_t *)&s->listener, BACKLOG, on_connection);
    if (rc < 0) {
        const struct sockaddr_in *in = (const void *)address;
        err_set(err, "cannot serve metrics on port %d: %s",
                ntohs(in->sin_port), uv_strerror(rc));
        prom_server_close(s);
        return NULL;
    }
    uv_unref((uv_handle_t *)&s->listener);
    print_url(s->url, sizeof s->url, &s->listener);
    return s;
}

const char *prom_server_url(const PromServer *s) {
    return s->url;
}

void prom_server_close(PromServer *s) {
    if (!s)
        return;
    while (s->clients)
        prom_client_drop(s->clients);
    uv_close((uv_handle_t *)&s->listener, on_listener_closed);
}
