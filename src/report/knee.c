/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/knee.h"

#include <math.h>

#include "base/units.h"
#include "report/blocks.h"
#include "report/out.h"

void block_knee(const Snapshot *s, Page *p) {
    const Knee *k = s->knee;
    UnitsText from, to, rate, at;
    Text words = { 0 };
    if (!k || !k->is_known)
        return;
    block_heading(p, "scaling");
    page_paragraph(p, TONE_PLAIN, 2, k->text);
    units_count(from, round(k->points[0].load));
    text_addf(&words, "over %zu levels from %s to %s VUs; ", k->levels, from,
              units_count(to, round(k->seen)));
    if (k->is_corner)
        text_addf(&words,
                  "a straight rise of %s a VU ends at %s VUs (r2 %.3f)",
                  units_count(rate, k->corner.lambda),
                  knee_digits(at, k->corner.corner.value),
                  floor(k->corner.r2 * 1000) / 1000);
    else
        text_addf(&words,
                  "by the Universal Scalability Law (r2 %.3f), contention "
                  "%.3g %%, coherency %.3g %%",
                  floor(k->fit.r2 * 1000) / 1000, k->fit.sigma.value * 100,
                  k->fit.kappa.value * 100);
    page_paragraph(p, TONE_DIM, 2, words.bytes);
    text_close(&words);
}

static json_t *fit_json(const UslFit *f) {
    json_t *o = out_usl(f);
    if (!f->is_fitted)
        return o;
    out_put(o, "peak_vus", out_estimate(&f->peak_load));
    out_put(o, "peak_requests_per_s", out_number(f->peak_throughput));
    return o;
}

static json_t *corner_json(const CornerFit *f) {
    if (!f->is_fitted)
        return json_null();
    json_t *o = json_object();
    out_put(o, "vus", out_estimate(&f->corner));
    out_put(o, "requests_per_s_per_vu", out_number(f->lambda));
    out_put(o, "fall_per_vu", out_number(f->fall));
    out_put(o, "r2", out_number(f->r2));
    return o;
}

static json_t *levels_json(const Knee *k) {
    json_t *all = json_array();
    for (size_t i = 0; i < k->levels; i++) {
        json_t *o = json_object();
        out_put(o, "vus", out_number(k->points[i].load));
        out_put(o, "requests_per_s", out_number(k->points[i].throughput));
        out_add(all, o);
    }
    return all;
}

json_t *knee_json(const Snapshot *s) {
    const Knee *k = s->knee;
    if (!k)
        return json_null();
    json_t *o = json_object();
    out_put(o, "known", json_boolean(k->is_known));
    out_put(o, "text", out_text(k->is_known ? k->text : NULL));
    out_put(o, "why_not", out_text(k->why));
    out_put(o, "vus", k->is_known ? out_estimate(&k->load) : json_null());
    out_put(o, "requests_per_s",
            k->is_known ? out_number(k->throughput) : json_null());
    out_put(o, "levels", levels_json(k));
    out_put(o, "by",
            out_text(!k->is_known ? NULL : k->is_corner ? "corner" : "usl"));
    out_put(o, "usl", fit_json(&k->fit));
    out_put(o, "corner", corner_json(&k->corner));
    return o;
}
