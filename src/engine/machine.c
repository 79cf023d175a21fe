/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/machine.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

#define DESCRIPTORS "/proc/self/fd"
#define PORT_RANGE "/proc/sys/net/ipv4/ip_local_port_range"
#define SOCKSTAT "/proc/net/sockstat"
#define TEXT_BYTES 1024

/* --- descriptors and CPU ------------------------------------------------ */

uint64_t machine_descriptors_max(void) {
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r) < 0 || r.rlim_cur == RLIM_INFINITY)
        return MACHINE_UNLIMITED;
    return r.rlim_cur;
}

uint64_t machine_raise_descriptors(void) {
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
        r.rlim_cur = r.rlim_max;
        setrlimit(RLIMIT_NOFILE, &r);
    }
    return machine_descriptors_max();
}

uint64_t machine_descriptors(void) {
    struct stat s;
    if (stat(DESCRIPTORS, &s) == 0 && s.st_size > 0)
        return (uint64_t)s.st_size;
    DIR *dir = opendir(DESCRIPTORS);
    if (!dir)
        return 0;
    uint64_t n = 0;
    for (const struct dirent *d; (d = readdir(dir));)
        n += isdigit((unsigned char)d->d_name[0]) != 0;
    closedir(dir);
    return n - 1; /* the one that looked */
}

static uint64_t ns_of(const struct timeval *t) {
    return (uint64_t)t->tv_sec * NS_PER_S + (uint64_t)t->tv_usec * NS_PER_US;
}

uint64_t machine_cpu_ns(void) {
    struct rusage u;
    if (getrusage(RUSAGE_SELF, &u) < 0)
        return 0;
    return ns_of(&u.ru_utime) + ns_of(&u.ru_stime);
}

/* --- ports -------------------------------------------------------------- */

/* From the beginning of an open file; "" when it cannot be read. */
static const char *read_text(int fd, char text[TEXT_BYTES]) {
    ssize_t n = fd < 0 ? -1 : pread(fd, text, TEXT_BYTES - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

uint64_t machine_ports_in(const char *text) {
    uint64_t low, high;
    if (sscanf(text, "%" SCNu64 " %" SCNu64, &low, &high) != 2 || high < low)
        return 0;
    return high - low + 1;
}

uint64_t machine_ports(void) {
    char text[TEXT_BYTES];
    int fd = open(PORT_RANGE, O_RDONLY | O_CLOEXEC);
    uint64_t n = machine_ports_in(read_text(fd, text));
    if (fd >= 0)
        close(fd);
    return n;
}

int machine_open_sockstat(void) {
    return open(SOCKSTAT, O_RDONLY | O_CLOEXEC);
}

uint64_t machine_time_wait_in(const char *text) {
    uint64_t n;
    const char *tcp = strstr(text, "TCP:");
    const char *tw = tcp ? strstr(tcp, " tw ") : NULL;
    if (!tw || tw > tcp + strcspn(tcp, "\n") ||
        sscanf(tw, " tw %" SCNu64, &n) != 1)
        return 0;
    return n;
}

uint64_t machine_time_wait(int sockstat) {
    char text[TEXT_BYTES];
    return machine_time_wait_in(read_text(sockstat, text));
}
