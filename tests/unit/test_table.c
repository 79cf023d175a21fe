/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table widget over a few made-up rows. */
#include "unit.h"

#include "golden.h"
#include "ui/table.h"

typedef struct Fruit {
    const char *name;
    double weight, price;
} Fruit;

enum { NAME, WEIGHT, PRICE, COURSE, SHARE, FRUIT_COLUMNS };

static const Fruit fruits[] = {
    { "pear", 120, 3 },     { "Apple", 150, 2 },      { "fig", 40, NAN },
    { "cherry", 8, 9 },     { "grapefruit", 300, 2 }, { "plum", 40, 4 },
    { "banana", 110, 1.5 }, { "quince", 200, 2 },
};
#define FRUITS (sizeof fruits / sizeof *fruits)

static const TableColumn columns[] = {
    { NAME, "name", NULL, 8, 0, 1, 14, true, true, false },
    { WEIGHT, "weight", "one of them", 7, 1, 0, 7, false, false, true },
    { PRICE, "price", "one of them", 6, 3, 0, 6, false, false, true },
    { SHARE, "share", "all", 6, 2, 1, 10, false, false, true },
    { COURSE, "course", "all", 6, 4, 0, 6, false, false, true },
};

static uint64_t fruit_key(const void *rows, size_t row) {
    return (uint64_t)((const Fruit *)rows)[row].name[0];
}

static const char *fruit_text(const void *rows, size_t row, int id) {
    assert_int_equal(id, NAME);
    return ((const Fruit *)rows)[row].name;
}

static double fruit_number(const void *rows, size_t row, int id) {
    const Fruit *f = (const Fruit *)rows + row;
    return id == PRICE ? f->price : f->weight;
}

static void fruit_draw(const TableCell *at, const void *rows, size_t row,
                       int id) {
    const Fruit *f = (const Fruit *)rows + row;
    double values[12];
    char text[32];
    if (id == SHARE) {
        table_bar(at, STYLE_OK, f->weight / 300);
        return;
    }
    for (int i = 0; i < 12; i++)
        values[i] = i == 4 ? NAN : i / 11.0;
    if (id == COURSE) {
        assert_true(table_spark_dots(at) <= 12);
        table_spark(at, STYLE_P95, values);
        return;
    }
    if (id == NAME)
        snprintf(text, sizeof text, "%s", f->name);
    else if (isnan(fruit_number(rows, row, id)))
        snprintf(text, sizeof text, "-");
    else
        snprintf(text, sizeof text, "%g", fruit_number(rows, row, id));
    table_text(at, STYLE_TEXT, text);
}

static Table table_of(const Fruit *rows, size_t count) {
    return (Table){ .title = "fruits",
                    .empty = "nothing grows here",
                    .columns = columns,
                    .column_count = FRUIT_COLUMNS,
                    .row_count = count,
                    .rows = rows,
                    .key = fruit_key,
                    .text = fruit_text,
                    .number = fruit_number,
                    .draw = fruit_draw };
}

/* The names as they stand, a blank behind each. */
static void order_is(const Table *t, TableState s, const char *want) {
    char got[200] = "";
    for (s.selected = 0; table_selected(t, &s) != SIZE_MAX; s.selected++) {
        const Fruit *f = (const Fruit *)t->rows + table_selected(t, &s);
        strcat(strcat(got, f->name), " ");
    }
    assert_string_equal(got, want);
}

static void rows_stand_in_order(void **state) {
    (void)state;
    Table t = table_of(fruits, FRUITS);
    order_is(&t, (TableState){ .sort = NAME },
             "Apple banana cherry fig grapefruit pear plum quince ");
    order_is(&t, (TableState){ .sort = NAME, .is_reversed = true },
             "quince plum pear grapefruit fig cherry banana Apple ");
    /* alike: in their own order, either way */
    order_is(&t, (TableState){ .sort = WEIGHT },
             "grapefruit quince Apple pear banana fig plum cherry ");
    order_is(&t, (TableState){ .sort = WEIGHT, .is_reversed = true },
             "cherry fig plum banana pear Apple quince grapefruit ");
    /* what has no number is last, either way */
    order_is(&t, (TableState){ .sort = PRICE },
             "cherry plum pear Apple grapefruit quince banana fig ");
    order_is(&t, (TableState){ .sort = PRICE, .is_reversed = true },
             "banana Apple grapefruit quince pear plum cherry fig ");
    order_is(&t, (TableState){ .sort = -1 },
             "pear Apple fig cherry grapefruit plum banana quince ");
}

static void a_filter_leaves_what_contains_it(void **state) {
    (void)state;
    Table t = table_of(fruits, FRUITS);
    TableState s = { .sort = NAME };
    strcpy(s.filter, "AP");
    order_is(&t, s, "Apple grapefruit ");
    strcpy(s.filter, "kiwi");
    order_is(&t, s, "");
    Rect r = { 0, 0, 12, 60 };
    s.selected = 5;
    table_follow(&t, &s, r);
    assert_int_equal(s.count, 0);
    assert_int_equal(s.selected, 0);
    assert_int_equal(table_selected(&t, &s), SIZE_MAX);
}

static const Fruit *chosen(const Table *t, const TableState *s) {
    return (const Fruit *)t->rows + table_selected(t, s);
}

