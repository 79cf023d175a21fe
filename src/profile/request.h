/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request.h: what one [request NAME] asks for and does with the answer.
 * Fixed once read; texts live in the profile's arena. Times in ns. */
#ifndef ONRUSH_PROFILE_REQUEST_H
#define ONRUSH_PROFILE_REQUEST_H

#include "expr/expr.h"
#include "profile/vars.h"
#include "stats/series.h"

/* What an expression about an answer may name; the slots of its numbers. */
typedef enum CheckSlot {
    CHECK_STATUS,
    CHECK_TIME, /* ms, as http_req_duration; all phases, too */
    CHECK_BLOCKED,
    CHECK_CONNECTING,
    CHECK_TLS,
    CHECK_SENDING,
    CHECK_WAITING,
    CHECK_RECEIVING,
    CHECK_SIZE, /* bytes of the body */
    CHECK_SLOTS
} CheckSlot;

extern const ExprName check_names[CHECK_SLOTS];

typedef struct Header {
    const char *name, *value;
    Vars vars; /* in the value */
} Header;

typedef struct Check {
    const char *name; /* as written, or its expression */
    const Expr *expr;
    uint32_t index; /* among all checks of the profile */
} Check;

/* A variable that is taken from the answer. */
typedef struct Extract {
    uint32_t slot; /* of Profile.extracted */
    const Expr *value;
} Extract;

/* A value that goes to a metric of the profile. */
typedef struct Record {
    uint32_t metric; /* of Profile.metrics */
    const Expr *value;
} Record;

/* Asked again until a condition holds. */
typedef struct Poll {
    const Expr *until; /* NULL: asked once */
    uint64_t every_ns, give_up_ns;
    uint32_t metric; /* of Profile.metrics: from the first ask to done */
} Poll;

typedef struct Request {
    const char *name, *method, *path; /* method "exec": path is the command */
    const char *body; /* NULL: none */
    size_t body_length;
    Vars path_vars, body_vars; /* differ from request to request */
    Header *headers;
    size_t header_count, header_cap;
    Check *checks;
    size_t check_count, check_cap;
    Extract *extracts;
    size_t extract_count, extract_cap;
    Record *records;
    size_t record_count, record_cap;
    Poll poll;
    Label *tags;
    size_t tag_count, tag_cap;
    bool keeps_body, keeps_head; /* its expressions read them */
    bool is_exec;
    int line;
} Request;

#endif
