/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "monitor/proc_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

void proc_path(char to[PROC_PATH_MAX], const char *root, long pid,
               const char *name) {
    if (pid)
        snprintf(to, PROC_PATH_MAX, "%s/%ld/%s", root, pid, name);
    else
        snprintf(to, PROC_PATH_MAX, "%s/%s", root, name);
}

bool proc_file_read(const char *root, long pid, const char *name,
                    char to[PROC_FILE_MAX]) {
    char path[PROC_PATH_MAX];
    proc_path(path, root, pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    size_t length = 0;
    ssize_t n;
    while (length < PROC_FILE_MAX - 1 &&
           (n = read(fd, to + length, PROC_FILE_MAX - 1 - length)) > 0)
        length += (size_t)n;
    int why = errno;
    close(fd);
    errno = why;
    to[length] = '\0';
    return length > 0;
}
