#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal of real runs: whole, killed, broken; and onrush open."""
import base64, json, os, signal, struct, sys, time, zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa

PROFILE = """[profile]
name = shop
graceful_stop = 1s
[target]
url = {url}
[stages]
up   = 1s to 8
hold = {hold}
[request home]
GET = /json
check ok = status == 200
record status_seen = status
[request order]
GET = /status/503
[scenario shopper]
mix = home 3, order 1
think = 2ms..6ms
[metric status_seen]
type = trend
[thresholds]
http_req_failed = rate < 0.9
http_req_duration{{home}} = p(95) < 9s
"""


def lines(name):
    with open(path(name + "/timeline.ndjson")) as f:
        return [json.loads(x) for x in f if x.endswith("\n")]


def run(name, hold="2s", **more):
    with Target("service=1ms") as t:
        p = write(name + ".ini", PROFILE.format(url=t.url, hold=hold))
        onrush("run", "--headless", "--out", path(name), p, status=0, **more)
        return t.counts()


def summary(text):
    """What the run printed of itself, without its progress."""
    return text[text.index("shop →"):].split("saved in")[0].split("all thresholds held\n")[:2]


def varints(data):
    at = 0
    while at < len(data):
        v = shift = 0
        for n in range(9):
            b = data[at]
            at += 1
            v |= (b if n == 8 else b & 0x7f) << shift
            shift += 7
            if n == 8 or not b & 0x80:
                break
        yield (v >> 1) ^ -(v & 1)


def decode(text):
    """HdrHistogram's compressed V2, by its description: (value, count)."""
    raw = base64.b64decode(text, validate=True)
    cookie, length = struct.unpack(">ii", raw[:8])
    assert cookie == 0x1c849314 and length == len(raw) - 8, (hex(cookie), length, len(raw))
    plain = zlib.decompress(raw[8:])
    cookie, payload, offset, digits, lowest, highest, ratio = struct.unpack(">iiiiqqd", plain[:40])
    assert (cookie, offset, digits, lowest, ratio) == (0x1c849313, 0, 3, 1, 1.0)
    assert payload == len(plain) - 40
    i, out = 0, []
    for n in varints(plain[40:]):
        if n < 0:
            i -= n
            continue
        bucket = max(0, (i >> 10) - 1)
        sub = i if i < 2048 else (i & 1023) + 1024
        if n:
            out.append((sub << bucket, n))
        i += 1
    return out


@test
def a_journal_holds_what_was_measured():
    counts = run("whole")
    all = lines("whole")
    series = [x for x in all if x["type"] == "series"]
    assert all[0]["type"] == "journal" and all[0]["format"] == 2 and all[-1]["type"] == "end"
    assert all[-1]["status"] == 0 and all[-1]["words"] == "all thresholds held", all[-1]
    assert sum(x["requests"] for x in series) == counts["received"], counts
    assert sum(x.get("fails", {}).get("http-5xx", 0) for x in series) == sum(
        x["statuses"][5] for x in series) > 0
    assert oct(os.stat(path("whole/timeline.ndjson")).st_mode & 0o777) == "0o600"
    for x in series:
        h = x["service"]
        values = decode(h["hdr"])
        assert h["hdr"].startswith("HISTFAAA")
        assert sum(n for _, n in values) == h["n"] == x["requests"]
        assert abs(values[0][0] - h["min"]) <= h["min"] / 1000 + 1
        assert abs(values[-1][0] - h["max"]) <= h["max"] / 1000 + 1
        assert abs(sum(v * n for v, n in values) - h["sum"]) <= h["sum"] / 900
    m = json.load(open(path("whole/summary.json")))["metrics"]
    assert m["http_reqs"]["values"]["count"] == counts["received"]
    own = [x for x in all if x["type"] == "metric"]
    assert sum(x["n"] for x in own) == sum(x["requests"] for x in series if x["name"] == "home")
    assert {x["min"] for x in own} == {200} and m["status_seen"]["values"]["max"] == 200


@test
def another_decoder_reads_the_histograms():
    script = """const hdr = require('hdr-histogram-js')
for (const line of require('fs').readFileSync(0, 'utf8').trim().split('\\n')) {
  const h = hdr.decodeFromCompressedBase64(line)
  console.log(h.totalCount, h.maxValue, h.mean)
}"""
    if not shutil.which("node") or subprocess.run(["node", "-e", "require('hdr-histogram-js')"],
                                                  capture_output=True).returncode:
        raise Skip("no node with hdr-histogram-js (NODE_PATH)")
    hists = [x["service"] for x in lines("whole") if x["type"] == "series"]
    out = subprocess.run(["node", "-e", script], input="\n".join(h["hdr"] for h in hists), text=True,
                         capture_output=True, check=True).stdout.split("\n")
    for h, line in zip(hists, out):
        n, most, mean = (float(x) for x in line.split())
        assert n == h["n"] and abs(most - h["max"]) <= h["max"] / 900, (line, h)
        assert abs(mean - h["sum"] / h["n"]) <= mean / 900, (line, h)


@test
def an_opened_run_says_what_the_run_said():
    with Target("service=1ms") as t:
        p = write("same.ini", PROFILE.format(url=t.url, hold="2s"))
        told = onrush("run", "--headless", "--out", path("same"), p, status=0).stdout
    for name in (path("same"), path("same/timeline.ndjson")):
        r = onrush("open", "--headless", name, status=0)
        assert summary(r.stdout) == summary(told), (r.stdout, told)
        assert r.stderr == "" and r.stdout.endswith("all thresholds held\n")
    assert onrush("open", path("same"), status=0).stdout == r.stdout


