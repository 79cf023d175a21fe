/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fail_nth.c: makes calls of the C library fail, by LD_PRELOAD, in onrush and
 * in no other program. The environment says which:
 *   FAIL_WHAT   kinds, with commas: those of the table below
 *   FAIL_WITH   errno as its number (ENOMEM); short: half of what is to be written;
 *               kill, segv, abort: that signal
 *   FAIL_FROM, FAIL_TO  the first and the last call that fails, from 1;
 *               without the first none fails, without the last only that one
 *   FAIL_STACK  only calls of this stack are counted, as FAIL_LOG names it
 *   FAIL_DEPTH  how many return addresses a stack has (8)
 *   FAIL_PATH   only calls for files whose path has this in it
 *   FAIL_LOG    a file that gets a line for each new stack: kind, the stack,
 *               the call's number, who calls, and who called libc
 *   FAIL_ARM    1: nothing is counted before SIGRTMAX came */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

#define STACKS_MAX 65536
#define DEPTH_MAX 32
#define SHORT (-1)
#define SIGNALLED (-2) /* minus the signal's number */

/* What glibc lets be put before malloc knows them by these names. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t align, size_t size);

typedef enum Kind {
    ALLOC,
    OPEN,
    WRITE,
    SYNC,
    CLOSE,
    RENAME,
    TRUNCATE,
    MKDIR,
    UNLINK,
    SOCKET,
    ACCEPT,
    EPOLL,
    TIMERFD,
    EVENTFD,
    PIPE,
    FORK,
    THREAD,
    KINDS
} Kind;

static const char *const kinds[KINDS] = {
    "alloc", "open",   "write",  "sync",  "close",   "rename",
    "truncate", "mkdir", "unlink", "socket", "accept", "epoll",
    "timerfd", "eventfd", "pipe", "fork", "thread",
};

static struct {
    bool is_on, has_stack;
    bool wants[KINDS];
    int with;
    unsigned long from, to;
    uint64_t stack;
    int depth;
    const char *path;
    int log;
} o;
static atomic_bool is_armed;
static atomic_ulong calls;
static _Atomic uint64_t stacks[STACKS_MAX];
static _Thread_local bool is_inside;

#define REAL(name)                                                \
    static __typeof__(name) *real;                                \
    if (!real)                                                    \
        *(void **)&real = dlsym(RTLD_NEXT, #name)

/* --- which call --------------------------------------------------------- */

/* The same in every process, wherever its libraries lie. */
static uintptr_t place_of(void *address, const char **module) {
    struct dl_find_object found;
    if (_dl_find_object(address, &found) < 0)
        return 0;
    *module = found.dlfo_link_map->l_name;
    return (uintptr_t)address - (uintptr_t)found.dlfo_link_map->l_addr;
}

static const char *name_of(const char *module) {
    const char *slash = module ? strrchr(module, '/') : NULL;
    return !module || !*module ? "onrush" : slash ? slash + 1 : module;
}

static uint64_t stack_now(char *who, size_t size) {
    void *at[DEPTH_MAX + 8];
    const char *module = "", *first = NULL, *beyond = NULL, *own = "";
    Dl_info self;
    int n = backtrace(at, o.depth + 6);
    uint64_t hash = UINT64_C(14695981039346656037);
    uintptr_t place = 0;
    if (!dladdr((void *)(uintptr_t)stack_now, &self))
        return 0;
    own = self.dli_fname;
    for (int i = 0, taken = 0; i < n && taken < o.depth; i++) {
        uintptr_t p = place_of(at[i], &module);
        if (!p || strcmp(module, own) == 0)
            continue;
        if (!first)
            first = module, place = p;
        if (!beyond && !strstr(module, "/libc.so"))
            beyond = module;
        taken++;
        hash = (hash ^ p) * UINT64_C(1099511628211);
    }
    snprintf(who, size, "%s+%lx %s", name_of(first), (unsigned long)place,
             name_of(beyond));
    return hash ? hash : 1;
}

