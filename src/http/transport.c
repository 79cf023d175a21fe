/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/transport.h"

#include "http/wire.h"

const TransportOps *transport_ops(TransportKind kind) {
    static const TransportOps *const ops[TRANSPORT_KINDS] = {
        [TRANSPORT_WIRE] = &wire_ops,
    };
    return ops[kind];
}

TransportKind transport_for(const Profile *p, size_t request,
                            const char **why) {
    (void)p;
    (void)request;
    if (why)
        *why = "plain HTTP/1.1";
    return TRANSPORT_WIRE;
}
