/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What leaves the screen: pictures, files, the clipboard. */
#include "unit.h"

#include "desk.h"
#include "ui/osc52.h"
#include "ui/svg.h"

/* --- pictures ----------------------------------------------------------- */

static void a_picture_is_what_the_cells_are(void **state) {
    (void)state;
    Cells c;
    Text svg = { 0 };
    cells_init(&c, 3, 20);
    cells_bold(&c, 0, 0, STYLE_BRIGHT, "a<b>&\"c\"");
    cells_text(&c, 0, 10, STYLE_P95, "x y  z");
    cells_ground(&c, 0, 10, 3, GROUND_OK);
    cells_text(&c, 1, 0, STYLE_LINE, "╭─┴╮");
    cells_text(&c, 1, 5, STYLE_P99, "⠁⣿▄▌░▚");
    cells_text(&c, 2, 0, STYLE_LINE, "╰┊╎┄━╯");
    svg_print(&c, &theme_dark, &svg);
    golden_compare_text(svg.bytes, "small.svg");
    assert_non_null(strstr(svg.bytes, ">a&lt;b&gt;&amp;\"c\"</text>"));
    text_close(&svg);
    cells_close(&c);
}

/* Each braille dot is one stroke, each of its places another one. */
static void braille_is_drawn_as_dots(void **state) {
    (void)state;
    for (uint32_t bits = 0; bits < 256; bits++) {
        Text path = { 0 };
        int dots = 0;
        assert_int_equal(svg_kind(0x2800 + bits), SVG_DOTS);
        svg_shape(&path, 0x2800 + bits, 0, 0);
        for (const char *s = path.bytes; s && (s = strchr(s, 'M')); s++)
            dots++;
        assert_int_equal(dots, __builtin_popcount(bits));
        text_close(&path);
    }
}

/* A sign that joins its neighbour is a shape, or there would be gaps. */
static void signs_of_the_console_are_shapes(void **state) {
    (void)state;
    static const char shapes[] = "─│╭╮╰╯┌┐└┘┴┊╎━═┄█▄░▁▂▃▅▆▇";
    static const char texts[] = "▲◆●✓✗→·–…▶≤a?";
    Desk d;
    Text one = { 0 };
    desk_open(&d, SPIKE, 60);
    cells_resize(&d.cells, 1, 60);
    cells_text(&d.cells, 0, 0, STYLE_TEXT, shapes);
    for (int x = 0; d.cells.at[x].rune != ' '; x++) {
        assert_int_not_equal(svg_kind(d.cells.at[x].rune), SVG_TEXT);
        text_clear(&one);
        svg_shape(&one, d.cells.at[x].rune, 0, 0);
        assert_true(one.length > 0);
    }
    cells_clear(&d.cells);
    cells_text(&d.cells, 0, 0, STYLE_TEXT, texts);
    for (int x = 0; d.cells.at[x].rune != ' '; x++)
        assert_int_equal(svg_kind(d.cells.at[x].rune), SVG_TEXT);
    text_close(&one);
    desk_close(&d);
}

/* --- the clipboard ------------------------------------------------------ */

static void the_clipboard_gets_base64(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        { "", "" },        { "f", "Zg==" },        { "fo", "Zm8=" },
        { "foo", "Zm9v" }, { "foob", "Zm9vYg==" }, { "─\n", "4pSACg==" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Text got = { 0 }, want = { 0 };
        Err err;
        text_addf(&want, "\033]52;c;%s\a", cases[i][1]);
        assert_int_equal(osc52_print(&got, cases[i][0], false, &err), 0);
        assert_string_equal(got.bytes, want.bytes);
        text_addf(&want, "\033Ptmux;\033\033]52;c;%s\a\033\\", cases[i][1]);
        text_clear(&got);
        assert_int_equal(osc52_print(&got, cases[i][0], true, &err), 0);
        assert_string_equal(got.bytes, want.bytes);
        text_close(&got);
        text_close(&want);
    }
}

static void too_long_a_text_is_said(void **state) {
    (void)state;
    static char text[OSC52_TEXT_MAX + 2];
    Text got = { 0 };
    Err err;
    memset(text, 'x', OSC52_TEXT_MAX);
    assert_int_equal(osc52_print(&got, text, false, &err), 0);
    assert_true(got.length <= 100000);
    text_clear(&got);
    text[OSC52_TEXT_MAX] = 'x';
    assert_int_equal(osc52_print(&got, text, false, &err), -1);
    assert_int_equal(got.length, 0);
    assert_non_null(strstr(err.text, "74995 bytes are too many"));
    text_close(&got);
}

