/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "h2_server.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <nghttp2/nghttp2.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNS_MAX 800
#define PATH_BYTES 64

typedef struct Conn {
    H2Server *server;
    pthread_t thread;
    int fd;
    SSL *ssl;
    nghttp2_session *session;
    size_t streams;
    bool is_over, is_silent;
} Conn;

struct H2Server {
    H2ServerOptions options;
    SSL_CTX *ctx;
    nghttp2_session_callbacks *callbacks;
    nghttp2_option *nghttp2_options;
    int listener, port;
    pthread_t thread;
    pthread_mutex_t lock; /* of counts and conns */
    H2Counts counts;
    bool has_refused;
    Conn *conns[CONNS_MAX];
    size_t conn_count;
};

/* A request and its answer. */
#define STREAMS_BACK 100000

typedef struct Stream {
    char path[PATH_BYTES];
    char field[PATH_BYTES]; /* asked for by /field/ */
    size_t body_in, body_at, body_length;
    const char *body; /* NULL: any bytes */
    bool is_head, breaks, has_trailers;
} Stream;

/* --- answers ------------------------------------------------------------ */

static nghttp2_nv nv(const char *name, const char *value) {
    return (nghttp2_nv){ (uint8_t *)(uintptr_t)name,
                         (uint8_t *)(uintptr_t)value, strlen(name),
                         strlen(value), NGHTTP2_NV_FLAG_NONE };
}

static ssize_t read_body(nghttp2_session *session, int32_t id, uint8_t *to,
                         size_t size, uint32_t *flags,
                         nghttp2_data_source *source, void *user) {
    Stream *s = source->ptr;
    Conn *c = user;
    size_t left = s->body_length - s->body_at;
    size_t n = left < size ? left : size;
    if (s->body)
        memcpy(to, s->body + s->body_at, n);
    else
        memset(to, 'x', n);
    s->body_at += n;
    if (s->body_at < s->body_length)
        return (ssize_t)n;
    if (s->breaks && strcmp(s->path, "/cut") == 0) {
        c->is_over = true;
        *flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
        return (ssize_t)n;
    }
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (s->breaks || s->has_trailers)
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    if (s->breaks)
        nghttp2_submit_rst_stream(session, 0, id, NGHTTP2_INTERNAL_ERROR);
    if (s->has_trailers) {
        nghttp2_nv trailer = nv("x-sum", "1");
        nghttp2_submit_trailer(session, id, &trailer, 1);
    }
    return (ssize_t)n;
}

static void answer(Conn *c, int32_t id, Stream *s, const char *status,
                   const char *length) {
    nghttp2_nv head[] = { nv(":status", status), nv("server", "test"),
                          nv("content-length", length ? length : "") };
    nghttp2_data_provider body = { { .ptr = s }, read_body };
    nghttp2_submit_response(c->session, id, head, length ? 3 : 2,
                            s->body_length && !s->is_head ? &body : NULL);
}

static void answer_text(Conn *c, int32_t id, Stream *s, const char *text) {
    char length[24];
    s->body = text;
    s->body_length = strlen(text);
    snprintf(length, sizeof length, "%zu", s->body_length);
    answer(c, id, s, "200", length);
}

static void answer_huge(Conn *c, int32_t id) {
    enum { LINES = 100, LENGTH = 2900 }; /* fits HPACK's table */
    char value[LENGTH + 1] = { 0 };
    nghttp2_nv head[LINES + 1];
    memset(value, 'v', LENGTH);
    head[0] = nv(":status", "200");
    for (int i = 1; i <= LINES; i++)
        head[i] = nv("x-huge", value);
    nghttp2_submit_response(c->session, id, head, LINES + 1, NULL);
}

static void refuse(Conn *c, int32_t id, uint32_t code) {
    nghttp2_submit_rst_stream(c->session, 0, id, code);
}

