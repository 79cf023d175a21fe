# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine: what it is, and whether it was busy with something else."""
import gzip, os, platform, time

from procs import Failed

TICKS = os.sysconf("SC_CLK_TCK")
BUSY = 0.08  # cores that others may use before a round counts as disturbed


def read(path):
    try:
        with (gzip.open if path.endswith(".gz") else open)(path, "rt") as f:
            return f.read()
    except OSError:
        return ""


def facts():
    model = [x.split(":", 1)[1].strip() for x in read("/proc/cpuinfo").splitlines() if x.startswith("model name")]
    return {"kernel": platform.release(), "cpus": len(os.sched_getaffinity(0)), "model": model[0] if model else "",
            "load_average": [round(x, 2) for x in os.getloadavg()]}


def cores():
    """(client's, server's, the bench's own) as sets of cores."""
    have = sorted(os.sched_getaffinity(0))
    client, server = {have[0]}, {have[1 % len(have)]}
    return client, server, set(have[2:]) or server


def interrupts_apart():
    """Does this kernel keep the time of interrupts out of the processes'?"""
    config = read("/proc/config.gz") or read(f"/boot/config-{platform.release()}")
    return "CONFIG_IRQ_TIME_ACCOUNTING=y" in config


def busy_seconds(stat, apart):
    """Busy time of all cores, steal included, from /proc/stat's first line:
    user nice system idle iowait irq softirq steal."""
    n = [int(x) for x in stat.split("\n", 1)[0].split()[1:9]]
    return (n[0] + n[1] + n[2] + n[7] + (0 if apart else n[5] + n[6])) / TICKS


def tree_seconds():
    """CPU of this process, of the children it waited for, and of all that
    live below it."""
    parents, used = {}, {}
    for name in os.listdir("/proc"):
        text = read(f"/proc/{name}/stat") if name.isdigit() else ""
        if text:
            field = text.rsplit(")", 1)[1].split()
            parents[int(name)] = int(field[1])
            used[int(name)] = sum(int(x) for x in field[11:15]) / TICKS
    me = os.getpid()
    total = 0.0
    for pid in used:
        above, steps = pid, 0
        while above != me and above in parents and steps < 64:
            above, steps = parents[above], steps + 1
        if above == me:
            total += used[pid]
    return total


class Watch:
    """How many cores others used between begin and end."""

    def __init__(self):
        self.apart = interrupts_apart()

    def look(self):
        return time.monotonic(), busy_seconds(read("/proc/stat"), self.apart), tree_seconds()

    def begin(self):
        self.at = self.look()

    def end(self):
        now = self.look()
        took, busy, own = (now[i] - self.at[i] for i in range(3))
        return max(0.0, (busy - own) / took) if took > 0 else 0.0


def quietest(rounds, once, busy_of):
    """Measures until enough rounds were undisturbed, at most twice as often
    as asked; gives the quietest ones as [(busy, result)]. A disturbed one
    may fail, as long as there is another."""
    got, trouble = [], None
    for _ in range(2 * rounds):
        try:
            result = once()
            got.append((busy_of(), result))
        except Failed as e:
            trouble = e
            if busy_of() <= BUSY:
                raise
        if sum(b <= BUSY for b, _ in got) >= rounds:
            break
    if not got:
        raise trouble
    return sorted(got, key=lambda x: x[0])[:rounds]
