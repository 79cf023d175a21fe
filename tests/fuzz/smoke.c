/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What make check runs of a fuzz harness, without libFuzzer: its corpus, file
 * by file, then a fixed number of mutations of that, the same in every run.
 * TAP. An input that breaks it is written to fuzz_NAME.input in the working
 * directory, from where it goes to tests/fuzz/corpus/NAME with a name.
 *   fuzz_NAME [FILE...]   only these files */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/rng.h"
#include "fuzz.h"

#define INPUT_MAX 4096 /* of mutations; files may be longer */
#define SEEDS_MAX 4096
#define WORDS_MAX 512
#define STACK 4 /* mutations of one input, one upon the other */

__attribute__((weak)) unsigned fuzz_rounds = 2000;
/* ASan and UBSan end a program without a signal. */
__attribute__((weak)) void __sanitizer_set_death_callback(void (*f)(void));

typedef struct Seed {
    char *name;
    uint8_t *bytes;
    size_t length;
} Seed;

static Seed seeds[SEEDS_MAX], words[WORDS_MAX];
static size_t seed_count, word_count;
static const uint8_t *at_work;
static size_t at_work_length;
static char finding[256];

/* --- a finding ---------------------------------------------------------- */

/* Only what a signal handler may call. */
static void keep_finding(void) {
    int fd = at_work ? open(finding, O_WRONLY | O_CREAT | O_TRUNC, 0644) : -1;
    if (fd < 0)
        return;
    for (size_t n = 0; n < at_work_length;) {
        ssize_t wrote = write(fd, at_work + n, at_work_length - n);
        if (wrote <= 0)
            break;
        n += (size_t)wrote;
    }
    close(fd);
}

static void on_signal(int number) {
    keep_finding();
    signal(number, SIG_DFL);
    raise(number);
}

static void catch (void) {
    static const int fatal[] = { SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL };
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        signal(fatal[i], on_signal);
    if (__sanitizer_set_death_callback)
        __sanitizer_set_death_callback(keep_finding);
}

static void try(const uint8_t *bytes, size_t length) {
    at_work = bytes;
    at_work_length = length;
    LLVMFuzzerTestOneInput(bytes, length);
    at_work = NULL;
}

/* --- what there is to begin with ---------------------------------------- */

static bool read_file(const char *path, Seed *to) {
    struct stat st;
    FILE *f = fopen(path, "rb");
    if (!f || fstat(fileno(f), &st) < 0 || !S_ISREG(st.st_mode)) {
        if (f)
            fclose(f);
        return false;
    }
    size_t size = (size_t)st.st_size;
    to->name = strdup(path);
    to->bytes = malloc(size ? size : 1);
    must(to->name && to->bytes);
    to->length = fread(to->bytes, 1, size, f);
    fclose(f);
    return true;
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const Seed *)a)->name, ((const Seed *)b)->name);
}

static size_t add_folder(const char *path) {
    size_t before = seed_count;
    char file[4096];
    DIR *d = opendir(path);
    for (const struct dirent *e; d && (e = readdir(d));) {
        snprintf(file, sizeof file, "%s/%s", path, e->d_name);
        if (*e->d_name != '.' && seed_count < SEEDS_MAX)
            seed_count += read_file(file, &seeds[seed_count]);
    }
    if (d)
        closedir(d);
    qsort(seeds + before, seed_count - before, sizeof *seeds, by_name);
    return seed_count - before;
}

/* tests/fuzz/NAME.seeds: further folders, from the top of the sources. */
static void add_further(const char *tests, const char *name) {
    char path[4096], folder[256];
    snprintf(path, sizeof path, "%s/fuzz/%s.seeds", tests, name);
    FILE *f = fopen(path, "r");
    while (f && fscanf(f, "%255s", folder) == 1) {
        snprintf(path, sizeof path, "%s/../%s", tests, folder);
        must(add_folder(path) > 0);
    }
    if (f)
        fclose(f);
}

static void add_word(const char *line) {
    const char *s = strchr(line, '"');
    Seed *w = &words[word_count];
    w->bytes = malloc(strlen(line) + 1);
    must(w->bytes);
    w->length = 0;
    for (s = s ? s + 1 : ""; *s && *s != '"'; s++) {
        unsigned code;
        int used;
        if (*s == '\\' && s[1] == 'x' &&
            sscanf(s + 2, "%2x%n", &code, &used) == 1) {
            w->bytes[w->length++] = (uint8_t)code;
            s += 1 + used;
        } else {
            s += *s == '\\' && s[1];
            w->bytes[w->length++] = (uint8_t)*s;
        }
    }
    if (w->length)
        word_count++;
    else
        free(w->bytes);
}