static void answer_odd(Conn *c, int32_t id, Stream *s) {
    const char *p = s->path;
    if (strcmp(p, "/reset") == 0) {
        refuse(c, id, NGHTTP2_INTERNAL_ERROR);
    } else if (strcmp(p, "/reset-body") == 0 || strcmp(p, "/cut") == 0) {
        s->breaks = true;
        answer_text(c, id, s, "hel");
    } else if (strcmp(p, "/short") == 0) {
        s->body = "hello";
        s->body_length = 5;
        answer(c, id, s, "200", "99");
    } else if (strcmp(p, "/close") == 0) {
        c->is_over = true;
    } else if (strcmp(p, "/silence") == 0) {
        c->is_silent = true;
    } else if (strcmp(p, "/huge") == 0) {
        answer_huge(c, id);
    } else if (strcmp(p, "/refuse") == 0) {
        refuse(c, id, NGHTTP2_REFUSED_STREAM);
    } else if (strcmp(p, "/bye") == 0) {
        answer_text(c, id, s, "hello");
        nghttp2_submit_goaway(c->session, 0, id, NGHTTP2_NO_ERROR, NULL, 0);
    } else if (strcmp(p, "/refuse-once") == 0) {
        pthread_mutex_lock(&c->server->lock);
        bool again = c->server->has_refused;
        c->server->has_refused = true;
        pthread_mutex_unlock(&c->server->lock);
        if (again)
            answer_text(c, id, s, "hello");
        else
            refuse(c, id, NGHTTP2_REFUSED_STREAM);
    } else if (strcmp(p, "/hang") != 0) {
        answer(c, id, s, "404", NULL);
    }
}

static void answer_request(Conn *c, int32_t id, Stream *s) {
    const char *p = s->path;
    if (strcmp(p, "/x") == 0 || strcmp(p, "/early") == 0) {
        answer_text(c, id, s, "hello");
    } else if (strcmp(p, "/big") == 0) {
        s->body_length = H2_BIG_BYTES;
        answer(c, id, s, "200", NULL);
    } else if (strcmp(p, "/count") == 0) {
        snprintf(s->field, sizeof s->field, "%zu", s->body_in);
        answer_text(c, id, s, s->field);
    } else if (strncmp(p, "/field/", 7) == 0) {
        answer_text(c, id, s, s->field);
    } else if (strncmp(p, "/status/", 8) == 0) {
        answer(c, id, s, p + 8, NULL);
    } else if (strcmp(p, "/trailers") == 0) {
        nghttp2_nv hints = nv(":status", "103");
        nghttp2_submit_headers(c->session, 0, id, NULL, &hints, 1, NULL);
        s->has_trailers = true;
        answer_text(c, id, s, "hello");
    } else {
        answer_odd(c, id, s);
    }
}

/* --- requests ----------------------------------------------------------- */

