/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any keys, clicks, commands and sizes in any order, over runs of all kinds:
 * nothing breaks, and what is kept fits what is seen. */
#include "unit.h"

#include <stdlib.h>

#include "base/clock.h"
#include "desk.h"
#include "ui/console_state.h"

#define EARLIER "warm-up = 1m to 100; spike = 1m to 700; cool = 1m to 0"
#define ROUND 1000 /* things done to one console */

/* What a console can ask for; all of it can be had, or goes wrong. */
typedef struct Host {
    FakeSource earlier;
    Rng rng;
    bool has_mouse;
} Host;

static bool goes_wrong(Host *h) {
    return rng_next(&h->rng) % 8 == 0;
}

static size_t earlier_names(void *data, const char *const **names) {
    static const char *const all[] = { "a/spike-0002", "a/spike-0001" };
    *names = all;
    return goes_wrong(data) ? 0 : 2;
}

static Source *earlier_open(void *data, const char *name, Err *err) {
    Host *h = data;
    if (!goes_wrong(h))
        return &h->earlier.base;
    err_set(err, "there is no run '%.40s'", name);
    return NULL;
}

static int save(void *data, const char *name, const Text *bytes, Text *path,
                Err *err) {
    assert_true(bytes->length > 0 || !bytes->bytes);
    text_addf(path, "saved/%s", name);
    return goes_wrong(data) ? err_set(err, "the disk is full") : 0;
}

static int save_profile(void *data, const char *name, Text *path, Err *err) {
    text_addf(path, "saved/%s", name ? name : "profile");
    return goes_wrong(data) ? err_set(err, "the disk is full") : 0;
}

static int read_stages(void *data, const char *path, const char *scenario,
                       Text *lines, Err *err) {
    (void)scenario;
    if (goes_wrong(data))
        return err_set(err, "%.40s: no such profile", path);
    text_adds(lines, "one = 1m to 50\ntwo = 2m\n");
    return 0;
}

static int copy(void *data, const char *text, Err *err) {
    assert_non_null(text);
    return goes_wrong(data) ? err_set(err, "there is no clipboard") : 0;
}

static void set_mouse(void *data, bool on) {
    ((Host *)data)->has_mouse = on;
}

/* --- runs --------------------------------------------------------------- */

static const struct {
    const char *stages;
    uint64_t seconds; /* it begins at one of them */
    bool is_quick;
} runs[] = {
    { SPIKE, 500, true },
    { SPIKE, 1, false }, /* nothing has been measured */
    { SPIKE, 300, false },
    { SPIKE, 540, false }, /* over soon */
    { "warm-up = 1m to 50; peak = 2m to 500 | "
      "feed = 1m to 40/s; flood = 3m to 90/s",
      170, false },
    { "soak = 30h at 40", 20 * 3600, true },
    { "a = 20m to 30/s; b = 90m", 40, false },
};
#define RUNS (sizeof runs / sizeof *runs)

static void open_run(Desk *d, Host *h, size_t i, Rng *rng) {
    uint64_t second = rng_next(rng) % runs[i].seconds;
    *h = (Host){ .rng = { rng_next(rng) } };
    fake_source_init(&h->earlier, EARLIER, false);
    fake_source_until(&h->earlier, 200);
    desk_open_as(d, runs[i].stages, second, runs[i].is_quick);
    console_free(d->console);
    ConsoleOptions o = { .glyphs = rng_next(rng) % 3,
                         .host = { h, earlier_names, earlier_open, save,
                                   save_profile, read_stages, copy,
                                   set_mouse } };
    d->console = console_new(&d->source.base, o);
    if (rng_next(rng) % 3 == 0)
        console_lay_over(d->console, "before", &h->earlier.base);
}

static void close_run(Desk *d, Host *h) {
    desk_close(d);
    fake_source_close(&h->earlier);
}

/* --- what is done ------------------------------------------------------- */

static int random_key(Rng *rng) {
    static const int special[] = {
        KEYCODE_ENTER,     KEYCODE_ESC,  KEYCODE_TAB,       KEYCODE_UP,
        KEYCODE_DOWN,      KEYCODE_LEFT, KEYCODE_RIGHT,     KEYCODE_PGUP,
        KEYCODE_BACKSPACE, KEYCODE_HOME, KEYCODE_END,       KEYCODE_DELETE,
        KEYCODE_F1,        KEYCODE_F(2), KEYCODE_RESIZE,    'i',
        KEYCODE_BACKTAB,   KEYCODE_PGDN, KEYCODE_CTRL('u'), 'e',
        'v',               '[',          ']',               'o',
    };
    size_t count = sizeof special / sizeof *special;
    uint64_t n = rng_next(rng) % 100;
    if (n < 45)
        return special[rng_next(rng) % count];
    if (n < 60)
        return '1' + (int)(rng_next(rng) % VIEW_COUNT);
    if (n < 96)
        return 0x20 + (int)(rng_next(rng) % 0x5f);
    return (int)(rng_next(rng) % (KEYCODE_RESIZE + 5));
}

