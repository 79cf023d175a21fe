/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/marker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

static const char going_on[] =
    "This run still goes on, or was cut off before its results were saved.\n"
    "If it was cut off: `onrush open FOLDER --save` makes of the journal what\n"
    "is missing here.\n";

static char *path_in(const char *dir) {
    Text path = { 0 };
    text_addf(&path, "%s/" MARKER_FILE, dir);
    return text_take(&path);
}

/* In place, for there may be no other room. */
static int say(int fd, const char *text, size_t length) {
    if (length > MARKER_ROOM)
        length = MARKER_ROOM;
    ssize_t n = pwrite(fd, text, length, 0);
    if (n < 0 || (size_t)n < length)
        return n < 0 ? errno : ENOSPC;
    if (ftruncate(fd, (off_t)length) < 0 || fsync(fd) < 0)
        return errno == EINVAL ? 0 : errno;
    return 0;
}

int marker_open(Marker *m, const char *dir, Err *err) {
    struct stat st = { .st_size = 1 };
    int why = 0;
    m->path = path_in(dir);
    /* not truncated: what it has of the disk is not to be lost */
    m->fd = open(m->path,
                 O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
                 0600);
    if (m->fd < 0 || fstat(m->fd, &st) < 0)
        why = errno;
    else if (!S_ISREG(st.st_mode))
        why = EEXIST;
    else if (flock(m->fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
        why = EBUSY; /* two runs would mix their files */
    else if ((why = say(m->fd, going_on, sizeof going_on - 1)) == 0)
        /* Not every file system can; the first block is there by now. */
        (void)fallocate(m->fd, FALLOC_FL_KEEP_SIZE, 0, MARKER_ROOM);
    if (!why)
        return 0;
    err_set(err, "%s: cannot write: %s", m->path,
            why == EBUSY ? "another run saves its results there"
                         : strerror(why));
    if (m->fd >= 0) {
        if (why != EBUSY && why != EEXIST && st.st_size == 0)
            unlink(m->path); /* made here, for a run that never began */
        close(m->fd);
    }
    free(m->path);
    *m = (Marker){ .fd = -1 };
    return -1;
}

void marker_close(Marker *m, const char *missing) {
    if (m->fd < 0)
        return;
    if (missing && *missing)
        say(m->fd, missing, strlen(missing));
    else
        unlink(m->path);
    close(m->fd);
    free(m->path);
    *m = (Marker){ .fd = -1 };
}

int marker_is_left(const char *dir, Err *err) {
    char *path = path_in(dir);
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    int rc = 0;
    if (fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK)
        rc = err_set(err, "%s: this run still goes on; it saves its results "
                          "at its end", dir);
    if (fd >= 0)
        close(fd);
    free(path);
    return rc;
}

void marker_remove(const char *dir) {
    char *path = path_in(dir);
    unlink(path);
    free(path);
}
