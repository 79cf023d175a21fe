/* SPDX-License-Identifier: GPL-3.0-or-later */
/* glyph.h: the signs that drawing adds by itself, in three fonts: ASCII,
 * what the Linux console and old fonts have, and everything. Pure. */
#ifndef ONRUSH_UI_GLYPH_H
#define ONRUSH_UI_GLYPH_H

#include <stdint.h>

#include "ui/theme.h"

/* id, ASCII, console font, everything */
#define GLYPH_TABLE(X)             \
    X(ACROSS, "-", "─", "─")       \
    X(DOWN, "|", "│", "│")         \
    X(TOP_LEFT, "+", "┌", "╭")     \
    X(TOP_RIGHT, "+", "┐", "╮")    \
    X(BOTTOM_LEFT, "+", "└", "╰")  \
    X(BOTTOM_RIGHT, "+", "┘", "╯") \
    X(TICK, "+", "┴", "┴")         \
    X(RULE, ":", "│", "┊")         \
    X(RULE_STRONG, "|", "│", "╎")  \
    X(SOLID, "=", "═", "━")        \
    X(DASHED, "-", "-", "┄")       \
    X(NOW, "^", "▲", "▲")          \
    X(MARK, "m", "♦", "◆")         \
    X(HAND, "y", "•", "●")         \
    X(ALERT, "!", "!", "!")        \
    X(OK, "ok", "√", "✓")          \
    X(BAD, "BAD", "×", "✗")        \
    X(ARROW, "->", "→", "→")       \
    X(BETWEEN, "|", "·", "·")      \
    X(UNTIL, "-", "-", "–")        \
    X(MORE, "..", "..", "…")       \
    X(CURRENT, ">", "►", "▶")      \
    X(RISES, "^", "▲", "▲")        \
    X(FALLS, "v", "▼", "▼")        \
    X(BAR_FULL, "#", "█", "█")     \
    X(BAR_THIN, "=", "▄", "▄")     \
    X(BAR_EMPTY, ".", "░", "░")    \
    X(AT_MOST, "<=", "≤", "≤")

typedef enum Glyph {
#define X(id, ascii, console, all) GLYPH_##id,
    GLYPH_TABLE(X)
#undef X
        GLYPH_COUNT
} Glyph;

/* UTF-8, mostly one column; OK, BAD, ARROW, MORE and AT_MOST may be more. */
const char *glyph_text(Glyphs font, Glyph g);
/* The same as one rune; for those that are one column wide. */
uint32_t glyph_rune(Glyphs font, Glyph g);
/* A column as high as a share (0..1, else the nearest) of its cell. */
uint32_t glyph_level(Glyphs font, double share);

#endif
