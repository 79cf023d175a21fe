/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "journal/print.h"

/* Seconds that wait while the disk is busy; then lines cover more time. */
#define WAITING_MAX 4
/* Lines that came while no second ended (a pause) wait no longer. */
#define PATIENCE_NS NS_PER_S

/* What is written together: lines, then perhaps a second. */
typedef struct Part {
    Text lines, levels;
    Slab *slab; /* NULL: lines only */
    uint64_t at_ns;
    bool is_last, is_sealed; /* sealed: its lines are there */
} Part;

typedef struct Parts {
    Part *items;
    size_t count, cap;
} Parts;

struct Journal {
    Source *source;
    JournalOptions o;
    uv_loop_t *loop;
    uv_work_t work;
    int fd;
    char *path;
    Slab *live;      /* of the second that is open */
    uint64_t second; /* its number, or that of the last one in it */
    Slab *spare[WAITING_MAX + 1];
    size_t spare_count;
    Parts waiting;
    Text lines; /* since the last part */
    uint64_t written_ns;
    bool is_busy, has_failed, is_closing, has_ended, was_told, is_telling;
    /* what was told so far */
    size_t events, actions, spikes, gauges, gauges_cap;
    uint64_t *readings;  /* by gauge: when */
    size_t *examples;    /* by kind */
    const char **limits; /* texts, which the wheel keeps */
    uint32_t version;
    Plan *plans; /* by scenario */
    size_t plan_count;
    bool has_plans, was_done;
    RunState state;
    /* The thread pool's, while is_busy. */
    SecondPrinter printer;
    Parts batch;
    Text bytes;
    int trouble; /* errno, 0: none */
};

/* --- parts -------------------------------------------------------------- */

static Slab *slab_take(Journal *j) {
    if (j->spare_count)
        return j->spare[--j->spare_count];
    const Slab *t = source_snapshot(j->source)->totals;
    Slab *s = mem_new(Slab);
    slab_init(s, t->series_count, t->check_count, t->custom_count);
    slab_keep(s, t->kept);
    return s;
}

static void slab_give(Journal *j, Slab *s) {
    if (j->spare_count < WAITING_MAX + 1) {
        slab_clear(s);
        j->spare[j->spare_count++] = s;
    } else {
        slab_close(s);
        free(s);
    }
}

static void part_close(Journal *j, Part *p) {
    text_close(&p->lines);
    text_close(&p->levels);
    if (p->slab)
        slab_give(j, p->slab);
}

static Part *part_add(Journal *j) {
    Parts *w = &j->waiting;
    mem_grow(w->items, w->count, w->cap);
    w->items[w->count] = (Part){ 0 };
    return &w->items[w->count++];
}

static void close_second(Journal *j, uint64_t at_ns, bool is_last) {
    Part *p = part_add(j);
    p->slab = j->live;
    p->slab->until_ns = at_ns;
    p->at_ns = at_ns;
    p->is_last = is_last;
    j->live = slab_take(j);
}

/* The lines that came before it stand before it, as the run had them. */
static void seal(Journal *j) {
    const Snapshot *s = source_snapshot(j->source);
    for (size_t i = 0; i < j->waiting.count; i++) {
        Part *p = &j->waiting.items[i];
        if (p->is_sealed)
            continue;
        p->lines = j->lines;
        j->lines = (Text){ 0 };
        if (p->slab) {
            print_examples(s->failures, p->at_ns, j->examples, &p->levels);
            print_levels(s, &p->levels);
        }
        p->is_sealed = true;
    }
}

/* --- on the thread pool ------------------------------------------------- */

