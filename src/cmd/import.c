/* SPDX-License-Identifier: GPL-3.0-or-later */
/* onrush import: another tool's file becomes a profile. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/output.h"
#include "import/import.h"
#include "import/print.h"
#include "report/report.h"

typedef struct Options {
    const char *from, *out, *file;
    bool force;
    ImportOptions import;
} Options;

static void print_help(void) {
    puts("usage: onrush import [OPTION...] FILE\n"
         "       onrush import [OPTION...] curl URL CURL-OPTION...\n"
         "Make a profile of another tool's file (-: standard input); what "
         "could not be\n"
         "carried is told, each with its place.\n");
    for (size_t i = 0; i < import_reader_count; i++)
        text_to(stdout,
                "  %-10s %s\n", import_readers[i].name, import_readers[i].title);
    puts("\n      --from KIND                what FILE is; seen from its "
         "content if not said\n"
         "  -o, --output FILE              write the profile there; standard "
         "output if not\n"
         "                                 said; long bodies become files "
         "beside it\n"
         "      --force                    write over files that are there\n"
         "      --host HOST                carry the requests to this host; "
         "the first one\n"
         "      --query                    logs: keep query strings\n"
         "  -h, --help                     this text");
}

static int complain(const char *what, const char *wrote) {
    char shown[64];
    text_clean(shown, sizeof shown, wrote, strlen(wrote));
    text_to(stderr, "onrush import: '%s' %s\n", shown, what);
    return -1;
}

static int read_from(Options *o, const char *value) {
    const char *names[16], *near;
    size_t n = 0;
    o->from = value;
    if (import_find(value))
        return 0;
    for (; n < import_reader_count && n < 16; n++)
        names[n] = import_readers[n].name;
    near = text_nearest(value, names, n);
    complain(near ? "cannot be imported; did you mean this?"
                  : "is none of "
                    "har, curl, k6, artillery, log",
             value);
    if (near)
        text_to(stderr, "  --from %s\n", near);
    return -1;
}

/* In order: behind the word curl everything is curl's. */
static int read_options(Options *o, int argc, char **argv) {
    static const struct option known[] = {
        { "from", required_argument, NULL, 'F' },
        { "output", required_argument, NULL, 'o' },
        { "force", no_argument, NULL, 'f' },
        { "host", required_argument, NULL, 'H' },
        { "query", no_argument, NULL, 'q' },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
    };
    *o = (Options){ 0 };
    optind = 0;
    opterr = 0;
    for (int c; (c = getopt_long(argc, argv, "-o:h", known, NULL)) != -1;) {
        if (c == 1 && !o->file && text_equal(optarg, "curl")) {
            o->from = "curl";
            o->import.words = (const char *const *)&argv[optind - 1];
            o->import.word_count = (size_t)(argc - optind) + 1;
            return 0;
        }
        if (c == 1 && !o->file)
            o->file = optarg;
        else if (c == 1)
            return complain("is too much: one file at a time", optarg);
        else if (c == 'o')
            o->out = optarg;
        else if (c == 'f')
            o->force = true;
        else if (c == 'H')
            o->import.host = optarg;
        else if (c == 'q')
            o->import.query = true;
        else if (c == 'h') {
            print_help();
            return 1;
        } else if (c != 'F')
            return complain("is no option or lacks its value; see onrush "
                            "import --help",
                            argv[optind - 1]);
        else if (read_from(o, optarg) < 0)
            return -1;
    }
    if (!o->file && optind < argc)
        o->file = argv[optind];
    if (o->file)
        return 0;
    text_to(stderr, "onrush import: a file is missing; - is standard input\n");
    return -1;
}

/* --- reading ------------------------------------------------------------ */

static long read_more(void *data, char *buffer, size_t size, Err *err) {
    int fd = *(int *)data;
    ssize_t n;
    do
        n = read(fd, buffer, size);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        err_set(err, "cannot read: %s", strerror(errno));
    return n;
}

