/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/transfer_jar.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* A cookie as curl writes it down, with tabs in between. */
enum { COOKIE_DOMAIN, COOKIE_TAIL, COOKIE_PATH, COOKIE_SECURE, COOKIE_EXPIRES,
       COOKIE_NAME, COOKIE_VALUE };

typedef struct curl_slist Lines;

static Lines *cookies_of(const TransferLane *l) {
    Lines *all = NULL;
    return curl_easy_getinfo(l->easy, CURLINFO_COOKIELIST, &all) == CURLE_OK
               ? all
               : NULL;
}

static void add(Lines **to, const char *line) {
    Lines *longer = curl_slist_append(*to, line);
    *to = longer ? longer : *to;
}

/* A cookie that is there already is replaced. */
static void give(TransferLane *to, const Lines *cookies) {
    for (; cookies; cookies = cookies->next)
        curl_easy_setopt(to->easy, CURLOPT_COOKIELIST, cookies->data);
}

static void look(TransferLane *l) {
    curl_slist_free_all(l->known);
    l->known = cookies_of(l);
}

/* --- what an answer changed --------------------------------------------- */

static const char *field(const char *line, int n) {
    for (; n > 0 && line; n--) {
        line = strchr(line, '\t');
        line += line != NULL;
    }
    return line ? line : "";
}

static bool same_field(const char *a, const char *b, int n) {
    a = field(a, n);
    b = field(b, n);
    size_t length = strcspn(a, "\t");
    return length == strcspn(b, "\t") && memcmp(a, b, length) == 0;
}

static bool is_same_cookie(const char *a, const char *b) {
    return same_field(a, b, COOKIE_DOMAIN) && same_field(a, b, COOKIE_PATH) &&
           same_field(a, b, COOKIE_NAME);
}

static bool is_in(const Lines *all, const char *line,
                  bool (*same)(const char *, const char *)) {
    for (; all; all = all->next)
        if (same(all->data, line))
            return true;
    return false;
}

static bool is_same_line(const char *a, const char *b) {
    return strcmp(a, b) == 0;
}

/* For all lanes alike. */
static bool has_run_out(const char *line) {
    long long at = strtoll(field(line, COOKIE_EXPIRES), NULL, 10);
    return at && at <= (long long)time(NULL);
}

/* That it is gone is told as a cookie that has run out long ago. */
static void add_gone(Lines **to, const char *line) {
    const char *expires = field(line, COOKIE_EXPIRES);
    Text t = { 0 };
    text_add(&t, line, (size_t)(expires - line));
    text_addf(&t, "1\t%s", field(line, COOKIE_NAME));
    add(to, t.bytes);
    text_close(&t);
}

static Lines *changes(const Lines *before, const Lines *now) {
    Lines *all = NULL;
    for (const Lines *b = before; b; b = b->next)
        if (!is_in(now, b->data, is_same_cookie) && !has_run_out(b->data))
            add_gone(&all, b->data);
    for (const Lines *n = now; n; n = n->next)
        if (!is_in(before, n->data, is_same_line))
            add(&all, n->data);
    return all;
}

/* --- the ring ----------------------------------------------------------- */

void jar_join(TransferLane *l, TransferLane *beside) {
    l->kin = beside ? beside->kin : l;
    if (!beside)
        return;
    if (beside->kin == beside)
        look(beside); /* what it gets from now on is news */
    beside->kin = l;
    Lines *all = cookies_of(beside);
    give(l, all);
    give(l, beside->missed);
    curl_slist_free_all(all);
    look(l);
}

void jar_leave(TransferLane *l) {
    TransferLane *before = l;
    while (before->kin != l)
        before = before->kin;
    before->kin = l->kin;
    l->kin = l;
    curl_slist_free_all(l->known);
    curl_slist_free_all(l->missed);
    l->known = l->missed = NULL;
}

void jar_look(TransferLane *l, const char *line, size_t length) {
    static const char name[] = "Set-Cookie:";
    size_t n = sizeof name - 1;
    if (l->kin != l && length > n && strncasecmp(line, name, n) == 0)
        l->has_news = true;
}

static void tell(TransferLane *l, const Lines *news) {
    if (l->state == LANE_BUSY) {
        for (; news; news = news->next)
            add(&l->missed, news->data);
        return;
    }
    give(l, news);
    look(l);
}

void jar_settle(TransferLane *l) {
    Lines *now, *news = NULL;
    if (!l->has_news && !l->missed)
        return;
    if (l->has_news) {
        now = cookies_of(l);
        news = changes(l->known, now);
        curl_slist_free_all(now);
    }
    /* Of two answers the one that ended last has the last word. */
    give(l, l->missed);
    curl_slist_free_all(l->missed);
    l->missed = NULL;
    l->has_news = false;
    for (TransferLane *k = l->kin; k != l; k = k->kin)
        tell(k, news);
    tell(l, news);
    curl_slist_free_all(news);
}
