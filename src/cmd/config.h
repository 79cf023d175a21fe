/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config.h: the user's own settings of the console, from
 * $XDG_CONFIG_HOME/onrush/config.ini (else ~/.config/onrush/config.ini).
 * A mistake leaves that setting as it is without it and never keeps a run
 * from starting. Main thread. */
#ifndef ONRUSH_CMD_CONFIG_H
#define ONRUSH_CMD_CONFIG_H

#include "ui/keys_bind.h"
#include "ui/term.h"

#define CONFIG_FPS_MAX 30

typedef struct Config {
    const Theme *theme; /* never NULL */
    TermOptions term;
    int fps; /* 0: not said */
    KeyBinding *bindings;
    size_t binding_count, binding_cap;
} Config;

/* Where it would be, to be freed; NULL: neither XDG_CONFIG_HOME (absolute,
 * as the XDG base directory specification asks) nor HOME says. */
char *config_path(void);
/* As it is without any file. */
void config_init(Config *c);
void config_close(Config *c);
/* Reads over what *c holds. No file at that path (or NULL) is no mistake. */
void config_read(Config *c, const char *path, Diags *diags);
/* The same from memory. */
void config_read_text(Config *c, const char *text, size_t length, Diags *diags);

/* auto, dark, light, ...; NULL with err, which names what there is. */
const Theme *config_theme(const char *value, Err *err);
/* 1 to CONFIG_FPS_MAX; -1 with err. */
int config_fps(const char *value, int *fps, Err *err);

/* The i-th key of [console], for the manual; false: there are no more. */
typedef struct ConfigKey {
    const char *name, *values, *help;
} ConfigKey;
bool config_describe(size_t i, ConfigKey *out);

#endif
