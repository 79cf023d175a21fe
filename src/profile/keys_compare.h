/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys_compare.h: the reader of [compare], for the table of keys. */
#ifndef ONRUSH_PROFILE_KEYS_COMPARE_H
#define ONRUSH_PROFILE_KEYS_COMPARE_H

#include "profile/keys.h"

void key_read_compare(KeyContext *c);

#define COMPARE_SECTION \
    { "compare", false, true, \
      "how much a later run may be worse than its baseline" },
#define COMPARE_KEYS \
    { "compare", "FIGURE", KEY_REPEATS, key_read_compare, NULL, \
      "a method, p(95), a metric, http_req_duration, or both, " \
      "http_req_duration p(95) = the share that may be lost, 10%, or off" },

#endif
