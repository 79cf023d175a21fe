/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bound.h: why the generator, and not the target, was the bottleneck; one
 * table for all who say it. Pure. */
#ifndef ONRUSH_STATS_BOUND_H
#define ONRUSH_STATS_BOUND_H

/* id, name in files, words that follow "generator-bound:". */
#define BOUNDS(X)                                                       \
    X(CPU, "cpu", "a worker's CPU was full")                            \
    X(LAG, "lag", "iterations began late")                              \
    X(DESCRIPTORS, "descriptors", "onrush could open no more files")    \
    X(PORTS, "ports", "no local port was left towards the target")      \
    X(MEMORY, "memory", "this machine had no memory for a connection")  \
    X(LOST, "lost", "samples were lost, which is an error in onrush")

typedef enum BoundBy {
    BOUND_NOT,
#define X(id, name, text) BOUND_##id,
    BOUNDS(X)
#undef X
} BoundBy;

/* "cpu"; NULL for BOUND_NOT. */
const char *bound_name(BoundBy by);
/* "a worker's CPU was full"; "" for BOUND_NOT. */
const char *bound_text(BoundBy by);

#endif
