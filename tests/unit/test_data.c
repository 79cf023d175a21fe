/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "profile/data.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static char path[] = "/tmp/onrush-data-XXXXXX";

static void write_bytes(const char *bytes, size_t length) {
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, length, f), length);
    assert_int_equal(fclose(f), 0);
}

static DataFile *opened(const char *text, DataFormat format) {
    Err err = { 0 };
    write_bytes(text, strlen(text));
    DataFile *f = data_open(path, format, &err);
    if (!f)
        fail_msg("%s", err.text);
    return f;
}

static void load(DataFile *f) {
    Err err = { 0 };
    if (data_load(f, &err) < 0)
        fail_msg("%s", err.text);
}

static uint32_t column(DataFile *f, const char *name) {
    uint32_t c = UINT32_MAX;
    Err err = { 0 };
    if (data_column(f, name, &c, &err) < 0)
        fail_msg("%s", err.text);
    return c;
}

static void is_cell(const DataFile *f, uint64_t row, uint32_t c,
                    const char *want) {
    size_t length;
    const char *is = data_cell(f, row, c, &length);
    if (length != strlen(want) || memcmp(is, want, length) != 0)
        fail_msg("row %d: '%.*s', wanted '%s'", (int)row, (int)length, is,
                 want);
}

static const DataFormat comma = { ',', true };

/* RFC 4180, section 2; rows of two columns, the second one is looked at. */
static void fields_are_as_the_rfc_says(void **state) {
    (void)state;
    static const struct {
        const char *text, *rows[3];
        DataFormat format;
    } cases[] = {
        { "a,b\r\n1,2\r\n3,4\r\n", { "2", "4" }, { ',', true } },
        { "a,b\n1,2\n3,4", { "2", "4" }, { ',', true } },
        { "a,b\r1,2\r3,4\r", { "2", "4" }, { ',', true } },
        { "\n\r\na,b\n\n1,2\n\n\n3,4\n\n", { "2", "4" }, { ',', true } },
        { "a,b\n1,\"2\"\n\"3\",\"4\"\n", { "2", "4" }, { ',', true } },
        { "a,b\n1,\"2,\r\n\r\n2\"\n3,\n", { "2,\r\n\r\n2", "" },
          { ',', true } },
        { "a,b\n1,\"\"\"x\"\"\"\n3,\"\"\n", { "\"x\"", "" }, { ',', true } },
        { "a,b\n1, 2 \n3,\t4\n", { " 2 ", "\t4" }, { ',', true } },
        { "\xef\xbb\xbf\"a\",b\n1,2\n", { "2" }, { ',', true } },
        { "a;b\n1,0;2,0\n", { "2,0" }, { ';', true } },
        { "a\tb\n1\t2\n", { "2" }, { '\t', true } },
        { " a , b \n1,2\n", { "2" }, { ',', true } },
        { "1,2\n3,4\n", { "2", "4" }, { ',', false } },
        { "a,b\n1,\xc3\xa4\xff\n", { "\xc3\xa4\xff" }, { ',', true } },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        DataFile *f = opened(cases[i].text, cases[i].format);
        uint32_t c = column(f, cases[i].format.has_header ? "b" : "2");
        load(f);
        size_t rows = 0;
        for (; rows < 3 && cases[i].rows[rows]; rows++)
            is_cell(f, rows, c, cases[i].rows[rows]);
        assert_int_equal(data_rows(f), rows);
        data_close(f);
    }
}

static void only_what_is_wanted_is_kept(void **state) {
    (void)state;
    DataFile *f = opened("a,b,c,d\n1,2,3,4\n5,6,7,8\n", comma);
    assert_false(data_is_wanted(f));
    uint32_t d = column(f, "d"), b = column(f, "b"), again = column(f, "d");
    assert_int_equal(d, again);
    assert_true(data_is_wanted(f));
    load(f);
    is_cell(f, 0, b, "2");
    is_cell(f, 0, d, "4");
    is_cell(f, 1, b, "6");
    is_cell(f, 1, d, "8");
    /* Who writes the profile down while it runs reads its names again. */
    assert_int_equal(column(f, "d"), d);
    is_cell(f, 1, d, "8");
    data_close(f);
    /* Nobody wants any, but it is read all the same. */
    f = opened("a,b\n1,2\n", comma);
    load(f);
    assert_int_equal(data_rows(f), 1);
    data_close(f);
}

