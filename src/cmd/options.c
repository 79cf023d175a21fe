/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/options.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "cmd/config.h"
#include "compare/comparison.h"

typedef int ReadFn(Options *o, const char *value, Err *err);

static int read_factor(const char *value, double *to, Err *err) {
    char *end;
    double v = strtod(value, &end);
    if (!*value || *end || !(v > 0) || v > 1e6)
        return err_set(err, "'%s' is not a factor above 0, such as 0.1", value);
    *to = v;
    return 0;
}

static int read_whole(const char *value, uint64_t least, uint64_t most,
                      uint64_t *to, Err *err) {
    char *end;
    unsigned long long v = strtoull(value, &end, 10);
    if (*value < '0' || *value > '9' || *end || v < least || v > most)
        return err_set(err, "'%s' is not a number from %llu to %llu", value,
                       (unsigned long long)least, (unsigned long long)most);
    *to = v;
    return 0;
}

static int read_set(Options *o, const char *value, Err *err) {
    if (o->change.set_count == OPTIONS_SETS_MAX)
        return err_set(err, "at most %d are taken", OPTIONS_SETS_MAX);
    o->sets[o->change.set_count++] = value;
    return 0;
}

static int read_stages(Options *o, const char *value, Err *err) {
    (void)err;
    o->change.stages = value;
    return 0;
}

static int read_vus(Options *o, const char *value, Err *err) {
    (void)err;
    o->change.vus = value;
    return 0;
}

static int read_duration(Options *o, const char *value, Err *err) {
    (void)err;
    o->change.duration = value;
    return 0;
}

static int read_url(Options *o, const char *value, Err *err) {
    (void)err;
    o->change.url = value;
    return 0;
}

static int read_time_scale(Options *o, const char *value, Err *err) {
    return read_factor(value, &o->change.time_scale, err);
}

static int read_load_scale(Options *o, const char *value, Err *err) {
    return read_factor(value, &o->change.load_scale, err);
}

static int read_seed(Options *o, const char *value, Err *err) {
    return read_whole(value, 1, UINT64_MAX, &o->seed, err);
}

static int read_workers(Options *o, const char *value, Err *err) {
    uint64_t n = 1;
    if (read_whole(value, 1, 64, &n, err) < 0)
        return -1;
    o->workers = (int)n;
    return 0;
}

static int read_cpus(Options *o, const char *value, Err *err) {
    return cpus_read(value, &o->cpus, err);
}

static int read_out(Options *o, const char *value, Err *err) {
    o->out = value;
    return *value ? 0 : err_set(err, "a folder is missing");
}

static int read_extra(Options *o, ReportExtra which, const char *value,
                      Err *err) {
    o->extra[which] = value;
    return *value ? 0 : err_set(err, "a file is missing");
}

static int read_summary(Options *o, const char *value, Err *err) {
    return read_extra(o, EXTRA_SUMMARY, value, err);
}

static int read_flat(Options *o, const char *value, Err *err) {
    return read_extra(o, EXTRA_FLAT, value, err);
}

static int read_junit(Options *o, const char *value, Err *err) {
    return read_extra(o, EXTRA_JUNIT, value, err);
}

static int read_csv(Options *o, const char *value, Err *err) {
    return read_extra(o, EXTRA_CSV, value, err);
}

static int read_hgrm(Options *o, const char *value, Err *err) {
    return read_extra(o, EXTRA_HGRM, value, err);
}

static int read_save(Options *o, const char *value, Err *err) {
    (void)value, (void)err;
    o->save = true;
    return 0;
}

static int read_headless(Options *o, const char *value, Err *err) {
    (void)value, (void)err;
    o->headless = true;
    return 0;
}

static int read_progress(Options *o, const char *value, Err *err) {
    if (!text_equal(value, "json") && !text_equal(value, "text"))
        return err_set(err, "'%s' is neither text nor json", value);
    o->progress = text_equal(value, "json") ? PROGRESS_JSON : PROGRESS_TEXT;
    o->headless = true;
    return 0;
}

