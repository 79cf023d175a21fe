/* SPDX-License-Identifier: GPL-3.0-or-later */
/* onrush check: reads a profile, prints its mistakes or its plan. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "cmd/aim.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/outline.h"
#include "http/transport.h"
#include "plan/stage_text.h"
#include "profile/command.h"
#include "profile/plans.h"
#include "report/report.h"

#define CHART_COLS 64
#define CHART_ROWS 8
#define TOP_LOOKS 1000
#define TIMES_MAX 1000000

/* A rate may never come to 1/s. */
static double scale_top(const Plan *p) {
    double top = plan_top(p);
    return top > 0 ? top : 1;
}

/* Of several that need not have their tops at the same time: as a chart of
 * that many columns sees it. */
static double chart_top(const Wheel *w) {
    if (w->plan_count == 1)
        return scale_top(w->plan);
    double top = 0;
    uint64_t total = wheel_total_ns(w);
    for (int i = 0; i <= TOP_LOOKS; i++)
        top = fmax(top, wheel_level_at(w, (uint64_t)((double)total * i /
                                                     TOP_LOOKS)));
    return top > 0 ? top : 1;
}

/* Columns of eighth blocks, a level each. */
static void print_chart(const Wheel *w) {
    static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄",
                                          "▅", "▆", "▇", "█" };
    double peak = chart_top(w);
    uint64_t total = wheel_total_ns(w);
    bool rate = w->plan->unit == PLAN_RATE;
    for (int row = CHART_ROWS; row-- > 0;) {
        UnitsText level;
        if (row == CHART_ROWS - 1)
            text_to(stdout, "%*s%s │", rate ? 6 : 8, units_count(level, peak),
                   rate ? "/s" : "");
        else
            text_to(stdout, "%8s │", row == 0 ? "0" : "");
        for (int col = 0; col < CHART_COLS; col++) {
            double t = ((double)col + 0.5) / CHART_COLS * (double)total;
            double v = wheel_level_at(w, (uint64_t)t) / peak * CHART_ROWS * 8;
            double part = round(v) - row * 8;
            int k = part <= 0 ? 0 : part >= 8 ? 8 : (int)part;
            fputs(blocks[k], stdout);
        }
        putchar('\n');
    }
    UnitsText end;
    text_to(stdout, "%8s └", "");
    for (int col = 0; col < CHART_COLS; col++)
        fputs("─", stdout);
    text_to(stdout,
            "\n%10s0%*s\n", "", CHART_COLS - 1, units_clock(end, total));
}

/* "wire", or "curl: follows redirects"; where variants differ, one behind the
 * other. */
