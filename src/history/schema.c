/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The schema, as steps from each version to the next. A step that was
 * released is never changed: a new one follows it. */
#include "history/store.h"

#include <inttypes.h>

/* "onru", so that no other program's database is taken for ours. */
#define APPLICATION_ID 0x6f6e7275

static const char *const steps[] = {
    /* 1: runs, their figures and summaries. Figures lie by name, for a trend
     * reads one name of many runs, and a list few names of few. */
    "CREATE TABLE runs(id INTEGER PRIMARY KEY, name TEXT NOT NULL,"
    " path TEXT NOT NULL, profile TEXT NOT NULL, kind TEXT NOT NULL,"
    " target TEXT NOT NULL, started INTEGER NOT NULL,"
    " duration_ms REAL NOT NULL, status INTEGER NOT NULL,"
    " words TEXT NOT NULL, was_steered INTEGER NOT NULL) STRICT;"
    "CREATE TABLE figure_names(id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE figures(name INTEGER NOT NULL REFERENCES figure_names(id),"
    " run INTEGER NOT NULL REFERENCES runs(id), value REAL NOT NULL,"
    " PRIMARY KEY(name, run)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE summaries(run INTEGER PRIMARY KEY REFERENCES runs(id),"
    " bytes INTEGER NOT NULL, data BLOB NOT NULL) STRICT;",
    /* 2: baselines; thousands of runs are found without reading all. */
    "CREATE TABLE baselines(profile TEXT PRIMARY KEY,"
    " run INTEGER NOT NULL REFERENCES runs(id)) STRICT, WITHOUT ROWID;"
    "ALTER TABLE runs ADD COLUMN is_generator_bound INTEGER NOT NULL"
    " DEFAULT 0;"
    "UPDATE runs SET is_generator_bound = 1 WHERE status = 4;"
    "CREATE INDEX runs_by_time ON runs(started);"
    "CREATE INDEX runs_by_profile ON runs(profile, started);"
    "CREATE INDEX runs_by_name ON runs(name);",
};
#define VERSION ((int)(sizeof steps / sizeof *steps))

static const char not_read[] = "it was not read";
static const char not_updated[] = "its schema was not updated";

static int read_version(const History *h, int64_t *version, Err *err) {
    return store_number(h, "PRAGMA user_version", 0, version, not_read, err);
}

int schema_check(const History *h, bool *is_old, Err *err) {
    int64_t version = 0, owner = 0, tables = 0;
    /* one look: another process may be making them */
    if (store_run(h, "BEGIN", not_read, err) < 0 ||
        read_version(h, &version, err) < 0 ||
        store_number(h, "PRAGMA application_id", 0, &owner, not_read, err) < 0 ||
        store_number(h, "SELECT count(*) FROM sqlite_schema", 0, &tables,
                     not_read, err) < 0 ||
        store_run(h, "COMMIT", not_read, err) < 0)
        return -1;
    if (owner != APPLICATION_ID && (owner || version || tables))
        return err_set(err,
                       "%s: is a database of another program; it was left "
                       "alone. Move it away, or set XDG_DATA_HOME to another "
                       "folder",
                       h->path);
    if (version > VERSION)
        return err_set(err,
                       "%s: has version %" PRId64 " of the history's schema, "
                       "this onrush knows up to %d; it was left alone. Use the "
                       "newer onrush",
                       h->path, version, VERSION);
    *is_old = version < VERSION;
    return 0;
}

/* Another process may have been quicker: looked at again under the lock. */
static int step(const History *h, int64_t *version, Err *err) {
    if (store_begin(h, not_updated, err) < 0)
        return -1;
    int rc = read_version(h, version, err);
    if (rc == 0 && *version < VERSION) {
        char mark[100];
        snprintf(mark, sizeof mark,
                 "PRAGMA user_version = %" PRId64 "; "
                 "PRAGMA application_id = %d",
                 *version + 1, APPLICATION_ID);
        if (sqlite3_exec(h->db, steps[*version], NULL, NULL, NULL) ||
            sqlite3_exec(h->db, mark, NULL, NULL, NULL))
            rc = store_fail(h, not_updated, err);
        ++*version;
    }
    return store_end(h, rc, not_updated, err);
}

int schema_update(const History *h, Err *err) {
    int64_t version = 0;
    if (read_version(h, &version, err) < 0)
        return -1;
    while (version < VERSION)
        if (step(h, &version, err) < 0)
            return -1;
    return 0;
}
