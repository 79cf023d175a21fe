/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fields.h: a request's head as HTTP/2 wants it (RFC 9113, 8.2 and 8.3),
 * from its HTTP/1.1 form. Pure; worker's thread. */
#ifndef ONRUSH_HTTP_FIELDS_H
#define ONRUSH_HTTP_FIELDS_H

#include <nghttp2/nghttp2.h>

#include "base/text.h"
#include "http/encode.h"

/* {0} is an empty one; may be made again and again, keeps its memory. */
typedef struct Fields {
    nghttp2_nv *nv;
    size_t count, cap;
    Text names; /* in lower case */
} Fields;

/* Four pseudo-fields, then the headers in their order: names in lower case,
 * Host as :authority, without what belongs to an HTTP/1.1 connection
 * (Connection and what it is known for; TE unless it says trailers).
 * Values point into the form. lasting: the form and f stay as they are for
 * as long as a session may send them, so nothing is copied. */
void fields_make(Fields *f, const Form *form, bool is_tls, bool lasting);
void fields_close(Fields *f);

#endif
