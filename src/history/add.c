/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is written: runs, and which of them is a baseline. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/mem.h"
#include "history/store.h"

#define FIGURES_MAX 4096

static const char not_added[] = "the run was not added";
static const char not_set[] = "the baseline was not changed";

/* One step of a statement that gives no row, ready for its next values. */
static int again(const History *h, sqlite3_stmt *s, const char *not_done,
                 Err *err) {
    int rc = sqlite3_step(s) == SQLITE_DONE ? 0 : store_fail(h, not_done, err);
    sqlite3_reset(s);
    return rc;
}

static int once(const History *h, sqlite3_stmt *s, const char *not_done,
                Err *err) {
    int rc = again(h, s, not_done, err);
    sqlite3_finalize(s);
    return rc;
}

/* --- the run ------------------------------------------------------------ */

/* A run that is there already has the same start and summary. */
static int find_same(History *h, const HistoryRun *run, const char *summary,
                     int64_t *id, Err *err) {
    sqlite3_stmt *s = store_prepare(
        h,
        "SELECT r.id FROM runs r JOIN summaries s ON s.run = r.id"
        " WHERE r.started = ?1 AND s.bytes = ?2",
        not_added, err);
    int rc = s ? 0 : -1;
    *id = 0;
    if (!s)
        return rc;
    sqlite3_bind_int64(s, 1, run->started);
    sqlite3_bind_int64(s, 2, (int64_t)strlen(summary));
    int code = SQLITE_DONE;
    while (rc == 0 && !*id && (code = sqlite3_step(s)) == SQLITE_ROW) {
        int64_t other = sqlite3_column_int64(s, 0);
        char *there = history_summary(h, other, err);
        if (!there)
            rc = -1;
        else if (text_equal(there, summary))
            *id = other;
        free(there);
    }
    if (rc == 0 && code != SQLITE_ROW && code != SQLITE_DONE)
        rc = store_fail(h, not_added, err);
    sqlite3_finalize(s);
    return rc;
}

static int add_run(const History *h, const HistoryRun *run, int64_t *id,
                   Err *err) {
    sqlite3_stmt *s = store_prepare(
        h,
        "INSERT INTO runs(name, path, profile, kind, target, started,"
        " duration_ms, status, words, was_steered, is_generator_bound)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        not_added, err);
    if (!s)
        return -1;
    store_bind_text(s, 1, run->name);
    store_bind_text(s, 2, run->path);
    store_bind_text(s, 3, run->profile);
    store_bind_text(s, 4, run->kind);
    store_bind_text(s, 5, run->target);
    sqlite3_bind_int64(s, 6, run->started);
    sqlite3_bind_double(s, 7, isfinite(run->duration_ms) ? run->duration_ms : 0);
    sqlite3_bind_int(s, 8, run->status);
    store_bind_text(s, 9, run->words);
    sqlite3_bind_int(s, 10, run->was_steered);
    sqlite3_bind_int(s, 11, run->is_generator_bound);
    int rc = once(h, s, not_added, err);
    *id = sqlite3_last_insert_rowid(h->db);
    return rc;
}

static int add_summary(const History *h, int64_t id, const char *summary,
                       Err *err) {
    size_t length = strlen(summary);
    if (length > HISTORY_SUMMARY_MAX)
        return err_set(err, "%s: %s: its summary has %zu bytes, more than %u",
                       h->path, not_added, length, HISTORY_SUMMARY_MAX);
    uLongf room = compressBound((uLong)length);
    Bytef *data = mem_alloc(room, 1);
    sqlite3_stmt *s = store_prepare(
        h, "INSERT INTO summaries(run, bytes, data) VALUES(?1, ?2, ?3)",
        not_added, err);
    int rc = s ? 0 : -1;
    if (s && compress2(data, &room, (const Bytef *)summary, (uLong)length, 6) !=
                 Z_OK)
        rc = err_set(err, "%s: %s: no memory to compress it", h->path,
                     not_added);
    if (rc == 0) {
        sqlite3_bind_int64(s, 1, id);
        sqlite3_bind_int64(s, 2, (int64_t)length);
        sqlite3_bind_blob64(s, 3, data, room, SQLITE_STATIC);
        rc = again(h, s, not_added, err);
    }
    sqlite3_finalize(s);
    free(data);
    return rc;
}

typedef struct FigureWriter {
    const History *h;
    sqlite3_stmt *name, *value;
} FigureWriter;

static int add_figure(const FigureWriter *w, int64_t id, const HistoryFigure *f,
                      Err *err) {
    if (!isfinite(f->value))
        return 0;
    store_bind_text(w->name, 1, f->name);
    store_bind_text(w->value, 1, f->name);
    sqlite3_bind_int64(w->value, 2, id);
    sqlite3_bind_double(w->value, 3, f->value);
    return again(w->h, w->name, not_added, err) < 0
               ? -1
               : again(w->h, w->value, not_added, err);
}

static int add_figures(const History *h, const HistoryRun *run, int64_t id,
                       Err *err) {
    FigureWriter w = { .h = h };
    w.name = store_prepare(
        h, "INSERT INTO figure_names(name) VALUES(?1) ON CONFLICT DO NOTHING",
        not_added, err);
    if (w.name) /* a name that cleaning made the same as another counts once */
        w.value = store_prepare(
            h,
            "INSERT INTO figures(name, run, value) VALUES("
            "(SELECT id FROM figure_names WHERE name = ?1), ?2, ?3)"
            " ON CONFLICT DO NOTHING",
            not_added, err);
    int rc = w.value ? 0 : -1;
    for (size_t i = 0; rc == 0 && i < run->figure_count && i < FIGURES_MAX; i++)
        rc = add_figure(&w, id, &run->figures[i], err);
    sqlite3_finalize(w.name);
    sqlite3_finalize(w.value);
    return rc;
}

int history_add(History *h, const HistoryRun *run, const char *summary,
                HistoryAdded *to, Err *err) {
    int64_t id = 0;
    if (!h->db)
        return err_set(err, "%s: is only read", h->path);
    if (store_begin(h, not_added, err) < 0)
        return -1;
    int rc = find_same(h, run, summary, &id, err);
    bool was_there = id != 0;
    if (rc == 0 && !was_there) {
        rc = add_run(h, run, &id, err);
        if (rc == 0)
            rc = add_summary(h, id, summary, err);
        if (rc == 0)
            rc = add_figures(h, run, id, err);
    }
    rc = store_end(h, rc, not_added, err);
    if (rc == 0 && to)
        *to = (HistoryAdded){ id, was_there };
    return rc;
}

/* --- baselines ---------------------------------------------------------- */

int history_set_baseline(History *h, const char *profile, int64_t id,
                         Err *err) {
    if (!h->db)
        return err_set(err, "%s: is only read", h->path);
    sqlite3_stmt *s = store_prepare(
        h,
        id ? "INSERT INTO baselines(profile, run) VALUES(?1, ?2)"
             " ON CONFLICT DO UPDATE SET run = excluded.run"
           : "DELETE FROM baselines WHERE profile = ?1",
        not_set, err);
    if (!s)
        return -1;
    store_bind_text(s, 1, profile);
    if (id)
        sqlite3_bind_int64(s, 2, id);
    return once(h, s, not_set, err);
}
