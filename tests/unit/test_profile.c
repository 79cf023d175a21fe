/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "plan/stage_text.h"
#include "profile/keys.h"
#include "profile/plans.h"

#define GOOD_TARGET "[target]\nurl = http://127.0.0.1:8080\n"
#define GOOD_STAGES "[stages]\nup = 10s to 5\n"
#define GOOD_REQUEST "[request home]\nGET = /\n"
#define GOOD GOOD_TARGET GOOD_STAGES GOOD_REQUEST
#define RATES GOOD_TARGET "[stages]\nup = 10s to 5/s\n" GOOD_REQUEST

static int read_with(Profile *p, const char *text, const ProfileOptions *o,
                     Diags *d) {
    diags_init(d, "x.ini");
    return profile_read_text(p, text, strlen(text), "x.ini", o, d);
}

static Profile good(const char *text) {
    Profile p;
    Diags d;
    ProfileOptions o = { 0 };
    if (read_with(&p, text, &o, &d) < 0)
        fail_msg("line %d: %s", d.items[0].line, d.items[0].text);
    diags_close(&d);
    return p;
}

static void the_example_is_read(void **state) {
    (void)state;
    setenv("ONRUSH_TEST_TOKEN", "s3cret", 1);
    Profile p =
        good("; a comment\n"
             "[profile]\nname = spike\nkind = spike\nstart = 3\n"
             "iterations = 2k\ngraceful_stop = 5s\n"
             "[target]\nurl = https://[::1]:8443/api/\n"
             "timeout = 1m30s\nheader = Accept: a/b\n"
             "header = Authorization: Bearer "
             "${env.ONRUSH_TEST_TOKEN}\n"
             "[stages]\nwarm-up = 2m to 100\nhold = 3m\n"
             "cool = 1m to 0 smooth\n"
             "[request home]\nGET = /status?x=1\n"
             "check = status < 500 or status == 503\n"
             "check fast = time < 200ms\n"
             "[request order]\nPOST = /orders\nbody = {\"a\": \"b;c\"}\n"
             "header = Content-Type: application/json\n"
             "[scenario shopper]\nthink = 1s..3s\n"
             "mix = home 60, (order home) 40\n"
             "[thresholds]\nhttp_req_duration{home} = p(95) < 500, "
             "max < 2s\n"
             "http_req_failed{name:order} = rate < 15%\n");
    assert_string_equal(p.url.host, "::1");
    assert_true(p.url.tls && p.url.is_ipv6 && p.url.port == 8443);
    assert_string_equal(p.url.prefix, "/api");
    assert_true(p.timeout_ns == 90 * NS_PER_S);
    assert_string_equal(p.headers[1].value, "Bearer s3cret");
    assert_int_equal(p.iterations, 2000);
    assert_int_equal(p.scenarios[0].plan.count, 3);
    assert_near(p.scenarios[0].plan.start, 3, 0);
    assert_int_equal(p.request_count, 2);
    assert_string_equal(p.requests[0].checks[1].name, "fast");
    assert_string_equal(p.requests[1].body, "{\"a\": \"b;c\"}");
    assert_int_equal(p.scenarios[0].flow_count, 2);
    assert_int_equal(p.scenarios[0].flows[1].count, 2);
    assert_int_equal(p.thresholds.count, 3);
    assert_int_equal(p.thresholds.items[0].condition.of->series[0], 0);
    assert_int_equal(p.thresholds.items[2].condition.of->series[0], 1);
    assert_near(p.thresholds.items[1].condition.limit, 2000, 0);
    assert_near(p.thresholds.items[2].condition.limit, 0.15, 1e-12);
    profile_close(&p);
}

