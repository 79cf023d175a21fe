/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cmd/options_table.h"
#include "cmd/usage.h"

bool options_describe(size_t i, OptionInfo *out) {
    if (i >= option_count)
        return false;
    *out = (OptionInfo){ option_rows[i].name, option_rows[i].arg,
                         option_rows[i].help, option_rows[i].sets,
                         option_rows[i].letter };
    return true;
}

static void print_help(OptionSet set, const char *name) {
    text_to(stdout, "usage: onrush %s [OPTION...]%s\n\n", name,
           set == OPTIONS_DEMO       ? ""
           : set == OPTIONS_OPEN     ? " RESULT [RESULT]"
           : set == OPTIONS_HISTORY  ? " [show RUN | import DIR...]"
           : set == OPTIONS_BASELINE ? " [set RUN | show | clear | list]"
           : set == OPTIONS_TREND    ? " METRIC"
           : set == OPTIONS_COMPARE  ? " BASE NEW..."
                                     : " PROFILE");
    for (size_t i = 0; i < option_count; i++) {
        char left[48];
        if (!(option_rows[i].sets & set))
            continue;
        if (option_rows[i].letter)
            snprintf(left, sizeof left, "-%c, --%s %s", option_rows[i].letter,
                     option_rows[i].name, option_rows[i].arg);
        else
            snprintf(left, sizeof left, "    --%s %s", option_rows[i].name,
                     option_rows[i].arg ? option_rows[i].arg : "");
        usage_print(left, option_rows[i].help);
    }
}

static const OptionRow *row_named(const char *name) {
    for (size_t i = 0; i < option_count; i++)
        if (text_equal(option_rows[i].name, name))
            return &option_rows[i];
    return NULL;
}

static int wrong_option(OptionSet set, const char *command, const char *wrote) {
    static const struct {
        OptionSet set;
        const char *name;
    } runs[] = { { OPTIONS_RUN, "run" },
                 { OPTIONS_GATE, "gate" },
                 { OPTIONS_FIND, "find" },
                 { OPTIONS_SCALE, "scale" } };
    const char *names[OPTION_ROWS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < option_count; i++)
        if (option_rows[i].sets & set)
            names[n++] = option_rows[i].name;
    char name[64], clean[64];
    snprintf(name, sizeof name, "%s", wrote + strspn(wrote, "-"));
    name[strcspn(name, "=")] = '\0';
    text_clean(clean, sizeof clean, name, strlen(name));
    const OptionRow *known = row_named(clean);
    if (known && known->sets & set) {
        text_to(stderr, "onrush %s: --%s takes no value\n", command, clean);
        return -1;
    }
    for (size_t i = 0; known && i < sizeof runs / sizeof *runs; i++)
        if (known->sets & runs[i].set) {
            text_to(stderr, "onrush %s: --%s is an option of onrush %s\n",
                    command, clean, runs[i].name);
            return -1;
        }
    const char *near = text_nearest(clean, names, n);
    text_to(stderr, "onrush %s: there is no option '%s'%s%s%s\n", command,
            clean, near ? "; did you mean '--" : "", near ? near : "",
            near ? "'?" : "; --help lists them");
    return -1;
}

static int take_results(Options *o, int count, char **words) {
    if (count == 0)
        text_to(stderr, "onrush open: a result is missing: a folder such as "
                        "onrush-results/NAME-TIME\n");
    else if (count > 2)
        text_to(stderr, "onrush open: two results at most, '%s' is too much\n",
                words[2]);
    else
        memcpy(o->results, words, (size_t)count * sizeof *words);
    return count == 1 || count == 2 ? 0 : -1;
}

static int take_compared(Options *o, int count, char **words) {
    o->compared = words;
    o->compared_count = (size_t)count;
    if (count < 2)
        text_to(stderr, "onrush compare: a base and at least one new result "
                        "are needed: folders of results, or JSON files\n");
    return count < 2 ? -1 : 0;
}

