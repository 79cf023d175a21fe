/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/line.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

typedef struct Parser {
    Line *line;
    char *start, *at, *end;
    Err *err;
} Parser;

static int wrong(const Parser *p, const char *what) {
    return err_at(p->err, (int)(p->at - p->start) + 1, "%s", what);
}

static void skip_space(Parser *p) {
    while (p->at < p->end &&
           (*p->at == ' ' || *p->at == '\t' || *p->at == '\r'))
        p->at++;
}

static uint32_t add_node(Parser *p, LineKind kind) {
    Line *l = p->line;
    mem_grow(l->nodes, l->count, l->cap);
    l->nodes[l->count] = (LineNode){ .kind = kind };
    return (uint32_t)l->count++;
}

/* --- texts -------------------------------------------------------------- */

static int read_hex(Parser *p, unsigned *to) {
    *to = 0;
    if (p->end - p->at < 4)
        return wrong(p, "the text ends within \\u");
    for (int i = 0; i < 4; i++) {
        char c = *p->at++;
        if (!isxdigit((unsigned char)c))
            return wrong(p, "\\u needs four hexadecimal digits");
        unsigned v = isdigit((unsigned char)c)
                         ? (unsigned)(c - '0')
                         : (unsigned)((c | 32) - 'a' + 10);
        *to = *to << 4 | v;
    }
    return 0;
}

static char *put_utf8(char *to, unsigned v) {
    if (v < 0x80) {
        *to++ = (char)v;
    } else if (v < 0x800) {
        *to++ = (char)(0xc0 | v >> 6);
        *to++ = (char)(0x80 | (v & 63));
    } else if (v < 0x10000) {
        *to++ = (char)(0xe0 | v >> 12);
        *to++ = (char)(0x80 | (v >> 6 & 63));
        *to++ = (char)(0x80 | (v & 63));
    } else {
        *to++ = (char)(0xf0 | v >> 18);
        *to++ = (char)(0x80 | (v >> 12 & 63));
        *to++ = (char)(0x80 | (v >> 6 & 63));
        *to++ = (char)(0x80 | (v & 63));
    }
    return to;
}

static int read_unicode(Parser *p, char **to) {
    unsigned v, low;
    if (read_hex(p, &v) < 0)
        return -1;
    if (v == 0)
        return wrong(p, "a text holds no NUL");
    if (v >= 0xd800 && v < 0xdc00 && p->end - p->at >= 6 && p->at[0] == '\\' &&
        p->at[1] == 'u') {
        p->at += 2;
        if (read_hex(p, &low) < 0)
            return -1;
        if (low >= 0xdc00 && low < 0xe000)
            v = 0x10000 + ((v - 0xd800) << 10) + (low - 0xdc00);
        else
            v = 0xfffd;
    }
    *to = put_utf8(*to, v >= 0xd800 && v < 0xe000 ? 0xfffd : v);
    return 0;
}

static int read_escape(Parser *p, char **to) {
    static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
    if (p->at == p->end)
        return wrong(p, "the text does not end");
    char c = *p->at++;
    if (c == 'u')
        return read_unicode(p, to);
    const char *k = c ? strchr(from, c) : NULL;
    if (!k)
        return wrong(p, "there is no such escape");
    *(*to)++ = into[k - from];
    return 0;
}

/* Behind the quote; what is written never overtakes what is read. */
static int read_text(Parser *p, const char **text, size_t *length) {
    char *to = p->at, *from = p->at;
    *text = from;
    while (p->at < p->end) {
        char c = *p->at++;
        if (c == '"') {
            *length = (size_t)(to - from);
            *to = '\0';
            return 0;
        }
        if ((unsigned char)c < 0x20)
            return wrong(p, "a text holds no control bytes");
        if (c != '\\')
            *to++ = c;
        else if (read_escape(p, &to) < 0)
            return -1;
    }
    return wrong(p, "the text does not end");
}

/* --- values ------------------------------------------------------------- */

static int read_number(Parser *p, LineNode *n) {
    const char *start = p->at;
    uint64_t v = 0;
    bool fits = true;
    for (; p->at < p->end && isdigit((unsigned char)*p->at); p->at++) {
        unsigned d = (unsigned)(*p->at - '0');
        fits &= v <= (UINT64_MAX - d) / 10;
        v = v * 10 + d;
    }
    bool more = p->at < p->end && *p->at && strchr(".eE-", *p->at);
    if (p->at > start && !more && fits) {
        n->whole = v;
        n->is_whole = true;
        n->number = (double)v;
        return 0;
    }
    char copy[64] = "";
    size_t length = strspn(start, "0123456789+-.eE");
    char *end = copy;
    if (length && length < sizeof copy) {
        memcpy(copy, start, length);
        copy[length] = '\0';
        n->number = strtod(copy, &end);
    }
    if (end == copy || *end || !isfinite(n->number))
        return wrong(p, "this is no number");
    p->at = p->start + (start - p->start) + length;
    return 0;
}

static int read_word(Parser *p, LineNode *n) {
    static const struct {
        const char *word;
        LineKind kind;
    } words[] = { { "true", LINE_BOOL },
                  { "false", LINE_BOOL },
                  { "null", LINE_NULL } };
    for (size_t i = 0; i < 3; i++) {
        size_t length = strlen(words[i].word);
        if ((size_t)(p->end - p->at) < length ||
            memcmp(p->at, words[i].word, length) != 0)
            continue;
        p->at += length;
        n->kind = words[i].kind;
        n->is_true = i == 0;
        return 0;
    }
    return wrong(p, "a value is missing");
}

static int read_value(Parser *p, const char *key, int depth);

