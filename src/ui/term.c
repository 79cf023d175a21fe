/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/term.h"

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "base/mem.h"
#include "base/text.h"
#include "ui/osc52.h"
#include "ui/paint.h"
#include "ui/shade.h"
#include "ui/stall.h"
#include "ui/term_kind.h"
#include "ui/tty.h"

#define ESC_DELAY_MS 25
#define PAIRS_MAX 1024 /* more than there are styles on grounds */
#define RESET_MAX 256
/* Presses, releases and drags of buttons (1002), told in numbers (1006). */
#define MOUSE_ON "\033[?1002h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1002l"
/* Synchronized output (private mode 2026): a terminal that knows it shows
 * what lies between at once; others take no notice. */
#define SYNC_BEGIN "\033[?2026h"
#define SYNC_END "\033[?2026l"

/* A Paint in the words of curses. */
typedef struct Ink {
    attr_t attributes;
    int pair;
    bool is_known;
} Ink;

struct Term {
    SCREEN *screen;
    ColorDepth depth;
    Glyphs glyphs;
    bool is_utf8;
    bool is_sync; /* frames come between SYNC_BEGIN and SYNC_END */
    Cells shown;  /* what curses was told last */
    bool is_stale;
    PaintKind kind;                            /* that the inks were made for */
    Ink inks[STYLE_COUNT][GROUND_COUNT][2][2]; /* by bold and blank */
    struct {
        int front, back;
    } made[PAIRS_MAX]; /* 1 .. made_count - 1 */
    int made_count;
    int held;       /* a key behind an Esc, read already */
    bool in_escape; /* the rest of a sequence is still to come */
    bool is_first;  /* of its characters, the next one */
    int mouse_left; /* characters of a mouse report of the old kind */
    MouseReport report;
    MouseEvent mouse; /* of the last KEYCODE_MOUSE */
    bool can_mouse, has_mouse;
};

/* What a signal handler needs to put the terminal right. The one mutable
 * global: a handler has no other way to know. */
static struct {
    atomic_bool is_open;
    struct termios before;
    char reset[RESET_MAX + 1]; /* NUL behind reset_length */
    size_t reset_length;
} hook;

/* --- restoring ---------------------------------------------------------- */

void term_restore_now(void) {
    if (!atomic_exchange(&hook.is_open, false))
        return;
    int saved = errno;
    tty_write(hook.reset, hook.reset_length);
    tcsetattr(STDIN_FILENO, TCSANOW, &hook.before);
    errno = saved;
}

/* Appends a capability without its padding, $<5/>. */
static void add_reset(const char *name) {
    /* tigetstr takes char * and does not write to it */
    char copy[16];
    snprintf(copy, sizeof copy, "%s", name);
    const char *s = tigetstr(copy);
    if (!s || (intptr_t)s == -1)
        return;
    while (*s && hook.reset_length < RESET_MAX) {
        const char *end = s[0] == '$' && s[1] == '<' ? strchr(s, '>') : NULL;
        if (end)
            s = end + 1;
        else
            hook.reset[hook.reset_length++] = *s++;
    }
}

static void add_reset_text(const char *s) {
    while (*s && hook.reset_length < RESET_MAX)
        hook.reset[hook.reset_length++] = *s++;
}

/* What a frame began ends first, before anything else can be seen. */
static void prepare_hook(bool is_sync, bool can_mouse) {
    static const char *const names[] = { "sgr0", "op", "rmkx", "cnorm",
                                         "rmcup" };
    if (is_sync)
        add_reset_text(SYNC_END);
    if (can_mouse)
        add_reset_text(MOUSE_OFF);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        add_reset(names[i]);
    hook.reset[hook.reset_length] = '\0';
}

/* curses ends the program by itself when it has no memory. */
static void guard_modes(void) {
    static bool is_set;
    hook.reset_length = 0;
    atomic_store(&hook.is_open, true);
    mem_on_exhausted(term_restore_now);
    if (!is_set && atexit(term_restore_now) == 0)
        is_set = true;
}

/* --- opening ------------------------------------------------------------ */

static bool has_capability(const char *name) {
    char copy[16];
    snprintf(copy, sizeof copy, "%s", name);
    const char *s = tigetstr(copy);
    return s && (intptr_t)s != -1;
}

