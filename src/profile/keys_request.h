/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys_request.h: readers of the keys in [request NAME], for the table of
 * keys. */
#ifndef ONRUSH_PROFILE_KEYS_REQUEST_H
#define ONRUSH_PROFILE_KEYS_REQUEST_H

#include "profile/keys.h"

void key_read_method(KeyContext *c);
void key_read_exec(KeyContext *c);
void key_read_body(KeyContext *c);
void key_read_request_header(KeyContext *c);
void key_read_request_tags(KeyContext *c);

#define REQUEST_KEYS \
    { "request", "GET", KEY_ONCE, key_read_method, NULL, "path" }, \
    { "request", "POST", KEY_ONCE, key_read_method, NULL, "path" }, \
    { "request", "PUT", KEY_ONCE, key_read_method, NULL, "path" }, \
    { "request", "PATCH", KEY_ONCE, key_read_method, NULL, "path" }, \
    { "request", "DELETE", KEY_ONCE, key_read_method, NULL, "path" }, \
    { "request", "HEAD", KEY_ONCE, key_read_method, NULL, "path" }, \
    { "request", "OPTIONS", KEY_ONCE, key_read_method, NULL, "path" }, \
    { "request", "exec", KEY_ONCE, key_read_exec, NULL, \
      "a command with its arguments instead of a path; status is its exit " \
      "status" }, \
    { "request", "header", KEY_REPEATS, key_read_request_header, NULL, \
      "NAME: VALUE" }, \
    { "request", "body", KEY_ONCE, key_read_body, NULL, \
      "text, or @FILE beside the profile" }, \
    { "request", "tags", KEY_ONCE, key_read_request_tags, NULL, \
      "NAME: VALUE, ...: labels that thresholds can choose by" },

#endif
