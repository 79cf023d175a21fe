/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/baseline.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "cmd/past.h"

static bool note_name(void *data, const HistoryRun *run) {
    *(char **)data = mem_dup_text(run->name);
    return false;
}

/* Its stored summary, called by its name. */
static Results *read_stored(History *h, int64_t id, Err *err) {
    char *name = NULL, *summary = history_summary(h, id, err);
    Results *r = NULL;
    if (summary &&
        history_list(h, &(HistoryQuery){ .id = id }, note_name, &name, err) ==
            0)
        r = results_parse(summary, strlen(summary), name ? name : "", err);
    free(summary);
    free(name);
    return r;
}

Results *baseline_named(const char *name, const char *profile, Err *err) {
    int64_t id = 0;
    History *h = past_history(HISTORY_READ, err);
    Results *r = h && history_find(h, name, profile, &id, err) == 0
                     ? read_stored(h, id, err)
                     : NULL;
    history_close(h);
    return r;
}

static Results *of_profile(const char *profile, Err *err) {
    int64_t id = 0;
    char *path = history_path(NULL);
    History *h = path ? history_open(path, HISTORY_READ, err) : NULL;
    Results *r = h && history_baseline(h, profile, &id, err) == 0 && id
                     ? read_stored(h, id, err)
                     : NULL;
    history_close(h);
    free(path);
    return r;
}

Results *baseline_results(const Options *o, const Profile *p, Err *err) {
    struct stat st;
    *err = (Err){ 0 };
    if (!o->baseline)
        return o->no_history ? NULL : of_profile(p->name, err);
    if (stat(o->baseline, &st) == 0)
        return results_read(o->baseline, err);
    /* A path that is not there is told of as a path. */
    if (strchr(o->baseline, '/'))
        return results_read(o->baseline, err);
    Results *r = baseline_named(o->baseline, p->name, err);
    if (!r)
        r = baseline_named(o->baseline, NULL, err);
    if (!r)
        baseline_say_no_file(o->baseline, err);
    return r;
}

void baseline_say_no_file(const char *name, Err *err) {
    char clean[200];
    Err why = *err;
    text_clean(clean, sizeof clean, name, strlen(name));
    err_set(err, "there is no file or folder '%s' here, and %s", clean,
            why.text);
}
