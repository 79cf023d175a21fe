/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys_data.h: readers of the keys in [vars] and [data NAME], for the table
 * of keys. */
#ifndef ONRUSH_PROFILE_KEYS_DATA_H
#define ONRUSH_PROFILE_KEYS_DATA_H

#include "profile/keys.h"

void key_read_var(KeyContext *c);
void key_read_data_file(KeyContext *c);
void key_read_data_pick(KeyContext *c);
void key_read_data_header(KeyContext *c);
void key_read_data_separator(KeyContext *c);

#define DATA_SECTIONS \
    { "vars", false, true, "variables of your own: ${NAME} in any value" }, \
    { "data", true, false, \
      "rows from a file, ${NAME.COLUMN}; [data NAME]" },

#define DATA_KEYS \
    { "vars", "NAME", KEY_REPEATS, key_read_var, NULL, \
      "text, with other variables" }, \
    { "data", "file", KEY_ONCE, key_read_data_file, NULL, \
      "CSV, beside the profile" }, \
    { "data", "pick", KEY_ONCE, key_read_data_pick, "sequential", \
      "each iteration's row: sequential, random or per-vu" }, \
    { "data", "header", KEY_ONCE, key_read_data_header, "on", \
      "on: the first row names the columns; off: they are 1, 2, 3 ..." }, \
    { "data", "separator", KEY_ONCE, key_read_data_separator, ",", \
      "of the fields in a row: , or ; or | or tab" },

#endif
