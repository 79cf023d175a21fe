/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/glyph.h"

#include <math.h>

#include "ui/utf8.h"

static const char *const table[GLYPH_COUNT][3] = {
#define X(id, ascii, console, all)               \
    [GLYPH_##id] = { [GLYPHS_ASCII] = (ascii),   \
                     [GLYPHS_BLOCK] = (console), \
                     [GLYPHS_BRAILLE] = (all) },
    GLYPH_TABLE(X)
#undef X
};

const char *glyph_text(Glyphs font, Glyph g) {
    return table[g][font];
}

uint32_t glyph_rune(Glyphs font, Glyph g) {
    const char *s = table[g][font];
    return utf8_next(&s);
}

uint32_t glyph_level(Glyphs font, double share) {
    static const char ascii[] = "_.-:=+*#";
    unsigned step = (unsigned)lround(fmin(fmax(share, 0), 1) * 7);
    return font == GLYPHS_ASCII ? (unsigned char)ascii[step] : 0x2581 + step;
}
