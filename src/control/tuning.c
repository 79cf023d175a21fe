/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "control/tuning.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define NAME_MAX_BYTES 256

void tuning_add(Tuning *t, const char *name, double value) {
    size_t n = t->count++;
    char clean[NAME_MAX_BYTES];
    t->names = mem_resize(t->names, n + 1, sizeof *t->names);
    t->values = mem_resize(t->values, n + 1, sizeof *t->values);
    t->first = mem_resize(t->first, n + 1, sizeof *t->first);
    t->names[n] =
        mem_dup_text(text_clean(clean, sizeof clean, name, strlen(name)));
    t->values[n] = t->first[n] = value;
}

void tuning_copy(Tuning *to, const Tuning *from) {
    *to = (Tuning){ .are_rates = from->are_rates,
                    .thinks = from->thinks,
                    .think = from->think };
    for (size_t i = 0; i < from->count; i++) {
        tuning_add(to, from->names[i], from->first[i]);
        to->values[i] = from->values[i];
    }
}

void tuning_close(Tuning *t) {
    for (size_t i = 0; i < t->count; i++)
        free(t->names[i]);
    free(t->names);
    free(t->values);
    free(t->first);
    *t = (Tuning){ 0 };
}

bool tuning_is_changed(const Tuning *t) {
    for (size_t i = 0; i < t->count; i++)
        if (t->values[i] != t->first[i])
            return true;
    return false;
}

double tuning_sum(const Tuning *t) {
    double sum = 0;
    for (size_t i = 0; i < t->count; i++)
        sum += t->values[i];
    return sum;
}

void limits_init(Limits *l, const ThresholdList *first, MetricTable metrics) {
    *l = (Limits){ .first = first, .metrics = metrics };
    for (size_t i = 0; i < first->count; i++) {
        mem_grow(l->now.items, l->now.count, l->now.cap);
        l->now.items[l->now.count++] = first->items[i];
    }
}

void limits_copy(Limits *to, const Limits *from) {
    *to = (Limits){ .first = from->first, .metrics = from->metrics };
    for (size_t i = 0; i < from->now.count; i++) {
        mem_grow(to->now.items, to->now.count, to->now.cap);
        to->now.items[to->now.count++] = from->now.items[i];
    }
}

void limits_close(Limits *l) {
    threshold_list_close(&l->now);
    arena_close(&l->arena);
    *l = (Limits){ 0 };
}

int limits_change(Limits *l, size_t i, const char *text, Err *err) {
    ThresholdList one = { 0 };
    bool in_key;
    int rc = threshold_read(&one, &l->arena, l->now.items[i].key, text,
                            &l->metrics, &in_key, err);
    if (rc == 0 && one.count != 1)
        rc = err_set(err, "one threshold is changed at a time: no comma");
    if (rc == 0)
        l->now.items[i] = one.items[0];
    threshold_list_close(&one);
    return rc;
}

const char *limits_was(const Limits *l, size_t i) {
    if (i >= l->now.count ||
        text_equal(l->now.items[i].text, l->first->items[i].text))
        return NULL;
    return l->first->items[i].text;
}
