/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys.h: the table of every key that a profile may hold. The reader, "did
 * you mean" and the manual walk it. */
#ifndef ONRUSH_PROFILE_KEYS_H
#define ONRUSH_PROFILE_KEYS_H

#include "profile/profile.h"

/* A [stages NAME], before the scenarios take it. */
typedef struct StageSet {
    const char *name; /* "": [stages] */
    Plan plan;
    LevelUnit unit;
    int line;
    bool is_used;
} StageSet;

/* What a key's reader works on; say what is wrong with key_error. */
typedef struct KeyContext {
    Profile *profile;
    /* What the section tells of; the others are NULL. */
    Request *request;
    Scenario *scenario;
    StageSet *stages;
    Variant *variant;
    CustomMetric *metric;
    PlannedEvent *event;
    DataSet *data;
    const IniSection *section;
    const IniEntry *entry;
    const char *value; /* ${env.…} and those of [vars] replaced; in the
                          profile's arena */
    Vars vars;         /* others in it, where the key takes them */
    Diags *diags;
} KeyContext;

typedef void KeyReadFn(KeyContext *c);

typedef enum KeyTimes {
    KEY_ONCE,
    KEY_REPEATS,
    KEY_NAMED, /* "check" or "check NAME", repeats */
} KeyTimes;

typedef struct Key {
    const char *section, *name;
    KeyTimes times;
    KeyReadFn *read;
    const char *fallback; /* what it is when not said; NULL: nothing */
    const char *help;
} Key;

extern const Key keys[];
extern const size_t key_count;

typedef struct SectionInfo {
    const char *name;
    bool named;     /* [request NAME] */
    bool free_keys; /* its keys are the user's own names */
    const char *help;
} SectionInfo;

extern const SectionInfo sections[];
extern const size_t section_count;

/* A section's kind is its first word, its item's name follows. */
bool section_is(const IniSection *s, const char *kind);
const char *section_item(const IniSection *s);
/* Is it that key, with or without a second word? */
bool key_is(const char *key, const char *name);
/* k6 calls the scenario without a name so. */
#define SCENARIO_DEFAULT "default"

/* NULL and a diagnosis (d may be NULL: none) when a section or key is not
 * known. */
const SectionInfo *section_find(const IniSection *s, Diags *d);
const Key *section_key(const SectionInfo *s, const IniEntry *e, Diags *d);

/* May its value differ from request to request? */
bool key_takes_vars(const Key *k);
/* Does its reader look up the variables in it itself? */
bool key_looks_up(const Key *k);

/* Adds a diagnosis at the value; column (1-based) within c->value, or, where
 * that could not be read, within the entry's; 0: its start. */
void key_error(const KeyContext *c, int column, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void key_report(const KeyContext *c, const Err *err);

/* --- shared by the readers; each diagnoses what is wrong ----------------- */

void key_read_text(KeyContext *c, const char **to);
void key_read_duration(KeyContext *c, uint64_t *to); /* ns */
void key_read_whole(KeyContext *c, uint64_t least, uint64_t most,
                    uint64_t *to);
/* *to: index of the value among the choices. */
void key_read_choice(KeyContext *c, const char *const *choices, size_t count,
                     int *to);
/* "NAME: VALUE, NAME: VALUE" */
void key_read_tags(KeyContext *c, Label **tags, size_t *count, size_t *cap);
void key_read_header(KeyContext *c, Header **headers, size_t *count,
                     size_t *cap);
/* Diagnoses a key without the one that it is about. */
void key_needs(const KeyContext *c, const char *other, const char *example);
/* A file that the profile names stands beside it; free() the path. */
char *key_beside(const Profile *p, const char *file);
bool key_is_url_byte(char ch);

#endif
