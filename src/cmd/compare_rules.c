/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/compare_rules.h"

#include <stdlib.h>

void compare_limits_open(CompareLimits *l, const Options *o, const Profile *p) {
    size_t n = o->limit_count, own = p ? p->compare_count : 0;
    *l = (CompareLimits){ .items = mem_alloc(n + own + 1, sizeof *l->items),
                          .names = mem_alloc(n + 1, sizeof *l->names),
                          .name_count = n };
    for (size_t i = 0; i < n; i++) {
        compare_limit_read(o->limits[i], &l->names[i], &l->items[i].share,
                           NULL);
        l->items[i].name = l->names[i];
    }
    for (size_t i = 0; i < own; i++)
        l->items[n + i] =
            (CompareLimit){ p->compare[i].name, p->compare[i].share };
    l->rules = (CompareRules){ l->items, n + own, o->confidence };
}

void compare_limits_close(CompareLimits *l) {
    for (size_t i = 0; i < l->name_count; i++)
        free(l->names[i]);
    free(l->names);
    free(l->items);
}
