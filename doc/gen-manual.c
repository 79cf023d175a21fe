/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gen-manual FILE.in: prints a manual page. A line `@NAME ARGUMENT@` of the
 * template becomes the list of that name, made from the tables that the
 * program itself walks, so that program and manual cannot drift apart.
 * gen-manual --names: what the profile's page must mention, "SECTION KEY" a
 * line, for the test. Runs while building; one thread. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cmd/config.h"
#include "cmd/options.h"
#include "control/verbs.h"
#include "profile/keys.h"
#include "profile/vars.h"
#include "stats/metric.h"
#include "target/settings.h"
#include "ui/keys_bind.h"
#include "ui/own.h"

/* In mdoc a word in quotes is never a macro, a backslash begins an escape,
 * and a plain minus may be printed as a hyphen. */
static void put_word(const char *text) {
    fputs(" \"\\&", stdout);
    for (const char *s = text; *s; s++) {
        if (*s == '\\')
            fputs("\\e", stdout);
        else if (*s == '"')
            fputs("\\(dq", stdout);
        else if (*s == '-')
            fputs("\\-", stdout);
        else
            putchar(*s);
    }
    putchar('"');
}

/* A line of running text. */
static void put_text(const char *text) {
    if (*text == '.' || *text == '\'')
        fputs("\\&", stdout);
    for (const char *s = text; *s; s++)
        if (*s == '\\')
            fputs("\\e", stdout);
        else
            putchar(*s);
}

static void begin_list(void) {
    puts(".Bl -tag -width Ds");
}

static void end_list(void) {
    puts(".El");
}

/* --- profile ------------------------------------------------------------ */

static bool is_same_text(const char *a, const char *b) {
    return a == b || (a && b && text_equal(a, b));
}

/* Keys that are told in one breath: GET, POST, … */
static bool are_alike(const Key *a, const Key *b) {
    return text_equal(a->section, b->section) && a->times == b->times &&
           text_equal(a->help, b->help) &&
           is_same_text(a->fallback, b->fallback);
}

static void put_key_name(const SectionInfo *s, const Key *k) {
    fputs(s->free_keys ? " Ar" : " Ic", stdout);
    put_word(k->name);
    if (k->times == KEY_NAMED)
        fputs(" Op Ar NAME", stdout);
}

static void put_key_text(const Key *k) {
    put_text(k->help);
    if (k->fallback && *k->fallback) {
        fputs("\n(if not said:\n.Li", stdout);
        put_word(k->fallback);
        puts(" )");
    } else {
        putchar('\n');
    }
    if (k->times != KEY_ONCE)
        puts("(as often as needed)");
}

/* [NAME]: what the section is for, and its keys. */
static size_t print_section(const char *name) {
    size_t i = 0, k = 0;
    while (i < section_count && !text_equal(sections[i].name, name))
        i++;
    if (i == section_count)
        return 0;
    const SectionInfo *s = &sections[i];
    printf(".Ss \\(lB%s%s\\(rB\n", s->name, s->named ? " NAME" : "");
    put_text(s->help);
    puts("");
    begin_list();
    while (k < key_count) {
        size_t first = k++;
        if (!text_equal(keys[first].section, name))
            continue;
        fputs(".It", stdout);
        put_key_name(s, &keys[first]);
        for (; k < key_count && are_alike(&keys[first], &keys[k]); k++) {
            fputs(" ,", stdout);
            put_key_name(s, &keys[k]);
        }
        putchar('\n');
        put_key_text(&keys[first]);
    }
    end_list();
    return 1;
}

static size_t print_metrics(const char *argument) {
    (void)argument;
    puts(".Bl -column \"http_req_tls_handshaking\" \"counter\" \"default\"");
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        const MetricInfo *m = &metric_info[i];
        printf(".It Li %s Ta %s Ta %s%s\n", m->name, metric_kind_name(m->kind),
               m->contains, m->by_series ? " Ta also by series" : "");
    }
    end_list();
    return METRIC_COUNT;
}

/* --- program ------------------------------------------------------------ */

