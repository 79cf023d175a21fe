/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/transfer_jar.h"

#include <strings.h>

void jar_join(TransferLane *l, TransferLane *beside) {
    l->kin = beside ? beside->kin : l;
    if (!beside)
        return;
    beside->kin = l;
    l->is_behind = true;
    jar_settle(l);
}

void jar_leave(TransferLane *l) {
    TransferLane *before = l;
    while (before->kin != l)
        before = before->kin;
    before->kin = l->kin;
    l->kin = l;
}

void jar_look(TransferLane *l, const char *line, size_t length) {
    static const char name[] = "Set-Cookie:";
    size_t n = sizeof name - 1;
    if (l->kin != l && length > n && strncasecmp(line, name, n) == 0)
        l->has_news = true;
}

/* A cookie that is there already is replaced. */
static void pour(TransferLane *to, TransferLane *from) {
    struct curl_slist *all = NULL;
    if (curl_easy_getinfo(from->easy, CURLINFO_COOKIELIST, &all) != CURLE_OK)
        return;
    for (struct curl_slist *c = all; c; c = c->next)
        curl_easy_setopt(to->easy, CURLOPT_COOKIELIST, c->data);
    curl_slist_free_all(all);
}

void jar_settle(TransferLane *l) {
    for (TransferLane *k = l->kin; k != l; k = k->kin) {
        if (l->is_behind)
            pour(l, k);
        if (!l->has_news)
            continue;
        if (k->state == LANE_BUSY)
            k->is_behind = true;
        else
            pour(k, l);
    }
    l->is_behind = l->has_news = false;
}
