#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Broken profiles, tests/broken/*.ini: each is refused with just the words
that stand in the .err beside it. ONRUSH_REGEN=1 writes these anew: read
them as someone would who made the mistake."""
import glob, os, shutil, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa

BROKEN = os.path.abspath(os.path.join(os.environ.get("TESTS_SRC", "tests"), "broken"))


def refused(ini):
    name = os.path.basename(ini)
    r = onrush("check", name, status=104)
    assert r.stdout == "", r.stdout
    assert not any(c < " " and c != "\n" for c in r.stderr), r.stderr
    err = ini[:-4] + ".err"
    if os.environ.get("ONRUSH_REGEN"):
        with open(err, "w") as f:
            f.write(r.stderr)
    with open(err) as f:
        wanted = f.read()
    assert r.stderr == wanted, f"said:\n{r.stderr}\nwanted:\n{wanted}"


def add(ini):
    def f():
        refused(ini)
    f.__name__ = os.path.basename(ini)[:-4].replace("-", "_")
    test(f)


for file in glob.glob(os.path.join(BROKEN, "*.csv")):
    shutil.copy(file, FOLDER)
for file in sorted(glob.glob(os.path.join(BROKEN, "*.ini"))):
    shutil.copy(file, FOLDER)
    add(file)


@test
def there_are_thirty():
    assert len(TESTS) > 30, len(TESTS)


main()
