/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store.h: what the files of this room share: the open database, prepared
 * statements, and words for SQLite's errors. */
#ifndef ONRUSH_HISTORY_STORE_H
#define ONRUSH_HISTORY_STORE_H

#include <sqlite3.h>

#include "history/history.h"

#define STORE_TEXT_MAX 1000 /* bytes of a text, and its NUL */

struct History {
    sqlite3 *db; /* NULL: there is none yet, and it is only read */
    char *path;
};

/* The last error of the database as words: which file, what was not done, why,
 * what to do. Returns -1. */
int store_fail(const History *h, const char *not_done, Err *err);
/* Of a result code, when there is no database to ask. */
int store_fail_code(const History *h, int code, const char *why,
                    const char *not_done, Err *err);

/* NULL with err. sqlite3_finalize() it. */
sqlite3_stmt *store_prepare(const History *h, const char *sql,
                            const char *not_done, Err *err);
/* NULL is stored as "". Cleaned. */
void store_bind_text(sqlite3_stmt *s, int at, const char *text);
/* One statement without results. */
int store_run(const History *h, const char *sql, const char *not_done,
              Err *err);
/* The first column of the first row of a statement; fallback: no row. */
int store_number(const History *h, const char *sql, int64_t fallback,
                 int64_t *to, const char *not_done, Err *err);

/* BEGIN IMMEDIATE; end: COMMIT when rc is 0, else ROLLBACK. Returns rc, or -1
 * with err when the commit fails. */
int store_begin(const History *h, const char *not_done, Err *err);
int store_end(const History *h, int rc, const char *not_done, Err *err);

/* Appends the statement of a list. */
void store_list_sql(const HistoryQuery *q, Text *sql);

/* Brings the schema up to date, a transaction for each version. */
int schema_update(const History *h, Err *err);
/* Refuses a newer schema, and databases of others. *is_old: it needs an
 * update. */
int schema_check(const History *h, bool *is_old, Err *err);

#endif
