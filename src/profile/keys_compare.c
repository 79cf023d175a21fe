/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/keys_compare.h"

#include <math.h>

#include "base/text.h"
#include "base/units.h"

void key_read_compare(KeyContext *c) {
    Profile *p = c->profile;
    CompareShare s = { .name = arena_dup_text(&p->arena, c->entry->key),
                       .share = INFINITY };
    Err err = { 0 };
    if (!text_equal(c->value, "off") &&
        units_read_share(c->value, &s.share, &err) < 0) {
        key_error(c, 0, "%s, nor off", err.text);
        return;
    }
    mem_grow(p->compare, p->compare_count, p->compare_cap);
    p->compare[p->compare_count++] = s;
}
