/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lanes.h: virtual users on a transport over fake links, whose target does
 * what the input says. Each exchange that was sent is done once, unless it
 * was given up; then never. */
#ifndef ONRUSH_TESTS_FUZZ_LANES_H
#define ONRUSH_TESTS_FUZZ_LANES_H

#include "fake_link.h"
#include "fuzz.h"
#include "http/transport.h"

/* target: lines of [target]. speak: the target says something on l, which it
 * takes from the input. */
void lanes_try(TransportKind kind, const char *target, Input *in,
               void (*speak)(Link *l, Input *in));

#endif
