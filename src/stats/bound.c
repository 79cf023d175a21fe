/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/bound.h"

static const struct {
    const char *name, *text;
} bounds[] = {
    { 0, "" },
#define X(id, name, text) { name, text },
    BOUNDS(X)
#undef X
};

const char *bound_name(BoundBy by) {
    return bounds[by].name;
}

const char *bound_text(BoundBy by) {
    return bounds[by].text;
}
