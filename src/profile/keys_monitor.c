/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/keys_monitor.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"

/* 1-based, for key_error. */
static int column_of(const KeyContext *c, const char *at) {
    return (int)(at - c->value) + 1;
}

static const char *skip_blanks(const char *s) {
    return s + strspn(s, " \t");
}

/* --- process, host, every ----------------------------------------------- */

static bool is_number(const char *s) {
    return *s && s[strspn(s, "0123456789")] == '\0';
}

static bool check_process_name(const KeyContext *c) {
    const char *slash = strrchr(c->value, '/');
    if (slash && slash[1]) {
        key_error(c, 1, "write a process's name without its folder: %s",
                  slash + 1);
        return false;
    }
    for (const char *s = c->value; *s; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f || strchr("{}\"/", *s)) {
            key_error(c, column_of(c, s),
                      "this byte cannot stand in a process's name");
            return false;
        }
    if (!*c->value || strlen(c->value) > MONITOR_NAME_BYTES_MAX) {
        key_error(c, 0, "a process is a pid, or a name of 1 to %d bytes",
                  MONITOR_NAME_BYTES_MAX);
        return false;
    }
    return true;
}

void key_read_process(KeyContext *c) {
    MonitorSpec *m = &c->profile->monitor;
    char clean[MONITOR_NAME_BYTES_MAX + 1];
    long pid = 0;
    if (is_number(c->value)) {
        pid = strlen(c->value) < 9 ? strtol(c->value, NULL, 10) : 0;
        if (pid < 1 || pid > MONITOR_PID_MOST) {
            key_error(c, 0, "a pid is 1 to %d", MONITOR_PID_MOST);
            return;
        }
    } else if (!check_process_name(c)) {
        return;
    }
    text_clean(clean, sizeof clean, c->value, strlen(c->value));
    for (size_t i = 0; i < m->process_count; i++)
        if (text_equal(m->processes[i].text, clean)) {
            key_error(c, 0, "process %s is watched already", clean);
            return;
        }
    if (m->process_count == MONITOR_PROCESSES_MAX) {
        key_error(c, 0, "at most %d processes are watched",
                  MONITOR_PROCESSES_MAX);
        return;
    }
    m->processes[m->process_count++] =
        (MonitorProcess){ arena_dup_text(&c->profile->arena, clean), pid };
}

static const char *const host_words[] = { "cpu", "memory", "disk", "network" };
#define HOST_WORDS (sizeof host_words / sizeof *host_words)

static void read_host_word(KeyContext *c, const char *at, size_t n) {
    MonitorSpec *m = &c->profile->monitor;
    char word[64];
    if (n == 0) {
        key_error(c, column_of(c, at),
                  "write what of this machine is watched: cpu, memory, disk, "
                  "network");
        return;
    }
    text_clean(word, sizeof word, at, n);
    for (size_t i = 0; i < HOST_WORDS; i++)
        if (text_equal(word, host_words[i])) {
            m->host |= 1u << i;
            return;
        }
    const char *near = text_nearest(word, host_words, HOST_WORDS);
    key_error(c, column_of(c, at),
              "'%s' cannot be watched; there are cpu, memory, disk, "
              "network%s%s%s",
              word, near ? "; did you mean '" : "", near ? near : "",
              near ? "'?" : "");
}

void key_read_host(KeyContext *c) {
    for (const char *at = c->value;; at++) {
        at = skip_blanks(at);
        size_t n = strcspn(at, ","), word = n;
        while (word && strchr(" \t", at[word - 1]))
            word--;
        read_host_word(c, at, word);
        at += n;
        if (!*at)
            return;
    }
}

void key_read_every(KeyContext *c) {
    uint64_t ns = MONITOR_EVERY_NS;
    key_read_duration(c, &ns);
    if (ns < MONITOR_EVERY_LEAST_NS || ns > MONITOR_EVERY_MOST_NS)
        key_error(c, 0, "every is 100ms to 1h");
    else
        c->profile->monitor.every_ns = ns;
}

/* --- prometheus: the URL ------------------------------------------------ */

static bool check_port(const KeyContext *c, const char *at, const char *end) {
    char *stop;
    long port = *at == ':' && isdigit((unsigned char)at[1])
                    ? strtol(at + 1, &stop, 10)
                    : 0;
    if (at == end || (port >= 1 && port <= 65535 && stop == end))
        return true;
    key_error(c, column_of(c, at),
              "after the host only :PORT may follow, 1 to 65535");
    return false;
}

/* Fills url, shown and host. */
static bool read_source_url(KeyContext *c, const char *url, PromSource *to) {
    Arena *arena = &c->profile->arena;
    const char *scheme_end = strstr(url, "://");
    if (!scheme_end ||
        (!text_starts(url, "http://") && !text_starts(url, "https://"))) {
        key_error(c, 1, "a URL of metrics begins with http:// or https://");
        return false;
    }
    for (const char *b = url; *b; b++)
        if (!key_is_url_byte(*b)) {
            key_error(c, (int)(b - url) + 1, "this byte cannot stand in a URL");
            return false;
        }
    const char *host = scheme_end + 3, *end = host + strcspn(host, "/?#");
    const char *at = memrchr(host, '@', (size_t)(end - host));
    host = at ? at + 1 : host;
    const char *bracket =
        *host == '[' ? memchr(host, ']', (size_t)(end - host)) : NULL;
    const char *port =
        bracket ? bracket + 1 : memchr(host, ':', (size_t)(end - host));
    port = port ? port : end;
    if (port == host || (*host == '[' && !bracket)) {
        key_error(c, (int)(host - url) + 1, "the host is missing");
        return false;
    }
    if (!check_port(c, c->value + (port - url), c->value + (end - url)))
        return false;
    to->url = url;
    to->host = arena_dup_bytes(arena, host, (size_t)(end - host));
    Text shown = { 0 };
    text_addf(&shown, "%.*s%.*s", (int)(scheme_end + 3 - url), url,
              (int)strcspn(host, "?#"), host);
    to->shown = arena_dup_text(arena, shown.bytes);
    text_close(&shown);
    return true;
}

