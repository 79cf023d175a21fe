/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/term_kind.h"

#include <stdlib.h>

#include "base/text.h"

bool term_kind_wants_none(void) {
    const char *v = getenv("NO_COLOR");
    return v && *v;
}

bool term_kind_wants_true_color(void) {
    const char *v = getenv("COLORTERM");
    return v && (text_equal(v, "truecolor") || text_equal(v, "24bit")) &&
           !term_kind_wants_none();
}

/* What the fonts behind a name can show: the Linux console's has no braille,
 * a terminal of DEC's (vt100, vt220) is not told by UTF-8. */
static Glyphs glyphs_of_term(const char *term) {
    if (text_equal(term, "linux") || text_starts(term, "linux-"))
        return GLYPHS_BLOCK;
    if (text_starts(term, "vt") && term[2] >= '0' && term[2] <= '9')
        return GLYPHS_ASCII;
    return GLYPHS_BRAILLE;
}

Glyphs term_kind_glyphs(const char *term, bool is_utf8, const Glyphs *wanted) {
    static const char *const names[] = { [GLYPHS_ASCII] = "ascii",
                                         [GLYPHS_BLOCK] = "block",
                                         [GLYPHS_BRAILLE] = "braille" };
    const char *said = getenv("ONRUSH_GLYPHS");
    if (!is_utf8)
        return GLYPHS_ASCII;
    for (int g = 0; said && g <= (int)GLYPHS_BRAILLE; g++)
        if (text_equal(said, names[g]))
            return (Glyphs)g;
    return wanted ? *wanted : glyphs_of_term(term);
}

/* Names behind which there is a terminal of these days. Older ones swallow
 * the mode as well, but need not be asked to. */
bool term_kind_takes_sync(const char *term) {
    static const char *const names[] = { "xterm", "alacritty", "foot",
                                         "kitty", "tmux",      "wezterm",
                                         "vte",   "konsole",   "contour" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_starts(term, names[i]))
            return true;
    return false;
}
