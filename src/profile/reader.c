/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "profile/reader.h"

#include <ctype.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#define LINE_MAX_BYTES 16384
#define SECTION_MAX 48 /* inih cuts longer ones */
#define FILE_MAX_BYTES ((size_t)4 << 20)

typedef struct Feed {
    Ini *ini;
    Diags *diags;
    const char *at, *end;
    int line;
    const char *raw; /* the line that inih looks at */
    size_t raw_length;
    bool skip_section; /* its header was wrong */
} Feed;

static IniSection *add_section(Ini *ini, const char *name, int line) {
    mem_grow(ini->sections, ini->count, ini->cap);
    IniSection *s = &ini->sections[ini->count++];
    *s = (IniSection){ .name = mem_dup_text(name), .line = line };
    return s;
}

static void add_entry(IniSection *s, IniEntry e) {
    mem_grow(s->entries, s->count, s->cap);
    s->entries[s->count++] = e;
}

static int column_of(const Feed *f, const char *at) {
    return (int)(at - f->raw) + 1;
}

/* "request \t home" is "request home". */
static void join_blanks(char *name) {
    char *blank = name + strcspn(name, " \t");
    if (!*blank)
        return;
    const char *item = blank + strspn(blank, " \t");
    *blank = ' ';
    memmove(blank + 1, item, strlen(item) + 1);
}

/* A section's header: true when it is a good one. */
static bool check_section(Feed *f, const char *open) {
    const char *end = f->raw + f->raw_length;
    const char *close = memchr(open, ']', (size_t)(end - open));
    if (!close) {
        diags_add(f->diags, f->line, column_of(f, open),
                  "the section has no closing ]");
        return false;
    }
    if (close - open - 1 > SECTION_MAX) {
        diags_add(f->diags, f->line, column_of(f, open),
                  "a section's name has at most %d bytes", SECTION_MAX);
        return false;
    }
    for (const char *s = close + 1; s < end; s++)
        if (!isspace((unsigned char)*s)) {
            diags_add(f->diags, f->line, column_of(f, s),
                      "nothing may follow the ] of a section");
            return false;
        }
    char name[SECTION_MAX + 1];
    memcpy(name, open + 1, (size_t)(close - open - 1));
    name[close - open - 1] = '\0';
    char *trimmed = text_trim(name);
    join_blanks(trimmed);
    IniSection *before = ini_find(f->ini, trimmed);
    if (before) {
        diags_add(f->diags, f->line, column_of(f, open),
                  "[%s] stands already in line %d: join them", trimmed,
                  before->line);
        return false;
    }
    add_section(f->ini, trimmed, f->line);
    return true;
}

