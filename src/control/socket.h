/* SPDX-License-Identifier: GPL-3.0-or-later */
/* socket.h: the control socket. A unix socket of mode 0600 that takes a
 * command a line and answers with a JSON object a line:
 *   {"ok": true, "answer": "..."}   {"ok": false, "error": "..."}
 * `status` answers {"ok": true, "status": {...}}, `commands` lists verbs.
 * Only the same user (or root) is heard, at most 16 at a time: who has been
 * silent for longest goes when another comes. A line has less than 8 KiB; who
 * does not read its answers is not heard beyond 256 KiB of them. Main thread,
 * on its loop. */
#ifndef ONRUSH_CONTROL_SOCKET_H
#define ONRUSH_CONTROL_SOCKET_H

#include <uv.h>

#include "control/source.h"

typedef struct ControlSocket ControlSocket;

/* Where a process of this id listens when nothing else is said, in a folder
 * of mode 0700: $XDG_RUNTIME_DIR/onrush/PID.sock or /tmp/onrush-UID/…. With
 * pid 0 the folder itself. Heap; NULL with err when the folder is not safe. */
char *control_socket_path(long pid, Err *err);
/* An older socket of that name that nobody listens on is replaced. */
ControlSocket *control_socket_new(uv_loop_t *loop, Source *source,
                                  const char *path, Err *err);
/* Ends all connections and removes the socket; the memory goes when the
 * loop has closed the handles. NULL is fine. */
void control_socket_close(ControlSocket *s);

#endif
