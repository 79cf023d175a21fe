/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole screens against text in screens/; ONRUSH_REGEN=1 rewrites it, to be
 * reviewed as a diff. ONRUSH_ANSI=CASE prints that screen in colour, of its
 * own size or ONRUSH_SIZE=120x38. */
#include "unit.h"

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"
#include "fake_run.h"
#include "ui/words.h"

#define SPIKE                                                        \
    "warm-up = 2m to 100; spike = 1m to 1000; hold = 3m; recover = " \
    "2m to 100; cool = 1m to 0"

static const BarKey keys[] = {
    { .label = "space", .word = "pause" },
    { .label = "+ -", .word = "level" },
    { .label = "s", .word = "spike" },
    { .label = "e", .word = "edit stages" },
    { .label = "n", .word = "next" },
    { .label = "h", .word = "hold" },
    { .label = "m", .word = "mark" },
    { .label = "?", .word = "help" },
    { .label = "Tab", .word = "views" },
    { .label = "q", .word = "finish" },
};
#define KEYS (sizeof keys / sizeof *keys)

static void screen_draw(Cells *c, const Scene *s) {
    cells_clear(c);
    topbar_draw(c, 0, s);
    live_draw(c, (Rect){ 1, 0, c->rows - 2, c->cols }, s);
    keybar_draw(c, c->rows - 1, keys, KEYS);
}

/* --- the screens -------------------------------------------------------- */

typedef struct Case {
    const char *name;
    int rows, cols;
    Glyphs glyphs;
    const char *stages;
    void (*play)(FakeRun *r);
} Case;

static void play_recovering(FakeRun *r) {
    fake_run_until(r, 295);
    fake_run_do(r, "mark deploy finished");
    fake_run_until(r, 480);
}

static void play_watched(FakeRun *r) {
    play_recovering(r);
    fake_run_watch(r);
}

static void play_mid_spike(FakeRun *r) {
    fake_run_until(r, 175);
    event_add(&r->wheel.log, 171 * NS_PER_S, EVENT_ALERT, "p95 passed 500 ms");
}

static void play_hand(FakeRun *r) {
    fake_run_until(r, 100);
    fake_run_do(r, "level 250");
    fake_run_until(r, 160);
    fake_run_do(r, "level +150 in 20s");
    fake_run_until(r, 200);
    r->view.notice = "+150 VUs, to 400 by hand in 20s";
}

static void play_paused(FakeRun *r) {
    fake_run_until(r, 60);
    fake_run_do(r, "spike +500 20s");
    fake_run_until(r, 150);
    fake_run_do(r, "pause");
}

static void play_down(FakeRun *r) {
    r->is_down = true;
    fake_run_until(r, 12);
    event_add(&r->wheel.log, 0, EVENT_TARGET,
              "no answer from http://127.0.0.1:8080");
    r->view.hint = "is the server running? the run goes on trying";
}

static void play_start(FakeRun *r) {
    (void)r;
}

static void play_done(FakeRun *r) {
    fake_run_until(r, 540);
    recorder_end(&r->recorder);
    r->snapshot.state = RUN_DONE;
}

static void play_finishing(FakeRun *r) {
    fake_run_until(r, 300);
    fake_run_do(r, "finish");
    fake_run_until(r, 304);
    r->snapshot.state = RUN_FINISHING;
}

static void play_bound(FakeRun *r) {
    fake_run_until(r, 200);
    r->snapshot.health.is_bound = true;
    r->snapshot.health.bound_by = BOUND_CPU;
    r->snapshot.health.bound_since_ns = 183 * NS_PER_S;
    recorder_bound(&r->recorder, BOUND_CPU, 183 * NS_PER_S, 0.99);
    r->view.notice = "'levle 5' is no command; did you mean 'level'?";
    r->view.notice_is_error = true;
}

static void play_near(FakeRun *r) {
    fake_run_until(r, 1000);
    fake_run_do(r, "mark cache emptied");
    fake_run_until(r, 1105);
}

static void play_rate(FakeRun *r) {
    fake_run_until(r, 45);
}

