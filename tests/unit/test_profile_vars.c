/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "profile/profile.h"

#define GOOD_TARGET "[target]\nurl = http://127.0.0.1:8080\n"
#define GOOD_STAGES "[stages]\nup = 10s to 5\n"
#define GOOD GOOD_TARGET GOOD_STAGES "[request home]\nGET = /\n"

static char rows_path[] = "/tmp/onrush-rows-XXXXXX";

static int read_with(Profile *p, const char *text, Diags *d) {
    ProfileOptions o = { 0 };
    diags_init(d, "x.ini");
    return profile_read_text(p, text, strlen(text), "x.ini", &o, d);
}

static Profile good(const char *text) {
    Profile p;
    Diags d;
    if (read_with(&p, text, &d) < 0)
        fail_msg("line %d: %s", d.items[0].line, d.items[0].text);
    diags_close(&d);
    return p;
}

/* Each is told, there, and nothing else is. */
static void each_mistake_is_told(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int line, column;
        const char *says;
    } cases[] = {
        { GOOD "[vars]\na = ${b}\nb = x${a}\n", 9, 6, "a → b → a" },
        { GOOD "[vars]\nhost = x\nb = ${hots}\n", 9, 5,
          "did you mean 'host'" },
        { GOOD "[vars]\nx = 1\nx = 2\n", 9, 1, "'x' stands twice" },
        { GOOD "[vars]\nx = 1\n[request b]\nGET = /\n"
               "extract x = body\n",
          11, 9, "'x' is taken from an answer here and a variable of [vars] "
                 "in line 8" },
        { GOOD "[vars]\ny = 1\n[request b]\nGET = /\n"
               "extract x = body\nextract y = json\n",
          12, 9,
          "'y' is taken from an answer here and a variable of [vars] in line "
          "8" },
        { GOOD "[data x]\nfile = /dev/zero\n", 8, 8, "not a regular" },
        { GOOD "[vars]\nvu = 1\n", 8, 1, "onrush itself" },
        { GOOD "[vars]\na b = 1\n", 8, 2, "letters, digits" },
        { GOOD "[data]\nfile = x\n", 7, 6, "data need a name" },
        { GOOD "[data env]\nfile = x\n", 7, 7, "onrush itself" },
        { GOOD "[data d]\npick = random\n", 7, 1, "file = d.csv" },
        { GOOD "[data d]\nfile = \n", 8, 8, "empty" },
        { GOOD "[data d]\nfile = /no/such.csv\n", 8, 8, "No such file" },
        { GOOD "[data d]\nfile = ${vu}.csv\n", 8, 8, "differs from" },
        { GOOD "[data d]\npick = rnd\nfile =\n", 8, 8,
          "sequential, random or per-vu" },
        { GOOD "[data d]\nheader = maybe\nfile =\n", 8, 10, "write on or off" },
        { GOOD "[data d]\nseparator = ,,\nfile =\n", 8, 13, "the word tab" },
        { GOOD "[vars]\nq = a b\n[request b]\nGET = /x${q}y z\n", 10, 9,
          "%20" },
        { GOOD "[vars]\nq = ab\n[request b]\nGET = /x${q}y z\n", 10, 14,
          "%20" },
        { GOOD "[vars]\nq = ${uuid}\n[profile]\nname = x${q}\n", 10, 9,
          "'${uuid}' differs from request to request" },
        { GOOD "[request b]\nGET = /${id}\n[request c]\nGET = /\n"
               "extract id = json.id\n",
          7, 1, "${id} is used in [request b], but nothing before it in the "
                "flow of [scenario default] extracts it" },
    };
    int missed = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Profile p;
        Diags d;
        if (read_with(&p, cases[i].text, &d) == 0) {
            print_message("case %zu '%s' was taken\n", i, cases[i].says);
            profile_close(&p);
            missed++;
        } else if (d.count > 2 || d.items[0].line != cases[i].line ||
                   d.items[0].column != cases[i].column ||
                   !strstr(d.items[0].text, cases[i].says)) {
            print_message("case %zu '%s' gave\n", i, cases[i].says);
            diags_print(&d, stdout);
            missed++;
        }
        diags_close(&d);
    }
    assert_int_equal(missed, 0);
}

