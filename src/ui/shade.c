/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shade.h"

static bool is_heat(uint8_t style) {
    return style >= STYLE_HEAT && style <= STYLE_HEAT_LAST;
}

uint32_t shade_rune(Glyphs font, int level) {
    static const char ascii[] = ".:-=+*#%@";
    static const uint32_t blocks[] = { 0x2591, 0x2592, 0x2593, 0x2588 };
    int i = level < 1 ? 0 : level > HEAT_LEVELS ? HEAT_LEVELS - 1 : level - 1;
    if (font == GLYPHS_ASCII)
        return (unsigned char)ascii[i * 9 / HEAT_LEVELS];
    return blocks[i * 4 / HEAT_LEVELS];
}

ScreenCell shade_cell(const ScreenCell *cell, Glyphs font) {
    ScreenCell to = *cell;
    int below = 0;
    if (cell->ground >= GROUND_HEAT && cell->ground <= GROUND_HEAT_LAST) {
        below = cell->ground - GROUND_HEAT + 1;
        to.ground = GROUND_NONE;
    }
    if (!is_heat(cell->style))
        return to;
    int level = cell->style - STYLE_HEAT + 1;
    level = level > below ? level : below;
    to.style = (uint8_t)(STYLE_HEAT + level - 1);
    to.rune = shade_rune(font, level);
    return to;
}
