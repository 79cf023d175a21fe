/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The readers of other tools' files: each input in import/ against the
 * profile beside it (ONRUSH_REGEN=1 rewrites those, to be reviewed). */
#include "unit.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/rng.h"
#include "import/import.h"
#include "import/js_lex.h"
#include "import/marked.h"
#include "import/print.h"
#include "import/shell.h"

/* --- the inputs --------------------------------------------------------- */

static char *folder(const char *file) {
    const char *dir = getenv("TESTS_SRC");
    Text path = { 0 };
    text_addf(&path, "%s/unit/import/%s", dir ? dir : "tests", file);
    return text_take(&path);
}

static void read_file(const char *file, Text *to) {
    char *path = folder(file);
    Err err = { 0 };
    if (file_read(path, 1 << 22, to, &err) < 0)
        fail_msg("%s", err.text);
    free(path);
}

static const struct {
    const char *file, *kind;
} inputs[] = {
    { "curl-chrome.txt", "curl" },
    { "curl-several.txt", "curl" },
    { "curl-cmd.txt", "curl" },
    { "curl-hostile.txt", "curl" },
    { "har-page.json", "har" },
    { "har-firefox.json", "har" },
    { "har-bodies.json", "har" },
    { "har-hostile.json", "har" },
    { "k6-doc.js", "k6" },
    { "k6-scenarios.js", "k6" },
    { "k6-simple.js", "k6" },
    { "k6-computed.js", "k6" },
    { "k6-hostile.js", "k6" },
    { "k6-unrecorded.js", "k6" },
    { "artillery-shop.yml", "artillery" },
    { "artillery-minimal.yml", "artillery" },
    { "artillery-json.json", "artillery" },
    { "artillery-hostile.yml", "artillery" },
    { "artillery-payload.yml", "artillery" },
    { "log-nginx.log", "log" },
    { "log-common.log", "log" },
    { "log-hostile.log", "log" },
    { "log-many.log", "log" },
};
#define INPUT_COUNT (sizeof inputs / sizeof *inputs)

/* --- helpers ------------------------------------------------------------ */

/* What import makes of bytes; NULL with *err when it refuses. free() it. */
static char *import_options(const char *kind, const char *bytes, size_t length,
                            const ImportOptions *options, Err *err) {
    ImportInput in = { 0 };
    Sketch d;
    Printed printed = { 0 };
    text_add(&in.head, bytes, length);
    char *ini = NULL;
    if (import_read(import_find(kind), &in, options, &d, err) == 0) {
        sketch_print(&d, "golden", "golden", &printed);
        for (size_t i = 0; i < printed.count; i++)
            text_addf(&printed.ini, "\n; file %s\n;   %zu bytes\n",
                      printed.files[i].name, printed.files[i].length);
        ini = text_take(&printed.ini);
    }
    print_close(&printed);
    sketch_close(&d);
    text_close(&in.head);
    return ini;
}

static char *import_text(const char *kind, const char *text) {
    Err err = { 0 };
    ImportOptions none = { 0 };
    char *ini = import_options(kind, text, strlen(text), &none, &err);
    if (!ini)
        fail_msg("%s: %s", kind, err.text);
    return ini;
}

static void assert_has(const char *ini, const char *text) {
    if (!strstr(ini, text))
        fail_msg("'%s' is not in\n%s", text, ini);
}

static void assert_lacks(const char *ini, const char *text) {
    if (strstr(ini, text))
        fail_msg("'%s' is in\n%s", text, ini);
}

/* Whatever came in: no byte that a terminal acts on, lines a profile takes,
 * sections that we write, and no ${…} that the input brought. */
static void assert_is_clean(const char *ini, const char *what) {
    static const char *const sections[] = {
        "[profile]", "[target]",  "[vars]",     "[data ",   "[stages]",
        "[stages ",  "[request ", "[scenario ", "[metric ", "[thresholds]"
    };
    for (const char *line = ini; *line;) {
        const char *end = strchr(line, '\n');
        assert_non_null(end);
        assert_true(end - line < 16384);
        for (const char *s = line; s < end; s++)
            if (((unsigned char)*s < 0x20 && *s != '\t') || *s == 0x7f)
                fail_msg("%s: byte %02x in '%.*s'", what,
                         (unsigned)(unsigned char)*s, (int)(end - line), line);
        if (*line == '[') {
            bool known = false;
            for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
                known |= strncmp(line, sections[i], strlen(sections[i])) == 0;
            if (!known || end[-1] != ']' || end - line > 50)
                fail_msg("%s: section '%.*s'", what, (int)(end - line), line);
        } else if (line < end && *line != ';') {
            assert_non_null(memchr(line, '=', (size_t)(end - line)));
        }
        line = end + 1;
    }
    const char *home = strstr(ini, "${env.HOME}");
    while (home && *home && ini < home) { /* comments may quote it */
        const char *line = home;
        while (line > ini && line[-1] != '\n')
            line--;
        if (*line != ';')
            fail_msg("%s: a variable came in from outside: %.60s", what, line);
        home = strstr(home + 1, "${env.HOME}");
    }
}

