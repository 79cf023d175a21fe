/* SPDX-License-Identifier: GPL-3.0-or-later */
/* onrush check: reads a profile, prints its mistakes or its plan. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/units.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "http/transport.h"
#include "plan/stage_text.h"
#include "report/report.h"

#define CHART_COLS 64
#define CHART_ROWS 8
#define TIMES_MAX 1000000

/* A rate may never come to 1/s. */
static double chart_top(const Plan *p) {
    double top = p->start;
    for (size_t i = 0; i < p->count; i++)
        top = fmax(top, fmax(stage_level(&p->stages[i], 0),
                             stage_end_level(&p->stages[i])));
    return top > 0 ? top : 1;
}

/* Columns of eighth blocks, a level each. */
static void print_chart(const Plan *p) {
    static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄",
                                          "▅", "▆", "▇", "█" };
    double peak = chart_top(p);
    uint64_t total = plan_total_ns(p);
    bool rate = p->unit == PLAN_RATE;
    for (int row = CHART_ROWS; row-- > 0;) {
        UnitsText level;
        if (row == CHART_ROWS - 1)
            printf("%*s%s │", rate ? 6 : 8, units_count(level, peak),
                   rate ? "/s" : "");
        else
            printf("%8s │", row == 0 ? "0" : "");
        for (int col = 0; col < CHART_COLS; col++) {
            double t = ((double)col + 0.5) / CHART_COLS * (double)total;
            double v = plan_level_at(p, (uint64_t)t) / peak * CHART_ROWS * 8;
            double part = round(v) - row * 8;
            int k = part <= 0 ? 0 : part >= 8 ? 8 : (int)part;
            fputs(blocks[k], stdout);
        }
        putchar('\n');
    }
    UnitsText end;
    printf("%8s └", "");
    for (int col = 0; col < CHART_COLS; col++)
        fputs("─", stdout);
    printf("\n%10s0%*s\n", "", CHART_COLS - 1, units_clock(end, total));
}

/* "wire", or "curl: follows redirects". */
static void carrier_text(const Profile *p, size_t i, Text *to) {
    const char *why;
    TransportKind kind = transport_for(p, i, &why);
    text_clear(to);
    text_adds(to, transport_ops(kind)->name);
    if (kind != TRANSPORT_WIRE)
        text_addf(to, ": %s", why);
}

/* One line when it is the same for all. */
static void print_carriers(const Profile *p) {
    Text first = { 0 }, own = { 0 };
    bool differ = false;
    carrier_text(p, 0, &first);
    for (size_t i = 1; i < p->request_count; i++) {
        carrier_text(p, i, &own);
        differ |= !text_equal(own.bytes, first.bytes);
    }
    if (!differ)
        printf("  carried by %s\n", first.bytes);
    for (size_t i = 0; differ && i < p->request_count; i++) {
        carrier_text(p, i, &own);
        printf("  %s is carried by %s\n", p->requests[i].name, own.bytes);
    }
    text_close(&first);
    text_close(&own);
}

static json_t *json_carriers(const Profile *p) {
    json_t *all = json_object();
    Text text = { 0 };
    for (size_t i = 0; i < p->request_count; i++) {
        carrier_text(p, i, &text);
        json_object_set_new(all, p->requests[i].name,
                            json_string(text.bytes));
    }
    text_close(&text);
    return all;
}

static void print_load(const Profile *p) {
    UnitsText total, peak, arrivals, vus;
    uint64_t ns = plan_total_ns(&p->plan);
    units_duration(total, ns);
    units_count(peak, p->plan.unit == PLAN_RATE ? chart_top(&p->plan)
                                                : plan_peak(&p->plan));
    if (p->plan.unit == PLAN_VUS) {
        printf("\n  %s in all, at most %s virtual users\n", total, peak);
        return;
    }
    printf("\n  %s in all, %s arrivals, at most %s/s on at most %s VUs\n",
           total, units_count(arrivals, floor(plan_area(&p->plan, ns))), peak,
           units_count(vus, (double)p->max_vus));
}

static const char *comma(bool *is_first) {
    bool first = *is_first;
    *is_first = false;
    return first ? "" : ", ";
}

