#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each call that writes a result fails in turn, once, and from there on all:
the run ends normally, says which file and why, leaves what stood there or
the whole new file, and the others are written. ONRUSH_TRUST=long tries every
reason; else each call has one of them."""
import os, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from injected import *  # noqa

EXTRA = {"-o": "o.json", "--summary-export": "flat.json", "--junit": "j.xml", "--csv": "c.csv", "--hgrm": "h.hgrm"}
OLD = {"summary.json": '{"old": true}\n', "report.html": "<p>old</html>\n", "report.md": "old\n"}
OLD.update({"extra/" + name: '{"old": true}\n' if name.endswith("json") else "old\n" for name in EXTRA.values()})
WRITING = "open,write,sync,rename,close,truncate,mkdir"
REASONS = {"write": ["ENOSPC", "EIO", "EDQUOT", "short"], "sync": ["EIO", "ENOSPC"], "close": ["EIO", "EDQUOT"],
           "rename": ["EROFS", "EIO", "ENOSPC"], "open": ["EROFS", "ENOSPC", "EMFILE"], "truncate": ["EIO"],
           "mkdir": ["EROFS", "ENOSPC"]}


def number(reason):
    return reason if reason == "short" else getattr(errno, reason)


def prepare(folder):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(os.path.join(folder, "extra"))
    for name, text in OLD.items():
        with open(os.path.join(folder, name), "w") as f:
            f.write(text)


def command(folder, profile_path):
    args = ["run", "--headless", "--no-control", "--out", folder]
    for option, name in EXTRA.items():
        args += [option, os.path.join(folder, "extra", name)]
    return args + [profile_path]


def left_of(file, name):
    with open(os.path.join(file, name)) as f:
        return f.read()


def saved_or_said(folder):
    """Every file is new and whole, or is the old one and was named."""
    def rule(r):
        was_sent = "nothing was sent" not in r.stderr
        named = r.stderr + (left_of(folder, "INCOMPLETE") if os.path.exists(folder + "/INCOMPLETE") else "")
        for name, old in OLD.items():
            is_old = left_of(folder, name) == old
            if is_old and r.status == 0:
                return f"exit 0, and {name} was not written"
            if is_old and was_sent and os.path.basename(name) not in named:
                return f"{name} was not written, and nobody said so"
            if not is_old and not was_sent:
                return f"nothing was sent, but {name} is gone"
        if r.status == 0 and os.path.exists(folder + "/INCOMPLETE"):
            return "exit 0, and the folder is INCOMPLETE"
        if r.status not in ((0, 1) if was_sent else (1, 104)):
            return f"exit {r.status}"
        if r.status and not re.search(r"No space|Input/output|quota|Read-only|Too many open", r.stderr):
            return "it does not say why"
        return nothing_cut(folder)(r)
    return rule


def told(kind, reason):
    """What failed for good is no success, even if the bytes seem to be there: a
    disk that did not take them says so in fsync."""
    def rule(r):
        if r.status == 0 and (kind in ("sync", "rename") or kind == "write" and reason != "short"):
            return f"exit 0, but a {kind} failed"
        return None
    return rule


def fail_each(name, profile_path, where, kinds=WRITING, rule_of=saved_or_said, told=told):
    """where: in the path of the files whose calls fail."""
    first = path(name)
    prepare(first)
    survey = Injection(name, *command(first, profile_path), what=kinds, depth=12, path=where.format(folder=first))
    assert survey.status == 0, survey
    jobs, seen = [], collections.Counter()
    for kind, stack, _, who, _ in survey.calls():
        reasons = REASONS[kind]
        seen[kind] += 1
        for reason in reasons if LONG else [reasons[seen[kind] % len(reasons)]]:
            for forever in ((False, True) if LONG else (seen[kind] % 2 == 0,)):
                jobs.append((kind, stack, reason, forever, who))

    def one(i, kind, stack, reason, forever, who):
        folder = path(f"{name}-{i}")
        prepare(folder)
        # one call of that stack, and then all that write: a disk that is full stays so
        r = Injection(f"{name}{i}", *command(folder, profile_path), what=kind, depth=12, path=where.format(folder=folder),
                      stack=stack, to=10**9 if forever else 1, log=False, **{"from": 1, "with": number(reason)})
        r.where = f"{kind} {reason} {who}"
        return r, r.wrong(rule_of(folder), told(kind, reason))

    ended = side_by_side([lambda i=i, j=j: one(i, *j) for i, j in enumerate(jobs)])
    print(f"# {name}: {len(jobs)} runs, of which "
          + ", ".join(f"{n} ended with {s}" for s, n in
                      sorted(collections.Counter(str(r.status) for r, _ in ended).items())))
    assert len(jobs) >= 4, survey.calls()
    check_none(ended, len(jobs))
    return ended


def full_from(name, profile_path, where):
    """From the n-th call on nothing can be written any more."""
    folder = path(name)
    prepare(folder)
    survey = Injection(name, *command(folder, profile_path), what="open,write,sync,mkdir", depth=12,
                       path=where.format(folder=folder))
    most = max(int(c[2]) for c in survey.calls())

    def one(n):
        folder = path(f"{name}-{n}")
        prepare(folder)
        r = Injection(f"{name}{n}", *command(folder, profile_path), what="open,write,sync,mkdir",
                      path=where.format(folder=folder), to=10**9, log=False, **{"from": n, "with": errno.ENOSPC})
        return r, r.wrong(saved_or_said(folder))

    ended = side_by_side([lambda n=n: one(n) for n in range(1, most + 1, slack(1, 4))])
    print(f"# {name}: {len(ended)} of {most} calls from which on the disk is full, exits "
          + str(collections.Counter(r.status for r, _ in ended)))
    check_none(ended, len(ended))


@test
def each_call_that_writes_results_fails():
    can_inject()
    with Target("service=1ms") as t:
        p = write("disk.ini", PROFILE.format(name="disk", url=t.url, length="300ms"))
        fail_each("disk", p, "{folder}/")
        full_from("full", p, "{folder}/")


@test
def the_history_cannot_be_written():
    can_inject()

    def rule_of(folder):
        def rule(r):
            if r.status != 0:
                return "the history is no result of the run"
            for name, old in OLD.items():
                if left_of(folder, name) == old:
                    return f"{name} was not written"
            return nothing_cut(folder)(r)
        return rule

    with Target("service=1ms") as t:
        p = write("history.ini", PROFILE.format(name="history", url=t.url, length="200ms"))
        fail_each("history", p, "data/onrush", rule_of=rule_of, told=lambda *_: lambda _run: None)
        # it is whole, and goes on
        os.environ["XDG_DATA_HOME"] = path("data")
        onrush("run", "--headless", "--out", path("history-after"), p, status=0)
        newest = json.loads(onrush("history", "--json", status=0).stdout)[0]
        assert newest["path"] == path("history-after"), newest


if __name__ == "__main__":
    main()
