/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define NAME_KEPT 230 /* bytes of a name that may have 255 */
#define PATH_SHOWN 300 /* of a path in an Err, which has a reason, too */

int file_read(const char *path, size_t max, Text *to, Err *err) {
    int rc = -1;
    FILE *f = fopen(path, "rb");
    if (!f)
        return err_set(err, "%s: cannot open: %s", path, strerror(errno));
    char part[8192];
    size_t n, sum = 0;
    while ((n = fread(part, 1, sizeof part, f)) > 0) {
        sum += n;
        if (sum > max) {
            err_set(err, "%s: larger than %zu bytes", path, max);
            goto out;
        }
        text_add(to, part, n);
    }
    if (ferror(f)) {
        err_set(err, "%s: cannot read: %s", path, strerror(errno));
        goto out;
    }
    text_add(to, "", 0);
    rc = 0;
out:
    fclose(f);
    return rc;
}

static int write_all(int fd, const char *bytes, size_t length) {
    while (length) {
        ssize_t n = write(fd, bytes, length);
        if (n < 0) {
            if (errno == EINTR)
                continue;
            return -1;
        }
        bytes += n;
        length -= (size_t)n;
    }
    return 0;
}

/* A device such as /dev/full or a pipe has nothing to be replaced. */
static bool is_special(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/* Beside it; a name of 255 bytes has no room for an ending. */
static void name_aside(const char *path, Text *to) {
    const char *slash = strrchr(path, '/');
    int folder = slash ? (int)(slash + 1 - path) : 0;
    text_addf(to, "%.*s%.*s.%ld.tmp", folder, path, NAME_KEPT, path + folder,
              (long)getpid());
}

static void cannot_write(const char *path, int why, Err *err) {
    char shown[PATH_SHOWN];
    err_set(err, "%s: cannot write: %s",
            text_shorten(shown, sizeof shown, path), strerror(why));
}

int file_sync_name(const char *path, Err *err) {
    const char *slash = strrchr(path, '/');
    Text folder = { 0 };
    if (slash)
        text_add(&folder, path, slash == path ? 1 : (size_t)(slash - path));
    int fd = open(slash ? folder.bytes : ".",
                  O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int why = fd >= 0 && fsync(fd) < 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
    text_close(&folder);
    return !why || why == EINVAL || why == EOPNOTSUPP
               ? 0
               : err_set(err, "%s: cannot write its folder: %s", path,
                         strerror(why));
}

int file_write(const char *path, const char *bytes, size_t length, Err *err) {
    bool special = is_special(path);
    Text aside = { 0 };
    if (special)
        text_adds(&aside, path);
    else
        name_aside(path, &aside);
    int flags = special ? O_WRONLY : O_WRONLY | O_CREAT | O_EXCL;
    if (!special) /* left by a crash, or laid out for us to follow */
        unlink(aside.bytes);
    int rc = -1;
    int fd = open(aside.bytes, flags | O_CLOEXEC, 0600);
    if (fd < 0) {
        cannot_write(path, errno, err);
        goto out;
    }
    bool bad = write_all(fd, bytes, length) < 0 || (!special && fsync(fd) < 0);
    int reason = errno;
    if (close(fd) < 0 && !bad)
        bad = true, reason = errno;
    if (!bad && !special && rename(aside.bytes, path) < 0)
        bad = true, reason = errno;
    if (bad) {
        if (!special)
            unlink(aside.bytes);
        cannot_write(path, reason, err);
        goto out;
    }
    rc = special ? 0 : file_sync_name(path, err);
out:
    text_close(&aside);
    return rc;
}

int file_open_again(int fd, int mode) {
    char path[40];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return open(path, mode | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

/* NAME.PID.tmp */
static bool is_aside(const char *there, const char *name) {
    size_t length = strlen(name);
    if (strncmp(there, name, length) != 0 || there[length] != '.')
        return false;
    const char *pid = there + length + 1;
    size_t digits = strspn(pid, "0123456789");
    return digits && text_equal(pid + digits, ".tmp");
}

void file_sweep(const char *dir, const char *name) {
    DIR *d = opendir(dir);
    for (const struct dirent *e; d && (e = readdir(d));)
        if (is_aside(e->d_name, name))
            unlinkat(dirfd(d), e->d_name, 0);
    if (d)
        closedir(d);
}

int file_make_dir(const char *path, Err *err) {
    if (!*path)
        return err_set(err, "the folder's name is empty");
    if (strlen(path) >= PATH_MAX) /* or a part of it would be made */
        return err_set(err, "%.60s...: cannot make the folder: %s", path,
                       strerror(ENAMETOOLONG));
    char *copy = mem_dup_text(path);
    int rc = 0;
    for (char *s = copy + 1; rc == 0; s++) {
        if (*s != '/' && *s != '\0')
            continue;
        char keep = *s;
        *s = '\0';
        if (mkdir(copy, 0700) == 0)
            rc = file_sync_name(copy, err);
        else if (errno != EEXIST)
            rc = err_set(err, "%s: cannot make the folder: %s", copy,
                         strerror(errno));
        *s = keep;
        if (!keep)
            break;
    }
    struct stat st;
    if (rc == 0 && (stat(path, &st) < 0 || !S_ISDIR(st.st_mode)))
        rc = err_set(err, "%s: is not a folder", path);
    free(copy);
    return rc;
}

int file_check_dir(const char *path, Err *err) {
    Text probe = { 0 };
    text_addf(&probe, "%s/" FILE_PROBE ".%ld.tmp", path, (long)getpid());
    int fd = open(probe.bytes, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int rc = 0;
    if (fd < 0) {
        rc = err_set(err, "%s: cannot make files here: %s", path,
                     strerror(errno));
    } else {
        close(fd);
        unlink(probe.bytes);
    }
    text_close(&probe);
    return rc;
}

int file_check_place(const char *path, Err *err) {
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return S_ISDIR(st.st_mode) ? err_set(err, "%s: is a folder", path) : 0;
    if (lstat(path, &st) < 0 && errno == ENAMETOOLONG)
        return err_set(err, "%.60s...: cannot make files here: %s", path,
                       strerror(errno));
    const char *slash = strrchr(path, '/');
    Text folder = { 0 };
    if (slash)
        text_add(&folder, path, slash == path ? 1 : (size_t)(slash - path));
    int rc = file_check_dir(slash ? folder.bytes : ".", err);
    text_close(&folder);
    return rc;
}