/* Near a place that means something, or anywhere. */
static void random_mouse(Desk *d, Rng *rng) {
    MouseEvent e = { (MouseKind)(rng_next(rng) % (MOUSE_WHEEL_DOWN + 1)),
                     (int)(rng_next(rng) % 60) - 2,
                     (int)(rng_next(rng) % 170) - 2 };
    const Cells *seen = &d->console->seen;
    if (seen->spot_count && rng_next(rng) % 4) {
        const Spot *s = &seen->spots[rng_next(rng) % seen->spot_count];
        if (s->kind == SPOT_KEY && (s->index == 'q' || s->index == 'Q'))
            return;
        e.y = s->area.y;
        e.x = s->area.x + (int)(rng_next(rng) % 5);
    }
    console_mouse(d->console, &e);
}

/* Whatever is open is left first, so that it is typed as a command. */
static void random_command(Desk *d, Rng *rng) {
    static const char *const lines[] = {
        "zoom whole", "zoom 30s",         "zoom 24h",    "sort 2",
        "sort back",  "filter a",         "filter",      "scenario",
        "copy",       "save screen",      "mouse on",    "save profile x",
        "help",       "view spectrogram", "view errors", "level 50",
        "spike 10 5s", "mark here",       "next",        "undo",
    };
    for (int i = 0; i < 3; i++)
        press(d, KEYCODE_ESC);
    press(d, ':');
    type(d, lines[rng_next(rng) % (sizeof lines / sizeof *lines)]);
    press(d, KEYCODE_ENTER);
}

static bool is_end(int key) {
    return key == 'q' || key == 'Q' || key == KEYCODE_CTRL('c');
}

/* Ends are tested elsewhere; here the run shall last. */
static void do_anything(Desk *d, Rng *rng, bool may_end) {
    uint64_t n = rng_next(rng) % 100;
    int key = random_key(rng);
    if (n < 70 && (may_end || !is_end(key)))
        press(d, key);
    else if (n >= 70 && n < 97)
        random_mouse(d, rng);
    else if (n >= 97)
        random_command(d, rng);
}

/* --- what holds always -------------------------------------------------- */

/* Of all charts; views are of other widths. */
static void cursor_is_seen(const Console *c) {
    const Look *l = &c->view.look;
    for (size_t i = 0; l->has_cursor && i < c->seen.spot_count; i++) {
        const Spot *s = &c->seen.spots[i];
        if (s->kind == SPOT_CHART &&
            (l->cursor_ns < s->from_ns || l->cursor_ns >= s->to_ns))
            fail_msg("view %d: the cursor at %.3f s is not in %.3f to %.3f s",
                     (int)c->view.view, (double)l->cursor_ns / 1e9,
                     (double)s->from_ns / 1e9, (double)s->to_ns / 1e9);
    }
}

static void look_holds(const Console *c) {
    const Look *l = &c->view.look;
    uint64_t now = c->snapshot->now_ns;
    if (l->has_cursor)
        assert_true(l->is_back && l->cursor_ns <= now);
    cursor_is_seen(c);
    assert_true(l->first.from_ns <= l->first.to_ns &&
                l->second.from_ns <= l->second.to_ns);
    assert_true(l->pick != PICK_NONE || !look_is_empty(l->first) ||
                look_is_empty(l->second));
}

static void tables_hold(const Console *c) {
    const TableState *t = &c->view.table[c->view.view];
    if (views[c->view.view].is_table && c->view.view != VIEW_STAGES)
        assert_true(t->selected < t->count || (!t->count && !t->selected));
}

static void step(Desk *d, Host *h, Rng *rng, int i, uint64_t *second) {
    do_anything(d, rng, i > ROUND * 9 / 10);
    d->console->is_closed = false; /* Enter and q leave a run that is over */
    if (i % 40 == 0)
        fake_source_until(&d->source, ++*second);
    if (i % 100 == 0)
        fake_source_until(&h->earlier, h->earlier.run.second + 1);
    if (i % 50 == 0)
        cells_resize(&d->cells, 1 + (int)(rng_next(rng) % 62),
                     1 + (int)(rng_next(rng) % 205));
    if (i % 5)
        return;
    look(d);
    look_holds(d->console);
    if (d->cells.rows >= CONSOLE_ROWS_MIN && d->cells.cols >= CONSOLE_COLS_MIN)
        tables_hold(d->console);
}

