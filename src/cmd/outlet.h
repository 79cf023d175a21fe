/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outlet.h: what a run tells on a stream whose reader may stand still: a
 * pager, a terminal after Ctrl-S. A write that waits would hold the loop, so
 * that nobody judged, saved or heard a signal. Here what the reader does not
 * take waits, in order, and is tried again. Main thread. */
#ifndef ONRUSH_CMD_OUTLET_H
#define ONRUSH_CMD_OUTLET_H

#include <stdio.h>
#include <uv.h>

typedef struct Outlet Outlet;

/* Bytes that may wait before progress is left out. */
#define OUTLET_WAITING_MAX ((size_t)1 << 20)

/* Of stdout or stderr, to which nothing else is written until it is closed.
 * What cannot be written shows in the stream, as of any other write to it:
 * see ferror. */
Outlet *outlet_new(uv_loop_t *loop, FILE *to);
/* Writes it, behind what waits; keeps what is not taken. */
void outlet_add(Outlet *o, const char *text);
/* Arguments from outside are cleaned, as by text_to. */
void outlet_addf(Outlet *o, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same of what may be missed: left out while too much waits. */
void outlet_tell(Outlet *o, const char *text);
/* How often that was. */
size_t outlet_left_out(const Outlet *o);
/* Ends, and frees it, when all is out, or most_ms have passed (0: however
 * long it takes); then calls closed(data), perhaps at once. What the reader
 * did not take by then is lost. NULL is fine: closed is not called. */
void outlet_close(Outlet *o, uint64_t most_ms, void (*closed)(void *data),
                  void *data);
/* Of one that is being closed: now. */
void outlet_give_up(Outlet *o);

/* Both of a program's. */
typedef struct Outlets {
    Outlet *out, *errors; /* NULL: closed */
} Outlets;

void outlets_open(Outlets *all, uv_loop_t *loop);
/* As outlet_close. */
void outlets_close(Outlets *all, uint64_t most_ms);
void outlets_give_up(Outlets *all);

#endif
