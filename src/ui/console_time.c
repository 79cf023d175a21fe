/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking back: an earlier run under this one. */
#include "ui/console_state.h"

/* --- an earlier run ------------------------------------------------------ */

void console_lay_over(Console *c, const char *name, Source *earlier) {
    text_clear(&c->earlier_name);
    text_adds(&c->earlier_name, name ? name : "");
    c->earlier_source = earlier;
    c->is_dirty = true;
}

const Earlier *console_earlier(Console *c) {
    if (!c->earlier_source)
        return NULL;
    c->earlier = (Earlier){ c->earlier_name.bytes,
                            source_snapshot(c->earlier_source),
                            source_wheel(c->earlier_source) };
    return &c->earlier;
}
