/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "report/save.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/units.h"
#include "report/forms.h"

#define SUMMARY "summary.json"

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
    bool is_plan = r->snapshot->now_ns == 0;
    text_addf(&line, "%s %s by onrush " PACKAGE_VERSION ", %s, from %s",
              is_plan ? "begun" : "executed", when,
              units_clock(length, r->snapshot->now_ns), r->profile->path);
    add_comment(line.bytes, to);
    if (is_plan)
        add_comment("what was planned; when the run is over, what was executed "
                    "stands here",
                    to);
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
    bool needs_profile;
} in_folder[] = {
    { SUMMARY, write_summary, false },
    { "profile.ini", report_profile, true },
    { "report.html", report_html, false },
    { "report.md", report_markdown, false },
};
#define IN_FOLDER (sizeof in_folder / sizeof *in_folder)

static WriteFn *const extras[EXTRA_COUNT] = {
    [EXTRA_SUMMARY] = write_summary, [EXTRA_FLAT] = report_flat,
    [EXTRA_JUNIT] = report_junit,    [EXTRA_CSV] = report_csv,
    [EXTRA_HGRM] = report_hgrm,
};

static int write_one(const Report *r, WriteFn *write, const char *path,
                     Text *failures, Err *err) {
    Text text = { 0 };
    write(r, &text);
    int rc = file_write(path, text.bytes ? text.bytes : "", text.length, err);
    if (rc < 0)
        text_addf(failures, "%s%s", failures->length ? "; " : "", err->text);
    text_close(&text);
    return rc;
}

static bool is_there(const char *path) {
    struct stat st;
    return lstat(path, &st) == 0;
}

static void save_in_folder(const Report *r, const ReportFiles *files, size_t i,
                           Text *failures) {
    Text path = { 0 };
    Err err;
    const char *name = in_folder[i].name;
    text_addf(&path, "%s/%s", files->dir, name);
    bool is_left_out = (in_folder[i].needs_profile && !r->profile) ||
                       (files->only_missing && is_there(path.bytes));
    if (!is_left_out &&
        write_one(r, in_folder[i].write, path.bytes, failures, &err) < 0) {
        const char *why = err.text;
        if (text_starts(why, path.bytes))
            why += path.length;
        if (files->missing)
            text_addf(files->missing, "%s%s\n", name, why);
        if (files->lacks_summary && text_equal(name, SUMMARY))
            *files->lacks_summary = true;
    }
    text_close(&path);
}

void report_sweep(const char *dir) {
    file_sweep(dir, FILE_PROBE);
    for (size_t i = 0; i < IN_FOLDER; i++)
        file_sweep(dir, in_folder[i].name);
}

int report_save(const Report *r, const ReportFiles *files, Err *err) {
    Text failures = { 0 };
    Err one;
    for (size_t i = 0; i < IN_FOLDER && files->dir; i++)
        save_in_folder(r, files, i, &failures);
    for (size_t i = 0; i < EXTRA_COUNT; i++)
        if (files->extra[i])
            write_one(r, extras[i], files->extra[i], &failures, &one);
    int rc = failures.length ? err_set(err, "%s", failures.bytes) : 0;
    if (rc < 0 && files->failures)
        text_adds(files->failures, failures.bytes);
    text_close(&failures);
    return rc;
}
