/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/saving.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "journal/journal.h"
#include "profile/secrets.h"

static size_t count_lost(const char *profile) {
    size_t n = 0;
    while ((profile = strstr(profile, SECRETS_LOST))) {
        profile += strlen(SECRETS_LOST);
        n++;
    }
    return n;
}

int saving_begin(Saving *s, const Report *r, const char *dir, Err *err) {
    Text path = { 0 }, profile = { 0 };
    if (marker_open(&s->marker, dir, err) < 0)
        return -1;
    s->dir = dir;
    report_sweep(dir);
    text_addf(&path, "%s/profile.ini", dir);
    report_profile(r, &profile);
    s->lost = count_lost(profile.bytes);
    int rc = file_write(path.bytes, profile.bytes, profile.length, err);
    if (rc < 0)
        saving_forget(s);
    text_close(&path);
    text_close(&profile);
    return rc;
}

void saving_forget(Saving *s) {
    if (s->dir)
        marker_close(&s->marker, NULL);
    s->dir = NULL;
}

void saving_journal_failed(Saving *s, const char *text) {
    text_addf(&s->missing, JOURNAL_FILE ": its end: %s\n", text);
}

void saving_files(Saving *s, const Report *r, const char *const *extra) {
    ReportFiles files = { .dir = s->dir,
                          .missing = &s->missing,
                          .failures = &s->trouble,
                          .lacks_summary = &s->lacks_summary };
    memcpy(files.extra, extra, sizeof files.extra);
    report_save(r, &files, NULL);
}

int saving_end(Saving *s) {
    Text said = { 0 };
    bool is_whole = !s->missing.length;
    if (!is_whole)
        text_addf(&said, "Not all of this run could be saved. Missing are\n\n%s",
                  s->missing.bytes);
    marker_close(&s->marker, said.bytes);
    text_close(&said);
    return is_whole && !s->trouble.length ? 0 : -1;
}

void saving_print_summary(const Saving *s, const Report *r, bool one_line,
                          Text *to) {
    if (!s->lacks_summary)
        return;
    char *summary = one_line ? report_summary_line(r) : report_summary(r);
    text_adds(to, summary);
    free(summary);
}

void saving_tell(const Saving *s, Text *to, Text *errors) {
    if (s->trouble.length)
        text_addf(errors, "onrush: not saved: %s\n", s->trouble.bytes);
    else if (s->missing.length)
        text_addf(to, "saved in %s, but not all: " MARKER_FILE
                    " there says what is missing\n", s->dir);
    else
        text_addf(to, "saved in %s\n", s->dir);
    if (!s->trouble.length && s->lost)
        text_addf(to, "%zu secret%s left out of its profile.ini, which says "
                    "where; --keep-secrets keeps them\n",
                s->lost, s->lost == 1 ? " is" : "s are");
}

void saving_close(Saving *s) {
    text_close(&s->trouble);
    text_close(&s->missing);
}
