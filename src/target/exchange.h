/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exchange.h: from a request's bytes to its answer: parser callbacks,
 * routes, the system, faults, control. Internal to src/target; loop thread.
 * Answers are appended to server->out; conn.h sends them. */
#ifndef ONRUSH_TARGET_EXCHANGE_H
#define ONRUSH_TARGET_EXCHANGE_H

#include "target/conn.h"

#define EXCHANGE_BODY_MAX (UINT64_C(1) << 20)
#define EXCHANGE_HEAD_MAX 65536

void exchange_init_parsing(llhttp_settings_t *settings);
/* The connection's alarm: a delay or a service is over. */
void exchange_ring(Alarm *a);
/* Answers with an error and ends the connection behind it. */
void exchange_reject(Conn *c, int status, const char *why);
/* Takes a waiting request out of wherever it waits; false: none waited. The
 * caller counts it, and calls exchange_fill_places. */
bool exchange_abandon(Conn *c);
/* Starts those who wait while there are free places. */
void exchange_fill_places(Server *s);

#endif
