/* SPDX-License-Identifier: GPL-3.0-or-later */
/* transfer_jar.h: the lanes of a VU keep one jar of cookies between them.
 * Each curl handle has a jar of its own (what CURLSH could share would bring
 * the connection cache with it, which must not be shared): what one lane is
 * given, or is told to forget, is handed to the others, when they are idle.
 * Of two answers that say different things about a cookie the one that ended
 * last is right. Internal to transfer.c; worker's thread. */
#ifndef ONRUSH_HTTP_TRANSFER_JAR_H
#define ONRUSH_HTTP_TRANSFER_JAR_H

#include "http/transfer_lane.h"

/* beside: another lane of the same VU, or NULL. */
void jar_join(TransferLane *l, TransferLane *beside);
void jar_leave(TransferLane *l);
/* A line of an answer's head. */
void jar_look(TransferLane *l, const char *line, size_t length);
/* The lane is idle: hands over what it got, takes what others got. */
void jar_settle(TransferLane *l);

#endif
