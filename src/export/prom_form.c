/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export/prom_text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const styles[] = { [PROM_ONRUSH] = "onrush",
                                      [PROM_K6] = "k6" };

PromStyle prom_style_find(const char *name) {
    for (PromStyle s = 0; s < PROM_STYLE_COUNT; s++)
        if (text_equal(styles[s], name))
            return s;
    return PROM_STYLE_COUNT;
}

/* One of Accept's media ranges, of this length. */
typedef struct Range {
    const char *text;
    size_t length;
} Range;

static const char *after_blanks(const char *s) {
    return s + strspn(s, " \t");
}

static bool range_is(const Range *r, const char *type) {
    size_t n = strlen(type);
    return r->length >= n && strncasecmp(r->text, type, n) == 0 &&
           (r->length == n || strchr("; \t", r->text[n]));
}

/* What stands behind NAME=; NULL: there is none. */
static const char *parameter(const Range *r, const char *name) {
    const char *end = r->text + r->length;
    size_t n = strlen(name);
    for (const char *s = r->text; s < end; s++) {
        if (*s != ';')
            continue;
        const char *at = after_blanks(s + 1);
        if ((size_t)(end - at) > n && at < end && at[n] == '=' &&
            strncasecmp(at, name, n) == 0)
            return at + n + 1;
    }
    return NULL;
}

static double quality(const Range *r) {
    const char *q = parameter(r, "q");
    return q ? strtod(q, NULL) : 1;
}

/* Its version, if it says one, is ours. */
static bool is_version_1(const Range *r) {
    const char *v = parameter(r, "version");
    return !v || strncmp(v + (*v == '"'), "1.0.0", 5) == 0;
}

PromForm prom_form_wanted(const char *accept) {
    double open = 0, text = 0;
    for (const char *s = accept; s && *s;) {
        s = after_blanks(s);
        Range r = { s, strcspn(s, ",") };
        double q = quality(&r);
        if (range_is(&r, "application/openmetrics-text") && is_version_1(&r))
            open = q > open ? q : open;
        if (range_is(&r, "text/plain"))
            text = q > text ? q : text;
        s += r.length;
        s += *s == ',';
    }
    return open > 0 && open >= text ? PROM_OPENMETRICS : PROM_TEXT;
}

const char *prom_content_type(PromForm form) {
    return form == PROM_OPENMETRICS
               ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
               : "text/plain; version=0.0.4; charset=utf-8";
}
