/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "expr/json.h"

#include <endian.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "expr/lex.h"
#include "expr/number.h"

#define REPLACEMENT 0xfffd

/* --- the scanner: s in, behind what was read out, NULL when it is broken - */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static const char *skip_blanks(const char *s, const char *end) {
    while (s < end && (*s == ' ' || *s == '\n' || *s == '\r' || *s == '\t'))
        s++;
    return s;
}

static const char *scan_digits(const char *s, const char *end) {
    if (s == end || !is_digit(*s))
        return NULL;
    while (s < end && is_digit(*s))
        s++;
    return s;
}

static const char *scan_number(const char *s, const char *end) {
    s += *s == '-';
    if (s < end && *s == '0')
        s++;
    else if (!(s = scan_digits(s, end)))
        return NULL;
    if (s < end && *s == '.' && !(s = scan_digits(s + 1, end)))
        return NULL;
    if (s < end && (*s == 'e' || *s == 'E')) {
        s++;
        if (s < end && (*s == '+' || *s == '-'))
            s++;
        s = scan_digits(s, end);
    }
    return s;
}

static bool is_tail(const char *s, const char *end, int count, int least,
                    int most) {
    if (end - s <= count)
        return false;
    for (int i = 1; i <= count; i++)
        if (((unsigned char)s[i] & 0xc0) != 0x80)
            return false;
    int first = (unsigned char)s[1];
    return first >= least && first <= most;
}

/* A character beyond ASCII; RFC 3629, section 4. */
static const char *scan_utf8(const char *s, const char *end) {
    unsigned char c = (unsigned char)*s;
    if (c >= 0xc2 && c <= 0xdf)
        return is_tail(s, end, 1, 0x80, 0xbf) ? s + 2 : NULL;
    if (c >= 0xe0 && c <= 0xef)
        return is_tail(s, end, 2, c == 0xe0 ? 0xa0 : 0x80,
                       c == 0xed ? 0x9f : 0xbf)
                   ? s + 3
                   : NULL;
    if (c >= 0xf0 && c <= 0xf4)
        return is_tail(s, end, 3, c == 0xf0 ? 0x90 : 0x80,
                       c == 0xf4 ? 0x8f : 0xbf)
                   ? s + 4
                   : NULL;
    return NULL;
}

static const char *scan_escape(const char *s, const char *end) {
    uint32_t code;
    if (end - s < 2)
        return NULL;
    if (s[1] == 'u')
        return end - s >= 6 && hex4_read(s + 2, &code) ? s + 6 : NULL;
    return s[1] && strchr("\"\\/bfnrt", s[1]) ? s + 2 : NULL;
}

/* How many of the eight bytes at s, from the first on, are neither " nor \\ nor
 * a control byte, and ASCII. All eight at once: a borrow of the subtractions
 * marks what is behind a marked byte only, and the first one counts. */
static size_t count_plain(const char *s) {
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
    uint64_t w;
    memcpy(&w, s, sizeof w);
    w = le64toh(w);
    uint64_t quote = w ^ (ones * '"'), slash = w ^ (ones * '\\');
    uint64_t marks =
        ((quote - ones) | (slash - ones) | (w - ones * 0x20) | w) & high;
    return marks ? (size_t)__builtin_ctzll(marks) / 8 : 8;
}

/* Behind all plain bytes of a string. */
static const char *skip_plain(const char *s, const char *end) {
    while (end - s >= 8) {
        size_t n = count_plain(s);
        s += n;
        if (n < 8)
            return s;
    }
    while (s < end && (unsigned char)*s >= 0x20 && (unsigned char)*s < 0x80 &&
           *s != '"' && *s != '\\')
        s++;
    return s;
}

/* s: behind the opening quote. */
static const char *scan_string(const char *s, const char *end,
                               bool *has_escapes) {
    *has_escapes = false;
    while (s) {
        s = skip_plain(s, end);
        if (s == end || (unsigned char)*s < 0x20)
            return NULL;
        if (*s == '"')
            return s + 1;
        *has_escapes |= *s == '\\';
        s = *s == '\\' ? scan_escape(s, end) : scan_utf8(s, end);
    }
    return NULL;
}

