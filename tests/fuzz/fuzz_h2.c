/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTTP/2 connections whose server sends any frames, at any moment, in any
 * pieces: see lanes.h. */
#include "lanes.h"

unsigned fuzz_rounds = 8000;

/* Settings; status 200 whole and with a body to come; 103; 404; 503 with
 * lower-case fields; trailers; refused; goodbye. */
static const char settings[] = "\0\0\0\4\0\0\0\0\0";

static void bring(Link *l, const void *bytes, size_t length) {
    char *exact = fuzz_exact(bytes, length);
    if (length)
        fake_brings(l, (const uint8_t *)exact, length);
    free(exact);
}

/* A frame whose length is right: type, flags, half the stream's number, then
 * the length and so many bytes. */
static void bring_frame(Link *l, Input *in) {
    uint8_t frame[9 + 255];
    size_t length;
    uint8_t type = input_byte(in), flags = input_byte(in);
    uint8_t stream = input_byte(in), size = input_byte(in);
    const uint8_t *bytes = input_bytes(in, size, &length);
    memset(frame, 0, 9);
    frame[2] = (uint8_t)length;
    frame[3] = type % 11;
    frame[4] = flags;
    frame[8] = stream ? (uint8_t)(stream * 2 - 1) : 0;
    memcpy(frame + 9, bytes, length);
    bring(l, frame, 9 + length);
}

static void speak(Link *l, Input *in) {
    uint8_t what = input_byte(in);
    size_t length;
    if (what < 32) {
        bring(l, settings, 9);
    } else if (what < 224) {
        bring_frame(l, in);
    } else { /* raw */
        const uint8_t *bytes = input_bytes(in, what - 223u, &length);
        bring(l, bytes, length);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Input in = { data, size };
    lanes_try(TRANSPORT_H2,
              input_byte(&in) & 1 ? "http = 2\nstreams = 3"
                                  : "http = 2\nstreams = 1",
              &in, speak);
    return 0;
}
