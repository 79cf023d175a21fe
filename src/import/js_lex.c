/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "import/js_lex.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "import/marked.h"

#define DEPTH_MAX 32 /* templates in templates */

typedef struct Reader {
    Arena *arena;
    const char *at, *end;
    size_t line;
    JsTokens *out;
} Reader;

bool js_is(const JsToken *t, const char *text) {
    return (t->kind == JS_NAME || t->kind == JS_PUNCT) &&
           text_equal(t->text, text);
}

/* --- characters --------------------------------------------------------- */

static void put_point(Text *to, uint32_t p) {
    char b[4];
    size_t n = p < 0x80 ? 1 : p < 0x800 ? 2 : p < 0x10000 ? 3 : 4;
    if (p > 0x10ffff || (p >= 0xd800 && p <= 0xdfff) || p == 0) {
        mark_text(to, "\xef\xbf\xbd", 3);
        return;
    }
    if (n == 1)
        b[0] = (char)p;
    for (size_t i = n; n > 1 && i-- > 1; p >>= 6)
        b[i] = (char)(0x80 | (p & 0x3f));
    if (n > 1)
        b[0] = (char)((0xf00u >> n & 0xff) | p);
    mark_text(to, b, n);
}

/* Hexadecimal digits, most at most; how many there were. */
static size_t hex(const char *s, const char *end, size_t most, uint32_t *v) {
    size_t n = 0;
    *v = 0;
    while (n < most && s + n < end && isxdigit((unsigned char)s[n])) {
        int c = tolower((unsigned char)s[n++]);
        *v = *v << 4 | (uint32_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return n;
}

/* Behind \u; returns where it ends. */
static const char *unicode(const char *s, const char *end, uint32_t *point) {
    if (s < end && *s == '{') {
        s += 1 + hex(s + 1, end, 6, point);
        return s < end && *s == '}' ? s + 1 : s;
    }
    uint32_t low;
    s += hex(s, end, 4, point);
    if (*point >= 0xd800 && *point < 0xdc00 && end - s >= 6 && s[0] == '\\' &&
        s[1] == 'u' && hex(s + 2, end, 4, &low) == 4 && low >= 0xdc00 &&
        low <= 0xdfff) {
        *point = 0x10000 + ((*point - 0xd800) << 10) + (low - 0xdc00);
        s += 6;
    }
    return s;
}

static const char *decode_escape(const char *s, const char *end, Text *to) {
    static const char from[] = "bfnrtv", chars[] = "\b\f\n\r\t\v";
    const char *known = *s ? strchr(from, *s) : NULL;
    uint32_t point = 0;
    if (known) {
        mark_text(to, &chars[known - from], 1);
        return s + 1;
    }
    if (*s == 'u') {
        s = unicode(s + 1, end, &point);
        put_point(to, point);
        return s;
    }
    if (*s == 'x') {
        s += 1 + hex(s + 1, end, 2, &point);
        put_point(to, point);
        return s;
    }
    if (*s == '\r' && s + 1 < end && s[1] == '\n')
        return s + 2;
    if (*s == '\n' || *s == '\r')
        return s + 1;
    mark_text(to, *s == '0' || !*s ? "?" : s, 1);
    return s + 1;
}

void js_decode(const char *bytes, size_t length, Text *to) {
    const char *s = bytes, *end = bytes + length;
    text_add(to, "", 0);
    while (s < end) {
        if (*s == '\\' && s + 1 < end) {
            s = decode_escape(s + 1, end, to);
        } else {
            mark_text(to, *s ? s : "?", 1);
            s++;
        }
    }
}

/* --- templates ---------------------------------------------------------- */

static size_t template_length(const char *s, size_t length, int depth);

/* Length of 'text' or "text" with its quotes. */
static size_t string_length(const char *s, size_t length) {
    for (size_t i = 1; i < length; i++) {
        if (s[i] == '\\')
            i++;
        else if (s[i] == s[0])
            return i + 1;
        else if (s[i] == '\n')
            return i;
    }
    return length;
}

static size_t part_length(const char *s, size_t length, int depth) {
    size_t open = 0;
    if (length < 3 || s[0] != '$' || s[1] != '{')
        return 0;
    for (size_t i = 1; i < length;) {
        if (s[i] == '\'' || s[i] == '"') {
            i += string_length(s + i, length - i);
            continue;
        }
        if (s[i] == '`') {
            if (depth == DEPTH_MAX)
                return 0;
            i += template_length(s + i, length - i, depth + 1);
            continue;
        }
        open += s[i] == '{';
        if (s[i++] == '}' && --open == 0)
            return i;
    }
    return 0;
}

size_t js_template_part(const char *bytes, size_t length) {
    return part_length(bytes, length, 0);
}

/* With its backticks. */
static size_t template_length(const char *s, size_t length, int depth) {
    for (size_t i = 1; i < length;) {
        size_t part = part_length(s + i, length - i, depth);
        if (s[i] == '`')
            return i + 1;
        if (part == 0 && s[i] == '$' && i + 1 < length && s[i + 1] == '{')
            return length; /* it does not end: neither do those around it */
        i += part ? part : s[i] == '\\' ? 2 : 1;
    }
    return length;
}

/* --- tokens ------------------------------------------------------------- */

static void add_token(Reader *r, JsTokenKind kind, const char *text,
                      size_t length, double number) {
    mem_grow(r->out->items, r->out->count, r->out->cap);
    r->out->items[r->out->count++] = (JsToken){ .kind = kind,
                                                .text = text,
                                                .at = r->at,
                                                .length = length,
                                                .line = r->line,
                                                .number = number };
    for (size_t i = 0; i < length; i++)
        r->line += r->at[i] == '\n';
    r->at += length;
}

static bool is_name_byte(char c) {
    return isalnum((unsigned char)c) || c == '_' || c == '$' || c == '#' ||
           (unsigned char)c >= 0x80;
}

/* Does a / here begin a regular expression? Not behind a value. */
static bool regex_may_begin(const Reader *r) {
    static const char *const words[] = { "return", "typeof", "case",  "in",
                                         "of",     "delete", "void",  "do",
                                         "else",   "await",  "yield", "new" };
    if (r->out->count == 0)
        return true;
    const JsToken *last = &r->out->items[r->out->count - 1];
    if (last->kind == JS_PUNCT)
        return !js_is(last, ")") && !js_is(last, "]") && !js_is(last, "}");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (js_is(last, words[i]))
            return true;
    return false;
}

static size_t regex_length(const char *s, size_t length) {
    bool in_class = false;
    for (size_t i = 1; i < length && s[i] != '\n'; i++) {
        if (s[i] == '\\')
            i++;
        else if (s[i] == '[' || s[i] == ']')
            in_class = s[i] == '[';
        else if (s[i] == '/' && !in_class) {
            for (i++; i < length && isalpha((unsigned char)s[i]);)
                i++;
            return i;
        }
    }
    return 0;
}

static bool skip_blank(Reader *r) {
    size_t left = (size_t)(r->end - r->at);
    if (isspace((unsigned char)*r->at) || *r->at == '\0') {
        r->line += *r->at == '\n';
        r->at++;
        return true;
    }
    if (left > 1 && r->at[0] == '/' && r->at[1] == '/') {
        while (r->at < r->end && *r->at != '\n')
            r->at++;
        return true;
    }
    if (left > 1 && r->at[0] == '/' && r->at[1] == '*') {
        for (r->at += 2; r->at < r->end; r->at++) {
            if (*r->at == '*' && r->at + 1 < r->end && r->at[1] == '/') {
                r->at += 2;
                break;
            }
            r->line += *r->at == '\n';
        }
        return true;
    }
    return false;
}

static void take_string(Reader *r) {
    size_t n = string_length(r->at, (size_t)(r->end - r->at));
    bool closed = n > 1 && r->at[n - 1] == r->at[0];
    Text t = { 0 };
    js_decode(r->at + 1, n - 1 - (closed ? 1 : 0), &t);
    add_token(r, JS_STRING, arena_dup_bytes(r->arena, t.bytes, t.length), n, 0);
    text_close(&t);
}

static void take_template(Reader *r) {
    size_t n = template_length(r->at, (size_t)(r->end - r->at), 0);
    add_token(r, JS_TEMPLATE, "", n, 0);
}

/* 1_000, 0x1f, 1.5e3. */
static void take_number(Reader *r) {
    char digits[64];
    size_t n = 0, used = 0, left = (size_t)(r->end - r->at);
    for (; n < left && n < 200; n++) {
        char c = r->at[n];
        bool sign = (c == '+' || c == '-') && n &&
                    tolower((unsigned char)r->at[n - 1]) == 'e' &&
                    tolower((unsigned char)r->at[1 < left ? 1 : 0]) != 'x';
        if (!isalnum((unsigned char)c) && c != '.' && c != '_' && !sign)
            break;
        if (c != '_' && used < sizeof digits - 1)
            digits[used++] = c;
    }
    digits[used] = '\0';
    add_token(r, JS_NUMBER, "", n, strtod(digits, NULL));
}

static void take_punct(Reader *r) {
    static const char *const puncts[] = {
        ">>>=",
        "===",
        "!==",
        "**=",
        "...",
        "<<=",
        ">>=",
        ">>>",
        "&&=",
        "||=",
        "?\?=", /* not a trigraph */
        "=>",
        "==",
        "!=",
        "<=",
        ">=",
        "&&",
        "||",
        "??",
        "?.",
        "++",
        "--",
        "+=",
        "-=",
        "*=",
        "/=",
        "%=",
        "**",
        "<<",
        ">>",
        "&=",
        "|=",
        "^=",
    };
    size_t left = (size_t)(r->end - r->at);
    for (size_t i = 0; i < sizeof puncts / sizeof *puncts; i++) {
        size_t n = strlen(puncts[i]);
        if (n <= left && memcmp(r->at, puncts[i], n) == 0) {
            add_token(r, JS_PUNCT, puncts[i], n, 0);
            return;
        }
    }
    add_token(r, JS_PUNCT, arena_dup_bytes(r->arena, r->at, 1), 1, 0);
}

static void take_token(Reader *r) {
    size_t left = (size_t)(r->end - r->at);
    char c = *r->at;
    if (c == '"' || c == '\'') {
        take_string(r);
    } else if (c == '`') {
        take_template(r);
    } else if (isdigit((unsigned char)c) ||
               (c == '.' && left > 1 && isdigit((unsigned char)r->at[1]))) {
        take_number(r);
    } else if (is_name_byte(c)) {
        size_t n = 1;
        while (n < left && is_name_byte(r->at[n]))
            n++;
        add_token(r, JS_NAME, arena_dup_bytes(r->arena, r->at, n), n, 0);
    } else if (c == '/' && regex_may_begin(r) && regex_length(r->at, left)) {
        add_token(r, JS_REGEX, "", regex_length(r->at, left), 0);
    } else {
        take_punct(r);
    }
}

static void pair_brackets(JsTokens *tokens) {
    size_t *open = mem_alloc(tokens->count, sizeof *open);
    size_t depth = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        const JsToken *t = &tokens->items[i];
        if (t->kind != JS_PUNCT || t->length != 1)
            continue;
        if (strchr("([{", *t->text))
            open[depth++] = i;
        else if (strchr(")]}", *t->text) && depth)
            tokens->items[open[--depth]].pair = i;
    }
    free(open);
}

bool js_lex(Arena *arena, const char *bytes, size_t length, size_t line,
            JsTokens *out) {
    Reader r = { arena, bytes, bytes + length, line, out };
    while (r.at < r.end && out->count < JS_TOKENS_MAX)
        if (!skip_blank(&r))
            take_token(&r);
    bool whole = r.at == r.end;
    add_token(&r, JS_END, "", 0, 0);
    pair_brackets(out);
    return whole;
}
