/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "target/tasks.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "target/system.h"

#define WORK_SEED UINT64_C(0x7461736b73) /* apart from the system's draws */
#define LONGEST_NS 3600e9
#define RETRY_MOST_S 60

static_assert(TARGET_TASK_WORKERS_MAX + TARGET_TASK_QUEUE_MAX < TASKS_KEPT,
              "there is always a place without an unfinished task");

typedef struct TaskWord {
    const char *name;
    double factor;
    const char *result;
} TaskWord;

static const TaskWord kinds[] = {
#define X(name, factor, result) { name, factor, result },
    TASK_KINDS(X)
#undef X
};

static const TaskWord qualities[] = {
#define X(name, factor) { name, factor, NULL },
    TASK_QUALITIES(X)
#undef X
};

/* The word's place, count without it. */
static size_t find_word(const TaskWord *words, size_t count, const char *name) {
    size_t i = 0;
    while (i < count && !(name && text_equal(words[i].name, name)))
        i++;
    return i;
}

/* --- workers ------------------------------------------------------------ */

/* The earliest worker is busy until then. */
static void occupy(Tasks *t, uint64_t until_ns) {
    size_t at = 0;
    for (size_t child; (child = at * 2 + 1) < t->workers; at = child) {
        if (child + 1 < t->workers && t->free_ns[child + 1] < t->free_ns[child])
            child++;
        if (t->free_ns[child] >= until_ns)
            break;
        t->free_ns[at] = t->free_ns[child];
    }
    t->free_ns[at] = until_ns;
}

static void plan_task(Tasks *t, Task *task, uint64_t work_ns, uint64_t now_ns) {
    task->start_ns = t->free_ns[0] > now_ns ? t->free_ns[0] : now_ns;
    task->end_ns = task->start_ns + work_ns;
    occupy(t, task->end_ns);
}

/* Who waited may have started meanwhile. Starts are in the order of the
 * queue, so that only its head is looked at. */
static void advance(Tasks *t, uint64_t now_ns) {
    while (t->queued && t->table[t->first].start_ns <= now_ns) {
        t->first = t->table[t->first].next;
        t->queued--;
    }
}

void tasks_init(Tasks *t, const TargetSettings *set) {
    memset(t, 0, sizeof *t);
    t->rng.state = set->seed ^ WORK_SEED;
    t->set = *set;
    t->workers = (size_t)set->task_workers;
    t->table = mem_alloc(TASKS_KEPT, sizeof *t->table);
}

static bool is_running(const Task *task, uint64_t now_ns) {
    return task->id && task->start_ns <= now_ns && now_ns < task->end_ns;
}

void tasks_set(Tasks *t, const TargetSettings *set, uint64_t now_ns) {
    bool is_replanned = set->task_workers != t->set.task_workers;
    if (set->seed != t->set.seed)
        t->rng.state = set->seed ^ WORK_SEED;
    t->set = *set;
    if (!is_replanned)
        return;
    advance(t, now_ns);
    t->workers = (size_t)set->task_workers;
    memset(t->free_ns, 0, sizeof t->free_ns);
    /* With fewer workers than tasks that run, those remain that are busy
     * longest: the others leave when their task is done. */
    for (size_t i = 0; i < TASKS_KEPT; i++)
        if (is_running(&t->table[i], now_ns) &&
            t->table[i].end_ns > t->free_ns[0])
            occupy(t, t->table[i].end_ns);
    uint32_t place = t->first;
    for (uint64_t i = 0; i < t->queued; i++, place = t->table[place].next) {
        Task *task = &t->table[place];
        plan_task(t, task, task->end_ns - task->start_ns, now_ns);
    }
    advance(t, now_ns);
}

void tasks_close(Tasks *t) {
    free(t->table);
}

TasksCounts tasks_counts(Tasks *t, uint64_t now_ns) {
    advance(t, now_ns);
    TasksCounts n = { .queued = t->queued, .refused = t->refused };
    for (size_t i = 0; i < TASKS_KEPT; i++)
        n.running += is_running(&t->table[i], now_ns);
    n.done = t->taken - n.queued - n.running;
    return n;
}

/* --- the service -------------------------------------------------------- */

