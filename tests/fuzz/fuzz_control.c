/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands, one a line, in front of each a byte that says how much later it
 * is given. Whatever is refused changes nothing and says why; whatever is
 * done can be undone and done again; the plan stays one. */
#include <math.h>

#include "base/clock.h"
#include "clean.h"
#include "control/wheel.h"
#include "plan/stage_text.h"
#include "profile/plans.h"
#include "profile/profile.h"

unsigned fuzz_rounds = 2500;

#define SAMPLES 24
#define COMMANDS_MAX 60

static const char profile_text[] =
    "[target]\nurl = http://127.0.0.1:8080\n"
    "[request home]\nGET = /\n[request order]\nGET = /o\n"
    "[request a]\nGET = /a\n[request b]\nGET = /b\n"
    "[scenario buyers]\nmix = home 60, order 30, (a b) 10\n"
    "think = 1s..3s\nstages = buying\n"
    "[scenario feed]\nflow = home\nstages = feeding\n"
    "[stages buying]\nup = 10s to 100\nhold = 20s\ndown = 10s at 20\n"
    "end = 10s to 0 smooth\n"
    "[stages feeding]\nup = 30s to 50/s step 5\nhold = 1m at 10/s\n"
    "[thresholds]\nhttp_req_duration = p(95) < 500, max < 2s\n"
    "http_req_failed = rate < 1%\n";

/* --- what a run is about to be ------------------------------------------ */

typedef struct Future {
    double level[2][SAMPLES];
    uint64_t total_ns[2];
    Text words; /* all else that commands change */
} Future;

static void see(const Wheel *w, uint64_t now_ns, Future *f) {
    must(w->plan_count == 2);
    *f = (Future){ .words = { 0 } };
    for (size_t i = 0; i < w->plan_count; i++) {
        const Plan *p = &w->plans[i];
        const Tuning *t = &w->tunings[i];
        /* Beyond its end nothing is asked of a plan. One that was over and is
         * edited has gone on until now; an undo leaves the past alone. */
        uint64_t end_ns = plan_total_ns(p);
        f->total_ns[i] = end_ns < now_ns ? now_ns : end_ns;
        for (size_t k = 0; k < SAMPLES; k++) {
            uint64_t at_ns = now_ns + k * k * 200 * NS_PER_MS;
            f->level[i][k] = at_ns < end_ns ? plan_level_at(p, at_ns) : 0;
        }
        for (size_t k = 0; k < t->count; k++)
            text_addf(&f->words, "%.17g ", t->values[k]);
        text_addf(&f->words, "%.17g %d\n", t->think, p->unit);
    }
    for (size_t i = 0; i < w->limits.now.count; i++)
        text_addf(&f->words, "%s\n", w->limits.now.items[i].text);
    text_addf(&f->words, "%d %d", w->paused, w->end);
}

static bool is_near(double a, double b) {
    return fabs(a - b) <= 1e-6 * (1 + fabs(a));
}

static void must_be_same(const Future *a, const Future *b) {
    for (size_t i = 0; i < 2; i++) {
        must(a->total_ns[i] == b->total_ns[i]);
        for (size_t k = 0; k < SAMPLES; k++)
            must(is_near(a->level[i][k], b->level[i][k]));
    }
    must(strcmp(a->words.bytes, b->words.bytes) == 0);
}

static void forget(Future *f) {
    text_close(&f->words);
}

/* --- what holds of every plan ------------------------------------------- */

static void look_at_course(const Plan *p, uint64_t now_ns) {
    Segment s[64];
    size_t n = plan_segments(p, now_ns, now_ns + NS_PER_MIN, s, 64);
    uint64_t at = now_ns;
    for (size_t i = 0; i < n; i++) {
        must(s[i].start_ns == at && s[i].end_ns >= at);
        must(s[i].from >= 0 && s[i].to >= 0);
        must(isfinite(s[i].from) && isfinite(s[i].to));
        at = s[i].end_ns;
    }
}

