/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mistakes that each analyzer of `make analyze` must find, in the company in
 * which ours would stand; no part of the program. */
#include <jansson.h>
#include <string.h>

#include "stats/slab.h"

int probe_sum(json_t *list);
int probe_phase(Phase phase);

int probe_sum(json_t *list) {
    char *nowhere = NULL;
    int sum = 0;
    size_t i;
    json_t *each;
    json_array_foreach(list, i, each) {
        sum += (int)json_integer_value(each);
        if (sum > 7)
            return *nowhere;
    }
    return sum;
}

int probe_phase(Phase phase) {
    int counts[PHASE_COUNT];
    memset(counts, '0', sizeof counts);
    return counts[phase];
}
