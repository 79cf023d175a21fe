/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/palette.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "control/verbs.h"
#include "ui/own.h"
#include "ui/view.h"

#define HELP_MATCH 3 /* letters from which on a word of the help counts */
#define TOKENS_MAX 12

/* --- names -------------------------------------------------------------- */

enum {
    RANK_BEGIN,  /* "sp": spike */
    RANK_WORD,   /* "ins": stage insert */
    RANK_SPREAD, /* "sti": stage insert */
    RANK_HELP,   /* "wheel": level */
    RANK_NONE
};

static bool is_spread(const char *name, const char *typed) {
    for (; *typed; typed++, name++) {
        name = strchr(name, tolower((unsigned char)*typed));
        if (!name)
            return false;
    }
    return true;
}

static int rank_of(const char *name, const char *help, const char *typed) {
    size_t n = strlen(typed);
    if (strncasecmp(name, typed, n) == 0)
        return RANK_BEGIN;
    for (const char *s = strchr(name, ' '); s; s = strchr(s + 1, ' '))
        if (strncasecmp(s + 1, typed, n) == 0)
            return RANK_WORD;
    if (tolower((unsigned char)*name) == tolower((unsigned char)*typed) &&
        is_spread(name, typed))
        return RANK_SPREAD;
    return n >= HELP_MATCH && strcasestr(help, typed) ? RANK_HELP : RANK_NONE;
}

/* Sorted in by rank; of one rank as they come. */
static Choice *add_choice(Palette *p, int rank) {
    size_t at = p->count;
    if (p->count == PALETTE_CHOICES)
        return NULL;
    for (; at > 0 && p->choices[at - 1].rank > rank; at--)
        p->choices[at] = p->choices[at - 1];
    p->count++;
    p->choices[at] = (Choice){ .rank = rank, .args = "", .help = "" };
    return &p->choices[at];
}

/* Is there something in the pattern beside what may be left out? */
static bool needs_args(const char *args) {
    int depth = 0;
    for (; *args; args++) {
        depth += *args == '[';
        if (!depth && *args != ' ')
            return true;
        depth -= *args == ']';
    }
    return false;
}

/* from: where the command begins in the line. */
static void add_name(Palette *p, size_t from, const OwnCommand *o,
                     bool is_own) {
    const char *line = p->field.text;
    int rank = rank_of(o->name, o->help, line + from);
    Choice *k = rank == RANK_NONE ? NULL : add_choice(p, rank);
    if (!k)
        return;
    snprintf(k->line, sizeof k->line, "%.*s%s%s", (int)from, line, o->name,
             needs_args(o->args) ? " " : "");
    snprintf(k->word, sizeof k->word, "%s", o->name);
    k->args = o->args;
    k->help = o->help;
    k->is_whole = !needs_args(o->args);
    k->is_harmless = is_own && rank == RANK_BEGIN;
}

static void add_names(Palette *p, size_t from) {
    for (size_t i = 0; i < verb_count && !p->is_over; i++) {
        OwnCommand o = { verbs[i].name, verbs[i].args, verbs[i].help };
        if (strcmp(o.name, own_commands[OWN_SCENARIO].name) != 0)
            add_name(p, from, &o, false);
    }
    for (int i = 0; from == 0 && i < OWN_COUNT; i++)
        add_name(p, from, &own_commands[i], i != OWN_QUIT);
    for (int i = 0; from == 0 && i < VIEW_COUNT; i++) {
        OwnCommand o = { views[i].name, "", "show this view" };
        add_name(p, from, &o, true);
    }
}

/* --- arguments ---------------------------------------------------------- */

/* A word of a pattern: "STAGE", "up|down"; group 0: it must stand there. */
typedef struct Part {
    char text[40];
    int group;
} Part;

static size_t read_pattern(const char *args, Part to[TOKENS_MAX]) {
    size_t count = 0;
    int group = 0, open = 0;
    while (*args && count < TOKENS_MAX) {
        while (*args == ' ' || *args == '[' || *args == ']') {
            if (*args == '[')
                open = ++group;
            if (*args == ']')
                open = 0;
            args++;
        }
        size_t n = strcspn(args, " []");
        if (n) {
            snprintf(to[count].text, sizeof to->text, "%.*s", (int)n, args);
            to[count++].group = open;
        }
        args += n;
    }
    return count;
}

/* "up|down" has the word "up". */
static bool has_word(const char *alternatives, const char *word, size_t n) {
    for (const char *s = alternatives; *s;) {
        size_t length = strcspn(s, "|");
        if (length == n && strncmp(s, word, n) == 0)
            return true;
        s += length + (s[length] == '|');
    }
    return false;
}

static bool is_literal(const char *token) {
    return islower((unsigned char)*token) || !isalpha((unsigned char)*token);
}

/* Which token a word of the line is: options that it does not begin are
 * passed over. */
static size_t token_for(const Part *t, size_t count, size_t at,
                        const char *word, size_t n) {
    while (at < count && t[at].group && is_literal(t[at].text) &&
           !has_word(t[at].text, word, n)) {
        int group = t[at].group;
        while (at < count && t[at].group == group)
            at++;
    }
    return at;
}