static void each_mistake_is_told(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int line, column;
        const char *says;
    } cases[] = {
        { "", 0, 0, "url is missing" },
        { "a = b\n" GOOD, 1, 1, "a [section] must come first" },
        { GOOD "[targett]\n", 7, 1, "did you mean [target]" },
        { GOOD "[nonsense]\n", 7, 1, "there are profile, target" },
        { GOOD "[profile\n", 7, 1, "no closing ]" },
        { GOOD "[profile] x\n", 7, 11, "nothing may follow" },
        { GOOD "[stages]\nb = 1s\n", 7, 1, "stands already in line 3" },
        { GOOD "GETT = /\n", 7, 1, "did you mean 'GET'" },
        { GOOD "timeout = 3s\n", 7, 1, "'timeout' belongs in [target]" },
        { GOOD "zzzzzzzz = 3s\n", 7, 1, "there are GET" },
        { GOOD "check = status <\n", 7, 17, "value is missing" },
        { GOOD "check = statsu == 200\n", 7, 9, "did you mean 'status'" },
        { GOOD "check = status = 200\n", 7, 16, "write ==" },
        { GOOD "check = time < 5x\n", 7, 17, "not a unit" },
        { GOOD "check = (status == 200\n", 7, 23, "a ) is missing" },
        { GOOD "check = body < \"x\"\n", 7, 9, "contains or matches" },
        { GOOD "check = body == 5\n", 7, 9, "cannot be compared" },
        { GOOD "GET = /two\n", 7, 1, "stands twice" },
        { GOOD "POST = /two\n", 7, 8, "has GET already" },
        { GOOD "header = Accept\n", 7, 10, "NAME: VALUE" },
        { GOOD "header = Content-Length: 5\n", 7, 10, "onrush itself" },
        { GOOD "body = hello\n", 5, 1, "a GET has no body" },
        { GOOD "[request a b]\nGET = /\n", 7, 11, "no blanks" },
        { GOOD "[request x]\n", 7, 1, "no method and path" },
        { GOOD "[request x]\nGET = nopath\n", 8, 7, "begins with /" },
        { GOOD "[request x]\nGET = /a b\n", 8, 9, "%20" },
        { GOOD "[request x]\nPOST = /\nbody = @none\n", 9, 8, "cannot open" },
        { GOOD "[scenario]\nthink = soon\n", 8, 9, "think is 1s" },
        { GOOD "[scenario]\nthink = 3s..1s\n", 8, 9, "longer one" },
        { GOOD "[scenario]\nflow = hmoe\n", 8, 8, "did you mean 'home'" },
        { GOOD "[scenario]\nflow = home*0\n", 8, 13, "how often" },
        { GOOD "[scenario]\nflow = (home\n", 8, 13, "a ) is missing" },
        { GOOD "[scenario]\nflow = (home, home)\n", 8, 13, "blanks separate" },
        { GOOD "[scenario]\nflow = ()\n", 8, 9, "name is missing" },
        { GOOD "[scenario]\ntasks = home\n", 8, 13, "a rate above 0" },
        { GOOD "[scenario]\ntasks = home 0/m\n", 8, 14, "a rate above 0" },
        { GOOD "[scenario]\ntasks = home 5\n", 8, 14, "a rate above 0" },
        { GOOD "[scenario]\ntasks = home 5/m\nthink = 1s\n", 7, 1,
          "no think beside them" },
        { GOOD "[scenario]\ntasks = home 5/m\npacing = evn\n", 9, 10,
          "poisson or even" },
        { GOOD "[scenario]\nmix = home 1\nflow = home\n", 9, 8, "either" },
        { GOOD "[scenario a]\n[scenario a]\n", 8, 1, "stands already in line 7" },
        { GOOD "[scenario a]\nstages = night\n", 8, 10,
          "no section [stages night]" },
        { GOOD "[stages night]\na = 2s to 5\n", 7, 1, "no scenario uses" },
        { GOOD "[request b]\nGET = /b\n[scenario]\nflow = home\n", 7, 1,
          "no scenario makes [request b]" },
        { GOOD "tags = area\n", 7, 12, "NAME: VALUE" },
        { GOOD "tags = area: shop tier: x\n", 7, 19, "comma separates" },
        { GOOD "tags = name: x\n", 7, 8, "onrush sets itself" },
        { GOOD "[variant]\nurl = http://a\n", 7, 1, "needs a name" },
        { GOOD "[variant a]\n", 7, 1, "has no url" },
        { GOOD "[event]\nat = 1s\n", 7, 1, "needs a name" },
        { GOOD "[event a]\ndo = hold\n", 7, 1, "has no time" },
        { GOOD "[event a]\nat = 1m\n", 7, 1, "when the stages have ended" },
        { GOOD "[event a]\nat = 1s\ndo = hodl\n", 9, 6, "did you mean" },
        { GOOD "[event a]\nat = 1s\ndo = spike +5 20x\n", 9, 6, "unit of time" },
        { GOOD "[event a]\nat = 1s\ndo = resume\n", 9, 6, "not paused" },
        { GOOD "[metric 9x]\n", 7, 9, "letters, digits and _" },
        { GOOD "[metric x]\ntype = tred\n", 8, 8, "trend" },
        { GOOD "[thresholds]\nschedule_lag = p(95) < 5\n", 8, 1,
          "is of arrival rates" },
        { GOOD "[thresholds]\nchecks = rate > 0.9\n", 8, 1,
          "no request has a check" },
        { GOOD "[metric m]\n[thresholds]\nm = p(95) < 5\n", 9, 1,
          "no request has a record" },
        { GOOD "extract = json.id\n", 7, 1, "extract NAME = VALUE" },
        { GOOD "extract 5a = json.id\n", 7, 9, "begins with a letter" },
        { GOOD "record = time\n", 7, 1, "record METRIC" },
        { GOOD "record x = time\n", 7, 8, "no [metric x]" },
        { GOOD "record vlaue = time\n[metric value]\n", 7, 8,
          "did you mean 'value'" },
        { GOOD "until = json.state = \"done\"\n", 7, 20, "write ==" },
        { GOOD "every = 0s\n", 7, 9, "longer than 0s" },
        { GOOD "check = json.id == ${idd}\nextract id = json.id\n", 7, 22,
          "did you mean 'id'" },
        { GOOD "[scenario]\nmix = home 0\n", 8, 12, "weight above 0" },
        { GOOD "[scenario]\nmix = (home 5\n", 8, 13, "no [request 5]" },
        { GOOD "[thresholds]\nhttp_req_durations = p(95) < 5\n", 8, 1,
          "did you mean 'http_req_duration'" },
        { GOOD "[thresholds]\nhttp_req_duration{hme} = p(95) < 5\n", 8, 19,
          "did you mean 'home'" },
        { GOOD "[thresholds]\nhttp_req_failed = p(95) < 5\n", 8, 19,
          "has no 'p'" },
        { GOOD "[thresholds]\nhttp_req_duration = p(195) < 5\n", 8, 23,
          "between 0 and 100" },
        { GOOD "[thresholds]\nhttp_req_duration = p(95) 5\n", 8, 27,
          "comparison is missing" },
        { GOOD "[thresholds]\nhttp_req_duration = p(95) < 5 then\n", 8, 31,
          "should end here" },
        { GOOD "[thresholds]\niterations{home} = count > 5\n", 8, 12,
          "not counted per request" },
        { GOOD "[thresholds]\nhttp_reqs = count > 5s\n", 8, 21,
          "is not a time" },
        { GOOD "[profile]\nkind = spke\n", 8, 8, "did you mean 'spike'" },
        { GOOD "[profile]\nname = a/b\n", 8, 9, "no /" },
        { GOOD "[profile]\niterations = 0\n", 8, 14, "from 1 on" },
        { GOOD "[profile]\nstart = -3\n", 8, 9, "negative" },
        { GOOD "[profile]\ngraceful_stop = 3\n", 8, 18, "no unit" },
        { GOOD "[profile]\nname = ${env.ONRUSH_NO_SUCH}\n", 8, 8,
          "no variable" },
        { GOOD "[profile]\nname = a${vu}\n", 8, 9, "path, a header or a" },
        { GOOD "[profile]\nname = ${uuidd}\n", 8, 8, "did you mean 'uuid'" },
        { GOOD "[profile]\nname = ${products.sku}\n", 8, 8,
          "there are ${env.NAME}, ${vu}, " },
        { GOOD "header = X: ${vu 3}\n", 7, 18, "nothing stands behind" },
        { GOOD "header = X: ${random 1}\n", 7, 23, "two whole numbers" },
        { GOOD "header = X: ${random 1 2.5}\n", 7, 24, "two whole numbers" },
        { GOOD "header = X: ${random 9 8}\n", 7, 24, "at least the first" },
        { GOOD "header = X: ${random 1 2 3}\n", 7, 26, "two numbers" },
        { GOOD "header = X: ${random 1 9223372036854775808}\n", 7, 24,
          "two whole numbers" },
        { GOOD "header = X: ${pick}\n", 7, 19, "at least one word" },
        { GOOD "header = X: ${pick a\x01}\n", 7, 21, "control" },
        { GOOD "header = X: ${pick a b*0}\n", 7, 24, "a weight is 1 to" },
        { GOOD "header = X: ${pick a*9999999}\n", 7, 22, "a weight is 1 to" },
        { GOOD "header = X-${vu}: 1\n", 7, 13, "NAME: VALUE" },
        { GOOD "body = @${vu}.json\n", 7, 9, "file's name" },
        { GOOD "check = status == ${vuu}\n", 7, 21, "no variable 'vuu'" },
        { GOOD_TARGET GOOD_STAGES "[request a]\nGET = /${pick a b<c}\n", 6, 18,
          "cannot stand in a path" },
        { GOOD_TARGET GOOD_STAGES "[request a]\nGET = /${pick a #c}\n", 6, 17,
          "cannot stand in a path" },
        { GOOD_TARGET GOOD_STAGES "[request a]\nGET = /${vu} b\n", 6, 13,
          "%20" },
        { GOOD "[profile]\nname = ${env.X\n", 8, 8, "no closing }" },
        { GOOD "[profile]\n= 5\n", 8, 1, "name is missing" },
        { GOOD "[profile]\nname: x\n", 8, 1, "expected NAME = VALUE" },
        { "[target]\nurl = gopher://x\n" GOOD_STAGES GOOD_REQUEST, 2, 7,
          "http://" },
        { "[target]\nurl = http://\n" GOOD_STAGES GOOD_REQUEST, 2, 14,
          "host is missing" },
        { "[target]\nurl = http://a:99999\n" GOOD_STAGES GOOD_REQUEST, 2, 15,
          "PORT" },
        { "[target]\nurl = http://u:p@a\n" GOOD_STAGES GOOD_REQUEST, 2, 14,
          "no user or password" },
        { "[target]\nurl = http://a/?q\n" GOOD_STAGES GOOD_REQUEST, 2, 16,
          "no query" },
        { GOOD_TARGET GOOD_REQUEST, 0, 0, "[stages] is missing" },
        { GOOD_TARGET "[stages]\n" GOOD_REQUEST, 3, 1, "is empty" },
        { GOOD_TARGET "[stages]\na = 0s to 5\n" GOOD_REQUEST, 3, 1,
          "last 0 s" },
        { GOOD_TARGET "[stages]\na = 2x to 5\n" GOOD_REQUEST, 4, 6,
          "not a unit of time" },
        { GOOD_TARGET "[stages]\na = 2s to -5\n" GOOD_REQUEST, 4, 11,
          "negative" },
        { GOOD_TARGET "[stages]\na = 2s to 5/s\nb = 9s at 7\n" GOOD_REQUEST, 5,
          11, "arrivals, not virtual users: write 7/s" },
        { GOOD_TARGET
          "[stages]\na = 2s to 5\nb = 9s\nc = 1s to 60/m\n" GOOD_REQUEST,
          6, 11, "virtual users, not arrivals: write 1" },
        { "[profile]\nstart = 3\n" GOOD_TARGET
          "[stages]\na = 2s to 5/s\n" GOOD_REQUEST,
          2, 9, "write 3/s" },
        { "[profile]\nstart = 3/s\n" GOOD, 2, 9, "virtual users" },
        { GOOD "[scenario]\nmax_vus = 5\n", 8, 11, "is for arrival rates" },
        { RATES "[scenario]\nmax_vus = 0\n", 8, 11, "from 1 on" },
        { RATES "[scenario]\nmax_vus = 2M\n", 8, 11, "at most 1000000" },
        { GOOD_TARGET GOOD_STAGES, 0, 0, "[request NAME] is missing" },
    };
    int missed = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Profile p;
        Diags d;
        ProfileOptions o = { 0 };
        if (read_with(&p, cases[i].text, &o, &d) == 0) {
            print_message("case %zu '%s' was taken\n", i, cases[i].says);
            profile_close(&p);
            missed++;
        }
        bool found = false;
        for (size_t k = 0; k < d.count; k++)
            found |= d.items[k].line == cases[i].line &&
                     d.items[k].column == cases[i].column &&
                     strstr(d.items[k].text, cases[i].says);
        if (!found && d.count) {
            print_message("case %zu '%s' gave %d:%d: %s\n", i, cases[i].says,
                          d.items[0].line, d.items[0].column, d.items[0].text);
            missed++;
        }
        diags_close(&d);
    }
    assert_int_equal(missed, 0);
}

