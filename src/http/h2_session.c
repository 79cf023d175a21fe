/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "http/h2_conn.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "http/response.h"

/* Windows that never fill: the client is not to be the limit. */
#define WINDOW (1 << 30)
#define FRAME_HEAD 9
/* ": " and a line end: a field is as long as with HTTP/1.1. */
#define FIELD_MORE 4
/* A frame without a body takes as much time as so many bytes with one. */
#define FRAME_COSTS 1024
/* A head at its limit in frames of 16 KiB, twice. */
#define CONTINUATIONS_MAX 32
/* Above any piece that nghttp2 gives: a frame of 16 KiB, its head, padding. */
#define PIECE_BYTES ((size_t)32 << 10)

static H2Lane *lane_of(nghttp2_session *session, int32_t stream) {
    return stream ? nghttp2_session_get_stream_user_data(session, stream)
                  : NULL;
}

/* --- what goes out ------------------------------------------------------ */

/* nghttp2 found fault with the target. Its words are its own, not the
 * target's. */
static void note_verdict(H2Conn *c, const nghttp2_goaway *g) {
    c->is_broken = true;
    if (c->broken_why)
        return;
    snprintf(c->verdict, sizeof c->verdict,
             "the target breaks HTTP/2's rules: %.*s%s%s",
             (int)g->opaque_data_len, (const char *)g->opaque_data,
             g->opaque_data_len ? ", " : "",
             nghttp2_http2_strerror(g->error_code));
    c->broken_why = c->verdict;
}

static int on_frame_send(nghttp2_session *session, const nghttp2_frame *frame,
                         void *user) {
    H2Conn *c = user;
    const nghttp2_frame_hd *hd = &frame->hd;
    H2Lane *l = lane_of(session, hd->stream_id);
    uint64_t bytes = FRAME_HEAD + hd->length;
    if (hd->type == NGHTTP2_GOAWAY &&
        frame->goaway.error_code != NGHTTP2_NO_ERROR)
        note_verdict(c, &frame->goaway);
    if (!l) {
        c->stray_out += bytes;
        return 0;
    }
    l->x->bytes_out += bytes;
    c->idle_bytes = 0;
    if (hd->type == NGHTTP2_HEADERS)
        l->x->start_ns = c->h2->now_ns;
    if ((hd->type == NGHTTP2_HEADERS || hd->type == NGHTTP2_DATA) &&
        hd->flags & NGHTTP2_FLAG_END_STREAM)
        l->end_mark = c->gathered;
    return 0;
}

static ssize_t read_body(nghttp2_session *session, int32_t stream, uint8_t *to,
                         size_t size, uint32_t *flags,
                         nghttp2_data_source *source, void *user) {
    (void)source;
    (void)user;
    H2Lane *l = lane_of(session, stream);
    if (!l)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    const Form *f = l->x->form;
    size_t left = f->body.length - l->body_sent;
    size_t n = left < size ? left : size;
    memcpy(to, f->bytes + f->body.at + l->body_sent, n);
    l->body_sent += n;
    if (n == left)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)n;
}

static const Fields *fields_of(H2 *h, const Exchange *x) {
    if (x->form != &x->request->form) {
        fields_make(&h->rendered, x->form, h->is_tls, false);
        return &h->rendered;
    }
    Fields *f = &h->fields[x->request->index];
    if (!f->count)
        fields_make(f, x->form, h->is_tls, true);
    return f;
}

int32_t h2_submit(H2Lane *l) {
    H2Conn *c = l->conn;
    const Fields *f = fields_of(c->h2, l->x);
    nghttp2_data_provider body = { .read_callback = read_body };
    return nghttp2_submit_request(c->session, NULL, f->nv, f->count,
                                  l->x->form->body.length ? &body : NULL, l);
}

void h2_reset(H2Lane *l) {
    nghttp2_submit_rst_stream(l->conn->session, NGHTTP2_FLAG_NONE, l->stream,
                              NGHTTP2_CANCEL);
}

ssize_t h2_gather(H2Conn *c) {
    char *out = c->h2->out;
    size_t used = 0;
    while (used < H2_OUT_BYTES - PIECE_BYTES) {
        const uint8_t *piece;
        ssize_t n = nghttp2_session_mem_send(c->session, &piece);
        if (n < 0)
            return n;
        if (n == 0)
            break;
        if ((size_t)n > H2_OUT_BYTES - used)
            return NGHTTP2_ERR_FRAME_SIZE_ERROR;
        memcpy(out + used, piece, (size_t)n);
        used += (size_t)n;
        c->gathered += (uint64_t)n;
    }
    return (ssize_t)used;
}

/* --- what comes in ------------------------------------------------------ */

