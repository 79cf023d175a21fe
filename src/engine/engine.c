/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "engine/engine_state.h"
#include "engine/react.h"
#include "profile/plans.h"

#define TICK_NS (UINT64_C(100) * NS_PER_MS)
/* Workers offer on the tenth of a second and look every 10 ms: by then
 * their slabs are there. */
#define TICK_AFTER_NS (UINT64_C(20) * NS_PER_MS)
#define START_AFTER_NS (UINT64_C(10) * NS_PER_MS)
#define WORKERS_MAX 64
#define WORKERS_DEFAULT_MAX 8

/* --- the tick ----------------------------------------------------------- */

static void count(Engine *e, uint64_t at_ns, const Slab *s) {
    recorder_add(&e->recorder, at_ns, s);
    if (e->on_slab)
        e->on_slab(e->tick_data, at_ns, s);
}

static void collect(Engine *e, uint64_t run_ns) {
    for (size_t i = 0; i < e->count; i++) {
        Slab *s = slab_collect(&e->workers[i]->slabs);
        if (!s)
            continue;
        uint64_t at = engine_run_time(e, s->until_ns);
        count(e, at < run_ns ? at : run_ns, s);
        health_hear(&e->health, s);
        slab_return(&e->workers[i]->slabs, s);
    }
}

/* While the run ends nothing more is asked for. */
static double level_of(const Engine *e, const Plan *p, uint64_t run_ns) {
    bool ends = e->state == RUN_FINISHING || e->state == RUN_DONE;
    return ends || plan_is_over(p) ? 0 : plan_level_at(p, run_ns);
}

static double level_now(const Engine *e, uint64_t run_ns) {
    double level = 0;
    for (size_t i = 0; i < e->wheel.plan_count; i++)
        if (e->wheel.plans[i].unit == e->wheel.plans[0].unit)
            level += level_of(e, &e->wheel.plans[i], run_ns);
    return level;
}

static void look_at_scenario(Engine *e, size_t scenario, uint64_t run_ns) {
    ScenarioReading *r = &e->scenarios[scenario];
    r->planned = level_of(e, &e->wheel.plans[scenario], run_ns);
    r->active = r->alive = r->started = 0;
    for (size_t i = 0; i < e->started; i++) {
        Crew *c = &e->workers[i]->crews[scenario];
        r->active += atomic_load(&c->active);
        r->alive += atomic_load(&c->alive);
        r->started += atomic_load(&c->started);
    }
}

static void look_at_pace(Engine *e, size_t scenario, uint64_t run_ns) {
    ScenarioReading *r = &e->scenarios[scenario];
    Pace *p = &e->paces[scenario];
    if (run_ns < p->at_ns + NS_PER_S)
        return;
    r->started_per_s = (double)(r->started - p->started) /
                       ((double)(run_ns - p->at_ns) / 1e9);
    *p = (Pace){ run_ns, r->started };
}

/* The VUs that work, and those that are there; of a rate, busy or not. */
static void look_at_scenarios(Engine *e, uint64_t run_ns, double *active,
                              double *there) {
    double users = 0, other = 0;
    *active = *there = 0;
    for (size_t i = 0; i < e->wheel.plan_count; i++) {
        const ScenarioReading *r = &e->scenarios[i];
        look_at_scenario(e, i, run_ns);
        *active += (double)r->active;
        *there += (double)(r->is_rate ? r->alive : r->active);
        users += r->is_rate ? 0 : (double)r->active;
        other += r->is_rate == e->scenarios[0].is_rate ? 0 : r->planned;
        e->levels[i] = r->planned;
        look_at_pace(e, i, run_ns);
    }
    recorder_scenarios(&e->recorder, e->levels, e->wheel.plan_count, users,
                       other);
}

