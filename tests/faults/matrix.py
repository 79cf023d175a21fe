# SPDX-License-Identifier: GPL-3.0-or-later
"""The fault matrix: rows are gathered from the modules matrix_*.py (each has
FAULTS, a list of fault.Fault), doc/faults.md is written of them, and runs of
many rows are judged by them."""
import collections, glob, importlib, os, sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "trust"), HERE]
from trust import *  # noqa
from fault import WIRES

DOC = os.path.join(HERE, "..", "..", "doc", "faults.md")
HEADINGS = {"h1": "HTTP/1.1", "tls": "over TLS", "curl": "libcurl", "h2": "HTTP/2"}
INTRO = """# What goes wrong, and what it is counted as

Every way in which a target, or the way to it, is known to misbehave, and the class of failure
(doc/summary.md) that it is counted as, by what carries the request: HTTP/1.1, the same over TLS,
libcurl's transport (`transport = curl`), HTTP/2. `ok` is a success; `—` cannot happen there; where
two classes stand the network decides a race. Written by tests/faults/test_matrix.py, which
makes all of it happen: `ONRUSH_REGEN=1` writes it anew.
"""
MADE = "Written by a run with "


def rows():
    all_rows = []
    for file in sorted(glob.glob(os.path.join(HERE, "matrix_*.py"))):
        all_rows += importlib.import_module(os.path.basename(file)[:-3]).FAULTS
    names = [(r.name, wire) for r in all_rows for wire in r.counted]
    assert len(names) == len(set(names)), sorted(n for n in names if names.count(n) > 1)
    return all_rows


def totals(all_rows):
    """How many, on what, and with what result; a line each."""
    cells = [(w, r.classes(w)) for r in all_rows for w in r.counted]
    wires = ", ".join(f"{sum(w == wire for w, _ in cells)} {HEADINGS[wire]}" for wire in WIRES)
    results = collections.Counter(" or ".join(sorted(c)) for _, c in cells if len(c) == 1)
    races = sum(len(c) > 1 for _, c in cells)
    said = ", ".join(f"{n} {'**ok**' if c == 'ok' else c}" for c, n in results.most_common())
    return (f"{len(all_rows)} faults make {len(cells)} cases: {wires}.\n\n"
            f"Counted as: {said}; {races} are races with two classes.\n")


def document(made):
    """made: with what."""
    all_rows, groups = rows(), {}
    text = [INTRO, totals(all_rows), f"{MADE}{made}.\n"]
    for r in all_rows:
        groups.setdefault(r.group, []).append(r)
    for group, members in groups.items():
        wires = [w for w in WIRES if any(w in r.counted for r in members)]
        notes = []
        text.append(f"## {group}\n")
        text.append("| fault | what happens | " + " | ".join(HEADINGS[w] for w in wires) + " |")
        text.append("|---|---|" + "---|" * len(wires))
        for r in members:
            cells = [" or ".join(sorted(r.classes(w))) or "—" for w in wires]
            if r.note and r.note not in notes:
                notes.append(r.note)
            mark = f" ({notes.index(r.note) + 1})" if r.note else ""
            text.append(f"| {r.name}{mark} | {r.does} | " + " | ".join(cells) + " |".replace("\n", " "))
        text.append("")
        text += [f"({i}) {note}." for i, note in enumerate(notes, 1)] + [""] * bool(notes)
    return "\n".join(text).rstrip("\n") + "\n"


def section(fault):
    return f"[request {fault.name}]\n{fault.method} = /{fault.name}\n"


def scenario(name, flow, stages="all", more=""):
    return f"[scenario {name}]\nstages = {stages}\n{more}\nflow = " + ", ".join(flow) + "\n"


def is_slow(fault, wire):
    return any(c.startswith("timeout") for c in fault.classes(wire))


def ends_the_flow(fault, wire):
    return bool({"reset", "connect", "tls"} & fault.classes(wire))


def scenarios(faults, wire, flows):
    """Flows in which each fault is asked for once an iteration: what ends a
    flow has one of its own."""
    alone = [f.name for f in faults if ends_the_flow(f, wire)]
    others = [f.name for f in faults if not ends_the_flow(f, wire)]
    all_flows = [[n] for n in alone] + [others[i::flows] for i in range(min(flows, len(others)))]
    return "".join(scenario(f"part{i}", flow) for i, flow in enumerate(all_flows))


def judge(r, server, faults, wire):
    """What is not as the rows say, a line each; and what may be so because
    this machine was slow."""
    wrong, late, unseen = [], [], 0
    for f in faults:
        x, seen = r.requests[f.name], server.seen["/" + f.name]
        got = dict(x["errors"])
        if x["requests"] > x["failed"]:
            got["ok"] = x["requests"] - x["failed"]
        others = set(got) - f.classes(wire)
        if others or not got:
            is_late = all(c.startswith("timeout") for c in others)
            (late if is_late else wrong).append(f"{wire} {f.name}: wanted {' or '.join(f.classes(wire))}, got {got}")
        if x["sent"] < seen:
            wrong.append(f"{wire} {f.name}: sent {x['sent']}, the server saw {seen}")
        unseen += x["sent"] - seen
    # what went to a connection that had been closed was sent, but not seen
    if unseen > r.counting["retried"]:
        wrong.append(f"{wire}: {unseen} were not seen, {r.counting['retried']} retried")
    return wrong, late
