#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""onrush compare: what it reads, says and ends with."""
import json, os, re, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa

FIXTURES = os.path.join(os.path.abspath(os.environ.get("TESTS_SRC", "tests")), "unit/results")
PROFILE = """[profile]
name = shop
[target]
url = {url}
[stages]
hold = 7s at 10
[request home]
GET = /
[request static]
GET = /size/10KiB
"""


def fixture(name):
    return os.path.join(FIXTURES, name)


def run(name, service):
    with Target(f"service={service}", "slowdown=0", "spread=0.1") as t:
        p = write(name + ".ini", PROFILE.format(url=t.url))
        onrush("run", "--headless", "--no-history", "--out", path(name), p, status=0)


def hyperfine(name, factor):
    times = [factor * x for x in (1.0, 1.01, 0.99, 1.02, 0.98)]
    return write(name, json.dumps({"results": [
        {"command": "a | `b` <i>@c", "mean": factor, "median": factor, "times": times}]}))


@test
def a_slower_target_is_found_from_real_runs():
    run("base", "5ms")
    run("slow", "10ms")
    p = onrush("compare", path("base"), path("slow"), status=2)
    assert re.match(r"regressed: \d+ of \d+ figures, \d+ high", p.stdout), p.stdout
    c = json.loads(onrush("compare", "--json", path("base"), path("slow"), status=2).stdout)
    figures = {f["figure"]: f for f in c["comparisons"][0]["figures"]}
    f = figures["http_req_duration avg"]
    assert f["verdict"] == "regressed" and f["severe"] and 0 < f["low"] < f["high"], f
    assert 0.5 < f["change"] < 1.2, f
    assert figures["http_req_duration{name:home} med"]["verdict"] == "regressed"
    # nor is it the same when so much more is asked for in a second
    back = onrush("compare", "--limit", "http_req_duration{name:static}*=off", path("slow"),
                  path("base"), status=0).stdout
    assert re.match(r"no regression: \d+ figures, \d+ better", back), back


@test
def a_run_is_not_worse_than_itself():
    p = onrush("compare", path("base"), path("base"), status=0)
    assert "no regression" in p.stdout and "the same file" in p.stdout, p.stdout
    assert onrush("compare", path("base") + "/summary.json", path("base"), status=0)


@test
def limits_come_from_options_before_profile_before_defaults():
    a, b = hyperfine("a.json", 1), hyperfine("b.json", 1.08)
    profile = write("limits.ini", PROFILE.format(url="http://127.0.0.1:1") +
                    "[compare]\nmean = 10%\nmedian = off\n")
    onrush("compare", a, b, status=2)
    p = onrush("compare", "--profile", profile, a, b, status=0)
    assert "not judged" not in p.stdout and "10 %" in p.stdout, p.stdout
    onrush("compare", "--profile", profile, "--limit", "mean=3%", a, b, status=2)
    onrush("compare", "--limit", "mean=off", "--limit", "median=50%", a, b, status=0)
    onrush("compare", "--confidence", "99%", a, b, status=2)


@test
def several_new_results_and_every_form():
    a, b = hyperfine("a.json", 1), hyperfine("b.json", 1.2)
    p = onrush("compare", a, a, b, status=2)
    assert p.stdout.startswith("no regression") and "\nregressed: 2 of 2" in p.stdout, p.stdout
    md = onrush("compare", "--md", a, b, status=2).stdout
    assert "| ``a \\| `b` <i>@c mean`` | 1.00 s | 1.20 s | +20.0 % |" in md, md
    page = path("page.html")
    onrush("compare", "--html", page, a, b, status=2)
    html = open(page).read()
    assert "a | `b` &lt;i&gt;@c mean" in html and "<i>" not in html and "http" not in html


@test
def standard_input_and_other_tools():
    for name in ("k6_summary.json", "k6_export.json", "pytest.json", "criterion", "flat.json",
                 "repeat.json", "ours.json"):
        onrush("compare", fixture(name), fixture(name), status=0)
    p = subprocess.run([ONRUSH, "compare", "-", fixture("flat.json")], capture_output=True,
                       text=True, input='{"inspect_ms": 100}', timeout=20)
    assert p.returncode == 0 and "unsure" in p.stdout and "standard input" in p.stdout, p.stdout


@test
def mistakes_say_what_would_be_right():
    good = fixture("flat.json")
    os.makedirs(path("cut"), exist_ok=True)
    write("cut/timeline.ndjson", "{}\n")
    os.makedirs(path("empty"), exist_ok=True)
    cases = [
        (["compare", good], "at least one new result"),
        (["compare", good, path("cut")], "--save"),
        (["compare", good, path("empty")], "without summary.json"),
        (["compare", good, path("nowhere")], "nowhere: cannot open"),
        (["compare", good, write("bad.json", '{\n"a": 1,\n')], "bad.json:3:"),
        (["compare", good, write("list.json", "[1]")], "no results that are known"),
        (["compare", "-", "-"], "only once"),
        (["compare", "--limit", "p(95)", good, good], "NAME=SHARE"),
        (["compare", "--confidence", "2", good, good], "50%"),
        (["compare", "--profile", path("nowhere"), good, good], "nowhere"),
    ]
    for words, said in cases:
        p = onrush(*words, status=104)
        assert said in p.stderr, (words, p.stderr)
    p = onrush("compare", "--html", path("no/such/page.html"), good, good, status=1)
    assert "page.html" in p.stderr


main()