static void look(Engine *e) {
    Snapshot *s = &e->snapshot;
    recorder_snapshot(&e->recorder, s);
    s->state = e->state;
    s->health = e->health.now;
    s->transport = e->info.transport;
    s->ever_answered = e->notes.ever_answered;
    s->is_open = false;
    s->scenarios = e->scenarios;
    s->scenario_count = e->wheel.plan_count;
    s->alive = 0;
    for (size_t i = 0; i < s->scenario_count; i++) {
        s->alive += e->scenarios[i].alive;
        s->is_open |= e->scenarios[i].is_rate;
    }
    s->in_flight = 0;
    for (size_t i = 0; i < e->started; i++)
        s->in_flight += atomic_load(&e->workers[i]->in_flight);
}

static void look_and_note(Engine *e, uint64_t run_ns) {
    EventLog *log = &e->wheel.log;
    notes_silence(&e->notes, log, &e->recorder.totals, run_ns);
    look(e);
    notes_thresholds(&e->notes, log, &e->snapshot, run_ns);
    notes_recovery(&e->notes, log, &e->recorder.recoveries, run_ns);
    notes_findings(log, &e->recorder, run_ns);
}

/* With the second, as the journal tells it: findings go by that. */
static void tell_bound(Engine *e) {
    const Health *h = &e->health.now;
    if (h->is_bound)
        recorder_bound(&e->recorder, h->bound_by, h->bound_since_ns,
                       h->busy_max);
}

static void advance(Engine *e, uint64_t now_ns) {
    uint64_t run_ns = engine_run_time(e, now_ns);
    uint64_t seconds = e->recorder.seconds_done;
    double active, there;
    if (e->state != RUN_FINISHING)
        wheel_advance(&e->wheel, run_ns);
    if (e->state != RUN_PAUSED)
        notes_stages(&e->notes, &e->wheel, &e->recorder);
    collect(e, run_ns);
    look_at_scenarios(e, run_ns, &active, &there);
    recorder_alive(&e->recorder, there);
    recorder_advance(&e->recorder, run_ns, active, level_now(e, run_ns));
    health_look(&e->health, e->workers, e->started, &e->recorder.totals, now_ns,
                run_ns);
    if (e->recorder.seconds_done != seconds)
        tell_bound(e);
    look_and_note(e, run_ns);
    e->snapshot.aborted |= react_to_thresholds(&e->wheel, &e->snapshot, run_ns);
    e->snapshot.aborted |=
        react_to_alerts(&e->wheel, &e->recorder, e->bell, run_ns);
    if (e->state == RUN_RUNNING)
        events_advance(e->events, run_ns);
    engine_steer(e, now_ns, run_ns);
    e->snapshot.state = e->state;
}

static void on_timer(uv_timer_t *t);

static void arm(Engine *e, uint64_t now_ns) {
    uint64_t since =
        now_ns > e->shared.epoch_ns ? now_ns - e->shared.epoch_ns : 0;
    uint64_t next = e->shared.epoch_ns + TICK_AFTER_NS +
                    (since + TICK_NS - TICK_AFTER_NS) / TICK_NS * TICK_NS;
    if (next <= now_ns)
        next += TICK_NS;
    uint64_t ms = (next - now_ns + NS_PER_MS - 1) / NS_PER_MS;
    uv_timer_start(&e->timer, on_timer, ms, 0);
}

static void on_timer(uv_timer_t *t) {
    Engine *e = t->data;
    uint64_t now_ns = clock_now();
    advance(e, now_ns);
    arm(e, now_ns);
    if (e->on_tick)
        e->on_tick(e->tick_data);
}

/* --- the end ------------------------------------------------------------ */

static bool have_all_ended(const Engine *e) {
    for (size_t i = 0; i < e->started; i++)
        if (!atomic_load(&e->workers[i]->has_ended))
            return false;
    return true;
}

