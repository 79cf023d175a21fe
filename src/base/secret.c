/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/secret.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

/* Behind "://" no login is longer. */
#define LOGIN_MOST 1024
#define NAME_MOST 128
/* So much of a secret at the end of a cut text is hidden, too. */
#define HALF_LEAST 4

/* --- by name ------------------------------------------------------------ */

static bool contains(const char *name, size_t length, const char *part) {
    size_t n = strlen(part);
    for (size_t i = 0; i + n <= length; i++)
        if (strncasecmp(name + i, part, n) == 0)
            return true;
    return false;
}

static bool is_one_of(const char *word, size_t length,
                      const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == length &&
            strncasecmp(word, words[i], length) == 0)
            return true;
    return false;
}

#define COUNT(a) (sizeof(a) / sizeof *(a))

static bool is_upper_at(const char *name, size_t length, size_t at) {
    return at < length && isupper((unsigned char)name[at]);
}

/* The word at *at: "x-auth", "user_pwd" and "signingKey" have two each. *at
 * is then behind it. */
static size_t word_at(const char *name, size_t length, size_t *at) {
    size_t from = *at, end = from;
    while (end < length && isalnum((unsigned char)name[end]) &&
           !(end > from && is_upper_at(name, length, end) &&
             !is_upper_at(name, length, end - 1)))
        end++;
    *at = end < length && !isalnum((unsigned char)name[end]) ? end + 1 : end;
    return end - from;
}

static bool has_word(const char *name, size_t length) {
    static const char *const words[] = { "auth", "jwt",  "sid", "pwd",
                                         "pass", "sig",  "otp", "pin",
                                         "csrf", "xsrf", "key", "keys" };
    for (size_t at = 0; at < length;) {
        const char *word = name + at;
        if (is_one_of(word, word_at(name, length, &at), words, COUNT(words)))
            return true;
    }
    return false;
}

/* What is called like a secret and is a measure of one ("max_tokens",
 * "session_timeout"), or a key to a row or to a cache. */
static bool is_harmless(const char *name, size_t length) {
    static const char *const measures[] = {
        "count", "limit",    "age",  "ttl",    "timeout", "size",
        "length", "duration", "type", "format", "in",
    };
    static const char *const of_tokens[] = {
        "max",  "min",    "prompt", "completion", "total",
        "input", "output", "new",    "reasoning",  "cached",
    };
    static const char *const of_key[] = {
        "idempotency", "socket",  "websocket", "primary", "foreign", "sort",
        "partition",   "routing", "cache",     "public",  "surrogate",
    };
    const char *last = name, *before = name;
    size_t n = 0, n_before = 0;
    for (size_t at = 0; at < length;) {
        const char *word = name + at;
        size_t n_word = word_at(name, length, &at);
        if (!n_word)
            continue;
        before = last;
        n_before = n;
        last = word;
        n = n_word;
    }
    static const char *const tokens[] = { "tokens" }, *const key[] = { "key" };
    if (is_one_of(last, n, measures, COUNT(measures)))
        return n_before > 0;
    return (is_one_of(last, n, tokens, 1) &&
            is_one_of(before, n_before, of_tokens, COUNT(of_tokens))) ||
           (is_one_of(last, n, key, 1) &&
            is_one_of(before, n_before, of_key, COUNT(of_key)));
}

bool secret_is_name(const char *name, size_t length) {
    static const char *const parts[] = {
        "authorization", "cookie",  "token",      "secret",    "passw",
        "passphrase",    "session", "credential", "signature", "apikey",
        "accesskey",     "authkey", "privatekey", "sessid",
    };
    bool is = has_word(name, length);
    for (size_t i = 0; i < COUNT(parts) && !is; i++)
        is = contains(name, length, parts[i]);
    return is && !is_harmless(name, length);
}

/* --- by place ----------------------------------------------------------- */

typedef struct Scan {
    const char *text;
    size_t length;
} Scan;

static int byte_at(const Scan *s, size_t at) {
    return at < s->length ? (unsigned char)s->text[at] : 0;
}

static bool is_name_byte(int c) {
    return isalnum(c) || (c && strchr("_-.", c)) || c >= 0x80;
}

static bool is_quote(int c) {
    return c == '"' || c == '\'';
}

static bool is_blank(int c) {
    return c == ' ' || c == '\t';
}

static size_t skip_blanks(const Scan *s, size_t at) {
    while (is_blank(byte_at(s, at)))
        at++;
    return at;
}

