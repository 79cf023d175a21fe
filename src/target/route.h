/* SPDX-License-Identifier: GPL-3.0-or-later */
/* route.h: which behaviour a request's path asks for. Pure. */
#ifndef ONRUSH_TARGET_ROUTE_H
#define ONRUSH_TARGET_ROUTE_H

#include "target/settings.h"

#define ROUTE_CHUNKS_MAX 10000

/* The services' paths; POSTED: to be sent with a body, otherwise read. */
#define TARGET_SERVICES(X)          \
    X(TASKS, "/tasks", true)        \
    X(TASK, "/tasks/", false)       \
    X(LOGIN, "/login", true)        \
    X(ACCOUNT, "/account", false)   \
    X(PRODUCTS, "/products", false) \
    X(PRODUCT, "/products/", false) \
    X(ORDERS, "/orders", true)      \
    X(ORDER, "/orders/", false)     \
    X(RPC, "/rpc/", true)

typedef enum ServiceId {
#define X(id, path, is_posted) SERVICE_##id,
    TARGET_SERVICES(X)
#undef X
        SERVICE_COUNT
} ServiceId;

typedef enum RouteKind {
    ROUTE_SYSTEM,  /* everything that is not below */
    ROUTE_SERVICE, /* a service behind the system */
    ROUTE_DELAY,
    ROUTE_STATUS,
    ROUTE_SIZE,
    ROUTE_JSON,
    ROUTE_CHUNKED,
    ROUTE_ERRORS,
    ROUTE_ECHO,
    ROUTE_CLOSE,
    ROUTE_FAULT,
    ROUTE_BAD, /* one of the above with an argument that cannot be read */
    ROUTE_CONTROL,
    ROUTE_CONTROL_DOWN,
    ROUTE_CONTROL_LOG,
    ROUTE_METRICS,
    ROUTE_CONTROL_UNKNOWN,
} RouteKind;

typedef struct Route {
    RouteKind kind;
    union {
        uint64_t delay_ns;
        uint64_t bytes;
        double share;
        int status;
        int chunks;
        TargetFault fault;
        ServiceId service;
    };
} Route;

/* url: a request target in any of HTTP's forms, NUL-terminated; what follows
 * '?' or '#' counts for nothing. err is filled for ROUTE_BAD only. */
Route route_read(const char *url, Err *err);
/* Control requests, and those for metrics, are not counted as received. */
bool route_is_control(const Route *r);
/* Does the answer need the request's body? */
bool route_wants_body(const Route *r);
bool service_is_posted(ServiceId id);
/* The path's own length; what follows in the request is its argument. */
size_t service_path_length(ServiceId id);
/* The path's length within url, and where it begins. */
const char *route_path(const char *url, size_t *length);

#endif
