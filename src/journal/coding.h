/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coding.h: histograms as text: HdrHistogram's compressed V2 encoding in
 * base64 ("HISTFAAA..."), which its own tools read.
 * Source: HdrHistogram's V2 encoding (cookie 0x1c849314, length, zlib, all
 * big-endian, around what hist_encode writes); RFC 4648, section 4.
 *
 * A Coder keeps zlib's memory and is used again and again; one thread. {0}
 * is a new one. */
#ifndef ONRUSH_JOURNAL_CODING_H
#define ONRUSH_JOURNAL_CODING_H

#include "stats/hist.h"

typedef struct CoderStreams CoderStreams;

typedef struct Coder {
    Text plain, packed;
    CoderStreams *streams;
} Coder;

void coder_close(Coder *c);
/* Appends the text. */
void coder_print(Coder *c, const Hist *h, Text *to);
/* Adds what the text holds; min, max and sum as hist_decode_add leaves
 * them. -1 with err when it is none. */
int coder_read(Coder *c, const char *text, size_t length, Hist *to, Err *err);

#endif
