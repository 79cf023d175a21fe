/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the history lies, and how it is opened. */
#include "history/history.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "history/store.h"

#define WAIT_MS 5000
#define TRIES_MS 20

char *history_path(Err *err) {
    const char *data = getenv("XDG_DATA_HOME");
    const char *home = getenv("HOME");
    Text t = { 0 };
    /* By the XDG base directory specification a relative path is ignored. */
    if (data && *data == '/')
        text_addf(&t, "%s/onrush/history.db", data);
    else if (home && *home == '/')
        text_addf(&t, "%s/.local/share/onrush/history.db", home);
    else
        err_set(err, "there is no place for the history: neither XDG_DATA_HOME "
                     "nor HOME names a folder");
    return t.length ? text_take(&t) : NULL;
}

/* --- the place ---------------------------------------------------------- */

static int place_fail(const char *path, const char *what, Err *err) {
    char shown[200];
    text_clean(shown, sizeof shown, path, strlen(path));
    return err_set(err,
                   "%s: cannot make the %s of the history: %s; the files of "
                   "the runs are not touched. What to do: allow writing there, "
                   "or set XDG_DATA_HOME to another folder",
                   shown, what, strerror(errno));
}

static int make_folder(const char *path, Err *err) {
    char *folder = mem_dup_text(path);
    char *slash = strrchr(folder, '/');
    int rc = 0;
    if (slash && slash != folder) {
        *slash = '\0';
        char *above = strrchr(folder, '/');
        if (above && above != folder) {
            *above = '\0';
            file_make_dir(folder, NULL); /* mkdir says why not */
            *above = '/';
        }
        if (mkdir(folder, 0700) < 0 && errno != EEXIST)
            rc = place_fail(folder, "folder", err);
    }
    free(folder);
    return rc;
}

/* SQLite would make it readable for all; its -wal and -shm follow it. */
static int make_file(const char *path, Err *err) {
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return place_fail(path, "database", err);
    close(fd);
    return 0;
}

/* --- opening ------------------------------------------------------------ */

static const char not_opened[] = "it was not opened";

static int open_db(History *h, int flags, const char *name, Err *err) {
    int code = sqlite3_open_v2(name, &h->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (!h->db)
        return store_fail_code(h, code, sqlite3_errstr(code), not_opened, err);
    if (code != SQLITE_OK)
        return store_fail(h, not_opened, err);
    sqlite3_extended_result_codes(h->db, 1);
    sqlite3_busy_timeout(h->db, WAIT_MS);
    sqlite3_db_config(h->db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
    sqlite3_db_config(h->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)NULL);
    return store_run(h, "PRAGMA cell_size_check = ON", not_opened, err);
}

static void close_db(History *h) {
    sqlite3_close(h->db);
    h->db = NULL;
}

/* The step to WAL takes a lock for which SQLite does not always wait. */
static int use_wal(const History *h, Err *err) {
    for (int waited = 0;; waited += TRIES_MS) {
        int rc = store_run(h, "PRAGMA journal_mode = WAL", not_opened, err);
        if (rc == 0 || (sqlite3_errcode(h->db) & 0xff) != SQLITE_BUSY ||
            waited >= WAIT_MS)
            return rc;
        sqlite3_sleep(TRIES_MS);
    }
}

/* SQLite's own locks do not cover the step to WAL and back, when the last one
 * closes it: who opens or closes waits for others who do. -1: there is no such
 * lock here, SQLite's have to do. */
static int lock_folder(const char *path) {
    char *folder = mem_dup_text(path);
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = '\0';
    int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (int waited = 0; fd >= 0 && waited < WAIT_MS; waited += TRIES_MS) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
            break;
        sqlite3_sleep(TRIES_MS);
    }
    free(folder);
    return fd;
}

static void unlock(int lock) {
    if (lock >= 0)
        close(lock);
}

static int open_to_write(History *h, Err *err) {
    bool is_old = false;
    if (make_file(h->path, err) < 0 ||
        open_db(h, SQLITE_OPEN_READWRITE, h->path, err) < 0 ||
        schema_check(h, &is_old, err) < 0)
        return -1;
    if (sqlite3_db_readonly(h->db, "main") == 1)
        return store_fail_code(h, SQLITE_READONLY, "", not_opened, err);
    if (use_wal(h, err) < 0 ||
        store_run(h, "PRAGMA synchronous = NORMAL", not_opened, err) < 0)
        return -1;
    return is_old ? schema_update(h, err) : 0;
}


/* Where no file can be made, SQLite cannot share a database in WAL mode;
 * nobody else can write it then, if nothing waits in the log. */
static bool may_be_immutable(const History *h) {
    Text log = { 0 };
    struct stat st;
    text_addf(&log, "%s-wal", h->path);
    bool is_empty = stat(log.bytes, &st) < 0 || st.st_size == 0;
    text_close(&log);
    int code = sqlite3_errcode(h->db) & 0xff;
    return is_empty && (code == SQLITE_CANTOPEN || code == SQLITE_READONLY);
}

static int open_immutable(History *h, bool *is_old, Err *err) {
    Text uri = { 0 };
    text_adds(&uri, "file:");
    for (const char *s = h->path; *s; s++)
        if (strchr("?#%", *s))
            text_addf(&uri, "%%%02x", (unsigned)*s);
        else
            text_add(&uri, s, 1);
    text_adds(&uri, "?immutable=1");
    close_db(h);
    int rc = open_db(h, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, uri.bytes, err);
    text_close(&uri);
    return rc < 0 ? rc : schema_check(h, is_old, err);
}

static int open_to_read(History *h, Err *err) {
    bool is_old = false;
    if (access(h->path, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR))
        return 0;
    if (open_db(h, SQLITE_OPEN_READONLY, h->path, err) < 0)
        return -1;
    if (schema_check(h, &is_old, err) < 0 &&
        (!may_be_immutable(h) || open_immutable(h, &is_old, err) < 0))
        return -1;
    if (!is_old)
        return 0;
    close_db(h);
    return open_to_write(h, err);
}

/* Of a folder SQLite says that the disk is failing. */
static bool is_folder(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

History *history_open(const char *path, HistoryUse use, Err *err) {
    History *h = mem_new(History);
    h->path = mem_dup_text(path);
    int rc = is_folder(path)
                 ? store_fail_code(h, SQLITE_NOTADB, "", not_opened, err)
             : use == HISTORY_WRITE ? make_folder(path, err)
                                    : 0;
    int lock = rc == 0 ? lock_folder(path) : -1;
    if (rc == 0)
        rc = use == HISTORY_WRITE ? open_to_write(h, err)
                                  : open_to_read(h, err);
    unlock(lock);
    if (rc == 0)
        return h;
    history_close(h);
    return NULL;
}

void history_close(History *h) {
    if (!h)
        return;
    int lock = h->db ? lock_folder(h->path) : -1;
    close_db(h);
    unlock(lock);
    free(h->path);
    free(h);
}
