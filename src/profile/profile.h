/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile.h: what one run does, read from an INI file.
 * A Profile is fixed once read: any thread may read it. Texts live in its
 * arena. Times in ns. */
#ifndef ONRUSH_PROFILE_PROFILE_H
#define ONRUSH_PROFILE_PROFILE_H

#include "base/err.h"
#include "base/mem.h"
#include "base/rng.h"
#include "expr/expr.h"
#include "plan/plan.h"
#include "plan/stage_text.h"
#include "profile/monitor_spec.h"
#include "profile/reader.h"
#include "profile/vars.h"
#include "stats/threshold.h"

#define PROFILE_REQUESTS_MAX 200
#define PROFILE_CHECKS_MAX 1000
#define PROFILE_MAX_VUS_DEFAULT 10000
#define PROFILE_MAX_VUS_MOST 1000000

/* What a check may name; the slots of its ExprValues. */
typedef enum CheckSlot {
    CHECK_STATUS,
    CHECK_TIME, /* ms, as http_req_duration */
    CHECK_WAITING,
    CHECK_SIZE, /* bytes of the body */
    CHECK_BODY,
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

typedef struct Request {
    const char *name, *method, *path;
    const char *body; /* NULL: none */
    size_t body_length;
    Vars path_vars, body_vars; /* differ from request to request */
    Header *headers;
    size_t header_count, header_cap;
    Check *checks;
    size_t check_count, check_cap;
    uint64_t uses; /* CheckSlots that its checks read, as bits */
    int line;
} Request;

typedef enum ThinkKind {
    THINK_NONE,
    THINK_FIXED,   /* a */
    THINK_UNIFORM, /* a..b */
    THINK_EXP,     /* mean a */
    THINK_NORMAL,  /* mean a, deviation b */
} ThinkKind;

typedef struct Think {
    ThinkKind kind;
    double a_ns, b_ns;
} Think;

/* A sequence of requests that one iteration makes. */
typedef struct Flow {
    uint32_t *steps; /* indices of requests */
    size_t count, cap;
    double weight; /* share of the iterations, among the flows' sum */
} Flow;

typedef struct Url {
    bool tls; /* from the first byte on */
    const char *host; /* without the brackets of an IPv6 address */
    bool is_ipv6;
    int port;
    const char *prefix; /* path before every request's, "" or "/api" */
    const char *text;   /* as shown */
    const char *scheme; /* "http" */
    bool is_ftp;
} Url;

typedef enum NewConnection {
    NEW_CONNECTION_NEVER, /* when the target closed the old one */
    NEW_CONNECTION_ITERATION,
    NEW_CONNECTION_REQUEST,
} NewConnection;

typedef enum TransportWish {
    TRANSPORT_AUTO,
    TRANSPORT_ONLY_WIRE,
    TRANSPORT_ONLY_CURL,
} TransportWish;

typedef enum AuthScheme {
    AUTH_NONE,
    AUTH_BASIC,
    AUTH_DIGEST,
    AUTH_NEGOTIATE,
} AuthScheme;

/* How the target is reached and spoken to. NULL and 0: not asked for. */
typedef struct TargetOptions {
    bool http2;
    uint64_t streams;  /* VUs that share an HTTP/2 connection */
    uint64_t pipeline; /* VUs that share an HTTP/1.1 connection */
    NewConnection new_connection;
    uint64_t connects_at_once; /* connections a worker makes; 0: any */
    TransportWish transport;
    uint64_t redirects;
    bool cookies, decompress;
    AuthScheme auth;
    const char *credentials; /* USER:PASSWORD */
    const char *proxy;       /* URL */
    const char **resolve;    /* HOST:PORT:ADDRESS */
    size_t resolve_count, resolve_cap;
    const char **local; /* addresses to connect from, in turn */
    size_t local_count, local_cap;
    const char *interface, *unix_socket;
    bool tls_verify;
    const char *tls_ca; /* a file of certificates, NULL: the system's */
    const char *tls_cert, *tls_key;
} TargetOptions;

typedef struct Profile {
    Arena arena;
    Ini ini; /* as read, with what the command line changed */
    const char *path, *name, *kind, *description;
    double start;
    LevelUnit unit;      /* of the stages */
    uint64_t max_vus;    /* that an arrival rate may have at once */
    uint64_t iterations; /* 0: no limit */
    uint64_t graceful_stop_ns, graceful_ramp_down_ns;
    Url url;
    uint64_t timeout_ns;
    TargetOptions target;
    Header *headers; /* for every request */
    size_t header_count, header_cap;
    Plan plan;
    Request *requests;
    size_t request_count, request_cap;
    Flow *flows;
    size_t flow_count, flow_cap;
    double flow_weight; /* sum */
    Think think;
    ThresholdList thresholds;
    MonitorSpec monitor;
    /* For the recorder. */
    const char **request_names, **check_labels;
    uint32_t *check_series;
    size_t check_total;
} Profile;

/* What the command line changes, in this order. Zero: nothing. */
typedef struct ProfileOptions {
    const char *url, *stages;
    const char *const *sets; /* "section.key=value" */
    size_t set_count;
    double time_scale, load_scale;
} ProfileOptions;

/* Reads and checks everything; every mistake goes to *diags. 0 when there
 * was none; then *out is to be closed. */
int profile_read(Profile *out, const char *path, const ProfileOptions *options,
                 Diags *diags);
/* From memory; path is for messages and for @files. */
int profile_read_text(Profile *out, const char *text, size_t length,
                      const char *path, const ProfileOptions *options,
                      Diags *diags);
void profile_close(Profile *p);

/* Appends an INI file that makes this run again, with `plan` (as executed,
 * up to until_ns) for its stages. ${…} stays as it was written. */
void profile_print(const Profile *p, const Plan *plan, uint64_t until_ns,
                   Text *to);

/* A think time, in ns. */
uint64_t think_draw(const Think *t, Rng *r);

#endif
