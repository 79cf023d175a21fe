/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/flow.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"

#define STEPS_MAX 10000
#define GROUP_MAX 64

typedef struct Cursor {
    const char *text, *at;
    Err *err;
} Cursor;

static int column(const Cursor *c) {
    return (int)(c->at - c->text) + 1;
}

static void skip_space(Cursor *c) {
    while (isspace((unsigned char)*c->at))
        c->at++;
}

static Flow *add_flow(Profile *p, Scenario *s) {
    if (s->flow_count == s->flow_cap) {
        size_t cap = s->flow_cap ? s->flow_cap * 2 : 8;
        Flow *flows = arena_array(&p->arena, Flow, cap);
        if (s->flow_count)
            memcpy(flows, s->flows, s->flow_count * sizeof *flows);
        s->flows = flows;
        s->flow_cap = cap;
    }
    Flow *f = &s->flows[s->flow_count++];
    *f = (Flow){ .weight = 1 };
    return f;
}

static void add_request(Profile *p, Flow *f, uint32_t request) {
    if (f->request_count == f->request_cap) {
        size_t cap = f->request_cap ? f->request_cap * 2 : 8;
        uint32_t *requests = arena_array(&p->arena, uint32_t, cap);
        if (f->request_count)
            memcpy(requests, f->requests, f->request_count * sizeof *requests);
        f->requests = requests;
        f->request_cap = cap;
    }
    f->requests[f->request_count++] = request;
}

static void add_step(Profile *p, Flow *f, const uint32_t *requests,
                     size_t count) {
    if (f->count == f->cap) {
        size_t cap = f->cap ? f->cap * 2 : 8;
        Step *steps = arena_array(&p->arena, Step, cap);
        if (f->count)
            memcpy(steps, f->steps, f->count * sizeof *steps);
        f->steps = steps;
        f->cap = cap;
    }
    f->steps[f->count++] =
        (Step){ (uint32_t)f->request_count, (uint32_t)count };
    for (size_t i = 0; i < count; i++)
        add_request(p, f, requests[i]);
}

static int read_request(Profile *p, Cursor *c, uint32_t *step) {
    char name[64];
    size_t n = 0;
    int start = column(c);
    while (*c->at && !isspace((unsigned char)*c->at) &&
           !strchr(",()*", *c->at)) {
        if (n < sizeof name - 1)
            name[n++] = *c->at;
        c->at++;
    }
    name[n] = '\0';
    if (n == 0)
        return err_at(c->err, start, "a request's name is missing");
    const char *names[PROFILE_REQUESTS_MAX];
    for (size_t i = 0; i < p->request_count; i++) {
        names[i] = p->requests[i].name;
        if (text_equal(names[i], name)) {
            *step = (uint32_t)i;
            return 0;
        }
    }
    const char *near = text_nearest(name, names, p->request_count);
    if (near)
        return err_at(c->err, start,
                      "there is no [request %s]; did you mean '%s'?", name,
                      near);
    return err_at(c->err, start, "there is no [request %s]", name);
}

static int read_times(Cursor *c, unsigned long *times) {
    *times = 1;
    skip_space(c);
    if (*c->at != '*')
        return 0;
    c->at++;
    skip_space(c);
    char *end;
    int start = column(c);
    *times = isdigit((unsigned char)*c->at) ? strtoul(c->at, &end, 10) : 0;
    if (*times < 1 || *times > STEPS_MAX)
        return err_at(c->err, start,
                      "how often? a number from 1 to %d follows the *",
                      STEPS_MAX);
    c->at = end;
    skip_space(c);
    return 0;
}

