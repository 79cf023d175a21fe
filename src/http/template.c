/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/template.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define NUMBER_MAX 20 /* digits of a uint64_t; or a sign and 19 */
#define UUID_LENGTH 36

struct Template {
    Form form;
    const Patch *patches;
    size_t count, head_count; /* the first ones are in the head */
    size_t head_room, body_room; /* the longest that they become, but */
    size_t known_count;          /* those whose length the VU knows */
};

/* --- values ------------------------------------------------------------- */

static char *put_number(char *to, uint64_t n) {
    char digits[NUMBER_MAX], *at = digits + NUMBER_MAX;
    do
        *--at = (char)('0' + n % 10);
    while (n /= 10);
    size_t length = (size_t)(digits + NUMBER_MAX - at);
    memcpy(to, at, length);
    return to + length;
}

static char *put_random(char *to, const Var *v, Rng *rng) {
    uint64_t draw = rng_next(rng);
    if (v->range != UINT64_MAX)
        draw %= v->range + 1;
    uint64_t n = (uint64_t)v->least + draw;
    if (n > INT64_MAX) {
        *to++ = '-';
        n = -n;
    }
    return put_number(to, n);
}

/* RFC 9562, 5.4. VU and iteration are mixed in: two that drew the same 64
 * bits still differ. */
static char *put_uuid(char *to, const TemplateValues *values) {
    static const char hex[] = "0123456789abcdef";
    Rng own = { values->vu * UINT64_C(0xd1342543de82ef95) + values->iteration };
    uint64_t half[2] = { rng_next(values->rng),
                         rng_next(values->rng) ^ rng_next(&own) };
    half[0] = (half[0] & ~UINT64_C(0xf000)) | UINT64_C(0x4000);
    half[1] = (half[1] & ~(UINT64_C(3) << 62)) | UINT64_C(1) << 63;
    for (unsigned i = 0; i < 32; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20)
            *to++ = '-';
        *to++ = hex[half[i / 16] >> (60 - 4 * (i % 16)) & 15];
    }
    return to;
}

static char *put_word(char *to, const Var *v, Rng *rng) {
    const VarWord *w = v->words;
    uint64_t draw = rng_next(rng) % w[v->word_count - 1].until;
    while (w->until <= draw)
        w++;
    memcpy(to, w->bytes, w->length);
    return to + w->length;
}

static bool is_known(const Var *v) {
    return v && (v->kind == VAR_DATA || v->kind == VAR_EXTRACTED);
}

static ValueSpan look_up(const Var *v, const TemplateValues *values) {
    ValueSpan s;
    if (v->kind == VAR_DATA)
        return values_cell(values->values, v->set, v->column);
    values_get(values->values, v->slot, &s);
    return s;
}

static const bool unreserved[256] = {
    ['a' ... 'z'] = true, ['A' ... 'Z'] = true, ['0' ... '9'] = true,
    ['-'] = true,         ['.'] = true,         ['_'] = true,
    ['~'] = true,
};

static char *put_encoded(char *to, ValueSpan s) {
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.length; i++) {
        unsigned char c = (unsigned char)s.bytes[i];
        if (unreserved[c]) {
            *to++ = (char)c;
            continue;
        }
        *to++ = '%';
        *to++ = hex[c >> 4];
        *to++ = hex[c & 15];
    }
    return to;
}

static char *put_printable(char *to, ValueSpan s) {
    for (size_t i = 0; i < s.length; i++) {
        unsigned char c = (unsigned char)s.bytes[i];
        if (c >= 0x20 && c != 0x7f)
            *to++ = (char)c;
    }
    return to;
}

static char *put_known(char *to, PatchPlace place, ValueSpan s) {
    switch (place) {
    case PATCH_PATH:
        return put_encoded(to, s);
    case PATCH_HEADER:
        return put_printable(to, s);
    case PATCH_WORD:
        s.length = strnlen(s.bytes, s.length);
        break;
    case PATCH_BODY:
        break;
    }
    memcpy(to, s.bytes, s.length);
    return to + s.length;
}

static char *put_value(char *to, const Patch *p,
                       const TemplateValues *values) {
    const Var *v = p->var;
    switch (v->kind) {
    case VAR_VU:
        return put_number(to, values->vu);
    case VAR_ITERATION:
        return put_number(to, values->iteration);
    case VAR_UUID:
        return put_uuid(to, values);
    case VAR_NOW:
        return put_number(to, values->now_ms);
    case VAR_RANDOM:
        return put_random(to, v, values->rng);
    case VAR_PICK:
        return put_word(to, v, values->rng);
    case VAR_DATA:
    case VAR_EXTRACTED:
        return put_known(to, p->place, look_up(v, values));
    case VAR_ENV:
    case VAR_OWN:
    case VAR_KINDS:
        break;
    }
    return to;
}

static size_t longest(const Var *v) {
    if (is_known(v))
        return 0;
    size_t most = v && v->kind == VAR_UUID ? UUID_LENGTH : NUMBER_MAX;
    for (size_t i = 0; v && i < v->word_count; i++)
        if (v->words[i].length > most)
            most = v->words[i].length;
    return most;
}

/* --- making ------------------------------------------------------------- */

