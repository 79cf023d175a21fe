#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bench's parsers and verdicts, without peers and load. Prints TAP."""
import json, os, sys, traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import clients, lines_ratio, lines_time, machine, table
from clients import Load
from procs import Children, Failed, Missing
from table import Row, failed, missing

WRK = """Running 1s test @ http://127.0.0.1:18777/
  1 threads and 50 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   578.50us  498.83us   8.30ms   96.41%
    Req/Sec    70.71k     6.65k   78.34k    50.00%
  Latency Distribution
     50%  502.00us
     75%  563.00us
     90%  646.00us
     99%    3.67ms
  70360 requests in 1.00s, 10.74MB read
{more}Requests/sec:  70165.29
Transfer/sec:     10.71MB
"""
H2LOAD = """finished in 1.00s, 52381.00 req/s, 3.95MB/s
requests: 52381 total, 52431 started, 52381 done, 52381 succeeded, {failed} failed, 0 errored, 0 timeout
status codes: 52381 2xx, 0 3xx, 0 4xx, 0 5xx
"""
HEY = """
Summary:
  Total:\t1.0023 secs
  Requests/sec:\t30720.5931

Response time histogram:
  0.001 [11785]\t|■■■
  0.006 [272]\t|■

Status code distribution:
  [200]\t30792 responses
"""
AB = """Concurrency Level:      50
Time taken for tests:   1.000 seconds
Complete requests:      52823
Failed requests:        0
"""
SIEGE = """{\t"transactions":\t\t\t3428,
\t"availability":\t\t\t100.00,
\t"elapsed_time":\t\t\t0.54,
\t"successful_transactions":\t3428,
\t"failed_transactions":\t0
}
"""
AUTOCANNON = '{"duration":1.04,"errors":0,"timeouts":0,"non2xx":0,"2xx":26435,"requests":{"average":26440}}'


def refuses(f, *args):
    try:
        f(*args)
    except Failed:
        return True
    return False


def wrk_is_read():
    x = clients.read_wrk(WRK.format(more=""))
    assert x["requests"] == 70360 and x["seconds"] == 1, x
    assert {p: round(v, 9) for p, v in x["latency"].items()} == {50: 0.502, 75: 0.563, 90: 0.646, 99: 3.67}, x


def wrk_with_errors_is_no_figure():
    for more in ("  Socket errors: connect 0, read 3, write 0, timeout 0\n", "  Non-2xx or 3xx responses: 5\n"):
        assert refuses(clients.read_wrk, WRK.format(more=more))
    assert refuses(clients.read_wrk, "unable to connect")


def h2load_is_read():
    x = clients.read_h2load(H2LOAD.format(failed=0))
    assert x == {"requests": 52381, "seconds": 1}, x
    assert refuses(clients.read_h2load, H2LOAD.format(failed=7))


def hey_ab_siege_and_autocannon_are_read():
    assert clients.read_hey(HEY) == {"requests": 30792, "seconds": 1.0023}
    assert refuses(clients.read_hey, HEY + "  [503]\t2 responses\n")
    assert clients.read_ab(AB) == {"requests": 52823, "seconds": 1}
    assert clients.read_siege(SIEGE) == {"requests": 3428, "seconds": 0.54}
    assert clients.read_autocannon(AUTOCANNON) == {"requests": 26435, "seconds": 1.04}
    assert refuses(clients.read_autocannon, AUTOCANNON.replace('"errors":0', '"errors":1'))


def verdicts_follow_limits():
    verdict = lambda value, limit: Row("x", value, "", limit).verdict
    assert verdict(1.0, ("<=", 1)) == table.HOLDS and verdict(1.001, ("<=", 1)) == table.SHORT
    assert verdict(0.8, (">=", 0.8)) == table.HOLDS and verdict(0.79, (">=", 0.8)) == table.SHORT
    assert verdict(0.9995, ("within", 1, 0.001)) == table.HOLDS
    assert verdict(1.002, ("within", 1, 0.001)) == table.SHORT
    assert verdict(float("nan"), ("<=", 1)) == table.SHORT and verdict(5, None) == table.INFO


def only_what_falls_short_fails_the_whole():
    holds, info = Row("x", 1, "", ("<=", 2)), Row("x", 9)
    assert table.exit_status([holds, info, missing("x", "hey", False)]) == 0
    assert table.exit_status([holds, missing("x", "wrk", True)]) == 1
    assert table.exit_status([holds, failed("x", "onrush: exit 104")]) == 1
    assert table.exit_status([holds, Row("x", 3, "", ("<=", 2))]) == 1


def a_missing_peer_is_a_row():
    def measure():
        raise Missing("hey")
    (row,) = lines_ratio.guarded("beside hey", measure)
    assert row.cells()[2] == "not measured: no hey" and row.verdict == table.MISSING
    (row,) = lines_ratio.guarded("beside wrk", measure, needed=True)
    assert row.verdict == table.SHORT


def rows_are_medians_with_spread():
    row = Row("latency", [3, 1, 2], "ms", ("<=", 2), "a | b")
    row.line = "open"
    assert (row.value, row.low, row.high) == (2, 1, 3)
    assert row.cells() == ["open", "latency", "2 ms (1 … 3)", "≤ 2 ms", "holds", "a | b"]
    text = table.markdown([row])
    assert "| a \\| b |" in text and text.count("\n") == 3, text
    row.busy = 1
    assert "others used" in row.cells()[-1] and "1 of the rows" in table.totals([row])


