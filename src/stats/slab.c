/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/slab.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const char *const phase_names[] = {
#define X(id, name) name,
    PHASES(X)
#undef X
};

static const struct {
    const char *name, *help;
} fails[] = {
#define X(id, name, help) { name, help },
    FAILS(X)
#undef X
};

bool fail_is_local(FailClass c) {
    return c >= FAIL_LOCAL_DESCRIPTORS && c <= FAIL_LOCAL_MEMORY;
}

bool fail_is_timeout(FailClass c) {
    return c >= FAIL_TIMEOUT_RESOLVE && c <= FAIL_TIMEOUT_RECEIVE;
}

bool fail_is_answer(FailClass c) {
    return c >= FAIL_EXIT && c < FAIL_COUNT;
}

const char *phase_name(Phase p) {
    return p < PHASE_COUNT ? phase_names[p] : "duration";
}

const char *fail_name(FailClass c) {
    return c < FAIL_COUNT ? fails[c].name : "none";
}

const char *fail_help(FailClass c) {
    return c < FAIL_COUNT ? fails[c].help : "";
}

void slab_init(Slab *s, size_t series, size_t checks, size_t custom) {
    *s = (Slab){ .series = mem_alloc(series, sizeof *s->series),
                 .checks = mem_alloc(checks, sizeof *s->checks),
                 .custom = mem_alloc(custom, sizeof *s->custom),
                 .examples = mem_alloc(EXAMPLE_OF_CHECK(checks),
                                       sizeof *s->examples),
                 .example_count = EXAMPLE_OF_CHECK(checks),
                 .series_count = series,
                 .check_count = checks,
                 .custom_count = custom };
}

void slab_keep(Slab *s, uint32_t parts) {
    s->kept |= parts;
    for (size_t i = 0; parts && i < s->series_count; i++)
        if (!s->series[i].part)
            s->series[i].part = mem_alloc(PART_COUNT, sizeof(Hist));
}

void slab_close(Slab *s) {
    for (size_t i = 0; i < s->series_count; i++) {
        for (size_t p = 0; s->kept && p < PART_COUNT; p++)
            hist_close(&s->series[i].part[p]);
        free(s->series[i].part);
        hist_close(&s->series[i].duration);
        hist_close(&s->series[i].response);
        for (size_t p = 0; p < PHASE_COUNT; p++)
            hist_close(&s->series[i].phase[p]);
    }
    for (size_t i = 0; i < s->custom_count; i++)
        custom_close(&s->custom[i]);
    hist_close(&s->iteration);
    hist_close(&s->lag);
    hist_close(&s->read_lag);
    for (size_t i = 0; i < s->example_count; i++)
        free(s->examples[i]);
    free(s->examples);
    free(s->series);
    free(s->checks);
    free(s->custom);
    *s = (Slab){ 0 };
}

void slab_clear(Slab *s) {
    for (size_t i = 0; i < s->series_count; i++) {
        SeriesSlab *x = &s->series[i];
        hist_clear(&x->duration);
        hist_clear(&x->response);
        for (size_t p = 0; p < PHASE_COUNT; p++)
            hist_clear(&x->phase[p]);
        for (size_t p = 0; s->kept && p < PART_COUNT; p++)
            hist_clear(&x->part[p]);
        x->requests = x->failed = x->sent = x->bytes_in = x->bytes_out = 0;
        memset(x->fail, 0, sizeof x->fail);
        memset(x->status, 0, sizeof x->status);
        memset(x->status_failed, 0, sizeof x->status_failed);
    }
    if (s->check_count)
        memset(s->checks, 0, s->check_count * sizeof *s->checks);
    for (size_t i = 0; i < s->custom_count; i++)
        custom_clear(&s->custom[i]);
    hist_clear(&s->iteration);
    hist_clear(&s->lag);
    hist_clear(&s->read_lag);
    s->started = s->arrivals = s->iterations = s->interrupted = s->dropped = 0;
    s->connects = s->abandoned = s->retried = s->discarded = 0;
    for (size_t i = 0; i < s->example_count; i++)
        if (s->examples[i])
            s->examples[i]->is_there = false;
    s->until_ns = 0;
}

static void add_examples(Slab *to, const Slab *from) {
    for (size_t i = 0; i < to->example_count; i++) {
        const Example *e = from->examples[i];
        Example *room = e && e->is_there ? slab_example_room(to, i) : NULL;
        if (room)
            *room = *e;
    }
}

