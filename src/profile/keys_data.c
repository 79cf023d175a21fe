/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/keys_data.h"

#include <stdlib.h>

#include "base/text.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Read when it is first used, here at the latest, where its mistake is told. */
void key_read_var(KeyContext *c) {
    VarScope *s = &c->profile->vars;
    Err err;
    for (size_t i = 0; i < s->entry_count; i++)
        if (text_equal(s->entries[i].name, c->entry->key) &&
            vars_read_entry(s, &s->entries[i], &c->profile->arena, &err) < 0)
            key_report(c, &err);
}

void key_read_data_file(KeyContext *c) {
    DataSet *s = c->data;
    s->file_line = c->entry->line;
    s->file_column = c->entry->value_column;
    if (!*c->value) {
        key_error(c, 0, "file is empty");
        return;
    }
    char *path = key_beside(c->profile, c->value);
    s->path = arena_dup_text(&c->profile->arena, path);
    free(path);
}

void key_read_data_pick(KeyContext *c) {
    static const char *const choices[] = { [DATA_SEQUENTIAL] = "sequential",
                                           [DATA_RANDOM] = "random",
                                           [DATA_PER_VU] = "per-vu" };
    int choice = DATA_SEQUENTIAL;
    key_read_choice(c, choices, COUNT(choices), &choice);
    c->data->pick = (DataPick)choice;
}

void key_read_data_header(KeyContext *c) {
    static const char *const choices[] = { "on", "off" };
    int choice = 0;
    key_read_choice(c, choices, COUNT(choices), &choice);
    c->data->format.has_header = choice == 0;
}

void key_read_data_separator(KeyContext *c) {
    static const struct {
        const char *text;
        char separator;
    } choices[] = { { ",", ',' }, { ";", ';' }, { "|", '|' }, { "tab", '\t' } };
    for (size_t i = 0; i < COUNT(choices); i++)
        if (text_equal(c->value, choices[i].text)) {
            c->data->format.separator = choices[i].separator;
            return;
        }
    key_error(c, 0, "'%s': a separator is , or ; or | or the word tab",
              c->value);
}
