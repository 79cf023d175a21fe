/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stamps.h: how late we read. The kernel stamps bytes when they arrive; the
 * difference to our own reading is what the generator adds to every time that
 * it measures: read off and reported, no figure is corrected by it.
 *
 * A read tells of the last bytes that it took: older ones waited longer. The
 * stamps are wall clock, the only one that Linux offers here; a step of it
 * spoils the one read in which it falls, and what cannot be (before now, or
 * more than 10 s ago) is left out.
 *
 * Sampled, for it costs more than recv(2), and on plain TCP only: of a TLS
 * record the kernel knows nothing, and Unix sockets have no stamps. Worker's
 * thread. */
#ifndef ONRUSH_HTTP_STAMPS_H
#define ONRUSH_HTTP_STAMPS_H

#include <stdbool.h>
#include <sys/types.h>

#include "stats/hist.h"

#define STAMPS_LATEST_NS UINT64_C(10000000000)

/* The kernel stamps what this socket receives; false: it does not offer
 * that. */
bool stamps_ask(int fd);
/* A socket that connects nowhere and only keeps the kernel's stamping
 * switched on: it is switched late, and not cheaply, with the first and the
 * last socket that asks. -1: not offered. Close it with close(2). */
int stamps_keep(void);
/* As recv(2) on a socket that asked, EAGAIN included; what the read tells
 * goes to *late. */
ssize_t stamps_recv(int fd, char *to, size_t size, Hist *late);
/* Is the difference of two wall clock readings, in ns, one to count? Pure. */
bool stamps_may_be(int64_t late_ns);

#endif
