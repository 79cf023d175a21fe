/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "stats/alert.h"

static const char *const severities[] = { "warning", "critical" };
static const char *const actions[] = { "warn", "stop", "hold", "back-off" };

#define COUNT(a) (sizeof(a) / sizeof *(a))

const char *alert_severity_name(AlertSeverity s) {
    return severities[s];
}

const char *alert_action_name(AlertAction a) {
    return actions[a];
}

/* The time line has these. */
static const struct {
    MetricId id;
    bool by_series;
} watched[] = {
    { METRIC_HTTP_REQ_DURATION, true }, { METRIC_RESPONSE_TIME, false },
    { METRIC_HTTP_REQ_FAILED, true },   { METRIC_HTTP_REQS, true },
    { METRIC_DROPPED_ITERATIONS, false },
};

static int check_watched(const Condition *c, Err *err) {
    for (size_t i = 0; i < COUNT(watched); i++)
        if (c->metric.id == watched[i].id && c->of && c->of->part)
            return err_at(err, (int)strlen(c->metric.info.name) + 2,
                          "what alerts watch is kept over time for all answers "
                          "together; write it without status and "
                          "expected_response");
        else if (c->metric.id == watched[i].id)
            return c->of && !watched[i].by_series
                       ? err_at(err, (int)strlen(c->metric.info.name) + 2,
                                "%s is kept over time for all requests "
                                "together; write it without {}",
                                c->metric.info.name)
                       : 0;
    Text all = { 0 };
    for (size_t i = 0; i < COUNT(watched); i++)
        text_addf(&all, "%s%s", i ? ", " : "",
                  metric_info[watched[i].id].name);
    err_at(err, 1, "%s is not kept over time; alerts watch %s",
           c->metric.info.name, all.bytes);
    text_close(&all);
    return -1;
}

static int read_metric(Lexer *l, Alert *a, Arena *arena,
                       const MetricTable *table, Err *err) {
    int column = lexer_column(l);
    if (l->now.kind != TOKEN_NAME)
        return err_at(err, column,
                      "a metric is missing here: http_req_duration p(95) > "
                      "500 for 5m, warning");
    if (condition_read_key(&a->condition, arena, l->now.at, l->now.length,
                           table, err) < 0 ||
        check_watched(&a->condition, err) < 0) {
        if (err)
            err->column += column - 1;
        return -1;
    }
    return lexer_next(l, err);
}

static int read_window(Lexer *l, Alert *a, Err *err) {
    if (!token_is(&l->now, "for"))
        return err_at(err, lexer_column(l),
                      "for how long? write for and a duration: for 5m");
    if (lexer_next(l, err) < 0)
        return -1;
    const Token *t = &l->now;
    if (t->kind != TOKEN_NUMBER || !t->is_time)
        return err_at(err, lexer_column(l),
                      "for needs a duration: for 10s, for 5m");
    double ns = t->number * 1e6;
    if (ns < (double)NS_PER_S || ns > (double)ALERT_LONGEST_NS)
        return err_at(err, lexer_column(l),
                      "an alert looks back 1s at least and 7 days at most");
    a->window_ns = (uint64_t)(ns + 0.5);
    a->window_at = (size_t)(t->at - l->text);
    a->window_length = t->length;
    if (a->window_ns % NS_PER_S)
        return err_at(err, lexer_column(l),
                      "an alert looks back whole seconds");
    return lexer_next(l, err);
}

/* Of names, the one that stands now; its index to *out. */
static int read_word(Lexer *l, const char *const *names, size_t count,
                     const char *what, size_t *out, Err *err) {
    for (size_t i = 0; i < count; i++)
        if (token_is(&l->now, names[i])) {
            *out = i;
            return lexer_next(l, err);
        }
    char wrote[64];
    text_clean(wrote, sizeof wrote, l->now.at, l->now.length);
    const char *near =
        l->now.kind == TOKEN_NAME ? text_nearest(wrote, names, count) : NULL;
    Text all = { 0 };
    for (size_t i = 0; i < count && !near; i++)
        text_addf(&all, "%s%s",
                  i == 0           ? ": "
                  : i + 1 == count ? " or "
                                   : ", ",
                  names[i]);
    if (near)
        text_addf(&all, "; did you mean '%s'?", near);
    err_at(err, lexer_column(l), "%s is missing here%s", what, all.bytes);
    text_close(&all);
    return -1;
}

static bool is_end_of_url(char c) {
    return !c || c == ',' || isspace((unsigned char)c);
}

/* Of a URL that may hold secrets: "https://host:8443", and "/..." for what
 * stands behind it. */