void slab_add(Slab *to, const Slab *from) {
    for (size_t i = 0; i < to->series_count; i++) {
        SeriesSlab *a = &to->series[i];
        const SeriesSlab *b = &from->series[i];
        hist_add(&a->duration, &b->duration);
        hist_add(&a->response, &b->response);
        for (size_t p = 0; p < PHASE_COUNT; p++)
            hist_add(&a->phase[p], &b->phase[p]);
        for (size_t p = 0; (to->kept & from->kept) && p < PART_COUNT; p++)
            hist_add(&a->part[p], &b->part[p]);
        a->requests += b->requests;
        a->failed += b->failed;
        a->sent += b->sent;
        a->bytes_in += b->bytes_in;
        a->bytes_out += b->bytes_out;
        for (size_t c = 0; c < FAIL_COUNT; c++)
            a->fail[c] += b->fail[c];
        for (size_t c = 0; c < 6; c++)
            a->status[c] += b->status[c];
        for (size_t c = 0; c < 6; c++)
            a->status_failed[c] += b->status_failed[c];
    }
    for (size_t i = 0; i < to->check_count; i++) {
        to->checks[i].passed += from->checks[i].passed;
        to->checks[i].failed += from->checks[i].failed;
    }
    for (size_t i = 0; i < to->custom_count; i++)
        custom_add(&to->custom[i], &from->custom[i],
                   from->until_ns ? from->until_ns : UINT64_MAX);
    hist_add(&to->iteration, &from->iteration);
    hist_add(&to->lag, &from->lag);
    hist_add(&to->read_lag, &from->read_lag);
    to->started += from->started;
    to->arrivals += from->arrivals;
    to->dropped += from->dropped;
    to->iterations += from->iterations;
    to->interrupted += from->interrupted;
    to->connects += from->connects;
    to->abandoned += from->abandoned;
    to->discarded += from->discarded;
    to->retried += from->retried;
    add_examples(to, from);
    if (from->until_ns > to->until_ns)
        to->until_ns = from->until_ns;
}

Example *slab_example_room(Slab *s, size_t kind) {
    Example *e = s->examples[kind];
    if (e && e->is_there)
        return NULL;
    if (!e)
        e = s->examples[kind] = mem_new(Example);
    e->is_there = true;
    e->status = 0;
    e->why[0] = e->request[0] = e->answer[0] = '\0';
    return e;
}

const char *slab_example_why(const Slab *s, FailClass c) {
    const Example *e = s->examples[c];
    return e && e->is_there ? e->why : "";
}

uint64_t slab_requests(const Slab *s) {
    uint64_t n = 0;
    for (size_t i = 0; i < s->series_count; i++)
        n += s->series[i].requests;
    return n;
}

uint64_t slab_failed(const Slab *s) {
    uint64_t n = 0;
    for (size_t i = 0; i < s->series_count; i++)
        n += s->series[i].failed;
    return n;
}

uint64_t slab_refused(const SeriesSlab *s) {
    uint64_t n = 0;
    for (FailClass c = 0; s->failed && c < FAIL_COUNT; c++)
        n += fail_is_answer(c) ? s->fail[c] : 0;
    return n;
}

void slab_merge_hist(const Slab *s, Phase p, Hist *to) {
    for (size_t i = 0; i < s->series_count; i++)
        hist_add(to, p == PHASE_COUNT ? &s->series[i].duration
                                      : &s->series[i].phase[p]);
}

static Slab *slab_new(size_t series, size_t checks, size_t custom) {
    Slab *s = mem_new(Slab);
    slab_init(s, series, checks, custom);
    return s;
}

void slab_swap_init(SlabSwap *s, size_t series, size_t checks,
                    size_t custom) {
    s->live = slab_new(series, checks, custom);
    atomic_init(&s->full, NULL);
    atomic_init(&s->spare, slab_new(series, checks, custom));
}

void slab_swap_keep(SlabSwap *s, uint32_t parts) {
    slab_keep(s->live, parts);
    slab_keep(atomic_load(&s->spare), parts);
}

bool slab_offer(SlabSwap *s, uint64_t now_ns) {
    Slab *fresh = atomic_exchange(&s->spare, NULL);
    if (!fresh)
        return false;
    s->live->until_ns = now_ns;
    atomic_store(&s->full, s->live);
    s->live = fresh;
    return true;
}

Slab *slab_collect(SlabSwap *s) {
    return atomic_exchange(&s->full, NULL);
}

void slab_return(SlabSwap *s, Slab *slab) {
    slab_clear(slab);
    atomic_store(&s->spare, slab);
}

void slab_swap_close(SlabSwap *s) {
    Slab *all[] = { s->live, atomic_exchange(&s->full, NULL),
                    atomic_exchange(&s->spare, NULL) };
    for (size_t i = 0; i < 3; i++)
        if (all[i]) {
            slab_close(all[i]);
            free(all[i]);
        }
    s->live = NULL;
}
