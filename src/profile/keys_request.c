/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/keys_request.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "profile/command.h"

#define BODY_MAX_BYTES ((size_t)64 << 20)

static bool check_path(const KeyContext *c, const char *s, size_t at) {
    if (key_is_url_byte(*s) && *s != '#')
        return true;
    key_error(c, (int)at + 1,
              *s == ' ' ? "write a space in a path as %%20"
                        : "this byte cannot stand in a path");
    return false;
}

static void check_words(const KeyContext *c, const Var *v) {
    for (size_t i = 0; i < v->word_count; i++)
        for (size_t k = 0; k < v->words[i].length; k++)
            if (!check_path(c, v->words[i].bytes + k,
                            v->at + v->words[i].at + k))
                return;
}

static bool is_first_method(const KeyContext *c) {
    const Request *r = c->request;
    if (r->method)
        key_error(c, 0, "[request %s] has %s already", r->name, r->method);
    return !r->method;
}

void key_read_method(KeyContext *c) {
    Request *r = c->request;
    if (!is_first_method(c))
        return;
    r->method = c->entry->key;
    r->path = c->value;
    if (*c->value != '/')
        key_error(c, 1, "a path begins with /; the host is in [target] url");
    r->path_vars = c->vars;
    for (size_t i = 0; c->value[i]; i++)
        if (!vars_cover(&c->vars, i) && !check_path(c, c->value + i, i))
            return;
    for (size_t i = 0; i < c->vars.count; i++)
        check_words(c, &c->vars.items[i]);
}

/* The words are made when it is encoded. */
void key_read_exec(KeyContext *c) {
    Request *r = c->request;
    CommandLine command;
    Err err;
    if (!is_first_method(c))
        return;
    r->method = c->entry->key;
    r->path = c->value;
    r->path_vars = c->vars;
    r->is_exec = true;
    if (command_read(c->value, &c->vars, &c->profile->arena, &command, &err) < 0)
        key_report(c, &err);
}

void key_read_body(KeyContext *c) {
    Request *r = c->request;
    if (*c->value != '@') {
        r->body = c->value;
        r->body_length = strlen(c->value);
        r->body_vars = c->vars;
        return;
    }
    if (c->vars.count) {
        key_error(c, (int)c->vars.items[0].at + 1,
                  "a file's name is the same for every request");
        return;
    }
    char *path = key_beside(c->profile, c->value + 1);
    Text t = { 0 };
    Err err;
    if (file_read(path, BODY_MAX_BYTES, &t, &err) < 0) {
        key_report(c, &err);
    } else {
        r->body = arena_dup_bytes(&c->profile->arena, t.bytes, t.length);
        r->body_length = t.length;
    }
    text_close(&t);
    free(path);
}

void key_read_request_header(KeyContext *c) {
    Request *r = c->request;
    key_read_header(c, &r->headers, &r->header_count, &r->header_cap);
}

void key_read_request_tags(KeyContext *c) {
    Request *r = c->request;
    key_read_tags(c, &r->tags, &r->tag_count, &r->tag_cap);
}
