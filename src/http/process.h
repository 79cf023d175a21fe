/* SPDX-License-Identifier: GPL-3.0-or-later */
/* process.h: the exec transport: a process for each exchange, by uv_spawn on
 * the worker's loop.
 *
 * The values of the form's headers are the words of the command, its body is
 * what the process reads. It has a session and so a group of its own, the
 * environment and the folder of onrush, and no file of ours but the three
 * standard ones; stdin is /dev/null where there is no body.
 *
 * start: before the spawn; sent: it runs, and what it is to read was written
 * or refused; first: the first byte of its stdout; end: it was reaped and its
 * stdout and stderr are at their end, which is waited for PROCESS_LINGER_NS at
 * most, since somebody that it left behind may hold them open.
 * bytes_in and the body are of stdout; why is the first line of stderr. */
#ifndef ONRUSH_HTTP_PROCESS_H
#define ONRUSH_HTTP_PROCESS_H

#include "http/transport.h"

#define PROCESS_LINGER_NS (UINT64_C(100) * 1000000)

extern const TransportOps process_ops;

#endif