def numbers_are_short():
    for x, text in ((80668.4, "80 668"), (0.84321, "0.8432"), (12, "12"), (None, ""), (float("nan"), "nan")):
        assert table.number(x) == text, (x, table.number(x))


def the_table_is_json():
    x = json.loads(table.as_json([Row("x", float("inf"), "s", ("<=", 1)), Row("y", [1, 2])], {"date": "d"}))
    assert x["date"] == "d" and x["rows"][0]["value"] is None and x["rows"][0]["verdict"] == "SHORT"
    assert x["rows"][1]["value"] == 1.5 and x["rows"][1]["verdict"] == "information"


def ratios_are_of_medians():
    rounds = [{"wrk": Load(n, 1, n * 10e-6), "onrush": Load(m, 1, m * 8e-6)}
              for n, m in ((100, 110), (100, 100), (100, 130))]
    row = lines_ratio.ratio(rounds, "throughput", "rate", "/s", "wrk", (">=", 1))
    assert (round(row.value, 9), row.low, row.high) == (1.1, 1.0, 1.3) and row.verdict == table.HOLDS
    row = lines_ratio.ratio(rounds, "CPU", "cost_us", "µs", "wrk", ("<=", 0.7))
    assert abs(row.value - 0.8) < 1e-9 and row.verdict == table.SHORT


def a_run_must_be_what_it_is_compared_as():
    load = Load(1, 1, 1, summary={"onrush": {"transport": "curl", "counting": {"connects": 50}}})
    assert lines_ratio.told(lambda: load, "transport", want="curl")() is load
    assert refuses(lines_ratio.told(lambda: load, "counting", "connects", want=5))


def disturbed_rounds_are_measured_again():
    busy = iter([0.5, 0.0, 0.3, 0.01, 0.9, 0.9])
    count = iter(range(100))
    got = machine.quietest(3, lambda: next(count), lambda: next(busy))
    assert got == [(0.0, 1), (0.01, 3), (0.3, 2)] and next(count) == 6, got
    count = iter(range(100))
    assert len(machine.quietest(2, lambda: next(count), lambda: 0)) == 2 and next(count) == 2


def a_disturbed_round_may_fail():
    def once():
        if next(fails):
            raise Failed("too slow")
        return "figure"
    fails = iter([True, False])
    assert machine.quietest(1, once, lambda: 0.5) == [(0.5, "figure")]
    fails = iter([True, False])
    assert refuses(machine.quietest, 1, once, lambda: 0.0) and not next(fails)
    fails = iter([True] * 9)
    assert refuses(machine.quietest, 2, once, lambda: 0.5) and len(list(fails)) == 5


def busy_time_is_read():
    stat = "cpu  600 100 300 9000 50 7 200 100 0 0\ncpu0 1 1 1 1\n"
    assert machine.busy_seconds(stat, True) * machine.TICKS == 1100
    assert machine.busy_seconds(stat, False) * machine.TICKS == 1307
    assert machine.tree_seconds() >= 0


def lateness_is_behind_the_best_even_schedule():
    even = [10**9 + i * 10**6 for i in range(1000)]
    assert max(lines_time.lateness(even, 1000)) < 1
    even[500] += 400000
    late = lines_time.lateness(even, 1000)
    assert round(late[-1]) == 400000 and late[-2] < 1, late[-3:]
    # a first arrival that is late itself does not hide it
    late = lines_time.lateness([even[0] + 300000] + even[1:500], 1000)
    assert round(late[-1]) == 300000


def planned_vus_are_k6s():
    plan = lambda t: lines_time.planned_vus(t, 5, 100)
    assert [plan(t) for t in (0, 0.05, 0.1, 2.5, 5, 6)] == [0, 1, 2, 50, 100, 100]
    assert [plan(t) for t in (6.05, 6.06, 8.5, 11)] == [99, 99, 50, 0]


def the_runs_clock_is_the_earliest_line():
    lines = ['{"t_ms": 1000}', '{"t_ms": 2000}']
    assert lines_time.run_clock(lines, [5_030_000_000, 6_020_000_000]) == 4_020_000_000


def children_end():
    c = Children()
    have = os.sched_getaffinity(0)
    done = c.run([sys.executable, "-c", "import sys; print('out'); sys.exit('why')"], have, 30)
    assert done.out == "out\n" and done.trouble("x") == "x: exit 1: why" and not c.alive
    c.start([sys.executable, "-c", "import time; time.sleep(60)"], have)
    c.stop_all()
    assert not c.alive
    assert refuses(c.run, [sys.executable, "-c", "import time; time.sleep(60)"], have, 0.2)


TESTS = [f for f in list(globals().values()) if callable(f) and getattr(f, "__module__", "") == __name__ and
         f.__name__ != "refuses"]


def main():
    print(f"1..{len(TESTS)}")
    bad = 0
    for i, f in enumerate(TESTS, 1):
        name = f.__name__.replace("_", " ")
        try:
            f()
            print(f"ok {i} - {name}", flush=True)
        except Exception:
            bad += 1
            for line in traceback.format_exc().splitlines():
                print("#", line)
            print(f"not ok {i} - {name}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