#define LONG                                                               \
    "warm-up = 5m to 200; work = 10m; burst-1 = 30s to 800; calm-1 = 90s " \
    "to 200; burst-2 = 30s at 900; calm-2 = 5m at 200; soak = 6h; end = "  \
    "1m to 0"

#define ARRIVALS                                                         \
    "ramp = 1m to 300/s smooth; hold = 2m; rush = 10s to 900/s; peak = " \
    "50s; back = 10s to 300/s; calm = 2m; end = 30s to 0"

static void play_arrivals(FakeRun *r) {
    fake_run_until(r, 235);
}

#define TWO                                                             \
    "warm-up = 2m to 100; spike = 1m to 1000; hold = 3m; recover = 2m " \
    "to 100 | quiet = 1m at 0; rise = 2m to 120/s; hold = 3m"

/* Alerts fire, and the keys steer the second one. */
static void play_two(FakeRun *r) {
    fake_run_until(r, 250);
    wheel_focus(&r->wheel, 1);
    fake_run_do(r, "level 90/s");
    fake_run_until(r, 265);
}

/* A critical one alone, above what the first one's stages say. */
static void play_first_of_two(FakeRun *r) {
    fake_run_until(r, 330);
    fake_run_do(r, "mark cache emptied");
}

static const Case cases[] = {
    { "two-80x24", 24, 80, GLYPHS_BRAILLE, TWO, play_two },
    { "two-120x38", 38, 120, GLYPHS_BRAILLE, TWO, play_two },
    { "two-40x12", 12, 40, GLYPHS_BRAILLE, TWO, play_two },
    { "two-first-120x38", 38, 120, GLYPHS_BRAILLE, TWO, play_first_of_two },
    { "two-200x60", 60, 200, GLYPHS_BRAILLE, TWO, play_first_of_two },
    { "recovering-40x12", 12, 40, GLYPHS_BRAILLE, SPIKE, play_recovering },
    { "recovering-60x18", 18, 60, GLYPHS_BRAILLE, SPIKE, play_recovering },
    { "recovering-80x24", 24, 80, GLYPHS_BRAILLE, SPIKE, play_recovering },
    { "recovering-80x50", 50, 80, GLYPHS_BRAILLE, SPIKE, play_recovering },
    { "recovering-100x24", 24, 100, GLYPHS_BRAILLE, SPIKE, play_recovering },
    { "recovering-120x38", 38, 120, GLYPHS_BRAILLE, SPIKE, play_recovering },
    { "recovering-200x60", 60, 200, GLYPHS_BRAILLE, SPIKE, play_recovering },
    { "recovering-ascii-120x38", 38, 120, GLYPHS_ASCII, SPIKE,
      play_recovering },
    { "recovering-ascii-80x24", 24, 80, GLYPHS_ASCII, SPIKE, play_recovering },
    { "recovering-block-120x38", 38, 120, GLYPHS_BLOCK, SPIKE,
      play_recovering },
    { "watched-120x38", 38, 120, GLYPHS_BRAILLE, SPIKE, play_watched },
    { "watched-ascii-160x50", 50, 160, GLYPHS_ASCII, SPIKE, play_watched },
    { "watched-200x60", 60, 200, GLYPHS_BRAILLE, SPIKE, play_watched },
    { "spike-120x38", 38, 120, GLYPHS_BRAILLE, SPIKE, play_mid_spike },
    { "spike-80x24", 24, 80, GLYPHS_BRAILLE, SPIKE, play_mid_spike },
    { "hand-120x38", 38, 120, GLYPHS_BRAILLE, SPIKE, play_hand },
    { "hand-80x24", 24, 80, GLYPHS_BRAILLE, SPIKE, play_hand },
    { "paused-120x38", 38, 120, GLYPHS_BRAILLE, SPIKE, play_paused },
    { "down-120x38", 38, 120, GLYPHS_BRAILLE, SPIKE, play_down },
    { "down-80x24", 24, 80, GLYPHS_BRAILLE, SPIKE, play_down },
    { "start-120x38", 38, 120, GLYPHS_BRAILLE, SPIKE, play_start },
    { "done-120x38", 38, 120, GLYPHS_BRAILLE, SPIKE, play_done },
    { "finishing-120x38", 38, 120, GLYPHS_BRAILLE, SPIKE, play_finishing },
    { "bound-120x38", 38, 120, GLYPHS_BRAILLE, SPIKE, play_bound },
    { "near-120x38", 38, 120, GLYPHS_BRAILLE, LONG, play_near },
    { "rate-80x24", 24, 80, GLYPHS_BRAILLE,
      "ramp = 30s to 400/s smooth; hold = 30s", play_rate },
    { "arrivals-fast-120x38", 38, 120, GLYPHS_BRAILLE,
      "ramp = 30s to 12k/s; hold = 30s", play_rate },
    { "arrivals-40x12", 12, 40, GLYPHS_BRAILLE, ARRIVALS, play_arrivals },
    { "arrivals-80x24", 24, 80, GLYPHS_BRAILLE, ARRIVALS, play_arrivals },
    { "arrivals-120x38", 38, 120, GLYPHS_BRAILLE, ARRIVALS, play_arrivals },
    { "arrivals-200x60", 60, 200, GLYPHS_BRAILLE, ARRIVALS, play_arrivals },
};
#define CASES (sizeof cases / sizeof *cases)

