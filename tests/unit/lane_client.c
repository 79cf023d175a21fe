/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lane_client.h"

#include "base/clock.h"

static void on_tick(uv_timer_t *t) {
    LaneClient *c = t->data;
    for (size_t v = 0; v < LANE_VARIANTS; v++)
        for (size_t k = 0; k < TRANSPORT_KINDS; k++)
            if (c->transport[v][k])
                c->transport[v][k]->ops->tick(c->transport[v][k], clock_now());
}

static void read_profile(LaneClient *c, const char *profile) {
    Text t = { 0 };
    Diags d;
    ProfileOptions o = { 0 };
    text_addf(&t, "%s[stages]\nhold = 1s at 1\n", profile);
    diags_init(&d, "test");
    if (profile_read_text(&c->profile, t.bytes, t.length, "t.ini", &o, &d) < 0)
        fail_msg("%d: %s", d.items[0].line, d.items[0].text);
    diags_close(&d);
    text_close(&t);
    assert_true(c->profile.request_count <= LANE_REQUESTS);
    assert_true(c->profile.variant_count <= LANE_VARIANTS);
}

void lanes_open(LaneClient *c, const char *profile) {
    *c = (LaneClient){ .under_way = 0 };
    read_profile(c, profile);
    uv_loop_init(&c->loop);
    uv_timer_init(&c->loop, &c->timer);
    c->timer.data = c;
    uv_timer_start(&c->timer, on_tick, 10, 10);
    for (size_t v = 0; v < c->profile.variant_count; v++)
        for (size_t i = 0; i < c->profile.request_count; i++) {
            Err err = { 0 };
            TransportKind k = transport_for(&c->profile, v, i, NULL);
            c->encoded[v][i] = encode_request(&c->profile, v, i, &c->arena);
            if (!c->transport[v][k])
                c->transport[v][k] =
                    transport_ops(k)->open(&c->loop, &c->profile, v, NULL, &err);
            if (!c->transport[v][k])
                fail_msg("%s", err.text);
        }
}

static void copy(char to[LANE_TEXT], const char *from, size_t length) {
    size_t n = length < LANE_TEXT ? length : LANE_TEXT - 1;
    if (n)
        memcpy(to, from, n);
    to[n] = '\0';
}

static void on_done(Exchange *x) {
    LaneShot *s = (LaneShot *)x;
    s->is_done = true;
    s->client->under_way--;
    snprintf(s->why, sizeof s->why, "%s", x->why ? x->why : "");
    copy(s->body, x->body, x->body_length);
    copy(s->head, x->head, x->head_length);
}

void lanes_shoot(LaneClient *c, size_t shot, size_t variant, size_t request,
                 const Form *form) {
    LaneShot *s = &c->shot[shot];
    TransportKind k = transport_for(&c->profile, variant, request, NULL);
    Transport *t = c->transport[variant][k];
    Lane **lane = &c->lane[variant][k][shot];
    if (!*lane)
        *lane = t->ops->lane_new(t, NULL);
    s->client = c;
    s->is_done = false;
    s->lane = *lane;
    s->x.request = &c->encoded[variant][request];
    s->x.form = form ? form : &s->x.request->form;
    s->x.done = on_done;
    s->x.wanted_ns = clock_now();
    c->under_way++;
    t->ops->send(*lane, &s->x);
}

void lanes_wait(LaneClient *c) {
    while (c->under_way)
        uv_run(&c->loop, UV_RUN_ONCE);
}

static void on_closed(void *data) {
    (*(size_t *)data)--;
}

void lanes_close(LaneClient *c) {
    size_t open = 0;
    for (size_t v = 0; v < LANE_VARIANTS; v++)
        for (size_t k = 0; k < TRANSPORT_KINDS; k++) {
            Transport *t = c->transport[v][k];
            for (size_t i = 0; i < LANE_SHOTS; i++)
                if (c->lane[v][k][i])
                    t->ops->lane_free(c->lane[v][k][i]);
            open += t != NULL;
            if (t)
                t->ops->close(t, on_closed, &open);
        }
    uv_close((uv_handle_t *)&c->timer, NULL);
    uv_run(&c->loop, UV_RUN_DEFAULT);
    assert_int_equal(open, 0);
    assert_int_equal(uv_loop_close(&c->loop), 0);
    profile_close(&c->profile);
    arena_close(&c->arena);
}

void lanes_expect(const LaneClient *c, size_t shot, FailClass fail,
                  int status) {
    const LaneShot *s = &c->shot[shot];
    if (!s->is_done || s->x.fail != fail || s->x.status != status)
        fail_msg("shot %zu: %s, status %d, %s", shot,
                 s->x.fail == FAIL_NONE ? "fine" : fail_name(s->x.fail),
                 s->x.status, s->why);
}
