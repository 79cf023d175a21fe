/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table.h: a table in a frame, for views: columns that give way by rank on a
 * narrow screen, rows by index through callbacks, sorted and filtered as a
 * TableState says. Pure; private to the drawing part of ui/.
 *
 * Before the frame (View.follow) table_follow brings the state up to the
 * rows as they are now; table_draw only reads it. Both sort anew: n log n of
 * as many rows as there are, no more than some hundreds. */
#ifndef ONRUSH_UI_TABLE_H
#define ONRUSH_UI_TABLE_H

#include "ui/scene.h"

#define TABLE_COLUMNS_MAX 32

typedef struct TableColumn {
    int id;            /* what callbacks, sorting and SPOT_COLUMN call it */
    const char *title; /* "p95" */
    /* stands over neighbours that share it (where that is too narrow, up to a
     * colon); NULL: none */
    const char *group;
    int cols;     /* at least; the gap before it is the table's */
    int rank;     /* where there is no room the highest goes first; 0: never */
    int weight;   /* its share of the columns that are left over; 0: none */
    int cols_max; /* that it grows to */
    bool is_text; /* sorted by text, else by number */
    bool is_left; /* aligned left, else right */
    bool falls;   /* sorted, the largest first */
} TableColumn;

/* One cell to draw into; the row's ground comes afterwards. */
typedef struct TableCell {
    Cells *cells;
    int y, x, cols;
    Glyphs glyphs;
    bool is_left;
} TableCell;

/* rows is handed to the callbacks as it is. */
typedef struct Table {
    const char *title;          /* "requests" */
    const char *note;           /* at the frame's right edge; NULL: none */
    const char *empty;          /* said where there is no row at all */
    const TableColumn *columns; /* as they stand, at most TABLE_COLUMNS_MAX */
    int column_count;
    size_t row_count;
    const void *rows;
    /* What a row is known by while the order changes; NULL: its index. */
    uint64_t (*key)(const void *rows, size_t row);
    /* Of columns that are text: sorted by and searched; clean for a
     * terminal. */
    const char *(*text)(const void *rows, size_t row, int id);
    /* Of the others: NAN is last in either direction. */
    double (*number)(const void *rows, size_t row, int id);
    void (*draw)(const TableCell *at, const void *rows, size_t row, int id);
} Table;

/* Rows of the table that a frame of this size shows. */
int table_room(const Table *t, const TableState *s, Rect r);
/* Rows with its frame that the table would fill. */
int table_wants(const Table *t, const TableState *s, int cols);
/* Clamps, and keeps the selection on its row and on the screen. */
void table_follow(const Table *t, TableState *s, Rect r);
/* The selected row's index in rows; SIZE_MAX: none is. */
size_t table_selected(const Table *t, const TableState *s);
void table_draw(Cells *c, Rect r, const Table *t, const TableState *s,
                Glyphs glyphs);

/* What stands in a cell. Text is cut with the sign where it is too long. */
void table_text(const TableCell *at, Style s, const char *text);
/* A line of columns, values (0..1, NAN: a gap) for each of
 * table_spark_dots. */
int table_spark_dots(const TableCell *at);
void table_spark(const TableCell *at, Style s, const double *values);
/* share (0..1) of the cell; what is more than 0 is seen. */
void table_bar(const TableCell *at, Style s, double share);

#endif
