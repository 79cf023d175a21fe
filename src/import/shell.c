/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "import/shell.h"

#include <ctype.h>
#include <string.h>

#include "import/marked.h"

typedef struct Splitter {
    Sketch *d;
    ShellWords *out;
    const char *at, *end;
    size_t line;
    Text word;
    bool in_word; /* an empty pair of quotes is a word, too */
    bool quoted;  /* a part of it was */
    size_t word_line;
    bool skip_next; /* the file of a redirection */
} Splitter;

static int peek(const Splitter *s, size_t ahead) {
    return (size_t)(s->end - s->at) > ahead ? (unsigned char)s->at[ahead] : -1;
}

static int take(Splitter *s) {
    int c = peek(s, 0);
    if (c >= 0)
        s->at++;
    if (c == '\n')
        s->line++;
    return c;
}

static void begin_word(Splitter *s) {
    if (!s->in_word) {
        s->in_word = true;
        s->quoted = false;
        s->word_line = s->line;
        text_clear(&s->word);
    }
}

static void put(Splitter *s, int c) {
    char byte = c == 0 ? '?' : (char)c;
    mark_text(&s->word, &byte, 1);
}

static bool push(Splitter *s, ShellKind kind, const char *text, size_t line) {
    if (s->out->count == SHELL_WORDS_MAX)
        return false;
    mem_grow(s->out->items, s->out->count, s->out->cap);
    s->out->items[s->out->count++] = (ShellWord){ kind, text, line };
    return true;
}

static void end_word(Splitter *s) {
    if (!s->in_word)
        return;
    s->in_word = false;
    text_add(&s->word, "", 0);
    if (s->skip_next) {
        s->skip_next = false;
        return;
    }
    push(s, SHELL_WORD,
         arena_dup_bytes(&s->d->arena, s->word.bytes, s->word.length),
         s->word_line);
}

static void end_command(Splitter *s, ShellKind kind) {
    end_word(s);
    if (s->out->count && s->out->items[s->out->count - 1].kind == SHELL_WORD)
        push(s, kind, "", s->line);
}

/* --- what a shell puts in ----------------------------------------------- */

static bool is_name_byte(int c, bool first) {
    return c >= 0 && (isalpha(c) || c == '_' || (!first && isdigit(c)));
}

/* Behind the $. */
static void take_dollar(Splitter *s) {
    bool braces = peek(s, 0) == '{' && is_name_byte(peek(s, 1), true);
    size_t from = braces ? 1 : 0, n = from;
    while (is_name_byte(peek(s, n), n == from))
        n++;
    if (n == from || (braces && peek(s, n) != '}')) {
        if (peek(s, 0) == '(' || peek(s, 0) == '{')
            sketch_note(s->d, AT_LINE(s->line),
                        "$%c…: only a shell knows what this becomes; it stands "
                        "there as it was",
                        peek(s, 0));
        put(s, '$');
        return;
    }
    Text name = { 0 };
    text_adds(&name, "env.");
    text_add(&name, s->at + from, n - from);
    mark_var(&s->word, name.bytes, name.length);
    sketch_note(s->d, AT_LINE(s->line),
                "$%s is ${%s} now: the environment has it when the profile is "
                "read",
                name.bytes + 4, name.bytes);
    text_close(&name);
    s->at += n + (braces ? 1 : 0);
}

static void take_backtick(Splitter *s) {
    sketch_note(s->d, AT_LINE(s->line),
                "`…`: only a shell knows what this becomes; it stands there as "
                "it was");
    put(s, '`');
}

/* --- quotes ------------------------------------------------------------- */

static void unclosed(Splitter *s, char quote) {
    sketch_note(s->d, AT_LINE(s->word_line),
                "the %c that begins here is not "
                "closed",
                quote);
}

static void take_single(Splitter *s) {
    for (int c; (c = take(s)) != '\'';) {
        if (c < 0) {
            unclosed(s, '\'');
            return;
        }
        put(s, c);
    }
}

