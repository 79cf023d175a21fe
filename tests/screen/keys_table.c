/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys_table MODE: the names of the keys of that mode ("wheel", "time", …), a
 * line each, for test_under_load.py. */
#include <stdio.h>

#include "base/text.h"
#include "ui/keys.h"

static const char *const modes[MODE_COUNT] = {
    [MODE_ANY] = "any",         [MODE_WHEEL] = "wheel",
    [MODE_TIME] = "time",       [MODE_TABLE] = "table",
    [MODE_OPEN] = "open",       [MODE_VIEWS] = "views",
    [MODE_STAGES] = "stages",   [MODE_DIALOG] = "dialog",
    [MODE_PALETTE] = "palette", [MODE_FILTER] = "filter",
    [MODE_HELP] = "help",       [MODE_DONE] = "done",
};

static void print(const KeyTable *t) {
    char name[KEY_NAME_MAX];
    for (size_t i = 0; i < t->count; i++)
        for (size_t k = 0; k < KEY_STROKES && t->rows[i].strokes[k].code; k++)
            puts(key_print(name, t->rows[i].strokes[k].code));
}

int main(int argc, char **argv) {
    for (int mode = 0; argc == 2 && mode < MODE_COUNT; mode++)
        if (modes[mode] && text_equal(modes[mode], argv[1])) {
            print(&key_tables[mode]);
            return 0;
        }
    fprintf(stderr, "usage: keys_table MODE\n");
    return 1;
}