static const char *shown_of(Arena *arena, const char *url) {
    Text shown = { 0 };
    const char *host = strstr(url, "://") + 3;
    const char *end = host + strcspn(host, "/?#");
    for (const char *c = host; c < end; c++)
        host = *c == '@' ? c + 1 : host;
    text_add(&shown, url, (size_t)(strstr(url, "://") + 3 - url));
    text_add(&shown, host, (size_t)(end - host));
    text_adds(&shown, end[0] && end[1] ? "/..." : "");
    const char *kept = arena_dup_text(arena, shown.bytes);
    text_close(&shown);
    return kept;
}

/* Behind the word; its place in the text to *at. */
static int read_webhook(Lexer *l, Alert *a, Arena *arena, const char **at,
                        Err *err) {
    const char *from = l->at, *end;
    while (*from == ' ' || *from == '\t')
        from++;
    for (end = from; !is_end_of_url(*end); end++)
        ;
    const char *url = arena_dup_bytes(arena, from, (size_t)(end - from));
    bool is_http = text_starts(url, "http://") || text_starts(url, "https://");
    const char *host = is_http ? strstr(url, "://") + 3 : "";
    if (!is_http || strcspn(host, "/?#") == 0)
        return err_at(err, lexer_column_of(l, from),
                      "a webhook is a URL of http or https: webhook "
                      "https://example.org/hook");
    if (a->webhook)
        return err_at(err, lexer_column(l), "an alert has one webhook");
    a->webhook = url;
    a->webhook_shown = shown_of(arena, url);
    *at = from;
    l->at = end;
    return lexer_next(l, err);
}

/* Behind the word, the rest of the line. */
static int read_exec(Lexer *l, Alert *a, Arena *arena, Err *err) {
    char *rest = arena_dup_text(arena, l->at);
    a->exec = text_trim(rest);
    if (!*a->exec || *a->exec == '=') /* as a request has it */
        return err_at(err, lexer_column(l) + (int)l->now.length,
                      "which command? exec ./tell.sh");
    l->at += strlen(l->at);
    return lexer_next(l, err);
}

/* One of several; url_at: as read_webhook has it. */
static int read_action(Lexer *l, Alert *a, Arena *arena, bool *has_action,
                       const char **url_at, Err *err) {
    size_t found = 0;
    if (lexer_next(l, err) < 0)
        return -1;
    if (token_is(&l->now, "webhook"))
        return read_webhook(l, a, arena, url_at, err);
    if (token_is(&l->now, "exec"))
        return read_exec(l, a, arena, err);
    if (*has_action && l->now.kind == TOKEN_NAME)
        return err_at(err, lexer_column(l),
                      "of warn, stop, hold and back-off an alert has one");
    if (read_word(l, actions, COUNT(actions), "what to do", &found, err) < 0)
        return -1;
    a->action = (AlertAction)found;
    *has_action = true;
    return 0;
}

static int read_consequences(Lexer *l, Alert *a, Arena *arena,
                             const char **url_at, Err *err) {
    size_t found = 0;
    bool has_action = false;
    if (l->now.kind != TOKEN_COMMA)
        return err_at(err, lexer_column(l),
                      "how severe is it? write , warning or , critical");
    if (lexer_next(l, err) < 0 ||
        read_word(l, severities, COUNT(severities), "a severity", &found,
                  err) < 0)
        return -1;
    a->severity = (AlertSeverity)found;
    while (l->now.kind == TOKEN_COMMA)
        if (read_action(l, a, arena, &has_action, url_at, err) < 0)
            return -1;
    if (l->now.kind == TOKEN_END)
        return 0;
    return err_at(err, lexer_column(l),
                  "the alert should end here, or go on with a comma and warn, "
                  "stop, hold, back-off, webhook URL or exec COMMAND");
}

/* Without what a URL may keep secret. */
static const char *text_of(const Alert *a, Arena *arena, const char *text,
                           const char *url_at) {
    if (!url_at)
        return arena_dup_text(arena, text);
    Text shown = { 0 };
    text_add(&shown, text, (size_t)(url_at - text));
    text_adds(&shown, a->webhook_shown);
    text_adds(&shown, url_at + strlen(a->webhook));
    const char *kept = arena_dup_text(arena, shown.bytes);
    text_close(&shown);
    return kept;
}

int alert_read(AlertList *list, Arena *arena, const char *name,
               const char *text, const MetricTable *table, Err *err) {
    Lexer l;
    Alert a = { 0 };
    const char *url_at = NULL;
    if (lexer_start(&l, text, err) < 0 ||
        read_metric(&l, &a, arena, table, err) < 0 ||
        condition_read(&a.condition, arena, &l, err) < 0 ||
        read_window(&l, &a, err) < 0 ||
        read_consequences(&l, &a, arena, &url_at, err) < 0)
        return -1;
    a.name = arena_dup_text(arena, name);
    a.text = text_of(&a, arena, text, url_at);
    mem_grow(list->items, list->count, list->cap);
    list->items[list->count++] = a;
    return 0;
}

void alert_list_close(AlertList *list) {
    free(list->items);
    *list = (AlertList){ 0 };
}
