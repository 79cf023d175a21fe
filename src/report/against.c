/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/against.h"

#include <string.h>

#include "report/compared.h"

#define ROWS_SHOWN 12

json_t *against_of(const Report *r) {
    return r->against ? compared_json_of(r->against) : json_null();
}

static void show_regressions(const Comparison *c, Page *p) {
    static const TableColumn columns[] = { { NULL, false, 0 },
                                           { NULL, true, 2 },
                                           { NULL, true, 0 },
                                           { NULL, true, 0 },
                                           { NULL, false, 1 },
                                           { NULL, false, 0 } };
    Table t = { columns, 6, NULL, 0, 0 };
    ComparedText text, interval;
    size_t told = 0; /* they come first */
    for (; told < c->regressed && told < ROWS_SHOWN; told++) {
        const Compared *x = &c->items[told];
        table_add(&t, TONE_PLAIN, x->now->name);
        table_add(&t, TONE_DIM, compared_value(text, x->base));
        table_add(&t, TONE_PLAIN, compared_value(text, x->now));
        table_add(&t, TONE_BAD, compared_change(text, x));
        table_addf(&t, TONE_DIM, "%g %%: %s", 100 * c->level,
                   compared_interval(interval, x));
        table_add(&t, TONE_BAD, x->is_severe ? "high" : "");
    }
    if (told)
        table_print(&t, p, 2);
    if (c->regressed > told)
        page_addf(p, TONE_DIM, "  and %zu more", c->regressed - told);
    if (c->regressed > told)
        page_end(p);
}

void against_show(const Report *r, Page *p) {
    const Comparison *c = r->against;
    Text head = { 0 };
    if (!c)
        return;
    comparison_headline(c, &head);
    page_end(p);
    page_addf(p, TONE_BOLD, "against the baseline %s: ", c->base->path);
    page_add(p, c->regressed ? TONE_BAD : c->judged ? TONE_GOOD : TONE_WARN,
             head.bytes);
    page_end(p);
    show_regressions(c, p);
    compared_notes(c, p);
    text_close(&head);
}
