/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct Net4 {
    uint32_t net;
    int bits;
} Net4;

static const Net4 near4[] = {
    { 0x7f000000, 8 },  { 0x00000000, 32 }, { 0x0a000000, 8 },
    { 0xac100000, 12 }, { 0xc0a80000, 16 }, { 0xa9fe0000, 16 },
    { 0x64400000, 10 }, { 0xc6120000, 15 },
};

static bool is_near4(uint32_t a) {
    for (size_t i = 0; i < sizeof near4 / sizeof *near4; i++)
        if ((a ^ near4[i].net) >> (32 - near4[i].bits) == 0)
            return true;
    return false;
}

static bool is_near6(const uint8_t a[16]) {
    static const uint8_t zeros[15], mapped[12] = { [10] = 0xff, 0xff },
                                    nat64[12] = { 0, 0x64, 0xff, 0x9b };
    uint32_t inner = (uint32_t)a[12] << 24 | (uint32_t)a[13] << 16 |
                     (uint32_t)a[14] << 8 | a[15];
    if (memcmp(a, mapped, 12) == 0 || memcmp(a, nat64, 12) == 0)
        return is_near4(inner);
    return (memcmp(a, zeros, 15) == 0 && a[15] <= 1) || (a[0] & 0xfe) == 0xfc ||
           (a[0] == 0xfe && (a[1] & 0xc0) == 0x80);
}

bool address_is_near(const struct sockaddr *a) {
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    switch (a->sa_family) {
    case AF_UNIX:
        return true;
    case AF_INET:
        memcpy(&v4, a, sizeof v4);
        return is_near4(ntohl(v4.sin_addr.s_addr));
    case AF_INET6:
        memcpy(&v6, a, sizeof v6);
        return is_near6(v6.sin6_addr.s6_addr);
    default:
        return false;
    }
}

int address_text_is_near(const char *text) {
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return address_is_near((struct sockaddr *)&v4);
    if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1)
        return address_is_near((struct sockaddr *)&v6);
    return -1;
}
