/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "profile/scenario.h"

uint64_t think_draw(const Think *t, Rng *r) {
    double ns = 0;
    switch (t->kind) {
    case THINK_NONE:
        return 0;
    case THINK_FIXED:
        ns = t->a_ns;
        break;
    case THINK_UNIFORM:
        ns = t->a_ns + (t->b_ns - t->a_ns) * rng_unit(r);
        break;
    case THINK_EXP:
        ns = -log(1 - rng_unit(r)) * t->a_ns;
        break;
    case THINK_NORMAL:
        /* Box and Muller 1958 */
        ns = t->a_ns + t->b_ns * sqrt(-2 * log(1 - rng_unit(r))) *
                           cos(6.28318530717958647692 * rng_unit(r));
        break;
    }
    return ns > 0 ? (uint64_t)ns : 0;
}
