/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "target/shop.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define USERS 999999
#define USER_DIGITS 6
#define TOKEN_SEED UINT64_C(0x746f6b656e73) /* apart from the system's */

void shop_init(Shop *s, const TargetSettings *set) {
    *s = (Shop){ .rng = { set->seed ^ TOKEN_SEED },
                 .order_ns = set->order_ns,
                 .orders = mem_alloc(SHOP_ORDERS_KEPT, sizeof(Order)) };
}

void shop_set(Shop *s, const TargetSettings *set) {
    s->order_ns = set->order_ns;
}

void shop_close(Shop *s) {
    free(s->orders);
}

/* --- users -------------------------------------------------------------- */

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint64_t user_of_text(const char *text, size_t length) {
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < length; i++)
        h = (h ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    return h % USERS + 1;
}

uint64_t shop_user_of_token(const char *token, size_t length) {
    uint64_t user = 0;
    size_t i = 0;
    for (; i < length && i < USER_DIGITS; i++) {
        if (token[i] < '0' || token[i] > '9')
            break;
        user = user * 10 + (uint64_t)(token[i] - '0');
    }
    if (user && i < length && token[i] == '-')
        return user;
    return user_of_text(token, length);
}

/* "123456-0123456789abcdef" */
static void make_token(Shop *s, uint64_t user, Text *to) {
    char hex[16];
    uint64_t bits = rng_next(&s->rng);
    for (size_t i = 0; i < sizeof hex; i++, bits >>= 4)
        hex[i] = "0123456789abcdef"[bits & 15];
    answer_number(to, user);
    text_add(to, "-", 1);
    text_add(to, hex, sizeof hex);
}

static void welcome(Shop *s, ServiceCall *c, const json_t *name) {
    const char *text = json_string_value(name);
    uint64_t user = user_of_text(text, strlen(text));
    text_adds(c->to, "{\"token\":\"");
    size_t begin = c->to->length;
    make_token(s, user, c->to);
    text_adds(c->fields, "Set-Cookie: session=");
    text_adds(c->fields, c->to->bytes + begin);
    text_adds(c->fields, "; Path=/; HttpOnly\r\n");
    text_adds(c->to, "\",\"user\":{\"id\":");
    answer_number(c->to, user);
    text_adds(c->to, ",\"name\":");
    call_add_json(c, name);
    text_adds(c->to, "}}\n");
    c->status = 200;
}

static void refuse(ServiceCall *c, const char *why) {
    text_adds(c->fields, "WWW-Authenticate: Bearer realm=\"shop\"\r\n");
    call_fail(c, 401, why);
}

void shop_login(Shop *s, ServiceCall *c) {
    json_t *j = call_object(c);
    if (!j)
        return;
    const char *password = call_text(j, "password");
    if (!call_text(j, "user") || !password)
        call_fail(c, 400, "write {\"user\": NAME, \"password\": WORD}");
    else if (text_equal(password, "wrong"))
        refuse(c, "this password is wrong");
    else
        welcome(s, c, json_object_get(j, "user"));
    json_decref(j);
}

void shop_account(Shop *s, ServiceCall *c) {
    (void)s;
    if (!c->user) {
        refuse(c, "log in first: POST /login");
        return;
    }
    text_adds(c->to, "{\"ok\":true,\"user\":{\"id\":");
    answer_number(c->to, c->user);
    text_adds(c->to, "}}\n");
    c->status = 200;
}

/* --- the catalogue ------------------------------------------------------ */

static uint64_t price_cents(uint64_t product) {
    return 150 + product * 7919 % 9850; /* 1.50 to 99.99 */
}

