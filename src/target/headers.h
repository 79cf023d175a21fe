/* SPDX-License-Identifier: GPL-3.0-or-later */
/* headers.h: the few header fields that the test server looks at, gathered
 * from the pieces in which they come. Others are skipped without a copy.
 * Pure; embedded in a request and zeroed at first. */
#ifndef ONRUSH_TARGET_HEADERS_H
#define ONRUSH_TARGET_HEADERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

#define HEADERS_NAME_MAX 16 /* longer names are of no interest */
#define HEADERS_TRACE_LENGTH 55

typedef struct Headers {
    char name[HEADERS_NAME_MAX];
    size_t name_length; /* the true one */
    bool in_name;
    const struct HeaderRule *rule; /* of the field at hand, or NULL */
    Text value;
    /* What was found: */
    bool has_host;
    bool expects;  /* Expect: 100-continue */
    uint64_t user; /* whose Bearer token or session cookie; 0: neither */
    /* As W3C Trace Context has it: 00-TRACE-PARENT-FLAGS, "" without one
     * that is valid. https://www.w3.org/TR/trace-context/ */
    char trace[HEADERS_TRACE_LENGTH + 1];
} Headers;

/* For the next request; keeps the memory unless it is large. */
void headers_begin(Headers *h);
void headers_close(Headers *h);
/* A piece of a field's name, or of its value. */
void headers_name(Headers *h, const char *at, size_t length);
void headers_value(Headers *h, const char *at, size_t length);
void headers_name_end(Headers *h);
void headers_value_end(Headers *h);

#endif
