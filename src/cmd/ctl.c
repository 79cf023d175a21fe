/* SPDX-License-Identifier: GPL-3.0-or-later */
/* onrush ctl: sends one command to a run that is under way. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/usage.h"
#include "control/socket.h"
#include "control/verbs.h"
#include "report/report.h"

#define ANSWER_MAX ((size_t)1 << 20)
#define PATIENCE_S 5

static int connect_to(const char *path) {
    struct sockaddr_un a = { .sun_family = AF_UNIX };
    struct timeval patience = { .tv_sec = PATIENCE_S };
    if (strlen(path) >= sizeof a.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&a, sizeof a) < 0) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

/* One that was made just now is about to listen. */
static bool is_old(const char *path) {
    struct stat st;
    return lstat(path, &st) == 0 && S_ISSOCK(st.st_mode) &&
           st.st_mtime + PATIENCE_S < time(NULL);
}

/* The one run of this user that listens; sockets of dead runs are removed.
 * -1: none or several, said. */
static int connect_to_only(void) {
    Err err;
    char *dir = control_socket_path(0, &err);
    if (!dir) {
        text_to(stderr, "onrush ctl: %s\n", err.text);
        return -1;
    }
    DIR *d = opendir(dir);
    Text found = { 0 };
    int only = -1, count = 0;
    for (struct dirent *e; d && (e = readdir(d));) {
        size_t n = strlen(e->d_name);
        if (n < 6 || !text_equal(e->d_name + n - 5, ".sock"))
            continue;
        Text path = { 0 };
        text_addf(&path, "%s/%s", dir, e->d_name);
        int fd = connect_to(path.bytes);
        if (fd >= 0) {
            count++;
            text_addf(&found, "  --socket %s\n", path.bytes);
            if (only >= 0)
                close(only);
            only = fd;
        } else if (errno == ECONNREFUSED && is_old(path.bytes)) {
            unlink(path.bytes);
        }
        text_close(&path);
    }
    if (d)
        closedir(d);
    free(dir);
    if (count == 0)
        text_to(stderr, "onrush ctl: no run is under way\n");
    if (count > 1) {
        text_to(stderr, "onrush ctl: %d runs are under way, say which:\n%s",
                count, found.bytes);
        close(only);
        only = -1;
    }
    text_close(&found);
    return only;
}

/* errno says why. */
static void tell_unconnected(const char *path) {
    struct stat st;
    int why = errno;
    const char *hint = strerror(why);
    if (why == ENOENT)
        hint = "there is no such socket: has the run ended? Without --socket "
               "it is found";
    else if (stat(path, &st) == 0 && !S_ISSOCK(st.st_mode))
        hint = "that is no socket; a run's is PID.sock";
    else if (why == ECONNREFUSED)
        hint = "nobody listens there any more: that run has ended";
    text_to(stderr, "onrush ctl: %s: %s\n", path, hint);
}

/* The answer's line, within PATIENCE_S in all. */
static int say(int fd, const Text *line, Text *answer) {
    uint64_t until_ns = clock_now() + PATIENCE_S * NS_PER_S;
    for (size_t done = 0; done < line->length;) {
        ssize_t n =
            send(fd, line->bytes + done, line->length - done, MSG_NOSIGNAL);
        if (n <= 0)
            return -1;
        done += (size_t)n;
    }
    while (answer->length < ANSWER_MAX && clock_now() < until_ns) {
        char part[4096];
        ssize_t n = recv(fd, part, sizeof part, 0);
        if (n <= 0)
            return -1;
        const char *end = memchr(part, '\n', (size_t)n);
        text_add(answer, part, end ? (size_t)(end - part) : (size_t)n);
        if (end)
            return 0;
    }
    return -1;
}

/* Whoever listens there need not be a run: what is printed is JSON anew, and
 * clean for a terminal. */
static int print_answer(const Text *answer) {
    json_t *j = json_loadb(answer->bytes ? answer->bytes : "", answer->length,
                           0, NULL);
    char *text = j ? json_dumps(j, JSON_COMPACT) : NULL;
    int rc = json_is_true(json_object_get(j, "ok")) ? EXIT_HELD
                                                    : EXIT_UNEXPECTED;
    if (text) {
        size_t size = strlen(text) * 4 + 1;
        char *clean = mem_alloc(size, 1);
        text_clean(clean, size, text, strlen(text));
        text_to(stdout, "%s\n", clean);
        free(clean);
    } else {
        text_to(stderr, "onrush ctl: the answer is no JSON: nothing that "
                        "onrush says\n");
    }
    free(text);
    json_decref(j);
    return rc;
}

static void print_help(void) {
    text_to(stdout,
            "usage: onrush ctl [--socket PATH] COMMAND [ARGUMENT...]\n\n"
           "Sends a command to the run that is under way; the answer is a "
           "line of JSON.\nExit status 0 when it was obeyed.\n\n");
    usage_print("status", "where the run stands");
    for (size_t i = 0; i < verb_count; i++) {
        char left[80];
        snprintf(left, sizeof left, "%s %s", verbs[i].name, verbs[i].args);
        usage_print(left, verbs[i].help);
    }
}

static int take_socket(int argc, char **argv, int *at, const char **path) {
    static const char option[] = "--socket";
    const char *word = *at < argc ? argv[*at] : "";
    size_t length = strlen(option);
    if (*word != '-' || isdigit((unsigned char)word[1]))
        return 0;
    if (!text_starts(word, option) || (word[length] && word[length] != '=')) {
        text_to(stderr, "onrush ctl: there is no option '%s'; the only one is "
                        "--socket PATH, before the command\n", word);
        return -1;
    }
    ++*at;
    if (word[length] == '=')
        *path = word + length + 1;
    else if (*at < argc)
        *path = argv[(*at)++];
    if (*path && **path)
        return 0;
    text_to(stderr, "onrush ctl: --socket: a path is missing\n");
    return -1;
}

int cmd_ctl(int argc, char **argv) {
    const char *socket_path = NULL;
    int at = 1;
    if (at < argc && text_equal(argv[at], "--help")) {
        print_help();
        return EXIT_HELD;
    }
    if (take_socket(argc, argv, &at, &socket_path) < 0)
        return EXIT_USAGE;
    if (at >= argc) {
        text_to(stderr, "onrush ctl: a command is missing, such as: status, "
                        "level 250; --help lists them\n");
        return EXIT_USAGE;
    }
    Text line = { 0 }, answer = { 0 };
    for (int i = at; i < argc; i++)
        text_addf(&line, "%s%s", i > at ? " " : "", argv[i]);
    for (size_t i = 0; i < line.length; i++)
        if (line.bytes[i] == '\n' || line.bytes[i] == '\r')
            line.bytes[i] = ' ';
    text_adds(&line, "\n");
    int rc = EXIT_UNEXPECTED;
    int fd = socket_path ? connect_to(socket_path) : connect_to_only();
    if (fd < 0 && socket_path)
        tell_unconnected(socket_path);
    if (fd >= 0 && say(fd, &line, &answer) < 0) {
        text_to(stderr, "onrush ctl: the run gave no answer\n");
    } else if (fd >= 0) {
        rc = print_answer(&answer);
    }
    if (fd >= 0)
        close(fd);
    text_close(&line);
    text_close(&answer);
    return rc;
}
