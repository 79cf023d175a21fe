/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "import/marked.h"

#include <ctype.h>
#include <string.h>

void mark_text(Text *to, const char *bytes, size_t length) {
    size_t before = to->length;
    text_add(to, bytes, length);
    for (size_t i = before; i < to->length; i++)
        if (to->bytes[i] == MARK_OPEN || to->bytes[i] == MARK_CLOSE)
            to->bytes[i] = '?';
}

void mark_var(Text *to, const char *name, size_t length) {
    const char open = MARK_OPEN, shut = MARK_CLOSE;
    text_add(to, &open, 1);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)name[i] >= 0x20 && !strchr("{}$\x7f", name[i]))
            text_add(to, name + i, 1);
    text_add(to, &shut, 1);
}

bool mark_has_vars(const char *marked) {
    return strchr(marked, MARK_OPEN);
}

/* The variable's end, or NULL when s begins none. */
static const char *var_end(const char *s) {
    return *s == MARK_OPEN ? strchr(s, MARK_CLOSE) : NULL;
}

static const char *print_var(const char *s, const char *end, Text *to) {
    text_addf(to, "${%.*s}", (int)(end - s - 1), s + 1);
    return end + 1;
}

void mark_print(const char *marked, Text *to) {
    for (const char *s = marked; *s;) {
        const char *end = var_end(s);
        if (end) {
            s = print_var(s, end, to);
        } else if (*s == '$' && (s[1] == '{' || s[1] == MARK_OPEN)) {
            text_adds(to, "${pick $}");
            s++;
        } else {
            text_add(to, s++, 1);
        }
    }
}

static void add_escaped(Text *to, char byte) {
    text_addf(to, "%%%02X", (unsigned)(unsigned char)byte);
}

void mark_print_path(const char *marked, Text *to) {
    for (const char *s = marked; *s && *s != '#';) {
        const char *end = var_end(s);
        unsigned char b = (unsigned char)*s;
        if (end) {
            s = print_var(s, end, to);
            continue;
        }
        if (b <= 0x20 || b >= 0x7f || strchr("\"<>\\^`{|}", *s))
            add_escaped(to, *s);
        else
            text_add(to, s, 1);
        s++;
    }
}

void mark_add_json(Text *to, const char *marked) {
    text_adds(to, "\"");
    for (const char *s = marked; *s; s++) {
        if (*s == '"' || *s == '\\')
            text_addf(to, "\\%c", *s);
        else if ((unsigned char)*s < 0x20 && *s != MARK_OPEN &&
                 *s != MARK_CLOSE)
            text_addf(to, "\\u%04x", (unsigned)*s);
        else
            text_add(to, s, 1);
    }
    text_adds(to, "\"");
}

void mark_add_encoded(Text *to, const char *marked) {
    for (const char *s = marked; *s;) {
        const char *end = var_end(s);
        if (end) {
            text_add(to, s, (size_t)(end + 1 - s));
            s = end + 1;
            continue;
        }
        if (isalnum((unsigned char)*s) || strchr("-._~", *s))
            text_add(to, s, 1);
        else
            add_escaped(to, *s);
        s++;
    }
}
