#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said, against what the target itself wrote down."""
import concurrent.futures, math, os, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from trust import *  # noqa

FIGURES = (("med", 0.5), ("p(90)", 0.9), ("p(95)", 0.95), ("p(99)", 0.99))


def ranked(values, q):
    """The smallest that a share q of all does not exceed."""
    return sorted(values)[max(1, math.ceil(q * len(values))) - 1]


# --- known delays -----------------------------------------------------------

def held_by(law):
    with BadServer("--delay-by", law, 20, "--stamps", 100000) as s:
        r = run(law, profile(law, s.url, f"hold = {slack(20, 3)}s at 20", ["/x"], grace="10s"), "--workers", "1",
                status=0)
        check_accounts(r)
        return r, s.held(), s.counts()


@test
@timed
def percentiles_are_those_that_the_target_held():
    """Each request takes at least as long as the target held it, so that each
    figure is at least the target's own; and no more than the way there."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        laws = ("exponential", "uniform", "bimodal")
        for law, (r, held, c) in zip(laws, pool.map(held_by, laws)):
            n = r.counting
            assert n["requests"] == n["sent"] == c["requests"] == c["answers"] == len(held) >= 1000, (n, c, len(held))
            d = r.values("http_req_duration")
            for name, q in FIGURES:
                own = ranked(held, q) / 1e6
                # a histogram's rank may be the one before, where q * n is no whole number
                least = ranked(held, q - 1 / len(held)) / 1e6
                assert d[name] >= least * 0.999, (law, name, d, least)
                in_time(d[name] - own <= slack(1, 20) + 0.001 * own, law, name, d, own)
            assert d["max"] >= max(held) / 1e6 and d["min"] >= min(held) / 1e6, (law, d)
            mean = sum(held) / len(held) / 1e6
            assert d["avg"] >= mean, (law, d, mean)
            in_time(d["avg"] <= mean + slack(0.5, 10), law, d, mean)
            print(f"# {law}: p99 {d['p(99)']:.2f} ms, held {ranked(held, 0.99) / 1e6:.2f} ms; "
                  f"p50 {d['med']:.2f}, {ranked(held, 0.5) / 1e6:.2f}; {len(held)} requests")


# --- omission ---------------------------------------------------------------

TASKS = "[scenario user]\ntasks = page {per_minute}/m\n"


@test
@timed
def service_time_hides_what_response_time_shows():
    """Ten users who each want a page so many times a second, of a target that
    stalls for a tenth of the time. When it stalls each waits with one request:
    one in hundreds, which no percentile of the service time shows. All that
    they wanted meanwhile came late: a tenth of all, by times that are even
    from 0 to the stall, so that the share q of them lies below
    stall * (1 - (1 - q) * 10)."""
    stall, users, each = slack(2000, 400), 10, slack(20, 100)
    seconds = slack(40, 4)
    with BadServer("--stall", stall, 10 * stall, "--stamps", 100000) as s:
        p = profile("late", s.url, f"hold = {seconds}s at {users}", ["/page"], "timeout = 30s",
                    TASKS.format(per_minute=each * 60), grace="10s")
        r = run("late", p, "--workers", "1")
        check_accounts(r)
        c = s.counts()
    in_time(r.status in slack([0], [0, 4]), r.out)  # 4: this machine was late
    assert r.status in (0, 4), r.out
    n = r.counting
    assert n["failed"] == 0 and n["sent"] == c["requests"] == c["answers"], (n, c)
    wanted = users * each * seconds  # on the average: they come at random
    assert abs(c["requests"] - wanted) <= 5 * wanted**0.5 + users, (n, c)
    service, response = r.values("http_req_duration"), r.values("response_time")
    in_time(service["p(99)"] <= slack(10, 0.1 * stall), service)
    assert service["max"] >= 0.9 * stall, service
    for name, q in FIGURES[2:]:
        told = stall * (1 - (1 - q) * 10)
        assert response[name] >= told * slack(0.95, 0.8), (name, told, response)
        in_time(response[name] <= told * slack(1.05, 1.2) + slack(5, 50), name, told, response)
    in_time(response["med"] <= slack(5, 50), response)
    print(f"# service p99 {service['p(99)']:.1f} ms; response p95 {response['p(95)']:.0f} of {0.5 * stall:.0f}, "
          f"p99 {response['p(99)']:.0f} of {0.9 * stall:.0f} ms")


# --- the schedule against the plan ------------------------------------------

def check_kept(name, at_ns, due_s, limit_ms):
    """Each came when it was due: none earlier than the run's own beginning
    allows, the most of them no later."""
    assert len(at_ns) == len(due_s), (name, len(at_ns), len(due_s))
    late_ms = sorted(t / 1e6 - due * 1e3 for t, due in zip(at_ns, due_s))
    p50, p95 = (late_ms[int(q * (len(late_ms) - 1))] - late_ms[0] for q in (0.5, 0.95))
    print(f"# {name}: {len(at_ns)}, p95 {p95:.2f} ms behind the best of them")
    in_time(p50 <= limit_ms and p95 <= 2 * limit_ms, name, p50, p95)


@test
@timed
def virtual_users_come_and_go_as_planned():
    """As k6 has it: rising, VU k comes when the level reaches k; falling, the
    one above k goes when it reaches k. By the target's connections."""
    n, ramp = 20, slack(10, 1)
    with BadServer("--delay", 5, "--stamps", 1000) as s:
        p = profile("ramps", s.url, f"up = {ramp}s to {n}\nhold = 500ms\ndown = {ramp}s to 0", ["/x"], grace="5s")
        run("ramps", p, "--workers", "1", status=0)
        came, went, c = s.came(), s.went(), s.counts()
    assert c["connections"] == n, c
    # a worker looks each 10 ms; who goes answers for its last request first
    check_kept("up", came, [k * ramp / n for k in range(1, n + 1)], slack(15, 60))
    check_kept("down", went, [ramp + 0.5 + (n - k) * ramp / n for k in range(n - 1, -1, -1)], slack(25, 80))
    first, last = ramp / n, 2 * ramp + 0.5
    in_time(abs((went[-1] - came[0]) / 1e9 - (last - first)) < slack(0.05, 0.5), went[-1] - came[0], last - first)


@test
@timed
def arrivals_follow_a_ramp():
    """The n-th arrival is due when the area below the rate reaches n."""
    rate, ramp = slack(2000, 800), slack(10, 1)
    with BadServer("--stamps", 100000) as s:
        p = profile("slope", s.url, f"up = {ramp}s to {rate}/s\ndown = {ramp}s to 0/s", ["/x"], "timeout = 30s",
                    grace="10s")
        r = run("slope", p, "--workers", "1")
        check_accounts(r)
        stamps = s.stamps()
    half = rate * ramp / 2  # the area of each ramp
    due = [math.sqrt(2 * n * ramp / rate) if n <= half else
           2 * ramp - math.sqrt(max(0, 2 * (2 * half - n) * ramp / rate)) for n in range(1, int(2 * half) + 1)]
    assert r.counting["failed"] == r.values("dropped_iterations")["count"] == 0, r.counting
    assert abs(len(stamps) - len(due)) <= 1, (len(stamps), len(due))
    least = min(len(stamps), len(due))
    check_kept("slope", stamps[:least], due[:least], slack(1, 50))


main()