#define REST "\n" GOOD_STAGES GOOD_REQUEST

static void scenarios_side_by_side(void **state) {
    (void)state;
    Profile p = good("[profile]\nstart = 2\n" GOOD_TARGET
                     "[stages]\na = 10s to 5\n"
                     "[stages night]\nb = 5s at 3\nc = 5s\n" GOOD_REQUEST
                     "tags = area: front\n"
                     "[request order]\nPOST = /o\n"
                     "[scenario day]\nflow = (home order), home*2\n"
                     "[scenario owls]\nstages = night\nstart = 20s\n"
                     "tasks = home 30/m, (home order) 60/h\npacing = even\n"
                     "tags = who: owl\n"
                     "[event rush]\nat = 3s\ndo = spike +5 2s\n");
    const Scenario *day = &p.scenarios[0], *owls = &p.scenarios[1];
    assert_int_equal(p.scenario_count, 2);
    assert_int_equal(day->flows[0].count, 3);
    assert_int_equal(day->flows[0].steps[0].count, 2);
    assert_int_equal(day->flows[0].steps[2].first, 3);
    assert_true(plan_total_ns(&owls->plan) == 30 * NS_PER_S);
    assert_near(plan_level_at(&owls->plan, 19 * NS_PER_S), 0, 0);
    assert_near(plan_level_at(&owls->plan, 29 * NS_PER_S), 3, 0);
    assert_near(plan_level_at(&day->plan, 0), 2, 0);
    assert_near(owls->flows[0].rate, 0.5, 1e-12);
    assert_near(owls->flows[1].rate, 1.0 / 60, 1e-12);
    assert_int_equal(owls->flows[1].count, 2);
    assert_int_equal(owls->choice, FLOW_TASKS);
    assert_int_equal(owls->pacing, PACING_EVEN);
    static const char *const names[] = { "home{day}", "home{owls}",
                                         "order{day}", "order{owls}" };
    assert_int_equal(p.series_count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(p.series[i].name, names[i]);
    assert_int_equal(owls->series[1], 3);
    assert_int_equal(p.series[1].label_count, 4);
    assert_string_equal(p.series[1].labels[3].value, "owl");
    profile_close(&p);
}

static void steered_scenarios_are_saved(void **state) {
    (void)state;
    Profile p = good(GOOD_TARGET
                     "[stages]\na = 10s to 5\n" GOOD_REQUEST
                     "[scenario day]\n[scenario owls]\nstart = 20s\n"
                     "think = 2s\n");
    Wheel w;
    Text t = { 0 };
    plans_to_wheel(&p, &w);
    profile_print(&p, &w, UINT64_MAX, &t);
    Profile again = good(t.bytes);
    assert_int_equal(again.scenario_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const Plan *a = &p.scenarios[i].plan, *b = &again.scenarios[i].plan;
        assert_true(plan_total_ns(a) == plan_total_ns(b));
        for (uint64_t s = 0; s <= 30; s++)
            assert_near(plan_level_at(a, s * NS_PER_S),
                        plan_level_at(b, s * NS_PER_S), 0);
    }
    assert_int_equal(again.scenarios[1].think.kind, THINK_FIXED);
    text_close(&t);
    wheel_close(&w);
    profile_close(&p);
    profile_close(&again);
}

static void what_does_not_go_together(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int line, column;
        const char *says; /* NULL: it is fine */
    } cases[] = {
        { GOOD_TARGET "transport = wire\nredirects = 3" REST, 4, 13,
          "follows redirects" },
        { GOOD_TARGET "cookies = on\ntransport = wire" REST, 3, 11,
          "keeps cookies" },
        { GOOD_TARGET "auth = digest a:b\ntransport = wire" REST, 3, 8,
          "digest login" },
        { GOOD_TARGET "proxy = http://p:1\ntransport = wire" REST, 3, 9,
          "goes through a proxy" },
        { GOOD_TARGET "decompress = on\ntransport = wire" REST, 3, 14,
          "decompresses" },
        { "[target]\nurl = ftp://a\ntransport = wire" REST, 2, 7, "ftp" },
        { GOOD_TARGET "transport = wire\nredirects = 0" REST, 0, 0, NULL },
        { GOOD_TARGET "redirects = 3\ncookies = on" REST, 0, 0, NULL },
        { GOOD_TARGET "redirects = 3\npipeline = 4" REST, 4, 12,
          "follows redirects" },
        { GOOD_TARGET "transport = curl\nhttp = 2\nstreams = 4" REST, 5, 11,
          "transport = curl" },
        { GOOD_TARGET "http = 2\nstreams = 4" REST, 0, 0, NULL },
        { "[target]\nurl = ftp://a\nhttp = 2" REST, 3, 8, "not HTTP" },
        { "[target]\nurl = ftps://a\nauth = digest a:b" REST, 3, 8,
          "basic" },
        { "[target]\nurl = ftp://a\nheader = A: b" REST, 3, 10,
          "no headers" },
        { "[target]\nurl = ftp://a\n" GOOD_STAGES
          "[request x]\nPOST = /x\n", 5, 1, "GET and PUT, no POST" },
        { "[target]\nurl = ftp://a\n" GOOD_STAGES
          "[request x]\nPUT = /x\nbody = y\n", 0, 0, NULL },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Profile p;
        Diags d;
        ProfileOptions o = { 0 };
        int rc = read_with(&p, cases[i].text, &o, &d);
        if (!cases[i].says) {
            if (rc < 0)
                fail_msg("case %zu: %s", i, d.items[0].text);
            profile_close(&p);
        } else if (rc == 0 || d.count != 1 ||
                   d.items[0].line != cases[i].line ||
                   d.items[0].column != cases[i].column ||
                   !strstr(d.items[0].text, cases[i].says)) {
            fail_msg("case %zu '%s': %zu mistakes, %d:%d %s", i,
                     cases[i].says, d.count, d.count ? d.items[0].line : 0,
                     d.count ? d.items[0].column : 0,
                     d.count ? d.items[0].text : "");
        }
        diags_close(&d);
    }
}