static void print_monitors(const MonitorSpec *m) {
    static const char *const parts[] = { "cpu", "memory", "disk", "network" };
    UnitsText every;
    bool first = true;
    if (monitor_is_idle(m))
        return;
    printf("  watches every %s: ", units_duration(every, monitor_every_ns(m)));
    for (size_t i = 0; i < m->process_count; i++)
        printf("%sprocess %s", comma(&first), m->processes[i].text);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (m->host & 1u << i)
            printf("%shost's %s", comma(&first), parts[i]);
    for (size_t i = 0; i < m->source_count; i++)
        printf("%s%zu metric%s of %s", comma(&first), m->sources[i].name_count,
               m->sources[i].name_count == 1 ? "" : "s", m->sources[i].shown);
    putchar('\n');
}

static void print_plan(const Profile *p) {
    UnitsText total;
    uint64_t began = 0;
    printf("%s: %s, %s, %zu request%s, target %s\n\n", p->name, p->kind,
           units_duration(total, plan_total_ns(&p->plan)), p->request_count,
           p->request_count == 1 ? "" : "s", p->url.text);
    print_chart(&p->plan);
    putchar('\n');
    for (size_t i = 0; i < p->plan.count; i++) {
        const Stage *s = &p->plan.stages[i];
        Text t = { 0 };
        UnitsText at;
        stage_print(s, p->plan.unit, &t);
        printf("  %8s  %-16s %s\n", units_clock(at, began), s->name, t.bytes);
        began += s->length_ns;
        text_close(&t);
    }
    print_load(p);
    print_carriers(p);
    print_monitors(&p->monitor);
    if (p->iterations)
        printf("  ends after %llu iterations if that comes first\n",
               (unsigned long long)p->iterations);
}

static json_t *json_stages(const Plan *p) {
    json_t *all = json_array();
    for (size_t i = 0; i < p->count; i++) {
        const Stage *s = &p->stages[i];
        json_array_append_new(
            all, json_pack("{s:s, s:f, s:f, s:f}", "name", s->name,
                           "duration_s", (double)s->length_ns / 1e9, "from",
                           s->from, "to", stage_end_level(s)));
    }
    return all;
}

static json_t *json_levels(const Plan *p, uint64_t every_ns) {
    json_t *all = json_array();
    uint64_t total = plan_total_ns(p);
    for (uint64_t t = 0; t <= total; t += every_ns)
        json_array_append_new(all,
                              json_pack("{s:f, s:f}", "t_s", (double)t / 1e9,
                                        "level", plan_level_at(p, t)));
    return all;
}

static int print_json(const Profile *p, uint64_t every_ns) {
    if (every_ns && plan_total_ns(&p->plan) / every_ns > TIMES_MAX) {
        fprintf(stderr,
                "onrush check: --every is too short: more than %d "
                "times\n",
                TIMES_MAX);
        return EXIT_USAGE;
    }
    bool rate = p->plan.unit == PLAN_RATE;
    uint64_t total = plan_total_ns(&p->plan);
    json_t *j = json_pack(
        "{s:s, s:s, s:s, s:f, s:s, s:f, s:I, s:o, s:o}", "name", p->name, "kind",
        p->kind, "target", p->url.text, "duration_s", (double)total / 1e9,
        "load_unit", rate ? "arrivals/s" : "vus", "peak",
        rate ? chart_top(&p->plan) : plan_peak(&p->plan), "requests",
        (json_int_t)p->request_count, "stages", json_stages(&p->plan),
        "transport", json_carriers(p));
    if (j && rate) {
        json_object_set_new(j, "arrivals",
                            json_real(plan_area(&p->plan, total)));
        json_object_set_new(j, "max_vus", json_integer((json_int_t)p->max_vus));
    }
    if (j && every_ns)
        json_object_set_new(j, "levels", json_levels(&p->plan, every_ns));
    int rc = !j || json_dumpf(j, stdout,
                              JSON_INDENT(2) | JSON_REAL_PRECISION(12)) < 0;
    putchar('\n');
    json_decref(j);
    return rc ? EXIT_UNEXPECTED : EXIT_HELD;
}

int cmd_check(int argc, char **argv) {
    Options o;
    Profile p;
    int rc = options_read(&o, OPTIONS_CHECK, argc, argv);
    if (rc)
        return rc < 0 ? EXIT_USAGE : EXIT_HELD;
    if (options_read_profile(&o, &p, "") < 0)
        return EXIT_USAGE;
    rc = EXIT_HELD;
    if (o.json || o.every_ns)
        rc = print_json(&p, o.every_ns);
    else
        print_plan(&p);
    profile_close(&p);
    return rc;
}
