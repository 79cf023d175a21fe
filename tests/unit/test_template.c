/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "unit.h"

#include <stdlib.h>

#include "http/template.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define HERE "[target]\nurl = http://127.0.0.1:8080\n"
#define STAGES "[stages]\nup = 1s to 1\n"
#define HEAD(path) \
    "POST " path " HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: onrush/" \
    PACKAGE_VERSION "\r\nAccept: */*\r\n"

typedef struct Made {
    Profile profile;
    Arena arena;
    Encoded encoded;
    Rendering rendering;
    Rng rng;
} Made;

static void make(Made *m, const char *text) {
    Diags d;
    ProfileOptions o = { 0 };
    *m = (Made){ .rng = { 7 } };
    diags_init(&d, "x.ini");
    if (profile_read_text(&m->profile, text, strlen(text), "x.ini", &o, &d) < 0)
        fail_msg("%d:%d: %s", d.items[0].line, d.items[0].column,
                 d.items[0].text);
    diags_close(&d);
    m->encoded = encode_request(&m->profile, 0, 0, &m->arena);
}

static void discard(Made *m) {
    rendering_close(&m->rendering);
    arena_close(&m->arena);
    profile_close(&m->profile);
}

static const Form *render(Made *m, uint64_t vu, uint64_t iteration) {
    TemplateValues v = { vu, iteration, UINT64_C(1763739000123), &m->rng,
                         NULL };
    return template_render(m->encoded.template, &v, &m->rendering);
}

static void is_text(const Form *f, Span s, const char *want) {
    if (s.at + s.length > f->length || s.length != strlen(want) ||
        memcmp(f->bytes + s.at, want, s.length) != 0)
        fail_msg("'%.*s', wanted '%s'", (int)s.length, f->bytes + s.at, want);
}

static void variables_become_bytes(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint64_t vu, iteration;
        const char *want;
    } cases[] = {
        { "POST = /u/${vu}?i=${iteration}\n", 12, 0,
          HEAD("/u/12?i=0") "Content-Length: 0\r\n\r\n" },
        { "POST = /${vu}${vu}${vu}\nheader = X: ${vu}-${iteration}.\n", 3,
          UINT64_MAX,
          HEAD("/333") "X: 3-18446744073709551615.\r\n"
                       "Content-Length: 0\r\n\r\n" },
        { "POST = /\nbody = {\"t\": ${now}, \"vu\": ${vu}}\n", 100, 5,
          HEAD("/") "Content-Length: 31\r\n\r\n"
                    "{\"t\": 1763739000123, \"vu\": 100}" },
        { "POST = /\nbody = ${vu}\n", 5, 5,
          HEAD("/") "Content-Length: 1\r\n\r\n5" },
        { "POST = /\nbody = ${pick x}${random -3 -3}${random 7 7}\n", 5, 5,
          HEAD("/") "Content-Length: 4\r\n\r\nx-37" },
        { "POST = /${random -9223372036854775808 -9223372036854775808}\n", 5,
          5, HEAD("/-9223372036854775808") "Content-Length: 0\r\n\r\n" },
        { "POST = /${pick a%20b}\n", 5, 5,
          HEAD("/a%20b") "Content-Length: 0\r\n\r\n" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Made m;
        Text t = { 0 };
        text_addf(&t, HERE STAGES "[request a]\n%s", cases[i].text);
        make(&m, t.bytes);
        assert_non_null(m.encoded.template);
        for (int again = 0; again < 3; again++) {
            const Form *f = render(&m, cases[i].vu, cases[i].iteration);
            if (f->length != strlen(cases[i].want) ||
                memcmp(f->bytes, cases[i].want, f->length) != 0)
                fail_msg("case %zu: %.*s", i, (int)f->length, f->bytes);
        }
        text_close(&t);
        discard(&m);
    }
}

/* Transports with a form of their own find the parts. */
static void the_parts_are_known(void **state) {
    (void)state;
    Made m;
    make(&m, "[target]\nurl = http://a/p\nheader = T: <${vu}>\n" STAGES
             "[request a]\nPUT = /${pick x}/${vu}/y\nheader = U: ${iteration}\n"
             "header = V:   ${pick  word\t}  z \nbody = <${vu}>\n");
    for (uint64_t vu = 1; vu < 2000000; vu *= 11) {
        char path[64], t[64];
        const Form *f = render(&m, vu, 9);
        snprintf(path, sizeof path, "/p/x/%d/y", (int)vu);
        snprintf(t, sizeof t, "<%d>", (int)vu);
        is_text(f, f->method, "PUT");
        is_text(f, f->path, path);
        is_text(f, f->body, t);
        char length[8];
        snprintf(length, sizeof length, "%d", (int)strlen(t));
        const char *const want[] = { "Host", "a", "User-Agent",
                                     "onrush/" PACKAGE_VERSION, "Accept", "*/*",
                                     "T", t, "U", "9", "V", "word  z",
                                     "Content-Length", length };
        assert_int_equal(f->header_count * 2, COUNT(want));
        for (size_t i = 0; i < COUNT(want); i++)
            is_text(f, f->headers[i], want[i]);
        assert_int_equal(f->body.at + f->body.length, f->length);
    }
    discard(&m);
}