/* Is there a terminfo entry of that name, fit for a full screen? */
static int check_entry(const char *name, Err *err) {
    int why = 0;
    if (setupterm(name, STDOUT_FILENO, &why) != OK)
        return err_set(err,
                       "the terminal '%.60s' is not known here (TERM); use "
                       "--headless",
                       name);
    int rc = 0;
    if (!has_capability("cup") || !has_capability("clear"))
        rc = err_set(err,
                     "the terminal '%.60s' cannot show a screen; use "
                     "--headless",
                     name);
    del_curterm(cur_term);
    return rc;
}

/* The entry of the same terminal through which curses takes colours as
 * 0xrrggbb: tmux-256color → tmux-direct. For xterm and all that say so, its
 * plainest kin come first: they send 38;2;r;g;b, which every terminal with
 * true colours reads, where not all read the colons of xterm-direct. */
static bool direct_entry(const char *term, char *to, size_t size) {
    static const char *const kin[] = { "vscode-direct", "vte-direct" };
    bool is_xterm = strncmp(term, "xterm", 5) == 0;
    for (size_t i = 0; is_xterm && i < sizeof kin / sizeof *kin; i++) {
        snprintf(to, size, "%s", kin[i]);
        if (check_entry(to, NULL) == 0)
            return true;
    }
    snprintf(to, size, "%.*s-direct", (int)strcspn(term, "-"), term);
    return check_entry(to, NULL) == 0;
}

/* curses catches these where nobody else does; here it shall not. */
static const int caught[] = { SIGINT, SIGTERM, SIGTSTP, SIGWINCH };
#define CAUGHT (sizeof caught / sizeof *caught)

static SCREEN *new_screen(const char *name) {
    struct sigaction before[CAUGHT];
    for (size_t i = 0; i < CAUGHT; i++)
        sigaction(caught[i], NULL, &before[i]);
    SCREEN *s = newterm(name, stdout, stdin);
    for (size_t i = 0; i < CAUGHT; i++)
        sigaction(caught[i], &before[i], NULL);
    return s;
}

static ColorDepth find_depth(const TermOptions *o, bool is_direct) {
    bool wants_none =
        o->has_depth ? o->depth == COLOR_NONE : term_kind_wants_none();
    if (wants_none)
        return COLOR_NONE;
    if (!has_colors() || start_color() == ERR)
        return COLOR_NONE;
    use_default_colors();
    ColorDepth can = is_direct       ? COLOR_TRUE
                     : COLORS >= 256 ? COLOR_256
                     : COLORS >= 16  ? COLOR_16
                     : COLORS >= 8   ? COLOR_8
                                     : COLOR_NONE;
    return o->has_depth && o->depth < can ? o->depth : can;
}

/* Ctrl-C and Ctrl-Z would throw away what is still on its way to the screen,
 * and curses would not know. */
static void keep_output(void) {
    struct termios now;
    if (tcgetattr(STDIN_FILENO, &now) < 0)
        return;
    now.c_lflag |= NOFLSH;
    if (tcsetattr(STDIN_FILENO, TCSANOW, &now) == 0)
        def_prog_mode();
}

static void set_up(void) {
    cbreak();
    noecho();
    nonl();
    nodelay(stdscr, TRUE);
    keypad(stdscr, TRUE);
    set_escdelay(ESC_DELAY_MS);
    curs_set(0);
    leaveok(stdscr, FALSE);
    typeahead(-1); /* a frame is whole, also while someone types */
    /* mouse reports come as unknown sequences, which are read here: curses
     * knows them only of the kind that its entry names */
    define_key(NULL, KEY_MOUSE);
    keep_output();
}

Term *term_open(const TermOptions *options, Err *err) {
    TermOptions o = options ? *options : (TermOptions){ 0 };
    const char *name = getenv("TERM");
    char direct[80];
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        err_set(err, "there is no terminal; use --headless");
        return NULL;
    }
    if (!name || !*name) {
        err_set(err, "TERM is not set; use --headless");
        return NULL;
    }
    setlocale(LC_CTYPE, "");
    if (check_entry(name, err) < 0)
        return NULL;
    bool is_direct =
        (o.has_depth ? o.depth == COLOR_TRUE : term_kind_wants_true_color()) &&
        direct_entry(name, direct, sizeof direct);
    if (tcgetattr(STDIN_FILENO, &hook.before) < 0) {
        err_set(err, "the terminal does not answer: %s", strerror(errno));
        return NULL;
    }
    guard_modes();
    SCREEN *screen = new_screen(is_direct ? direct : name);
    if (!screen) {
        term_restore_now();
        err_set(err, "the terminal '%.60s' cannot be used; use --headless",
                name);
        return NULL;
    }
    bool is_sync = term_kind_takes_sync(name);
    Term *t = mem_new(Term);
    t->is_sync = is_sync;
    t->screen = screen;
    t->can_mouse = has_capability("kmous");
    prepare_hook(is_sync, t->can_mouse);
    stall_open();
    set_up();
    t->is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    t->depth = find_depth(&o, is_direct);
    t->glyphs =
        term_kind_glyphs(name, t->is_utf8, o.has_glyphs ? &o.glyphs : NULL);
    t->kind = (PaintKind){ .depth = t->depth, .own_ground = o.own_ground };
    cells_init(&t->shown, LINES, COLS);
    t->is_stale = true;
    return t;
}

