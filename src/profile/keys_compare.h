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
      "p(95), http_req_duration, or both: the share that may be lost, or off" },

#endif
