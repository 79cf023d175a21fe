/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "monitor/host.h"
#include "monitor/process.h"
#include "proc_tree.h"

#define S NS_PER_S
#define HZ 100
#define PAGE 4096

/* The look so many seconds after another; the machine is up for an hour. */
static ProcessLook look_at(const ProcTree *t, uint64_t second) {
    return (ProcessLook){ .root = t->root,
                          .self = 999,
                          .now_ns = (1000 + second) * S,
                          .boot_ns = (3600 + second) * S,
                          .ticks_per_s = HZ,
                          .page_bytes = PAGE };
}

static ProcessUse look(Processes *p, const ProcTree *t, uint64_t second) {
    ProcessLook at = look_at(t, second);
    return processes_look(p, &at);
}

static void a_pid(void **state) {
    (void)state;
    ProcTree t;
    Processes p = { .what = { "42", 42 } };
    TreeProcess x = { .pid = 42,
                      .comm = "server",
                      .user_ticks = 1000,
                      .system_ticks = 500,
                      .threads = 7,
                      .pages = 100,
                      .files = 12 };
    tree_init(&t);
    assert_int_equal(look(&p, &t, 0).count, 0);
    tree_put(&t, &x);
    ProcessUse use = look(&p, &t, 1);
    assert_int_equal(use.count, 1);
    assert_false(use.is_new);    /* it is the first that is seen */
    assert_true(isnan(use.cpu)); /* nothing to compare with */
    assert_near(use.memory, 100 * PAGE, 0);
    assert_near(use.descriptors, 12, 0);
    assert_near(use.threads, 7, 0);
    x.user_ticks += 4 * HZ;
    x.system_ticks += 2 * HZ;
    tree_put(&t, &x);
    assert_near(look(&p, &t, 5).cpu, 1.5, 1e-9);
    assert_near(look(&p, &t, 6).cpu, 0, 0);
    tree_kill(&t, 42);
    use = look(&p, &t, 7);
    assert_true(use.count == 0 && isnan(use.cpu) && isnan(use.memory) &&
                isnan(use.threads) && isnan(use.descriptors));
    processes_close(&p);
    tree_close(&t);
}

static void all_of_a_name(void **state) {
    (void)state;
    ProcTree t;
    Processes p = { .what = { "nginx", 0 } };
    tree_init(&t);
    static const TreeProcess all[] = {
        { .pid = 10,
          .comm = "nginx",
          .cmdline = "nginx: master",
          .threads = 1,
          .pages = 1,
          .user_ticks = 100,
          .files = 1 },
        { .pid = 11,
          .comm = "worker",
          .cmdline = "/usr/sbin/nginx",
          .threads = 2,
          .pages = 10,
          .user_ticks = 200,
          .files = 2 },
        { .pid = 12, .comm = "nginx2", .cmdline = "/nginx/x", .threads = 9 },
        { .pid = 13, .comm = "nginx", .state = 'Z', .threads = 9 },
        { .pid = 999, .comm = "nginx", .threads = 9 }, /* this program */
        { .pid = 14, .comm = "kthread" }, /* without a command line */
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        tree_put(&t, &all[i]);
    ProcessUse use = look(&p, &t, 0);
    assert_int_equal(use.count, 2);
    assert_near(use.memory, 11 * PAGE, 0);
    assert_near(use.descriptors, 3, 0);
    assert_near(use.threads, 3, 0);
    /* One ends; of one that began since, all counts; of one that is older and
     * took the name, nothing before now. */
    TreeProcess x = all[1], young = all[0], old = all[0];
    x.user_ticks += 50;
    tree_put(&t, &x);
    tree_kill(&t, 10);
    young.pid = 20;
    young.start_ticks = 3601 * HZ;
    young.user_ticks = 30;
    tree_put(&t, &young);
    old.pid = 21;
    old.start_ticks = 3599 * HZ;
    old.user_ticks = 100000;
    tree_put(&t, &old);
    use = look(&p, &t, 2);
    assert_int_equal(use.count, 3);
    assert_false(use.is_new);
    assert_near(use.cpu, 0.4, 1e-9);
    processes_close(&p);
    tree_close(&t);
}

static void started_anew(void **state) {
    (void)state;
    ProcTree t;
    Processes p = { .what = { "db", 0 } };
    TreeProcess x = { .pid = 5, .comm = "db", .user_ticks = 1000 };
    tree_init(&t);
    tree_put(&t, &x);
    assert_false(look(&p, &t, 0).is_new);
    /* the same pid, another process: less CPU time is no negative one */
    x.user_ticks = 10;
    x.start_ticks = 3601 * HZ;
    tree_put(&t, &x);
    ProcessUse use = look(&p, &t, 2);
    assert_true(use.is_new);
    assert_near(use.cpu, 0.05, 1e-9);
    tree_kill(&t, 5);
    use = look(&p, &t, 3);
    assert_false(use.is_new);
    x.pid = 6;
    tree_put(&t, &x);
    use = look(&p, &t, 4);
    assert_true(use.is_new && isnan(use.cpu));
    processes_close(&p);
    tree_close(&t);
}

static void long_names_are_in_the_command_line(void **state) {
    (void)state;
    ProcTree t;
    Processes p = { .what = { "a-very-long-name-of-it", 0 } };
    TreeProcess x = { .pid = 5, .comm = "a-very-long-nam" };
    tree_init(&t);
    tree_put(&t, &x);
    assert_int_equal(look(&p, &t, 0).count, 0);
    x.cmdline = "/opt/a-very-long-name-of-it";
    tree_put(&t, &x);
    assert_int_equal(look(&p, &t, 1).count, 1);
    processes_close(&p);
    tree_close(&t);
}

/* Of another user's process all is known but its files. */
static void files_that_are_not_ours(void **state) {
    (void)state;
    ProcTree t;
    Processes p = { .what = { "5", 5 } };
    TreeProcess x = { .pid = 5, .comm = "x", .threads = 3, .files = 2 };
    char path[128];
    tree_init(&t);
    tree_put(&t, &x);
    snprintf(path, sizeof path, "%s/5/fd", t.root);
    assert_int_equal(chmod(path, 0), 0);
    bool is_root = geteuid() == 0;
    if (is_root)
        assert_int_equal(seteuid(65534), 0);
    ProcessUse use = look(&p, &t, 0);
    if (is_root)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod(path, 0755), 0);
    assert_true(use.is_denied && isnan(use.descriptors));
    assert_near(use.threads, 3, 0);
    use = look(&p, &t, 1);
    assert_false(use.is_denied);
    assert_near(use.descriptors, 2, 0);
    processes_close(&p);
    tree_close(&t);
}

