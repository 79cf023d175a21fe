/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The themes. Their colours are tuned until tests/unit/test_theme.c holds. */
#include "ui/theme.h"

/* HEAT_LEVELS of colours for the styles or the grounds from `first` on. */
#define HEAT_EACH(first, a, b, c, d, e, f, g, h, i, j, k, l)                  \
    [(first) + 0] = (a), [(first) + 1] = (b), [(first) + 2] = (c),            \
               [(first) + 3] = (d), [(first) + 4] = (e), [(first) + 5] = (f), \
               [(first) + 6] = (g), [(first) + 7] = (h), [(first) + 8] = (i), \
               [(first) + 9] = (j), [(first) + 10] = (k), [(first) + 11] = (l)
#define HEAT(first, levels) HEAT_EACH(first, levels)

#define DARK_HEAT                                                         \
    0x1f2a4d, 0x233a66, 0x264b7a, 0x2a5d87, 0x2f718c, 0x36868a, 0x459a83, \
        0x5fae77, 0x8ac06a, 0xbccd60, 0xe8d46a, 0xfaf0b4
#define LIGHT_HEAT                                                        \
    0xdbe6f2, 0xbbdae7, 0x9bcdd5, 0x79bebc, 0x57a9a0, 0x39938a, 0x257a82, \
        0x216180, 0x24477e, 0x282b6d, 0x231753, 0x0a041c
#define COLORBLIND_HEAT                                                   \
    0x1a2f52, 0x2b4061, 0x3e4f6a, 0x545b6d, 0x6a6d72, 0x807f75, 0x968e74, \
        0xae9e6c, 0xc7af61, 0xdec354, 0xf0d864, 0xfdee8a
#define MONO_HEAT                                                         \
    0x2c2c2c, 0x3f3f3f, 0x525252, 0x666666, 0x797979, 0x8c8c8c, 0x9f9f9f, \
        0xb2b2b2, 0xc5c5c5, 0xd9d9d9, 0xececec, 0xffffff

/* p50, p95 and p99 differ in lightness too. The heat goes from night blue
 * over green to light yellow. */
const Theme theme_dark = {
    .name = "dark",
    .help = "light on dark",
    .style = {
        [STYLE_TEXT] = 0xc8cdd8,
        [STYLE_DIM] = 0x8f98ac,
        [STYLE_BRIGHT] = 0xffffff,
        [STYLE_LINE] = 0x6e768b,
        [STYLE_VUS] = 0x7fbf6a,
        [STYLE_PLAN] = 0x8a93a6,
        [STYLE_RPS] = 0x6ab0f7,
        [STYLE_P50] = 0x4fb3bf,
        [STYLE_P95] = 0xe3b341,
        [STYLE_P99] = 0xf0829b,
        [STYLE_ERRORS] = 0xf47c74,
        [STYLE_OK] = 0x7fbf6a,
        [STYLE_WARN] = 0xe3b341,
        [STYLE_BAD] = 0xf47c74,
        [STYLE_HAND] = 0xcf8ee4,
        [STYLE_MARK] = 0xff9e64,
        [STYLE_P95_LIMIT] = 0x8f7430,
        [STYLE_P99_LIMIT] = 0xac5e73,
        [STYLE_ERRORS_LIMIT] = 0xae605c,
        [STYLE_CURSOR] = 0xffffff,
        [STYLE_EARLIER] = 0x6b7896,
        HEAT(STYLE_HEAT, DARK_HEAT),
    },
    .ground = {
        [GROUND_NONE] = 0x15181f,
        [GROUND_BAR] = 0x1f2430,
        [GROUND_SELECT] = 0x26324a,
        [GROUND_FIELD] = 0x43325a,
        [GROUND_DIALOG] = 0x1d2230,
        [GROUND_OK] = 0x7fbf6a,
        [GROUND_WARN] = 0xe3b341,
        [GROUND_BAD] = 0xf47c74,
        [GROUND_HAND] = 0xcf8ee4,
        [GROUND_INTERVAL] = 0x222a42,
        [GROUND_INTERVAL_2] = 0x2f2640,
        HEAT(GROUND_HEAT, DARK_HEAT),
    },
    .heat_256 = { 18, 23, 24, 30, 36, 72, 107, 113, 149, 185, 221, 229 },
    .badge_text = 0x10131a,
};

/* The heat falls: the more, the darker. */
const Theme theme_light = {
    .name = "light",
    .help = "dark on light",
    .is_light = true,
    .style = {
        [STYLE_TEXT] = 0x2b303b,
        [STYLE_DIM] = 0x5a6272,
        [STYLE_BRIGHT] = 0x0b0d12,
        [STYLE_LINE] = 0x7a8292,
        [STYLE_VUS] = 0x2b6f1d,
        [STYLE_PLAN] = 0x5f6878,
        [STYLE_RPS] = 0x1659b0,
        [STYLE_P50] = 0x00697a,
        [STYLE_P95] = 0x7f5200,
        [STYLE_P99] = 0xb01c58,
        [STYLE_ERRORS] = 0xb3201c,
        [STYLE_OK] = 0x2b6f1d,
        [STYLE_WARN] = 0x7f5200,
        [STYLE_BAD] = 0xb3201c,
        [STYLE_HAND] = 0x7d2fa8,
        [STYLE_MARK] = 0x9c4300,
        [STYLE_P95_LIMIT] = 0xa37c1e,
        [STYLE_P99_LIMIT] = 0xbe6685,
        [STYLE_ERRORS_LIMIT] = 0xc76662,
        [STYLE_CURSOR] = 0x0b0d12,
        [STYLE_EARLIER] = 0x76839a,
        HEAT(STYLE_HEAT, LIGHT_HEAT),
    },
    .ground = {
        [GROUND_NONE] = 0xf8f9fb,
        [GROUND_BAR] = 0xe6e9ef,
        [GROUND_SELECT] = 0xd9e3f5,
        [GROUND_FIELD] = 0xe6d9f2,
        [GROUND_DIALOG] = 0xeef0f5,
        [GROUND_OK] = 0x2b6f1d,
        [GROUND_WARN] = 0x7f5200,
        [GROUND_BAD] = 0xb3201c,
        [GROUND_HAND] = 0x7d2fa8,
        [GROUND_INTERVAL] = 0xe2e8f8,
        [GROUND_INTERVAL_2] = 0xf0e4f4,
        HEAT(GROUND_HEAT, LIGHT_HEAT),
    },
    .heat_256 = { 189, 152, 116, 80, 73, 37, 31, 30, 25, 24, 18, 17 },
    .badge_text = 0xffffff,
};