static int write_all(int fd, const char *bytes, size_t length) {
    while (length) {
        ssize_t n = write(fd, bytes, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno;
        bytes += n;
        length -= (size_t)n;
    }
    return fdatasync(fd) < 0 && errno != EINVAL ? errno : 0;
}

static void on_work(uv_work_t *work) {
    Journal *j = work->data;
    text_clear(&j->bytes);
    for (size_t i = 0; i < j->batch.count; i++) {
        const Part *p = &j->batch.items[i];
        if (p->lines.length)
            text_add(&j->bytes, p->lines.bytes, p->lines.length);
        if (p->slab)
            second_print(&j->printer, p->slab, p->at_ns, p->levels.bytes,
                         p->is_last, &j->bytes);
    }
    j->trouble = write_all(j->fd, j->bytes.bytes, j->bytes.length);
}

/* --- on the main thread again ------------------------------------------- */

static void journal_free(Journal *j);
static void begin_batch(Journal *j);

static void fail(Journal *j, int why) {
    Text text = { 0 };
    j->has_failed = true;
    /* Who has little room shows the beginning. */
    text_addf(&text,
              JOURNAL_FILE ": cannot write: %s; from here on the journal has "
                           "nothing: %s",
              strerror(why), j->path);
    if (j->o.on_trouble)
        j->o.on_trouble(j->o.data, text.bytes);
    text_close(&text);
}

/* Is all written that ever will be? */
static void tell_end(Journal *j) {
    bool is_all = j->has_failed || j->waiting.count == 0;
    if (!j->has_ended || j->is_busy || !is_all || j->was_told)
        return;
    j->was_told = true;
    if (j->o.on_ended)
        j->o.on_ended(j->o.data);
}

static void on_written(uv_work_t *work, int status) {
    Journal *j = work->data;
    (void)status; /* it is never cancelled */
    for (size_t i = 0; i < j->batch.count; i++)
        part_close(j, &j->batch.items[i]);
    j->batch.count = 0;
    j->is_busy = false;
    if (j->trouble && !j->has_failed)
        fail(j, j->trouble);
    if (!j->has_failed)
        begin_batch(j);
    j->is_telling = true; /* whoever is told may close it */
    tell_end(j);
    j->is_telling = false;
    if (j->is_closing && !j->is_busy)
        journal_free(j);
}

static void begin_batch(Journal *j) {
    if (j->is_busy || j->waiting.count == 0)
        return;
    Parts empty = j->batch;
    j->batch = j->waiting;
    j->waiting = empty;
    j->written_ns = clock_now();
    j->is_busy = true;
    uv_queue_work(j->loop, &j->work, on_work, on_written);
}

/* --- what happened since it was last told ------------------------------- */

static void tell_plan(Journal *j, const Wheel *w, size_t i) {
    size_t kept = plan_kept(&j->plans[i], &w->plans[i]);
    print_plan(w, i, kept, &j->lines);
    plan_close(&j->plans[i]);
    plan_copy(&j->plans[i], &w->plans[i]);
}

static void tell_plans(Journal *j, const Wheel *w) {
    if (j->has_plans && w->version == j->version)
        return;
    for (size_t i = 0; i < w->plan_count; i++)
        tell_plan(j, w, i);
    j->has_plans = true;
    j->version = w->version;
}

static void tell_limits(Journal *j, const Wheel *w, uint64_t now_ns) {
    for (size_t i = 0; i < w->limits.now.count; i++) {
        const Threshold *t = &w->limits.now.items[i];
        if (t->text == j->limits[i])
            continue;
        print_limit(t, i, now_ns, &j->lines);
        j->limits[i] = t->text;
    }
}

static void tell_log(Journal *j, const Wheel *w) {
    for (; j->events < w->log.count; j->events++)
        print_event(&w->log.items[j->events], &j->lines);
    for (; j->actions < w->action_count; j->actions++)
        print_action(&w->actions[j->actions], &j->lines);
}

static void tell_gauges(Journal *j, const Gauges *g) {
    for (; g && j->gauges < g->count; j->gauges++) {
        mem_grow(j->readings, j->gauges, j->gauges_cap);
        j->readings[j->gauges] = UINT64_MAX;
        print_gauge(&g->items[j->gauges], j->gauges, &j->lines);
    }
    for (size_t i = 0; i < j->gauges; i++) {
        const Gauge *x = &g->items[i];
        if (!x->whole.count || x->at_ns == j->readings[i])
            continue;
        print_reading(x, i, &j->lines);
        j->readings[i] = x->at_ns;
    }
}

static void tell_changes(Journal *j, const Snapshot *s, const Wheel *w) {
    tell_plans(j, w);
    tell_limits(j, w, s->now_ns);
    tell_log(j, w);
    for (; j->spikes < s->recoveries->count; j->spikes++)
        print_spike(&s->recoveries->items[j->spikes], &j->lines);
    tell_gauges(j, s->gauges);
    if (s->state != j->state)
        print_state(s, &j->lines);
    j->state = s->state;
}

/* --- the run ------------------------------------------------------------ */

void journal_add(Journal *j, uint64_t at_ns, const Slab *slab) {
    if (j->has_failed)
        return;
    /* The time line's seconds: a slab up to their end is theirs. */
    uint64_t second = at_ns ? (at_ns - 1) / NS_PER_S : 0;
    if (second > j->second) {
        if (j->waiting.count < WAITING_MAX)
            close_second(j, (j->second + 1) * NS_PER_S, false);
        j->second = second;
    }
    slab_add(j->live, slab);
}

static void close_what_is_over(Journal *j, uint64_t now_ns, bool is_done) {
    if (is_done && !j->was_done) {
        close_second(j, now_ns, true);
        j->was_done = true;
    } else if (now_ns / NS_PER_S > j->second &&
               j->waiting.count < WAITING_MAX) {
        uint64_t second = now_ns / NS_PER_S;
        close_second(j, second * NS_PER_S, false);
        j->second = second;
    } else if (j->lines.length && !j->is_busy &&
               clock_now() - j->written_ns > PATIENCE_NS) {
        part_add(j);
    }
}

void journal_tick(Journal *j) {
    if (j->has_failed || j->was_done)
        return;
    const Snapshot *s = source_snapshot(j->source);
    const Wheel *w = source_wheel(j->source);
    bool is_done = s->state == RUN_DONE;
    tell_changes(j, s, w);
    if (is_done)
        for (size_t i = 0; i < w->plan_count; i++)
            tell_plan(j, w, i);
    close_what_is_over(j, s->now_ns, is_done);
    seal(j);
    begin_batch(j);
}

void journal_end(Journal *j, int status, const char *words) {
    if (j->has_ended)
        return;
    j->has_ended = true;
    if (j->has_failed) {
        tell_end(j);
        return;
    }
    journal_tick(j);
    print_end(source_snapshot(j->source), source_wheel(j->source), status,
              words, &j->lines);
    part_add(j);
    seal(j);
    begin_batch(j);
}

/* --- life --------------------------------------------------------------- */

static int write_head(Journal *j, Err *err) {
    const Wheel *w = source_wheel(j->source);
    Text head = { 0 };
    print_head(source_snapshot(j->source), w, j->source->info, j->o.started,
               &head);
    j->fd = open(j->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int why = j->fd < 0 ? errno : write_all(j->fd, head.bytes, head.length);
    text_close(&head);
    if (why)
        return err_set(err, "%s: cannot write: %s", j->path, strerror(why));
    return file_sync_name(j->path, err);
}

Journal *journal_new(uv_loop_t *loop, Source *source,
                     const JournalOptions *options, Err *err) {
    Journal *j = mem_new(Journal);
    Text path = { 0 };
    j->source = source;
    j->o = *options;
    j->loop = loop;
    j->work.data = j;
    j->fd = -1;
    text_addf(&path, "%s/" JOURNAL_FILE, options->dir);
    j->path = text_take(&path);
    const Snapshot *now = source_snapshot(source);
    second_printer_init(&j->printer, now->metrics);
    j->examples = mem_alloc(now->failures->kind_count, sizeof *j->examples);
    j->live = slab_take(j);
    const ThresholdList *limits = &source_wheel(source)->limits.now;
    j->plan_count = source_wheel(source)->plan_count;
    j->plans = mem_alloc(j->plan_count, sizeof *j->plans);
    j->limits = mem_alloc(limits->count, sizeof *j->limits);
    for (size_t i = 0; i < limits->count; i++)
        j->limits[i] = limits->items[i].text;
    j->written_ns = clock_now();
    if (write_head(j, err) < 0) {
        journal_free(j);
        return NULL;
    }
    return j;
}

static void parts_close(Journal *j, Parts *p) {
    for (size_t i = 0; i < p->count; i++)
        part_close(j, &p->items[i]);
    free(p->items);
}

static void journal_free(Journal *j) {
    parts_close(j, &j->waiting);
    parts_close(j, &j->batch);
    slab_give(j, j->live);
    for (size_t i = 0; i < j->spare_count; i++) {
        slab_close(j->spare[i]);
        free(j->spare[i]);
    }
    second_printer_close(&j->printer);
    if (j->fd >= 0)
        close(j->fd);
    free(j->path);
    free(j->readings);
    free(j->examples);
    free(j->limits);
    for (size_t i = 0; i < j->plan_count; i++)
        plan_close(&j->plans[i]);
    free(j->plans);
    text_close(&j->lines);
    text_close(&j->bytes);
    free(j);
}

void journal_close(Journal *j) {
    if (!j)
        return;
    j->is_closing = true;
    if (!j->is_busy && !j->is_telling)
        journal_free(j);
}
