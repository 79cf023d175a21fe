/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whom curl may connect to: the target, and where redirects lead. */
#include <string.h>

#include "http/transfer_lane.h"

/* Whose turn it is: the target, or where the last answer led. To be freed by
 * curl_free; NULL: nobody knows. */
static char *host_now(const TransferLane *l) {
    const char *url = NULL;
    char *host = NULL;
    CURLU *u = curl_url();
    curl_easy_getinfo(l->easy, CURLINFO_EFFECTIVE_URL, &url);
    if (u && url && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK)
        curl_url_get(u, CURLUPART_HOST, &host, 0);
    curl_url_cleanup(u);
    return host;
}

static bool is_redirected(const TransferLane *l) {
    return l->asked && l->head.status / 100 == 3;
}

bool transfer_may_connect(TransferLane *l, const struct sockaddr *a) {
    const Transfer *t = l->transfer;
    if (!t->guard)
        return true;
    char *host = is_redirected(l) ? host_now(l) : NULL;
    const char *name = host ? host : is_redirected(l) ? "" : t->to->host;
    bool may = guard_admits(t->guard, name, a);
    curl_free(host);
    if (!may) {
        guard_why(a, l->refused);
        l->is_guarded = true;
    }
    return may;
}

/* A proxy is one connection to everywhere: only the name tells. */
bool transfer_may_ask(TransferLane *l, const char *ip) {
    const Transfer *t = l->transfer;
    if (!t->guard || !is_redirected(l))
        return true;
    char *host = host_now(l), *name = host;
    if (name && *name == '[') { /* as the rest has it */
        name[strcspn(name, "]")] = '\0';
        name++;
    }
    bool may = name && (guard_is_planned(t->profile, name) ||
                        guard_admits_name(t->guard, name,
                                          t->profile->target.proxy ? NULL : ip));
    curl_free(host);
    return may;
}
