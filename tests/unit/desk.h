/* SPDX-License-Identifier: GPL-3.0-or-later */
/* desk.h: a console over a fake run, with keys to press and a screen to
 * look at. Include unit.h first. */
#ifndef ONRUSH_TESTS_DESK_H
#define ONRUSH_TESTS_DESK_H

#include "base/clock.h"
#include "fake_source.h"
#include "golden.h"
#include "ui/console.h"
#include "ui/keys.h"

#define SPIKE                                                        \
    "warm-up = 2m to 100; spike = 1m to 1000; hold = 3m; recover = " \
    "2m to 100; cool = 1m to 0"

/* A console at its source, and its screen. */
typedef struct Desk {
    FakeSource source;
    Console *console;
    Cells cells;
    uint64_t clock_ns;
} Desk;

static inline void desk_open_as(Desk *d, const char *stages, uint64_t second,
                                bool is_quick) {
    d->clock_ns = 1000 * NS_PER_S;
    clock_set(d->clock_ns);
    fake_source_init(&d->source, stages, is_quick);
    fake_source_until(&d->source, second);
    d->console = console_new(&d->source.base,
                             (ConsoleOptions){ .glyphs = GLYPHS_BRAILLE });
    cells_init(&d->cells, 38, 120);
}

static inline void desk_open(Desk *d, const char *stages, uint64_t second) {
    desk_open_as(d, stages, second, true);
}

/* With figures. */
static inline void desk_open_full(Desk *d, uint64_t second) {
    desk_open_as(d, SPIKE, second, false);
}

static inline void desk_close(Desk *d) {
    console_free(d->console);
    cells_close(&d->cells);
    fake_source_close(&d->source);
    clock_set(0);
}

static inline void press(Desk *d, int key) {
    console_key(d->console, key);
}

static inline void type(Desk *d, const char *text) {
    for (; *text; text++)
        press(d, *text);
}

static inline const Cells *look(Desk *d) {
    console_draw(d->console, &d->cells);
    return &d->cells;
}

/* Keys by name, separated by blanks; what is no name is typed. */
static inline void keys(Desk *d, const char *names) {
    char copy[256], *save = NULL;
    snprintf(copy, sizeof copy, "%s", names);
    for (char *k = strtok_r(copy, " ", &save); k;
         k = strtok_r(NULL, " ", &save)) {
        if (key_read(k) != KEYCODE_NONE)
            press(d, key_read(k));
        else
            type(d, k);
    }
}

/* Names of keys, with a frame between any two, as there is. */
static inline void press_keys(Desk *d, const char *keys) {
    char copy[200], *save = NULL;
    snprintf(copy, sizeof copy, "%s", keys);
    for (char *k = strtok_r(copy, " ", &save); k;
         k = strtok_r(NULL, " ", &save)) {
        assert_int_not_equal(key_read(k), KEYCODE_NONE);
        look(d);
        press(d, key_read(k));
        look(d);
    }
}

static inline void sees(Desk *d, const char *text) {
    if (golden_has(look(d), text))
        return;
    Text t = { 0 };
    cells_print(&d->cells, &t);
    fprintf(stderr, "%s", t.bytes);
    fail_msg("'%s' is not on the screen", text);
}

static inline void sees_not(Desk *d, const char *text) {
    if (golden_has(look(d), text))
        fail_msg("'%s' is on the screen", text);
}

/* The commands since the last call. */
static inline void sent(Desk *d, const char *want) {
    const char *got = d->source.sent.bytes ? d->source.sent.bytes : "";
    if (strcmp(got, want) != 0)
        fail_msg("sent '%s', wanted '%s'", got, want);
    text_clear(&d->source.sent);
}

#endif