@test
def a_changed_limit_judges_when_opened():
    with Target("service=1ms") as t:
        p = write("tuned.ini", PROFILE.format(url=t.url, hold="60s").replace("/status/503", "/status/503?a=1&token=x1y2"))
        sock = path("tuned.sock")
        child = start("run", "--headless", "--control", sock, "--out", path("tuned"), p)
        began = time.time()
        while time.time() < began + 30:
            if child.stdout.readline().startswith("  00:02"):
                break
        for words in ("threshold 2 = p(95) < 1us", "mark tuned", "finish"):
            onrush("ctl", "--socket", sock, *words.split(), status=0)
        told = child.communicate(timeout=30)[0]
        assert child.returncode == 99, told
    r = onrush("open", "--headless", path("tuned"), status=0)
    assert "1 of 2 thresholds did not hold" in r.stdout, r.stdout
    assert "p(95) < 1us (was p(95) < 9s)" in r.stdout, r.stdout
    told = told[told.index("shop →"):].replace(f"saved in {path('tuned')}\n", "")
    told, left_out = re.subn("1 secret is left out .*\n", "", told)
    assert r.stdout == told and left_out == 1, (r.stdout, told)
    shown = [e for x in lines("tuned") if x["type"] == "second" for e in x.get("examples", [])]
    assert [e["kind"] for e in shown] == ["http-5xx"], shown
    assert shown[0]["request"].startswith("GET /status/503?a=1&token=*** HTTP/1.1\nHost: "), shown
    assert "x1y2" not in json.dumps(shown), shown
    assert "\n" in shown[0]["answer"] and 0 < shown[0]["at"] < 2e9, shown


@test
def a_killed_run_opens():
    with Target("service=1ms") as t:
        p = write("killed.ini", PROFILE.format(url=t.url, hold="60s"))
        child = start("run", "--headless", "--out", path("killed"), p)
        began = time.time()
        while time.time() < began + 30:
            told = child.stdout.readline()
            if told.startswith("  00:04"):
                break
        child.send_signal(signal.SIGKILL)
        child.communicate(timeout=20)
        received = t.counts()["received"]
    assert not os.path.exists(path("killed/summary.json"))
    r = onrush("open", path("killed"), status=0)
    at = re.search(r"unfinished: the journal ends at 00:0(\d)", r.stdout)
    assert at and int(at.group(1)) >= 2, r.stdout
    verdict = r.stdout.splitlines()[1]
    assert verdict.startswith("? cut off") and "thresholds held" not in r.stdout, r.stdout
    requests = int(re.search(r"^requests +([\d ]+?)  ", r.stdout, re.M).group(1).replace(" ", ""))
    assert received / 4 <= requests <= received, (requests, received)


@test
def the_console_shows_it():
    for name in ("whole", "killed"):
        if not os.path.exists(path(name)):
            raise Skip("the runs before have failed")
    keys = write("open-keys", "0.3 shot live\n0.4 3\n0.6 shot requests\n0.8 +\n0.9 shot refused\n1.0 q\n")
    onrush("open", "--keys", keys, "--frames", path("shots"), "--size", "120x38", path("killed"), path("whole"),
           status=0)

    def shot(name):
        with open(path(f"shots/{name}.txt")) as f:
            return f.read()

    assert "CUT OFF" in shot("live") and "unfinished: the journal ends at" in shot("live"), shot("live")
    assert "shop" in shot("live") and "http_req_failed" in shot("live")
    assert "home" in shot("requests") and "order" in shot("requests"), shot("requests")
    keys = write("open-keys", "0.3 shot passed\n0.5 q\n")
    for size in ("40x12", "80x24", "200x60"):
        onrush("open", "--keys", keys, "--frames", path("shots"), "--size", size, path("whole"), status=0)
        assert "PASSED" in shot("passed"), shot("passed")


@test
def what_cannot_be_opened_is_told():
    os.makedirs(path("old"), exist_ok=True)
    write("old/summary.json", "{}")
    os.makedirs(path("empty"), exist_ok=True)
    write("garbage", "\x1b]0;boo\x07\n" * 9)
    write("nothing", "")
    for name, says in (("old", "has a summary.json but no journal"), ("empty", "no results are here"),
                       ("garbage", ":1: this is no journal"), ("nothing", "is empty"), ("gone", "cannot open")):
        r = onrush("open", path(name), status=1)
        assert says in r.stderr and "\x1b" not in r.stderr and len(r.stderr.splitlines()) == 1, r.stderr
    assert "a result is missing" in onrush("open", status=104).stderr
    assert "two results at most" in onrush("open", "a", "b", "c", status=104).stderr
    assert "did you mean '--frames'" in onrush("open", "--farmes", "a", status=104).stderr


@test
def garbage_ends_it_where_it_begins():
    if not os.path.exists(path("whole")):
        raise Skip("the run before has failed")
    with open(path("whole/timeline.ndjson")) as f:
        good = f.readlines()
    seconds = [i for i, x in enumerate(good) if '"type":"second"' in x]
    write("cut.ndjson", "".join(good[:seconds[1] + 1]) + "\x1b[31m\n" + "".join(good[seconds[1] + 1:]))
    r = onrush("open", path("cut.ndjson"), status=0)
    assert f"cut.ndjson:{seconds[1] + 2}:1: " in r.stderr and "\x1b" not in r.stderr, r.stderr
    assert "ends at 00:02" in r.stdout, r.stdout


if __name__ == "__main__":
    main()