/* --- golden ------------------------------------------------------------- */

static void one_golden(const char *file, const char *kind) {
    Text input = { 0 }, want = { 0 }, name = { 0 };
    Err err = { 0 };
    ImportOptions none = { 0 };
    read_file(file, &input);
    char *got = import_options(kind, input.bytes, input.length, &none, &err);
    if (!got)
        fail_msg("%s: %s", file, err.text);
    text_addf(&name, "%.*s.ini", (int)strcspn(file, "."), file);
    if (getenv("ONRUSH_REGEN")) {
        char *path = folder(name.bytes);
        assert_int_equal(file_write(path, got, strlen(got), &err), 0);
        free(path);
    } else {
        read_file(name.bytes, &want);
        if (strcmp(got, want.bytes) != 0) {
            fprintf(stderr, "%s is now\n%s", name.bytes, got);
            fail_msg("%s differs", name.bytes);
        }
    }
    free(got);
    text_close(&input);
    text_close(&want);
    text_close(&name);
}

static void inputs_become_profiles(void **state) {
    (void)state;
    for (size_t i = 0; i < INPUT_COUNT; i++)
        one_golden(inputs[i].file, inputs[i].kind);
}

static void kinds_are_recognised(void **state) {
    (void)state;
    for (size_t i = 0; i < INPUT_COUNT; i++) {
        ImportInput in = { 0 };
        Err err = { 0 };
        read_file(inputs[i].file, &in.head);
        const ImportReader *r = import_recognise(&in, &err);
        if (!r || strcmp(r->name, inputs[i].kind) != 0)
            fail_msg("%s is taken for %s", inputs[i].file,
                     r ? r->name : err.text);
        text_close(&in.head);
    }
    ImportInput in = { 0 };
    Err err = { 0 };
    text_adds(&in.head, "hello world\n");
    assert_null(import_recognise(&in, &err));
    assert_has(err.text, "--from");
    text_close(&in.head);
}

/* --- hostile ------------------------------------------------------------ */

static void try_bytes(const char *kind, const char *bytes, size_t length,
                      const char *what) {
    Err err = { 0 };
    ImportOptions none = { 0 };
    char *ini = import_options(kind, bytes, length, &none, &err);
    if (ini)
        assert_is_clean(ini, what);
    else
        assert_true(err.text[0]);
    free(ini);
}

static void any_beginning_of_a_file_is_borne(void **state) {
    (void)state;
    for (size_t i = 0; i < INPUT_COUNT; i++) {
        Text input = { 0 };
        read_file(inputs[i].file, &input);
        size_t most = input.length < 6000 ? input.length : 6000;
        for (size_t n = 0; n <= most; n += 1 + n / 100)
            try_bytes(inputs[i].kind, input.bytes, n, inputs[i].file);
        text_close(&input);
    }
}

static size_t below(Rng *r, size_t n) {
    return (size_t)(rng_next(r) % n);
}

static void changed_bytes_are_borne(void **state) {
    static const char nasty[] = "\n\r\t\"'`\\${}[]()=;:#@%^&|<>,\1\2\33\177\0";
    Rng rng;
    (void)state;
    rng = (Rng){ 7 };
    for (size_t i = 0; i < INPUT_COUNT; i++) {
        Text input = { 0 };
        read_file(inputs[i].file, &input);
        size_t length = input.length < 6000 ? input.length : 6000;
        for (int round = 0; round < 100; round++) {
            Text t = { 0 };
            text_add(&t, input.bytes, length);
            for (int k = 0; k < 8 && length; k++)
                t.bytes[below(&rng, length)] =
                    round % 2 ? nasty[below(&rng, sizeof nasty)]
                              : (char)below(&rng, 256);
            try_bytes(inputs[i].kind, t.bytes, t.length, inputs[i].file);
            text_close(&t);
        }
        text_close(&input);
    }
}

