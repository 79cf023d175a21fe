/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "expr/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define STACK_FIRST_BYTES ((size_t)32 << 10)
/* Of the interpreter, where there is no JIT. */
#define HEAP_MOST_KIB 16384
#define BACKTRACKS_MOST 100000000
#define DEPTH_MOST 100000

struct Regex {
    pcre2_code *code;
    bool refers_back; /* \1 compares what no step counts */
};

struct RegexScratch {
    pcre2_match_context *context;
    pcre2_match_data *data;
    pcre2_jit_stack *stack;
};

/* What a search has done. PCRE2's own limit counts anew from each place at
 * which a match may begin, and not what an item passes over; so every item of
 * a pattern is followed by a callout that counts. */
typedef struct Work {
    size_t steps, at, step;
} Work;

static int count_work(pcre2_callout_block *b, void *data) {
    Work *w = data;
    w->steps += w->step;
    if (b->current_position > w->at)
        w->steps += b->current_position - w->at;
    w->at = b->current_position;
    return w->steps > REGEX_WORK_MOST ? PCRE2_ERROR_MATCHLIMIT : 0;
}

static void *take_memory(size_t bytes, void *data) {
    (void)data;
    return mem_alloc(1, bytes);
}

static void give_memory(void *p, void *data) {
    (void)data;
    free(p);
}

static void free_code(void *code) {
    pcre2_code_free(code);
}

/* Does it speak of characters rather than bytes? */
static bool needs_utf(const char *pattern, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)pattern[i] >= 0x80)
            return true;
        if (pattern[i] != '\\' || i + 1 == length)
            continue;
        char c = pattern[++i];
        if (c == 'p' || c == 'P' || c == 'X' ||
            (c == 'x' && i + 1 < length && pattern[i + 1] == '{'))
            return true;
    }
    return false;
}

static pcre2_code *compile(const char *pattern, size_t length, Err *err) {
    uint32_t options = PCRE2_AUTO_CALLOUT | PCRE2_NEVER_BACKSLASH_C;
    int code;
    PCRE2_SIZE at;
    if (needs_utf(pattern, length))
        options |= PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
    pcre2_general_context *memory =
        pcre2_general_context_create(take_memory, give_memory, NULL);
    pcre2_compile_context *context = pcre2_compile_context_create(memory);
    pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)pattern, length, options,
                                         &code, &at, context);
    pcre2_compile_context_free(context);
    pcre2_general_context_free(memory);
    if (!compiled) {
        PCRE2_UCHAR why[200];
        pcre2_get_error_message(code, why, sizeof why);
        err_at(err, (int)(at < length ? at : length) + 1, "%s",
               (const char *)why);
    }
    return compiled;
}

const Regex *regex_compile(Arena *arena, const char *pattern, size_t length,
                           Err *err) {
    pcre2_code *code = compile(pattern, length, err);
    uint32_t references = 0;
    if (!code)
        return NULL;
    arena_on_close(arena, free_code, code);
    /* Without it, on a machine that PCRE2 has no JIT for, it is interpreted. */
    (void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
    pcre2_pattern_info(code, PCRE2_INFO_BACKREFMAX, &references);
    Regex *r = arena_make(arena, Regex);
    *r = (Regex){ code, references > 0 };
    return r;
}

RegexScratch *regex_scratch_new(void) {
    RegexScratch *s = mem_new(RegexScratch);
    pcre2_general_context *memory =
        pcre2_general_context_create(take_memory, give_memory, NULL);
    s->context = pcre2_match_context_create(memory);
    s->data = pcre2_match_data_create(2, memory);
    s->stack =
        pcre2_jit_stack_create(STACK_FIRST_BYTES, REGEX_STACK_BYTES, memory);
    pcre2_general_context_free(memory);
    pcre2_jit_stack_assign(s->context, NULL, s->stack);
    pcre2_set_match_limit(s->context, BACKTRACKS_MOST);
    pcre2_set_depth_limit(s->context, DEPTH_MOST);
    pcre2_set_heap_limit(s->context, HEAP_MOST_KIB);
    return s;
}

void regex_scratch_free(RegexScratch *s) {
    if (!s)
        return;
    pcre2_jit_stack_free(s->stack);
    pcre2_match_data_free(s->data);
    pcre2_match_context_free(s->context);
    free(s);
}

bool regex_find(const Regex *r, RegexScratch *s, const char *text,
                size_t length, const char **found, size_t *found_length) {
    Work work = { .step = r->refers_back ? 1 + length : 1 };
    pcre2_set_callout(s->context, count_work, &work);
    int groups = pcre2_match(r->code, (PCRE2_SPTR)text, length, 0, 0, s->data,
                             s->context);
    if (groups < 0)
        return false;
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(s->data);
    /* 0: more groups than the two pairs that are kept */
    if (groups != 1 && at[2] != PCRE2_UNSET)
        at += 2;
    if (at[1] < at[0])
        return false;
    *found = text + at[0];
    *found_length = at[1] - at[0];
    return true;
}
