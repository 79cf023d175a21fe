/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/keys_event.h"

#include <string.h>

#include "base/text.h"
#include "control/verbs.h"
#include "profile/plans.h"
#include "profile/command.h"

/* --- [event NAME] ------------------------------------------------------- */

void key_read_event_at(KeyContext *c) {
    c->event->has_at = true;
    key_read_duration(c, &c->event->at_ns);
}

void key_read_event_do(KeyContext *c) {
    const char *args;
    Err err;
    if (!verb_find(c->value, &args, &err))
        key_report(c, &err);
    c->event->command = c->value;
    c->event->do_line = c->entry->line;
    c->event->do_column = c->entry->value_column;
}

const char *key_read_words(KeyContext *c, const char *line, const char *whose,
                           size_t *length) {
    CommandLine read;
    Text words = { 0 };
    Err err;
    if (c->vars.count) {
        key_error(c, (int)c->vars.items[0].at + 1,
                  "%s: ${...} that differs each time is for requests", whose);
        return NULL;
    }
    if (command_read(line, &c->vars, &c->profile->arena, &read, &err) < 0) {
        err.column += (int)(strlen(c->value) - strlen(line));
        key_report(c, &err);
        return NULL;
    }
    for (size_t i = 0; i < read.count; i++) {
        text_add(&words, read.words[i].bytes, read.words[i].length);
        text_add(&words, "", 1);
    }
    const char *kept =
        arena_dup_bytes(&c->profile->arena, words.bytes, words.length);
    *length = words.length;
    text_close(&words);
    return kept;
}

void key_read_event_exec(KeyContext *c) {
    c->event->exec = key_read_words(c, c->value, "an event comes once",
                                    &c->event->exec_length);
}

void events_check(Profile *p, Diags *d) {
    Wheel w;
    plans_to_wheel(p, &w);
    uint64_t total = wheel_total_ns(&w);
    for (size_t i = 0; i < p->event_count; i++) {
        const PlannedEvent *e = &p->events[i];
        if (!e->has_at)
            diags_add(d, e->line, 1, "[event %s] has no time: at = 5m",
                      e->name);
        else if (e->at_ns > total)
            diags_add(d, e->line, 1,
                      "[event %s] comes when the stages have ended", e->name);
    }
    plans_play_events(p, &w, d);
    wheel_close(&w);
}

/* --- [metric NAME] ------------------------------------------------------ */

void key_read_metric_type(KeyContext *c) {
    static const char *const kinds[] = { [METRIC_COUNTER] = "counter",
                                         [METRIC_GAUGE] = "gauge",
                                         [METRIC_RATE] = "rate",
                                         [METRIC_TREND] = "trend" };
    int kind = METRIC_TREND;
    key_read_choice(c, kinds, 4, &kind);
    c->metric->kind = (MetricKind)kind;
}

void key_read_metric_contains(KeyContext *c) {
    static const char *const choices[] = { "default", "time" };
    int choice = 0;
    key_read_choice(c, choices, 2, &choice);
    c->metric->is_time = choice == 1;
}
