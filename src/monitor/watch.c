/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "monitor/watch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "monitor/prom.h"

/* --- names -------------------------------------------------------------- */

static const struct {
    const char *name;
    GaugeUnit unit;
} process_gauges[PROCESS_GAUGES] = {
    [PROCESS_CPU] = { "process_cpu", GAUGE_SHARE },
    [PROCESS_MEMORY] = { "process_memory", GAUGE_BYTES },
    [PROCESS_DESCRIPTORS] = { "process_descriptors", GAUGE_COUNT },
    [PROCESS_THREADS] = { "process_threads", GAUGE_COUNT },
};

/* One gauge or two. */
static const struct {
    const char *a, *b;
    GaugeUnit unit;
} host_gauges[HOST_PARTS] = {
    [HOST_CPU] = { "host_cpu", NULL, GAUGE_SHARE },
    [HOST_MEMORY] = { "host_memory", NULL, GAUGE_BYTES },
    [HOST_DISK] = { "host_disk_read", "host_disk_write", GAUGE_BYTES_PER_S },
    [HOST_NETWORK] = { "host_network_in", "host_network_out",
                       GAUGE_BYTES_PER_S },
};

static void add_process(Watch *w, size_t i, Gauges *gauges) {
    const MonitorProcess *what = &w->spec->processes[i];
    w->processes[i].processes.what = *what;
    for (size_t k = 0; k < PROCESS_GAUGES; k++) {
        Text name = { 0 };
        text_adds(&name, process_gauges[k].name);
        if (w->spec->process_count > 1)
            text_addf(&name, "{%s}", what->text);
        size_t index = gauges_add(gauges, name.bytes, process_gauges[k].unit);
        if (k == 0)
            w->processes[i].gauge = index;
        text_close(&name);
    }
}

static void add_host(Watch *w, HostPart part, Gauges *gauges) {
    GaugeUnit unit = host_gauges[part].unit;
    w->host_gauge[part] = gauges_add(gauges, host_gauges[part].a, unit);
    if (host_gauges[part].b)
        gauges_add(gauges, host_gauges[part].b, unit);
}

/* By the convention of its name: bytes_total grows by bytes. */
static GaugeUnit unit_of(const char *name, bool is_counter) {
    size_t n = strlen(name), total = strlen("_total");
    if (n > total && text_equal(name + n - total, "_total"))
        n -= total;
    if (n > 6 && strncmp(name + n - 6, "_bytes", 6) == 0)
        return is_counter ? GAUGE_BYTES_PER_S : GAUGE_BYTES;
    if (n > 6 && strncmp(name + n - 6, "_ratio", 6) == 0 && !is_counter)
        return GAUGE_SHARE;
    return is_counter ? GAUGE_PER_SECOND : GAUGE_COUNT;
}

static bool has_name(const PromSource *s, const char *text) {
    for (size_t k = 0; k < s->name_count; k++)
        if (text_equal(s->names[k].text, text))
            return true;
    return false;
}

/* What tells a source from others with a name of that text: nothing, its
 * host, its URL, or a number as well. */
static void instance_of(const MonitorSpec *spec, size_t source,
                        const char *text, Text *to) {
    const PromSource *own = &spec->sources[source];
    bool is_shared = false, same_host = false, same_url = false;
    for (size_t i = 0; i < spec->source_count; i++) {
        const PromSource *s = &spec->sources[i];
        if (i == source || !has_name(s, text))
            continue;
        is_shared = true;
        same_host |= text_equal(s->host, own->host);
        same_url |= text_equal(s->shown, own->shown);
    }
    if (is_shared)
        text_adds(to, same_host ? own->shown : own->host);
    if (same_url)
        text_addf(to, "#%zu", source + 1);
}

static void add_source(Watch *w, size_t i, Gauges *gauges) {
    const PromSource *source = &w->spec->sources[i];
    w->sources[i].names =
        mem_alloc(source->name_count, sizeof *w->sources[i].names);
    for (size_t k = 0; k < source->name_count; k++) {
        const PromName *n = &source->names[k];
        size_t length = strlen(n->text);
        bool has_labels = n->label_count > 0;
        Text name = { 0 }, instance = { 0 };
        instance_of(w->spec, i, n->text, &instance);
        if (instance.length)
            text_addf(&name, "%.*s%cinstance=\"%s\"}",
                      (int)(has_labels ? length - 1 : strlen(n->name)), n->text,
                      has_labels ? ',' : '{', instance.bytes);
        else
            text_adds(&name, n->text);
        w->sources[i].names[k].gauge =
            gauges_add(gauges, name.bytes, unit_of(n->name, false));
        text_close(&name);
        text_close(&instance);
    }
}

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
    for (size_t i = 0; i < w->spec->process_count; i++)
        add_process(w, i, gauges);
    for (HostPart part = 0; part < HOST_PARTS; part++)
        if (w->spec->host & 1u << part)
            add_host(w, part, gauges);
    for (size_t i = 0; i < w->spec->source_count; i++)
        add_source(w, i, gauges);
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
        put(w, p->gauge + k, at->now_ns, values[k], process_gauges[k].unit);
}

static void look_at_host(Watch *w, HostPart part) {
    uint64_t now_ns = clock_now();
    HostUse use = host_look(&w->host, part, now_ns);
    GaugeUnit unit = host_gauges[part].unit;
    if (has_changed(&w->is_host_gone[part], !use.is_there))
        post_event(w->post, "monitor: %s/%s %s of the host's %s", w->root,
                   host_file(part), use.is_there ? "tells" : "says nothing",
                   host_what(part));
    put(w, w->host_gauge[part], now_ns, use.a, unit);
    if (host_gauges[part].b)
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
    put(w, n->gauge, now_ns, value, unit_of(name->name, s->is_counter));
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