static int read_no_history(Options *o, const char *value, Err *err) {
    (void)value, (void)err;
    o->no_history = true;
    return 0;
}

static int read_allow_exec(Options *o, const char *value, Err *err) {
    (void)value, (void)err;
    o->allow_exec = true;
    return 0;
}

static int read_control(Options *o, const char *value, Err *err) {
    o->control = value;
    return *value ? 0 : err_set(err, "a path is missing");
}

static int read_no_control(Options *o, const char *value, Err *err) {
    (void)value, (void)err;
    o->no_control = true;
    return 0;
}

static int read_keys(Options *o, const char *value, Err *err) {
    (void)err;
    o->keys = value;
    return 0;
}

static int read_frames(Options *o, const char *value, Err *err) {
    (void)err;
    o->frames = value;
    return 0;
}

static int read_size(Options *o, const char *value, Err *err) {
    int used = 0;
    if (sscanf(value, "%dx%d%n", &o->cols, &o->rows, &used) != 2 ||
        value[used] || o->cols < 1 || o->rows < 1 || o->cols > 1000 ||
        o->rows > 1000)
        return err_set(err, "'%s' is not a size such as 120x38", value);
    return 0;
}

static int read_theme(Options *o, const char *value, Err *err) {
    o->theme = value;
    return config_theme(value, err) ? 0 : -1;
}

static int read_fps(Options *o, const char *value, Err *err) {
    return config_fps(value, &o->fps, err);
}

static int read_json(Options *o, const char *value, Err *err) {
    (void)value, (void)err;
    o->json = true;
    return 0;
}

static int read_every(Options *o, const char *value, Err *err) {
    if (units_read_duration(value, &o->every_ns, err) < 0)
        return -1;
    if (o->every_ns == 0)
        return err_set(err, "a duration above 0 is needed");
    return 0;
}

/* --- of the history ----------------------------------------------------- */

static int read_baseline(Options *o, const char *value, Err *err) {
    o->baseline = value;
    return *value ? 0 : err_set(err, "a file, a folder or a run is missing");
}

static int read_for_profile(Options *o, const char *value, Err *err) {
    o->for_profile = value;
    return *value ? 0 : err_set(err, "the name of a profile is missing");
}

static int read_since(Options *o, const char *value, Err *err) {
    o->since = value;
    return *value ? 0 : err_set(err, "a time such as 7d or 2026-11-22 is "
                                     "missing");
}

static int read_newest(Options *o, const char *value, Err *err) {
    return read_whole(value, 1, 1000000, &o->newest, err);
}

static int read_all(Options *o, const char *value, Err *err) {
    (void)value, (void)err;
    o->all = true;
    return 0;
}

#define OPTIONS_LISTS (OPTIONS_HISTORY | OPTIONS_BASELINE | OPTIONS_TREND)

/* Those that have a run's figures to write. */
#define OPTIONS_FILES (OPTIONS_RUNS | OPTIONS_DEMO | OPTIONS_OPEN)
static int read_prometheus(Options *o, const char *value, Err *err) {
    o->export.serves = true;
    return prom_address_read(value, &o->export.address, err);
}

static int read_push(Options *o, const char *value, Err *err) {
    PromPushUrl url;
    int rc = prom_push_url_read(value, "", &url, err);
    prom_push_url_close(&url);
    o->export.push = value;
    return rc;
}

static int read_push_every(Options *o, const char *value, Err *err) {
    if (units_read_duration(value, &o->export.push_every_ns, err) < 0)
        return -1;
    if (o->export.push_every_ns < NS_PER_S)
        return err_set(err, "at least 1s is needed");
    return 0;
}

static int read_export_style(Options *o, const char *value, Err *err) {
    o->export.style = prom_style_find(value);
    if (o->export.style == PROM_STYLE_COUNT)
        return err_set(err, "'%s' is neither onrush nor k6", value);
    return 0;
}

