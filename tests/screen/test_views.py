#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every view, as a terminal shows it: text and looks against golden/, at four
sizes, without colours in ASCII, in 16 colours, and in 24 bits. Over a run that
never happened (console_demo). ONRUSH_REGEN=1 rewrites golden/, to be reviewed
as a diff. Prints TAP."""
import difflib, os, subprocess, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import need_pyte  # noqa
from pty_screen import Terminal

DEMO = os.environ.get("CONSOLE_DEMO", "tests/screen/console_demo")
GOLDEN = os.path.join(os.environ.get("TESTS_SRC", "tests"), "screen", "golden")
REGEN = os.environ.get("ONRUSH_REGEN")
SIZES = ((40, 12), (80, 24), (120, 38), (200, 60))
MODES = {"ascii": {"TERM": "vt220", "LC_ALL": "C"},
         "16": {"TERM": "xterm-16color"},
         "24bit": {"TERM": "xterm-256color", "COLORTERM": "truecolor"}}
# what is typed to get there and away again; all in one go, so that nothing
# of one view may be left on the next
VIEWS = (("live", (), ()), ("spectrogram", ("2",), ()), ("requests", ("3",), ()), ("request", ("enter",), ("esc",)),
         ("errors", ("4",), ()), ("stages", ("5",), ()), ("editor", ("enter",), ("esc",)), ("limits", ("6",), ()),
         ("help", ("?",), ("esc",)), ("spike", ("1", "s"), ("esc",)))


def has_terminal(name):
    try:
        return subprocess.run(["infocmp", name], capture_output=True).returncode == 0
    except FileNotFoundError:
        return True  # curses itself will say


def compare(name, now):
    """What differs; nothing when all is as it was."""
    path = os.path.join(GOLDEN, name + ".txt")
    if REGEN:
        os.makedirs(GOLDEN, exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(now)
        return []
    with open(path, encoding="utf-8") as f:
        was = f.read()
    return list(difflib.unified_diff(was.splitlines(), now.splitlines(), "was", "is", lineterm="", n=0))


def walk(cols, rows, mode):
    """Yields each view's name and its looks, or why there are none."""
    with Terminal([os.path.abspath(DEMO), "0", "480"], cols, rows, MODES[mode]) as t:
        t.until("the first frame", lambda: "spike" in t.text())
        t.settle()
        for name, there, away in VIEWS:
            for key in there:
                t.press(key)
            yield f"{name}-{cols}x{rows}-{mode}", t.looks()
            for key in away:
                t.press(key)


def main():
    count = len(VIEWS) * len(SIZES) * len(MODES)
    print(f"1..{count}")
    number = failed = 0
    for cols, rows in SIZES:
        for mode in MODES:
            if not has_terminal(MODES[mode]["TERM"]):
                for name, _, _ in VIEWS:
                    number += 1
                    print(f"ok {number} - {name} {cols}x{rows} {mode} # SKIP no terminfo entry {MODES[mode]['TERM']}")
                continue
            told = number
            try:
                for name, looks in walk(cols, rows, mode):
                    number += 1
                    wrong = compare(name, looks)
                    for line in wrong:
                        print("#", line)
                    print("not ok" if wrong else "ok", number, "-", name)
                    failed += bool(wrong)
            except AssertionError as e:
                print("# " + str(e).replace("\n", "\n# "))
                for number in range(number + 1, told + len(VIEWS) + 1):
                    print("not ok", number, "-", f"{cols}x{rows} {mode}: not reached")
                    failed += 1
            sys.stdout.flush()
    sys.exit(failed > 0)


main()
