/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan.h: the load over time: stages, ramp shapes, the level at any moment.
 *
 * A Plan is one time line in run time (nanoseconds since the start, pauses
 * left out). What lies before its `now` has happened and never changes;
 * what lies after may be edited (edit.h). A stage that is edited while it
 * runs becomes several pieces of one row: the executed one, and the rest.
 *
 * Pure: no clock, no I/O. A Plan belongs to whoever made it; one thread. */
#ifndef ONRUSH_PLAN_PLAN_H
#define ONRUSH_PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAN_NAME_MAX 48
#define PLAN_STAGES_MAX 4096
/* With more of them, the past is thinned (thin.h); so many can be read. */
#define PLAN_STAGES_PLENTY (PLAN_STAGES_MAX / 4 * 3)
#define PLAN_STEPS_MAX 1000
/* Of a stage: longer ones are not read again (base/units.h). */
#define PLAN_STAGE_MOST_NS (UINT64_C(365) * 24 * 3600 * 1000000000)

typedef enum PlanUnit {
    PLAN_VUS,  /* closed model: virtual users */
    PLAN_RATE, /* open model: iterations started per second */
} PlanUnit;

typedef enum RampShape {
    RAMP_LINEAR,
    RAMP_SMOOTH, /* cosine-eased: slow, fast, slow */
    RAMP_STEP,   /* `steps` equal steps, the first at once */
} RampShape;

typedef enum StageForm {
    STAGE_RAMP, /* "2m to 100" */
    STAGE_JUMP, /* "2m at 100" */
    STAGE_STAY, /* "2m" */
} StageForm;

typedef enum StageOrigin {
    STAGE_PLANNED,  /* stood in the profile */
    STAGE_INSERTED, /* added by the operator */
    STAGE_HAND,     /* the operator drove */
    STAGE_SPIKE,    /* a spike fired by hand */
} StageOrigin;

/* One piece of the time line: [offset, offset + length) of a ramp that
 * takes full_ns from `from` to `level`. */
typedef struct Stage {
    char name[PLAN_NAME_MAX];
    StageForm form;
    RampShape shape;
    StageOrigin origin;
    int steps;
    bool open;       /* goes on until the wheel is given back */
    bool from_fixed; /* `from` does not follow the piece before */
    double level;    /* where it leads; unused by STAGE_STAY */
    double from;     /* kept up to date by plan_layout */
    uint64_t length_ns, offset_ns, full_ns;
    uint32_t id;  /* this piece's course: same id, same from/full/level */
    uint32_t row; /* pieces in a row with the same number are one row */
} Stage;

typedef struct PlanHistory PlanHistory;

typedef struct Plan {
    PlanUnit unit;
    double start; /* level before the first stage */
    Stage *stages;
    size_t count, cap;
    uint32_t next_id, next_row;
    uint64_t now_ns;   /* run time it was advanced to */
    size_t current;    /* piece that runs at now; == count: over */
    uint64_t began_ns; /* when the current piece began */
    uint64_t edits;    /* how many were made, undone or not */
    PlanHistory *history;
} Plan;

/* Part of the level's course that is a straight line. */
typedef struct Segment {
    uint64_t start_ns, end_ns; /* run time; UINT64_MAX: open end */
    double from, to;
} Segment;

typedef enum RowState { ROW_PAST, ROW_NOW, ROW_FUTURE } RowState;

/* A row of the stage table: pieces [first, first + count). */
typedef struct PlanRow {
    size_t first, count;
    uint32_t row;
    RowState state;
    uint64_t began_ns, length_ns;
} PlanRow;

void plan_init(Plan *p, PlanUnit unit, double start);
void plan_close(Plan *p);
/* A copy with the same stages and moment, without the undo history. */
void plan_copy(Plan *to, const Plan *from);
/* Adds a stage at the end (form, shape, steps, level, length_ns, name and
 * origin are taken from s). For building; while running use edit.h. */
void plan_append(Plan *p, const Stage *s);
/* Recomputes every `from` that is not fixed. */
void plan_layout(Plan *p);
/* Moves now forward (never back): finds the current piece, lets an open
 * piece grow. */
void plan_advance(Plan *p, uint64_t now_ns);

bool plan_is_over(const Plan *p);
/* Does the operator drive? */
bool plan_is_hand(const Plan *p);
/* Level at a run time, past or future; after the end the last level. */
double plan_level_at(const Plan *p, uint64_t t_ns);
/* Without an open piece's future: the length as it stands now. */
uint64_t plan_total_ns(const Plan *p);
/* Highest level anywhere, and the same, but at least 1. */
double plan_top(const Plan *p);
double plan_peak(const Plan *p);
/* Level of a piece, elapsed ns after the piece's own beginning. */
double stage_level(const Stage *s, uint64_t elapsed_ns);
double stage_end_level(const Stage *s);

/* The course from t_ns to until_ns as straight pieces, smooth ramps in
 * pieces of at most a hundredth of the ramp. Returns how many of max were
 * filled; the last may end before until_ns when max was too few. */
size_t plan_segments(const Plan *p, uint64_t t_ns, uint64_t until_ns,
                     Segment *out, size_t max);

/* Area under the level until t_ns, in level times seconds: of a rate, the
 * iterations planned until then. */
double plan_area(const Plan *p, uint64_t t_ns);
/* Mean level of the `seconds` before t_ns, or of as many as there are; the
 * level at t_ns when there are none. */
double plan_mean(const Plan *p, uint64_t t_ns, double seconds);

/* Whole virtual users for a level, as k6's ramping-vus rounds: rising, VU k
 * starts when the level reaches k; falling, k are left when it reaches k. */
uint64_t plan_vus(double level, bool falling);

/* Rows for a table, in order; returns how many there are (fills max). */
size_t plan_rows(const Plan *p, PlanRow *rows, size_t max);

#endif
