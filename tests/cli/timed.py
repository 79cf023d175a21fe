# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of times, and whether this machine can keep them."""
import os, re, threading, time

from tap import Skip

EXACT = os.environ.get("ONRUSH_TRUST") == "long"  # the machine is ours


class Late(AssertionError):
    """A time was not kept; the machine may be the reason."""


def in_time(holds, *said):
    """Asserts what only a machine with time for it can keep; see timed."""
    if not holds:
        raise Late(said)


def waited_for_cpu_s():
    """For how long some process was ready but had no processor, since the
    machine came up: 0 where the kernel does not tell."""
    try:
        with open("/proc/pressure/cpu") as f:
            return int(re.search(r"some .*total=(\d+)", f.read()).group(1)) / 1e6
    except OSError:
        return 0


class Machine(threading.Thread):
    """Notes for how long this machine did not even let a sleeper wake, and
    how much of the time somebody waited for a processor."""

    def __init__(self):
        super().__init__(daemon=True)
        self.worst_s, self.goes_on = 0.0, True
        self.began, self.waited_s = time.monotonic(), waited_for_cpu_s()
        self.start()

    def run(self):
        while self.goes_on:
            before = time.monotonic()
            time.sleep(0.02)
            self.worst_s = max(self.worst_s, time.monotonic() - before - 0.02)

    def end(self):
        """In words what it lacked; nothing when it can measure."""
        self.goes_on = False
        share = (waited_for_cpu_s() - self.waited_s) / (time.monotonic() - self.began)
        if self.worst_s >= 0.15:
            return f"this machine stood still for {self.worst_s * 1000:.0f} ms"
        if share >= 0.5:
            return f"this machine had too few processors for {share * 100:.0f} % of the time"
        return None


def timed(f):
    """A test of times: what failed while the machine lacked them is measured
    again, twice at most. What only was late each time cannot be measured
    here; what must hold at any speed fails."""
    def inner():
        for left in (2, 1, 0):
            machine = Machine()
            try:
                f()
                return
            except AssertionError as e:
                lacks = machine.end()
                if not lacks or not left and (EXACT or not isinstance(e, Late)):
                    raise
                if not left:
                    raise Skip(f"{lacks}: {e}".replace("\n", " "))
                print(f"# {lacks}: measured again")
            finally:
                machine.end()
    inner.__name__ = f.__name__
    return inner
