#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The terminal: what it was before, it is after, however the program ends;
and what reaches it fits what it can do. Runs console_demo on a
pseudo-terminal of its own. Prints TAP."""
import base64
import errno
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

import need_pyte  # noqa
import pyte

DEMO = os.environ.get("CONSOLE_DEMO", "tests/screen/console_demo")
LIMIT = 20  # seconds that anything may take
ENV = {"TERM": "xterm-256color", "COLORTERM": "truecolor",
       "LC_ALL": "C.UTF-8"}


class Terminal:
    """The demo on a pseudo-terminal whose other end stays open, so that its
    modes can be asked when the program is gone."""

    def __init__(self, env=None, rows=30, cols=100, args=("1", "90")):
        self.master, self.slave = pty.openpty()
        self.size(rows, cols)
        self.screen = pyte.Screen(cols, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.data = b""
        self.before = termios.tcgetattr(self.slave)
        whole = dict(os.environ)
        for name in ("NO_COLOR", "ONRUSH_GLYPHS", "LINES", "COLUMNS"):
            whole.pop(name, None)
        whole.update(ENV)
        whole.update(env or {})
        whole = {k: v for k, v in whole.items() if v is not None}
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2):
                os.dup2(self.slave, fd)
            os.closerange(3, 64)
            os.execve(DEMO, [DEMO, *args], whole)
        self.status = None

    def size(self, rows, cols):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ,
                    struct.pack("HHHH", rows, cols, 0, 0))
        if hasattr(self, "screen"):
            self.screen.resize(rows, cols)

    def read(self):
        ready, _, _ = select.select([self.master], [], [], 0.05)
        if not ready:
            return
        try:
            data = os.read(self.master, 65536)
        except OSError as e:
            if e.errno != errno.EIO:
                raise
            return
        self.data += data
        self.stream.feed(data)

    def until(self, what, true):
        """Reads until it is true; fails after LIMIT seconds."""
        end = time.monotonic() + LIMIT
        while not true():
            if time.monotonic() > end:
                raise AssertionError(f"not in {LIMIT} s: {what}\n" +
                                     "\n".join(self.screen.display))
            self.read()

    def sees(self, text):
        self.until(repr(text), lambda: text in "\n".join(self.screen.display))

    def type(self, text):
        os.write(self.master, text.encode())

    def kill(self, number):
        os.kill(self.pid, number)

    def wait(self, options=0):
        got = []

        def ended():
            pid, status = os.waitpid(self.pid, os.WNOHANG | options)
            got.append(status)
            return pid != 0
        self.until("the program ends or stops", ended)
        while select.select([self.master], [], [], 0)[0]:
            self.read()
        if not os.WIFSTOPPED(got[-1]):
            self.pid = 0
        return got[-1]

    def is_restored(self):
        assert termios.tcgetattr(self.slave) == self.before, "termios differ"
        leave = self.data.rfind(b"\033[?1049l")
        assert leave > self.data.rfind(b"\033[?1049h") >= 0, "still alternate"
        shown = self.data.rfind(b"\033[?25h")
        assert shown > self.data.rfind(b"\033[?25l"), "the cursor is hidden"
        colour = max(self.data.rfind(b"\033[38"), self.data.rfind(b"\033[48"))
        plain = max(self.data.rfind(b"\033[0m"), self.data.rfind(b"\033[m"),
                    self.data.rfind(b"\033[39;49m"))
        assert plain > colour, "colours are left"
        for mode in (b"1000", b"1002", b"1003", b"1006"):
            on = self.data.rfind(b"\033[?" + mode + b"h")
            off = self.data.rfind(b"\033[?" + mode + b"l")
            assert off > on or on < 0, f"mouse mode {mode} is left"
        attrs = self.screen.cursor.attrs
        assert (attrs.fg, attrs.bg) == ("default", "default"), "colours are left"
        assert not (attrs.bold or attrs.reverse or attrs.underscore), "weight is left"
        self.has_ended_frames()

    def has_ended_frames(self):
        """Synchronized output is over, so that what comes next is seen."""
        began = self.data.rfind(b"\033[?2026h")
        assert self.data.rfind(b"\033[?2026l") >= began, "a frame is open"

    def close(self):
        if self.pid:
            self.kill(signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.master)
        os.close(self.slave)


def opened(**options):
    t = Terminal(**options)
    t.sees("space pause")
    assert termios.tcgetattr(t.slave) != t.before
    return t


def ends_normally():
    t = opened()
    t.type("Q")
    t.sees("exit status 99")
    t.type("q")
    assert t.wait() == 0
    t.is_restored()
    assert t.data.rstrip().endswith(b"left")
    t.close()


def ends_by_sigterm():
    t = opened()
    t.kill(signal.SIGTERM)
    assert t.wait() == 0
    t.is_restored()
    t.close()


def crashes():
    for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS,
                   signal.SIGQUIT):
        t = opened()
        t.type("s")  # with the cursor shown and a dialog open
        t.sees("spike now")
        t.kill(number)
        assert os.WTERMSIG(t.wait()) == number
        t.is_restored()
        t.close()


def runs_out_of_memory():
    # a sanitizer would report the request itself
    t = Terminal(env={"DEMO_EXHAUST": "1",
                      "ASAN_OPTIONS": "allocator_may_return_null=1",
                      "TSAN_OPTIONS": "allocator_may_return_null=1"})
    assert os.waitstatus_to_exitcode(t.wait()) == 1
    t.is_restored()
    t.close()


def ctrl_c_twice():
    t = opened()
    t.type("\003")
    t.sees("Q stops at once")
    t.type("\003")
    t.sees("STOPPED")
    t.type("\003")
    assert t.wait() == 0
    t.is_restored()
    t.close()


def stops_and_goes_on():
    t = opened()
    t.type("e")
    t.sees("Enter apply")
    t.type("\032")
    assert os.WIFSTOPPED(t.wait(os.WUNTRACED))
    t.is_restored()
    t.screen.reset()
    t.size(24, 80)
    t.kill(signal.SIGCONT)
    t.sees("Enter apply")
    t.sees("Tab field")
    assert termios.tcgetattr(t.slave) != t.before
    t.kill(signal.SIGTERM)
    assert t.wait() == 0
    t.is_restored()
    t.close()


def follows_the_size():
    t = opened()
    for rows, cols in ((24, 80), (12, 40), (60, 200), (1, 1), (3, 12),
                       (38, 120)):
        t.size(rows, cols)
        t.kill(signal.SIGWINCH)
        if rows >= 12:
            t.until(f"{cols} x {rows}", lambda: t.screen.display[0].rstrip()
                    and t.screen.display[-1].startswith(" space pause")
                    and len(t.screen.display[0].rstrip()) > cols - 4)
    t.kill(signal.SIGTERM)
    assert t.wait() == 0
    t.close()


def swallows_what_means_nothing():
    t = opened()
    for report in ("\033[<2;10;20M", "\033[<2;10;20m", "\033[M !!",
                   "\033[<0;10M", "\033[<" + "1" * 5000 + "M",
                   "\033[200~", "\033[1;5P", "\033[I", "\033Oz"):
        t.type(report)
    t.type("m")
    t.sees("stands in the log")
    t.type("after\r")
    t.sees("✓ after")
    text = "\n".join(t.screen.display)
    assert "no key" not in text and "PLAN" in text, text
    t.kill(signal.SIGTERM)
    t.wait()
    t.close()


def click(t, text, row=None):
    """With the mouse on the first cell of a text on the screen."""
    lines = t.screen.display
    y = row if row is not None else next(
        i for i, line in enumerate(lines) if text in line)
    x = lines[y].index(text)
    t.type(f"\033[<0;{x + 1};{y + 1}M\033[<0;{x + 1};{y + 1}m")


def takes_the_mouse():
    t = opened()
    assert b"\033[?1002h" in t.data and b"\033[?1006h" in t.data
    t.type(":mouse off")
    t.sees("clicks are the terminal's")
    t.type("\r")
    t.until("the mouse is off", lambda: b"\033[?1002l" in t.data)
    t.type(":mouse on\r")
    t.until("the mouse is on", lambda: t.data.rfind(b"\033[?1002h") >
            t.data.rfind(b"\033[?1002l"))
    click(t, "spectrogram" if "spectrogram" in t.screen.display[1] else "spec",
          1)
    t.until("the spectrogram", lambda: "load" not in t.screen.display[2])
    click(t, "? help", 29)
    t.sees("During the run")
    t.type("\033[<65;5;5M\033[<65;5;5M")  # the wheel
    t.until("it scrolled", lambda: "During" not in t.screen.display[3])
    click(t, "Esc back", 29)
    t.sees("space pause")
    click(t, "space", 29)
    t.sees("PAUSED")
    t.kill(signal.SIGTERM)
    assert t.wait() == 0
    t.is_restored()
    t.close()


def takes_no_mouse_where_there_is_none():
    t = opened(env={"TERM": "vt220", "COLORTERM": ""})
    assert b"\033[?1002h" not in t.data
    t.kill(signal.SIGTERM)
    assert t.wait() == 0
    t.close()


def copies():
    for env, ends in (({"TMUX": None}, (b"\a",)),
                      ({"TMUX": "/x,1,0"}, (b"\a", b"\a\033\\"))):
        t = opened(env=env)
        t.type("y")
        t.sees("copied ")
        found = re.findall(rb"(?:\033Ptmux;\033)?\033\]52;c;([A-Za-z0-9+/=]*)"
                           rb"(\a\033\\|\a)", t.data)
        assert tuple(end for _, end in found) == ends, found
        text = base64.b64decode(found[0][0], validate=True).decode()
        lines = text.splitlines()
        assert lines[0].startswith(" onrush  spike"), lines[0]
        assert "latency" in text and "space pause" not in text, text
        assert all(ord(sign) >= 0x20 or sign == "\n" for sign in text)
        assert found[0][0] == found[-1][0]
        t.kill(signal.SIGTERM)
        assert t.wait() == 0
        t.is_restored()
        t.close()


def reads_split_sequences():
    t = opened()
    t.type("e")
    t.sees("Enter apply")
    t.type("\033[<0;1")  # the rest comes later
    t.sees("spike")
    t.type("0;20M")
    t.type("\033OB\033OB")
    t.type("d")
    t.sees("1 stage deleted")
    t.type("\033")
    t.sees("discard 1 change")
    t.type("y")
    t.sees("space pause")
    t.kill(signal.SIGTERM)
    t.wait()
    t.close()


def says_what_cannot_be():
    for env, says in (({"TERM": "dumb"}, b"cannot show a screen"),
                      ({"TERM": "no-such"}, b"is not known here"),
                      ({"TERM": "unknown"}, b"--headless"),
                      ({"TERM": ""}, b"TERM is not set"),
                      ({"TERM": None}, b"TERM is not set")):
        t = Terminal(env=env)
        assert os.WEXITSTATUS(t.wait()) == 1
        assert says in t.data and b"--headless" in t.data, t.data
        assert b"\033" not in t.data
        assert termios.tcgetattr(t.slave) == t.before
        t.close()


def has_direct_colour():
    """Is there a terminfo entry of 24 bits (Debian: ncurses-term)?"""
    return any(os.path.exists(f"{top}/{name[0]}/{name}")
               for top in ("/usr/share/terminfo", "/lib/terminfo", "/etc/terminfo")
               for name in ("vscode-direct", "vte-direct", "xterm-direct"))


def shows_what_the_terminal_can():
    true = rb"\033\[[0-9;:]*[34]8[:;]2"
    indexed = rb"\033\[[0-9;]*[34]8;5;"
    basic = rb"\033\[[0-9;]*[34][0-7](;[0-9]+)*m"
    braille = "⠉".encode()[:2]
    direct = has_direct_colour()
    best = true if direct else indexed
    for env, has, has_not in (
            ({}, (best, braille), (indexed,) if direct else ()),
            ({"COLORTERM": "24bit", "TERM": "tmux-256color"}, (best,), ()),
            ({"COLORTERM": ""}, (indexed, braille), (true,)),
            ({"COLORTERM": "", "TERM": "xterm"}, (basic,), (indexed, true)),
            ({"COLORTERM": "", "TERM": "linux"}, (basic, "█".encode()),
             (indexed, true, braille)),
            ({"NO_COLOR": "1"}, (rb"\033\[[0-9;]*7m", braille),
             (true, indexed, basic)),
            ({"ONRUSH_GLYPHS": "block"}, ("█".encode(),), (braille,)),
            ({"ONRUSH_GLYPHS": "ascii"}, (), (rb"[\x80-\xff]",)),
            ({"LC_ALL": "C", "ONRUSH_GLYPHS": "braille"}, (best,),
             (rb"[\x80-\xff]",))):
        t = Terminal(env=env)
        t.until("the key bar", lambda: b"pause" in t.data)
        t.type("s")
        t.until("the dialog", lambda: b"then back" in t.data)
        t.kill(signal.SIGTERM)
        assert t.wait() == 0
        for pattern in has:
            assert re.search(pattern, t.data), (env, pattern)
        for pattern in has_not:
            assert not re.search(pattern, t.data), (env, pattern)
        assert termios.tcgetattr(t.slave) == t.before
        t.close()


def grounds(t):
    """The grounds on the screen and how often each is there."""
    seen = {}
    for y in range(t.screen.lines):
        for x in range(t.screen.columns):
            bg = t.screen.buffer[y][x].bg
            seen[bg] = seen.get(bg, 0) + 1
    return seen


def paints_its_ground():
    t = opened()
    cells = t.screen.lines * t.screen.columns
    t.until("a ground everywhere", lambda: "default" not in grounds(t))
    dark = max(grounds(t), key=grounds(t).get)
    t.type("T")
    t.sees("theme light")
    t.until("a light ground", lambda: dark not in grounds(t))
    light = max(grounds(t), key=grounds(t).get)
    assert grounds(t)[light] > cells // 2, grounds(t)
    t.type("TTT")
    t.sees("theme dark")
    t.until("the dark one again", lambda: light not in grounds(t))
    # a screen of another size has it everywhere, too
    t.size(40, 130)
    t.kill(signal.SIGWINCH)
    t.until("a ground everywhere in another size",
            lambda: t.screen.display[-1].startswith(" space") and "default" not in grounds(t))
    t.kill(signal.SIGTERM)
    assert t.wait() == 0
    t.is_restored()
    t.close()


# TERM: colours, signs beyond ASCII. What there is no entry for is left out.
MATRIX = {"linux": ("basic", "block"), "screen": ("basic", "braille"),
          "screen-256color": ("indexed", "braille"),
          "tmux": ("basic", "braille"), "tmux-256color": ("indexed", "braille"),
          "xterm": ("basic", "braille"), "xterm-16color": ("basic", "braille"),
          "xterm-256color": ("indexed", "braille"),
          "xterm-kitty": ("indexed", "braille"), "alacritty": ("indexed", "braille"),
          "rxvt-unicode-256color": ("indexed", "braille"),
          "vt100": ("none", "ascii"), "vt220": ("none", "ascii")}


def has_entry(name):
    return any(os.path.exists(f"{top}/{name[0]}/{name}")
               for top in ("/usr/share/terminfo", "/lib/terminfo", "/etc/terminfo"))


def shows_itself_on_every_terminal():
    indexed = rb"\033\[[0-9;]*[34]8;5;"
    basic = rb"\033\[(?:[0-9;]*;)?[34][0-7](;[0-9]+)*m"
    tried = 0
    for name, (colours, signs) in MATRIX.items():
        if not has_entry(name):
            continue
        tried += 1
        t = Terminal(env={"TERM": name, "COLORTERM": None})
        try:
            t.sees("space pause")
            t.type("s")
            t.sees("spike now")
            t.type("\033")
            t.until("the dialog is gone", lambda: "spike now" not in "\n".join(t.screen.display))
            t.type("Q")
            t.sees("exit status 99")
            t.type("q")
            assert t.wait() == 0
        except AssertionError as e:
            raise AssertionError(f"TERM={name}: {e}")
        found = ("indexed" if re.search(indexed, t.data) else
                 "basic" if re.search(basic, t.data) else "none")
        assert found == colours, (name, found)
        assert ("⠉".encode()[:2] in t.data) == (signs == "braille"), name
        assert ("─".encode() in t.data) == (signs != "ascii"), name
        assert termios.tcgetattr(t.slave) == t.before, name
        assert t.data.rstrip().endswith(b"left"), name
        t.has_ended_frames()
        # what the shell writes next has no colour and no weight
        t.stream.feed(b"\r\nnext")
        line = next(y for y in range(t.screen.lines - 1, -1, -1) if "next" in t.screen.display[y])
        cell = t.screen.buffer[line][0]
        assert (cell.fg, cell.bg, cell.bold, cell.reverse) == ("default", "default", False, False), (name, cell)
        t.close()
    assert tried > 3, tried


def runs_within_tmux():
    if not shutil.which("tmux"):
        return
    with tempfile.TemporaryDirectory() as folder:
        tmux = ["tmux", "-S", f"{folder}/socket", "-f", "/dev/null"]
        env = dict(os.environ, LC_ALL="C.UTF-8", COLORTERM="")
        for name in ("TMUX", "NO_COLOR", "ONRUSH_GLYPHS"):
            env.pop(name, None)

        def run(*args):
            return subprocess.run([*tmux, *args], env=env, capture_output=True, text=True, timeout=LIMIT).stdout

        def sees(text):
            end = time.monotonic() + LIMIT
            while text not in run("capture-pane", "-p"):
                assert time.monotonic() < end, f"tmux shows no {text!r}:\n" + run("capture-pane", "-p")
                time.sleep(0.05)
        run("new-session", "-d", "-x", "100", "-y", "30", f"{DEMO} 1 90; echo status $?; exec cat")
        try:
            sees("space pause")
            assert "⠤" in run("capture-pane", "-p") or "⣀" in run("capture-pane", "-p") or "⠒" in run(
                "capture-pane", "-p"), run("capture-pane", "-p")
            assert "48;5;" in run("capture-pane", "-p", "-e"), "no ground"
            run("send-keys", "s")
            sees("spike now")
            run("send-keys", "Escape")
            run("send-keys", "Q")
            sees("exit status 99")
            run("send-keys", "q")
            sees("status 0")
            assert "FAILED" not in run("capture-pane", "-p"), "the screen stays"
        finally:
            run("kill-server")


def scrolls_nothing():
    t = opened()
    t.type("?")
    t.sees("help")
    for key in "jjjjkkjj kkkk":
        t.type(key)
        t.read()
    t.type("qe")
    t.sees("Enter apply")
    t.type("\033")
    t.sees("space pause")
    t.type("Q")
    t.sees("FAILED")
    moves = re.search(rb"\033\[[0-9]*[LMST]|\033M|\033D", t.data)
    assert not moves, moves
    t.kill(signal.SIGTERM)
    t.wait()
    t.close()


def scrolls_no_charts():
    """They move up and change: rows that are only alike."""
    t = opened(rows=24, cols=80, args=("0", "400"))
    for key in ("\033[D", "{", "v", "{", "v"):
        t.type(key)
        t.until("quiet", lambda: not select.select([t.master], [], [], 0.3)[0])
    t.sees("p99.9")
    moves = re.search(rb"\033\[[0-9]*[LMST]|\033M|\033D", t.data)
    assert not moves, moves
    t.kill(signal.SIGTERM)
    t.wait()
    t.close()


def sends_only_what_changed():
    t = opened(args=("0", "90"))  # a run that stands still
    t.type("z")
    t.sees("space pause")
    settled = 0
    while len(t.data) != settled:
        settled = len(t.data)
        t.read()
    t.type("s")
    t.sees("spike now")
    t.until("quiet", lambda: not select.select([t.master], [], [], 0.3)[0])
    sent = len(t.data) - settled
    assert 0 < sent < 6000, sent
    t.kill(signal.SIGTERM)
    t.wait()
    t.close()


TESTS = [ends_normally, ends_by_sigterm, crashes, runs_out_of_memory,
         ctrl_c_twice, stops_and_goes_on, follows_the_size,
         swallows_what_means_nothing, takes_the_mouse,
         takes_no_mouse_where_there_is_none, copies, reads_split_sequences,
         says_what_cannot_be,
         shows_what_the_terminal_can, paints_its_ground,
         shows_itself_on_every_terminal, runs_within_tmux, scrolls_nothing,
         scrolls_no_charts,
         sends_only_what_changed]

print(f"1..{len(TESTS)}")
for number, test in enumerate(TESTS, 1):
    name = test.__name__.replace("_", " ")
    try:
        test()
        print(f"ok {number} - {name}", flush=True)
    except (AssertionError, OSError) as e:
        for line in str(e).splitlines():
            print("#", line)
        print(f"not ok {number} - {name}", flush=True)
