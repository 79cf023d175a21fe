/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "expr/number.h"

#include <stdio.h>
#include <stdlib.h>

/* A double is decided by at most 767 digits and whether any follow. */
#define DIGITS_MOST 800
#define EXPONENT_MOST 1000000000

/* The digits that count, a point behind them, times ten to the exponent. */
typedef struct Decimal {
    bool is_negative;
    char digits[DIGITS_MOST];
    size_t count;
    int64_t exponent;
} Decimal;

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static void add_digit(Decimal *d, char c, bool is_fraction) {
    if (d->count == DIGITS_MOST) {
        d->exponent += !is_fraction;
        if (c != '0' && d->digits[DIGITS_MOST - 1] == '0')
            d->digits[DIGITS_MOST - 1] = '1';
        return;
    }
    if (d->count || c != '0')
        d->digits[d->count++] = c;
    d->exponent -= is_fraction;
}

static bool read_exponent(Decimal *d, const char *s, const char *end) {
    bool is_negative = s < end && *s == '-';
    int64_t n = 0;
    if (s < end && (*s == '-' || *s == '+'))
        s++;
    if (s == end)
        return false;
    for (; s < end && is_digit(*s); s++)
        if (n < EXPONENT_MOST)
            n = n * 10 + (*s - '0');
    d->exponent += is_negative ? -n : n;
    return s == end;
}

static bool read_decimal(Decimal *d, const char *s, const char *end) {
    d->is_negative = s < end && *s == '-';
    d->count = 0;
    d->exponent = 0;
    s += d->is_negative;
    if (s == end || !is_digit(*s))
        return false;
    for (; s < end && is_digit(*s); s++)
        add_digit(d, *s, false);
    if (s < end && *s == '.') {
        if (++s == end || !is_digit(*s))
            return false;
        for (; s < end && is_digit(*s); s++)
            add_digit(d, *s, true);
    }
    if (s < end && (*s == 'e' || *s == 'E'))
        return read_exponent(d, s + 1, end);
    return s == end;
}

/* Both factors are exact, so their product is rounded once (Clinger 1990). */
static bool convert_exactly(const Decimal *d, double *to) {
    static const double tens[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,
                                   1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
                                   1e18, 1e19, 1e20, 1e21, 1e22 };
    uint64_t n = 0;
    if (d->count > 15 || d->exponent > 22 || d->exponent < -22)
        return false;
    for (size_t i = 0; i < d->count; i++)
        n = n * 10 + (uint64_t)(d->digits[i] - '0');
    *to = d->exponent < 0 ? (double)n / tens[-d->exponent]
                          : (double)n * tens[d->exponent];
    return true;
}

bool number_read(const char *text, size_t length, double *to) {
    Decimal d;
    if (!length || !read_decimal(&d, text, text + length))
        return false;
    if (!d.count) {
        *to = 0;
    } else if (!convert_exactly(&d, to)) {
        char written[DIGITS_MOST + 32];
        snprintf(written, sizeof written, "%.*se%lld", (int)d.count, d.digits,
                 (long long)d.exponent);
        *to = strtod(written, NULL);
    }
    if (d.is_negative)
        *to = -*to;
    return true;
}

bool hex4_read(const char *s, uint32_t *to) {
    *to = 0;
    for (int i = 0; i < 4; i++) {
        char c = s[i];
        uint32_t digit = is_digit(c)            ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A') + 10
                                                : 16;
        if (digit == 16)
            return false;
        *to = *to * 16 + digit;
    }
    return true;
}

size_t utf8_write(char *to, uint32_t code) {
    size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    for (size_t i = n - 1; i > 0; i--) {
        to[i] = (char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    to[0] = (char)(lead[n] | code);
    return n;
}