static const char *scan_word(const char *s, const char *end, const char *word) {
    size_t n = strlen(word);
    return (size_t)(end - s) >= n && memcmp(s, word, n) == 0 ? s + n : NULL;
}

/* Anything but an array or object. */
static const char *scan_plain(const char *s, const char *end, JsonValue *v) {
    *v = (JsonValue){ .at = s };
    const char *after = NULL;
    if (*s == '"') {
        v->kind = JSON_IS_STRING;
        v->at = s + 1;
        after = scan_string(s + 1, end, &v->has_escapes);
        v->length = after ? (size_t)(after - 1 - v->at) : 0;
        return after;
    }
    if (*s == '-' || is_digit(*s)) {
        v->kind = JSON_IS_NUMBER;
        after = scan_number(s, end);
    } else if (*s == 't') {
        v->kind = JSON_IS_TRUE;
        after = scan_word(s, end, "true");
    } else if (*s == 'f') {
        v->kind = JSON_IS_FALSE;
        after = scan_word(s, end, "false");
    } else if (*s == 'n') {
        v->kind = JSON_IS_NULL;
        after = scan_word(s, end, "null");
    }
    v->length = after ? (size_t)(after - s) : 0;
    return after;
}

/* `"key" :` and blanks; *key is what stands between the quotes. */
static const char *scan_key(const char *s, const char *end, JsonValue *key) {
    if (s == end || *s != '"' || !(s = scan_plain(s, end, key)))
        return NULL;
    s = skip_blanks(s, end);
    return s < end && *s == ':' ? skip_blanks(s + 1, end) : NULL;
}

/* Which of the open brackets are objects; those up to `base` are not ours. */
typedef struct Nest {
    uint64_t is_object[JSON_DEPTH_MAX / 64];
    size_t base, depth;
} Nest;

static bool nest_push(Nest *n, bool is_object) {
    if (n->depth >= JSON_DEPTH_MAX)
        return false;
    uint64_t bit = UINT64_C(1) << (n->depth % 64);
    uint64_t *word = &n->is_object[n->depth++ / 64];
    *word = is_object ? *word | bit : *word & ~bit;
    return true;
}

static bool nest_in_object(const Nest *n) {
    return n->is_object[(n->depth - 1) / 64] >> ((n->depth - 1) % 64) & 1;
}

/* Opening brackets up to a plain value or an empty pair; behind it. */
static const char *scan_down(const char *s, const char *end, Nest *n) {
    JsonValue v;
    while (s && s < end && (*s == '{' || *s == '[')) {
        bool is_object = *s == '{';
        if (!nest_push(n, is_object))
            return NULL;
        s = skip_blanks(s + 1, end);
        if (s < end && *s == (is_object ? '}' : ']')) {
            n->depth--;
            return s + 1;
        }
        if (is_object)
            s = scan_key(s, end, &v);
    }
    return s && s < end ? scan_plain(s, end, &v) : NULL;
}

/* Behind a value within n: closing brackets up to a comma, behind which the
 * next value begins, or to the outermost end (n->depth is n->base then). */
static const char *scan_up(const char *s, const char *end, Nest *n) {
    JsonValue key;
    while (n->depth > n->base) {
        bool in_object = nest_in_object(n);
        s = skip_blanks(s, end);
        if (s == end)
            return NULL;
        if (*s == ',') {
            s = skip_blanks(s + 1, end);
            return in_object ? scan_key(s, end, &key) : s;
        }
        if (*s != (in_object ? '}' : ']'))
            return NULL;
        n->depth--;
        s++;
    }
    return s;
}

