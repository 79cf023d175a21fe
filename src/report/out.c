/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/out.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define REAL_DIGITS 15

static void *take_memory(size_t size) {
    return mem_alloc(size, 1);
}

void out_begin(void) {
    json_set_alloc_funcs(take_memory, free);
}

/* Every byte may become a U+FFFD of three. */
static char *cleaned(const char *text) {
    size_t n = strlen(text), size = 3 * n + 1;
    return text_clean(mem_alloc(size, 1), size, text, n);
}

json_t *out_text(const char *text) {
    if (!text)
        return json_null();
    char *clean = cleaned(text);
    json_t *value = json_string(clean);
    free(clean);
    return value;
}

json_t *out_number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *out_count(uint64_t n) {
    return json_integer((json_int_t)n);
}

json_t *out_ms(double ns) {
    return out_number(ns / 1e6);
}

json_t *out_time(uint64_t ns) {
    return out_ms((double)ns);
}

json_t *out_estimate(const Estimate *e) {
    json_t *o = json_object();
    out_put(o, "value", out_number(e->value));
    out_put(o, "low", out_number(e->low));
    out_put(o, "high", out_number(e->high));
    return o;
}

json_t *out_usl(const UslFit *f) {
    if (!f->is_fitted)
        return json_null();
    json_t *o = json_object();
    out_put(o, "lambda", out_estimate(&f->lambda));
    out_put(o, "sigma", out_estimate(&f->sigma));
    out_put(o, "kappa", out_estimate(&f->kappa));
    out_put(o, "r2", out_number(f->r2));
    return o;
}

void out_put(json_t *object, const char *key, json_t *value) {
    char *clean = cleaned(key);
    int rc = json_object_set_new(object, clean, value);
    assert(rc == 0);
    (void)rc;
    free(clean);
}

void out_add(json_t *array, json_t *value) {
    int rc = json_array_append_new(array, value);
    assert(rc == 0);
    (void)rc;
}

static int append(const char *bytes, size_t length, void *to) {
    text_add(to, bytes, length);
    return 0;
}

void out_print(json_t *value, size_t flags, Text *to) {
    Text raw = { 0 };
    json_dump_callback(value, append, &raw,
                       flags | JSON_REAL_PRECISION(REAL_DIGITS));
    json_decref(value);
    const char *at = raw.bytes;
    /* In JSON a < stands in strings only. */
    for (const char *s = at; (s = strchr(s, '<')); s++) {
        if (s[1] != '/' && s[1] != '!')
            continue;
        text_add(to, at, (size_t)(s - at));
        text_adds(to, "\\u003c");
        at = s + 1;
    }
    text_adds(to, at);
    text_adds(to, "\n");
    text_close(&raw);
}