/* What is saved is read again. */
static void look_at_lines(const Plan *p) {
    Text lines = { 0 };
    plan_print(p, UINT64_MAX, &lines);
    char *at = lines.bytes;
    while (at && *at) {
        char *end = strchr(at, '\n');
        char *equals = strstr(at, " = ");
        must(end && equals && equals < end);
        *end = *equals = '\0';
        Stage s = { 0 };
        Err err = { 0 };
        LevelUnit unit = { .is_known = true, .is_rate = p->unit == PLAN_RATE };
        must(stage_read_name(&s, text_trim(at), &err) == 0);
        if (stage_read(&s, equals + 3, &unit, &err) < 0) {
            fprintf(stderr, "%s: %s\n", equals + 3, err.text);
            must(false && "read again");
        }
        at = end + 1;
    }
    text_close(&lines);
}

static void look(const Wheel *w, uint64_t now_ns) {
    double peak = wheel_peak(w), level = wheel_level_at(w, now_ns);
    must(isfinite(peak) && peak >= 1 && isfinite(level) && level >= 0);
    for (size_t i = 0; i < w->plan_count; i++) {
        const Plan *p = &w->plans[i];
        must(p->current <= p->count && p->count <= PLAN_STAGES_MAX);
        for (size_t k = 0; k < p->count; k++)
            must_be_clean(p->stages[k].name);
        look_at_course(p, now_ns);
        look_at_lines(p);
    }
    for (size_t i = 0; i < w->action_count; i++) {
        must_be_clean(w->actions[i].command);
        must_be_clean(w->actions[i].outcome);
    }
}

/* --- commands ----------------------------------------------------------- */

static void must_do(Wheel *w, uint64_t now_ns, const char *command) {
    Text answer = { 0 };
    Err err = { 0 };
    must(wheel_do(w, now_ns, command, &answer, &err) == 0);
    must(answer.length);
    text_close(&answer);
}

static bool moves_in_history(const char *command) {
    return strstr(command, "undo") || strstr(command, "redo");
}

/* An edit, which was just made: back, and forth again. */
static void there_and_back(Wheel *w, uint64_t now_ns, const Future *before,
                           const Future *after) {
    Future f;
    must_do(w, now_ns, "undo");
    see(w, now_ns, &f);
    must_be_same(before, &f);
    forget(&f);
    must_do(w, now_ns, "redo");
    see(w, now_ns, &f);
    must_be_same(after, &f);
    forget(&f);
}

static void command(Wheel *w, uint64_t now_ns, const char *text) {
    Text answer = { 0 };
    Err err = { 0 };
    Future before, after;
    wheel_advance(w, now_ns);
    see(w, now_ns, &before);
    uint32_t version = w->version;
    size_t steps = w->undo.count;
    bool is_done = wheel_do(w, now_ns, text, &answer, &err) == 0;
    see(w, now_ns, &after);
    if (is_done) {
        must(answer.length && w->version > version);
        must_be_clean(answer.bytes);
        if (w->undo.count == steps + 1 && !moves_in_history(text))
            there_and_back(w, now_ns, &before, &after);
    } else {
        must(*err.text && w->version == version && w->undo.count == steps);
        must_be_same(&before, &after);
    }
    forget(&before);
    forget(&after);
    text_close(&answer);
    look(w, now_ns);
}

static Profile *profile(void) {
    static Profile p;
    static bool is_read;
    Diags d;
    ProfileOptions none = { 0 };
    if (is_read)
        return &p;
    diags_init(&d, "fuzz");
    if (profile_read_text(&p, profile_text, strlen(profile_text), "fuzz.ini",
                          &none, &d) < 0)
        diags_print(&d, stderr);
    must(d.count == 0);
    diags_close(&d);
    is_read = true;
    return &p;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Input in = { data, size };
    Wheel w;
    uint64_t now_ns = 0;
    plans_to_wheel(profile(), &w);
    for (size_t i = 0; in.left && i < COMMANDS_MAX; i++) {
        uint8_t later = input_byte(&in);
        const uint8_t *end = in.left ? memchr(in.at, '\n', in.left) : NULL;
        size_t length;
        const uint8_t *line =
            input_bytes(&in, end ? (size_t)(end - in.at) : in.left, &length);
        input_byte(&in);
        char *text = fuzz_word(line, length);
        now_ns += later * 100 * NS_PER_MS;
        command(&w, now_ns, text);
        free(text);
    }
    wheel_close(&w);
    return 0;
}
