/* SPDX-License-Identifier: GPL-3.0-or-later */
/* call.h: one request to one of the target's services (shop, tasks, RPC):
 * what its handler is told and what it answers, and what handlers share.
 * Pure: the time comes with the call. */
#ifndef ONRUSH_TARGET_CALL_H
#define ONRUSH_TARGET_CALL_H

#include <jansson.h>

#include "target/answer.h"
#include "target/settings.h"

#define CALL_PLAIN 0 /* a status: the system's own answer fits better */

typedef struct ServiceCall {
    /* asked */
    const char *rest; /* of the path, behind the service's own */
    size_t rest_length;
    const char *query; /* behind '?', up to '#' or the end; or "" */
    const char *body;
    size_t body_length;
    uint64_t user;     /* Headers.user */
    const char *trace; /* Headers.trace */
    TargetChain chain;
    uint64_t now_ns;
    /* answered: JSON */
    int status;
    bool is_shed; /* for lack of a waiting place */
    Text *fields; /* further header lines, each with its CR LF */
    Text *to;     /* the answer's body */
} ServiceCall;

/* {"ok":false,"error":why} */
void call_fail(ServiceCall *c, int status, const char *why);
/* The body, which must be a JSON object; NULL: answered with 400. */
json_t *call_object(ServiceCall *c);
/* A member that is a text and not empty, or NULL. */
const char *call_text(const json_t *object, const char *name);
/* Text from outside as a JSON string in ASCII. */
void call_add_json(ServiceCall *c, const json_t *text);
/* "t-17" with the prefix "t-": 17; 0: no such id. */
uint64_t call_id(const ServiceCall *c, const char *prefix);
/* name=VALUE of the query: a whole number without a sign, at most 9 digits;
 * missing when it is not there, -1 when it cannot be read. */
int64_t call_query_number(const ServiceCall *c, const char *name,
                          int64_t missing);
/* "1234" as 12.34 */
void call_add_cents(Text *to, uint64_t cents);
/* `Name: value-17` */
void call_add_field(ServiceCall *c, const char *begin, uint64_t number);

#endif
