/* SPDX-License-Identifier: GPL-3.0-or-later */
/* findings_state.h: a watch from within, shared by findings*.c. */
#ifndef ONRUSH_STATS_FINDINGS_STATE_H
#define ONRUSH_STATS_FINDINGS_STATE_H

#include "base/clock.h"
#include "base/units.h"
#include "stats/findings.h"

#define FINDING_STEADY 5 /* seconds in a row that it takes */
#define BASE_LEAST 10
#define BASE_MOST 60
#define LEVELS_MAX 48
#define LEVEL_SECONDS 60
#define STEADY_SECONDS 300
#define BEFORE_STALL 5
#define FINDING_CONNECTS_NS (10 * NS_PER_S) /* the journal's details */

/* Index into FindingWatch.items; SIZE_MAX: there is none. */
typedef size_t FindingAt;
#define NO_FINDING SIZE_MAX

/* The first seconds, at the lowest levels. */
typedef struct FindingBase {
    double p95[BASE_MOST];
    size_t count;
    double level_high;
    double median, scale; /* robust standard deviation */
} FindingBase;

/* A condition that has held for so many seconds in a row. */
typedef struct FindingRow {
    size_t seconds;
    uint64_t from_ns;
    double level, sum, worst; /* sum: what is shown of them */
} FindingRow;

/* What was measured while the load was between low and high. */
typedef struct FindingLevel {
    int key;
    double low, high;
    uint64_t from_ns, to_ns; /* its first second, its last */
    uint64_t requests, failed, refused;
    double p95[LEVEL_SECONDS], mean[LEVEL_SECONDS], rps[LEVEL_SECONDS],
        active[LEVEL_SECONDS]; /* the last ones */
    size_t count, next;
    struct {
        double p95, mean, rps, active;
    } median;
} FindingLevel;

typedef struct FindingLoad {
    FindingLevel *levels; /* by rising key */
    size_t count;
    FindingAt queueing, shedding;
    double queueing_level, shedding_level; /* below these it is over */
} FindingLoad;

/* The seconds since the level last changed. */
typedef struct FindingSteady {
    double level, level_other;
    double p95[STEADY_SECONDS], rps[STEADY_SECONDS]; /* p95: logarithms */
    size_t count, next, settling;
    FindingAt open; /* that goes on */
    uint64_t from_ns, to_ns; /* what is odd: so far */
    double z, value, usual;  /* of its worst second */
    bool is_odd, is_told, is_p95, was_quiet;
} FindingSteady;

/* Connections made in ten seconds. */
typedef struct FindingConnects {
    uint64_t end_ns, requests;
    Hist connecting, blocked;
    Hist later_connecting, later_blocked; /* of the next ten */
    double base_connecting, base_service; /* of the first; NaN: none yet */
    double service; /* p95: worst of the seconds */
    FindingRow row;
    FindingAt at;
} FindingConnects;

struct FindingWatch {
    bool is_rate, is_bound;
    Finding items[FINDINGS_MAX];
    size_t count, told, anomalies, left_out;
    FindingList list;
    bool is_stale; /* the list */
    double level_max;
    FindingBase base;
    /* onset and breaking point */
    FindingRow above, back, failing, slow, broken, whole;
    FindingAt onset, breaking;
    size_t onsets;
    uint64_t good_seconds, requests, failed; /* before it broke, */
    uint64_t row_requests, row_failed; /* and in the seconds since */
    /* stalls */
    uint64_t before[BEFORE_STALL], quiet_from_ns;
    size_t seconds_before, quiet;
    FindingLoad load;
    FindingSteady steady;
    FindingConnects connects;
};

/* The text is printf's; SIZE_MAX when there is no room. */
FindingAt finding_add(FindingWatch *w, FindingKind kind, uint64_t from_ns,
                      double level, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void finding_say(FindingWatch *w, FindingAt at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void finding_over(FindingWatch *w, FindingAt at, uint64_t to_ns);
bool finding_goes_on(const FindingWatch *w, FindingAt at);
/* "800 VUs", "120/s" */
char *finding_level(const FindingWatch *w, UnitsText to, double level);
/* Another second of a row; holds: or the row ends. True from the time on that
 * it is long enough. */
bool finding_row(FindingRow *row, bool holds, const FindingSecond *s,
                 double shown);
bool finding_counts(const FindingSecond *s);

void findings_look_for_limits(FindingWatch *w, const FindingSecond *s);
void findings_look_at_load(FindingWatch *w, const FindingSecond *s);
void findings_look_for_odd(FindingWatch *w, const FindingSecond *s);
void findings_look_at_connects(FindingWatch *w, const FindingSecond *s);

#endif
