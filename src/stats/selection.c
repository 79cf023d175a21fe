/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/selection.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* The label that a request's name is. */
#define LABEL_NAME "name"

static const char *const bare_labels[] = { LABEL_NAME, "scenario", "variant" };
#define BARE_LABELS (sizeof bare_labels / sizeof *bare_labels)

const char *series_label(const Series *s, const char *label) {
    if (text_equal(label, LABEL_NAME))
        return s->request_name;
    for (size_t i = 0; i < s->label_count; i++)
        if (text_equal(s->labels[i].name, label))
            return s->labels[i].value;
    return NULL;
}

bool selection_equal(const Selection *a, const Selection *b) {
    return a == b || (a && b && text_equal(a->text, b->text));
}

/* A tag of the request and one of the scenario may have the same name. */
static bool has_label(const Series *s, const char *label, const char *value) {
    if (text_equal(label, LABEL_NAME))
        return text_equal(s->request_name, value);
    for (size_t i = 0; i < s->label_count; i++)
        if (text_equal(s->labels[i].name, label) &&
            text_equal(s->labels[i].value, value))
            return true;
    return false;
}

/* --- words for mistakes ------------------------------------------------- */

typedef struct Words {
    const char **items;
    size_t count, cap;
} Words;

static void words_add(Words *w, const char *word) {
    for (size_t i = 0; i < w->count; i++)
        if (text_equal(w->items[i], word))
            return;
    mem_grow(w->items, w->count, w->cap);
    w->items[w->count++] = word;
}

/* All names of labels, or all values of one. */
static void add_words(Words *w, const char *label, const Series *series,
                      size_t count) {
    if (count && (!label || text_equal(label, LABEL_NAME)))
        for (size_t i = 0; i < count; i++)
            words_add(w, label ? series[i].request_name : LABEL_NAME);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < series[i].label_count; k++) {
            const Label *l = &series[i].labels[k];
            if (!label)
                words_add(w, l->name);
            else if (text_equal(l->name, label))
                words_add(w, l->value);
        }
}

#define WORDS_LISTED 8

/* what: "label 'x'"; closes w. */
static int unknown(Words *w, const char *word, const char *what, int column,
                   Err *err) {
    const char *near = text_nearest(word, w->items, w->count);
    Text all = { 0 };
    for (size_t i = 0; i < w->count && i < WORDS_LISTED && !near; i++)
        text_addf(&all, "%s%s", i ? ", " : w->count > 1 ? "; there are "
                                                        : "; there is ",
                  w->items[i]);
    if (near)
        text_addf(&all, "; did you mean '%s'?", near);
    else if (w->count > WORDS_LISTED)
        text_adds(&all, ", ...");
    err_at(err, column, "%s%s", what, all.length ? all.bytes : "");
    text_close(&all);
    free(w->items);
    return -1;
}

/* --- reading ------------------------------------------------------------ */

typedef struct Reader {
    const Series *series;
    size_t count;
    bool is_compared;
    bool *chosen; /* by series */
    Text text;
    int column; /* of the part being read */
    AnswerPart part;
} Reader;

static bool any_has(const Reader *r, const char *label, const char *value) {
    for (size_t i = 0; i < r->count; i++)
        if (has_label(&r->series[i], label, value))
            return true;
    return false;
}

static void narrow(Reader *r, const char *label, const char *value) {
    for (size_t i = 0; i < r->count; i++)
        r->chosen[i] &= has_label(&r->series[i], label, value);
    text_addf(&r->text, "%s%s:%s", r->text.length ? "," : "", label, value);
}

static int read_bare(Reader *r, const char *word, Err *err) {
    /* a variant first where variants are compared */
    size_t first = r->is_compared ? BARE_LABELS - 1 : 0;
    for (size_t i = 0; i < BARE_LABELS; i++) {
        const char *label = bare_labels[(first + i) % BARE_LABELS];
        if (!any_has(r, label, word))
            continue;
        narrow(r, label, word);
        return 0;
    }
    Words w = { 0 };
    for (size_t i = 0; i < BARE_LABELS; i++)
        add_words(&w, bare_labels[(first + i) % BARE_LABELS], r->series,
                  r->count);
    Text what = { 0 };
    text_addf(&what, "no request, scenario or variant is called '%s'", word);
    unknown(&w, word, what.bytes, r->column, err);
    text_close(&what);
    return -1;
}

