/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/hist.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define V2_COOKIE UINT32_C(0x1c849313)
#define V2_HEADER 40

void hist_new_page(Hist *h, size_t page) {
    h->page[page] = mem_new(HistPage);
}

/* Lowest value that counts at index i, and how many values share it. */
static uint64_t bucket_low(size_t i, uint64_t *width) {
    if (i < 2048) {
        *width = 1;
        return i;
    }
    unsigned bucket = (unsigned)(i >> 10) - 1;
    *width = UINT64_C(1) << bucket;
    return (uint64_t)((i & 1023) + 1024) << bucket;
}

static uint64_t bucket_middle(size_t i) {
    uint64_t width, low = bucket_low(i, &width);
    return low + width / 2;
}

/* The next block that was hit, from `at` on; HIST_PAGE: none. */
static size_t next_block(const HistPage *p, size_t at) {
    if (at >= HIST_PAGE)
        return HIST_PAGE;
    uint64_t left = p->hit >> (at / HIST_BLOCK);
    return left ? at + (size_t)__builtin_ctzll(left) * HIST_BLOCK : HIST_PAGE;
}

#define EACH_BLOCK(page, at)                            \
    for (size_t at = next_block(page, 0); at < HIST_PAGE; \
         at = next_block(page, at + HIST_BLOCK))

static void add_page(HistPage *to, const HistPage *from) {
    EACH_BLOCK(from, at) {
        uint64_t *restrict a = to->n + at;
        const uint64_t *restrict b = from->n + at;
        for (size_t i = 0; i < HIST_BLOCK; i++)
            a[i] += b[i];
    }
    to->hit |= from->hit;
}

static void clear_page(HistPage *p) {
    EACH_BLOCK(p, at)
        memset(p->n + at, 0, HIST_BLOCK * sizeof *p->n);
    p->hit = 0;
}

void hist_add(Hist *to, const Hist *from) {
    if (from->count == 0)
        return;
    for (size_t p = 0; p < HIST_PAGES; p++) {
        if (!from->page[p])
            continue;
        if (!to->page[p])
            hist_new_page(to, p);
        add_page(to->page[p], from->page[p]);
    }
    if (to->count == 0 || from->min < to->min)
        to->min = from->min;
    if (from->max > to->max)
        to->max = from->max;
    to->count += from->count;
    to->sum += from->sum;
}

/* Lowest or highest bucket that counts something. */
static uint64_t outer_value(const Hist *h, bool is_highest) {
    size_t all = (size_t)HIST_PAGES * HIST_PAGE;
    for (size_t k = 0; k < all; k++) {
        size_t i = is_highest ? all - 1 - k : k;
        const HistPage *p = h->page[i >> 10];
        if (!p)
            k |= HIST_PAGE - 1;
        else if (p->n[i & (HIST_PAGE - 1)])
            return bucket_middle(i);
    }
    return 0;
}

void hist_subtract(Hist *from, const Hist *what) {
    if (what->count == 0)
        return;
    for (size_t p = 0; p < HIST_PAGES; p++)
        for (size_t i = 0; what->page[p] && i < HIST_PAGE; i++)
            if (what->page[p]->n[i])
                from->page[p]->n[i] -= what->page[p]->n[i];
    from->count -= what->count;
    from->sum = from->sum > what->sum ? from->sum - what->sum : 0;
    from->min = from->count ? outer_value(from, false) : 0;
    from->max = from->count ? outer_value(from, true) : 0;
    if (from->count == 0)
        from->sum = 0;
}

void hist_clear(Hist *h) {
    if (h->count)
        for (size_t p = 0; p < HIST_PAGES; p++)
            if (h->page[p])
                clear_page(h->page[p]);
    h->count = h->min = h->max = h->sum = 0;
}

void hist_close(Hist *h) {
    for (size_t p = 0; p < HIST_PAGES; p++)
        free(h->page[p]);
    *h = (Hist){ 0 };
}

/* The counter after i, past blocks that were not hit. */
static size_t step(const HistPage *p, size_t i) {
    return (i + 1) % HIST_BLOCK ? i + 1 : next_block(p, i + 1);
}

bool hist_next(const Hist *h, size_t *at, HistStep *out) {
    for (size_t p = *at / HIST_PAGE; p < HIST_PAGES; p++) {
        const HistPage *page = h->page[p];
        size_t i = p == *at / HIST_PAGE ? *at % HIST_PAGE : 0;
        if (page && i % HIST_BLOCK == 0)
            i = next_block(page, i);
        for (; page && i < HIST_PAGE; i = step(page, i)) {
            if (page->n[i] == 0)
                continue;
            uint64_t width, low = bucket_low(p * HIST_PAGE + i, &width);
            *out = (HistStep){ low, low + width - 1, page->n[i] };
            *at = p * HIST_PAGE + i + 1;
            return true;
        }
    }
    return false;
}

/* A quantile that is looked for: the values at its rank and the next. */
typedef struct Wanted {
    double at; /* q * (count - 1) */
    uint64_t rank;
    double here, next;
    bool has_here, has_next;
} Wanted;