/* Each option once, with the subcommands that take it. */
static void put_commands(unsigned takers) {
    static const struct {
        const char *name;
        unsigned set;
    } commands[] = { { "run", OPTIONS_RUN },
                     { "check", OPTIONS_CHECK },
                     { "demo", OPTIONS_DEMO },
                     { "open", OPTIONS_OPEN },
                     { "history", OPTIONS_HISTORY },
                     { "baseline", OPTIONS_BASELINE },
                     { "trend", OPTIONS_TREND },
                     { "compare", OPTIONS_COMPARE },
                     { "find", OPTIONS_FIND },
                     { "scale", OPTIONS_SCALE },
                     { "gate", OPTIONS_GATE } };
    const char *before = ".Pq Cm";
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (takers & commands[i].set) {
            printf("%s %s", before, commands[i].name);
            before = " ,";
        }
    putchar('\n');
}

static size_t print_options(const char *argument) {
    size_t count = 0;
    OptionInfo o;
    (void)argument;
    begin_list();
    for (; options_describe(count, &o); count++) {
        Text name = { 0 };
        text_addf(&name, "-%s", o.name);
        fputs(".It", stdout);
        if (o.letter)
            printf(" Fl %c ,", o.letter);
        fputs(" Fl", stdout);
        put_word(name.bytes);
        if (o.arg) {
            fputs(" Ar", stdout);
            put_word(o.arg);
        }
        putchar('\n');
        put_text(o.help);
        putchar('\n');
        put_commands(o.sets);
        text_close(&name);
    }
    end_list();
    return count;
}

static size_t print_verbs(const char *argument) {
    (void)argument;
    begin_list();
    for (size_t i = 0; i < verb_count; i++) {
        fputs(".It Ic", stdout);
        put_word(verbs[i].name);
        if (*verbs[i].args) {
            fputs(" No", stdout);
            put_word(verbs[i].args);
        }
        putchar('\n');
        put_text(verbs[i].help);
        putchar('\n');
    }
    end_list();
    return verb_count;
}

/* What can be typed into the console beside the verbs. */
static size_t print_own(const char *argument) {
    (void)argument;
    begin_list();
    for (int i = 0; i < OWN_COUNT; i++) {
        fputs(".It Ic", stdout);
        put_word(own_commands[i].name);
        if (*own_commands[i].args) {
            fputs(" No", stdout);
            put_word(own_commands[i].args);
        }
        putchar('\n');
        put_text(own_commands[i].help);
        putchar('\n');
    }
    end_list();
    return OWN_COUNT;
}

static size_t print_keys(const char *argument) {
    size_t count = 0;
    (void)argument;
    for (int mode = MODE_ANY; mode < MODE_COUNT; mode++) {
        const KeyTable *t = &key_tables[mode];
        printf(".Ss %s\n", t->title);
        begin_list();
        for (size_t i = 0; i < t->count; i++) {
            fputs(".It Ic", stdout);
            put_word(t->rows[i].label);
            putchar('\n');
            put_text(t->rows[i].help);
            putchar('\n');
        }
        end_list();
        count += t->count;
    }
    return count;
}

/* The user's settings of the console. */
static size_t print_config(const char *argument) {
    ConfigKey k;
    size_t count = 0;
    (void)argument;
    begin_list();
    for (; config_describe(count, &k); count++) {
        fputs(".It Ic", stdout);
        put_word(k.name);
        fputs(" No = Ar", stdout);
        put_word(k.values);
        putchar('\n');
        put_text(k.help);
        putchar('\n');
    }
    end_list();
    return count;
}

#define ACTION_KEYS_MAX 80

typedef struct ActionLine {
    char name[KEY_ACTION_MAX], keys[ACTION_KEYS_MAX];
} ActionLine;

/* Adds a key to its action's line, once. Returns how many lines there are. */
static size_t note_action(ActionLine *lines, size_t count, const KeyStroke *s) {
    char name[KEY_ACTION_MAX], key[KEY_NAME_MAX + 1], all[ACTION_KEYS_MAX + 2];
    size_t i = 0;
    key_action(name, s);
    while (i < count && !text_equal(lines[i].name, name))
        i++;
    if (i == count)
        snprintf(lines[count++].name, KEY_ACTION_MAX, "%s", name);
    key[0] = ' ';
    key_print(key + 1, s->usual);
    snprintf(all, sizeof all, "%s ", lines[i].keys);
    snprintf(key + strlen(key), sizeof key - strlen(key), " ");
    if (strstr(all, key))
        return count;
    key[strlen(key) - 1] = '\0';
    strncat(lines[i].keys, key, ACTION_KEYS_MAX - strlen(lines[i].keys) - 1);
    return count;
}

