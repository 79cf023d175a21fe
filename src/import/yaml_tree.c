/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "import/yaml_tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/text.h"
#include "import/marked.h"

#define YAML_DEPTH_MAX 100

static const Yaml none = { .kind = YAML_NONE, .text = "" };

const Yaml *yaml_get(const Yaml *map, const char *key) {
    for (size_t i = 0; map->kind == YAML_MAP && i < map->count; i++)
        if (text_equal(map->items[i].key, key))
            return map->items[i].value;
    return &none;
}

double yaml_number(const Yaml *y, double fallback) {
    char *end;
    double v = strtod(y->text, &end);
    return y->kind == YAML_TEXT && end > y->text && !*end && isfinite(v)
               ? v
               : fallback;
}

static const char *scalar(Arena *arena, const yaml_node_t *n) {
    if (!n || n->type != YAML_SCALAR_NODE)
        return "";
    char *text = arena_dup_bytes(arena, (const char *)n->data.scalar.value,
                                 n->data.scalar.length);
    /* Nobody but us marks variables. A NUL ends the text. */
    for (char *s = text; *s; s++)
        if (*s == MARK_OPEN || *s == MARK_CLOSE)
            *s = '?';
    return text;
}

static void take_list(Arena *arena, Yaml *all, const yaml_node_t *n, Yaml *y) {
    const yaml_node_item_t *from = n->data.sequence.items.start;
    y->kind = YAML_LIST;
    y->count = (size_t)(n->data.sequence.items.top - from);
    y->items = arena_array(arena, YamlItem, y->count + 1);
    for (size_t i = 0; i < y->count; i++) {
        const Yaml *value = &all[from[i] - 1];
        y->items[i] = (YamlItem){ "", value->line, value };
    }
}

static void take_map(Arena *arena, yaml_document_t *doc, Yaml *all,
                     const yaml_node_t *n, Yaml *y) {
    const yaml_node_pair_t *from = n->data.mapping.pairs.start;
    y->kind = YAML_MAP;
    y->count = (size_t)(n->data.mapping.pairs.top - from);
    y->items = arena_array(arena, YamlItem, y->count + 1);
    for (size_t i = 0; i < y->count; i++)
        y->items[i] =
            (YamlItem){ scalar(arena, yaml_document_get_node(doc, from[i].key)),
                        all[from[i].key - 1].line, &all[from[i].value - 1] };
}

static const Yaml *take_document(Arena *arena, yaml_document_t *doc) {
    size_t count = (size_t)(doc->nodes.top - doc->nodes.start);
    if (count == 0)
        return &none;
    Yaml *all = arena_array(arena, Yaml, count);
    for (size_t i = 0; i < count; i++)
        all[i] = (Yaml){ .text = "",
                         .line = doc->nodes.start[i].start_mark.line + 1 };
    for (size_t i = 0; i < count; i++) {
        const yaml_node_t *n = &doc->nodes.start[i];
        if (n->type == YAML_SEQUENCE_NODE) {
            take_list(arena, all, n, &all[i]);
        } else if (n->type == YAML_MAPPING_NODE) {
            take_map(arena, doc, all, n, &all[i]);
        } else if (n->type == YAML_SCALAR_NODE) {
            all[i].kind = YAML_TEXT;
            all[i].text = scalar(arena, n);
            all[i].is_plain = n->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        }
    }
    return &all[0];
}

/* libyaml's time is the square of the depth: it looks at each bracket that is
 * open at each token. */
static int check_depth(yaml_parser_t *parser, Err *err) {
    for (size_t depth = 0;;) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event))
            return 0; /* loading says what is wrong */
        yaml_event_type_t type = event.type;
        size_t line = event.start_mark.line + 1;
        yaml_event_delete(&event);
        if (type == YAML_STREAM_END_EVENT)
            return 0;
        depth += type == YAML_SEQUENCE_START_EVENT ||
                 type == YAML_MAPPING_START_EVENT;
        depth -= type == YAML_SEQUENCE_END_EVENT ||
                 type == YAML_MAPPING_END_EVENT;
        if (depth > YAML_DEPTH_MAX)
            return err_at(err, (int)line, "more than %d lists in lists",
                          YAML_DEPTH_MAX);
    }
}

static int look_at_depth(const char *bytes, size_t length, Err *err) {
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return err_set(err, "out of memory");
    yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, length);
    int rc = check_depth(&parser, err);
    yaml_parser_delete(&parser);
    return rc;
}

const Yaml *yaml_tree_read(Arena *arena, const char *bytes, size_t length,
                           Err *err) {
    yaml_parser_t parser;
    yaml_document_t doc;
    const Yaml *root = NULL;
    if (look_at_depth(bytes, length, err) < 0)
        return NULL;
    if (!yaml_parser_initialize(&parser)) {
        err_set(err, "out of memory");
        return NULL;
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, length);
    if (yaml_parser_load(&parser, &doc)) {
        root = take_document(arena, &doc);
        yaml_document_delete(&doc);
    } else {
        err_at(err, (int)parser.problem_mark.line + 1, "this is not YAML: %s",
               parser.problem ? parser.problem : "broken");
    }
    yaml_parser_delete(&parser);
    return root;
}
