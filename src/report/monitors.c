/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/monitors.h"

#include "report/out.h"

static json_t *gauge_of(const Gauge *g) {
    GaugeFigures f = gauge_over(g, 0, UINT64_MAX);
    json_t *o = json_object();
    out_put(o, "name", out_text(g->name));
    out_put(o, "unit", out_text(gauge_unit_name(g->unit)));
    out_put(o, "readings", out_count(f.count));
    out_put(o, "last", out_number(f.last));
    out_put(o, "min", out_number(f.min));
    out_put(o, "mean", out_number(f.mean));
    out_put(o, "max", out_number(f.max));
    return o;
}

json_t *monitors_of(const Report *r) {
    const Gauges *g = r->snapshot->gauges;
    if (!g)
        return json_null();
    json_t *o = json_object(), *all = json_array();
    for (size_t i = 0; i < g->count; i++)
        out_add(all, gauge_of(&g->items[i]));
    out_put(o, "every_ms",
            r->profile ? out_time(monitor_every_ns(&r->profile->monitor))
                       : json_null());
    out_put(o, "gauges", all);
    return o;
}

void monitors_show(const Report *r, size_t rows_max, Page *p) {
    static const TableColumn columns[] = { { "watched", false, 0 },
                                           { "mean", true, 0 },
                                           { "max", true, 0 },
                                           { "last", true, 1 } };
    const Gauges *g = r->snapshot->gauges;
    Table t = { columns, 4, NULL, 0, 0 };
    for (size_t i = 0; g && i < g->count && i < rows_max; i++) {
        const Gauge *x = &g->items[i];
        GaugeFigures f = gauge_over(x, 0, UINT64_MAX);
        UnitsText v;
        Tone tone = f.count ? TONE_PLAIN : TONE_WARN;
        table_add(&t, tone, x->name);
        table_add(&t, tone,
                  f.count ? gauge_print(v, x, f.mean) : "no readings");
        table_add(&t, tone, gauge_print(v, x, f.max));
        table_add(&t, tone, gauge_print(v, x, f.last));
    }
    if (t.count) {
        page_end(p);
        table_print(&t, p, 0);
    }
}
