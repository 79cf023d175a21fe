/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/values.h"

#include <stdlib.h>
#include <string.h>

typedef struct Slot {
    char *bytes; /* NULL: not set yet */
    size_t length, cap;
} Slot;

struct Values {
    const VarScope *scope;
    uint64_t *rows; /* by data set */
    size_t slot_count;
    Slot slots[];
};

Values *values_new(const Profile *p) {
    size_t slots = p->extracted_count, sets = p->vars.data_count;
    if (slots == 0 && sets == 0)
        return NULL;
    Values *v = mem_alloc(1, sizeof *v + slots * sizeof *v->slots +
                                 sets * sizeof *v->rows);
    v->scope = &p->vars;
    v->slot_count = slots;
    v->rows = (uint64_t *)(void *)(v->slots + slots);
    return v;
}

void values_free(Values *v) {
    for (size_t i = 0; v && i < v->slot_count; i++)
        free(v->slots[i].bytes);
    free(v);
}

static uint64_t pick(const DataSet *s, uint64_t vu_number, Rng *rng,
                     _Atomic uint64_t *next) {
    uint64_t rows = data_rows(s->file);
    switch (s->pick) {
    case DATA_SEQUENTIAL:
        return atomic_fetch_add_explicit(next, 1, memory_order_relaxed) % rows;
    case DATA_RANDOM:
        return rng_next(rng) % rows;
    case DATA_PER_VU:
        break;
    }
    return (vu_number - 1) % rows;
}

void values_begin(Values *v, uint64_t vu_number, Rng *rng,
                  _Atomic uint64_t *next_rows) {
    for (size_t i = 0; v && i < v->scope->data_count; i++)
        v->rows[i] =
            pick(&v->scope->data[i], vu_number, rng, &next_rows[i]);
}

bool values_set(Values *v, uint32_t slot, const char *bytes, size_t length) {
    Slot *s = &v->slots[slot];
    if (length > VALUE_MAX_BYTES)
        return false;
    if (!s->bytes || s->cap < length) {
        s->cap = length ? length : 1;
        s->bytes = mem_resize(s->bytes, s->cap, 1);
    }
    if (length)
        memmove(s->bytes, bytes, length);
    s->length = length;
    return true;
}

bool values_get(const Values *v, uint32_t slot, ValueSpan *out) {
    const Slot *s = &v->slots[slot];
    *out = (ValueSpan){ s->bytes ? s->bytes : "", s->length };
    return s->bytes;
}

ValueSpan values_cell(const Values *v, uint32_t set, uint32_t column) {
    ValueSpan out;
    out.bytes = data_cell(v->scope->data[set].file, v->rows[set], column,
                          &out.length);
    return out;
}
