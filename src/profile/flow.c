/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/flow.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define STEPS_MAX 10000

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

static Flow *add_flow(Profile *p) {
    if (p->flow_count == p->flow_cap) {
        size_t cap = p->flow_cap ? p->flow_cap * 2 : 8;
        Flow *flows = arena_array(&p->arena, Flow, cap);
        if (p->flow_count)
            memcpy(flows, p->flows, p->flow_count * sizeof *flows);
        p->flows = flows;
        p->flow_cap = cap;
    }
    Flow *f = &p->flows[p->flow_count++];
    *f = (Flow){ .weight = 1 };
    return f;
}

static void add_step(Profile *p, Flow *f, uint32_t step) {
    if (f->count == f->cap) {
        size_t cap = f->cap ? f->cap * 2 : 8;
        uint32_t *steps = arena_array(&p->arena, uint32_t, cap);
        if (f->count)
            memcpy(steps, f->steps, f->count * sizeof *steps);
        f->steps = steps;
        f->cap = cap;
    }
    f->steps[f->count++] = step;
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

int flow_read(Profile *p, const char *text, Err *err) {
    Cursor c = { text, text, err };
    Flow *f = add_flow(p);
    for (;;) {
        uint32_t step;
        unsigned long times;
        skip_space(&c);
        if (*c.at == '(')
            return err_at(err, column(&c),
                          "parallel groups ( ) are not in this version");
        if (read_request(p, &c, &step) < 0 || read_times(&c, &times) < 0)
            return -1;
        if (f->count + times > STEPS_MAX)
            return err_at(err, column(&c), "a flow has at most %d steps",
                          STEPS_MAX);
        for (unsigned long i = 0; i < times; i++)
            add_step(p, f, step);
        if (!*c.at)
            return 0;
        if (*c.at != ',')
            return err_at(err, column(&c), "a comma separates the steps");
        c.at++;
    }
}

static int read_weight(Cursor *c, double *weight) {
    char *end;
    skip_space(c);
    int start = column(c);
    double w = isdigit((unsigned char)*c->at) ? strtod(c->at, &end) : 0;
    if (!(w > 0) || w > 1e9)
        return err_at(c->err, start,
                      "a weight above 0 is missing: mix = home 60, order 40");
    c->at = end;
    *weight = w;
    skip_space(c);
    return 0;
}

int mix_read(Profile *p, const char *text, Err *err) {
    Cursor c = { text, text, err };
    for (;;) {
        uint32_t step;
        Flow *f = add_flow(p);
        skip_space(&c);
        bool group = *c.at == '(';
        if (group)
            c.at++;
        do {
            skip_space(&c);
            if (read_request(p, &c, &step) < 0)
                return -1;
            add_step(p, f, step);
            skip_space(&c);
        } while (group && *c.at && *c.at != ')');
        if (group && *c.at++ != ')')
            return err_at(err, column(&c) - 1, "a ) is missing here");
        if (read_weight(&c, &f->weight) < 0)
            return -1;
        if (!*c.at)
            return 0;
        if (*c.at != ',')
            return err_at(err, column(&c), "a comma separates the entries");
        c.at++;
    }
}

void flow_default(Profile *p) {
    Flow *f = add_flow(p);
    for (size_t i = 0; i < p->request_count; i++)
        add_step(p, f, (uint32_t)i);
}
