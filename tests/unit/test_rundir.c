/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report_run.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "report/rundir.h"
#include "report/save.h"

static char *scratch(void) {
    char *dir = strdup("/tmp/onrush-report-XXXXXX");
    assert_non_null(mkdtemp(dir));
    assert_int_equal(chdir(dir), 0);
    return dir;
}

static void sweep(char *dir) {
    char command[256];
    assert_int_equal(chdir("/"), 0);
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    assert_int_equal(system(command), 0);
    free(dir);
}

static void is_text(const char *path, const char *want) {
    Text t = { 0 };
    Err err;
    if (file_read(path, 1 << 24, &t, &err) < 0)
        fail_msg("%s", err.text);
    assert_string_equal(t.bytes, want);
    text_close(&t);
}

static void folders_have_names_of_their_own(void **state) {
    (void)state;
    char *dir = scratch();
    Err err;
    setenv("TZ", "XYZ-2", 1);
    tzset();
    static const struct {
        const char *name, *want;
    } cases[] = {
        { "shop", "onrush-results/shop-20260102-050405" },
        { "shop", "onrush-results/shop-20260102-050405-2" },
        { "shop", "onrush-results/shop-20260102-050405-3" },
        { "../a b\033", "onrush-results/_.-a-b--20260102-050405" },
        { "", "onrush-results/run-20260102-050405" },
        { "caf\xc3\xa9", "onrush-results/caf\xc3\xa9-20260102-050405" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *path = rundir_make(NULL, cases[i].name, STARTED, &err);
        assert_non_null(path);
        assert_string_equal(path, cases[i].want);
        assert_int_equal(access(path, W_OK), 0);
        free(path);
    }
    for (int twice = 0; twice < 2; twice++) {
        char *path = rundir_make("a/b", "shop", STARTED, &err);
        assert_string_equal(path, "a/b");
        free(path);
    }
    assert_int_equal(file_write("file", "x", 1, &err), 0);
    assert_null(rundir_make("file/x", "shop", STARTED, &err));
    assert_non_null(strstr(err.text, "file"));
    assert_int_equal(chdir("a"), 0);
    assert_int_equal(file_write("onrush-results", "x", 1, &err), 0);
    assert_null(rundir_make(NULL, "shop", STARTED, &err));
    assert_non_null(strstr(err.text, "onrush-results"));
    sweep(dir);
}

static int save_in(const Report *r, const char *dir, const char *summary,
                   Err *err) {
    ReportFiles files = { .dir = dir, .extra[EXTRA_SUMMARY] = summary };
    return report_save(r, &files, err);
}

static void what_is_saved_reads_again(void **state) {
    (void)state;
    char *dir = scratch();
    Run run, again;
    Err err = { 0 };
    Text ini = { 0 };
    struct stat st;
    run_open(&run);
    run_play(&run, 7000);
    run_act(&run, 7200 * MS, "level 75 in 1s");
    run_advance(&run, 9 * S);
    run_act(&run, 9 * S, "go");
    run_advance(&run, 20 * S);
    run_finish(&run);
    if (save_in(&run.report, dir, "copy.json", &err) < 0)
        fail_msg("%s", err.text);
    char *summary = report_summary(&run.report);
    is_text("summary.json", summary);
    is_text("copy.json", summary);
    free(summary);
    static const char *const files[] = { "summary.json", "profile.ini",
                                         "copy.json" };
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(stat(files[i], &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
    }
    assert_int_equal(file_read("profile.ini", 1 << 20, &ini, &err), 0);
    assert_true(text_starts(ini.bytes, "; executed 2026-01-02 03:04:05 UTC"));
    assert_non_null(strstr(ini.bytes, "; the load was changed by hand"));
    run_read_profile(&again, ini.bytes, ini.length);
    const Plan *a = run.wheel.plan, *b = &again.profile.scenarios[0].plan;
    double worst = 0;
    for (uint64_t ns = 0; ns < plan_total_ns(a); ns += 50 * MS)
        worst = fmax(worst, fabs(plan_level_at(a, ns) - plan_level_at(b, ns)));
    assert_near(worst, 0, 1);
    assert_near((double)plan_total_ns(b), (double)plan_total_ns(a), 1e7);
    assert_near(plan_peak(b), 75, 0);
    assert_int_equal(again.profile.request_count, 2);
    assert_int_equal(again.profile.thresholds.count, 10);
    profile_close(&again.profile);
    text_close(&ini);
    run_close(&run);
    sweep(dir);
}

/* Saved before anything happened, the profile is the plan. */
static void an_unstarted_run_saves_its_plan(void **state) {
    (void)state;
    Run run, again;
    Text ini = { 0 };
    run_open(&run);
    run_finish(&run);
    report_profile(&run.report, &ini);
    assert_null(strstr(ini.bytes, "by hand"));
    run_read_profile(&again, ini.bytes, ini.length);
    assert_int_equal(plan_total_ns(&again.profile.scenarios[0].plan), 10 * S);
    profile_close(&again.profile);
    text_close(&ini);
    run_close(&run);
}

static void a_full_disk_leaves_the_old_files(void **state) {
    (void)state;
    char *dir = scratch();
    Run run;
    Err err;
    struct rlimit old, small;
    run_open_whole(&run);
    assert_int_equal(file_write("summary.json", "old", 3, &err), 0);
    assert_int_equal(file_write("profile.ini", "old", 3, &err), 0);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 64;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    int rc = save_in(&run.report, dir, NULL, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(rc, -1);
    assert_non_null(strstr(err.text, "summary.json"));
    assert_non_null(strstr(err.text, "profile.ini"));
    is_text("summary.json", "old");
    is_text("profile.ini", "old");
    char left[256];
    snprintf(left, sizeof left, "summary.json.%ld.tmp", (long)getpid());
    assert_int_equal(access(left, F_OK), -1);
    run_close(&run);
    sweep(dir);
}

static void one_failure_does_not_stop_the_others(void **state) {
    (void)state;
    char *dir = scratch();
    Run run;
    Err err;
    run_open_whole(&run);
    /* The place beside summary.json is taken, for root as well. */
    char taken[256];
    snprintf(taken, sizeof taken, "summary.json.%ld.tmp", (long)getpid());
    assert_int_equal(file_write("summary.json", "old", 3, &err), 0);
    assert_int_equal(mkdir(taken, 0700), 0);
    assert_int_equal(save_in(&run.report, dir, "/dev/full", &err), -1);
    assert_non_null(strstr(err.text, "summary.json"));
    assert_non_null(strstr(err.text, "/dev/full"));
    assert_null(strstr(err.text, "profile.ini"));
    assert_int_equal(access("profile.ini", R_OK), 0);
    is_text("summary.json", "old");
    assert_int_equal(save_in(&run.report, NULL, "copy.json", &err), 0);
    assert_int_equal(access("copy.json", R_OK), 0);
    assert_int_equal(save_in(&run.report, "gone", NULL, &err), -1);
    assert_non_null(strstr(err.text, "gone/summary.json"));
    assert_non_null(strstr(err.text, "gone/profile.ini"));
    run_close(&run);
    sweep(dir);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders_have_names_of_their_own),
        cmocka_unit_test(what_is_saved_reads_again),
        cmocka_unit_test(an_unstarted_run_saves_its_plan),
        cmocka_unit_test(a_full_disk_leaves_the_old_files),
        cmocka_unit_test(one_failure_does_not_stop_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
