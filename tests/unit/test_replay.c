/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A load that was driven by hand, saved, makes the same level curve again. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/rng.h"
#include "plan/merge.h"
#include "profile/plans.h"

#define S NS_PER_S
#define MS NS_PER_MS
#define TAIL                                                        \
    "[target]\nurl = http://127.0.0.1:8080\n[request home]\nGET = /\n"
#define SEVERAL                                                     \
    TAIL "[scenario buyers]\nstages = buyers\n"                     \
         "[scenario feed]\nstages = feed\n"                         \
         "[scenario few]\nstages = few\nstart = 7s\n"               \
         "[stages buyers]\nup = 20s to 200\nhold = 20s\n"           \
         "wave = 20s to 50 smooth\ndown = 20s to 0\n"               \
         "[stages feed]\nup = 30s to 900/s step 4\nhold = 60s\n"    \
         "[stages few]\nup = 20s to 5\nhold = 60s\n"

static Profile profile_of(const char *text) {
    Profile p;
    Diags d;
    ProfileOptions none = { 0 };
    diags_init(&d, "x.ini");
    if (profile_read_text(&p, text, strlen(text), "x.ini", &none, &d) < 0)
        fail_msg("line %d: %s in\n%s", d.items[0].line, d.items[0].text, text);
    diags_close(&d);
    return p;
}

static size_t lines_of(const char *text) {
    size_t n = 0;
    for (; *text; text++)
        n += *text == '\n';
    return n;
}

static void fail_with(const char *text, const char *name, uint64_t t,
                      double is, double was) {
    fputs(text, stderr);
    fail_msg("%s at %.3f s: %g, was %g", name, (double)t / 1e9, is, was);
}

/* Within a hundredth of the peak, or half a VU, every tenth of a second. */
static void compare(const Plan *was, const Plan *is, uint64_t until_ns,
                    const char *name, const char *text) {
    double room = plan_peak(was) / 100;
    if (was->unit == PLAN_VUS)
        room = fmax(room, 0.5);
    for (uint64_t t = 50 * MS; t < until_ns; t += 100 * MS) {
        double a = plan_level_at(was, t), b = plan_level_at(is, t);
        if (fabs(a - b) <= room + 1e-6)
            continue;
        /* a jump may be a millisecond off */
        double c = plan_level_at(was, t - MS), d = plan_level_at(was, t + MS);
        if (fabs(b - c) > room + 1e-6 && fabs(b - d) > room + 1e-6)
            fail_with(text, name, t, b, a);
    }
}

/* The wheel, saved at now and read again; how many lines that has. */
static size_t replays(const Profile *p, const Wheel *w, uint64_t now) {
    Text t = { 0 };
    profile_print(p, w, now, &t);
    Profile again = profile_of(t.bytes);
    assert_int_equal(again.scenario_count, p->scenario_count);
    for (size_t i = 0; i < w->plan_count; i++) {
        const Plan *was = &w->plans[i], *is = &again.scenarios[i].plan;
        assert_int_equal(was->unit, is->unit);
        uint64_t end = plan_total_ns(was);
        compare(was, is, end < now ? end : now, w->names[i], t.bytes);
    }
    size_t lines = lines_of(t.bytes);
    profile_close(&again);
    text_close(&t);
    return lines;
}

static void the_past_adds_up(const Plan *p, const char *command) {
    uint64_t sum = 0;
    for (size_t i = 0; i < p->current; i++)
        sum += p->stages[i].length_ns;
    if (sum != p->began_ns)
        fail_msg("after '%s' the past is %g s of %g", command,
                 (double)sum / 1e9, (double)p->began_ns / 1e9);
}

static void act(Wheel *w, uint64_t now, const char *command) {
    Text answer = { 0 };
    Err err;
    wheel_do(w, now, command, &answer, &err); /* some cannot be done */
    for (size_t i = 0; i < w->plan_count; i++)
        the_past_adds_up(&w->plans[i], command);
    text_close(&answer);
}

static void ok(Wheel *w, uint64_t now, const char *command) {
    Text answer = { 0 };
    Err err;
    if (wheel_do(w, now, command, &answer, &err) < 0)
        fail_msg("%s: %s", command, err.text);
    text_close(&answer);
}

