/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/replay.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "journal/print.h"
#include "journal/replay_state.h"

/* So much at the end is read second by second. */
#define FINE_NS (UINT64_C(3600) * NS_PER_S)

Replay *replay_new(void) {
    return mem_new(Replay);
}

void replay_free(Replay *r) {
    if (!r)
        return;
    if (r->has_head) {
        recorder_close(&r->recorder);
        slab_close(&r->slab);
    }
    wheel_close(&r->wheel);
    gauges_close(&r->gauges);
    threshold_list_close(&r->thresholds);
    alert_list_close(&r->alerts);
    coder_close(&r->coder);
    line_close(&r->line);
    arena_close(&r->arena);
    free(r);
}

/* --- histograms --------------------------------------------------------- */

static int read_hist(Replay *r, const Members *of, const LineNode *n,
                     Hist *to) {
    Members m = { of->line, n, false, of->err };
    uint64_t count = member_whole(&m, "n"), min = member_whole(&m, "min");
    uint64_t max = member_whole(&m, "max"), sum = member_whole(&m, "sum");
    const LineNode *text = line_get(m.line, n, "hdr");
    if (m.is_wrong)
        return -1;
    if (!text || text->kind != LINE_TEXT)
        return err_set(of->err, "\"hdr\" is missing or no text");
    if (to->count)
        return err_set(of->err, "the same comes twice");
    if (coder_read(&r->coder, text->text, text->length, to, of->err) < 0)
        return -1;
    if (to->count != count || min > max || count == 0)
        return err_set(of->err, "the histogram does not hold what is said "
                                "beside it");
    to->min = min;
    to->max = max;
    to->sum = sum;
    return 0;
}

static int read_named_hist(Replay *r, const Members *m, const char *key,
                           Hist *to) {
    const LineNode *n = line_get(m->line, m->of, key);
    return n ? read_hist(r, m, n, to) : 0;
}

/* --- what a second makes count ------------------------------------------ */

static SeriesSlab *series_of(Replay *r, Members *m) {
    uint64_t i = member_whole(m, "series");
    if (m->is_wrong)
        return NULL;
    if (i < r->metrics.series_count)
        return &r->slab.series[i];
    err_set(m->err, "there is no series %llu", (unsigned long long)i);
    return NULL;
}

FailClass replay_fail(const char *name) {
    FailClass c = 0;
    while (c < FAIL_COUNT && !text_equal(name, fail_name(c)))
        c++;
    return c;
}

/* Classes of a later onrush are left out; their requests have failed. */
static int read_fails(const Members *m, SeriesSlab *s) {
    const LineNode *fails = line_get(m->line, m->of, "fails");
    if (fails && fails->kind != LINE_OBJECT)
        return err_set(m->err, "\"fails\" is no object");
    for (const LineNode *n = line_first(fails); n;
         n = line_next(m->line, fails, n)) {
        FailClass c = replay_fail(n->key);
        if (!n->is_whole)
            return err_set(m->err, "\"fails\" holds what is no whole number");
        if (c < FAIL_COUNT)
            s->fail[c] += n->whole;
    }
    return 0;
}

static int read_times(Replay *r, Members *m, SeriesSlab *s) {
    if (read_named_hist(r, m, "service", &s->duration) < 0)
        return -1;
    const LineNode *n = line_get(m->line, m->of, "response");
    if (n && n->kind == LINE_TEXT)
        hist_add(&s->response, &s->duration);
    else if (n)
        return read_hist(r, m, n, &s->response);
    return 0;
}

static int read_six(Members *m, const char *key, uint64_t to[6]) {
    const LineNode *list = member_list(m, key);
    size_t k = 0;
    for (const LineNode *n = line_first(list); n && n->is_whole && k < 6;
         n = line_next(m->line, list, n))
        to[k++] += n->whole;
    if (m->is_wrong || (k == 6 && list->count == 6))
        return m->is_wrong ? -1 : 0;
    return err_set(m->err, "\"%s\" is not six whole numbers", key);
}