static void this_very_process(void **state) {
    (void)state;
    char pid[32];
    snprintf(pid, sizeof pid, "%ld", (long)getpid());
    Processes p = { .what = { pid, (long)getpid() } };
    ProcessLook at = process_look_now("/proc");
    ProcessUse use = processes_look(&p, &at);
    assert_true(at.is_proc && at.self == getpid());
    assert_int_equal(use.count, 1);
    assert_true(use.memory > 100000 && use.descriptors >= 3);
    assert_near(use.threads, 1, 0);
    processes_close(&p);
}

static void write_host(ProcTree *t, const char *stat, const char *disks,
                       const char *net) {
    static const char memory[] = "MemTotal: 8000 kB\nMemAvailable: 5000 kB\n";
    tree_write(t, "stat", stat, strlen(stat));
    tree_write(t, "meminfo", memory, strlen(memory));
    tree_write(t, "diskstats", disks, strlen(disks));
    tree_write(t, "net/dev", net, strlen(net));
}

static void the_host(void **state) {
    (void)state;
    ProcTree t;
    Host h = { .root = t.root };
    tree_init(&t);
    for (HostPart part = 0; part < HOST_PARTS; part++)
        assert_false(host_look(&h, part, S).is_there);
    write_host(&t, "cpu  100 0 0 100\n", " 8 0 sda 1 0 100 0 1 0 1000 0\n",
               "eth0: 1000 0 0 0 0 0 0 0 50 0\n");
    for (HostPart part = 0; part < HOST_PARTS; part++) {
        HostUse use = host_look(&h, part, 2 * S);
        assert_true(use.is_there);
        assert_true(part == HOST_MEMORY || isnan(use.a));
    }
    write_host(&t, "cpu  130 0 0 170\n", " 8 0 sda 1 0 120 0 1 0 1100 0\n",
               "eth0: 5000 0 0 0 0 0 0 0 50 0\n");
    HostUse use = host_look(&h, HOST_CPU, 4 * S);
    assert_near(use.a, 0.3, 1e-9);
    use = host_look(&h, HOST_MEMORY, 4 * S);
    assert_near(use.a, 3000 * 1024, 0);
    use = host_look(&h, HOST_DISK, 4 * S);
    assert_near(use.a, 10 * 512, 0);
    assert_near(use.b, 50 * 512, 0);
    use = host_look(&h, HOST_NETWORK, 4 * S);
    assert_near(use.a, 2000, 0);
    assert_near(use.b, 0, 0);
    /* a disk went */
    write_host(&t, "cpu  130 0 0 100\n", " 8 0 sdb 1 0 1 0 1 0 2000 0\n", "");
    use = host_look(&h, HOST_DISK, 5 * S);
    assert_true(use.is_there && isnan(use.a));
    assert_near(use.b, 900 * 512, 0);
    use = host_look(&h, HOST_CPU, 5 * S);
    assert_true(use.is_there && isnan(use.a));
    assert_false(host_look(&h, HOST_NETWORK, 5 * S).is_there);
    tree_close(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pid),
        cmocka_unit_test(all_of_a_name),
        cmocka_unit_test(started_anew),
        cmocka_unit_test(long_names_are_in_the_command_line),
        cmocka_unit_test(files_that_are_not_ours),
        cmocka_unit_test(this_very_process),
        cmocka_unit_test(the_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
