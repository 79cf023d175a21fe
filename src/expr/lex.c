/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "expr/lex.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "expr/number.h"

static const struct {
    const char *text;
    CompareOp op;
} compares[] = {
    /* two characters before one */
    { "==", COMPARE_EQ }, { "!=", COMPARE_NE }, { "<=", COMPARE_LE },
    { ">=", COMPARE_GE }, { "<", COMPARE_LT },  { ">", COMPARE_GT },
};

static const struct {
    const char *text;
    double factor;
    bool is_time;
} suffixes[] = {
    { "ns", 1e-6, true },   { "us", 1e-3, true },
    { "ms", 1, true },      { "s", 1e3, true },
    { "m", 60e3, true },    { "h", 3600e3, true },
    { "d", 86400e3, true }, { "k", 1e3, false },
    { "M", 1e6, false },    { "KiB", 1024, false },
    { "MiB", 1048576, false },
};

/* What other languages write. */
static const struct {
    char byte;
    const char *hint;
} strangers[] = {
    { '=', "to compare, write == instead of =" },
    { '&', "'&' is not expected here; write and" },
    { '|', "'|' is not expected here; write or" },
    { '!', "'!' is not expected here; write not, or != to compare" },
    { '\'', "''' is not expected here; texts stand in double quotes" },
    { '$', "'$' is not expected here; write a variable as ${name}" },
};

int lexer_column_of(const Lexer *l, const char *at) {
    return (int)(at - l->text) + 1;
}

int lexer_column(const Lexer *l) {
    return lexer_column_of(l, l->now.at);
}

static bool is_name_byte(char c) {
    return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '-';
}

/* The token goes up to `end`. */
static int take(Lexer *l, TokenKind kind, const char *end) {
    l->now.kind = kind;
    l->now.length = (size_t)(end - l->now.at);
    l->at = end;
    return 0;
}

/* The digits at s: their number, and what is behind them; NULL with err. */
static const char *read_digits(const Lexer *l, const char *s, double *to,
                               Err *err) {
    char digits[64], *end;
    size_t n = strspn(s, "0123456789.");
    if (n >= sizeof digits) {
        err_at(err, lexer_column(l), "this number is too long");
        return NULL;
    }
    memcpy(digits, s, n);
    digits[n] = '\0';
    *to = strtod(digits, &end);
    if (!*end)
        return s + n;
    err_at(err, lexer_column_of(l, s), "'%s' is not a number", digits);
    return NULL;
}

/* The unit at s, by which the number is multiplied; behind it, NULL with
 * err. */
static const char *read_unit(Lexer *l, const char *s, Err *err) {
    size_t length = 0;
    l->now.is_time = false;
    if (*s == '%') {
        l->now.number /= 100;
        l->now.is_share = true;
        return s + 1;
    }
    while (isalpha((unsigned char)s[length]))
        length++;
    if (!length)
        return s;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (strlen(suffixes[i].text) == length &&
            strncmp(suffixes[i].text, s, length) == 0) {
            l->now.number *= suffixes[i].factor;
            l->now.is_time = suffixes[i].is_time;
            return s + length;
        }
    err_at(err, lexer_column_of(l, s),
           "'%.*s' is not a unit: us ms s m h d, k M, KiB MiB or %%",
           length < 40 ? (int)length : 40, s);
    return NULL;
}

/* A length of time may have several: 1m30s. */
static int lex_number(Lexer *l, Err *err) {
    bool is_negative = *l->now.at == '-', is_first = true;
    const char *s = l->now.at + is_negative, *part;
    double sum = 0;
    do {
        part = s;
        s = read_digits(l, s, &l->now.number, err);
        s = s ? read_unit(l, s, err) : NULL;
        if (!s)
            return -1;
        if (!is_first && !l->now.is_time)
            return err_at(err, lexer_column_of(l, part),
                          "here a unit of time is missing, as in 1m30s");
        sum += l->now.number;
        is_first = false;
    } while (l->now.is_time && isdigit((unsigned char)*s));
    l->now.number = is_negative ? -sum : sum;
    return take(l, TOKEN_NUMBER, s);
}

/* Behind the next `quote` that no \ stands before; NULL: there is none. */
static const char *after_quote(const char *s, char quote) {
    for (; *s && *s != quote; s++)
        if (*s == '\\' && s[1])
            s++;
    return *s ? s + 1 : NULL;
}

/* [0], ["a key"] or {home} behind a name; NULL with err. */
static const char *after_bracket(const Lexer *l, const char *open, Err *err) {
    char close = *open == '[' ? ']' : '}';
    const char *s = open + 1;
    while (s && *s && *s != close)
        s = *open == '[' && *s == '"' ? after_quote(s + 1, '"') : s + 1;
    if (!s || !*s) {
        err_at(err, lexer_column_of(l, open),
               "the %c that stands here has no closing %c", *open, close);
        return NULL;
    }
    return s + 1;
}

static int lex_name(Lexer *l, Err *err) {
    const char *s = l->now.at;
    while (s && (is_name_byte(*s) || *s == '[' || *s == '{'))
        s = is_name_byte(*s) ? s + 1 : after_bracket(l, s, err);
    return s ? take(l, TOKEN_NAME, s) : -1;
}