/* After Okabe and Ito's colours (jfly.uni-koeln.de/color, 2008): sky blue,
 * yellow and vermilion, these two lightened; sky blue stands for good. The
 * heat goes from blue to yellow, as in cividis (Nunez, Anderton, Renslow
 * 2018). */
const Theme theme_colorblind = {
    .name = "colorblind",
    .help = "hues that stay apart for all eyes",
    .style = {
        [STYLE_TEXT] = 0xd0d4dc,
        [STYLE_DIM] = 0x979dab,
        [STYLE_BRIGHT] = 0xffffff,
        [STYLE_LINE] = 0x717785,
        [STYLE_VUS] = 0x56b4e9,
        [STYLE_PLAN] = 0x9097a5,
        [STYLE_RPS] = 0x56b4e9,
        [STYLE_P50] = 0x4fa8e0,
        [STYLE_P95] = 0xf0e442,
        [STYLE_P99] = 0xea7e49,
        [STYLE_ERRORS] = 0xea7e49,
        [STYLE_OK] = 0x4fa8e0,
        [STYLE_WARN] = 0xf0e442,
        [STYLE_BAD] = 0xea7e49,
        [STYLE_HAND] = 0xd890ba,
        [STYLE_MARK] = 0xf5c26b,
        [STYLE_P95_LIMIT] = 0x8a8430,
        [STYLE_P99_LIMIT] = 0xad643c,
        [STYLE_ERRORS_LIMIT] = 0xad643c,
        [STYLE_CURSOR] = 0xffffff,
        [STYLE_EARLIER] = 0x747c90,
        HEAT(STYLE_HEAT, COLORBLIND_HEAT),
    },
    .ground = {
        [GROUND_NONE] = 0x14161a,
        [GROUND_BAR] = 0x20242c,
        [GROUND_SELECT] = 0x24324a,
        [GROUND_FIELD] = 0x3a3550,
        [GROUND_DIALOG] = 0x1c2028,
        [GROUND_OK] = 0x4fa8e0,
        [GROUND_WARN] = 0xf0e442,
        [GROUND_BAD] = 0xea7e49,
        [GROUND_HAND] = 0xd890ba,
        [GROUND_INTERVAL] = 0x20293c,
        [GROUND_INTERVAL_2] = 0x2e2838,
        HEAT(GROUND_HEAT, COLORBLIND_HEAT),
    },
    .heat_256 = { 18, 24, 60, 242, 243, 101, 137, 143, 179, 185, 221, 228 },
    .badge_text = 0x101318,
};

/* For those who want no colours, and for paper. */
const Theme theme_mono = {
    .name = "mono",
    .help = "greys, weight and underlining",
    .is_grey = true,
    .style = {
        [STYLE_TEXT] = 0xcccccc,
        [STYLE_DIM] = 0x969696,
        [STYLE_BRIGHT] = 0xffffff,
        [STYLE_LINE] = 0x7b7b7b,
        [STYLE_VUS] = 0xdadada,
        [STYLE_PLAN] = 0x909090,
        [STYLE_RPS] = 0xdadada,
        [STYLE_P50] = 0x9c9c9c,
        [STYLE_P95] = 0xc6c6c6,
        [STYLE_P99] = 0xffffff,
        [STYLE_ERRORS] = 0xffffff,
        [STYLE_OK] = 0xcccccc,
        [STYLE_WARN] = 0xe4e4e4,
        [STYLE_BAD] = 0xffffff,
        [STYLE_HAND] = 0xf2f2f2,
        [STYLE_MARK] = 0xe4e4e4,
        [STYLE_P95_LIMIT] = 0x7b7b7b,
        [STYLE_P99_LIMIT] = 0x828282,
        [STYLE_ERRORS_LIMIT] = 0x828282,
        [STYLE_CURSOR] = 0xffffff,
        [STYLE_EARLIER] = 0x7b7b7b,
        HEAT(STYLE_HEAT, MONO_HEAT),
    },
    .ground = {
        [GROUND_NONE] = 0x161616,
        [GROUND_BAR] = 0x262626,
        [GROUND_SELECT] = 0x333333,
        [GROUND_FIELD] = 0x3a3a3a,
        [GROUND_DIALOG] = 0x1f1f1f,
        [GROUND_OK] = 0xb4b4b4,
        [GROUND_WARN] = 0xdcdcdc,
        [GROUND_BAD] = 0xffffff,
        [GROUND_HAND] = 0xe8e8e8,
        [GROUND_INTERVAL] = 0x2a2a2a,
        [GROUND_INTERVAL_2] = 0x303030,
        HEAT(GROUND_HEAT, MONO_HEAT),
    },
    .heat_256 = { 236, 238, 239, 241, 243, 245, 247, 249, 251, 253, 255, 231 },
    .badge_text = 0x101010,
};
