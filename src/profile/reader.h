/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reader.h: INI text → sections and entries, each with its line and column.
 * The only place of inih. Comments are whole lines (; or #), only = separates,
 * lines have at most 16 KiB. Pure but for reading the file; one thread. */
#ifndef ONRUSH_PROFILE_READER_H
#define ONRUSH_PROFILE_READER_H

#include <stdbool.h>

#include "base/err.h"

typedef struct IniEntry {
    char *key, *value;
    int line;                     /* 0: from the command line */
    int key_column, value_column; /* 1-based */
} IniEntry;

typedef struct IniSection {
    char *name; /* "request home" */
    int line;
    IniEntry *entries;
    size_t count, cap;
} IniSection;

typedef struct Ini {
    IniSection *sections;
    size_t count, cap;
    bool lacks_section; /* the header of one was wrong */
} Ini;

/* Collects every mistake in *diags; what could be read is in *ini all the
 * same. -1 only when the file cannot be read at all (also in *diags). */
int ini_read(Ini *ini, const char *path, Diags *diags);
/* The same from memory. */
void ini_read_text(Ini *ini, const char *text, size_t length, Diags *diags);
void ini_close(Ini *ini);

IniSection *ini_find(Ini *ini, const char *section);
/* Replaces all entries of that key by one; adds section and key. */
void ini_set(Ini *ini, const char *section, const char *key, const char *value);
/* Makes a section empty (adds it when it is not there). */
IniSection *ini_clear(Ini *ini, const char *section);

#endif
