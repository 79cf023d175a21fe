/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a client sends to the built-in target, over a real connection on
 * loopback: the input's first byte says how it is cut, and when the client
 * leaves. At any moment each request is in exactly one of the counts; what is
 * answered is HTTP, as the house's own client reads it; in the end nothing is
 * left. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz.h"
#include "http/response.h"
#include "target/server.h"

unsigned fuzz_rounds = 2500;

#define TURNS_MAX 100000

static void account(const Server *s) {
    TargetCounts c = server_counts(s);
    must(c.received == c.served + c.shed + c.errors + c.reset + c.truncated +
                           c.garbage + c.hung + c.escaped + c.aborted +
                           c.in_service + c.queued + c.delayed);
}

static void turn(Server *s) {
    uv_run(&s->loop, UV_RUN_NOWAIT);
    account(s);
}

/* -1: the machine is out of ports, by who else runs here. Closed, it leaves
 * none of its own behind. */
static int dial(const Server *s) {
    struct linger none = { .l_onoff = 1 };
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)server_port(s)),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(fd >= 0);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) {
        if (errno != EADDRNOTAVAIL)
            perror("connect");
        must(errno == EADDRNOTAVAIL);
        close(fd);
        return -1;
    }
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    must(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
    return fd;
}

/* false: nothing came. */
static bool take(int fd, Text *answers) {
    char bytes[4096];
    ssize_t n = recv(fd, bytes, sizeof bytes, 0);
    if (n > 0 && answers->length < 1 << 20)
        text_add(answers, bytes, (size_t)n);
    return n > 0;
}

/* Faults are no HTTP on purpose; of HEAD and interim answers one had to know
 * the requests. */
static bool can_be_read(const char *asked) {
    static const char *const odd[] = { "HEAD", "fault", "status/1", "down" };
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        if (strcasestr(asked, odd[i]))
            return false;
    return true;
}

static void read_answers(const Text *answers) {
    Response r = { 0 };
    const char *at = answers->bytes;
    size_t left = answers->length;
    ResponseState state = RESPONSE_DONE;
    while (left && state == RESPONSE_DONE) {
        response_start(&r, false, true, true);
        state = response_feed(&r, at, left);
        if (state == RESPONSE_BAD)
            fprintf(stderr, "%s: %.*s\n", r.why, (int)left, at);
        must(state != RESPONSE_BAD);
        at += left - r.surplus;
        left = r.surplus;
    }
    response_close(&r);
}

static void talk(Server *s, uint8_t how, const uint8_t *bytes, size_t length,
                 Text *answers) {
    int fd = dial(s);
    if (fd < 0)
        return;
    size_t step = how & 1 ? 1u + how % 32u : length;
    for (size_t at = 0; at < length;) {
        size_t n = length - at < step ? length - at : step;
        ssize_t sent = send(fd, bytes + at, n, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN)
            break;
        at += sent > 0 ? (size_t)sent : 0;
        turn(s);
        take(fd, answers);
    }
    if (how & 2)
        shutdown(fd, SHUT_WR);
    for (int quiet = 0; quiet < 8; quiet++) {
        turn(s);
        if (take(fd, answers))
            quiet = 0;
    }
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Input in = { data, size };
    uint8_t how = input_byte(&in);
    TargetSettings set = target_settings_default();
    Server s;
    Err err = { 0 };
    Text answers = { 0 };
    must(target_settings_read(&set, "capacity=2 queue=2 service=10us", &err) ==
         0);
    must(server_open(&s, "127.0.0.1", 0, TARGET_CHAIN_ALL, &set, &err) == 0);
    talk(&s, how, in.at, in.left, &answers);
    for (int i = 0; i < TURNS_MAX && s.counts.open; i++)
        turn(&s);
    must(!s.conns && s.counts.open == 0);
    server_close(&s);
    uv_run(&s.loop, UV_RUN_DEFAULT);
    char *asked = fuzz_word(in.at, in.left);
    if (answers.length && can_be_read(asked) && strlen(asked) == in.left)
        read_answers(&answers);
    free(asked);
    server_free(&s);
    text_close(&answers);
    return 0;
}
