/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "target/alarm.h"

#include <stdlib.h>

#include "base/mem.h"

static void put(Alarms *s, size_t place, Alarm *a) {
    s->heap[place - 1] = a;
    a->place = place;
}

static void rise(Alarms *s, Alarm *a) {
    size_t at = a->place;
    for (; at > 1 && s->heap[at / 2 - 1]->due_ns > a->due_ns; at /= 2)
        put(s, at, s->heap[at / 2 - 1]);
    put(s, at, a);
}

static void sink(Alarms *s, Alarm *a) {
    size_t at = a->place;
    for (size_t child; (child = at * 2) <= s->count; at = child) {
        if (child < s->count &&
            s->heap[child]->due_ns < s->heap[child - 1]->due_ns)
            child++;
        if (s->heap[child - 1]->due_ns >= a->due_ns)
            break;
        put(s, at, s->heap[child - 1]);
    }
    put(s, at, a);
}

void alarms_close(Alarms *s) {
    free(s->heap);
    *s = (Alarms){ 0 };
}

void alarm_set(Alarms *s, Alarm *a, uint64_t due_ns) {
    a->due_ns = due_ns;
    if (!a->place) {
        mem_grow(s->heap, s->count, s->cap);
        put(s, ++s->count, a);
    }
    rise(s, a);
    sink(s, a);
}

void alarm_clear(Alarms *s, Alarm *a) {
    size_t place = a->place;
    if (!place)
        return;
    Alarm *last = s->heap[--s->count];
    a->place = 0;
    if (last == a)
        return;
    put(s, place, last);
    rise(s, last);
    sink(s, last);
}

uint64_t alarms_next(const Alarms *s) {
    return s->count ? s->heap[0]->due_ns : ALARM_NEVER;
}

Alarm *alarms_take(Alarms *s, uint64_t now_ns) {
    if (alarms_next(s) > now_ns)
        return NULL;
    Alarm *a = s->heap[0];
    alarm_clear(s, a);
    return a;
}
