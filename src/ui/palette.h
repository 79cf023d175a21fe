/* SPDX-License-Identifier: GPL-3.0-or-later */
/* palette.h: the line after `:' and what it may become. It knows the tables
 * of commands (control/verbs.h, own.h) and completes names and, where they
 * are known, arguments: the pattern in a command's help says what stands
 * where. What a command does is its owner's business. Pure. */
#ifndef ONRUSH_UI_PALETTE_H
#define ONRUSH_UI_PALETTE_H

#include "ui/field.h"
#include "ui/theme.h"

#define PALETTE_CHOICES 64
#define PALETTE_HISTORY 32

/* What an argument may be, by its name in the pattern: "STAGE". */
typedef struct PaletteWords {
    const char *kind;
    const char *const *items;
    size_t count;
} PaletteWords;

/* One thing that the line may become. */
typedef struct Choice {
    char line[FIELD_BYTES + 1];
    char word[FIELD_BYTES + 1]; /* in the list */
    const char *args, *help;    /* "" when there are none */
    bool is_whole;              /* it may be done as it is */
    bool is_harmless; /* it begins as typed, and does nothing to the run */
    int rank;         /* 0: the best kind of match */
} Choice;

typedef struct Palette {
    bool is_open;
    bool is_over; /* the run is: there is nothing to command */
    Field field;
    Choice choices[PALETTE_CHOICES];
    size_t count;
    int chosen;                      /* by hand; -1: none */
    const char *usage, *args, *help; /* of the command in the line; NULL */
    bool has_error;
    char error[200];                /* why the last Enter did nothing */
    char *history[PALETTE_HISTORY]; /* the newest last */
    size_t history_count, history_at;
} Palette;

void palette_open(Palette *p, const PaletteWords *words, size_t count);
void palette_close(Palette *p); /* frees the history too */
/* The line has changed: looks for choices. */
void palette_look(Palette *p, const PaletteWords *words, size_t count);
/* By so many lines of the list, or back in what was typed. */
void palette_move(Palette *p, int by);
/* Puts a choice into the line: the chosen one, else the first. */
void palette_complete(Palette *p);
void palette_remember(Palette *p);
/* At the bottom of r; says what the line would do. */
void palette_draw(Cells *c, Rect r, const Palette *p, Style style,
                  const char *says, Glyphs glyphs);

#endif
