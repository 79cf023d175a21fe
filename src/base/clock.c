/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"

#include <uv.h>

static uint64_t fixed_ns;

uint64_t clock_now(void) {
    return fixed_ns ? fixed_ns : uv_hrtime();
}

void clock_set(uint64_t now_ns) {
    fixed_ns = now_ns;
}
