/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/utf8.h"

#define BROKEN 0xfffdu

uint32_t utf8_next(const char **s) {
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    const unsigned char *p = (const unsigned char *)*s;
    if (!*p)
        return 0;
    int length = *p < 0x80             ? 1
                 : (*p & 0xe0) == 0xc0 ? 2
                 : (*p & 0xf0) == 0xe0 ? 3
                 : (*p & 0xf8) == 0xf0 ? 4
                                       : 0;
    uint32_t rune = length == 1 ? *p : *p & (0x7fu >> length);
    int read = 1;
    /* the NUL at the end continues nothing: never read beyond it */
    while (read < length && (p[read] & 0xc0) == 0x80)
        rune = rune << 6 | (p[read++] & 0x3fu);
    if (length == 0 || read < length || rune < least[length] ||
        rune > 0x10ffff || (rune & ~0x7ffu) == 0xd800) {
        *s += 1;
        return BROKEN;
    }
    *s += length;
    return rune;
}

int utf8_put(char to[4], uint32_t rune) {
    if (rune < 0x80) {
        to[0] = (char)rune;
        return 1;
    }
    int length = rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
    for (int i = length - 1; i > 0; i--, rune >>= 6)
        to[i] = (char)(0x80 | (rune & 0x3f));
    to[0] = (char)((0xf00u >> length & 0xff) | rune);
    return length;
}
