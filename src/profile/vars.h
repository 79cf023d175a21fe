/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vars.h: variables in a profile's values: ${env.NAME}, which is replaced
 * when the profile is read, and those that differ from request to request.
 * One table: reader, "did you mean" and the manual walk it. */
#ifndef ONRUSH_PROFILE_VARS_H
#define ONRUSH_PROFILE_VARS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"

typedef enum VarKind {
    VAR_ENV, /* never among the Vars of a text */
    VAR_VU,
    VAR_ITERATION,
    VAR_UUID,
    VAR_NOW,
    VAR_RANDOM,
    VAR_PICK,
    VAR_KINDS
} VarKind;

typedef struct VarInfo {
    const char *name, *args, *help;
} VarInfo;

extern const VarInfo var_info[VAR_KINDS];

typedef struct VarWord {
    const char *bytes;
    size_t length;
    size_t at; /* in the text */
} VarWord;

typedef struct Var {
    VarKind kind;
    size_t at, length; /* "${…}", in the text */
    int64_t least;     /* VAR_RANDOM: this, and so many more; */
    uint64_t range;    /* UINT64_MAX: all there are */
    const VarWord *words; /* VAR_PICK */
    size_t word_count;
} Var;

/* Those of one text, in order. */
typedef struct Vars {
    const Var *items;
    size_t count;
} Vars;

/* The text of a value: ${env.NAME} replaced, all others as they were
 * written and listed in *vars. Lives in the arena. NULL with err, whose
 * column counts within value. Reads the environment. */
const char *vars_read(const char *value, Arena *arena, Vars *vars, Err *err);
/* The same variables in what is left of the text behind its first bytes. */
Vars vars_behind(const Vars *vars, size_t first, Arena *arena);
/* Does a byte of the text belong to a variable? */
bool vars_cover(const Vars *vars, size_t at);

#endif
