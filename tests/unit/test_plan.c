/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <malloc.h>

#include "base/clock.h"
#include "plan/edit.h"
#include "plan/stage_text.h"

#define S NS_PER_S
#define MS NS_PER_MS

static Plan make(const char *stages) {
    Plan p;
    Err err;
    plan_init(&p, PLAN_VUS, 0);
    if (stages_read(&p, stages, &err) < 0)
        fail_msg("%s: %d: %s", stages, err.column, err.text);
    return p;
}

static void ok(int rc, const Err *err) {
    if (rc < 0)
        fail_msg("%s", err->text);
}

static void level_is_a_function_of_time(void **state) {
    (void)state;
    static const struct {
        const char *stages;
        uint64_t t;
        double want;
    } cases[] = {
        { "10s to 100", 0, 0 },
        { "10s to 100", 5 * S, 50 },
        { "10s to 100", 10 * S, 100 },
        { "10s to 100", 99 * S, 100 },
        { "10s to 100, 5s", 12 * S, 100 },
        { "10s to 100, 5s, 10s to 0", 20 * S, 50 },
        { "10s at 40", 0, 40 },
        { "10s at 40, 10s to 80", 15 * S, 60 },
        { "0s to 30, 10s", 0, 30 },
        { "10s to 100 smooth", 5 * S, 50 },
        { "10s to 100 smooth", 2500 * MS, 14.6447 },
        { "10s to 100 step 5", 0, 20 },
        { "10s to 100 step 5", 1999 * MS, 20 },
        { "10s to 100 step 5", 2 * S, 40 },
        { "10s to 100 step 5", 9 * S, 100 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Plan p = make(cases[i].stages);
        assert_near(plan_level_at(&p, cases[i].t), cases[i].want, 1e-3);
        plan_close(&p);
    }
}

static void vus_round_as_k6_does(void **state) {
    (void)state;
    assert_int_equal(plan_vus(0, false), 0);
    assert_int_equal(plan_vus(0.99, false), 0);
    assert_int_equal(plan_vus(0.99, true), 1);
    assert_int_equal(plan_vus(1, false), 1);
    assert_int_equal(plan_vus(1, true), 1);
    assert_int_equal(plan_vus(99.99999999, false), 100);
    assert_int_equal(plan_vus(100.00000001, true), 100);
    assert_int_equal(plan_vus(-3, true), 0);
}

static void segments_follow_the_level(void **state) {
    (void)state;
    Plan p = make("10s to 100 smooth, 10s to 50 step 4, 5s, 3s to 0");
    Segment g[512];
    size_t n = plan_segments(&p, 0, UINT64_MAX, g, 512);
    assert_true(n > 100 && n < 512);
    uint64_t at = 0;
    for (size_t i = 0; i < n; i++) {
        assert_true(g[i].start_ns == at);
        assert_true(g[i].end_ns > at);
        for (int k = 0; k < 8; k++) {
            uint64_t t = at + (g[i].end_ns - at) * (uint64_t)k / 8;
            double share = (double)k / 8;
            assert_near(g[i].from + (g[i].to - g[i].from) * share,
                        plan_level_at(&p, t), 0.05);
        }
        at = g[i].end_ns;
    }
    assert_true(at == 28 * S);
    n = plan_segments(&p, 24 * S, 26 * S, g, 512);
    assert_int_equal(n, 2);
    assert_true(g[0].start_ns == 24 * S && g[0].end_ns == 25 * S);
    plan_close(&p);
}

static void bad_stages_say_where(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int column;
        const char *says;
    } cases[] = {
        { "", 1, "missing" },
        { "2x to 5", 2, "not a unit of time" },
        { "10 to 5", 3, "no unit" },
        { "2m two 5", 4, "'two' is not expected" },
        { "2m to", 4, "level is missing" },
        { "2m to -5", 7, "cannot be negative" },
        { "2m to 5.5", 7, "come whole" },
        { "2m to 5 bumpy", 9, "not a ramp" },
        { "2m to 5 step", 9, "number of steps" },
        { "2m to 5 step 0", 14, "number of steps" },
        { "2m at 5 smooth", 9, "has no ramp" },
        { "1m to 5, 2q", 11, "not a unit of time" },
        { "1m to 5, 1m to 5/s", 16, "virtual users, not arrivals: write 5" },
        { "1m to 5/s, 1m to 5", 18, "arrivals, not virtual users: write 5/s" },
        { "1m to 5, 1m to 0/s", 16, "virtual users" },
        { "1m at 0/s, 1m to 2", 18, "arrivals" },
        { "400d to 5", 1, "longer than 365d" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Plan p;
        Err err = { 0 };
        plan_init(&p, PLAN_VUS, 0);
        assert_int_equal(stages_read(&p, cases[i].text, &err), -1);
        if (err.column != cases[i].column || !strstr(err.text, cases[i].says))
            fail_msg("'%s' gave %d: %s", cases[i].text, err.column, err.text);
        plan_close(&p);
    }
}

static void the_wheel_stops_the_plans_clock(void **state) {
    (void)state;
    Plan p = make("10s to 100, 10s to 0");
    Err err;
    ok(plan_take(&p, 4 * S, 70, 0, &err), &err);
    assert_true(plan_is_hand(&p));
    plan_advance(&p, 34 * S);
    assert_near(plan_level_at(&p, 20 * S), 70, 0);
    assert_near(plan_level_at(&p, 34 * S), 70, 0);
    assert_true(plan_is_hand(&p));
    assert_true(plan_total_ns(&p) == 50 * S);
    /* 6 s remained of the first stage, which led to 100 */
    ok(plan_give_back(&p, 34 * S, &err), &err);
    assert_false(plan_is_hand(&p));
    assert_near(plan_level_at(&p, 34 * S), 70, 1e-9);
    assert_near(plan_level_at(&p, 37 * S), 85, 1e-9);
    assert_near(plan_level_at(&p, 40 * S), 100, 1e-9);
    assert_near(plan_level_at(&p, 45 * S), 50, 1e-9);
    assert_true(plan_total_ns(&p) == 50 * S);
    assert_int_equal(plan_give_back(&p, 35 * S, &err), -1);
    plan_close(&p);
}

static void a_taken_level_may_be_ramped(void **state) {
    (void)state;
    Plan p = make("10s to 100, 10s to 0");
    Err err;
    ok(plan_take(&p, 5 * S, 150, 10 * S, &err), &err);
    assert_near(plan_level_at(&p, 10 * S), 100, 1e-9);
    plan_advance(&p, 30 * S);
    assert_near(plan_level_at(&p, 30 * S), 150, 1e-9);
    ok(plan_take(&p, 30 * S, 20, 0, &err), &err);
    assert_near(plan_level_at(&p, 30 * S), 20, 1e-9);
    assert_near(plan_level_at(&p, 29 * S), 150, 1e-9);
    plan_close(&p);
}

static void a_spike_is_inserted_and_the_rest_moves(void **state) {
    (void)state;
    Plan p = make("10s to 100, 10s to 0");
    Err err;
    ok(plan_spike(&p, 4 * S, 500, 3 * S, &err), &err);
    assert_near(plan_level_at(&p, 3999 * MS), 39.99, 1e-6);
    assert_near(plan_level_at(&p, 4 * S), 500, 0);
    assert_near(plan_level_at(&p, 6999 * MS), 500, 0);
    assert_near(plan_level_at(&p, 7 * S), 40, 1e-9);
    assert_near(plan_level_at(&p, 13 * S), 100, 1e-9);
    assert_true(plan_total_ns(&p) == 23 * S);
    plan_close(&p);
}

static void next_back_and_stretch(void **state) {
    (void)state;
    Plan p = make("10s to 100, 10s to 0");
    Err err;
    ok(plan_next(&p, 5 * S, &err), &err);
    assert_near(plan_level_at(&p, 5 * S), 50, 1e-9);
    assert_near(plan_level_at(&p, 10 * S), 25, 1e-9);
    ok(plan_back(&p, 10 * S, &err), &err);
    assert_near(plan_level_at(&p, 10 * S), 50, 1e-9);
    assert_near(plan_level_at(&p, 20 * S), 0, 1e-9);
    ok(plan_stretch(&p, 15 * S, 5 * (int64_t)S, &err), &err);
    assert_near(plan_level_at(&p, 15 * S), 25, 1e-9);
    assert_near(plan_level_at(&p, 20 * S), 12.5, 1e-9);
    assert_true(plan_total_ns(&p) == 25 * S);
    ok(plan_stretch(&p, 20 * S, -60 * (int64_t)S, &err), &err);
    assert_true(plan_is_over(&p));
    assert_int_equal(plan_next(&p, 21 * S, &err), -1);
    plan_close(&p);
}

/* What the table says of the rest of an interrupted stage is what may be
 * typed there. */
static void a_length_is_of_the_row_that_is_seen(void **state) {
    (void)state;
    for (int by_hand = 0; by_hand < 2; by_hand++) {
        Plan p = make("60s at 10");
        Err err;
        PlanRow rows[8];
        plan_advance(&p, 3 * S);
        if (by_hand) {
            ok(plan_take(&p, 3 * S, 50, 0, &err), &err);
            plan_advance(&p, 7 * S);
            ok(plan_give_back(&p, 7 * S, &err), &err);
        } else {
            ok(plan_spike(&p, 3 * S, 50, 4 * S, &err), &err);
        }
        plan_advance(&p, 12 * S);
        size_t last = plan_rows(&p, rows, 8) - 1;
        assert_int_equal(rows[last].began_ns, 7 * S);
        uint32_t row = rows[last].row;
        ok(plan_set_length(&p, 12 * S, row, 9 * S, &err), &err);
        last = plan_rows(&p, rows, 8) - 1;
        assert_int_equal(rows[last].length_ns, 9 * S);
        assert_int_equal(plan_total_ns(&p), 16 * S);
        plan_close(&p);
    }
}

static void the_stage_editor(void **state) {
    (void)state;
    Plan p = make("10s to 100, 10s, 10s to 0");
    Err err;
    PlanRow rows[16];
    plan_advance(&p, 5 * S);
    assert_int_equal(plan_rows(&p, rows, 16), 3);
    uint32_t first = rows[0].row, hold = rows[1].row, cool = rows[2].row;
    Stage s = { .form = STAGE_RAMP, .level = 300, .length_ns = 5 * S };
    snprintf(s.name, sizeof s.name, "second");
    uint32_t row;
    ok(plan_insert(&p, 5 * S, hold, &s, &row, &err), &err);
    assert_near(plan_level_at(&p, 25 * S), 300, 1e-9);
    assert_near(plan_level_at(&p, 30 * S), 150, 1e-9);
    ok(plan_move(&p, 5 * S, row, +1, &err), &err);
    assert_near(plan_level_at(&p, 30 * S), 0, 1e-9);
    assert_near(plan_level_at(&p, 35 * S), 300, 1e-9);
    assert_int_equal(plan_move(&p, 5 * S, row, +1, &err), -1);
    ok(plan_move(&p, 5 * S, cool, -1, &err), &err);
    assert_int_equal(plan_move(&p, 5 * S, cool, -1, &err), -1);
    ok(plan_set_level(&p, 5 * S, first, 20, &err), &err);
    assert_near(plan_level_at(&p, 5 * S), 50, 1e-9);
    assert_near(plan_level_at(&p, 10 * S), 20, 1e-9);
    ok(plan_set_length(&p, 6 * S, first, 8 * S, &err), &err);
    assert_near(plan_level_at(&p, 8 * S), 20, 1e-9);
    ok(plan_delete(&p, 6 * S, row, &err), &err);
    assert_int_equal(plan_delete(&p, 6 * S, first, &err), -1);
    assert_int_equal(plan_delete(&p, 6 * S, 999, &err), -1);
    ok(plan_rename(&p, 6 * S, cool, "ice", &err), &err);
    plan_advance(&p, 9 * S);
    assert_int_equal(plan_set_length(&p, 9 * S, first, S, &err), -1);
    assert_non_null(strstr(err.text, "past"));
    Text t = { 0 };
    plan_print(&p, UINT64_MAX, &t);
    assert_string_equal(t.bytes, "stage-1 = 5s to 50\n"
                                 "stage-1-2 = 1s to 44\n"
                                 "stage-1-3 = 2s to 20\n"
                                 "ice = 10s to 0\n"
                                 "stage-2 = 10s\n");
    text_close(&t);
    plan_close(&p);
}

/* An operator, or a program, may steer for days: what can be taken back is
 * the last steps, and not the whole past once for each of them. */
static void a_long_steered_run_is_kept_once(void **state) {
    (void)state;
    Plan p = make("1h to 100");
    Err err;
    size_t before = mallinfo2().uordblks;
    for (uint64_t k = 1; k <= 1000; k++)
        ok(plan_take(&p, k * S, (double)(k % 7), 0, &err), &err);
    size_t took = mallinfo2().uordblks - before;
    assert_in_range(p.count, 1000, 2000);
    assert_true(took < 3 * p.cap * sizeof(Stage));
    uint64_t now = 1000 * S;
    for (uint64_t k = 1000; k > 900; k--) {
        plan_advance(&p, now += S);
        assert_near(plan_level_at(&p, now), (double)(k % 7), 0);
        ok(plan_undo(&p, now, &err), &err);
    }
    assert_int_equal(plan_undo(&p, now, &err), -1);
    plan_close(&p);
}

static void undo_adds_no_more_than_a_plan_has(void **state) {
    (void)state;
    Plan p = make("10h to 100");
    Err err;
    Stage more = { .form = STAGE_JUMP, .level = 7, .length_ns = S };
    snprintf(more.name, sizeof more.name, "more");
    uint64_t k = 1;
    while (plan_insert(&p, k * S, 0, &more, NULL, &err) == 0)
        k++;
    assert_string_equal(err.text, "a plan has at most 4096 pieces");
    bool is_undo = true;
    for (uint64_t end = k + 2000; k < end; k++, is_undo = !is_undo) {
        size_t was = p.count;
        int rc = (is_undo ? plan_undo : plan_redo)(&p, k * S, &err);
        assert_in_range(p.count, 1, PLAN_STAGES_MAX);
        if (rc < 0) {
            assert_string_equal(err.text, "a plan has at most 4096 pieces");
            assert_int_equal(p.count, was);
            break;
        }
    }
    plan_close(&p);
}

/* The wheel is taken in the middle of spikes, again and again. */
static void spikes_under_the_hand_do_not_pile_up(void **state) {
    (void)state;
    Plan p = make("10h at 100, 1h at 10");
    Err err;
    uint64_t now = 0;
    for (int k = 0; k < 50; k++) {
        ok(plan_take(&p, now += S, 50 + k, 0, &err), &err);
        ok(plan_spike(&p, now += S, 500, 10 * S, &err), &err);
        ok(plan_spike(&p, now += S, 600, 10 * S, &err), &err);
    }
    ok(plan_take(&p, now += S, 70, 0, &err), &err);
    assert_in_range(p.count - p.current, 3, 4);
    ok(plan_give_back(&p, now += S, &err), &err);
    assert_false(plan_is_hand(&p));
    assert_string_equal(p.stages[p.current].name, "stage-1");
    assert_near(plan_level_at(&p, now), 70, 0);
    ok(plan_undo(&p, now += S, &err), &err);
    ok(plan_undo(&p, now += S, &err), &err);
    assert_near(plan_level_at(&p, now), 600, 0);
    plan_close(&p);
}

/* Each name once, and none longer than can be read. */
static void printed_names_can_be_read(void **state) {
    (void)state;
    static const char *const names[] = {
        "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijk", /* 47 bytes */
        "abcdefghijklmnopqrstuvwxyz0123456789abcdefghi.2", "hold", "hold.2",
        "hold-2", "hold.2-2",
        ("\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"
         "\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"),
    };
    Plan p;
    Err err;
    plan_init(&p, PLAN_VUS, 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Stage s = { .form = STAGE_RAMP,
                    .shape = RAMP_SMOOTH,
                    .level = 50 + (double)i,
                    .length_ns = 20 * S };
        ok(stage_read_name(&s, names[i], &err), &err);
        plan_append(&p, &s);
    }
    for (uint64_t k = 2; k < 140; k += 3)
        ok(plan_spike(&p, k * S, 90, S, &err), &err);
    Text t = { 0 };
    plan_print(&p, UINT64_MAX, &t);
    const char *seen[4000];
    size_t count = 0;
    char *save = NULL;
    for (char *line = strtok_r(t.bytes, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save)) {
        Stage s;
        char *end = strstr(line, " = ");
        *end = '\0';
        ok(stage_read_name(&s, line, &err), &err);
        for (size_t k = 0; k < count; k++)
            assert_string_not_equal(seen[k], line);
        seen[count++] = line;
    }
    assert_true(count > 200);
    text_close(&t);
    plan_close(&p);
}

/* As plan_print's lines are read: by another plan. */
static Plan reread(const Plan *p, size_t *lines) {
    Text t = { 0 }, stages = { 0 };
    plan_print(p, UINT64_MAX, &t);
    *lines = 0;
    char *save = NULL;
    for (char *line = strtok_r(t.bytes, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save), (*lines)++)
        text_addf(&stages, "%s%s", stages.length ? ", " : "",
                  strstr(line, "= ") + 2);
    Plan again = make(stages.bytes);
    text_close(&t);
    text_close(&stages);
    return again;
}

static int steer(Plan *p, uint64_t k, uint64_t now_ns, Err *err) {
    double level = (double)(k * 7919 % 1000);
    switch (k % 9) {
    case 3:
        return plan_spike(p, now_ns, level + 500, 1500 * MS, err);
    case 5:
        return plan_take(p, now_ns, level, 5 * S, err);
    case 6:
        return plan_is_hand(p) ? plan_give_back(p, now_ns, err) : 0;
    case 7:
        return plan_undo(p, now_ns, err);
    default:
        return plan_take(p, now_ns, level, 0, err);
    }
}

/* Each second for a day: nothing is refused, what was planned until now stays
 * what it was, and the whole can be read again. */
static void a_day_of_steering(void **state) {
    (void)state;
    Plan p = make("30h to 1000/s smooth, 1h at 10/s");
    Err err;
    size_t most = 0, before = mallinfo2().uordblks;
    double area = 0;
    for (uint64_t k = 1; k <= 86400; k++) {
        plan_advance(&p, k * S);
        double all = k % 97 ? 0 : plan_area(&p, k * S);
        ok(steer(&p, k, k * S, &err), &err);
        if (all > 0) {
            assert_near(plan_area(&p, k * S), all, all * 1e-9);
            assert_true(all >= area);
            area = all;
        }
        most = p.count > most ? p.count : most;
    }
    assert_in_range(most, 2000, PLAN_STAGES_PLENTY + 10);
    assert_true(mallinfo2().uordblks - before <
                3 * PLAN_STAGES_MAX * sizeof(Stage));
    ok(plan_finish(&p, 86400 * S + S, &err), &err);
    assert_true(plan_total_ns(&p) == 86401 * S);
    size_t lines;
    Plan again = reread(&p, &lines);
    assert_in_range(lines, 1000, PLAN_PRINTED_MAX);
    assert_near((double)plan_total_ns(&again), 86401e9, 1e7);
    double was = plan_area(&p, UINT64_MAX), is = plan_area(&again, UINT64_MAX);
    assert_near(is, was, was * 1e-3);
    plan_close(&again);
    plan_close(&p);
}

/* What does not matter goes first: a spike among levels that hardly differ
 * stays, and where a stage that goes on began. */
static void thinning_keeps_what_matters(void **state) {
    (void)state;
    Plan p = make("1h at 5, 9h to 100");
    Err err;
    for (uint64_t k = 1; k <= 4000; k++)
        ok(k == 1000 ? plan_spike(&p, k * S, 900, S, &err)
                     : plan_stretch(&p, k * S, k % 2 ? 1 : -1, &err),
           &err);
    assert_in_range(p.count, 1500, PLAN_STAGES_PLENTY);
    assert_near(plan_level_at(&p, 1000 * S + S / 2), 900, 0);
    assert_near(plan_level_at(&p, 999 * S + S / 2), 5, 0);
    assert_near(plan_level_at(&p, 3590 * S), 5, 0);
    double level = plan_level_at(&p, 4000 * S);
    assert_true(level > 5 && level < 10);
    ok(plan_back(&p, 4001 * S, &err), &err);
    assert_near(plan_level_at(&p, 4001 * S), 5, 0.1);
    assert_near((double)p.stages[p.current].length_ns, 9.0 * 3600e9, 1e3);
    plan_close(&p);
}

static void undo_gives_the_future_back(void **state) {
    (void)state;
    Plan p = make("10s to 100, 10s to 0");
    Err err;
    ok(plan_spike(&p, 4 * S, 500, 3 * S, &err), &err);
    /* during the spike: back to where it interrupted */
    ok(plan_undo(&p, 5 * S, &err), &err);
    assert_near(plan_level_at(&p, 4500 * MS), 500, 0);
    assert_near(plan_level_at(&p, 5 * S), 40, 1e-9);
    assert_near(plan_level_at(&p, 11 * S), 100, 1e-9);
    assert_true(plan_total_ns(&p) == 21 * S);
    ok(plan_redo(&p, 6 * S, &err), &err);
    assert_int_equal(plan_redo(&p, 6 * S, &err), -1);
    plan_close(&p);

    /* an edit of the future, undone later, does not turn time back */
    p = make("10s to 100, 10s to 0");
    Stage s = { .form = STAGE_RAMP, .level = 300, .length_ns = 5 * S };
    ok(plan_insert(&p, 2 * S, 0, &s, NULL, &err), &err);
    assert_near(plan_level_at(&p, 15 * S), 300, 1e-9);
    ok(plan_undo(&p, 7 * S, &err), &err);
    assert_near(plan_level_at(&p, 8 * S), 80, 1e-9);
    assert_near(plan_level_at(&p, 15 * S), 50, 1e-9);
    ok(plan_redo(&p, 8 * S, &err), &err);
    assert_near(plan_level_at(&p, 15 * S), 300, 1e-9);
    assert_true(plan_total_ns(&p) == 25 * S);
    ok(plan_undo(&p, 9 * S, &err), &err);
    assert_int_equal(plan_undo(&p, 9 * S, &err), -1);

    /* taking the wheel, undone: the plan goes on where it was left */
    ok(plan_take(&p, 9 * S, 5, 0, &err), &err);
    ok(plan_undo(&p, 19 * S, &err), &err);
    assert_false(plan_is_hand(&p));
    assert_near(plan_level_at(&p, 19 * S), 90, 1e-9);
    assert_near(plan_level_at(&p, 20 * S), 100, 1e-9);
    plan_close(&p);
}

static void redo_does_it_again(void **state) {
    (void)state;
    Plan p = make("10s to 100, 10s to 0");
    Err err;
    ok(plan_take(&p, 4 * S, 70, 0, &err), &err);
    ok(plan_undo(&p, 4 * S, &err), &err);
    assert_near(plan_level_at(&p, 5 * S), 50, 1e-9);
    ok(plan_redo(&p, 4 * S, &err), &err);
    assert_true(plan_is_hand(&p));
    assert_near(plan_level_at(&p, 4 * S), 70, 0);
    plan_close(&p);

    p = make("10s to 100, 10s to 0");
    ok(plan_spike(&p, 4 * S, 500, 3 * S, &err), &err);
    ok(plan_undo(&p, 5 * S, &err), &err);
    ok(plan_redo(&p, 6 * S, &err), &err);
    /* two of its three seconds are left */
    assert_near(plan_level_at(&p, 7 * S), 500, 0);
    assert_near(plan_level_at(&p, 8 * S), 40, 1e-9);
    plan_close(&p);
}

static void undo_comes_back_from_the_next_stage(void **state) {
    (void)state;
    Plan p = make("10s to 100, 10s to 0");
    Err err;
    ok(plan_next(&p, 4 * S, &err), &err);
    assert_near(plan_level_at(&p, 9 * S), 20, 1e-9);
    ok(plan_undo(&p, 6 * S, &err), &err);
    assert_near(plan_level_at(&p, 6 * S), 40, 1e-9);
    assert_near(plan_level_at(&p, 12 * S), 100, 1e-9);
    ok(plan_redo(&p, 7 * S, &err), &err);
    assert_near(plan_level_at(&p, 7 * S), 32, 1e-9);
    plan_close(&p);

    p = make("10s to 100, 10s to 0");
    ok(plan_take(&p, 4 * S, 70, 0, &err), &err);
    ok(plan_next(&p, 5 * S, &err), &err);
    assert_false(plan_is_hand(&p));
    ok(plan_undo(&p, 6 * S, &err), &err);
    assert_true(plan_is_hand(&p));
    assert_near(plan_level_at(&p, 6 * S), 70, 0);
    plan_close(&p);
}

static void several_edits_are_one_step(void **state) {
    (void)state;
    Plan p = make("10s to 100, 10s to 0");
    Err err;
    Stage s = { .form = STAGE_RAMP, .level = 300, .length_ns = 5 * S };
    plan_edit_begin(&p, 2 * S);
    ok(plan_insert(&p, 2 * S, 0, &s, NULL, &err), &err);
    ok(plan_insert(&p, 2 * S, 0, &s, NULL, &err), &err);
    plan_edit_end(&p);
    assert_true(plan_total_ns(&p) == 30 * S);
    ok(plan_undo(&p, 3 * S, &err), &err);
    assert_true(plan_total_ns(&p) == 20 * S);
    plan_edit_begin(&p, 3 * S);
    ok(plan_insert(&p, 3 * S, 0, &s, NULL, &err), &err);
    plan_edit_abort(&p);
    assert_true(plan_total_ns(&p) == 20 * S);
    plan_close(&p);
}

/* What was between the end and the undo is part of the past. */
static void undo_brings_a_plan_back_that_was_over(void **state) {
    (void)state;
    Plan p = make("10s to 100, 10s to 0");
    Err err;
    ok(plan_next(&p, 5 * S, &err), &err);
    ok(plan_next(&p, 6 * S, &err), &err);
    assert_true(plan_is_over(&p));
    ok(plan_undo(&p, 9 * S, &err), &err);
    assert_false(plan_is_over(&p));
    assert_near(plan_level_at(&p, 5 * S + S / 2), 47.5, 1e-9);
    assert_near(plan_level_at(&p, 8 * S), 0, 1e-9);
    assert_near(plan_level_at(&p, 9 * S), 45, 1e-9);
    assert_true(plan_total_ns(&p) == 18 * S);
    Text t = { 0 };
    plan_print(&p, UINT64_MAX, &t);
    assert_string_equal(t.bytes, "stage-1 = 5s to 50\n"
                                 "stage-2 = 1s to 45\n"
                                 "over = 3s at 0\n"
                                 "stage-2.2 = 0s at 45\n"
                                 "stage-2.2-2 = 9s to 0\n");
    text_close(&t);
    plan_close(&p);
}

/* What was executed prints as stages that make the same course. */
static void executed_plan_replays(void **state) {
    (void)state;
    Plan p = make("10s to 100 smooth, 10s, 10s to 20 step 4, 10s to 0");
    Err err;
    ok(plan_spike(&p, 5 * S, 400, 3 * S, &err), &err);
    ok(plan_take(&p, 12 * S, 60, 4 * S, &err), &err);
    ok(plan_take(&p, 20 * S, 90, 0, &err), &err);
    ok(plan_give_back(&p, 25 * S, &err), &err);
    ok(plan_stretch(&p, 26 * S, 4 * (int64_t)S, &err), &err);
    ok(plan_spike(&p, 41 * S, 222, 2 * S, &err), &err);
    plan_advance(&p, 90 * S);
    assert_true(plan_is_over(&p));
    Text t = { 0 }, stages = { 0 };
    plan_print(&p, UINT64_MAX, &t);
    for (char *line = strtok(t.bytes, "\n"); line; line = strtok(NULL, "\n"))
        text_addf(&stages, "%s%s", stages.length ? ", " : "",
                  strstr(line, "= ") + 2);
    Plan again = make(stages.bytes);
    double worst = 0;
    for (uint64_t at = 0; at < plan_total_ns(&p); at += 50 * MS)
        worst = fmax(worst,
                     fabs(plan_level_at(&p, at) - plan_level_at(&again, at)));
    assert_near(worst, 0, 1.0);
    assert_near((double)plan_total_ns(&again), (double)plan_total_ns(&p), 1e7);
    text_close(&t);
    text_close(&stages);
    plan_close(&p);
    plan_close(&again);
}

static void stages_print_as_they_are_read(void **state) {
    (void)state;
    static const char *const texts[] = { "2m to 100", "1h30m at 5", "30s",
                                         "2m to 100 smooth",
                                         "500ms to 7 step 3" };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Stage s = { 0 };
        LevelUnit unit = { 0 };
        Err err;
        ok(stage_read(&s, texts[i], &unit, &err), &err);
        Text t = { 0 };
        stage_print(&s, PLAN_VUS, &t);
        assert_string_equal(t.bytes, texts[i]);
        text_close(&t);
    }
}

