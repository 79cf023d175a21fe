/* SPDX-License-Identifier: GPL-3.0-or-later */
/*     micro accuracy|ops|frame|spectrum|page|day|history FILE [FOLDER]
 * see micro.h */
#include "config.h"

#include "micro.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "expr/expr.h"
#include "http/encode.h"
#include "http/response.h"
#include "http/template.h"
#include "stats/timeline.h"

#define ROUNDS 5
#define ACCURACY_SAMPLES ((size_t)200000)

void micro_say(FILE *to, const char *name, double value) {
    fprintf(to, "%s %.9g\n", name, value);
}

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double micro_quantile(double *values, size_t n, double q) {
    qsort(values, n, sizeof *values, compare_doubles);
    double at = q * (double)(n - 1);
    size_t low = (size_t)at;
    if (low + 1 >= n)
        return values[n - 1];
    return values[low] + (at - (double)low) * (values[low + 1] - values[low]);
}

/* Box and Muller, 1958. */
static double draw_normal(Rng *r) {
    double u = rng_unit(r), v = rng_unit(r);
    return sqrt(-2 * log(1 - u)) * cos(2 * M_PI * v);
}

void micro_latencies(uint64_t to[MICRO_DRAWS]) {
    Rng r = { 11 };
    for (size_t i = 0; i < MICRO_DRAWS; i++)
        to[i] = (uint64_t)(5e6 * exp(0.6 * draw_normal(&r)));
}

/* --- accuracy of percentiles -------------------------------------------- */

static double draw_flat(Rng *r) {
    return 1e3 + rng_unit(r) * (100e6 - 1e3);
}

/* Every magnitude from 1 us to 1 h alike. */
static double draw_log_flat(Rng *r) {
    return 1e3 * exp(rng_unit(r) * log(3600e9 / 1e3));
}

static double draw_lognormal(Rng *r) {
    return 5e6 * exp(draw_normal(r));
}

static double draw_exponential(Rng *r) {
    return 1e3 - 20e6 * log(1 - rng_unit(r));
}

static double draw_pareto(Rng *r) {
    return 100e3 / pow(1 - rng_unit(r), 1 / 1.2);
}

static double draw_two_humps(Rng *r) {
    double middle = rng_unit(r) < 0.93 ? 800e3 : 950e6;
    return middle * (1 + 0.05 * draw_normal(r));
}

static double draw_constant(Rng *r) {
    (void)r;
    return 10e6;
}

static const struct {
    const char *name;
    double (*draw)(Rng *);
} distributions[] = {
    { "flat", draw_flat },           { "log-flat", draw_log_flat },
    { "lognormal", draw_lognormal }, { "exponential", draw_exponential },
    { "pareto", draw_pareto },       { "two-humps", draw_two_humps },
    { "constant", draw_constant },
};

/* The largest relative error of any percentile of n drawn samples. */
static double worst_error(double (*draw)(Rng *), double *exact) {
    static const double qs[] = { 0,   0.01, 0.05, 0.1,   0.25,   0.5, 0.75,
                                 0.9, 0.95, 0.99, 0.999, 0.9999, 1 };
    Rng rng = { 5 };
    Hist h = { 0 };
    double worst = 0;
    for (size_t i = 0; i < ACCURACY_SAMPLES; i++) {
        double ns = fmin(fmax(draw(&rng), 1e3), 3600e9);
        exact[i] = floor(ns);
        hist_record(&h, (uint64_t)ns);
    }
    for (size_t i = 0; i < sizeof qs / sizeof *qs; i++) {
        double want = micro_quantile(exact, ACCURACY_SAMPLES, qs[i]);
        worst = fmax(worst, fabs(hist_quantile(&h, qs[i]) - want) / want);
    }
    hist_close(&h);
    return worst;
}

static int accuracy(FILE *to) {
    double *exact = mem_alloc(ACCURACY_SAMPLES, sizeof *exact);
    for (size_t i = 0; i < sizeof distributions / sizeof *distributions; i++)
        micro_say(to, distributions[i].name,
                  worst_error(distributions[i].draw, exact));
    free(exact);
    return 0;
}

/* --- single operations -------------------------------------------------- */

static volatile uint64_t sink; /* so that nothing is optimized away */

static void run_hist_record(size_t n) {
    static uint64_t draws[MICRO_DRAWS];
    Hist h = { 0 };
    if (!draws[0])
        micro_latencies(draws);
    for (size_t i = 0; i < n; i++)
        hist_record(&h, draws[i & (MICRO_DRAWS - 1)]);
    sink += h.count;
    hist_close(&h);
}

static void run_response(size_t n) {
    static const char bytes[] = "HTTP/1.1 200 OK\r\n"
                                "Server: nginx\r\n"
                                "Content-Type: text/plain\r\n"
                                "Content-Length: 12\r\n"
                                "Connection: keep-alive\r\n"
                                "X-Pad: 0123456789abcdef012\r\n\r\n"
                                "hello world\n";
    _Static_assert(sizeof bytes - 1 == 144, "a response of 144 bytes");
    Response r = { 0 };
    for (size_t i = 0; i < n; i++) {
        response_start(&r, false, false, false);
        if (response_feed(&r, bytes, sizeof bytes - 1) != RESPONSE_DONE)
            abort();
        sink += (uint64_t)r.status;
    }
    response_close(&r);
}

static Profile read_profile(const char *request) {
    ProfileOptions none = { 0 };
    Profile p;
    Diags d;
    Text text = { 0 };
    text_addf(&text,
              "[target]\nurl = http://127.0.0.1:8080\n"
              "[stages]\nhold = 1s at 1\n[request home]\n%s",
              request);
    diags_init(&d, "micro");
    if (profile_read_text(&p, text.bytes, text.length, "micro", &none, &d) <
        0) {
        diags_print(&d, stderr);
        exit(1);
    }
    diags_close(&d);
    text_close(&text);
    return p;
}

