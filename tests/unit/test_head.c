/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Heads line by line, and curl's codes as classes. */
#include "unit.h"

#include <string.h>

#include "http/gate.h"
#include "http/head.h"
#include "http/transfer_fail.h"

/* Feeds the lines of a text; the last event that was not HEAD_LINE. */
static HeadEvent feed(Head *h, const char *text) {
    HeadEvent last = HEAD_LINE;
    for (const char *end; *text && last != HEAD_BAD; text = end) {
        end = strchrnul(text, '\n');
        end += *end == '\n';
        HeadEvent e = head_line(h, text, (size_t)(end - text));
        if (e != HEAD_LINE)
            last = e;
    }
    return last;
}

static void heads_are_judged(void **state) {
    (void)state;
    static const struct {
        const char *text;
        HeadEvent event;
        int status;
        bool is_done;
        FailClass fail;
    } cases[] = {
        { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", HEAD_FINAL, 200, true,
          FAIL_NONE },
        { "HTTP/2 204 \r\n\r\n", HEAD_FINAL, 204, true, FAIL_NONE },
        { "HTTP/1.0 200\r\n\r\n", HEAD_FINAL, 200, true, FAIL_NONE },
        { "HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 201 OK\r\n\r\n", HEAD_FINAL, 201,
          true, FAIL_NONE },
        { "HTTP/1.1 100 Go\r\n\r\n", HEAD_LINE, 100, false, FAIL_NONE },
        { "HTTP/1.1 200 OK\r\nContent-Le", HEAD_FINAL, 200, false, FAIL_NONE },
        { "HTTP/1.1 200 OK\r\n\r\nContent-Length: x\r\n", HEAD_FINAL, 200, true,
          FAIL_NONE }, /* a trailer */
        { "HTTP/1.1 200 OK\r\ncontent-length:5 \r\n\r\n", HEAD_FINAL, 200, true,
          FAIL_NONE },
        { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",
          HEAD_BAD, 200, false, FAIL_MALFORMED },
        { "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n", HEAD_BAD, 200,
          false, FAIL_MALFORMED },
        { "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", HEAD_BAD, 200, false,
          FAIL_MALFORMED },
        { "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", HEAD_BAD, 200, false,
          FAIL_MALFORMED },
        { "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\n",
          HEAD_BAD, 200, false, FAIL_MALFORMED },
        { "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\n",
          HEAD_BAD, 200, false, FAIL_MALFORMED },
        { "HTTP/1.1 200 OK\r\nContent-Length : 5\r\nContent-Length: 5\r\n",
          HEAD_BAD, 200, false, FAIL_MALFORMED },
        { "HTTP/1.1 200 OK\r\nContent-Lengthy: x\r\n\r\n", HEAD_FINAL, 200,
          true, FAIL_NONE },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
          "Content-Length: 5\r\n\r\n",
          HEAD_BAD, 200, false, FAIL_MALFORMED },
        { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"
          "Transfer-Encoding: chunked\r\n\r\n",
          HEAD_BAD, 200, false, FAIL_MALFORMED },
        { "HTTP/1.1 200 OK\nA: b\n\n", HEAD_BAD, 0, false, FAIL_MALFORMED },
        { "HTTP/1.1 200 OK\r\nA: b\n\n", HEAD_BAD, 200, false,
          FAIL_MALFORMED },
        { "HTTP/1.1 200 OK\r\nA: \x1b[m\r\n\r\n", HEAD_BAD, 200, false,
          FAIL_MALFORMED },
        { "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n", HEAD_BAD, 200, false,
          FAIL_MALFORMED },
        { "HTTP/1.1 200 OK\r\nA: \tb\xc3\xa4\r\n\r\n", HEAD_FINAL, 200, true,
          FAIL_NONE },
        { "http/1.1 200 OK\r\n\r\n", HEAD_BAD, 0, false, FAIL_MALFORMED },
        { "HTTP/1.1 099 X\r\n\r\n", HEAD_BAD, 0, false, FAIL_MALFORMED },
        { "HTTP/1.1 600 X\r\n\r\n", HEAD_BAD, 0, false, FAIL_MALFORMED },
        { "HTTP/1.1 20 X\r\n\r\n", HEAD_BAD, 0, false, FAIL_MALFORMED },
        { "HTTP/1.1 2000 X\r\n\r\n", HEAD_BAD, 0, false, FAIL_MALFORMED },
        { "HTTP/1.1 200X\r\n\r\n", HEAD_BAD, 0, false, FAIL_MALFORMED },
        { "HTTP/1.1\r\n\r\n", HEAD_BAD, 0, false, FAIL_MALFORMED },
        { "HTTP/3 200\r\n\r\n", HEAD_BAD, 0, false, FAIL_MALFORMED },
        { "HTTP/1.1 101 X\r\n\r\n", HEAD_BAD, 0, false, FAIL_MALFORMED },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Head h;
        head_start(&h);
        HeadEvent e = feed(&h, cases[i].text);
        if (e != cases[i].event || h.status != cases[i].status ||
            h.is_done != cases[i].is_done || h.fail != cases[i].fail)
            fail_msg("case %zu: event %d status %d done %d fail %s", i, (int)e,
                     h.status, h.is_done, fail_name(h.fail));
    }
}