/* 0 is nothing of either; a bare number may be of the known unit. */
static void levels_agree_on_a_unit(void **state) {
    (void)state;
    Plan p = make("10s, 10s to 90/m, 10s to 0");
    assert_int_equal(p.unit, PLAN_RATE);
    assert_near(plan_level_at(&p, 20 * S), 1.5, 1e-12);
    plan_close(&p);
    p = make("10s at 0, 10s to 5, 10s to 0");
    assert_int_equal(p.unit, PLAN_VUS);
    plan_close(&p);

    assert_near(level_tidy(2.4, PLAN_VUS), 2, 0);
    assert_near(level_tidy(100.0 / 3, PLAN_RATE), 33.3333, 0);
    assert_near(level_tidy(1234567.8, PLAN_RATE), 1234570, 0);
    assert_near(level_tidy(1.0 / 3600, PLAN_RATE), 0.000277778, 0);
    assert_near(level_tidy(-0.1 - 0.2, PLAN_RATE), -0.3, 0);
    assert_near(level_tidy(0, PLAN_RATE), 0, 0);

    LevelUnit unit = { .is_known = true, .is_rate = true, .takes_bare = true };
    double level;
    Err err;
    ok(level_read(&unit, "2.5", &level, &err), &err);
    assert_near(level, 2.5, 0);
    ok(level_read(&unit, "3/h", &level, &err), &err);
    assert_near(level, 3.0 / 3600, 1e-15);
    unit.takes_bare = false;
    assert_int_equal(level_read(&unit, "2", &level, &err), -1);
    ok(level_read(&unit, "0", &level, &err), &err);
    assert_near(level, 0, 0);
}