/* Behind at, up to one of these bytes or the end. */
static size_t until(const Scan *s, size_t at, const char *ends) {
    while (at < s->length && !(s->text[at] && strchr(ends, s->text[at])))
        at++;
    return at;
}

static size_t until_quote(const Scan *s, size_t at, int quote) {
    while (at < s->length && byte_at(s, at) != quote)
        at += byte_at(s, at) == '\\' && at + 1 < s->length ? 2 : 1;
    return at;
}

/* Of a header, with the lines that are folded into it. */
static size_t until_line(const Scan *s, size_t at) {
    for (;;) {
        size_t end = until(s, at, "\n");
        if (end + 1 >= s->length || !is_blank(byte_at(s, end + 1)))
            return end > at && s->text[end - 1] == '\r' ? end - 1 : end;
        at = end + 1;
    }
}

/* A value that begins at at; ends: of one without quotes. */
static SecretSpan value_at(const Scan *s, size_t at, const char *ends) {
    int first = byte_at(s, at);
    bool is_escaped = first == '\\' && is_quote(byte_at(s, at + 1));
    size_t end;
    if (is_escaped) {
        at += 2;
        end = until(s, at, "\\\n");
    } else if (is_quote(first)) {
        end = until_quote(s, ++at, first);
    } else if (first == '[') {
        end = until(s, ++at, "]");
    } else {
        end = first == '{' ? at : until(s, at, ends);
    }
    return (SecretSpan){ at, end - at };
}

static bool is_no_value(const Scan *s, SecretSpan v) {
    static const char *const words[] = { "null", "true", "false" };
    return !v.length ||
           is_one_of(s->text + v.at, v.length, words, COUNT(words));
}

/* What the name at..end names; empty: nothing. */
static SecretSpan named(const Scan *s, size_t at, size_t end) {
    static const char plain[] = "& \t\r\n\"'<>";
    SecretSpan none = { end, 0 };
    int before = at ? byte_at(s, at - 1) : '\n';
    bool is_escaped = byte_at(s, end) == '\\' && is_quote(before);
    bool is_closed = is_quote(before) &&
                     byte_at(s, end + is_escaped) == before;
    size_t mark = skip_blanks(s, end + is_escaped + is_closed);
    int sign = byte_at(s, mark);
    if (is_closed && (sign == ':' || sign == '='))
        return value_at(s, skip_blanks(s, mark + 1), ",}] \t\r\n");
    if (mark == end && sign == '=' && byte_at(s, end + 1) != '=')
        return value_at(s, end + 1, plain);
    if (mark == end && sign == ':' && is_quote(before)) {
        size_t from = skip_blanks(s, end + 1);
        return (SecretSpan){ from, until_quote(s, from, before) - from };
    }
    if (mark == end && sign == ':' && (before == '{' || before == ','))
        return value_at(s, skip_blanks(s, end + 1), ",}] \t\r\n");
    if (sign == ':' && before == '\n') {
        size_t from = skip_blanks(s, mark + 1);
        return (SecretSpan){ from, until_line(s, from) - from };
    }
    if (s->text[at] == '-' && is_blank(sign = byte_at(s, end)))
        return value_at(s, skip_blanks(s, end), plain);
    return none;
}

/* at: behind "://". */
static SecretSpan login_at(const Scan *s, size_t at) {
    size_t end = until(s, at, "/?# \t\r\n\"'<>");
    if (end - at > LOGIN_MOST)
        end = at + LOGIN_MOST;
    const char *from = s->text + at;
    const char *sign = memrchr(from, '@', end - at);
    if (!sign)
        return (SecretSpan){ at, 0 };
    const char *colon = memchr(from, ':', (size_t)(sign - from));
    size_t begin = colon ? (size_t)(colon + 1 - s->text) : at;
    return (SecretSpan){ begin, (size_t)(sign - s->text) - begin };
}

bool secret_next(const char *text, size_t length, size_t *from,
                 SecretSpan *span) {
    Scan s = { text, length };
    size_t at = *from;
    while (at < length) {
        size_t end = at;
        while (end < length && is_name_byte((unsigned char)text[end]))
            end++;
        SecretSpan found = { at, 0 };
        if (end - at <= NAME_MOST && secret_is_name(text + at, end - at))
            found = named(&s, at, end);
        else if (end == at && length - at > 3 &&
                 memcmp(text + at, "://", 3) == 0)
            found = login_at(&s, at + 3);
        if (!is_no_value(&s, found)) {
            *span = found;
            *from = found.at + found.length;
            return true;
        }
        at = end > at ? end : at + 1;
    }
    *from = length;
    return false;
}