static void heads_have_limits(void **state) {
    (void)state;
    Head h;
    head_start(&h);
    for (int i = 0; i < 100; i++)
        assert_int_equal(feed(&h, "HTTP/1.1 100 Go\r\n\r\n"), HEAD_LINE);
    assert_int_equal(feed(&h, "HTTP/1.1 100 Go\r\n\r\n"), HEAD_BAD);
    assert_int_equal(h.fail, FAIL_TOO_LARGE);
    head_start(&h);
    feed(&h, "HTTP/1.1 200 OK\r\n");
    size_t lines = 0;
    while (lines < 100000 && feed(&h, "A: bcdefghijkl\r\n") == HEAD_LINE)
        lines++;
    assert_int_equal(h.fail, FAIL_TOO_LARGE);
    assert_in_range(lines, 16000, 16384);
}

/* Of a line that follows a status line the first byte tells. */
static void what_continues_nothing_is_refused(void **state) {
    (void)state;
    Head h;
    head_start(&h);
    assert_int_equal(head_piece(&h, "HTTP/1.1 200 OK\r\n", 17), HEAD_LINE);
    feed(&h, "HTTP/1.1 200 OK\r\n");
    assert_int_equal(head_piece(&h, "A: b", 4), HEAD_LINE);
    assert_int_equal(head_piece(&h, " c\r\n", 4), HEAD_LINE);
    feed(&h, "A: b c\r\n");
    assert_int_equal(head_piece(&h, " d\r\n", 4), HEAD_LINE);
    feed(&h, " d\r\n\r\n");
    head_start(&h);
    feed(&h, "HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 200 OK\r\n");
    assert_int_equal(head_piece(&h, "\tA: b\r\n", 7), HEAD_BAD);
    assert_int_equal(h.fail, FAIL_MALFORMED);
}

static void lines_are_kept(void **state) {
    (void)state;
    static const struct {
        const char *text, *lines;
    } cases[] = {
        { "HTTP/1.1 200 OK\r\nA:  b \r\nC:\r\n\r\n",
          "A: b\r\nC: \r\n" },
        { "HTTP/1.1 103 X\r\nLink: a\r\n\r\nHTTP/2 204\r\nd: e\r\n\r\n",
          "d: e\r\n" },
        { "HTTP/1.1 302 X\r\nA: 1\r\n\r\n"
          "HTTP/1.1 200 OK\r\nA: 2\r\n\tthree \r\n four\r\n\r\n",
          "A: 2 three four\r\n" },
        { "HTTP/1.1 200 OK\r\nA: b\r\nno field\r\n\r\n", "A: b\r\n" },
    };
    Text kept = { 0 };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Head h;
        text_clear(&kept);
        for (const char *at = cases[i].text, *end; *at; at = end) {
            end = strchr(at, '\n') + 1;
            if (at == cases[i].text || h.is_done)
                head_start(&h); /* a further request */
            if (head_line(&h, at, (size_t)(end - at)) == HEAD_FINAL)
                text_clear(&kept);
            head_keep(&h, at, (size_t)(end - at), &kept);
        }
        assert_string_equal(kept.bytes, cases[i].lines);
    }
    text_close(&kept);
}

