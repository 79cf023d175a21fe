/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lanes.h"

#include <errno.h>

#include "base/clock.h"

#define LANES 6
#define REQUESTS 4
#define STEPS_MAX 600
#define TIMEOUT_NS (2 * NS_PER_S)

typedef struct Drive Drive;

typedef struct FuzzLane {
    Exchange x; /* the first member */
    Drive *drive;
    Lane *lane;
    bool is_under_way;
    unsigned again; /* so many more are sent from within done */
} FuzzLane;

struct Drive {
    uv_loop_t loop;
    uv_idle_t idle; /* a loop without a handle does nothing */
    Profile profile;
    Arena arena;
    Encoded encoded[REQUESTS];
    Transport *transport;
    FuzzLane lanes[LANES];
    uint64_t now_ns;
    size_t sent, done, given_up, closed;
};

static const char requests[] =
    "[stages]\nhold = 1s at 1\n"
    "[request get]\nGET = /\ncheck = body contains \"o\"\n"
    "check = header.X == \"1\"\n"
    "[request head]\nHEAD = /head\n"
    "[request post]\nPOST = /post\nbody = some text to send\n"
    "[request plain]\nGET = /plain\n";

/* --- what came ---------------------------------------------------------- */

static void look(const char *bytes, size_t length) {
    volatile char sink = 0;
    must(bytes || !length);
    for (size_t i = 0; i < length; i++)
        sink = (char)(sink ^ bytes[i]);
}

static void look_at_times(const Exchange *x) {
    uint64_t ns[PHASE_COUNT], sum = 0;
    must(x->end_ns >= x->wanted_ns);
    must(!x->start_ns ||
         (x->start_ns >= x->wanted_ns && x->start_ns <= x->end_ns));
    must(x->fail != FAIL_NONE || !x->sent_ns || x->start_ns);
    exchange_phases(x, ns);
    for (size_t i = 0; i < PHASE_COUNT; i++)
        sum += ns[i];
    must(sum <= x->end_ns - x->wanted_ns + 3); /* 3: as fake_opens says */
}

static void send_on(FuzzLane *l, size_t request);

static void on_done(Exchange *x) {
    FuzzLane *l = (FuzzLane *)x;
    must(l->is_under_way);
    l->is_under_way = false;
    l->drive->done++;
    if (x->fail == FAIL_NONE) {
        must(x->status >= 200 && x->status <= 599);
        must(x->first_ns && x->start_ns && x->bytes_out);
    } else {
        must(x->fail < FAIL_NONE && x->status == 0 && x->why && *x->why);
        look(x->why, strlen(x->why));
    }
    look_at_times(x);
    look(x->body, x->body_length);
    look(x->head, x->head_length);
    look(x->opening, x->opening_length);
    must(x->body_length <= x->body_bytes);
    must(x->body_length <= UINT64_C(1) << 20);
    if (l->again) {
        l->again--;
        send_on(l, l->again);
    }
}

/* --- what virtual users do ---------------------------------------------- */

static void send_on(FuzzLane *l, size_t request) {
    Drive *d = l->drive;
    l->x.request = &d->encoded[request % REQUESTS];
    l->x.form = &l->x.request->form;
    l->x.done = on_done;
    l->x.wanted_ns = d->now_ns;
    l->is_under_way = true;
    d->sent++;
    d->transport->ops->send(l->lane, &l->x);
}

static void cancel(FuzzLane *l) {
    if (!l->is_under_way)
        return;
    l->is_under_way = false;
    l->drive->given_up++;
    l->drive->transport->ops->cancel(l->lane);
}

static void leave(FuzzLane *l) {
    if (!l->lane)
        return;
    l->drive->given_up += l->is_under_way;
    l->is_under_way = false;
    l->drive->transport->ops->lane_free(l->lane);
    l->lane = NULL;
}

static void step_lane(Drive *d, uint8_t op, uint8_t arg) {
    FuzzLane *l = &d->lanes[arg % LANES];
    const TransportOps *ops = d->transport->ops;
    if (!l->lane)
        l->lane = ops->lane_new(d->transport, NULL);
    if (op == 0 && !l->is_under_way) {
        l->again = arg >> 6;
        send_on(l, arg / LANES);
    } else if (op == 1) {
        cancel(l);
    } else if (op == 2 && !l->is_under_way) {
        ops->renew(l->lane);
    } else if (op == 3) {
        leave(l);
    }
}

/* --- what time and the target do ---------------------------------------- */

static void pass_time(Drive *d, uint64_t ns) {
    d->now_ns += ns;
    clock_set(d->now_ns);
}

static void turn(Drive *d) {
    fake_turn(fake_dialer());
    uv_run(&d->loop, UV_RUN_NOWAIT);
}

