/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "import/import.h"

const ImportReader import_readers[] = {
    { "har", "a HAR recording", har_recognise, har_read },
    { "k6", "a k6 script", k6_recognise, k6_read },
    { "artillery", "an Artillery script", artillery_recognise, artillery_read },
    { "log", "an access log", log_recognise, log_read },
    { "curl", "a list of curl commands", curl_recognise, curl_read },
};
const size_t import_reader_count =
    sizeof import_readers / sizeof *import_readers;

const ImportReader *import_find(const char *name) {
    for (size_t i = 0; i < import_reader_count; i++)
        if (text_equal(import_readers[i].name, name))
            return &import_readers[i];
    return NULL;
}

/* Until head has so many bytes, or the input ends. */
static int fill(ImportInput *in, size_t until, Err *err) {
    char part[16384];
    text_add(&in->head, "", 0);
    while (in->more && in->head.length < until) {
        long n = in->more(in->data, part, sizeof part, err);
        if (n < 0)
            return -1;
        if (n == 0)
            in->more = NULL;
        text_add(&in->head, part, (size_t)n);
    }
    return 0;
}

int import_whole(ImportInput *in, Err *err) {
    if (fill(in, IMPORT_MAX_BYTES + 1, err) < 0)
        return -1;
    if (in->head.length > IMPORT_MAX_BYTES)
        return err_set(err, "it is larger than %zu MiB",
                       IMPORT_MAX_BYTES >> 20);
    return 0;
}

const ImportReader *import_recognise(ImportInput *in, Err *err) {
    if (fill(in, IMPORT_HEAD_BYTES, err) < 0)
        return NULL;
    for (size_t i = 0; i < import_reader_count; i++)
        if (import_readers[i].recognise(in->head.bytes, in->head.length))
            return &import_readers[i];
    Text all = { 0 };
    for (size_t i = 0; i < import_reader_count; i++)
        text_addf(&all, "%s%s", i ? ", " : "", import_readers[i].name);
    err_set(err, "it looks like none of %s; --from says what it is", all.bytes);
    text_close(&all);
    return NULL;
}

int import_read(const ImportReader *reader, ImportInput *in,
                const ImportOptions *options, Sketch *d, Err *err) {
    sketch_init(d, reader->title);
    d->only_host = options->host;
    if (fill(in, 1, err) < 0 || reader->read(d, in, options, err) < 0)
        return -1;
    return sketch_finish(d, err);
}