static int on_begin_headers(nghttp2_session *session,
                            const nghttp2_frame *frame, void *user) {
    H2Conn *c = user;
    H2Lane *l = lane_of(session, frame->hd.stream_id);
    if (!l || frame->hd.type != NGHTTP2_HEADERS)
        return 0;
    if (!l->began)
        l->x->first_ns = c->h2->now_ns;
    l->began = true;
    if (!c->has_spoken)
        link_spoke(&c->link);
    c->has_spoken = true;
    l->in_head = l->status < 200; /* else these are trailers */
    if (l->in_head)
        text_clear(&l->head); /* of an interim answer */
    return 0;
}

/* nghttp2 lets no line ends through. */
static void keep_field(H2Lane *l, const uint8_t *name, size_t name_length,
                       const uint8_t *value, size_t value_length) {
    bool is_kept = l->x->request->keep_head || response_has_failed(l->status);
    if (!l->in_head || !is_kept || name[0] == ':')
        return;
    text_add(&l->head, (const char *)name, name_length);
    text_adds(&l->head, ": ");
    text_add(&l->head, (const char *)value, value_length);
    text_adds(&l->head, "\r\n");
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame,
                     const uint8_t *name, size_t name_length,
                     const uint8_t *value, size_t value_length, uint8_t flags,
                     void *user) {
    (void)flags;
    (void)user;
    H2Lane *l = lane_of(session, frame->hd.stream_id);
    if (!l || frame->hd.type != NGHTTP2_HEADERS)
        return 0;
    l->head_bytes += name_length + value_length + FIELD_MORE;
    if (l->head_bytes > RESPONSE_HEAD_MAX) {
        h2_end(l, FAIL_TOO_LARGE, "the answer's head exceeds 256 KiB");
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE; /* resets the stream */
    }
    /* nghttp2 lets three digits through, in an answer's head only. */
    if (name_length == 7 && name[0] == ':' && value_length == 3)
        l->status =
            (value[0] - '0') * 100 + (value[1] - '0') * 10 + (value[2] - '0');
    keep_field(l, name, name_length, value, value_length);
    return 0;
}

static int on_data_chunk(nghttp2_session *session, uint8_t flags,
                         int32_t stream, const uint8_t *bytes, size_t length,
                         void *user) {
    (void)flags;
    H2Conn *c = user;
    H2Lane *l = lane_of(session, stream);
    if (!l) {
        c->stray_in += length;
        return 0;
    }
    if (length)
        c->idle_bytes = 0;
    l->x->bytes_in += length;
    l->x->body_bytes += length;
    size_t most = response_body_room(l->x->request->keep_body, l->status);
    if (l->body.length < most) {
        size_t room = most - l->body.length;
        text_add(&l->body, (const char *)bytes, length < room ? length : room);
    }
    return 0;
}

static void head_came(H2Lane *l) {
    if (l->status < 100 || l->status > 599) {
        h2_reset(l);
        h2_end(l, FAIL_MALFORMED, "the status is outside 100..599");
    } else if (l->status < 200 && ++l->interims > RESPONSE_INTERIM_MAX) {
        h2_reset(l);
        h2_end(l, FAIL_TOO_LARGE, "more than 100 interim answers");
    }
}

static void answer_ended(H2Lane *l) {
    l->conn->has_answered = true;
    l->conn->idle_bytes = 0;
    if (!l->end_mark)
        h2_reset(l); /* it did not want the rest of the request */
    h2_end(l, FAIL_NONE, NULL);
}

static void was_reset(H2Lane *l, uint32_t code) {
    if (code == NGHTTP2_REFUSED_STREAM) {
        h2_refused(l);
        return;
    }
    snprintf(l->why, sizeof l->why, "the target reset the stream (%s)",
             nghttp2_http2_strerror(code));
    h2_end(l, FAIL_RESET, l->why);
}

static void lane_frame(H2Lane *l, const nghttp2_frame *frame) {
    const nghttp2_frame_hd *hd = &frame->hd;
    switch (hd->type) {
    case NGHTTP2_HEADERS:
        l->x->bytes_in += FRAME_HEAD + hd->length;
        head_came(l);
        break;
    case NGHTTP2_DATA:
        l->x->bytes_in += FRAME_HEAD + frame->data.padlen;
        break;
    case NGHTTP2_RST_STREAM:
        l->x->bytes_in += FRAME_HEAD + hd->length;
        was_reset(l, frame->rst_stream.error_code);
        break;
    default:
        l->x->bytes_in += FRAME_HEAD + hd->length;
        return;
    }
    /* It may have ended above. nghttp2 has compared the length. */
    if (l->stream == hd->stream_id && hd->flags & NGHTTP2_FLAG_END_STREAM)
        answer_ended(l);
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame,
                    void *user) {
    H2Conn *c = user;
    H2Lane *l = lane_of(session, frame->hd.stream_id);
    bool goes_on = frame->hd.type == NGHTTP2_DATA && frame->hd.length;
    if (!goes_on)
        c->idle_bytes += FRAME_COSTS;
    if (l) {
        lane_frame(l, frame);
        return 0;
    }
    c->stray_in += FRAME_HEAD;
    if (frame->hd.type != NGHTTP2_DATA)
        c->stray_in += frame->hd.length;
    if (frame->hd.type == NGHTTP2_SETTINGS &&
        !(frame->hd.flags & NGHTTP2_FLAG_ACK)) {
        c->has_settings = true;
        h2_touch(c);
    }
    if (frame->hd.type == NGHTTP2_GOAWAY) {
        c->goodbye = frame->goaway.error_code;
        c->was_bidden = true;
        h2_leave(c);
    }
    return 0;
}