/* A counter holds the ranks below seen that were not yet seen. */
static bool offer(Wanted *w, uint64_t seen, double v) {
    if (!w->has_here && w->rank < seen) {
        w->here = v;
        w->has_here = true;
    }
    if (w->has_here && w->rank + 1 < seen) {
        w->next = v;
        w->has_next = true;
    }
    return w->has_next;
}

static void walk(const Hist *h, Wanted *wanted, size_t n) {
    uint64_t seen = 0;
    for (size_t p = 0, k = 0; p < HIST_PAGES; p++) {
        const HistPage *page = h->page[p];
        size_t i = page ? next_block(page, 0) : HIST_PAGE;
        for (; i < HIST_PAGE; i = step(page, i)) {
            seen += page->n[i];
            if (page->n[i] == 0 || seen <= wanted[k].rank)
                continue;
            double v = (double)bucket_middle(p * HIST_PAGE + i);
            v = fmin(fmax(v, (double)h->min), (double)h->max);
            for (size_t m = k; m < n && seen > wanted[m].rank; m++)
                if (offer(&wanted[m], seen, v) && m == k)
                    k++;
            if (k == n)
                return;
        }
    }
}

static double between(const Hist *h, const Wanted *w) {
    if (w->rank >= h->count - 1)
        return (double)h->max;
    double here = w->rank == 0 ? (double)h->min : w->here;
    double next = w->rank + 1 == h->count - 1 ? (double)h->max : w->next;
    return here + (next - here) * (w->at - (double)w->rank);
}

void hist_quantiles(const Hist *h, const double *q, size_t n, double *out) {
    Wanted wanted[HIST_QUANTILES_MAX];
    assert(n <= HIST_QUANTILES_MAX);
    for (size_t k = 0; k < n && h->count; k++) {
        double at = fmin(fmax(q[k], 0), 1) * (double)(h->count - 1);
        wanted[k] = (Wanted){ .at = at, .rank = (uint64_t)at };
    }
    if (h->count && n)
        walk(h, wanted, n);
    for (size_t k = 0; k < n; k++)
        out[k] = h->count ? between(h, &wanted[k]) : NAN;
}

double hist_quantile(const Hist *h, double q) {
    double value;
    hist_quantiles(h, &q, 1, &value);
    return value;
}

double hist_mean(const Hist *h) {
    return h->count ? (double)h->sum / (double)h->count : NAN;
}

double hist_variance(const Hist *h) {
    if (h->count < 2)
        return NAN;
    double mean = hist_mean(h), sum = 0;
    for (size_t p = 0; p < HIST_PAGES; p++) {
        const HistPage *page = h->page[p];
        size_t i = page ? next_block(page, 0) : HIST_PAGE;
        for (; i < HIST_PAGE; i = step(page, i)) {
            double v = (double)bucket_middle(p * HIST_PAGE + i);
            v = fmin(fmax(v, (double)h->min), (double)h->max) - mean;
            sum += (double)page->n[i] * v * v;
        }
    }
    return sum / (double)(h->count - 1);
}

double hist_share_below(const Hist *h, uint64_t ns) {
    if (h->count == 0)
        return NAN;
    if (ns >= h->max)
        return 1;
    uint64_t below = 0;
    size_t last = hist_index(ns < HIST_HIGHEST ? ns : HIST_HIGHEST);
    for (size_t i = 0; i <= last; i++)
        if (h->page[i >> 10])
            below += h->page[i >> 10]->n[i & (HIST_PAGE - 1)];
    return (double)below / (double)h->count;
}

void hist_counts_below(const Hist *h, const uint64_t *ns, size_t n,
                       uint64_t *out) {
    uint64_t below = 0;
    size_t next = 0;
    for (size_t p = 0; p < HIST_PAGES; p++) {
        const HistPage *page = h->page[p];
        size_t i = page ? next_block(page, 0) : HIST_PAGE;
        for (; i < HIST_PAGE; i = step(page, i)) {
            while (next < n && hist_index(ns[next]) < p * HIST_PAGE + i)
                out[next++] = below;
            below += page->n[i];
        }
    }
    while (next < n)
        out[next++] = below;
}

double hist_share_of_largest(const Hist *h, double part) {
    if (h->count == 0)
        return NAN;
    if (h->sum == 0)
        return part;
    double left = part * (double)h->count, sum = 0;
    for (size_t i = HIST_PAGES * HIST_PAGE; i-- > 0 && left > 0;) {
        if (!h->page[i >> 10]) {
            i &= ~(size_t)(HIST_PAGE - 1);
            continue;
        }
        uint64_t n = h->page[i >> 10]->n[i & (HIST_PAGE - 1)];
        double take = fmin((double)n, left);
        double v = fmin((double)bucket_middle(i), (double)h->max);
        sum += take * fmax(v, (double)h->min);
        left -= take;
    }
    return fmin(1, sum / (double)h->sum);
}

/* --- encoding ----------------------------------------------------------- */