/* --- prometheus: the names ---------------------------------------------- */

static size_t name_length(const char *s, bool colons) {
    size_t n = 0;
    while (isalnum((unsigned char)s[n]) || s[n] == '_' ||
           (colons && s[n] == ':'))
        n++;
    return isdigit((unsigned char)*s) ? 0 : n;
}

/* What stands between quotes, without escapes; *at behind them. NULL when
 * they do not end. */
static const char *read_quoted(Arena *arena, const char **at) {
    Text t = { 0 };
    const char *s = *at + 1;
    text_adds(&t, "");
    for (; *s && *s != '"'; s++) {
        bool is_escaped = *s == '\\' && s[1];
        s += is_escaped;
        text_add(&t, is_escaped && *s == 'n' ? "\n" : s, 1);
    }
    const char *text = *s == '"' ? arena_dup_text(arena, t.bytes) : NULL;
    *at = s + (*s == '"');
    text_close(&t);
    return text;
}

static const char *const label_form =
    "write labels as NAME{code=\"500\", method=\"GET\"}";

/* Behind the {; NULL after a mistake, else behind the }. */
static const char *read_labels(KeyContext *c, const char *s, PromName *to) {
    Arena *arena = &c->profile->arena;
    for (s = skip_blanks(s); *s != '}'; s = skip_blanks(s)) {
        if (to->label_count == MONITOR_LABELS_MAX) {
            key_error(c, column_of(c, s), "a name has at most %d labels",
                      MONITOR_LABELS_MAX);
            return NULL;
        }
        size_t n = name_length(s, false);
        const char *equals = skip_blanks(s + n);
        const char *quote = *equals == '=' ? skip_blanks(equals + 1) : equals;
        if (n == 0 || *quote != '"') {
            key_error(c, column_of(c, n ? quote : s), "%s", label_form);
            return NULL;
        }
        PromLabel *l = &to->labels[to->label_count++];
        l->name = arena_dup_bytes(arena, s, n);
        s = quote;
        l->value = read_quoted(arena, &s);
        const char *after = skip_blanks(s);
        if (!l->value || (*after != ',' && *after != '}')) {
            key_error(c, column_of(c, l->value ? after : quote),
                      l->value ? "%s" : "this quote does not end", label_form);
            return NULL;
        }
        s = after + (*after == ',');
    }
    return s + 1;
}

static bool is_twice(const PromSource *s, const char *text) {
    for (size_t i = 0; i < s->name_count; i++)
        if (text_equal(s->names[i].text, text))
            return true;
    return false;
}

/* One name with its labels; NULL after a mistake, else behind it. */
static const char *read_name(KeyContext *c, const char *s, PromSource *to) {
    Arena *arena = &c->profile->arena;
    size_t n = name_length(s, true);
    if (n == 0 || n > MONITOR_NAME_BYTES_MAX) {
        key_error(c, column_of(c, s),
                  "after the URL stand names of metrics, separated by commas: "
                  "go_goroutines, process_cpu_seconds_total");
        return NULL;
    }
    if (to->name_count == MONITOR_NAMES_MAX) {
        key_error(c, column_of(c, s), "at most %d names of one URL are read",
                  MONITOR_NAMES_MAX);
        return NULL;
    }
    PromName name = { .name = arena_dup_bytes(arena, s, n) };
    const char *end = s + n;
    if (*end == '{' && !(end = read_labels(c, end + 1, &name)))
        return NULL;
    size_t length = (size_t)(end - s);
    char clean[MONITOR_NAME_BYTES_MAX * 2];
    if (length >= sizeof clean) {
        key_error(c, column_of(c, s),
                  "a name and its labels have at most %zu "
                  "bytes",
                  sizeof clean - 1);
        return NULL;
    }
    text_clean(clean, sizeof clean, s, length);
    name.text = arena_dup_text(arena, clean);
    if (is_twice(to, name.text)) {
        key_error(c, column_of(c, s), "'%s' stands twice", name.text);
        return NULL;
    }
    to->names[to->name_count++] = name;
    return skip_blanks(end);
}

static bool read_names(KeyContext *c, const char *s, PromSource *to) {
    for (;; s++) {
        s = read_name(c, skip_blanks(s), to);
        if (!s)
            return false;
        if (!*s)
            return true;
        if (*s != ',') {
            key_error(c, column_of(c, s), "names are separated by commas");
            return false;
        }
    }
}

void key_read_prometheus(KeyContext *c) {
    MonitorSpec *m = &c->profile->monitor;
    Arena *arena = &c->profile->arena;
    size_t n = strcspn(c->value, " \t");
    PromSource source = { .names =
                              arena_array(arena, PromName, MONITOR_NAMES_MAX) };
    const char *url = arena_dup_bytes(arena, c->value, n);
    if (!read_source_url(c, url, &source) ||
        !read_names(c, c->value + n, &source))
        return;
    if (m->source_count == MONITOR_SOURCES_MAX)
        key_error(c, 0, "at most %d URLs are read", MONITOR_SOURCES_MAX);
    else
        m->sources[m->source_count++] = source;
}
