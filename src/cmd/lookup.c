/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/lookup.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"

/* getaddrinfo cannot be called off: who gives up leaves it behind, and the
 * last of both frees this. */
typedef struct Lookup {
    pthread_mutex_t lock;
    pthread_cond_t done;
    bool is_done, was_left;
    char *host;
    LookupAddress *all;
    size_t count;
} Lookup;

static void lookup_free(Lookup *l) {
    pthread_mutex_destroy(&l->lock);
    pthread_cond_destroy(&l->done);
    free(l->host);
    free(l->all);
    free(l);
}

static void keep(Lookup *l, const struct addrinfo *found) {
    for (; found && l->count < LOOKUP_MAX; found = found->ai_next)
        if (found->ai_addrlen <= sizeof *l->all)
            memcpy(&l->all[l->count++], found->ai_addr, found->ai_addrlen);
}

static void *run(void *data) {
    Lookup *l = data;
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;
    int rc = getaddrinfo(l->host, NULL, &hints, &found);
    pthread_mutex_lock(&l->lock);
    if (rc == 0) {
        keep(l, found);
        freeaddrinfo(found);
    }
    l->is_done = true;
    bool was_left = l->was_left;
    pthread_cond_signal(&l->done);
    pthread_mutex_unlock(&l->lock);
    if (was_left)
        lookup_free(l);
    return NULL;
}

static Lookup *lookup_new(const char *host) {
    Lookup *l = mem_new(Lookup);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&l->done, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_init(&l->lock, NULL);
    l->host = mem_dup_text(host);
    l->all = mem_alloc(LOOKUP_MAX, sizeof *l->all);
    return l;
}

size_t lookup(const char *host, LookupAddress **all) {
    Lookup *l = lookup_new(host);
    pthread_t thread;
    struct timespec until;
    size_t count = 0;
    *all = NULL;
    if (pthread_create(&thread, NULL, run, l) != 0) {
        lookup_free(l);
        return 0;
    }
    pthread_detach(thread);
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += LOOKUP_S;
    pthread_mutex_lock(&l->lock);
    while (!l->is_done &&
           pthread_cond_timedwait(&l->done, &l->lock, &until) == 0)
        ;
    bool is_done = l->is_done;
    l->was_left = true;
    if (is_done) {
        count = l->count;
        *all = l->all;
        l->all = NULL;
    }
    pthread_mutex_unlock(&l->lock);
    if (is_done)
        lookup_free(l);
    return count;
}

void lookup_print(const LookupAddress *a, char to[INET6_ADDRSTRLEN]) {
    const void *bytes = a->any.sa_family == AF_INET6
                            ? (const void *)&a->v6.sin6_addr
                            : (const void *)&a->v4.sin_addr;
    if (!inet_ntop(a->any.sa_family, bytes, to, INET6_ADDRSTRLEN))
        *to = '\0';
}
