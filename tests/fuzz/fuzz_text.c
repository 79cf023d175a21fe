/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text from outside on its way to a terminal, a page, JSON, Markdown or a
 * failed request's example: it arrives, and obeys nobody. The first byte says
 * where it goes, the second how much room there is. */
#include "base/secret.h"
#include "base/text.h"
#include "clean.h"
#include "engine/capture.h"
#include "report/html.h"
#include "report/markdown.h"
#include "report/out.h"
#include "target/answer.h"

unsigned fuzz_rounds = 20000;

/* --- a terminal --------------------------------------------------------- */

static void to_terminal(const char *from, size_t length, size_t room) {
    size_t size = room + 1;
    char *to = malloc(size);
    char *all = malloc(length * 3 + 1);
    char *again = malloc(length * 3 + 1);
    must(to && all && again);
    text_clean(all, length * 3 + 1, from, length);
    text_clean(to, size, from, length);
    text_clean(again, length * 3 + 1, all, strlen(all));
    must_be_clean(all);
    must_be_clean(to);
    must(strcmp(all, again) == 0);
    must(strlen(to) < size && strncmp(all, to, strlen(to)) == 0);
    /* what is clean stays */
    must(!clean_is(from, length, false) || strlen(all) == length);
    free(to);
    free(all);
    free(again);
}

/* --- a page ------------------------------------------------------------- */

static void to_page(const char *from) {
    static const struct {
        const char *entity, text;
    } entities[] = { { "&amp;", '&' },
                     { "&lt;", '<' },
                     { "&gt;", '>' },
                     { "&quot;", '"' },
                     { "&#39;", '\'' } };
    Text to = { 0 }, back = { 0 };
    html_text(&to, from);
    const char *at = to.bytes ? to.bytes : "";
    while (*at) {
        size_t i = 0, known = sizeof entities / sizeof *entities;
        must(!strchr("<>\"'", *at));
        while (*at == '&' && i < known && !text_starts(at, entities[i].entity))
            i++;
        must(*at != '&' || i < known);
        text_add(&back, *at == '&' ? &entities[i].text : at, 1);
        at += *at == '&' ? strlen(entities[i].entity) : 1;
    }
    char *clean = text_clean_copy(from);
    const char *came = back.bytes ? back.bytes : "";
    must(strcmp(came, from) == 0 || strcmp(came, clean) == 0);
    free(clean);
    text_close(&to);
    text_close(&back);
}

/* --- JSON --------------------------------------------------------------- */

static void to_json(const char *from) {
    Text to = { 0 };
    char *clean = text_clean_copy(from);
    json_t *o = json_object();
    out_begin();
    out_put(o, from, out_text(from));
    out_print(o, JSON_COMPACT, &to);
    must(!strstr(to.bytes, "</") && !strstr(to.bytes, "<!"));
    json_t *back = json_loadb(to.bytes, to.length, 0, NULL);
    must(json_object_size(back) == 1);
    const char *key = json_object_iter_key(json_object_iter(back));
    must(strcmp(json_string_value(json_object_get(back, key)), clean) == 0);
    must_be_clean(key);
    json_decref(back);
    free(clean);
    text_close(&to);
}

