/* SPDX-License-Identifier: GPL-3.0-or-later */
/* onrush run: reads a profile and runs it. */
#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/session.h"
#include "report/report.h"

int cmd_run(int argc, char **argv) {
    Options o;
    Profile p;
    Diags d;
    int rc = options_read(&o, OPTIONS_RUN, argc, argv);
    if (rc)
        return rc < 0 ? EXIT_USAGE : EXIT_HELD;
    diags_init(&d, o.profile);
    rc = profile_read(&p, o.profile, &o.change, &d);
    diags_print(&d, stderr);
    if (rc < 0)
        fprintf(stderr, "%zu mistake%s in %s; nothing was sent\n", d.count,
                d.count == 1 ? "" : "s", o.profile);
    diags_close(&d);
    if (rc < 0)
        return EXIT_USAGE;
    rc = session_run(&o, &p, NULL);
    profile_close(&p);
    return rc;
}
