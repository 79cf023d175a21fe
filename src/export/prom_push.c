/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "export/prom_push.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/secret.h"

#define PUSH_MS 5000
#define LAST_MS 3000
#define TROUBLE_MAX 300

struct PromPush {
    PromPushOptions o;
    PromPushUrl to;
    Source *source;
    uv_loop_t *loop;
    uv_timer_t timer;
    uv_work_t work;
    CURL *easy;
    struct curl_slist *headers;
    Text body; /* the thread's while is_busy */
    Text answer;
    char error[CURL_ERROR_SIZE];
    char trouble[TROUBLE_MAX]; /* "": the push went well */
    Text last;                 /* waits for the one that is under way */
    atomic_bool is_given_up;   /* the one that is under way */
    bool is_busy, has_last, is_closing, is_timer_closed;
    bool was_told; /* that it fails */
};

/* --- the URL ------------------------------------------------------------ */

static char *url_part(CURLU *u, CURLUPart part, unsigned flags) {
    char *text = NULL, *copy = NULL;
    if (curl_url_get(u, part, &text, flags) == CURLUE_OK)
        copy = mem_dup_text(text);
    curl_free(text);
    return copy;
}

static int set_path(CURLU *u, const char *hostname) {
    char *path = url_part(u, CURLUPART_PATH, 0);
    bool has_path = path && *path && !text_equal(path, "/");
    free(path);
    if (has_path)
        return 0;
    Text t = { 0 };
    char *escaped = curl_easy_escape(NULL, hostname, 0);
    text_addf(&t, "/metrics/job/onrush/instance/%s",
              escaped && *escaped ? escaped : "unknown");
    CURLUcode code = curl_url_set(u, CURLUPART_PATH, t.bytes, 0);
    curl_free(escaped);
    text_close(&t);
    return code == CURLUE_OK ? 0 : -1;
}

static int take_apart(CURLU *u, const char *text, const char *hostname,
                      PromPushUrl *to) {
    if (curl_url_set(u, CURLUPART_URL, text, 0) != CURLUE_OK)
        return -1;
    char *scheme = url_part(u, CURLUPART_SCHEME, 0);
    bool is_http = scheme && (text_equal(scheme, "http") ||
                              text_equal(scheme, "https"));
    free(scheme);
    if (!is_http || set_path(u, hostname) < 0)
        return -1;
    to->user = url_part(u, CURLUPART_USER, CURLU_URLDECODE);
    to->password = url_part(u, CURLUPART_PASSWORD, CURLU_URLDECODE);
    curl_url_set(u, CURLUPART_USER, NULL, 0);
    curl_url_set(u, CURLUPART_PASSWORD, NULL, 0);
    curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0);
    to->url = url_part(u, CURLUPART_URL, 0);
    return to->url ? 0 : -1;
}

int prom_push_url_read(const char *text, const char *hostname,
                       PromPushUrl *to, Err *err) {
    *to = (PromPushUrl){ 0 };
    CURLU *u = curl_url();
    int rc = u ? take_apart(u, text, hostname, to) : -1;
    curl_url_cleanup(u);
    if (rc < 0)
        err_set(err, "this is no URL of a Pushgateway such as "
                     "http://gateway:9091 or https://USER:PASSWORD@gateway");
    return rc;
}

void prom_push_url_close(PromPushUrl *u) {
    free(u->url);
    free(u->user);
    free(u->password);
    *u = (PromPushUrl){ 0 };
}

/* --- one push, on the pool's thread ------------------------------------- */

static size_t on_answer(char *bytes, size_t one, size_t n, void *user) {
    PromPush *p = user;
    (void)one;
    if (p->answer.length < TROUBLE_MAX)
        text_add(&p->answer, bytes, n);
    return n;
}

static bool is_urgent(const PromPush *p) {
    return p->o.is_urgent && atomic_load(p->o.is_urgent);
}

static int on_progress(void *user, curl_off_t a, curl_off_t b, curl_off_t c,
                       curl_off_t d) {
    PromPush *p = user;
    (void)a, (void)b, (void)c, (void)d;
    return atomic_load(&p->is_given_up) || is_urgent(p) ? 1 : 0;
}

static void say_trouble(PromPush *p, CURLcode code) {
    long status = 0;
    char raw[TROUBLE_MAX];
    curl_easy_getinfo(p->easy, CURLINFO_RESPONSE_CODE, &status);
    p->trouble[0] = '\0';
    if (code == CURLE_OPERATION_TIMEDOUT)
        snprintf(raw, sizeof raw, "no answer in time");
    else if (code != CURLE_OK)
        snprintf(raw, sizeof raw, "%s",
                 p->error[0] ? p->error : curl_easy_strerror(code));
    else if (status < 200 || status > 299)
        snprintf(raw, sizeof raw, "its answer is %ld%s%.*s", status,
                 p->answer.length ? ": " : "", 160,
                 p->answer.length ? text_trim(p->answer.bytes) : "");
    else
        return;
    text_clean(p->trouble, sizeof p->trouble, raw, strlen(raw));
}

static void on_work(uv_work_t *work) {
    PromPush *p = work->data;
    text_clear(&p->answer);
    p->error[0] = '\0';
    curl_easy_setopt(p->easy, CURLOPT_POSTFIELDS, p->body.bytes);
    curl_easy_setopt(p->easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     (curl_off_t)p->body.length);
    say_trouble(p, curl_easy_perform(p->easy));
}

/* --- when --------------------------------------------------------------- */

static void free_if_over(PromPush *p) {
    if (!p->is_closing || !p->is_timer_closed || p->is_busy)
        return;
    curl_easy_cleanup(p->easy);
    curl_slist_free_all(p->headers);
    prom_push_url_close(&p->to);
    text_close(&p->body);
    text_close(&p->answer);
    text_close(&p->last);
    free(p);
}

