/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The views of requests and of limits: whole screens of the console, and
 * what keys do there. */
#include "unit.h"

#include "desk.h"
#include "ui/keys.h"

#define TWO                                                          \
    "warm-up = 2m to 100; spike = 1m to 1000; hold = 3m; recover = " \
    "2m to 100|trickle = 3m to 20/s; hold = 5m"

static void press(Desk *d, const char *keys) {
    char copy[200], *save = NULL;
    snprintf(copy, sizeof copy, "%s", keys);
    for (char *k = strtok_r(copy, " ", &save); k;
         k = strtok_r(NULL, " ", &save)) {
        look(d); /* a frame between any two keys, as there is */
        console_key(d->console, key_read(k));
    }
}

static void sees_not(Desk *d, const char *text) {
    if (golden_has(look(d), text))
        fail_msg("'%s' is on the screen", text);
}

typedef struct Screen {
    const char *name, *keys;
    int rows, cols;
    Glyphs glyphs;
    const char *stages; /* NULL: SPIKE */
} Screen;

static void compare(const Screen *s, uint64_t second) {
    Desk d;
    desk_open_as(&d, s->stages ? s->stages : SPIKE, second, false);
    console_set_glyphs(d.console, s->glyphs);
    cells_resize(&d.cells, s->rows, s->cols);
    press(&d, s->keys);
    golden_compare(look(&d), s->name);
    desk_close(&d);
}

static void requests_are_as_reviewed(void **state) {
    (void)state;
    static const Screen screens[] = {
        { "requests-40x12", "3", 12, 40, GLYPHS_BRAILLE, NULL },
        { "requests-80x24", "3 down", 24, 80, GLYPHS_BRAILLE, NULL },
        { "requests-run-80x24", "3 f >", 24, 80, GLYPHS_BRAILLE, NULL },
        { "requests-120x38", "3", 38, 120, GLYPHS_BRAILLE, NULL },
        { "requests-200x60", "3 r", 60, 200, GLYPHS_BRAILLE, NULL },
        { "requests-ascii-120x38", "3", 38, 120, GLYPHS_ASCII, NULL },
        { "request-40x12", "3 enter", 12, 40, GLYPHS_BRAILLE, NULL },
        { "request-80x24", "3 enter", 24, 80, GLYPHS_BRAILLE, NULL },
        { "request-120x38", "3 enter", 38, 120, GLYPHS_BRAILLE, NULL },
        { "request-200x60", "3 enter", 60, 200, GLYPHS_BRAILLE, NULL },
        { "request-ascii-80x24", "3 enter", 24, 80, GLYPHS_ASCII, NULL },
        { "request-arrivals-120x38", "3 enter", 38, 120, GLYPHS_BRAILLE,
          "ramp = 3m to 900/s; hold = 3m" },
    };
    for (size_t i = 0; i < sizeof screens / sizeof *screens; i++)
        compare(&screens[i], 290);
}

static void limits_are_as_reviewed(void **state) {
    (void)state;
    static const Screen screens[] = {
        { "limits-40x12", "6", 12, 40, GLYPHS_BRAILLE, TWO },
        { "limits-80x24", "6", 24, 80, GLYPHS_BRAILLE, TWO },
        { "limits-120x38", "6", 38, 120, GLYPHS_BRAILLE, TWO },
        { "limits-200x60", "6 down down", 60, 200, GLYPHS_BRAILLE, TWO },
        { "limits-ascii-120x38", "6", 38, 120, GLYPHS_ASCII, TWO },
        { "limits-only-80x24", "6", 24, 80, GLYPHS_BRAILLE, NULL },
        { "limit-40x12", "6 enter", 12, 40, GLYPHS_BRAILLE, TWO },
        { "limit-120x38", "6 enter down down", 38, 120, GLYPHS_BRAILLE, TWO },
        { "limit-ascii-80x24", "6 enter", 24, 80, GLYPHS_ASCII, TWO },
    };
    for (size_t i = 0; i < sizeof screens / sizeof *screens; i++)
        compare(&screens[i], 460);
}

static void a_request_opens_and_closes(void **state) {
    (void)state;
    Desk d;
    desk_open_full(&d, 200);
    press(&d, "3");
    sees(&d, "requests");
    sees(&d, "▶ order"); /* the slowest */
    press(&d, "down enter");
    sees(&d, "▶ home");
    sees(&d, "time by phase");
    sees_not(&d, "1 of 3");
    sees(&d, "Esc back");
    press(&d, "down");
    sees(&d, "▶ status");
    press(&d, "[ ]"); /* its charts are of the live view's time */
    sees_not(&d, "no key");
    press(&d, "esc");
    sees(&d, "3 of 3");
    sees(&d, "▶ status");
    press(&d, "up enter backspace");
    sees(&d, "▶ home");
    sent(&d, "");
    desk_close(&d);
}

static void an_alert_tells_its_firings(void **state) {
    (void)state;
    Desk d;
    desk_open_as(&d, TWO, 460, false);
    press(&d, "6");
    sees(&d, "✗ broken");
    sees(&d, "broken since 03:26, for 04:14");
    press(&d, "down down down down enter");
    sees(&d, "slow: http_req_duration{order} p(95)");
    sees(&d, "✓ quiet since 07:02");
    sees(&d, "fired    1 time, 4m5s in all");
    sees(&d, "02:57    for 4m5s, worst ");
    sees(&d, "!!!!!!!!"); /* where it fired, over its chart */
    press(&d, "esc end");
    sees(&d, "it never fired");
    sees_not(&d, "!!!!!!!!");
    press(&d, "home < r");
    sees(&d, "kind▼");
    sent(&d, "");
    desk_close(&d);
}

static void columns_sort_by_keys(void **state) {
    (void)state;
    Desk d;
    desk_open_full(&d, 200);
    press(&d, "3");
    sees(&d, "▼p95");
    press(&d, ">");
    sees(&d, "▼p99");
    press(&d, "< < <");
    sees(&d, "▼p50");
    press(&d, "r");
    sees(&d, "▲p50");
    press(&d, "< <");
    sees(&d, "name▼");
    press(&d, "<"); /* round to the last: bytes/s of the run */
    sees(&d, "▲bytes/s");
    desk_close(&d);
}

/* Keys that mean nothing in other tables say so. */
static void figures_change_places(void **state) {
    (void)state;
    Desk d;
    desk_open_full(&d, 200);
    cells_resize(&d.cells, 24, 80);
    press(&d, "3");
    sees(&d, "── now: last 10 s ──");
    press(&d, "f");
    sees(&d, "── run ──");
    press(&d, "f 6 f");
    sees(&d, "no key 'f' here");
    desk_close(&d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_as_reviewed),
        cmocka_unit_test(limits_are_as_reviewed),
        cmocka_unit_test(a_request_opens_and_closes),
        cmocka_unit_test(an_alert_tells_its_firings),
        cmocka_unit_test(columns_sort_by_keys),
        cmocka_unit_test(figures_change_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
