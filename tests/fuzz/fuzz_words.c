/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small languages that people write: the first byte says which one the rest
 * is. What is refused says why and where; what is read and written again is
 * read as the same. */
#include <math.h>

#include "base/err.h"
#include "base/units.h"
#include "cmd/config.h"
#include "fuzz.h"
#include "plan/stage_text.h"
#include "stats/alert.h"
#include "stats/hist.h"
#include "ui/mouse.h"
#include "ui/script.h"

unsigned fuzz_rounds = 20000;

static void must_say(const Err *err, const char *text) {
    must(*err->text && err->column >= 0);
    must(err->column <= (int)strlen(text) + 1);
}

/* --- units -------------------------------------------------------------- */

static void read_units(const char *text) {
    Err err = { 0 };
    UnitsText printed;
    uint64_t ns = 1, again = 2;
    double number = -1, level = -1, back = -2;
    bool is_rate = false, back_rate = false;
    if (units_read_duration(text, &ns, &err) == 0) {
        units_duration(printed, ns);
        must(units_read_duration(printed, &again, &err) == 0 && again == ns);
    } else {
        must_say(&err, text);
        must(ns == 1);
    }
    if (units_read_count(text, &number, &err) == 0)
        must(number >= 0 && number <= 1e12);
    else
        must(number < 0 && *err.text);
    number = -1;
    if (units_read_share(text, &number, &err) == 0)
        must(number >= 0 && number <= 100);
    else
        must(number < 0 && *err.text);
    if (units_read_level(text, &level, &is_rate, &err) < 0) {
        must(level < 0 && *err.text);
        return;
    }
    must(level >= 0 && isfinite(level));
    units_level(printed, level, is_rate);
    must(units_read_level(printed, &back, &back_rate, &err) == 0);
    must(back_rate == is_rate && fabs(back - level) <= 0.01 * level + 0.01);
}

/* --- stages ------------------------------------------------------------- */

static void read_stages(const char *text) {
    Plan p, again;
    Err err = { 0 };
    plan_init(&p, PLAN_VUS, 0);
    plan_init(&again, PLAN_VUS, 0);
    if (stages_read(&p, text, &err) == 0) {
        Text printed = { 0 };
        for (size_t i = 0; i < p.count; i++) {
            text_adds(&printed, i ? ", " : "");
            stage_print(&p.stages[i], p.unit, &printed);
        }
        must(stages_read(&again, printed.bytes, &err) == 0);
        must(again.count == p.count);
        must(again.unit == p.unit || plan_peak(&p) <= 1);
        must(plan_total_ns(&again) == plan_total_ns(&p));
        for (size_t i = 0; i < p.count; i++)
            must(again.stages[i].form == p.stages[i].form &&
                 again.stages[i].length_ns == p.stages[i].length_ns);
        text_close(&printed);
    } else {
        must_say(&err, text);
    }
    plan_close(&p);
    plan_close(&again);
}

/* --- alerts ------------------------------------------------------------- */

static void read_alert(const char *text) {
    static const MetricTable none = { .own = NULL };
    AlertList list = { 0 };
    Arena arena = { 0 };
    Err err = { 0 };
    if (alert_read(&list, &arena, "a", text, &none, &err) == 0) {
        const Alert *a = &list.items[0];
        must(list.count == 1 && a->window_ns && a->text);
        must(a->window_ns <= ALERT_LONGEST_NS);
        must(a->window_at + a->window_length <= strlen(a->text));
        must(!a->webhook || (a->webhook_shown && *a->webhook_shown));
    } else {
        must_say(&err, text);
        must(list.count == 0);
    }
    alert_list_close(&list);
    arena_close(&arena);
}

/* --- the console's files and keys --------------------------------------- */

static void look_at(const Diags *d) {
    for (size_t i = 0; i < d->count; i++)
        must(*d->items[i].text && d->items[i].line >= 0 &&
             d->items[i].column >= 0);
}

static void read_config(const char *text, size_t length) {
    Config c;
    Diags d;
    config_init(&c);
    diags_init(&d, "config.ini");
    config_read_text(&c, text, length, &d);
    look_at(&d);
    must(c.theme && c.fps >= 0 && c.fps <= CONFIG_FPS_MAX);
    keys_bind(c.bindings, c.binding_count, &d);
    look_at(&d);
    for (int mode = 0; mode < MODE_COUNT; mode++)
        for (size_t i = 0; i < key_tables[mode].count; i++)
            must(key_tables[mode].rows[i].help &&
                 key_tables[mode].rows[i].label);
    keys_unbind();
    must(key_tables == key_tables_usual);
    diags_close(&d);
    config_close(&c);
}

static void read_script(const char *text) {
    Script s = { 0 };
    Diags d;
    diags_init(&d, "keys");
    bool is_read = script_parse(&s, text, &d) == 0;
    look_at(&d);
    must(is_read == (d.count == 0) && (is_read || s.count == 0));
    for (size_t i = 1; i < s.count; i++)
        must(s.steps[i].at_ns >= s.steps[i - 1].at_ns);
    script_close(&s);
    diags_close(&d);
}

static void read_mouse(const char *bytes, size_t length) {
    MouseReport r = { 0 };
    MouseEvent e = { .y = -1, .x = -1 };
    for (size_t i = 0; i + 1 < length; i++)
        mouse_take(&r, bytes[i]);
    if (length && mouse_read(&r, bytes[length - 1], &e))
        must(e.y >= 0 && e.x >= 0 && e.kind <= MOUSE_WHEEL_DOWN);
}

/* --- histograms --------------------------------------------------------- */

static void read_hist(const char *bytes, size_t length) {
    Hist h = { 0 }, again = { 0 };
    Err err = { 0 };
    Text once = { 0 }, twice = { 0 };
    if (hist_decode_add(&h, bytes, length, &err) == 0) {
        hist_encode(&h, &once);
        must(hist_decode_add(&again, once.bytes, once.length, &err) == 0);
        hist_encode(&again, &twice);
        must(again.count == h.count && once.length == twice.length);
        must(memcmp(once.bytes, twice.bytes, once.length) == 0);
        double p = hist_quantile(&h, 0.99);
        must(h.count == 0 ? isnan(p)
                          : p >= (double)h.min && p <= (double)h.max);
    } else {
        must(*err.text);
    }
    hist_close(&h);
    hist_close(&again);
    text_close(&once);
    text_close(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Input in = { data, size };
    uint8_t which = input_byte(&in);
    char *exact = fuzz_exact(in.at, in.left);
    char *word = fuzz_word(in.at, in.left);
    switch (which % 7) {
    case 0:
        read_units(word);
        break;
    case 1:
        read_stages(word);
        break;
    case 2:
        read_alert(word);
        break;
    case 3:
        read_config(exact, in.left);
        break;
    case 4:
        read_script(word);
        break;
    case 5:
        read_mouse(exact, in.left);
        break;
    default:
        read_hist(exact, in.left);
    }
    free(exact);
    free(word);
    return 0;
}
