/* SPDX-License-Identifier: GPL-3.0-or-later */
/* onrush run: reads a profile and runs it. */
#include <stdio.h>

#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/repeat.h"
#include "cmd/session.h"
#include "report/report.h"

int cmd_run(int argc, char **argv) {
    Options o;
    Profile p;
    int rc = options_read(&o, OPTIONS_RUN, argc, argv);
    if (rc)
        return rc < 0 ? EXIT_USAGE : EXIT_HELD;
    if (o.repeat && o.baseline) {
        text_to(stderr, "onrush run: --repeat with --baseline: onrush gate "
                        "holds repeats against one\n");
        return EXIT_USAGE;
    }
    if (o.repeat) {
        Repeat all = { 0 };
        Text dir = { 0 };
        rc = repeat_run(&o, stdout, &all, &dir);
        text_close(&dir);
        repeat_close(&all);
        return rc;
    }
    if (options_read_profile(&o, &p, "; nothing was sent") < 0)
        return EXIT_USAGE;
    rc = session_run(&o, &p, NULL);
    profile_close(&p);
    return rc;
}