void secret_mask_places(const char *text, size_t length, Text *to) {
    size_t from = 0, at = 0;
    SecretSpan span;
    while (secret_next(text, length, &from, &span)) {
        text_add(to, text + at, span.at - at);
        text_adds(to, SECRET_MASK);
        at = span.at + span.length;
    }
    text_add(to, text + at, length - at);
}

/* --- by value ----------------------------------------------------------- */

static void add_bytes(Secrets *s, const char *bytes, size_t length) {
    size_t at = 0;
    if (length < SECRET_LEAST || length > SECRET_MOST ||
        s->count == SECRETS_MAX)
        return;
    for (; at < s->count && s->items[at].length >= length; at++)
        if (s->items[at].length == length &&
            memcmp(s->items[at].bytes, bytes, length) == 0) {
            s->items[at].is_word &= s->are_words;
            return;
        }
    mem_grow(s->items, s->count, s->cap);
    memmove(s->items + at + 1, s->items + at,
            (s->count - at) * sizeof *s->items);
    char *copy = mem_alloc(length, 1);
    memcpy(copy, bytes, length);
    s->items[at] = (struct SecretValue){ copy, length, s->are_words };
    s->count++;
}

static void add_form(Secrets *s, Text *form) {
    add_bytes(s, form->bytes, form->length);
    text_clear(form);
}

/* blank: what a space becomes. */
static void as_url(const char *bytes, size_t length, const char *digits,
                   const char *blank, const char *plain, Text *to) {
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        char code[] = { '%', digits[c >> 4], digits[c & 15], '\0' };
        if (isalnum(c) || (c && strchr(plain, c)))
            text_add(to, bytes + i, 1);
        else
            text_adds(to, c == ' ' ? blank : code);
    }
}

static void as_json(const char *bytes, size_t length, bool slashes, Text *to) {
    for (size_t i = 0; i < length; i++) {
        char c = bytes[i];
        if (c == '"' || c == '\\' || (c == '/' && slashes))
            text_adds(to, "\\");
        text_add(to, bytes + i, 1);
    }
}

/* apostrophe: how a ' is written. */
static void as_html(const char *bytes, size_t length, const char *apostrophe,
                    Text *to) {
    for (size_t i = 0; i < length; i++)
        switch (bytes[i]) {
        case '&': text_adds(to, "&amp;"); break;
        case '<': text_adds(to, "&lt;"); break;
        case '>': text_adds(to, "&gt;"); break;
        case '"': text_adds(to, "&quot;"); break;
        case '\'': text_adds(to, apostrophe); break;
        default: text_add(to, bytes + i, 1);
        }
}

void secrets_add(Secrets *s, const char *value, size_t length) {
    static const char upper[] = "0123456789ABCDEF";
    static const char lower[] = "0123456789abcdef";
    static const char plain[] = "-_.~", sub[] = "-_.~!$&'()*+,;=:@";
    Text form = { 0 };
    if (length < SECRET_LEAST || length > SECRET_MOST)
        return;
    add_bytes(s, value, length);
    as_url(value, length, upper, "%20", plain, &form);
    add_form(s, &form);
    as_url(value, length, lower, "%20", plain, &form);
    add_form(s, &form);
    as_url(value, length, upper, "+", "-_.*", &form);
    add_form(s, &form);
    as_url(value, length, upper, "%20", sub, &form);
    add_form(s, &form);
    as_json(value, length, false, &form);
    add_form(s, &form);
    as_json(value, length, true, &form);
    add_form(s, &form);
    as_html(value, length, "&#39;", &form);
    add_form(s, &form);
    as_html(value, length, "&#x27;", &form);
    add_form(s, &form);
    text_close(&form);
}