static void nothing_does_harm(void **state) {
    (void)state;
    Rng rng = { 11 };
    int rounds = getenv("ONRUSH_LONG") ? 20 : 1;
    for (int r = 0; r < rounds; r++)
        for (size_t i = 0; i < RUNS; i++) {
            Desk d;
            Host h;
            open_run(&d, &h, i, &rng);
            uint64_t second = d.source.run.second;
            for (int k = 0; k < ROUND; k++)
                step(&d, &h, &rng, k, &second);
            close_run(&d, &h);
        }
}

/* A run that is over is looked at as long as one likes. */
static void nor_to_a_run_that_is_over(void **state) {
    (void)state;
    Rng rng = { 12 };
    Desk d;
    Host h;
    open_run(&d, &h, 0, &rng);
    uint64_t second = 600;
    fake_source_until(&d.source, second);
    look(&d);
    assert_true(console_is_done(d.console));
    for (int k = 0; k < ROUND; k++)
        step(&d, &h, &rng, k, &second);
    close_run(&d, &h);
}

/* --- keys --------------------------------------------------------------- */

/* Where a mode takes a key from one behind it, on purpose. */
static const struct {
    KeyMode mode, from;
    const char *keys;
} taken[] = {
    { MODE_TABLE, MODE_WHEEL, "pgup pgdn" },
    { MODE_TABLE, MODE_DONE, "enter up down k j" },
    { MODE_TABLE, MODE_TIME, "enter home end" },
    { MODE_OPEN, MODE_WHEEL, "pgup pgdn" },
    { MODE_OPEN, MODE_DONE, "up down k j" },
    { MODE_OPEN, MODE_TIME, "esc" },
    { MODE_TIME, MODE_DONE, "enter" }, /* leaves when nothing is picked */
    { MODE_DONE, MODE_TIME, "enter" }, /* nothing can be picked yet */
};

static bool is_taken(KeyMode mode, KeyMode from, int code) {
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        char keys[40], *save = NULL;
        snprintf(keys, sizeof keys, "%s", taken[i].keys);
        for (char *k = strtok_r(keys, " ", &save);
             k && taken[i].mode == mode && taken[i].from == from;
             k = strtok_r(NULL, " ", &save))
            if (key_read(k) == code)
                return true;
    }
    return false;
}

/* The mode in the chain that has the stroke. */
static KeyMode mode_of(const KeyStroke *s) {
    for (int m = 0; m < MODE_COUNT; m++)
        for (size_t i = 0; i < key_tables[m].count; i++)
            if (s >= key_tables[m].rows[i].strokes &&
                s < key_tables[m].rows[i].strokes + KEY_STROKES)
                return (KeyMode)m;
    return MODE_COUNT;
}

static void rows_are_reached(const KeyChain *chain, KeyMode mode) {
    const KeyTable *t = &key_tables[mode];
    for (size_t i = 0; i < t->count; i++)
        for (const KeyStroke *s = t->rows[i].strokes; s->code; s++) {
            const KeyStroke *found = key_find_in(chain, s->code);
            char name[KEY_NAME_MAX];
            if (found != s && !is_taken(mode_of(found), mode, s->code))
                fail_msg("%s of \"%s\" is another key's: %s",
                         key_print(name, s->code), t->title,
                         key_tables[mode_of(found)].title);
        }
}

/* In all views, with a row open, looking back, and when the run is over: each
 * key is reached of each mode that counts. */
static void no_mode_hides_keys_of_another(void **state) {
    (void)state;
    for (int i = 0; i < VIEW_COUNT * 8; i++) {
        Desk d;
        bool is_over = i & 1;
        char view[2] = { (char)('1' + i / 8), 0 };
        desk_open_full(&d, 300);
        fake_source_until(&d.source, is_over ? 600 : 301);
        press_keys(&d, i & 4 ? "left" : "");
        press_keys(&d, view);
        if (views[i / 8].opens && i & 2)
            press_keys(&d, "enter");
        assert_true(console_is_done(d.console) == is_over);
        KeyChain chain = console_chain(d.console);
        for (size_t k = 0; k < KEY_CHAIN; k++) {
            rows_are_reached(&chain, chain.modes[k]);
            if (chain.modes[k] == MODE_ANY)
                break;
        }
        desk_close(&d);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_mode_hides_keys_of_another),
        cmocka_unit_test(nothing_does_harm),
        cmocka_unit_test(nor_to_a_run_that_is_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