static void add_word(Palette *p, size_t from, const char *word, bool is_last) {
    const char *line = p->field.text;
    size_t typed = strlen(line + from);
    Choice *k;
    if (strncasecmp(word, line + from, typed) != 0 ||
        strcmp(word, line + from) == 0 || !(k = add_choice(p, RANK_BEGIN)))
        return;
    snprintf(k->line, sizeof k->line, "%.*s%s%s", (int)from, line, word,
             is_last ? "" : " ");
    snprintf(k->word, sizeof k->word, "%s", word);
    k->is_whole = is_last;
}

static void add_token(Palette *p, size_t from, const char *token, bool is_last,
                      const PaletteWords *words, size_t count) {
    char one[40];
    for (const char *s = token; *s;) {
        size_t n = strcspn(s, "|");
        snprintf(one, sizeof one, "%.*s", (int)n, s);
        bool is_word = islower((unsigned char)*one) && strlen(one) > 1;
        if (is_word && !strpbrk(one, "+-%"))
            add_word(p, from, one, is_last);
        for (size_t i = 0; i < count; i++)
            for (size_t k = 0;
                 text_equal(words[i].kind, one) && k < words[i].count; k++)
                add_word(p, from, words[i].items[k], is_last);
        s += n + (s[n] == '|');
    }
}

static void look_from(Palette *p, size_t from, const PaletteWords *words,
                      size_t count);

/* args: where the arguments of a command begin in the line. */
static void add_args(Palette *p, size_t args, const char *pattern,
                     const PaletteWords *words, size_t count) {
    Part t[TOKENS_MAX];
    const char *line = p->field.text;
    size_t tokens = read_pattern(pattern, t), at = 0, from = args;
    while (at < tokens) {
        size_t n = strcspn(line + from, " ");
        if (text_starts(t[at].text, "COMMAND")) {
            const char *last = strrchr(line + from, ';');
            if (last)
                from = (size_t)(last + 1 - line);
            look_from(p, from + strspn(line + from, " "), words, count);
            return;
        }
        if (!line[from + n])
            break; /* this word is being typed */
        at = token_for(t, tokens, at, line + from, n) + 1;
        from += n + strspn(line + from + n, " ");
    }
    for (int group = -1; at < tokens; at++) {
        if (group != -1 && t[at].group == group)
            continue;
        add_token(p, from, t[at].text, at + 1 == tokens, words, count);
        group = t[at].group;
        if (!group || !is_literal(t[at].text))
            break;
    }
}

/* --- the line ----------------------------------------------------------- */

static void use_command(Palette *p, const OwnCommand *o) {
    p->usage = o->name;
    p->args = o->args;
    p->help = o->help;
}

static void look_from(Palette *p, size_t from, const PaletteWords *words,
                      size_t count) {
    const char *text = p->field.text + from, *args;
    OwnId own = from == 0 ? own_find(text, &args) : OWN_COUNT;
    const Verb *v = own == OWN_COUNT ? verb_find(text, &args, NULL) : NULL;
    bool has_more = (own != OWN_COUNT || v) && strchr(text, ' ');
    if (own != OWN_COUNT && !has_more)
        use_command(p, &own_commands[own]);
    if (!has_more || !(args > text && args[-1] == ' ')) {
        add_names(p, from);
        return;
    }
    OwnCommand o = own != OWN_COUNT ? own_commands[own]
                                    : (OwnCommand){ v->name, v->args, v->help };
    use_command(p, &o);
    add_args(p, (size_t)(args - p->field.text), o.args, words, count);
}

void palette_look(Palette *p, const PaletteWords *words, size_t count) {
    p->count = 0;
    p->chosen = -1;
    p->has_error = false;
    p->usage = p->args = p->help = NULL;
    look_from(p, strspn(p->field.text, " "), words, count);
}

void palette_open(Palette *p, const PaletteWords *words, size_t count) {
    p->is_open = true;
    field_set(&p->field, "");
    p->history_at = p->history_count;
    palette_look(p, words, count);
}

void palette_close(Palette *p) {
    for (size_t i = 0; i < p->history_count; i++)
        free(p->history[i]);
    p->history_count = 0;
}

static void set_line(Palette *p, const char *text) {
    field_set(&p->field, text);
    p->field.is_fresh = false;
}

void palette_move(Palette *p, int by) {
    p->has_error = false;
    bool is_old = p->history_at < p->history_count;
    if (p->history_count &&
        (is_old || (!*p->field.text && by < 0 && p->chosen < 0))) {
        size_t at = p->history_at;
        if (by < 0 ? at > 0 : at < p->history_count)
            at += by < 0 ? (size_t)-1 : 1;
        p->history_at = at;
        set_line(p, at < p->history_count ? p->history[at] : "");
        return;
    }
    int count = (int)p->count;
    if (count)
        p->chosen = p->chosen < 0 ? (by > 0 ? 0 : count - 1)
                                  : (p->chosen + by + count) % count;
}

void palette_complete(Palette *p) {
    if (p->count)
        set_line(p, p->choices[p->chosen < 0 ? 0 : p->chosen].line);
}

void palette_remember(Palette *p) {
    const char *line = p->field.text;
    size_t n = p->history_count;
    if (n && strcmp(p->history[n - 1], line) == 0)
        return;
    if (n == PALETTE_HISTORY) {
        free(p->history[0]);
        memmove(p->history, p->history + 1, (n - 1) * sizeof *p->history);
        p->history_count--;
    }
    p->history[p->history_count++] = mem_dup_text(line);
}
