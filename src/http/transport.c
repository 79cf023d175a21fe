/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/transport.h"

#include "http/h2.h"
#include "http/wire.h"

const TransportOps *transport_ops(TransportKind kind) {
    static const TransportOps *const ops[TRANSPORT_KINDS] = {
        [TRANSPORT_WIRE] = &wire_ops,
        [TRANSPORT_H2] = &h2_ops,
    };
    return ops[kind];
}

TransportKind transport_for(const Profile *p, size_t request,
                            const char **why) {
    (void)request;
    const char *reason = "plain HTTP/1.1";
    TransportKind kind = TRANSPORT_WIRE;
    if (p->target.http2 && p->target.transport != TRANSPORT_ONLY_CURL) {
        reason = "http = 2";
        kind = TRANSPORT_H2;
    }
    if (why)
        *why = reason;
    return kind;
}
