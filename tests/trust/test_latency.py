#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Latencies and schedules that are known beforehand."""
import os, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from trust import *  # noqa


@test
def a_target_that_takes_50_ms():
    with BadServer("--delay", 50) as s:
        r = run("delay", profile("delay", s.url, f"hold = {slack(10, 3)}s at 20", ["/x"]), status=0)
        check_accounts(r)
        c = s.counts()
        assert r.counting["sent"] == c["requests"] and r.counting["requests"] > 20, (r.counting, c)
        d = r.values("http_req_duration")
        # What the server itself was late with, on a machine that is busy, is its own.
        late_ms = c["held_mean_ns"] / 1e6 - 50
        assert 50 <= d["min"], d
        assert 50 <= d["med"] <= slack(51, 51 + 2 * late_ms), (d, c)
        assert d["max"] >= c["held_max_ns"] / 1e6, (d, c)
        assert abs(d["avg"] - c["held_mean_ns"] / 1e6) < slack(0.5, 5), (d, c)


def stamped_runs(offset):
    """A run of 3 s with the wall clock stepped by offset in its middle."""
    library = next((p for p in ("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
                                "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
                                "/usr/lib/faketime/libfaketimeMT.so.1") if os.path.exists(p)), None)
    if not library:
        raise Skip("libfaketime is missing")
    name = f"clock{offset}"
    stamp = write("step", "+0\n")
    preload = ["env", f"LD_PRELOAD={library}", f"FAKETIME_TIMESTAMP_FILE={stamp}", "FAKETIME_NO_CACHE=1",
               "FAKETIME_DONT_FAKE_MONOTONIC=1", "DONT_FAKE_MONOTONIC=1"]
    probe = subprocess.run(preload + ["date", "+%s"], capture_output=True, text=True)
    write("step", f"{offset}\n")
    stepped = subprocess.run(preload + ["date", "+%s"], capture_output=True, text=True)
    write("step", "+0\n")
    if not probe.stdout or abs(int(stepped.stdout) - int(probe.stdout)) < 3000:
        raise Skip("libfaketime does not step this machine's clock")
    with BadServer("--delay", 20) as s:
        going = Going(name, profile(name, s.url, "hold = 3s at 10", ["/x"]), before=preload)
        while s.counts()["requests"] < 200 and not going.is_over():
            time.sleep(0.05)
        write("step", f"{offset}\n")
        r = going.wait()
        return r, s.counts()


@test
def the_wall_clock_steps():
    for offset in ("+3600", "-3600"):
        r, c = stamped_runs(offset)
        assert r.status == 0, r.out
        check_accounts(r)
        assert c["requests"] > 300, "the clock was stepped within the run"
        assert r.counting["sent"] == c["requests"], (r.counting, c)
        assert 3000 <= r.onrush["duration_ms"] <= slack(3250, 4500), r.onrush["duration_ms"]
        d = r.values("http_req_duration")
        assert 20 <= d["min"] and d["max"] <= max(c["held_max_ns"] / 1e6 + slack(20, 500), 20), (d, c)
        assert r.values("iteration_duration")["max"] < 3500
        span_s = r.onrush["duration_ms"] / 1000
        assert abs(r.values("http_reqs")["rate"] - c["requests"] / span_s) < 0.1 * c["requests"] / span_s
        for stage in r.onrush["stages"]:
            assert 0 <= stage["length_ms"] < 5000, stage
        for event in r.onrush["events"]:
            assert 0 <= event["at_ms"] < 5000, event


main()
