/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sketch.h: a profile in the making: what every reader of another tool's file
 * fills, and print.c writes. What could not be carried is kept as notes, each
 * with its place: an import is never silently lossy.
 *
 * All texts given are copied into the sketch's arena. Values are marked text
 * (marked.h); names and keys are made valid here. Bounded: what does not fit
 * is not taken, and noted. Pure; one thread. */
#ifndef ONRUSH_IMPORT_SKETCH_H
#define ONRUSH_IMPORT_SKETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"

#define SKETCH_REQUESTS_MAX 200 /* as many as a profile has */
#define SKETCH_STEPS_MAX 1000   /* of one flow */
#define SKETCH_STAGES_MAX 200
#define SKETCH_LINES_MAX 200 /* of one request or section */
#define SKETCH_NOTES_MAX 200 /* different ones */
#define NOTE_PLACES 4
#define SKETCH_NAME_MAX 40 /* inih cuts longer names of sections */
#define SKETCH_NONE UINT32_MAX

/* Where in the input: "17" is a line, "entry 3" an entry of a recording. */
typedef struct Place {
    const char *unit; /* "", "entry ", …: a literal */
    size_t number;    /* from 1; 0: the whole */
} Place;

#define AT_LINE(n) ((Place){ "", (n) })
#define AT_WHOLE ((Place){ "", 0 })

typedef struct SketchLine {
    const char *key, *value; /* the value is marked text */
} SketchLine;

typedef struct SketchLines {
    SketchLine *items;
    size_t count, cap;
} SketchLines;

typedef struct SketchRequest {
    const char *name, *method;
    const char *path; /* marked */
    SketchLines headers, lines;
    const char *body; /* marked, unless it is literal; NULL: none */
    size_t body_length;
    bool body_is_literal;
    const char *body_file; /* a file that the input names; NULL: none */
    Place place;
} SketchRequest;

/* Neighbours of one group that is not 0 are made at the same time. */
typedef struct SketchStep {
    uint32_t request, times, group;
} SketchStep;

typedef struct SketchFlow {
    SketchStep *steps;
    size_t count, cap;
    double weight; /* among the scenario's flows */
} SketchFlow;

typedef enum SketchKind {
    SKETCH_VARS,
    SKETCH_DATA,
    SKETCH_STAGES,
    SKETCH_METRIC,
    SKETCH_THRESHOLDS,
} SketchKind;

typedef struct SketchSection {
    SketchKind kind;
    const char *name; /* "" when there is only one */
    const char *comment;
    SketchLines lines;
} SketchSection;

typedef struct SketchScenario {
    const char *name, *comment;
    SketchFlow *flows;
    size_t count, cap;
    SketchLines lines;
} SketchScenario;

typedef struct SketchNote {
    const char *text;
    Place places[NOTE_PLACES]; /* the first ones, different */
    size_t count;              /* how often */
} SketchNote;

typedef struct Sketch {
    Arena arena;
    const char *title;       /* "a HAR recording" */
    const char *description; /* marked */
    const char *kind;
    const char *target_comment; /* NULL: none */
    const char *origin;    /* marked, "https://shop.example"; NULL: none yet */
    const char *only_host; /* of which requests are carried; NULL: the first */
    SketchLines profile, target, headers;
    SketchRequest *requests;
    size_t request_count, request_cap;
    SketchSection *sections;
    size_t section_count, section_cap;
    SketchScenario *scenarios;
    size_t scenario_count, scenario_cap;
    SketchNote *notes;
    size_t note_count, note_cap, notes_left_off;
    uint32_t groups; /* given out */
    bool load_is_known;
} Sketch;

void sketch_init(Sketch *d, const char *title);
void sketch_close(Sketch *d);

/* Something that is not carried, or not as it was. The same text again only
 * adds its place. Quoted bytes of the input are cleaned. */
void sketch_note(Sketch *d, Place at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A copy of bytes for messages: cleaned and cut; lives in the arena. */
const char *sketch_shown(Sketch *d, const char *bytes, size_t length);
/* [a-z0-9-] for sections, [A-Za-z0-9_] with '_' for variables; at
 * most SKETCH_NAME_MAX bytes, fallback when nothing is left. Arena. */
const char *sketch_name(Sketch *d, const char *from, char blank,
                        const char *fallback);

/* A request to url (marked): absolute, or a path on the target. The first
 * absolute one sets the target; one to elsewhere is noted. method may be
 * any text. Returns its index, SKETCH_NONE when it is not carried. */
uint32_t sketch_request(Sketch *d, Place at, const char *method,
                        const char *url);
/* Names it by hand (made valid and unique). */
void sketch_rename(Sketch *d, uint32_t request, const char *name);
/* Headers that onrush sets itself are noted or, where every client sends
 * them, left out. value is marked. */
void sketch_header(Sketch *d, uint32_t request, const char *name,
                   const char *value);
/* NULL: it has none of that name. */
const char *sketch_find_header(const Sketch *d, uint32_t request,
                               const char *name);
/* A check, extract or record; name is for the key and may be "". */
void sketch_line(Sketch *d, uint32_t request, const char *key, const char *name,
                 const char *value);
/* Literal bytes, or marked text. */
void sketch_body(Sketch *d, uint32_t request, const char *bytes, size_t length,
                 bool is_literal);

/* A key of [target] or [profile]; another value for one that is set
 * already is noted. resolve and the like repeat. */
void sketch_target(Sketch *d, Place at, const char *key, const char *value);
void sketch_target_more(Sketch *d, const char *key, const char *value);
void sketch_profile(Sketch *d, Place at, const char *key, const char *value);

/* The section of that kind and name, made when it is not there. Valid until
 * the next is made. */
SketchSection *sketch_section(Sketch *d, SketchKind kind, const char *name);
/* key and value are written as they are, key made valid. */
void sketch_set(Sketch *d, SketchLines *lines, const char *key,
                const char *value);
void sketch_setf(Sketch *d, SketchLines *lines, const char *key,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));
/* A stage, name made valid and unique in it; beyond SKETCH_STAGES_MAX they
 * are noted. */
void sketch_stage(Sketch *d, SketchSection *s, const char *name,
                  const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Valid until the next is made. */
SketchScenario *sketch_scenario(Sketch *d, const char *name);
SketchFlow *sketch_flow(SketchScenario *s, double weight);
/* Steps beyond SKETCH_STEPS_MAX are noted. */
void sketch_step(Sketch *d, SketchFlow *f, uint32_t request, uint32_t times,
                 uint32_t group);

/* The only key of this name in lines, NULL: none. */
const SketchLine *sketch_find(const SketchLines *lines, const char *key);

/* When all is read: equal requests become one, headers that all of them have
 * go to the target, and a load is suggested if the input had none. -1 with
 * err when there is no request. */
int sketch_finish(Sketch *d, Err *err);

#endif
