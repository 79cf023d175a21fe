/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shop.h: the target's shop: a catalogue that is a function of the number,
 * logins that always fit, and orders that are done some time after they came.
 * Pure: the time comes with the call; one thread.
 *
 * Orders are kept in a ring: the last SHOP_ORDERS_KEPT, for SHOP_KEPT_NS. */
#ifndef ONRUSH_TARGET_SHOP_H
#define ONRUSH_TARGET_SHOP_H

#include "base/rng.h"
#include "target/call.h"

#define SHOP_PRODUCTS 10000 /* S-1 .. S-10000 */
#define SHOP_PAGE 10        /* items on a page */
#define SHOP_ORDERS_KEPT 65536
#define SHOP_KEPT_NS (UINT64_C(600) * 1000000000)
#define SHOP_QTY_MAX 1000

typedef struct Order {
    uint64_t made_ns;
    uint64_t cents;
} Order;

typedef struct Shop {
    Rng rng; /* of tokens */
    uint64_t order_ns;
    uint64_t last_order; /* ids are 1.. */
    Order *orders;       /* by id modulo SHOP_ORDERS_KEPT */
} Shop;

void shop_init(Shop *s, const TargetSettings *set);
void shop_set(Shop *s, const TargetSettings *set);
void shop_close(Shop *s);

/* The user that a token of shop_login belongs to; for any other token a
 * number from its text. Never 0. */
uint64_t shop_user_of_token(const char *token, size_t length);

/* POST /login {"user":..,"password":..}: 200, or 401 if it is "wrong". */
void shop_login(Shop *s, ServiceCall *c);
/* GET /account: 200 for whoever brings a token, else 401. */
void shop_account(Shop *s, ServiceCall *c);
/* GET /products?page=N; beyond the last page there are no items. */
void shop_products(Shop *s, ServiceCall *c);
/* GET /products/SKU */
void shop_product(Shop *s, ServiceCall *c);
/* POST /orders {"sku":..,"qty":N}: 201; CALL_PLAIN for an object that has
 * neither member. */
void shop_order(Shop *s, ServiceCall *c);
/* GET /orders/o-N */
void shop_order_state(Shop *s, ServiceCall *c);

#endif
