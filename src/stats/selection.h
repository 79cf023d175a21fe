/* SPDX-License-Identifier: GPL-3.0-or-later */
/* selection.h: which series a threshold or alert is about. Pure.
 *
 *   {home}                         requests called home
 *   {scenario:buyers,area:till}    that have both labels
 *
 *   {status:2xx}                   answered so
 *   {expected_response:true}       that did not fail
 *   {check:is logged in}           of the metric checks: the check's name
 *
 * A word alone is the name of a request, else of a scenario, else of a
 * variant. A request's name is taken as it stands, though it may hold ':'.
 * Everywhere NULL is a selection of all series. */
#ifndef ONRUSH_STATS_SELECTION_H
#define ONRUSH_STATS_SELECTION_H

#include <stdbool.h>

#include "base/err.h"
#include "base/mem.h"
#include "stats/series.h"
#include "stats/slab.h"

typedef struct Selection {
    const char *text; /* in full, as k6 writes it: "name:home,area:till" */
    const uint32_t *series;
    size_t count;
    AnswerPart part;
    const uint32_t *checks; /* those of a name; NULL: it is about requests */
    size_t check_count;
    /* Of what is compared with the first variant (overhead): the same
     * requests of that; else NULL. */
    const struct Selection *against;
} Selection;

/* Reads what stands between the braces. is_compared: a word alone is a
 * variant's name first, and exactly one variant, not the first, has to be
 * chosen. NULL with err, its column 1-based within text. Lives in the arena,
 * borrows nothing. */
const Selection *selection_read(Arena *arena, const char *text, size_t length,
                                const Series *series, size_t count,
                                bool is_compared, Err *err);
/* What stands between the braces of checks{}: check:NAME, or the name. */
const Selection *selection_read_check(Arena *arena, const char *text,
                                      size_t length, const char *const *names,
                                      size_t count, Err *err);
/* All series with the label; NULL when there is none. */
const Selection *selection_of(Arena *arena, const char *label,
                              const char *value, const Series *series,
                              size_t count);
/* Of a series: its label's value; NULL: it has no such label. */
const char *series_label(const Series *s, const char *label);
bool selection_equal(const Selection *a, const Selection *b);

/* for (size_t i = 0; i < selection_count(of, all); i++) selection_at(of, i) */
static inline size_t selection_count(const Selection *s, size_t all) {
    return s ? s->count : all;
}

static inline size_t selection_at(const Selection *s, size_t i) {
    return s ? s->series[i] : i;
}

#endif
