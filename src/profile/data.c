/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/data.h"

#include <csv.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

#define CHUNK_BYTES ((size_t)64 << 10)
#define ROW_BYTES_MAX ((size_t)1 << 20)
#define COLUMNS_MAX 10000
#define NOT_WANTED UINT32_MAX

/* Those of the first row. */
typedef struct Columns {
    char **names; /* trimmed; of a file without a header: 1 2 3 ... */
    size_t count, cap;
} Columns;

struct DataFile {
    char *path;
    DataFormat format;
    Columns columns;
    uint32_t *kept; /* by column: the how many-th that is kept */
    size_t kept_count;
    char *bytes;
    size_t length, cap;
    uint32_t *begins; /* of the kept cells, row by row; and the end */
    size_t cells, begins_cap;
    uint64_t rows;
};

/* A file that is being read. */
typedef struct Pass {
    DataFile *file;
    struct csv_parser parser;
    Err *err;
    bool only_first; /* its first row makes the columns */
    bool ended, failed;
    uint64_t line, row_line; /* from 1; where the row begins */
    size_t row_bytes;        /* of it, so far */
    size_t fields;           /* of it, so far */
    uint64_t row;            /* from 0 */
    char *chunk;
} Pass;

/* --- what can be wrong -------------------------------------------------- */