static void all_mistakes_at_once(void **state) {
    (void)state;
    Profile p;
    Diags d;
    ProfileOptions o = { 0 };
    const char *text = "[target]\nurl = nowhere\ntimeot = 3s\n"
                       "[stages]\na = 5\n\n[request x]\nPUT = y\n";
    assert_int_equal(read_with(&p, text, &o, &d), -1);
    assert_int_equal(d.count, 4);
    for (size_t i = 1; i < d.count; i++)
        assert_true(d.items[i - 1].line <= d.items[i].line);
    diags_close(&d);
}

static void strange_bytes_are_refused(void **state) {
    (void)state;
    Profile p;
    Diags d;
    ProfileOptions o = { 0 };
    static const char nul[] = GOOD "[profile]\nname = a\0b\n";
    diags_init(&d, "x.ini");
    assert_int_equal(
        profile_read_text(&p, nul, sizeof nul - 1, "x.ini", &o, &d), -1);
    assert_non_null(strstr(d.items[0].text, "NUL"));
    diags_close(&d);

    Text t = { 0 };
    text_adds(&t, GOOD "[profile]\ndescription = ");
    for (int i = 0; i < 20000; i++)
        text_adds(&t, "x");
    text_adds(&t, "rate=9\nname = fine\n");
    diags_init(&d, "x.ini");
    assert_int_equal(profile_read_text(&p, t.bytes, t.length, "x.ini", &o, &d),
                     -1);
    assert_int_equal(d.count, 1);
    assert_non_null(strstr(d.items[0].text, "longer than 16384"));
    diags_close(&d);
    text_close(&t);

    /* indented keys, CRLF and a byte order mark are what they seem */
    p = good(
        "\xef\xbb\xbf[target]\r\n  url = http://127.0.0.1:1\r\n" GOOD_STAGES
            GOOD_REQUEST);
    assert_string_equal(p.url.text, "http://127.0.0.1:1");
    profile_close(&p);
}