/* What stands behind the options. */
static int take_operands(Options *o, OptionSet set, int count, char **words,
                         const char *command) {
    if (set == OPTIONS_OPEN)
        return take_results(o, count, words);
    if (set & OPTIONS_LISTS) {
        o->words = words;
        o->word_count = (size_t)count;
        return 0;
    }
    if (set == OPTIONS_COMPARE)
        return take_compared(o, count, words);
    if (set == OPTIONS_DEMO && count)
        text_to(stderr, "onrush demo: takes no profile\n");
    if (set == OPTIONS_DEMO)
        return count ? -1 : 0;
    if (count == 0)
        text_to(stderr,
                "onrush %s: a profile is missing; profiles/smoke.ini "
                "is one, onrush demo needs none\n",
                command);
    else if (count > 1)
        text_to(stderr, "onrush %s: one profile at a time, '%s' is too much\n",
                command, words[1]);
    else
        o->profile = words[0];
    return count == 1 ? 0 : -1;
}

static int take_value(Options *o, const OptionRow *row, const char *value,
                      Err *err) {
    void *member = (char *)o + row->at;
    if (row->read)
        return row->read(o, value, err);
    if (!row->arg)
        *(bool *)member = true;
    else
        *(const char **)member = value;
    return row->lacks && !*value ? err_set(err, "%s is missing", row->lacks)
                                 : 0;
}

int options_read(Options *o, OptionSet set, int argc, char **argv) {
    struct option longs[OPTION_ROWS_MAX + 1] = { 0 };
    size_t n = 0;
    char shorts[] = ":ho:u:d:";
    *o = (Options){ 0 };
    o->change.sets = o->sets;
    for (size_t i = 0; i < option_count; i++) {
        if (!(option_rows[i].sets & set))
            continue;
        longs[n++] = (struct option){ option_rows[i].name,
                                      option_rows[i].arg ? required_argument
                                                         : no_argument,
                                      NULL, 256 + (int)i };
    }
    longs[n] = (struct option){ "help", no_argument, NULL, 'h' };
    opterr = 0;
    optind = 1;
    for (int c; (c = getopt_long(argc, argv, shorts, longs, NULL)) != -1;) {
        if (c == 'h') {
            print_help(set, argv[0]);
            return 1;
        }
        if (c == ':') {
            text_to(stderr, "onrush %s: %s needs a value\n", argv[0],
                    argv[optind - 1]);
            return -1;
        }
        if (c == '?')
            return wrong_option(set, argv[0], argv[optind - 1]);
        Err err = { 0 };
        size_t i = option_count;
        for (size_t k = 0; k < option_count; k++)
            if (c == 256 + (int)k || (c < 256 && c == option_rows[k].letter &&
                                      option_rows[k].sets & set))
                i = k;
        if (i == option_count)
            return wrong_option(set, argv[0], (char[]){ '-', (char)c, '\0' });
        if (take_value(o, &option_rows[i], optarg, &err) < 0) {
            text_to(stderr, "onrush %s: --%s: %s\n", argv[0],
                    option_rows[i].name, err.text);
            return -1;
        }
    }
    if ((o->discard || o->pause_ns) && !o->repeat) {
        text_to(stderr, "onrush %s: --discard and --pause are of several "
                        "runs: --repeat N is missing\n",
                argv[0]);
        return -1;
    }
    if (o->discard && o->discard >= o->repeat) {
        text_to(stderr,
                "onrush %s: --discard %zu leaves no run of --repeat "
                "%zu\n",
                argv[0], o->discard, o->repeat);
        return -1;
    }
    if (o->control && o->no_control) {
        text_to(stderr, "onrush %s: --control and --no-control: one of them\n",
                argv[0]);
        return -1;
    }
    return take_operands(o, set, argc - optind, argv + optind, argv[0]);
}

int options_read_profile(const Options *o, Profile *p, const char *after) {
    Diags d;
    diags_init(&d, o->profile);
    int rc = profile_read(p, o->profile, &o->change, &d);
    diags_print(&d, stderr);
    if (rc < 0)
        text_to(stderr, "%zu mistake%s in %s%s\n", d.count,
                d.count == 1 ? "" : "s", o->profile, after);
    diags_close(&d);
    return rc;
}
