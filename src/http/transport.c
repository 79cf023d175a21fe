/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/transport.h"

#include "http/h2.h"
#include "http/process.h"
#include "http/transfer.h"
#include "http/wire.h"
#include "profile/carry.h"

const TransportOps *transport_ops(TransportKind kind) {
    static const TransportOps *const ops[TRANSPORT_KINDS] = {
        [TRANSPORT_WIRE] = &wire_ops,
        [TRANSPORT_H2] = &h2_ops,
        [TRANSPORT_CURL] = &transfer_ops,
        [TRANSPORT_EXEC] = &process_ops,
    };
    return ops[kind];
}

TransportKind transport_for(const Profile *p, size_t variant, size_t request,
                            const char **why) {
    const char *reason = carry_by_curl(p, variant);
    TransportKind kind = TRANSPORT_CURL;
    if (p->requests[request].is_exec) {
        kind = TRANSPORT_EXEC;
        reason = "a command";
    } else if (!reason) {
        kind = p->target.http2 ? TRANSPORT_H2 : TRANSPORT_WIRE;
        reason = p->target.http2 ? "http = 2" : "plain HTTP/1.1";
    }
    if (why)
        *why = reason;
    return kind;
}
