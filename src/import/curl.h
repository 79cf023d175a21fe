/* SPDX-License-Identifier: GPL-3.0-or-later */
/* curl.h: what the two halves of the reader of command lines share. */
#ifndef ONRUSH_IMPORT_CURL_H
#define ONRUSH_IMPORT_CURL_H

#include "import/sketch.h"

#define CURL_URLS_MAX 64

typedef enum CurlData { DATA_NONE, DATA_FORM, DATA_JSON } CurlData;

/* One command line, until --next. Texts are the sketch's. */
typedef struct CurlCommand {
    Sketch *d;
    Place at;
    const char *method;
    const char *urls[CURL_URLS_MAX];
    size_t url_count;
    SketchLines headers; /* marked values */
    SketchLines gone;    /* "-H Accept:" takes curl's own away */
    CurlData data_kind;
    Text data, query;
    const char *data_file;
    const char *user, *auth; /* "a:b"; "basic" */
    const char *redirects;
    bool get, head, follow, form, upload;
} CurlCommand;

/* An option: "--name", or its letter. NULL: there is none of it. */
typedef struct CurlOption CurlOption;
const CurlOption *curl_option_long(const char *name);
const CurlOption *curl_option_short(char letter);
bool curl_option_takes(const CurlOption *o); /* a value */
/* What it does to the command; what is not carried is noted. */
void curl_option_apply(CurlCommand *c, const CurlOption *o, const char *value);

void curl_add_url(CurlCommand *c, const char *url);
void curl_set_header(CurlCommand *c, const char *name, const char *value);

#endif