static int on_series(Replay *r, Members *m) {
    SeriesSlab *s = series_of(r, m);
    if (!s)
        return -1;
    uint64_t requests = member_whole(m, "requests");
    uint64_t failed = member_whole(m, "failed");
    s->requests += requests;
    s->failed += failed;
    s->sent += member_whole(m, "sent");
    s->bytes_in += member_whole(m, "bytes_in");
    s->bytes_out += member_whole(m, "bytes_out");
    if (m->is_wrong || read_six(m, "statuses", s->status) < 0 ||
        (line_get(m->line, m->of, "statuses_failed") &&
         read_six(m, "statuses_failed", s->status_failed) < 0) ||
        read_fails(m, s) < 0)
        return -1;
    if (failed > requests)
        return err_set(m->err, "more have failed than there were");
    return read_times(r, m, s);
}

static int on_phases(Replay *r, Members *m) {
    SeriesSlab *s = series_of(r, m);
    if (!s)
        return -1;
    for (Phase p = 0; p < PHASE_COUNT; p++)
        if (read_named_hist(r, m, phase_name(p), &s->phase[p]) < 0)
            return -1;
    for (AnswerPart p = PART_ALL + 1; s->part && p < PART_COUNT; p++)
        if (read_named_hist(r, m, journal_parts[p], &s->part[p]) < 0)
            return -1;
    return 0;
}

static int on_iterations(Replay *r, Members *m) {
    if (read_named_hist(r, m, "iteration", &r->slab.iteration) < 0 ||
        read_named_hist(r, m, "lag", &r->slab.lag) < 0)
        return -1;
    return read_named_hist(r, m, "read_lag", &r->slab.read_lag);
}

static int on_metric(Replay *r, Members *m) {
    static const char *const above[] = { "above0", "above1", "above2" };
    static const char *const below[] = { "below0", "below1", "below2" };
    uint64_t i = member_whole(m, "metric");
    if (m->is_wrong || i >= r->metrics.own_count)
        return err_set(m->err, "there is no such metric");
    CustomSlab *c = &r->slab.custom[i];
    if (c->count)
        return err_set(m->err, "the same comes twice");
    for (size_t k = 0; k < CUSTOM_SCALES; k++)
        if (read_named_hist(r, m, above[k], &c->above[k]) < 0 ||
            read_named_hist(r, m, below[k], &c->below[k]) < 0)
            return -1;
    c->count = member_whole(m, "n");
    c->trues = member_whole(m, "trues");
    c->sum = member_number(m, "sum");
    c->min = member_number(m, "min");
    c->max = member_number(m, "max");
    c->last = member_number(m, "last");
    if (!m->is_wrong && c->trues > c->count)
        return err_set(m->err, "more were true than there were");
    return m->is_wrong ? -1 : 0;
}

/* --- the second --------------------------------------------------------- */

static int read_checks(Replay *r, const Members *m, const LineNode *list) {
    for (const LineNode *n = line_first(list); n;
         n = line_next(m->line, list, n)) {
        const LineNode *i = line_first(n);
        const LineNode *passed = i ? line_next(m->line, n, i) : NULL;
        const LineNode *failed = passed ? line_next(m->line, n, passed) : NULL;
        if (!failed || !i->is_whole || !passed->is_whole || !failed->is_whole)
            return err_set(m->err, "\"checks\" are of [place, passed, failed]");
        if (i->whole >= r->check_count)
            return err_set(m->err, "there is no check %llu",
                           (unsigned long long)i->whole);
        r->slab.checks[i->whole].passed += passed->whole;
        r->slab.checks[i->whole].failed += failed->whole;
    }
    return 0;
}

static int read_counts(Replay *r, Members *m) {
    Slab *s = &r->slab;
    s->started = member_whole(m, "started");
    s->arrivals = member_whole(m, "arrivals");
    s->dropped = member_whole(m, "dropped");
    s->iterations = member_whole(m, "iterations");
    s->interrupted = member_whole(m, "interrupted");
    s->connects = member_whole(m, "connects");
    s->discarded = member_whole(m, "discarded");
    s->abandoned = member_whole(m, "abandoned");
    s->retried = member_whole(m, "retried");
    const LineNode *checks = member_list(m, "checks");
    return m->is_wrong ? -1 : read_checks(r, m, checks);
}

static int check_time(const Replay *r, Members *m, uint64_t at_ns) {
    if (m->is_wrong)
        return -1;
    if (at_ns < r->at_ns)
        return err_set(m->err, "time goes back here");
    if (at_ns > REPLAY_LONGEST_NS || at_ns - r->at_ns > REPLAY_GAP_NS)
        return err_set(m->err, "more than a day is missing before this");
    return 0;
}

