/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alarm.h: many deadlines in nanoseconds behind one timer: a binary heap of
 * alarms that are embedded in what they wake. libuv's timers are whole
 * milliseconds, too coarse for a server whose delays are to be believed.
 * Pure: the owner brings the time. One thread. */
#ifndef ONRUSH_TARGET_ALARM_H
#define ONRUSH_TARGET_ALARM_H

#include <stddef.h>
#include <stdint.h>

#define ALARM_NEVER UINT64_MAX

/* Zeroed at first; must be cleared before its memory goes. */
typedef struct Alarm {
    uint64_t due_ns;
    size_t place; /* in the heap from 1; 0: not set */
    void (*ring)(struct Alarm *a);
} Alarm;

typedef struct Alarms {
    Alarm **heap; /* heap[0] is place 1 */
    size_t count, cap;
} Alarms;

void alarms_close(Alarms *s);
/* Sets it, or moves it when it is set already. */
void alarm_set(Alarms *s, Alarm *a, uint64_t due_ns);
/* Nothing happens when it is not set. */
void alarm_clear(Alarms *s, Alarm *a);
/* The earliest deadline, ALARM_NEVER without one. */
uint64_t alarms_next(const Alarms *s);
/* Takes the earliest alarm out if it is due; never one before its time. */
Alarm *alarms_take(Alarms *s, uint64_t now_ns);

#endif