static void every_reader_bears_the_others_files(void **state) {
    (void)state;
    for (size_t i = 0; i < INPUT_COUNT; i++)
        for (size_t k = 0; k < import_reader_count; k++) {
            Text input = { 0 };
            read_file(inputs[i].file, &input);
            try_bytes(import_readers[k].name, input.bytes, input.length,
                      inputs[i].file);
            text_close(&input);
        }
}

static void repeat(Text *t, const char *what, size_t times) {
    for (size_t i = 0; i < times; i++)
        text_adds(t, what);
}

static void depth_is_bounded(void **state) {
    static const char *const deep[] = { "(",    "[",    "{a:",   "!",
                                        "`${",  "f(",   "x=>",   "-",
                                        "new ", "a?b:", "await " };
    (void)state;
    for (size_t i = 0; i < sizeof deep / sizeof *deep; i++) {
        Text t = { 0 };
        text_adds(&t, "import http from 'k6/http';\n"
                      "http.get('http://h/');\nconst x = ");
        repeat(&t, deep[i], 100000);
        try_bytes("k6", t.bytes, t.length, deep[i]);
        text_close(&t);
    }
    Text t = { 0 };
    repeat(&t, "[", 100000);
    try_bytes("har", t.bytes, t.length, "deep JSON");
    text_close(&t);
    text_adds(&t, "config: {target: http://h}\nscenarios:\n- flow: ");
    repeat(&t, "[", 100000);
    try_bytes("artillery", t.bytes, t.length, "deep YAML");
    text_close(&t);
}

static void growth_is_bounded(void **state) {
    (void)state;
    Text t = { 0 };
    text_adds(&t, "import http from 'k6/http';\nlet a = 'xxxxxxxx', l = [1, 2];"
                  "\nexport default function () {\n");
    repeat(&t, "a = a + a; l = [...l, ...l];\n", 200);
    text_adds(&t, "http.get('http://h/' + a); http.post('http://h/', "
                  "JSON.stringify([l, l, l])); }\n");
    try_bytes("k6", t.bytes, t.length, "doubling");
    text_close(&t);
    text_adds(&t, "import http from 'k6/http';\n");
    for (int i = 0; i < 30; i++)
        text_addf(&t, "function f%d() { f%d(); f%d(); }\n", i, i + 1, i + 1);
    text_adds(&t, "function f30() { http.get('http://h/'); }\n"
                  "export default function () { f0(); }\n"
                  "export const options = { vus: 1, duration: '1s' };");
    try_bytes("k6", t.bytes, t.length, "calls");
    text_close(&t);
    text_adds(&t, "config: {target: 'http://h'}\nscenarios:\n- flow:\n"
                  "  - post: {url: /, json: &a0 [x, x]}\n");
    for (int i = 1; i < 40; i++)
        text_addf(&t, "  - post: {url: /, json: &a%d [*a%d, *a%d]}\n", i, i - 1,
                  i - 1);
    try_bytes("artillery", t.bytes, t.length, "laughs");
    text_close(&t);
}

/* --- words of a shell --------------------------------------------------- */

/* Words joined by |; ; and || stand for the ends. */
static char *split(const char *line) {
    Sketch d;
    ShellWords w = { 0 };
    Text t = { 0 };
    sketch_init(&d, "test");
    shell_split(&d, line, strlen(line), &w);
    for (size_t i = 0; i < w.count; i++) {
        const char *kinds[] = { w.items[i].text, "<end>", "<pipe>" };
        Text plain = { 0 };
        mark_print(kinds[w.items[i].kind], &plain);
        text_addf(&t, "%s%s", i ? "|" : "", plain.bytes ? plain.bytes : "");
        text_close(&plain);
    }
    free(w.items);
    sketch_close(&d);
    return text_take(&t);
}

