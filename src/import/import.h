/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import.h: from other tools' files to a sketch of a profile: one table of
 * readers. All input is hostile: every reader is bounded in memory and time.
 * Pure but for what ImportInput.more reads. */
#ifndef ONRUSH_IMPORT_IMPORT_H
#define ONRUSH_IMPORT_IMPORT_H

#include "import/sketch.h"

#define IMPORT_MAX_BYTES ((size_t)64 << 20) /* of all but logs */
#define IMPORT_HEAD_BYTES 65536             /* that recognition looks at */

/* The input: bytes that are there, and how to get more. */
typedef struct ImportInput {
    Text head;
    /* At most size bytes into buffer; 0: the end; -1: err. NULL: head is
     * all. */
    long (*more)(void *data, char *buffer, size_t size, Err *err);
    void *data;
} ImportInput;

typedef struct ImportOptions {
    const char *host;         /* --host, NULL: the first */
    bool query;               /* logs: query strings are kept */
    const char *const *words; /* a command line that a shell has split */
    size_t word_count;
} ImportOptions;

typedef struct ImportReader {
    const char *name, *title; /* "har", "a HAR recording" */
    /* Is this the beginning of such a file? NUL-terminated. */
    bool (*recognise)(const char *bytes, size_t length);
    /* -1 with err (column: a line, or 0): it is no such file. */
    int (*read)(Sketch *d, ImportInput *in, const ImportOptions *o, Err *err);
} ImportReader;

extern const ImportReader import_readers[];
extern const size_t import_reader_count;

/* NULL: there is none of that name. */
const ImportReader *import_find(const char *name);
/* NULL: nothing that any reader knows. Fills in->head. */
const ImportReader *import_recognise(ImportInput *in, Err *err);

/* Reads everything and finishes the sketch: sketch_close it in any case. */
int import_read(const ImportReader *reader, ImportInput *in,
                const ImportOptions *options, Sketch *d, Err *err);

/* For readers: the rest of the input joins head. */
int import_whole(ImportInput *in, Err *err);

bool curl_recognise(const char *bytes, size_t length);
int curl_read(Sketch *d, ImportInput *in, const ImportOptions *o, Err *err);
bool har_recognise(const char *bytes, size_t length);
int har_read(Sketch *d, ImportInput *in, const ImportOptions *o, Err *err);
bool k6_recognise(const char *bytes, size_t length);
int k6_read(Sketch *d, ImportInput *in, const ImportOptions *o, Err *err);
bool artillery_recognise(const char *bytes, size_t length);
int artillery_read(Sketch *d, ImportInput *in, const ImportOptions *o,
                   Err *err);
bool log_recognise(const char *bytes, size_t length);
int log_read(Sketch *d, ImportInput *in, const ImportOptions *o, Err *err);

#endif
