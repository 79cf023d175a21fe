/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "h2_client.h"

#include "base/clock.h"

static void on_tick(uv_timer_t *t) {
    Client *c = t->data;
    c->transport->ops->tick(c->transport, clock_now());
}

void open_client(Client *c, const char *scheme, int port, const char *target,
                 const char *requests) {
    Text t = { 0 };
    Err err;
    Diags d;
    ProfileOptions o = { 0 };
    *c = (Client){ .done = 0 };
    text_addf(&t,
              "[target]\nurl = %s://127.0.0.1:%d\nhttp = 2\n"
              "tls_verify = off\n%s\n%s%s",
              scheme, port, target,
              strstr(requests, "[stages]") ? "" : "[stages]\nhold = 1s at 1\n",
              requests);
    diags_init(&d, "test");
    if (profile_read_text(&c->profile, t.bytes, t.length, "t.ini", &o, &d) < 0)
        fail_msg("%d: %s", d.items[0].line, d.items[0].text);
    diags_close(&d);
    text_close(&t);
    const char *why;
    assert_int_equal(transport_for(&c->profile, 0, 0, &why), TRANSPORT_H2);
    assert_string_equal(why, "http = 2");
    assert_true(c->profile.request_count <= REQUESTS);
    for (size_t i = 0; i < c->profile.request_count; i++)
        c->encoded[i] = encode_request(&c->profile, 0, i, &c->arena);
    uv_loop_init(&c->loop);
    c->transport =
        transport_ops(TRANSPORT_H2)->open(&c->loop, &c->profile, 0, NULL, &err);
    assert_non_null(c->transport);
    uv_timer_init(&c->loop, &c->timer);
    c->timer.data = c;
    uv_timer_start(&c->timer, on_tick, 10, 10);
}

static void on_done(Exchange *x);

void shoot(Client *c, size_t lane, size_t request) {
    Shot *s = &c->shot[lane];
    if (!c->lane[lane])
        c->lane[lane] = c->transport->ops->lane_new(c->transport, NULL);
    s->client = c;
    s->is_done = false;
    s->x.request = &c->encoded[request];
    s->x.form = &s->x.request->form;
    s->x.done = on_done;
    s->x.wanted_ns = clock_now();
    c->under_way++;
    c->transport->ops->send(c->lane[lane], &s->x);
}

static void on_done(Exchange *x) {
    Shot *s = (Shot *)x;
    Client *c = s->client;
    s->is_done = true;
    c->under_way--;
    c->done++;
    c->connects += x->connected_anew;
    c->retried += x->retried;
    snprintf(s->why, sizeof s->why, "%s", x->why ? x->why : "");
    snprintf(s->body, sizeof s->body, "%.*s", (int)x->body_length,
             x->body ? x->body : "");
    if (s->again) {
        s->again--;
        shoot(c, (size_t)(s - c->shot), x->request->index);
    }
}

void wait_all(Client *c) {
    while (c->under_way)
        uv_run(&c->loop, UV_RUN_ONCE);
}

static void on_closed(void *data) {
    *(bool *)data = true;
}

void close_client(Client *c) {
    bool closed = false;
    for (size_t i = 0; i < LANES; i++)
        if (c->lane[i])
            c->lane[i]->ops->lane_free(c->lane[i]);
    uv_close((uv_handle_t *)&c->timer, NULL);
    c->transport->ops->close(c->transport, on_closed, &closed);
    uv_run(&c->loop, UV_RUN_DEFAULT);
    assert_true(closed);
    assert_int_equal(uv_loop_close(&c->loop), 0);
    profile_close(&c->profile);
    arena_close(&c->arena);
}

void expect(const Client *c, size_t lane, FailClass fail, int status) {
    const Shot *s = &c->shot[lane];
    if (!s->is_done || s->x.fail != fail || s->x.status != status)
        fail_msg("lane %zu: %s, status %d, %s", lane,
                 s->x.fail == FAIL_NONE ? "fine" : fail_name(s->x.fail),
                 s->x.status, s->why);
}

void expect_why(const Client *c, size_t lane, const char *part) {
    if (!strstr(c->shot[lane].why, part))
        fail_msg("lane %zu says: %s", lane, c->shot[lane].why);
}
