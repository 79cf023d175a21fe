/* SPDX-License-Identifier: GPL-3.0-or-later */
/* order.h: copies of numbers put in order, for the files of this room.
 * Pure. */
#ifndef ONRUSH_MATHS_ORDER_H
#define ONRUSH_MATHS_ORDER_H

#include <stdbool.h>
#include <stddef.h>

/* One of the values is NaN, or NaN or infinite. */
bool order_has_nan(const double *x, size_t count);
bool order_is_finite(const double *x, size_t count);
/* The caller frees them; the second is ascending. */
double *order_copy(const double *x, size_t count);
double *order_sorted(const double *x, size_t count);
/* Of at least one value without NaN; they are moved about. O(n). */
double order_median(double *x, size_t count);

#endif
