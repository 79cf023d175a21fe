/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/stage_text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/units.h"
#include "plan/merge.h"
#include "plan/thin.h"

#define WORDS_MAX 6

typedef struct Word {
    char text[PLAN_NAME_MAX];
    int column;
} Word;

static int split_words(const char *text, Word *words, size_t *count, Err *err) {
    size_t n = 0;
    for (const char *s = text; *s;) {
        while (isspace((unsigned char)*s))
            s++;
        const char *begin = s;
        while (*s && !isspace((unsigned char)*s))
            s++;
        if (s == begin)
            break;
        int column = (int)(begin - text) + 1;
        if (n == WORDS_MAX)
            return err_at(err, column,
                          "a stage ends before '%.20s': DURATION to LEVEL",
                          begin);
        if ((size_t)(s - begin) >= sizeof words[n].text)
            return err_at(err, column, "'%.20s...' is too long", begin);
        snprintf(words[n].text, sizeof words[n].text, "%.*s", (int)(s - begin),
                 begin);
        words[n++].column = column;
    }
    *count = n;
    return 0;
}

/* Moves the column of an error inside a word to the whole text. */
static int shift(Err *err, const Word *w) {
    if (err)
        err->column = w->column + (err->column ? err->column - 1 : 0);
    return -1;
}

static int read_shape(Stage *s, const Word *w, size_t left, Err *err) {
    if (text_equal(w->text, "smooth") || text_equal(w->text, "linear")) {
        s->shape = w->text[0] == 's' ? RAMP_SMOOTH : RAMP_LINEAR;
        if (left > 1)
            return err_at(err, w[1].column, "'%s' is not expected after %s",
                          w[1].text, w->text);
        return 0;
    }
    if (!text_equal(w->text, "step"))
        return err_at(err, w->column,
                      "'%s' is not a ramp: linear, smooth or step N", w->text);
    char *end = NULL;
    long n = left > 1 ? strtol(w[1].text, &end, 10) : 0;
    if (left < 2 || *end || n < 1 || n > PLAN_STEPS_MAX)
        return err_at(err, left > 1 ? w[1].column : w->column,
                      "step needs a number of steps, 1 to %d: step 5",
                      PLAN_STEPS_MAX);
    if (left > 2)
        return err_at(err, w[2].column, "'%s' is not expected after step %ld",
                      w[2].text, n);
    s->shape = RAMP_STEP;
    s->steps = (int)n;
    return 0;
}

int level_read(LevelUnit *unit, const char *text, double *level, Err *err) {
    char whole[64];
    double v;
    bool rate = false;
    bool is_bare = !strchr(text, '/');
    if (is_bare && unit->takes_bare && unit->is_known && unit->is_rate &&
        strlen(text) < sizeof whole - 2) {
        snprintf(whole, sizeof whole, "%s/s", text);
        text = whole;
        is_bare = false;
    }
    if (units_read_level(text, &v, &rate, err) < 0)
        return -1;
    bool decides = v > 0 || !is_bare;
    if (decides && unit->is_known && rate != unit->is_rate)
        return err_at(err, 1,
                      rate ? "this plan counts virtual users, not arrivals: "
                             "write %.10g"
                           : "this plan counts arrivals, not virtual users: "
                             "write %.10g/s",
                      v);
    if (decides) {
        unit->is_known = true;
        unit->is_rate = rate;
    }
    *level = v;
    return 0;
}

double level_tidy(double level, PlanUnit unit) {
    if (unit == PLAN_VUS || level == 0 || !isfinite(level))
        return round(level);
    double grain = pow(10, floor(log10(fabs(level))) - 5);
    /* by the reciprocal where the grain is below 1: it is exact */
    return grain < 1 ? round(level / grain) / round(1 / grain)
                     : round(level / grain) * grain;
}

int stage_read(Stage *out, const char *text, LevelUnit *unit, Err *err) {
    Word w[WORDS_MAX] = { 0 };
    size_t n = 0;
    Stage s = *out;
    s.form = STAGE_STAY;
    s.shape = RAMP_LINEAR;
    s.steps = 0;
    s.level = 0;
    if (split_words(text, w, &n, err) < 0)
        return -1;
    if (n == 0)
        return err_at(err, 1,
                      "a stage is missing: DURATION to LEVEL, as in "
                      "2m to 100");
    if (units_read_duration(w[0].text, &s.length_ns, err) < 0)
        return shift(err, &w[0]);
    if (n > 1) {
        bool jump = text_equal(w[1].text, "at");
        if (!jump && !text_equal(w[1].text, "to"))
            return err_at(err, w[1].column,
                          "'%s' is not expected: write %s to LEVEL (ramp) or "
                          "%s at LEVEL (jump)",
                          w[1].text, w[0].text, w[0].text);
        if (n < 3)
            return err_at(err, w[1].column, "a level is missing after '%s'",
                          w[1].text);
        s.form = jump ? STAGE_JUMP : STAGE_RAMP;
        if (level_read(unit, w[2].text, &s.level, err) < 0)
            return shift(err, &w[2]);
        if (n > 3 && jump)
            return err_at(err, w[3].column,
                          "'%s': a jump (at) has no ramp; use to", w[3].text);
        if (n > 3 && read_shape(&s, &w[3], n - 3, err) < 0)
            return -1;
    }
    s.full_ns = s.length_ns;
    *out = s;
    return 0;
}

