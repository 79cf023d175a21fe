/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "monitor/watch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "monitor/prom.h"
#include "profile/monitor_gauges.h"

/* 127.0.0.0/8, ::1, localhost, or a socket file. */
static bool is_on_loopback(const Profile *p) {
    return p->target.unix_socket || text_starts(p->url.host, "127.") ||
           text_equal(p->url.host, "::1") ||
           text_equal(p->url.host, "localhost");
}

void watch_init(Watch *w, const Profile *profile, const char *root,
                Gauges *gauges) {
    *w = (Watch){ .spec = &profile->monitor,
                  .root = root,
                  .host = { .root = root,
                            .with_loopback = is_on_loopback(profile) } };
    Arena arena = { 0 };
    MonitorGauge *all;
    size_t first = gauges->count, at = 0;
    size_t n = monitor_gauges(w->spec, &arena, &all);
    for (size_t i = 0; i < n; i++)
        gauges_add(gauges, all[i].name, all[i].unit);
    for (size_t i = 0; i < w->spec->process_count; i++) {
        w->processes[i].processes.what = w->spec->processes[i];
        w->processes[i].gauge = first + at;
        for (size_t k = 0; k < PROCESS_GAUGES; k++)
            w->processes[i].units[k] = all[at++].unit;
    }
    for (HostPart part = 0; part < HOST_PARTS; part++) {
        size_t some = monitor_host_gauges(w->spec, 1U << part);
        w->host_gauge[part] = first + at;
        w->host_unit[part] = some ? all[at].unit : GAUGE_COUNT;
        at += some;
    }
    for (size_t i = 0; i < w->spec->source_count; i++) {
        size_t count = w->spec->sources[i].name_count;
        w->sources[i].names = mem_alloc(count, sizeof *w->sources[i].names);
        for (size_t k = 0; k < count; k++)
            w->sources[i].names[k].gauge = first + at++;
    }
    arena_close(&arena);
}

void watch_close(Watch *w) {
    for (size_t i = 0; i < w->spec->process_count; i++)
        processes_close(&w->processes[i].processes);
    for (size_t i = 0; i < w->spec->source_count; i++)
        free(w->sources[i].names);
}

/* --- processes and host ------------------------------------------------- */

static void put(Watch *w, size_t gauge, uint64_t at_ns, double value,
                GaugeUnit unit) {
    PostReading r = { gauge, at_ns, value, unit };
    post_reading(w->post, &r);
}

/* Is this news? */
static bool has_changed(bool *was, bool is) {
    bool news = *was != is;
    *was = is;
    return news;
}

static void look_at_process(Watch *w, ProcessWatch *p, const ProcessLook *at) {
    const char *name = p->processes.what.text;
    ProcessUse use = processes_look(&p->processes, at);
    if (has_changed(&p->is_gone, use.count == 0))
        post_event(w->post, "monitor: process %s is %sthere", name,
                   p->is_gone ? "not " : "");
    else if (use.is_new)
        post_event(w->post, "monitor: process %s was started anew", name);
    if (use.count && has_changed(&p->is_closed, use.is_denied))
        post_event(w->post,
                   "monitor: the open files of process %s can%s be "
                   "counted",
                   name, p->is_closed ? "not" : "");
    const double values[PROCESS_GAUGES] = {
        [PROCESS_CPU] = use.cpu,
        [PROCESS_MEMORY] = use.memory,
        [PROCESS_DESCRIPTORS] = use.descriptors,
        [PROCESS_THREADS] = use.threads,
    };
    for (size_t k = 0; k < PROCESS_GAUGES; k++)
        put(w, p->gauge + k, at->now_ns, values[k],
            p->units[k]);
}

static void look_at_host(Watch *w, HostPart part) {
    uint64_t now_ns = clock_now();
    HostUse use = host_look(&w->host, part, now_ns);
    GaugeUnit unit = w->host_unit[part];
    if (has_changed(&w->is_host_gone[part], !use.is_there))
        post_event(w->post, "monitor: %s/%s %s of the host's %s", w->root,
                   host_file(part), use.is_there ? "tells" : "says nothing",
                   host_what(part));
    put(w, w->host_gauge[part], now_ns, use.a, unit);
    if (monitor_host_gauges(w->spec, 1U << part) > 1)
        put(w, w->host_gauge[part] + 1, now_ns, use.b, unit);
}

void watch_look(Watch *w, Post *to) {
    w->post = to;
    for (size_t i = 0; i < w->spec->process_count; i++) {
        ProcessLook at = process_look_now(w->root);
        look_at_process(w, &w->processes[i], &at);
    }
    for (HostPart part = 0; part < HOST_PARTS; part++)
        if (w->spec->host & 1u << part)
            look_at_host(w, part);
}

/* --- Prometheus --------------------------------------------------------- */

/* NaN: nothing to compare with, or the server has begun anew. */
static double growth(NameWatch *n, double sum, double seconds) {
    double grown = n->has_sum && sum >= n->sum && seconds > 0
                       ? (sum - n->sum) / seconds
                       : NAN;
    n->sum = sum;
    n->has_sum = true;
    return grown;
}

static void hear_name(Watch *w, const PromSource *source, const PromName *name,
                      NameWatch *n, const PromSum *s, uint64_t now_ns,
                      double seconds) {
    if (has_changed(&n->is_missing, s->series == 0))
        post_event(w->post, "monitor: %s has %s%s", source->shown,
                   n->is_missing ? "no " : "", name->text);
    if (s->series == 0) {
        n->has_sum = false;
        return;
    }
    double value = s->is_counter ? growth(n, s->sum, seconds) : s->sum;
    put(w, n->gauge, now_ns, value, monitor_unit(name->name, s->is_counter));
}

void watch_hear(Watch *w, size_t i, const char *body, size_t length,
                const char *trouble, Post *to) {
    const PromSource *source = &w->spec->sources[i];
    SourceWatch *s = &w->sources[i];
    uint64_t now_ns = clock_now();
    w->post = to;
    if (has_changed(&s->is_gone, trouble != NULL))
        post_event(to, "monitor: %s %s%s", source->shown,
                   trouble ? "cannot be read: " : "is there",
                   trouble ? trouble : "");
    if (trouble) {
        for (size_t k = 0; k < source->name_count; k++)
            s->names[k].has_sum = false;
        return;
    }
    PromSum sums[MONITOR_NAMES_MAX];
    double seconds = (double)(now_ns - s->at_ns) / 1e9;
    prom_read(body, length, source->names, source->name_count, sums);
    for (size_t k = 0; k < source->name_count; k++)
        hear_name(w, source, &source->names[k], &s->names[k], &sums[k], now_ns,
                  seconds);
    s->at_ns = now_ns;
}
