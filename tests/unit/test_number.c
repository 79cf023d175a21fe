/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdlib.h>

#include "base/rng.h"
#include "expr/number.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void numbers_are_strtod_s(void **state) {
    (void)state;
    static const char *const good[] = {
        "0",
        "-0",
        "00",
        "007",
        "1",
        "-1",
        "0.1",
        "3.14159",
        "123456789012345",
        "1234567890123456",
        "9007199254740993",
        "12345678901234567890",
        "1e22",
        "1e23",
        "1e-22",
        "1e-23",
        "123e21",
        "0.000001",
        "1.7976931348623157e308",
        "2.2250738585072014e-308",
        "5e-324",
        "1e999",
        "-1e999",
        "1e-999",
        "0e999999999999999999999",
        "1e99999999999999999999999",
        "4.35",
        "0.30000000000000004",
        "8.5e0",
        "1E5",
        "1e+5",
        "1.0e-05",
        "179769313486231580793728971405303415079934132710037826936173778980444"
        "968292764750946649017977587207096330286416692887910946555547851940402"
        "630657488671505820681908902000708383676273854845817711531764475730270"
        "069855571366959622842914819860834936475292719074168444365510704342711"
        "559699508093042880",
    };
    static const char *const bad[] = { "",    "-",   "+1",  ".5",
                                       "5.",  "1e",  "1e+", "1.e1",
                                       "0x",  "1 ",  " 1",  "nan",
                                       "inf", "1,5", "--1", "1e1.5" };
    double got;
    for (size_t i = 0; i < COUNT(good); i++)
        if (!number_read(good[i], strlen(good[i]), &got) ||
            memcmp(&got, &(double){ strtod(good[i], NULL) }, sizeof got) != 0)
            fail_msg("%s gave %.17g", good[i], got);
    for (size_t i = 0; i < COUNT(bad); i++)
        if (number_read(bad[i], strlen(bad[i]), &got))
            fail_msg("'%s' gave %.17g", bad[i], got);
    assert_true(number_read("12345", 2, &got));
    assert_near(got, 12, 0);
}

/* Just above the middle of two doubles, by a digit far behind. */
static void the_last_digit_decides(void **state) {
    (void)state;
    static const char start[] = "9007199254740993.";
    char text[2000];
    double got;
    memset(text, '0', sizeof text);
    memcpy(text, start, sizeof start - 1);
    assert_true(number_read(text, sizeof text, &got));
    assert_near(got, 9007199254740992, 0);
    text[sizeof text - 1] = '1';
    assert_true(number_read(text, sizeof text, &got));
    assert_near(got, 9007199254740994, 0);
}

static void random_numbers_are_strtod_s(void **state) {
    (void)state;
    Rng r = { 7 };
    for (int i = 0; i < 100000; i++) {
        char text[1500];
        size_t digits = i % 100 ? 1 + rng_next(&r) % 25 : 1400, n = 0;
        size_t point = rng_next(&r) % (digits * 2);
        for (size_t k = 0; k < digits; k++) {
            if (k == point && k)
                text[n++] = '.';
            text[n++] = (char)('0' + rng_next(&r) % (i % 3 ? 10 : 2));
        }
        int exponent = (int)(rng_next(&r) % 700) - 350;
        if (i % 2)
            n += (size_t)snprintf(text + n, sizeof text - n, "e%d", exponent);
        text[n] = '\0';
        double got, want = strtod(text, NULL);
        char *copy = malloc(n); /* no byte behind its end */
        memcpy(copy, text, n);
        if (!number_read(copy, n, &got) || memcmp(&got, &want, sizeof got) != 0)
            fail_msg("%s gave %.17g", text, got);
        free(copy);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_strtod_s),
        cmocka_unit_test(the_last_digit_decides),
        cmocka_unit_test(random_numbers_are_strtod_s),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