static void tell_levels(Replay *r, const Levels *l) {
    if (r->snapshot.scenario_count)
        recorder_scenarios(&r->recorder, r->levels, r->scenario_count, l->users,
                           l->other);
}

/* After the second, as the run itself looks at its health. */
static void tell_bound(Replay *r) {
    const Health *h = &r->snapshot.health;
    recorder_bound(&r->recorder, h->bound_by, h->bound_since_ns, h->busy_max);
}

static void advance(Replay *r, uint64_t at_ns, const Levels *l) {
    AlertChange change;
    tell_levels(r, l);
    recorder_advance(&r->recorder, at_ns, l->active, l->planned);
    tell_bound(r);
    while (recorder_alert_change(&r->recorder, &change))
        ; /* what it did stands in the log */
    r->at_ns = at_ns;
}

/* As cells keep it; an older journal has none but p95. */
static double told_time(Members *m, const char *key) {
    return line_get(m->line, m->of, key) ? (double)(float)member_number(m, key)
                                         : NAN;
}

/* What all series together say, for who reads no series of this second. */
static FindingSecond read_told(const Replay *r, Members *m, uint64_t at_ns) {
    return (FindingSecond){ .from_ns = r->at_ns,
                            .to_ns = at_ns,
                            .requests = member_whole(m, "requests"),
                            .failed = member_whole(m, "failed"),
                            .refused = member_maybe(m, "refused"),
                            .p95 = told_time(m, "p95"),
                            .mean = told_time(m, "mean"),
                            .max = told_time(m, "max") };
}

/* A minute that is over makes cells of its own; behind the last of them
 * seconds are read. */
static void advance_coarse(Replay *r, const FindingSecond *told,
                           const Levels *l) {
    tell_levels(r, l);
    recorder_advance_coarse(&r->recorder, told->to_ns, l->active, l->planned,
                            told);
    tell_bound(r);
    r->at_ns = told->to_ns;
    if (!r->has_minute)
        return;
    r->has_minute = false;
    timeline_coarsen(&r->recorder.timeline);
    r->is_coarse = r->at_ns + FINE_NS + JOURNAL_MINUTE_NS < r->expected_ns;
}

static void begin_event(Replay *r) {
    if (!r->event.is_there)
        return;
    recorder_event(&r->recorder, r->event.at_ns, r->event.cause);
    if (r->event.over_ns)
        recorder_event_over(&r->recorder, r->event.over_ns, NULL);
    r->event.is_there = false;
}

static int on_second(Replay *r, Members *m) {
    uint64_t at_ns = member_whole(m, "at");
    if (check_time(r, m, at_ns) < 0)
        return -1;
    Levels l;
    FindingSecond told = { 0 };
    if (read_counts(r, m) < 0 || replay_levels(r, m, &l) < 0)
        return -1;
    uint64_t event_over_ns = member_maybe(m, "event_over");
    if (r->is_coarse)
        told = read_told(r, m, at_ns);
    if (m->is_wrong)
        return -1;
    replay_stand(r, &l);
    replay_examples(r, m, at_ns);
    r->slab.until_ns = at_ns;
    recorder_add(&r->recorder, at_ns, &r->slab);
    slab_clear(&r->slab);
    if (r->event.at_ns < at_ns)
        begin_event(r);
    if (event_over_ns)
        recorder_event_over(&r->recorder, event_over_ns, NULL);
    if (r->is_coarse)
        advance_coarse(r, &told, &l);
    else
        advance(r, at_ns, &l);
    return 0;
}

/* --- what happened ------------------------------------------------------ */

/* Far-off ones are nobody's, and whoever draws need not reckon with them. */
static uint64_t moment(Members *m) {
    uint64_t at_ns = member_whole(m, "at");
    if (m->is_wrong || at_ns <= REPLAY_LONGEST_NS)
        return at_ns;
    err_set(m->err, "this is more than a year after the start");
    m->is_wrong = true;
    return 0;
}

static int on_event(Replay *r, Members *m) {
    static const char *const kinds[] = { "plan", "you", "mark", "alert",
                                         "target" };
    uint64_t at_ns = moment(m);
    EventKind kind = (EventKind)member_choice(m, "kind", kinds, 5);
    const char *text = member_word(m, "text");
    if (m->is_wrong)
        return -1;
    event_add(&r->wheel.log, at_ns, kind, "%s", text); /* cleans it */
    return 0;
}

