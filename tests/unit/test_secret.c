/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is a secret by its name, its place and its value. */
#include "unit.h"

#include <stdlib.h>

#include "base/secret.h"

static void names_are_known(void **state) {
    (void)state;
    static const char *const secret[] = {
        "Authorization", "proxy-authorization", "Set-Cookie", "X-Api-Key",
        "api_key",       "apikey",              "access_token", "PASSWORD",
        "db_passwd",     "sid",                 "x-auth",      "client.secret",
        "PHPSESSID",     "jwt",                 "passphrase",  "X-Amz-Signature",
        "sessionid",     "--token",             "user_pwd",    "csrf",
        "encryptionKey", "X-Signing-Key",       "userPin",     "tokens",
        "SECRET_KEY",    "AWSAccessKeyId",      "count_token", "session",
    };
    static const char *const plain[] = { "Accept",  "author", "passenger",
                                         "keyword", "monkey", "spin",
                                         "user",    "design", "page",
                                         "WWW-Authenticate",
                                         "keyboard", "Sec-WebSocket-Key",
                                         "sec-websocket-key",
                                         "X-Idempotency-Key", "Cache-Key",
                                         "primary_key", "primaryKey",
                                         "Surrogate-Key", "public_key",
                                         "max_tokens", "maxOutputTokens",
                                         "completion_tokens", "token_type",
                                         "token_expires_in", "session_timeout",
                                         "max_session_age", "passwordLength",
                                         "SESSION_COUNT", "tokens_limit" };
    for (size_t i = 0; i < sizeof secret / sizeof *secret; i++)
        if (!secret_is_name(secret[i], strlen(secret[i])))
            fail_msg("%s is no secret", secret[i]);
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (secret_is_name(plain[i], strlen(plain[i])))
            fail_msg("%s is a secret", plain[i]);
}

static void expect_places(const char *text, const char *wanted) {
    Text t = { 0 };
    secret_mask_places(text, strlen(text), &t);
    assert_string_equal(t.bytes, wanted);
    text_close(&t);
}

static void places_are_known(void **state) {
    (void)state;
    expect_places("GET /?token=a%20b&page=2 HTTP/1.1\r\nCookie: a=b; c=d\r\n"
                  " folded\r\nX: y\r\n",
                  "GET /?token=***&page=2 HTTP/1.1\r\nCookie: ***\r\nX: y\r\n");
    expect_places("{\"token\": \"a\\\"b\", \"n\":1, \"Password\":\"x\","
                  "\"pin\":1234,\"key\":null,\"keys\":[\"a\",\"b\"]}",
                  "{\"token\": \"***\", \"n\":1, \"Password\":\"***\","
                  "\"pin\":***,\"key\":null,\"keys\":[***]}");
    expect_places("\"{\\\"token\\\":\\\"abc\\\",\\\"n\\\":1}\"",
                  "\"{\\\"token\\\":\\\"***\\\",\\\"n\\\":1}\"");
    expect_places("http://me:pa@ss@host/ https://tok@host http://h/a@b:c",
                  "http://me:***@host/ https://***@host http://h/a@b:c");
    expect_places("curl -H 'Authorization: Bearer a b' --password 'x y' "
                  "--token=t -v",
                  "curl -H 'Authorization: ***' --password '***' "
                  "--token=*** -v");
    expect_places("token == \"a\" and a token: late",
                  "token == \"a\" and a token: late");
    /* That end anywhere. */
    static const char whole[] = "\"token\\\":\\\"a\"token\": [\"http://a:b@"
                                "--key 'x\nkey:\r\n";
    for (size_t i = 0; i < sizeof whole; i++) {
        char *part = malloc(i ? i : 1);
        Text t = { 0 };
        memcpy(part, whole, i);
        secret_mask_places(part, i, &t);
        text_close(&t);
        free(part);
    }
}

static void expect_masked(const Secrets *s, const char *text, bool is_cut,
                          const char *wanted) {
    char *copy = strdup(text);
    secrets_mask_text(s, copy, is_cut);
    assert_string_equal(copy, wanted);
    free(copy);
}

static void values_are_hidden_in_all_their_forms(void **state) {
    (void)state;
    Secrets s = { 0 };
    secrets_add(&s, "p/ss \"wörd'&", strlen("p/ss \"wörd'&"));
    expect_masked(&s, "a p/ss \"wörd'& b", false, "a *** b");
    expect_masked(&s, "?q=p%2Fss%20%22w%C3%B6rd%27%26&x", false, "?q=***&x");
    expect_masked(&s, "?q=p%2fss%20%22w%c3%b6rd%27%26&x", false, "?q=***&x");
    expect_masked(&s, "q=p%2Fss+%22w%C3%B6rd%27%26", false, "q=***");
    expect_masked(&s, "{\"p/ss \\\"wörd'&\"}", false, "{\"***\"}");
    expect_masked(&s, "{\"p\\/ss \\\"wörd'&\"}", false, "{\"***\"}");
    expect_masked(&s, "<p/ss &quot;wörd&#39;&amp;>", false, "<***>");
    secrets_add_login(&s, "me:opensesame", 13);
    expect_masked(&s, "opensesame bWU6b3BlbnNlc2FtZQ== me", false,
                  "*** *** me");
    secrets_close(&s);
    secrets_add_field(&s, "Basic bWU6b3BlbnNlc2FtZQ==", 26);
    expect_masked(&s, "opensesame", false, "***");
    secrets_close(&s);
}

static void the_longest_goes_first_and_halves_do_not_stay(void **state) {
    (void)state;
    Secrets s = { 0 };
    secrets_add(&s, "abcdef", 6);
    secrets_add(&s, "abcdefghij", 10);
    secrets_add(&s, "short", 5);
    assert_int_equal(s.count, 2);
    expect_masked(&s, "abcdefghijabcdefx short", false, "******x short");
    expect_masked(&s, "so abcdefgh", true, "so ***");
    expect_masked(&s, "so abcd", true, "so ***");
    expect_masked(&s, "so abcd", false, "so abcd");
    expect_masked(&s, "so abc", true, "so abc");
    s.are_shown = true;
    expect_masked(&s, "so abcdef", true, "so abcdef");
    expect_masked(NULL, "so abcdef", true, "so abcdef");
    secrets_close(&s);
}

static void it_is_bounded(void **state) {
    (void)state;
    Secrets s = { 0 };
    char value[32];
    for (int i = 0; i < SECRETS_MAX + 10; i++) {
        snprintf(value, sizeof value, "value%08d", i);
        secrets_add(&s, value, strlen(value));
        secrets_add(&s, value, strlen(value));
    }
    assert_int_equal(s.count, SECRETS_MAX);
    secrets_close(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_known),
        cmocka_unit_test(places_are_known),
        cmocka_unit_test(values_are_hidden_in_all_their_forms),
        cmocka_unit_test(the_longest_goes_first_and_halves_do_not_stay),
        cmocka_unit_test(it_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
