/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/bell.h"

#include <curl/curl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

typedef struct Call {
    char *url, *shown, *who;
    Text body;
} Call;

struct Bell {
    uv_loop_t *loop;
    uv_work_t work;
    char *run;
    Wheel *wheel; /* NULL: closed */
    Events *events;
    Call waiting[BELL_WAITING_MAX];
    size_t count;
    uint64_t run_ns;    /* for the log */
    uint64_t closed_ns; /* clock; 0: it is not */
    bool is_busy;
    const atomic_bool *is_urgent;
    /* the thread pool's, while is_busy */
    Call now;
    long most_ms; /* that it may take */
    char trouble[CURL_ERROR_SIZE + 32]; /* "": none */
};

/* --- what is told ------------------------------------------------------- */

static void put_text(Text *to, const char *key, const char *value) {
    size_t room = strlen(value) * 3 + 1;
    char *clean = mem_alloc(room, 1);
    text_clean(clean, room, value, strlen(value));
    text_addf(to, "\"%s\":\"", key);
    for (const char *s = clean; *s; s++) {
        if (*s == '"' || *s == '\\')
            text_adds(to, "\\");
        text_add(to, s, 1);
    }
    text_adds(to, "\"");
    free(clean);
}

static void put_number(Text *to, const char *key, double value) {
    if (isfinite(value))
        text_addf(to, ",\"%s\":%.15g", key, value);
    else
        text_addf(to, ",\"%s\":null", key);
}

static const char *state_of(const AlertChange *c) {
    return c->is_firing ? "firing" : "quiet";
}

void bell_print(const AlertChange *c, const char *run, Text *to) {
    const Alert *a = c->alert;
    text_adds(to, "{");
    put_text(to, "alert", a->name);
    text_adds(to, ",");
    put_text(to, "severity", alert_severity_name(a->severity));
    text_adds(to, ",");
    put_text(to, "state", state_of(c));
    put_number(to, "value", c->value);
    put_number(to, "limit", a->condition.limit);
    text_adds(to, ",");
    put_text(to, "text", a->text);
    text_adds(to, ",");
    put_text(to, "run", run);
    put_number(to, "at_ms", (double)c->at_ns / 1e6);
    text_adds(to, "}\n");
}

static void start_command(Bell *b, const AlertChange *c) {
    const Alert *a = c->alert;
    Text text[5] = { 0 };
    const char *env[6];
    char who[EVENT_TEXT_MAX];
    text_addf(&text[0], "ONRUSH_ALERT=%s", a->name);
    text_addf(&text[1], "ONRUSH_SEVERITY=%s", alert_severity_name(a->severity));
    text_addf(&text[2], "ONRUSH_STATE=%s", state_of(c));
    text_adds(&text[3], "ONRUSH_VALUE=");
    if (isfinite(c->value))
        text_addf(&text[3], "%.15g", c->value);
    text_addf(&text[4], "ONRUSH_LIMIT=%.15g", a->condition.limit);
    for (size_t i = 0; i < 5; i++)
        env[i] = text[i].bytes;
    env[5] = NULL;
    snprintf(who, sizeof who, "alert %s", a->name);
    events_start(b->events, who, a->words, a->words_length, env);
    for (size_t i = 0; i < 5; i++)
        text_close(&text[i]);
}

/* --- on the thread pool ------------------------------------------------- */

static size_t drop(char *bytes, size_t size, size_t n, void *user) {
    (void)bytes, (void)user;
    return size * n;
}

static bool is_urgent(const Bell *b) {
    return b->is_urgent && atomic_load(b->is_urgent);
}

static int on_progress(void *user, curl_off_t a, curl_off_t b, curl_off_t c,
                       curl_off_t d) {
    (void)a, (void)b, (void)c, (void)d;
    return is_urgent(user) ? 1 : 0;
}