static void a_constant_request_is_no_template(void **state) {
    (void)state;
    Made m;
    setenv("ONRUSH_TEST_VAR", "${vu}", 1);
    make(&m, HERE STAGES "[request a]\nPOST = /\n"
                         "body = $ {vu} $${env.ONRUSH_TEST_VAR}\n");
    assert_null(m.encoded.template);
    is_text(&m.encoded.form, m.encoded.form.body, "$ {vu} $${vu}");
    discard(&m);
}

static void draws_are_within_their_bounds(void **state) {
    (void)state;
    Made m;
    size_t seen[6] = { 0 }, words[3] = { 0 };
    make(&m, HERE STAGES "[request a]\nPOST = /\n"
                         "body = ${random -2 3} ${pick a bc d}\n");
    for (int i = 0; i < 6000; i++) {
        const Form *f = render(&m, 1, 1);
        char body[32], word[8];
        int n;
        snprintf(body, sizeof body, "%.*s", (int)f->body.length,
                 f->bytes + f->body.at);
        assert_int_equal(sscanf(body, "%d %7s", &n, word), 2);
        assert_in_range(n + 2, 0, 5);
        seen[n + 2]++;
        size_t k = strcmp(word, "a") == 0 ? 0 : strcmp(word, "bc") == 0 ? 1 : 2;
        assert_string_equal(word, ((const char *[]){ "a", "bc", "d" })[k]);
        words[k]++;
    }
    for (size_t i = 0; i < 6; i++)
        assert_in_range(seen[i], 850, 1150);
    for (size_t i = 0; i < 3; i++)
        assert_in_range(words[i], 1850, 2150);
    discard(&m);
}

static void words_have_weights(void **state) {
    (void)state;
    Made m;
    size_t seen[3] = { 0 };
    make(&m, HERE STAGES "[request a]\nPOST = /\n"
                         "body = ${pick a*6 b*x*3 *}\n");
    for (int i = 0; i < 10000; i++) {
        const Form *f = render(&m, 1, 1);
        const char *s = f->bytes + f->body.at;
        size_t k = *s == 'a' ? 0 : *s == 'b' ? 1 : 2;
        static const char *const words[] = { "a", "b*x", "*" };
        assert_int_equal(f->body.length, strlen(words[k]));
        assert_memory_equal(s, words[k], f->body.length);
        seen[k]++;
    }
    assert_in_range(seen[0], 5850, 6150);
    assert_in_range(seen[1], 2850, 3150);
    assert_in_range(seen[2], 850, 1150);
    discard(&m);
}

static void uuids_are_of_version_4(void **state) {
    (void)state;
    Made m;
    char before[40] = "";
    make(&m, HERE STAGES "[request a]\nPOST = /\nbody = ${uuid}\n");
    for (int i = 0; i < 1000; i++) {
        const Form *f = render(&m, 1, 1);
        const char *s = f->bytes + f->body.at;
        assert_int_equal(f->body.length, 36);
        for (int k = 0; k < 36; k++) {
            bool dash = k == 8 || k == 13 || k == 18 || k == 23;
            assert_non_null(strchr(dash       ? "-"
                                   : k == 14 ? "4"
                                   : k == 19 ? "89ab"
                                             : "0123456789abcdef",
                                   s[k]));
        }
        assert_memory_not_equal(s, before, 36);
        memcpy(before, s, 36);
    }
    /* the same seed, another user: another one */
    m.rng.state = 5;
    const Form *f = render(&m, 1, 1);
    memcpy(before, f->bytes + f->body.at, 36);
    m.rng.state = 5;
    f = render(&m, 2, 1);
    assert_memory_not_equal(f->bytes + f->body.at, before, 36);
    m.rng.state = 5;
    f = render(&m, 1, 1);
    assert_memory_equal(f->bytes + f->body.at, before, 36);
    discard(&m);
}

