/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/units.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define LONGEST_NS ((double)(UINT64_C(365) * 24 * NS_PER_H))
#define MOST 1e12
#define PLACES_READ 1e15 /* digits further behind the point change nothing */

typedef struct Unit {
    const char *name;
    double factor;
} Unit;

static const Unit times[] = {
    { "ns", 1 },   { "us", 1e3 },   { "ms", 1e6 },    { "s", 1e9 },
    { "m", 60e9 }, { "h", 3600e9 }, { "d", 86400e9 },
};

/* A plain decimal number: no sign, exponent, hexadecimal, inf or nan. The
 * value is digits / divisor: with a factor multiplied in before dividing,
 * 1.001k is 1001 and not a hair beside it. */
static bool read_number(const char **at, double *digits, double *divisor) {
    const char *s = *at;
    if (!isdigit((unsigned char)*s) &&
        !(*s == '.' && isdigit((unsigned char)s[1])))
        return false;
    double v = 0, below = 1;
    for (; isdigit((unsigned char)*s); s++)
        v = v * 10 + (*s - '0');
    if (*s == '.')
        for (s++; isdigit((unsigned char)*s); s++)
            if (below < PLACES_READ) {
                v = v * 10 + (*s - '0');
                below *= 10;
            }
    *digits = v;
    *divisor = below;
    *at = s;
    return true;
}

int units_read_duration(const char *text, uint64_t *ns, Err *err) {
    const char *s = text;
    double sum = 0;
    if (*s == '-')
        return err_at(err, 1, "'%s': a duration cannot be negative", text);
    if (!*s)
        return err_at(err, 1, "a duration is missing, such as 30s or 1h30m");
    while (*s) {
        int column = (int)(s - text) + 1;
        double v, divisor;
        if (!read_number(&s, &v, &divisor))
            return err_at(err, column,
                          "'%s' is not a duration: write 500ms, 30s, 2m, "
                          "1h30m",
                          text);
        size_t n = 0;
        while (isalpha((unsigned char)s[n]))
            n++;
        if (n == 0) {
            if (v == 0 && !*s && column == 1)
                break;
            return err_at(err, (int)(s - text) + 1,
                          "'%s' has no unit: write %ss or %sms", text, text,
                          text);
        }
        const Unit *unit = NULL;
        for (size_t i = 0; i < sizeof times / sizeof *times; i++)
            if (strlen(times[i].name) == n && strncmp(times[i].name, s, n) == 0)
                unit = &times[i];
        if (!unit)
            return err_at(err, (int)(s - text) + 1,
                          "'%.*s' is not a unit of time: ms, s, m, h or d",
                          (int)n, s);
        sum += v * unit->factor / divisor;
        s += n;
    }
    if (sum > LONGEST_NS)
        return err_at(err, 1, "'%s' is longer than 365d", text);
    *ns = (uint64_t)llround(sum);
    return 0;
}

static int read_scaled(const char *text, const char **end, double *value,
                       const char *what, Err *err) {
    const char *s = text;
    double v, divisor, factor = 1;
    if (*s == '-')
        return err_at(err, 1, "'%s': %s cannot be negative", text, what);
    if (!read_number(&s, &v, &divisor))
        return err_at(err, 1, "'%s' is not %s: write 250, 1.5k or 2M", text,
                      what);
    if (*s == 'k')
        factor = 1e3, s++;
    else if (*s == 'M')
        factor = 1e6, s++;
    v = v * factor / divisor;
    if (v > MOST)
        return err_at(err, 1, "'%s' is too large", text);
    *value = v;
    *end = s;
    return 0;
}

int units_read_count(const char *text, double *count, Err *err) {
    const char *end;
    double v;
    if (read_scaled(text, &end, &v, "a count", err) < 0)
        return -1;
    if (*end)
        return err_at(err, (int)(end - text) + 1,
                      "'%s' goes on after the number: k or M may follow it",
                      text);
    *count = v;
    return 0;
}

int units_read_level(const char *text, double *level, bool *is_rate, Err *err) {
    static const Unit rates[] = { { "/s", 1 }, { "/m", 60 }, { "/h", 3600 } };
    const char *end;
    double v;
    if (read_scaled(text, &end, &v, "a level", err) < 0)
        return -1;
    bool rate = *end == '/';
    if (rate) {
        const Unit *unit = NULL;
        for (size_t i = 0; i < 3; i++)
            if (strcmp(rates[i].name, end) == 0)
                unit = &rates[i];
        if (!unit)
            return err_at(err, (int)(end - text) + 1,
                          "'%s' is not a rate: write /s, /m or /h", text);
        v /= unit->factor;
    } else if (*end) {
        return err_at(err, (int)(end - text) + 1,
                      "'%s' is not a level: write 250 (VUs) or 800/s "
                      "(arrivals)",
                      text);
    } else if (v != floor(v)) {
        return err_at(err, 1, "'%s': virtual users come whole", text);
    }
    *level = v;
    *is_rate = rate;
    return 0;
}

int units_read_share(const char *text, double *share, Err *err) {
    char *end;
    double v = strtod(text, &end);
    bool is_number = *text >= '0' && *text <= '9' && end != text &&
                     strcspn(text, "xX") >= (size_t)(end - text);
    if (is_number && *end == ' ' && end[1] == '%')
        end++;
    if (is_number && *end == '%') {
        v /= 100;
        end++;
    }
    if (!is_number || *end || !(v >= 0 && v <= 100))
        return err_set(err, "'%.60s' is no share such as 5%% or 0.05", text);
    *share = v;
    return 0;
}

