/* SPDX-License-Identifier: GPL-3.0-or-later */
/* html.h: text in HTML. Pure. */
#ifndef ONRUSH_REPORT_HTML_H
#define ONRUSH_REPORT_HTML_H

#include "base/text.h"

/* Appends a text so that it stays one, between tags and within quotes. */
void html_text(Text *to, const char *text);

#endif