static int on_action(Replay *r, Members *m) {
    Wheel *w = &r->wheel;
    uint64_t at_ns = moment(m);
    const char *command = member_word(m, "command");
    const char *outcome = member_word(m, "outcome");
    if (m->is_wrong)
        return -1;
    if (w->action_count == REPLAY_ACTIONS_MAX)
        return 0;
    mem_grow(w->actions, w->action_count, w->action_cap);
    w->actions[w->action_count++] =
        (Action){ at_ns, text_clean_copy(command), text_clean_copy(outcome) };
    return 0;
}

static int on_spike(Replay *r, Members *m) {
    uint64_t at_ns = moment(m);
    uint64_t scenario = member_whole(m, "scenario");
    double before = member_number(m, "level_before");
    uint64_t over_ns = member_maybe(m, "over");
    double told = over_ns ? member_number(m, "level_told") : 0;
    char cause[64];
    const char *word = member_word(m, "cause");
    if (m->is_wrong)
        return -1;
    if (scenario >= r->scenario_count)
        return err_set(m->err, "there is no such scenario");
    text_clean(cause, sizeof cause, word, strlen(word));
    begin_event(r); /* one that is told, but not begun */
    if (line_get(m->line, m->of, "event")) {
        r->event = (EventLine){ true, at_ns, over_ns, "" };
        memcpy(r->event.cause, cause, sizeof cause);
        return 0;
    }
    recorder_spike(&r->recorder, (size_t)scenario, at_ns, before, cause);
    if (over_ns)
        recorder_spike_over(&r->recorder, over_ns, told);
    return 0;
}

static int on_state(Replay *r, Members *m) {
    RunState state =
        (RunState)member_choice(m, "state", journal_states, RUN_DONE + 1);
    bool stopped = member_is_true(m, "stopped");
    bool aborted = member_is_true(m, "aborted");
    if (m->is_wrong)
        return -1;
    r->snapshot.stopped = stopped;
    r->snapshot.aborted = aborted;
    r->snapshot.state = state;
    return 0;
}

static int on_gauge(Replay *r, Members *m) {
    uint64_t i = member_whole(m, "gauge");
    const char *name = member_text(m, "name", &r->arena);
    const char *unit = member_word(m, "unit");
    GaugeUnit u = GAUGE_BYTES_PER_S;
    if (m->is_wrong)
        return -1;
    if (i != r->gauges.count)
        return err_set(m->err, "a gauge has the next number");
    while (u > GAUGE_COUNT && !text_equal(unit, gauge_unit_name(u)))
        u--; /* one of a later onrush: plain numbers */
    gauges_add(&r->gauges, name, u);
    return 0;
}

static int on_reading(Replay *r, Members *m) {
    uint64_t at_ns = moment(m), i = member_whole(m, "gauge");
    double value = member_number(m, "value");
    if (m->is_wrong)
        return -1;
    if (i >= r->gauges.count)
        return err_set(m->err, "there is no such gauge");
    gauges_read(&r->gauges, (size_t)i, at_ns, value);
    return 0;
}

static int on_end(Replay *r, Members *m) {
    uint64_t at_ns = member_whole(m, "at"), status = member_whole(m, "status");
    const char *words = member_text(m, "words", &r->arena);
    WheelEnd asked = line_get(m->line, m->of, "asked")
                         ? (WheelEnd)member_choice(m, "asked", journal_ends, 3)
                         : WHEEL_GOES_ON;
    bool stopped = member_is_true(m, "stopped");
    bool aborted = member_is_true(m, "aborted");
    Levels l;
    if (check_time(r, m, at_ns) < 0 || replay_levels(r, m, &l) < 0)
        return -1;
    if (status > 255)
        return err_set(m->err, "\"status\" is 0 to 255");
    r->snapshot.stopped = stopped;
    r->snapshot.aborted = aborted;
    replay_stand(r, &l);
    advance(r, at_ns, &l);
    r->status = (int)status;
    r->words = words;
    r->has_verdict = true;
    r->wheel.end = asked;
    return 0;
}

/* --- lines -------------------------------------------------------------- */

typedef int LineFn(Replay *r, Members *m);

/* What a slab is made of comes by seconds and by minutes. */
static const struct {
    const char *type;
    LineFn *read;
} slab_types[] = { { "series", on_series },
                   { "phases", on_phases },
                   { "iterations", on_iterations },
                   { "metric", on_metric } };
#define SLAB_TYPES (sizeof slab_types / sizeof *slab_types)

