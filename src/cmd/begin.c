/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/begin.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/mem.h"
#include "base/text.h"
#include "report/out.h"
#include "report/report.h"

/* Of a loop: two pipes, an epoll, an eventfd, and what it has to spare. */
#define LOOP_DESCRIPTORS 10
#define POOL_THREADS 4 /* libuv's own number */

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
    /* libuv's pool has as many as begin_pool tries. Before there are threads,
     * which may read the environment. */
    unsetenv("UV_THREADPOOL_SIZE");
    signal(SIGXFSZ, SIG_IGN); /* too large a file fails as any write does */
}

static int take_descriptors(int count) {
    int fd = count ? open("/dev/null", O_RDONLY | O_CLOEXEC) : 0;
    int rc = !count ? 0 : fd < 0 ? -1 : take_descriptors(count - 1);
    int why = errno;
    if (count && fd >= 0)
        close(fd);
    errno = why;
    return rc;
}

int begin_loop(uv_loop_t *loop, Err *err) {
    if (take_descriptors(LOOP_DESCRIPTORS) < 0)
        return err_set(err, "the program cannot open the files it needs: %s; "
                            "raise ulimit -n", strerror(errno));
    int rc = uv_loop_init(loop);
    return rc < 0 ? err_set(err, "the program's loop: %s", uv_strerror(rc)) : 0;
}

static void *pass(void *gate) {
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

/* As many threads at once as the pool will have. 0, or why not. */
static int try_threads(void) {
    pthread_t threads[POOL_THREADS];
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    int count = 0, why = 0;
    pthread_mutex_lock(&gate);
    while (count < POOL_THREADS && !why) {
        why = pthread_create(&threads[count], NULL, pass, &gate);
        count += !why;
    }
    pthread_mutex_unlock(&gate);
    while (count > 0)
        pthread_join(threads[--count], NULL);
    return why;
}

static void do_nothing(uv_work_t *work) {
    (void)work;
}

static void forget(uv_work_t *work, int status) {
    (void)status;
    free(work);
}

int begin_pool(uv_loop_t *loop, Err *err) {
    int why = try_threads();
    if (why)
        return err_set(err, "the program cannot make the %d threads that "
                            "write its files: %s; raise ulimit -u or -v",
                       POOL_THREADS, strerror(why));
    uv_work_t *work = mem_new(uv_work_t);
    uv_queue_work(loop, work, do_nothing, forget);
    return 0;
}

int end_output(const char *command, bool saves, int status) {
    errno = 0;
    bool is_bad = fflush(stdout) != 0;
    int why = errno;
    if (!is_bad && !ferror(stdout))
        return status;
    text_to(stderr, "onrush %s: standard output: cannot write%s%s\n", command,
            why ? ": " : "", why ? strerror(why) : "");
    return status == EXIT_HELD && !saves ? EXIT_UNEXPECTED : status;
}