static bool is_new(uint64_t stack) {
    for (size_t i = stack % STACKS_MAX, n = 0; n < STACKS_MAX;
         i = (i + 1) % STACKS_MAX, n++) {
        uint64_t there = 0;
        if (atomic_compare_exchange_strong(&stacks[i], &there, stack))
            return true;
        if (there == stack)
            return false;
    }
    return false;
}

static bool is_for(const char *path) {
    return !o.path || (path && strstr(path, o.path));
}

static int apply(void) {
    if (o.with <= SIGNALLED) {
        int number = SIGNALLED - o.with;
        syscall(SYS_kill, getpid(), number);
        poll(NULL, 0, number == SIGKILL ? 1000 : 0);
        return 0;
    }
    return o.with;
}

/* 0: the call is let through; SHORT; or an errno. */
static int decide(Kind kind, const char *path) {
    if (!o.is_on || !o.wants[kind] || is_inside || !atomic_load(&is_armed) ||
        !is_for(path))
        return 0;
    char who[200] = "", line[300];
    int saved = errno;
    uint64_t stack = 0;
    is_inside = true;
    if (o.has_stack || o.log >= 0)
        stack = stack_now(who, sizeof who);
    bool counts = !o.has_stack || stack == o.stack;
    unsigned long n = counts ? atomic_fetch_add(&calls, 1) + 1 : 0;
    if (o.log >= 0 && is_new(stack)) {
        int length = snprintf(line, sizeof line, "%s %016lx %lu %s\n",
                              kinds[kind], (unsigned long)stack, n, who);
        syscall(SYS_write, o.log, line, (size_t)length);
    }
    is_inside = false;
    errno = saved;
    return counts && o.from && n >= o.from && n <= o.to ? apply() : 0;
}

static int decide_fd(Kind kind, int fd) {
    char link[40], path[4096] = "";
    if (!o.is_on || !o.wants[kind])
        return 0;
    if (o.path) {
        int saved = errno;
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t n = readlink(link, path, sizeof path - 1);
        path[n > 0 ? n : 0] = '\0';
        errno = saved;
    }
    return decide(kind, path);
}

/* --- the environment ---------------------------------------------------- */

static void on_arm(int number) {
    (void)number;
    atomic_store(&is_armed, true);
}

static unsigned long number_of(const char *name, int base,
                               unsigned long fallback) {
    const char *text = getenv(name);
    return text ? strtoul(text, NULL, base) : fallback;
}

static int with_of(const char *text) {
    static const struct {
        const char *name;
        int with;
    } others[] = { { "short", SHORT },
                   { "kill", SIGNALLED - SIGKILL },
                   { "segv", SIGNALLED - SIGSEGV },
                   { "abort", SIGNALLED - SIGABRT } };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(text, others[i].name) == 0)
            return others[i].with;
    return atoi(text);
}

static void read_kinds(const char *text) {
    for (size_t i = 0; i < KINDS; i++) {
        size_t length = strlen(kinds[i]);
        for (const char *s = text; (s = strstr(s, kinds[i])); s += length)
            if ((s == text || s[-1] == ',') &&
                (s[length] == '\0' || s[length] == ','))
                o.wants[i] = true;
    }
}