/* --- compare and gate --- */

static int read_md(Options *o, const char *value, Err *err) {
    (void)value, (void)err;
    o->md = true;
    return 0;
}

static int read_html(Options *o, const char *value, Err *err) {
    o->html = value;
    return *value ? 0 : err_set(err, "a file is missing");
}

static int read_limit(Options *o, const char *value, Err *err) {
    char *name = NULL;
    double share;
    if (o->limit_count == OPTIONS_SETS_MAX)
        return err_set(err, "at most %d are taken", OPTIONS_SETS_MAX);
    if (compare_limit_read(value, &name, &share, err) < 0)
        return -1;
    free(name);
    o->limits[o->limit_count++] = value;
    return 0;
}

static int read_confidence(Options *o, const char *value, Err *err) {
    double v = 0;
    if (units_read_share(value, &v, err) < 0)
        return -1;
    if (v < 0.5 || v > 0.9999)
        return err_set(err, "'%s' is not from 50%% to 99.99%%", value);
    o->confidence = v;
    return 0;
}

static int read_limits_profile(Options *o, const char *value, Err *err) {
    o->limits_profile = value;
    return *value ? 0 : err_set(err, "a profile is missing");
}

static int take_compared(Options *o, int count, char **words) {
    o->compared = words;
    o->compared_count = (size_t)count;
    if (count < 2)
        fprintf(stderr, "onrush compare: a base and at least one new result "
                        "are needed: folders of results, or JSON files\n");
    return count < 2 ? -1 : 0;
}

/* --- repeats ------------------------------------------------------------ */

static int read_repeat(Options *o, const char *value, Err *err) {
    uint64_t n = 0;
    int rc = read_whole(value, 1, 1000, &n, err);
    o->repeat = (size_t)n;
    return rc;
}

static int read_discard(Options *o, const char *value, Err *err) {
    uint64_t n = 0;
    int rc = read_whole(value, 0, 999, &n, err);
    o->discard = (size_t)n;
    return rc;
}

static int read_pause(Options *o, const char *value, Err *err) {
    return units_read_duration(value, &o->pause_ns, err);
}

/* --- gate --------------------------------------------------------------- */

static int read_md_file(Options *o, const char *value, Err *err) {
    o->md_file = value;
    return *value ? 0 : err_set(err, "a file is missing");
}

static int read_save_baseline(Options *o, const char *value, Err *err) {
    o->save_baseline = value;
    return *value ? 0 : err_set(err, "a file is missing");
}

static int read_require_baseline(Options *o, const char *value, Err *err) {
    (void)value, (void)err;
    o->require_baseline = true;
    return 0;
}

/* --- find and scale ------------------------------------------------------ */

static int read_until(Options *o, const char *value, Err *err) {
    (void)err;
    o->until = value;
    return 0;
}

static int read_at(Options *o, const char *value, Err *err) {
    (void)err;
    o->at = value;
    return 0;
}

/* Its unit is the plan's, whichever is written. */
static int read_a_level(const char *value, double *to, Err *err) {
    bool is_rate;
    if (units_read_level(value, to, &is_rate, err) < 0)
        return -1;
    return *to > 0 ? 0 : err_set(err, "a level above 0 is needed");
}

static int read_from(Options *o, const char *value, Err *err) {
    return read_a_level(value, &o->from, err);
}

static int read_max(Options *o, const char *value, Err *err) {
    return read_a_level(value, &o->max, err);
}

static int read_precision(Options *o, const char *value, Err *err) {
    double v = 0;
    if (units_read_share(value, &v, err) < 0)
        return -1;
    if (!(v > 0 && v < 1))
        return err_set(err, "'%s' is not between 0 and 100%%", value);
    o->precision = v;
    return 0;
}

static int read_whole_seconds(const char *value, uint64_t *to, Err *err) {
    if (units_read_duration(value, to, err) < 0)
        return -1;
    return *to >= NS_PER_S ? 0 : err_set(err, "at least a second is needed");
}