static int on_invalid_frame(nghttp2_session *session,
                            const nghttp2_frame *frame, int error, void *user) {
    (void)user;
    H2Lane *l = lane_of(session, frame->hd.stream_id);
    if (l) {
        snprintf(l->why, sizeof l->why, "the answer breaks HTTP/2's rules: %s",
                 nghttp2_strerror(error));
        h2_end(l, FAIL_MALFORMED, l->why);
    }
    return 0;
}

/* A lane that is still there did not end in peace: GOAWAY says that its
 * stream was not looked at, or nghttp2 found fault with the answer. */
static int on_stream_close(nghttp2_session *session, int32_t stream,
                           uint32_t code, void *user) {
    (void)user;
    H2Lane *l = lane_of(session, stream);
    if (l && code == NGHTTP2_REFUSED_STREAM) {
        h2_refused(l);
    } else if (l) {
        snprintf(l->why, sizeof l->why, "the answer breaks HTTP/2's rules (%s)",
                 nghttp2_http2_strerror(code));
        h2_end(l, FAIL_MALFORMED, l->why);
    }
    return 0;
}

static int on_error(nghttp2_session *session, int code, const char *text,
                    size_t length, void *user) {
    (void)session;
    (void)text;
    (void)length;
    H2Conn *c = user;
    if (code == NGHTTP2_ERR_SETTINGS_EXPECTED) {
        c->is_broken = true;
        c->broken_why = "the target does not speak HTTP/2";
    }
    return 0;
}

int h2_take(H2Conn *c, const char *bytes, size_t length) {
    c->idle_bytes += length;
    ssize_t n =
        nghttp2_session_mem_recv(c->session, (const uint8_t *)bytes, length);
    return n < 0 ? (int)n : 0;
}

/* --- the session -------------------------------------------------------- */

nghttp2_session_callbacks *h2_callbacks(void) {
    nghttp2_session_callbacks *k;
    if (nghttp2_session_callbacks_new(&k) != 0)
        return NULL;
    nghttp2_session_callbacks_set_on_frame_send_callback(k, on_frame_send);
    nghttp2_session_callbacks_set_on_begin_headers_callback(k,
                                                            on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(k, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(k, on_data_chunk);
    nghttp2_session_callbacks_set_on_frame_recv_callback(k, on_frame);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(
        k, on_invalid_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(k, on_stream_close);
    nghttp2_session_callbacks_set_error_callback2(k, on_error);
    return k;
}

nghttp2_option *h2_options(void) {
    nghttp2_option *o;
    if (nghttp2_option_new(&o) != 0)
        return NULL;
    nghttp2_option_set_no_closed_streams(o, 1);
#if HAVE_NGHTTP2_OPTION_SET_MAX_CONTINUATIONS
    nghttp2_option_set_max_continuations(o, CONTINUATIONS_MAX);
#endif
#if HAVE_NGHTTP2_OPTION_SET_NO_RFC9113_LEADING_AND_TRAILING_WS_VALIDATION
    /* As browsers do: not a reason to call a target broken. */
    nghttp2_option_set_no_rfc9113_leading_and_trailing_ws_validation(o, 1);
#endif
    return o;
}

bool h2_session_start(H2Conn *c) {
    static const nghttp2_settings_entry settings[] = {
        { NGHTTP2_SETTINGS_ENABLE_PUSH, 0 },
        { NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, WINDOW },
    };
    if (nghttp2_session_client_new2(&c->session, c->h2->callbacks, c,
                                    c->h2->options) != 0)
        return false;
    c->stray_out += NGHTTP2_CLIENT_MAGIC_LEN;
    return nghttp2_submit_settings(c->session, NGHTTP2_FLAG_NONE, settings,
                                   sizeof settings / sizeof *settings) == 0 &&
           nghttp2_session_set_local_window_size(c->session, NGHTTP2_FLAG_NONE,
                                                 0, WINDOW) == 0;
}
