/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/saved.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/units.h"
#include "journal/journal.h"
#include "journal/replay.h"

#define CHUNK ((size_t)1 << 20)
#define LINE_BYTES_MAX ((size_t)64 << 20)
#define TAIL ((size_t)1 << 18)
#define STATUS_CUT (-1)

struct SavedRun {
    Source source; /* first: the ops cast back */
    Replay *replay;
    char *path;
    Text words, trouble;
};

/* --- the source --------------------------------------------------------- */

static const Snapshot *look(Source *s) {
    return replay_snapshot(((SavedRun *)s)->replay);
}

static const Wheel *steering(Source *s) {
    return replay_wheel(((SavedRun *)s)->replay);
}

static int command(Source *s, const char *text, Text *answer, Err *err) {
    (void)s, (void)text, (void)answer;
    return err_set(err, "this run is over: it was saved, and is only shown");
}

static const SourceOps ops = { look, steering, command };

/* --- lines -------------------------------------------------------------- */

typedef struct Lines {
    int fd;
    char *bytes;
    size_t begin, end, cap; /* what is read and not yet handed out */
    bool is_over;
    int trouble; /* errno */
} Lines;

static void read_more(Lines *l) {
    if (l->begin)
        memmove(l->bytes, l->bytes + l->begin, l->end - l->begin);
    l->end -= l->begin;
    l->begin = 0;
    if (l->end + CHUNK + 1 > l->cap) {
        l->cap = l->cap ? l->cap * 2 : 2 * CHUNK;
        l->bytes = mem_resize(l->bytes, l->cap, 1);
    }
    ssize_t n;
    do
        n = read(l->fd, l->bytes + l->end, CHUNK);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        l->trouble = errno;
    l->is_over = n <= 0;
    l->end += n > 0 ? (size_t)n : 0;
}

/* A whole line, without its newline; NULL: there is none any more. What is
 * left behind the last newline was torn. */
static char *next_line(Lines *l, size_t *length) {
    for (size_t seen = 0;;) {
        char *at = l->bytes + l->begin;
        size_t have = l->end - l->begin;
        char *end = have > seen ? memchr(at + seen, '\n', have - seen) : NULL;
        if (end) {
            *length = (size_t)(end - at);
            l->begin += *length + 1;
            return at;
        }
        seen = have;
        if (l->is_over || have > LINE_BYTES_MAX)
            return NULL;
        read_more(l);
    }
}

/* --- opening ------------------------------------------------------------ */

