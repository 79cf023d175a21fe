/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is read: runs, figures, summaries, baselines. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/mem.h"
#include "history/store.h"

static const char not_read[] = "it was not read";

const char *const history_common[HISTORY_COMMON] = {
    "http_req_duration p(95)",
    "http_reqs rate",
    "http_req_failed rate",
    "vus_max value",
};

/* Finalizes; code: of the last step. */
static int read_to_end(const History *h, sqlite3_stmt *s, int code, Err *err) {
    int rc = code == SQLITE_ROW || code == SQLITE_DONE
                 ? 0
                 : store_fail(h, not_read, err);
    sqlite3_finalize(s);
    return rc;
}

/* --- runs --------------------------------------------------------------- */

enum { /* columns of a list */
    COL_ID, COL_NAME, COL_PATH, COL_PROFILE, COL_KIND, COL_TARGET, COL_STARTED,
    COL_DURATION, COL_STATUS, COL_WORDS, COL_STEERED, COL_BOUND, COL_BASELINE,
    COL_FIGURES,
};
#define TEXTS 6

void store_list_sql(const HistoryQuery *q, Text *sql) {
    size_t figures = q->figure ? 1 : HISTORY_COMMON;
    text_adds(sql, "SELECT id, name, path, profile, kind, target, started,"
                   " duration_ms, status, words, was_steered,"
                   " is_generator_bound, id IN (SELECT run FROM baselines)");
    for (size_t i = 0; i < figures; i++)
        text_addf(sql, ", (SELECT value FROM figures WHERE run = runs.id AND"
                       " name = ?%zu)", 5 + i);
    text_addf(sql, " FROM runs WHERE %s%s%s ORDER BY started DESC, id DESC"
                   " LIMIT ?4",
              q->id ? "id = ?3 AND " : "",
              q->profile ? "profile = ?1 AND " : "", "started >= ?2");
}

static int figure_id(const History *h, const char *name, int64_t *id,
                     Err *err) {
    sqlite3_stmt *s = store_prepare(
        h, "SELECT id FROM figure_names WHERE name = ?1", not_read, err);
    if (!s)
        return -1;
    store_bind_text(s, 1, name);
    int code = sqlite3_step(s);
    *id = code == SQLITE_ROW ? sqlite3_column_int64(s, 0) : 0;
    return read_to_end(h, s, code, err);
}

static int bind_list(const History *h, const HistoryQuery *q, sqlite3_stmt *s,
                     Err *err) {
    size_t figures = q->figure ? 1 : HISTORY_COMMON;
    if (q->profile)
        store_bind_text(s, 1, q->profile);
    sqlite3_bind_int64(s, 2, q->since);
    if (q->id)
        sqlite3_bind_int64(s, 3, q->id);
    sqlite3_bind_int64(s, 4, q->limit ? (int64_t)q->limit : -1);
    for (size_t i = 0; i < figures; i++) {
        int64_t id = 0;
        if (figure_id(h, q->figure ? q->figure : history_common[i], &id, err) <
            0)
            return -1;
        sqlite3_bind_int64(s, 5 + (int)i, id);
    }
    return 0;
}

/* The database may hold what another program wrote. */
static const char *clean_column(sqlite3_stmt *s, int column, char *to) {
    const char *text = (const char *)sqlite3_column_text(s, column);
    return text_clean(to, STORE_TEXT_MAX, text ? text : "",
                      (size_t)sqlite3_column_bytes(s, column));
}

