#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""No memory: each allocation fails once, and from each on all. The program
ends with words and a documented status, or goes on; it leaves no half file
and never hangs. Of each library up to 8 places that allocate are taken
(ONRUSH_TRUST=long: 40 stacks); of our own few, for they all end alike."""
import os, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from injected import *  # noqa

OWN = slack(60, 6)  # stacks of ours, which all end in base/mem.c
SAME_LIBRARY = slack(40, 8)  # places in one library


def selected(calls):
    """Stacks to fail: of libraries each place that calls malloc."""
    own = [c[1] for c in calls if c[3].startswith("onrush+")]
    places = {}
    for _, stack, _, who, _ in calls:
        library = who.split("+")[0]
        if library != "onrush":
            places.setdefault(library, {}).setdefault(stack if LONG else who, stack)
    few = lambda items, n: items[::max(1, len(items) // n)][:n]
    chosen = few(own, OWN)
    for stacks in places.values():
        chosen += few(list(stacks.values()), SAME_LIBRARY)
    return chosen


def given_back(_i):
    return Injection.terminal_given_back


def walk(name, args_of, *rules, prepare=None, tty=False):
    """args_of(n): the arguments of the n-th run, which has a place of its own."""
    first = Injection(name, *args_of("survey"), what="alloc", depth=8, tty=tty)
    assert first.status in (0, 1), first
    stacks = selected(first.calls())
    of = {c[1]: " ".join(c[3:]) for c in first.calls()}
    assert len(stacks) >= 10, first.calls()

    def one(i, stack, forever):
        if prepare:
            prepare(i)
        r = Injection(f"{name}{i}", *args_of(i), what="alloc", depth=8, stack=stack, **{"from": 1},
                      tty=tty, to=10**9 if forever else 1)
        r.where = of[stack]
        why = r.wrong(*(rule(i) for rule in rules))
        if tty and r.status == -signal.SIGSEGV and re.search("libtinfo|libncurses", of[stack]):
            why = r.terminal_given_back()  # curses does not look at some of its own, in tigetstr and doupdate
        if why is None and prepare:
            shutil.rmtree(path(f"{name}-{i}"), ignore_errors=True)
        return r, why

    jobs = [lambda i=i, s=s: one(i, s, False) for i, s in enumerate(stacks)]
    if LONG:
        jobs += [lambda i=i, s=s: one(i, s, True) for i, s in enumerate(stacks[::4], len(stacks))]
    ended = side_by_side(jobs)
    print(f"# {name}: {len(jobs)} runs, of which "
          + ", ".join(f"{n} ended with {s}" for s, n in
                      sorted(collections.Counter(str(r.status) for r, _ in ended).items())))
    check_none(ended, len(jobs))
    return ended


def said_memory(_i):
    def rule(r):
        return None if r.status in (0, 99, 3, 4) or re.search("memory|unavailable", r.stderr, re.I) else "it does not say memory"
    return rule


def old_or_whole(name):
    """An older result stays, or the new one is whole."""
    def of(i):
        def rule(r):
            with open(path(f"{name}-{i}/summary.json")) as f:
                text = f.read()
            if text != OLD and "onrush" not in json.loads(text):
                return "summary.json is neither the old nor a new one"
            return nothing_cut(path(f"{name}-{i}"))(r)
        return rule
    return of


OLD = '{"metrics": {}, "of": "an older run"}\n'


def with_older(name):
    def prepare(i):
        os.makedirs(path(f"{name}-{i}"))
        with open(path(f"{name}-{i}/summary.json"), "w") as f:
            f.write(OLD)
    return prepare


@test
def no_memory_in_a_run():
    can_inject()
    with Target("service=1ms") as t:
        p = write("mem.ini", PROFILE.format(name="mem", url=t.url, length="300ms"))
        with_older("mem")("survey")
        walk("mem", lambda i: ["run", "--headless", "--out", path(f"mem-{i}"), p], old_or_whole("mem"),
             said_memory, prepare=with_older("mem"))
        os.environ["XDG_DATA_HOME"] = path("unhurt")
        onrush("run", "--headless", "--out", path("mem-after"), p, status=0)


@test
def no_memory_where_a_run_is_read():
    can_inject()
    with Target("service=1ms") as t:
        p = write("read.ini", PROFILE.format(name="read", url=t.url, length="1500ms"))
        onrush("run", "--headless", "--out", path("read"), p, status=0)
        onrush("run", "--headless", "--out", path("read2"), p, status=0)
    walk("check", lambda i: ["check", p], said_memory)
    walk("check-json", lambda i: ["check", "--json", p], said_memory)
    walk("open", lambda i: ["open", path("read")], said_memory)
    walk("compare", lambda i: ["compare", "--html", path(f"compared-{i}.html"), path("read"), path("read2")],
         said_memory)
    walk("history", lambda i: ["history"], said_memory)


@test
def no_memory_in_the_console():
    can_inject()
    with Target("service=1ms") as t:
        p = write("console.ini", PROFILE.format(name="console", url=t.url, length="600ms"))
        onrush("run", "--headless", "--out", path("shown"), p, status=0)
        keys = write("all.keys", "0.2 2\n0.25 3\n0.3 4\n0.35 ?\n0.4 esc\n0.45 type :level 3\n0.5 enter\n"
                                 "1.2 enter\n1.3 q\n1.4 q\n2 enter\n3 q\n4 enter\n5 q\n6 enter\n7 q\n8 q\n")
        args = ["--no-control", "--keys", keys]
        walk("console", lambda i: ["run", *args, "--out", path(f"console-{i}"), p], given_back, tty=True)
    shown = write("shown.keys", "0.2 2\n0.25 3\n0.3 ?\n0.35 esc\n0.4 q\n0.5 q\n")
    walk("shown", lambda i: ["open", "--keys", shown, path("shown")], given_back, tty=True)


if __name__ == "__main__":
    main()
