/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fake_source.h: a Source over a run that never happened, for tests of the
 * console. Commands go to a real Wheel. */
#ifndef ONRUSH_TESTS_FAKE_SOURCE_H
#define ONRUSH_TESTS_FAKE_SOURCE_H

#include "fake_run.h"

typedef struct FakeSource {
    Source base; /* first: the ops cast back */
    FakeRun run;
    Text sent;      /* commands, a line each, refused ones too */
    bool is_quick;  /* time jumps and nothing is measured: for tests that
                       need many runs and no figures */
    uint64_t shown; /* second of the snapshot, + 1; 0: none is made */
} FakeSource;

void fake_source_init(FakeSource *s, const char *stages, bool is_quick);
void fake_source_close(FakeSource *s);
/* Time goes on, but not while it is paused; a run that finishes is done
 * two seconds later, one whose plan is over at once. */
void fake_source_until(FakeSource *s, uint64_t second);

#endif
