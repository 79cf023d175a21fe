/* SPDX-License-Identifier: GPL-3.0-or-later */
/* k6 scripts: what stands in them is read, nothing is run. */
#include <stdlib.h>
#include <string.h>

#include "import/import.h"
#include "import/js.h"

/* What k6 does without being asked, and onrush does not. */
static void k6_defaults(Sketch *d) {
    if (!sketch_find(&d->target, "timeout"))
        sketch_target(d, AT_WHOLE, "timeout", "60s");
    if (!sketch_find(&d->target, "redirects"))
        sketch_target(d, AT_WHOLE, "redirects", "10");
    sketch_target(d, AT_WHOLE, "cookies", "on");
    d->target_comment = "Redirects and cookies as k6 has them; without them "
                        "a request costs less.";
}

static void note_other_functions(Js *js) {
    static const char *const names[] = { "setup", "teardown" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const JsValue *f = js_lookup(js, names[i]);
        if (f && f->kind == JS_FUNCTION)
            sketch_note(js->d, AT_LINE(js->tokens[f->params].line),
                        "function %s: requests before and after the load",
                        names[i]);
    }
}

int k6_read(Sketch *d, ImportInput *in, const ImportOptions *o, Err *err) {
    JsTokens tokens = { 0 };
    (void)o;
    if (import_whole(in, err) < 0)
        return -1;
    if (!js_lex(&d->arena, in->head.bytes, in->head.length, 1, &tokens))
        sketch_note(d, AT_WHOLE, "more than %d tokens: the rest is left out",
                    JS_TOKENS_MAX);
    Js js = { .d = d,
              .arena = &d->arena,
              .tokens = tokens.items,
              .token_count = tokens.count,
              .is_init = true,
              .last_request = SKETCH_NONE };
    js_collect_functions(&js);
    js_walk(&js, 0, tokens.count - 1);
    note_other_functions(&js);
    const JsValue *options = js_lookup(&js, "options");
    JsValue copy = options ? *options : (JsValue){ .kind = JS_NULL };
    k6_load(&js, &copy);
    k6_defaults(d);
    free(js.bindings);
    free(js.extracts);
    free(tokens.items);
    return 0;
}

bool k6_recognise(const char *bytes, size_t length) {
    (void)length;
    return strstr(bytes, "k6/http") || strstr(bytes, "from 'k6'") ||
           strstr(bytes, "from \"k6\"") ||
           strstr(bytes, "export default function") ||
           strstr(bytes, "export const options");
}
