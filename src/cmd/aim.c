/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/aim.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/address.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/lookup.h"
#include "profile/command.h"

#define ANSWER_MAX 300
#define SHOWN_MAX 3 /* addresses, or hosts, in a sentence */

typedef enum Place {
    PLACE_NEAR,
    PLACE_FAR,
    PLACE_UNKNOWN, /* no address now: connections are guarded one by one */
} Place;

/* --- where a host is ---------------------------------------------------- */

static void add_address(Text *to, const char *text, size_t count) {
    if (count < SHOWN_MAX)
        text_addf(to, "%s%s", count ? ", " : "", text);
    else if (count == SHOWN_MAX)
        text_adds(to, ", ...");
}

/* Of "HOST:PORT:ADDRESS" of the profile's `resolve`. */
static const char *resolved_by_profile(const Profile *p, const Url *u) {
    Text start = { 0 };
    const char *found = NULL;
    text_addf(&start, "%s:%d:", u->host, u->port);
    for (size_t i = 0; i < p->target.resolve_count; i++)
        if (strncasecmp(p->target.resolve[i], start.bytes, start.length) == 0)
            found = p->target.resolve[i] + start.length;
    text_close(&start);
    return found;
}

static Place place_unasked(const char *host) {
    int near = address_text_is_near(host);
    if (near < 0)
        return strcasecmp(host, "localhost") == 0 ? PLACE_NEAR
                                                  : PLACE_UNKNOWN;
    return near ? PLACE_NEAR : PLACE_FAR;
}

/* The farthest of its addresses counts. */
static Place place_of(const char *host, bool looks_up, Text *addresses) {
    LookupAddress *all;
    if (!looks_up)
        return place_unasked(host);
    size_t count = lookup(host, &all);
    Place place = count ? PLACE_NEAR : PLACE_UNKNOWN;
    for (size_t i = 0; i < count; i++) {
        char text[INET6_ADDRSTRLEN] = "";
        if (!address_is_near((struct sockaddr *)&all[i]))
            place = PLACE_FAR;
        lookup_print(&all[i], text);
        add_address(addresses, text, i);
    }
    free(all);
    return place;
}

static Place place_of_target(const Profile *p, const Url *u, bool looks_up,
                             Text *addresses) {
    const char *given = resolved_by_profile(p, u);
    Place place = place_of(given ? given : u->host, looks_up, addresses);
    if (place == PLACE_UNKNOWN && looks_up && p->target.proxy) {
        text_adds(addresses, "where, only the proxy knows");
        return PLACE_FAR;
    }
    return place;
}

static Place place_of_proxy(const char *proxy, bool looks_up, Text *name,
                            Text *addresses) {
    CURLU *u = curl_url();
    char *host = NULL;
    Place place = PLACE_UNKNOWN;
    if (u && curl_url_set(u, CURLUPART_URL, proxy,
                          CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
        curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK) {
        char *bare = host;
        if (*bare == '[') {
            bare[strcspn(bare, "]")] = '\0';
            bare++;
        }
        text_adds(name, bare);
        place = place_of(bare, looks_up, addresses);
    }
    curl_free(host);
    curl_url_cleanup(u);
    if (!name->length)
        text_adds(name, "?"); /* libcurl cannot use it, either */
    return place;
}

/* --- all of them -------------------------------------------------------- */

typedef struct FarHosts {
    bool looks_up;  /* else names that nobody looked up are among them */
    bool is_unsure; /* one is */
    Text list; /* "shop.example (203.0.113.9), ..." */
    const char *names[PROFILE_VARIANTS_MAX + 1]; /* the profile's, the proxy's */
    Text proxy; /* its name, if it is one of them */
    size_t count;
} FarHosts;

static void add_far(FarHosts *f, const char *what, const char *name,
                    const Text *addresses) {
    char clean[128], where[200];
    text_clean(clean, sizeof clean, name, strlen(name));
    const char *text = addresses->bytes ? addresses->bytes : "";
    text_clean(where, sizeof where, text, strlen(text));
    if (f->count < SHOWN_MAX && (!*where || text_equal(clean, where)))
        text_addf(&f->list, "%s%s%s", f->count ? ", " : "", what, clean);
    else if (f->count < SHOWN_MAX)
        text_addf(&f->list, "%s%s%s (%s)", f->count ? ", " : "", what, clean,
                  where);
    else if (f->count == SHOWN_MAX)
        text_adds(&f->list, ", ...");
    f->names[f->count++] = name;
}

static bool is_known(const Profile *p, size_t variant) {
    const Url *u = &p->variants[variant].url;
    for (size_t i = 0; i < variant; i++)
        if (strcasecmp(p->variants[i].url.host, u->host) == 0 &&
            p->variants[i].url.port == u->port)
            return true;
    return false;
}

static bool may_be_far(FarHosts *f, Place place) {
    bool is_unsure = place == PLACE_UNKNOWN && !f->looks_up;
    f->is_unsure |= is_unsure;
    return place == PLACE_FAR || is_unsure;
}

static void find_far(const Profile *p, FarHosts *f) {
    Text addresses = { 0 };
    for (size_t v = 0; v < p->variant_count; v++) {
        const Url *u = &p->variants[v].url;
        text_clear(&addresses);
        if (!is_known(p, v) &&
            may_be_far(f, place_of_target(p, u, f->looks_up, &addresses)))
            add_far(f, "", u->host, &addresses);
    }
    text_clear(&addresses);
    if (p->target.proxy &&
        may_be_far(f, place_of_proxy(p->target.proxy, f->looks_up, &f->proxy,
                                     &addresses)))
        add_far(f, "the proxy ", f->proxy.bytes, &addresses);
    text_close(&addresses);
}

static void far_close(FarHosts *f) {
    text_close(&f->list);
    text_close(&f->proxy);
}

/* --- asking ------------------------------------------------------------- */

/* A question in the background would stop the whole job. */
static bool has_terminal(void) {
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO) &&
           tcgetpgrp(STDIN_FILENO) == getpgrp();
}

