/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "micro.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "report/save.h"
#include "stats/recorder.h"

#define DAY_S 86400
#define LOOKS ((size_t)500)

typedef struct Day {
    Profile profile;
    Wheel wheel;
    Recorder recorder;
    Slab slab;
    Snapshot snapshot;
    RunInfo info;
    uint64_t draws[MICRO_DRAWS], drawn;
    /* beside the recorder, so that its time is known apart */
    AlertList alerts;
    AlertWatch *watch;
    uint64_t watch_ns, watch_worst_ns;
} Day;

/* Full from noon on: what is measured is how windows move. */
static const char *const alerts[] = {
    "http_req_failed rate > 1% for 10s, critical, stop",
    "http_req_duration p(95) > 500 for 5m, warning",
    "response_time p(99) > 500 for 1h, warning",
    "http_req_duration p(95) > 500 for 12h, warning",
    "http_req_duration{name-3} p(99) > 500 for 12h, warning",
};

static int open_alerts(Day *d) {
    MetricTable table = profile_metrics(&d->profile);
    for (size_t i = 0; i < sizeof alerts / sizeof *alerts; i++) {
        Err err;
        if (alert_read(&d->alerts, &d->profile.arena, "slow", alerts[i],
                       &table, &err) < 0) {
            fprintf(stderr, "micro: %s\n", err.text);
            return -1;
        }
    }
    d->watch = alert_watch_new(&d->alerts);
    return 0;
}

static int open_day(Day *d) {
    Text text = { 0 };
    Diags diags;
    ProfileOptions none = { 0 };
    text_adds(&text, "[profile]\nname = day\n"
                     "[target]\nurl = http://127.0.0.1:8080\n"
                     "[stages]\nwarm-up = 1h to 200\nhold = 23h\n");
    for (int i = 0; i < MICRO_NAMES; i++)
        text_addf(&text, "[request name-%d]\nGET = /%d\ncheck = time < 1s\n", i,
                  i);
    text_adds(&text, "[thresholds]\nhttp_req_duration = p(95) < 500\n");
    diags_init(&diags, "day");
    Profile *p = &d->profile;
    int rc =
        profile_read_text(p, text.bytes, text.length, "day", &none, &diags);
    diags_print(&diags, stderr);
    diags_close(&diags);
    text_close(&text);
    if (rc < 0)
        return -1;
    Plan plan;
    plan_copy(&plan, &p->scenarios[0].plan);
    wheel_init(&d->wheel, &plan);
    recorder_init(&d->recorder,
                  &(RecorderSetup){ .metrics = profile_metrics(p),
                                    .check_names = p->check_labels,
                                    .check_requests = p->check_requests,
                                    .check_count = p->check_total,
                                    .thresholds = &p->thresholds,
                                    .alerts = &p->alerts });
    slab_init(&d->slab, p->request_count, p->check_total, 0);
    d->info = (RunInfo){ .name = p->name,
                         .kind = p->kind,
                         .target = p->url.text,
                         .transport = "wire",
                         .workers = 1 };
    micro_latencies(d->draws);
    return open_alerts(d);
}

static void close_day(Day *d) {
    alert_watch_free(d->watch);
    alert_list_close(&d->alerts);
    slab_close(&d->slab);
    recorder_close(&d->recorder);
    wheel_close(&d->wheel);
    profile_close(&d->profile);
}

static void measure_second(Day *d) {
    slab_clear(&d->slab);
    for (size_t k = 0; k < MICRO_NAMES; k++) {
        SeriesSlab *s = &d->slab.series[k];
        for (size_t i = 0; i < MICRO_SAMPLES; i++) {
            uint64_t ns = d->draws[d->drawn++ & (MICRO_DRAWS - 1)] * (k + 1);
            hist_record(&s->duration, ns);
            hist_record(&s->response, ns + 20000);
            hist_record(&s->phase[PHASE_WAITING], ns);
        }
        s->requests = s->sent = s->status[2] = MICRO_SAMPLES;
        s->bytes_in = 156 * MICRO_SAMPLES;
        d->slab.checks[k].passed = MICRO_SAMPLES;
    }
    d->slab.iterations = MICRO_SAMPLES;
    d->drawn += 7; /* so that no second is like another */
}

static void pass_second(Day *d, uint64_t end_ns) {
    measure_second(d);
    recorder_add(&d->recorder, end_ns, &d->slab);
    plan_advance(d->wheel.plan, end_ns);
    double level = plan_level_at(d->wheel.plan, end_ns);
    recorder_advance(&d->recorder, end_ns, level, level);
}

static void look_at_alerts(Day *d, bool counts) {
    uint64_t began = clock_now();
    alert_watch_look(d->watch, &d->recorder.timeline);
    uint64_t took = clock_now() - began;
    d->watch_ns += took;
    if (counts && took > d->watch_worst_ns)
        d->watch_worst_ns = took;
}

static double snapshot_ms(Day *d) {
    double took[LOOKS];
    for (size_t i = 0; i < LOOKS; i++) {
        uint64_t began = clock_now();
        recorder_snapshot(&d->recorder, &d->snapshot);
        took[i] = (double)(clock_now() - began) / 1e6;
    }
    return micro_quantile(took, LOOKS, 0.5);
}

static int finish(FILE *to, Day *d, const char *folder) {
    Err err;
    uint64_t began = clock_now();
    recorder_end(&d->recorder);
    recorder_snapshot(&d->recorder, &d->snapshot);
    d->snapshot.state = RUN_DONE;
    d->snapshot.ever_answered = true;
    d->snapshot.transport = d->info.transport;
    Report r = { .snapshot = &d->snapshot,
                 .wheel = &d->wheel,
                 .info = &d->info,
                 .profile = &d->profile,
                 .started = 0 };
    ReportFiles files = { .dir = folder };
    if (report_save(&r, &files, &err) < 0) {
        fprintf(stderr, "micro: %s\n", err.text);
        return -1;
    }
    micro_say(to, "finish_ms", (double)(clock_now() - began) / 1e6);
    return 0;
}

int micro_day(FILE *to, const char *folder) {
    Day *d = mem_new(Day);
    struct rusage use;
    if (open_day(d) < 0) {
        free(d);
        return -1;
    }
    uint64_t began = clock_now();
    for (uint64_t s = 1; s <= DAY_S; s++) {
        pass_second(d, s * NS_PER_S);
        look_at_alerts(d, s > DAY_S / 2);
    }
    uint64_t took = clock_now() - began - d->watch_ns;
    micro_say(to, "second_us", (double)took / DAY_S / 1e3);
    micro_say(to, "alerts_us", (double)d->watch_ns / DAY_S / 1e3);
    micro_say(to, "alerts_worst_us", (double)d->watch_worst_ns / 1e3);
    micro_say(to, "snapshot_ms", snapshot_ms(d));
    getrusage(RUSAGE_SELF, &use);
    micro_say(to, "peak_rss_mib", (double)use.ru_maxrss / 1024);
    micro_say(to, "cells", (double)timeline_count(&d->recorder.timeline));
    int rc = finish(to, d, folder);
    close_day(d);
    free(d);
    return rc;
}
