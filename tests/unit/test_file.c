/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define NOBODY ((uid_t)65534)

/* In place of the C library's: which of the names that last were there when a
 * folder was written. */
static struct {
    const char *name;
    int folders; /* written while it was there */
} synced;

int fsync(int fd) {
    struct stat st;
    if (synced.name && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
        synced.folders += access(synced.name, F_OK) == 0;
    return fdatasync(fd);
}

/* Every test has a folder of its own, and is in it. */
typedef struct Place {
    char dir[64];
    int home;
} Place;

static int enter(void **state) {
    Place *p = mem_new(Place);
    snprintf(p->dir, sizeof p->dir, "/tmp/onrush-file-XXXXXX");
    p->home = open(".", O_RDONLY | O_DIRECTORY);
    *state = p;
    return p->home < 0 || !mkdtemp(p->dir) || chdir(p->dir) < 0;
}

static void remove_tree(const char *path) {
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d));) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        Text full = { 0 };
        text_addf(&full, "%s/%s", path, e->d_name);
        if (unlink(full.bytes) < 0)
            remove_tree(full.bytes);
        text_close(&full);
    }
    if (d)
        closedir(d);
    rmdir(path);
}

static int leave(void **state) {
    Place *p = *state;
    int rc = fchdir(p->home);
    close(p->home);
    remove_tree(p->dir);
    free(p);
    return rc;
}

static size_t files_here(void) {
    size_t n = 0;
    DIR *d = opendir(".");
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));)
        n += e->d_name[0] != '.' || strlen(e->d_name) > 2;
    closedir(d);
    return n;
}

static void put(const char *path, const char *text) {
    Err err;
    if (file_write(path, text, strlen(text), &err) < 0)
        fail_msg("%s", err.text);
}

static void contains(const char *path, const char *want) {
    Text t = { 0 };
    Err err;
    if (file_read(path, 1000, &t, &err) < 0)
        fail_msg("%s", err.text);
    assert_string_equal(t.bytes, want);
    text_close(&t);
}