static int read_step(Options *o, const char *value, Err *err) {
    return read_whole_seconds(value, &o->step_ns, err);
}

static int read_find_limit(Options *o, const char *value, Err *err) {
    return read_whole_seconds(value, &o->find_limit_ns, err);
}

static const struct {
    const char *name, *arg, *help;
    ReadFn *read;
    unsigned sets;
    char letter;
} table[] = {
    { "url", "URL", "another target", read_url, OPTIONS_RUNS | OPTIONS_CHECK,
      0 },
    { "stages", "STAGES", "other stages: \"2m to 10, 5m at 10\"", read_stages,
      OPTIONS_RUNS | OPTIONS_CHECK, 0 },
    { "vus", "N", "with --duration: so many virtual users, no other stages",
      read_vus, OPTIONS_RUNS | OPTIONS_CHECK, 'u' },
    { "duration", "DURATION", "with --vus: for so long", read_duration,
      OPTIONS_RUNS | OPTIONS_CHECK, 'd' },
    { "set", "SECTION.KEY=VALUE",
      "another value for any key, such as target.timeout=5s", read_set,
      OPTIONS_RUNS | OPTIONS_CHECK, 0 },
    { "time-scale", "FACTOR", "stages take this many times as long",
      read_time_scale, OPTIONS_RUNS | OPTIONS_CHECK | OPTIONS_DEMO, 0 },
    { "load-scale", "FACTOR", "levels are this many times as high",
      read_load_scale, OPTIONS_RUNS | OPTIONS_CHECK | OPTIONS_DEMO, 0 },
    { "seed", "N", "the same random choices as another run", read_seed,
      OPTIONS_RUNS | OPTIONS_DEMO, 0 },
    { "workers", "N", "threads that make load; cores - 1 if not said",
      read_workers, OPTIONS_RUNS | OPTIONS_DEMO, 0 },
    { "cpus", "LIST",
      "pin the workers to these CPUs, such as 0,2-3; --workers: one for each",
      read_cpus, OPTIONS_RUNS, 0 },
    { "out", "DIR", "where results go; onrush-results/NAME-TIME if not said",
      read_out, OPTIONS_RUNS | OPTIONS_DEMO, 0 },
    { "output", "FILE", "write the summary there as well", read_summary,
      OPTIONS_FILES, 'o' },
    { "summary-export", "FILE", "write the summary in k6's older flat form",
      read_flat, OPTIONS_FILES, 0 },
    { "junit", "FILE", "write verdict, thresholds and checks as JUnit's XML",
      read_junit, OPTIONS_FILES, 0 },
    { "csv", "FILE", "write a row for each second", read_csv, OPTIONS_FILES,
      0 },
    { "hgrm", "FILE", "write the latency's distribution as HdrHistogram does",
      read_hgrm, OPTIONS_FILES, 0 },
    { "save", NULL,
      "write what is missing in the folder, of a run that was cut off",
      read_save, OPTIONS_OPEN, 0 },
    { "headless", NULL, "no console: a line a second of a run, then the summary",
      read_headless, OPTIONS_RUNS | OPTIONS_DEMO | OPTIONS_OPEN, 0 },
    { "progress", "text|json", "form of those lines; implies --headless",
      read_progress, OPTIONS_RUNS | OPTIONS_DEMO, 0 },
    { "allow-exec", NULL, "the profile may run commands (exec = ...)",
      read_allow_exec, OPTIONS_RUNS, 0 },
    { "keys", "FILE", "type these keys at the console: SECONDS KEY a line",
      read_keys, OPTIONS_RUNS | OPTIONS_DEMO | OPTIONS_OPEN, 0 },
    { "frames", "DIR", "write the console's frames there as text", read_frames,
      OPTIONS_RUNS | OPTIONS_DEMO | OPTIONS_OPEN, 0 },
    { "size", "COLSxROWS", "size of frames without a terminal; 120x38",
      read_size, OPTIONS_RUNS | OPTIONS_DEMO | OPTIONS_OPEN, 0 },
    { "theme", "NAME", "colours: auto, dark, light, colorblind, mono",
      read_theme, OPTIONS_RUNS | OPTIONS_DEMO | OPTIONS_OPEN, 0 },
    { "fps", "N", "frames a second at most, 1 to 30; 10, over ssh 4", read_fps,
      OPTIONS_RUNS | OPTIONS_DEMO | OPTIONS_OPEN, 0 },
    { "control", "PATH", "where onrush ctl finds this run", read_control,
      OPTIONS_RUNS | OPTIONS_DEMO, 0 },
    { "no-control", NULL, "no control socket", read_no_control,
      OPTIONS_RUNS | OPTIONS_DEMO, 0 },
    { "prometheus", "ADDRESS",
      "serve /metrics there: :9191 (this machine only), 0.0.0.0:9191",
      read_prometheus, OPTIONS_RUNS | OPTIONS_DEMO, 0 },
    { "push", "URL", "push the metrics to this Pushgateway", read_push,
      OPTIONS_RUNS | OPTIONS_DEMO, 0 },
    { "push-every", "DURATION", "so often, and once at the end; 10s",
      read_push_every, OPTIONS_RUNS | OPTIONS_DEMO, 0 },
    { "export-style", "onrush|k6", "names of the metrics of these two",
      read_export_style, OPTIONS_RUNS | OPTIONS_DEMO, 0 },
    { "no-history", NULL,
      "keep this run out of the history; demo's are never in it", read_no_history,
      OPTIONS_RUNS | OPTIONS_DEMO, 0 },
    { "json", NULL, "print the plan as JSON", read_json, OPTIONS_CHECK, 0 },
    { "baseline", "RUN", "hold it against this run, folder or summary",
      read_baseline, OPTIONS_RUN | OPTIONS_GATE, 0 },
    { "profile", "NAME", "only runs of this profile", read_for_profile,
      OPTIONS_LISTS, 0 },
    { "since", "WHEN", "only runs since then: 7d, 12h, 2026-11-22", read_since,
      OPTIONS_HISTORY | OPTIONS_TREND, 0 },
    { "limit", "N", "at most so many runs, the newest; 20", read_newest,
      OPTIONS_HISTORY, 0 },
    { "all", NULL, "also runs that were steered, cut off or generator-bound",
      read_all, OPTIONS_TREND, 0 },
    { "json", NULL, "print it as JSON", read_json,
      OPTIONS_HISTORY | OPTIONS_TREND, 0 },
    { "json", NULL, "print the comparison as JSON", read_json, OPTIONS_COMPARE,
      0 },
    { "md", NULL, "print it as Markdown, for a pull request", read_md,
      OPTIONS_COMPARE, 0 },
    { "html", "FILE", "write it there as a page", read_html, OPTIONS_COMPARE,
      0 },
    { "limit", "FIGURE=SHARE", "how much may be lost, such as 'p(95)=8%'; or off",
      read_limit, OPTIONS_COMPARE | OPTIONS_GATE, 0 },
    { "confidence", "SHARE", "of the intervals; 95%", read_confidence,
      OPTIONS_COMPARE | OPTIONS_GATE, 0 },
    { "profile", "FILE", "its [compare] has limits, too", read_limits_profile,
      OPTIONS_COMPARE, 0 },
    { "every", "DURATION", "with --json: the planned level at each time",
      read_every, OPTIONS_CHECK, 0 },
    { "repeat", "N", "so many runs one after the other, and what they agree on",
      read_repeat, OPTIONS_RUN | OPTIONS_GATE, 0 },
    { "discard", "N", "with --repeat: the first N only warm up", read_discard,
      OPTIONS_RUN | OPTIONS_GATE, 0 },
    { "pause", "DURATION", "with --repeat: wait so long between two runs",
      read_pause, OPTIONS_RUN | OPTIONS_GATE, 0 },
    { "md", "FILE", "write the Markdown there as well", read_md_file,
      OPTIONS_GATE, 0 },
    { "save-baseline", "FILE",
      "write the results there when nothing failed, as the next baseline",
      read_save_baseline, OPTIONS_GATE, 0 },
    { "require-baseline", NULL, "without a baseline nothing runs: exit 104",
      read_require_baseline, OPTIONS_GATE, 0 },
    { "until", "GOAL", "what must hold: \"p(95) < 500 and http_req_failed < 1%\"",
      read_until, OPTIONS_FIND, 0 },
    { "from", "LEVEL", "where the search begins; a 16th of the profile's peak",
      read_from, OPTIONS_FIND, 0 },
    { "max", "LEVEL", "where it ends at the latest; four times that peak",
      read_max, OPTIONS_FIND, 0 },
    { "precision", "SHARE", "how near the limit the result is to be; 5%",
      read_precision, OPTIONS_FIND, 0 },
    { "limit", "DURATION", "how long the search may take; 30m", read_find_limit,
      OPTIONS_FIND, 0 },
    { "at", "LIST", "multiples of the profile's peak; 0.25,0.5,0.75,1,1.25,1.5",
      read_at, OPTIONS_SCALE, 0 },
    { "step", "DURATION",
      "how long each level is measured; find: as needed, scale: 12s", read_step,
      OPTIONS_FIND | OPTIONS_SCALE, 0 },
    { "json", NULL, "print the result as JSON, all else on standard error",
      read_json, OPTIONS_FIND | OPTIONS_SCALE, 0 },
};
#define OPTION_COUNT (sizeof table / sizeof *table)