int stage_read_name(Stage *s, const char *name, Err *err) {
    size_t n = strlen(name);
    if (n == 0)
        return err_at(err, 1, "a stage needs a name");
    if (n >= PLAN_NAME_MAX)
        return err_at(err, PLAN_NAME_MAX, "a stage's name has at most %d bytes",
                      PLAN_NAME_MAX - 1);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)name[i] < 0x20 || name[i] == 0x7f ||
            strchr("=:;[]\"", name[i]))
            return err_at(err, (int)i + 1, "a stage's name cannot contain '%c'",
                          (unsigned char)name[i] < 0x20 ? '?' : name[i]);
    char clean[PLAN_NAME_MAX * 3];
    if (!text_equal(text_clean(clean, sizeof clean, name, n), name))
        return err_at(err, 1,
                      "a stage's name has only characters that can be printed, "
                      "in UTF-8");
    snprintf(s->name, sizeof s->name, "%s", name);
    return 0;
}

int stages_read(Plan *p, const char *text, Err *err) {
    const char *at = text;
    LevelUnit unit = { 0 };
    for (int number = 1;; number++) {
        const char *end = strchr(at, ',');
        size_t length = end ? (size_t)(end - at) : strlen(at);
        char one[256];
        if (length >= sizeof one)
            return err_at(err, (int)(at - text) + 1, "a stage is too long");
        memcpy(one, at, length);
        one[length] = '\0';
        Stage s = { 0 };
        if (stage_read(&s, one, &unit, err) < 0) {
            if (err)
                err->column += (int)(at - text);
            return -1;
        }
        p->unit = unit.is_rate ? PLAN_RATE : PLAN_VUS;
        snprintf(s.name, sizeof s.name, "stage-%d", number);
        plan_append(p, &s);
        if (!end)
            return 0;
        at = end + 1;
    }
}

void stage_print(const Stage *s, PlanUnit unit, Text *to) {
    UnitsText length, level;
    text_adds(to, units_duration(length, s->full_ns));
    if (s->form == STAGE_STAY)
        return;
    text_addf(to, " %s %s", s->form == STAGE_JUMP ? "at" : "to",
              units_level(level, s->level, unit == PLAN_RATE));
    if (s->form == STAGE_JUMP)
        return;
    if (s->shape == RAMP_SMOOTH)
        text_adds(to, " smooth");
    else if (s->shape == RAMP_STEP)
        text_addf(to, " step %d", s->steps);
}

/* Names of stages that are given, or wanted by one that comes. */
typedef struct Names {
    char (*items)[PLAN_NAME_MAX];
    size_t count, cap;
} Names;

static bool is_taken(const Names *n, const char *name) {
    size_t i = n->count;
    while (i > 0 && !text_equal(n->items[i - 1], name))
        i--;
    return i > 0;
}

static void take_name(Names *n, const char *name) {
    mem_grow(n->items, n->count, n->cap);
    snprintf(n->items[n->count++], PLAN_NAME_MAX, "%s", name);
}

/* "hold.2", or a higher number; the name is cut where it has no room. */
static void next_name(Names *n, const char *name, char mark, int number,
                      char to[PLAN_NAME_MAX]) {
    char end[16];
    do {
        size_t length = (size_t)snprintf(end, sizeof end, "%c%d", mark, number);
        text_clean(to, PLAN_NAME_MAX - length, name, strlen(name));
        memcpy(to + strlen(to), end, length + 1);
        number++;
    } while (is_taken(n, to));
    take_name(n, to);
}

/* Appends the name of a row's next line, of which there were *number. */
static void print_name(Text *to, Names *names, const char *name, int *number) {
    char next[PLAN_NAME_MAX];
    if ((*number)++)
        next_name(names, name, '-', *number, next);
    text_adds(to, *number > 1 ? next : name);
}

static void print_line(Text *to, Names *names, const char *name, int *number,
                       const Segment *g, double before, PlanUnit unit) {
    UnitsText length, a, b;
    uint64_t ns =
        g->end_ns / NS_PER_MS * NS_PER_MS - g->start_ns / NS_PER_MS * NS_PER_MS;
    double from = level_tidy(g->from, unit), end = level_tidy(g->to, unit);
    units_level(a, from, unit == PLAN_RATE);
    units_level(b, end, unit == PLAN_RATE);
    const char *form = from == end && end != before ? "at" : "to";
    if (from != before && from != end) {
        print_name(to, names, name, number);
        text_addf(to, " = 0s at %s\n", a);
    }
    print_name(to, names, name, number);
    text_addf(to, " = %s %s %s\n", units_duration(length, ns), form, b);
}