static void note_stuck(Engine *e, uint64_t run_ns) {
    for (size_t i = 0; i < e->started; i++)
        if (e->workers[i]->was_stuck)
            event_add(&e->wheel.log, run_ns, EVENT_TARGET,
                      "connections of worker %zu did not close, and were left: "
                      "a mistake of onrush's; all is counted",
                      i + 1);
}

/* Every thread has ended: what they still hold is counted, then judged. */
static void on_ended(uv_async_t *a) {
    Engine *e = a->data;
    if (e->state == RUN_DONE || !have_all_ended(e))
        return;
    uint64_t run_ns = engine_run_time(e, clock_now());
    uv_timer_stop(&e->timer);
    collect(e, run_ns);
    for (size_t i = 0; i < e->count; i++)
        count(e, run_ns, e->workers[i]->slabs.live);
    for (size_t i = 0; i < e->count; i++)
        slab_clear(e->workers[i]->slabs.live);
    recorder_scenarios(&e->recorder, e->levels, e->wheel.plan_count, 0, 0);
    recorder_advance(&e->recorder, run_ns, 0, 0);
    health_end(&e->health, e->workers, e->started, &e->recorder.totals, run_ns);
    tell_bound(e);
    recorder_end(&e->recorder);
    events_end(e->events, run_ns);
    note_stuck(e, run_ns);
    e->state = RUN_DONE;
    for (size_t i = 0; i < e->wheel.plan_count; i++)
        look_at_scenario(e, i, run_ns);
    look_and_note(e, run_ns);
    if (e->on_tick)
        e->on_tick(e->tick_data);
}

/* --- the source --------------------------------------------------------- */

static const Snapshot *source_look(Source *s) {
    return &((Engine *)s)->snapshot;
}

static const Wheel *source_steering(Source *s) {
    return &((Engine *)s)->wheel;
}

static int source_do(Source *s, const char *text, Text *answer, Err *err) {
    Engine *e = (Engine *)s;
    if (e->state == RUN_DONE)
        return err_set(err, "the run is done");
    if (e->state == RUN_STARTING)
        return err_set(err, "the run has not started");
    uint64_t now_ns = clock_now();
    uint64_t run_ns = engine_run_time(e, now_ns);
    engine_heed_guard(e);
    if (wheel_do(&e->wheel, run_ns, text, answer, err) < 0)
        return -1;
    engine_steer(e, now_ns, run_ns);
    e->snapshot.state = e->state;
    e->snapshot.planned = level_now(e, run_ns);
    return 0;
}

static const SourceOps source_ops = { source_look, source_steering, source_do };

/* --- life --------------------------------------------------------------- */

size_t engine_workers(const EngineOptions *options) {
    if (options->workers)
        return (size_t)options->workers;
    if (options->cpus.count)
        return options->cpus.count < WORKERS_MAX ? options->cpus.count
                                                 : WORKERS_MAX;
    unsigned n = uv_available_parallelism();
    n = n > 1 ? n - 1 : 1;
    return n < WORKERS_DEFAULT_MAX ? n : WORKERS_DEFAULT_MAX;
}

static const char *transport_text(Engine *e) {
    Text t = { 0 };
    shared_print_transports(&e->shared, &t);
    const char *text = arena_dup_text(&e->arena, t.bytes);
    text_close(&t);
    return text;
}

static const char *print_cpus(Engine *e, const CpuList *cpus) {
    Text t = { 0 };
    cpus_print(cpus, &t);
    const char *text = cpus->count ? arena_dup_text(&e->arena, t.bytes) : NULL;
    text_close(&t);
    return text;
}

/* That the arrival rates may have at once; without one, as the first says. */
static uint64_t max_vus(const Profile *p) {
    uint64_t n = 0;
    for (size_t i = 0; i < p->scenario_count; i++)
        if (p->scenarios[i].plan.unit == PLAN_RATE)
            n += p->scenarios[i].max_vus;
    return n ? n : p->scenarios[0].max_vus;
}