static bool tell_row(sqlite3_stmt *s, const HistoryQuery *q,
                     bool (*each)(void *data, const HistoryRun *run),
                     void *data) {
    char texts[TEXTS][STORE_TEXT_MAX];
    HistoryFigure figures[HISTORY_COMMON];
    HistoryRun run = {
        .id = sqlite3_column_int64(s, COL_ID),
        .name = clean_column(s, COL_NAME, texts[0]),
        .path = clean_column(s, COL_PATH, texts[1]),
        .profile = clean_column(s, COL_PROFILE, texts[2]),
        .kind = clean_column(s, COL_KIND, texts[3]),
        .target = clean_column(s, COL_TARGET, texts[4]),
        .started = sqlite3_column_int64(s, COL_STARTED),
        .duration_ms = sqlite3_column_double(s, COL_DURATION),
        .status = sqlite3_column_int(s, COL_STATUS),
        .words = clean_column(s, COL_WORDS, texts[5]),
        .was_steered = sqlite3_column_int(s, COL_STEERED) != 0,
        .is_generator_bound = sqlite3_column_int(s, COL_BOUND) != 0,
        .is_baseline = sqlite3_column_int(s, COL_BASELINE) != 0,
        .figures = figures,
    };
    for (int i = COL_FIGURES; i < sqlite3_column_count(s); i++)
        if (sqlite3_column_type(s, i) != SQLITE_NULL)
            figures[run.figure_count++] = (HistoryFigure){
                q->figure ? q->figure : history_common[i - COL_FIGURES],
                sqlite3_column_double(s, i),
            };
    return each(data, &run);
}

int history_list(History *h, const HistoryQuery *q,
                 bool (*each)(void *data, const HistoryRun *run), void *data,
                 Err *err) {
    Text sql = { 0 };
    if (!h->db)
        return 0;
    store_list_sql(q, &sql);
    sqlite3_stmt *s = store_prepare(h, sql.bytes, not_read, err);
    text_close(&sql);
    if (!s)
        return -1;
    int code = SQLITE_DONE, rc = bind_list(h, q, s, err);
    while (rc == 0 && (code = sqlite3_step(s)) == SQLITE_ROW)
        if (!tell_row(s, q, each, data))
            break;
    if (rc == 0 && code != SQLITE_DONE && code != SQLITE_ROW)
        rc = store_fail(h, not_read, err);
    sqlite3_finalize(s);
    return rc;
}

int history_figures(History *h, bool (*each)(void *data, const char *name),
                    void *data, Err *err) {
    char name[STORE_TEXT_MAX];
    int code;
    if (!h->db)
        return 0;
    sqlite3_stmt *s = store_prepare(
        h, "SELECT name FROM figure_names ORDER BY name", not_read, err);
    if (!s)
        return -1;
    while ((code = sqlite3_step(s)) == SQLITE_ROW)
        if (!each(data, clean_column(s, 0, name)))
            break;
    return read_to_end(h, s, code, err);
}

/* --- one run ------------------------------------------------------------ */

/* In the order in which a name is understood. */
static const char *const finders[] = {
    "SELECT id FROM runs WHERE (?2 IS NULL OR profile = ?2) AND ?1 = 'last'"
    " ORDER BY started DESC, id DESC LIMIT 1",
    "SELECT id FROM runs WHERE (?2 IS NULL OR profile = ?2) AND name = ?1"
    " ORDER BY started DESC, id DESC LIMIT 1",
    "SELECT id FROM runs WHERE (?2 IS NULL OR profile = ?2)"
    " AND id = CAST(?1 AS INTEGER) AND ?1 = CAST(id AS TEXT)",
    /* U+10FFFF sorts behind every other character */
    "SELECT max(id), min(name), max(name), count(DISTINCT name) FROM runs"
    " WHERE (?2 IS NULL OR profile = ?2)"
    " AND name >= ?1 AND name < ?1 || char(1114111)",
};
#define FINDERS (sizeof finders / sizeof *finders)

