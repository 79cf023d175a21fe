/* SPDX-License-Identifier: GPL-3.0-or-later */
/* data.h: the rows of a data file, for ${NAME.COLUMN}. CSV as in RFC 4180,
 * with any separator of one byte; blank lines do not count, a row has as many
 * fields as the first one, a byte order mark is passed over.
 *
 * Opened first, for its columns; who wants one says so (data_column); loaded
 * then: the file is read once, and of each row only the columns that somebody
 * wanted are kept, one copy of their bytes for all. Loaded, it is read only:
 * by any thread. */
#ifndef ONRUSH_PROFILE_DATA_H
#define ONRUSH_PROFILE_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define DATA_BYTES_MAX UINT32_MAX /* of a file: 4 GiB less a byte */

typedef enum DataPick {
    DATA_SEQUENTIAL, /* each iteration the next, over all VUs */
    DATA_RANDOM,     /* any, with the VU's random numbers */
    DATA_PER_VU,     /* VU n has row n, always */
} DataPick;

typedef struct DataFormat {
    char separator;
    bool has_header; /* the first row names the columns; else: 1 2 3 ... */
} DataFormat;

typedef struct DataFile DataFile;

/* A [data NAME]. */
typedef struct DataSet {
    const char *name, *path;
    DataFormat format;
    DataPick pick;
    DataFile *file; /* NULL: could not be read */
    bool names_file; /* though perhaps not well */
    int line;
    int file_line, file_column; /* where the file is named */
} DataSet;

/* Reads the first row. NULL with err, which names the file and the line. */
DataFile *data_open(const char *path, DataFormat format, Err *err);
void data_close(DataFile *f); /* NULL is fine */

/* A column that is wanted: 0 and *column, for data_cell. To be kept it has to
 * be asked for before the load; once more later changes nothing. -1 with err (names the nearest). */
int data_column(DataFile *f, const char *name, uint32_t *column, Err *err);
bool data_is_wanted(const DataFile *f); /* any column */

/* Reads all rows. -1 with err, which names the file and the line; 0 with at
 * least one row. */
int data_load(DataFile *f, Err *err);
uint64_t data_rows(const DataFile *f);
/* row: below data_rows. Not terminated; lives as long as the file. */
const char *data_cell(const DataFile *f, uint64_t row, uint32_t column,
                      size_t *length);

#endif
