/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/stamps.h"

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

bool stamps_ask(int fd) {
    int flags = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
    return setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags,
                      sizeof flags) == 0;
}

int stamps_keep(void) {
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && !stamps_ask(fd)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

bool stamps_may_be(int64_t late_ns) {
    return late_ns >= 0 && (uint64_t)late_ns <= STAMPS_LATEST_NS;
}

static int64_t ns_of(const struct timespec *t) {
    return (int64_t)t->tv_sec * (int64_t)NS_PER_S + t->tv_nsec;
}

static void note(struct msghdr *m, Hist *late) {
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
        struct scm_timestamping stamps;
        struct timespec now;
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPING ||
            c->cmsg_len < CMSG_LEN(sizeof stamps))
            continue;
        memcpy(&stamps, CMSG_DATA(c), sizeof stamps);
        int64_t then_ns = ns_of(&stamps.ts[0]);
        clock_gettime(CLOCK_REALTIME, &now);
        if (then_ns && stamps_may_be(ns_of(&now) - then_ns))
            hist_record(late, (uint64_t)(ns_of(&now) - then_ns));
    }
}

ssize_t stamps_recv(int fd, char *to, size_t size, Hist *late) {
    _Alignas(struct cmsghdr) char control[256];
    struct iovec part = { .iov_base = to, .iov_len = size };
    struct msghdr m = { .msg_iov = &part,
                        .msg_iovlen = 1,
                        .msg_control = control,
                        .msg_controllen = sizeof control };
    ssize_t n = recvmsg(fd, &m, 0);
    if (n > 0)
        note(&m, late);
    return n;
}
