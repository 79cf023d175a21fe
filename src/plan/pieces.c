/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/pieces.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

void pieces_insert(Plan *p, size_t i, const Stage *s) {
    mem_grow(p->stages, p->count, p->cap);
    memmove(p->stages + i + 1, p->stages + i,
            (p->count - i) * sizeof *p->stages);
    p->stages[i] = *s;
    p->count++;
}

void pieces_remove(Plan *p, size_t i) {
    memmove(p->stages + i, p->stages + i + 1,
            (p->count - i - 1) * sizeof *p->stages);
    p->count--;
}

size_t pieces_split(Plan *p) {
    if (plan_is_over(p))
        return p->count;
    Stage *s = &p->stages[p->current];
    uint64_t elapsed = p->now_ns - p->began_ns;
    if (elapsed > 0) {
        Stage rest = *s;
        rest.offset_ns += elapsed;
        rest.length_ns = s->open ? 0 : s->length_ns - elapsed;
        s->length_ns = elapsed;
        s->open = false;
        pieces_insert(p, p->current + 1, &rest);
        p->current++;
        p->began_ns = p->now_ns;
    }
    p->stages[p->current].from_fixed = true;
    return p->current;
}

Stage pieces_new(Plan *p, StageOrigin origin, const char *name, StageForm form,
                 double level, uint64_t length_ns) {
    Stage s = { .form = form,
                .origin = origin,
                .level = level,
                .length_ns = length_ns,
                .full_ns = length_ns,
                .id = p->next_id++,
                .row = p->next_row++ };
    snprintf(s.name, sizeof s.name, "%s", name);
    return s;
}

int pieces_check_room(size_t pieces, Err *err) {
    if (pieces + 4 > PLAN_STAGES_MAX)
        return err_set(err, "a plan has at most %d pieces", PLAN_STAGES_MAX);
    return 0;
}