const Template *template_make(const Form *form, const Patch *patches,
                              size_t count, Arena *arena) {
    Template *t = arena_make(arena, Template);
    Patch *copy = arena_array(arena, Patch, count);
    memcpy(copy, patches, count * sizeof *copy);
    *t = (Template){ .form = *form,
                     .patches = copy,
                     .count = count,
                     .head_room = form->body.at,
                     .body_room = form->body.length };
    for (size_t i = 0; i < count; i++) {
        bool in_head = patches[i].where.at < form->body.at;
        t->head_count += in_head;
        t->known_count += is_known(patches[i].var);
        *(in_head ? &t->head_room : &t->body_room) += longest(patches[i].var);
    }
    return t;
}

/* --- rendering ---------------------------------------------------------- */

/* What head and body can become. */
typedef struct Room {
    size_t head, body;
} Room;

static Room measure(const Template *t, const TemplateValues *values) {
    Room room = { t->head_room, t->body_room };
    for (size_t i = 0; t->known_count && i < t->count; i++) {
        const Patch *p = &t->patches[i];
        if (!is_known(p->var))
            continue;
        size_t length = look_up(p->var, values).length;
        *(i < t->head_count ? &room.head : &room.body) +=
            p->place == PATCH_PATH ? 3 * length : length;
    }
    return room;
}

static void make_room(const Template *t, size_t room, Rendering *to) {
    size_t headers = t->form.header_count * 2;
    if (to->cap < room) {
        to->bytes = mem_resize(to->bytes, room, 1);
        to->cap = room;
    }
    if (to->header_cap < headers) {
        to->headers = mem_resize(to->headers, headers, sizeof *to->headers);
        to->header_cap = headers;
    }
    if (to->length_cap < t->head_count) {
        to->lengths = mem_resize(to->lengths, t->head_count,
                                 sizeof *to->lengths);
        to->length_cap = t->head_count;
    }
}

static char *put_bytes(char *to, const Template *t, size_t from, size_t end) {
    memcpy(to, t->form.bytes + from, end - from);
    return to + (end - from);
}

static size_t render_body(const Template *t, const TemplateValues *values,
                          char *to) {
    char *at = to;
    size_t from = t->form.body.at;
    for (size_t i = t->head_count; i < t->count; i++) {
        const Patch *p = &t->patches[i];
        at = put_bytes(at, t, from, p->where.at);
        at = put_value(at, p, values);
        from = p->where.at + p->where.length;
    }
    return (size_t)(put_bytes(at, t, from, t->form.length) - to);
}

static size_t render_head(const Template *t, const TemplateValues *values,
                          size_t body_length, Rendering *to) {
    char *at = to->bytes;
    size_t from = 0;
    for (size_t i = 0; i < t->head_count; i++) {
        const Patch *p = &t->patches[i];
        char *begin = at = put_bytes(at, t, from, p->where.at);
        at = p->var ? put_value(at, p, values)
                    : put_number(at, body_length);
        to->lengths[i] = (uint32_t)(at - begin);
        from = p->where.at + p->where.length;
    }
    return (size_t)(put_bytes(at, t, from, t->form.body.at) - to->bytes);
}

/* Where the parts of the head are now: asked for from left to right. */
typedef struct Shift {
    const Template *t;
    const uint32_t *lengths;
    size_t next;
    uint32_t by; /* modulo 2^32: it may be less than nothing */
} Shift;

static uint32_t shifted(Shift *s, uint32_t at) {
    for (; s->next < s->t->head_count; s->next++) {
        Span was = s->t->patches[s->next].where;
        if (was.at + was.length > at)
            break;
        s->by += s->lengths[s->next] - was.length;
    }
    return at + s->by;
}

static Span shifted_span(Shift *s, Span was) {
    uint32_t at = shifted(s, was.at);
    return (Span){ at, shifted(s, was.at + was.length) - at };
}

const Form *template_render(const Template *t, const TemplateValues *values,
                            Rendering *to) {
    const Form *was = &t->form;
    Room room = measure(t, values);
    make_room(t, room.head + room.body, to);
    size_t body = render_body(t, values, to->bytes + room.head);
    size_t head = render_head(t, values, body, to);
    memmove(to->bytes + head, to->bytes + room.head, body);
    Shift s = { .t = t, .lengths = to->lengths };
    to->form = (Form){ .bytes = to->bytes,
                       .length = head + body,
                       .method = was->method,
                       .path = shifted_span(&s, was->path),
                       .body = { (uint32_t)head, (uint32_t)body },
                       .headers = to->headers,
                       .header_count = was->header_count };
    for (size_t i = 0; i < was->header_count * 2; i++)
        to->headers[i] = shifted_span(&s, was->headers[i]);
    return &to->form;
}

bool template_text(const VarText *t, const TemplateValues *values, Text *to) {
    size_t from = 0;
    bool is_whole = true;
    for (size_t i = 0; i < t->vars.count; i++) {
        const Patch p = { .var = &t->vars.items[i], .place = PATCH_BODY };
        char room[UUID_LENGTH];
        ValueSpan s = { room, 0 };
        text_add(to, t->text + from, p.var->at - from);
        if (is_known(p.var))
            s = look_up(p.var, values);
        else
            s.length = (size_t)(put_value(room, &p, values) - room);
        if (p.var->kind == VAR_EXTRACTED)
            is_whole &= values_get(values->values, p.var->slot, &s);
        text_add(to, s.bytes, s.length);
        from = p.var->at + p.var->length;
    }
    text_add(to, t->text + from, t->length - from);
    return is_whole;
}

void rendering_close(Rendering *r) {
    free(r->bytes);
    free(r->headers);
    free(r->lengths);
    *r = (Rendering){ 0 };
}
