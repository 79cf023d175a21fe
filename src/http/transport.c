/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/transport.h"

#include "http/transfer.h"
#include "http/wire.h"
#include "profile/carry.h"

const TransportOps *transport_ops(TransportKind kind) {
    static const TransportOps *const ops[TRANSPORT_KINDS] = {
        [TRANSPORT_WIRE] = &wire_ops,
        [TRANSPORT_CURL] = &transfer_ops,
    };
    return ops[kind];
}

TransportKind transport_for(const Profile *p, size_t request,
                            const char **why) {
    const char *need = carry_by_curl(p);
    (void)request;
    if (why)
        *why = need ? need : "plain HTTP/1.1";
    return need ? TRANSPORT_CURL : TRANSPORT_WIRE;
}