static void switch_mouse(Term *t, bool on) {
    stall_begin();
    if (t->can_mouse)
        tty_send(on ? MOUSE_ON : MOUSE_OFF, strlen(on ? MOUSE_ON : MOUSE_OFF));
    stall_end();
}

static void leave_screen(Term *t) {
    if (t->has_mouse)
        switch_mouse(t, false);
    /* what stands still never drains, and no alarm is set then */
    bool is_still = stall_begin() == STALL_STILL;
    endwin();
    if (is_still || tcsetattr(STDIN_FILENO, TCSADRAIN, &hook.before) < 0)
        tcsetattr(STDIN_FILENO, TCSANOW, &hook.before);
    stall_end();
}

const char *term_close(Term *t) {
    if (!t)
        return NULL;
    /* not after a handler has done it */
    if (atomic_exchange(&hook.is_open, false))
        leave_screen(t);
    bool is_lost = stall_close();
    delscreen(t->screen);
    cells_close(&t->shown);
    free(t);
    return is_lost ? hook.reset : NULL;
}

void term_redraw(Term *t) {
    clearok(stdscr, TRUE);
    t->is_stale = true;
}

void term_suspend(Term *t) {
    if (atomic_exchange(&hook.is_open, false))
        leave_screen(t);
}

void term_resume(Term *t) {
    /* the shell may have changed them meanwhile */
    tcgetattr(STDIN_FILENO, &hook.before);
    atomic_store(&hook.is_open, true);
    term_redraw(t);
    stall_begin();
    refresh();
    stall_end();
    if (t->has_mouse)
        switch_mouse(t, true);
}

/* --- mouse and clipboard ------------------------------------------------ */

void term_set_mouse(Term *t, bool on) {
    if (on == t->has_mouse)
        return;
    t->has_mouse = on;
    switch_mouse(t, on);
}

const MouseEvent *term_mouse(const Term *t) {
    return &t->mouse;
}

int term_copy(Term *t, const char *text, Err *err) {
    Text all = { 0 };
    (void)t;
    int rc = osc52_print(&all, text, getenv("TMUX") != NULL, err);
    stall_begin();
    bool is_sent = rc < 0 || tty_send(all.bytes, all.length);
    stall_end();
    if (!is_sent)
        rc = err_set(err, "the terminal does not take it");
    text_close(&all);
    return rc;
}

/* --- what it is --------------------------------------------------------- */

void term_size(Term *t, int *rows, int *cols) {
    struct winsize w;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_row && w.ws_col &&
        (w.ws_row != LINES || w.ws_col != COLS)) {
        resize_term(w.ws_row, w.ws_col);
        clearok(stdscr, TRUE);
        t->is_stale = true;
    }
    *rows = LINES;
    *cols = COLS;
}

Glyphs term_glyphs(const Term *t) {
    return t->glyphs;
}

/* --- keys --------------------------------------------------------------- */

static int special_key(wint_t key) {
    static const struct {
        wint_t curses;
        int code;
    } keys[] = {
        { KEY_UP, KEYCODE_UP },         { KEY_DOWN, KEYCODE_DOWN },
        { KEY_LEFT, KEYCODE_LEFT },     { KEY_RIGHT, KEYCODE_RIGHT },
        { KEY_HOME, KEYCODE_HOME },     { KEY_END, KEYCODE_END },
        { KEY_PPAGE, KEYCODE_PGUP },    { KEY_NPAGE, KEYCODE_PGDN },
        { KEY_DC, KEYCODE_DELETE },     { KEY_BTAB, KEYCODE_BACKTAB },
        { KEY_ENTER, KEYCODE_ENTER },   { KEY_BACKSPACE, KEYCODE_BACKSPACE },
        { KEY_RESIZE, KEYCODE_RESIZE },
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i].curses == key)
            return keys[i].code;
    if (key >= KEY_F(1) && key <= KEY_F(12))
        return KEYCODE_F((int)(key - KEY_F(0)));
    return KEYCODE_NONE;
}