/* The target's own writer: each byte is a character. */
static void to_target_json(const char *from, size_t length) {
    Text to = { 0 };
    answer_json_text(&to, from, length);
    json_t *back =
        json_loadb(to.bytes, to.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    must(back);
    const uint8_t *s = (const uint8_t *)json_string_value(back);
    for (size_t i = 0; i < length; i++) {
        uint8_t c = (uint8_t)from[i];
        if (c >= 0x80)
            must(*s++ == (0xc0 | c >> 6));
        must(*s++ == (c < 0x80 ? c : (0x80 | (c & 0x3f))));
    }
    must(!*s);
    json_decref(back);
    text_close(&to);
}

#define BREAK "<!-- -->" /* what parts words that would be a link */

/* --- Markdown ----------------------------------------------------------- */

static size_t run_of(const char *at, char c) {
    size_t n = 0;
    while (at[n] == c)
        n++;
    return n;
}

/* A code span: as many backticks at its end as at its beginning, never so
 * many in a row between them, one line, and no cell's end in a table. */
static void to_markdown(const char *from, bool in_table) {
    Text to = { 0 };
    markdown_code(&to, from, in_table);
    if (to.length) {
        size_t n = run_of(to.bytes, '`');
        must(n && to.length > 2 * n);
        for (const char *at = to.bytes + n; *at; at++) {
            must(*at != '\n' && *at != '\r');
            must(!in_table || *at != '|' || at[-1] == '\\');
            size_t here = run_of(at, '`');
            must(here != n || !at[here]);
            must(at[here] || here == n || here == 0);
            at += here ? here - 1 : 0;
        }
    }
    text_clear(&to);
    markdown_text(&to, from);
    for (size_t i = 0; i < to.length; i++) {
        must(to.bytes[i] != '\n' && to.bytes[i] != '\r');
        must(to.bytes[i] != '<' || (i && to.bytes[i - 1] == '\\') ||
             text_starts(to.bytes + i, BREAK));
    }
    text_close(&to);
}

/* --- an example --------------------------------------------------------- */

#define SECRET "hunter2hunter2"

static const char *const secrets[] = {
    "Authorization: Bearer " SECRET "\r\n",
    "cookie: a=b; sid=" SECRET "; c=d\r\n",
    "SET-COOKIE: x=" SECRET "\r\n",
    "X-Api-Key:" SECRET "\n",
    "Authorization: Basic\r\n " SECRET "\r\n",
    "Location: /?access_token=" SECRET "&a=b\r\n",
};

static void show(char *to, size_t size, const char *from, size_t length,
                 const Secrets *known) {
    const Secrets none = { 0 };
    char *exact = fuzz_exact(from, length);
    capture_message(to, size, &(Message){ exact, length, 0, false },
                    known ? known : &none, &none);
    must(strlen(to) < size && clean_is(to, strlen(to), true));
    free(exact);
}

/* With a secret in its head, where the head is one. */
static void to_example(const char *from, size_t length, uint8_t which) {
    Text all = { 0 };
    const char *line = memchr(from, '\n', length);
    size_t first = line ? (size_t)(line - from) + 1 : 0;
    text_adds(&all, first ? "" : "GET / HTTP/1.1\r\n");
    /* An empty first line is the head's end. */
    if (first && (*from == '\r' || *from == '\n'))
        text_adds(&all, "GET");
    text_add(&all, from, first);
    text_adds(&all, secrets[which % (sizeof secrets / sizeof *secrets)]);
    text_add(&all, from + first, length - first);
    char to[2048 + 80];
    size_t size = 100 + which * 8u;
    show(to, size, all.bytes, all.length, NULL);
    must(!strstr(to, SECRET));
    show(to, size, from, length, NULL);
    /* Wherever it stands, when it is known. */
    Secrets known = { 0 };
    secrets_add(&known, SECRET, strlen(SECRET));
    text_clear(&all);
    text_add(&all, from, length / 2);
    text_adds(&all, SECRET);
    text_add(&all, from + length / 2, length - length / 2);
    show(to, size, all.bytes, all.length, &known);
    must(!strstr(to, SECRET));
    secrets_close(&known);
    text_close(&all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Input in = { data, size };
    uint8_t where = input_byte(&in), room = input_byte(&in);
    char *exact = fuzz_exact(in.at, in.left);
    char *word = fuzz_word(in.at, in.left);
    switch (where % 6) {
    case 0:
        to_terminal(exact, in.left, room);
        break;
    case 1:
        to_page(word);
        break;
    case 2:
        to_json(word);
        break;
    case 3:
        to_target_json(exact, in.left);
        break;
    case 4:
        to_markdown(word, room & 1);
        break;
    default:
        if (!in.left || !memmem(exact, in.left, "hunter", 6))
            to_example(exact, in.left, room);
    }
    free(exact);
    free(word);
    return 0;
}
