/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock.h: the one clock. Monotonic nanoseconds from an arbitrary origin,
 * readable from any thread. Wall time is for labels and file names only. */
#ifndef ONRUSH_BASE_CLOCK_H
#define ONRUSH_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

#define NS_PER_US UINT64_C(1000)
#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S UINT64_C(1000000000)
#define NS_PER_MIN (UINT64_C(60) * NS_PER_S)
#define NS_PER_H (UINT64_C(3600) * NS_PER_S)

/* The only caller of uv_hrtime in the house. */
uint64_t clock_now(void);
/* From now on clock_now answers what a test says; 0 gives the real clock
 * back. Call it before threads are started. */
void clock_set(uint64_t now_ns);

#endif
