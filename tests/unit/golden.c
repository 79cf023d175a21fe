/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdlib.h>

#include "base/file.h"
#include "golden.h"

void golden_compare_text(const char *got, const char *file) {
    const char *dir = getenv("TESTS_SRC");
    Text path = { 0 }, want = { 0 };
    Err err = { 0 };
    text_addf(&path, "%s/unit/screens/%s", dir ? dir : "tests", file);
    if (getenv("ONRUSH_REGEN")) {
        if (file_write(path.bytes, got, strlen(got), &err) < 0)
            fail_msg("%s", err.text);
    } else if (file_read(path.bytes, 1 << 20, &want, &err) < 0) {
        fail_msg("%s", err.text);
    } else if (strcmp(got, want.bytes) != 0) {
        fprintf(stderr, "%s is now\n%s", file, got);
        fail_msg("%s differs", file);
    }
    text_close(&path);
    text_close(&want);
}

void golden_compare(const Cells *c, const char *name) {
    Text got = { 0 }, file = { 0 };
    cells_print(c, &got);
    text_addf(&file, "%s.txt", name);
    golden_compare_text(got.bytes, file.bytes);
    text_close(&got);
    text_close(&file);
}

bool golden_has(const Cells *c, const char *text) {
    Text t = { 0 };
    cells_print(c, &t);
    bool has = strstr(t.bytes, text);
    text_close(&t);
    return has;
}
