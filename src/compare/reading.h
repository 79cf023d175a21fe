/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reading.h: what the readers of results share: they fill a Results from
 * parsed JSON, one reader for each form. Main thread. */
#ifndef ONRUSH_COMPARE_READING_H
#define ONRUSH_COMPARE_READING_H

#include <jansson.h>

#include "compare/results.h"

#define READING_FIGURES_MAX 4096
#define READING_SAMPLES_MAX 100000

/* JSON's null, and what is no number: NaN. */
double reading_number(json_t *v);
/* A member of an object; NULL fits as object. */
double reading_number_at(json_t *object, const char *key);
/* A text cleaned and cut to 200 bytes, to free(); "" for what is none. */
char *reading_text(json_t *v);

/* A figure more, its name cleaned and made unlike the others; unit and
 * direction by its name, where unit is NULL. Nothing is added beyond the
 * limit, which is counted, or when the value is no number: NULL. Valid until
 * the next one. */
Figure *reading_add(Results *r, const char *name, const char *unit,
                    double value);
/* The samples of an array; what is no number in it is NaN. */
void reading_samples(Figure *f, SampledBy by, json_t *array);

/* Each knows its form by is, then reads; -1 with err. */
typedef struct ReadingForm {
    bool (*is)(json_t *root);
    int (*read)(Results *r, json_t *root, Err *err);
} ReadingForm;

bool reading_is_ours(json_t *root);
int reading_ours(Results *r, json_t *root, Err *err);
bool reading_is_k6(json_t *root);
int reading_k6(Results *r, json_t *root, Err *err);
bool reading_is_repeat(json_t *root);
int reading_repeat(Results *r, json_t *root, Err *err);
bool reading_is_pytest(json_t *root);
int reading_pytest(Results *r, json_t *root, Err *err);
bool reading_is_hyperfine(json_t *root);
int reading_hyperfine(Results *r, json_t *root, Err *err);
bool reading_is_estimates(json_t *root);
int reading_estimates(Results *r, json_t *root, Err *err);
bool reading_is_sample(json_t *root);
int reading_sample(Results *r, json_t *root, Err *err);
bool reading_is_flat(json_t *root);
int reading_flat(Results *r, json_t *root, Err *err);

/* Is the format's number one that is known? -1 with err. */
int reading_format(const Results *r, json_t *format, Err *err);
/* The metrics of k6's data, ours or its own. */
void reading_metrics(Results *r, json_t *metrics);

#endif
