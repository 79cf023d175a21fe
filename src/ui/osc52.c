/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/osc52.h"

#include <stdint.h>
#include <string.h>

static void add_base64(Text *to, const unsigned char *bytes, size_t length) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        uint32_t three = (uint32_t)bytes[i] << 16;
        if (left > 1)
            three |= (uint32_t)bytes[i + 1] << 8;
        if (left > 2)
            three |= bytes[i + 2];
        char four[4] = { digits[three >> 18], digits[three >> 12 & 63],
                         left > 1 ? digits[three >> 6 & 63] : '=',
                         left > 2 ? digits[three & 63] : '=' };
        text_add(to, four, sizeof four);
    }
}

int osc52_print(Text *to, const char *text, bool is_tmux, Err *err) {
    size_t length = strlen(text);
    if (length > OSC52_TEXT_MAX)
        return err_set(err,
                       "%zu bytes are too many for the clipboard of a "
                       "terminal, which takes %d",
                       length, OSC52_TEXT_MAX);
    text_adds(to, "\033]52;c;");
    add_base64(to, (const unsigned char *)text, length);
    text_adds(to, "\a");
    if (is_tmux) {
        text_adds(to, "\033Ptmux;\033\033]52;c;");
        add_base64(to, (const unsigned char *)text, length);
        text_adds(to, "\a\033\\");
    }
    return 0;
}
