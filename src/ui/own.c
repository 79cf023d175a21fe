/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/own.h"

#include <string.h>

const OwnCommand own_commands[OWN_COUNT] = {
    [OWN_VIEW] = { "view", "VIEW", "show a view" },
    [OWN_ZOOM] = { "zoom", "DURATION|whole", "how much time the charts show" },
    [OWN_SORT] = { "sort", "next|back|reverse|COLUMN",
                   "sort the table, also by a column's number" },
    [OWN_FILTER] = { "filter", "[TEXT]",
                     "only rows that contain it; nothing: all" },
    [OWN_SCENARIO] = { "scenario", "[SCENARIO]",
                       "the one that keys and commands steer; the next one if "
                       "not said" },
    [OWN_THEME] = { "theme", "auto|dark|light|colorblind|mono",
                    "the colours" },
    [OWN_EARLIER] = { "earlier", "RUN|off",
                      "lay an earlier run under the charts, or take it away" },
    [OWN_COPY] = { "copy", "", "copy this view as text" },
    [OWN_SAVE_SCREEN] = { "save screen", "",
                          "as text and as a picture (SVG), beside the "
                          "results" },
    [OWN_SAVE_PROFILE] = { "save profile", "[NAME]",
                           "the run so far as a profile that can be run" },
    [OWN_MOUSE] = { "mouse", "on|off",
                    "take clicks, or leave them to the terminal" },
    [OWN_HELP] = { "help", "", "keys and commands" },
    [OWN_QUIT] = { "quit", "", "finish the run; when it is over: leave" },
};

OwnId own_find(const char *text, const char **args) {
    for (int i = 0; i < OWN_COUNT; i++) {
        size_t n = strlen(own_commands[i].name);
        if (strncmp(text, own_commands[i].name, n) != 0 ||
            (text[n] && text[n] != ' '))
            continue;
        *args = text + n + strspn(text + n, " ");
        return (OwnId)i;
    }
    return OWN_COUNT;
}