static void put_be(char *to, uint64_t v, int bytes) {
    for (int i = 0; i < bytes; i++)
        to[i] = (char)(v >> (8 * (bytes - 1 - i)));
}

static uint64_t get_be(const char *from, int bytes) {
    uint64_t v = 0;
    for (int i = 0; i < bytes; i++)
        v = v << 8 | (unsigned char)from[i];
    return v;
}

/* HdrHistogram's LEB128: nine bytes at most, the ninth holds eight bits. */
static void put_varint(Text *to, int64_t value) {
    uint64_t v = ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0);
    char bytes[9];
    size_t n = 0;
    while (v >= 0x80 && n < 8) {
        bytes[n++] = (char)(v | 0x80);
        v >>= 7;
    }
    bytes[n++] = (char)v;
    text_add(to, bytes, n);
}

static bool get_varint(const char **at, const char *end, int64_t *value) {
    uint64_t v = (unsigned char)**at;
    if (v < 0x80) { /* nearly all */
        (*at)++;
        *value = (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
        return true;
    }
    v = 0;
    for (unsigned n = 0; n < 9 && *at < end; n++) {
        uint64_t b = (unsigned char)*(*at)++;
        v |= (n == 8 ? b : b & 0x7f) << (7 * n);
        if (n == 8 || !(b & 0x80)) {
            *value = (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
            return true;
        }
    }
    return false;
}

void hist_encode_counters(const Hist *h, Text *to) {
    int64_t zeros = 0;
    for (size_t p = 0; p < HIST_PAGES && h->count; p++) {
        const HistPage *page = h->page[p];
        size_t i = page ? next_block(page, 0) : HIST_PAGE, done = 0;
        for (; i < HIST_PAGE; i = step(page, i)) {
            uint64_t n = page->n[i];
            if (n == 0)
                continue;
            zeros += (int64_t)(i - done);
            if (zeros)
                put_varint(to, zeros == 1 ? 0 : -zeros);
            zeros = 0;
            done = i + 1;
            put_varint(to, (int64_t)n);
        }
        zeros += (int64_t)(HIST_PAGE - done);
    }
}

void hist_encode(const Hist *h, Text *to) {
    char header[V2_HEADER] = { 0 };
    size_t start = to->length;
    put_be(header, V2_COOKIE, 4);
    put_be(header + 12, 3, 4);
    put_be(header + 16, 1, 8);
    put_be(header + 24, HIST_HIGHEST, 8);
    put_be(header + 32, UINT64_C(0x3ff0000000000000), 8); /* ratio 1.0 */
    text_add(to, header, sizeof header);
    hist_encode_counters(h, to);
    put_be(to->bytes + start + 4, to->length - start - V2_HEADER, 4);
}

/* The counters from i on, as they come; a run of them knows its page. */
static void put_counter(Hist *h, size_t i, uint64_t n) {
    uint64_t value = bucket_middle(i);
    if (!h->page[i >> 10])
        hist_new_page(h, i >> 10);
    HistPage *p = h->page[i >> 10];
    p->n[i & (HIST_PAGE - 1)] += n;
    p->hit |= UINT64_C(1) << (i / HIST_BLOCK % 64);
    h->count += n;
    h->sum += value * n;
}

/* As hist_record_n of bucket middles, without its checks for each. */
int hist_decode_counters(Hist *h, const char *bytes, size_t length,
                         Err *err) {
    const char *at = bytes, *end = at + length;
    size_t first = SIZE_MAX, last = 0;
    uint64_t before = h->count;
    int rc = 0;
    for (size_t i = 0; at < end;) {
        int64_t n;
        uint64_t skip;
        if (!get_varint(&at, end, &n)) {
            rc = err_set(err, "the histogram is cut short");
            break;
        }
        skip = n >= 0 ? 1 : (uint64_t)-n;
        if (skip > (uint64_t)HIST_PAGES * HIST_PAGE - i) {
            rc = err_set(err, "the histogram has too many counters");
            break;
        }
        if (n > 0) {
            put_counter(h, i, (uint64_t)n);
            first = first == SIZE_MAX ? i : first;
            last = i;
        }
        i += (size_t)skip;
    }
    if (first == SIZE_MAX)
        return rc;
    uint64_t low = bucket_middle(first), high = bucket_middle(last);
    h->min = before == 0 || low < h->min ? low : h->min;
    h->max = high > h->max ? high : h->max;
    return rc;
}

int hist_decode_add(Hist *h, const char *bytes, size_t length, Err *err) {
    if (length < V2_HEADER || get_be(bytes, 4) != V2_COOKIE)
        return err_set(err, "this is no HdrHistogram V2 payload");
    if (get_be(bytes + 12, 4) != 3 || get_be(bytes + 16, 8) != 1)
        return err_set(err, "only histograms with 3 digits from 1 are read");
    size_t payload = (size_t)get_be(bytes + 4, 4);
    if (payload > length - V2_HEADER)
        return err_set(err, "the histogram is cut short");
    return hist_decode_counters(h, bytes + V2_HEADER, payload, err);
}