static void the_command_line_changes_values(void **state) {
    (void)state;
    Profile p;
    Diags d;
    const char *sets[] = { "target.timeout=3s", "request.home.GET=/else",
                           "profile.name=other" };
    ProfileOptions o = { .url = "http://127.0.0.1:9",
                         .sets = sets,
                         .set_count = 3,
                         .stages = "4s to 10, 2s",
                         .time_scale = 0.5,
                         .load_scale = 3 };
    assert_int_equal(read_with(&p, GOOD, &o, &d), 0);
    assert_int_equal(p.url.port, 9);
    assert_true(p.timeout_ns == 3 * NS_PER_S);
    assert_string_equal(p.requests[0].path, "/else");
    assert_string_equal(p.name, "other");
    assert_true(plan_total_ns(&p.scenarios[0].plan) == 3 * NS_PER_S);
    assert_near(plan_level_at(&p.scenarios[0].plan, 2 * NS_PER_S), 30, 0);
    profile_close(&p);
    diags_close(&d);

    const char *bad[] = { "nonsense", "target.timeout=x", "a.b=c" };
    o = (ProfileOptions){ .sets = bad, .set_count = 3, .stages = "5s to x" };
    assert_int_equal(read_with(&p, GOOD, &o, &d), -1);
    assert_int_equal(d.count, 4);
    for (size_t i = 0; i < d.count; i++)
        assert_int_equal(d.items[i].line, 0);
    diags_close(&d);
}

