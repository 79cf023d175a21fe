/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What failed requests looked like. */
#include <string.h>

#include "journal/replay_state.h"

/* Clean for a terminal, but for the ends of lines. */
static void read_lines(char *to, size_t size, Members *m, const char *key) {
    const char *s = member_word(m, key);
    size_t at = 0;
    while (at + 1 < size) {
        size_t n = strcspn(s, "\n");
        text_clean(to + at, size - at, s, n);
        at += strlen(to + at);
        if (!s[n] || at + 1 >= size)
            break;
        to[at++] = '\n';
        to[at] = '\0';
        s += n + 1;
    }
}

static size_t kind_of(const Replay *r, Members *m) {
    if (line_get(m->line, m->of, "kind")) {
        FailClass c = replay_fail(member_word(m, "kind"));
        return c < FAIL_COUNT ? c : SIZE_MAX;
    }
    uint64_t check = member_whole(m, "check");
    return check < r->check_count ? EXAMPLE_OF_CHECK((size_t)check) : SIZE_MAX;
}

static void read_example(Replay *r, Members *m, uint64_t at_ns) {
    size_t kind = kind_of(r, m);
    uint64_t series = member_whole(m, "series"), end_ns = member_whole(m, "at");
    Example e = { .is_there = true,
                  .series = (uint32_t)series,
                  .vu = member_whole(m, "vu"),
                  .end_ns = end_ns < at_ns ? end_ns : at_ns,
                  .took_ns = member_whole(m, "took"),
                  .status = (int)(member_whole(m, "status") % 1000) };
    if (m->is_wrong || kind == SIZE_MAX || series >= r->slab.series_count)
        return;
    read_lines(e.why, sizeof e.why, m, "why");
    read_lines(e.request, sizeof e.request, m, "request");
    read_lines(e.answer, sizeof e.answer, m, "answer");
    recorder_example(&r->recorder, kind, &e);
}

void replay_examples(Replay *r, const Members *m, uint64_t at_ns) {
    const LineNode *list = line_get(m->line, m->of, "examples");
    if (!list || list->kind != LINE_LIST)
        return;
    for (const LineNode *n = line_first(list); n;
         n = line_next(m->line, list, n)) {
        Err unsaid;
        Members of = { .line = m->line, .of = n, .err = &unsaid };
        if (n->kind == LINE_OBJECT)
            read_example(r, &of, at_ns);
    }
}
