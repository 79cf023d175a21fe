#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Latencies and schedules that are known beforehand."""
import concurrent.futures, os, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from trust import *  # noqa

MAY_BE_LATE = slack([0], [0, 4])  # 4: beside other work onrush itself was late


@test
@timed
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
        assert 50 <= d["med"], d
        in_time(d["med"] <= slack(51, 51 + 2 * late_ms), d, c)
        assert d["max"] >= c["held_max_ns"] / 1e6, (d, c)
        in_time(abs(d["avg"] - c["held_mean_ns"] / 1e6) < slack(0.5, 5), d, c)


# --- arrival rates ----------------------------------------------------------

def quantile(values, q):
    return sorted(values)[int(q * (len(values) - 1))]


@test
@timed
def arrivals_come_when_they_are_due():
    seconds = slack(30, 2)
    for rate in (slack([1000, 10000, 30000], [1000, 5000])):
        with BadServer("--stamps", rate * seconds * 2) as s:
            name = f"arrivals{rate}"
            p = profile(name, s.url, f"hold = {seconds}s at {rate}/s", ["/x"], "timeout = 30s", grace="10s")
            r = run(name, p, "--workers", "1")
            check_accounts(r)
            assert r.status in MAY_BE_LATE, r.out
            c, stamps = s.counts(), s.stamps()
        planned = rate * seconds
        assert abs(c["requests"] - planned) <= 0.001 * planned, (rate, c["requests"])
        assert r.counting["requests"] == r.counting["iterations"] == c["requests"] == len(stamps), r.counting
        assert r.counting["failed"] == r.values("dropped_iterations")["count"] == 0, r.metrics
        # by the server's own clock: later than on an even schedule that
        # begins with the best of them, so the way to it is in this, too
        late_ms = [(t - k * 1e9 / rate) / 1e6 for k, t in enumerate(stamps)]
        least = min(late_ms)
        p50, p99 = (quantile(late_ms, q) - least for q in (0.5, 0.99))
        lag = r.values("schedule_lag")
        in_time(lag["p(99)"] <= slack(1, 100) and p99 <= slack(1, 100), rate, lag, p50, p99)
        in_time(p50 <= slack(1, 20), rate, lag, p50, p99)


@test
@timed
def a_target_that_stalls_is_not_omitted():
    """A fifth of the arrivals waits for a time that is even from 0 to the
    stall's length: p90 is half of it, p99 95 %."""
    stall, seconds = slack(1000, 400), slack(20, 4)
    with BadServer("--stall", stall, 5 * stall) as s:
        p = profile("stall", s.url, f"hold = {seconds}s at 1000/s", ["/x"], "timeout = 30s", grace="10s")
        r = run("stall", p, "--workers", "1")
        check_accounts(r)
        assert r.status in MAY_BE_LATE, r.out
        c = s.counts()
    assert r.counting["requests"] == c["requests"] == c["answers"] == seconds * 1000, (r.counting, c)
    assert r.counting["failed"] == r.values("dropped_iterations")["count"] == 0
    t = r.values("response_time")
    # what a machine is late with adds to this; nothing may take from it
    assert t["p(90)"] >= (1 - slack(0.1, 0.3)) * 0.5 * stall, t
    assert t["p(99)"] >= (1 - slack(0.05, 0.1)) * 0.95 * stall and t["max"] >= 0.98 * stall, t
    in_time(t["med"] <= slack(2, 20), t)
    in_time(t["p(90)"] <= (1 + slack(0.1, 0.3)) * 0.5 * stall, t)
    in_time(t["p(99)"] <= (1 + slack(0.05, 0.1)) * 0.95 * stall and t["max"] <= stall + slack(20, 200), t)


@test
@timed
def a_closed_model_says_what_it_omits():
    """Ten VUs meet the stall ten times: no percentile shows it."""
    stall, seconds = slack(1000, 400), slack(20, 4)
    with BadServer("--stall", stall, 5 * stall) as s:
        p = profile("omits", s.url, f"hold = {seconds}s at 10", ["/x"], "timeout = 30s", grace="10s")
        r = run("omits", p, "--workers", "1", status=0)
        check_accounts(r)
    d = r.values("http_req_duration")
    assert 0.1 * stall <= d["max"], d
    in_time(d["p(99)"] < 0.1 * stall, d)
    hidden = r.onrush["omission"]
    assert 0.1 < hidden["share"] < 1 and "arrival rate" in hidden["text"], hidden
    assert "asked for nothing" in r.out, r.out
    with BadServer("--delay", 20) as s:
        r = run("omitsnot", profile("omitsnot", s.url, "hold = 1s at 10", ["/x"]), status=0)
    assert r.onrush["omission"] is None, r.onrush["omission"]


# --- the clock --------------------------------------------------------------

def stepped_run(offset):
    """A run of 3 s with the wall clock stepped by offset in its middle."""
    library = next((p for p in ("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
                                "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
                                "/usr/lib/faketime/libfaketimeMT.so.1") if os.path.exists(p)), None)
    if not library:
        raise Skip("libfaketime is missing")
    name = f"clock{offset}"
    step = f"step{offset}"
    stamp = write(step, "+0\n")
    preload = ["env", f"LD_PRELOAD={library}", f"FAKETIME_TIMESTAMP_FILE={stamp}", "FAKETIME_NO_CACHE=1",
               "FAKETIME_DONT_FAKE_MONOTONIC=1", "DONT_FAKE_MONOTONIC=1"]
    probe = subprocess.run(preload + ["date", "+%s"], capture_output=True, text=True)
    write(step, f"{offset}\n")
    stepped = subprocess.run(preload + ["date", "+%s"], capture_output=True, text=True)
    write(step, "+0\n")
    if not probe.stdout or abs(int(stepped.stdout) - int(probe.stdout)) < 3000:
        raise Skip("libfaketime does not step this machine's clock")
    with BadServer("--delay", 20) as s:
        going = Going(name, profile(name, s.url, "hold = 3s at 10", ["/x"]), before=preload)
        while s.counts()["requests"] < 200 and not going.is_over():
            time.sleep(0.05)
        write(step, f"{offset}\n")
        r = going.wait()
        return r, s.counts()


@test
@timed
def the_wall_clock_steps():
    with concurrent.futures.ThreadPoolExecutor() as pool:
        runs = list(pool.map(stepped_run, ("+3600", "-3600")))
    for r, c in runs:
        assert r.status == 0, r.out
        check_accounts(r)
        assert c["requests"] > 300, "the clock was stepped within the run"
        assert r.counting["sent"] == c["requests"], (r.counting, c)
        assert 3000 <= r.onrush["duration_ms"] < 60000, r.onrush["duration_ms"]
        in_time(r.onrush["duration_ms"] <= slack(3250, 4500), r.onrush["duration_ms"])
        d = r.values("http_req_duration")
        assert 20 <= d["min"] and d["max"] < 60000, (d, c)
        in_time(d["max"] <= max(c["held_max_ns"] / 1e6 + slack(20, 500), 20), d, c)
        assert r.values("iteration_duration")["max"] < 3500
        span_s = r.onrush["duration_ms"] / 1000
        assert abs(r.values("http_reqs")["rate"] - c["requests"] / span_s) < 0.1 * c["requests"] / span_s
        for stage in r.onrush["stages"]:
            assert 0 <= stage["length_ms"] < 5000, stage
        for event in r.onrush["events"]:
            assert 0 <= event["at_ms"] < 5000, event


main()