/* A name, or "(a b c)"; *count of them. */
static int read_group(Profile *p, Cursor *c, uint32_t group[GROUP_MAX],
                      size_t *count) {
    *count = 0;
    skip_space(c);
    if (*c->at != '(') {
        *count = 1;
        return read_request(p, c, group);
    }
    c->at++;
    for (;;) {
        skip_space(c);
        if (*c->at == ')' && *count) {
            c->at++;
            return 0;
        }
        if (!*c->at)
            return err_at(c->err, column(c), "a ) is missing here");
        if (*c->at == ',')
            return err_at(c->err, column(c),
                          "within ( ) blanks separate the requests");
        if (*count == GROUP_MAX)
            return err_at(c->err, column(c), "at most %d stand in ( )",
                          GROUP_MAX);
        if (read_request(p, c, &group[(*count)++]) < 0)
            return -1;
    }
}

/* The end, or a comma: then *more. */
static int read_comma(Cursor *c, const char *what, bool *more) {
    skip_space(c);
    *more = *c->at == ',';
    if (*c->at && !*more)
        return err_at(c->err, column(c), "a comma separates the %s", what);
    if (*more)
        c->at++;
    return 0;
}

int flow_read(Profile *p, Scenario *s, const char *text, Err *err) {
    Cursor c = { text, text, err };
    Flow *f = add_flow(p, s);
    bool more = true;
    while (more) {
        uint32_t group[GROUP_MAX];
        size_t count;
        unsigned long times;
        if (read_group(p, &c, group, &count) < 0 || read_times(&c, &times) < 0)
            return -1;
        if (f->request_count + times * count > STEPS_MAX)
            return err_at(err, column(&c), "a flow has at most %d requests",
                          STEPS_MAX);
        for (unsigned long i = 0; i < times; i++)
            add_step(p, f, group, count);
        if (read_comma(&c, "steps", &more) < 0)
            return -1;
    }
    return 0;
}

/* The sequence of a mix's entry, or of a task. */
static int read_entry(Profile *p, Scenario *s, Cursor *c, Flow **f) {
    uint32_t group[GROUP_MAX];
    size_t count;
    *f = add_flow(p, s);
    if (read_group(p, c, group, &count) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        add_step(p, *f, &group[i], 1);
    return 0;
}

static int read_weight(Cursor *c, double *weight) {
    char *end;
    skip_space(c);
    int start = column(c);
    size_t n = strspn(c->at, "0123456789.");
    double w = isdigit((unsigned char)*c->at) ? strtod(c->at, &end) : 0;
    if (!(w > 0) || w > 1e9 || end != c->at + n)
        return err_at(c->err, start,
                      "a weight above 0 is missing: mix = home 60, order 40");
    c->at = end;
    *weight = w;
    return 0;
}

int mix_read(Profile *p, Scenario *s, const char *text, Err *err) {
    Cursor c = { text, text, err };
    bool more = true;
    while (more) {
        Flow *f;
        if (read_entry(p, s, &c, &f) < 0 || read_weight(&c, &f->weight) < 0 ||
            read_comma(&c, "entries", &more) < 0)
            return -1;
    }
    return 0;
}

/* "0.5/m" */
static int read_rate(Cursor *c, double *rate) {
    char word[32];
    bool is_rate = false;
    Err err;
    skip_space(c);
    int start = column(c);
    size_t n = strcspn(c->at, " \t,");
    snprintf(word, sizeof word, "%.*s", (int)n, c->at);
    if (n == 0 || n >= sizeof word ||
        units_read_level(word, rate, &is_rate, &err) < 0 || !is_rate ||
        !(*rate > 0) || *rate > 1e6)
        return err_at(c->err, start,
                      "a rate above 0 is missing: tasks = submit 0.5/m, "
                      "browse 2/m");
    c->at += n;
    return 0;
}

int tasks_read(Profile *p, Scenario *s, const char *text, Err *err) {
    Cursor c = { text, text, err };
    bool more = true;
    while (more) {
        Flow *f;
        if (read_entry(p, s, &c, &f) < 0 || read_rate(&c, &f->rate) < 0 ||
            read_comma(&c, "tasks", &more) < 0)
            return -1;
    }
    return 0;
}

void flow_default(Profile *p, Scenario *s) {
    Flow *f = add_flow(p, s);
    for (uint32_t i = 0; i < p->request_count; i++)
        add_step(p, f, &i, 1);
}