/* One buffer for templates of all sizes. */
static void a_buffer_serves_many(void **state) {
    (void)state;
    Made m;
    Arena arena = { 0 };
    make(&m, HERE STAGES "[request a]\nPOST = /${vu}\n"
                         "[request b]\nPOST = /\nheader = A: ${pick "
                         "a-very-long-word-that-needs-room-in-the-buffer}\n"
                         "header = B: ${vu}\nbody = ${uuid}${uuid}${uuid}\n");
    Encoded b = encode_request(&m.profile, 0, 1, &arena);
    for (int i = 0; i < 4; i++) {
        const Form *f = render(&m, 7, 7);
        is_text(f, f->path, "/7");
        TemplateValues v = { 7, 7, 0, &m.rng, NULL };
        f = template_render(b.template, &v, &m.rendering);
        assert_int_equal(f->body.length, 108);
        is_text(f, f->headers[2 * 4 + 1], "7");
    }
    arena_close(&arena);
    discard(&m);
}

/* --- values from outside ------------------------------------------------ */

#define TAKING "[request first]\nGET = /\nextract x = body\n"

/* With a request that extracts ${x} first; the second one is rendered. */
static void make_taking(Made *m, const char *request, Values **values) {
    Text t = { 0 };
    text_addf(&t, HERE STAGES TAKING "[request a]\n%s", request);
    make(m, t.bytes);
    m->encoded = encode_request(&m->profile, 0, 1, &m->arena);
    *values = values_new(&m->profile);
    text_close(&t);
}

static const Form *render_with(Made *m, Values *values) {
    TemplateValues v = { 3, 9, 5, &m->rng, values };
    return template_render(m->encoded.template, &v, &m->rendering);
}