static void tick(Drive *d) {
    d->transport->ops->tick(d->transport, d->now_ns);
    turn(d); /* what ended while a connection wrote is told then */
    for (size_t i = 0; i < LANES; i++)
        must(!d->lanes[i].is_under_way ||
             d->lanes[i].x.wanted_ns + TIMEOUT_NS > d->now_ns);
}

static void step_link(uint8_t op, uint8_t arg) {
    static const int errors[] = { 0, ECONNRESET, EPIPE, EPROTO };
    static const FailClass fails[] = { FAIL_CONNECT, FAIL_TLS,
                                       FAIL_TIMEOUT_CONNECT,
                                       FAIL_LOCAL_DESCRIPTORS };
    Dialer *dialer = fake_dialer();
    Link *waiting = fake_waiting(dialer, arg / 4);
    Link *open = fake_open(dialer, arg / 4);
    if (op == 0 && waiting)
        fake_opens(waiting);
    else if (op == 1 && waiting)
        fake_fails(waiting, fails[arg % 4], "it would not");
    else if (op == 2 && open)
        fake_ends(open, errors[arg % 4]);
    else if (op == 3)
        fake_room(dialer, arg < 128 ? arg : SIZE_MAX,
                  arg % 4 ? EAGAIN : ECONNRESET);
    else if (op == 4 && open)
        fake_writable(open);
}

static void play(Drive *d, Input *in, void (*speak)(Link *l, Input *in)) {
    for (size_t i = 0; in->left && i < STEPS_MAX; i++) {
        uint8_t op = input_byte(in), arg = 0;
        pass_time(d, 1000);
        if (op % 16 < 10)
            arg = input_byte(in);
        if (op % 16 < 4) {
            step_lane(d, op % 16, arg);
        } else if (op % 16 < 9) {
            step_link(op % 16 - 4, arg);
        } else if (op % 16 == 9) {
            pass_time(d, arg * 10 * NS_PER_MS);
            tick(d);
        } else if (op % 16 == 10) {
            turn(d);
        } else {
            Link *l = fake_open(fake_dialer(), op / 16);
            if (l)
                speak(l, in);
        }
    }
}

/* --- the beginning and the end ------------------------------------------ */

static void on_idle(uv_idle_t *idle) {
    (void)idle;
}

static void begin(Drive *d, TransportKind kind, const char *target) {
    Text t = { 0 };
    Diags diags;
    Err err = { 0 };
    const ProfileOptions none = { 0 };
    diags_init(&diags, "fuzz");
    text_addf(&t, "[target]\nurl = http://127.0.0.1:1\ntimeout = 2s\n%s\n%s",
              target, requests);
    must(profile_read_text(&d->profile, t.bytes, t.length, "fuzz.ini", &none,
                           &diags) == 0);
    diags_close(&diags);
    text_close(&t);
    must(d->profile.request_count == REQUESTS);
    must(uv_loop_init(&d->loop) == 0);
    uv_idle_init(&d->loop, &d->idle);
    uv_idle_start(&d->idle, on_idle);
    for (size_t i = 0; i < REQUESTS; i++)
        d->encoded[i] = encode_request(&d->profile, 0, i, &d->arena);
    d->transport =
        transport_ops(kind)->open(&d->loop, &d->profile, 0, NULL, &err);
    must(d->transport);
    for (size_t i = 0; i < LANES; i++)
        d->lanes[i].drive = d;
}

static void on_closed(void *data) {
    ((Drive *)data)->closed++;
}

static void end(Drive *d) {
    for (size_t i = 0; i < LANES; i++)
        leave(&d->lanes[i]);
    d->transport->ops->close(d->transport, on_closed, d);
    uv_close((uv_handle_t *)&d->idle, NULL);
    uv_run(&d->loop, UV_RUN_DEFAULT);
    must(d->closed == 1 && uv_loop_close(&d->loop) == 0);
    must(d->sent == d->done + d->given_up);
    profile_close(&d->profile);
    arena_close(&d->arena);
}

void lanes_try(TransportKind kind, const char *target, Input *in,
               void (*speak)(Link *l, Input *in)) {
    Drive d = { .now_ns = NS_PER_S };
    clock_set(d.now_ns);
    begin(&d, kind, target);
    play(&d, in, speak);
    /* Within the time limit all are done, whatever the target does. */
    for (size_t i = 0; i < LANES; i++)
        d.lanes[i].again = 0;
    turn(&d);
    pass_time(&d, TIMEOUT_NS);
    tick(&d);
    turn(&d);
    for (size_t i = 0; i < LANES; i++)
        must(!d.lanes[i].is_under_way);
    end(&d);
    clock_set(0);
}