static void a_file_is_written_whole(void **state) {
    (void)state;
    put("a", "one");
    contains("a", "one");
    struct stat st;
    assert_int_equal(stat("a", &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    put("a", "");
    contains("a", "");
    assert_int_equal(files_here(), 1);

    /* any bytes, more than one write takes from a pipe or a page */
    size_t n = 300007;
    char *bytes = mem_alloc(n, 1);
    for (size_t i = 0; i < n; i++)
        bytes[i] = (char)(i * 31);
    Err err;
    assert_int_equal(file_write("b", bytes, n, &err), 0);
    Text t = { 0 };
    text_adds(&t, "kept:");
    assert_int_equal(file_read("b", n, &t, &err), 0);
    assert_int_equal(t.length, n + 5);
    assert_memory_equal(t.bytes, "kept:", 5);
    assert_memory_equal(t.bytes + 5, bytes, n);
    assert_int_equal(t.bytes[t.length], '\0');
    text_close(&t);
    free(bytes);
}

/* Somebody who has the old file open goes on reading the old file. */
static void the_old_file_is_replaced_not_changed(void **state) {
    (void)state;
    put("a", "old");
    FILE *f = fopen("a", "r");
    assert_non_null(f);
    put("a", "newer");
    char got[16] = "";
    assert_int_equal(fread(got, 1, sizeof got - 1, f), 3);
    assert_string_equal(got, "old");
    fclose(f);
    contains("a", "newer");
}

/* The disk is full after 1000 bytes. */
static void a_failed_write_keeps_the_old_file(void **state) {
    (void)state;
    put("a", "precious");
    char *bytes = mem_alloc(5000, 1);
    struct rlimit before, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 1000;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    Err err = { 0 };
    int rc = file_write("a", bytes, 5000, &err);
    int fresh = file_write("new", bytes, 5000, &err);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, handler);
    free(bytes);
    assert_int_equal(rc, -1);
    assert_int_equal(fresh, -1);
    assert_non_null(strstr(err.text, "new: cannot write: "));
    assert_non_null(strstr(err.text, strerror(EFBIG)));
    contains("a", "precious");
    assert_int_equal(files_here(), 1); /* nothing half-written is left */
}

/* Somebody may know where the new file is made, in a folder of all. */
static void a_link_laid_out_is_not_followed(void **state) {
    char aside[64];
    Err err;
    Text t = { 0 };
    (void)state;
    assert_int_equal(file_write("victim", "mine", 4, &err), 0);
    snprintf(aside, sizeof aside, "a.%ld.tmp", (long)getpid());
    assert_int_equal(symlink("victim", aside), 0);
    assert_int_equal(file_write("a", "new", 3, &err), 0);
    assert_int_equal(file_read("victim", 100, &t, &err), 0);
    assert_string_equal(t.bytes, "mine");
    text_clear(&t);
    assert_int_equal(file_read("a", 100, &t, &err), 0);
    assert_string_equal(t.bytes, "new");
    struct stat st;
    assert_int_equal(lstat("a", &st), 0);
    assert_true(S_ISREG(st.st_mode));
    text_close(&t);
}

static void a_full_device_is_said(void **state) {
    (void)state;
    Err err = { 0 };
    assert_int_equal(file_write("/dev/full", "x", 1, &err), -1);
    assert_non_null(strstr(err.text, strerror(ENOSPC)));
    assert_int_equal(access("/dev/full", F_OK), 0);
    assert_int_equal(file_write("/dev/full", "x", 1, NULL), -1);
    /* a device is written to, never replaced */
    assert_int_equal(file_write("/dev/null", "x", 1, &err), 0);
    struct stat st;
    assert_int_equal(stat("/dev/null", &st), 0);
    assert_true(S_ISCHR(st.st_mode));
}

static void places_that_take_no_file(void **state) {
    (void)state;
    put("plain", "text");
    assert_int_equal(mkdir("folder", 0700), 0);
    static const char *const paths[] = { "missing/a", "plain/a", "folder", "" };
    for (size_t i = 0; i < COUNT(paths); i++) {
        Err err = { 0 };
        assert_int_equal(file_write(paths[i], "x", 1, &err), -1);
        assert_non_null(strstr(err.text, "cannot write"));
    }
    char far[2001];
    for (size_t i = 0; i < sizeof far - 1; i++)
        far[i] = i % 2 ? '/' : 'm';
    far[sizeof far - 1] = '\0';
    Err err = { 0 };
    assert_int_equal(file_write(far, "x", 1, &err), -1);
    assert_non_null(strstr(err.text, strerror(ENOENT)));
    assert_int_equal(files_here(), 2);
    contains("plain", "text");
}

/* Whoever is root turns into nobody for it. */
static void a_folder_without_permission(void **state) {
    (void)state;
    assert_int_equal(mkdir("locked", 0700), 0);
    assert_int_equal(mkdir("open", 0777), 0);
    assert_int_equal(chmod("open", 0777), 0);
    assert_int_equal(chmod(".", 0755), 0);
    put("locked/a", "precious");
    assert_int_equal(chmod("locked", 0555), 0);
    bool root = geteuid() == 0;
    if (root)
        assert_int_equal(seteuid(NOBODY), 0);
    Err err = { 0 }, err2 = { 0 }, err3 = { 0 };
    int write = file_write("locked/a", "x", 1, &err);
    int check = file_check_dir("locked", &err2);
    int make = file_make_dir("locked/sub", &err3);
    int fine = file_check_dir("open", NULL);
    if (root)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod("locked", 0700), 0);
    assert_int_equal(write, -1);
    assert_int_equal(check, -1);
    assert_int_equal(make, -1);
    assert_non_null(strstr(err.text, strerror(EACCES)));
    assert_non_null(strstr(err2.text, strerror(EACCES)));
    assert_non_null(strstr(err3.text, strerror(EACCES)));
    assert_int_equal(fine, 0);
    contains("locked/a", "precious");
}

