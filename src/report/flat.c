/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/forms.h"

#include "report/k6.h"

/* In this form true says that it broke. */
static json_t *turned(json_t *thresholds) {
    json_t *all = json_object(), *one;
    const char *text;
    json_object_foreach(thresholds, text, one)
        out_put(all, text, json_boolean(json_is_false(json_object_get(one,
                                                                     "ok"))));
    return all;
}

static json_t *flat_metric(json_t *metric) {
    json_t *values = json_object_get(metric, "values"), *value, *o;
    json_t *judged = json_object_get(metric, "thresholds");
    const char *name;
    const char *kind = json_string_value(json_object_get(metric, "type"));
    bool is_rate = text_equal(kind, metric_kind_name(METRIC_RATE));
    o = json_object();
    json_object_foreach(values, name, value)
        out_put(o, is_rate && text_equal(name, "rate") ? "value" : name,
                json_incref(value));
    if (judged)
        out_put(o, "thresholds", turned(judged));
    return o;
}

static json_t *flat_metrics(const Report *r) {
    json_t *from = k6_metrics(r), *all = json_object(), *metric;
    const char *name;
    json_object_foreach(from, name, metric)
        out_put(all, name, flat_metric(metric));
    json_decref(from);
    return all;
}

/* Lists become objects by name. */
static json_t *flat_group(const Report *r) {
    json_t *group = k6_root_group(r), *checks = json_object(), *one;
    size_t i;
    json_array_foreach(json_object_get(group, "checks"), i, one)
        out_put(checks, json_string_value(json_object_get(one, "name")),
                json_incref(one));
    out_put(group, "groups", json_object());
    out_put(group, "checks", checks);
    return group;
}

void report_flat(const Report *r, Text *to) {
    out_begin();
    json_t *all = json_object();
    out_put(all, "metrics", flat_metrics(r));
    out_put(all, "root_group", flat_group(r));
    out_print(all, JSON_INDENT(4), to);
}
