/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "monitor/prom.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_BYTES 64

/* Bytes that are looked at: [at, end). */
typedef struct Span {
    const char *at, *end;
} Span;

static size_t span_length(Span s) {
    return (size_t)(s.end - s.at);
}

static bool span_is(Span s, const char *text) {
    size_t n = strlen(text);
    return span_length(s) == n && memcmp(s.at, text, n) == 0;
}

static void skip_blanks(Span *s) {
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t'))
        s->at++;
}

/* Up to a blank. */
static Span take_word(Span *s) {
    skip_blanks(s);
    Span word = { s->at, s->at };
    while (word.end < s->end && *word.end != ' ' && *word.end != '\t')
        word.end++;
    s->at = word.end;
    return word;
}

static Span take_name(Span *s) {
    Span name = { s->at, s->at };
    while (name.end < s->end && (isalnum((unsigned char)*name.end) ||
                                 *name.end == '_' || *name.end == ':'))
        name.end++;
    s->at = name.end;
    return name;
}

/* --- labels ------------------------------------------------------------- */

/* A quoted value against text without escapes; false in *is_whole when it
 * does not end. s is behind the closing quote then. */
static bool quoted_is(Span *s, const char *text, bool *is_whole) {
    bool same = true;
    for (s->at++; s->at < s->end && *s->at != '"'; s->at++) {
        char ch = *s->at;
        if (ch == '\\' && s->at + 1 < s->end) {
            ch = *++s->at;
            ch = ch == 'n' ? '\n' : ch;
        }
        same = same && *text && *text == ch;
        text += same;
    }
    *is_whole = s->at < s->end;
    s->at += *is_whole;
    return same && !*text;
}

/* The index of a label that is asked for; SIZE_MAX: none is. */
static size_t label_asked(const PromName *n, Span name) {
    for (size_t i = 0; i < n->label_count; i++)
        if (span_is(name, n->labels[i].name))
            return i;
    return SIZE_MAX;
}

/* Behind the {: are all labels there that are asked for? s is behind the }
 * then; *is_whole is false when the labels are no labels. */
static bool labels_match(Span *s, const PromName *n, bool *is_whole) {
    size_t found = 0;
    *is_whole = false;
    for (;;) {
        skip_blanks(s);
        if (s->at == s->end)
            return false;
        if (*s->at == '}') {
            s->at++;
            *is_whole = true;
            return found == n->label_count;
        }
        Span name = take_name(s);
        skip_blanks(s);
        if (name.at == name.end || s->at == s->end || *s->at++ != '=')
            return false;
        skip_blanks(s);
        if (s->at == s->end || *s->at != '"')
            return false;
        size_t asked = label_asked(n, name);
        const char *want = asked == SIZE_MAX ? "" : n->labels[asked].value;
        bool is_closed;
        bool same = quoted_is(s, want, &is_closed);
        if (!is_closed)
            return false;
        found += asked != SIZE_MAX && same;
        skip_blanks(s);
        if (s->at < s->end && *s->at == ',')
            s->at++;
        else if (s->at < s->end && *s->at != '}')
            return false;
    }
}

/* --- values ------------------------------------------------------------- */

/* NaN for what is no number. */
static double read_number(Span word) {
    char text[NUMBER_BYTES];
    size_t n = span_length(word);
    if (n == 0 || n >= sizeof text)
        return NAN;
    memcpy(text, word.at, n);
    text[n] = '\0';
    char *end;
    double v = strtod(text, &end);
    return *end || end == text ? NAN : v;
}

/* What stands behind a series' name, which is this one. */
static void add_series(Span line, const PromName *n, PromSum *to) {
    bool same = true, is_whole = true;
    skip_blanks(&line);
    if (line.at < line.end && *line.at == '{') {
        line.at++;
        same = labels_match(&line, n, &is_whole);
    } else if (n->label_count) {
        return;
    }
    double v = same && is_whole ? read_number(take_word(&line)) : NAN;
    if (!isfinite(v))
        return;
    to->series++;
    to->sum += v;
}

/* --- types -------------------------------------------------------------- */

static bool has_suffix(const char *name, const char *suffix) {
    size_t n = strlen(name), m = strlen(suffix);
    return n > m && strcmp(name + n - m, suffix) == 0;
}

/* Is this name the family's, with that suffix? */
static bool is_of(const char *name, Span family, const char *suffix) {
    size_t n = span_length(family);
    return strlen(name) == n + strlen(suffix) &&
           memcmp(name, family.at, n) == 0 && strcmp(name + n, suffix) == 0;
}

static void apply_type(Span family, Span type, const char *name, PromSum *to) {
    bool is_histogram = span_is(type, "histogram");
    if (is_of(name, family, ""))
        to->is_counter = span_is(type, "counter") ||
                         (span_is(type, "untyped") && to->is_counter) ||
                         (span_is(type, "unknown") && to->is_counter);
    else if (is_of(name, family, "_total"))
        to->is_counter |= span_is(type, "counter");
    else if (is_of(name, family, "_sum") || is_of(name, family, "_count"))
        to->is_counter |= is_histogram || span_is(type, "summary");
    else if (is_of(name, family, "_bucket"))
        to->is_counter |= is_histogram;
}

/* Behind the #. */
static void read_comment(Span line, const PromName *names, size_t count,
                         PromSum *to) {
    if (!span_is(take_word(&line), "TYPE"))
        return;
    Span family = take_word(&line), type = take_word(&line);
    for (size_t i = 0; i < count; i++)
        apply_type(family, type, names[i].name, &to[i]);
}

/* --- the whole ---------------------------------------------------------- */

void prom_read(const char *text, size_t length, const PromName *names,
               size_t count, PromSum *to) {
    const char *end = text + length;
    for (size_t i = 0; i < count; i++)
        to[i] = (PromSum){ .is_counter = has_suffix(names[i].name, "_total") };
    for (const char *at = text; at < end;) {
        Span line = { at, memchr(at, '\n', (size_t)(end - at)) };
        if (!line.end)
            return;
        at = line.end + 1;
        if (line.end > line.at && line.end[-1] == '\r')
            line.end--;
        skip_blanks(&line);
        if (line.at < line.end && *line.at == '#') {
            line.at++;
            read_comment(line, names, count, to);
            continue;
        }
        Span name = take_name(&line);
        for (size_t i = 0; i < count; i++)
            if (span_is(name, names[i].name))
                add_series(line, &names[i], &to[i]);
    }
}
