/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pack.h: a histogram laid by in few bytes: HdrHistogram's varint counters
 * (hist_encode_counters), and for longer deflated (RFC 1951, zlib): a
 * thousand samples take some 700 bytes then.
 *
 * A Packer owns zlib's memory and is used again and again; one thread. {0}
 * is a new one. */
#ifndef ONRUSH_STATS_PACK_H
#define ONRUSH_STATS_PACK_H

#include "stats/hist.h"

typedef struct Packed Packed;
typedef struct PackerStreams PackerStreams;

typedef struct Packer {
    Text encoded;
    char *room; /* for what zlib writes */
    size_t room_size;
    PackerStreams *streams;
} Packer;

void packer_close(Packer *p);
/* free() it. */
Packed *pack_hist(Packer *p, const Hist *h);
/* Takes packed, gives back what is smaller: free() that. */
Packed *packed_squeeze(Packer *p, Packed *packed);
/* Adds what was packed. */
void unpack_hist(Packer *p, const Packed *packed, Hist *to);
bool packed_equal(const Packed *a, const Packed *b);
size_t packed_bytes(const Packed *p); /* memory that it takes */

#endif
