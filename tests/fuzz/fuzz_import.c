/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Other tools' files: a first byte below the number of readers chooses one
 * for the rest, otherwise the content does. What comes out is printable. */
#include "import/import.h"
#include "import/print.h"
#include "fuzz.h"

static void check_printable(const Text *t) {
    for (size_t i = 0; i < t->length; i++) {
        unsigned char c = (unsigned char)t->bytes[i];
        if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const ImportOptions options = { .query = true };
    bool chosen = size && data[0] < import_reader_count;
    ImportInput in = { 0 };
    Sketch d = { 0 };
    Printed printed = { 0 };
    Err err = { 0 };
    text_add(&in.head, (const char *)data + chosen, size - chosen);
    const ImportReader *reader =
        chosen ? &import_readers[data[0]] : import_recognise(&in, &err);
    if (reader && import_read(reader, &in, &options, &d, &err) == 0) {
        sketch_print(&d, "fuzz", "fuzz", &printed);
        check_printable(&printed.ini);
    }
    print_close(&printed);
    sketch_close(&d);
    text_close(&in.head);
    return 0;
}
