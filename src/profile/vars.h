/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vars.h: variables in a profile's values. ${env.NAME} and those of [vars]
 * are replaced when the profile is read; the others differ from request to
 * request. The built-in ones are one table: reader, "did you mean" and the
 * manual walk it. Reading is for one thread; what was read, for all. */
#ifndef ONRUSH_PROFILE_VARS_H
#define ONRUSH_PROFILE_VARS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/secret.h"
#include "profile/data.h"

#define VARS_NAME_MAX 63
#define VARS_TEXT_MAX ((size_t)256 << 10) /* of a value with its variables */

typedef enum VarKind {
    VAR_ENV, /* never among the Vars of a text; */
    VAR_OWN, /* nor this: of [vars] */
    VAR_VU,
    VAR_ITERATION,
    VAR_UUID,
    VAR_NOW,
    VAR_RANDOM,
    VAR_PICK,
    VAR_DATA,
    VAR_EXTRACTED,
    VAR_KINDS
} VarKind;

typedef struct VarInfo {
    const char *name, *args, *help;
    bool is_built_in; /* name is its name; else it stands for one */
} VarInfo;

extern const VarInfo var_info[VAR_KINDS];

typedef struct VarWord {
    const char *bytes;
    size_t length;
    size_t at; /* behind the beginning of its "${…}" */
    uint64_t until; /* of pick: its weight and those before it */
} VarWord;

typedef struct Var {
    VarKind kind;
    size_t at, length; /* "${…}", in the text */
    int64_t least;     /* VAR_RANDOM: this, and so many more; */
    uint64_t range;    /* UINT64_MAX: all there are */
    const VarWord *words; /* VAR_PICK */
    size_t word_count;
    uint32_t set, column; /* VAR_DATA: of VarScope.data; for data_cell */
    uint32_t slot;        /* VAR_EXTRACTED: of VarScope.extracted */
    bool is_secret;       /* VAR_DATA: the column, or the [vars] around it */
} Var;

/* From here on, the text came from that column (1-based) of the value as it
 * was written; fixed: all of it, for a variable was replaced. */
typedef struct VarPiece {
    size_t at;
    int column;
    bool is_fixed;
} VarPiece;

/* Those of one text, in order. */
typedef struct Vars {
    const Var *items;
    size_t count;
    const VarPiece *pieces;
    size_t piece_count;
} Vars;

typedef struct VarText {
    const char *text; /* terminated */
    size_t length;
    Vars vars;
} VarText;

/* NAME = VALUE of [vars]; value as it was written. */
typedef struct VarEntry {
    const char *name, *value;
    int line;
    /* by the reader: */
    enum { VAR_UNREAD, VAR_READING, VAR_READ, VAR_BAD } state;
    VarText is;
    const Err *err;        /* VAR_BAD */
    struct VarEntry *from; /* VAR_READING: in whose value it stands */
} VarEntry;

/* What an expression asks for: ${name} is items[id]. */
typedef struct VarAsked {
    const char *name;
    VarText is;
} VarAsked;

/* The names that a value may use. All lists belong to whoever made them but
 * `asked`, which vars_close frees. {0}: the built-in ones only. */
typedef struct VarScope {
    VarEntry *entries;
    size_t entry_count, entry_cap;
    DataSet *data;
    size_t data_count, data_cap;
    const char *const *extracted;
    size_t extracted_count;
    VarEntry *reading; /* now */
    Secrets *secrets;  /* get what ${env.NAME} gave; NULL: nobody does */
    bool is_shown;     /* where it is read now, it is to be seen by all */
    bool is_only_shown; /* as ProfileOptions has it */
    VarAsked *asked;
    size_t asked_count, asked_cap;
} VarScope;

/* The text of a value: ${env.NAME} and those of [vars] replaced, all others
 * as they were written and listed in *vars. Lives in the arena. NULL with
 * err, whose column counts within value. Reads the environment; asks data
 * sets for their columns. An entry of [vars] that is wrong becomes nothing:
 * its mistake is told once, by vars_read_entry. */
const char *vars_read(const char *value, VarScope *scope, Arena *arena,
                      Vars *vars, Err *err);
/* 0, or -1 with what is wrong with it; a circle of entries is told by the
 * one that closes it. */
int vars_read_entry(VarScope *scope, VarEntry *e, Arena *arena, Err *err);
/* For ${name} in an expression: *id, of scope->asked; the same for the same
 * name. -1 with err (column 0), also for what is drawn anew each time. */
int vars_ask(VarScope *scope, const char *name, size_t length, Arena *arena,
             uint32_t *id, Err *err);
void vars_close(VarScope *scope);

/* May it be the name of a variable? Letters, digits and _, no digit in
 * front; no built-in one. -1 with err, column within name. */
int vars_check_name(const char *name, Err *err);

/* The same variables in what is left of the text behind its first bytes. */
Vars vars_behind(const Vars *vars, size_t first, Arena *arena);
/* Does a byte of the text belong to a variable? */
bool vars_cover(const Vars *vars, size_t at);
/* Where a byte of the text came from: column (1-based) of the value. */
int vars_column(const Vars *vars, size_t at);

#endif