static void on_work(uv_work_t *work) {
    Bell *b = work->data;
    long status = 0;
    char why[CURL_ERROR_SIZE] = "";
    CURL *curl = curl_easy_init();
    struct curl_slist *headers =
        curl_slist_append(NULL, "Content-Type: application/json");
    headers = curl_slist_append(headers, "Expect:");
    curl_easy_setopt(curl, CURLOPT_URL, b->now.url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, b->most_ms);
#if LIBCURL_VERSION_NUM >= 0x075700
    /* A name server that is silent must not keep the program from ending. */
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
#endif
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "onrush");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, b->now.body.bytes);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)b->now.body.length);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, b);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    CURLcode rc = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    b->trouble[0] = '\0';
    if (rc != CURLE_OK)
        snprintf(b->trouble, sizeof b->trouble, "%s",
                 why[0] ? why : curl_easy_strerror(rc));
    else if (status < 200 || status > 299)
        snprintf(b->trouble, sizeof b->trouble, "it answered %ld", status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
}

/* --- on the main thread again ------------------------------------------- */

static void call_close(Call *c) {
    free(c->url);
    free(c->shown);
    free(c->who);
    text_close(&c->body);
    *c = (Call){ 0 };
}

static void complain(Bell *b, const Call *c, const char *why) {
    if (b->wheel)
        event_add(&b->wheel->log, b->run_ns, EVENT_ALERT,
                  "%s: webhook %s was not told: %s", c->who, c->shown, why);
}

static void on_sent(uv_work_t *work, int status);

static long time_left_ms(const Bell *b) {
    uint64_t since_ns = b->closed_ns ? clock_now() - b->closed_ns : 0;
    return BELL_TIMEOUT_S * 1000L - (long)(since_ns / NS_PER_MS);
}

static void begin(Bell *b) {
    long most_ms = time_left_ms(b);
    if (b->is_busy || b->count == 0 || most_ms <= 0 || is_urgent(b))
        return;
    b->most_ms = most_ms;
    b->now = b->waiting[0];
    memmove(b->waiting, b->waiting + 1, --b->count * sizeof *b->waiting);
    b->is_busy = true;
    uv_queue_work(b->loop, &b->work, on_work, on_sent);
}

static void bell_free(Bell *b) {
    for (size_t i = 0; i < b->count; i++)
        call_close(&b->waiting[i]);
    free(b->run);
    free(b);
}

static void on_sent(uv_work_t *work, int status) {
    Bell *b = work->data;
    (void)status; /* it is never cancelled */
    if (b->trouble[0])
        complain(b, &b->now, b->trouble);
    call_close(&b->now);
    b->is_busy = false;
    begin(b);
    if (b->closed_ns && !b->is_busy)
        bell_free(b);
}

static void call_webhook(Bell *b, const AlertChange *c) {
    Call call = { .url = mem_dup_text(c->alert->webhook),
                  .shown = mem_dup_text(c->alert->webhook_shown),
                  .who = mem_dup_text(c->alert->name) };
    if (b->count == BELL_WAITING_MAX) {
        complain(b, &call, "too many wait already");
        call_close(&call);
        return;
    }
    bell_print(c, b->run, &call.body);
    b->waiting[b->count++] = call;
    begin(b);
}

Bell *bell_new(uv_loop_t *loop, const char *run, Wheel *w, Events *e,
               const atomic_bool *is_urgent) {
    Bell *b = mem_new(Bell);
    b->loop = loop;
    b->work.data = b;
    b->run = mem_dup_text(run);
    b->wheel = w;
    b->events = e;
    b->is_urgent = is_urgent;
    return b;
}

void bell_advance(Bell *b, uint64_t run_ns) {
    b->run_ns = run_ns;
}

void bell_ring(Bell *b, const AlertChange *c) {
    if (c->alert->webhook)
        call_webhook(b, c);
    if (c->alert->words)
        start_command(b, c);
}

void bell_close(Bell *b) {
    if (!b)
        return;
    b->wheel = NULL;
    b->events = NULL;
    b->closed_ns = clock_now();
    if (!b->is_busy)
        bell_free(b);
}
