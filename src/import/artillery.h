/* SPDX-License-Identifier: GPL-3.0-or-later */
/* artillery.h: what the two halves of the reader share. */
#ifndef ONRUSH_IMPORT_ARTILLERY_H
#define ONRUSH_IMPORT_ARTILLERY_H

#include "import/sketch.h"
#include "import/yaml_tree.h"

/* {{ name }} is ${as}. */
typedef struct ArtilleryVar {
    const char *name, *as;
} ArtilleryVar;

typedef struct Artillery {
    Sketch *d;
    const char *target; /* marked, config.target */
    ArtilleryVar *vars;
    size_t var_count, var_cap;
    const Yaml *headers; /* of every request */
    size_t steps;        /* read so far: a tree may be a ring */
} Artillery;

/* as: a variable's name as the profile has it. */
void artillery_var(Artillery *a, const char *name, const char *as);
/* Appends text with its {{ }} as variables, marked. */
void artillery_text(Artillery *a, const char *text, size_t line, Text *to);
/* 30, "30s", "2m", "1 hour" → ns; false: it is none. */
bool artillery_duration(const Yaml *y, uint64_t *ns);
/* config.scenarios, before, after. */
void artillery_scenarios(Artillery *a, const Yaml *root);

#endif
