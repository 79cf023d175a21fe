/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The history: what goes in comes out, by many at a time, from older
 * versions, and out of files that are no history at all. */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "history/store.h"

#define STARTED INT64_C(1767323045) /* 2026-01-02 03:04:05 UTC */
#define WRITERS 8
#define EACH 50
#define MADE 20 /* databases */

static char folder[64], path[128];

static int make(void **state) {
    (void)state;
    strcpy(folder, "/tmp/onrush-history-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/data/onrush/history.db", folder);
    return 0;
}

static int sweep(void **state) {
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static History *opened(HistoryUse use) {
    Err err = { 0 };
    History *h = history_open(path, use, &err);
    if (!h)
        fail_msg("%s", err.text);
    return h;
}

static HistoryRun run_of(const char *name, const char *profile,
                         int64_t started) {
    static const HistoryFigure figures[] = {
        { "http_req_duration p(95)", 41.5 }, { "http_reqs rate", 812.25 },
        { "http_req_failed rate", 0.002 },   { "vus_max value", 200 },
        { "checks rate", NAN },              { "iterations rate", 80 },
    };
    return (HistoryRun){ .name = name,
                         .path = "/srv/results",
                         .profile = profile,
                         .kind = "load",
                         .target = "http://127.0.0.1:8080",
                         .started = started,
                         .duration_ms = 60500.5,
                         .status = 99,
                         .words = "a threshold broke",
                         .was_steered = true,
                         .figures = figures,
                         .figure_count = sizeof figures / sizeof *figures };
}

static int64_t added(History *h, const HistoryRun *run, const char *summary) {
    Err err = { 0 };
    HistoryAdded to = { 0 };
    if (history_add(h, run, summary, &to, &err) < 0)
        fail_msg("%s", err.text);
    return to.id;
}

typedef struct Seen {
    size_t count;
    char names[20][64];
    size_t figures;
    double value;
    HistoryRun last; /* but its texts */
    char target[64], words[64];
} Seen;

static bool see(void *data, const HistoryRun *run) {
    Seen *s = data;
    if (s->count < 20)
        snprintf(s->names[s->count], sizeof *s->names, "%s", run->name);
    snprintf(s->target, sizeof s->target, "%s", run->target);
    snprintf(s->words, sizeof s->words, "%s", run->words);
    s->count++;
    s->figures = run->figure_count;
    s->value = run->figure_count ? run->figures[0].value : NAN;
    s->last = *run;
    return true;
}

static Seen listed(History *h, HistoryQuery q) {
    Seen s = { 0 };
    Err err = { 0 };
    if (history_list(h, &q, see, &s, &err) < 0)
        fail_msg("%s", err.text);
    return s;
}

/* --- in and out --------------------------------------------------------- */

static void a_run_comes_out_as_it_went_in(void **state) {
    (void)state;
    History *h = opened(HISTORY_WRITE);
    HistoryRun run = run_of("shop-20260102-030405", "shop", STARTED);
    int64_t id = added(h, &run, "{\"onrush\": {}}\n");
    history_close(h);
    h = opened(HISTORY_READ);
    Seen s = listed(h, (HistoryQuery){ 0 });
    assert_int_equal(s.count, 1);
    assert_string_equal(s.names[0], "shop-20260102-030405");
    assert_int_equal(s.last.id, id);
    assert_int_equal(s.last.started, STARTED);
    assert_near(s.last.duration_ms, 60500.5, 0);
    assert_int_equal(s.last.status, 99);
    assert_true(s.last.was_steered);
    assert_false(s.last.is_generator_bound);
    assert_false(s.last.is_baseline);
    assert_string_equal(s.words, "a threshold broke");
    assert_int_equal(s.figures, HISTORY_COMMON);
    assert_near(s.value, 41.5, 0);
    s = listed(h, (HistoryQuery){ .figure = "iterations rate" });
    assert_int_equal(s.figures, 1);
    assert_near(s.value, 80, 0);
    s = listed(h, (HistoryQuery){ .figure = "checks rate" }); /* it was NaN */
    assert_int_equal(s.figures, 0);
    Err err;
    char *summary = history_summary(h, id, &err);
    assert_string_equal(summary, "{\"onrush\": {}}\n");
    free(summary);
    history_close(h);
}

static void only_its_owner_may_read_it(void **state) {
    (void)state;
    struct stat st;
    char place[128];
    mode_t mask = umask(0);
    history_close(opened(HISTORY_WRITE));
    umask(mask);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    snprintf(place, sizeof place, "%s/data/onrush", folder);
    assert_int_equal(stat(place, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
}

static void the_same_run_is_there_once(void **state) {
    (void)state;
    History *h = opened(HISTORY_WRITE);
    HistoryRun run = run_of("a", "shop", STARTED);
    HistoryAdded to;
    Err err;
    int64_t first = added(h, &run, "{1}");
    assert_int_equal(history_add(h, &run, "{1}", &to, &err), 0);
    assert_true(to.was_there);
    assert_int_equal(to.id, first);
    assert_int_equal(history_add(h, &run, "{2}", &to, &err), 0);
    assert_false(to.was_there); /* another run of that second */
    assert_int_equal(listed(h, (HistoryQuery){ 0 }).count, 2);
    history_close(h);
}

static void texts_from_outside_are_cleaned(void **state) {
    (void)state;
    History *h = opened(HISTORY_WRITE);
    HistoryRun run = run_of("a\033[31mb", "sh\nop", STARTED);
    run.target = "http://x/\xe2\x80\xae";
    int64_t id = added(h, &run, "{}");
    Seen s = listed(h, (HistoryQuery){ 0 });
    assert_null(strchr(s.names[0], '\033'));
    assert_null(strstr(s.target, "\xe2\x80\xae"));
    history_close(h);
    /* and those that another program put there, on their way out */
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "UPDATE runs SET name = 'x' || char(27)",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    h = opened(HISTORY_READ);
    s = listed(h, (HistoryQuery){ .id = id });
    assert_int_equal(s.count, 1);
    assert_null(strchr(s.names[0], '\033'));
    history_close(h);
}

static void runs_are_listed_newest_first(void **state) {
    (void)state;
    History *h = opened(HISTORY_WRITE);
    for (int i = 0; i < 30; i++) {
        char name[32], summary[32];
        int at = i * 7 % 30; /* in no order */
        snprintf(name, sizeof name, "run-%02d", at);
        snprintf(summary, sizeof summary, "{%d}", at);
        HistoryRun run = run_of(name, at % 2 ? "odd" : "even", STARTED + at);
        added(h, &run, summary);
    }
    Seen s = listed(h, (HistoryQuery){ .limit = 3 });
    assert_int_equal(s.count, 3);
    assert_string_equal(s.names[0], "run-29");
    assert_string_equal(s.names[2], "run-27");
    s = listed(h, (HistoryQuery){ .profile = "even", .limit = 2 });
    assert_string_equal(s.names[0], "run-28");
    assert_string_equal(s.names[1], "run-26");
    s = listed(h, (HistoryQuery){ .since = STARTED + 25 });
    assert_int_equal(s.count, 5);
    history_close(h);
}

static void a_run_is_found_by_what_people_write(void **state) {
    (void)state;
    History *h = opened(HISTORY_WRITE);
    static const char *const names[] = { "shop-1", "shop-20", "shop-21",
                                         "cart-1", "cart-1", "7" };
    int64_t ids[6], id;
    char summary[8];
    Err err;
    for (size_t i = 0; i < 6; i++) {
        HistoryRun run = run_of(names[i], i < 3 ? "shop" : "cart",
                                STARTED + (int64_t)i);
        snprintf(summary, sizeof summary, "{%zu}", i);
        ids[i] = added(h, &run, summary);
    }
    static const struct {
        const char *name, *profile;
        size_t want;
    } cases[] = {
        { "last", NULL, 5 },   { "last", "shop", 2 }, { "shop-20", NULL, 1 },
        { "shop-1", NULL, 0 }, { "cart-1", NULL, 4 }, { "car", NULL, 4 },
        { "7", NULL, 5 }, /* a name before an id */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (history_find(h, cases[i].name, cases[i].profile, &id, &err) < 0)
            fail_msg("%s: %s", cases[i].name, err.text);
        assert_int_equal(id, ids[cases[i].want]);
    }
    snprintf(summary, sizeof summary, "%d", (int)ids[2]);
    assert_int_equal(history_find(h, summary, NULL, &id, &err), 0);
    assert_int_equal(id, ids[2]);
    assert_int_equal(history_find(h, "shop-", NULL, &id, &err), -1);
    assert_non_null(strstr(err.text, "the start of 3 names"));
    assert_int_equal(history_find(h, "till", NULL, &id, &err), -1);
    assert_non_null(strstr(err.text, "no run 'till'"));
    assert_int_equal(history_find(h, "shop-1", "cart", &id, &err), -1);
    assert_int_equal(history_find(h, "", NULL, &id, &err), -1);
    history_close(h);
}

static bool see_baseline(void *data, const char *profile, int64_t id) {
    text_addf(data, "%s=%d ", profile, (int)id);
    return true;
}

static void each_profile_has_one_baseline(void **state) {
    (void)state;
    History *h = opened(HISTORY_WRITE);
    HistoryRun run = run_of("a", "shop", STARTED);
    int64_t a = added(h, &run, "{1}"), b = added(h, &run, "{2}"), id = -1;
    Err err;
    assert_int_equal(history_baseline(h, "shop", &id, &err), 0);
    assert_int_equal(id, 0);
    assert_int_equal(history_set_baseline(h, "shop", a, &err), 0);
    assert_int_equal(history_set_baseline(h, "shop", b, &err), 0);
    assert_int_equal(history_baseline(h, "shop", &id, &err), 0);
    assert_int_equal(id, b);
    assert_true(listed(h, (HistoryQuery){ .id = b }).last.is_baseline);
    assert_false(listed(h, (HistoryQuery){ .id = a }).last.is_baseline);
    Text seen = { 0 };
    char want[64];
    assert_int_equal(history_set_baseline(h, "cart", a, &err), 0);
    assert_int_equal(history_baselines(h, see_baseline, &seen, &err), 0);
    snprintf(want, sizeof want, "cart=%d shop=%d ", (int)a, (int)b);
    assert_string_equal(seen.bytes, want);
    text_close(&seen);
    assert_int_equal(history_set_baseline(h, "shop", 0, &err), 0);
    assert_int_equal(history_baseline(h, "shop", &id, &err), 0);
    assert_int_equal(id, 0);
    history_close(h);
}

static void one_that_is_not_there_is_empty(void **state) {
    (void)state;
    History *h = opened(HISTORY_READ);
    int64_t id;
    Err err;
    assert_int_equal(listed(h, (HistoryQuery){ 0 }).count, 0);
    assert_int_equal(history_find(h, "last", NULL, &id, &err), -1);
    assert_null(history_summary(h, 1, &err));
    assert_int_equal(history_baseline(h, "shop", &id, &err), 0);
    assert_int_equal(id, 0);
    assert_int_equal(access(path, F_OK), -1); /* reading makes nothing */
    history_close(h);
}

/* --- many at a time ----------------------------------------------------- */

static void write_many(int writer) {
    Err err = { 0 };
    History *h = history_open(path, HISTORY_WRITE, &err);
    for (int i = 0; h && i < EACH; i++) {
        char name[32];
        snprintf(name, sizeof name, "run-%d-%d", writer, i);
        HistoryRun run = run_of(name, "shop", STARTED + writer * EACH + i);
        if (history_add(h, &run, name, NULL, &err) < 0)
            break;
    }
    if (*err.text)
        fprintf(stderr, "writer %d: %s\n", writer, err.text);
    history_close(h);
    _exit(*err.text != '\0');
}

static void wait_for(const pid_t *pids, int count) {
    for (int i = 0; i < count; i++) {
        int status = -1;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
}

static void open_once(HistoryUse use) {
    Err err = { 0 };
    History *h = history_open(path, use, &err);
    if (!h)
        fprintf(stderr, "%s\n", err.text);
    history_close(h);
    _exit(!h);
}

/* Half of them only read it while the others make file and schema. */
static void many_processes_make_it_at_once(void **state) {
    (void)state;
    pid_t pids[WRITERS];
    for (int round = 0; round < MADE; round++) {
        snprintf(path, sizeof path, "%s/%d/history.db", folder, round);
        fflush(NULL);
        for (int i = 0; i < WRITERS; i++)
            if ((pids[i] = fork()) == 0)
                open_once(i % 2 ? HISTORY_READ : HISTORY_WRITE);
        wait_for(pids, WRITERS);
    }
}

static void many_processes_write_at_once(void **state) {
    (void)state;
    pid_t pids[WRITERS];
    fflush(NULL);
    for (int i = 0; i < WRITERS; i++)
        if ((pids[i] = fork()) == 0)
            write_many(i);
    wait_for(pids, WRITERS);
    History *h = opened(HISTORY_READ);
    Seen s = listed(h, (HistoryQuery){ .figure = "http_reqs rate" });
    assert_int_equal(s.count, WRITERS * EACH);
    assert_near(s.value, 812.25, 0);
    history_close(h);
}

/* --- versions ----------------------------------------------------------- */

/* A history as version 1 of the schema left it. */
static const char version_1[] =
    "PRAGMA application_id = 1869509237; PRAGMA user_version = 1;"
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
    " bytes INTEGER NOT NULL, data BLOB NOT NULL) STRICT;"
    "INSERT INTO runs VALUES(4, 'old', '/old', 'shop', 'load', 'http://old',"
    " 1700000000, 1000, 4, 'the generator was the limit', 0);"
    "INSERT INTO figure_names VALUES(1, 'http_reqs rate');"
    "INSERT INTO figures VALUES(1, 4, 99.5);";

static void make_with(const char *sql) {
    sqlite3 *db;
    Err err;
    char place[128];
    snprintf(place, sizeof place, "%s/data/onrush", folder);
    assert_int_equal(file_make_dir(place, &err), 0);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void an_older_one_is_brought_up_to_date(void **state) {
    (void)state;
    for (int use = HISTORY_READ; use <= HISTORY_WRITE; use++) {
        unlink(path);
        make_with(version_1);
        History *h = opened((HistoryUse)use);
        Seen s = listed(h, (HistoryQuery){ .figure = "http_reqs rate" });
        assert_int_equal(s.count, 1);
        assert_near(s.value, 99.5, 0);
        assert_true(s.last.is_generator_bound); /* by its status */
        Err err;
        assert_int_equal(history_set_baseline(h, "shop", 4, &err), 0);
        history_close(h);
    }
}

static void a_newer_one_is_refused(void **state) {
    (void)state;
    Err err;
    make_with("PRAGMA application_id = 1869509237; PRAGMA user_version = 99;");
    for (int use = HISTORY_READ; use <= HISTORY_WRITE; use++) {
        assert_null(history_open(path, (HistoryUse)use, &err));
        assert_non_null(strstr(err.text, "version 99"));
        assert_non_null(strstr(err.text, path));
    }
}

/* --- trouble ------------------------------------------------------------ */

static void put(const char *bytes, size_t length) {
    Err err;
    char place[128];
    snprintf(place, sizeof place, "%s/data/onrush", folder);
    assert_int_equal(file_make_dir(place, &err), 0);
    assert_int_equal(file_write(path, bytes, length, &err), 0);
}

static void other_files_are_left_alone(void **state) {
    (void)state;
    static const char letter[] = "Dear history, I am no database.\n";
    char page[4096];
    Err err;
    Text after = { 0 };
    memset(page, 'x', sizeof page);
    const struct {
        const char *bytes;
        size_t length;
    } cases[] = { { letter, sizeof letter - 1 }, { page, sizeof page } };
    for (size_t i = 0; i < 2; i++)
        for (int use = HISTORY_READ; use <= HISTORY_WRITE; use++) {
            put(cases[i].bytes, cases[i].length);
            assert_null(history_open(path, (HistoryUse)use, &err));
            assert_non_null(strstr(err.text, path));
            assert_non_null(strstr(err.text, "no SQLite database"));
            assert_non_null(strstr(err.text, "move the file away"));
            text_clear(&after);
            assert_int_equal(file_read(path, 1 << 20, &after, &err), 0);
            assert_int_equal(after.length, cases[i].length);
            assert_memory_equal(after.bytes, cases[i].bytes, after.length);
        }
    text_close(&after);
    unlink(path);
    make_with("CREATE TABLE notes(t TEXT); INSERT INTO notes VALUES('mine');");
    assert_null(history_open(path, HISTORY_WRITE, &err));
    assert_non_null(strstr(err.text, "another program"));
}

/* Bytes flipped behind the first pages: what is met is said, nothing dies. */
static void a_damaged_one_is_told_of(void **state) {
    (void)state;
    History *h = opened(HISTORY_WRITE);
    Err err = { 0 };
    Text whole = { 0 };
    char name[32];
    for (int i = 0; i < 200; i++) {
        snprintf(name, sizeof name, "run-%d", i);
        HistoryRun run = run_of(name, "shop", STARTED + i);
        added(h, &run, name);
    }
    history_close(h);
    assert_int_equal(file_read(path, 1 << 24, &whole, &err), 0);
    size_t told = 0;
    for (size_t at = 4096; at + 4096 <= whole.length; at += 4096) {
        char *damaged = malloc(whole.length);
        memcpy(damaged, whole.bytes, whole.length);
        for (size_t k = 0; k < 4096; k++)
            damaged[at + k] = (char)~damaged[at + k];
        put(damaged, whole.length);
        free(damaged);
        Seen s = { 0 };
        *err.text = '\0';
        h = history_open(path, HISTORY_READ, &err);
        if (h && history_list(h, &(HistoryQuery){ 0 }, see, &s, &err) < 0)
            told++;
        else if (!h)
            told++;
        if (*err.text)
            assert_non_null(strstr(err.text, path));
        if (*err.text && !strstr(err.text, "is damaged"))
            fail_msg("%s", err.text);
        history_close(h);
    }
    assert_true(told > 0);
    text_close(&whole);
}

/* As a full disk: no file may grow beyond what is there. */
static void a_full_disk_costs_only_the_new_run(void **state) {
    (void)state;
    History *h = opened(HISTORY_WRITE);
    HistoryRun run = run_of("first", "shop", STARTED);
    added(h, &run, "{1}");
    history_close(h);
    h = opened(HISTORY_WRITE);
    struct rlimit was, now;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    now = was;
    now.rlim_cur = 4096; /* the log needs more */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
    Err err = { 0 };
    run.name = "second";
    int rc = history_add(h, &run, "{2}", NULL, &err);
    setrlimit(RLIMIT_FSIZE, &was);
    signal(SIGXFSZ, handler);
    assert_int_equal(rc, -1);
    assert_non_null(strstr(err.text, path));
    assert_non_null(strstr(err.text, "the run was not added"));
    assert_non_null(strstr(err.text, "the files of the runs are not touched"));
    assert_int_equal(listed(h, (HistoryQuery){ 0 }).count, 1);
    added(h, &run, "{2}"); /* there is room again */
    history_close(h);
}

static void a_place_that_cannot_be_made_is_named(void **state) {
    (void)state;
    Err err = { 0 };
    char file[128], below[160];
    snprintf(file, sizeof file, "%s/file", folder);
    assert_int_equal(file_write(file, "x", 1, &err), 0);
    snprintf(below, sizeof below, "%s/onrush/history.db", file);
    assert_null(history_open(below, HISTORY_WRITE, &err));
    assert_non_null(strstr(err.text, file));
    assert_non_null(strstr(err.text, "XDG_DATA_HOME"));
    History *h = history_open(below, HISTORY_READ, &err);
    assert_non_null(h); /* empty */
    history_close(h);
}

static void its_place_follows_the_environment(void **state) {
    (void)state;
    Err err = { 0 };
    setenv("XDG_DATA_HOME", "/data", 1);
    setenv("HOME", "/home/ada", 1);
    char *at = history_path(&err);
    assert_string_equal(at, "/data/onrush/history.db");
    free(at);
    setenv("XDG_DATA_HOME", "relative", 1); /* to be ignored, says XDG */
    at = history_path(&err);
    assert_string_equal(at, "/home/ada/.local/share/onrush/history.db");
    free(at);
    unsetenv("XDG_DATA_HOME");
    unsetenv("HOME");
    assert_null(history_path(&err));
    assert_non_null(strstr(err.text, "XDG_DATA_HOME"));
}

/* --- speed -------------------------------------------------------------- */

/* SQLite's own plan of what is asked: searches, and no sorting. */
static void indices_are_used(void **state) {
    (void)state;
    static const struct {
        HistoryQuery q;
        const char *want;
    } cases[] = {
        { { .limit = 20 }, "runs_by_time" },
        { { .profile = "shop", .limit = 20 }, "runs_by_profile" },
        { { .profile = "shop", .figure = "http_reqs rate" },
          "runs_by_profile" },
        { { .figure = "http_reqs rate", .since = 1 }, "runs_by_time" },
        { { .id = 1 }, "INTEGER PRIMARY KEY" },
    };
    history_close(opened(HISTORY_WRITE));
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Text sql = { 0 };
        sqlite3_stmt *s;
        bool is_used = false;
        text_adds(&sql, "EXPLAIN QUERY PLAN ");
        store_list_sql(&cases[i].q, &sql);
        assert_int_equal(sqlite3_prepare_v2(db, sql.bytes, -1, &s, NULL),
                         SQLITE_OK);
        while (sqlite3_step(s) == SQLITE_ROW) {
            const char *plan = (const char *)sqlite3_column_text(s, 3);
            is_used |= strstr(plan, cases[i].want) != NULL;
            if (strstr(plan, "SCAN runs") ||
                strstr(plan, "SCAN figures") || strstr(plan, "TEMP B-TREE"))
                fail_msg("%s: %s", sql.bytes, plan);
        }
        assert_true(is_used);
        sqlite3_finalize(s);
        text_close(&sql);
    }
    sqlite3_close(db);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, make, sweep)
    const struct CMUnitTest tests[] = {
        TEST(a_run_comes_out_as_it_went_in),
        TEST(only_its_owner_may_read_it),
        TEST(the_same_run_is_there_once),
        TEST(texts_from_outside_are_cleaned),
        TEST(runs_are_listed_newest_first),
        TEST(a_run_is_found_by_what_people_write),
        TEST(each_profile_has_one_baseline),
        TEST(one_that_is_not_there_is_empty),
        TEST(many_processes_make_it_at_once),
        TEST(many_processes_write_at_once),
        TEST(an_older_one_is_brought_up_to_date),
        TEST(a_newer_one_is_refused),
        TEST(other_files_are_left_alone),
        TEST(a_damaged_one_is_told_of),
        TEST(a_full_disk_costs_only_the_new_run),
        TEST(a_place_that_cannot_be_made_is_named),
        TEST(its_place_follows_the_environment),
        TEST(indices_are_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