static void case_draw(const Case *k, Cells *c) {
    FakeRun r;
    fake_run_init(&r, k->stages, k->glyphs);
    k->play(&r);
    cells_init(c, k->rows, k->cols);
    screen_draw(c, fake_run_scene(&r));
    fake_run_close(&r);
}

static void compare_case(const Case *k) {
    const char *dir = getenv("TESTS_SRC");
    char path[512];
    Cells c;
    Text got = { 0 }, want = { 0 };
    Err err = { 0 };
    snprintf(path, sizeof path, "%s/unit/screens/%s.txt", dir ? dir : "tests",
             k->name);
    case_draw(k, &c);
    cells_print(&c, &got);
    if (getenv("ONRUSH_REGEN")) {
        if (file_write(path, got.bytes, got.length, &err) < 0)
            fail_msg("%s", err.text);
    } else if (file_read(path, 1 << 20, &want, &err) < 0) {
        fail_msg("%s", err.text);
    } else if (strcmp(got.bytes, want.bytes) != 0) {
        fprintf(stderr, "%s is now\n%s", k->name, got.bytes);
        fail_msg("%s differs", k->name);
    }
    text_close(&got);
    text_close(&want);
    cells_close(&c);
}

static void screens_are_as_reviewed(void **state) {
    (void)state;
    for (size_t i = 0; i < CASES; i++)
        compare_case(&cases[i]);
}

/* --- what holds for all screens ----------------------------------------- */

static void ascii_screens_are_ascii(void **state) {
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        Case k = cases[i];
        Cells c;
        if (k.cols != 120 || k.glyphs != GLYPHS_BRAILLE)
            continue;
        k.glyphs = GLYPHS_ASCII;
        case_draw(&k, &c);
        for (int at = 0; at < c.rows * c.cols; at++)
            if (c.at[at].rune > 0x7e)
                fail_msg("%s: U+%04X at %d, %d", k.name, c.at[at].rune,
                         at / c.cols, at % c.cols);
        cells_close(&c);
    }
}

static bool has_text(const Cells *c, const char *text) {
    Text t = { 0 };
    cells_print(c, &t);
    bool found = strstr(t.bytes, text) != NULL;
    text_close(&t);
    return found;
}

