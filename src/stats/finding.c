/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/finding.h"

static const struct {
    const char *name, *heading;
} kinds[] = {
#define X(id, name, heading) { name, heading },
    FINDINGS(X)
#undef X
};

const char *finding_name(FindingKind k) {
    return kinds[k].name;
}

const char *finding_heading(FindingKind k) {
    return kinds[k].heading;
}