bool options_describe(size_t i, OptionInfo *out) {
    if (i >= OPTION_COUNT)
        return false;
    *out = (OptionInfo){ table[i].name, table[i].arg, table[i].help,
                         table[i].sets, table[i].letter };
    return true;
}

static void print_help(OptionSet set, const char *name) {
    printf("usage: onrush %s [OPTION...]%s\n\n", name,
           set == OPTIONS_DEMO       ? ""
           : set == OPTIONS_OPEN     ? " RESULT [RESULT]"
           : set == OPTIONS_HISTORY  ? " [show RUN | import DIR...]"
           : set == OPTIONS_BASELINE ? " [set RUN | show | clear | list]"
           : set == OPTIONS_TREND    ? " METRIC"
           : set == OPTIONS_COMPARE  ? " BASE NEW..."
                                     : " PROFILE");
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        char left[48];
        if (!(table[i].sets & set))
            continue;
        if (table[i].letter)
            snprintf(left, sizeof left, "-%c, --%s %s", table[i].letter,
                     table[i].name, table[i].arg);
        else
            snprintf(left, sizeof left, "    --%s %s", table[i].name,
                     table[i].arg ? table[i].arg : "");
        printf("  %-30s %s\n", left, table[i].help);
    }
}

static int wrong_option(OptionSet set, const char *command, const char *wrote) {
    const char *names[OPTION_COUNT];
    size_t n = 0;
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (table[i].sets & set)
            names[n++] = table[i].name;
    char name[64], clean[64];
    snprintf(name, sizeof name, "%s", wrote + strspn(wrote, "-"));
    name[strcspn(name, "=")] = '\0';
    text_clean(clean, sizeof clean, name, strlen(name));
    const char *near = text_nearest(clean, names, n);
    fprintf(stderr, "onrush %s: there is no option '%s'%s%s%s\n", command,
            clean, near ? "; did you mean '--" : "", near ? near : "",
            near ? "'?" : "; --help lists them");
    return -1;
}