static void run_encode(size_t n) {
    Profile p = read_profile("GET = /products/17\n"
                             "header = Authorization: Bearer abcdef\n");
    Arena arena = { 0 };
    for (size_t i = 0; i < n; i++) {
        sink += encode_request(&p, 0, 0, &arena).form.length;
        if (i % 1000 == 999)
            arena_close(&arena);
    }
    arena_close(&arena);
    profile_close(&p);
}

/* A path, a header and a body with a variable each. */
static void run_template(size_t n) {
    Profile p = read_profile("POST = /products/${random 1 100000}\n"
                             "header = X-Request-Id: ${uuid}\n"
                             "body = {\"user\": ${vu}}\n");
    Arena arena = { 0 };
    Rendering to = { 0 };
    Rng rng = { .state = 1 };
    Encoded e = encode_request(&p, 0, 0, &arena);
    TemplateValues values = { .vu = 17, .rng = &rng };
    for (size_t i = 0; i < n; i++)
        sink += template_render(e.template, &values, &to)->length;
    rendering_close(&to);
    arena_close(&arena);
    profile_close(&p);
}

/* A second of ten names joins the time line, and its cell is closed. */
static void run_timeline(size_t n) {
    static uint64_t draws[MICRO_DRAWS];
    Timeline t;
    Slab slab;
    if (!draws[0])
        micro_latencies(draws);
    timeline_init(&t, MICRO_NAMES);
    slab_init(&slab, MICRO_NAMES, 0, 0);
    for (size_t i = 0; i < MICRO_NAMES * MICRO_SAMPLES; i++) {
        hist_record(&slab.series[i % MICRO_NAMES].duration, draws[i]);
        slab.series[i % MICRO_NAMES].requests++;
    }
    for (size_t i = 1; i <= n; i++) {
        timeline_add(&t, i * NS_PER_S, &slab);
        timeline_advance(&t, i * NS_PER_S);
    }
    sink += timeline_count(&t);
    slab_close(&slab);
    timeline_close(&t);
}

/* A check of an answer with a JSON body of 300 bytes. */
static void run_expr(size_t n) {
    static const char body[] =
        "{\"id\": \"7b0c2a52-0f0e-4b6e-9d0b-1a2b3c4d5e6f\", "
        "\"created\": \"2026-11-21T10:15:30Z\", \"customer\": {\"name\": "
        "\"Ada Lovelace\", \"city\": \"London\", \"age\": 7}, \"items\": "
        "[{\"sku\": \"A-17\", \"quantity\": 1}, {\"sku\": \"B-42\", "
        "\"quantity\": 3}], \"total\": 129.95, \"note\": \"put it at the "
        "door\", \"paid\": true, \"state\": \"done\"}";
    static const ExprName names[] = { { .name = "status" } };
    static const ExprScope scope = { .names = names,
                                     .count = 1,
                                     .has_answer = true };
    static const double numbers[] = { 200 };
    Arena arena = { 0 };
    ExprInput in = { .numbers = numbers,
                     .body = body,
                     .body_length = sizeof body - 1,
                     .scratch = expr_scratch_new() };
    const Expr *e = expr_compile(
        &arena, "status == 200 and json.state == \"done\"", &scope, NULL);
    _Static_assert(sizeof body - 1 == 300, "a body of 300 bytes");
    for (size_t i = 0; i < n; i++) {
        if (!expr_holds(e, &in))
            abort();
        sink++;
    }
    expr_scratch_free(in.scratch);
    arena_close(&arena);
}

static const struct {
    const char *name;
    void (*run)(size_t n);
    size_t n;
} operations[] = {
    { "hist_record_ns", run_hist_record, 10000000 },
    { "response_144_bytes_ns", run_response, 1000000 },
    { "encode_request_ns", run_encode, 200000 },
    { "template_render_ns", run_template, 1000000 },
    { "check_json_300_bytes_ns", run_expr, 1000000 },
    { "timeline_second_of_10_names_ns", run_timeline, 2000 },
};

static int ops(FILE *to) {
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        double took[ROUNDS];
        for (size_t k = 0; k < ROUNDS; k++) {
            uint64_t began = clock_now();
            operations[i].run(operations[i].n);
            took[k] = (double)(clock_now() - began) / (double)operations[i].n;
        }
        micro_say(to, operations[i].name, micro_quantile(took, ROUNDS, 0.5));
    }
    return 0;
}

/* --- which -------------------------------------------------------------- */

int main(int argc, char **argv) {
    FILE *to = argc >= 3 ? fopen(argv[2], "w") : NULL;
    int rc = 2;
    if (!to) {
        fprintf(stderr, "usage: micro accuracy|ops|frame|spectrum|page|day FILE [FOLDER]\n");
        return rc;
    }
    if (strcmp(argv[1], "accuracy") == 0)
        rc = accuracy(to);
    else if (strcmp(argv[1], "ops") == 0)
        rc = ops(to);
    else if (strcmp(argv[1], "frame") == 0)
        rc = micro_frame(to);
    else if (strcmp(argv[1], "spectrum") == 0)
        rc = micro_spectrum(to);
    else if (strcmp(argv[1], "page") == 0)
        rc = micro_page(to);
    else if (strcmp(argv[1], "day") == 0 && argc == 4)
        rc = micro_day(to, argv[3]);
    else if (strcmp(argv[1], "history") == 0 && argc == 4)
        rc = micro_history(to, argv[3]);
    if (fclose(to) != 0)
        rc = 1;
    return rc < 0 ? 1 : rc;
}
