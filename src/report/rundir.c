/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "report/rundir.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/units.h"

#define RESULTS "onrush-results"
#define NAME_BYTES 100
#define TRIES_MAX 1000

/* --- the folder --------------------------------------------------------- */

/* Letters, digits and . _ - stay, and what is not ASCII; no dot in front. */
static void add_safe_name(const char *name, Text *to) {
    char clean[NAME_BYTES];
    text_clean(clean, sizeof clean, name, strlen(name));
    for (char *s = clean; *s; s++)
        if (!isalnum((unsigned char)*s) && !strchr("._-", *s) &&
            (unsigned char)*s < 0x80)
            *s = '-';
    if (*clean == '.' || *clean == '-')
        *clean = '_';
    text_adds(to, *clean ? clean : "run");
}

static void add_stamp(time_t started, Text *to) {
    struct tm tm = { 0 };
    char stamp[64] = "";
    localtime_r(&started, &tm);
    strftime(stamp, sizeof stamp, "-%Y%m%d-%H%M%S", &tm);
    text_adds(to, stamp);
}

/* mkdir, not a look first: two runs may begin in the same second. */
static int make_new_dir(Text *path, Err *err) {
    size_t length = path->length;
    for (int n = 2; mkdir(path->bytes, 0777) < 0; n++) {
        if (errno != EEXIST || n > TRIES_MAX)
            return err_set(err, "%s: cannot make the folder: %s", path->bytes,
                           strerror(errno));
        path->length = length;
        text_addf(path, "-%d", n);
    }
    return 0;
}

char *rundir_make(const char *out, const char *name, time_t started, Err *err) {
    Text path = { 0 };
    int rc;
    if (out) {
        text_adds(&path, out);
        rc = file_make_dir(out, err);
    } else {
        rc = file_make_dir(RESULTS, err);
        text_adds(&path, RESULTS "/");
        add_safe_name(name, &path);
        add_stamp(started, &path);
        if (rc == 0)
            rc = make_new_dir(&path, err);
    }
    if (rc == 0)
        rc = file_check_dir(path.bytes, err);
    if (rc == 0)
        return text_take(&path);
    text_close(&path);
    return NULL;
}

/* --- saving ------------------------------------------------------------- */

static void add_comment(const char *text, Text *to) {
    char clean[1024];
    text_addf(to, "; %s\n",
              text_clean(clean, sizeof clean, text, strlen(text)));
}

static void add_header(const Report *r, Text *to) {
    struct tm tm = { 0 };
    char when[64] = "";
    UnitsText length;
    Text line = { 0 };
    gmtime_r(&r->started, &tm);
    strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S UTC", &tm);
    text_addf(&line, "executed %s by onrush " PACKAGE_VERSION ", %s, from %s",
              when, units_clock(length, r->snapshot->now_ns), r->profile->path);
    add_comment(line.bytes, to);
    if (report_was_steered(r))
        add_comment("the load was changed by hand: [stages] is what was "
                    "executed, not what was planned",
                    to);
    text_adds(to, "\n");
    text_close(&line);
}

void report_profile(const Report *r, Text *to) {
    uint64_t now_ns = r->wheel->plan->now_ns;
    add_header(r, to);
    /* A run that never began would leave no stage. */
    profile_print(r->profile, r->wheel, now_ns ? now_ns : UINT64_MAX, to);
}

static void write_one(const char *path, const char *bytes, size_t length,
                      Text *failures) {
    Err err;
    if (file_write(path, bytes, length, &err) < 0)
        text_addf(failures, "%s%s", failures->length ? "; " : "", err.text);
}

static void write_in(const char *dir, const char *file, const char *bytes,
                     size_t length, Text *failures) {
    Text path = { 0 };
    text_addf(&path, "%s/%s", dir, file);
    write_one(path.bytes, bytes, length, failures);
    text_close(&path);
}

int report_save(const Report *r, const char *dir, const char *extra_summary,
                Err *err) {
    char *summary = report_summary(r);
    size_t length = strlen(summary);
    Text failures = { 0 };
    if (dir) {
        Text profile = { 0 };
        report_profile(r, &profile);
        write_in(dir, "summary.json", summary, length, &failures);
        write_in(dir, "profile.ini", profile.bytes, profile.length, &failures);
        text_close(&profile);
    }
    if (extra_summary)
        write_one(extra_summary, summary, length, &failures);
    free(summary);
    int rc = failures.length ? err_set(err, "%s", failures.bytes) : 0;
    text_close(&failures);
    return rc;
}