/* Who drives, and what is wrong, at every size that is supported. */
static void who_drives_is_always_seen(void **state) {
    (void)state;
    static const struct {
        void (*play)(FakeRun *r);
        const char *badge, *words, *stages; /* NULL: SPIKE */
    } plays[] = {
        { play_mid_spike, "PLAN", "p95", NULL },
        { play_hand, "HAND", "VUs", NULL },
        { play_paused, "PAUSED", "paused", NULL },
        { play_finishing, "FINISHING", "finishing", NULL },
        { play_start, "STARTING", "starting", NULL },
        { play_down, "PLAN", "no answer from the target", NULL },
        { play_done, "DONE", "done: 1 of 4 limits broken", NULL },
        { play_bound, "PLAN", "this machine is the bottleneck", NULL },
        { play_arrivals, "PLAN", "574/s dropped: all 50 VUs",
          ARRIVALS },
    };
    for (size_t k = 0; k < sizeof plays / sizeof *plays; k++) {
        FakeRun r;
        fake_run_init(&r, plays[k].stages ? plays[k].stages : SPIKE,
                      GLYPHS_BRAILLE);
        plays[k].play(&r);
        const Scene *s = fake_run_scene(&r);
        for (int cols = 40; cols <= 210; cols += 17)
            for (int rows = 12; rows <= 70; rows += 9) {
                Cells c;
                cells_init(&c, rows, cols);
                screen_draw(&c, s);
                if (!has_text(&c, plays[k].badge) ||
                    !has_text(&c, plays[k].words))
                    fail_msg("%s is not seen at %d x %d", plays[k].words, cols,
                             rows);
                cells_close(&c);
            }
        fake_run_close(&r);
    }
}

static void too_small_is_said(void **state) {
    (void)state;
    FakeRun r;
    fake_run_init(&r, SPIKE, GLYPHS_BRAILLE);
    play_mid_spike(&r);
    const Scene *s = fake_run_scene(&r);
    static const int sizes[][2] = { { 11, 40 }, { 12, 39 }, { 6, 20 } };
    for (size_t i = 0; i < 3; i++) {
        Cells c;
        cells_init(&c, sizes[i][0], sizes[i][1]);
        screen_draw(&c, s);
        assert_true(has_text(&c, "too small"));
        assert_true(has_text(&c, "40 x 12"));
        cells_close(&c);
    }
    fake_run_close(&r);
}

/* Nothing is drawn where nothing was measured: behind now all charts but
 * the load's are empty. */
static void no_data_is_no_curve(void **state) {
    (void)state;
    FakeRun r;
    fake_run_init(&r, "all = 10m at 50", GLYPHS_BRAILLE);
    fake_run_until(&r, 300);
    const Scene *s = fake_run_scene(&r);
    Cells c;
    cells_init(&c, 38, 120);
    screen_draw(&c, s);
    static const uint8_t curves[] = { STYLE_VUS, STYLE_RPS, STYLE_P50,
                                      STYLE_P95, STYLE_P99 };
    int left[5] = { 0 }, right[5] = { 0 };
    for (int y = 2; y < 31; y++)
        for (int x = 7; x < 79; x++)
            for (int k = 0; k < 5; k++) {
                const ScreenCell *cell = &c.at[y * c.cols + x];
                if (cell->style == curves[k] && cell->rune >= 0x2801 &&
                    cell->rune <= 0x28ff)
                    (x < 43 ? left : right)[k]++;
            }
    for (int k = 0; k < 5; k++) {
        if (left[k] < 15 || right[k] > 2)
            fail_msg("curve %d has %d cells before now, %d behind", k, left[k],
                     right[k]);
    }
    cells_close(&c);
    fake_run_close(&r);
}

/* Every size, in any state, within its rectangle; the sanitizers watch. */
static void any_size_in_any_state(void **state) {
    (void)state;
    static void (*const plays[])(FakeRun *) = {
        play_recovering, play_mid_spike, play_hand, play_paused,
        play_down,       play_start,     play_done, play_bound,
        play_finishing,  play_arrivals,  play_watched,   play_two,
    };
    Rng rng = { 3 };
    for (size_t k = 0; k < sizeof plays / sizeof *plays; k++) {
        FakeRun r;
        fake_run_init(&r,
                      plays[k] == play_arrivals ? ARRIVALS
                      : plays[k] == play_two    ? TWO
                                                : SPIKE,
                      GLYPHS_BRAILLE);
        plays[k](&r);
        const Scene *s = fake_run_scene(&r);
        for (int round = 0; round < 60; round++) {
            int rows = 1 + (int)(rng_next(&rng) % 80);
            int cols = 1 + (int)(rng_next(&rng) % 300);
            Rect at = { (int)(rng_next(&rng) % 6), (int)(rng_next(&rng) % 6),
                        rows, cols };
            Cells c;
            r.view.glyphs = (Glyphs)(rng_next(&rng) % 3);
            r.view.look.is_other = rng_next(&rng) % 2;
            cells_init(&c, rows + 8, cols + 8);
            live_draw(&c, at, s);
            for (int i = 0; i < c.rows * c.cols; i++) {
                int y = i / c.cols, x = i % c.cols;
                bool inside = y >= at.y && y < at.y + at.rows && x >= at.x &&
                              x < at.x + at.cols;
                if (!inside && c.at[i].rune != ' ')
                    fail_msg("play %zu, %d x %d: drew at %d, %d", k, cols, rows,
                             y, x);
            }
            cells_resize(&c, rows, cols);
            screen_draw(&c, s);
            cells_close(&c);
        }
        fake_run_close(&r);
    }
}