static int on_begin(nghttp2_session *session, const nghttp2_frame *f,
                    void *user) {
    Conn *c = user;
    H2Server *s = c->server;
    if (f->headers.cat != NGHTTP2_HCAT_REQUEST)
        return 0;
    nghttp2_session_set_stream_user_data(session, f->hd.stream_id,
                                         calloc(1, sizeof(Stream)));
    pthread_mutex_lock(&s->lock);
    if (++c->streams > s->counts.most_streams)
        s->counts.most_streams = c->streams;
    pthread_mutex_unlock(&s->lock);
    return 0;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *f,
                     const uint8_t *name, size_t name_length,
                     const uint8_t *value, size_t length, uint8_t flags,
                     void *user) {
    Stream *s = nghttp2_session_get_stream_user_data(session, f->hd.stream_id);
    (void)flags;
    (void)user;
    (void)name_length;
    if (strcmp((const char *)name, ":method") == 0)
        s->is_head = length == 4 && memcmp(value, "HEAD", 4) == 0;
    if (strcmp((const char *)name, ":path") == 0)
        snprintf(s->path, sizeof s->path, "%.*s", (int)length, value);
    /* which comes before the path */
    bool is_wanted = strncmp(s->path, "/field/", 7) == 0
                         ? strcmp((const char *)name, s->path + 7) == 0
                         : strcmp((const char *)name, ":authority") == 0;
    if (is_wanted)
        snprintf(s->field, sizeof s->field, "%.*s", (int)length, value);
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id,
                   const uint8_t *bytes, size_t length, void *user) {
    Stream *s = nghttp2_session_get_stream_user_data(session, id);
    (void)flags;
    (void)bytes;
    (void)user;
    if (s)
        s->body_in += length;
    return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *f,
                    void *user) {
    Conn *c = user;
    H2Server *server = c->server;
    Stream *s = nghttp2_session_get_stream_user_data(session, f->hd.stream_id);
    bool is_head = f->hd.type == NGHTTP2_HEADERS;
    bool is_end = (is_head || f->hd.type == NGHTTP2_DATA) &&
                  f->hd.flags & NGHTTP2_FLAG_END_STREAM;
    if (f->hd.type == NGHTTP2_RST_STREAM &&
        f->rst_stream.error_code == NGHTTP2_CANCEL) {
        pthread_mutex_lock(&server->lock);
        server->counts.resets++;
        pthread_mutex_unlock(&server->lock);
    }
    if (!s || c->is_silent)
        return 0;
    if (is_head) {
        pthread_mutex_lock(&server->lock);
        server->counts.requests++;
        pthread_mutex_unlock(&server->lock);
    }
    bool is_early = strcmp(s->path, "/early") == 0;
    if (is_early ? is_head : is_end)
        answer_request(c, f->hd.stream_id, s);
    return 0;
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t code,
                    void *user) {
    Conn *c = user;
    (void)code;
    free(nghttp2_session_get_stream_user_data(session, id));
    nghttp2_session_set_stream_user_data(session, id, NULL);
    c->streams--;
    return 0;
}

/* --- a connection ------------------------------------------------------- */

static ssize_t get(Conn *c, uint8_t *to, size_t size) {
    return c->ssl ? SSL_read(c->ssl, to, (int)size) : recv(c->fd, to, size, 0);
}

