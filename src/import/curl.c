/* SPDX-License-Identifier: GPL-3.0-or-later */
/* curl's command lines: from words to requests. */
#include "import/curl.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import/import.h"
#include "import/marked.h"
#include "import/shell.h"

/* --- a command becomes requests ----------------------------------------- */

static bool has_header(const CurlCommand *c, const char *name) {
    for (size_t i = 0; i < c->headers.count; i++)
        if (strcasecmp(c->headers.items[i].key, name) == 0)
            return true;
    for (size_t i = 0; i < c->gone.count; i++)
        if (strcasecmp(c->gone.items[i].key, name) == 0)
            return true;
    return false;
}

static void default_header(CurlCommand *c, const char *name,
                           const char *value) {
    if (!has_header(c, name))
        curl_set_header(c, name, value);
}

/* The URL with its scheme and with what -G puts behind it. */
static void whole_url(CurlCommand *c, const char *url, Text *to) {
    bool globs = strchr(url, '{') || strchr(url, '[');
    if (globs && !strstr(url, "://["))
        sketch_note(c->d, c->at,
                    "the lists {…} and […] of the URL: they stand there as "
                    "they are");
    text_addf(to, "%s%s",
              strstr(url, "://") || *url == MARK_OPEN ? "" : "http://", url);
    char *hash = strchr(to->bytes, '#');
    if (hash) {
        to->length = (size_t)(hash - to->bytes);
        *hash = '\0';
    }
    const Text *parts[] = { c->get ? &c->data : &c->query, &c->query };
    for (size_t i = 0; i < (c->get ? 2 : 1); i++)
        if (parts[i]->length)
            text_addf(to, "%s%s", strchr(to->bytes, '?') ? "&" : "?",
                      parts[i]->bytes);
}

static const char *method_of(const CurlCommand *c) {
    if (c->method)
        return c->method;
    if (c->upload)
        return "PUT";
    if (c->head)
        return "HEAD";
    return (c->data_kind != DATA_NONE || c->form) && !c->get ? "POST" : "GET";
}

static void note_secrets(CurlCommand *c) {
    static const char *const secrets[] = { "Authorization", "Cookie" };
    for (size_t i = 0; i < 2; i++)
        if (has_header(c, secrets[i]))
            sketch_note(c->d, c->at,
                        "header %s stands in the profile as it was: a secret "
                        "is better written ${env.NAME}",
                        secrets[i]);
}

static void add_request(CurlCommand *c, const char *url, SketchFlow *flow) {
    Text whole = { 0 };
    whole_url(c, url, &whole);
    uint32_t r = sketch_request(c->d, c->at, method_of(c), whole.bytes);
    text_close(&whole);
    if (r == SKETCH_NONE)
        return;
    for (size_t i = 0; i < c->headers.count; i++)
        sketch_header(c->d, r, c->headers.items[i].key,
                      c->headers.items[i].value);
    if (c->data_file && !c->get)
        c->d->requests[r].body_file = c->data_file;
    else if (c->data.length && !c->get)
        sketch_body(c->d, r, c->data.bytes, c->data.length,
                    !mark_has_vars(c->data.bytes));
    sketch_line(c->d, r, "check", "", "status < 400");
    sketch_step(c->d, flow, r, 1, 0);
}

static void target_options(CurlCommand *c) {
    if (c->follow)
        sketch_target(c->d, c->at, "redirects",
                      c->redirects ? c->redirects : "50");
    if (c->user) {
        Text t = { 0 };
        text_addf(&t, "%s %s%s", c->auth ? c->auth : "basic", c->user,
                  strchr(c->user, ':') ? "" : ":");
        sketch_target(c->d, c->at, "auth", t.bytes);
        text_close(&t);
        sketch_note(c->d, c->at,
                    "the password stands in the profile as it "
                    "was: better write ${env.NAME}");
    }
}

static void end_command(CurlCommand *c, SketchFlow *flow) {
    if (c->data_kind != DATA_NONE && !c->get && !c->upload) {
        default_header(c, "Content-Type",
                       c->data_kind == DATA_JSON
                           ? "application/json"
                           : "application/x-www-form-urlencoded");
        if (c->data_kind == DATA_JSON)
            default_header(c, "Accept", "application/json");
    }
    note_secrets(c);
    target_options(c);
    for (size_t i = 0; i < c->url_count; i++)
        add_request(c, c->urls[i], flow);
    if (c->url_count == 0)
        sketch_note(c->d, c->at, "a curl command without a URL");
    text_close(&c->data);
    text_close(&c->query);
    free(c->headers.items);
    free(c->gone.items);
}

/* --- words -------------------------------------------------------------- */

