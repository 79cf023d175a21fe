/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/pack.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/mem.h"

/* What is packed has no repeats worth a search: Huffman's code alone is both
 * smaller and faster than any level. It is short, too: little memory. */
#define WINDOW_BITS (-9) /* raw: no header, no checksum */
#define MEM_LEVEL 4
#define LEVEL 1

struct Packed {
    uint32_t length;  /* of bytes */
    uint32_t encoded; /* length before it was deflated; 0: it was not */
    char bytes[];
};

struct PackerStreams {
    z_stream deflate, inflate;
};

/* Memory never fails in this house, so that zlib's calls cannot. */
static voidpf on_alloc(voidpf user, uInt count, uInt size) {
    (void)user;
    return mem_alloc(count, size);
}

static void on_free(voidpf user, voidpf memory) {
    (void)user;
    free(memory);
}

static PackerStreams *streams_of(Packer *p) {
    if (p->streams)
        return p->streams;
    PackerStreams *s = p->streams = mem_new(PackerStreams);
    s->deflate.zalloc = s->inflate.zalloc = on_alloc;
    s->deflate.zfree = s->inflate.zfree = on_free;
    int rc = deflateInit2(&s->deflate, LEVEL, Z_DEFLATED, WINDOW_BITS,
                          MEM_LEVEL, Z_HUFFMAN_ONLY);
    rc |= inflateInit2(&s->inflate, WINDOW_BITS);
    assert(rc == Z_OK);
    (void)rc;
    return s;
}

static Bytef *room_for(Packer *p, size_t bytes) {
    if (p->room_size < bytes) {
        p->room = mem_resize(p->room, bytes, 1);
        p->room_size = bytes;
    }
    return (Bytef *)p->room;
}

void packer_close(Packer *p) {
    if (p->streams) {
        deflateEnd(&p->streams->deflate);
        inflateEnd(&p->streams->inflate);
    }
    free(p->streams);
    text_close(&p->encoded);
    free(p->room);
    *p = (Packer){ 0 };
}

static Packed *packed_new(const char *bytes, size_t length, size_t encoded) {
    Packed *packed = mem_alloc(sizeof *packed + length, 1);
    packed->length = (uint32_t)length;
    packed->encoded = (uint32_t)encoded;
    if (length) /* no sample, no byte */
        memcpy(packed->bytes, bytes, length);
    return packed;
}

Packed *pack_hist(Packer *p, const Hist *h) {
    text_clear(&p->encoded);
    hist_encode_counters(h, &p->encoded);
    return packed_new(p->encoded.bytes, p->encoded.length, 0);
}

Packed *packed_squeeze(Packer *p, Packed *packed) {
    if (packed->encoded || packed->length == 0)
        return packed;
    z_stream *z = &streams_of(p)->deflate;
    deflateReset(z);
    z->next_in = (Bytef *)packed->bytes;
    z->avail_in = packed->length;
    z->next_out = room_for(p, packed->length);
    z->avail_out = packed->length;
    if (deflate(z, Z_FINISH) != Z_STREAM_END)
        return packed; /* it gets no smaller */
    Packed *small =
        packed_new(p->room, packed->length - z->avail_out, packed->length);
    free(packed);
    return small;
}

static void stretch(Packer *p, const Packed *packed) {
    z_stream *z = &streams_of(p)->inflate;
    inflateReset(z);
    z->next_in = (Bytef *)(uintptr_t)packed->bytes;
    z->avail_in = packed->length;
    z->next_out = room_for(p, packed->encoded);
    z->avail_out = packed->encoded;
    int rc = inflate(z, Z_FINISH);
    assert(rc == Z_STREAM_END && z->avail_out == 0);
    (void)rc;
}

void unpack_hist(Packer *p, const Packed *packed, Hist *to) {
    const char *bytes = packed->bytes;
    size_t length = packed->length;
    if (packed->encoded) {
        stretch(p, packed);
        bytes = p->room;
        length = packed->encoded;
    }
    int rc = hist_decode_counters(to, bytes, length, NULL);
    assert(rc == 0);
    (void)rc;
}

bool packed_equal(const Packed *a, const Packed *b) {
    return a->length == b->length && a->encoded == b->encoded &&
           memcmp(a->bytes, b->bytes, a->length) == 0;
}

size_t packed_bytes(const Packed *p) {
    return sizeof *p + p->length;
}
