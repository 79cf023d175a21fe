/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/transfer_fail.h"

#include <string.h>

typedef struct FailRow {
    CURLcode code;
    FailClass by_reach[REACH_ANSWER + 1];
} FailRow;

#define ALWAYS(f)    \
    {                \
        f, f, f      \
    }
#define BROKEN                                  \
    {                                           \
        FAIL_CONNECT, FAIL_RESET, FAIL_TRUNCATED \
    }

static const FailRow rows[] = {
    { CURLE_COULDNT_RESOLVE_HOST, ALWAYS(FAIL_RESOLVE) },
    { CURLE_COULDNT_RESOLVE_PROXY, ALWAYS(FAIL_RESOLVE) },
    { CURLE_COULDNT_CONNECT, ALWAYS(FAIL_CONNECT) },
    { CURLE_PROXY, ALWAYS(FAIL_CONNECT) },
    { CURLE_INTERFACE_FAILED, ALWAYS(FAIL_CONNECT) },
    { CURLE_SSL_CONNECT_ERROR, ALWAYS(FAIL_TLS) },
    { CURLE_PEER_FAILED_VERIFICATION, ALWAYS(FAIL_TLS) },
    { CURLE_SSL_CERTPROBLEM, ALWAYS(FAIL_TLS) },
    { CURLE_SSL_CIPHER, ALWAYS(FAIL_TLS) },
    { CURLE_SSL_ISSUER_ERROR, ALWAYS(FAIL_TLS) },
    { CURLE_SSL_CACERT_BADFILE, ALWAYS(FAIL_TLS) },
    { CURLE_USE_SSL_FAILED, ALWAYS(FAIL_TLS) },
    { CURLE_OPERATION_TIMEDOUT,
      { FAIL_TIMEOUT_CONNECT, FAIL_TIMEOUT_WAIT, FAIL_TIMEOUT_RECEIVE } },
    { CURLE_GOT_NOTHING, BROKEN },
    { CURLE_SEND_ERROR, BROKEN },
    { CURLE_RECV_ERROR, BROKEN },
    { CURLE_HTTP2_STREAM, BROKEN },
    { CURLE_PARTIAL_FILE, BROKEN },
    { CURLE_TOO_MANY_REDIRECTS, ALWAYS(FAIL_REDIRECTS) },
    { CURLE_FAILED_INIT, ALWAYS(FAIL_LOCAL_MEMORY) },
    /* So curl also calls a line of the head beyond its own 100 KiB. */
    { CURLE_OUT_OF_MEMORY,
      { FAIL_LOCAL_MEMORY, FAIL_TOO_LARGE, FAIL_TOO_LARGE } },
};
/* All others: WEIRD_SERVER_REPLY, BAD_CONTENT_ENCODING, HTTP2, … */
static const FailClass rest[] = { FAIL_CONNECT, FAIL_MALFORMED,
                                  FAIL_MALFORMED };

/* What these two stand for, too, and curl tells in words only. */
static const struct {
    const char *says;
    FailClass fail;
} told[] = {
    { "chunked-encoding", FAIL_MALFORMED },
    { "Too large response headers", FAIL_TOO_LARGE },
    { "SSL routines", FAIL_TLS },
};

static bool is_told(CURLcode code, const char *why) {
    /* OpenSSL's words for a connection that was cut. */
    return (code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR) &&
           !strstr(why, "unexpected eof");
}

FailClass transfer_fail(CURLcode code, TransferReach reach, const char *why) {
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        if (is_told(code, why) && strstr(why, told[i].says))
            return told[i].fail;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].code == code)
            return rows[i].by_reach[reach];
    return rest[reach];
}