/* --- keys --------------------------------------------------------------- */

/* A host that keeps what it was given. */
typedef struct Kept {
    Text copied, names, svg;
    bool fails, mouse;
} Kept;

static int keep_copy(void *data, const char *text, Err *err) {
    Kept *k = data;
    text_clear(&k->copied);
    text_adds(&k->copied, text);
    return k->fails ? err_set(err, "no room") : 0;
}

static int keep_file(void *data, const char *name, const Text *bytes,
                     Text *path, Err *err) {
    Kept *k = data;
    text_addf(&k->names, "%s ", name);
    if (strstr(name, ".svg")) {
        text_clear(&k->svg);
        text_add(&k->svg, bytes->bytes, bytes->length);
    }
    text_addf(path, "out/%s", name);
    return k->fails ? err_set(err, "no room") : 0;
}

static void keep_mouse(void *data, bool on) {
    ((Kept *)data)->mouse = on;
}

static void host_open(Desk *d, Kept *k) {
    *k = (Kept){ 0 };
    desk_open_full(d, 150);
    console_free(d->console);
    ConsoleOptions o = { .glyphs = GLYPHS_BRAILLE,
                         .host = { .data = k,
                                   .copy = keep_copy,
                                   .save = keep_file,
                                   .set_mouse = keep_mouse } };
    d->console = console_new(&d->source.base, o);
    look(d);
}

static void host_close(Desk *d, Kept *k) {
    text_close(&k->copied);
    text_close(&k->names);
    text_close(&k->svg);
    desk_close(d);
}

static void y_copies_the_view(void **state) {
    (void)state;
    Desk d;
    Kept k;
    host_open(&d, &k);
    press(&d, 'v');
    press(&d, 'y');
    sees(&d, "copied ");
    assert_true(text_starts(k.copied.bytes, " onrush  spike"));
    assert_non_null(strstr(k.copied.bytes, "latency"));
    assert_null(strstr(k.copied.bytes, "spectrogram")); /* a tab */
    assert_null(strstr(k.copied.bytes, "no key 'v'"));  /* a notice */
    assert_null(strstr(k.copied.bytes, "space pause")); /* the keys */
    k.fails = true;
    type(&d, "\x1b:copy\r");
    sees(&d, "no room");
    sent(&d, "");
    host_close(&d, &k);
}

static void p_saves_text_and_picture(void **state) {
    (void)state;
    Desk d;
    Kept k;
    host_open(&d, &k);
    press(&d, 'P');
    assert_string_equal(k.names.bytes, "screen-0230.txt screen-0230.svg ");
    sees(&d, "saved as out/screen-0230.svg, and .txt");
    press(&d, 'P'); /* without the notice: nothing has changed */
    golden_compare_text(k.svg.bytes, "console-120x38.svg");
    assert_true(k.svg.length < 80000);
    k.fails = true;
    press(&d, 'P');
    sees(&d, "no room");
    host_close(&d, &k);
}

static void without_a_host_it_is_said(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 60);
    look(&d);
    press(&d, 'y');
    sees(&d, "there is no clipboard here");
    press(&d, 'P');
    sees(&d, "screens cannot be saved here");
    type(&d, ":mouse off\r");
    sees(&d, "there is no mouse here");
    desk_close(&d);
}

static void the_mouse_is_switched(void **state) {
    (void)state;
    Desk d;
    Kept k;
    host_open(&d, &k);
    type(&d, ":mouse on\r");
    assert_true(k.mouse);
    type(&d, ":mouse off");
    sees(&d, "clicks are the terminal's");
    assert_true(k.mouse);
    press(&d, KEYCODE_ENTER);
    assert_false(k.mouse);
    type(&d, ":mouse maybe\r");
    sees(&d, "write mouse on or mouse off");
    host_close(&d, &k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_is_what_the_cells_are),
        cmocka_unit_test(braille_is_drawn_as_dots),
        cmocka_unit_test(signs_of_the_console_are_shapes),
        cmocka_unit_test(the_clipboard_gets_base64),
        cmocka_unit_test(too_long_a_text_is_said),
        cmocka_unit_test(y_copies_the_view),
        cmocka_unit_test(p_saves_text_and_picture),
        cmocka_unit_test(without_a_host_it_is_said),
        cmocka_unit_test(the_mouse_is_switched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