/* libFuzzer's dictionary: "word" or NAME="word" a line. */
static void add_words(const char *tests, const char *name) {
    char line[1024];
    snprintf(line, sizeof line, "%s/fuzz/%s.dict", tests, name);
    FILE *f = fopen(line, "r");
    while (f && word_count < WORDS_MAX && fgets(line, sizeof line, f))
        if (*line != '#')
            add_word(line);
    if (f)
        fclose(f);
}

/* --- mutations ---------------------------------------------------------- */

static size_t below(Rng *rng, size_t n) {
    return (size_t)(rng_next(rng) % n);
}

typedef struct Draft {
    uint8_t bytes[INPUT_MAX];
    size_t length;
} Draft;

static void put(Draft *d, size_t at, const uint8_t *bytes, size_t n) {
    if (n > INPUT_MAX - d->length)
        n = INPUT_MAX - d->length;
    memmove(d->bytes + at + n, d->bytes + at, d->length - at);
    memmove(d->bytes + at, bytes, n);
    d->length += n;
}

static void cut(Draft *d, size_t at, size_t n) {
    if (n > d->length - at)
        n = d->length - at;
    memmove(d->bytes + at, d->bytes + at + n, d->length - at - n);
    d->length -= n;
}

static void mutate(Draft *d, Rng *rng) {
    static const uint8_t odd[] = { 0,   1,   '\n', '\r', '"',  '\\', '%', ',',
                                   '{', '[', 0x1b, 0x7f, 0x80, 0xff, '0', '9' };
    uint8_t copy[INPUT_MAX];
    size_t at = below(rng, d->length + 1);
    size_t n = 1 + below(rng, 16);
    const Seed *other = &seeds[below(rng, seed_count)];
    switch (below(rng, 7)) {
    case 0:
        if (at < d->length)
            d->bytes[at] ^= (uint8_t)(1u << below(rng, 8));
        break;
    case 1:
        if (at < d->length)
            d->bytes[at] = odd[below(rng, sizeof odd)];
        break;
    case 2:
        cut(d, at, n);
        break;
    case 3: /* a piece twice */
        if (at + n > d->length)
            break;
        memcpy(copy, d->bytes + at, n);
        put(d, at, copy, n);
        break;
    case 4: /* a piece of another input */
        if (other->length == 0)
            break;
        size_t from = below(rng, other->length);
        n = below(rng, other->length - from) + 1;
        put(d, at, other->bytes + from, n);
        break;
    case 5:
        if (word_count) {
            const Seed *w = &words[below(rng, word_count)];
            put(d, at, w->bytes, w->length);
        }
        break;
    default:
        d->length = at;
    }
}

static void try_mutations(void) {
    Rng rng = { 1 };
    for (unsigned i = 0; i < fuzz_rounds && seed_count; i++) {
        const Seed *s = &seeds[below(&rng, seed_count)];
        Draft d = { .length = 0 };
        put(&d, 0, s->bytes, s->length);
        for (size_t n = 1 + below(&rng, STACK); n; n--)
            mutate(&d, &rng);
        uint8_t *exact = (uint8_t *)fuzz_exact(d.bytes, d.length);
        try(exact, d.length);
        free(exact);
    }
}

/* ------------------------------------------------------------------------ */

static void free_seeds(Seed *all, size_t count) {
    for (size_t i = 0; i < count; i++) {
        free(all[i].name);
        free(all[i].bytes);
    }
}

int main(int argc, char **argv) {
    const char *slash = strrchr(argv[0], '/');
    const char *name = slash ? slash + 1 : argv[0];
    const char *tests = getenv("TESTS_SRC");
    char corpus[4096];
    name += strncmp(name, "fuzz_", 5) == 0 ? 5 : 0;
    tests = tests ? tests : "tests";
    snprintf(finding, sizeof finding, "fuzz_%s.input", name);
    snprintf(corpus, sizeof corpus, "%s/fuzz/corpus/%s", tests, name);
    catch ();
    for (int i = 1; i < argc && seed_count < SEEDS_MAX; i++)
        seed_count += read_file(argv[i], &seeds[seed_count]);
    bool is_whole = argc < 2;
    if (is_whole) {
        add_folder(corpus);
        add_further(tests, name);
        add_words(tests, name);
    }
    printf("1..%d\n", is_whole ? 2 : 1);
    for (size_t i = 0; i < seed_count; i++) {
        fprintf(stderr, "# %s\n", seeds[i].name);
        try(seeds[i].bytes, seeds[i].length);
    }
    printf("%s 1 - %s: %zu inputs that are kept\n",
           seed_count ? "ok" : "not ok", name, seed_count);
    if (is_whole) {
        try_mutations();
        printf("ok 2 - %s: %u inputs made from them\n", name, fuzz_rounds);
    }
    bool had_some = seed_count > 0;
    free_seeds(seeds, seed_count);
    free_seeds(words, word_count);
    return had_some ? 0 : 1;
}