static int read_member(Parser *p, bool has_key, int depth) {
    const char *key = NULL;
    size_t length;
    skip_space(p);
    if (has_key) {
        if (p->at == p->end || *p->at++ != '"')
            return wrong(p, "a member's name is missing");
        if (read_text(p, &key, &length) < 0)
            return -1;
        skip_space(p);
        if (p->at == p->end || *p->at++ != ':')
            return wrong(p, "':' is missing");
    }
    return read_value(p, key, depth);
}

static int read_many(Parser *p, uint32_t node, char close, int depth) {
    p->at++;
    skip_space(p);
    if (p->at < p->end && *p->at == close) {
        p->at++;
        return 0;
    }
    for (;;) {
        if (read_member(p, close == '}', depth + 1) < 0)
            return -1;
        p->line->nodes[node].count++;
        skip_space(p);
        if (p->at == p->end)
            return wrong(p, "the line ends too early");
        char c = *p->at++;
        if (c == close)
            return 0;
        if (c != ',')
            return wrong(p, "',' is missing");
    }
}

static int read_value(Parser *p, const char *key, int depth) {
    skip_space(p);
    if (depth > LINE_DEEPEST)
        return wrong(p, "this is nested too deep");
    if (p->at == p->end)
        return wrong(p, "the line ends too early");
    if (p->line->count == LINE_VALUES_MAX)
        return wrong(p, "this line holds too much");
    char c = *p->at;
    uint32_t i = add_node(p, c == '{'   ? LINE_OBJECT
                             : c == '[' ? LINE_LIST
                             : c == '"' ? LINE_TEXT
                                        : LINE_NUMBER);
    LineNode *n = &p->line->nodes[i];
    n->key = key;
    int rc = 0;
    if (c == '{' || c == '[') {
        rc = read_many(p, i, c == '{' ? '}' : ']', depth);
    } else if (c == '"') {
        p->at++;
        rc = read_text(p, &n->text, &n->length);
    } else if (c == '-' || isdigit((unsigned char)c)) {
        rc = read_number(p, n);
    } else {
        rc = read_word(p, n);
    }
    p->line->nodes[i].next = (uint32_t)p->line->count;
    return rc;
}

int line_parse(Line *l, char *bytes, size_t length, Err *err) {
    Parser p = { l, bytes, bytes, bytes + length, err };
    l->count = 0;
    bytes[length] = '\0';
    if (read_value(&p, NULL, 0) < 0)
        return -1;
    skip_space(&p);
    if (p.at != p.end)
        return wrong(&p, "the line should end here");
    return 0;
}

void line_close(Line *l) {
    free(l->nodes);
    *l = (Line){ 0 };
}

/* --- asking ------------------------------------------------------------- */

const LineNode *line_first(const LineNode *v) {
    return v && v->count ? v + 1 : NULL;
}

const LineNode *line_next(const Line *l, const LineNode *of,
                          const LineNode *n) {
    return n->next < of->next ? &l->nodes[n->next] : NULL;
}

const LineNode *line_get(const Line *l, const LineNode *object,
                         const char *key) {
    if (!object || object->kind != LINE_OBJECT)
        return NULL;
    const LineNode *n = line_first(object);
    while (n && strcmp(n->key, key) != 0)
        n = line_next(l, object, n);
    return n;
}

static void miss(Members *m, const char *key, const char *what) {
    if (!m->is_wrong)
        err_set(m->err, "\"%s\" %s", key, what);
    m->is_wrong = true;
}

static const LineNode *want(Members *m, const char *key, LineKind kind) {
    static const char *const words[] = {
        "is missing or not null",  "is missing or neither true nor false",
        "is missing or no number", "is missing or no text",
        "is missing or no list",   "is missing or no object"
    };
    const LineNode *n = line_get(m->line, m->of, key);
    if (n && n->kind == kind)
        return n;
    miss(m, key, words[kind]);
    return NULL;
}

uint64_t member_whole(Members *m, const char *key) {
    const LineNode *n = want(m, key, LINE_NUMBER);
    if (n && !n->is_whole)
        miss(m, key, "is no whole number");
    return n && n->is_whole ? n->whole : 0;
}

uint64_t member_maybe(Members *m, const char *key) {
    return line_get(m->line, m->of, key) ? member_whole(m, key) : 0;
}

double member_number(Members *m, const char *key) {
    const LineNode *n = line_get(m->line, m->of, key);
    if (n && n->kind == LINE_NULL)
        return NAN;
    n = want(m, key, LINE_NUMBER);
    return n ? n->number : 0;
}

bool member_is_true(Members *m, const char *key) {
    const LineNode *n = want(m, key, LINE_BOOL);
    return n && n->is_true;
}

const char *member_text(Members *m, const char *key, Arena *arena) {
    const LineNode *n = want(m, key, LINE_TEXT);
    if (!n)
        return "";
    size_t room = n->length * 3 + 1; /* a byte may become U+FFFD */
    char *clean = mem_alloc(room, 1);
    text_clean(clean, room, n->text, n->length);
    const char *kept = arena_dup_text(arena, clean);
    free(clean);
    return kept;
}

const char *member_word(Members *m, const char *key) {
    const LineNode *n = want(m, key, LINE_TEXT);
    return n ? n->text : "";
}

const LineNode *member_list(Members *m, const char *key) {
    static const LineNode none = { .kind = LINE_LIST };
    const LineNode *n = want(m, key, LINE_LIST);
    return n ? n : &none;
}

size_t member_choice(Members *m, const char *key, const char *const *names,
                     size_t count) {
    const char *word = member_word(m, key);
    for (size_t i = 0; i < count; i++)
        if (text_equal(word, names[i]))
            return i;
    miss(m, key, "is none of the words that it can be");
    return 0;
}