static void complain(Pass *s, uint64_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void complain(Pass *s, uint64_t line, const char *format, ...) {
    char text[ERR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (!s->failed)
        err_set(s->err, "%s:%llu: %s", s->file->path,
                (unsigned long long)line, text);
    s->failed = true;
}

/* --- cells and rows ----------------------------------------------------- */

static void keep_cell(DataFile *f, const char *bytes, size_t length) {
    while (f->cap - f->length < length) {
        f->cap = f->cap ? f->cap * 2 : CHUNK_BYTES;
        f->bytes = mem_resize(f->bytes, f->cap, 1);
    }
    mem_grow(f->begins, f->cells, f->begins_cap);
    f->begins[f->cells++] = (uint32_t)f->length;
    if (length)
        memcpy(f->bytes + f->length, bytes, length);
    f->length += length;
}

static void add_column(Pass *s, const char *bytes, size_t length) {
    Columns *c = &s->file->columns;
    Text name = { 0 };
    if (c->count == COLUMNS_MAX) {
        complain(s, s->row_line, "a row has at most %d fields", COLUMNS_MAX);
        return;
    }
    if (s->file->format.has_header)
        text_add(&name, bytes, length);
    else
        text_addf(&name, "%zu", c->count + 1);
    mem_grow(c->names, c->count, c->cap);
    char *whole = text_take(&name);
    c->names[c->count++] = mem_dup_text(text_trim(whole));
    free(whole);
}

static void on_field(void *bytes, size_t length, void *pass) {
    Pass *s = pass;
    DataFile *f = s->file;
    size_t column = s->fields++;
    if (s->failed || s->ended)
        return;
    if (s->only_first)
        add_column(s, bytes, length);
    else if ((s->row || !f->format.has_header) && column < f->columns.count &&
             f->kept[column] != NOT_WANTED)
        keep_cell(f, bytes, length);
}

static void on_row(int end, void *pass) {
    (void)end;
    Pass *s = pass;
    size_t count = s->file->columns.count, fields = s->fields;
    if (fields != count && !s->ended)
        complain(s, s->row_line,
                 "this row has %zu field%s, the first row has %zu", fields,
                 fields == 1 ? "" : "s", count);
    s->ended |= s->only_first;
    s->row++;
    s->fields = 0;
    s->row_bytes = 0;
}

/* --- reading ------------------------------------------------------------ */

/* Blanks belong to a field. */
static int is_never_blank(unsigned char c) {
    (void)c;
    return 0;
}

static void *grow(void *old, size_t size) {
    return mem_resize(old, size, 1);
}

static int open_file(const char *path, Err *err) {
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return err_set(err, "cannot read %s: %s", path, strerror(errno));
    const char *what = NULL;
    if (fstat(fd, &st) < 0)
        what = strerror(errno);
    else if (!S_ISREG(st.st_mode))
        what = "it is not a regular file";
    else if (st.st_size == 0)
        what = "it is empty";
    else if ((uint64_t)st.st_size > DATA_BYTES_MAX)
        what = "it has 4 GiB or more";
    if (!what)
        return fd;
    close(fd);
    return err_set(err, "cannot read %s: %s", path, what);
}

/* Up to the end of a line, mostly: so that a mistake has its line. */
static void take_part(Pass *s, const char *part, size_t length) {
    bool is_blank = s->row_bytes == 0 && (*part == '\n' || *part == '\r');
    if (s->row_bytes == 0)
        s->row_line = s->line;
    if (!is_blank)
        s->row_bytes += length;
    if (memchr(part, '\0', length))
        complain(s, s->line, "a NUL byte: this is not text in UTF-8");
    else if (s->row_bytes > ROW_BYTES_MAX)
        complain(s, s->row_line,
                 "a row of more than 1 MiB begins here; is a quote not "
                 "closed?");
    else if (csv_parse(&s->parser, part, length, on_field, on_row, s) < length)
        complain(s, s->line,
                 "a quote stands within a field: write \"...\" around the "
                 "whole field, and quotes in it twice");
    s->line += part[length - 1] == '\n';
}

static void take_chunk(Pass *s, const char *at, size_t length) {
    while (length && !s->failed && !s->ended) {
        const char *end = memchr(at, '\n', length);
        size_t n = end ? (size_t)(end - at) + 1 : length;
        take_part(s, at, n);
        at += n;
        length -= n;
    }
}

static void take_file(Pass *s, int fd) {
    static const char mark[] = "\xef\xbb\xbf";
    uint64_t all = 0;
    bool is_first = true;
    while (!s->failed && !s->ended) {
        ssize_t n = read(fd, s->chunk, CHUNK_BYTES);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            complain(s, s->line, "%s", strerror(errno));
        if (n <= 0)
            break;
        size_t from =
            is_first && n >= 3 && memcmp(s->chunk, mark, 3) == 0 ? 3 : 0;
        is_first = false;
        all += (uint64_t)n;
        if (all > DATA_BYTES_MAX)
            complain(s, s->line, "the file has 4 GiB or more");
        take_chunk(s, s->chunk + from, (size_t)n - from);
    }
    if (!s->failed && !s->ended &&
        csv_fini(&s->parser, on_field, on_row, s) < 0)
        complain(s, s->row_line,
                 "a quote that opens in this row is never closed");
}

/* 0, or -1 with s->err. */
static int run_pass(Pass *s) {
    int fd = open_file(s->file->path, s->err);
    if (fd < 0)
        return -1;
    if (csv_init(&s->parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
        abort();
    csv_set_delim(&s->parser, (unsigned char)s->file->format.separator);
    csv_set_space_func(&s->parser, is_never_blank);
    csv_set_realloc_func(&s->parser, grow);
    s->line = s->row_line = 1;
    s->chunk = mem_alloc(CHUNK_BYTES, 1);
    take_file(s, fd);
    free(s->chunk);
    csv_free(&s->parser);
    close(fd);
    return s->failed ? -1 : 0;
}

/* --- the file ----------------------------------------------------------- */

DataFile *data_open(const char *path, DataFormat format, Err *err) {
    DataFile *f = mem_new(DataFile);
    f->path = mem_dup_text(path);
    f->format = format;
    Pass s = { .file = f, .err = err, .only_first = true };
    int rc = run_pass(&s);
    if (rc == 0 && f->columns.count == 0)
        rc = err_set(err, "%s: it has no row", path);
    if (rc < 0) {
        data_close(f);
        return NULL;
    }
    f->kept = mem_alloc(f->columns.count, sizeof *f->kept);
    for (size_t i = 0; i < f->columns.count; i++)
        f->kept[i] = NOT_WANTED;
    return f;
}

void data_close(DataFile *f) {
    if (!f)
        return;
    for (size_t i = 0; i < f->columns.count; i++)
        free(f->columns.names[i]);
    free(f->columns.names);
    free(f->kept);
    free(f->bytes);
    free(f->begins);
    free(f->path);
    free(f);
}

static int no_such_column(const DataFile *f, const char *name, Err *err) {
    const Columns *c = &f->columns;
    if (!f->format.has_header)
        return err_set(err, "%s has no column '%s'; they are 1 to %zu",
                       f->path, name, c->count);
    const char *near =
        text_nearest(name, (const char *const *)c->names, c->count);
    if (near)
        return err_set(err, "%s has no column '%s'; did you mean '%s'?",
                       f->path, name, near);
    Text all = { 0 };
    for (size_t i = 0; i < c->count && all.length < ERR_TEXT_MAX; i++)
        text_addf(&all, "%s%s", i ? ", " : "", c->names[i]);
    err_set(err, "%s has no column '%s'; there are %s", f->path, name,
            all.bytes);
    text_close(&all);
    return -1;
}

int data_column(DataFile *f, const char *name, uint32_t *column, Err *err) {
    const Columns *c = &f->columns;
    size_t found = c->count;
    for (size_t i = 0; i < c->count; i++) {
        if (!text_equal(c->names[i], name))
            continue;
        if (found < c->count)
            return err_set(err, "%s has two columns '%s'", f->path, name);
        found = i;
    }
    if (found == c->count)
        return no_such_column(f, name, err);
    if (f->kept[found] == NOT_WANTED)
        f->kept[found] = 0;
    *column = (uint32_t)found;
    return 0;
}

bool data_is_wanted(const DataFile *f) {
    for (size_t i = 0; i < f->columns.count; i++)
        if (f->kept[i] != NOT_WANTED)
            return true;
    return false;
}

int data_load(DataFile *f, Err *err) {
    f->kept_count = 0;
    for (size_t i = 0; i < f->columns.count; i++)
        if (f->kept[i] != NOT_WANTED)
            f->kept[i] = (uint32_t)f->kept_count++;
    Pass s = { .file = f, .err = err };
    if (run_pass(&s) < 0)
        return -1;
    f->rows = s.row - f->format.has_header;
    if (f->rows == 0)
        return err_set(err, "%s has no row below its header", f->path);
    mem_grow(f->begins, f->cells, f->begins_cap);
    f->begins[f->cells] = (uint32_t)f->length;
    f->begins = mem_resize(f->begins, f->cells + 1, sizeof *f->begins);
    f->bytes = mem_resize(f->bytes, f->length ? f->length : 1, 1);
    return 0;
}

uint64_t data_rows(const DataFile *f) {
    return f->rows;
}

const char *data_cell(const DataFile *f, uint64_t row, uint32_t column,
                      size_t *length) {
    const uint32_t *at = &f->begins[row * f->kept_count + f->kept[column]];
    *length = at[1] - at[0];
    return f->bytes + at[0];
}
