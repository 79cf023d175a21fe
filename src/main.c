/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <locale.h>
#include <stdio.h>

#include "base/text.h"
#include "cmd/begin.h"
#include "cmd/cmd.h"
#include "report/report.h"

static const Command commands[] = {
    { "run", "PROFILE", "run a profile in the console", cmd_run, true },
    { "check", "PROFILE", "read a profile, show its plan or its mistakes",
      cmd_check, false },
    { "init", "[KIND]", "write a profile to begin with", cmd_init, false },
    { "import", "FILE", "make a profile of curl, HAR, k6, Artillery or a log",
      cmd_import, false },
    { "ctl", "COMMAND...", "steer a run that is under way", cmd_ctl, false },
    { "open", "RESULT [RESULT]", "look at a run that was saved, or cut off",
      cmd_open, false },
    { "find", "PROFILE", "search for the highest load that a goal allows",
      cmd_find, true },
    { "gate", "PROFILE", "run, compare with the baseline, exit with the verdict",
      cmd_gate, false },
    { "scale", "PROFILE", "measure how throughput grows with the load",
      cmd_scale, true },
    { "history", "[show RUN]", "list the runs that were made here",
      cmd_history, false },
    { "baseline", "set RUN", "choose the run that others are held against",
      cmd_baseline, false },
    { "trend", "METRIC", "follow a figure over many runs", cmd_trend, false },
    { "compare", "BASE NEW...", "has anything become worse?", cmd_compare, false },
    { "demo", "", "watch a spike against the built-in target", cmd_demo, true },
    { "target", "[KEY=VALUE...]", "serve a target that can be overloaded",
      cmd_target, true },
};
#define COMMAND_COUNT (sizeof commands / sizeof *commands)

static void print_help(FILE *to) {
    fputs("onrush: a live load-test console\n\n"
          "usage: onrush COMMAND [OPTION...] [ARGUMENT...]\n\n",
          to);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        char left[40];
        snprintf(left, sizeof left, "%s %s", commands[i].name,
                 commands[i].args);
        text_to(to, "  %-24s %s\n", left, commands[i].help);
    }
    fputs("\nonrush COMMAND --help tells more; first try: onrush demo\n", to);
}

static int run(const Command *c, int argc, char **argv) {
    begin_process();
    return end_output(c->name, c->saves, c->run(argc, argv));
}

int main(int argc, char **argv) {
    if (begin_streams() < 0)
        return EXIT_UNEXPECTED;
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C");
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (text_equal(argv[1], "--help") || text_equal(argv[1], "-h") ||
        text_equal(argv[1], "help")) {
        print_help(stdout);
        return EXIT_HELD;
    }
    if (text_equal(argv[1], "--version")) {
        puts("onrush " PACKAGE_VERSION);
        return EXIT_HELD;
    }
    const char *names[COMMAND_COUNT];
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        names[i] = commands[i].name;
        if (text_equal(argv[1], names[i]))
            return run(&commands[i], argc - 1, argv + 1);
    }
    const char *near = text_nearest(argv[1], names, COMMAND_COUNT);
    text_to(stderr, "onrush: there is no command '%s'%s%s%s\n", argv[1],
            near ? "; did you mean '" : "", near ? near : "",
            near ? "'?" : "; --help lists them");
    return EXIT_USAGE;
}