/* 1: found. 0: not that way. */
static int find_by(const History *h, const char *sql, const char *name,
                   const char *profile, int64_t *id, Err *err) {
    char first[STORE_TEXT_MAX], last[STORE_TEXT_MAX];
    sqlite3_stmt *s = store_prepare(h, sql, not_read, err);
    if (!s)
        return -1;
    store_bind_text(s, 1, name);
    if (profile)
        store_bind_text(s, 2, profile);
    int code = sqlite3_step(s), rc = 0;
    if (code == SQLITE_ROW && sqlite3_column_int64(s, 0)) {
        *id = sqlite3_column_int64(s, 0);
        rc = 1;
        if (sqlite3_column_count(s) > 1 && sqlite3_column_int64(s, 3) > 1)
            rc = err_set(err, "'%.60s' is the start of %" PRId64 " names, from "
                              "%.80s to %.80s: write more of it",
                         name, (int64_t)sqlite3_column_int64(s, 3),
                         clean_column(s, 1, first), clean_column(s, 2, last));
    } else if (code != SQLITE_ROW && code != SQLITE_DONE) {
        rc = store_fail(h, not_read, err);
    }
    sqlite3_finalize(s);
    return rc;
}

int history_find(History *h, const char *name, const char *profile,
                 int64_t *id, Err *err) {
    char clean[100], of[100] = "";
    int rc = 0;
    for (size_t i = 0; h->db && *name && rc == 0 && i < FINDERS; i++)
        rc = find_by(h, finders[i], name, profile, id, err);
    if (rc)
        return rc < 0 ? -1 : 0;
    text_clean(clean, sizeof clean, name, strlen(name));
    if (profile)
        text_clean(of, sizeof of, profile, strlen(profile));
    return err_set(err, "the history has no run '%s'%s%s; onrush history "
                        "lists what it has",
                   clean, profile ? " of the profile " : "", of);
}

static char *unpack(const History *h, sqlite3_stmt *s, Err *err) {
    int64_t bytes = sqlite3_column_int64(s, 0);
    uLongf length = bytes > 0 && bytes <= HISTORY_SUMMARY_MAX ? (uLongf)bytes
                                                              : 0;
    char *text = mem_alloc(length + 1, 1);
    if (length && uncompress((Bytef *)text, &length, sqlite3_column_blob(s, 1),
                             (uLong)sqlite3_column_bytes(s, 1)) == Z_OK &&
        (int64_t)length == bytes)
        return text;
    free(text);
    store_fail_code(h, SQLITE_CORRUPT, "", "a summary was not read", err);
    return NULL;
}

char *history_summary(History *h, int64_t id, Err *err) {
    sqlite3_stmt *s =
        h->db ? store_prepare(h, "SELECT bytes, data FROM summaries"
                                 " WHERE run = ?1",
                              not_read, err)
              : NULL;
    char *text = NULL;
    if (!s) {
        if (!h->db)
            err_set(err, "the history is empty");
        return NULL;
    }
    sqlite3_bind_int64(s, 1, id);
    int code = sqlite3_step(s);
    if (code == SQLITE_ROW)
        text = unpack(h, s, err);
    else if (code == SQLITE_DONE)
        err_set(err, "the history has no summary of run %" PRId64, id);
    else
        store_fail(h, not_read, err);
    sqlite3_finalize(s);
    return text;
}

int history_baseline(History *h, const char *profile, int64_t *id, Err *err) {
    *id = 0;
    if (!h->db)
        return 0;
    sqlite3_stmt *s = store_prepare(
        h, "SELECT run FROM baselines WHERE profile = ?1", not_read, err);
    if (!s)
        return -1;
    store_bind_text(s, 1, profile);
    int code = sqlite3_step(s);
    if (code == SQLITE_ROW)
        *id = sqlite3_column_int64(s, 0);
    return read_to_end(h, s, code, err);
}

int history_baselines(History *h,
                      bool (*each)(void *data, const char *profile, int64_t id),
                      void *data, Err *err) {
    char profile[STORE_TEXT_MAX];
    int code;
    if (!h->db)
        return 0;
    sqlite3_stmt *s = store_prepare(
        h, "SELECT profile, run FROM baselines ORDER BY profile", not_read,
        err);
    if (!s)
        return -1;
    while ((code = sqlite3_step(s)) == SQLITE_ROW)
        if (!each(data, clean_column(s, 0, profile), sqlite3_column_int64(s, 1)))
            break;
    return read_to_end(h, s, code, err);
}