static void the_selection_follows_its_row(void **state) {
    (void)state;
    Fruit live[FRUITS];
    memcpy(live, fruits, sizeof live);
    Table t = table_of(live, FRUITS);
    TableState s = { .sort = WEIGHT };
    Rect r = { 0, 0, 8, 60 }; /* four rows */
    assert_int_equal(table_room(&t, &s, r), 4);
    table_follow(&t, &s, r);
    /* nobody has chosen: it stays on top, whoever is there */
    live[3].weight = 999;
    table_follow(&t, &s, r);
    assert_string_equal(chosen(&t, &s)->name, "cherry");
    s.selected = 2;
    table_follow(&t, &s, r);
    assert_string_equal(chosen(&t, &s)->name, "quince");
    live[7].weight = 1;
    table_follow(&t, &s, r);
    assert_string_equal(chosen(&t, &s)->name, "quince");
    assert_int_equal(s.selected, 7);
    assert_int_equal(s.top, 4);
    s.is_reversed = true;
    table_follow(&t, &s, r);
    assert_string_equal(chosen(&t, &s)->name, "quince");
    assert_int_equal(s.selected, 0);
    assert_int_equal(s.top, 0);
    /* its row goes: the next one takes its place */
    s.selected = 6;
    table_follow(&t, &s, r);
    t.row_count = 3;
    table_follow(&t, &s, r);
    assert_int_equal(s.selected, 2);
    assert_int_equal(s.count, 3);
    assert_int_equal(s.top, 0);
}

/* A table of one size on a screen of it, followed. */
static void draw(Cells *c, const Table *t, TableState *s, int rows, int cols,
                 Glyphs glyphs) {
    Rect r = { 0, 0, rows, cols };
    cells_init(c, rows, cols);
    table_follow(t, s, r);
    table_draw(c, r, t, s, glyphs);
}

static void narrow_tables_have_what_matters(void **state) {
    (void)state;
    static const struct {
        int cols, sort;
        const char *has, *lacks;
    } cases[] = {
        { 70, NAME, "course", "filter" },  { 40, NAME, "price", "course" },
        { 34, NAME, "share", "price" },    { 26, NAME, "weight", "share" },
        { 26, PRICE, "vprice", "weight" }, { 19, NAME, "name^", "weight" },
    };
    Table t = table_of(fruits, FRUITS);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        TableState s = { .sort = cases[i].sort };
        Cells c;
        draw(&c, &t, &s, 9, cases[i].cols, GLYPHS_ASCII);
        if (!golden_has(&c, cases[i].has) || golden_has(&c, cases[i].lacks))
            fail_msg("%d columns: wanted %s, not %s", cases[i].cols,
                     cases[i].has, cases[i].lacks);
        cells_close(&c);
    }
}

static void clicks_find_rows_and_columns(void **state) {
    (void)state;
    Table t = table_of(fruits, FRUITS);
    TableState s = { .sort = NAME, .selected = 6 };
    Cells c;
    draw(&c, &t, &s, 8, 60, GLYPHS_BRAILLE);
    assert_int_equal(s.top, 3);
    const Spot *row = cells_spot_at(&c, 4, 20);
    assert_int_equal(row->kind, SPOT_ROW);
    assert_int_equal(row->index, 4);
    const Spot *column = cells_spot_at(&c, 2, 4);
    assert_int_equal(column->kind, SPOT_COLUMN);
    assert_int_equal(column->index, NAME);
    /* the selected row has its ground and its sign */
    assert_int_equal(c.at[6 * 60 + 30].ground, GROUND_SELECT);
    assert_int_equal(c.at[6 * 60 + 1].rune, 0x25b6);
    assert_int_equal(c.at[5 * 60 + 30].ground, GROUND_NONE);
    cells_close(&c);
}

static void tables_are_as_reviewed(void **state) {
    (void)state;
    static const struct {
        const char *name;
        int rows, cols;
        Glyphs glyphs;
        TableState state;
    } cases[] = {
        { "table-60x14", 14, 60, GLYPHS_BRAILLE, { .sort = WEIGHT } },
        { "table-block-60x8",
          8,
          60,
          GLYPHS_BLOCK,
          { .sort = NAME, .selected = 7 } },
        { "table-ascii-60x14",
          14,
          60,
          GLYPHS_ASCII,
          { .sort = PRICE, .is_reversed = true, .filter = "e" } },
        { "table-none-40x6", 6, 40, GLYPHS_BRAILLE, { .filter = "kiwi" } },
    };
    Table t = table_of(fruits, FRUITS);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        TableState s = cases[i].state;
        Cells c;
        draw(&c, &t, &s, cases[i].rows, cases[i].cols, cases[i].glyphs);
        golden_compare(&c, cases[i].name);
        cells_close(&c);
    }
}

static void any_size_will_do(void **state) {
    (void)state;
    Table t = table_of(fruits, FRUITS), none = table_of(fruits, 0);
    for (int rows = 1; rows < 16; rows++)
        for (int cols = 1; cols < 90; cols++) {
            TableState s = { .selected = 3, .filter = "p" };
            Cells c;
            Rect r = { 1, 1, rows, cols };
            cells_init(&c, rows + 2, cols + 2);
            table_follow(&t, &s, r);
            table_draw(&c, r, &t, &s, (Glyphs)(cols % 3));
            table_draw(&c, r, &none, &s, (Glyphs)(cols % 3));
            for (int i = 0; i < c.rows * c.cols; i++) {
                int y = i / c.cols, x = i % c.cols;
                bool inside = y >= 1 && y < 1 + rows && x >= 1 && x < 1 + cols;
                if (!inside && c.at[i].rune != ' ')
                    fail_msg("%d x %d: drew at %d, %d", cols, rows, y, x);
            }
            cells_close(&c);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_stand_in_order),
        cmocka_unit_test(a_filter_leaves_what_contains_it),
        cmocka_unit_test(the_selection_follows_its_row),
        cmocka_unit_test(narrow_tables_have_what_matters),
        cmocka_unit_test(clicks_find_rows_and_columns),
        cmocka_unit_test(tables_are_as_reviewed),
        cmocka_unit_test(any_size_will_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