static void carrier_text(const Profile *p, size_t i, Text *to) {
    const char *why;
    TransportKind last = TRANSPORT_KINDS;
    text_clear(to);
    for (size_t v = 0; v < p->variant_count; v++) {
        TransportKind kind = transport_for(p, v, i, &why);
        if (kind == last)
            continue;
        last = kind;
        text_addf(to, "%s%s", to->length ? ", " : "",
                  transport_ops(kind)->name);
        if (kind != TRANSPORT_WIRE)
            text_addf(to, ": %s", why);
    }
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
        text_to(stdout, "  carried by %s\n", first.bytes);
    for (size_t i = 0; differ && i < p->request_count; i++) {
        carrier_text(p, i, &own);
        text_to(stdout,
                "  %s is carried by %s\n", p->requests[i].name, own.bytes);
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

static void print_load(const Scenario *s) {
    UnitsText total, peak, arrivals, vus;
    const Plan *p = &s->plan;
    uint64_t ns = plan_total_ns(p);
    units_duration(total, ns);
    units_count(peak, p->unit == PLAN_RATE ? scale_top(p) : plan_peak(p));
    if (p->unit == PLAN_VUS) {
        text_to(stdout,
                "\n  %s in all, at most %s virtual users\n", total, peak);
        return;
    }
    text_to(stdout,
            "\n  %s in all, %s arrivals, at most %s/s on at most %s VUs\n",
           total, units_count(arrivals, floor(plan_area(p, ns))), peak,
           units_count(vus, (double)s->max_vus));
}

static void print_stages(const Scenario *s) {
    uint64_t began = 0;
    for (size_t i = 0; i < s->plan.count; i++) {
        const Stage *stage = &s->plan.stages[i];
        Text t = { 0 };
        UnitsText at;
        stage_print(stage, s->plan.unit, &t);
        text_to(stdout,
                "  %8s  %-16s %s\n", units_clock(at, began), stage->name,
               t.bytes);
        began += stage->length_ns;
        text_close(&t);
    }
    print_load(s);
}

static void print_scenario(const Profile *p, const Scenario *s) {
    const Scenario *twin = outline_twin(p, s);
    if (p->scenario_count > 1)
        text_to(stdout,
                "  scenario %s%s%s%s\n", s->name, twin ? " (stages as " : "",
               twin ? twin->name : "", twin ? ")" : "");
    if (!twin)
        print_stages(s);
    outline_scenario(p, s);
    if (p->scenario_count > 1)
        putchar('\n');
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
    text_to(stdout,
            "  watches every %s: ", units_duration(every, monitor_every_ns(m)));
    for (size_t i = 0; i < m->process_count; i++)
        text_to(stdout, "%sprocess %s", comma(&first), m->processes[i].text);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (m->host & 1u << i)
            text_to(stdout, "%shost's %s", comma(&first), parts[i]);
    for (size_t i = 0; i < m->source_count; i++)
        text_to(stdout,
                "%s%zu metric%s of %s", comma(&first), m->sources[i].name_count,
               m->sources[i].name_count == 1 ? "" : "s", m->sources[i].shown);
    putchar('\n');
}

/* VUs and arrivals cannot be added: the chart has those of the first. */
static void print_left_out(const Wheel *w) {
    for (size_t i = 0; i < w->plan_count; i++)
        if (w->plans[i].unit != w->plans[0].unit)
            text_to(stdout,
                    "%10swithout %s, which counts %s\n", "", w->names[i],
                   w->plans[i].unit == PLAN_RATE ? "arrivals" : "VUs");
}

static void print_command(const PlannedEvent *e, const Secrets *secrets) {
    Text line = { 0 }, masked = { 0 };
    for (size_t at = 0; at < e->exec_length; at += strlen(e->exec + at) + 1)
        text_addf(&line, " %s", e->exec + at);
    secrets_mask_text(secrets, line.bytes, false);
    secret_mask_places(line.bytes, strlen(line.bytes), &masked);
    text_put(stdout, secrets->are_shown ? line.bytes : masked.bytes);
    text_close(&line);
    text_close(&masked);
}

static void print_events(const Profile *p) {
    for (size_t i = 0; i < p->event_count; i++) {
        const PlannedEvent *e = &p->events[i];
        UnitsText at;
        text_to(stdout,
                "  %8s  event %-10s", units_clock(at, e->at_ns), e->name);
        if (e->command)
            text_to(stdout, " %s", e->command);
        if (e->exec) {
            text_to(stdout, "%s exec", e->command ? ", and" : "");
            print_command(e, p->secrets);
        }
        putchar('\n');
    }
    if (p->event_count)
        putchar('\n');
}

static void print_aim(const Profile *p) {
    Peaks peaks = plans_peaks(p);
    Text text = { 0 };
    aim_foretell(p, &peaks, &text);
    if (text.length)
        text_put(stdout, text.bytes);
    text_close(&text);
}

static bool may_ask(const Profile *p) {
    Peaks peaks = plans_peaks(p);
    Text text = { 0 };
    bool may = aim_foretell(p, &peaks, &text) && peaks_are_high(&peaks);
    text_close(&text);
    return may;
}

static void print_plan(const Profile *p) {
    UnitsText total;
    Wheel w;
    plans_to_wheel(p, &w);
    text_to(stdout,
            "%s: %s, %s, %zu request%s, target %s\n\n", p->name, p->kind,
           units_duration(total, wheel_total_ns(&w)), p->request_count,
           p->request_count == 1 ? "" : "s", p->url.text);
    print_chart(&w);
    print_left_out(&w);
    putchar('\n');
    for (size_t i = 0; i < p->scenario_count; i++)
        print_scenario(p, &p->scenarios[i]);
    if (p->scenario_count == 1 && p->event_count)
        putchar('\n');
    print_events(p);
    print_carriers(p);
    print_monitors(&p->monitor);
    if (command_is_run(p))
        text_to(stdout, "  needs --allow-exec: it runs commands\n");
    print_aim(p);
    if (p->iterations)
        text_to(stdout, "  ends after %llu iterations if that comes first\n",
               (unsigned long long)p->iterations);
    outline_rest(p);
    wheel_close(&w);
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

static json_t *json_scenario(const Scenario *s) {
    const Plan *p = &s->plan;
    bool rate = p->unit == PLAN_RATE;
    uint64_t total = plan_total_ns(p);
    json_t *j = json_pack("{s:s, s:f, s:s, s:f, s:o}", "name", s->name,
                          "duration_s", (double)total / 1e9, "load_unit",
                          rate ? "arrivals/s" : "vus", "peak",
                          rate ? scale_top(p) : plan_peak(p), "stages",
                          json_stages(p));
    if (j && rate) {
        json_object_set_new(j, "arrivals", json_real(plan_area(p, total)));
        json_object_set_new(j, "max_vus",
                            json_integer((json_int_t)s->max_vus));
    }
    return j;
}

static json_t *json_scenarios(const Profile *p) {
    json_t *all = json_array();
    for (size_t i = 0; i < p->scenario_count; i++)
        json_array_append_new(all, json_scenario(&p->scenarios[i]));
    return all;
}

static json_t *json_levels(const Wheel *w, uint64_t every_ns) {
    json_t *all = json_array();
    uint64_t total = wheel_total_ns(w);
    for (uint64_t t = 0; t <= total; t += every_ns)
        json_array_append_new(all,
                              json_pack("{s:f, s:f}", "t_s", (double)t / 1e9,
                                        "level", wheel_level_at(w, t)));
    return all;
}

/* The first scenario's own figures stand on top, too: mostly it is alone. */
static json_t *json_plan(const Profile *p, const Wheel *w, uint64_t every_ns) {
    json_t *j = json_scenario(&p->scenarios[0]);
    bool rate = w->plan->unit == PLAN_RATE;
    json_t *more = json_pack(
        "{s:s, s:s, s:s, s:f, s:f, s:I, s:o, s:o}", "name", p->name, "kind",
        p->kind, "target", p->url.text, "duration_s",
        (double)wheel_total_ns(w) / 1e9, "peak",
        rate ? chart_top(w) : fmax(1, chart_top(w)), "requests",
        (json_int_t)p->request_count, "transport", json_carriers(p),
        "scenarios", json_scenarios(p));
    if (!j || !more || json_object_update(j, more) < 0) {
        json_decref(j);
        j = NULL;
    }
    json_decref(more);
    if (j)
        json_object_set_new(j, "needs_allow_exec",
                            json_boolean(command_is_run(p)));
    if (j)
        json_object_set_new(j, "may_need_yes", json_boolean(may_ask(p)));
    if (j && every_ns)
        json_object_set_new(j, "levels", json_levels(w, every_ns));
    return j;
}

static int print_json(const Profile *p, uint64_t every_ns) {
    Wheel w;
    int rc = EXIT_USAGE;
    plans_to_wheel(p, &w);
    if (every_ns && wheel_total_ns(&w) / every_ns > TIMES_MAX) {
        text_to(stderr,
                "onrush check: --every is too short: more than %d "
                "times\n",
                TIMES_MAX);
    } else {
        json_t *j = json_plan(p, &w, every_ns);
        bool wrong = !j || json_dumpf(j, stdout,
                                      JSON_INDENT(2) |
                                          JSON_REAL_PRECISION(12)) < 0;
        rc = wrong ? EXIT_UNEXPECTED : EXIT_HELD;
        putchar('\n');
        json_decref(j);
    }
    wheel_close(&w);
    return rc;
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
