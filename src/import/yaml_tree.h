/* SPDX-License-Identifier: GPL-3.0-or-later */
/* yaml_tree.h: a YAML document as a tree in an arena. Aliases share their
 * node (a tree that is written small stays small), so it may even be a ring:
 * whoever walks it bounds the depth. Pure. */
#ifndef ONRUSH_IMPORT_YAML_TREE_H
#define ONRUSH_IMPORT_YAML_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"

typedef enum YamlKind { YAML_NONE, YAML_TEXT, YAML_LIST, YAML_MAP } YamlKind;

typedef struct YamlItem {
    const char *key; /* "" in a list */
    size_t line;
    const struct Yaml *value;
} YamlItem;

typedef struct Yaml {
    YamlKind kind;
    const char *text; /* "" unless YAML_TEXT */
    bool is_plain;    /* written without quotes */
    size_t line, count;
    YamlItem *items;
} Yaml;

/* The first document. NULL with err (column: the line). */
const Yaml *yaml_tree_read(Arena *arena, const char *bytes, size_t length,
                           Err *err);
/* A node of kind YAML_NONE when there is none. */
const Yaml *yaml_get(const Yaml *map, const char *key);
/* fallback when it is no plain number. */
double yaml_number(const Yaml *y, double fallback);

#endif