/* Said, not asserted: a frame of 200 x 60 over an hour. */
static void an_hour_in_a_frame(void **state) {
    (void)state;
    FakeRun r;
    Cells c;
    fake_run_init(&r, "all = 1h to 500", GLYPHS_BRAILLE);
    fake_run_until(&r, 3590);
    r.view.look.is_other = true; /* the whole hour */
    const Scene *s = fake_run_scene(&r);
    cells_init(&c, 60, 200);
    struct timespec a, b;
    int frames = 20;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
    for (int i = 0; i < frames; i++)
        screen_draw(&c, s);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
    double ms = (double)(b.tv_sec - a.tv_sec) * 1e3 +
                (double)(b.tv_nsec - a.tv_nsec) / 1e6;
    print_message("# a frame takes %.2f ms\n", ms / frames);
    assert_true(has_text(&c, "55:00"));
    cells_close(&c);
    fake_run_close(&r);
}

/* The longest name of a class and the largest count leave a gap. */
static void failures_stand_in_columns(void **state) {
    (void)state;
    FakeRun r;
    Cells c;
    fake_run_init(&r, SPIKE, GLYPHS_BRAILLE);
    fake_run_until(&r, 60);
    SeriesSlab *s = &r.recorder.totals.series[0];
    s->fail[FAIL_LOCAL_DESCRIPTORS] = 999999;
    s->fail[FAIL_TIMEOUT_CONNECT] = 1000;
    s->fail[FAIL_TLS] = 3;
    cells_init(&c, 60, 200);
    screen_draw(&c, fake_run_scene(&r));
    assert_true(has_text(&c, "local-descriptors  1.00M  this machine"));
    assert_true(has_text(&c, "timeout-connect    1 000  no connection"));
    assert_true(has_text(&c, "tls                    3  the TLS"));
    cells_close(&c);
    fake_run_close(&r);
}

/* In the closed model only where connections make it another. */
static void response_times_show_where_they_differ(void **state) {
    (void)state;
    FakeRun r;
    Cells c;
    fake_run_init(&r, SPIKE, GLYPHS_BRAILLE);
    fake_run_until(&r, 60);
    fake_run_scene(&r);
    cells_init(&c, 60, 200);
    for (int k = 0; k < 2; k++) {
        r.snapshot.response_run.p95 = r.snapshot.run.p95 * (k ? 1.2 : 1.05);
        screen_draw(&c, &r.scene);
        assert_true(has_text(&c, "resp95") == (k == 1));
    }
    cells_close(&c);
    fake_run_close(&r);
}

/* What it says of a spike, in all that can become of it. */
static void recovery_says_how_it_stands(void **state) {
    (void)state;
    static const struct {
        RecoveryState state;
        uint64_t back_s, recovered_s;
        const char *want;
    } stands[] = {
        { RECOVERY_UNDER_LOAD, 0, 0, "state   the load is still up" },
        { RECOVERY_WAITING, 290, 0, "since   00:10, steady 2 of 5 s" },
        { RECOVERY_DONE, 280, 292, "state   recovered in 00:12" },
        { RECOVERY_DONE, 280, 280, "state   recovered at once" },
        { RECOVERY_NEVER, 270, 0, "state   did not recover in 00:30" },
        { RECOVERY_NEVER, 0, 0, "state   the load did not come back" },
        { RECOVERY_UNMEASURED, 0, 0, "state   no traffic before it" },
    };
    FakeRun r;
    Cells c;
    fake_run_init(&r, SPIKE, GLYPHS_BRAILLE);
    fake_run_until(&r, 300);
    const Scene *s = fake_run_scene(&r);
    cells_init(&c, 38, 120);
    for (size_t i = 0; i < sizeof stands / sizeof *stands; i++) {
        Recovery *x = &r.recorder.recoveries.items[0];
        x->state = stands[i].state;
        x->steady = 2;
        x->back_ns = stands[i].back_s * NS_PER_S;
        x->recovered_ns = stands[i].recovered_s * NS_PER_S;
        screen_draw(&c, s);
        if (!has_text(&c, stands[i].want) || !has_text(&c, "before  p95") ||
            !has_text(&c, "worst   p95"))
            fail_msg("'%s' is not seen", stands[i].want);
    }
    cells_close(&c);
    fake_run_close(&r);
}

