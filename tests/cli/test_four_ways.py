#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run, judged four ways: exit status, text, Markdown and page must say the same as summary.json."""
import html, json, os, re, signal, socket
from tap import Target, main, onrush, path, start, test, write


def profile(name, url, stages, thresholds):
    return write(name + ".ini", f"""[profile]
name = {name}
[target]
url = {url}
[stages]
{stages}
[request home]
GET = /
[thresholds]
{thresholds}
""")


def read(name, file):
    with open(os.path.join(path(name), file), encoding="utf-8") as f:
        return f.read()


def plain(markdown):
    """What a reader of report.md sees, as far as these sentences go."""
    return re.sub(r"\\(.)", r"\1", markdown.replace("<!-- -->", "")).replace("`", "")


def text_of(page):
    return html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"<(script|style).*?</\1>", "", page, flags=re.S)))


def agree(name, status, badge, printed, sentence=None):
    """All four say this status, this word, this sentence, and judge each threshold alike."""
    summary = json.loads(read(name, "summary.json"))["onrush"]
    said = summary["exit"]
    assert said["status"] == status, said
    sentence = sentence or said["words"]
    markdown, page = plain(read(name, "report.md")), read(name, "report.html")
    seen = text_of(page)
    assert sentence in printed, (sentence, printed)
    assert markdown.splitlines()[0].endswith(f"{name}: {sentence}"), markdown.splitlines()[0]
    assert f"**{badge}** (exit status {status}: {said['words']})" in markdown, markdown[:400]
    assert f"exit status {status}: {said['words']}" in seen
    strong = re.search(r'<strong class="badge [a-z]*">(.*?)</strong> <span>(.*?)</span>', page)
    assert strong.group(1).split()[-1] == badge, strong.group(0)
    assert html.unescape(strong.group(2)) == sentence
    assert f"{badge}: {name}" in re.search("<title>(.*?)</title>", page).group(1)
    marks = {"holds": "✓", "broken": "✗", "undecided": "?"}
    words = {"holds": "✓ held", "broken": "✗ broken", "undecided": "? undecided"}
    for t in summary["thresholds"]:
        key = t["metric"].replace("{name:", "{")
        assert re.search(rf"^{re.escape(marks[t['verdict']])} {re.escape(key)} +{re.escape(t['threshold'])}",
                         printed, re.M), (t, printed)
        row = f"| {words[t['verdict']]} | {key} | {t['threshold']} |"
        assert row in markdown, (row, markdown)
        cells = "".join(f"{c}" for c in (words[t["verdict"]], key, t["threshold"]))
        assert cells in seen, cells
    return summary


def run(name, status):
    p = onrush("run", "--headless", "--out", path(name), name + ".ini", status=status)
    return p.stdout + p.stderr


@test
def held():
    with Target("service=1ms") as t:
        profile("held", t.url, "one = 2s at 2", "http_req_failed = rate < 0.5\nhttp_req_duration{home} = p(95) < 5s")
        agree("held", 0, "held", run("held", 0))


@test
def held_by_nothing():
    with Target("service=1ms") as t:
        profile("bare", t.url, "one = 1s at 2", "")
        agree("bare", 0, "finished", run("bare", 0))


@test
def broken():
    with Target("service=1ms") as t:
        profile("slow", t.url, "one = 2s at 2", "http_req_duration = p(95) < 0.001\nhttp_req_failed = rate < 0.5")
        agree("slow", 99, "broken", run("slow", 99), "1 of 2 thresholds did not hold")


@test
def undecided():
    with Target("service=1ms") as t:
        profile("blank", t.url, "one = 1s at 2", "recovery_time = value < 10s\nhttp_req_failed = rate < 0.5")
        agree("blank", 99, "undecided", run("blank", 99), "1 of 2 thresholds did not hold")


@test
def regressed():
    """The thresholds held, and a gate says no: so must all that it leaves."""
    with Target("service=1ms") as t:
        profile("worse", t.url, "one = 1s at 2", "http_req_failed = rate < 0.5")
        onrush("run", "--headless", "--out", path("before"), "worse.ini", status=0)
        base = json.loads(read("before", "summary.json"))
        ours = base["onrush"]  # as if it had been seven seconds
        ours["duration_ms"] = ours["stages"][0]["length_ms"] = 7000
        ours["generator"]["read_lag_ms"] = None
        for of in ours["samples"]["metrics"].values():
            for name, values in of.items():
                of[name] = [values[0] * (1 + i / 100) for i in range(7)]
        with open(path("base.json"), "w") as f:
            json.dump(base, f)
        t.post("/_target", "service=40ms")
        profile("worse", t.url, "one = 7s at 2", "http_req_failed = rate < 0.5")
        p = onrush("gate", "--baseline", "base.json", "--junit", "worse.xml", "--out", path("worse"), "worse.ini",
                   status=2)
        s = agree("worse", 2, "regressed", p.stderr)
        said = re.search(r"against the baseline base.json: (regressed: .*)", p.stderr)[1]
        assert f"\n\n- against the baseline: {said}\n" in plain(read("worse", "report.md"))
        assert s["against"]["verdict"] == "regressed"
        assert "ended with 2" not in p.stdout, "that would be said twice"
        with open(path("worse.xml")) as f:
            assert re.search(r'name="verdict" time="0">\s*<failure ', f.read())
        # the journal and the history know it, too
        shown = onrush("open", "--headless", path("worse"), status=0).stdout
        assert shown.count("worse than the run it was compared with") == 2 and "held" not in shown.split("\n")[1], shown
        assert re.search("worse.* regressed", onrush("history", status=0).stdout)


@test
def interrupted():
    with Target("service=1ms") as t:
        profile("cut", t.url, "one = 60s at 2", "http_req_failed = rate < 0.5")
        p = start("run", "--headless", "--out", path("cut"), path("cut.ini"))
        lines = [p.stdout.readline() for _ in range(3)]  # a line a second: it runs
        p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=40)
        assert p.returncode == 105, (p.returncode, out, err)
        agree("cut", 105, "interrupted", "".join(lines) + out + err)


@test
def unreachable():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))  # taken, and nobody listens
        profile("gone", f"http://127.0.0.1:{s.getsockname()[1]}", "one = 2s at 2", "http_req_failed = rate < 0.5")
        agree("gone", 3, "unreachable", run("gone", 3))


main()
