/* SPDX-License-Identifier: GPL-3.0-or-later */
/* unit.h: what every unit test includes. */
#ifndef ONRUSH_TESTS_UNIT_H
#define ONRUSH_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Within an absolute tolerance; prints both. */
#define assert_near(got, want, tolerance)                           \
    do {                                                            \
        double got_ = (got), want_ = (want);                        \
        if (!(fabs(got_ - want_) <= (tolerance)))                   \
            fail_msg("%s is %.9g, wanted %.9g", #got, got_, want_); \
    } while (0)

/* libuv closes descriptors by bare system calls, which TSan does not see: the
 * next pipe with such a number looks like a race with the last one. */
#ifdef __SANITIZE_THREAD__
const char *__tsan_default_suppressions(void);
__attribute__((weak)) const char *__tsan_default_suppressions(void) {
    return "race:^uv_pipe$\nrace:^open_pipe$\n";
}
#endif

#endif
