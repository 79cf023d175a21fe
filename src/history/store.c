/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "history/store.h"

#include <string.h>

#define SHOWN_MAX 120

/* What to do about an error, by its primary code. */
static const struct {
    int code;
    const char *why; /* NULL: SQLite's own words */
    const char *help;
} troubles[] = {
    { SQLITE_CORRUPT, "the database is damaged",
      "move the file away; onrush history import FOLDER... makes a new one" },
    { SQLITE_NOTADB, "it is no SQLite database",
      "move the file away; onrush history import FOLDER... makes a new one" },
    { SQLITE_FULL, "the disk is full",
      "make room, then onrush history import FOLDER" },
    { SQLITE_IOERR, NULL,
      "see whether the disk is full or failing, then onrush history import FOLDER" },
    { SQLITE_BUSY, "another process has held it for 5 s",
      "then onrush history import FOLDER" },
    { SQLITE_READONLY, "it cannot be written",
      "allow writing it, or set XDG_DATA_HOME to another folder" },
    { SQLITE_CANTOPEN, NULL,
      "allow reading and writing it, or set XDG_DATA_HOME to another folder" },
    { SQLITE_PERM, NULL,
      "allow reading and writing it, or set XDG_DATA_HOME to another folder" },
    { SQLITE_ERROR, NULL,
      "move the file away; onrush history import FOLDER... makes a new one" },
};

int store_fail_code(const History *h, int code, const char *why,
                    const char *not_done, Err *err) {
    const char *help = "try again";
    char shown[SHOWN_MAX];
    for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++)
        if (troubles[i].code == (code & 0xff)) {
            why = troubles[i].why ? troubles[i].why : why;
            help = troubles[i].help;
        }
    text_clean(shown, sizeof shown, h->path, strlen(h->path));
    return err_set(err, "%s: %s: %s; the files of the runs are not touched. "
                   "What to do: %s",
                   shown, not_done, why, help);
}

int store_fail(const History *h, const char *not_done, Err *err) {
    int code = sqlite3_errcode(h->db);
    int number = sqlite3_system_errno(h->db);
    bool is_system = (code & 0xff) == SQLITE_CANTOPEN && number;
    return store_fail_code(h, code,
                           is_system ? strerror(number) : sqlite3_errmsg(h->db),
                           not_done, err);
}

sqlite3_stmt *store_prepare(const History *h, const char *sql,
                            const char *not_done, Err *err) {
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(h->db, sql, -1, &s, NULL) == SQLITE_OK)
        return s;
    store_fail(h, not_done, err);
    return NULL;
}

void store_bind_text(sqlite3_stmt *s, int at, const char *text) {
    char clean[STORE_TEXT_MAX];
    text_clean(clean, sizeof clean, text ? text : "", text ? strlen(text) : 0);
    sqlite3_bind_text(s, at, clean, -1, SQLITE_TRANSIENT);
}

int store_run(const History *h, const char *sql, const char *not_done,
              Err *err) {
    sqlite3_stmt *s = store_prepare(h, sql, not_done, err);
    if (!s)
        return -1;
    int rc = sqlite3_step(s);
    if (rc != SQLITE_DONE && rc != SQLITE_ROW)
        rc = store_fail(h, not_done, err);
    else
        rc = 0;
    sqlite3_finalize(s);
    return rc;
}

int store_number(const History *h, const char *sql, int64_t fallback,
                 int64_t *to, const char *not_done, Err *err) {
    sqlite3_stmt *s = store_prepare(h, sql, not_done, err);
    if (!s)
        return -1;
    int rc = sqlite3_step(s);
    *to = rc == SQLITE_ROW ? sqlite3_column_int64(s, 0) : fallback;
    rc = rc == SQLITE_ROW || rc == SQLITE_DONE ? 0
                                               : store_fail(h, not_done, err);
    sqlite3_finalize(s);
    return rc;
}

int store_begin(const History *h, const char *not_done, Err *err) {
    return store_run(h, "BEGIN IMMEDIATE", not_done, err);
}

int store_end(const History *h, int rc, const char *not_done, Err *err) {
    if (rc == 0)
        rc = store_run(h, "COMMIT", not_done, err);
    if (rc < 0 && !sqlite3_get_autocommit(h->db))
        sqlite3_exec(h->db, "ROLLBACK", NULL, NULL, NULL);
    return rc;
}
