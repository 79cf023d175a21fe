/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The input is a profile. Whatever it says, it is read or refused, each
 * mistake has a text; and what was read can be saved, with its secrets and
 * without, read again, and is then saved with the same words. */
#include "base/text.h"
#include "control/wheel.h"
#include "profile/profile.h"
#include "fuzz.h"

static const ProfileOptions kept = { .keeps_secrets = true };
static const ProfileOptions shown = { .is_only_shown = true };

static int read_text(Profile *p, const char *text, size_t length,
                     const ProfileOptions *options) {
    Diags d;
    diags_init(&d, "fuzz.ini");
    int rc = profile_read_text(p, text, length, "fuzz.ini", options, &d);
    must((rc < 0) == (d.count > 0));
    for (size_t i = 0; i < d.count; i++)
        must(*d.items[i].text && d.items[i].column >= 0);
    diags_close(&d);
    return rc;
}

/* That a secret is left out is said once, where it is. */
static void drop_remarks(char *text) {
    for (char *at; (at = strstr(text, "\n; a secret is left out"));) {
        char *end = strchr(at + 1, '\n');
        must(end);
        memmove(at, end, strlen(end) + 1);
    }
}

/* What was saved is read again, and is then saved with the same words. */
static void save_twice(const char *text, size_t length,
                       const ProfileOptions *options) {
    Profile p, again;
    Text once = { 0 }, twice = { 0 };
    if (read_text(&p, text, length, options) < 0)
        return;
    profile_print(&p, NULL, UINT64_MAX, &once);
    must(read_text(&again, once.bytes, once.length, options) == 0);
    profile_print(&again, NULL, UINT64_MAX, &twice);
    drop_remarks(once.bytes);
    drop_remarks(twice.bytes);
    must(text_equal(once.bytes, twice.bytes));
    text_close(&once);
    text_close(&twice);
    profile_close(&p);
    profile_close(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    save_twice((const char *)data, size, &kept);
    save_twice((const char *)data, size, &shown);
    return 0;
}
