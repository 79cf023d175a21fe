/* SPDX-License-Identifier: GPL-3.0-or-later */
/* machine.h: what this machine and process use and allow, as the kernel
 * tells it. Cheap enough for once a second; main thread. */
#ifndef ONRUSH_ENGINE_MACHINE_H
#define ONRUSH_ENGINE_MACHINE_H

#include <stdint.h>

#define MACHINE_UNLIMITED UINT64_MAX

/* Open files allowed to this process (soft limit); MACHINE_UNLIMITED. */
uint64_t machine_descriptors_max(void);
/* Raises the soft limit to the hard one; what is allowed then. */
uint64_t machine_raise_descriptors(void);
/* Open files of this process. From Linux 6.2 on one stat(2); before, they
 * are counted in /proc/self/fd, about 1 us each. 0: cannot be told, as when
 * none is left to look with. */
uint64_t machine_descriptors(void);
/* CPU time of the whole process, user and system, in ns. */
uint64_t machine_cpu_ns(void);

/* Ports that connect(2) may choose from, per local address towards one
 * address and port of the target: the size of the range in
 * net.ipv4.ip_local_port_range (IPv6 uses it, too). 0: cannot be told. */
uint64_t machine_ports(void);
/* As machine_ports, of the file's text. */
uint64_t machine_ports_in(const char *text);
/* /proc/net/sockstat, kept open, so that it can be read when no file is
 * left; -1: there is none. Close it with close(2). */
int machine_open_sockstat(void);
/* Sockets of this network namespace in TIME_WAIT, from an open sockstat; 0
 * when it cannot be told. */
uint64_t machine_time_wait(int sockstat);
/* As machine_time_wait, of the file's text. */
uint64_t machine_time_wait_in(const char *text);

#endif
