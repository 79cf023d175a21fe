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

static Tuned *tuned_new(const Profile *p, Arena *arena) {
    Tuned *all = arena_array(arena, Tuned, p->scenario_count);
    for (size_t i = 0; i < p->scenario_count; i++) {
        const Scenario *s = &p->scenarios[i];
        all[i].values =
            arena_alloc(arena, s->flow_count, sizeof *all[i].values);
        atomic_init(&all[i].think, 1);
        for (size_t k = 0; k < s->flow_count; k++)
            atomic_init(&all[i].values[k], s->choice == FLOW_TASKS
                                               ? s->flows[k].rate
                                               : s->flows[k].weight);
    }
    return all;
}

void shared_tune(WorkerShared *s, const Wheel *w) {
    for (size_t i = 0; i < w->plan_count; i++) {
        const Tuning *t = &w->tunings[i];
        atomic_store_explicit(&s->tuned[i].think, t->think,
                              memory_order_relaxed);
        for (size_t k = 0; k < t->count; k++)
            atomic_store_explicit(&s->tuned[i].values[k], t->values[k],
                                  memory_order_relaxed);
    }
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
    s->tuned = tuned_new(p, arena);
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