/* Each byte, where it may do harm. */
static void a_value_stays_a_value(void **state) {
    (void)state;
    static const char value[] = "a/b?c=d&e#%2F ~._-\xc3\xa4\x80"
                                "\r\nX-Evil: 1\0\x1b[2J\x7f\t\"";
    static const struct {
        const char *request;
        size_t header; /* of the form; SIZE_MAX: the path, SIZE_MAX - 1: body */
        const char *want;
        size_t length; /* 0: strlen */
    } cases[] = {
        { "GET = /p/${x}?q=${x}\n", SIZE_MAX,
          "/p/a%2Fb%3Fc%3Dd%26e%23%252F%20~._-%C3%A4%80%0D%0AX-Evil%3A%201%00"
          "%1B%5B2J%7F%09%22"
          "?q=a%2Fb%3Fc%3Dd%26e%23%252F%20~._-%C3%A4%80%0D%0AX-Evil%3A%201%00"
          "%1B%5B2J%7F%09%22",
          0 },
        { "GET = /\nheader = V: <${x}>\n", 7,
          "<a/b?c=d&e#%2F ~._-\xc3\xa4\x80X-Evil: 1[2J\">", 0 },
        { "POST = /\nbody = <${x}>\n", SIZE_MAX - 1,
          "<a/b?c=d&e#%2F ~._-\xc3\xa4\x80"
          "\r\nX-Evil: 1\0\x1b[2J\x7f\t\">",
          sizeof value - 1 + 2 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Made m;
        Values *values;
        make_taking(&m, cases[i].request, &values);
        assert_true(values_set(values, 0, value, sizeof value - 1));
        const Form *f = render_with(&m, values);
        Span s = f->body;
        if (cases[i].header == SIZE_MAX)
            s = f->path;
        else if (cases[i].header != SIZE_MAX - 1)
            s = f->headers[cases[i].header];
        size_t length =
            cases[i].length ? cases[i].length : strlen(cases[i].want);
        if (s.length != length ||
            memcmp(f->bytes + s.at, cases[i].want, length) != 0)
            fail_msg("case %zu: '%.*s'", i, (int)s.length, f->bytes + s.at);
        values_free(values);
        discard(&m);
    }
}

/* Empty, unset, long and short in turn; the parts are where they are said. */
static void values_of_any_length(void **state) {
    (void)state;
    Made m;
    Values *values;
    make_taking(&m, "POST = /${x}/${vu}${x}\nheader = A: ${x}\n"
                    "header = B: ${iteration}\nbody = [${x}${x}]\n", &values);
    static const size_t lengths[] = { 0, 1, 5000, 3, VALUE_MAX_BYTES, 0, 77 };
    char *bytes = malloc(VALUE_MAX_BYTES);
    assert_non_null(bytes);
    memset(bytes, 'v', VALUE_MAX_BYTES);
    is_text(render_with(&m, values), m.rendering.form.path, "//3");
    for (size_t i = 0; i < COUNT(lengths); i++) {
        size_t n = lengths[i];
        assert_true(values_set(values, 0, bytes, n));
        const Form *f = render_with(&m, values);
        assert_int_equal(f->path.length, 2 * n + 3);
        assert_int_equal(f->body.length, 2 * n + 2);
        assert_int_equal(f->body.at + f->body.length, f->length);
        assert_int_equal(f->bytes[f->body.at], '[');
        assert_int_equal(f->bytes[f->length - 1], ']');
        char length[24];
        snprintf(length, sizeof length, "%zu", 2 * n + 2);
        is_text(f, f->headers[f->header_count * 2 - 1], length);
        is_text(f, f->headers[f->header_count * 2 - 3], "9");
        assert_int_equal(f->headers[f->header_count * 2 - 5].length, n);
    }
    /* No byte of its memory is asked for again. */
    size_t cap = m.rendering.cap;
    const char *room = m.rendering.bytes;
    assert_true(values_set(values, 0, bytes, VALUE_MAX_BYTES));
    render_with(&m, values);
    assert_int_equal(m.rendering.cap, cap);
    assert_ptr_equal(m.rendering.bytes, room);
    free(bytes);
    values_free(values);
    discard(&m);
}

/* Words of a command: a value is one word, and ends at a NUL. */
static void a_word_stays_a_word(void **state) {
    (void)state;
    static const char form_bytes[] = "run\0${x}\0end";
    Var var = { .kind = VAR_EXTRACTED, .at = 4, .length = 4 };
    Form form = { .bytes = form_bytes,
                  .length = sizeof form_bytes,
                  .path = { 0, sizeof form_bytes },
                  .body = { sizeof form_bytes, 0 } };
    Patch patch = { { 4, 4 }, &var, PATCH_WORD };
    Made m;
    Values *values;
    make_taking(&m, "GET = /\n", &values);
    TemplateValues v = { .values = values };
    const Template *t = template_make(&form, &patch, 1, &m.arena);
    assert_true(values_set(values, 0, "a b; 'c'\0-rf /", 14));
    const Form *f = template_render(t, &v, &m.rendering);
    static const char want[] = "run\0a b; 'c'\0end";
    assert_int_equal(f->path.length, sizeof want);
    assert_memory_equal(f->bytes, want, sizeof want);
    values_free(values);
    discard(&m);
}

static void texts_of_expressions(void **state) {
    (void)state;
    Made m;
    Values *values;
    Text t = { 0 };
    Err err;
    uint32_t id;
    make(&m, HERE STAGES "[vars]\nv = <${x}|${vu}|${iteration}|${now}>\n" TAKING
                         "check = ${v} != \"\"\n");
    values = values_new(&m.profile);
    TemplateValues v = { 3, 9, 5, NULL, values };
    assert_int_equal(vars_ask(&m.profile.vars, "v", 1, &m.arena, &id, &err),
                     0);
    const VarText *text = &m.profile.vars.asked[id].is;
    assert_false(template_text(text, &v, &t));
    text_clear(&t);
    assert_true(values_set(values, 0, "\r\n\"", 3));
    assert_true(template_text(text, &v, &t));
    assert_string_equal(t.bytes, "<\r\n\"|3|9|5>");
    text_close(&t);
    values_free(values);
    discard(&m);
}

static void a_saved_profile_keeps_them(void **state) {
    (void)state;
    Made m;
    Text t = { 0 };
    make(&m, HERE STAGES "[request a]\nPOST = /${vu}\nbody = ${pick a  b}\n");
    profile_print(&m.profile, NULL, UINT64_MAX, &t);
    assert_non_null(strstr(t.bytes, "POST = /${vu}\nbody = ${pick a  b}\n"));
    text_close(&t);
    discard(&m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variables_become_bytes),
        cmocka_unit_test(the_parts_are_known),
        cmocka_unit_test(a_constant_request_is_no_template),
        cmocka_unit_test(draws_are_within_their_bounds),
        cmocka_unit_test(words_have_weights),
        cmocka_unit_test(uuids_are_of_version_4),
        cmocka_unit_test(a_buffer_serves_many),
        cmocka_unit_test(a_value_stays_a_value),
        cmocka_unit_test(values_of_any_length),
        cmocka_unit_test(a_word_stays_a_word),
        cmocka_unit_test(texts_of_expressions),
        cmocka_unit_test(a_saved_profile_keeps_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
