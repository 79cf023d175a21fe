/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/begin.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/mem.h"
#include "report/out.h"
#include "report/report.h"

int begin_streams(void) {
    static const int modes[] = { O_RDONLY, O_RDONLY, O_WRONLY };
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", modes[fd]) != fd)
            return -1;
    return 0;
}

static void *take(size_t size) {
    return mem_alloc(size, 1);
}

static void *take_again(void *old, size_t size) {
    return mem_resize(old, size, 1);
}

void begin_process(void) {
    /* libuv aborts when it gets no memory in the middle of something, and
     * Jansson leaves out what it got none for: with ours they say so. */
    uv_replace_allocator(take, take_again, mem_alloc, free);
    out_begin();
    signal(SIGXFSZ, SIG_IGN); /* too large a file fails as any write does */
}

int end_output(const char *command, bool saves, int status) {
    errno = 0;
    bool is_bad = fflush(stdout) != 0;
    int why = errno;
    if (!is_bad && !ferror(stdout))
        return status;
    fprintf(stderr, "onrush %s: standard output: cannot write%s%s\n", command,
            why ? ": " : "", why ? strerror(why) : "");
    return status == EXIT_HELD && !saves ? EXIT_UNEXPECTED : status;
}
