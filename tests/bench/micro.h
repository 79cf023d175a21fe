/* SPDX-License-Identifier: GPL-3.0-or-later */
/* micro.h: measurements of parts of the program without load, for bench.py.
 * Each writes lines `name value` to the file; names end in their unit. One
 * thread. */
#ifndef ONRUSH_TESTS_MICRO_H
#define ONRUSH_TESTS_MICRO_H

#include <stdio.h>

#include "base/clock.h"
#include "base/rng.h"

#define MICRO_NAMES 10    /* request names */
#define MICRO_SAMPLES 100 /* of each name in a second */
#define MICRO_DRAWS 8192  /* latencies to choose from, a power of two */

/* Latencies in ns: lognormal, median 5 ms, sigma 0.6; the same ones each
 * time. */
void micro_latencies(uint64_t to[MICRO_DRAWS]);
/* Value at share q (0..1) of n doubles, which get sorted. */
double micro_quantile(double *values, size_t n, double q);
void micro_say(FILE *to, const char *name, double value);

/* Draw and diff at the size of the terminal on stdin and stdout, with an hour
 * and with 24 h of history, of each view: CPU of a frame, and of the first one
 * after another view. 0, or -1 when there is no terminal. */
int micro_frame(FILE *to);
/* The spectrogram at 200 x 60 over 24 h of history: CPU of the frames
 * that open it, and of one each second from then on. 0, or -1 without memory. */
int micro_spectrum(FILE *to);
/* A page of metrics for Prometheus, of 20 requests. */
int micro_page(FILE *to);
/* 24 h of seconds through the recorder, then the files of its end, which go
 * to the folder. 0, or -1 when that failed. */
int micro_day(FILE *to, const char *folder);
/* A history of 10 000 runs with 30 figures each, made in the folder: adding a
 * run, and what the commands ask. 0, or -1 when that failed. */
int micro_history(FILE *to, const char *folder);

#endif