__attribute__((constructor)) static void begin(void) {
    const char *what = getenv("FAIL_WHAT"), *with = getenv("FAIL_WITH");
    const char *log = getenv("FAIL_LOG");
    void *warm[4];
    if (!what || strcmp(program_invocation_short_name, "onrush") != 0)
        return;
    read_kinds(what);
    o.with = with ? with_of(with) : ENOMEM;
    o.from = number_of("FAIL_FROM", 10, 0);
    o.to = number_of("FAIL_TO", 10, o.from);
    o.has_stack = getenv("FAIL_STACK") != NULL;
    o.stack = number_of("FAIL_STACK", 16, 0);
    o.depth = (int)number_of("FAIL_DEPTH", 10, 8);
    if (o.depth > DEPTH_MAX)
        o.depth = DEPTH_MAX;
    o.path = getenv("FAIL_PATH");
    o.log = -1;
    backtrace(warm, 4); /* it loads a library the first time */
    if (log)
        o.log = (int)syscall(SYS_openat, AT_FDCWD, log,
                             O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (o.log >= 0) { /* out of the way of who counts descriptors */
        int high = (int)syscall(SYS_fcntl, o.log, F_DUPFD_CLOEXEC, 200);
        if (high >= 0)
            syscall(SYS_close, o.log), o.log = high;
    }
    if (getenv("FAIL_ARM"))
        signal(SIGRTMAX, on_arm);
    else
        atomic_store(&is_armed, true);
    o.is_on = true;
}

/* --- memory ------------------------------------------------------------- */

#define FAIL_MEMORY(result)           \
    if (decide(ALLOC, NULL)) {        \
        errno = ENOMEM;               \
        return result;                \
    }

void *malloc(size_t size) {
    FAIL_MEMORY(NULL)
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    FAIL_MEMORY(NULL)
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    FAIL_MEMORY(NULL)
    return __libc_realloc(old, size);
}

void *memalign(size_t align, size_t size) {
    FAIL_MEMORY(NULL)
    return __libc_memalign(align, size);
}

void *aligned_alloc(size_t align, size_t size) {
    FAIL_MEMORY(NULL)
    return __libc_memalign(align, size);
}

int posix_memalign(void **to, size_t align, size_t size) {
    if (decide(ALLOC, NULL))
        return ENOMEM;
    *to = __libc_memalign(align, size);
    return *to ? 0 : ENOMEM;
}

/* --- files -------------------------------------------------------------- */

#define FAIL(kind, path)                     \
    do {                                     \
        int why = decide(kind, path);        \
        if (why > 0) {                       \
            errno = why;                     \
            return -1;                       \
        }                                    \
    } while (0)
#define FAIL_FD(kind, fd)                    \
    do {                                     \
        int why = decide_fd(kind, fd);       \
        if (why > 0) {                       \
            errno = why;                     \
            return -1;                       \
        }                                    \
    } while (0)

static int open_at(int dir, const char *path, int flags, mode_t mode) {
    FAIL(OPEN, path);
    return (int)syscall(SYS_openat, dir, path, flags, mode);
}

#define MODE_OF(flags)                                  \
    mode_t mode = 0;                                    \
    if ((flags) & (O_CREAT | __O_TMPFILE)) {            \
        va_list args;                                   \
        va_start(args, flags);                          \
        mode = va_arg(args, mode_t);                    \
        va_end(args);                                   \
    }

int open(const char *path, int flags, ...) {
    MODE_OF(flags)
    return open_at(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    MODE_OF(flags)
    return open_at(AT_FDCWD, path, flags, mode);
}

int openat(int dir, const char *path, int flags, ...) {
    MODE_OF(flags)
    return open_at(dir, path, flags, mode);
}

int __open_2(const char *path, int flags);
int __open_2(const char *path, int flags) {
    return open_at(AT_FDCWD, path, flags, 0);
}

int __open64_2(const char *path, int flags);
int __open64_2(const char *path, int flags) {
    return open_at(AT_FDCWD, path, flags, 0);
}

int creat(const char *path, mode_t mode) {
    return open_at(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

FILE *fopen(const char *path, const char *mode) {
    REAL(fopen);
    int why = decide(OPEN, path);
    if (why > 0) {
        errno = why;
        return NULL;
    }
    return real(path, mode);
}

FILE *fopen64(const char *path, const char *mode) {
    REAL(fopen64);
    int why = decide(OPEN, path);
    if (why > 0) {
        errno = why;
        return NULL;
    }
    return real(path, mode);
}

ssize_t write(int fd, const void *bytes, size_t length) {
    int why = decide_fd(WRITE, fd);
    if (why > 0) {
        errno = why;
        return -1;
    }
    return syscall(SYS_write, fd, bytes,
                   why == SHORT ? (length + 1) / 2 : length);
}

static ssize_t write_at(int fd, const void *bytes, size_t length, off_t at) {
    int why = decide_fd(WRITE, fd);
    if (why > 0) {
        errno = why;
        return -1;
    }
    return syscall(SYS_pwrite64, fd, bytes,
                   why == SHORT ? (length + 1) / 2 : length, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
    return write_at(fd, bytes, length, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
    return write_at(fd, bytes, length, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    int why = decide_fd(WRITE, fd);
    if (why > 0) {
        errno = why;
        return -1;
    }
    return syscall(SYS_writev, fd, parts,
                   why == SHORT ? (count + 1) / 2 : count);
}

int fsync(int fd) {
    FAIL_FD(SYNC, fd);
    return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
    FAIL_FD(SYNC, fd);
    return (int)syscall(SYS_fdatasync, fd);
}

/* As the kernel does it: it is closed, and says what was lost. */
int close(int fd) {
    int why = decide_fd(CLOSE, fd);
    int rc = (int)syscall(SYS_close, fd);
    if (why > 0) {
        errno = why;
        return -1;
    }
    return rc;
}

int rename(const char *from, const char *to) {
    FAIL(RENAME, to);
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int ftruncate(int fd, off_t length) {
    FAIL_FD(TRUNCATE, fd);
    return (int)syscall(SYS_ftruncate, fd, length);
}

int ftruncate64(int fd, off64_t length) {
    FAIL_FD(TRUNCATE, fd);
    return (int)syscall(SYS_ftruncate, fd, length);
}

int mkdir(const char *path, mode_t mode) {
    FAIL(MKDIR, path);
    return (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int unlink(const char *path) {
    FAIL(UNLINK, path);
    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

/* --- what a loop, a connection and a thread are made of ------------------ */

int socket(int domain, int type, int protocol) {
    FAIL(SOCKET, NULL);
    return (int)syscall(SYS_socket, domain, type, protocol);
}

int socketpair(int domain, int type, int protocol, int ends[2]) {
    FAIL(SOCKET, NULL);
    return (int)syscall(SYS_socketpair, domain, type, protocol, ends);
}

int accept4(int fd, struct sockaddr *from, socklen_t *length, int flags) {
    FAIL(ACCEPT, NULL);
    return (int)syscall(SYS_accept4, fd, from, length, flags);
}

int epoll_create(int size) {
    (void)size;
    FAIL(EPOLL, NULL);
    return (int)syscall(SYS_epoll_create1, 0);
}

int epoll_create1(int flags) {
    FAIL(EPOLL, NULL);
    return (int)syscall(SYS_epoll_create1, flags);
}

int timerfd_create(clockid_t clock, int flags) {
    FAIL(TIMERFD, NULL);
    return (int)syscall(SYS_timerfd_create, clock, flags);
}

int eventfd(unsigned count, int flags) {
    FAIL(EVENTFD, NULL);
    return (int)syscall(SYS_eventfd2, count, flags);
}

int pipe(int ends[2]) {
    FAIL(PIPE, NULL);
    return (int)syscall(SYS_pipe2, ends, 0);
}

int pipe2(int ends[2], int flags) {
    FAIL(PIPE, NULL);
    return (int)syscall(SYS_pipe2, ends, flags);
}

pid_t fork(void) {
    REAL(fork);
    FAIL(FORK, NULL);
    return real();
}

int pthread_create(pthread_t *to, const pthread_attr_t *attributes,
                   void *(*run)(void *), void *data) {
    REAL(pthread_create);
    int why = decide(THREAD, NULL);
    return why > 0 ? why : real(to, attributes, run, data);
}
