/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/theme.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

const Theme *const themes[] = { &theme_dark, &theme_light, &theme_colorblind,
                                &theme_mono };
const size_t theme_count = sizeof themes / sizeof *themes;

/* --- choosing ----------------------------------------------------------- */

const Theme *theme_find(const char *name) {
    if (text_equal(name, "auto"))
        return theme_for(getenv("COLORFGBG"));
    for (size_t i = 0; i < theme_count; i++)
        if (text_equal(themes[i]->name, name))
            return themes[i];
    return NULL;
}

const char *theme_near(const char *wrote) {
    const char *names[sizeof themes / sizeof *themes + 1] = { "auto" };
    for (size_t i = 0; i < theme_count; i++)
        names[i + 1] = themes[i]->name;
    return text_nearest(wrote, names, theme_count + 1);
}

const Theme *theme_next(const Theme *theme) {
    size_t i = 0;
    while (i < theme_count && themes[i] != theme)
        i++;
    return themes[(i + 1) % theme_count];
}

const Theme *theme_for(const char *colorfgbg) {
    const char *ground = colorfgbg ? strrchr(colorfgbg, ';') : NULL;
    char *end = NULL;
    long n = ground ? strtol(ground + 1, &end, 10) : -1;
    if (!end || end == ground + 1 || *end)
        return &theme_dark;
    return n == 7 || (n >= 9 && n <= 15) ? &theme_light : &theme_dark;
}

/* --- colours ------------------------------------------------------------ */

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

#define ENTRY_FIRST 16
#define ENTRY_LAST 255
#define ENTRY_GREY 232
/* More is no easier to read, but would cost the hue. */
#define CONTRAST_ENOUGH 6

/* xterm's cube of 6 x 6 x 6 (16..231) and its 24 greys (232..255). */
static Rgb entry(int n) {
    static const int steps[] = { 0, 95, 135, 175, 215, 255 };
    int i = n - ENTRY_FIRST, grey = 8 + 10 * (n - ENTRY_GREY);
    return n < ENTRY_GREY
               ? (Rgb){ steps[i / 36], steps[i / 6 % 6], steps[i % 6] }
               : (Rgb){ grey, grey, grey };
}

uint32_t theme_entry(int n) {
    Rgb c = entry(n);
    return (uint32_t)c.r << 16 | (uint32_t)c.g << 8 | (uint32_t)c.b;
}

static int nearest_256(Rgb c) {
    int best = ENTRY_FIRST, least = 1 << 30;
    for (int n = ENTRY_FIRST; n <= ENTRY_LAST; n++) {
        int d = distance(c, entry(n));
        if (d < least) {
            least = d;
            best = n;
        }
    }
    return best;
}

static double linear(int channel) {
    double c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

double theme_luminance(uint32_t rgb) {
    Rgb c = split(rgb);
    return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
}

double theme_contrast(uint32_t a, uint32_t b) {
    double x = theme_luminance(a), y = theme_luminance(b);
    return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

typedef struct Lab {
    double l, a, b;
} Lab;

/* Oklab (Ottosson, 2020): distances in it are as they are seen, so that a
 * quiet blue becomes a grey, not a louder green. The hue counts more than the
 * lightness, of which the contrast takes care. */
static Lab lab_of(Rgb c) {
    double r = linear(c.r), g = linear(c.g), b = linear(c.b);
    double l = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    double m = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    double s = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return (Lab){ 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
                  1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
                  0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s };
}

static double seen_distance(Lab x, Lab y) {
    double l = (x.l - y.l) / 2, a = x.a - y.a, b = x.b - y.b;
    return l * l + a * a + b * b;
}

/* Of those whose contrast to back is enough. */
static int nearest_on(Rgb c, uint32_t back, double contrast) {
    Lab wanted = lab_of(c);
    int best = ENTRY_FIRST;
    double least = INFINITY;
    for (int n = ENTRY_FIRST; n <= ENTRY_LAST; n++) {
        double d = seen_distance(wanted, lab_of(entry(n)));
        if (d < least && theme_contrast(theme_entry(n), back) >= contrast) {
            least = d;
            best = n;
        }
    }
    return best;
}

int theme_nearest_on(uint32_t rgb, uint32_t ground, int back) {
    uint32_t on = theme_entry(back);
    double most = fmax(theme_contrast(on, 0), theme_contrast(on, 0xffffff));
    double wanted = fmin(theme_contrast(rgb, ground), CONTRAST_ENOUGH);
    return nearest_on(split(rgb), on, fmin(wanted, most) * 0.98);
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