static void rates_make_an_open_model(void **state) {
    (void)state;
    Profile p = good("[profile]\nstart = 10/s\niterations = 50\n" GOOD_TARGET
                     "[stages]\nsettle = 5s\nhold = 20s at 1000/s\n"
                     "fall = 10s to 30/m smooth\ncool = 10s to 0\n" GOOD_REQUEST
                     "[scenario]\nthink = 1s\nmax_vus = 200\n");
    assert_int_equal(p.scenarios[0].plan.unit, PLAN_RATE);
    assert_int_equal(p.scenarios[0].max_vus, 200);
    assert_near(plan_level_at(&p.scenarios[0].plan, 0), 10, 0);
    assert_near(plan_level_at(&p.scenarios[0].plan, 5 * NS_PER_S), 1000, 0);
    assert_near(plan_level_at(&p.scenarios[0].plan, 35 * NS_PER_S), 0.5, 1e-12);
    Text once = { 0 }, twice = { 0 };
    profile_print(&p, NULL, UINT64_MAX, &once);
    assert_non_null(strstr(once.bytes, "start = 10/s\n"));
    assert_non_null(strstr(once.bytes, "max_vus = 200\n"));
    assert_non_null(strstr(once.bytes, "fall = 10s to 0.5/s smooth\n"));
    Profile again = good(once.bytes);
    assert_int_equal(again.scenarios[0].plan.unit, PLAN_RATE);
    profile_print(&again, NULL, UINT64_MAX, &twice);
    assert_string_equal(once.bytes, twice.bytes);
    text_close(&once);
    text_close(&twice);
    profile_close(&again);
    profile_close(&p);

    /* a start alone says it too; nothing says it: virtual users */
    p = good("[profile]\nstart = 5/s\n" GOOD_TARGET
             "[stages]\na = 2s\n" GOOD_REQUEST);
    assert_int_equal(p.scenarios[0].plan.unit, PLAN_RATE);
    assert_int_equal(p.scenarios[0].max_vus, PROFILE_MAX_VUS_DEFAULT);
    profile_close(&p);
    p = good("[profile]\nstart = 0\n" GOOD_TARGET
             "[stages]\na = 2s at 0\n" GOOD_REQUEST);
    assert_int_equal(p.scenarios[0].plan.unit, PLAN_VUS);
    profile_close(&p);
}

