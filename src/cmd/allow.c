/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/allow.h"

#include <string.h>

#include "base/text.h"
#include "profile/command.h"

int allow_check(const Options *o, const Profile *p, Err *err) {
    const char *kind = "request", *name = "", *line = "";
    char command[100];
    if (o->allow_exec || !command_is_run(p))
        return 0;
    for (size_t i = p->alerts.count; i-- > 0;)
        if (p->alerts.items[i].exec) {
            kind = "alerts";
            name = p->alerts.items[i].name;
            line = p->alerts.items[i].exec;
        }
    for (size_t i = p->event_count; i-- > 0;)
        if (p->events[i].exec) {
            kind = "event";
            name = p->events[i].name;
            line = p->events[i].exec;
        }
    for (size_t i = p->request_count; i-- > 0;)
        if (p->requests[i].is_exec) {
            kind = "request";
            name = p->requests[i].name;
            line = p->requests[i].path;
        }
    text_clean(command, sizeof command, line, strlen(line));
    return err_set(err,
                   "[%s %s] runs a command (%s): allow that with --allow-exec",
                   kind, name, command);
}
