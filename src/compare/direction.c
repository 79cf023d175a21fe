/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/direction.h"

#include <ctype.h>
#include <string.h>

#define NAME_MAX_READ 256

/* Where the words stand in a name, which is read in small letters. */
typedef enum Place { BEGINS, HAS, ENDS } Place;

typedef struct Row {
    Place place;
    const char *words;
    const char *unit; /* NULL: says nothing of it */
    Better better;
} Row;

/* The first that fits counts: those of a metric's name before those of
 * words that may stand in any. */
static const Row rows[] = {
    { BEGINS, "http_req_failed", "share", BETTER_LOWER },
    { BEGINS, "checks", "share", BETTER_HIGHER },
    { BEGINS, "dropped_iterations", "/s", BETTER_LOWER },
    { BEGINS, "http_reqs", "/s", BETTER_HIGHER },
    { BEGINS, "iterations", "/s", BETTER_HIGHER },
    { BEGINS, "data_", "/s", BETTER_UNKNOWN },
    { BEGINS, "vus", "", BETTER_UNKNOWN },
    { BEGINS, "process_cpu", "cores", BETTER_LOWER },
    { BEGINS, "host_cpu", "share", BETTER_LOWER },
    { BEGINS, "host_", NULL, BETTER_UNKNOWN },
    { HAS, "error", NULL, BETTER_LOWER },
    { HAS, "fail", NULL, BETTER_LOWER },
    { HAS, "drop", NULL, BETTER_LOWER },
    { HAS, "timeout", NULL, BETTER_LOWER },
    { HAS, "uptime", NULL, BETTER_UNKNOWN },
    { HAS, "per_second", "/s", BETTER_HIGHER },
    { HAS, "per_sec", "/s", BETTER_HIGHER },
    { ENDS, "per_s", "/s", BETTER_HIGHER },
    { HAS, "throughput", NULL, BETTER_HIGHER },
    { ENDS, "rps", "/s", BETTER_HIGHER },
    { ENDS, "ops", "/s", BETTER_HIGHER },
    { ENDS, "_mbps", NULL, BETTER_HIGHER },
    { HAS, "cpu", NULL, BETTER_LOWER },
    { HAS, "memory", "bytes", BETTER_LOWER },
    { ENDS, "_bytes", "bytes", BETTER_LOWER },
    { HAS, "rss", NULL, BETTER_LOWER },
    { ENDS, "_ms", "ms", BETTER_LOWER },
    { ENDS, "_ns", "ns", BETTER_LOWER },
    { ENDS, "_us", NULL, BETTER_LOWER },
    { ENDS, "_s", "s", BETTER_LOWER },
    { ENDS, "_sec", "s", BETTER_LOWER },
    { ENDS, "_secs", "s", BETTER_LOWER },
    { ENDS, "_seconds", "s", BETTER_LOWER },
    { BEGINS, "http_req_", "ms", BETTER_LOWER },
    { BEGINS, "iteration_duration", "ms", BETTER_LOWER },
    { BEGINS, "response_time", "ms", BETTER_LOWER },
    { BEGINS, "schedule_lag", "ms", BETTER_LOWER },
    { BEGINS, "recovery_time", "ms", BETTER_LOWER },
    { BEGINS, "overhead", "ms", BETTER_LOWER },
    { BEGINS, "group_duration", "ms", BETTER_LOWER },
    { HAS, "latency", NULL, BETTER_LOWER },
    { HAS, "duration", NULL, BETTER_LOWER },
    { HAS, "time", NULL, BETTER_LOWER },
};

#define ROWS (sizeof rows / sizeof *rows)

static bool fits(const Row *row, const char *name) {
    size_t length = strlen(name), n = strlen(row->words);
    switch (row->place) {
    case BEGINS:
        return strncmp(name, row->words, n) == 0;
    case HAS:
        return strstr(name, row->words) != NULL;
    case ENDS:
        return length >= n && strcmp(name + length - n, row->words) == 0;
    }
    return false;
}

/* In small letters, without the method behind the last blank when that is
 * one: "inspect_ms mean" is of inspect_ms. */
static void stem_of(const char *name, char to[NAME_MAX_READ]) {
    static const char *const methods[] = { "mean", "median", "med",  "min",
                                           "max",  "avg",    "rate", "count",
                                           "value" };
    size_t n = 0;
    for (; name[n] && n + 1 < NAME_MAX_READ; n++)
        to[n] = (char)tolower((unsigned char)name[n]);
    to[n] = '\0';
    char *blank = strrchr(to, ' ');
    char *label = strchr(to, '{');
    if (label) /* what is in braces is the profile's */
        *label = '\0';
    if (label || !blank)
        return;
    bool is_method = strncmp(blank, " p(", 3) == 0;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        is_method |= strcmp(blank + 1, methods[i]) == 0;
    if (is_method)
        *blank = '\0';
}

const char *direction_unit(const char *name) {
    char stem[NAME_MAX_READ];
    stem_of(name, stem);
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].unit && fits(&rows[i], stem))
            return rows[i].unit;
    return "";
}

Better direction_better(const char *name, const char *unit) {
    char stem[NAME_MAX_READ];
    stem_of(name, stem);
    for (size_t i = 0; i < ROWS; i++)
        if (fits(&rows[i], stem))
            return rows[i].better;
    bool is_time = strcmp(unit, "ms") == 0 || strcmp(unit, "s") == 0 ||
                   strcmp(unit, "ns") == 0;
    if (strcmp(unit, "/s") == 0)
        return BETTER_HIGHER;
    return is_time || strcmp(unit, "bytes") == 0 ? BETTER_LOWER
                                                 : BETTER_UNKNOWN;
}