/* How many earlier rows carry the name of row i? */
static int same_names_before(const Plan *p, const PlanRow *rows, size_t i) {
    int n = 0;
    for (size_t k = 0; k < i; k++)
        n += text_equal(p->stages[rows[k].first].name,
                        p->stages[rows[i].first].name);
    return n;
}

/* A row that was or will be executed exactly as one line says it. A ramp back
 * to where the plan was may end between two virtual users. */
static bool is_whole(const Plan *p, const PlanRow *r, uint64_t until_ns) {
    const Stage *s = &p->stages[r->first];
    bool is_tidy = s->form == STAGE_STAY ||
                   level_tidy(s->level, p->unit) == s->level;
    return is_tidy && r->count == 1 && s->offset_ns == 0 &&
           s->length_ns == s->full_ns && !s->from_fixed && !s->open &&
           r->began_ns + r->length_ns <= until_ns;
}

/* The straight lines of a row until end_ns; heap. */
static Segment *row_lines(const Plan *p, const PlanRow *r, uint64_t end_ns,
                          size_t *count) {
    Segment *all = NULL;
    size_t cap = 0;
    *count = 0;
    for (uint64_t t = r->began_ns; t < end_ns;) {
        Segment g;
        if (!plan_segments(p, t, end_ns, &g, 1))
            break;
        if (g.end_ns > end_ns) {
            double share = g.end_ns == UINT64_MAX
                               ? 1
                               : (double)(end_ns - g.start_ns) /
                                     (double)(g.end_ns - g.start_ns);
            g.to = g.from + (g.to - g.from) * share;
            g.end_ns = end_ns;
        }
        mem_grow(all, *count, cap);
        all[(*count)++] = g;
        t = g.end_ns;
    }
    return all;
}

/* A key pressed again and again is a ramp. */
static Segment *merge_hand(const Plan *p, Segment *lines, size_t *count) {
    Segment *merged = mem_alloc(3 * *count, sizeof *merged);
    *count = merge_steps(lines, *count, MERGE_TOLERANCE * plan_peak(p), merged);
    free(lines);
    return merged;
}

static double print_row(const Plan *p, const PlanRow *r, Names *names,
                        const char *name, uint64_t until_ns, double before,
                        Text *to) {
    uint64_t end_ns = r->began_ns + r->length_ns;
    size_t count;
    int number = 0;
    Segment *lines =
        row_lines(p, r, end_ns < until_ns ? end_ns : until_ns, &count);
    if (count && p->stages[r->first].origin == STAGE_HAND)
        lines = merge_hand(p, lines, &count);
    for (size_t i = 0; i < count; i++) {
        print_line(to, names, name, &number, &lines[i], before, p->unit);
        before = level_tidy(lines[i].to, p->unit);
    }
    free(lines);
    return before;
}

static void print_all(const Plan *p, uint64_t until_ns, Text *to) {
    size_t count = plan_rows(p, NULL, 0);
    PlanRow *rows = mem_alloc(count, sizeof *rows);
    plan_rows(p, rows, count);
    double before = level_tidy(p->start, p->unit);
    Names names = { 0 };
    for (size_t i = 0; i < count; i++)
        if (!same_names_before(p, rows, i))
            take_name(&names, p->stages[rows[i].first].name);
    for (size_t i = 0; i < count && rows[i].began_ns < until_ns; i++) {
        const PlanRow *r = &rows[i];
        const Stage *s = &p->stages[r->first];
        int number = same_names_before(p, rows, i);
        char name[PLAN_NAME_MAX];
        if (number)
            next_name(&names, s->name, '.', number + 1, name);
        else
            snprintf(name, sizeof name, "%s", s->name);
        if (is_whole(p, r, until_ns)) {
            text_addf(to, "%s = ", name);
            stage_print(s, p->unit, to);
            text_adds(to, "\n");
            before = level_tidy(stage_end_level(s), p->unit);
        } else {
            before = print_row(p, r, &names, name, until_ns, before, to);
        }
    }
    free(names.items);
    free(rows);
}

static size_t count_lines(const Text *t, size_t from) {
    size_t n = 0;
    for (size_t i = from; i < t->length; i++)
        n += t->bytes[i] == '\n';
    return n;
}

void plan_print(const Plan *p, uint64_t until_ns, Text *to) {
    size_t before = to->length, was;
    print_all(p, until_ns, to);
    if (count_lines(to, before) <= PLAN_PRINTED_MAX)
        return;
    Plan thinner;
    plan_copy(&thinner, p);
    do {
        was = thinner.count;
        plan_thin(&thinner, was / 4 * 3);
        to->length = before;
        to->bytes[before] = '\0';
        print_all(&thinner, until_ns, to);
    } while (thinner.count < was && count_lines(to, before) > PLAN_PRINTED_MAX);
    plan_close(&thinner);
}
