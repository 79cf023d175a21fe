/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export/prom_write.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

static const char *const suffixes[] = { [PROM_COUNTER] = "_total",
                                        [PROM_GAUGE] = "",
                                        [PROM_HISTOGRAM] = "",
                                        [PROM_INFO] = "_info" };

static const char *type_name(const PromOut *o) {
    static const char *const names[] = { [PROM_COUNTER] = "counter",
                                         [PROM_GAUGE] = "gauge",
                                         [PROM_HISTOGRAM] = "histogram",
                                         [PROM_INFO] = "info" };
    bool is_new_type = o->type == PROM_INFO && o->form == PROM_TEXT;
    return names[is_new_type ? PROM_GAUGE : o->type];
}

void prom_family(PromOut *o, const char *name, PromType type,
                 const char *help) {
    o->name = name;
    o->help = help;
    o->type = type;
    o->has_head = false;
    text_clear(&o->seen);
}

/* The text format names samples in it, OpenMetrics the family. */
static void put_head(PromOut *o) {
    const char *suffix = o->form == PROM_TEXT ? suffixes[o->type] : "";
    if (o->has_head)
        return;
    o->has_head = true;
    text_addf(o->to, "# HELP %s%s %s\n# TYPE %s%s %s\n", o->name, suffix,
              o->help, o->name, suffix, type_name(o));
}

void prom_label(Text *labels, const char *name, const char *value) {
    char clean[PROM_LABEL_MAX + 1];
    text_clean(clean, sizeof clean, value, strlen(value));
    if (labels->length)
        text_adds(labels, ",");
    text_adds(labels, name);
    text_adds(labels, "=\"");
    for (const char *s = clean; *s; s++) {
        if (*s == '\\' || *s == '"')
            text_add(labels, "\\", 1);
        text_add(labels, s, 1);
    }
    text_adds(labels, "\"");
}

bool prom_is_new(PromOut *o, const char *labels) {
    size_t n = strlen(labels);
    for (const char *at = o->seen.bytes; o->seen.length && *at;
         at += strcspn(at, "\n") + 1)
        if (strcspn(at, "\n") == n && memcmp(at, labels, n) == 0)
            return false;
    text_add(&o->seen, labels, n);
    text_adds(&o->seen, "\n");
    return true;
}

/* Up to the value. */
static void begin(PromOut *o, const char *suffix, const char *labels) {
    put_head(o);
    text_adds(o->to, o->name);
    text_adds(o->to, suffix);
    if (labels && *labels) {
        text_adds(o->to, "{");
        text_adds(o->to, labels);
        text_adds(o->to, "}");
    }
    text_adds(o->to, " ");
}

static void put_whole(Text *to, uint64_t value) {
    char digits[24], *at = digits + sizeof digits;
    *--at = '\n';
    do
        *--at = (char)('0' + value % 10);
    while (value /= 10);
    text_add(to, at, (size_t)(digits + sizeof digits - at));
}

/* The fewest digits that read back as the same number. */
static void put_double(Text *to, double value) {
    char digits[32];
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, value);
        if (strtod(digits, NULL) == value)
            break;
    }
    text_adds(to, isinf(value) ? value > 0 ? "+Inf" : "-Inf" : digits);
    text_adds(to, "\n");
}

void prom_count(PromOut *o, const char *labels, uint64_t value) {
    begin(o, suffixes[o->type], labels);
    put_whole(o->to, value);
}

void prom_number(PromOut *o, const char *labels, double value) {
    if (isnan(value))
        return;
    begin(o, suffixes[o->type], labels);
    put_double(o->to, value);
}

static void put_seconds(Text *to, uint64_t ns) {
    text_addf(to, "%llu.%09llu\n", (unsigned long long)(ns / NS_PER_S),
              (unsigned long long)(ns % NS_PER_S));
}

void prom_seconds(PromOut *o, const char *labels, uint64_t ns) {
    begin(o, suffixes[o->type], labels);
    put_seconds(o->to, ns);
}

void prom_bucket(PromOut *o, const char *labels, const char *bound,
                 uint64_t count) {
    put_head(o);
    text_adds(o->to, o->name);
    text_adds(o->to, "_bucket{");
    if (labels && *labels) {
        text_adds(o->to, labels);
        text_adds(o->to, ",");
    }
    text_adds(o->to, "le=\"");
    text_adds(o->to, bound);
    text_adds(o->to, "\"} ");
    put_whole(o->to, count);
}

void prom_sum_count(PromOut *o, const char *labels, uint64_t sum_ns,
                    uint64_t count) {
    begin(o, "_sum", labels);
    put_seconds(o->to, sum_ns);
    begin(o, "_count", labels);
    put_whole(o->to, count);
}

void prom_end(PromOut *o) {
    if (o->form == PROM_OPENMETRICS)
        text_adds(o->to, "# EOF\n");
    text_close(&o->seen);
}
