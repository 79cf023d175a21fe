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
    for (int n = 2; mkdir(path->bytes, 0700) < 0; n++) {
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
