/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What failed requests looked like, in a journal. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "journal/print.h"

static void put_whole(Text *to, const char *key, uint64_t value) {
    text_addf(to, ",\"%s\":%" PRIu64, key, value);
}

/* The first of the text's bytes; its lines stay lines. */
static void put_lines(Text *to, const char *key, const char *text,
                      size_t length) {
    char *line = mem_alloc(length + 1, 1);
    text_addf(to, ",\"%s\":\"", key);
    for (const char *end = text + length; text < end;) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        size_t n = (size_t)((stop ? stop : end) - text);
        memcpy(line, text, n);
        line[n] = '\0';
        print_words(to, line);
        text_adds(to, stop ? "\\n" : "");
        text += n + (stop != NULL);
    }
    text_adds(to, "\"");
    free(line);
}

/* Without the body: what was sent may be secret, and this is a file. */
static void put_head(Text *to, const char *key, const char *text) {
    const char *body = strstr(text, "\n\n");
    put_lines(to, key, text, body ? (size_t)(body - text) : strlen(text));
}

/* kind: a class by its name, a failed check by its place. */
static void put_example(const Example *e, size_t kind, Text *to) {
    if (kind < FAIL_COUNT)
        text_addf(to, "{\"kind\":\"%s\"", fail_name((FailClass)kind));
    else
        text_addf(to, "{\"check\":%zu", kind - FAIL_COUNT);
    put_whole(to, "at", e->end_ns);
    put_whole(to, "series", e->series);
    put_whole(to, "vu", e->vu);
    put_whole(to, "took", e->took_ns);
    put_whole(to, "status", (uint64_t)(e->status > 0 ? e->status : 0));
    text_adds(to, ",\"why\":");
    print_text(to, e->why);
    put_head(to, "request", e->request);
    put_lines(to, "answer", e->answer, strlen(e->answer));
    text_adds(to, "}");
}

void print_examples(const Failures *f, uint64_t at_ns, size_t *told, Text *to) {
    const char *before = ",\"examples\":[";
    for (size_t k = 0; k < f->kind_count; k++) {
        const Failure *x = &f->kinds[k];
        for (;
             told[k] < x->example_count && x->examples[told[k]].end_ns <= at_ns;
             told[k]++) {
            text_adds(to, before);
            put_example(&x->examples[told[k]], k, to);
            before = ",";
        }
    }
    if (!before[1])
        text_adds(to, "]");
}
