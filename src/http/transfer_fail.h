/* SPDX-License-Identifier: GPL-3.0-or-later */
/* transfer_fail.h: libcurl's error codes as classes of failure. Pure. */
#ifndef ONRUSH_HTTP_TRANSFER_FAIL_H
#define ONRUSH_HTTP_TRANSFER_FAIL_H

#include <curl/curl.h>

#include "stats/slab.h"

/* How far the exchange came. */
typedef enum TransferReach {
    REACH_NOTHING, /* not connected, or not through to the target */
    REACH_REQUEST, /* a request was begun, no byte of an answer came */
    REACH_ANSWER,
} TransferReach;

/* code is not CURLE_OK; why: what curl says. */
FailClass transfer_fail(CURLcode code, TransferReach reach, const char *why);

#endif
