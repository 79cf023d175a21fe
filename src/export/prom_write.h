/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prom_write.h: samples as Prometheus reads them: its text format 0.0.4, and
 * OpenMetrics 1.0. Pure; a PromOut belongs to whoever holds it.
 * Sources: prometheus.io "Exposition formats"; OpenMetrics 1.0. */
#ifndef ONRUSH_EXPORT_PROM_WRITE_H
#define ONRUSH_EXPORT_PROM_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

typedef enum PromForm { PROM_TEXT, PROM_OPENMETRICS } PromForm;

typedef enum PromType {
    PROM_COUNTER, /* its samples end in _total; its name here does not */
    PROM_GAUGE,
    PROM_HISTOGRAM,
    PROM_INFO, /* its samples end in _info; a gauge in the text format */
} PromType;

#define PROM_LABEL_MAX 200 /* bytes of a label's value; longer ones are cut */

typedef struct PromOut {
    Text *to;
    PromForm form;
    const char *name, *help;
    PromType type;
    bool has_head; /* of this family: written with its first sample */
    Text seen;     /* labels that it had, where prom_is_new is asked */
} PromOut;

/* What follows is of this family. help: one line without backslashes. */
void prom_family(PromOut *o, const char *name, PromType type, const char *help);
/* Appends name="value" to a row of labels. The value is cleaned as for a
 * terminal, so that it is UTF-8, and escaped. */
void prom_label(Text *labels, const char *name, const char *value);
/* False when the family had a row of these labels: it may not come twice. */
bool prom_is_new(PromOut *o, const char *labels);

/* A sample. suffix: "_bucket" and the like, "" for what the type asks for;
 * labels: a row of them, or NULL. A double that is NaN is left out, infinity
 * is +Inf. */
void prom_count(PromOut *o, const char *labels, uint64_t value);
void prom_number(PromOut *o, const char *labels, double value);
void prom_seconds(PromOut *o, const char *labels, uint64_t ns); /* exact */
/* A histogram's: `bound` is how le is written ("0.005", "+Inf"). */
void prom_bucket(PromOut *o, const char *labels, const char *bound,
                 uint64_t count);
void prom_sum_count(PromOut *o, const char *labels, uint64_t sum_ns,
                    uint64_t count);
/* After the last family. */
void prom_end(PromOut *o);

#endif