static bool is_dir(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool saved_is_there(const char *dir) {
    Text path = { 0 };
    text_addf(&path, "%s/" JOURNAL_FILE, dir);
    bool is_there = access(path.bytes, R_OK) == 0;
    text_close(&path);
    return is_there;
}

/* What stands in the place of a journal? */
static int explain_missing(const char *path, const char *file, int why,
                           Err *err) {
    Text summary = { 0 };
    text_addf(&summary, "%s/summary.json", path);
    bool has_summary = why == ENOENT && access(summary.bytes, F_OK) == 0;
    text_close(&summary);
    if (has_summary)
        return err_set(err,
                       "%s: has a summary.json but no journal (" JOURNAL_FILE
                       "), which an older onrush did not write; without it "
                       "there is nothing to show second by second",
                       path);
    if (why == ENOENT && is_dir(path))
        return err_set(err,
                       "%s: no results are here (no " JOURNAL_FILE
                       "); a folder such as onrush-results/NAME-TIME has them",
                       path);
    return err_set(err, "%s: cannot open: %s", file, strerror(why));
}

static void keep_trouble(SavedRun *s, size_t line, const Err *err) {
    char clean[ERR_TEXT_MAX];
    text_clean(clean, sizeof clean, err->text, strlen(err->text));
    text_addf(&s->trouble, "%s:%zu:", s->path, line);
    if (err->column)
        text_addf(&s->trouble, "%d:", err->column);
    text_addf(&s->trouble, " %s", clean);
}

/* The time of the last whole line that has one; 0: not known. */
static uint64_t find_end(int fd) {
    static const char key[] = "\"at\":";
    char *bytes = mem_alloc(TAIL + 1, 1);
    off_t size = lseek(fd, 0, SEEK_END);
    uint64_t end_ns = 0;
    off_t from = size > (off_t)TAIL ? size - (off_t)TAIL : 0;
    ssize_t n = size > 0 ? pread(fd, bytes, TAIL, from) : 0;
    size_t left = n > 0 ? (size_t)n : 0;
    char *at = bytes;
    while (
        (at = memmem(at, left - (size_t)(at - bytes), key, sizeof key - 1))) {
        at += sizeof key - 1;
        uint64_t v = strtoull(at, NULL, 10);
        end_ns = v > end_ns ? v : end_ns;
    }
    free(bytes);
    return end_ns;
}

/* Up to the first line that is not good. -1: not even the first is. */
static int read_lines(SavedRun *s, int fd, uint64_t end_ns, Err *err) {
    Lines l = { .fd = fd };
    size_t number = 0, length;
    lseek(fd, 0, SEEK_SET);
    replay_expect(s->replay, end_ns);
    read_more(&l);
    for (char *line; !s->trouble.length && (line = next_line(&l, &length));) {
        Err why;
        number++;
        if (replay_skips(s->replay, line, length))
            continue;
        if (length && replay_line(s->replay, line, length, &why) < 0)
            keep_trouble(s, number, &why);
    }
    if (l.trouble && !s->trouble.length)
        text_addf(&s->trouble, "%s: cannot read: %s", s->path,
                  strerror(l.trouble));
    else if (!l.is_over && !s->trouble.length)
        text_addf(&s->trouble, "%s:%zu: a line longer than %zu MiB", s->path,
                  number + 1, LINE_BYTES_MAX >> 20);
    bool is_empty = number == 0 && l.end == 0 && !l.trouble;
    free(l.bytes);
    if (replay_has_head(s->replay))
        return 0;
    if (is_empty)
        return err_set(err, "%s: is empty: the run ended before it began",
                       s->path);
    if (s->trouble.length)
        return err_set(err, "%s", s->trouble.bytes);
    return err_set(err, "%s:1: this is no journal of onrush", s->path);
}

static int read_journal(SavedRun *s, int fd, Err *err) {
    uint64_t end_ns = find_end(fd), real_ns;
    int rc = read_lines(s, fd, end_ns, err);
    if (rc < 0 || !replay_is_short(s->replay, &real_ns))
        return rc;
    /* it is good up to a moment that is earlier than its last one */
    replay_free(s->replay);
    s->replay = replay_new();
    text_clear(&s->trouble);
    return read_lines(s, fd, real_ns, err);
}

static void say_cut(SavedRun *s) {
    UnitsText at;
    text_addf(&s->words, "unfinished: the journal ends at %s",
              units_clock(at, replay_snapshot(s->replay)->now_ns));
}

/* A FIFO would wait for a writer, a device has no end. */
static int open_file(const char *path, const char *file, Err *err) {
    struct stat st;
    int fd = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return explain_missing(path, file, errno, err);
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        return fd;
    close(fd);
    return err_set(err, "%s: is no file, but a pipe, a socket or a device; a "
                        "folder such as onrush-results/NAME-TIME, or the "
                        JOURNAL_FILE " in it, can be opened",
                   file);
}

SavedRun *saved_open(const char *path, Err *err) {
    SavedRun *s = mem_new(SavedRun);
    Text file = { 0 };
    text_addf(&file, is_dir(path) ? "%s/" JOURNAL_FILE : "%s", path);
    s->path = text_take(&file);
    s->replay = replay_new();
    int fd = open_file(path, s->path, err);
    int rc = fd < 0 ? -1 : read_journal(s, fd, err);
    if (fd >= 0)
        close(fd);
    if (rc < 0) {
        saved_close(s);
        return NULL;
    }
    replay_end(s->replay);
    s->source = (Source){ &ops, replay_info(s->replay) };
    if (!saved_end(s).is_finished)
        say_cut(s);
    return s;
}

void saved_close(SavedRun *s) {
    if (!s)
        return;
    replay_free(s->replay);
    text_close(&s->words);
    text_close(&s->trouble);
    free(s->path);
    free(s);
}

Source *saved_source(SavedRun *s) {
    return &s->source;
}

SavedEnd saved_end(const SavedRun *s) {
    SavedEnd e = { .started = replay_started(s->replay),
                   .trouble = s->trouble.bytes };
    e.is_finished = replay_verdict(s->replay, &e.status, &e.words);
    if (!e.is_finished) {
        e.status = STATUS_CUT;
        e.words = s->words.bytes;
    }
    return e;
}
