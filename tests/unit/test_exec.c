/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The exec transport: real processes. What is asserted are outcomes, and the
 * order of times; no durations. */
#include "unit.h"

#include <curl/curl.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "http/response.h"
#include "http/template.h"
#include "lane_client.h"
#include "profile/command.h"
#include "raw_server.h"

#define MANY 1000

static void open_exec(LaneClient *c, const char *requests) {
    lanes_open(c, requests);
    for (size_t i = 0; i < c->profile.request_count; i++) {
        const char *why;
        assert_int_equal(transport_for(&c->profile, 0, i, &why),
                         TRANSPORT_EXEC);
        c->encoded[0][i].keep_body = true;
    }
}

static void run_one(LaneClient *c, size_t request) {
    lanes_shoot(c, 0, 0, request, NULL);
    assert_false(c->shot[0].is_done); /* never from within send */
    lanes_wait(c);
}

/* Child processes of ours that are still there, zombies too. */
static bool has_children(void) {
    siginfo_t info;
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static size_t count_descriptors(void) {
    size_t n = 0;
    DIR *d = opendir("/proc/self/fd");
    assert_non_null(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

/* --- how it ends -------------------------------------------------------- */

static void status_0_is_success(void **state) {
    (void)state;
    LaneClient c;
    open_exec(&c, "[request a]\nexec = echo hello 'two  words'\n"
                  "[request b]\nexec = true\n");
    run_one(&c, 0);
    lanes_expect(&c, 0, FAIL_NONE, 0);
    const Exchange *x = &c.shot[0].x;
    assert_string_equal(c.shot[0].body, "hello two  words\n");
    assert_int_equal(x->body_bytes, 17);
    assert_int_equal(x->bytes_in, 17);
    assert_int_equal(x->bytes_out, 0);
    assert_true(x->wanted_ns <= x->start_ns && x->start_ns <= x->sent_ns &&
                x->sent_ns <= x->first_ns && x->first_ns <= x->end_ns);
    assert_false(x->connected_anew);
    run_one(&c, 1); /* nothing of the last one is left */
    lanes_expect(&c, 0, FAIL_NONE, 0);
    assert_int_equal(x->body_length, 0);
    assert_true(x->first_ns == 0 && x->sent_ns && x->end_ns >= x->sent_ns);
    lanes_close(&c);
}

static void another_status_is_a_failure(void **state) {
    (void)state;
    static const struct {
        const char *command;
        int status;
        const char *why;
    } cases[] = {
        { "false", 1, "status 1" },
        { "sh -c 'echo out; echo no such disk >&2; echo more >&2; exit 3'", 3,
          "status 3: no such disk" },
        { "sh -c 'printf \"\\n\\nlate\" >&2; exit 255'", 255,
          "status 255: late" },
        { "sh -c 'kill -9 $$'", 137, "Killed" },
        { "sh -c 'echo why >&2; kill -SEGV $$'", 139,
          "Segmentation fault: why" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        LaneClient c;
        Text t = { 0 };
        text_addf(&t, "[request a]\nexec = %s\n", cases[i].command);
        open_exec(&c, t.bytes);
        text_close(&t);
        run_one(&c, 0);
        lanes_expect(&c, 0, FAIL_EXIT, cases[i].status);
        assert_string_equal(c.shot[0].why, cases[i].why);
        lanes_close(&c);
    }
}

static void what_cannot_be_started(void **state) {
    (void)state;
    size_t before = count_descriptors();
    LaneClient c;
    open_exec(&c, "[request a]\nexec = /nowhere/at-all x\nbody = b\n"
                  "[request b]\nexec = /proc/self/status\n"
                  "[request c]\nexec = echo fine\n");
    for (int i = 0; i < 3; i++) {
        run_one(&c, 0);
        lanes_expect(&c, 0, FAIL_EXEC, 127);
        assert_string_equal(c.shot[0].why,
                            "/nowhere/at-all: No such file or directory");
        /* as with no connection */
        assert_true(c.shot[0].x.start_ns == 0 && c.shot[0].x.sent_ns == 0);
        assert_int_equal(c.shot[0].x.bytes_out, 0);
    }
    run_one(&c, 1);
    lanes_expect(&c, 0, FAIL_EXEC, 126);
    assert_string_equal(c.shot[0].why, "/proc/self/status: Permission denied");
    lanes_shoot(&c, 1, 0, 0, NULL);
    lanes_shoot(&c, 2, 0, 0, NULL);
    c.shot[1].lane->ops->cancel(c.shot[1].lane); /* before it is told */
    c.under_way--;
    run_one(&c, 2);
    assert_false(c.shot[1].is_done);
    lanes_expect(&c, 2, FAIL_EXEC, 127);
    lanes_expect(&c, 0, FAIL_NONE, 0);
    lanes_close(&c);
    assert_int_equal(count_descriptors(), before);
    assert_false(has_children());
}

/* --- what goes in and out ----------------------------------------------- */

static void the_body_is_its_input(void **state) {
    (void)state;
    LaneClient c;
    open_exec(&c, "[request a]\nexec = tr a-z A-Z\nbody = hello\n"
                  "[request b]\nexec = wc -c\nbody = x\n"
                  "[request c]\nexec = true\nbody = x\n"
                  "[request d]\nexec = sh -c 'cat /dev/stdin > /dev/stdout'\n"
                  "body = files\n"
                  "[request e]\nexec = wc -c\n");
    run_one(&c, 0);
    lanes_expect(&c, 0, FAIL_NONE, 0);
    assert_string_equal(c.shot[0].body, "HELLO");
    assert_int_equal(c.shot[0].x.bytes_out, 5);
    /* more than a pipe holds, read or not */
    size_t length = (size_t)3 << 20;
    Form f[2];
    for (size_t i = 0; i < 2; i++) {
        f[i] = c.encoded[0][1 + i].form;
        char *bytes = mem_alloc(f[i].body.at + length, 1);
        memcpy(bytes, f[i].bytes, f[i].body.at);
        memset(bytes + f[i].body.at, 'x', length);
        f[i].bytes = bytes;
        f[i].body.length = (uint32_t)length;
        lanes_shoot(&c, i, 0, 1 + i, &f[i]);
    }
    lanes_wait(&c);
    for (size_t i = 0; i < 2; i++) {
        lanes_expect(&c, i, FAIL_NONE, 0);
        assert_true(c.shot[i].x.sent_ns != 0);
        free((char *)(uintptr_t)f[i].bytes);
    }
    assert_string_equal(c.shot[0].body, "3145728\n");
    assert_int_equal(c.shot[0].x.bytes_out, length);
    assert_true(c.shot[1].x.bytes_out < length);
    run_one(&c, 3);
    lanes_expect(&c, 0, FAIL_NONE, 0);
    assert_string_equal(c.shot[0].body, "files");
    run_one(&c, 4); /* /dev/null */
    assert_string_equal(c.shot[0].body, "0\n");
    lanes_close(&c);
}

static void a_long_output_is_read_to_its_end(void **state) {
    (void)state;
    LaneClient c;
    open_exec(&c, "[request a]\nexec = sh -c 'yes | head -c 3000000; "
                  "yes error | head -c 1000000 >&2; exit 2'\n");
    run_one(&c, 0);
    lanes_expect(&c, 0, FAIL_EXIT, 2);
    const Exchange *x = &c.shot[0].x;
    assert_int_equal(x->bytes_in, 3000000);
    assert_int_equal(x->body_bytes, 3000000);
    assert_int_equal(x->body_length, RESPONSE_BODY_KEPT);
    assert_string_equal(c.shot[0].why, "status 2: error");
    c.encoded[0][0].keep_body = false;
    run_one(&c, 0);
    assert_int_equal(x->bytes_in, 3000000);
    /* nobody asks for it, but it failed: enough to be shown */
    assert_int_equal(x->body_length, RESPONSE_OPENING_FAILED);
    lanes_close(&c);
}

/* A line without an end has one. */
static void a_complaint_is_cut(void **state) {
    (void)state;
    LaneClient c;
    open_exec(&c, "[request a]\nexec = sh -c 'yes | tr -d \"\\n\" | "
                  "head -c 100000 >&2; exit 1'\n");
    run_one(&c, 0);
    lanes_expect(&c, 0, FAIL_EXIT, 1);
    assert_int_equal(strlen(c.shot[0].why), strlen("status 1: ") + 100);
    lanes_close(&c);
}

static void wait_for(LaneClient *c, size_t shot) {
    while (!c->shot[shot].is_done)
        uv_run(&c->loop, UV_RUN_ONCE);
}

static void drop(LaneClient *c, size_t shot) {
    c->shot[shot].lane->ops->cancel(c->shot[shot].lane);
    c->under_way--;
}

/* Only the three that are its own, and its view of them, whatever is open
 * here: sockets of curl and of ours, pipes of others. */
static void it_has_no_file_of_ours(void **state) {
    (void)state;
    static const char *const targets[] = { "", "transport = curl",
                                           "pipeline = 2" };
    for (size_t i = 0; i < 3; i++) {
        RawServer *server = raw_server_start(&(RawOptions){
            .answer = "HTTP/1.1 204 None\r\n\r\n" });
        LaneClient c;
        Text t = { 0 };
        text_addf(&t,
                  "[target]\nurl = http://127.0.0.1:%d\n%s\n"
                  "[request a]\nexec = ls /proc/self/fd\n"
                  "[request b]\nexec = sleep 1000\n"
                  "[request c]\nGET = /\n",
                  raw_server_port(server), targets[i]);
        lanes_open(&c, t.bytes);
        text_close(&t);
        c.encoded[0][0].keep_body = true;
        lanes_shoot(&c, 2, 0, 2, NULL);
        lanes_wait(&c);
        lanes_expect(&c, 2, FAIL_NONE, 204);
        lanes_shoot(&c, 1, 0, 1, NULL);
        lanes_shoot(&c, 0, 0, 0, NULL);
        wait_for(&c, 0);
        lanes_expect(&c, 0, FAIL_NONE, 0);
        assert_string_equal(c.shot[0].body, "0\n1\n2\n3\n");
        drop(&c, 1);
        lanes_close(&c);
        raw_server_stop(server);
    }
}

/* --- who gives up ------------------------------------------------------- */

/* A pipe that all processes inherit: at its end when none is left. */
static int watch_begin(int fd[2]) {
    assert_int_equal(pipe(fd), 0);
    return fcntl(fd[0], F_SETFD, FD_CLOEXEC);
}

static void watch_end(int fd[2]) {
    struct pollfd p = { .fd = fd[0], .events = POLLIN };
    char byte;
    close(fd[1]);
    if (poll(&p, 1, 20000) != 1 || read(fd[0], &byte, 1) != 0)
        fail_msg("somebody still runs");
    close(fd[0]);
}

#define SLEEPERS                                                            \
    "[request a]\nexec = sh -c '(sleep 1000; true) & sleep 1000 & echo up;" \
    " exec sleep 1000'\nbody = nobody reads this\n"

static void a_timeout_ends_the_whole_group(void **state) {
    (void)state;
    int fd[2];
    LaneClient c;
    watch_begin(fd);
    open_exec(&c, "[target]\ntimeout = 2s\n" SLEEPERS
                  "[request b]\nexec = echo next\n");
    run_one(&c, 0);
    lanes_expect(&c, 0, FAIL_TIMEOUT_WAIT, 137);
    assert_true(c.shot[0].x.end_ns >= c.shot[0].x.start_ns + 2000000000);
    run_one(&c, 1);
    lanes_expect(&c, 0, FAIL_NONE, 0);
    assert_string_equal(c.shot[0].body, "next\n");
    lanes_close(&c);
    assert_false(has_children());
    watch_end(fd);
}

static void cancelled_ones_are_ended(void **state) {
    (void)state;
    size_t before = count_descriptors();
    int fd[2];
    LaneClient c;
    watch_begin(fd);
    open_exec(&c, SLEEPERS "[request b]\nexec = echo next\n");
    lanes_shoot(&c, 0, 0, 0, NULL);
    lanes_shoot(&c, 1, 0, 0, NULL);
    while (!c.shot[0].x.first_ns) /* they are up */
        uv_run(&c.loop, UV_RUN_ONCE);
    drop(&c, 0);
    lanes_shoot(&c, 0, 0, 1, NULL);
    wait_for(&c, 0);
    lanes_expect(&c, 0, FAIL_NONE, 0);
    assert_string_equal(c.shot[0].body, "next\n");
    drop(&c, 1);
    lanes_shoot(&c, 2, 0, 0, NULL); /* and one at the very end */
    lanes_close(&c);
    assert_false(has_children());
    watch_end(fd);
    assert_int_equal(count_descriptors(), before);
}

/* Who stays behind with its output open is not waited for, nor ended. */
static void what_it_leaves_behind_does_not_hang_it(void **state) {
    (void)state;
    int fd[2];
    LaneClient c;
    watch_begin(fd);
    open_exec(&c, "[request a]\n"
                  "exec = sh -c 'sleep 1000 & echo $!; exit 4'\n");
    run_one(&c, 0);
    lanes_expect(&c, 0, FAIL_EXIT, 4);
    pid_t left = (pid_t)atoi(c.shot[0].body);
    assert_true(left > 1);
    assert_int_equal(kill(left, SIGKILL), 0);
    lanes_close(&c);
    watch_end(fd);
}

/* --- many --------------------------------------------------------------- */

static void many_in_a_row_leave_nothing(void **state) {
    (void)state;
    LaneClient c;
    open_exec(&c, "[request a]\nexec = true\n"
                  "[request b]\nexec = false\nbody = x\n");
    size_t before = 0;
    for (size_t i = 0; i < MANY / 4; i++) {
        for (size_t k = 0; k < 4; k++)
            lanes_shoot(&c, k, 0, k % 2, NULL);
        lanes_wait(&c);
        for (size_t k = 0; k < 4; k++)
            lanes_expect(&c, k, k % 2 ? FAIL_EXIT : FAIL_NONE, (int)k % 2);
        uv_run(&c.loop, UV_RUN_NOWAIT);
        if (i == 0)
            before = count_descriptors();
    }
    assert_int_equal(count_descriptors(), before);
    assert_false(has_children());
    lanes_close(&c);
}

/* Each worker has a loop of its own, and processes of its own. */
static void run_some(void *data) {
    LaneClient *c = data;
    for (size_t i = 0; i < 100; i++) {
        for (size_t k = 0; k < 3; k++)
            lanes_shoot(c, k, 0, 0, NULL);
        lanes_wait(c);
    }
}

static void threads_have_their_own(void **state) {
    (void)state;
    uv_thread_t thread[3];
    static LaneClient c[3];
    static const char *const commands[] = { "exit 3", "exit 4", "kill -9 $$" };
    static const int statuses[] = { 3, 4, 137 };
    for (size_t i = 0; i < 3; i++) {
        Text t = { 0 };
        text_addf(&t, "[request a]\nexec = sh -c '%s'\n", commands[i]);
        open_exec(&c[i], t.bytes);
        text_close(&t);
        assert_int_equal(uv_thread_create(&thread[i], run_some, &c[i]), 0);
    }
    for (size_t i = 0; i < 3; i++)
        uv_thread_join(&thread[i]);
    for (size_t i = 0; i < 3; i++) {
        for (size_t k = 0; k < 3; k++)
            lanes_expect(&c[i], k, FAIL_EXIT, statuses[i]);
        lanes_close(&c[i]);
    }
    assert_false(has_children());
}

/* --- words -------------------------------------------------------------- */

static void read_words(const char *line, const char *want, int column) {
    Arena a = { 0 };
    Text t = { 0 };
    Err err;
    CommandLine c;
    Vars vars;
    VarScope scope = { 0 };
    const char *text = vars_read(line, &scope, &a, &vars, &err);
    assert_non_null(text);
    int rc = command_read(text, &vars, &a, &c, &err);
    for (size_t i = 0; rc == 0 && i < c.count; i++) {
        text_adds(&t, "[");
        text_add(&t, c.words[i].bytes, c.words[i].length);
        text_adds(&t, "]");
        for (size_t k = 0; k < c.words[i].vars.count; k++) {
            const Var *v = &c.words[i].vars.items[k];
            assert_memory_equal(c.words[i].bytes + v->at, "${", 2);
            assert_int_equal(c.words[i].bytes[v->at + v->length - 1], '}');
        }
    }
    if (rc < 0 ? !column || err.column != column
               : column || strcmp(t.bytes, want) != 0)
        fail_msg("'%s' gave %s, column %d: %s", line, t.bytes ? t.bytes : "",
                 rc < 0 ? err.column : 0, rc < 0 ? err.text : "");
    text_close(&t);
    vars_close(&scope);
    arena_close(&a);
}

static void lines_become_words(void **state) {
    (void)state;
    static const struct {
        const char *line, *want;
        int column; /* of the mistake */
    } cases[] = {
        { "a", "[a]", 0 },
        { "  a \t b  ", "[a][b]", 0 },
        { "a 'b c' d", "[a][b c][d]", 0 },
        { "a b' c 'd", "[a][b c d]", 0 },
        { "a \"b  c\" ''", "[a][b  c][]", 0 },
        { "a 'it\\n' \"q \\\" \\\\ \\n '\"", "[a][it\\n][q \" \\ \\n ']", 0 },
        { "a b\\ c \\'d \\\\", "[a][b c]['d][\\]", 0 },
        { "a $HOME * ~ > x | y & # `z`", "[a][$HOME][*][~][>][x][|][y][&][#]"
                                         "[`z`]", 0 },
        { "a ${vu}", "[a][${vu}]", 0 },
        { "a x${vu}-${random 1 6}y '${pick a b}'",
          "[a][x${vu}-${random 1 6}y][${pick a b}]", 0 },
        { "a \"${vu} b\"c${iteration}", "[a][${vu} bc${iteration}]", 0 },
        { "${pick a b} c", "[${pick a b}][c]", 0 },
        { "", NULL, 1 },
        { "  ", NULL, 1 },
        { "'' a", NULL, 1 },
        { "a 'b c", NULL, 3 },
        { "a b\"c ' d", NULL, 4 },
        { "a \"b\\\"", NULL, 3 },
        { "a b\\", NULL, 4 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        read_words(cases[i].line, cases[i].want, cases[i].column);
}

/* What a variable becomes stays within its word. */
static void variables_are_part_of_their_words(void **state) {
    (void)state;
    LaneClient c;
    open_exec(&c, "[request a]\n"
                  "exec = printf [%s] x${vu} '${pick a;b a;b}' ${iteration}z\n"
                  "body = for ${vu}\n");
    const Encoded *e = &c.encoded[0][0];
    assert_true(e->is_exec);
    assert_non_null(e->template);
    Rng rng = { 1 };
    Rendering to = { 0 };
    TemplateValues values = { .vu = 12345, .iteration = 7, .rng = &rng };
    const Form *f = template_render(e->template, &values, &to);
    assert_int_equal(f->header_count, 5);
    assert_memory_equal(f->bytes + f->headers[1].at,
                        "printf\0[%s]\0x12345\0a;b\0007z\0for 12345", 35);
    lanes_shoot(&c, 0, 0, 0, f);
    lanes_wait(&c);
    lanes_expect(&c, 0, FAIL_NONE, 0);
    assert_string_equal(c.shot[0].body, "[x12345][a;b][7z]");
    /* a NUL within a word ends it, and makes no other */
    char *bytes = mem_alloc(f->length, 1);
    memcpy(bytes, f->bytes, f->length);
    bytes[f->headers[2 * 2 + 1].at + 3] = '\0';
    Form cut = *f;
    cut.bytes = bytes;
    lanes_shoot(&c, 0, 0, 0, &cut);
    lanes_wait(&c);
    assert_string_equal(c.shot[0].body, "[x12][a;b][7z]");
    free(bytes);
    rendering_close(&to);
    lanes_close(&c);
}

/* What this program was started with is not to be seen in its children. */
static void close_at_exec(void) {
    for (int fd = 3; fd < 1024; fd++)
        fcntl(fd, F_SETFD, FD_CLOEXEC);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_0_is_success),
        cmocka_unit_test(another_status_is_a_failure),
        cmocka_unit_test(what_cannot_be_started),
        cmocka_unit_test(the_body_is_its_input),
        cmocka_unit_test(a_long_output_is_read_to_its_end),
        cmocka_unit_test(a_complaint_is_cut),
        cmocka_unit_test(it_has_no_file_of_ours),
        cmocka_unit_test(a_timeout_ends_the_whole_group),
        cmocka_unit_test(cancelled_ones_are_ended),
        cmocka_unit_test(what_it_leaves_behind_does_not_hang_it),
        cmocka_unit_test(many_in_a_row_leave_nothing),
        cmocka_unit_test(threads_have_their_own),
        cmocka_unit_test(lines_become_words),
        cmocka_unit_test(variables_are_part_of_their_words),
    };
    signal(SIGPIPE, SIG_IGN);
    close_at_exec();
    curl_global_init(CURL_GLOBAL_ALL);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    curl_global_cleanup();
    return failed;
}
