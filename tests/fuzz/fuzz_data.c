/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The input's first byte says how the rest, a data file, is read. It is read
 * or refused with a text; the cells of what was read lie in rows of equal
 * length, and hold no more bytes than the file. */
#include <sys/mman.h>
#include <unistd.h>

#include "profile/data.h"
#include "fuzz.h"

static void read_cells(const DataFile *f, uint32_t a, uint32_t b, size_t size) {
    size_t all = 0, sum = 0;
    for (uint64_t row = 0; row < data_rows(f); row++)
        for (int i = 0; i < 2; i++) {
            size_t length;
            const char *cell = data_cell(f, row, i ? b : a, &length);
            all += length;
            for (size_t k = 0; k < length; k++)
                sum += (unsigned char)cell[k] != 0;
        }
    if (all > 2 * size || sum != all) /* there is no NUL in it */
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0)
        return 0;
    const DataFormat format = { ",;|\t"[data[0] & 3], (data[0] & 4) != 0 };
    int fd = memfd_create("data", 0);
    char path[40];
    uint32_t a, b;
    Err err = { 0 };
    if (fd < 0 || write(fd, data + 1, size - 1) != (ssize_t)(size - 1))
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    DataFile *f = data_open(path, format, &err);
    if (f && data_column(f, format.has_header ? "a" : "1", &a, &err) == 0) {
        if (data_column(f, format.has_header ? "b" : "2", &b, &err) < 0)
            b = a;
        err.text[0] = '\0';
        if (data_load(f, &err) == 0)
            read_cells(f, a, b, size);
        else if (!err.text[0])
            abort();
    } else if (!err.text[0]) {
        abort();
    }
    data_close(f);
    close(fd);
    return 0;
}