static int plain_key(wint_t key) {
    switch (key) {
    case '\n':
        return KEYCODE_ENTER;
    case '\b':
        return KEYCODE_BACKSPACE;
    default:
        return (int)key;
    }
}

/* What is left of ESC [ …: up to a letter or its like; a mouse report of the
 * old kind is M and three characters. false: more has to come. *last: the
 * last one; 0: a key came in between. */
static bool take_sequence(Term *t, wint_t *last) {
    wint_t key;
    int rc;
    while ((rc = get_wch(&key)) == OK) {
        bool is_end =
            t->mouse_left ? --t->mouse_left == 0 : key >= 0x40 && key < 0x7f;
        if (is_end && key == 'M' && t->is_first && !t->mouse_left) {
            t->mouse_left = 3;
        } else if (is_end) {
            *last = key;
            return true;
        } else {
            mouse_take(&t->report, key < 0x7f ? (char)key : '?');
        }
        t->is_first = false;
    }
    *last = 0;
    return rc == KEY_CODE_YES;
}

/* Goes on with a sequence; it means the mouse, or nothing. */
static int sequence(Term *t) {
    wint_t last;
    t->in_escape = !take_sequence(t, &last);
    if (t->in_escape)
        return KEYCODE_NONE;
    return last < 0x7f && mouse_read(&t->report, (char)last, &t->mouse)
               ? KEYCODE_MOUSE
               : KEYCODE_NONE;
}

/* Behind an Esc: a sequence that curses does not know, a key that came fast
 * behind it, or nothing. */
static int escape(Term *t) {
    wint_t key;
    int rc = get_wch(&key);
    if (rc == ERR)
        return KEYCODE_ESC;
    if (rc == OK && key == '[') {
        t->is_first = true;
        t->mouse_left = 0;
        t->report = (MouseReport){ 0 };
        return sequence(t);
    }
    if (rc == OK && key == 'O') {
        get_wch(&key);
        return KEYCODE_NONE;
    }
    t->held = rc == OK ? plain_key(key) : special_key(key);
    return KEYCODE_ESC;
}

int term_key(Term *t) {
    for (;;) {
        wint_t key;
        int code = t->held;
        t->held = KEYCODE_NONE;
        if (code != KEYCODE_NONE)
            return code;
        if (t->in_escape) {
            code = sequence(t);
            if (t->in_escape || code != KEYCODE_NONE)
                return code;
        }
        int rc = get_wch(&key);
        if (rc == ERR)
            return KEYCODE_NONE;
        code = rc == KEY_CODE_YES   ? special_key(key)
               : key == KEYCODE_ESC ? escape(t)
                                    : plain_key(key);
        if (code != KEYCODE_NONE)
            return code;
    }
}

/* --- showing ------------------------------------------------------------ */

/* The same two colours share a pair: few terminals have more than 64. When
 * none is left, a pair with that ground will do; 0: the terminal's own. */
static int pair_of(Term *t, int front, int back) {
    int other = 0;
    if (front == PAINT_OWN && back == PAINT_OWN)
        return 0;
    for (int i = 1; i < t->made_count; i++) {
        if (t->made[i].front == front && t->made[i].back == back)
            return i;
        if (t->made[i].back == back)
            other = i;
    }
    int next = t->made_count;
    if (next >= PAIRS_MAX || next >= COLOR_PAIRS ||
        init_extended_pair(next, front, back) != OK)
        return other;
    t->made[next].front = front;
    t->made[next].back = back;
    return t->made_count++;
}

static attr_t attributes(unsigned marks) {
    return (marks & PAINT_BOLD ? A_BOLD : A_NORMAL) |
           (marks & PAINT_DIM ? A_DIM : A_NORMAL) |
           (marks & PAINT_UNDERLINE ? A_UNDERLINE : A_NORMAL) |
           (marks & PAINT_REVERSE ? A_REVERSE : A_NORMAL);
}

/* How a cell looks; what was found once is kept, but for what only greys and
 * blanks make different. */
static Ink ink_of(Term *t, const ScreenCell *cell) {
    bool is_blank = cell->rune == ' ' || cell->rune == 0;
    Ink *kept = &t->inks[cell->style][cell->ground][cell->bold][is_blank];
    if (kept->is_known)
        return *kept;
    Paint p = paint_cell(&t->kind, cell);
    *kept =
        (Ink){ .attributes = attributes(p.marks),
               .pair = t->depth == COLOR_NONE ? 0 : pair_of(t, p.front, p.back),
               .is_known = true };
    return *kept;
}