/* depth: brackets open around it. */
static const char *scan_value(const char *s, const char *end, size_t depth,
                              JsonValue *v) {
    if (s == end)
        return NULL;
    if (*s != '{' && *s != '[')
        return scan_plain(s, end, v);
    Nest n = { .base = depth, .depth = depth };
    *v = (JsonValue){ .kind = *s == '{' ? JSON_IS_OBJECT : JSON_IS_ARRAY,
                      .at = s };
    do {
        s = scan_down(s, end, &n);
        if (s)
            s = scan_up(s, end, &n);
    } while (s && n.depth > n.base);
    v->length = s ? (size_t)(s - v->at) : 0;
    return s;
}

bool json_valid(const char *json, size_t length) {
    JsonValue v;
    const char *end = json + length;
    const char *s = scan_value(skip_blanks(json, end), end, 0, &v);
    return s && skip_blanks(s, end) == end;
}

/* --- texts -------------------------------------------------------------- */

/* One character of a well-formed string into to[4]; behind it. */
static const char *decode_one(const char *s, const char *end, char *to,
                              size_t *length) {
    static const char letters[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
    uint32_t code, low;
    *length = 1;
    if (*s != '\\') {
        *to = *s;
        return s + 1;
    }
    if (s[1] != 'u') {
        *to = means[strchr(letters, s[1]) - letters];
        return s + 2;
    }
    hex4_read(s + 2, &code);
    s += 6;
    if (code >= 0xd800 && code <= 0xdfff) {
        if (code < 0xdc00 && end - s >= 6 && s[0] == '\\' && s[1] == 'u' &&
            hex4_read(s + 2, &low) && low >= 0xdc00 && low <= 0xdfff) {
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            s += 6;
        } else {
            code = REPLACEMENT;
        }
    }
    *length = utf8_write(to, code);
    return s;
}

size_t json_decode(char *to, const JsonValue *v) {
    const char *s = v->at, *end = s + v->length;
    char *start = to;
    while (s < end) {
        size_t n;
        s = decode_one(s, end, to, &n);
        to += n;
    }
    return (size_t)(to - start);
}

static bool string_is(const JsonValue *v, const char *text, size_t length) {
    const char *s = v->at, *end = s + v->length;
    if (!v->has_escapes)
        return v->length == length && memcmp(s, text, length) == 0;
    while (s < end) {
        char one[4];
        size_t n;
        s = decode_one(s, end, one, &n);
        if (n > length || memcmp(one, text, n) != 0)
            return false;
        text += n;
        length -= n;
    }
    return length == 0;
}

/* --- paths -------------------------------------------------------------- */

/* From the brackets of an object to the value of the key; NULL: not there. */
static const char *enter_object(const char *s, const char *end,
                                const JsonStep *step, size_t depth) {
    JsonValue key, value;
    s = skip_blanks(s + 1, end);
    if (!step->key || (s < end && *s == '}'))
        return NULL;
    for (;;) {
        s = scan_key(s, end, &key);
        if (!s || string_is(&key, step->key, step->key_length))
            return s;
        if (!(s = scan_value(s, end, depth, &value)))
            return NULL;
        s = skip_blanks(s, end);
        if (s == end || *s != ',')
            return NULL;
        s = skip_blanks(s + 1, end);
    }
}

static const char *enter_array(const char *s, const char *end,
                               const JsonStep *step, size_t depth) {
    JsonValue value;
    s = skip_blanks(s + 1, end);
    if (step->index == SIZE_MAX || (s < end && *s == ']'))
        return NULL;
    for (size_t i = 0; i < step->index; i++) {
        if (!(s = scan_value(s, end, depth, &value)))
            return NULL;
        s = skip_blanks(s, end);
        if (s == end || *s != ',')
            return NULL;
        s = skip_blanks(s + 1, end);
    }
    return s;
}

JsonValue json_find(const JsonPath *path, const char *json, size_t length) {
    const JsonValue nothing = { .kind = JSON_IS_NOTHING };
    const char *end = json + length, *s = skip_blanks(json, end);
    for (size_t i = 0; s && i < path->count; i++) {
        if (s == end || i == JSON_DEPTH_MAX)
            return nothing;
        s = *s == '{'   ? enter_object(s, end, &path->steps[i], i + 1)
            : *s == '[' ? enter_array(s, end, &path->steps[i], i + 1)
                        : NULL;
    }
    JsonValue v;
    s = s ? scan_value(s, end, path->count, &v) : NULL;
    /* of a number that the end cuts off only the beginning is there */
    bool is_cut = s == end && path->count && v.kind == JSON_IS_NUMBER;
    return s && !is_cut ? v : nothing;
}

JsonValue json_next(const char **at, size_t *rest) {
    JsonValue v = { .kind = JSON_IS_NOTHING };
    const char *end = *at + *rest, *s = *at;
    /* behind [ or , */
    s = s < end ? skip_blanks(s + 1, end) : NULL;
    if (s && (s == end || *s == ']' || !(s = scan_value(s, end, 1, &v))))
        v.kind = JSON_IS_NOTHING;
    s = s ? skip_blanks(s, end) : end;
    *at = s;
    *rest = (size_t)(end - s);
    return v;
}

/* --- reading a path ----------------------------------------------------- */

/* All digits, and few enough. */
static bool read_index(const char *s, size_t length, size_t *to) {
    *to = 0;
    for (size_t i = 0; i < length; i++) {
        if (!is_digit(s[i]))
            return false;
        *to = *to * 10 + (size_t)(s[i] - '0');
    }
    return length >= 1 && length <= 9;
}

static const char *read_dot(JsonStep *step, Arena *arena, const char *s,
                            const char *end) {
    const char *name = ++s;
    while (s < end && *s != '.' && *s != '[' && *s != '{')
        s++;
    step->key_length = (size_t)(s - name);
    step->key = arena_dup_bytes(arena, name, step->key_length);
    if (!read_index(name, step->key_length, &step->index))
        step->index = SIZE_MAX;
    return s;
}

static const char *read_quoted(JsonStep *step, Arena *arena, const char *text,
                               const char *s, const char *end, Err *err) {
    const char *quote = s + 1;
    while (quote < end && *quote != '"')
        quote += *quote == '\\' ? 2 : 1;
    if (quote >= end)
        return NULL;
    size_t length = (size_t)(quote + 1 - s);
    char *key = arena_alloc(arena, length, 1);
    long n = lex_unquote(key, s, length, err);
    if (n < 0) {
        if (err)
            err->column += (int)(s - text);
        return NULL;
    }
    *step = (JsonStep){ key, (size_t)n, SIZE_MAX };
    return quote + 1;
}

static const char *read_bracket(JsonStep *step, Arena *arena, const char *text,
                                const char *s, const char *end, Err *err) {
    int column = (int)(s - text) + 1;
    const char *close = ++s;
    err_at(err, column, "write [0] for an element or [\"a key\"]");
    if (s < end && *s == '"')
        close = read_quoted(step, arena, text, s, end, err);
    else
        close = memchr(s, ']', (size_t)(end - s));
    if (!close || close >= end || *close != ']' ||
        (*s != '"' && !read_index(s, (size_t)(close - s), &step->index)))
        return NULL;
    return close + 1;
}

int json_path_read(JsonPath *path, Arena *arena, const char *text,
                   size_t length, Err *err) {
    const char *s = text, *end = text + length;
    JsonStep *steps = arena_array(arena, JsonStep, length / 2 + 1);
    *path = (JsonPath){ .steps = steps };
    while (s < end) {
        JsonStep *step = &steps[path->count++];
        int column = (int)(s - text) + 1;
        if (*s == '[') {
            s = read_bracket(step, arena, text, s, end, err);
            if (!s)
                return -1;
        } else if (*s != '.') {
            return err_at(err, column, "here a path goes on with . or [");
        } else {
            s = read_dot(step, arena, s, end);
            if (!step->key_length)
                return err_at(err, column, "a key is missing behind this .");
        }
    }
    return 0;
}