static void init_info(Engine *e, const EngineOptions *o) {
    const Profile *p = e->profile;
    char url[512];
    text_clean(url, sizeof url, p->url.text, strlen(p->url.text));
    e->info = (RunInfo){ .name = p->name,
                         .kind = p->kind,
                         .target = arena_dup_text(&e->arena, url),
                         .workers = (int)e->count,
                         .cpus = print_cpus(e, &o->cpus),
                         .seed = o->seed,
                         .iterations_limit = p->iterations,
                         .max_vus = max_vus(p) };
    while (!e->info.seed)
        uv_random(NULL, NULL, &e->info.seed, sizeof e->info.seed, 0, NULL);
    shared_init(&e->shared, p, e->count, e->info.seed, &e->ended, &e->arena);
    e->info.transport = transport_text(e);
}

static void free_workers(Engine *e) {
    for (size_t i = 0; i < e->count && e->workers[i]; i++) {
        worker_close(e->workers[i], i < e->started);
        free(e->workers[i]);
    }
    free(e->workers);
}

static int init_workers(Engine *e, const CpuList *cpus, Err *err) {
    e->workers = mem_alloc(e->count, sizeof *e->workers);
    for (size_t i = 0; i < e->count; i++) {
        Worker *w = mem_new(Worker);
        if (worker_init(w, &e->shared, i, err) < 0) {
            free(w);
            return -1;
        }
        w->cpu = cpus->count ? (int)cpus_of_worker(cpus, i) : -1;
        e->workers[i] = w;
    }
    return 0;
}

static void init_wheel(Engine *e) {
    const Profile *p = e->profile;
    e->scenarios =
        arena_array(&e->arena, ScenarioReading, p->scenario_count);
    e->paces = arena_array(&e->arena, Pace, p->scenario_count);
    e->levels = arena_array(&e->arena, double, p->scenario_count);
    plans_to_wheel(p, &e->wheel);
    e->wheel.log.secrets = p->secrets;
    for (size_t i = 0; i < p->scenario_count; i++)
        e->scenarios[i] = (ScenarioReading){ .name = e->wheel.names[i],
                                             .started_per_s = NAN,
                                             .is_rate = e->wheel.plans[i].unit ==
                                                        PLAN_RATE };
}

static void init_guard(Engine *e, const EngineOptions *o) {
    const Profile *p = e->profile;
    const char **hosts = arena_array(&e->arena, const char *, p->variant_count);
    for (size_t i = 0; i < p->variant_count; i++)
        hosts[i] = p->variants[i].url.host;
    e->shared.guard = e->guard = o->guard;
    e->wheel.ceiling = (Ceiling){
        .is_set = o->guard && atomic_load(&o->guard->state) == GUARD_LOW,
        .is_shut = o->guard && atomic_load(&o->guard->state) == GUARD_SHUT,
        .hosts = hosts,
        .host_count = p->variant_count,
    };
    engine_heed_guard(e);
}

static int check_exec(const Profile *p, const EngineOptions *o, Err *err) {
    for (size_t i = 0; i < p->event_count; i++)
        if (p->events[i].exec && !o->allow_exec)
            return err_set(err,
                           "[event %s] starts a process: that takes "
                           "--allow-exec",
                           p->events[i].name);
    for (size_t i = 0; i < p->alerts.count; i++)
        if (p->alerts.items[i].exec && !o->allow_exec)
            return err_set(err,
                           "alert %s starts a process: that takes "
                           "--allow-exec",
                           p->alerts.items[i].name);
    return 0;
}

