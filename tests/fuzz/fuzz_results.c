/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results of any tool, and what a comparison makes of them: with themselves
 * nothing has become worse. */
#include <math.h>

#include "compare/comparison.h"
#include "fuzz.h"

static void judge(const Results *r) {
    if (!r->tool || !r->profile || !r->words || r->figure_count == 0)
        abort();
    for (size_t i = 0; i < r->figure_count; i++)
        if (!isfinite(r->figures[i].value) ||
            results_find(r, r->figures[i].name) != &r->figures[i])
            abort();
    Comparison *c = comparison_new(r, r, NULL);
    if (c->regressed || c->better || c->count < r->figure_count)
        abort();
    comparison_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Err err = { 0 };
    char *text = fuzz_exact(data, size);
    Results *r = results_parse(text, size, "fuzz.json", &err);
    if (r)
        judge(r);
    else if (!*err.text)
        abort();
    results_free(r);
    free(text);
    return 0;
}
