/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/monitor_gauges.h"

#include <string.h>

#include "base/text.h"

/* In the order of ProcessGauge. */
static const MonitorGauge process_gauges[] = {
    { "process_cpu", GAUGE_SHARE },
    { "process_memory", GAUGE_BYTES },
    { "process_descriptors", GAUGE_COUNT },
    { "process_threads", GAUGE_COUNT },
};

static const struct {
    unsigned bit;
    MonitorGauge gauge;
} host_gauges[] = {
    { MONITOR_CPU, { "host_cpu", GAUGE_SHARE } },
    { MONITOR_MEMORY, { "host_memory", GAUGE_BYTES } },
    { MONITOR_DISK, { "host_disk_read", GAUGE_BYTES_PER_S } },
    { MONITOR_DISK, { "host_disk_write", GAUGE_BYTES_PER_S } },
    { MONITOR_NETWORK, { "host_network_in", GAUGE_BYTES_PER_S } },
    { MONITOR_NETWORK, { "host_network_out", GAUGE_BYTES_PER_S } },
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* --- names of Prometheus ------------------------------------------------ */

GaugeUnit monitor_unit(const char *name, bool is_counter) {
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

static const char *source_name(const MonitorSpec *m, size_t source,
                               const PromName *n, Arena *arena) {
    size_t length = strlen(n->text);
    bool has_labels = n->label_count > 0;
    Text name = { 0 }, instance = { 0 };
    instance_of(m, source, n->text, &instance);
    if (instance.length)
        text_addf(&name, "%.*s%cinstance=\"%s\"}",
                  (int)(has_labels ? length - 1 : strlen(n->name)), n->text,
                  has_labels ? ',' : '{', instance.bytes);
    else
        text_adds(&name, n->text);
    const char *kept = arena_dup_text(arena, name.bytes);
    text_close(&name);
    text_close(&instance);
    return kept;
}

/* --- all ---------------------------------------------------------------- */

size_t monitor_host_gauges(const MonitorSpec *m, unsigned bits) {
    size_t n = 0;
    for (size_t i = 0; i < COUNT(host_gauges); i++)
        n += (m->host & bits & host_gauges[i].bit) != 0;
    return n;
}

static size_t count(const MonitorSpec *m) {
    size_t n = m->process_count * COUNT(process_gauges) +
               monitor_host_gauges(m, ~0U);
    for (size_t i = 0; i < m->source_count; i++)
        n += m->sources[i].name_count;
    return n;
}

static const char *process_name(const MonitorSpec *m, size_t process, size_t k,
                                Arena *arena) {
    Text name = { 0 };
    text_adds(&name, process_gauges[k].name);
    if (m->process_count > 1)
        text_addf(&name, "{%s}", m->processes[process].text);
    const char *kept = arena_dup_text(arena, name.bytes);
    text_close(&name);
    return kept;
}

size_t monitor_gauges(const MonitorSpec *m, Arena *arena, MonitorGauge **to) {
    MonitorGauge *all = arena_array(arena, MonitorGauge, count(m) + 1);
    size_t n = 0;
    for (size_t i = 0; i < m->process_count; i++)
        for (size_t k = 0; k < COUNT(process_gauges); k++)
            all[n++] = (MonitorGauge){ process_name(m, i, k, arena),
                                       process_gauges[k].unit };
    for (size_t i = 0; i < COUNT(host_gauges); i++)
        if (m->host & host_gauges[i].bit)
            all[n++] = host_gauges[i].gauge;
    for (size_t i = 0; i < m->source_count; i++)
        for (size_t k = 0; k < m->sources[i].name_count; k++) {
            const PromName *name = &m->sources[i].names[k];
            all[n++] = (MonitorGauge){ source_name(m, i, name, arena),
                                       monitor_unit(name->name, false) };
        }
    *to = all;
    return n;
}

size_t monitor_names(const MonitorSpec *m, Arena *arena,
                     const char *const **to) {
    MonitorGauge *all;
    size_t n = monitor_gauges(m, arena, &all);
    const char **names = arena_array(arena, const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        names[i] = all[i].name;
    *to = names;
    return n;
}
