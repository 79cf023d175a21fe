/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "report/save.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/units.h"

/* --- profile.ini -------------------------------------------------------- */

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

/* --- saving ------------------------------------------------------------- */

typedef void WriteFn(const Report *r, Text *to);

static void write_summary(const Report *r, Text *to) {
    char *summary = report_summary(r);
    text_adds(to, summary);
    free(summary);
}

static const struct {
    const char *name;
    WriteFn *write;
} in_folder[] = {
    { "summary.json", write_summary },
    { "profile.ini", report_profile },
    { "report.html", report_html },
    { "report.md", report_markdown },
};
#define IN_FOLDER (sizeof in_folder / sizeof *in_folder)

static WriteFn *const extras[EXTRA_COUNT] = {
    [EXTRA_SUMMARY] = write_summary,
};

static void write_one(const Report *r, WriteFn *write, const char *path,
                      Text *failures) {
    Err err;
    Text text = { 0 };
    write(r, &text);
    if (file_write(path, text.bytes ? text.bytes : "", text.length, &err) < 0)
        text_addf(failures, "%s%s", failures->length ? "; " : "", err.text);
    text_close(&text);
}

int report_save(const Report *r, const ReportFiles *files, Err *err) {
    Text failures = { 0 }, path = { 0 };
    for (size_t i = 0; i < IN_FOLDER && files->dir; i++) {
        text_clear(&path);
        text_addf(&path, "%s/%s", files->dir, in_folder[i].name);
        write_one(r, in_folder[i].write, path.bytes, &failures);
    }
    for (size_t i = 0; i < EXTRA_COUNT; i++)
        if (files->extra[i])
            write_one(r, extras[i], files->extra[i], &failures);
    int rc = failures.length ? err_set(err, "%s", failures.bytes) : 0;
    text_close(&path);
    text_close(&failures);
    return rc;
}
