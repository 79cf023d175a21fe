/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Journals of which one thing is wrong: it is told, and what stood before
 * it stands. */
#include "unit.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "journal/replay.h"
#include "tape.h"

#define TWO "up = 10s to 50; hold = 1m | go = 1m to 20"
#define HUGE_WHOLE "18446744073709551615"

/* Two scenarios, alerts, gauges, failures with examples, to the end. */
static Text whole_journal(void) {
    Tape t;
    Text all = { 0 };
    Err err;
    char path[128];
    tape_open(&t, TWO);
    t.run.talks = true;
    tape_until(&t, 4);
    fake_run_do(&t.run, "spike +30 2s");
    t.run.is_down = true;
    tape_until(&t, 8);
    t.run.is_down = false;
    fake_run_watch(&t.run);
    tape_until(&t, 12);
    tape_end(&t);
    uv_run(&t.loop, UV_RUN_DEFAULT);
    tape_path(&t, path);
    assert_int_equal(file_read(path, SIZE_MAX, &all, &err), 0);
    tape_close(&t);
    return all;
}

/* --- one thing is wrong ------------------------------------------------- */

/* Behind the value that begins here. */
static const char *value_end(const char *at) {
    int depth = 0;
    bool is_text = false;
    for (;; at++) {
        if (is_text && *at == '\\')
            at++;
        else if (*at == '"')
            is_text = !is_text;
        else if (is_text)
            continue;
        else if (*at == '{' || *at == '[')
            depth++;
        else if (*at == '}' || *at == ']')
            depth--;
        if (depth < 0 || (depth == 0 && !is_text && *at == ','))
            return at;
    }
}

typedef struct Wrong {
    const char *type, *key; /* the last such line's first such member */
    const char *value;      /* in its place; NULL: it is not there */
    const char *says;
} Wrong;

static const char *last_line(const Text *good, const char *type) {
    char begin[64];
    const char *found = NULL, *at = good->bytes;
    snprintf(begin, sizeof begin, "{\"type\":\"%s\"", type);
    while ((at = strstr(at, begin)))
        found = at++;
    if (!found)
        fail_msg("no line of type %s", type);
    return found;
}

static Text with(const Text *good, const Wrong *w) {
    char name[64];
    Text out = { 0 };
    const char *line = last_line(good, w->type);
    snprintf(name, sizeof name, ",\"%s\":", w->key);
    const char *key = strstr(line, name);
    if (!key || key > strchr(line, '\n'))
        fail_msg("no %s in %s", w->key, w->type);
    const char *value = key + strlen(name), *end = value_end(value);
    text_add(&out, good->bytes,
             (size_t)((w->value ? value : key) - good->bytes));
    text_adds(&out, w->value ? w->value : "");
    text_adds(&out, end);
    return out;
}

/* All lines up to the first that is wrong; its text, or "". */
static const char *feed(Replay *r, Text *lines) {
    static Err err;
    char *at = lines->bytes, *end;
    err = (Err){ 0 };
    while ((end = strchr(at, '\n'))) {
        if (replay_line(r, at, (size_t)(end - at), &err) < 0)
            return err.text;
        at = end + 1;
    }
    return "";
}

static bool is_told(const Text *good, const Wrong *w) {
    Text bad = with(good, w);
    Replay *r = replay_new();
    const char *text = feed(r, &bad);
    bool is_right = *w->says ? strstr(text, w->says) != NULL : !*text;
    if (!is_right)
        print_message("# %s.%s = %s: '%s', not '%s'\n", w->type, w->key,
                      w->value ? w->value : "(none)", text, w->says);
    replay_free(r);
    text_close(&bad);
    return is_right;
}

