# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of figures with their verdicts; the table as Markdown and JSON."""
import json, statistics

from machine import BUSY

HOLDS, SHORT, INFO, MISSING = "holds", "SHORT", "", "not measured"


def number(x):
    """Four significant digits, thousands apart."""
    if x is None:
        return ""
    if x != x or x in (float("inf"), float("-inf")):
        return str(x)
    if abs(x) >= 1000:
        return f"{x:,.0f}".replace(",", " ")
    return f"{x:.4g}"


def median(values):
    return statistics.median(values)


class Row:
    """One figure. limit: ("<=", x), (">=", x), ("within", middle, by) or
    None for a figure that nothing is asked of."""

    def __init__(self, what, values, unit="", limit=None, note="", value=None):
        values = [values] if isinstance(values, (int, float)) else list(values)
        self.line, self.busy = "", 0.0
        self.what, self.unit, self.limit, self.note = what, unit, limit, note
        self.value = median(values) if value is None and values else value
        self.low, self.high = (min(values), max(values)) if values else (None, None)
        self.verdict = self.judge()

    def judge(self):
        if not self.limit:
            return INFO
        kind, x = self.limit[0], self.limit[1]
        if self.value is None or self.value != self.value:
            return SHORT
        holds = {"<=": self.value <= x, ">=": self.value >= x,
                 "within": kind == "within" and abs(self.value - x) <= self.limit[-1]}[kind]
        return HOLDS if holds else SHORT

    def asked(self):
        if not self.limit:
            return ""
        if self.limit[0] == "within":
            return f"{number(self.limit[1])} ± {number(self.limit[2])}"
        sign = {"<=": "≤", ">=": "≥"}[self.limit[0]]
        return f"{sign} {number(self.limit[1])}" + (f" {self.unit}" if self.unit else "")

    def measured(self):
        if self.value is None:
            return self.note or "—"
        text = number(self.value) + (f" {self.unit}" if self.unit else "")
        if self.low is not None and (self.low, self.high) != (self.value, self.value):
            text += f" ({number(self.low)} … {number(self.high)})"
        return text

    def cells(self):
        notes = [self.note] if self.value is not None and self.note else []
        if self.busy > BUSY:
            notes.append(f"others used {self.busy:.2f} cores")
        return [self.line, self.what, self.measured(), self.asked(), self.verdict, "; ".join(notes)]

    def as_json(self):
        return {"line": self.line, "what": self.what, "value": self.value, "unit": self.unit, "low": self.low,
                "high": self.high, "limit": self.limit, "verdict": self.verdict or "information",
                "note": self.note, "busy": round(self.busy, 3)}


def failed(what, why):
    row = Row(what, [], note="failed: " + why)
    row.verdict = SHORT
    return row


def missing(what, name, needed):
    """A figure without its peer; it falls short when that one is needed."""
    row = Row(what, [], note="not measured: no " + name)
    row.verdict = SHORT if needed else MISSING
    return row


HEAD = ["line", "what", "measured", "asked", "verdict", "note"]


def escaped(text):
    return text.replace("|", "\\|").replace("\n", " ")


def markdown(rows):
    lines = ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
    lines += ["| " + " | ".join(escaped(x) for x in r.cells()) + " |" for r in rows]
    return "\n".join(lines) + "\n"


def totals(rows):
    count = {v: sum(r.verdict == v for r in rows) for v in (HOLDS, SHORT, MISSING)}
    busy = sum(r.busy > BUSY for r in rows)
    return (f"{count[HOLDS]} hold, {count[SHORT]} fall short, {count[MISSING]} not measured" +
            (f"; {busy} of the rows while the machine was busy with something else" if busy else ""))


def exit_status(rows):
    return 1 if any(r.verdict == SHORT for r in rows) else 0


def page(rows, head):
    """The whole report as text: facts first, then the table."""
    facts = "".join(f"- {k}: {v}\n" for k, v in head.items())
    return f"# onrush beside its peers\n\n{facts}\n{markdown(rows)}\n{totals(rows)}\n"


def as_json(rows, head):
    def plain(x):
        return None if isinstance(x, float) and (x != x or x in (float("inf"), float("-inf"))) else x
    rows = [{k: plain(v) for k, v in r.as_json().items()} for r in rows]
    return json.dumps({**head, "rows": rows}, indent=1, ensure_ascii=False) + "\n"