/* An option in w[i]; returns how many words it took. */
static size_t take_option(CurlCommand *c, const ShellWord *w, size_t left) {
    const char *word = w[0].text;
    const char *value = left > 1 ? w[1].text : "";
    if (word[1] == '-') {
        const CurlOption *o = curl_option_long(word + 2);
        if (!o && text_starts(word, "--no-"))
            return 1;
        if (!o) {
            sketch_note(c->d, AT_LINE(w->line), "option %s is not known here",
                        sketch_shown(c->d, word, strlen(word)));
            return 1;
        }
        curl_option_apply(c, o, curl_option_takes(o) ? value : "");
        return curl_option_takes(o) && left > 1 ? 2 : 1;
    }
    for (const char *s = word + 1; *s; s++) {
        const CurlOption *o = curl_option_short(*s);
        if (!o) {
            sketch_note(c->d, AT_LINE(w->line), "option -%s is not known here",
                        sketch_shown(c->d, s, 1));
        } else if (curl_option_takes(o)) {
            curl_option_apply(c, o, s[1] ? s + 1 : value);
            return s[1] || left < 2 ? 1 : 2;
        } else {
            curl_option_apply(c, o, "");
        }
    }
    return 1;
}

static bool is_curl(const char *word) {
    const char *slash = strrchr(word, '/');
    const char *base = slash ? slash + 1 : word;
    return text_equal(base, "curl") || text_equal(base, "curl.exe");
}

/* From "curl" to the end of the command. */
static void read_command(Sketch *d, const ShellWord *w, size_t count,
                         SketchFlow *flow) {
    CurlCommand c = { .d = d, .at = AT_LINE(w->line) };
    bool only_urls = false;
    for (size_t i = 1; i < count;) {
        const char *word = w[i].text;
        if (!only_urls && text_equal(word, "--")) {
            only_urls = true;
            i++;
        } else if (!only_urls &&
                   (text_equal(word, "--next") || text_equal(word, "-:"))) {
            end_command(&c, flow);
            c = (CurlCommand){ .d = d, .at = AT_LINE(w[i].line) };
            i++;
        } else if (!only_urls && word[0] == '-' && word[1]) {
            i += take_option(&c, w + i, count - i);
        } else {
            curl_add_url(&c, word);
            i++;
        }
    }
    end_command(&c, flow);
}

static void read_words(Sketch *d, const ShellWords *words, SketchFlow *flow) {
    bool piped = false;
    for (size_t i = 0; i < words->count;) {
        size_t end = i;
        while (end < words->count && words->items[end].kind == SHELL_WORD)
            end++;
        const ShellWord *w = &words->items[i];
        size_t n = end - i;
        if (n > 1 && (text_equal(w->text, "$") || text_equal(w->text, ">")))
            w++, n--; /* a prompt that was copied too */
        if (n && is_curl(w->text))
            read_command(d, w, n, flow);
        else if (n && !piped)
            sketch_note(d, AT_LINE(w->line), "command %s: only curl's are read",
                        sketch_shown(d, w->text, strlen(w->text)));
        piped = end < words->count && words->items[end].kind == SHELL_PIPE;
        i = end + 1;
    }
}

/* Words that a shell has split already: all are one command. */
static void take_words(Sketch *d, const ImportOptions *o, ShellWords *words) {
    for (size_t i = 0; i < o->word_count && i < SHELL_WORDS_MAX; i++) {
        Text t = { 0 };
        mark_text(&t, o->words[i], strlen(o->words[i]));
        mem_grow(words->items, words->count, words->cap);
        words->items[words->count++] =
            (ShellWord){ SHELL_WORD,
                         arena_dup_bytes(&d->arena, t.bytes, t.length), 0 };
        text_close(&t);
    }
}

int curl_read(Sketch *d, ImportInput *in, const ImportOptions *o, Err *err) {
    ShellWords words = { 0 };
    if (o->word_count)
        take_words(d, o, &words);
    else if (import_whole(in, err) < 0)
        return -1;
    else
        shell_split(d, in->head.bytes, in->head.length, &words);
    SketchScenario *s = sketch_scenario(d, "visitor");
    read_words(d, &words, sketch_flow(s, 1));
    free(words.items);
    return 0;
}

/* Does a line begin with curl, a prompt before it or not? */
bool curl_recognise(const char *bytes, size_t length) {
    (void)length;
    for (const char *s = bytes; *s; s += *s == '\n') {
        s += strspn(s, " \t\r");
        if (*s == '$' || *s == '>')
            s += 1 + strspn(s + 1, " \t");
        size_t n = strcspn(s, " \t\r\n");
        if ((n == 4 && strncmp(s, "curl", 4) == 0) ||
            (n == 8 && strncmp(s, "curl.exe", 8) == 0))
            return true;
        s += strcspn(s, "\n");
    }
    return false;
}
