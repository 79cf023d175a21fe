/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The method and its source are in trend.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "maths/order.h"
#include "maths/trend.h"

#define VALUES_MAX 4000
#define ROUNDS 999
#define ROUNDS_LONG 199 /* beyond LONG values */
#define LONG 200

typedef struct Stretch {
    size_t from, to;
    size_t at; /* where it is divided best */
    double q, p;
} Stretch;

/* How many of the values so far are at or below a rank, and their sum:
 * Fenwick, 1994. */
typedef struct Tree {
    double count, sum;
} Tree;

/* The values of one stretch and what they need to be divided. */
typedef struct Division {
    double *value;  /* ascending, without what is common */
    size_t *rank;   /* of each place in time, 0.. */
    double *around; /* of each rank: the distances to all values */
    Tree *tree;
    size_t count;
} Division;

static void tree_add(Tree *tree, size_t count, size_t rank, double value) {
    for (size_t i = rank + 1; i <= count; i += i & -i) {
        tree[i].count += 1;
        tree[i].sum += value;
    }
}

static Tree tree_to(const Tree *tree, size_t rank) {
    Tree t = { 0, 0 };
    for (size_t i = rank + 1; i > 0; i -= i & -i) {
        t.count += tree[i].count;
        t.sum += tree[i].sum;
    }
    return t;
}

/* The greatest energy statistic n m / (n + m) (2 E|X-Y| - E|X-X'| - E|Y-Y'|)
 * over all places; values move from the right side to the left one by one,
 * and the tree tells a value's distances to the left side. */
static double divide(Division *d, size_t *at) {
    size_t n = d->count;
    double left = 0, right = 0, between = 0, best = -1, sum = 0;
    memset(d->tree, 0, (n + 1) * sizeof *d->tree);
    for (size_t i = 0; i < n; i++)
        right += d->around[i] / 2;
    for (size_t i = 0; i + TREND_STRETCH < n; i++) {
        size_t r = d->rank[i];
        double v = d->value[r], done = (double)i, rest = (double)(n - i - 1);
        Tree low = tree_to(d->tree, r);
        double to_left = v * low.count - low.sum + (sum - low.sum) -
                         v * (done - low.count);
        double to_right = d->around[r] - to_left;
        left += to_left;
        right -= to_right;
        between += to_right - to_left;
        tree_add(d->tree, n, r, v);
        sum += v;
        if (i + 1 < TREND_STRETCH)
            continue;
        double a = done + 1, b = rest;
        double e = 2 * between / (a * b) - 2 * left / (a * (a - 1)) -
                   2 * right / (b * (b - 1));
        double q = a * b / (a + b) * e;
        if (q > best) {
            best = q;
            *at = i + 1;
        }
    }
    return best;
}

typedef struct Placed {
    double value;
    size_t place;
} Placed;

static int by_value(const void *a, const void *b) {
    const Placed *p = a, *q = b;
    if (p->value != q->value)
        return p->value < q->value ? -1 : 1;
    return (p->place > q->place) - (p->place < q->place);
}

static Division division_of(const double *y, size_t count) {
    Division d = { mem_alloc(count, sizeof(double)),
                   mem_alloc(count, sizeof(size_t)),
                   mem_alloc(count, sizeof(double)),
                   mem_alloc(count + 1, sizeof(Tree)), count };
    Placed *p = mem_alloc(count, sizeof *p);
    double sum = 0, below = 0, n = (double)count;
    for (size_t i = 0; i < count; i++)
        p[i] = (Placed){ y[i], i };
    qsort(p, count, sizeof *p, by_value);
    for (size_t i = 0; i < count; i++) {
        d.value[i] = p[i].value - p[count / 2].value;
        d.rank[p[i].place] = i;
        sum += d.value[i];
    }
    for (size_t i = 0; i < count; i++) {
        double v = d.value[i], k = (double)i;
        d.around[i] = v * k - below + (sum - below) - v * (n - k);
        below += v;
    }
    free(p);
    return d;
}

static void division_close(Division *d) {
    free(d->value);
    free(d->rank);
    free(d->around);
    free(d->tree);
}

static void shuffle(size_t *items, size_t count, Rng *rng) {
    for (size_t i = count; i > 1; i--) {
        size_t k = (size_t)(rng_unit(rng) * (double)i), kept = items[i - 1];
        items[i - 1] = items[k];
        items[k] = kept;
    }
}

/* Finds where to divide it, and how often chance divides as well; stops as
 * soon as that is too often. */
static Stretch look(const double *y, size_t from, size_t to, double p_max) {
    Stretch s = { from, to, from, 0, 1 };
    size_t count = to - from, at = 0, ignored;
    if (count < 2 * TREND_STRETCH)
        return s;
    Division d = division_of(y + from, count);
    size_t rounds = count > LONG ? ROUNDS_LONG : ROUNDS, as_good = 1;
    Rng rng = { count };
    s.q = divide(&d, &at);
    s.at = from + at;
    double enough = s.q * (1 - 1e-9), all = (double)(rounds + 1);
    if (d.value[0] == d.value[count - 1])
        as_good = rounds + 1; /* all are the same */
    for (size_t i = 0; i < rounds && (double)as_good <= p_max * all; i++) {
        shuffle(d.rank, count, &rng);
        as_good += divide(&d, &ignored) >= enough;
    }
    s.p = (double)as_good / all;
    division_close(&d);
    return s;
}

static int by_place(const void *a, const void *b) {
    const ChangePoint *p = a, *q = b;
    return (p->at > q->at) - (p->at < q->at);
}

/* Stretches are divided, the surest first, until none is worth it. */
static size_t find(const double *y, size_t count, double p_max,
                   ChangePoint *to, size_t max) {
    Stretch *open = mem_alloc(max + 1, sizeof *open);
    size_t n = 1, found = 0;
    open[0] = look(y, 0, count, p_max);
    while (found < max) {
        size_t best = 0;
        for (size_t i = 1; i < n; i++)
            if (open[i].p < open[best].p ||
                (open[i].p == open[best].p && open[i].q > open[best].q))
                best = i;
        Stretch s = open[best];
        if (!(s.p <= p_max))
            break;
        to[found++] = (ChangePoint){ s.at, 0, 0, s.p };
        open[best] = look(y, s.from, s.at, p_max);
        open[n++] = look(y, s.at, s.to, p_max);
    }
    free(open);
    qsort(to, found, sizeof *to, by_place);
    return found;
}

size_t trend_change_points(const double *y, size_t count, double p_max,
                           ChangePoint *to, size_t max) {
    if (!count || !max || !order_is_finite(y, count))
        return 0;
    size_t blocks = count < VALUES_MAX ? count : VALUES_MAX;
    double *some = mem_alloc(blocks, sizeof *some);
    for (size_t b = 0; b < blocks; b++) {
        size_t from = b * count / blocks, end = (b + 1) * count / blocks;
        some[b] = sample_median(y + from, end - from);
    }
    size_t most = max < blocks ? max : blocks;
    size_t found = find(some, blocks, p_max, to, most);
    free(some);
    for (size_t i = 0; i < found; i++)
        to[i].at = to[i].at * count / blocks;
    for (size_t i = 0; i < found; i++) {
        size_t from = i ? to[i - 1].at : 0;
        size_t end = i + 1 < found ? to[i + 1].at : count;
        to[i].before = sample_median(y + from, to[i].at - from);
        to[i].after = sample_median(y + to[i].at, end - to[i].at);
    }
    return found;
}
