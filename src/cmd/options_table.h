/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options_table.h: what the files of the options share: the rows of the table,
 * and how a value is read that is more than a text. */
#ifndef ONRUSH_CMD_OPTIONS_TABLE_H
#define ONRUSH_CMD_OPTIONS_TABLE_H

#include "base/err.h"
#include "cmd/options.h"

#define OPTIONS_LISTS (OPTIONS_HISTORY | OPTIONS_BASELINE | OPTIONS_TREND)

#define OPTION_ROWS_MAX 96

typedef int OptionReadFn(Options *o, const char *value, Err *err);

typedef struct OptionRow {
    const char *name, *arg, *help; /* arg NULL: takes none */
    OptionReadFn *read; /* NULL: the text, or true, goes to the member at */
    size_t at;
    const char *lacks; /* what an empty text lacks; NULL: it may be empty */
    unsigned sets;
    char letter; /* 0: none */
} OptionRow;

extern const OptionRow option_rows[];
extern const size_t option_count; /* at most OPTION_ROWS_MAX */

/* -1 with err, which says what would be right. */
OptionReadFn option_read_set;
OptionReadFn option_read_time_scale;
OptionReadFn option_read_load_scale;
OptionReadFn option_read_seed;
OptionReadFn option_read_workers;
OptionReadFn option_read_cpus;
OptionReadFn option_read_progress;
OptionReadFn option_read_size;
OptionReadFn option_read_theme;
OptionReadFn option_read_fps;
OptionReadFn option_read_every;
OptionReadFn option_read_newest;
OptionReadFn option_read_prometheus;
OptionReadFn option_read_push;
OptionReadFn option_read_push_every;
OptionReadFn option_read_export_style;
OptionReadFn option_read_limit;
OptionReadFn option_read_confidence;
OptionReadFn option_read_repeat;
OptionReadFn option_read_discard;
OptionReadFn option_read_pause;
OptionReadFn option_read_from;
OptionReadFn option_read_max;
OptionReadFn option_read_precision;
OptionReadFn option_read_step;
OptionReadFn option_read_find_limit;

#endif