static int take_results(Options *o, int count, char **words) {
    if (count == 0)
        fprintf(stderr, "onrush open: a result is missing: a folder such as "
                        "onrush-results/NAME-TIME\n");
    else if (count > 2)
        fprintf(stderr,
                "onrush open: two results at most, '%s' is too much\n",
                words[2]);
    else
        memcpy(o->results, words, (size_t)count * sizeof *words);
    return count == 1 || count == 2 ? 0 : -1;
}

/* What stands behind the options. */
static int take_operands(Options *o, OptionSet set, int count, char **words,
                         const char *command) {
    if (set == OPTIONS_OPEN)
        return take_results(o, count, words);
    if (set & OPTIONS_LISTS) {
        o->words = words;
        o->word_count = (size_t)count;
        return 0;
    }
    if (set == OPTIONS_COMPARE)
        return take_compared(o, count, words);
    if (set == OPTIONS_DEMO && count)
        fprintf(stderr, "onrush demo: takes no profile\n");
    if (set == OPTIONS_DEMO)
        return count ? -1 : 0;
    if (count == 0)
        fprintf(stderr,
                "onrush %s: a profile is missing; profiles/smoke.ini "
                "is one, onrush demo needs none\n",
                command);
    else if (count > 1)
        fprintf(stderr, "onrush %s: one profile at a time, '%s' is too much\n",
                command, words[1]);
    else
        o->profile = words[0];
    return count == 1 ? 0 : -1;
}