/* Virtual users are rounded, rates are not. */
static void rates_are_scaled_as_they_are(void **state) {
    (void)state;
    Profile p;
    Diags d;
    ProfileOptions o = { .stages = "4s to 10/s, 2s at 1/s",
                         .load_scale = 0.25 };
    const char *text = "[profile]\nstart = 1/s\n" GOOD;
    assert_int_equal(read_with(&p, text, &o, &d), 0);
    assert_int_equal(p.scenarios[0].plan.unit, PLAN_RATE);
    assert_near(p.scenarios[0].plan.start, 0.25, 0);
    assert_near(plan_level_at(&p.scenarios[0].plan, 4 * NS_PER_S), 0.25, 0);
    assert_near(plan_peak(&p.scenarios[0].plan), 2.5, 0);
    profile_close(&p);
    diags_close(&d);
}

static void what_is_printed_reads_again(void **state) {
    (void)state;
    const char *text =
        "[profile]\nname = x\nstart = 2\n" GOOD "check ok = status == 200\n"
        "[thresholds]\nhttp_req_duration = p(95) < 500\n";
    Profile p = good(text), again;
    Text t = { 0 };
    profile_print(&p, NULL, UINT64_MAX, &t);
    again = good(t.bytes);
    assert_int_equal(again.thresholds.count, 1);
    assert_near(again.scenarios[0].plan.start, 2, 0);
    assert_near(plan_level_at(&again.scenarios[0].plan, 5 * NS_PER_S),
                plan_level_at(&p.scenarios[0].plan, 5 * NS_PER_S), 0);
    Text twice = { 0 };
    profile_print(&again, NULL, UINT64_MAX, &twice);
    assert_string_equal(t.bytes, twice.bytes);
    text_close(&t);
    text_close(&twice);
    profile_close(&p);
    profile_close(&again);
}

