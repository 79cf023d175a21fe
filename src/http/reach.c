/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/reach.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* An address is at most 45 bytes, an interface's name 15. */
#define FROM_MAX 64

static int on_socket(void *user, curl_socket_t fd, curlsocktype purpose) {
    int on = 1;
    (void)user;
    (void)purpose;
    /* Kernels before 4.2 choose the port at bind(2): fewer are free. */
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    return CURL_SOCKOPT_OK;
}

/* Address and interface at once: curl binds to the address, and this to the
 * interface. */
static int on_socket_of(void *user, curl_socket_t fd, curlsocktype purpose) {
    const char *interface = user;
    on_socket(NULL, fd, purpose);
    return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface,
                      (socklen_t)strlen(interface)) == 0
               ? CURL_SOCKOPT_OK
               : CURL_SOCKOPT_ERROR;
}

void reach_options(CURL *easy, const Profile *p, size_t turn) {
    const TargetOptions *t = &p->target;
    char from[FROM_MAX];
    if (t->unix_socket) {
        curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, t->unix_socket);
        return;
    }
    if (t->local_count) {
        snprintf(from, sizeof from, "host!%s", t->local[turn % t->local_count]);
        curl_easy_setopt(easy, CURLOPT_INTERFACE, from);
        curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION,
                         t->interface ? on_socket_of : on_socket);
        curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, t->interface);
    } else if (t->interface) {
        snprintf(from, sizeof from, "if!%s", t->interface);
        curl_easy_setopt(easy, CURLOPT_INTERFACE, from);
    }
}

struct curl_slist *reach_hosts(const Profile *p) {
    struct curl_slist *hosts = NULL;
    for (size_t i = 0; i < p->target.resolve_count; i++)
        hosts = curl_slist_append(hosts, p->target.resolve[i]);
    return hosts;
}

bool reach_why(const Profile *p, CURLcode code, int os_errno, char *to,
               size_t size) {
    const TargetOptions *t = &p->target;
    const char *reason = os_errno ? strerror(os_errno)
                                  : "there is none, or it has no address";
    if (t->unix_socket)
        snprintf(to, size, "%s: %s", t->unix_socket, reason);
    else if (code == CURLE_INTERFACE_FAILED && t->local_count)
        snprintf(to, size, "local_address: %s", reason);
    else if (code == CURLE_INTERFACE_FAILED || code == CURLE_ABORTED_BY_CALLBACK)
        snprintf(to, size, "interface %s: %s",
                 t->interface ? t->interface : "", reason);
    else
        return false;
    return true;
}
