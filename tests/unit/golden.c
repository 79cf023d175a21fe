/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdlib.h>

#include "base/file.h"
#include "golden.h"

void golden_compare(const Cells *c, const char *name) {
    const char *dir = getenv("TESTS_SRC");
    Text path = { 0 }, got = { 0 }, want = { 0 };
    Err err = { 0 };
    text_addf(&path, "%s/unit/screens/%s.txt", dir ? dir : "tests", name);
    cells_print(c, &got);
    if (getenv("ONRUSH_REGEN")) {
        if (file_write(path.bytes, got.bytes, got.length, &err) < 0)
            fail_msg("%s", err.text);
    } else if (file_read(path.bytes, 1 << 20, &want, &err) < 0) {
        fail_msg("%s", err.text);
    } else if (strcmp(got.bytes, want.bytes) != 0) {
        fprintf(stderr, "%s is now\n%s", name, got.bytes);
        fail_msg("%s differs", name);
    }
    text_close(&path);
    text_close(&got);
    text_close(&want);
}

bool golden_has(const Cells *c, const char *text) {
    Text t = { 0 };
    cells_print(c, &t);
    bool has = strstr(t.bytes, text);
    text_close(&t);
    return has;
}
