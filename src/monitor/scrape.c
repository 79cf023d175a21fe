/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "monitor/scrape.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/units.h"

#define POLL_MS 1000
#define TROUBLE_MAX 400

typedef struct Asking {
    CURL *easy;
    Text body; /* its memory is used again */
    char error[CURL_ERROR_SIZE];
    bool is_too_large, is_under_way;
} Asking;

struct Scraper {
    const MonitorSpec *spec;
    uint64_t limit_ns;
    const atomic_bool *stop;
    CURLM *multi;
    struct curl_slist *headers;
    Asking *asking; /* by source */
};

/* --- one source --------------------------------------------------------- */

static size_t on_body(char *bytes, size_t one, size_t n, void *user) {
    Asking *a = user;
    (void)one;
    if (n > SCRAPE_BODY_MAX - a->body.length) {
        a->is_too_large = true;
        return 0;
    }
    text_add(&a->body, bytes, n);
    return n;
}

static void set_protocols(CURL *e) {
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(e, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
    /* A name server that is silent must not keep the program from ending. */
    curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L);
#endif
}

static void set_up(const Scraper *s, size_t source) {
    Asking *a = &s->asking[source];
    CURL *e = a->easy;
    curl_easy_setopt(e, CURLOPT_URL, s->spec->sources[source].url);
    curl_easy_setopt(e, CURLOPT_PRIVATE, a);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, a);
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, a->error);
    curl_easy_setopt(e, CURLOPT_HTTPHEADER, s->headers);
    curl_easy_setopt(e, CURLOPT_USERAGENT, "onrush/" PACKAGE_VERSION);
    curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)(s->limit_ns / NS_PER_MS));
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_PROXY, "");
    curl_easy_setopt(e, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(e, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    set_protocols(e);
}

/* Why there is nothing to read; NULL: there is. */
static const char *trouble_of(const Scraper *s, const Asking *a, CURLcode code,
                              char to[TROUBLE_MAX]) {
    long status = 0;
    UnitsText limit;
    curl_easy_getinfo(a->easy, CURLINFO_RESPONSE_CODE, &status);
    if (a->is_too_large)
        snprintf(to, TROUBLE_MAX, "the answer is larger than %zu MiB",
                 SCRAPE_BODY_MAX >> 20);
    else if (code == CURLE_OPERATION_TIMEDOUT)
        snprintf(to, TROUBLE_MAX, "no answer within %s",
                 units_duration(limit, s->limit_ns));
    else if (code != CURLE_OK)
        snprintf(to, TROUBLE_MAX, "%s",
                 a->error[0] ? a->error : curl_easy_strerror(code));
    else if (status != 200)
        snprintf(to, TROUBLE_MAX, "the answer's status is %ld", status);
    else
        return NULL;
    return to;
}

/* --- all of them -------------------------------------------------------- */

static void begin(Scraper *s) {
    for (size_t i = 0; i < s->spec->source_count; i++) {
        Asking *a = &s->asking[i];
        text_clear(&a->body);
        a->error[0] = '\0';
        a->is_too_large = false;
        a->is_under_way = curl_multi_add_handle(s->multi, a->easy) == CURLM_OK;
    }
}

static void hear(Scraper *s, ScrapeFn *done, void *data) {
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(s->multi, &left))) {
        Asking *a = NULL;
        char text[TROUBLE_MAX];
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &a);
        const char *trouble = trouble_of(s, a, code, text);
        curl_multi_remove_handle(s->multi, a->easy);
        a->is_under_way = false;
        done(data, (size_t)(a - s->asking), a->body.bytes, a->body.length,
             trouble);
    }
}

/* curl's own time limit ends each; it is only bounded once more here. */
void scraper_look(Scraper *s, ScrapeFn *done, void *data) {
    uint64_t until = clock_now() + s->limit_ns + NS_PER_S;
    int running = 1;
    begin(s);
    while (running && !atomic_load(s->stop) && clock_now() < until) {
        if (curl_multi_perform(s->multi, &running) != CURLM_OK)
            break;
        hear(s, done, data);
        if (running)
            curl_multi_poll(s->multi, NULL, 0, POLL_MS, NULL);
    }
    for (size_t i = 0; i < s->spec->source_count; i++) {
        Asking *a = &s->asking[i];
        if (!a->is_under_way)
            continue;
        curl_multi_remove_handle(s->multi, a->easy);
        a->is_under_way = false;
        if (!atomic_load(s->stop))
            done(data, i, NULL, 0, "no answer");
    }
}

void scraper_wake(Scraper *s) {
    curl_multi_wakeup(s->multi);
}

/* --- life --------------------------------------------------------------- */

Scraper *scraper_new(const MonitorSpec *spec, uint64_t limit_ns,
                     const atomic_bool *stop, Err *err) {
    Scraper *s = mem_new(Scraper);
    *s = (Scraper){ .spec = spec, .limit_ns = limit_ns, .stop = stop };
    s->asking = mem_alloc(spec->source_count, sizeof *s->asking);
    s->headers =
        curl_slist_append(NULL, "Accept: text/plain;version=0.0.4, */*;q=0.1");
    s->multi = curl_multi_init();
    bool is_whole = s->multi && s->headers;
    for (size_t i = 0; i < spec->source_count && is_whole; i++) {
        s->asking[i].easy = curl_easy_init();
        is_whole = s->asking[i].easy != NULL;
        if (is_whole)
            set_up(s, i);
    }
    if (is_whole)
        return s;
    scraper_close(s);
    err_set(err, "libcurl could not be started: out of memory, or of open files");
    return NULL;
}

void scraper_close(Scraper *s) {
    if (!s)
        return;
    for (size_t i = 0; i < s->spec->source_count; i++) {
        curl_easy_cleanup(s->asking[i].easy);
        text_close(&s->asking[i].body);
    }
    curl_multi_cleanup(s->multi);
    curl_slist_free_all(s->headers);
    free(s->asking);
    free(s);
}
