/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

bool output_is_taken(const char *path, bool force, Err *err) {
    struct stat st;
    if (force || !path || lstat(path, &st) < 0 || S_ISCHR(st.st_mode) ||
        S_ISFIFO(st.st_mode))
        return false;
    err_set(err, "%s: is there already; --force writes over it", path);
    return true;
}

int output_write(const char *path, const char *bytes, size_t length, bool force,
                 Err *err) {
    if (output_is_taken(path, force, err))
        return -1;
    if (path)
        return file_write(path, bytes, length, err);
    if (fwrite(bytes, 1, length, stdout) != length || fflush(stdout) != 0)
        return err_set(err, "standard output: cannot write: %s",
                       strerror(errno));
    return 0;
}