static void own_variables_are_read(void **state) {
    (void)state;
    Profile p = good("[vars]\nport = 80${tail}\ntail = 80\n"
                     "where = http://127.0.0.1:${port}\nwho = u${vu}\n"
                     "pause = 2s\n[target]\nurl = ${where}\n" GOOD_STAGES
                     "[request home]\nGET = /${tail}/${who}\n"
                     "header = X: ${who}\n[scenario]\nthink = ${pause}\n");
    assert_int_equal(p.url.port, 8080);
    assert_string_equal(p.requests[0].path, "/80/u${vu}");
    assert_int_equal(p.requests[0].path_vars.count, 1);
    assert_int_equal(p.requests[0].path_vars.items[0].at, 5);
    assert_int_equal(p.requests[0].headers[0].vars.items[0].at, 1);
    assert_near(p.scenarios[0].think.a_ns, 2e9, 0);
    profile_close(&p);
}

typedef struct FlowCase {
    const char *text, *says; /* behind two requests; NULL: it is good */
    size_t count;            /* of mistakes */
} FlowCase;

/* `take` extracts ${id}, `use` needs it. */
static const FlowCase flow_cases[] = {
    { "[scenario x]\nflow = take, use\n", NULL, 0 },
    { "[scenario x]\nflow = take, use*3\n", NULL, 0 },
    { "", NULL, 0 },
    { "[scenario x]\nflow = use, take\n", "[request use], but", 1 },
    { "[scenario x]\nflow = use, take, use\n", "flow of [scenario x]", 1 },
    { "[scenario x]\nflow = (take use)\n", "[request use], but", 1 },
    { "[scenario x]\nmix = (take use) 1, use 2\n", "[request use], but", 1 },
    { "[scenario x]\ntasks = take 1/s, use 1/s\n", "[request use], but", 1 },
    { "[scenario x]\nflow = take, use\n[scenario y]\nflow = use\n",
      "flow of [scenario y]", 1 },
    { "[scenario x]\nflow = use\n[scenario y]\nflow = take, use, use\n",
      "flow of [scenario x]", 1 },
};

static void what_is_used_was_extracted(void **state) {
    (void)state;
    static const char *const uses[] = {
        "GET = /${id}\n",
        "POST = /\nbody = ${id}\n",
        "GET = /\nheader = X: ${id}\n",
        "GET = /${deep}\n",
        "GET = /\ncheck = body contains ${id}\n",
        "GET = /\nuntil = json.id == ${deep}\n",
        "GET = /\nextract id = ${id}\n",
    };
    for (size_t i = 0; i < sizeof flow_cases / sizeof *flow_cases; i++)
        for (size_t k = 0; k < sizeof uses / sizeof *uses; k++) {
            const FlowCase *f = &flow_cases[i];
            Profile p;
            Diags d;
            Text t = { 0 };
            text_addf(&t, GOOD_TARGET GOOD_STAGES "[vars]\ndeep = <${id}>\n"
                          "[request take]\nGET = /\nextract id = json.id\n"
                          "[request use]\n%s%s",
                      k == 3 ? "GET = /x?${id}\n" : uses[k], f->text);
            int rc = read_with(&p, t.bytes, &d);
            if ((rc == 0) != !f->says || d.count != f->count ||
                (rc && !strstr(d.items[0].text, f->says)))
                fail_msg("case %zu, %zu: %s", i, k,
                         d.count ? d.items[0].text : "taken");
            if (rc == 0)
                profile_close(&p);
            text_close(&t);
            diags_close(&d);
        }
}

/* A request's own extract is known to its checks; a header of the target that
 * a request replaces is none of its. */
static void what_a_request_need_not_have(void **state) {
    (void)state;
    Profile p = good(GOOD_TARGET "header = Authorization: ${token}\n"
                     GOOD_STAGES "[request login]\nPOST = /login\n"
                     "header = authorization: none\n"
                     "extract token = json.token\n"
                     "check = ${token} != \"\"\nuntil = ${token} != null\n"
                     "[request home]\nGET = /\n");
    assert_int_equal(p.extracted_count, 1);
    profile_close(&p);
}

static void write_rows(const char *rows) {
    FILE *f = fopen(rows_path, "w");
    assert_non_null(f);
    fputs(rows, f);
    assert_int_equal(fclose(f), 0);
}