/* RFC 4648. */
static const char digits64[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void to_base64(const char *bytes, size_t length, Text *to) {
    for (size_t i = 0; i < length; i += 3) {
        uint32_t group = 0;
        size_t n = length - i < 3 ? length - i : 3;
        for (size_t k = 0; k < 3; k++)
            group = group << 8 | (k < n ? (unsigned char)bytes[i + k] : 0u);
        char four[4];
        for (size_t k = 0; k < 4; k++)
            four[k] = k <= n ? digits64[group >> (18 - 6 * k) & 63] : '=';
        text_add(to, four, 4);
    }
}

/* false: it is none. */
static bool from_base64(const char *bytes, size_t length, Text *to) {
    uint32_t bits = 0, held = 0;
    while (length && bytes[length - 1] == '=')
        length--;
    for (size_t i = 0; i < length; i++) {
        const char *digit = memchr(digits64, bytes[i], 64);
        if (!digit)
            return false;
        held = held << 6 | (uint32_t)(digit - digits64);
        bits += 6;
        if (bits < 8)
            continue;
        bits -= 8;
        text_add(to, (char[]){ (char)(held >> bits & 0xff) }, 1);
    }
    return true;
}

static void add_password(Secrets *s, const char *login, size_t length) {
    const char *colon = memchr(login, ':', length);
    if (colon)
        secrets_add(s, colon + 1, (size_t)(login + length - colon) - 1);
}

void secrets_add_login(Secrets *s, const char *login, size_t length) {
    Text t = { 0 };
    add_password(s, login, length);
    to_base64(login, length, &t);
    secrets_add(s, t.bytes, t.length);
    text_close(&t);
}

void secrets_add_field(Secrets *s, const char *value, size_t length) {
    Text login = { 0 };
    const char *blank = memchr(value, ' ', length);
    secrets_add(s, value, length);
    if (!blank)
        return;
    const char *rest = blank + 1, *end = value + length;
    while (rest < end && *rest == ' ')
        rest++;
    secrets_add(s, rest, (size_t)(end - rest));
    if (blank - value == 5 && strncasecmp(value, "basic", 5) == 0 &&
        from_base64(rest, (size_t)(end - rest), &login) && login.length)
        add_password(s, login.bytes, login.length);
    text_close(&login);
}

void secrets_add_word(Secrets *s, const char *value, size_t length) {
    s->are_words = true;
    secrets_add_field(s, value, length);
    s->are_words = false;
}

/* Of "a=b; c=d" b and d; of what is no cookie nothing. */
static void add_cookies(Secrets *s, const char *value, size_t length) {
    const char *at = value, *end = value + length;
    while (at < end) {
        const char *stop = memchr(at, ';', (size_t)(end - at));
        stop = stop ? stop : end;
        const char *sign = memchr(at, '=', (size_t)(stop - at));
        if (sign)
            secrets_add(s, sign + 1, (size_t)(stop - sign) - 1);
        at = stop + 1;
    }
}

void secrets_add_places(Secrets *s, const char *text, size_t length) {
    size_t from = 0;
    SecretSpan span;
    while (secret_next(text, length, &from, &span)) {
        secrets_add_field(s, text + span.at, span.length);
        add_cookies(s, text + span.at, span.length);
    }
}

static size_t mask_one(const struct SecretValue *v, char *text, size_t length) {
    static const size_t mask = sizeof SECRET_MASK - 1;
    char *at = text;
    while ((at = memmem(at, (size_t)(text + length - at), v->bytes,
                        v->length))) {
        char *rest = at + v->length;
        memcpy(at, SECRET_MASK, mask);
        memmove(at + mask, rest, (size_t)(text + length - rest));
        length -= v->length - mask;
        at += mask;
    }
    return length;
}

/* The longest end of the text that is a secret's beginning. */
static size_t mask_end(const Secrets *s, char *text, size_t length) {
    static const size_t mask = sizeof SECRET_MASK - 1;
    size_t most = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct SecretValue *v = &s->items[i];
        size_t n = v->length - 1 < length ? v->length - 1 : length;
        while (n > most &&
               memcmp(text + length - n, v->bytes, n) != 0)
            n--;
        most = n > most ? n : most;
    }
    if (most < HALF_LEAST)
        return length;
    memcpy(text + length - most, SECRET_MASK, mask);
    return length - most + mask;
}

size_t secrets_mask(const Secrets *s, char *text, size_t length, bool is_cut) {
    if (!s || s->are_shown || !text)
        return length;
    if (is_cut)
        length = mask_end(s, text, length);
    for (size_t i = 0; i < s->count; i++)
        length = mask_one(&s->items[i], text, length);
    return length;
}

void secrets_mask_text(const Secrets *s, char *text, bool is_cut) {
    text[secrets_mask(s, text, strlen(text), is_cut)] = '\0';
}

void secrets_close(Secrets *s) {
    for (size_t i = 0; i < s->count; i++)
        free(s->items[i].bytes);
    free(s->items);
    *s = (Secrets){ 0 };
}
