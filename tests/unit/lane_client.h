/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lane_client.h: drives whatever carries a profile's requests by hand, on a
 * loop of its own: a lane for each variant, transport and shot. */
#ifndef ONRUSH_TESTS_LANE_CLIENT_H
#define ONRUSH_TESTS_LANE_CLIENT_H

#include "unit.h"

#include <uv.h>

#include "http/transport.h"

#define LANE_SHOTS 8
#define LANE_VARIANTS 3
#define LANE_REQUESTS 8
#define LANE_TEXT 4096

typedef struct LaneClient LaneClient;

typedef struct LaneShot {
    Exchange x;
    LaneClient *client;
    bool is_done;
    Lane *lane;
    char why[160], body[LANE_TEXT], head[LANE_TEXT]; /* cut to fit */
} LaneShot;

struct LaneClient {
    uv_loop_t loop;
    uv_timer_t timer;
    Profile profile;
    Arena arena;
    Encoded encoded[LANE_VARIANTS][LANE_REQUESTS];
    Transport *transport[LANE_VARIANTS][TRANSPORT_KINDS];
    Lane *lane[LANE_VARIANTS][TRANSPORT_KINDS][LANE_SHOTS];
    LaneShot shot[LANE_SHOTS];
    size_t under_way;
};

/* [stages] are added. */
void lanes_open(LaneClient *c, const char *profile);
/* Frees the lanes that are there, and all else. */
void lanes_close(LaneClient *c);
/* Sends a request to a variant, as it was encoded or as form says. */
void lanes_shoot(LaneClient *c, size_t shot, size_t variant, size_t request,
                 const Form *form);
/* Until all are done: each has its time limit. */
void lanes_wait(LaneClient *c);
void lanes_expect(const LaneClient *c, size_t shot, FailClass fail,
                  int status);

#endif
