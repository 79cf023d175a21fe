/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scrape.h: asks servers for their metrics, over libcurl. Blocks: for a thread
 * of its own. */
#ifndef ONRUSH_MONITOR_SCRAPE_H
#define ONRUSH_MONITOR_SCRAPE_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "profile/monitor_spec.h"

#define SCRAPE_BODY_MAX ((size_t)4 << 20)

typedef struct Scraper Scraper;

/* What one source (its index) said; trouble: why there is nothing, else NULL.
 * Texts are valid during the call; trouble is not clean for a terminal. */
typedef void ScrapeFn(void *data, size_t source, const char *body,
                      size_t length, const char *trouble);

/* limit_ns: of one answer. When *stop is set looks end early. NULL with err.
 * spec and stop are borrowed. */
Scraper *scraper_new(const MonitorSpec *spec, uint64_t limit_ns,
                     const atomic_bool *stop, Err *err);
/* Asks all at once; back when each has answered or its time is over. done is
 * called for each, unless stopped. */
void scraper_look(Scraper *s, ScrapeFn *done, void *data);
/* From any thread: a look under way sees that *stop is set. */
void scraper_wake(Scraper *s);
void scraper_close(Scraper *s);

#endif