/* A gateway's answer may repeat what it was asked. */
static void mask(const PromPushUrl *to, Text *text) {
    Secrets own = { 0 };
    Text login = { 0 };
    const char *query = strchr(to->url, '?');
    text_addf(&login, "%s:%s", to->user ? to->user : "",
              to->password ? to->password : "");
    secrets_add_login(&own, login.bytes, login.length);
    if (query)
        secrets_add(&own, query + 1, strlen(query + 1));
    secrets_add_places(&own, to->url, strlen(to->url));
    text->length = secrets_mask(&own, text->bytes, text->length, true);
    text->bytes[text->length] = '\0';
    secrets_close(&own);
    text_close(&login);
}

static void tell(PromPush *p) {
    bool fails = p->trouble[0] != '\0';
    Text t = { 0 };
    if (fails == p->was_told || atomic_load(&p->is_given_up) || is_urgent(p))
        return;
    p->was_told = fails;
    if (fails)
        text_addf(&t, "metrics were not pushed to %.*s: %s",
                  (int)strcspn(p->to.url, "?"), p->to.url,
                  p->trouble);
    else
        text_addf(&t, "metrics are pushed to %.*s again",
                  (int)strcspn(p->to.url, "?"), p->to.url);
    mask(&p->to, &t);
    p->o.on_news(p->o.data, t.bytes);
    text_close(&t);
}

static void on_pushed(uv_work_t *work, int status);

static void begin(PromPush *p) {
    p->is_busy = true;
    atomic_store(&p->is_given_up, false);
    uv_queue_work(p->loop, &p->work, on_work, on_pushed);
}

static void begin_last(PromPush *p) {
    Text empty = p->body;
    p->has_last = false;
    p->body = p->last;
    p->last = empty;
    curl_easy_setopt(p->easy, CURLOPT_TIMEOUT_MS, (long)LAST_MS);
    begin(p);
}

static void on_pushed(uv_work_t *work, int status) {
    PromPush *p = work->data;
    (void)status;
    p->is_busy = false;
    tell(p);
    if (p->has_last && !is_urgent(p))
        begin_last(p);
    free_if_over(p);
}

static void render(PromPush *p, Text *to) {
    text_clear(to);
    prom_text(source_snapshot(p->source), p->source->info, p->o.style,
              PROM_TEXT, to);
}

static void on_time(uv_timer_t *timer) {
    PromPush *p = timer->data;
    if (p->is_busy)
        return;
    render(p, &p->body);
    begin(p);
}

void prom_push_finish(PromPush *p) {
    uv_timer_stop(&p->timer);
    render(p, &p->last);
    p->has_last = true;
    if (p->is_busy)
        atomic_store(&p->is_given_up, true);
    else if (!is_urgent(p))
        begin_last(p);
}

/* --- life --------------------------------------------------------------- */

static void set_up(PromPush *p) {
    CURL *e = p->easy;
    p->headers = curl_slist_append(
        NULL, "Content-Type: text/plain; version=0.0.4; charset=utf-8");
    p->headers = curl_slist_append(p->headers, "Expect:");
    curl_easy_setopt(e, CURLOPT_URL, p->to.url);
    curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, "PUT");
    curl_easy_setopt(e, CURLOPT_HTTPHEADER, p->headers);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_answer);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, p);
    curl_easy_setopt(e, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(e, CURLOPT_XFERINFODATA, p);
    curl_easy_setopt(e, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, p->error);
    curl_easy_setopt(e, CURLOPT_USERAGENT, "onrush/" PACKAGE_VERSION);
    curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)PUSH_MS);
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_PROXY, "");
    if (p->to.user || p->to.password) {
        curl_easy_setopt(e, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        curl_easy_setopt(e, CURLOPT_USERNAME, p->to.user ? p->to.user : "");
        curl_easy_setopt(e, CURLOPT_PASSWORD,
                         p->to.password ? p->to.password : "");
    }
#if LIBCURL_VERSION_NUM >= 0x075700
    /* A name server that is silent must not keep the program from ending. */
    curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L);
#endif
}

PromPush *prom_push_new(uv_loop_t *loop, Source *source,
                        const PromPushOptions *options, Err *err) {
    char hostname[256] = "";
    PromPushUrl to;
    gethostname(hostname, sizeof hostname - 1);
    if (prom_push_url_read(options->url, hostname, &to, err) < 0) {
        prom_push_url_close(&to);
        return NULL;
    }
    PromPush *p = mem_new(PromPush);
    p->o = *options;
    p->o.url = NULL;
    p->to = to;
    p->source = source;
    p->loop = loop;
    p->work.data = p->timer.data = p;
    p->easy = curl_easy_init();
    if (!p->easy) {
        err_set(err, "libcurl could not be started: out of memory, or of open files");
        p->is_closing = p->is_timer_closed = true;
        free_if_over(p);
        return NULL;
    }
    set_up(p);
    uint64_t every_ms = p->o.every_ns / NS_PER_MS;
    uv_timer_init(loop, &p->timer);
    uv_timer_start(&p->timer, on_time, every_ms, every_ms);
    uv_unref((uv_handle_t *)&p->timer);
    return p;
}

static void on_timer_closed(uv_handle_t *h) {
    PromPush *p = h->data;
    p->is_timer_closed = true;
    free_if_over(p);
}

void prom_push_close(PromPush *p) {
    if (!p)
        return;
    p->is_closing = true;
    uv_close((uv_handle_t *)&p->timer, on_timer_closed);
}