static void codes_have_classes(void **state) {
    (void)state;
    static const struct {
        CURLcode code;
        TransferReach reach;
        const char *why;
        FailClass fail;
    } cases[] = {
        { CURLE_RECV_ERROR, REACH_NOTHING, "", FAIL_CONNECT },
        { CURLE_RECV_ERROR, REACH_REQUEST, "", FAIL_RESET },
        { CURLE_RECV_ERROR, REACH_ANSWER, "", FAIL_TRUNCATED },
        { CURLE_RECV_ERROR, REACH_ANSWER, "Illegal in chunked-encoding",
          FAIL_MALFORMED },
        { CURLE_RECV_ERROR, REACH_ANSWER,
          "OpenSSL SSL_read: error:0A000119:SSL routines::bad record mac",
          FAIL_TLS },
        { CURLE_RECV_ERROR, REACH_ANSWER,
          "error:0A000126:SSL routines::unexpected eof while reading",
          FAIL_TRUNCATED },
        { CURLE_GOT_NOTHING, REACH_REQUEST, "", FAIL_RESET },
        { CURLE_PARTIAL_FILE, REACH_ANSWER, "", FAIL_TRUNCATED },
        { CURLE_WEIRD_SERVER_REPLY, REACH_ANSWER, "", FAIL_MALFORMED },
        { CURLE_BAD_CONTENT_ENCODING, REACH_ANSWER, "", FAIL_MALFORMED },
        { CURLE_COULDNT_RESOLVE_PROXY, REACH_NOTHING, "", FAIL_RESOLVE },
        { CURLE_PEER_FAILED_VERIFICATION, REACH_NOTHING, "", FAIL_TLS },
        { CURLE_TOO_MANY_REDIRECTS, REACH_ANSWER, "", FAIL_REDIRECTS },
        { CURLE_OUT_OF_MEMORY, REACH_NOTHING, "", FAIL_LOCAL_MEMORY },
        { CURLE_OUT_OF_MEMORY, REACH_ANSWER, "", FAIL_TOO_LARGE },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(
            transfer_fail(cases[i].code, cases[i].reach, cases[i].why),
            cases[i].fail);
}

/* Tries that pass within a second, asked for every tenth of a ms. */
static unsigned tries(Gate *g, uint64_t from_ns) {
    unsigned n = 0;
    for (uint64_t t = 0; t < NS_PER_S; t += NS_PER_MS / 10)
        if (gate_is_open(g, from_ns + t)) {
            gate_pass(g, from_ns + t);
            gate_refused(g, from_ns + t);
            n++;
        }
    return n;
}

static void a_refusing_target_is_tried_a_thousand_times_a_second(void **state) {
    (void)state;
    Gate g = { 0 };
    assert_true(gate_is_open(&g, 5));
    gate_refused(&g, 50 * NS_PER_S);
    assert_false(gate_is_open(&g, 50 * NS_PER_S));
    assert_in_range(tries(&g, 50 * NS_PER_S), 998, 1011);
    assert_in_range(tries(&g, 90 * NS_PER_S), 998, 1011);
    gate_admitted(&g);
    assert_true(gate_is_open(&g, 90 * NS_PER_S));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads_are_judged),
        cmocka_unit_test(heads_have_limits),
        cmocka_unit_test(what_continues_nothing_is_refused),
        cmocka_unit_test(lines_are_kept),
        cmocka_unit_test(codes_have_classes),
        cmocka_unit_test(
            a_refusing_target_is_tried_a_thousand_times_a_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