static int lex_enclosed(Lexer *l, TokenKind kind, const char *end,
                        const char *what, Err *err) {
    if (end)
        return take(l, kind, end);
    return err_at(err, lexer_column(l),
                  "the %s that begins here has no closing %s", what,
                  kind == TOKEN_TEXT    ? "\""
                  : kind == TOKEN_REGEX ? "/"
                                        : "}");
}

static int unexpected(const Lexer *l, Err *err) {
    const char *s = l->now.at;
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
        if (strangers[i].byte == *s)
            return err_at(err, lexer_column(l), "%s", strangers[i].hint);
    /* the character, whole, as a terminal may show it */
    char shown[8];
    size_t n = 1;
    while (n < 4 && ((unsigned char)s[n] & 0xc0) == 0x80)
        n++;
    text_clean(shown, sizeof shown, s, n);
    return err_at(err, lexer_column(l), "'%s' is not expected here", shown);
}

static bool begins_number(const char *s) {
    s += *s == '-';
    return isdigit((unsigned char)*s) ||
           (s[0] == '.' && isdigit((unsigned char)s[1]));
}

int lexer_next(Lexer *l, Err *err) {
    while (isspace((unsigned char)*l->at))
        l->at++;
    const char *s = l->at;
    l->now = (Token){ .kind = TOKEN_END, .at = s };
    if (!*s)
        return 0;
    if (begins_number(s))
        return lex_number(l, err);
    if (isalpha((unsigned char)*s) || *s == '_')
        return lex_name(l, err);
    for (size_t i = 0; i < sizeof compares / sizeof *compares; i++) {
        size_t n = strlen(compares[i].text);
        if (strncmp(s, compares[i].text, n) == 0) {
            l->now.op = compares[i].op;
            return take(l, TOKEN_COMPARE, s + n);
        }
    }
    if (*s == '(')
        return take(l, TOKEN_OPEN, s + 1);
    if (*s == ')')
        return take(l, TOKEN_CLOSE, s + 1);
    if (*s == ',')
        return take(l, TOKEN_COMMA, s + 1);
    if (*s == '"')
        return lex_enclosed(l, TOKEN_TEXT, after_quote(s + 1, '"'), "text",
                            err);
    if (*s == '/')
        return lex_enclosed(l, TOKEN_REGEX, after_quote(s + 1, '/'), "regex",
                            err);
    if (s[0] == '$' && s[1] == '{') {
        const char *close = strchr(s, '}');
        return lex_enclosed(l, TOKEN_VARIABLE, close ? close + 1 : NULL,
                            "variable", err);
    }
    return unexpected(l, err);
}

int lexer_start(Lexer *l, const char *text, Err *err) {
    *l = (Lexer){ .text = text, .at = text };
    return lexer_next(l, err);
}

bool token_is(const Token *t, const char *name) {
    return t->kind == TOKEN_NAME && strlen(name) == t->length &&
           strncmp(name, t->at, t->length) == 0;
}

/* --- texts -------------------------------------------------------------- */

/* \uXXXX at s, two where the first is half of a pair; behind it, or NULL. */
static const char *unquote_unicode(const char *s, const char *end,
                                   uint32_t *code) {
    uint32_t low;
    if (end - s < 6 || !hex4_read(s + 2, code))
        return NULL;
    s += 6;
    if (*code < 0xd800 || *code > 0xdfff)
        return s;
    if (*code > 0xdbff || end - s < 6 || s[0] != '\\' || s[1] != 'u' ||
        !hex4_read(s + 2, &low) || low < 0xdc00 || low > 0xdfff)
        return NULL;
    *code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);
    return s + 6;
}

long lex_unquote(char *to, const char *quoted, size_t length, Err *err) {
    static const char escapes[] = "\"\\ntr", means[] = "\"\\\n\t\r";
    const char *s = quoted + 1, *end = quoted + length - 1;
    char *start = to;
    while (s < end) {
        int column = (int)(s - quoted) + 1;
        const char *known;
        uint32_t code;
        if (*s != '\\') {
            *to++ = *s++;
        } else if (s[1] == 'u') {
            s = unquote_unicode(s, end, &code);
            if (!s)
                return err_at(err, column,
                              "write a character as \\u and four hexadecimal "
                              "digits: \\u00e9");
            to += utf8_write(to, code);
        } else if (s[1] && (known = strchr(escapes, s[1]))) {
            *to++ = means[known - escapes];
            s += 2;
        } else {
            return err_at(err, column,
                          "this \\ begins nothing known: \\\" \\\\ \\n \\t "
                          "\\r \\uXXXX");
        }
    }
    return to - start;
}

/* --- comparisons -------------------------------------------------------- */

bool compare_numbers(CompareOp op, double a, double b) {
    switch (op) {
    case COMPARE_EQ:
        return a == b;
    case COMPARE_NE:
        return a != b;
    case COMPARE_LT:
        return a < b;
    case COMPARE_LE:
        return a <= b;
    case COMPARE_GT:
        return a > b;
    case COMPARE_GE:
        return a >= b;
    }
    return false;
}

CompareOp compare_turned(CompareOp op) {
    static const CompareOp turned[] = {
        [COMPARE_EQ] = COMPARE_EQ, [COMPARE_NE] = COMPARE_NE,
        [COMPARE_LT] = COMPARE_GT, [COMPARE_LE] = COMPARE_GE,
        [COMPARE_GT] = COMPARE_LT, [COMPARE_GE] = COMPARE_LE,
    };
    return turned[op];
}