static void whatever_a_hand_did(void **state) {
    (void)state;
    static const char *const words[] = {
        "level +1%", "level +1%",  "level -1%",        "level +10%",
        "level -10%", "hold",      "go",               "next",
        "back",       "stretch",   "stretch -5s",      "level x2 in 3s",
        "undo",       "redo",      "pause",            "resume",
        "level 37",   "level 0",   "spike +50 2s",     "spike x3 700ms",
        "undo",       "mark x",    "stage level 4 70", "stage length 5 3s",
        "stage delete 5", "level 120 in 1500ms",
    };
    static const char *const names[] = { "buyers", "feed", "few" };
    Profile p = profile_of(SEVERAL);
    Rng r = { 2026 };
    for (int round = 0; round < 200; round++) {
        Wheel w;
        uint64_t now = 0, end;
        plans_to_wheel(&p, &w);
        int acts = 5 + (int)(rng_next(&r) % 60);
        for (int i = 0; i < acts; i++) {
            size_t n = rng_next(&r) % (sizeof words / sizeof *words);
            /* bursts as of a key that is held, and long looks */
            uint64_t gap = rng_next(&r) % 4 ? 30 * MS + rng_next(&r) % (90 * MS)
                                            : rng_next(&r) % (5 * S);
            int times = rng_next(&r) % 5 ? 1 : 12;
            char command[96];
            snprintf(command, sizeof command, "for %s %s",
                     names[rng_next(&r) % 3], words[n]);
            for (int k = 0; k < times; k++) {
                now += gap / (uint64_t)times;
                act(&w, now, n >= 12 && n < 16 ? words[n] : command);
            }
        }
        end = now + 10 * S;
        wheel_advance(&w, end);
        replays(&p, &w, end);
        wheel_close(&w);
    }
    profile_close(&p);
}

/* 200 times +, and 200 times -: a few lines, whatever the peak. */
static void a_key_held_down_is_a_ramp(void **state) {
    (void)state;
    static const char *const stages[] = { "hold = 300s at 100\n",
                                          "hold = 300s at 10\n",
                                          "hold = 300s at 2500\n",
                                          "hold = 300s at 40/s\n" };
    for (size_t i = 0; i < 4; i++) {
        char text[256];
        Wheel w;
        Rng r = { 7 + i };
        snprintf(text, sizeof text, TAIL "[stages]\n%s", stages[i]);
        Profile p = profile_of(text);
        uint64_t now = 5 * S;
        size_t before = 0;
        plans_to_wheel(&p, &w);
        wheel_advance(&w, now);
        before = replays(&p, &w, now);
        for (int k = 0; k < 400; k++) {
            now += 60 * MS + rng_next(&r) % (60 * MS);
            ok(&w, now, k < 200 ? "level +1%" : "level -1%");
        }
        ok(&w, now + 5 * S, "go");
        wheel_advance(&w, 300 * S);
        assert_true(w.plan->count > 400);
        size_t lines = replays(&p, &w, 300 * S);
        if (lines > before + 40)
            fail_msg("%s: %zu lines", stages[i], lines - before);
        wheel_close(&w);
        profile_close(&p);
    }
}

static void steps_that_are_too_high_stay(void **state) {
    (void)state;
    static const Segment in[] = {
        { 0, 2 * S, 10, 10 },
        { 2 * S, 2 * S + 100 * MS, 20, 20 },
        { 2 * S + 100 * MS, 2 * S + 200 * MS, 90, 90 },
        { 2 * S + 200 * MS, 2 * S + 300 * MS, 20, 20 },
        { 2 * S + 300 * MS, 5 * S, 21, 21 },
        { 5 * S, 9 * S, 21, 50 },
    };
    Segment out[18];
    assert_int_equal(merge_steps(in, 6, 0.9, out), 6);
    assert_memory_equal(in, out, sizeof in);
    /* 20, 90, 20: a line from the first to the last is too far from the
     * second, one to it is half a step off */
    assert_int_equal(merge_steps(in, 6, 36, out), 7);
    assert_true(out[2].from == 20 && out[2].to == 90);
    assert_true(out[3].from == 90 && out[3].to == 20);
    assert_int_equal(merge_steps(in, 0, 1, out), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_a_hand_did),
        cmocka_unit_test(a_key_held_down_is_a_ramp),
        cmocka_unit_test(steps_that_are_too_high_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