static void take_double(Splitter *s) {
    for (int c; (c = take(s)) != '"';) {
        if (c < 0) {
            unclosed(s, '"');
            return;
        }
        if (c == '\\' && peek(s, 0) == '\n') {
            take(s);
        } else if (c == '\\' && peek(s, 0) > 0 &&
                   strchr("$`\"\\", peek(s, 0))) {
            put(s, take(s));
        } else if (c == '$') {
            take_dollar(s);
        } else if (c == '`') {
            take_backtick(s);
        } else {
            put(s, c);
        }
    }
}

/* Up to most digits of that base; -1: none. */
static long take_digits(Splitter *s, int base, int most) {
    long v = 0;
    int n = 0;
    for (; n < most; n++) {
        int c = peek(s, 0);
        int digit = c < 0         ? 99
                    : isdigit(c)  ? c - '0'
                    : isxdigit(c) ? tolower(c) - 'a' + 10
                                  : 99;
        if (digit >= base)
            break;
        v = v * base + digit;
        s->at++;
    }
    return n ? v : -1;
}

static void put_point(Splitter *s, long p) {
    if (p < 0 || p > 0x10ffff || (p >= 0xd800 && p <= 0xdfff))
        p = 0xfffd;
    if (p < 0x80) {
        put(s, (int)p);
    } else if (p < 0x800) {
        put(s, (int)(0xc0 | p >> 6));
        put(s, (int)(0x80 | (p & 0x3f)));
    } else if (p < 0x10000) {
        put(s, (int)(0xe0 | p >> 12));
        put(s, (int)(0x80 | (p >> 6 & 0x3f)));
        put(s, (int)(0x80 | (p & 0x3f)));
    } else {
        put(s, (int)(0xf0 | p >> 18));
        put(s, (int)(0x80 | (p >> 12 & 0x3f)));
        put(s, (int)(0x80 | (p >> 6 & 0x3f)));
        put(s, (int)(0x80 | (p & 0x3f)));
    }
}

/* \n and its kin, behind the backslash of $'…'. */
static void take_ansi_escape(Splitter *s) {
    static const char from[] = "abefnrtv", to[] = "\a\b\033\f\n\r\t\v";
    int c = peek(s, 0);
    const char *known = c > 0 ? strchr(from, c) : NULL;
    if (c >= '0' && c <= '7') {
        put(s, (int)(take_digits(s, 8, 3) & 0xff));
        return;
    }
    take(s);
    if (known)
        put(s, to[known - from]);
    else if (c == 'E')
        put(s, 033);
    else if (c == 'x')
        put(s, (int)(take_digits(s, 16, 2) & 0xff));
    else if (c == 'u' || c == 'U')
        put_point(s, take_digits(s, 16, c == 'u' ? 4 : 8));
    else if (c > 0 && strchr("\\'\"?", c))
        put(s, c);
    else if (c >= 0) {
        put(s, '\\');
        put(s, c);
    }
}

static void take_ansi(Splitter *s) {
    for (int c; (c = take(s)) != '\'';) {
        if (c < 0) {
            unclosed(s, '\'');
            return;
        }
        if (c == '\\')
            take_ansi_escape(s);
        else
            put(s, c);
    }
}

/* --- POSIX -------------------------------------------------------------- */

static void skip_comment(Splitter *s) {
    while (peek(s, 0) >= 0 && peek(s, 0) != '\n')
        s->at++;
}

/* 2>/dev/null: the digits and the file are no words. */
static void take_redirection(Splitter *s) {
    bool digits = s->in_word && !s->quoted;
    for (size_t i = 0; digits && i < s->word.length; i++)
        digits = isdigit((unsigned char)s->word.bytes[i]);
    if (digits)
        s->in_word = false;
    end_word(s);
    while (peek(s, 0) >= 0 && strchr("<>&|", peek(s, 0)) && peek(s, 0))
        s->at++;
    s->skip_next = true;
}

static void take_in_word(Splitter *s, int c) {
    begin_word(s);
    if (c == '\\') {
        if (peek(s, 0) >= 0)
            put(s, take(s));
    } else if (c == '\'' || c == '"') {
        s->quoted = true;
        if (c == '\'')
            take_single(s);
        else
            take_double(s);
    } else if (c == '$' && peek(s, 0) == '\'') {
        take(s);
        s->quoted = true;
        take_ansi(s);
    } else if (c == '$') {
        take_dollar(s);
    } else if (c == '`') {
        take_backtick(s);
    } else {
        put(s, c);
    }
}

