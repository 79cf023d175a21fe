/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/tty.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#define WAIT_MS 1000

bool tty_write(const char *bytes, size_t length) {
    while (length > 0) {
        struct pollfd p = { .fd = STDOUT_FILENO, .events = POLLOUT };
        int ready = poll(&p, 1, WAIT_MS); /* else the write may wait for ever */
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return false;
        ssize_t n = write(STDOUT_FILENO, bytes, length);
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        if (n > 0) {
            bytes += n;
            length -= (size_t)n;
        }
    }
    return true;
}

bool tty_send(const char *bytes, size_t length) {
    fflush(stdout);
    return tty_write(bytes, length);
}
