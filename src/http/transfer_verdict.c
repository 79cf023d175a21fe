/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What became of a request: did it leave, and which failure is it? */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "http/reach.h"
#include "http/transfer_fail.h"
#include "http/transfer_lane.h"

long transfer_request_bytes(const TransferLane *l) {
    long bytes = 0;
    curl_easy_getinfo(l->easy, CURLINFO_REQUEST_SIZE, &bytes);
    return bytes;
}

/* A redirect may have turned a POST into a GET. */
static uint64_t body_to_send(const TransferLane *l) {
    const char *method = NULL;
    if (l->asked > 1)
        curl_easy_getinfo(l->easy, CURLINFO_EFFECTIVE_METHOD, &method);
    bool has_none = method && (text_equal(method, "GET") ||
                               text_equal(method, "HEAD"));
    return has_none ? 0 : l->x->form->body.length;
}

/* A new try makes curl forget what it uploaded: then what it had taken
 * counts, for a small body leaves with its head. */
bool transfer_is_out(const TransferLane *l) {
    curl_off_t uploaded = 0;
    uint64_t body = body_to_send(l);
    if (!l->asked)
        return false;
    curl_easy_getinfo(l->easy, CURLINFO_SIZE_UPLOAD_T, &uploaded);
    if (l->is_again)
        uploaded = (curl_off_t)(l->read_most ? l->read_most : body);
    return (transfer_is_ftp(l) || transfer_request_bytes(l) > l->size_before) &&
           (uint64_t)uploaded >= body;
}

static FailClass class_of(const TransferLane *l, CURLcode code) {
    TransferReach reach = !l->asked         ? REACH_NOTHING
                          : l->x->first_ns ? REACH_ANSWER
                                           : REACH_REQUEST;
    return transfer_fail(code, reach, l->why);
}

/* An FTP server's refusal is an answer. A refused login, before there was a
 * request, is a failure that keeps the VU from knocking on. */
static FailClass ftp_verdict(TransferLane *l, CURLcode code) {
    long status = 0;
    curl_easy_getinfo(l->easy, CURLINFO_RESPONSE_CODE, &status);
    bool is_refusal = code == CURLE_LOGIN_DENIED ||
                      code == CURLE_REMOTE_ACCESS_DENIED ||
                      code == CURLE_REMOTE_FILE_NOT_FOUND ||
                      code == CURLE_FTP_COULDNT_RETR_FILE ||
                      code == CURLE_UPLOAD_FAILED;
    if (code != CURLE_OK && (!is_refusal || status < 400 || status > 599))
        return class_of(l, code);
    l->head.status = (int)status;
    if (!l->asked)
        return status < 500 ? FAIL_HTTP_4XX : FAIL_HTTP_5XX;
    return FAIL_NONE;
}

/* Does the body end with the connection, and TLS said nothing of an end? */
static bool is_cut(const TransferLane *l) {
    const Head *h = &l->head;
    bool has_end = h->has_length || h->has_coding || h->version != 1 ||
                   h->status == 204 || h->status == 304;
    return !has_end && !l->was_ended && !l->x->request->is_head &&
           transfer_hears_ends(l);
}

FailClass transfer_verdict(TransferLane *l, CURLcode code) {
    if (l->fail != FAIL_NONE) {
        snprintf(l->why, sizeof l->why, "%s", l->fail_why);
        return l->fail;
    }
    if (code != CURLE_OK && l->is_guarded) {
        snprintf(l->why, sizeof l->why, "%s%s",
                 l->asked ? "a redirect: " : "", l->refused);
        return l->asked ? FAIL_REDIRECTS : FAIL_CONNECT;
    }
    long os_errno = 0;
    curl_easy_getinfo(l->easy, CURLINFO_OS_ERRNO, &os_errno);
    FailClass local = FAIL_NONE;
    /* INTERFACE_FAILED: the address is not ours, whatever the errno. */
    if (code != CURLE_OK && !l->asked && code != CURLE_INTERFACE_FAILED)
        local = multi_local_fail(l->os_errno ? l->os_errno : (int)os_errno,
                                 l->why, sizeof l->why);
    if (local != FAIL_NONE)
        return local;
    /* curl has that in its log only. */
    if (code != CURLE_OK && !l->asked &&
        reach_why(l->transfer->profile, code, (int)os_errno, l->why,
                  sizeof l->why))
        return class_of(l, code);
    if (code == CURLE_COULDNT_CONNECT && os_errno)
        snprintf(l->why, sizeof l->why, "%s", strerror((int)os_errno));
    if (code != CURLE_OK && !l->why[0])
        snprintf(l->why, sizeof l->why, "%s", curl_easy_strerror(code));
    if (transfer_is_ftp(l))
        return ftp_verdict(l, code);
    if (code != CURLE_OK)
        return class_of(l, code);
    if (l->head.is_done && is_cut(l)) {
        snprintf(l->why, sizeof l->why,
                 "closed without close_notify: is the body whole?");
        return FAIL_TLS;
    }
    if (l->head.is_done)
        return FAIL_NONE;
    snprintf(l->why, sizeof l->why,
             "the connection was closed within the answer");
    return FAIL_TRUNCATED;
}

/* curl says when only after the handshake. */
static bool is_connected(const TransferLane *l) {
    struct sockaddr_storage to;
    socklen_t size = sizeof to;
    return getpeername(l->socket, (struct sockaddr *)&to, &size) == 0;
}

FailClass transfer_timed_out(const TransferLane *l, const char **why) {
    const Exchange *x = l->x;
    if (!l->easy) {
        *why = "libcurl has no memory for a handle";
        return FAIL_LOCAL_MEMORY;
    }
    *why = "no connection within the time limit";
    if (l->state == LANE_QUEUED)
        return FAIL_TIMEOUT_CONNECT;
    if (!l->asked && l->socket == CURL_SOCKET_BAD) {
        *why = "the name was not resolved within the time limit";
        return FAIL_TIMEOUT_RESOLVE;
    }
    if (!l->asked && is_connected(l) && l->transfer->to->tls) {
        *why = "no TLS handshake within the time limit";
        return FAIL_TIMEOUT_TLS;
    }
    if (!l->asked)
        return FAIL_TIMEOUT_CONNECT;
    if (l->is_asking && !transfer_is_out(l)) {
        *why = "the target did not read the request";
        return FAIL_TIMEOUT_SEND;
    }
    *why = x->first_ns ? "the answer was not complete within the limit"
                       : "no answer within the time limit";
    return x->first_ns ? FAIL_TIMEOUT_RECEIVE : FAIL_TIMEOUT_WAIT;
}
