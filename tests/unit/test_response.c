/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "http/response.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define KIB ((size_t)1024)

#define OK "HTTP/1.1 200 OK\r\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"
#define LENGTH(n) OK "Content-Length: " n "\r\n\r\n"

enum {
    STAYS = 1,   /* the connection may be used again */
    SURPLUS = 2, /* bytes follow the answer */
    HEAD = 4,    /* it answers a HEAD request */
    AT_END = 8,  /* the end of the stream completes it */
};

static const struct {
    const char *bytes;
    int status, flags;
    const char *body;
} good[] = {
    /* bodies with a length */
    { LENGTH("5") "hello", 200, STAYS, "hello" },
    { LENGTH("0"), 200, STAYS, "" },
    { OK "content-LENGTH:5 \r\nx:y\r\n\r\nhello", 200, STAYS, "hello" },
    { OK "Content-Length: 007\r\n\r\n1234567", 200, STAYS, "1234567" },
    { "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno", 404, STAYS,
      "no" },
    { "HTTP/1.1 503 \r\nContent-Length: 1\r\n\r\nx", 503, STAYS, "x" },
    { "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", 302,
      STAYS, "" },
    { LENGTH("5") "\r\n\r\nx", 200, STAYS, "\r\n\r\nx" },
    /* chunked */
    { CHUNKED "5\r\nhello\r\n0\r\n\r\n", 200, STAYS, "hello" },
    { CHUNKED "0\r\n\r\n", 200, STAYS, "" },
    { CHUNKED "3\r\nhel\r\n002\r\nlo\r\n000\r\n\r\n", 200, STAYS, "hello" },
    { CHUNKED "A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", 200, STAYS,
      "01234567890123456789" },
    { CHUNKED "5;name=value\r\nhello\r\n0;last\r\n\r\n", 200, STAYS, "hello" },
    { CHUNKED "5;a;b\r\nhello\r\n0;c;d;e\r\n\r\n", 200, STAYS, "hello" },
    { CHUNKED "5;q=\"a b\"\r\nhello\r\n0\r\n\r\n", 200, STAYS, "hello" },
    { CHUNKED "5\r\nhello\r\n0\r\nExpires: never\r\nX-Sum: 5\r\n\r\n", 200,
      STAYS, "hello" },
    { OK "Transfer-Encoding: gzip, chunked\r\n\r\n1\r\nz\r\n0\r\n\r\n", 200,
      STAYS, "z" },
    /* until the connection closes */
    { OK "\r\nhello", 200, AT_END, "hello" },
    { OK "\r\n", 200, AT_END, "" },
    { "HTTP/1.0 200 OK\r\n\r\nold", 200, AT_END, "old" },
    { OK "Transfer-Encoding: gzip\r\n\r\nzzz", 200, AT_END, "zzz" },
    /* answers that have no body, whatever their head says */
    { LENGTH("500"), 200, STAYS | HEAD, "" },
    { OK "Transfer-Encoding: chunked\r\n\r\n", 200, STAYS | HEAD, "" },
    { OK "\r\n", 200, STAYS | HEAD, "" },
    { OK "Connection: close\r\n\r\n", 200, HEAD, "" },
    { "HTTP/1.0 200 OK\r\n\r\n", 200, HEAD, "" },
    { "HTTP/1.1 204 No Content\r\n\r\n", 204, STAYS, "" },
    { "HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n", 204, STAYS, "" },
    { "HTTP/1.1 304 Not Modified\r\nContent-Length: 999\r\n\r\n", 304, STAYS,
      "" },
    { "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", 304,
      STAYS, "" },
    /* interim answers, then the final one */
    { "HTTP/1.1 100 Continue\r\n\r\n" LENGTH("2") "ok", 200, STAYS, "ok" },
    { "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
      "HTTP/1.1 100 Continue\r\n\r\n" CHUNKED "2\r\nok\r\n0\r\n\r\n",
      200, STAYS, "ok" },
    { "HTTP/1.1 102 Processing\r\n\r\n" OK "\r\nrest", 200, AT_END, "rest" },
    { "HTTP/1.1 100 Continue\r\n\r\n" LENGTH("9"), 200, STAYS | HEAD, "" },
    { "HTTP/1.1 426 Upgrade Required\r\nUpgrade: h2c\r\n"
      "Connection: Upgrade\r\nContent-Length: 2\r\n\r\nno",
      426, STAYS, "no" },
    /* does the connection stay */
    { OK "Connection: close\r\nContent-Length: 2\r\n\r\nok", 200, 0, "ok" },
    { OK "Connection: Close, X\r\nContent-Length: 2\r\n\r\nok", 200, 0, "ok" },
    { OK "Connection: keep-alive\r\nContent-Length: 2\r\n\r\nok", 200, STAYS,
      "ok" },
    { "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, 0, "ok" },
    { "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n"
      "ok",
      200, STAYS, "ok" },
    { "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nok", 200, AT_END,
      "ok" },
    { "HTTP/1.0 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
      200, 0, "ok" },
    { "HTTP/1.0 304 Not Modified\r\nConnection: keep-alive\r\n\r\n", 304,
      STAYS, "" },
    { CHUNKED "2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\nX", 200, STAYS | SURPLUS,
      "ok" },
    { "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", 204, 0, "" },
    /* more than one answer was sent */
    { LENGTH("5") "helloX", 200, STAYS | SURPLUS, "hello" },
    { LENGTH("0") "\r\n", 200, STAYS | SURPLUS, "" },
    { LENGTH("2") "ok" LENGTH("2") "no", 200, STAYS | SURPLUS, "ok" },
    { CHUNKED "0\r\n\r\n0", 200, STAYS | SURPLUS, "" },
    { "HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nbody", 204,
      STAYS | SURPLUS, "" },
    { LENGTH("4") "body", 200, STAYS | SURPLUS | HEAD, "" },
    { OK "Connection: close\r\nContent-Length: 2\r\n\r\nok!", 200, SURPLUS,
      "ok" },
};

static const char *const malformed[] = {
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\n\r\n",
    "HTTP/1.1 101 Switching Protocols\r\n\r\n",
    /* statuses and versions that there are not */
    "HTTP/1.1 000 Zero\r\n\r\n",
    "HTTP/1.1 020 Low\r\n\r\n",
    "HTTP/1.1 099 Low\r\n\r\n",
    "HTTP/1.1 600 High\r\n\r\n",
    "HTTP/1.1 999 High\r\n\r\n",
    "HTTP/1.1 20 OK\r\n\r\n",
    "HTTP/1.1 2000 OK\r\n\r\n",
    "HTTP/1.1 5x OK\r\n\r\n",
    "HTTP/1.1 -20 OK\r\n\r\n",
    "HTTP/2.0 200 OK\r\n\r\n",
    "HTTP/0.9 200 OK\r\n\r\n",
    "HTTP/1.7 200 OK\r\n\r\n",
    "HTTP/11 200 OK\r\n\r\n",
    /* lengths */
    OK "Content-Length: 2\r\nContent-Length: 2\r\n\r\nok",
    OK "Content-Length: 2\r\nContent-Length: 3\r\n\r\nok!",
    OK "Content-Length: 18446744073709551616\r\n\r\n",
    OK "Content-Length: 99999999999999999999999\r\n\r\n",
    OK "Content-Length: -1\r\n\r\n",
    OK "Content-Length: +2\r\n\r\nok",
    OK "Content-Length: 2, 2\r\n\r\nok",
    OK "Content-Length: 0x2\r\n\r\nok",
    OK "Content-Length: 2 2\r\n\r\nok",
    OK "Content-Length: two\r\n\r\nok",
    OK "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
       "0\r\n\r\n",
    OK "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
       "0\r\n\r\n",
    /* chunks */
    CHUNKED "x\r\n",
    CHUNKED "\r\nhello\r\n",
    CHUNKED "-5\r\nhello\r\n",
    CHUNKED "5,5\r\nhello\r\n",
    CHUNKED "0x5\r\nhello\r\n",
    CHUNKED "10000000000000000\r\n",
    CHUNKED "5\r\nhelloX\r\n0\r\n\r\n",
    CHUNKED "5\r\nhello0\r\n\r\n",
    /* heads */
    OK "no colon here\r\n\r\n",
    OK "a: b\x01"
       "c\r\n\r\n",
    /* not HTTP at all */
    "SSH-2.0-OpenSSH_9.2\r\n",
    "\x15\x03\x01\x02\x02\x16",
    "<html>hello</html>",
    "GET / HTTP/1.1\r\n\r\n",
    "http/1.1 200 OK\r\n\r\n",
    "HTTP/1.1200 OK\r\n\r\n",
};

/* Gives the bytes in parts, each on the heap so that a read beyond its end
 * is seen; next tells a part's length. Stops where the answer does. */
typedef size_t NextFn(Rng *r, size_t left);

static ResponseState give(Response *r, const char *bytes, size_t length,
                          NextFn *next, Rng *rng, size_t *used) {
    ResponseState s = RESPONSE_MORE;
    *used = 0;
    while (s == RESPONSE_MORE && *used < length) {
        size_t n = next(rng, length - *used);
        char *part = malloc(n);
        memcpy(part, bytes + *used, n);
        s = response_feed(r, part, n);
        free(part);
        *used += n;
    }
    return s;
}

static size_t whole(Rng *r, size_t left) {
    (void)r;
    return left;
}

static size_t single(Rng *r, size_t left) {
    (void)r;
    (void)left;
    return 1;
}

static size_t cut(Rng *r, size_t left) {
    size_t n = 1 + rng_next(r) % 9;
    return n < left ? n : left;
}

static void check_good(size_t i, NextFn *next, Rng *rng, Response *r) {
    const char *body = good[i].body;
    size_t used, length = strlen(good[i].bytes), n = strlen(body);
    int flags = good[i].flags;
    response_start(r, flags & HEAD, true, false);
    ResponseState s = give(r, good[i].bytes, length, next, rng, &used);
    if (flags & AT_END) {
        assert_int_equal(s, RESPONSE_MORE);
        s = response_end(r);
    }
    if (s != RESPONSE_DONE || r->fail != FAIL_NONE)
        fail_msg("answer %zu gave state %d, %s: %s", i, (int)s,
                 fail_name(r->fail), r->why ? r->why : "");
    if (r->status != good[i].status || r->keep_alive != (flags & STAYS))
        fail_msg("answer %zu gave %d, keep-alive %d", i, r->status,
                 r->keep_alive);
    /* What follows the answer is seen when it came in the same part; where
     * a cut lies just before it, it was not given at all. */
    if (flags & SURPLUS ? !r->surplus && used == length : r->surplus)
        fail_msg("answer %zu: surplus %zu", i, r->surplus);
    if (r->body.length != n || r->body_bytes != n ||
        (n && memcmp(r->body.bytes, body, n) != 0))
        fail_msg("answer %zu gave the body '%s'", i,
                 r->body.bytes ? r->body.bytes : "");
}

static void check_malformed(size_t i, NextFn *next, Rng *rng, Response *r) {
    size_t used;
    response_start(r, false, true, false);
    ResponseState s =
        give(r, malformed[i], strlen(malformed[i]), next, rng, &used);
    if (s != RESPONSE_BAD || r->fail != FAIL_MALFORMED || !r->why || !*r->why)
        fail_msg("'%s' gave state %d, %s: %s", malformed[i], (int)s,
                 fail_name(r->fail), r->why ? r->why : "");
}

/* However the bytes are cut, it is the same answer. One Response is used
 * for all, as a connection does. */
static void answers_are_the_same_however_cut(void **state) {
    (void)state;
    Response r = { 0 };
    Rng rng = { 77 };
    for (size_t i = 0; i < COUNT(good); i++) {
        check_good(i, whole, &rng, &r);
        check_good(i, single, &rng, &r);
        for (int k = 0; k < 20; k++)
            check_good(i, cut, &rng, &r);
    }
    response_close(&r);
}

static void what_is_no_answer_is_refused(void **state) {
    (void)state;
    Response r = { 0 };
    Rng rng = { 78 };
    for (size_t i = 0; i < COUNT(malformed); i++) {
        check_malformed(i, whole, &rng, &r);
        check_malformed(i, single, &rng, &r);
        for (int k = 0; k < 20; k++)
            check_malformed(i, cut, &rng, &r);
    }
    response_close(&r);
}

/* Where the body begins, of an answer with a status of 200. */
static size_t head_length(const char *bytes) {
    return (size_t)(strstr(strstr(bytes, " 200"), "\r\n\r\n") + 4 - bytes);
}

/* The stream ends within an answer, at every byte of it: it is never taken
 * for complete, except where its end is the end of the stream. */
static void cut_off_answers_are_truncated(void **state) {
    (void)state;
    Response r = { 0 };
    Rng rng = { 1 };
    for (size_t i = 0; i < COUNT(good); i++) {
        const char *bytes = good[i].bytes;
        int flags = good[i].flags;
        size_t length = strlen(bytes), used;
        size_t open = flags & AT_END ? head_length(bytes) : length;
        for (size_t n = 0; n < length && !(flags & SURPLUS); n++) {
            response_start(&r, flags & HEAD, true, false);
            ResponseState s =
                give(&r, bytes, n, n % 2 ? whole : single, &rng, &used);
            if (s != RESPONSE_MORE)
                fail_msg("answer %zu was decided after %zu bytes", i, n);
            s = response_end(&r);
            FailClass want = n >= open ? FAIL_NONE
                             : n       ? FAIL_TRUNCATED
                                       : FAIL_RESET;
            if (r.fail != want || (s == RESPONSE_DONE) != (n >= open) ||
                r.keep_alive)
                fail_msg("answer %zu cut at %zu: state %d, %s", i, n, (int)s,
                         fail_name(r.fail));
        }
    }
    response_close(&r);
}

static void no_answer_is_a_reset(void **state) {
    (void)state;
    Response r = { 0 };
    response_start(&r, false, false, false);
    assert_int_equal(response_feed(&r, "", 0), RESPONSE_MORE);
    assert_int_equal(response_end(&r), RESPONSE_BAD);
    assert_int_equal(r.fail, FAIL_RESET);
    /* interim answers only are none either */
    response_start(&r, false, false, false);
    static const char interim[] = "HTTP/1.1 100 Continue\r\n\r\n";
    assert_int_equal(response_feed(&r, interim, sizeof interim - 1),
                     RESPONSE_MORE);
    assert_int_equal(response_end(&r), RESPONSE_BAD);
    assert_int_equal(r.fail, FAIL_TRUNCATED);
    response_close(&r);
}

/* before, n times middle, after; in parts of `part` bytes. */
static ResponseState feed_much(Response *r, const char *before,
                               const char *middle, size_t n, const char *after,
                               size_t part) {
    Text t = { 0 };
    text_adds(&t, before);
    for (size_t i = 0; i < n; i++)
        text_adds(&t, middle);
    text_adds(&t, after);
    ResponseState s = RESPONSE_MORE;
    response_start(r, false, true, false);
    for (size_t at = 0; s == RESPONSE_MORE && at < t.length; at += part) {
        size_t left = t.length - at;
        s = response_feed(r, t.bytes + at, left < part ? left : part);
    }
    text_close(&t);
    return s;
}

static const size_t parts[] = { SIZE_MAX / 2, 64 * KIB, 1000, 1 };

static void heads_have_a_limit(void **state) {
    (void)state;
    static const struct {
        const char *before, *middle;
        size_t n;
        const char *after;
    } much[] = {
        /* one endless header, endless headers, an endless reason */
        { OK "X: ", "0123456789abcdef", 20 * KIB, "\r\n\r\n" },
        { OK, "Name: value\r\n", 25 * KIB, "Content-Length: 0\r\n\r\n" },
        { "HTTP/1.1 200 ", "0123456789abcdef", 17 * KIB,
          "\r\nContent-Length: 0\r\n\r\n" },
        { OK, "0123456789abcdef", 17 * KIB, ": x\r\n\r\n" },
        /* a storm of interim answers */
        { "", "HTTP/1.1 100 Continue\r\n\r\n", RESPONSE_INTERIM_MAX + 1,
          LENGTH("0") },
        /* extensions, leading zeros and trailers of chunks */
        { CHUNKED "5;", "0123456789abcdef", 17 * KIB,
          "\r\nhello\r\n0\r\n\r\n" },
        { CHUNKED "0\r\n", "Name: value\r\n", 25 * KIB, "\r\n" },
    };
    Response r = { 0 };
    for (size_t i = 0; i < COUNT(much); i++)
        for (size_t k = 0; k < COUNT(parts); k++) {
            ResponseState s = feed_much(&r, much[i].before, much[i].middle,
                                        much[i].n, much[i].after, parts[k]);
            if (s != RESPONSE_BAD || r.fail != FAIL_TOO_LARGE)
                fail_msg("case %zu in %zu: state %d, %s: %s", i, parts[k],
                         (int)s, fail_name(r.fail), r.why ? r.why : "");
        }
    /* what is large, but within it */
    for (size_t k = 0; k < COUNT(parts); k++) {
        assert_int_equal(feed_much(&r, OK "X: ", "0123456789abcdef", 15 * KIB,
                                   "\r\nContent-Length: 2\r\n\r\nok", parts[k]),
                         RESPONSE_DONE);
        assert_int_equal(feed_much(&r, "", "HTTP/1.1 100 Continue\r\n\r\n",
                                   RESPONSE_INTERIM_MAX, LENGTH("0"), parts[k]),
                         RESPONSE_DONE);
    }
    response_close(&r);
}

/* A body is no head: it may be of any size, in chunks of any size. */
static void bodies_have_none(void **state) {
    (void)state;
    static const struct {
        const char *before, *middle;
        size_t n;
        const char *after;
        uint64_t bytes;
    } much[] = {
        { LENGTH("3145728"), "0123456789abcdef", 192 * KIB, "", 3072 * KIB },
        { CHUNKED, "10\r\n0123456789abcdef\r\n", 128 * KIB, "0\r\n\r\n",
          2048 * KIB },
        { CHUNKED, "1\r\nx\r\n", 300 * KIB, "0\r\n\r\n", 300 * KIB },
    };
    Response r = { 0 };
    for (size_t i = 0; i < COUNT(much); i++)
        for (size_t k = 0; k < COUNT(parts); k++) {
            ResponseState s = feed_much(&r, much[i].before, much[i].middle,
                                        much[i].n, much[i].after, parts[k]);
            if (s != RESPONSE_DONE)
                fail_msg("case %zu in %zu: state %d: %s", i, parts[k], (int)s,
                         r.why ? r.why : "");
            assert_true(r.body_bytes == much[i].bytes);
            /* the first MiB is kept for checks */
            assert_int_equal(r.body.length, much[i].bytes < RESPONSE_BODY_KEPT
                                                ? much[i].bytes
                                                : RESPONSE_BODY_KEPT);
        }
    response_close(&r);
}

/* Legal, but llhttp 8.1 refuses it: whatever this one does, it is a whole
 * answer or a malformed one. */
static void a_second_extension_behind_a_value(void **state) {
    (void)state;
    static const char bytes[] = CHUNKED "5;a=b;c=d\r\nhello\r\n0\r\n\r\n";
    Response r = { 0 };
    response_start(&r, false, true, false);
    ResponseState s = response_feed(&r, bytes, sizeof bytes - 1);
    if (s == RESPONSE_DONE) {
        assert_int_equal(r.body.length, 5);
    } else {
        assert_int_equal(s, RESPONSE_BAD);
        assert_int_equal(r.fail, FAIL_MALFORMED);
    }
    response_close(&r);
}

static void a_body_is_kept_when_asked_for(void **state) {
    (void)state;
    static const char bytes[] = LENGTH("5") "he\0lo";
    Response r = { 0 };
    response_start(&r, false, true, false);
    assert_int_equal(response_feed(&r, bytes, sizeof bytes - 1), RESPONSE_DONE);
    assert_int_equal(r.body.length, 5);
    assert_memory_equal(r.body.bytes, "he\0lo", 5);
    response_start(&r, false, false, false);
    assert_int_equal(r.body.length, 0);
    assert_int_equal(response_feed(&r, bytes, sizeof bytes - 1), RESPONSE_DONE);
    assert_int_equal(r.body.length, 0);
    assert_true(r.body_bytes == 5);
    response_close(&r);
}

static const struct {
    const char *bytes, *head;
} heads[] = {
    { OK "Content-Length: 0\r\nX-A: b\r\n\r\n",
      "Content-Length: 0\r\nX-A: b\r\n" },
    { "HTTP/1.1 204 None\r\n\r\n", "" },
    /* blanks around a value are not of it; empty ones are there */
    { OK "A:  b c \t \r\nB:\r\nC: \t\r\nContent-Length:0\r\n\r\n",
      "A: b c\r\nB: \r\nC: \r\nContent-Length: 0\r\n" },
    /* lines that go on */
    { OK "A: one\r\n  two \r\n three\r\nContent-Length: 0\r\n\r\n",
      "A: one  two  three\r\nContent-Length: 0\r\n" },
    { OK "A:\r\n one\r\nContent-Length: 0\r\n\r\n",
      "A: one\r\nContent-Length: 0\r\n" },
    /* twice is twice, and bytes are bytes */
    { OK "Set-Cookie: a=1\r\nset-cookie: b=\xc3\xa4\x80\r\n"
         "Content-Length: 0\r\n\r\n",
      "Set-Cookie: a=1\r\nset-cookie: b=\xc3\xa4\x80\r\n"
      "Content-Length: 0\r\n" },
    /* interim answers' heads are not in it */
    { "HTTP/1.1 100 Continue\r\nX-Interim: yes\r\n\r\n"
      "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" OK
      "Content-Length: 1\r\n\r\n!",
      "Content-Length: 1\r\n" },
    /* nor are trailers */
    { CHUNKED "2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n",
      "Transfer-Encoding: chunked\r\n" },
};

static void check_head(size_t i, NextFn *next, Rng *rng, Response *r) {
    size_t used, n = strlen(heads[i].head);
    response_start(r, false, false, true);
    assert_int_equal(r->head.length, 0);
    ResponseState s = give(r, heads[i].bytes, strlen(heads[i].bytes), next,
                           rng, &used);
    assert_int_equal(s, RESPONSE_DONE);
    if (r->head.length != n ||
        (n && memcmp(r->head.bytes, heads[i].head, n) != 0))
        fail_msg("head %zu is '%s'", i, r->head.bytes ? r->head.bytes : "");
}

/* rng->state: where the first part ends, then nowhere. */
static size_t at_state(Rng *r, size_t left) {
    size_t n = r->state && r->state < left ? (size_t)r->state : left;
    r->state = 0;
    return n;
}

static void heads_are_kept_however_cut(void **state) {
    (void)state;
    Response r = { 0 };
    for (size_t i = 0; i < COUNT(heads); i++) {
        Rng rng = { 1 };
        check_head(i, whole, &rng, &r);
        check_head(i, single, &rng, &r);
        for (size_t at = 1; at < strlen(heads[i].bytes); at++) {
            rng.state = at;
            check_head(i, at_state, &rng, &r);
        }
    }
    response_close(&r);
}

static void a_head_is_kept_when_asked_for(void **state) {
    (void)state;
    static const char bytes[] = LENGTH("2") "ok";
    Response r = { 0 };
    response_start(&r, false, true, false);
    assert_int_equal(response_feed(&r, bytes, sizeof bytes - 1), RESPONSE_DONE);
    assert_int_equal(r.head.length, 0);
    assert_null(r.head.bytes);
    response_close(&r);
}

/* However long it may be, what is kept of it has a limit. */
static void a_kept_head_has_a_limit(void **state) {
    (void)state;
    Response r = { 0 };
    Text part = { 0 };
    for (size_t i = 0; i < 1000; i++)
        text_adds(&part, "a:b\r\n");
    response_start(&r, false, false, true);
    ResponseState s = response_feed(&r, OK, strlen(OK));
    for (size_t i = 0; i < 1000 && s == RESPONSE_MORE; i++)
        s = response_feed(&r, part.bytes, part.length);
    assert_int_equal(s, RESPONSE_BAD);
    assert_int_equal(r.fail, FAIL_TOO_LARGE);
    assert_true(r.head.length < 2 * RESPONSE_HEAD_MAX);
    text_close(&part);
    response_close(&r);
}

/* Random damage to good answers, and noise: an end is always reached, and a
 * failure always has a class. */
static void noise_is_survived(void **state) {
    (void)state;
    Response r = { 0 };
    Rng rng = { 404 };
    for (int i = 0; i < 20000; i++) {
        size_t which = rng_next(&rng) % (COUNT(good) + COUNT(malformed));
        bool of_good = which < COUNT(good);
        const char *from =
            of_good ? good[which].bytes : malformed[which - COUNT(good)];
        size_t length = strlen(from), used;
        char *bytes = mem_alloc(length, 1);
        memcpy(bytes, from, length);
        for (uint64_t k = rng_next(&rng) % 4; k < 4; k++)
            bytes[rng_next(&rng) % length] = (char)rng_next(&rng);
        response_start(&r, of_good && good[which].flags & HEAD, i % 2,
                       i & 4);
        ResponseState s =
            give(&r, bytes, length, i % 3 ? cut : whole, &rng, &used);
        if (s == RESPONSE_MORE)
            s = response_end(&r);
        assert_true(s != RESPONSE_MORE);
        assert_int_equal(s == RESPONSE_BAD, r.fail != FAIL_NONE);
        assert_true(s == RESPONSE_BAD || (r.status >= 200 && r.status <= 599));
        free(bytes);
    }
    response_close(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_the_same_however_cut),
        cmocka_unit_test(what_is_no_answer_is_refused),
        cmocka_unit_test(cut_off_answers_are_truncated),
        cmocka_unit_test(no_answer_is_a_reset),
        cmocka_unit_test(heads_have_a_limit),
        cmocka_unit_test(bodies_have_none),
        cmocka_unit_test(a_second_extension_behind_a_value),
        cmocka_unit_test(a_body_is_kept_when_asked_for),
        cmocka_unit_test(heads_are_kept_however_cut),
        cmocka_unit_test(a_head_is_kept_when_asked_for),
        cmocka_unit_test(a_kept_head_has_a_limit),
        cmocka_unit_test(noise_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