static void folders_are_made(void **state) {
    (void)state;
    static const char *const good[] = {
        "a", "a", "b/c/d", "b/c", "e//f/", "./g", "/", ".", "b/../h", "e/f//"
    };
    for (size_t i = 0; i < COUNT(good); i++) {
        Err err = { 0 };
        if (file_make_dir(good[i], &err) < 0)
            fail_msg("'%s': %s", good[i], err.text);
        struct stat st;
        assert_int_equal(stat(good[i], &st), 0);
        assert_true(S_ISDIR(st.st_mode));
        assert_int_equal(file_check_dir(good[i], &err), 0);
    }
    Place *p = *state;
    char path[100];
    snprintf(path, sizeof path, "%s/x/y", p->dir);
    assert_int_equal(file_make_dir(path, NULL), 0);
    assert_int_equal(access("x/y", F_OK), 0);

    put("plain", "text");
    static const char *const bad[] = { "plain", "plain/sub", "a/../plain/sub",
                                       "" };
    for (size_t i = 0; i < COUNT(bad); i++) {
        Err err = { 0 };
        assert_int_equal(file_make_dir(bad[i], &err), -1);
        assert_true(err.text[0] != '\0');
        assert_int_equal(file_make_dir(bad[i], NULL), -1);
    }
    contains("plain", "text");
}

static void folders_are_tried(void **state) {
    (void)state;
    Err err = { 0 };
    assert_int_equal(file_check_dir(".", &err), 0);
    assert_int_equal(files_here(), 0);
    assert_int_equal(file_check_dir("missing", &err), -1);
    assert_non_null(strstr(err.text, "missing: cannot make files here"));
    put("plain", "text");
    assert_int_equal(file_check_dir("plain", &err), -1);
}

static void reading_has_a_limit(void **state) {
    (void)state;
    size_t n = 20000; /* more than one part */
    char *bytes = mem_alloc(n, 1);
    Err err = { 0 };
    assert_int_equal(file_write("a", bytes, n, &err), 0);
    free(bytes);
    Text t = { 0 };
    assert_int_equal(file_read("a", n, &t, &err), 0);
    assert_int_equal(t.length, n);
    text_clear(&t);
    assert_int_equal(file_read("a", n - 1, &t, &err), -1);
    assert_non_null(strstr(err.text, "a: larger than 19999 bytes"));
    text_clear(&t);
    /* no file, no bytes, no end */
    assert_int_equal(file_read("missing", n, &t, &err), -1);
    assert_non_null(strstr(err.text, strerror(ENOENT)));
    assert_int_equal(file_read(".", n, &t, &err), -1);
    assert_non_null(strstr(err.text, strerror(EISDIR)));
    assert_int_equal(file_read("/dev/zero", n, &t, &err), -1);
    assert_non_null(strstr(err.text, "larger"));
    text_close(&t);
    assert_int_equal(file_read("/dev/null", 0, &t, &err), 0);
    assert_string_equal(t.bytes, "");
    text_close(&t);
}

/* A power cut leaves what was written of a folder. */
static void names_last(void **state) {
    (void)state;
    Err err;
    synced.name = "a";
    put("a", "one");
    assert_int_equal(synced.folders, 1);
    synced.name = "b/c";
    synced.folders = 0;
    assert_int_equal(file_make_dir("b/c", &err), 0);
    assert_int_equal(synced.folders, 1);
    synced.name = "b/c/d";
    synced.folders = 0;
    put("b/c/d", "two");
    assert_int_equal(synced.folders, 1);
    synced.name = NULL;
}

#define IN_A_PLACE(test) cmocka_unit_test_setup_teardown(test, enter, leave)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_A_PLACE(a_file_is_written_whole),
        IN_A_PLACE(the_old_file_is_replaced_not_changed),
        IN_A_PLACE(a_failed_write_keeps_the_old_file),
        IN_A_PLACE(names_last),
        IN_A_PLACE(a_link_laid_out_is_not_followed),
        IN_A_PLACE(a_full_device_is_said),
        IN_A_PLACE(places_that_take_no_file),
        IN_A_PLACE(a_folder_without_permission),
        IN_A_PLACE(folders_are_made),
        IN_A_PLACE(folders_are_tried),
        IN_A_PLACE(reading_has_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
