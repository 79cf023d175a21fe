/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which addresses a load may go to without a question. */
#include "unit.h"

#include <netinet/in.h>
#include <sys/un.h>

#include "base/address.h"

static void each_class_has_its_edges(void **state) {
    static const struct {
        const char *text;
        int is_near;
    } cases[] = {
        { "127.0.0.1", 1 },        { "127.255.255.255", 1 },
        { "126.255.255.255", 0 },  { "128.0.0.0", 0 },
        { "0.0.0.0", 1 },          { "0.0.0.1", 0 },
        { "10.0.0.0", 1 },         { "10.255.255.255", 1 },
        { "9.255.255.255", 0 },    { "11.0.0.0", 0 },
        { "172.16.0.0", 1 },       { "172.31.255.255", 1 },
        { "172.15.255.255", 0 },   { "172.32.0.0", 0 },
        { "192.168.0.1", 1 },      { "192.167.255.255", 0 },
        { "192.169.0.0", 0 },      { "169.254.169.254", 1 },
        { "169.253.255.255", 0 },  { "169.255.0.0", 0 },
        { "100.64.0.0", 1 },       { "100.127.255.255", 1 },
        { "100.63.255.255", 0 },   { "100.128.0.0", 0 },
        { "198.18.0.0", 1 },       { "198.19.255.255", 1 },
        { "198.17.255.255", 0 },   { "198.20.0.0", 0 },
        { "203.0.113.9", 0 },      { "8.8.8.8", 0 },
        { "224.0.0.1", 0 },        { "255.255.255.255", 0 },
        { "::1", 1 },              { "::", 1 },
        { "::2", 0 },              { "fc00::", 1 },
        { "fdff:ffff::1", 1 },     { "fbff::1", 0 },
        { "fe00::1", 0 },          { "fe80::1", 1 },
        { "febf:ffff::1", 1 },     { "fec0::1", 0 },
        { "2001:db8::1", 0 },      { "2606:4700::1", 0 },
        { "::ffff:127.0.0.1", 1 }, { "::ffff:192.168.1.1", 1 },
        { "::ffff:8.8.8.8", 0 },   { "64:ff9b::10.0.0.1", 1 },
        { "64:ff9b::8.8.8.8", 0 }, { "::127.0.0.1", 0 },
        { "2002:7f00:1::", 0 },    { "ff02::1", 0 },
        { "localhost", -1 },       { "127.1", -1 },
        { "", -1 },                { "10.0.0.1.example", -1 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (address_text_is_near(cases[i].text) != cases[i].is_near)
            fail_msg("%s: %d", cases[i].text,
                     address_text_is_near(cases[i].text));
}

static void families(void **state) {
    (void)state;
    struct sockaddr_un here = { .sun_family = AF_UNIX };
    struct sockaddr_storage other = { .ss_family = AF_PACKET };
    assert_true(address_is_near((struct sockaddr *)&here));
    assert_false(address_is_near((struct sockaddr *)&other));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_class_has_its_edges),
        cmocka_unit_test(families),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
