/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clean.h: what may reach a terminal, said once more and in another way than
 * base/text.c says it: valid UTF-8 (RFC 3629, table of its section 4) without
 * control characters (C0, DEL, C1), without those that turn the direction
 * (Unicode, UAX #9, 2), and without what is there but not seen (general
 * category Cf, separators of lines, tags, specials, noncharacters). */
#ifndef ONRUSH_TESTS_FUZZ_CLEAN_H
#define ONRUSH_TESTS_FUZZ_CLEAN_H

#include "fuzz.h"

/* The length of the character at s, 0 for none; *rune gets it. */
static inline size_t clean_char(const uint8_t *s, size_t left, uint32_t *rune) {
    static const struct {
        uint8_t low, high, least, most; /* first byte; second */
        size_t length;
    } rows[] = {
        { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
        { 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 },
        { 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
        { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
    };
    if (left == 0)
        return 0;
    *rune = s[0];
    if (s[0] < 0x80)
        return 1;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t n = rows[i].length;
        if (s[0] < rows[i].low || s[0] > rows[i].high || n > left ||
            s[1] < rows[i].least || s[1] > rows[i].most)
            continue;
        *rune = s[0] & (0xffu >> (n + 1));
        for (size_t k = 1; k < n; k++) {
            if ((s[k] & 0xc0) != 0x80)
                return 0;
            *rune = *rune << 6 | (s[k] & 0x3f);
        }
        return n;
    }
    return 0;
}

/* lines: '\n' may be in it. */
static inline bool clean_is(const char *text, size_t length, bool lines) {
    const uint8_t *s = (const uint8_t *)text;
    while (length) {
        uint32_t r = 0;
        size_t n = clean_char(s, length, &r);
        bool is_control = r < 0x20 || (r >= 0x7f && r < 0xa0);
        bool hides = r == 0xad || r == 0x34f || r == 0x61c ||
                     (r >= 0x180b && r <= 0x180f) ||
                     (r >= 0x200b && r <= 0x200f) ||
                     (r >= 0x2028 && r <= 0x202e) ||
                     (r >= 0x2060 && r <= 0x206f) || r == 0xfeff ||
                     (r >= 0xfff0 && r <= 0xfffb) ||
                     (r >= 0xfdd0 && r <= 0xfdef) || (r & 0xfffe) == 0xfffe ||
                     (r >= 0xe0000 && r <= 0xe0fff);
        if (!n || hides || (is_control && !(lines && r == '\n')))
            return false;
        s += n;
        length -= n;
    }
    return true;
}

#define must_be_clean(text) must(clean_is((text), strlen(text), false))

#endif