static void mistakes_have_their_line(void **state) {
    (void)state;
    static const struct {
        const char *text, *says;
        size_t length; /* 0: strlen */
    } cases[] = {
        { "a,b\n1,2\n3\n5,6\n", ":3: this row has 1 field, the first row has "
                                "2", 0 },
        { "a,b\n1,2\n\n\n3,4,5\n", ":5: this row has 3 fields", 0 },
        { "a,b\n1,\"2\n2\n2\"\n3\n", ":5: this row has 1 field", 0 },
        { "a,b\n1,2\n3,\"4\n5,6\n7,8\n", ":3: a quote that opens in this row",
          0 },
        { "a,b\n1,2\n3,x\"4\"\n", ":3: a quote stands within", 0 },
        { "a,b\n1,2\n3,\"4\"x\n", ":3: a quote stands within", 0 },
        { "a,\"b\n1,2\n", ":1: a quote that opens", 0 },
        { "a,b\n1,2\n3,\0\n", ":3: a NUL byte", 13 },
        { "\xff\xfe" "a\0,\0b\0", ":1: a NUL byte", 8 },
        { "a,b\n", "no row below its header", 0 },
        { "a,b", "no row below its header", 0 },
        { "\n\n\r\n", "it has no row", 0 },
        { "\xef\xbb\xbf", "it has no row", 0 },
        { "", "it is empty", 0 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Err err = { 0 };
        write_bytes(cases[i].text, cases[i].length ? cases[i].length
                                                   : strlen(cases[i].text));
        DataFile *f = data_open(path, comma, &err);
        if (f && data_load(f, &err) == 0)
            fail_msg("case %zu was taken", i);
        if (!strstr(err.text, cases[i].says) || !strstr(err.text, path))
            fail_msg("case %zu: %s", i, err.text);
        data_close(f);
    }
}

static void places_that_are_no_file(void **state) {
    (void)state;
    static const struct {
        const char *path, *says;
    } cases[] = {
        { "/nowhere/x.csv", "No such file" },
        { "/tmp", "not a regular file" },
        { "/dev/zero", "not a regular file" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Err err = { 0 };
        assert_null(data_open(cases[i].path, comma, &err));
        if (!strstr(err.text, cases[i].says))
            fail_msg("%s", err.text);
    }
    /* A file of 4 GiB that has no blocks. */
    write_bytes("a,b\n", 4);
    if (truncate(path, (off_t)DATA_BYTES_MAX + 1) == 0) {
        Err err = { 0 };
        assert_null(data_open(path, comma, &err));
        assert_non_null(strstr(err.text, "4 GiB"));
        assert_int_equal(truncate(path, 0), 0);
    }
}

static void columns_have_names(void **state) {
    (void)state;
    static const struct {
        const char *text, *name, *says;
        bool has_header;
    } cases[] = {
        { "sku,price,qty\n1,2,3\n", "prise", "did you mean 'price'", true },
        { "sku,price,qty\n1,2,3\n", "zzzzzz", "there are sku, price, qty",
          true },
        { "a,b,a\n1,2,3\n", "a", "two columns 'a'", true },
        { "a,b\n1,2\n", "3", "they are 1 to 2", false },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint32_t c;
        Err err = { 0 };
        DataFile *f =
            opened(cases[i].text, (DataFormat){ ',', cases[i].has_header });
        assert_int_equal(data_column(f, cases[i].name, &c, &err), -1);
        if (!strstr(err.text, cases[i].says))
            fail_msg("case %zu: %s", i, err.text);
        data_close(f);
    }
    /* Twice, but nobody asks for it; blanks belong to a name. */
    DataFile *f = opened("a, unit price ,a\n1,2,3\n", comma);
    uint32_t c = column(f, "unit price");
    load(f);
    is_cell(f, 0, c, "2");
    data_close(f);
}

static void a_quote_that_swallows_the_file_ends_early(void **state) {
    (void)state;
    Text t = { 0 };
    Err err = { 0 };
    text_adds(&t, "a,b\n1,2\n3,\"4\n");
    while (t.length < (size_t)3 << 20)
        text_adds(&t, "5,6 and what else stands in a row of such a file\n");
    write_bytes(t.bytes, t.length);
    DataFile *f = data_open(path, comma, &err);
    assert_non_null(f);
    assert_int_equal(data_load(f, &err), -1);
    assert_non_null(strstr(err.text, ":3: a row of more than 1 MiB"));
    data_close(f);
    text_close(&t);
}

/* Rows and quoted cells across every border of what is read at once. */
static void a_million_rows(void **state) {
    (void)state;
    enum { ROWS = 1000000 };
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs("first,second,third\n", f);
    for (int i = 0; i < ROWS; i++)
        fprintf(f, i % 7 ? "a%09d,b%09d,c%09d\n" : "a%09d,\"b\n%09d\",c%09d\n",
                i, i, i);
    assert_int_equal(fclose(f), 0);
    Err err = { 0 };
    DataFile *d = data_open(path, comma, &err);
    assert_non_null(d);
    uint32_t third = column(d, "third"), second = column(d, "second");
    load(d);
    assert_int_equal(data_rows(d), ROWS);
    for (int i = 0; i < ROWS; i++) {
        char want[32];
        size_t length;
        snprintf(want, sizeof want, i % 7 ? "b%09d" : "b\n%09d", i);
        const char *is = data_cell(d, (uint64_t)i, second, &length);
        if (length != strlen(want) || memcmp(is, want, length) != 0)
            fail_msg("row %d: %.*s", i, (int)length, is);
        snprintf(want, sizeof want, "c%09d", i);
        is = data_cell(d, (uint64_t)i, third, &length);
        if (length != 10 || memcmp(is, want, length) != 0)
            fail_msg("row %d: %.*s", i, (int)length, is);
    }
    data_close(d);
}

/* Cut or changed anywhere: said or read, and nothing is read beyond it. */
static void hostile_files_do_no_harm(void **state) {
    (void)state;
    static const char good[] = "\xef\xbb\xbf" "a,\"b \"\"x\",c\r\n1,\"2\r\n,"
                               "\"\"\",3\n\n\"\",,\"\"\n";
    static const char bytes[] = "\",\n\r\0\xff a";
    size_t taken = 0, refused = 0;
    for (size_t cut = 0; cut < sizeof good; cut++)
        for (size_t k = 0; k < sizeof bytes; k++) {
            char text[sizeof good + 1];
            Err err = { 0 };
            memcpy(text, good, cut);
            text[cut] = bytes[k];
            memcpy(text + cut + 1, good + cut, sizeof good - cut);
            write_bytes(text, k % 2 ? sizeof good : cut + 1);
            DataFile *f = data_open(path, comma, &err);
            uint32_t c;
            if (f && data_column(f, "c", &c, &err) == 0 &&
                data_load(f, &err) == 0) {
                size_t length;
                for (uint64_t row = 0; row < data_rows(f); row++)
                    data_cell(f, row, c, &length);
                taken++;
            } else {
                assert_true(err.text[0] != '\0');
                refused++;
            }
            data_close(f);
        }
    assert_true(taken > 20 && refused > 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_as_the_rfc_says),
        cmocka_unit_test(only_what_is_wanted_is_kept),
        cmocka_unit_test(mistakes_have_their_line),
        cmocka_unit_test(places_that_are_no_file),
        cmocka_unit_test(columns_have_names),
        cmocka_unit_test(a_quote_that_swallows_the_file_ends_early),
        cmocka_unit_test(a_million_rows),
        cmocka_unit_test(hostile_files_do_no_harm),
    };
    int fd = mkstemp(path);
    if (fd < 0)
        return 99;
    close(fd);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