static bool put(Conn *c, const uint8_t *bytes, size_t length) {
    while (length) {
        ssize_t n = c->ssl ? SSL_write(c->ssl, bytes, (int)length)
                           : send(c->fd, bytes, length, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        bytes += n;
        length -= (size_t)n;
    }
    return true;
}

static bool flush(Conn *c) {
    const uint8_t *piece;
    ssize_t n;
    while ((n = nghttp2_session_mem_send(c->session, &piece)) > 0)
        if (!put(c, piece, (size_t)n))
            return false;
    return n == 0 && !c->is_over;
}

static void speak(Conn *c) {
    uint8_t buffer[16384];
    const H2ServerOptions *o = &c->server->options;
    nghttp2_settings_entry settings[] = {
        { NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, o->max_streams }
    };
    nghttp2_session_server_new2(&c->session, c->server->callbacks, c,
                                c->server->nghttp2_options);
    nghttp2_submit_settings(c->session, 0, settings, o->max_streams ? 1 : 0);
    ssize_t n;
    while (flush(c) && (nghttp2_session_want_read(c->session) ||
                        nghttp2_session_want_write(c->session))) {
        n = get(c, buffer, sizeof buffer);
        if (n <= 0 ||
            nghttp2_session_mem_recv(c->session, buffer, (size_t)n) < 0)
            break;
    }
    /* Those that may be open still: numbers may start anywhere. */
    int32_t last = nghttp2_session_get_last_proc_stream_id(c->session);
    for (int32_t id = last; id > 0 && last - id < STREAMS_BACK; id -= 2)
        free(nghttp2_session_get_stream_user_data(c->session, id));
    nghttp2_session_del(c->session);
}

static void *serve(void *data) {
    Conn *c = data;
    int on = 1; /* head and body are two writes */
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (c->server->ctx) {
        c->ssl = SSL_new(c->server->ctx);
        SSL_set_fd(c->ssl, c->fd);
    }
    if (!c->ssl || SSL_accept(c->ssl) == 1)
        speak(c);
    ERR_clear_error();
    SSL_free(c->ssl);
    shutdown(c->fd, SHUT_RDWR); /* closed when the server ends */
    return NULL;
}

static void *listen_loop(void *data) {
    H2Server *s = data;
    for (int fd; (fd = accept(s->listener, NULL, NULL)) >= 0;) {
        Conn *c = calloc(1, sizeof *c);
        c->server = s;
        c->fd = fd;
        pthread_mutex_lock(&s->lock);
        bool has_room = s->conn_count < CONNS_MAX;
        if (has_room) {
            s->counts.connections++;
            s->conns[s->conn_count++] = c;
            pthread_create(&c->thread, NULL, serve, c);
        }
        pthread_mutex_unlock(&s->lock);
        if (!has_room) {
            close(fd);
            free(c);
        }
    }
    return NULL;
}

/* --- the server --------------------------------------------------------- */

static int choose(SSL *ssl, const unsigned char **out, unsigned char *length,
                  const unsigned char *in, unsigned in_length, void *user) {
    const H2Server *s = user;
    static const unsigned char h2[] = "\x02h2", h1[] = "\x08http/1.1";
    unsigned char *chosen;
    const unsigned char *mine = s->options.h1_only ? h1 : h2;
    (void)ssl;
    if (SSL_select_next_proto(&chosen, length, mine, mine[0] + 1U, in,
                              in_length) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static SSL_CTX *make_context(H2Server *s) {
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    EVP_PKEY *key = EVP_RSA_gen(2048);
    X509 *x = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key);
    X509_sign(x, key, EVP_sha256());
    SSL_CTX_use_certificate(ctx, x);
    SSL_CTX_use_PrivateKey(ctx, key);
    X509_free(x);
    EVP_PKEY_free(key);
    if (!s->options.no_alpn)
        SSL_CTX_set_alpn_select_cb(ctx, choose, s);
    return ctx;
}

static void make_callbacks(H2Server *s) {
    nghttp2_session_callbacks *k;
    nghttp2_session_callbacks_new(&k);
    nghttp2_session_callbacks_set_on_begin_headers_callback(k, on_begin);
    nghttp2_session_callbacks_set_on_header_callback(k, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(k, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(k, on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(k, on_close);
    s->callbacks = k;
    nghttp2_option_new(&s->nghttp2_options);
    nghttp2_option_set_max_send_header_block_length(s->nghttp2_options,
                                                    (size_t)1 << 20);
}

H2Server *h2_server_start(const H2ServerOptions *o) {
    H2Server *s = calloc(1, sizeof *s);
    struct sockaddr_in a = { .sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof a;
    s->options = *o;
    if (o->tls)
        s->ctx = make_context(s);
    make_callbacks(s);
    pthread_mutex_init(&s->lock, NULL);
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(s->listener, (struct sockaddr *)&a, sizeof a) < 0 ||
        listen(s->listener, 64) < 0 ||
        getsockname(s->listener, (struct sockaddr *)&a, &length) < 0 ||
        pthread_create(&s->thread, NULL, listen_loop, s) != 0)
        return NULL;
    s->port = ntohs(a.sin_port);
    return s;
}

int h2_server_port(const H2Server *s) {
    return s->port;
}

H2Counts h2_server_counts(H2Server *s) {
    pthread_mutex_lock(&s->lock);
    H2Counts counts = s->counts;
    pthread_mutex_unlock(&s->lock);
    return counts;
}

H2Counts h2_server_stop(H2Server *s) {
    shutdown(s->listener, SHUT_RDWR); /* ends accept */
    pthread_join(s->thread, NULL);
    close(s->listener);
    for (size_t i = 0; i < s->conn_count; i++) {
        shutdown(s->conns[i]->fd, SHUT_RDWR);
        pthread_join(s->conns[i]->thread, NULL);
        close(s->conns[i]->fd);
        free(s->conns[i]);
    }
    H2Counts counts = s->counts;
    SSL_CTX_free(s->ctx);
    nghttp2_session_callbacks_del(s->callbacks);
    nghttp2_option_del(s->nghttp2_options);
    pthread_mutex_destroy(&s->lock);
    free(s);
    return counts;
}
