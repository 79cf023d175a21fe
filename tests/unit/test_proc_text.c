/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "monitor/proc_text.h"

static const char stat_text[] =
    "4242 (a (b) c) S 1 4242 4242 0 -1 4194560 1520 9 3 0 250 130 17 4 20 0 7 "
    "0 123456 115609600 5120 18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 "
    "17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n";

static void a_process(void **state) {
    (void)state;
    ProcStat s;
    assert_true(proc_stat_read(stat_text, &s));
    assert_string_equal(s.name, "a (b) c");
    assert_int_equal(s.state, 'S');
    assert_int_equal(s.cpu_ticks, 380);
    assert_int_equal(s.threads, 7);
    assert_int_equal(s.start_ticks, 123456);
    assert_int_equal(s.rss_pages, 5120);
    assert_false(proc_stat_is_dead(&s));
    assert_true(proc_stat_read("7 (x) Z 1 7 7 0 -1 4 0 0 0 0 1 2 0 0 20 0 1 0 "
                               "5 0 0 18446744073709551615 0\n",
                               &s));
    assert_true(proc_stat_is_dead(&s));
    assert_int_equal(s.cpu_ticks, 3);
}

/* Cut anywhere, there is a whole answer or none. */
static void a_process_cut_short(void **state) {
    (void)state;
    char text[sizeof stat_text];
    size_t rss_end = (size_t)(strstr(stat_text, " 5120 ") - stat_text) + 5;
    for (size_t n = 0; n < sizeof stat_text - 1; n++) {
        ProcStat s;
        memcpy(text, stat_text, n);
        text[n] = '\0';
        bool is_read = proc_stat_read(text, &s);
        assert_true(is_read == (n > rss_end));
    }
}

static void all_cpus(void **state) {
    (void)state;
    ProcCpu c;
    assert_true(proc_cpu_read("cpu  100 20 30 1000 50 4 6 10 70 5\n"
                              "cpu0 1 1 1 1 1 1 1 1 1 1\nintr 5\n",
                              &c));
    assert_int_equal(c.all, 1220); /* guests are in user already */
    assert_int_equal(c.busy, 170);
    assert_true(proc_cpu_read("cpu  1 2 3 4\n", &c)); /* an old kernel */
    assert_int_equal(c.all, 10);
    assert_int_equal(c.busy, 6);
    assert_false(proc_cpu_read("cpu0 1 2 3 4\n", &c));
    assert_false(proc_cpu_read("cpu  1 2 3\n9 9 9\n", &c));
    assert_false(proc_cpu_read("", &c));
}

static void memory(void **state) {
    (void)state;
    uint64_t used = 7;
    assert_true(proc_memory_read("MemTotal:       8000 kB\n"
                                 "MemFree:         100 kB\n"
                                 "MemAvailable:   5000 kB\n",
                                 &used));
    assert_int_equal(used, 3000 * 1024);
    used = 7;
    assert_false(proc_memory_read("MemTotal: 8000 kB\nMemFree: 1 kB\n", &used));
    assert_false(
        proc_memory_read("MemTotal: 1 kB\nMemAvailable: 2 kB\n", &used));
    assert_false(proc_memory_read("MemTotal: 8000 kB\nMemAvailable:\n", &used));
    assert_int_equal(used, 7);
}

static void whole_disks(void **state) {
    (void)state;
    ProcFlow f;
    assert_true(proc_disks_read(
        "   7       0 loop0 9 0 9999 0 9 0 9999 0 0 0 0\n"
        "   1       0 ram0 9 0 9999 0 9 0 9999 0 0 0 0\n"
        "   8       0 sda 100 1 2000 5 60 2 700 3 0 9 8 0 0 0 0 0 0\n"
        "   8       1 sda1 90 1 1900 5 50 2 600 3 0 9 8 0 0 0 0 0 0\n"
        "   8      16 sdaa 1 1 10 5 1 2 20 3 0 9 8\n"
        " 259       0 nvme0n1 7 0 300 1 8 0 40 1 0 2 2\n"
        " 259       1 nvme0n1p2 7 0 300 1 8 0 40 1 0 2 2\n"
        " 259       2 nvme0n12 1 0 1 1 1 0 1 1 0 2 2\n"
        " 253       0 dm-0 100 0 5000 0 9 0 9999 0 0 0 0\n"
        " 253       0 zram0 100 0 5000 0 9 0 9999 0 0 0 0\n"
        "   9       0 md0 100 0 5000 0 9 0 9999 0 0 0 0\n",
        &f));
    assert_int_equal(f.in, (2000 + 10 + 300 + 1) * 512);
    assert_int_equal(f.out, (700 + 20 + 40 + 1) * 512);
    assert_false(proc_disks_read("   7 0 loop0 9 0 9 0 9 0 9 0 0 0 0\n", &f));
    /* a line that is too short does not borrow from the next */
    assert_false(proc_disks_read(" 8 0 sda 1 2 3\n 8 1 sdb 4\n", &f));
    assert_false(proc_disks_read("", &f));
}

static void interfaces(void **state) {
    (void)state;
    static const char text[] =
        "Inter-|   Receive              |  Transmit\n"
        " face |bytes    packets errs drop fifo frame compressed "
        "multicast|bytes    packets errs drop fifo colls carrier compressed\n"
        "    lo: 5000 10 0 0 0 0 0 0 5000 10 0 0 0 0 0 0\n"
        "  eth0: 700 6 0 0 0 0 0 0 300 4 0 0 0 0 0 0\n"
        "wlan0:90 6 0 0 0 0 0 0 8 4 0 0 0 0 0 0\n"
        "docker0: 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n"
        "veth12ab: 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n";
    ProcFlow f;
    assert_true(proc_network_read(text, false, &f));
    assert_int_equal(f.in, 790);
    assert_int_equal(f.out, 308);
    assert_true(proc_network_read(text, true, &f));
    assert_int_equal(f.in, 5790);
    assert_int_equal(f.out, 5308);
    assert_false(proc_network_read("Inter-|\n face |\n", true, &f));
    assert_false(proc_network_read("lo: 1 2\n", true, &f));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_process),   cmocka_unit_test(a_process_cut_short),
        cmocka_unit_test(all_cpus),    cmocka_unit_test(memory),
        cmocka_unit_test(whole_disks), cmocka_unit_test(interfaces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