static void a_mean_is_of_what_was(void **state) {
    (void)state;
    Plan p = make("10s to 100/s, 10s at 20/s");
    assert_near(plan_mean(&p, 10 * S, 10), 50, 1e-9);
    assert_near(plan_mean(&p, 10 * S, 2), 90, 1e-9);
    assert_near(plan_mean(&p, 15 * S, 10), (75 * 5 + 20 * 5) / 10.0, 1e-9);
    assert_near(plan_mean(&p, 4 * S, 10), 20, 1e-9);
    assert_near(plan_mean(&p, 4 * S, 0), 40, 1e-9);
    assert_near(plan_mean(&p, 4 * S, NAN), 40, 1e-9);
    assert_near(plan_mean(&p, 0, 10), 0, 1e-9);
    plan_close(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(level_is_a_function_of_time),
        cmocka_unit_test(vus_round_as_k6_does),
        cmocka_unit_test(segments_follow_the_level),
        cmocka_unit_test(bad_stages_say_where),
        cmocka_unit_test(levels_agree_on_a_unit),
        cmocka_unit_test(a_mean_is_of_what_was),
        cmocka_unit_test(the_wheel_stops_the_plans_clock),
        cmocka_unit_test(a_taken_level_may_be_ramped),
        cmocka_unit_test(a_spike_is_inserted_and_the_rest_moves),
        cmocka_unit_test(next_back_and_stretch),
        cmocka_unit_test(a_length_is_of_the_row_that_is_seen),
        cmocka_unit_test(the_stage_editor),
        cmocka_unit_test(undo_gives_the_future_back),
        cmocka_unit_test(a_long_steered_run_is_kept_once),
        cmocka_unit_test(undo_adds_no_more_than_a_plan_has),
        cmocka_unit_test(spikes_under_the_hand_do_not_pile_up),
        cmocka_unit_test(printed_names_can_be_read),
        cmocka_unit_test(a_day_of_steering),
        cmocka_unit_test(thinning_keeps_what_matters),
        cmocka_unit_test(redo_does_it_again),
        cmocka_unit_test(undo_comes_back_from_the_next_stage),
        cmocka_unit_test(several_edits_are_one_step),
        cmocka_unit_test(undo_brings_a_plan_back_that_was_over),
        cmocka_unit_test(executed_plan_replays),
        cmocka_unit_test(stages_print_as_they_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