static const Wrong table[] = {
    { "journal", "started", "253402300800", "the year 9999" },
    { "journal", "request", "4294967296", "\"request\" is no place" },
    { "journal", "scenario", HUGE_WHOLE, "\"scenario\" is no place" },
    { "journal", "variant", HUGE_WHOLE, "\"variant\" is no place" },
    { "journal", "labels", "[[\"a\"]]", "a name and a value" },
    { "journal", "labels", "[[\"a\",5]]", "a name and a value" },
    { "journal", "checks",
      "[{\"name\":\"x\",\"request\":4294967296}]", "\"request\" is no place" },
    { "journal", "metrics",
      "[{\"name\":\"a b\",\"kind\":\"rate\",\"is_time\":false}]",
      "a metric's name" },
    { "journal", "thresholds", "[{\"key\":\"http_reqs\",\"text\":\"rate\"}]",
      "a comparison is missing" },
    { "series", "failed", HUGE_WHOLE, "more have failed than there were" },
    { "series", "statuses", "[]", "\"statuses\" is not six" },
    { "series", "statuses", "[1,2,3,4,5,6,7]", "\"statuses\" is not six" },
    { "series", "statuses", "[0,0,\"12\",0,0,0]", "\"statuses\" is not six" },
    { "series", "statuses", "[0,0,1,0,0,1],\"statuses_failed\":[0,0,0,0,0,.5]",
      "a value is missing" },
    { "series", "statuses", "[0,0,1,0,0,1],\"statuses_failed\":[0,0,0,0,0,-1]",
      "\"statuses_failed\" is not six" },
    { "series", "statuses", "[0,0,1,0,0,1],\"statuses_failed\":{}",
      "\"statuses_failed\" is missing or no list" },
    { "series", "statuses", "[0,0,1,0,0,1],\"fails\":[]", "\"fails\" is" },
    { "series", "statuses", "[0,0,1,0,0,1],\"fails\":{\"reset\":1.5}",
      "no whole number" },
    { "series", "statuses", "[0,0,1,0,0,1],\"fails\":{\"of-later\":\"1\"}",
      "no whole number" },
    { "series", "service", "[]", "\"n\" is missing" },
    { "series", "response", "{}", "\"n\" is missing" },
    { "second", "checks", "[7]", "[place, passed, failed]" },
    { "second", "checks", "[[0,1]]", "[place, passed, failed]" },
    { "second", "checks", "[[0,1,\"1\"]]", "[place, passed, failed]" },
    { "second", "checks", "[[0,1,1],[-1,1,1]]", "[place, passed, failed]" },
    { "second", "checks", "[[1,1,1]]", "there is no check 1" },
    { "second", "active", "-1", "no numbers of VUs" },
    { "second", "active", "null", "no numbers of VUs" },
    { "second", "users", "1e300", "no numbers of VUs" },
    { "second", "planned", "-1e15", "no numbers of VUs" },
    { "second", "planned_other", "null", "no numbers of VUs" },
    { "second", "scenarios", "[{}]", "\"scenarios\" are 1, of 2" },
    { "second", "scenarios", "[1,2]", "\"active\" is missing" },
    { "second", "scenarios", NULL, "\"scenarios\" is missing" },
    { "second", "health", "{}", "is missing or no number" },
    { "second", "health", NULL, "is missing or no number" },
    { "second", "answered", "1", "\"answered\" is missing or neither" },
    { "second", "at", "1", "time goes back" },
    { "second", "at", "9000000000000000", "more than a day" },
    { "second", "in_flight", "3,\"event_over\":\"x\"",
      "\"event_over\" is missing or no number" },
    { "spike", "scenario", "2", "there is no such scenario" },
    { "spike", "cause", NULL, "\"cause\" is missing" },
    { "gauge", "gauge", "0", "a gauge has the next number" },
    { "gauge", "unit", "5", "\"unit\" is missing or no text" },
    { "reading", "gauge", "99", "there is no such gauge" },
    { "reading", "value", "\"1\"", "\"value\" is missing or no number" },
    { "state", "state", "\"asleep\"", "none of the words" },
    { "state", "aborted", NULL, "\"aborted\" is missing" },
    { "event", "kind", "\"x\"", "none of the words" },
    { "plan", "scenario", "2", "there is no scenario 2" },
    { "plan", "current", "5000", "do not fit its time" },
    { "plan", "start", "-1", "do not fit its time" },
    { "plan", "kept", "5000", "a plan keeps 5000 of" },
    { "phases", "series", "99", "there is no series 99" },
    { "end", "status", "256", "\"status\" is 0 to 255" },
    { "end", "asked", "\"perhaps\"", "none of the words" },
    { "end", "health", "[]", "is missing or no number" },
    { "end", "scenarios", "[]", "" }, /* none are told */
};

