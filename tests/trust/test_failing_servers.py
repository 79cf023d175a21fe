#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that fail: what is counted, how long it takes, what it costs."""
import concurrent.futures, os, socket, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from trust import *  # noqa
from manners import Server

OUTAGE_MS = 1500
VUS = 200


def outage(kind):
    """200 VUs at a target that takes 200 ms and fails for 1.5 s; what
    happened meanwhile, and the rates around it."""
    name = f"outage-{kind}"
    # In a full backlog a SYN is lost, and the kernel's next one comes after
    # a second, then three: only a shorter limit makes a new try.
    target = "timeout = 500ms" if kind == "backlog" else ""
    with BadServer("--delay", 200) as s:
        going = Going(name, profile(name, s.url, "hold = 6500ms at 200", ["/x"], target), "--workers", "1")
        while s.counts()["requests"] == 0 and not going.is_over():
            time.sleep(0.02)
        time.sleep(1.5)
        s.tell(f"{kind} {OUTAGE_MS}")
        cpu_s, began = going.cpu_s(), time.monotonic()
        time.sleep(OUTAGE_MS / 1000 - 0.1)
        cpu = (going.cpu_s() - cpu_s) / (time.monotonic() - began)
        r = going.wait()
        c = s.counts()
    bins, (began_ms, ended_ms) = c["bins"], c["outage_ms"]
    before = sum(bins[began_ms // 100 - 10:began_ms // 100])
    first = ended_ms // 100 + 11
    after = sum(bins[first:first + 10])
    return r, c, cpu, before, after


@test
def a_target_that_fails_for_a_while():
    with concurrent.futures.ThreadPoolExecutor() as pool:
        kinds = ("refuse", "hang-up", "stall", "backlog")
        results = dict(zip(kinds, pool.map(outage, kinds)))
    for kind, (r, c, cpu, before, after) in results.items():
        said = (kind, r.errors, r.counting, {k: v for k, v in c.items() if k != "bins"}, cpu, before, after)
        check_accounts(r)
        assert r.status == 0, said
        assert before > 500 and after >= slack(0.95, 0.8) * before, said
        assert cpu <= 0.2, said
        tries = OUTAGE_MS * 1.1 + VUS
        assert r.errors.get("connect", 0) <= tries, said
        assert c["tries"] - c["connections"] <= tries, said
        assert set(r.errors) <= {"refuse": {"connect", "reset"}, "hang-up": {"reset", "connect"}, "stall": set(),
                                 "backlog": {"timeout-connect", "timeout-wait", "connect", "reset"}}[kind], said
        if kind == "stall":
            assert r.values("http_req_duration")["max"] >= OUTAGE_MS, said
        else:
            told = [e["text"] for e in r.onrush["events"] if e["kind"] == "target"]
            assert len(told) == 2 and "no answer" in told[0] and "again" in told[1], (kind, told)


main()
