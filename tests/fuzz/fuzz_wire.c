/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTTP/1.1 connections, shared and not, whose server answers anything, at any
 * moment, in any pieces: see lanes.h. */
#include "lanes.h"

unsigned fuzz_rounds = 8000;

#define FINE "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: 1\r\n\r\nok"

/* What a mutation would seldom find whole. */
static const char *const answers[] = {
    FINE,
    FINE FINE,
    "HTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.0 200 OK\r\n\r\nup to the end",
    "HTTP/1.1 503 No\r\nConnection: close\r\nContent-Length: 3\r\n\r\nno\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\ncut",
};

static void speak(Link *l, Input *in) {
    uint8_t what = input_byte(in);
    size_t length;
    if (what < 32) {
        const char *text = answers[what % (sizeof answers / sizeof *answers)];
        length = strlen(text);
        if (what >= 16 && length > input_byte(in) % 64u)
            length -= in->left ? in->at[-1] % 64u : 0;
        fake_brings(l, (const uint8_t *)text, length);
        return;
    }
    const uint8_t *bytes = input_bytes(in, what, &length);
    char *exact = fuzz_exact(bytes, length);
    if (length)
        fake_brings(l, (const uint8_t *)exact, length);
    free(exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Input in = { data, size };
    lanes_try(TRANSPORT_WIRE, input_byte(&in) & 1 ? "pipeline = 3" : "", &in,
              speak);
    return 0;
}