static void brief_counts_fit(void **state) {
    (void)state;
    static const struct {
        double n;
        const char *want;
    } counts[] = {
        { 0, "0" },          { 0.0049, "0" },    { 0.0096, "0.01" },
        { 0.1, "0.1" },      { 0.125, "0.12" },  { 1, "1" },
        { 12.5, "12.5" },    { 99.96, "100" },   { 900, "900" },
        { 3000, "3000" },    { 9999, "9999" },   { 12000, "12k" },
        { 28412, "28k" },    { 999499, "999k" }, { 999999, "1.0M" },
        { 1234567, "1.2M" }, { 2e7, "20M" },
    };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        UnitsText t;
        assert_string_equal(words_brief(t, counts[i].n), counts[i].want);
    }
}

/* --- looking at them ---------------------------------------------------- */

static void print_color(int what, uint32_t rgb) {
    printf(";%d;2;%u;%u;%u", what, rgb >> 16, rgb >> 8 & 0xff, rgb & 0xff);
}

static void print_ansi(const Cells *c) {
    const Theme *t = &theme_dark;
    printf("\033[?25l\033[2J");
    for (int y = 0; y < c->rows; y++) {
        printf("\033[%d;1H", y + 1);
        for (int x = 0; x < c->cols; x++) {
            const ScreenCell *k = &c->at[y * c->cols + x];
            Cells one;
            Text rune = { 0 };
            printf("\033[0%s", k->bold ? ";1" : "");
            print_color(38, k->ground >= GROUND_OK ? t->badge_text
                                                   : t->style[k->style]);
            if (k->ground)
                print_color(48, t->ground[k->ground]);
            cells_init(&one, 1, 1);
            cells_rune(&one, 0, 0, STYLE_TEXT, k->rune);
            cells_print(&one, &rune);
            printf("m%s", rune.length > 1 ? "" : " ");
            printf("%.*s", (int)rune.length - 1, rune.bytes);
            text_close(&rune);
            cells_close(&one);
        }
    }
    fflush(stdout);
}

static int show_case(const char *name) {
    for (size_t i = 0; i < CASES; i++) {
        if (strcmp(cases[i].name, name) != 0)
            continue;
        Case k = cases[i];
        Cells c;
        const char *size = getenv("ONRUSH_SIZE");
        if (size)
            sscanf(size, "%dx%d", &k.cols, &k.rows);
        case_draw(&k, &c);
        print_ansi(&c);
        cells_close(&c);
        return 0;
    }
    fprintf(stderr, "there is no screen '%s'\n", name);
    return 1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(screens_are_as_reviewed),
        cmocka_unit_test(ascii_screens_are_ascii),
        cmocka_unit_test(who_drives_is_always_seen),
        cmocka_unit_test(too_small_is_said),
        cmocka_unit_test(no_data_is_no_curve),
        cmocka_unit_test(any_size_in_any_state),
        cmocka_unit_test(failures_stand_in_columns),
        cmocka_unit_test(response_times_show_where_they_differ),
        cmocka_unit_test(recovery_says_how_it_stands),
        cmocka_unit_test(brief_counts_fit),
        cmocka_unit_test(an_hour_in_a_frame),
    };
    const char *show = getenv("ONRUSH_ANSI");
    if (show)
        return show_case(show);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