/* What keys can be bound to, with the keys that do it as they are. */
static size_t print_actions(const char *argument) {
    static ActionLine lines[160];
    size_t count = 0;
    (void)argument;
    for (int mode = MODE_ANY; mode < MODE_COUNT; mode++) {
        const KeyTable *t = &key_tables_usual[mode];
        for (size_t i = 0; key_mode_is_bindable((KeyMode)mode) && i < t->count;
             i++)
            for (size_t k = 0; k < KEY_STROKES && t->rows[i].strokes[k].code &&
                               count < sizeof lines / sizeof *lines;
                 k++)
                count = note_action(lines, count, &t->rows[i].strokes[k]);
    }
    puts(".Bl -column \"level-down-far\" \"pgup pgdn\"");
    for (size_t i = 0; i < count; i++) {
        fputs(".It Ic", stdout);
        put_word(lines[i].name);
        fputs(" Ta", stdout);
        put_word(lines[i].keys + 1);
        putchar('\n');
    }
    end_list();
    return count;
}

static size_t print_target(const char *argument) {
    TargetSettings fallback = target_settings_default();
    (void)argument;
    begin_list();
    for (size_t i = 0; i < target_settings_count(); i++) {
        UnitsText value;
        target_settings_value(&fallback, i, value);
        fputs(".It Ic", stdout);
        put_word(target_settings_name(i));
        fputs(" No = Ar", stdout);
        put_word(value);
        putchar('\n');
        put_text(target_settings_help(i));
        putchar('\n');
    }
    end_list();
    return target_settings_count();
}

static size_t print_fails(const char *argument) {
    (void)argument;
    begin_list();
    for (int i = 0; i < FAIL_COUNT; i++) {
        fputs(".It Li", stdout);
        put_word(fail_name((FailClass)i));
        putchar('\n');
        put_text(fail_help((FailClass)i));
        putchar('\n');
    }
    end_list();
    return FAIL_COUNT;
}

static size_t print_variables(const char *argument) {
    (void)argument;
    begin_list();
    for (size_t i = 0; i < VAR_KINDS; i++) {
        Text t = { 0 };
        text_addf(&t, "${%s%s}", var_info[i].name, var_info[i].args);
        fputs(".It Li", stdout);
        put_word(t.bytes);
        putchar('\n');
        put_text(var_info[i].help);
        putchar('\n');
        text_close(&t);
    }
    end_list();
    return VAR_KINDS;
}

/* --- templates ---------------------------------------------------------- */

/* Each returns how many things it listed; 0: the argument is not known. */
static const struct {
    const char *name;
    size_t (*print)(const char *argument);
} lists[] = {
    { "section", print_section }, { "metrics", print_metrics },
    { "options", print_options }, { "verbs", print_verbs },
    { "keys", print_keys },       { "own", print_own },
    { "target", print_target },   { "fails", print_fails },
    { "variables", print_variables },
    { "config", print_config },   { "actions", print_actions },
};

/* directive: "options run@\n", behind the first @. */
static int print_list(char *directive) {
    directive[strcspn(directive, "@\n")] = '\0';
    char *argument = directive + strcspn(directive, " ");
    if (*argument)
        *argument++ = '\0';
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (text_equal(lists[i].name, directive))
            return lists[i].print(argument) ? 0 : -1;
    return -1;
}

static int print_page(const char *path) {
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t size = 0;
    int number = 0, rc = f ? 0 : -1;
    if (!f)
        perror(path);
    while (f && rc == 0 && getline(&line, &size, f) > 0) {
        number++;
        if (*line != '@')
            fputs(line, stdout);
        else if ((rc = print_list(line + 1)) < 0)
            fprintf(stderr, "%s:%d: there is no list '%s'\n", path, number,
                    line + 1);
    }
    free(line);
    if (f)
        fclose(f);
    return rc;
}

static void print_names(void) {
    for (size_t i = 0; i < key_count; i++)
        printf("%s %s\n", keys[i].section, keys[i].name);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fputs("usage: gen-manual FILE.in | --names\n", stderr);
        return EXIT_FAILURE;
    }
    if (text_equal(argv[1], "--names"))
        print_names();
    else if (print_page(argv[1]) < 0)
        return EXIT_FAILURE;
    return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
}
