/* SPDX-License-Identifier: GPL-3.0-or-later */
/* example.h: one request that failed, as it went: what was asked, what came
 * back, what went wrong. All texts are clean for a terminal: nothing but
 * printable characters, and '\n' between the lines of request and answer.
 * Secrets (base/secret.h) are shown as "***", unless --keep-secrets.
 *
 * A kind is a FailClass, or EXAMPLE_OF_CHECK(i) of the profile's i-th check. */
#ifndef ONRUSH_STATS_EXAMPLE_H
#define ONRUSH_STATS_EXAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAIL_EXAMPLE_MAX 120
#define EXAMPLE_TEXT_MAX 4096

typedef struct Example {
    bool is_there;   /* else nothing below counts */
    uint32_t series; /* its scenario and request */
    uint64_t vu;
    uint64_t end_ns;            /* clock_now; as Failures have it: run time */
    uint64_t took_ns;           /* from when it was asked for to its end */
    int status;                 /* 0 without an answer */
    char why[FAIL_EXAMPLE_MAX]; /* "home: status 503" */
    /* Heads, an empty line and the beginning of the body. */
    char request[EXAMPLE_TEXT_MAX];
    char answer[EXAMPLE_TEXT_MAX]; /* empty: nothing came, or it is not known */
} Example;

#endif
