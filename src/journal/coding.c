/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/coding.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/mem.h"

#define COOKIE UINT32_C(0x1c849314)
#define HEADER 8 /* cookie and length */
#define LEVEL 1
#define WINDOW_BITS 9 /* counters repeat nothing that is far away */
#define MEM_LEVEL 6
/* All counters at nine bytes, and the payload's header. */
#define PLAIN_MAX ((size_t)HIST_PAGES * HIST_PAGE * 9 + 64)

struct CoderStreams {
    z_stream deflate, inflate;
};

static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Memory never fails in this house, so that zlib's calls cannot. */
static voidpf on_alloc(voidpf user, uInt count, uInt size) {
    (void)user;
    return mem_alloc(count, size);
}

static void on_free(voidpf user, voidpf memory) {
    (void)user;
    free(memory);
}

static CoderStreams *streams_of(Coder *c) {
    if (c->streams)
        return c->streams;
    CoderStreams *s = c->streams = mem_new(CoderStreams);
    s->deflate.zalloc = s->inflate.zalloc = on_alloc;
    s->deflate.zfree = s->inflate.zfree = on_free;
    int rc = deflateInit2(&s->deflate, LEVEL, Z_DEFLATED, WINDOW_BITS,
                          MEM_LEVEL, Z_HUFFMAN_ONLY);
    rc |= inflateInit(&s->inflate); /* others' windows are larger */
    assert(rc == Z_OK);
    (void)rc;
    return s;
}

void coder_close(Coder *c) {
    if (c->streams) {
        deflateEnd(&c->streams->deflate);
        inflateEnd(&c->streams->inflate);
    }
    free(c->streams);
    text_close(&c->plain);
    text_close(&c->packed);
    *c = (Coder){ 0 };
}

/* Room for so many bytes behind what is there; they count as there. */
static char *extend(Text *t, size_t bytes) {
    if (t->length + bytes + 1 > t->cap) {
        t->cap = (t->length + bytes + 1) * 2;
        t->bytes = mem_resize(t->bytes, t->cap, 1);
    }
    char *at = t->bytes + t->length;
    t->length += bytes;
    t->bytes[t->length] = '\0';
    return at;
}

/* --- base64 ------------------------------------------------------------- */

static void print_base64(const char *bytes, size_t length, Text *to) {
    const unsigned char *b = (const unsigned char *)bytes;
    char *at = extend(to, (length + 2) / 3 * 4);
    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        uint32_t v = (uint32_t)b[i] << 16;
        v |= left > 1 ? (uint32_t)b[i + 1] << 8 : 0;
        v |= left > 2 ? b[i + 2] : 0;
        *at++ = digits[v >> 18];
        *at++ = digits[v >> 12 & 63];
        *at++ = left > 1 ? digits[v >> 6 & 63] : '=';
        *at++ = left > 2 ? digits[v & 63] : '=';
    }
}

/* By character, 64: it is none of them. */
static unsigned char values[256];

static void make_values(void) {
    memset(values, 64, sizeof values);
    for (unsigned char i = 0; i < 64; i++)
        values[(unsigned char)digits[i]] = i;
}

/* Into to->bytes; false: it is no base64. */
static bool read_base64(const char *text, size_t length, Text *to) {
    text_clear(to);
    while (length && text[length - 1] == '=')
        length--;
    size_t bytes = length / 4 * 3 + (length % 4 ? length % 4 - 1 : 0);
    if (length % 4 == 1)
        return false;
    unsigned char *at = (unsigned char *)extend(to, bytes + 2);
    to->length = bytes;
    unsigned char wrong = 0;
    for (size_t i = 0; i < length; i += 4, at += 3) {
        uint32_t v = 0;
        for (size_t k = 0; k < 4; k++) {
            unsigned char d =
                i + k < length ? values[(unsigned char)text[i + k]] : 0;
            wrong |= d & 64;
            v = v << 6 | d;
        }
        at[0] = (unsigned char)(v >> 16);
        if (i + 2 < length)
            at[1] = (unsigned char)(v >> 8);
        if (i + 3 < length)
            at[2] = (unsigned char)v;
    }
    return !wrong;
}

/* --- histograms --------------------------------------------------------- */

static void put_be(char *to, uint32_t v) {
    for (int i = 0; i < 4; i++)
        to[i] = (char)(v >> (24 - 8 * i));
}

static uint32_t get_be(const char *from) {
    uint32_t v = 0;
    for (int i = 0; i < 4; i++)
        v = v << 8 | (unsigned char)from[i];
    return v;
}

void coder_print(Coder *c, const Hist *h, Text *to) {
    z_stream *z = &streams_of(c)->deflate;
    text_clear(&c->plain);
    text_clear(&c->packed);
    hist_encode(h, &c->plain);
    size_t room = deflateBound(z, c->plain.length);
    char *at = extend(&c->packed, HEADER + room);
    deflateReset(z);
    z->next_in = (Bytef *)c->plain.bytes;
    z->avail_in = (uInt)c->plain.length;
    z->next_out = (Bytef *)at + HEADER;
    z->avail_out = (uInt)room;
    int rc = deflate(z, Z_FINISH);
    assert(rc == Z_STREAM_END);
    (void)rc;
    size_t length = room - z->avail_out;
    put_be(at, COOKIE);
    put_be(at + 4, (uint32_t)length);
    print_base64(at, HEADER + length, to);
}

int coder_read(Coder *c, const char *text, size_t length, Hist *to, Err *err) {
    z_stream *z = &streams_of(c)->inflate;
    if (!values['A' + 1])
        make_values();
    if (!read_base64(text, length, &c->packed))
        return err_set(err, "the histogram is no base64");
    const char *bytes = c->packed.bytes;
    size_t have = c->packed.length;
    if (have < HEADER || get_be(bytes) != COOKIE ||
        get_be(bytes + 4) > have - HEADER)
        return err_set(err, "this is no compressed HdrHistogram (V2)");
    text_clear(&c->plain);
    char *room = extend(&c->plain, PLAIN_MAX);
    inflateReset(z);
    z->next_in = (Bytef *)(uintptr_t)bytes + HEADER;
    z->avail_in = get_be(bytes + 4);
    z->next_out = (Bytef *)room;
    z->avail_out = (uInt)PLAIN_MAX;
    if (inflate(z, Z_FINISH) != Z_STREAM_END)
        return err_set(err, "the histogram's compressed part is broken");
    return hist_decode_add(to, room, PLAIN_MAX - z->avail_out, err);
}