static void split_posix(Splitter *s) {
    for (int c; s->out->count < SHELL_WORDS_MAX && (c = take(s)) >= 0;) {
        if (c == '\\' && peek(s, 0) == '\r' && peek(s, 1) == '\n') {
            take(s);
            take(s);
        } else if (c == '\\' && peek(s, 0) == '\n') {
            take(s);
        } else if (c == ' ' || c == '\t' || c == '\r') {
            end_word(s);
        } else if (c == '\n' || c == ';' || c == '(' || c == ')') {
            end_command(s, SHELL_END);
        } else if (c == '&' || c == '|') {
            bool twice = peek(s, 0) == c;
            if (twice)
                take(s);
            end_command(s, c == '|' && !twice ? SHELL_PIPE : SHELL_END);
        } else if (c == '<' || c == '>') {
            take_redirection(s);
        } else if (c == '#' && !s->in_word) {
            skip_comment(s);
        } else {
            take_in_word(s, c);
        }
    }
    end_command(s, SHELL_END);
}

/* --- cmd.exe ------------------------------------------------------------ */

/* As browsers copy for Windows: ^" or a line that ends in ^. */
static bool is_cmd(const char *bytes, size_t length) {
    for (size_t i = 0; i + 1 < length; i++)
        if (bytes[i] == '^' && (bytes[i + 1] == '"' || bytes[i + 1] == '\n' ||
                                bytes[i + 1] == '\r'))
            return true;
    return false;
}

/* Carets away: ^x is x, ^ newline is nothing, ^ newline newline a newline. */
static void without_carets(const char *bytes, size_t length, Text *to) {
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '\r')
            continue;
        if (bytes[i] == '^' && i + 1 < length) {
            i++;
            if (bytes[i] == '\r' && i + 1 < length)
                i++;
            if (bytes[i] == '\n') {
                if (i + 1 < length && bytes[i + 1] == '\n')
                    text_add(to, bytes + ++i, 1);
                continue;
            }
        }
        text_add(to, bytes + i, 1);
    }
}

/* Inside "…" a backslash counts before a quote or another one only. */
static void take_cmd_quoted(Splitter *s) {
    for (int c; (c = take(s)) >= 0;) {
        int next = peek(s, 0);
        if (c == '\\' && (next == '"' || next == '\\')) {
            put(s, take(s));
        } else if (c == '"' && next == '"') {
            put(s, take(s));
        } else if (c == '"') {
            return;
        } else {
            put(s, c);
        }
    }
    unclosed(s, '"');
}

static void split_cmd(Splitter *s) {
    for (int c; s->out->count < SHELL_WORDS_MAX && (c = take(s)) >= 0;) {
        if (c == ' ' || c == '\t') {
            end_word(s);
        } else if (c == '\n' || c == '&') {
            end_command(s, SHELL_END);
        } else if (c == '|') {
            end_command(s, SHELL_PIPE);
        } else {
            begin_word(s);
            if (c == '"')
                take_cmd_quoted(s);
            else
                put(s, c);
        }
    }
    end_command(s, SHELL_END);
}

void shell_split(Sketch *d, const char *bytes, size_t length, ShellWords *out) {
    Text plain = { 0 };
    Splitter s = { .d = d, .out = out, .line = 1 };
    if (is_cmd(bytes, length)) {
        without_carets(bytes, length, &plain);
        s.at = plain.bytes ? plain.bytes : "";
        s.end = s.at + plain.length;
        split_cmd(&s);
    } else {
        s.at = bytes;
        s.end = bytes + length;
        split_posix(&s);
    }
    if (out->count == SHELL_WORDS_MAX)
        sketch_note(d, AT_LINE(s.line),
                    "more than %d words: the rest is left "
                    "out",
                    SHELL_WORDS_MAX);
    text_close(&s.word);
    text_close(&plain);
}
