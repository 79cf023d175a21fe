/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "target/services.h"

#include <llhttp.h>

#define GIVE(name, part, function)                  \
    static void name(Services *v, ServiceCall *c) { \
        function(&v->part, c);                      \
    }
GIVE(post_task, tasks, tasks_post)
GIVE(get_task, tasks, tasks_get)
GIVE(login, shop, shop_login)
GIVE(account, shop, shop_account)
GIVE(products, shop, shop_products)
GIVE(product, shop, shop_product)
GIVE(post_order, shop, shop_order)
GIVE(get_order, shop, shop_order_state)
GIVE(call, rpc, rpc_call)
#undef GIVE

static void (*const handlers[])(Services *v, ServiceCall *c) = {
    [SERVICE_TASKS] = post_task,   [SERVICE_TASK] = get_task,
    [SERVICE_LOGIN] = login,       [SERVICE_ACCOUNT] = account,
    [SERVICE_PRODUCTS] = products, [SERVICE_PRODUCT] = product,
    [SERVICE_ORDERS] = post_order, [SERVICE_ORDER] = get_order,
    [SERVICE_RPC] = call,
};

void services_init(Services *v, const TargetSettings *set) {
    shop_init(&v->shop, set);
    tasks_init(&v->tasks, set);
    rpc_init(&v->rpc, set);
}

void services_set(Services *v, const TargetSettings *set, uint64_t now_ns) {
    shop_set(&v->shop, set);
    tasks_set(&v->tasks, set, now_ns);
}

void services_close(Services *v) {
    shop_close(&v->shop);
    tasks_close(&v->tasks);
    rpc_close(&v->rpc);
}

uint64_t services_extra_ns(const TargetSettings *set, ServiceId id,
                           TargetChain chain) {
    return id == SERVICE_RPC ? rpc_chain_ns(set, chain) : 0;
}

void services_answer(Services *v, ServiceId id, uint8_t method,
                     ServiceCall *c) {
    bool reads = method == HTTP_GET || method == HTTP_HEAD;
    if (service_is_posted(id) ? method == HTTP_POST : reads) {
        handlers[id](v, c);
        return;
    }
    text_adds(c->fields, service_is_posted(id) ? "Allow: POST\r\n"
                                               : "Allow: GET, HEAD\r\n");
    call_fail(c, 405, service_is_posted(id) ? "POST it" : "GET it");
}
