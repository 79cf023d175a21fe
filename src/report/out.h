/* SPDX-License-Identifier: GPL-3.0-or-later */
/* out.h: JSON values that cannot be wrong: texts are cleaned to valid
 * UTF-8, what is not finite becomes null, no memory ends the program.
 * Main thread. */
#ifndef ONRUSH_REPORT_OUT_H
#define ONRUSH_REPORT_OUT_H

#include <jansson.h>
#include <stdint.h>

#include "base/text.h"
#include "maths/usl.h"

/* Call before anything else here. */
void out_begin(void);
json_t *out_text(const char *text); /* NULL: null */
json_t *out_number(double value);
json_t *out_count(uint64_t n);
json_t *out_ms(double ns);
json_t *out_time(uint64_t ns); /* in ms */
json_t *out_estimate(const Estimate *e); /* value, low, high */
/* lambda, sigma, kappa, r2; null where nothing is fitted. */
json_t *out_usl(const UslFit *f);
/* Sets a member, which may be one of a hostile name; takes value. */
void out_put(json_t *object, const char *key, json_t *value);
void out_add(json_t *array, json_t *value);

/* Appends the value and a newline, and frees it. "</" and "<!" are written
 * with an escape, so that the text may stand in a <script>. */
void out_print(json_t *value, size_t flags, Text *to);

#endif
