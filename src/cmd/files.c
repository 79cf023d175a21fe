/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/files.h"

#include <stdio.h>
#include <string.h>

#include "cmd/init.h"
#include "cmd/output.h"
#include "report/save.h"

#define PROPOSAL "steered"
#define NAMES_MOST 1000

/* --- saving ------------------------------------------------------------- */

static void make_path(const char *dir, const char *name, Text *path) {
    text_clear(path);
    if (!strchr(name, '/'))
        text_addf(path, "%s/", dir);
    text_adds(path, name);
}

static int find_name(const char *dir, Text *path, Err *err) {
    for (int i = 1; i < NAMES_MOST; i++) {
        char name[40];
        if (i == 1)
            snprintf(name, sizeof name, PROPOSAL ".ini");
        else
            snprintf(name, sizeof name, PROPOSAL "-%d.ini", i);
        make_path(dir, name, path);
        if (!output_is_taken(path->bytes, false, err))
            return 0;
    }
    return -1;
}

int files_save_profile(const Report *r, const char *dir, const char *name,
                       Text *path, Err *err) {
    Text profile = { 0 };
    /* the end of the run writes it, over whatever is there */
    if (name && text_equal(name, "profile.ini"))
        return err_set(err, "profile.ini is what the run saves at its end: "
                            "another name");
    if (!name && find_name(dir, path, err) < 0)
        return -1;
    if (name)
        make_path(dir, name, path);
    if (output_is_taken(path->bytes, false, err))
        return err_set(err, "%s is there already: another name", path->bytes);
    report_profile(r, &profile);
    int rc = output_write(path->bytes, profile.bytes, profile.length, false,
                          err);
    text_close(&profile);
    return rc;
}

/* --- reading ------------------------------------------------------------ */

static const Scenario *find_scenario(const Profile *p, const char *name,
                                     Err *err) {
    if (!name)
        return &p->scenarios[0];
    for (size_t i = 0; i < p->scenario_count; i++)
        if (text_equal(p->scenarios[i].name, name))
            return &p->scenarios[i];
    err_set(err, "there is no scenario '%.60s' in it", name);
    return NULL;
}

static void add_stages(const Plan *p, Text *lines) {
    for (size_t i = 0; i < p->count; i++) {
        text_addf(lines, "%s = ", p->stages[i].name);
        stage_print(&p->stages[i], p->unit, lines);
        text_adds(lines, "\n");
    }
}

int files_read_stages(const char *path, const char *scenario, Text *lines,
                      Err *err) {
    const char *ready = strchr(path, '/') ? NULL : init_text(path);
    ProfileOptions none = { .is_only_shown = true };
    Profile p;
    Diags d;
    diags_init(&d, path);
    int rc = ready ? profile_read_text(&p, ready, strlen(ready), path, &none,
                                       &d)
                   : profile_read(&p, path, &none, &d);
    if (rc < 0 && d.count) {
        char clean[160];
        text_clean(clean, sizeof clean, d.items[0].text,
                   strlen(d.items[0].text));
        if (d.items[0].line)
            err_set(err, "line %d: %s", d.items[0].line, clean);
        else
            err_set(err, "%s", clean);
    } else if (rc == 0) {
        const Scenario *s = find_scenario(&p, scenario, err);
        rc = s ? 0 : -1;
        if (s)
            add_stages(&s->plan, lines);
        profile_close(&p);
    }
    diags_close(&d);
    return rc;
}
