/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "http/values.h"

#define HERE "[target]\nurl = http://127.0.0.1:8080\n[stages]\nup = 1s to 1\n"

static char path[] = "/tmp/onrush-values-XXXXXX";

static void write_rows(const char *rows) {
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(rows, f);
    assert_int_equal(fclose(f), 0);
}

/* With a data set of five rows: a to e. */
static Profile profile(const char *pick) {
    Profile p;
    Diags d;
    Text t = { 0 };
    ProfileOptions o = { 0 };
    write_rows("x\na\nb\nc\nd\ne\n");
    text_addf(&t, HERE "[data d]\nfile = %s\npick = %s\n[request r]\n"
                       "GET = /${d.x}\nextract one = json.a\n"
                       "extract two = json.b\n",
              path, pick);
    diags_init(&d, "x.ini");
    if (profile_read_text(&p, t.bytes, t.length, "x.ini", &o, &d) < 0)
        fail_msg("%d:%d: %s", d.items[0].line, d.items[0].column,
                 d.items[0].text);
    diags_close(&d);
    text_close(&t);
    return p;
}

static char row_of(const Values *v) {
    ValueSpan s = values_cell(v, 0, 0);
    assert_int_equal(s.length, 1);
    return s.bytes[0];
}

static void nothing_to_know_costs_nothing(void **state) {
    (void)state;
    Profile p = { .path = "" };
    assert_null(values_new(&p));
    values_begin(NULL, 1, NULL, NULL);
    values_free(NULL);
}

/* Two VUs in turn: a row each, and from the start again. */
static void sequential_rows_follow_each_other(void **state) {
    (void)state;
    Profile p = profile("sequential");
    Values *vu[2] = { values_new(&p), values_new(&p) };
    _Atomic uint64_t next[1] = { 0 };
    Rng rng = { 1 };
    for (size_t i = 0; i < 13; i++) {
        values_begin(vu[i % 2], 1 + i % 2, &rng, next);
        assert_int_equal(row_of(vu[i % 2]), "abcde"[i % 5]);
    }
    /* The row of an iteration stays, whatever others do. */
    assert_int_equal(row_of(vu[1]), "abcde"[11 % 5]);
    assert_int_equal(rng.state, 1);
    values_free(vu[0]);
    values_free(vu[1]);
    profile_close(&p);
}

static void a_vu_keeps_its_row(void **state) {
    (void)state;
    Profile p = profile("per-vu");
    Values *v = values_new(&p);
    _Atomic uint64_t next[1] = { 0 };
    for (uint64_t vu = 1; vu < 17; vu++)
        for (int again = 0; again < 3; again++) {
            values_begin(v, vu, NULL, next);
            assert_int_equal(row_of(v), "abcde"[(vu - 1) % 5]);
        }
    values_free(v);
    profile_close(&p);
}

static void random_rows_come_from_the_seed(void **state) {
    (void)state;
    Profile p = profile("random");
    Values *v = values_new(&p);
    _Atomic uint64_t next[1] = { 0 };
    char first[64];
    size_t seen[5] = { 0 };
    for (int again = 0; again < 2; again++) {
        Rng rng = { 42 };
        for (size_t i = 0; i < sizeof first; i++) {
            values_begin(v, 1, &rng, next);
            if (again)
                assert_int_equal(row_of(v), first[i]);
            first[i] = row_of(v);
            seen[first[i] - 'a']++;
        }
    }
    for (size_t i = 0; i < 5; i++)
        assert_true(seen[i] > 0);
    values_free(v);
    profile_close(&p);
}

enum { THREADS = 4, TURNS = 50000 };

typedef struct Worker {
    const Profile *profile;
    _Atomic uint64_t *next;
    uint64_t seen[5];
} Worker;

static void *work(void *worker) {
    Worker *w = worker;
    Values *v = values_new(w->profile);
    Rng rng = { 1 };
    for (int i = 0; i < TURNS; i++) {
        values_begin(v, 1, &rng, w->next);
        w->seen[values_cell(v, 0, 0).bytes[0] - 'a']++;
    }
    values_free(v);
    return NULL;
}

/* Each row is taken as often as the others, by all workers together. */
static void workers_share_the_next_row(void **state) {
    (void)state;
    Profile p = profile("sequential");
    _Atomic uint64_t next[1] = { 0 };
    Worker w[THREADS];
    pthread_t thread[THREADS];
    uint64_t seen[5] = { 0 };
    for (int i = 0; i < THREADS; i++) {
        w[i] = (Worker){ .profile = &p, .next = next };
        assert_int_equal(pthread_create(&thread[i], NULL, work, &w[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        for (size_t k = 0; k < 5; k++)
            seen[k] += w[i].seen[k];
    }
    for (size_t k = 0; k < 5; k++)
        assert_int_equal(seen[k], THREADS * TURNS / 5);
    profile_close(&p);
}

static void is_value(const Values *v, uint32_t slot, const char *want) {
    ValueSpan s;
    assert_true(values_get(v, slot, &s));
    assert_int_equal(s.length, strlen(want));
    assert_memory_equal(s.bytes, want, s.length);
}

static void what_was_extracted_stays(void **state) {
    (void)state;
    Profile p = profile("per-vu");
    Values *v = values_new(&p);
    _Atomic uint64_t next[1] = { 0 };
    ValueSpan s;
    assert_false(values_get(v, 0, &s));
    assert_int_equal(s.length, 0);
    assert_true(values_set(v, 1, "token", 5));
    values_begin(v, 1, NULL, next);
    is_value(v, 1, "token");
    assert_false(values_get(v, 0, &s));
    assert_true(values_set(v, 1, "a longer token", 14));
    is_value(v, 1, "a longer token");
    assert_true(values_set(v, 1, "short", 5));
    is_value(v, 1, "short");
    values_get(v, 1, &s);
    assert_true(values_set(v, 1, s.bytes + 2, 3)); /* its own bytes */
    is_value(v, 1, "ort");
    assert_true(values_set(v, 0, "", 0)); /* empty, but set */
    is_value(v, 0, "");
    values_free(v);
    profile_close(&p);
}

static void a_value_has_a_limit(void **state) {
    (void)state;
    Profile p = profile("per-vu");
    Values *v = values_new(&p);
    char *big = malloc(VALUE_MAX_BYTES + 1);
    assert_non_null(big);
    memset(big, 'x', VALUE_MAX_BYTES + 1);
    ValueSpan s;
    assert_true(values_set(v, 0, big, VALUE_MAX_BYTES));
    assert_false(values_set(v, 0, big, VALUE_MAX_BYTES + 1));
    assert_true(values_get(v, 0, &s));
    assert_int_equal(s.length, VALUE_MAX_BYTES);
    assert_false(values_set(v, 1, big, VALUE_MAX_BYTES + 1));
    assert_false(values_get(v, 1, &s));
    free(big);
    values_free(v);
    profile_close(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_to_know_costs_nothing),
        cmocka_unit_test(sequential_rows_follow_each_other),
        cmocka_unit_test(a_vu_keeps_its_row),
        cmocka_unit_test(random_rows_come_from_the_seed),
        cmocka_unit_test(workers_share_the_next_row),
        cmocka_unit_test(what_was_extracted_stays),
        cmocka_unit_test(a_value_has_a_limit),
    };
    int fd = mkstemp(path);
    if (fd < 0)
        return 99;
    close(fd);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
