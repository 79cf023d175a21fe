/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/theme.h"

/* From night blue over green to light yellow: rising in lightness, so that it
 * can be read without hue. */
#define HEAT(first)                                                \
    [(first) + 0] = 0x1f2a4d, [(first) + 1] = 0x233a66,            \
               [(first) + 2] = 0x264b7a, [(first) + 3] = 0x2a5d87, \
               [(first) + 4] = 0x2f718c, [(first) + 5] = 0x36868a, \
               [(first) + 6] = 0x459a83, [(first) + 7] = 0x5fae77, \
               [(first) + 8] = 0x8ac06a, [(first) + 9] = 0xbccd60, \
               [(first) + 10] = 0xe8d46a, [(first) + 11] = 0xfaf0b4

/* Hues that stay apart for the usual kinds of colour blindness: p50 blue
 * green, p95 yellow, p99 pink differ in lightness too. */
const Theme theme_dark = {
    .name = "dark",
    .style = {
        [STYLE_TEXT] = 0xc8cdd8,
        [STYLE_DIM] = 0x7b8498,
        [STYLE_BRIGHT] = 0xffffff,
        [STYLE_LINE] = 0x434b5e,
        [STYLE_VUS] = 0x7fbf6a,
        [STYLE_PLAN] = 0x8a93a6,
        [STYLE_RPS] = 0x5fa8f5,
        [STYLE_P50] = 0x4fb3bf,
        [STYLE_P95] = 0xe3b341,
        [STYLE_P99] = 0xe0607e,
        [STYLE_ERRORS] = 0xe5534b,
        [STYLE_OK] = 0x7fbf6a,
        [STYLE_WARN] = 0xe3b341,
        [STYLE_BAD] = 0xe5534b,
        [STYLE_HAND] = 0xc678dd,
        [STYLE_MARK] = 0xff9e64,
        [STYLE_P95_LIMIT] = 0x7d6527,
        [STYLE_P99_LIMIT] = 0x8a4054,
        [STYLE_ERRORS_LIMIT] = 0x8a3c38,
        [STYLE_CURSOR] = 0xffffff,
        [STYLE_EARLIER] = 0x5c6a85,
        HEAT(STYLE_HEAT),
    },
    .ground = {
        [GROUND_NONE] = 0x15181f,
        [GROUND_BAR] = 0x232936,
        [GROUND_SELECT] = 0x2d3b55,
        [GROUND_FIELD] = 0x4a3560,
        [GROUND_DIALOG] = 0x1d2230,
        [GROUND_OK] = 0x7fbf6a,
        [GROUND_WARN] = 0xe3b341,
        [GROUND_BAD] = 0xe5534b,
        [GROUND_HAND] = 0xc678dd,
        [GROUND_INTERVAL] = 0x2a3350,
        [GROUND_INTERVAL_2] = 0x3a2d4a,
        HEAT(GROUND_HEAT),
    },
    .badge_text = 0x10131a,
};

const int theme_heat_256[HEAT_LEVELS] = { 17, 23,  24,  30,  36,  71,
                                          107, 113, 149, 185, 221, 229 };

typedef struct Rgb {
    int r, g, b;
} Rgb;

static Rgb split(uint32_t rgb) {
    return (Rgb){ (int)(rgb >> 16 & 0xff), (int)(rgb >> 8 & 0xff),
                  (int)(rgb & 0xff) };
}

static int distance(Rgb a, Rgb b) {
    int r = a.r - b.r, g = a.g - b.g, k = a.b - b.b;
    return r * r + g * g + k * k;
}

/* xterm's cube of 6 x 6 x 6 (16..231) and its 24 greys (232..255). */
static int nearest_256(Rgb c) {
    static const int steps[] = { 0, 95, 135, 175, 215, 255 };
    int best = 16, least = 1 << 30;
    for (int i = 0; i < 216 + 24; i++) {
        int grey = 8 + 10 * (i - 216);
        Rgb x = i < 216 ? (Rgb){ steps[i / 36], steps[i / 6 % 6], steps[i % 6] }
                        : (Rgb){ grey, grey, grey };
        int d = distance(c, x);
        if (d < least) {
            least = d;
            best = 16 + i;
        }
    }
    return best;
}

/* The palette of 8 and 16 belongs to the user, so plain distance would be to
 * colours that nobody knows, and dark greys would vanish into black: take the
 * hue, and of greys the lightness. */
static int nearest_16(Rgb c, bool bright) {
    int most = c.r > c.g ? c.r : c.g, least = c.r < c.g ? c.r : c.g;
    most = most > c.b ? most : c.b;
    least = least < c.b ? least : c.b;
    if ((most - least) * 5 < most * 2) { /* a grey */
        if (!bright)
            return most < 0x40 ? 0 : 7;
        return most < 0x40 ? 0 : most < 0xb0 ? 8 : most < 0xf0 ? 7 : 15;
    }
    int middle = (most + least) / 2;
    int hue = (c.r > middle ? 1 : 0) | (c.g > middle ? 2 : 0) |
              (c.b > middle ? 4 : 0);
    return hue + (bright && most >= 0xb0 ? 8 : 0);
}

int theme_nearest(uint32_t rgb, ColorDepth depth) {
    Rgb c = split(rgb);
    if (depth >= COLOR_256)
        return nearest_256(c);
    return nearest_16(c, depth == COLOR_16);
}
