/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/keys_data.h"

#include <stdlib.h>

#include "base/text.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Its value was read with all others that use it; here its mistake is told. */
void key_read_var(KeyContext *c) {
    VarScope *s = &c->profile->vars;
    Err err;
    for (size_t i = 0; i < s->entry_count; i++)
        if (text_equal(s->entries[i].name, c->entry->key) &&
            vars_read_entry(s, &s->entries[i], &c->profile->arena, &err) < 0) {
            c->vars = (Vars){ 0 };
            key_report(c, &err);
        }
}

void key_read_data_file(KeyContext *c) {
    DataSet *s = c->data;
    s->file_line = c->entry->line;
    s->file_column = c->entry->value_column;
    s->is_refused = !*c->value;
    if (s->is_refused) {
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
    static const char *const choices[] = { ",", ";", "|", "tab" };
    static const char bytes[] = ",;|\t";
    int choice = 0;
    key_read_choice(c, choices, COUNT(choices), &choice);
    c->data->format.separator = bytes[choice];
}
