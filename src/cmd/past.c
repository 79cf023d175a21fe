/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/past.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/units.h"

#define SUMMARY "summary.json"

History *past_history(HistoryUse use, Err *err) {
    char *path = history_path(err);
    History *h = path ? history_open(path, use, err) : NULL;
    free(path);
    return h;
}

/* --- from a file -------------------------------------------------------- */

/* The file that the path names; dir: is it a folder's? */
static char *file_of(const char *path, struct stat *st, Err *err) {
    Text file = { 0 };
    text_adds(&file, path);
    if (stat(path, st) == 0 && S_ISDIR(st->st_mode)) {
        text_adds(&file, "/" SUMMARY);
        if (stat(file.bytes, st) < 0) {
            err_set(err, "%s: a folder without " SUMMARY " is no run that was "
                         "saved", path);
            text_close(&file);
            return NULL;
        }
    }
    return text_take(&file);
}

/* The folder of a summary.json, else the file itself. */
static void place(PastRun *p, const char *file) {
    char *whole = realpath(file, NULL);
    if (!whole)
        whole = mem_dup_text(file);
    char *slash = strrchr(whole, '/');
    if (slash && slash != whole && text_equal(slash + 1, SUMMARY)) {
        *slash = '\0';
        slash = strrchr(whole, '/');
    }
    p->path = whole;
    p->name = mem_dup_text(slash ? slash + 1 : whole);
    if (!text_equal(p->name, SUMMARY) && strlen(p->name) > 5 &&
        text_equal(p->name + strlen(p->name) - 5, ".json"))
        p->name[strlen(p->name) - 5] = '\0';
}

static int64_t started_of(const Results *r, const struct stat *st) {
    struct tm tm = { 0 };
    const char *rest = strptime(r->started, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return rest && !*rest ? (int64_t)timegm(&tm) : (int64_t)st->st_mtime;
}

static void take_figures(PastRun *p) {
    const Results *r = p->results;
    p->figures = mem_alloc(r->figure_count + 1, sizeof *p->figures);
    for (size_t i = 0; i < r->figure_count; i++)
        p->figures[i] =
            (HistoryFigure){ r->figures[i].name, r->figures[i].value };
}

static void take(PastRun *p, const struct stat *st) {
    const Results *r = p->results;
    p->run = (HistoryRun){
        .name = p->name,
        .path = p->path,
        .profile = r->profile,
        .kind = r->kind,
        .target = r->target,
        .started = started_of(r, st),
        .duration_ms = r->duration_ms,
        .status = r->status,
        .words = r->words,
        .was_steered = r->was_steered,
        .is_generator_bound = r->is_generator_bound,
        .figures = p->figures,
        .figure_count = r->figure_count,
    };
}

int past_read(PastRun *p, const char *path, Err *err) {
    struct stat st = { 0 };
    *p = (PastRun){ 0 };
    char *file = file_of(path, &st, err);
    int rc = file ? file_read(file, HISTORY_SUMMARY_MAX, &p->summary, err) : -1;
    if (rc == 0 && strlen(p->summary.bytes ? p->summary.bytes : "") !=
                       p->summary.length)
        rc = err_set(err, "%s: has bytes of zero: it is no JSON", file);
    if (rc == 0) {
        p->results = results_parse(p->summary.bytes ? p->summary.bytes : "",
                                   p->summary.length, file, err);
        rc = p->results ? 0 : -1;
    }
    if (rc == 0) {
        place(p, file);
        take_figures(p);
        take(p, &st);
    }
    free(file);
    if (rc < 0)
        past_close(p);
    return rc;
}

void past_close(PastRun *p) {
    results_free(p->results);
    text_close(&p->summary);
    free(p->name);
    free(p->path);
    free(p->figures);
    *p = (PastRun){ 0 };
}

/* --- what people write -------------------------------------------------- */

int past_since(const char *text, time_t now, int64_t *since, Err *err) {
    static const char *const forms[] = { "%Y-%m-%d", "%Y-%m-%d %H:%M",
                                         "%Y-%m-%dT%H:%M" };
    uint64_t ns;
    char clean[60];
    if (units_read_duration(text, &ns, NULL) == 0) {
        *since = (int64_t)now - (int64_t)(ns / NS_PER_S);
        return 0;
    }
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct tm tm = { .tm_isdst = -1 };
        const char *rest = strptime(text, forms[i], &tm);
        if (rest && !*rest) {
            *since = (int64_t)mktime(&tm);
            return 0;
        }
    }
    return err_set(err, "--since: '%s' is neither a duration such as 7d nor a "
                        "date such as 2026-11-22",
                   text_clean(clean, sizeof clean, text, strlen(text)));
}

static bool note_profile(void *data, const HistoryRun *run) {
    *(char **)data = mem_dup_text(run->profile);
    return false;
}

static int add_path(History *h, const char *path, int64_t *id, Err *err) {
    PastRun p;
    HistoryAdded added = { 0 };
    if (past_read(&p, path, err) < 0)
        return -1;
    int rc = history_add(h, &p.run, p.summary.bytes, &added, err);
    past_close(&p);
    *id = added.id;
    return rc;
}

int past_id(History *h, const char *what, const char *profile, int64_t *id,
            char **of, Err *err) {
    struct stat st;
    int rc = stat(what, &st) == 0 ? add_path(h, what, id, err)
                                  : history_find(h, what, profile, id, err);
    *of = NULL;
    if (rc == 0)
        rc = history_list(h, &(HistoryQuery){ .id = *id }, note_profile, of,
                          err);
    if (rc == 0 && !*of)
        *of = mem_dup_text("");
    return rc;
}