static void one_wrong_thing_is_told(void **state) {
    (void)state;
    Text good = whole_journal();
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        wrong += !is_told(&good, &table[i]);
    text_close(&good);
    assert_int_equal(wrong, 0);
}

/* --- what stood before it stands ---------------------------------------- */

static void a_wrong_line_changes_nothing(void **state) {
    (void)state;
    static const Wrong late[] = {
        { "second", "workers", NULL, "" },
        { "second", "planned", "1e300", "" },
        { "second", "in_flight", "7,\"event_over\":1.5", "" },
        { "end", "workers", NULL, "" },
        { "end", "status", "1000,\"in_flight\":12345", "" },
        { "state", "aborted", "\"yes\"", "" },
    };
    Text good = whole_journal();
    for (size_t i = 0; i < sizeof late / sizeof *late; i++) {
        const char *line = last_line(&good, late[i].type);
        Text cut = { 0 }, bad = with(&good, &late[i]);
        text_add(&cut, good.bytes, (size_t)(line - good.bytes));
        Replay *a = replay_new(), *b = replay_new();
        assert_string_equal(feed(a, &cut), "");
        assert_string_not_equal(feed(b, &bad), "");
        replay_end(a);
        replay_end(b);
        const Snapshot *x = replay_snapshot(a), *y = replay_snapshot(b);
        assert_int_equal(x->now_ns, y->now_ns);
        assert_int_equal(x->stopped, y->stopped);
        assert_int_equal(x->aborted, y->aborted);
        assert_int_equal(x->active_max, y->active_max);
        assert_int_equal(x->scenario_count, y->scenario_count);
        for (size_t k = 0; k < x->scenario_count; k++)
            assert_memory_equal(&x->scenarios[k].active,
                                &y->scenarios[k].active, sizeof(uint64_t));
        same_number(x->health.busy, y->health.busy);
        assert_int_equal(x->health.descriptors, y->health.descriptors);
        same_totals(x->totals, y->totals);
        replay_free(a);
        replay_free(b);
        text_close(&cut);
        text_close(&bad);
    }
    text_close(&good);
}

/* Of a later onrush. */
static void an_unknown_unit_is_a_plain_number(void **state) {
    (void)state;
    static const Wrong celsius = { "gauge", "unit", "\"celsius\"", "" };
    Text good = whole_journal(), other = with(&good, &celsius);
    Replay *r = replay_new();
    assert_string_equal(feed(r, &other), "");
    replay_end(r);
    const Gauges *g = replay_snapshot(r)->gauges;
    assert_non_null(g);
    assert_int_equal(g->items[g->count - 1].unit, GAUGE_COUNT);
    replay_free(r);
    text_close(&other);
    text_close(&good);
}

/* Where in the line, too. */
static void the_column_is_told(void **state) {
    (void)state;
    Tape t;
    Text all = { 0 };
    Err err;
    char path[128], want[160];
    tape_open(&t, TWO);
    tape_until(&t, 3);
    tape_path(&t, path);
    assert_int_equal(file_read(path, SIZE_MAX, &all, &err), 0);
    size_t lines = 1;
    for (const char *at = all.bytes; (at = strchr(at, '\n')); at++)
        lines++;
    text_adds(&all, "{\"type\":\"state\";\n");
    assert_int_equal(file_write(path, all.bytes, all.length, &err), 0);
    SavedRun *s = saved(path);
    snprintf(want, sizeof want, "%s:%zu:17: ", path, lines);
    assert_true(text_starts(saved_end(s).trouble, want));
    saved_close(s);
    text_close(&all);
    tape_close(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_wrong_thing_is_told),
        cmocka_unit_test(a_wrong_line_changes_nothing),
        cmocka_unit_test(an_unknown_unit_is_a_plain_number),
        cmocka_unit_test(the_column_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