/* Blanks that curses clears with take the theme's ground. */
static void follow_theme(Term *t, const Theme *theme) {
    ScreenCell blank = { .rune = ' ' };
    cchar_t ground;
    if (t->kind.theme == theme)
        return;
    t->kind.theme = theme;
    memset(t->inks, 0, sizeof t->inks);
    t->made_count = 1;
    t->is_stale = true;
    Ink ink = ink_of(t, &blank);
    if (setcchar(&ground, L" ", A_NORMAL, 0, &ink.pair) == OK)
        bkgrndset(&ground);
}

static bool same_cell(const ScreenCell *a, const ScreenCell *b) {
    return a->rune == b->rune && a->style == b->style &&
           a->ground == b->ground && a->bold == b->bold;
}

/* As this terminal can show it. */
static ScreenCell shown_cell(const Term *t, const ScreenCell *cell) {
    ScreenCell c = t->depth <= COLOR_16 ? shade_cell(cell, t->glyphs) : *cell;
    c.rune = c.rune ? c.rune : ' ';
    if (!t->is_utf8 && c.rune > 0x7e)
        c.rune = '?';
    return c;
}

static void show_cell(Term *t, int y, int x, const ScreenCell *cell) {
    ScreenCell shown = shown_cell(t, cell);
    wchar_t text[2] = { (wchar_t)shown.rune, 0 };
    cchar_t out;
    Ink ink = ink_of(t, &shown);
    /* the pair's number does not fit the short that setcchar has */
    if (setcchar(&out, text, ink.attributes, 0, &ink.pair) == OK)
        mvadd_wchnstr(y, x, &out, 1);
}

static bool same_text(const Term *t, const ScreenCell *a, const ScreenCell *b,
                      int cols) {
    for (int x = 0; x < cols; x++)
        if (shown_cell(t, &a[x]).rune != shown_cell(t, &b[x]).rune)
            return false;
    return true;
}

/* Rows that only moved are sent again: curses would scroll a part of the
 * screen to save them, which is seen as a jump before the rest is drawn, and
 * which some terminals cannot do. It knows a row by its text, whatever its
 * colours. */
static void forbid_scrolling(Term *t, const Cells *cells) {
    int cols = cells->cols;
    for (int y = 0; y < cells->rows; y++) {
        const ScreenCell *row = &cells->at[(size_t)y * (size_t)cols];
        if (same_text(t, row, &t->shown.at[(size_t)y * (size_t)cols], cols))
            continue;
        for (int k = 0; k < cells->rows; k++)
            if (same_text(t, row, &t->shown.at[(size_t)k * (size_t)cols], cols))
                wredrawln(stdscr, k, 1);
    }
}

/* Tells curses what is new; false: nothing is. */
static bool copy_cells(Term *t, const Cells *cells) {
    bool is_new = t->is_stale;
    for (int y = 0; y < cells->rows && y < LINES; y++)
        for (int x = 0; x < cells->cols && x < COLS; x++) {
            size_t i = (size_t)y * (size_t)cells->cols + (size_t)x;
            if (!t->is_stale && same_cell(&t->shown.at[i], &cells->at[i]))
                continue;
            t->shown.at[i] = cells->at[i];
            show_cell(t, y, x, &cells->at[i]);
            is_new = true;
        }
    t->is_stale = false;
    return is_new;
}

void term_show(Term *t, const Cells *cells, const Theme *theme) {
    if (!atomic_load(&hook.is_open))
        return;
    StallState state = stall_begin();
    if (state == STALL_STILL)
        return;
    if (state == STALL_BACK)
        term_redraw(t);
    follow_theme(t, theme);
    if (t->shown.rows != cells->rows || t->shown.cols != cells->cols) {
        cells_resize(&t->shown, cells->rows, cells->cols);
        t->is_stale = true;
    }
    if (t->is_stale)
        erase();
    else
        forbid_scrolling(t, cells);
    bool is_framed = copy_cells(t, cells) && t->is_sync;
    bool cursor = cells->cursor_y >= 0 && cells->cursor_x >= 0;
    curs_set(cursor ? 1 : 0);
    if (cursor)
        move(cells->cursor_y, cells->cursor_x);
    if (is_framed)
        tty_write(SYNC_BEGIN, sizeof SYNC_BEGIN - 1);
    refresh();
    if (is_framed)
        tty_write(SYNC_END, sizeof SYNC_END - 1);
    stall_end();
}