int options_read(Options *o, OptionSet set, int argc, char **argv) {
    struct option longs[OPTION_COUNT + 2] = { 0 };
    size_t n = 0;
    char shorts[] = ":ho:u:d:";
    *o = (Options){ 0 };
    o->change.sets = o->sets;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (!(table[i].sets & set))
            continue;
        longs[n++] =
            (struct option){ table[i].name,
                             table[i].arg ? required_argument : no_argument,
                             NULL, 256 + (int)i };
    }
    longs[n] = (struct option){ "help", no_argument, NULL, 'h' };
    opterr = 0;
    optind = 1;
    for (int c; (c = getopt_long(argc, argv, shorts, longs, NULL)) != -1;) {
        if (c == 'h') {
            print_help(set, argv[0]);
            return 1;
        }
        if (c == ':') {
            fprintf(stderr, "onrush %s: %s needs a value\n", argv[0],
                    argv[optind - 1]);
            return -1;
        }
        if (c == '?')
            return wrong_option(set, argv[0], argv[optind - 1]);
        Err err = { 0 };
        size_t i = OPTION_COUNT;
        for (size_t k = 0; k < OPTION_COUNT; k++)
            if (c == 256 + (int)k ||
                (c < 256 && c == table[k].letter && table[k].sets & set))
                i = k;
        if (i == OPTION_COUNT)
            return wrong_option(set, argv[0], (char[]){ '-', (char)c, '\0' });
        if (table[i].read(o, optarg, &err) < 0) {
            fprintf(stderr, "onrush %s: --%s: %s\n", argv[0], table[i].name,
                    err.text);
            return -1;
        }
    }
    if ((o->discard || o->pause_ns) && !o->repeat) {
        fprintf(stderr, "onrush %s: --discard and --pause are of several "
                        "runs: --repeat N is missing\n",
                argv[0]);
        return -1;
    }
    if (o->discard && o->discard >= o->repeat) {
        fprintf(stderr, "onrush %s: --discard %zu leaves no run of --repeat "
                        "%zu\n",
                argv[0], o->discard, o->repeat);
        return -1;
    }
    return take_operands(o, set, argc - optind, argv + optind, argv[0]);
}

int options_read_profile(const Options *o, Profile *p, const char *after) {
    Diags d;
    diags_init(&d, o->profile);
    int rc = profile_read(p, o->profile, &o->change, &d);
    diags_print(&d, stderr);
    if (rc < 0)
        fprintf(stderr, "%zu mistake%s in %s%s\n", d.count,
                d.count == 1 ? "" : "s", o->profile, after);
    diags_close(&d);
    return rc;
}