Engine *engine_new(uv_loop_t *loop, const Profile *profile,
                   const EngineOptions *options, Err *err) {
    if (options->workers < 0 || options->workers > WORKERS_MAX) {
        err_set(err, "workers are 1 to %d", WORKERS_MAX);
        return NULL;
    }
    if (check_exec(profile, options, err) < 0)
        return NULL;
    Engine *e = mem_new(Engine);
    e->source = (Source){ &source_ops, &e->info };
    e->loop = loop;
    e->profile = profile;
    e->on_tick = options->on_tick;
    e->on_slab = options->on_slab;
    e->tick_data = options->data;
    e->count = engine_workers(options);
    e->snapshot.gauges = options->gauges;
    e->pending = mem_alloc(e->count, sizeof *e->pending);
    e->left_out = mem_alloc(e->count, sizeof *e->left_out);
    notes_init(&e->notes, profile->scenario_count, profile->thresholds.count);
    init_info(e, options);
    init_wheel(e);
    init_guard(e, options);
    recorder_init(&e->recorder,
                  &(RecorderSetup){ .metrics = profile_metrics(profile),
                                    .check_names = profile->check_labels,
                                    .check_requests = profile->check_requests,
                                    .check_count = profile->check_total,
                                    .thresholds = &e->wheel.limits.now,
                                    .alerts = &profile->alerts,
                                    .gauges = options->gauges,
                                    .is_rate = e->scenarios[0].is_rate });
    health_init(&e->health, e->count, profile);
    e->events = events_new(loop, profile, &e->wheel, &e->recorder);
    e->bell = bell_new(loop, e->info.name, &e->wheel, e->events,
                       options->is_urgent);
    uv_timer_init(loop, &e->timer);
    uv_async_init(loop, &e->ended, on_ended);
    e->handles = 2;
    e->timer.data = e->ended.data = e;
    look(e);
    if (init_workers(e, &options->cpus, err) < 0) {
        engine_close(e, NULL, NULL);
        return NULL;
    }
    return e;
}

int engine_start(Engine *e, Err *err) {
    e->epoch_ns = clock_now() + START_AFTER_NS;
    e->shared.epoch_ns = e->epoch_ns;
    struct timespec wall;
    clock_gettime(CLOCK_REALTIME, &wall);
    e->shared.wall_ns = (uint64_t)wall.tv_sec * NS_PER_S +
                        (uint64_t)wall.tv_nsec - clock_now();
    e->state = RUN_RUNNING;
    for (size_t i = 0; i < e->count; i++) {
        bool runs = worker_start(e->workers[i], err) == 0;
        e->started += runs;
        if (!runs || worker_pin(e->workers[i], err) < 0) {
            /* Those that run are told to stop; on_ended follows. */
            e->wheel.end = WHEEL_STOP;
            engine_finish(e, 0);
            return -1;
        }
    }
    notes_stages(&e->notes, &e->wheel, &e->recorder);
    engine_order(e, ORDER_COURSE, 0, false);
    arm(e, clock_now());
    return 0;
}

Source *engine_source(Engine *e) {
    return &e->source;
}

void engine_note(Engine *e, EventKind kind, const char *text) {
    event_add(&e->wheel.log, engine_run_time(e, clock_now()), kind, "%s", text);
}

bool engine_is_done(const Engine *e) {
    return e->state == RUN_DONE;
}

bool engine_is_running(const Engine *e) {
    return e->started > 0 && e->state != RUN_DONE;
}

static void on_handle_closed(uv_handle_t *h) {
    Engine *e = h->data;
    if (--e->handles > 0)
        return;
    void (*closed)(void *) = e->closed;
    void *data = e->closed_data;
    free_workers(e);
    wheel_close(&e->wheel);
    recorder_close(&e->recorder);
    health_close(&e->health);
    free(e->pending);
    free(e->left_out);
    notes_close(&e->notes);
    arena_close(&e->arena);
    free(e);
    if (closed)
        closed(data);
}

void engine_close(Engine *e, void (*closed)(void *data), void *data) {
    e->closed = closed;
    e->closed_data = data;
    bell_close(e->bell);
    events_close(e->events);
    uv_close((uv_handle_t *)&e->timer, on_handle_closed);
    uv_close((uv_handle_t *)&e->ended, on_handle_closed);
}