static void limits_of_comparisons(void **state) {
    (void)state;
    Profile p = good("[profile]\nname = x\n" GOOD
                     "[compare]\nhttp_req_duration p(99) = off\np(95) = 8%\n"
                     "http_req_duration{home} = 0.5\n"), again;
    assert_int_equal(p.compare_count, 3);
    assert_string_equal(p.compare[0].name, "http_req_duration p(99)");
    assert_true(isinf(p.compare[0].share));
    assert_near(p.compare[1].share, 0.08, 1e-12);
    assert_string_equal(p.compare[2].name, "http_req_duration{home}");
    Text t = { 0 };
    profile_print(&p, NULL, UINT64_MAX, &t);
    again = good(t.bytes);
    assert_int_equal(again.compare_count, 3);
    assert_near(again.compare[2].share, 0.5, 0);
    text_close(&t);
    profile_close(&p);
    profile_close(&again);
}

static void ready_profiles_are_good(void **state) {
    (void)state;
    static const struct {
        const char *name;
        uint64_t total_s;
        double peak;
    } all[] = { { "smoke", 30, 2 },
                { "load", 26 * 60, 100 },
                { "stress", 55 * 60, 400 },
                { "spike", 9 * 60, 1000 },
                { "soak", 3600, 50 },
                { "arrivals", 590, 200 } };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char path[1024];
        Profile p;
        Diags d;
        ProfileOptions o = { 0 };
        const char *tests = getenv("TESTS_SRC");
        snprintf(path, sizeof path, "%s/../profiles/%s.ini",
                 tests ? tests : "../tests", all[i].name);
        diags_init(&d, path);
        if (profile_read(&p, path, &o, &d) < 0)
            fail_msg("%s: %s", path, d.items[0].text);
        assert_true(plan_total_ns(&p.scenarios[0].plan) == all[i].total_s * NS_PER_S);
        assert_near(plan_peak(&p.scenarios[0].plan), all[i].peak, 0);
        assert_string_equal(p.name, all[i].name);
        profile_close(&p);
        diags_close(&d);
    }
}

static void the_key_table_is_whole(void **state) {
    (void)state;
    for (size_t i = 0; i < key_count; i++) {
        bool known = false;
        for (size_t k = 0; k < section_count; k++)
            known |= text_equal(sections[k].name, keys[i].section);
        assert_true(known);
        assert_non_null(keys[i].read);
        assert_true(strlen(keys[i].help) > 3);
    }
}

static void think_times(void **state) {
    (void)state;
    Rng r = { 5 };
    Think uniform = { THINK_UNIFORM, 1e9, 3e9 }, fixed = { THINK_FIXED, 5, 0 };
    Think exponential = { THINK_EXP, 2e9, 0 };
    Think normal = { THINK_NORMAL, 2e9, 5e8 };
    double sums[3] = { 0 };
    for (int i = 0; i < 20000; i++) {
        uint64_t u = think_draw(&uniform, &r);
        assert_true(u >= NS_PER_S && u <= 3 * NS_PER_S);
        assert_true(think_draw(&fixed, &r) == 5);
        sums[0] += (double)u;
        sums[1] += (double)think_draw(&exponential, &r);
        sums[2] += (double)think_draw(&normal, &r);
    }
    for (int i = 0; i < 3; i++)
        assert_near(sums[i] / 20000, 2e9, 5e7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_is_read),
        cmocka_unit_test(each_mistake_is_told),
        cmocka_unit_test(scenarios_side_by_side),
        cmocka_unit_test(steered_scenarios_are_saved),
        cmocka_unit_test(what_does_not_go_together),
        cmocka_unit_test(all_mistakes_at_once),
        cmocka_unit_test(strange_bytes_are_refused),
        cmocka_unit_test(the_command_line_changes_values),
        cmocka_unit_test(rates_make_an_open_model),
        cmocka_unit_test(rates_are_scaled_as_they_are),
        cmocka_unit_test(what_is_printed_reads_again),
        cmocka_unit_test(limits_of_comparisons),
        cmocka_unit_test(ready_profiles_are_good),
        cmocka_unit_test(the_key_table_is_whole),
        cmocka_unit_test(think_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
