/* SPDX-License-Identifier: GPL-3.0-or-later */
/* template.h: requests that differ each time: encoded once, with places to
 * patch. Rendered into a buffer of the VU, which grows to the longest that
 * its templates become, and never again. A Template is made once and read
 * by all workers; a Rendering belongs to a worker's thread. */
#ifndef ONRUSH_HTTP_TEMPLATE_H
#define ONRUSH_HTTP_TEMPLATE_H

#include "base/rng.h"
#include "base/text.h"
#include "http/encode.h"
#include "http/values.h"

/* What a value from a file or an answer becomes there, so that it cannot be
 * more than a value. */
typedef enum PatchPlace {
    PATCH_PATH,   /* all but RFC 3986's unreserved bytes as %XX: / ? & too */
    PATCH_HEADER, /* without control bytes: no CR LF */
    PATCH_BODY,   /* as it is */
    PATCH_WORD,   /* of a command: ends before a NUL */
} PatchPlace;

typedef struct Patch {
    Span where;     /* what it replaces */
    const Var *var; /* NULL: the length of the body */
    PatchPlace place;
} Patch;

typedef struct TemplateValues {
    uint64_t vu, iteration;
    uint64_t now_ms; /* Unix time */
    Rng *rng;
    Values *values; /* data and what was extracted; NULL: there is none */
} TemplateValues;

/* {0} is an empty one. */
typedef struct Rendering {
    Form form; /* valid until it is used again */
    char *bytes;
    Span *headers;
    uint32_t *lengths; /* of what the head's patches became */
    size_t cap, header_cap, length_cap;
} Rendering;

/* patches: in the order of their places, none within another; copied to the
 * arena, where the form and the variables live, too. */
const Template *template_make(const Form *form, const Patch *patches,
                              size_t count, Arena *arena);
/* Draws from values->rng for each ${uuid}, ${random} and ${pick}: those of
 * the body first, then those of the head. Returns &to->form. */
const Form *template_render(const Template *t, const TemplateValues *values,
                            Rendering *to);
/* The text of an expression's variable goes behind what is in *to. false:
 * something in it was not extracted yet. */
bool template_text(const VarText *t, const TemplateValues *values, Text *to);
void rendering_close(Rendering *r);

#endif
