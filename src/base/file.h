/* SPDX-License-Identifier: GPL-3.0-or-later */
/* file.h: reading and writing whole files. Blocking: for start and end of a
 * run, never from a worker. Functions return 0, or -1 with err. */
#ifndef ONRUSH_BASE_FILE_H
#define ONRUSH_BASE_FILE_H

#include <stddef.h>

#include "base/err.h"
#include "base/text.h"

/* Appends the file's bytes to *to; more than max bytes is an error. */
int file_read(const char *path, size_t max, Text *to, Err *err);
/* The file appears complete or not at all, also after a power cut: written
 * aside, fsync, rename, fsync of the folder; mode 0600 at creation. What stood
 * there before stays on failure. */
int file_write(const char *path, const char *bytes, size_t length, Err *err);
/* A power cut does not lose the name of what was made there: its folder is
 * written. That some file systems cannot is no error. */
int file_sync_name(const char *path, Err *err);
/* Removes from the folder what file_write left of a file of that name when it
 * was killed. Whoever calls it sees to it that nobody writes there. */
void file_sweep(const char *dir, const char *name);
/* mkdir -p, mode 0700; 0 also when it is there already, as it is. */
int file_make_dir(const char *path, Err *err);
/* Can files be made in this directory? Tries it, with one of that name and an
 * ending. */
#define FILE_PROBE ".onrush"
int file_check_dir(const char *path, Err *err);
/* Could this file be written? Its folder is tried, nothing is left in it. */
int file_check_place(const char *path, Err *err);
/* The pipe or terminal behind a descriptor once more, read and written (mode:
 * O_RDONLY, O_WRONLY) without waiting: O_NONBLOCK on fd itself would hold for
 * all who share it, the shell among them, and after our end. -1 with errno:
 * this is not allowed, or it is a socket. */
int file_open_again(int fd, int mode);

#endif