static const char *state_name(const Task *task, uint64_t now_ns) {
    if (now_ns >= task->end_ns)
        return "done";
    return is_running(task, now_ns) ? "running" : "queued";
}

static void add_task(ServiceCall *c, const Task *task) {
    text_adds(c->to, "{\"id\":\"t-");
    answer_number(c->to, task->id);
    text_adds(c->to, "\",\"state\":\"");
    text_adds(c->to, state_name(task, c->now_ns));
    text_adds(c->to, "\",\"kind\":\"");
    text_adds(c->to, kinds[task->kind].name);
    text_adds(c->to, "\",\"quality\":\"");
    text_adds(c->to, qualities[task->quality].name);
    text_add(c->to, "\"", 1);
    if (c->now_ns >= task->end_ns) {
        text_adds(c->to, ",\"result\":");
        text_adds(c->to, kinds[task->kind].result);
    }
    text_adds(c->to, "}\n");
}

/* A place for one more, numbered; those of unfinished tasks are skipped. */
static Task *new_task(Tasks *t, uint64_t now_ns) {
    Task *task;
    do
        task = &t->table[++t->last_id % TASKS_KEPT];
    while (task->id && now_ns < task->end_ns);
    *task = (Task){ .id = t->last_id };
    return task;
}

static void enqueue(Tasks *t, const Task *task) {
    uint32_t place = (uint32_t)(task - t->table);
    if (t->queued)
        t->table[t->last].next = place;
    else
        t->first = place;
    t->last = place;
    t->queued++;
}

static void refuse(Tasks *t, ServiceCall *c) {
    uint64_t wait_ns = t->free_ns[0] - c->now_ns;
    if (t->queued)
        wait_ns = t->table[t->first].start_ns - c->now_ns;
    uint64_t wait_s = (wait_ns + NS_PER_S - 1) / NS_PER_S;
    call_add_field(
        c, "Retry-After: ", wait_s < RETRY_MOST_S ? wait_s : RETRY_MOST_S);
    call_fail(c, 429, "too many tasks wait");
    c->is_shed = true;
    t->refused++;
}

static void take_task(Tasks *t, ServiceCall *c, size_t kind, size_t quality) {
    advance(t, c->now_ns);
    if (t->free_ns[0] > c->now_ns && t->queued >= t->set.task_queue) {
        refuse(t, c);
        return;
    }
    double work = (double)t->set.task_ns * kinds[kind].factor *
                  qualities[quality].factor *
                  system_spread(&t->rng, t->set.spread);
    Task *task = new_task(t, c->now_ns);
    task->kind = (uint8_t)kind;
    task->quality = (uint8_t)quality;
    plan_task(t, task, (uint64_t)fmin(work, LONGEST_NS), c->now_ns);
    if (task->start_ns > c->now_ns)
        enqueue(t, task);
    t->taken++;
    call_add_field(c, "Location: /tasks/t-", task->id);
    text_adds(c->to, "{\"id\":\"t-");
    answer_number(c->to, task->id);
    text_adds(c->to, "\",\"state\":\"queued\"}\n");
    c->status = 202;
}

void tasks_post(Tasks *t, ServiceCall *c) {
    size_t n_kinds = sizeof kinds / sizeof *kinds;
    size_t n_qualities = sizeof qualities / sizeof *qualities;
    json_t *j = call_object(c);
    if (!j)
        return;
    size_t kind = find_word(kinds, n_kinds, call_text(j, "kind"));
    size_t quality = find_word(qualities, n_qualities, call_text(j, "quality"));
    json_decref(j);
    if (kind == n_kinds)
        call_fail(c, 400,
                  "kind: summarize, translate, classify, generate or "
                  "embed");
    else if (quality == n_qualities)
        call_fail(c, 400, "quality: draft, standard or high");
    else
        take_task(t, c, kind, quality);
}

void tasks_get(Tasks *t, ServiceCall *c) {
    uint64_t id = call_id(c, "t-");
    const Task *task = &t->table[id % TASKS_KEPT];
    if (id == 0 || task->id != id ||
        c->now_ns >= task->end_ns + TASKS_KEPT_NS) {
        call_fail(c, 404, "no such task");
        return;
    }
    add_task(c, task);
    c->status = 200;
}
