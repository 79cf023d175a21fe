/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Humps that are there are told, and none that is not. */
#include "unit.h"

#include "base/rng.h"
#include "stats/modes.h"

#define SEEDS 60

static double normal(Rng *rng) {
    double u = rng_unit(rng), v = rng_unit(rng);
    return sqrt(-2 * log(1 - u)) * cos(2 * M_PI * v);
}

/* Median ms, spread as the sigma of the logarithm. */
static void add_hump(Hist *h, Rng *rng, double ms, double sigma, int n) {
    for (int i = 0; i < n; i++)
        hist_record(h, (uint64_t)(ms * 1e6 * exp(sigma * normal(rng))));
}

static size_t find(const Hist *h, HistMode to[MODES_MAX]) {
    Bands b;
    bands_init(&b);
    return modes_find(&b, h, to);
}

/* --- one hump ----------------------------------------------------------- */

static double draw_log_normal(Rng *rng, double p) {
    return 20e6 * exp((0.02 + 1.5 * p) * normal(rng));
}

static double draw_exponential(Rng *rng, double p) {
    return -log(1 - rng_unit(rng)) * 1e6 * (1 + 200 * p);
}

/* A queue behind a fixed service time. */
static double draw_shifted(Rng *rng, double p) {
    return 5e6 + draw_exponential(rng, p);
}

static double draw_uniform(Rng *rng, double p) {
    return 1e6 + 500e6 * p * rng_unit(rng);
}

/* A heavy tail: Pareto's with alpha 1 to 3. */
static double draw_tail(Rng *rng, double p) {
    return 2e6 * pow(1 - rng_unit(rng), -1 / (1 + 2 * p));
}

/* The sum of some exponential waits. */
static double draw_gamma(Rng *rng, double p) {
    double sum = 0;
    for (int i = 0; i < 1 + (int)(6 * p); i++)
        sum += draw_exponential(rng, 0.1);
    return sum;
}

static void one_hump_is_one(void **state) {
    (void)state;
    static const struct {
        const char *name;
        double (*draw)(Rng *rng, double p);
    } shapes[] = {
        { "log-normal", draw_log_normal },
        { "exponential", draw_exponential },
        { "shifted", draw_shifted },
        { "uniform", draw_uniform },
        { "tail", draw_tail },
        { "gamma", draw_gamma },
    };
    static const int sizes[] = { 20, 60, 200, 1000, 8000, 60000 };
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++)
        for (uint64_t seed = 1; seed <= SEEDS; seed++)
            for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
                Rng rng = { seed * 7919 };
                double p = (double)seed / SEEDS;
                HistMode to[MODES_MAX];
                Hist h = { 0 };
                if (sizes[i] > 8000 && seed % 10)
                    continue;
                for (int n = 0; n < sizes[i]; n++)
                    hist_record(&h, (uint64_t)shapes[k].draw(&rng, p));
                size_t modes = find(&h, to);
                if (modes > 1)
                    fail_msg("%s, seed %d, %d samples: %zu modes",
                             shapes[k].name, (int)seed, sizes[i], modes);
                if (sizes[i] >= 200)
                    assert_int_equal(modes, 1);
                hist_close(&h);
            }
}

static void one_hump_has_its_median(void **state) {
    (void)state;
    Rng rng = { 5 };
    HistMode to[MODES_MAX];
    Hist h = { 0 };
    assert_int_equal(find(&h, to), 0);
    add_hump(&h, &rng, 21, 0.3, 29);
    assert_int_equal(find(&h, to), 0);
    add_hump(&h, &rng, 21, 0.3, 5000);
    assert_int_equal(find(&h, to), 1);
    assert_near(to[0].at_ns, 21e6, 1e6);
    assert_near(to[0].share, 1, 1e-9);
    hist_close(&h);
}

/* --- more --------------------------------------------------------------- */

static void humps_are_told(void **state) {
    (void)state;
    static const struct {
        double ms[5];
        int n[5];
        double sigma;
        size_t modes;
    } cases[] = {
        { { 21, 402 }, { 7000, 3000 }, 0.2, 2 },
        { { 21, 402 }, { 300, 60 }, 0.4, 2 },
        { { 2, 21, 402 }, { 1000, 700, 300 }, 0.2, 3 },
        { { 1, 8, 64, 512 }, { 900, 900, 900, 900 }, 0.3, 4 },
        { { 10, 30000 }, { 10000, 300 }, 0.1, 2 }, /* some time out */
        { { 21, 402 }, { 10000, 100 }, 0.2, 1 },   /* 1 %: too few */
        { { 21, 402 }, { 200, 20 }, 0.2, 1 },      /* 20: too few */
        { { 20, 36 }, { 5000, 5000 }, 0.25, 1 },   /* one, a bit wide */
        { { 20, 60 }, { 5000, 5000 }, 0.7, 1 },
        { { 20, 60 }, { 5000, 5000 }, 0.4, 1 }, /* a dent, not by chance */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Rng rng = { 11 + i };
        HistMode to[MODES_MAX];
        Hist h = { 0 };
        for (size_t k = 0; cases[i].n[k]; k++)
            add_hump(&h, &rng, cases[i].ms[k], cases[i].sigma, cases[i].n[k]);
        size_t modes = find(&h, to);
        if (modes != cases[i].modes)
            fail_msg("case %zu has %zu modes", i, modes);
        for (size_t k = 0; k < modes && modes > 1; k++) {
            double want = (double)cases[i].n[k] / (double)h.count;
            assert_near(to[k].at_ns, cases[i].ms[k] * 1e6,
                        cases[i].ms[k] * 1e5);
            assert_near(to[k].share, want, 0.02);
        }
        hist_close(&h);
    }
}

/* Of five the largest four, which take all samples. */
static void there_is_an_end(void **state) {
    (void)state;
    static const double ms[] = { 1, 9, 81, 729, 6561 };
    Rng rng = { 2 };
    HistMode to[MODES_MAX];
    Hist h = { 0 };
    for (int i = 0; i < 5; i++)
        add_hump(&h, &rng, ms[i], 0.1, i == 2 ? 500 : 1000);
    assert_int_equal(find(&h, to), MODES_MAX);
    double all = 0;
    for (int i = 0; i < MODES_MAX; i++) {
        all += to[i].share;
        assert_true(i == 0 || to[i].at_ns > to[i - 1].at_ns);
    }
    assert_near(all, 1, 1e-9);
    hist_close(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_hump_is_one),
        cmocka_unit_test(one_hump_has_its_median),
        cmocka_unit_test(humps_are_told),
        cmocka_unit_test(there_is_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