static const struct {
    const char *type;
    LineFn *read;
} types[] = { { "second", on_second },       { "event", on_event },
              { "action", on_action },       { "plan", replay_plan },
              { "spike", on_spike },         { "state", on_state },
              { "gauge", on_gauge },         { "reading", on_reading },
              { "threshold", replay_limit }, { "end", on_end } };

static int read_head(Replay *r, Members *m, const char *type) {
    if (!text_equal(type, "journal"))
        return err_set(m->err, "this is no journal of onrush");
    int rc = replay_head(r, m);
    r->is_coarse = r->alerts.count == 0 && r->expected_ns > 2 * FINE_NS;
    return rc;
}

void replay_expect(Replay *r, uint64_t end_ns) {
    r->expected_ns = end_ns;
}

/* As the journal itself writes them; others are found out when parsed. */
bool replay_skips(const Replay *r, const char *bytes, size_t length) {
    static const char minute[] = "{\"type\":\"" JOURNAL_MINUTE;
    size_t behind = sizeof minute - 1 - strlen(JOURNAL_MINUTE);
    if (!r->has_head || length < 64)
        return false;
    if (!r->is_coarse)
        return memcmp(bytes, minute, sizeof minute - 1) == 0;
    if (memcmp(bytes, minute, behind) != 0)
        return false;
    for (size_t i = 0; i < SLAB_TYPES; i++) {
        size_t n = strlen(slab_types[i].type);
        if (memcmp(bytes + behind, slab_types[i].type, n) == 0 &&
            bytes[behind + n] == '"')
            return true;
    }
    return false;
}

int replay_line(Replay *r, char *bytes, size_t length, Err *err) {
    *err = (Err){ 0 };
    if (memchr(bytes, '\0', length))
        return err_set(err, r->has_head ? "this is no text"
                                        : "this is no journal of onrush");
    if (line_parse(&r->line, bytes, length, err) < 0) {
        if (!r->has_head)
            return err_set(err, "this is no journal of onrush");
        return -1;
    }
    Members m = { &r->line, r->line.nodes, false, err };
    const LineNode *n = line_get(&r->line, m.of, "type");
    const char *type = n && n->kind == LINE_TEXT ? n->text : "";
    if (!r->has_head)
        return read_head(r, &m, type);
    if (r->has_verdict)
        return err_set(err, "the run has ended before this line");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (text_equal(type, types[i].type))
            return types[i].read(r, &m);
    bool is_minute = text_starts(type, JOURNAL_MINUTE);
    const char *rest = type + (is_minute ? strlen(JOURNAL_MINUTE) : 0);
    for (size_t i = 0; i < SLAB_TYPES; i++)
        if (text_equal(rest, slab_types[i].type)) {
            if (is_minute != r->is_coarse)
                return 0;
            r->has_minute |= is_minute;
            return slab_types[i].read(r, &m);
        }
    return err_set(err, "a line of a type that this onrush does not know");
}

bool replay_has_head(const Replay *r) {
    return r->has_head;
}

bool replay_is_short(const Replay *r, uint64_t *end_ns) {
    *end_ns = r->at_ns;
    return r->is_coarse && r->at_ns < r->expected_ns;
}

void replay_end(Replay *r) {
    Snapshot *s = &r->snapshot;
    if (!r->has_verdict)
        wheel_advance(&r->wheel, r->at_ns);
    begin_event(r);
    recorder_end(&r->recorder);
    recorder_snapshot(&r->recorder, s);
    s->state = RUN_DONE;
    s->transport = r->info.transport;
    s->gauges = r->gauges.count ? &r->gauges : NULL;
    s->is_open = false;
    for (size_t i = 0; i < r->scenario_count; i++)
        s->is_open |= r->scenarios[i].is_rate;
    if (r->has_verdict)
        return;
    /* nobody saw it end: nothing runs any more, all the same */
    s->active = s->alive = s->in_flight = 0;
}

const Snapshot *replay_snapshot(const Replay *r) {
    return &r->snapshot;
}

const Wheel *replay_wheel(const Replay *r) {
    return &r->wheel;
}

const RunInfo *replay_info(const Replay *r) {
    return &r->info;
}

time_t replay_started(const Replay *r) {
    return r->started;
}

bool replay_verdict(const Replay *r, int *status, const char **words) {
    *status = r->status;
    *words = r->words;
    return r->has_verdict;
}