static void add_product(Text *to, uint64_t product) {
    static const char *const names[] = {
        "umbrella", "lantern", "kettle", "blanket", "ladder",
        "compass",  "basket",  "mirror", "pillow",  "hammer",
    };
    text_adds(to, "{\"sku\":\"S-");
    answer_number(to, product);
    text_adds(to, "\",\"name\":\"");
    text_adds(to, names[product % (sizeof names / sizeof *names)]);
    text_adds(to, "\",\"price\":");
    call_add_cents(to, price_cents(product));
    text_add(to, "}", 1);
}

void shop_products(Shop *s, ServiceCall *c) {
    int64_t page = call_query_number(c, "page", 1);
    (void)s;
    if (page < 1) {
        call_fail(c, 400, "a page is a whole number from 1 on");
        return;
    }
    uint64_t first = ((uint64_t)page - 1) * SHOP_PAGE + 1;
    text_adds(c->to, "{\"page\":");
    answer_number(c->to, (uint64_t)page);
    text_adds(c->to, ",\"items\":[");
    for (uint64_t i = first; i < first + SHOP_PAGE && i <= SHOP_PRODUCTS; i++) {
        if (i > first)
            text_add(c->to, ",", 1);
        add_product(c->to, i);
    }
    text_adds(c->to, "]}\n");
    c->status = 200;
}

void shop_product(Shop *s, ServiceCall *c) {
    uint64_t product = call_id(c, "S-");
    (void)s;
    if (product == 0 || product > SHOP_PRODUCTS) {
        call_fail(c, 404, "no such product: there are S-1 to S-10000");
        return;
    }
    add_product(c->to, product);
    text_add(c->to, "\n", 1);
    c->status = 200;
}

/* --- orders ------------------------------------------------------------- */

static void add_order(ServiceCall *c, uint64_t id, const Order *o,
                      const char *state) {
    text_adds(c->to, "{\"id\":\"o-");
    answer_number(c->to, id);
    text_adds(c->to, "\",\"total\":");
    call_add_cents(c->to, o->cents);
    text_adds(c->to, ",\"state\":\"");
    text_adds(c->to, state);
    text_adds(c->to, "\"}\n");
}

static void accept_order(Shop *s, ServiceCall *c, const json_t *j) {
    const char *sku = call_text(j, "sku");
    json_int_t qty = json_integer_value(json_object_get(j, "qty"));
    ServiceCall named = { .rest = sku, .rest_length = sku ? strlen(sku) : 0 };
    uint64_t product = sku ? call_id(&named, "S-") : 0;
    if (product == 0 || product > SHOP_PRODUCTS) {
        call_fail(c, 400, "sku: there are \"S-1\" to \"S-10000\"");
        return;
    }
    if (qty < 1 || qty > SHOP_QTY_MAX) {
        call_fail(c, 400, "qty: a whole number from 1 to 1000");
        return;
    }
    uint64_t id = ++s->last_order;
    Order *o = &s->orders[id % SHOP_ORDERS_KEPT];
    *o = (Order){ c->now_ns, price_cents(product) * (uint64_t)qty };
    call_add_field(c, "Location: /orders/o-", id);
    add_order(c, id, o, "accepted");
    c->status = 201;
}

void shop_order(Shop *s, ServiceCall *c) {
    json_t *j = call_object(c);
    if (!j)
        return;
    if (!json_object_get(j, "sku") && !json_object_get(j, "qty"))
        c->status = CALL_PLAIN;
    else
        accept_order(s, c, j);
    json_decref(j);
}

void shop_order_state(Shop *s, ServiceCall *c) {
    uint64_t id = call_id(c, "o-");
    const Order *o = &s->orders[id % SHOP_ORDERS_KEPT];
    bool is_known = id && id <= s->last_order &&
                    s->last_order - id < SHOP_ORDERS_KEPT &&
                    c->now_ns < o->made_ns + SHOP_KEPT_NS;
    if (!is_known) {
        call_fail(c, 404, "no such order");
        return;
    }
    bool is_done = c->now_ns >= o->made_ns + s->order_ns;
    add_order(c, id, o, is_done ? "done" : "accepted");
    c->status = 200;
}
