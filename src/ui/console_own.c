/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The console's own commands, as typed. Each looks first whether it can be
 * done; a trial ends there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "ui/console_state.h"

#define ZOOM_LEAST_NS (10 * NS_PER_S)
#define ZOOM_MOST_NS (1440 * NS_PER_MIN)

/* What one of them is asked. */
typedef struct Asked {
    const char *args;
    bool is_trial;
    Text *answer;
    Err *err;
} Asked;

static int own_view(Console *c, const Asked *a) {
    const char *names[VIEW_COUNT];
    int found = VIEW_COUNT;
    for (int i = 0; i < VIEW_COUNT; i++) {
        names[i] = views[i].name;
        if (text_equal(names[i], a->args))
            found = i;
    }
    const char *near = text_nearest(a->args, names, VIEW_COUNT);
    if (found == VIEW_COUNT)
        return near ? err_set(a->err,
                              "there is no view '%.40s'; did you mean "
                              "'%s'?",
                              a->args, near)
                    : err_set(a->err,
                              "a view's name is missing: live, "
                              "spectrogram, requests, errors, stages, limits");
    if (!a->is_trial)
        console_show(c, (ViewId)found);
    else
        text_addf(a->answer, "shows the view %s", names[found]);
    return 0;
}

static int own_zoom(Console *c, const Asked *a) {
    uint64_t ns = 0;
    bool is_whole = text_equal(a->args, "whole");
    if (!is_whole && (units_read_duration(a->args, &ns, NULL) < 0 ||
                      ns < ZOOM_LEAST_NS || ns > ZOOM_MOST_NS))
        return err_set(a->err, "write a duration from 10s to 24h, as 5m, or "
                               "whole");
    if (a->is_trial) {
        text_addf(a->answer, "the charts show %s",
                  is_whole ? "the whole run" : a->args);
        return 0;
    }
    LookRun run = console_look_run(c);
    look_zoom(&c->view.look, &run, is_whole ? 0 : ns);
    return 0;
}

static int own_sort(Console *c, const Asked *a) {
    static const struct {
        const char *word;
        KeyAct act;
    } words[] = { { "next", ACT_SORT_NEXT },
                  { "back", ACT_SORT_BACK },
                  { "reverse", ACT_SORT_REVERSE } };
    int columns = views[c->view.view].columns;
    if (!columns)
        return err_set(a->err, "the view %s has no columns to sort by",
                       views[c->view.view].name);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_equal(words[i].word, a->args)) {
            if (!a->is_trial)
                console_act_view(c, &(KeyStroke){ .act = words[i].act });
            return 0;
        }
    char *end;
    long n = strtol(a->args, &end, 10);
    if (end == a->args || *end || n < 1 || n > columns)
        return err_set(a->err,
                       "write next, back, reverse, or a column from 1 "
                       "to %d",
                       columns);
    if (!a->is_trial)
        c->view.table[c->view.view].sort = (int)n - 1;
    return 0;
}

static int own_filter(Console *c, const Asked *a) {
    TableState *t = &c->view.table[c->view.view];
    if (!views[c->view.view].is_table || c->view.view == VIEW_STAGES)
        return err_set(a->err, "the view %s has no rows to filter",
                       views[c->view.view].name);
    if (strlen(a->args) >= sizeof t->filter)
        return err_set(a->err, "a filter has at most %zu bytes",
                       sizeof t->filter - 1);
    if (!a->is_trial)
        snprintf(t->filter, sizeof t->filter, "%s", a->args);
    else
        text_addf(a->answer, *a->args ? "only rows with '%s'" : "all rows",
                  a->args);
    return 0;
}

static int own_scenario(Console *c, const Asked *a) {
    const Wheel *w = console_wheel(c);
    size_t at = (c->focus + 1) % w->plan_count;
    if (w->plan_count == 1)
        return err_set(a->err, "this run has one scenario only");
    for (size_t i = 0; *a->args && i <= w->plan_count; i++) {
        if (i == w->plan_count)
            return err_set(a->err, "there is no scenario '%.60s'", a->args);
        at = i;
        if (text_equal(w->names[i], a->args))
            break;
    }
    if (!a->is_trial)
        c->focus = at;
    text_addf(a->answer, "keys and commands steer scenario %s", w->names[at]);
    return 0;
}