/* --- status, expected_response ------------------------------------------ */

static const char *const part_labels[] = { "status", "expected_response" };

static bool is_part_label(const Reader *r, const char *label) {
    for (size_t i = 0; i < r->count; i++)
        for (size_t k = 0; k < r->series[i].label_count; k++)
            if (text_equal(r->series[i].labels[k].name, label))
                return false; /* a tag of the profile's own */
    return text_equal(label, part_labels[0]) ||
           text_equal(label, part_labels[1]);
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static AnswerPart part_of(const char *label, const char *value) {
    if (text_equal(label, part_labels[1]))
        return text_equal(value, "true")    ? PART_EXPECTED
               : text_equal(value, "false") ? PART_FAILED
                                            : PART_ALL;
    bool is_class = value[0] >= '1' && value[0] <= '5' &&
                    text_equal(value + 1, "xx");
    return is_class ? (AnswerPart)(value[0] - '0') : PART_ALL;
}

static int read_part_value(Reader *r, const char *label, const char *value,
                           int column, Err *err) {
    AnswerPart part = part_of(label, value);
    if (part != PART_ALL && r->part != PART_ALL)
        return err_at(err, r->column,
                      "status and expected_response stand here once, and not "
                      "together");
    if (part == PART_ALL && text_equal(label, part_labels[1]))
        return err_at(err, column, "expected_response is true or false");
    if (part == PART_ALL && is_digit(value[0]) && is_digit(value[1]) &&
        is_digit(value[2]) && !value[3])
        return err_at(err, column,
                      "answers are told apart by hundreds: write status:%cxx",
                      value[0]);
    if (part == PART_ALL)
        return err_at(err, column, "a status is 1xx, 2xx, 3xx, 4xx or 5xx");
    r->part = part;
    text_addf(&r->text, "%s%s:%s", r->text.length ? "," : "", label, value);
    return 0;
}

static int read_labelled(Reader *r, char *word, char *colon, Err *err) {
    Words w = { 0 };
    Text what = { 0 };
    *colon = '\0';
    const char *label = text_trim(word), *value = text_trim(colon + 1);
    if (is_part_label(r, label))
        return read_part_value(r, label, value,
                               r->column + (int)(value - word), err);
    add_words(&w, NULL, r->series, r->count);
    bool is_known = false;
    for (size_t i = 0; i < w.count; i++)
        is_known |= text_equal(w.items[i], label);
    int rc = -1;
    if (!is_known) {
        text_addf(&what, "there is no label '%s'", label);
        unknown(&w, label, what.bytes, r->column, err);
    } else if (any_has(r, label, value)) {
        free(w.items);
        narrow(r, label, value);
        rc = 0;
    } else {
        w.count = 0;
        add_words(&w, label, r->series, r->count);
        text_addf(&what, "nothing has %s:%s", label, value);
        unknown(&w, value, what.bytes,
                r->column + (int)(value - word), err);
    }
    text_close(&what);
    return rc;
}

static int read_part(Reader *r, char *part, Err *err) {
    char *word = text_trim(part);
    r->column += (int)(word - part);
    if (!*word)
        return err_at(err, r->column,
                      "a request's name, or LABEL:VALUE, is missing here");
    char *colon = strchr(word, ':');
    if (!colon || any_has(r, LABEL_NAME, word))
        return read_bare(r, word, err);
    return read_labelled(r, word, colon, err);
}

static int read_parts(Reader *r, char *text, Err *err) {
    for (char *at = text;;) {
        char *comma = strchr(at, ',');
        r->column = (int)(at - text) + 1;
        if (comma)
            *comma = '\0';
        if (read_part(r, at, err) < 0)
            return -1;
        if (!comma)
            return 0;
        at = comma + 1;
    }
}

/* --- what was chosen ---------------------------------------------------- */

static Selection *make(Arena *arena, const char *text, const bool *chosen,
                       size_t count) {
    Selection *s = arena_make(arena, Selection);
    uint32_t *series = arena_array(arena, uint32_t, count + 1);
    for (size_t i = 0; i < count; i++)
        if (chosen[i])
            series[s->count++] = (uint32_t)i;
    s->text = arena_dup_text(arena, text);
    s->series = series;
    return s;
}

/* Is exactly one variant chosen, and not the first? */
static int check_compared(const Selection *s, const Reader *r, Err *err) {
    const Series *first = &r->series[s->series[0]];
    for (size_t i = 1; i < s->count; i++)
        if (r->series[s->series[i]].variant != first->variant)
            return err_at(err, 1, "which variant is to be compared with the "
                                  "first? overhead{VARIANT}");
    if (first->variant)
        return 0;
    const char *name = series_label(first, "variant");
    return err_at(err, 1, "'%s' is the first variant: the others are compared "
                          "with it",
                  name ? name : "");
}

/* The same requests of the same scenarios, of the first variant. */
static const Selection *against(const Selection *s, Arena *arena,
                                const Reader *r) {
    bool *base = mem_alloc(r->count + 1, sizeof *base);
    for (size_t i = 0; i < s->count; i++) {
        const Series *of = &r->series[s->series[i]];
        for (size_t k = 0; k < r->count; k++)
            base[k] |= r->series[k].request == of->request &&
                       r->series[k].scenario == of->scenario &&
                       r->series[k].variant == 0;
    }
    const Selection *first = make(arena, "", base, r->count);
    free(base);
    return first;
}

const Selection *selection_read(Arena *arena, const char *text, size_t length,
                                const Series *series, size_t count,
                                bool is_compared, Err *err) {
    Reader r = { .series = series,
                 .count = count,
                 .is_compared = is_compared,
                 .chosen = mem_alloc(count + 1, sizeof *r.chosen) };
    char *copy = mem_alloc(length + 1, 1);
    memcpy(copy, text, length);
    memset(r.chosen, true, count);
    Selection *s = NULL;
    if (read_parts(&r, copy, err) == 0) {
        s = make(arena, r.text.bytes, r.chosen, count);
        s->part = r.part;
        if (s->count == 0) {
            err_at(err, 1, "no request has all of %s", r.text.bytes);
            s = NULL;
        } else if (is_compared && check_compared(s, &r, err) < 0) {
            s = NULL;
        } else if (is_compared) {
            s->against = against(s, arena, &r);
        }
    }
    text_close(&r.text);
    free(copy);
    free(r.chosen);
    return s;
}

const Selection *selection_of(Arena *arena, const char *label,
                              const char *value, const Series *series,
                              size_t count) {
    bool *chosen = mem_alloc(count + 1, sizeof *chosen), any = false;
    for (size_t i = 0; i < count; i++)
        any |= chosen[i] = has_label(&series[i], label, value);
    Text text = { 0 };
    text_addf(&text, "%s:%s", label, value);
    const Selection *s = any ? make(arena, text.bytes, chosen, count) : NULL;
    text_close(&text);
    free(chosen);
    return s;
}

const Selection *selection_read_check(Arena *arena, const char *text,
                                      size_t length, const char *const *names,
                                      size_t count, Err *err) {
    static const char label[] = "check:";
    char *copy = arena_dup_bytes(arena, text, length);
    char *name = text_trim(copy);
    if (text_starts(name, label))
        name = text_trim(name + sizeof label - 1);
    Selection *s = arena_make(arena, Selection);
    uint32_t *checks = arena_array(arena, uint32_t, count + 1);
    for (size_t i = 0; i < count; i++)
        if (text_equal(names[i], name))
            checks[s->check_count++] = (uint32_t)i;
    Text full = { 0 };
    Words w = { 0 };
    text_addf(&full, "check:%s", name);
    s->text = arena_dup_text(arena, full.bytes);
    s->checks = checks;
    text_clear(&full);
    if (s->check_count == 0) {
        for (size_t i = 0; i < count; i++)
            words_add(&w, names[i]);
        text_addf(&full, "no check is called '%s'", name);
        unknown(&w, name, full.bytes, (int)(name - copy) + 1, err);
        s = NULL;
    }
    text_close(&full);
    return s;
}