/* Who types the name of a host that is near does not know of the others. */
static bool is_yes(const FarHosts *f, const char *answer) {
    for (size_t i = 0; i < f->count; i++)
        if (strcasecmp(answer, f->names[i]) == 0)
            return true;
    return text_equal(answer, "y") || text_equal(answer, "yes");
}

static bool ask(const Profile *p, const FarHosts *f, const char *peak) {
    char line[ANSWER_MAX];
    text_to(stderr,
            "%s is about to load\n\n    %s\n\nwith up to %s.\n"
            "It is neither loopback nor private.\n"
            "If it is yours to load, type its name%s\nor y: ",
            p->name, f->list.bytes, peak,
            f->count > 1 ? " (one of these)" : "");
    fflush(stderr);
    if (!fgets(line, sizeof line, stdin))
        return false;
    return is_yes(f, text_trim(line));
}

static int confirm(const Profile *p, const FarHosts *f, const Peaks *peaks,
                   Err *err) {
    Text peak = { 0 };
    int rc = 0;
    peaks_print(peaks, &peak);
    if (!has_terminal())
        rc = err_set(err,
                     "%.200s: neither loopback nor private, and the plan goes "
                     "up to %s: if it is yours to load, say --yes",
                     f->list.bytes, peak.bytes);
    else if (!ask(p, f, peak.bytes))
        rc = err_set(err, "not confirmed");
    text_close(&peak);
    return rc;
}

/* Nothing goes over a network. */
static bool is_local(const Profile *p) {
    return p->target.unix_socket || command_is_all(p);
}

int aim_take(const Options *o, const Profile *p, const Peaks *peaks, Aim *out,
             Err *err) {
    bool is_high = peaks_are_high(peaks);
    *out = (Aim){ .state = is_high ? GUARD_SHUT : GUARD_LOW };
    if (o->yes || o->yes_redirects) {
        out->state = o->yes_redirects ? GUARD_OFF : GUARD_CONFIRMED;
        return 0;
    }
    /* Below the ceiling the first connection tells; behind a proxy it
     * cannot. */
    if (is_local(p) || (!is_high && !p->target.proxy))
        return 0;
    FarHosts far = { .looks_up = true };
    find_far(p, &far);
    out->is_far = far.count > 0;
    if (out->is_far && far.names[0] != far.proxy.bytes)
        out->far = far.names[0];
    int rc = is_high && far.count ? confirm(p, &far, peaks, err) : 0;
    if (is_high && far.count && rc == 0)
        out->state = GUARD_CONFIRMED;
    far_close(&far);
    return rc;
}

size_t aim_foretell(const Profile *p, const Peaks *peaks, Text *to) {
    FarHosts far = { 0 };
    Text peak = { 0 };
    if (is_local(p))
        return 0;
    find_far(p, &far);
    bool is_proxy = far.count && far.names[0] == far.proxy.bytes;
    peaks_print(peaks, &peak);
    if (far.count && !peaks_are_high(peaks))
        text_addf(to,
                  "  above %g VUs or %g arrivals/s an operator says first: "
                  "confirm %s\n",
                  CEILING_VUS, CEILING_RATE,
                  is_proxy ? p->variants[0].url.host : far.names[0]);
    else if (far.count)
        text_addf(to,
                  "  run asks first: up to %s at %s, is that meant?\n    "
                  "Type %s name or y; where there is no terminal say --yes\n",
                  peak.bytes, far.list.bytes, far.count > 1 ? "a" : "its");
    if (far.is_unsure)
        text_adds(to, "    (not if it is loopback or private: no name was "
                      "looked up here)\n");
    size_t count = far.count;
    text_close(&peak);
    far_close(&far);
    return count;
}