/* Is the line fit for inih? Otherwise it is reported and not shown to it. */
static bool check_line(Feed *f) {
    const char *s = f->raw, *end = s + f->raw_length;
    if (memchr(s, '\0', f->raw_length)) {
        diags_add(f->diags, f->line, 1, "the line holds a NUL byte");
        return false;
    }
    if (f->raw_length > LINE_MAX_BYTES) {
        diags_add(f->diags, f->line, LINE_MAX_BYTES,
                  "the line is longer than %d bytes: put long texts into a "
                  "file (body = @FILE)",
                  LINE_MAX_BYTES);
        return false;
    }
    if (f->line == 1 && f->raw_length >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
        s += 3;
    while (s < end && isspace((unsigned char)*s))
        s++;
    if (s == end || *s == ';' || *s == '#')
        return false;
    if (*s == '[') {
        f->skip_section = !check_section(f, s);
        f->ini->lacks_section |= f->skip_section;
        return !f->skip_section;
    }
    const char *equals = memchr(s, '=', (size_t)(end - s));
    if (!equals || equals == s) {
        diags_add(f->diags, f->line, column_of(f, s),
                  equals ? "a name is missing before ="
                         : "expected NAME = VALUE, [section] or ; comment");
        return false;
    }
    if (f->ini->count == 0 && !f->skip_section) {
        diags_add(f->diags, f->line, column_of(f, s),
                  "a [section] must come first");
        return false;
    }
    return !f->skip_section;
}

/* inih's reader: the next line, cut to what check_line lets through. */
static char *feed_line(char *to, int size, void *stream) {
    Feed *f = stream;
    if (f->at >= f->end)
        return NULL;
    f->raw = f->at;
    const char *stop = memchr(f->at, '\n', (size_t)(f->end - f->at));
    f->raw_length = (size_t)((stop ? stop : f->end) - f->raw);
    f->at = stop ? stop + 1 : f->end;
    f->line++;
    size_t n = check_line(f) ? f->raw_length : 0;
    if (n > (size_t)size - 2)
        n = (size_t)size - 2;
    memcpy(to, f->raw, n);
    to[n] = '\n';
    to[n + 1] = '\0';
    return to;
}

/* The first, but of a key that holds {} the first behind them: the name of a
 * check may have one. NULL: none. */
static const char *find_equals(const char *raw, size_t length) {
    const char *end = raw + length;
    const char *equals = memchr(raw, '=', length);
    const char *open = memchr(raw, '{', length);
    if (!equals || !open || open > equals)
        return equals;
    for (const char *at = equals; at; at = memchr(at + 1, '=',
                                                  (size_t)(end - at - 1))) {
        const char *before = at;
        while (before > open && isspace((unsigned char)before[-1]))
            before--;
        if (before[-1] == '}')
            return at;
    }
    return equals;
}

/* inih separates at the first = or :, ours only at =; so key and value are
 * taken from the raw line. */
static int on_entry(void *user, const char *section, const char *name,
                    const char *value) {
    Feed *f = user;
    (void)section, (void)name, (void)value;
    const char *end = f->raw + f->raw_length;
    const char *equals = find_equals(f->raw, f->raw_length);
    if (!equals || f->ini->count == 0)
        return 1;
    const char *key = f->raw, *key_end = equals, *text = equals + 1;
    if (f->line == 1 && f->raw_length >= 3 &&
        memcmp(key, "\xef\xbb\xbf", 3) == 0)
        key += 3;
    while (key < key_end && isspace((unsigned char)*key))
        key++;
    while (key_end > key && isspace((unsigned char)key_end[-1]))
        key_end--;
    while (text < end && isspace((unsigned char)*text))
        text++;
    while (end > text && isspace((unsigned char)end[-1]))
        end--;
    char *k = mem_alloc((size_t)(key_end - key) + 1, 1);
    char *v = mem_alloc((size_t)(end - text) + 1, 1);
    memcpy(k, key, (size_t)(key_end - key));
    memcpy(v, text, (size_t)(end - text));
    add_entry(
        &f->ini->sections[f->ini->count - 1],
        (IniEntry){ k, v, f->line, column_of(f, key), column_of(f, text) });
    return 1;
}

/* The library's limits are its global variables (facts of inih 55). */
static void set_limits(void) {
#if HAVE_DECL_INI_MAX_LINE
    ini_max_line = LINE_MAX_BYTES + 8;
#endif
#if HAVE_DECL_INI_USE_STACK
    ini_use_stack = 0;
#endif
#if HAVE_DECL_INI_ALLOW_REALLOC
    ini_allow_realloc = 1;
#endif
#if HAVE_DECL_INI_ALLOW_MULTILINE
    ini_allow_multiline = 0;
#endif
#if HAVE_DECL_INI_ALLOW_INLINE_COMMENTS
    ini_allow_inline_comments = 0;
#endif
}

void ini_read_text(Ini *ini, const char *text, size_t length, Diags *diags) {
    Feed f = { .ini = ini, .diags = diags, .at = text, .end = text + length };
    *ini = (Ini){ 0 };
    set_limits();
    int rc = ini_parse_stream(feed_line, &f, on_entry, &f);
    if (rc != 0)
        diags_add(diags, rc > 0 ? rc : 0, 0,
                  rc > 0 ? "this line is not INI" : "out of memory");
}

int ini_read(Ini *ini, const char *path, Diags *diags) {
    Text text = { 0 };
    Err err;
    *ini = (Ini){ 0 };
    if (file_read(path, FILE_MAX_BYTES, &text, &err) < 0) {
        const char *why = text_starts(err.text, path)
                              ? err.text + strlen(path) + 2
                              : err.text;
        diags_add(diags, 0, 0, "%s", why);
        text_close(&text);
        return -1;
    }
    ini_read_text(ini, text.bytes, text.length, diags);
    text_close(&text);
    return 0;
}

static void clear_entries(IniSection *s) {
    for (size_t i = 0; i < s->count; i++) {
        free(s->entries[i].key);
        free(s->entries[i].value);
    }
    s->count = 0;
}

void ini_close(Ini *ini) {
    for (size_t i = 0; i < ini->count; i++) {
        clear_entries(&ini->sections[i]);
        free(ini->sections[i].entries);
        free(ini->sections[i].name);
    }
    free(ini->sections);
    *ini = (Ini){ 0 };
}

IniSection *ini_find(Ini *ini, const char *section) {
    for (size_t i = 0; i < ini->count; i++)
        if (text_equal(ini->sections[i].name, section))
            return &ini->sections[i];
    return NULL;
}

IniSection *ini_clear(Ini *ini, const char *section) {
    IniSection *s = ini_find(ini, section);
    if (!s)
        return add_section(ini, section, 0);
    clear_entries(s);
    return s;
}

void ini_set(Ini *ini, const char *section, const char *key,
             const char *value) {
    IniSection *s = ini_find(ini, section);
    if (!s)
        s = add_section(ini, section, 0);
    size_t keep = 0;
    for (size_t i = 0; i < s->count; i++) {
        if (text_equal(s->entries[i].key, key)) {
            free(s->entries[i].key);
            free(s->entries[i].value);
        } else {
            s->entries[keep++] = s->entries[i];
        }
    }
    s->count = keep;
    add_entry(s, (IniEntry){ mem_dup_text(key), mem_dup_text(value), 0, 0, 0 });
}