char *units_duration(UnitsText to, uint64_t ns) {
    static const struct {
        const char *name;
        uint64_t ns;
    } parts[] = { { "d", 24 * NS_PER_H },
                  { "h", NS_PER_H },
                  { "m", NS_PER_MIN },
                  { "s", NS_PER_S },
                  { "ms", NS_PER_MS },
                  { "us", NS_PER_US },
                  { "ns", 1 } };
    size_t used = 0;
    if (ns == 0)
        snprintf(to, UNITS_TEXT_MAX, "0s");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (ns < parts[i].ns)
            continue;
        int n = snprintf(to + used, UNITS_TEXT_MAX - used, "%llu%s",
                         (unsigned long long)(ns / parts[i].ns), parts[i].name);
        used += (size_t)n;
        ns %= parts[i].ns;
    }
    return to;
}

/* What happened is not known to the nanosecond by anyone who reads it. */
char *units_span(UnitsText to, uint64_t ns) {
    const uint64_t tenth = NS_PER_S / 10;
    uint64_t tenths = (ns + tenth / 2) / tenth;
    if (ns < NS_PER_S)
        return units_duration(to, ns / NS_PER_MS * NS_PER_MS);
    if (tenths % 10 && tenths < 600)
        snprintf(to, UNITS_TEXT_MAX, "%llu.%llus",
                 (unsigned long long)(tenths / 10),
                 (unsigned long long)(tenths % 10));
    else
        units_duration(to, (tenths + (tenths < 600 ? 0 : 5)) / 10 * NS_PER_S);
    return to;
}

char *units_clock(UnitsText to, uint64_t ns) {
    unsigned long long s = ns / NS_PER_S;
    if (s >= 3600)
        snprintf(to, UNITS_TEXT_MAX, "%llu:%02llu:%02llu", s / 3600,
                 s / 60 % 60, s % 60);
    else
        snprintf(to, UNITS_TEXT_MAX, "%02llu:%02llu", s / 60, s % 60);
    return to;
}

/* Three figures at most: 4.12, 38.2, 210. */
static void three_figures(UnitsText to, double v, const char *unit) {
    int digits = v < 9.995 ? 2 : v < 99.95 ? 1 : 0;
    snprintf(to, UNITS_TEXT_MAX, "%.*f%s", digits, v, unit);
}

char *units_latency(UnitsText to, double ns) {
    if (isnan(ns) || ns < 0)
        snprintf(to, UNITS_TEXT_MAX, "-");
    else if (ns < 999.5e3)
        snprintf(to, UNITS_TEXT_MAX, "%.0f us", ns / 1e3);
    else if (ns < 999.5e6)
        three_figures(to, ns / 1e6, " ms");
    else
        three_figures(to, ns / 1e9, " s");
    return to;
}

char *units_count(UnitsText to, double n) {
    if (isnan(n))
        snprintf(to, UNITS_TEXT_MAX, "-");
    else if (n < 9.95 && n != floor(n))
        snprintf(to, UNITS_TEXT_MAX, "%.1f", n);
    else if (n < 999.5)
        snprintf(to, UNITS_TEXT_MAX, "%.0f", n);
    else if (n < 99999.5)
        snprintf(to, UNITS_TEXT_MAX, "%lld %03lld", llround(n) / 1000,
                 llround(n) % 1000);
    else if (n < 999.5e3)
        snprintf(to, UNITS_TEXT_MAX, "%.0fk", n / 1e3);
    else if (n < 999.5e6)
        three_figures(to, n / 1e6, "M");
    else
        three_figures(to, n / 1e9, "G");
    return to;
}

char *units_bytes(UnitsText to, double n) {
    if (isnan(n))
        snprintf(to, UNITS_TEXT_MAX, "-");
    else if (n < 999.5)
        snprintf(to, UNITS_TEXT_MAX, "%.0f B", n);
    else if (n < 999.5e3)
        three_figures(to, n / 1e3, " kB");
    else if (n < 999.5e6)
        three_figures(to, n / 1e6, " MB");
    else
        three_figures(to, n / 1e9, " GB");
    return to;
}

/* Ten figures, and never an exponent: levels are read back. */
char *units_level(UnitsText to, double level, bool is_rate) {
    int n = snprintf(to, UNITS_TEXT_MAX, "%.10g", level);
    if (memchr(to, 'e', (size_t)n)) {
        n = snprintf(to, UNITS_TEXT_MAX, "%.*f", level < 1 ? 15 : 0, level);
        if (n > UNITS_TEXT_MAX - 3)
            n = UNITS_TEXT_MAX - 3;
        while (level < 1 && n > 1 && strchr("0.", to[n - 1]))
            n--;
    }
    snprintf(to + n, UNITS_TEXT_MAX - (size_t)n, "%s", is_rate ? "/s" : "");
    return to;
}

char *units_percent(UnitsText to, double share) {
    double p = share * 100;
    if (isnan(p))
        snprintf(to, UNITS_TEXT_MAX, "-");
    else if (p > 0 && p < 0.005) /* some is not none, */
        snprintf(to, UNITS_TEXT_MAX, "<0.01 %%");
    else if (p >= 99.95 && p < 100) /* and most is not all */
        snprintf(to, UNITS_TEXT_MAX, ">99.9 %%");
    else
        snprintf(to, UNITS_TEXT_MAX, "%.*f %%",
                 p == 0      ? 0
                 : p < 9.995 ? 2
                 : p < 99.95 ? 1
                             : 0,
                 p);
    return to;
}
