/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alert.h: conditions that are judged over a sliding window while the run
 * goes on.
 *
 *   METRIC[{SERIES}] METHOD OP NUMBER for DURATION, warning|critical
 *       [, warn|stop|hold|back-off] [, webhook URL] [, exec COMMAND]
 *
 * A URL is http or https and ends at a blank or comma; a command is the rest
 * of the line. Both are told when the alert begins to fire and when it is
 * quiet again.
 *
 * METRIC is one that the time line has: http_req_duration, http_req_failed
 * and http_reqs, also by series; response_time and dropped_iterations.
 * Judged once a second, over the window that ends with it, as soon as the run
 * is as long as the window. An alert fires when its condition begins to hold, and
 * again only after it was quiet: when it does not hold, or there are no
 * samples. Percentiles are exact, to the histogram's grain; so are min and
 * max here.
 *
 * The time line keeps seconds for an hour, so a window of up to
 * ALERT_FINE_NS moves by seconds, one of up to a day by 10 s (it covers up to
 * 10 s less than asked for), a longer one by 60 s. Pure; one thread; run time
 * in ns. */
#ifndef ONRUSH_STATS_ALERT_H
#define ONRUSH_STATS_ALERT_H

#include "base/clock.h"
#include "stats/condition.h"
#include "stats/gauges.h"
#include "stats/timeline.h"

#define ALERT_LONGEST_NS (7 * 24 * 3600 * NS_PER_S)
#define ALERT_FINE_NS (3590 * NS_PER_S)
#define ALERT_FIRINGS_MAX 1000 /* that are remembered, of each alert */

typedef enum AlertSeverity { ALERT_WARNING, ALERT_CRITICAL } AlertSeverity;

/* What the caller is to do when it fires. */
typedef enum AlertAction {
    ALERT_WARN,
    ALERT_STOP,     /* end the run, as a threshold's abort does */
    ALERT_HOLD,     /* hold the level */
    ALERT_BACK_OFF, /* lower the level */
} AlertAction;

typedef struct Alert {
    const char *name;
    const char *text; /* as written, without its name; of a URL its origin */
    size_t window_at, window_length; /* in it: where the window is written */
    Condition condition;
    uint64_t window_ns;
    AlertSeverity severity;
    AlertAction action;
    const char *webhook; /* a URL, which may hold secrets; NULL: none */
    const char *webhook_shown; /* its origin */
    const char *exec;    /* a command line as written; NULL: none */
    const char *words;   /* its words, each ended by NUL; whoever runs it
                            fills this in */
    size_t words_length;
} Alert;

typedef struct AlertList {
    Alert *items;
    size_t count, cap;
} AlertList;

/* Reads one profile line; texts go to the arena. 0, or -1 with err, its
 * column within text. */
int alert_read(AlertList *list, Arena *arena, const char *name,
               const char *text, const MetricTable *table, Err *err);
void alert_list_close(AlertList *list);
/* Is value a farther beyond the limit than b? */
bool alert_is_worse(const Alert *alert, double a, double b);
const char *alert_severity_name(AlertSeverity s); /* "critical" */
const char *alert_action_name(AlertAction a);     /* "back-off" */

typedef struct AlertFiring {
    uint64_t at_ns, for_ns; /* for_ns: so far, of the last one */
    double worst;           /* farthest beyond the limit; k6's units */
} AlertFiring;

typedef struct AlertReading {
    const Alert *alert;
    bool is_firing;    /* since the last firing's at_ns */
    double value;      /* NaN: not judged yet, or no samples */
    uint64_t times;    /* it fired */
    uint64_t total_ns; /* that it fired, the present one included */
    const AlertFiring *firings; /* the first ALERT_FIRINGS_MAX */
    size_t firing_count;
    const Gauge *history; /* of the value, once a second */
} AlertReading;

/* An alert began to fire, or is quiet again. */
typedef struct AlertChange {
    const Alert *alert;
    uint64_t at_ns;
    bool is_firing;
    double value;
} AlertChange;

typedef struct AlertWatch AlertWatch;

/* The list is borrowed. */
AlertWatch *alert_watch_new(const AlertList *list);
void alert_watch_free(AlertWatch *w); /* NULL is fine */
/* Judges all alerts over the finished seconds of the time line; does nothing
 * when none was finished since. Each window adds what came and takes away
 * what left it: microseconds, whatever its length. */
void alert_watch_look(AlertWatch *w, const Timeline *t);
size_t alert_watch_count(const AlertWatch *w);
/* A reading for each alert, valid until the next look. */
const AlertReading *alert_watch_readings(const AlertWatch *w);
/* What changed since it was last asked, oldest first; false: nothing more.
 * At most 1000 wait. */
bool alert_watch_change(AlertWatch *w, AlertChange *out);

#endif
