/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile.h: what one run does, read from an INI file.
 * A Profile is fixed once read: any thread may read it. Texts live in its
 * arena. Times in ns. */
#ifndef ONRUSH_PROFILE_PROFILE_H
#define ONRUSH_PROFILE_PROFILE_H

#include "base/err.h"
#include "base/mem.h"
#include "base/secret.h"
#include "profile/monitor_spec.h"
#include "profile/reader.h"
#include "profile/request.h"
#include "profile/scenario.h"
#include "profile/target.h"
#include "stats/alert.h"
#include "stats/custom.h"
#include "stats/threshold.h"

#define PROFILE_REQUESTS_MAX 200
#define PROFILE_CHECKS_MAX 1000
#define PROFILE_SCENARIOS_MAX 50
#define PROFILE_VARIANTS_MAX 20
#define PROFILE_METRICS_MAX 200
#define PROFILE_EXTRACTS_MAX 200
#define PROFILE_VARS_MAX 500
#define PROFILE_DATA_MAX 50
#define PROFILE_EVENTS_MAX 200
#define PROFILE_MAX_VUS_DEFAULT 10000
#define PROFILE_MAX_VUS_MOST 1000000

/* Something that happens at a moment of the run, drawn as a mark. */
typedef struct PlannedEvent {
    const char *name;
    uint64_t at_ns;      /* run time */
    const char *command; /* for the wheel, "spike +500 20s"; or NULL */
    const char *exec;    /* words, each ended by NUL; or NULL */
    size_t exec_length;
    int line, do_line, do_column;
    bool has_at;
} PlannedEvent;

/* How much of a figure a later run may lose: a line of [compare]. */
typedef struct CompareShare {
    const char *name; /* "p(95)", "http_req_duration p(95)" */
    double share;     /* 0.05 is 5 %; infinity: it is not judged */
} CompareShare;

struct Wheel;

typedef struct Profile {
    Arena arena;
    Ini ini; /* as read, with what the command line changed */
    const char *path, *name, *kind, *description;
    double start;
    LevelUnit start_unit;
    uint64_t iterations; /* 0: no limit */
    uint64_t discard;    /* of the first iterations; not among the limit */
    uint64_t graceful_stop_ns, graceful_ramp_down_ns;
    Url url; /* the first variant's */
    Variant *variants;
    size_t variant_count, variant_cap;
    uint64_t timeout_ns;
    TargetOptions target;
    Header *headers; /* for every request */
    size_t header_count, header_cap;
    Scenario *scenarios; /* at least one */
    size_t scenario_count, scenario_cap;
    Request *requests;
    size_t request_count, request_cap;
    CustomMetric *metrics; /* the profile's own */
    size_t metric_count, metric_cap;
    const char **extracted; /* names of variables, by slot */
    size_t extracted_count, extracted_cap;
    VarScope vars;
    Secrets *secrets; /* what is known to be one; never NULL once read */
    PlannedEvent *events;
    size_t event_count, event_cap;
    ThresholdList thresholds;
    AlertList alerts;
    MonitorSpec monitor;
    CompareShare *compare;
    size_t compare_count, compare_cap;
    /* For the recorder: one for each request, scenario and variant that
     * come together. */
    Series *series;
    size_t series_count, series_cap;
    const char **request_names, **check_labels;
    uint32_t *check_requests; /* by check */
    size_t check_total;
    const char *const *monitored; /* names of [monitor]'s gauges */
    size_t monitored_count;
} Profile;

/* What the command line changes, in this order. Zero: nothing. */
typedef struct ProfileOptions {
    const char *url, *stages;
    const char *const *sets; /* "section.key=value" */
    size_t set_count;
    double time_scale, load_scale;
    const char *vus, *duration; /* "50", "1h": one stage, both or none */
    bool keeps_secrets; /* what is saved and shown has them */
    /* Nothing is run: what the environment lacks is nothing, and a secret
     * that was left out is no mistake. */
    bool is_only_shown;
} ProfileOptions;

/* What its thresholds may be about; borrowed from the profile. */
static inline MetricTable profile_metrics(const Profile *p) {
    return (MetricTable){ .own = p->metrics,
                          .own_count = p->metric_count,
                          .series = p->series,
                          .series_count = p->series_count,
                          .checks = p->check_labels,
                          .check_count = p->check_total,
                          .monitored = p->monitored,
                          .monitored_count = p->monitored_count };
}

/* Does a request give that metric of its own samples? */
bool profile_records(const Profile *p, uint32_t metric);

/* Reads and checks everything; every mistake goes to *diags. 0 when there
 * was none; then *out is to be closed. */
int profile_read(Profile *out, const char *path, const ProfileOptions *options,
                 Diags *diags);
/* From memory; path is for messages and for @files. */
int profile_read_text(Profile *out, const char *text, size_t length,
                      const char *path, const ProfileOptions *options,
                      Diags *diags);
void profile_close(Profile *p);

/* Appends an INI file that makes this run again: as it was executed up to
 * until_ns, with the wheel's plans for its stages, and weights, think times
 * and thresholds as they are on it. A wheel of NULL: as the profile was read.
 * ${…} stays as it was written where nothing was changed; a secret that is
 * written in the file itself becomes ${***}, which cannot be run. */
void profile_print(const Profile *p, const struct Wheel *w, uint64_t until_ns,
                   Text *to);

#endif
