/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes of an HTTP/1.1 server: the first two bytes of the input say what is
 * kept and where the rest is cut. In pieces they are the answer that they are
 * as a whole; what it took, alone, is that answer, too; and the head's lines
 * are those that http/head.h makes of them, which reads for another
 * transport. */
#include "fuzz.h"
#include "http/head.h"
#include "http/response.h"

unsigned fuzz_rounds = 10000;

static ResponseState feed(Response *r, const char *bytes, size_t length,
                          size_t step, bool at_end) {
    ResponseState s = RESPONSE_MORE;
    size_t done = 0;
    while (s == RESPONSE_MORE && done < length) {
        size_t n = length - done < step ? length - done : step;
        char *piece = fuzz_exact(bytes + done, n);
        s = response_feed(r, piece, n);
        done += n;
        if (s == RESPONSE_DONE) {
            must(r->surplus <= n);
            r->surplus += length - done; /* as if it had come at once */
        }
        must(s != RESPONSE_BAD || (r->why && r->fail < FAIL_NONE));
        free(piece); /* but DONE and BAD may still point into it: */
        if (r->opening == piece)
            r->opening = NULL;
    }
    return s == RESPONSE_MORE && at_end ? response_end(r) : s;
}

static void must_be_same(const Response *a, const Response *b) {
    must(a->status == b->status && a->body_bytes == b->body_bytes);
    must(a->keep_alive == b->keep_alive && a->surplus == b->surplus);
    must(a->body.length == b->body.length && a->head.length == b->head.length);
    must(!a->body.length ||
         memcmp(a->body.bytes, b->body.bytes, a->body.length) == 0);
    must(!a->head.length ||
         memcmp(a->head.bytes, b->head.bytes, a->head.length) == 0);
}

static void look(const Response *r, bool keeps) {
    must(r->status >= 200 && r->status <= 599);
    must(r->fail == FAIL_NONE);
    must(!keeps || r->body.length == (r->body_bytes < RESPONSE_BODY_KEPT
                                          ? r->body_bytes
                                          : RESPONSE_BODY_KEPT));
}

/* llhttp takes any byte for the one behind a CR. */
static bool has_odd_ends(const char *bytes, size_t length) {
    const char *end = bytes + length;
    for (const char *at = bytes; (at = memchr(at, '\r', (size_t)(end - at)));)
        if (++at == end || *at != '\n')
            return true;
    return false;
}

/* Lines that were folded may have more blanks where they were. */
static void narrow(Text *t) {
    size_t n = 0;
    for (size_t i = 0; i < t->length; i++) {
        bool is_blank = strchr(" \t", t->bytes[i]) && t->bytes[i];
        if (!is_blank || n == 0 || t->bytes[n - 1] != ' ')
            t->bytes[n++] = is_blank ? ' ' : t->bytes[i];
    }
    t->length = n;
}

/* The lines of the final answer's head, read by the other one. */
static void second_opinion(const Response *r, const char *bytes,
                           size_t length) {
    Head h;
    Text kept = { 0 };
    head_start(&h);
    for (const char *at = bytes, *end = bytes + length;
         at < end && !h.is_done;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop)
            break;
        size_t n = (size_t)(stop - at) + 1;
        HeadEvent e = head_line(&h, at, n);
        if (e == HEAD_BAD)
            break;
        if (e == HEAD_FINAL)
            text_clear(&kept);
        else
            head_keep(&h, at, n, &kept);
        at += n;
    }
    if (h.is_done && h.fail == FAIL_NONE) {
        must(h.status == r->status);
        Text other = { 0 };
        text_add(&other, r->head.bytes ? r->head.bytes : "", r->head.length);
        narrow(&kept);
        narrow(&other);
        must(kept.length == other.length);
        must(!kept.length || memcmp(kept.bytes, other.bytes, kept.length) == 0);
        text_close(&other);
    }
    text_close(&kept);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Input in = { data, size };
    uint8_t how = input_byte(&in), step = input_byte(&in);
    const char *bytes = (const char *)in.at;
    bool is_head = how & 1, keeps = how & 2, at_end = how & 4;
    Response whole = { 0 }, cut = { 0 };
    response_start(&whole, is_head, keeps, keeps);
    response_start(&cut, is_head, keeps, keeps);
    ResponseState a = feed(&whole, bytes, in.left, SIZE_MAX, at_end);
    ResponseState b = feed(&cut, bytes, in.left, step % 64u + 1, at_end);
    must(a == b);
    if (a == RESPONSE_DONE) {
        look(&whole, keeps);
        must_be_same(&whole, &cut);
        size_t took = in.left - whole.surplus;
        response_start(&cut, is_head, keeps, keeps);
        must(feed(&cut, bytes, took, SIZE_MAX, at_end) == RESPONSE_DONE);
        must(cut.surplus == 0);
        whole.surplus = 0;
        must_be_same(&whole, &cut);
        if (keeps && !has_odd_ends(bytes, took))
            second_opinion(&whole, bytes, took);
    }
    response_close(&whole);
    response_close(&cut);
    return 0;
}
