/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define DISTANCE_MAX 63

static void reserve(Text *t, size_t more) {
    size_t need = t->length + more + 1;
    if (need <= t->cap)
        return;
    size_t cap = t->cap ? t->cap : 64;
    while (cap < need)
        cap *= 2;
    t->bytes = mem_resize(t->bytes, cap, 1);
    t->cap = cap;
}

void text_add(Text *t, const char *bytes, size_t length) {
    reserve(t, length);
    if (length)
        memcpy(t->bytes + t->length, bytes, length);
    t->length += length;
    t->bytes[t->length] = '\0';
}

void text_adds(Text *t, const char *text) {
    text_add(t, text, strlen(text));
}

void text_addv(Text *t, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int need = vsnprintf(NULL, 0, format, args);
    if (need > 0) {
        reserve(t, (size_t)need);
        vsnprintf(t->bytes + t->length, (size_t)need + 1, format, again);
        t->length += (size_t)need;
    }
    va_end(again);
}

void text_addf(Text *t, const char *format, ...) {
    va_list args;
    va_start(args, format);
    text_addv(t, format, args);
    va_end(args);
}

void text_clear(Text *t) {
    t->length = 0;
    if (t->bytes)
        t->bytes[0] = '\0';
}

void text_close(Text *t) {
    free(t->bytes);
    *t = (Text){ 0 };
}

char *text_take(Text *t) {
    char *bytes = t->bytes ? t->bytes : mem_dup_text("");
    *t = (Text){ 0 };
    return bytes;
}

/* Length of the well-formed UTF-8 character at s (RFC 3629), 0 if broken. */
static size_t utf8_length(const unsigned char *s, size_t left,
                          uint32_t *point) {
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t n = s[0] < 0x80             ? 1
               : (s[0] & 0xe0) == 0xc0 ? 2
               : (s[0] & 0xf0) == 0xe0 ? 3
               : (s[0] & 0xf8) == 0xf0 ? 4
                                       : 0;
    if (n == 0 || n > left)
        return 0;
    uint32_t p = n == 1 ? s[0] : s[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        p = p << 6 | (s[i] & 0x3fu);
    }
    if (p < least[n] || p > 0x10ffff || (p >= 0xd800 && p <= 0xdfff))
        return 0;
    *point = p;
    return n;
}

/* Would a terminal act on it, show the text in another order, or show nothing
 * where something stands? */
static bool is_harmful(uint32_t p) {
    if ((p & 0xfffe) == 0xfffe) /* no characters */
        return true;
    static const struct {
        uint32_t from, to;
    } ranges[] = {
        { 0, 0x1f },       { 0x7f, 0x9f },     { 0xad, 0xad },
        { 0x34f, 0x34f },  { 0x61c, 0x61c },   { 0x180b, 0x180f },
        { 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
        { 0xfdd0, 0xfdef }, { 0xfeff, 0xfeff }, { 0xfff0, 0xfffb },
        { 0xe0000, 0xe0fff },
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (p <= ranges[i].to)
            return p >= ranges[i].from;
    return false;
}

char *text_clean(char *to, size_t size, const char *from, size_t length) {
    const unsigned char *s = (const unsigned char *)from;
    size_t out = 0;
    for (size_t i = 0; i < length;) {
        uint32_t point = 0;
        size_t n = utf8_length(s + i, length - i, &point);
        const char *write = from + i;
        size_t bytes = n;
        if (n == 0) {
            write = "\xef\xbf\xbd";
            bytes = 3;
            n = 1;
        } else if (is_harmful(point)) {
            write = point == '\t' ? " " : "?";
            bytes = 1;
        }
        if (out + bytes >= size)
            break;
        memcpy(to + out, write, bytes);
        out += bytes;
        i += n;
    }
    to[out] = '\0';
    return to;
}

char *text_clean_copy(const char *from) {
    size_t length = strlen(from);
    size_t room = length * 3 + 1; /* U+FFFD takes three bytes */
    return text_clean(mem_alloc(room, 1), room, from, length);
}

static bool is_within(char ch) {
    return ((unsigned char)ch & 0xc0) == 0x80;
}

char *text_shorten(char *to, size_t size, const char *from) {
    size_t length = strlen(from);
    if (length < size) {
        memcpy(to, from, length + 1);
        return to;
    }
    size_t tail = (size - 4) / 2, head = size - 4 - tail;
    while (head && is_within(from[head]))
        head--;
    while (tail && is_within(from[length - tail]))
        tail--;
    memcpy(to, from, head);
    memcpy(to + head, "...", 3);
    memcpy(to + head + 3, from + length - tail, tail + 1);
    return to;
}

void text_add_lines(Text *t, const char *text) {
    size_t room = strlen(text) * 3 + 1;
    char *clean = mem_alloc(room, 1);
    for (;;) {
        size_t n = strcspn(text, "\n");
        text_adds(t, text_clean(clean, room, text, n));
        if (!text[n])
            break;
        text_adds(t, "\n");
        text += n + 1;
    }
    free(clean);
}

void text_put(FILE *to, const char *text) {
    Text clean = { 0 };
    text_add_lines(&clean, text);
    fputs(clean.bytes, to);
    text_close(&clean);
}

int text_to(FILE *to, const char *format, ...) {
    char *text;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0)
        return length;
    text_put(to, text);
    free(text);
    return ferror(to) ? -1 : length;
}

static size_t min3(size_t a, size_t b, size_t c) {
    size_t m = a < b ? a : b;
    return m < c ? m : c;
}

size_t text_distance(const char *a, const char *b) {
    size_t n = strlen(a), m = strlen(b);
    if (n > DISTANCE_MAX || m > DISTANCE_MAX)
        return SIZE_MAX;
    size_t row[3][DISTANCE_MAX + 1];
    size_t *before = row[0], *last = row[1], *now = row[2];
    for (size_t j = 0; j <= m; j++)
        last[j] = j;
    memcpy(before, last, sizeof row[0]);
    for (size_t i = 1; i <= n; i++) {
        now[0] = i;
        int x = tolower((unsigned char)a[i - 1]);
        for (size_t j = 1; j <= m; j++) {
            int y = tolower((unsigned char)b[j - 1]);
            now[j] = min3(last[j] + 1, now[j - 1] + 1, last[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
                tolower((unsigned char)a[i - 2]) == y &&
                before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
        size_t *turn = before;
        before = last;
        last = now;
        now = turn;
    }
    return last[m];
}

const char *text_nearest(const char *wrote, const char *const *names,
                         size_t count) {
    size_t limit = strlen(wrote) / 3, best = SIZE_MAX;
    const char *found = NULL;
    if (limit < 1)
        limit = 1;
    for (size_t i = 0; i < count; i++) {
        size_t d = text_distance(wrote, names[i]);
        if (d <= limit && d < best) {
            best = d;
            found = names[i];
        }
    }
    return found;
}

char *text_trim(char *text) {
    while (isspace((unsigned char)*text))
        text++;
    size_t n = strlen(text);
    while (n && isspace((unsigned char)text[n - 1]))
        text[--n] = '\0';
    return text;
}

bool text_equal(const char *a, const char *b) {
    return strcmp(a, b) == 0;
}

bool text_starts(const char *text, const char *with) {
    return strncmp(text, with, strlen(with)) == 0;
}
