/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdlib.h>

#include "base/rng.h"
#include "stats/pack.h"

static void same(const Hist *a, const Hist *b) {
    static const HistPage none;
    assert_int_equal(a->count, b->count);
    for (size_t p = 0; p < HIST_PAGES; p++)
        assert_memory_equal(a->page[p] ? a->page[p]->n : none.n,
                            b->page[p] ? b->page[p]->n : none.n,
                            sizeof none.n);
}

/* Whatever was counted comes back, from no sample to many. */
static void what_was_packed_comes_back(void **state) {
    (void)state;
    Packer p = { 0 };
    Rng rng = { .state = 3 };
    for (int samples = 0; samples < 30000; samples = samples * 3 + 1) {
        Hist h = { 0 }, back = { 0 };
        for (int i = 0; i < samples; i++)
            hist_record(&h, (uint64_t)exp(rng_unit(&rng) * 28));
        Packed *packed = pack_hist(&p, &h);
        unpack_hist(&p, packed, &back);
        same(&h, &back);
        hist_clear(&back);
        packed = packed_squeeze(&p, packed);
        unpack_hist(&p, packed, &back);
        same(&h, &back);
        unpack_hist(&p, packed, &back);
        assert_int_equal(back.count, 2 * h.count);
        free(packed);
        hist_close(&h);
        hist_close(&back);
    }
    packer_close(&p);
}

/* A second of a busy target: less than a byte for two samples. */
static void it_is_small(void **state) {
    (void)state;
    Packer p = { 0 };
    Rng rng = { .state = 5 };
    Hist h = { 0 };
    for (int i = 0; i < 1000; i++)
        hist_record(&h, (uint64_t)(2e6 * exp(2 * rng_unit(&rng))));
    Packed *packed = packed_squeeze(&p, pack_hist(&p, &h));
    Text plain = { 0 };
    hist_encode(&h, &plain);
    assert_true(packed_bytes(packed) * 2 < plain.length);
    text_close(&plain);
    free(packed);
    hist_close(&h);
    packer_close(&p);
}

static void equal_is_equal(void **state) {
    (void)state;
    Packer p = { 0 };
    Hist h = { 0 };
    hist_record_n(&h, 1000, 500);
    Packed *a = pack_hist(&p, &h), *b = pack_hist(&p, &h);
    hist_record(&h, 1000000);
    Packed *c = pack_hist(&p, &h);
    assert_true(packed_equal(a, b));
    assert_false(packed_equal(a, c));
    free(a);
    free(b);
    free(c);
    hist_close(&h);
    packer_close(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_packed_comes_back),
        cmocka_unit_test(it_is_small),
        cmocka_unit_test(equal_is_equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
