/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <sched.h>
#include <stdlib.h>

#include "engine/cpus.h"

/* A machine of eight, of which this process may use all but 4 and 5. */
static int read_list(const char *text, CpuList *list, Err *err) {
    cpu_set_t usable;
    CPU_ZERO(&usable);
    for (unsigned i = 0; i < 8; i++)
        if (i != 4 && i != 5)
            CPU_SET(i, &usable);
    return cpus_read_among(text, &usable, 8, list, err);
}

static void lists_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text, *prints;
        size_t count;
        unsigned cpu[6]; /* of workers 0.. */
    } cases[] = {
        { "0", "0", 1, { 0, 0, 0, 0, 0, 0 } },
        { "3", "3", 1, { 3, 3, 3, 3, 3, 3 } },
        { "0,2-3", "0,2-3", 3, { 0, 2, 3, 0, 2, 3 } },
        { "7,6", "7,6", 2, { 7, 6, 7, 6, 7, 6 } },
        { "0,1,2,6,7", "0-2,6-7", 5, { 0, 1, 2, 6, 7, 0 } },
        { "2-2", "2", 1, { 2, 2, 2, 2, 2, 2 } },
        { "1-3,0", "1-3,0", 4, { 1, 2, 3, 0, 1, 2 } },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CpuList list;
        Err err;
        if (read_list(cases[i].text, &list, &err) < 0)
            fail_msg("%s: %s", cases[i].text, err.text);
        assert_int_equal(list.count, cases[i].count);
        for (size_t w = 0; w < 6; w++)
            assert_int_equal(cpus_of_worker(&list, w), cases[i].cpu[w]);
        Text t = { 0 };
        cpus_print(&list, &t);
        assert_string_equal(t.bytes, cases[i].prints);
        text_close(&t);
    }
}

static void mistakes_are_told(void **state) {
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        { "", "'' is not a list of CPUs such as 0,2-3" },
        { ",", "not a list" },
        { "0,", "not a list" },
        { ",0", "not a list" },
        { "0,,1", "not a list" },
        { "0 1", "not a list" },
        { "1-", "not a list" },
        { "-1", "not a list" },
        { "3-1", "not a list" },
        { "0-1-2", "not a list" },
        { "0x1", "not a list" },
        { "one", "not a list" },
        { "9", "cpu 9 is not there: this machine has 0-7" },
        { "6-9", "cpu 8 is not there: this machine has 0-7" },
        { "99999999999999999999", "cpu 1024 is not there" },
        { "0-99999999999999999999", "cpu 4 is not for us" },
        { "4", "cpu 4 is not for us: this process may use 0-3,6-7" },
        { "1,0-2", "cpu 1 is there twice" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CpuList list;
        Err err = { 0 };
        if (read_list(cases[i].text, &list, &err) == 0)
            fail_msg("'%s' was read", cases[i].text);
        if (!strstr(err.text, cases[i].says))
            fail_msg("'%s': %s", cases[i].text, err.text);
    }
}

static void *see_where(void *data) {
    pthread_barrier_t *gate = data;
    pthread_barrier_wait(gate); /* has been pinned */
    cpu_set_t *set = calloc(1, sizeof *set);
    sched_getaffinity(0, sizeof *set, set);
    return set;
}

static void a_thread_is_pinned(void **state) {
    (void)state;
    cpu_set_t mine;
    Err err;
    assert_int_equal(sched_getaffinity(0, sizeof mine, &mine), 0);
    for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &mine))
            continue;
        pthread_t thread;
        pthread_barrier_t gate;
        char text[16];
        CpuList list;
        snprintf(text, sizeof text, "%u", cpu);
        assert_int_equal(cpus_read(text, &list, &err), 0);
        pthread_barrier_init(&gate, NULL, 2);
        assert_int_equal(pthread_create(&thread, NULL, see_where, &gate), 0);
        assert_int_equal(cpus_pin(thread, list.cpu[0], &err), 0);
        pthread_barrier_wait(&gate);
        void *seen;
        pthread_join(thread, &seen);
        const cpu_set_t *set = seen;
        assert_int_equal(CPU_COUNT(set), 1);
        assert_true(CPU_ISSET(cpu, set));
        free(seen);
        pthread_barrier_destroy(&gate);
    }
    assert_int_equal(cpus_pin(pthread_self(), CPU_SETSIZE - 1, &err), -1);
    assert_non_null(strstr(err.text, "cpu 1023"));
    cpu_set_t after;
    assert_int_equal(sched_getaffinity(0, sizeof after, &after), 0);
    assert_true(CPU_EQUAL(&mine, &after));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_read),
        cmocka_unit_test(mistakes_are_told),
        cmocka_unit_test(a_thread_is_pinned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
