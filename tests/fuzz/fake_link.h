/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fake_link.h: http/link.h without sockets: the harness says when a
 * connection opens, what it brings and how it ends. Linked before the
 * library, it takes the place of link.c and dialer.c. */
#ifndef ONRUSH_TESTS_FAKE_LINK_H
#define ONRUSH_TESTS_FAKE_LINK_H

#include "http/link.h"

/* Of the links that are open or waited for, in the order of their opening,
 * the n-th modulo their number; NULL: there is none. */
Link *fake_waiting(Dialer *d, size_t n);
Link *fake_open(Dialer *d, size_t n);
/* The only dialer that there is, NULL: none. */
Dialer *fake_dialer(void);

void fake_opens(Link *l);
void fake_fails(Link *l, FailClass fail, const char *why);
/* Bytes arrive, in one read unless there is no room for them. */
void fake_brings(Link *l, const uint8_t *bytes, size_t length);
/* 0: in peace, else errno. */
void fake_ends(Link *l, int error);
/* How many bytes links take from now on; error: why they take no more, EAGAIN
 * until there is room again. */
void fake_room(Dialer *d, size_t bytes, int error);
/* There is room again: tells who waits for it. */
void fake_writable(Link *l);
/* As the dialer does in each turn of the loop. */
void fake_turn(Dialer *d);

#endif
