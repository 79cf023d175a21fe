/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The input is a profile. Whatever it says, it is read or refused, each
 * mistake has a text; and what was read can be saved, read again, and is then
 * saved with the same words. */
#include "base/text.h"
#include "control/wheel.h"
#include "profile/profile.h"
#include "fuzz.h"

static const ProfileOptions options;

static int read_text(Profile *p, const char *text, size_t length) {
    Diags d;
    diags_init(&d, "fuzz.ini");
    int rc = profile_read_text(p, text, length, "fuzz.ini", &options, &d);
    if ((rc < 0) != (d.count > 0))
        abort();
    for (size_t i = 0; i < d.count; i++)
        if (!*d.items[i].text || d.items[i].column < 0)
            abort();
    diags_close(&d);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Profile p, again;
    if (read_text(&p, (const char *)data, size) < 0)
        return 0;
    Text once = { 0 }, twice = { 0 };
    profile_print(&p, NULL, UINT64_MAX, &once);
    if (read_text(&again, once.bytes, once.length) < 0)
        abort();
    profile_print(&again, NULL, UINT64_MAX, &twice);
    if (!text_equal(once.bytes, twice.bytes))
        abort();
    text_close(&once);
    text_close(&twice);
    profile_close(&p);
    profile_close(&again);
    return 0;
}