static int own_theme(Console *c, const Asked *a) {
    const Theme *t = theme_find(a->args);
    const char *near = theme_near(a->args);
    if (!t)
        return err_set(a->err,
                       near ? "there is no theme '%.40s'; did you mean '%s'?"
                            : "write theme auto, dark, light, colorblind or "
                              "mono",
                       a->args, near);
    text_addf(a->answer, "theme %s: %s", t->name, t->help);
    if (!a->is_trial)
        c->theme = t;
    return 0;
}

static int own_earlier(Console *c, const Asked *a) {
    if (text_equal(a->args, "off") && !c->earlier_source)
        return err_set(a->err, "no earlier run lies under this one");
    if (!*a->args)
        return err_set(a->err, "write the folder of an earlier run, or off");
    if (!text_equal(a->args, "off"))
        return console_earlier_open(c, a->args, a->is_trial, a->answer,
                                    a->err);
    text_adds(a->answer, "takes the earlier run away");
    if (!a->is_trial)
        console_lay_over(c, NULL, NULL);
    return 0;
}

static int own_copy(Console *c, const Asked *a) {
    return a->is_trial ? 0 : console_copy(c, a->answer, a->err);
}

static int own_save_screen(Console *c, const Asked *a) {
    return a->is_trial ? 0 : console_save_screen(c, a->answer, a->err);
}

static int own_save_profile(Console *c, const Asked *a) {
    Text path = { 0 };
    if (!c->host.save_profile)
        return err_set(a->err, "a profile cannot be saved here");
    if (a->is_trial)
        return 0;
    int rc = c->host.save_profile(c->host.data, *a->args ? a->args : NULL,
                                  &path, a->err);
    if (rc == 0)
        text_addf(a->answer, "saved as %s", path.bytes);
    text_close(&path);
    return rc;
}

static int own_mouse(Console *c, const Asked *a) {
    bool on = text_equal(a->args, "on");
    if (!c->host.set_mouse)
        return err_set(a->err, "there is no mouse here");
    if (!on && !text_equal(a->args, "off"))
        return err_set(a->err, "write mouse on or mouse off");
    text_adds(a->answer, on ? "clicks are for the console; with Shift they "
                              "stay the terminal's"
                            : "clicks are the terminal's");
    if (!a->is_trial)
        c->host.set_mouse(c->host.data, on);
    return 0;
}

static int own_help(Console *c, const Asked *a) {
    if (!a->is_trial)
        console_help(c);
    return 0;
}

static int own_quit(Console *c, const Asked *a) {
    if (!a->is_trial && console_is_done(c))
        c->is_closed = true;
    else if (!a->is_trial)
        console_act_plan(c, &(KeyStroke){ .act = ACT_FINISH });
    return 0;
}

int console_own(Console *c, OwnId id, const char *args, bool is_trial,
                Text *answer, Err *err) {
    static int (*const does[OWN_COUNT])(Console *, const Asked *) = {
        [OWN_VIEW] = own_view,
        [OWN_ZOOM] = own_zoom,
        [OWN_SORT] = own_sort,
        [OWN_FILTER] = own_filter,
        [OWN_SCENARIO] = own_scenario,
        [OWN_THEME] = own_theme,
        [OWN_EARLIER] = own_earlier,
        [OWN_COPY] = own_copy,
        [OWN_SAVE_SCREEN] = own_save_screen,
        [OWN_SAVE_PROFILE] = own_save_profile,
        [OWN_MOUSE] = own_mouse,
        [OWN_HELP] = own_help,
        [OWN_QUIT] = own_quit,
    };
    Asked a = { args, is_trial, answer, err };
    if (*args && !*own_commands[id].args)
        return err_set(err, "'%.60s' is not expected after %s", args,
                       own_commands[id].name);
    return does[id](c, &a);
}
