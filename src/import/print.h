/* SPDX-License-Identifier: GPL-3.0-or-later */
/* print.h: a sketch as a profile. The one place that writes INI: whatever a
 * reader let through, a value stays on its line. Pure. */
#ifndef ONRUSH_IMPORT_PRINT_H
#define ONRUSH_IMPORT_PRINT_H

#include "import/sketch.h"

/* A body that cannot stand on a line, to be written beside the profile. */
typedef struct PrintFile {
    const char *name; /* without a folder; in the sketch's arena */
    const char *bytes;
    size_t length;
} PrintFile;

typedef struct Printed {
    Text ini;
    PrintFile *files;
    size_t count, cap;
} Printed;

/* name: the profile's, made valid. file_prefix: of body files, "shop" makes
 * shop-post-orders.body; NULL when none can be written: such bodies are
 * noted then. *out starts as {0}; print_close frees it. */
void sketch_print(Sketch *d, const char *name, const char *file_prefix,
                  Printed *out);
void print_close(Printed *p);

/* Appends what could not be carried, a line each: "file:17: text". */
void sketch_print_notes(const Sketch *d, const char *file, Text *to);
/* Appends "3 requests, 2 checks, 4 stages". */
void sketch_print_counts(const Sketch *d, Text *to);

#endif
