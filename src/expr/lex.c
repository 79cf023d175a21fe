/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "expr/lex.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

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
    { "us", 1e-3, true }, { "ms", 1, true },      { "s", 1e3, true },
    { "m", 60e3, true },  { "h", 3600e3, true },  { "k", 1e3, false },
    { "M", 1e6, false },  { "KiB", 1024, false }, { "MiB", 1048576, false },
};

static bool is_name_byte(char c) {
    return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '-';
}

static int lex_number(Lexer *l, Err *err) {
    const char *start = l->at;
    int column = (int)(start - l->text) + 1;
    char digits[64];
    size_t n = 0;
    const char *s = start;
    if (*s == '-')
        digits[n++] = *s++;
    while ((isdigit((unsigned char)*s) || *s == '.') && n < sizeof digits - 1)
        digits[n++] = *s++;
    digits[n] = '\0';
    char *end;
    double v = strtod(digits, &end);
    if (*end)
        return err_at(err, column, "'%s' is not a number", digits);
    l->now = (Token){ .kind = TOKEN_NUMBER, .number = v, .at = start };
    size_t unit = 0;
    while (isalpha((unsigned char)s[unit]))
        unit++;
    if (*s == '%') {
        l->now.number /= 100;
        unit = 1;
    } else if (unit) {
        bool known = false;
        for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
            if (strlen(suffixes[i].text) == unit &&
                strncmp(suffixes[i].text, s, unit) == 0) {
                l->now.number *= suffixes[i].factor;
                l->now.is_time = suffixes[i].is_time;
                known = true;
            }
        if (!known)
            return err_at(err, (int)(s - l->text) + 1,
                          "'%.*s' is not a unit: us ms s m h, k M, KiB MiB "
                          "or %%",
                          (int)unit, s);
    }
    l->at = s + unit;
    l->now.length = (size_t)(l->at - start);
    return 0;
}

/* The character, whole, as a terminal may show it. */
static int unexpected(Err *err, int column, const char *s) {
    char shown[8];
    size_t n = 1;
    while (n < 4 && ((unsigned char)s[n] & 0xc0) == 0x80)
        n++;
    text_clean(shown, sizeof shown, s, n);
    return err_at(err, column, "'%s' is not expected here", shown);
}

int lexer_next(Lexer *l, Err *err) {
    while (isspace((unsigned char)*l->at))
        l->at++;
    const char *s = l->at;
    int column = (int)(s - l->text) + 1;
    l->now = (Token){ .kind = TOKEN_END, .at = s };
    if (!*s)
        return 0;
    if (isdigit((unsigned char)*s) ||
        (*s == '.' && isdigit((unsigned char)s[1])) ||
        (*s == '-' && isdigit((unsigned char)s[1])))
        return lex_number(l, err);
    for (size_t i = 0; i < sizeof compares / sizeof *compares; i++) {
        size_t n = strlen(compares[i].text);
        if (strncmp(s, compares[i].text, n) == 0) {
            l->now.kind = TOKEN_COMPARE;
            l->now.op = compares[i].op;
            l->now.length = n;
            l->at += n;
            return 0;
        }
    }
    if (*s == '(' || *s == ')' || *s == ',') {
        l->now.kind = *s == '('   ? TOKEN_OPEN
                      : *s == ')' ? TOKEN_CLOSE
                                  : TOKEN_COMMA;
        l->now.length = 1;
        l->at++;
        return 0;
    }
    if (*s == '"') {
        for (s++; *s && *s != '"'; s++)
            if (*s == '\\' && s[1])
                s++;
        if (!*s)
            return err_at(err, column,
                          "the text that begins here has no "
                          "closing \"");
        l->now.kind = TOKEN_TEXT;
        l->at = s + 1;
        l->now.length = (size_t)(l->at - l->now.at);
        return 0;
    }
    if (isalpha((unsigned char)*s) || *s == '_') {
        while (is_name_byte(*s))
            s++;
        l->now.kind = TOKEN_NAME;
        l->at = s;
        l->now.length = (size_t)(s - l->now.at);
        return 0;
    }
    if (*s == '=')
        return err_at(err, column, "to compare, write == instead of =");
    return unexpected(err, column, s);
}

int lexer_start(Lexer *l, const char *text, Err *err) {
    *l = (Lexer){ .text = text, .at = text };
    return lexer_next(l, err);
}

int lexer_column(const Lexer *l) {
    return (int)(l->now.at - l->text) + 1;
}

bool token_is(const Token *t, const char *name) {
    return t->kind == TOKEN_NAME && strlen(name) == t->length &&
           strncmp(name, t->at, t->length) == 0;
}

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

const char *compare_name(CompareOp op) {
    for (size_t i = 0; i < sizeof compares / sizeof *compares; i++)
        if (compares[i].op == op)
            return compares[i].text;
    return "?";
}
