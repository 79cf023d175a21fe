/* SPDX-License-Identifier: GPL-3.0-or-later */
/* onrush init: a profile to begin with, from profiles/init/. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/init.h"
#include "cmd/output.h"
#include "report/report.h"

#define DEFAULT_KIND "custom"
#define DEFAULT_URL "http://127.0.0.1:8080"

static const struct {
    const char *kind, *text;
} profiles[] = {
#include "cmd/init_texts.inc"
};
#define PROFILE_COUNT (sizeof profiles / sizeof *profiles)

typedef struct InitOptions {
    const char *kind, *out, *url;
    bool force;
} InitOptions;

static void print_kinds(FILE *to) {
    for (size_t i = 0; i < PROFILE_COUNT; i++)
        text_to(to, "%s%s", i ? ", " : "", profiles[i].kind);
}

static void print_help(void) {
    puts("usage: onrush init [OPTION...] [KIND]\n"
         "Write a commented profile to begin with; it runs at once against\n"
         "onrush target.\n");
    fputs("kinds: ", stdout);
    print_kinds(stdout);
    puts("\n       custom, the default, shows a little of everything\n\n"
         "  -o, --output FILE              write it there; standard output if "
         "not said\n"
         "      --url URL                  the target; " DEFAULT_URL "\n"
         "      --force                    write over a file that is there\n"
         "  -h, --help                     this text");
}

static int complain(const char *what, const char *wrote) {
    char shown[64];
    text_clean(shown, sizeof shown, wrote, strlen(wrote));
    text_to(stderr, "onrush init: '%s' %s\n", shown, what);
    return -1;
}

static int read_options(InitOptions *o, int argc, char **argv) {
    static const struct option known[] = {
        { "output", required_argument, NULL, 'o' },
        { "url", required_argument, NULL, 'u' },
        { "force", no_argument, NULL, 'f' },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
    };
    *o = (InitOptions){ .kind = DEFAULT_KIND };
    optind = 0;
    opterr = 0;
    for (int c; (c = getopt_long(argc, argv, "o:h", known, NULL)) != -1;) {
        if (c == 'o')
            o->out = optarg;
        else if (c == 'u')
            o->url = optarg;
        else if (c == 'f')
            o->force = true;
        else if (c == 'h') {
            print_help();
            return 1;
        } else
            return complain("is no option or lacks its value; see onrush init "
                            "--help",
                            argv[optind - 1]);
    }
    if (optind < argc)
        o->kind = argv[optind++];
    return optind < argc
               ? complain("is too much: one kind at a time", argv[optind])
               : 0;
}

const char *init_text(const char *kind) {
    for (size_t i = 0; i < PROFILE_COUNT; i++)
        if (text_equal(profiles[i].kind, kind))
            return profiles[i].text;
    return NULL;
}

static const char *find_kind(const char *kind) {
    const char *names[PROFILE_COUNT], *text = init_text(kind);
    if (text)
        return text;
    for (size_t i = 0; i < PROFILE_COUNT; i++)
        names[i] = profiles[i].kind;
    const char *near = text_nearest(kind, names, PROFILE_COUNT);
    char shown[64];
    text_clean(shown, sizeof shown, kind, strlen(kind));
    text_to(stderr, "onrush init: there is no kind '%s'; ", shown);
    if (near)
        text_to(stderr, "did you mean '%s'?\n", near);
    else {
        fputs("there are ", stderr);
        print_kinds(stderr);
        fputc('\n', stderr);
    }
    return NULL;
}

/* As a profile may have it, on one line. */
static int check_url(const char *url) {
    const char *host = strstr(url, "://");
    bool good = (text_starts(url, "http://") || text_starts(url, "https://")) &&
                host[3];
    for (const char *s = url; *s; s++)
        good &= (unsigned char)*s > 0x20 && (unsigned char)*s < 0x7f;
    return good ? 0 : complain("is no URL such as " DEFAULT_URL, url);
}

static void with_url(const char *profile, const char *url, Text *to) {
    const char *at = strstr(profile, DEFAULT_URL);
    text_add(to, profile, (size_t)(at - profile));
    text_adds(to, url);
    text_adds(to, at + strlen(DEFAULT_URL));
}

int cmd_init(int argc, char **argv) {
    InitOptions o;
    Text text = { 0 };
    Err err;
    int rc = read_options(&o, argc, argv);
    if (rc)
        return rc < 0 ? EXIT_USAGE : EXIT_HELD;
    const char *profile = find_kind(o.kind);
    if (!profile || (o.url && check_url(o.url) < 0))
        return EXIT_USAGE;
    with_url(profile, o.url ? o.url : DEFAULT_URL, &text);
    rc = output_write(o.out, text.bytes, text.length, o.force, &err);
    text_close(&text);
    if (rc < 0) {
        text_to(stderr, "onrush init: %s\n", err.text);
        return EXIT_USAGE;
    }
    if (o.out)
        text_to(stderr, "onrush init: wrote %s; next: onrush check %s\n", o.out,
                o.out);
    return EXIT_HELD;
}