static int open_input(const Options *o, Err *err) {
    if (o->import.word_count || text_equal(o->file, "-"))
        return STDIN_FILENO;
    int fd = open(o->file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        err_set(err, "cannot open: %s", strerror(errno));
    return fd;
}

static const char *shown_file(const Options *o) {
    return o->import.word_count       ? "curl"
           : text_equal(o->file, "-") ? "standard input"
                                      : o->file;
}

static void print_error(const Options *o, const Err *err) {
    char shown[ERR_TEXT_MAX], file[256];
    text_clean(shown, sizeof shown, err->text, strlen(err->text));
    text_clean(file, sizeof file, shown_file(o), strlen(shown_file(o)));
    text_to(stderr, "onrush import: %s:", file);
    if (err->column > 0)
        text_to(stderr, "%d:", err->column);
    text_to(stderr, " %s\n", shown);
}

/* --- writing ------------------------------------------------------------ */

/* "shop" of "tests/shop.ini". */
static char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    char *name = mem_dup_text(slash ? slash + 1 : path);
    char *dot = strrchr(name, '.');
    if (dot && dot > name)
        *dot = '\0';
    return name;
}

static void beside(const char *path, const char *name, Text *to) {
    const char *slash = strrchr(path, '/');
    text_clear(to);
    if (slash)
        text_add(to, path, (size_t)(slash - path) + 1);
    text_adds(to, name);
}

/* Nothing is written if anything is in the way. */
static int write_all(const Options *o, const Printed *p, Err *err) {
    Text path = { 0 };
    int rc = output_is_taken(o->out, o->force, err) ? -1 : 0;
    for (size_t i = 0; rc == 0 && i < p->count; i++) {
        beside(o->out, p->files[i].name, &path);
        if (output_is_taken(path.bytes, o->force, err))
            rc = -1;
    }
    for (size_t i = 0; rc == 0 && i < p->count; i++) {
        beside(o->out, p->files[i].name, &path);
        rc = output_write(path.bytes, p->files[i].bytes, p->files[i].length,
                          o->force, err);
    }
    if (rc == 0)
        rc = output_write(o->out, p->ini.bytes, p->ini.length, o->force, err);
    text_close(&path);
    return rc;
}

static void print_report(const Options *o, const Sketch *d, const Printed *p) {
    Text t = { 0 };
    char file[256];
    text_clean(file, sizeof file, shown_file(o), strlen(shown_file(o)));
    text_to(stderr, "onrush import: %s: %s%s\n", file, d->title,
            o->from ? "" : " (recognised; --from says otherwise)");
    sketch_print_counts(d, &t);
    text_to(stderr, "carried: %s\n", t.bytes);
    text_clear(&t);
    sketch_print_notes(d, file, &t);
    if (t.length)
        text_to(stderr, "not carried, or not as it was:\n%s", t.bytes);
    for (size_t i = 0; i < p->count; i++)
        text_to(stderr, "body of %zu bytes: %s\n", p->files[i].length,
                p->files[i].name);
    if (o->out)
        text_to(stderr, "wrote %s; next: onrush check %s\n", o->out, o->out);
    text_close(&t);
}

/* The sketch is good: print it. */
static int finish(const Options *o, Sketch *d, Err *err) {
    Printed printed = { 0 };
    char *prefix = o->out ? base_name(o->out) : NULL;
    char *name = base_name(o->out ? o->out : o->file ? o->file : "curl");
    const char *files = prefix ? sketch_name(d, prefix, '-', "imported") : NULL;
    sketch_print(d, name, files, &printed);
    int rc = write_all(o, &printed, err);
    if (rc == 0)
        print_report(o, d, &printed);
    print_close(&printed);
    free(prefix);
    free(name);
    return rc;
}

int cmd_import(int argc, char **argv) {
    Options o;
    Sketch d = { 0 };
    Err err = { 0 };
    int rc = read_options(&o, argc, argv);
    if (rc)
        return rc < 0 ? EXIT_USAGE : EXIT_HELD;
    if (output_is_taken(o.out, o.force, &err)) {
        text_to(stderr, "onrush import: %s\n", err.text);
        return EXIT_USAGE;
    }
    int fd = open_input(&o, &err);
    ImportInput in = { .more = o.import.word_count ? NULL : read_more,
                       .data = &fd };
    const ImportReader *reader = NULL;
    if (fd >= 0)
        reader = o.from ? import_find(o.from) : import_recognise(&in, &err);
    rc = reader ? import_read(reader, &in, &o.import, &d, &err) : -1;
    if (rc == 0)
        rc = finish(&o, &d, &err);
    if (rc < 0) {
        Text notes = { 0 };
        print_error(&o, &err);
        sketch_print_notes(&d, shown_file(&o), &notes);
        fputs(notes.bytes ? notes.bytes : "", stderr);
        text_close(&notes);
    }
    if (fd > STDERR_FILENO)
        close(fd);
    text_close(&in.head);
    sketch_close(&d);
    return rc < 0 ? EXIT_USAGE : EXIT_HELD;
}