static void data_are_read(void **state) {
    (void)state;
    Text t = { 0 };
    write_rows("sku;unit price;note\na;1;x\nb;2;\"y;\n\"\n");
    text_addf(&t, GOOD "[data items]\nfile = ${dir}%s\npick = per-vu\n"
                       "separator = ;\n[vars]\ndir =\nkey = k-${items.sku}\n"
                       "[request b]\nPOST = /${key}\nbody = "
                       "${items.unit price}\ncheck = body contains "
                       "${items.sku}\n",
              rows_path);
    Profile p = good(t.bytes);
    const DataSet *s = &p.vars.data[0];
    assert_int_equal(s->pick, DATA_PER_VU);
    assert_int_equal(data_rows(s->file), 2);
    const Request *r = &p.requests[1];
    size_t length;
    assert_int_equal(r->path_vars.items[0].kind, VAR_DATA);
    const char *sku =
        data_cell(s->file, 1, r->path_vars.items[0].column, &length);
    assert_memory_equal(sku, "b", length);
    const char *price =
        data_cell(s->file, 1, r->body_vars.items[0].column, &length);
    assert_memory_equal(price, "2", length);
    profile_close(&p);
    text_close(&t);
}

/* Told where the profile names the file or the column. */
static void mistakes_in_data_are_told(void **state) {
    (void)state;
    static const struct {
        const char *rows, *use;
        int line, column;
        const char *says;
    } cases[] = {
        { "a,b\n1,2\n3\n", "GET = /${d.a}\n", 8, 8, ":3: this row has 1" },
        { "a,b\n1,\"2\n", "GET = /${d.a}\n", 8, 8, "never closed" },
        { "a,b\n", "GET = /${d.a}\n", 8, 8, "no row below" },
        { "", "GET = /\n", 8, 8, "is empty" },
        { "alpha,b\n1,2\n", "GET = /x${d.alhpa}\n", 10, 13,
          "did you mean 'alpha'" },
        { "a,b\n1,2\n", "GET = /x${d}\n", 10, 9, "${d.COLUMN}" },
        { "a,b\n1,2\n", "GET = /\ncheck = ${d.c} == 1\n", 11, 11,
          "no column 'c'" },
        { "a,b\n1,2\n3\n", "GET = /${d.a}\n", 8, 8, ":3: this row has 1" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Profile p;
        Diags d;
        Text t = { 0 };
        write_rows(cases[i].rows);
        text_addf(&t, GOOD "[data d]\nfile = %s\n[request b]\n%s", rows_path,
                  cases[i].use);
        if (read_with(&p, t.bytes, &d) == 0)
            fail_msg("case %zu was taken", i);
        if (d.count != 1 || d.items[0].line != cases[i].line ||
            d.items[0].column != cases[i].column ||
            !strstr(d.items[0].text, cases[i].says))
            fail_msg("case %zu: %zu of them, %d:%d: %s", i, d.count,
                     d.items[0].line, d.items[0].column, d.items[0].text);
        text_close(&t);
        diags_close(&d);
    }
}

/* Where the file is, whoever reads what was saved. */
static void a_saved_profile_finds_its_data(void **state) {
    (void)state;
    Text t = { 0 }, saved = { 0 };
    Diags d;
    Profile p;
    ProfileOptions o = { 0 };
    char path[64];
    write_rows("a\n1\n");
    snprintf(path, sizeof path, "/tmp/../tmp/x.ini");
    text_addf(&t, GOOD "[data d]\nfile = %s\n[request b]\nGET = /${d.a}\n",
              strrchr(rows_path, '/') + 1);
    diags_init(&d, path);
    assert_int_equal(profile_read_text(&p, t.bytes, t.length, path, &o, &d),
                     0);
    profile_print(&p, NULL, UINT64_MAX, &saved);
    profile_close(&p);
    text_clear(&t);
    text_addf(&t, "file = %s\n", rows_path);
    assert_non_null(strstr(saved.bytes, t.bytes));
    p = good(saved.bytes);
    profile_close(&p);
    text_close(&t);
    text_close(&saved);
    diags_close(&d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_told),
        cmocka_unit_test(own_variables_are_read),
        cmocka_unit_test(what_is_used_was_extracted),
        cmocka_unit_test(what_a_request_need_not_have),
        cmocka_unit_test(data_are_read),
        cmocka_unit_test(mistakes_in_data_are_told),
        cmocka_unit_test(a_saved_profile_finds_its_data),
    };
    int fd = mkstemp(rows_path);
    if (fd < 0)
        return 99;
    close(fd);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(rows_path);
    return failed;
}
