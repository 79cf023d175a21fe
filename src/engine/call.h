/* SPDX-License-Identifier: GPL-3.0-or-later */
/* call.h: one of the requests that a VU makes at the same time: renders it,
 * sends it, has the answer counted and judged, and says how it went. Belongs
 * to its VU; worker's thread. */
#ifndef ONRUSH_ENGINE_CALL_H
#define ONRUSH_ENGINE_CALL_H

#include "engine/worker.h"
#include "http/template.h"

typedef enum CallState {
    CALL_FREE,
    CALL_FLYING,  /* an exchange is under way */
    CALL_PAUSING, /* of a poll: waits until it asks again */
} CallState;

/* How an exchange went. */
typedef enum CallEnd {
    CALL_DONE,
    CALL_ASKS_AGAIN, /* the poll's condition does not hold yet */
    CALL_BROKE,      /* what is to follow needs what is not there */
    CALL_SET_BACK,   /* no connection, or one that said nothing */
} CallEnd;

typedef struct Call {
    Exchange x; /* first: an Exchange is its Call */
    Vu *vu;
    Lane **lanes; /* by carrier; made when first needed */
    Lane *flying; /* carries x now */
    CallState state;
    uint32_t request;
    uint64_t intended_ns; /* when the request was to begin */
    uint64_t asked_ns;    /* when it first began, */
    uint64_t again_ns;    /* and of a poll, when it does again */
    Rendering rendering;  /* empty while requests do not vary */
} Call;

/* Requests that a VU of this scenario makes at the same time, at most. */
uint32_t call_width(const Profile *p, const Scenario *s);

/* lanes: one NULL for each carrier, borrowed. */
void call_init(Call *c, Vu *v, Lane **lanes, ExchangeDoneFn *done);
/* Gives up what is under way, without counting it. */
void call_close_lanes(Call *c);
void call_close(Call *c);

/* Makes a request; of one that asks again, the next ask. */
void call_begin(Call *c, uint32_t request, uint64_t intended_ns,
                uint64_t now_ns);
void call_ask_again(Call *c, uint64_t now_ns);
/* Its exchange is done: counts and judges it. */
CallEnd call_end(Call *c);
/* Under way or waiting: it is given up, and counted so. */
void call_drop(Call *c);
/* The next requests get new connections. */
void call_renew(Call *c);

#endif
