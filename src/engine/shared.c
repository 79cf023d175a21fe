/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/shared.h"

static uint32_t find_carrier(Carrier *all, size_t *count, Carrier wanted) {
    uint32_t i = 0;
    while (i < *count && (all[i].variant != wanted.variant ||
                          all[i].kind != wanted.kind))
        i++;
    if (i == *count)
        all[(*count)++] = wanted;
    return i;
}

void shared_init(WorkerShared *s, const Profile *p, size_t workers,
                 uint64_t seed, uv_async_t *ended, Arena *arena) {
    size_t places = p->request_count * p->variant_count;
    Encoded *encoded = arena_array(arena, Encoded, places);
    uint32_t *carrier = arena_array(arena, uint32_t, places);
    Carrier *carriers =
        arena_array(arena, Carrier, p->variant_count * TRANSPORT_KINDS);
    *s = (WorkerShared){ .profile = p,
                         .encoded = encoded,
                         .carrier = carrier,
                         .carriers = carriers,
                         .workers = workers,
                         .seed = seed,
                         .ended = ended };
    for (size_t i = 0; i < places; i++) {
        size_t request = i / p->variant_count, variant = i % p->variant_count;
        Carrier c = { (uint32_t)variant,
                      transport_for(p, variant, request, NULL) };
        encoded[i] = encode_request(p, variant, request, arena);
        carrier[i] = find_carrier(carriers, &s->carrier_count, c);
    }
    s->next_rows =
        arena_alloc(arena, p->vars.data_count, sizeof *s->next_rows);
    atomic_init(&s->iterations_left,
                p->iterations ? (int64_t)(p->iterations + p->discard)
                              : INT64_MAX);
    atomic_init(&s->discard_left, (int64_t)p->discard);
}

void shared_print_transports(const WorkerShared *s, Text *to) {
    bool used[TRANSPORT_KINDS] = { false }, tls = false;
    const char *between = "";
    for (size_t i = 0; i < s->carrier_count; i++) {
        used[s->carriers[i].kind] = true;
        tls |= s->profile->variants[s->carriers[i].variant].url.tls;
    }
    for (size_t k = 0; k < TRANSPORT_KINDS; k++)
        if (used[k]) {
            text_addf(to, "%s%s", between,
                      transport_ops((TransportKind)k)->name);
            between = " + ";
        }
    text_adds(to, tls ? " tls" : "");
}