static void words_are_a_shells(void **state) {
    static const char *const table[][2] = {
        { "a  b\tc", "a|b|c|<end>" },
        { "'a b'\"c d\"e", "a bc de|<end>" },
        { "'' \"\" x", "||x|<end>" },
        { "a\\ b \\\n c", "a b|c|<end>" },
        { "\"\\\"\\\\\\n\\$x\"", "\"\\\\n$x|<end>" },
        { "'\\n$x'", "\\n$x|<end>" },
        { "$'a\\tb\\x41\\101\\u00e4\\'\\\\'", "a\tbAA\xc3\xa4'\\|<end>" },
        { "$'\\U0001F600'", "\xf0\x9f\x98\x80|<end>" },
        { "a;b&&c||d|e&f", "a|<end>|b|<end>|c|<end>|d|<pipe>|e|<end>|f|<end>" },
        { "a#b #c\nd", "a#b|<end>|d|<end>" },
        { "x 2>/dev/null >y <z q", "x|q|<end>" },
        { "$A \"${B_1}c\" '$D' $1 $", "${env.A}|${env.B_1}c|$D|$1|$|<end>" },
        { "'${env.HOME}'", "${pick $}{env.HOME}|<end>" },
        { "\"a\nb\"", "a\nb|<end>" },
        { "a ^\n b ^\"c d^\" \"e\\\"f\"", "a|b|c d|e\"f|<end>" },
        { "a\r\nb\r\n", "a|<end>|b|<end>" },
        { "", "" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char *got = split(table[i][0]);
        if (strcmp(got, table[i][1]) != 0)
            fail_msg("%s\nis  %s\nnot %s", table[i][0], got, table[i][1]);
        free(got);
    }
}

static void curl_takes_words_of_a_command_line(void **state) {
    static const char *const words[] = { "curl",     "-sXPUT", "--data-binary",
                                         "a $B 'c'", "--",     "h.example/-x" };
    ImportOptions o = { .words = words, .word_count = 6 };
    Err err = { 0 };
    (void)state;
    char *ini = import_options("curl", "", 0, &o, &err);
    assert_non_null(ini);
    assert_has(ini, "url = http://h.example\n");
    assert_has(ini, "PUT    = /-x\n");
    assert_has(ini, "body   = a $B 'c'\n");
    free(ini);
}

static void curl_options_have_their_meaning(void **state) {
    static const char *const table[][2] = {
        { "-I", "HEAD  = /\n" },
        { "-A me -e http://r/", "User-Agent: me\nheader = Referer: http://r/" },
        { "-u a:b --digest", "auth = digest a:b\n" },
        { "-u a", "auth = basic a:\n" },
        { "-L --max-redirs 3", "redirects = 3\n" },
        { "-m 1.5", "timeout = 1500ms\n" },
        { "-k", "tls_verify = off\n" },
        { "-x socks5://p:1", "proxy = socks5://p:1\n" },
        { "--interface eth0", "interface = eth0\n" },
        { "--interface 10.0.0.1", "local_address = 10.0.0.1\n" },
        { "--unix-socket /s", "unix_socket = /s\n" },
        { "-E c.pem:pw --key k.pem --cacert ca", "tls_cert = c.pem\ntls_key  = "
                                                 "k.pem\ntls_ca   = ca\n" },
        { "--connect-timeout 3", "--connect-timeout: timeout in [target]" },
        { "--http2", "http = 2\n" },
        { "-G -d a=b -d c", "GET   = /?a=b&c\n" },
        { "-d a=b -d c", "body   = a=b&c\n" },
        { "-d @f", "body   = @f\n" },
        { "-T f", "PUT   = /\nbody  = @f\n" },
        { "-H 'Content-Type:' -d a", "POST  = /\nbody" },
        { "--bogus", "option --bogus is not known here" },
        { "-F a=b", "-F a=b: a multipart form" },
        { "-b jar.txt", "-b jar.txt: cookies from a file" },
        { "--resolve h:80:1.2.3.4", "resolve = h:80:1.2.3.4\n" },
        { "-r 0-9", "Range: bytes=0-9" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Text t = { 0 };
        text_addf(&t, "curl http://h/ %s", table[i][0]);
        char *ini = import_text("curl", t.bytes);
        assert_has(ini, table[i][1]);
        free(ini);
        text_close(&t);
    }
}

/* --- JavaScript --------------------------------------------------------- */

static void tokens_are_javascripts(void **state) {
    static const char source[] =
        "a = b / c / 2; /* / */ x = /[/\"']\\/+/gi.test('\\u0041\\x42') // "
        "end\n"
        "`t ${ '}' + `${1}` } e` + 0x1f + 1_000.5e1 >>>= b?.c ?? d";
    static const struct {
        JsTokenKind kind;
        const char *text;
    } want[] = {
        { JS_NAME, "a" },     { JS_PUNCT, "=" },   { JS_NAME, "b" },
        { JS_PUNCT, "/" },    { JS_NAME, "c" },    { JS_PUNCT, "/" },
        { JS_NUMBER, "" },    { JS_PUNCT, ";" },   { JS_NAME, "x" },
        { JS_PUNCT, "=" },    { JS_REGEX, "" },    { JS_PUNCT, "." },
        { JS_NAME, "test" },  { JS_PUNCT, "(" },   { JS_STRING, "AB" },
        { JS_PUNCT, ")" },    { JS_TEMPLATE, "" }, { JS_PUNCT, "+" },
        { JS_NUMBER, "" },    { JS_PUNCT, "+" },   { JS_NUMBER, "" },
        { JS_PUNCT, ">>>=" }, { JS_NAME, "b" },    { JS_PUNCT, "?." },
        { JS_NAME, "c" },     { JS_PUNCT, "??" },  { JS_NAME, "d" },
        { JS_END, "" },
    };
    JsTokens tokens = { 0 };
    Arena arena = { 0 };
    (void)state;
    assert_true(js_lex(&arena, source, strlen(source), 1, &tokens));
    assert_int_equal(tokens.count, sizeof want / sizeof *want);
    for (size_t i = 0; i < tokens.count; i++) {
        assert_int_equal(tokens.items[i].kind, want[i].kind);
        assert_string_equal(tokens.items[i].text, want[i].text);
    }
    assert_near(tokens.items[18].number, 31, 0);
    assert_near(tokens.items[20].number, 10005, 0);
    assert_int_equal(tokens.items[16].line, 2);
    assert_int_equal(tokens.items[13].pair, 15);
    free(tokens.items);
    arena_close(&arena);
}

/* body of a default function → something in the profile */
static void k6_statements_are_read(void **state) {
    static const char *const table[][2] = {
        { "http.get(__ENV.URL || 'http://d/x')", "GET = /x" },
        { "http.get(__ENV.URL ? __ENV.URL : 'http://d/x')", "GET = /x" },
        { "http.get(`${__ENV.URL}/y`)", "url       = ${env.URL}\n" },
        { "http.get('http://h/' + (2 * 3 - 1) + '?v=' + __VU)",
          "GET = /5?v=${vu}" },
        { "const f = (n) => `http://h/${n}`; http.get(f('q'))", "GET = /q" },
        { "http.post('http://h/', {a: 'x y', b: 1})", "body   = a=x%20y&b=1" },
        { "http.post('http://h/', JSON.stringify({...{a: 1}, b: [__VU]}))",
          "body = {\"a\":1,\"b\":[${vu}]}" },
        { "http.put('http://h/', open('b.json'))", "body = @b.json" },
        { "http.get('http://h/'); sleep(2); sleep(0.5)", "think = 2500ms" },
        { "http.get('http://h/'); sleep(Math.random() * 2 + 1)",
          "think = 1s..3s" },
        { "let t; group('g', () => { const r = http.get('http://h/'); "
          "t = r.json('a.0.b-c'); }); http.get(`http://h/${t}`)",
          "extract t = json.a[0][\"b-c\"]\n" },
        { "const r = http.get('http://h/'); check(r, {'ok': (r) => { return "
          "r.status >= 200 && (r.status < 300 || r.status === 404); }})",
          "check ok = status >= 200 and (status < 300 or status == 404)\n" },
        { "check(http.get('http://h/'), {'no': r => !(r.body.includes('x'))})",
          "check no = not (body contains \"x\")\n" },
        { "check(http.get('http://h/'), {'t': r => r.timings.waiting < 1e3})",
          "check t = waiting < 1000\n" },
        { "check(http.get('http://h/'), {'h': r => r.headers['X-A'] == 'b'})",
          "check h = header.X-A == \"b\"\n" },
        { "check(http.get('http://h/'), {'j': r => r.json().a.ok === true})",
          "check j = json.a.ok == true\n" },
        { "check(http.get('http://h/'), {'x': r => "
          "r.body.includes('${env.HOME}')})",
          "check 'x': more than comparisons" },
        { "const b = http.batch({a: 'http://h/1', b: ['POST', 'http://h/2']});"
          "check(b.a, {'one': r => r.status === 200})",
          "check one = status == 200\n\n[request post-2]" },
        { "http.get('http://h/', {redirects: 3})", "redirects: 3 for this" },
        { "const r = http.get('http://h/'); if (r.status >= 400) { e.add(1); }",
          "record e = status >= 400\n" },
        { "const r = http.get('http://h/'); if (r.status >= 400) e.add(1); "
          "else e.add(0); e.add(r.status < 300);",
          "record e = status >= 400\nrecord e = status < 300\n" },
        { "http.get('http://h/'); if (x) e.add(1); else e.add(true)",
          "e.add(…): what is recorded" },
        { "http.get('http://h/'); e.add(1)", "record e = true\n" },
        { "check(http.get('http://h/'), {a: r => r.status < 300}) || e.add(1)",
          "record e = not (status < 300)\n" },
        { "while (true) { http.get('http://h/'); }", "while: a loop" },
        { "http.get('http://h/' + Math.sqrt(2)); http.get('http://h/')",
          "http.get with a computed URL" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Text t = { 0 };
        text_addf(&t,
                  "import http from 'k6/http';\n"
                  "const e = new Rate('e');\n"
                  "export default function () {\n%s\n}\n",
                  table[i][0]);
        char *ini = import_text("k6", t.bytes);
        assert_has(ini, table[i][1]);
        free(ini);
        text_close(&t);
    }
}

/* options → something in the profile */
static void k6_options_are_read(void **state) {
    static const char *const table[][2] = {
        { "vus: 3, duration: '1m'", "at-3 = 1m at 3\n" },
        { "vus: 3, iterations: 12", "iterations = 12\n" },
        { "stages: [{duration: '5s', target: 5}, {duration: 1500, target: 5}]",
          "to-5   = 5s to 5\nstay-5 = 1s500ms\n" },
        { "scenarios: {a: {executor: 'per-vu-iterations', vus: 4, "
          "iterations: 5, maxDuration: '30s'}}",
          "iterations = 20\n" },
        { "scenarios: {a: {executor: 'constant-arrival-rate', rate: 5, "
          "timeUnit: '10s', duration: '1m', preAllocatedVUs: 2}}",
          "1m at 0.500000/s\n" },
        { "scenarios: {a: {executor: 'constant-vus', vus: 2, duration: '9s', "
          "gracefulStop: '3s'}}",
          "graceful_stop = 3s\n" },
        { "thresholds: {http_req_failed: ['rate<0.1', 'rate<${env.HOME}']}",
          "http_req_failed = rate<0.1\n" },
        { "thresholds: {'http_req_duration{scenario:default}': ['p(95)<9']}",
          "http_req_duration{scenario:default} = p(95)<9\n" },
        { "noConnectionReuse: true", "new_connection = request\n" },
        { "userAgent: 'me/1'", "User-Agent: me/1\n" },
        { "bogus: 1", "line 2: option bogus\n" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Text t = { 0 };
        text_addf(&t,
                  "import http from 'k6/http';\n"
                  "export const options = { %s };\n"
                  "export default () => http.get('http://h/');\n",
                  table[i][0]);
        char *ini = import_text("k6", t.bytes);
        assert_has(ini, table[i][1]);
        free(ini);
        text_close(&t);
    }
}

/* --- recordings --------------------------------------------------------- */

static void another_host_can_be_chosen(void **state) {
    Text input = { 0 };
    Err err = { 0 };
    ImportOptions o = { .host = "cdn.example" };
    (void)state;
    read_file("har-page.json", &input);
    char *ini = import_options("har", input.bytes, input.length, &o, &err);
    assert_non_null(ini);
    assert_has(ini, "https://cdn.example\n");
    assert_has(ini, "GET    = /font.woff2\n");
    assert_lacks(ini, "[request get-root]");
    assert_has(ini, "requests to https://shop.example: a profile has one "
                    "target (--host chose another)");
    free(ini);
    o.host = "nowhere.example";
    assert_null(import_options("har", input.bytes, input.length, &o, &err));
    assert_has(err.text, "no request");
    text_close(&input);
}

static void secrets_stay_out(void **state) {
    Text input = { 0 };
    Err err = { 0 };
    ImportOptions o = { 0 };
    (void)state;
    read_file("har-page.json", &input);
    char *ini = import_options("har", input.bytes, input.length, &o, &err);
    assert_lacks(ini, "Bearer abc");
    assert_lacks(ini, "sid=1");
    free(ini);
    text_close(&input);
}

/* --- logs --------------------------------------------------------------- */

/* Hands out a log of many lines a part at a time. */
typedef struct Endless {
    size_t left, at;
} Endless;

static long more_lines(void *data, char *buffer, size_t size, Err *err) {
    Endless *e = data;
    size_t used = 0;
    (void)err;
    while (e->left && size - used > 200) {
        int n = snprintf(buffer + used, size - used,
                         "::1 - - [01/Jan/2024:10:%02zu:%02zu +0000] \"GET "
                         "/p%zu/x HTTP/1.1\" 200 5\n",
                         e->at / 60 % 60, e->at % 60, e->at);
        used += (size_t)n;
        e->left--;
        e->at++;
    }
    return (long)used;
}

static void long_logs_are_streamed(void **state) {
    Endless e = { .left = 60000 };
    ImportInput in = { .more = more_lines, .data = &e };
    ImportOptions o = { 0 };
    Sketch d;
    Err err = { 0 };
    Printed p = { 0 };
    (void)state;
    assert_int_equal(import_read(import_find("log"), &in, &o, &d, &err), 0);
    assert_int_equal(e.left, 0);
    assert_true(in.head.length < 200000); /* it is not kept */
    sketch_print(&d, "long", NULL, &p);
    assert_has(p.ini.bytes, "Arrivals: 60000 GET and HEAD requests");
    assert_has(p.ini.bytes, "were not told apart");
    print_close(&p);
    sketch_close(&d);
    text_close(&in.head);
}

static void query_strings_may_stay(void **state) {
    static const char log[] =
        "h - - [01/Jan/2024:10:00:00 +0000] \"GET /s?q=b HTTP/1.1\" 200 5\n"
        "h - - [01/Jan/2024:10:00:00 +0000] \"GET /s?q=a HTTP/1.1\" 200 5\n"
        "h - - [01/Jan/2024:10:00:00 +0000] \"GET /s?q=a HTTP/1.1\" 200 5\n";
    ImportOptions o = { .query = true };
    Err err = { 0 };
    (void)state;
    char *ini = import_options("log", log, strlen(log), &o, &err);
    assert_has(ini, "GET   = /s?q=a\n");
    free(ini);
    ini = import_text("log", log);
    assert_has(ini, "GET   = /s\n");
    assert_has(ini, "query strings: 3;");
    free(ini);
}

/* The place of the message lay behind the last token. */
static void a_call_without_end_has_a_line(void **state) {
    (void)state;
    char *ini = import_text("k6", "import http from 'k6/http';\n"
                                  "export default function () {\n"
                                  "http.get('http://h/'); f(); }\n"
                                  "function f() { f(");
    assert_has(ini, "line 4: calls in calls beyond 16");
    free(ini);
}

/* --- refusals ----------------------------------------------------------- */

static void what_is_no_such_file_is_refused(void **state) {
    static const char *const table[][3] = {
        { "har", "{", "not JSON" },
        { "har", "{}", "log.entries" },
        { "har", "{\"log\": {\"entries\": []}}", "no request" },
        { "artillery", "a: [", "not YAML" },
        { "artillery", "a: b", "config or scenarios" },
        { "k6", "", "no request" },
        { "curl", "", "no request" },
        { "log", "", "no request" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Err err = { 0 };
        ImportOptions none = { 0 };
        assert_null(import_options(table[i][0], table[i][1],
                                   strlen(table[i][1]), &none, &err));
        assert_has(err.text, table[i][2]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inputs_become_profiles),
        cmocka_unit_test(kinds_are_recognised),
        cmocka_unit_test(any_beginning_of_a_file_is_borne),
        cmocka_unit_test(changed_bytes_are_borne),
        cmocka_unit_test(every_reader_bears_the_others_files),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(growth_is_bounded),
        cmocka_unit_test(words_are_a_shells),
        cmocka_unit_test(curl_takes_words_of_a_command_line),
        cmocka_unit_test(curl_options_have_their_meaning),
        cmocka_unit_test(tokens_are_javascripts),
        cmocka_unit_test(k6_statements_are_read),
        cmocka_unit_test(k6_options_are_read),
        cmocka_unit_test(another_host_can_be_chosen),
        cmocka_unit_test(secrets_stay_out),
        cmocka_unit_test(long_logs_are_streamed),
        cmocka_unit_test(query_strings_may_stay),
        cmocka_unit_test(a_call_without_end_has_a_line),
        cmocka_unit_test(what_is_no_such_file_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
