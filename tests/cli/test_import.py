#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""onrush init and onrush import, from the outside."""
import glob, os, subprocess, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import ONRUSH, FOLDER, Target, load, main, onrush, path, test, write

INPUTS = os.path.join(os.environ.get("TESTS_SRC", "tests"), "unit", "import")
KINDS = ["load", "stress", "spike", "soak", "smoke", "breakpoint", "arrivals", "custom"]
# What the inputs name beside themselves.
ENV = dict(AUTHORIZATION="a", TOKEN="t", TARGET="http://127.0.0.1:1", MY_KEY="k", HOME="/")
for name in ("payload.json", "up.bin", "keywords.csv"):
    write(name, "keyword\nx\n" if name.endswith("csv") else "{}")
write("users.csv", "ann,1\nbob,2\n")
write("skus.csv", "sku\ntea\n")


def piped(text, *args, status=0):
    p = subprocess.run([ONRUSH, "import", *args], input=text.encode(), capture_output=True, timeout=60, cwd=FOLDER)
    out, err = p.stdout.decode(), p.stderr.decode()
    assert p.returncode == status, (p.returncode, out, err)
    return out, err


@test
def every_kind_of_init_is_a_profile():
    for kind in KINDS:
        onrush("init", kind, "-o", path(f"init-{kind}.ini"), status=0)
        onrush("check", path(f"init-{kind}.ini"), status=0)
    assert onrush("init", status=0).stdout == onrush("init", "custom", status=0).stdout


@test
def every_kind_of_init_runs_at_once():
    with Target() as t:
        for kind in KINDS:
            write("now.ini", onrush("init", kind, "--url", t.url, status=0).stdout)
            r = onrush("run", "--headless", "--time-scale", "0.005", "--out", path(f"run-{kind}"), path("now.ini"))
            assert r.returncode in (0, 4, 99), (kind, r.returncode, r.stderr)
            assert load(f"run-{kind}/summary.json")["metrics"]["http_reqs"]["values"]["count"] > 0, kind


@test
def init_never_writes_over_a_file():
    write("mine.ini", "mine\n")
    r = onrush("init", "-o", path("mine.ini"), status=104)
    assert "--force" in r.stderr and open(path("mine.ini")).read() == "mine\n"
    onrush("init", "-o", path("mine.ini"), "--force", status=0)
    assert "[target]" in open(path("mine.ini")).read()


@test
def init_tells_mistakes():
    assert "did you mean 'spike'" in onrush("init", "sprike", status=104).stderr
    assert "there are arrivals" in onrush("init", "zzzzzzzz", status=104).stderr
    for url in ("example.org", "http://", "http://a\n[target]", "ftp://x"):
        assert "no URL" in onrush("init", "--url", url, status=104).stderr, url
    assert "one kind" in onrush("init", "load", "spike", status=104).stderr
    assert "usage" in onrush("init", "--help", status=0).stdout


@test
def every_input_becomes_a_profile():
    files = [f for f in sorted(glob.glob(INPUTS + "/*.*")) if not f.endswith(".ini")]
    assert len(files) > 15
    for f in files:
        ini = path(os.path.basename(f) + ".ini")
        r = onrush("import", "-o", ini, f, status=0)
        assert "carried: " in r.stderr and "recognised" in r.stderr
        assert "\x1b" not in r.stdout + r.stderr + open(ini).read(), f
        onrush("check", ini, status=0, env=ENV)


@test
def what_is_not_carried_is_told_with_its_place():
    r = onrush("import", INPUTS + "/k6-computed.js", status=0)
    assert "k6-computed.js:10: http.batch with a computed list\n" in r.stderr, r.stderr
    r = onrush("import", INPUTS + "/har-page.json", status=0)
    assert "har-page.json: entry 5: requests to https://cdn.example" in r.stderr, r.stderr
    assert "entry 5: requests to https://cdn.example" in r.stdout


@test
def a_pasted_curl_runs():
    with Target() as t:
        r = onrush("import", "-o", path("pasted.ini"), "curl", t.url + "/echo", "-H", "X-A: b", "--data-raw", '{"a": 1}',
                   status=0)
        assert "POST   = /echo" in open(path("pasted.ini")).read(), r.stderr
        onrush("run", "--headless", "--stages", "1s at 2", "--out", path("pasted"), path("pasted.ini"), status=0)
        assert t.counts()["received"] > 0


@test
def standard_input_and_from():
    out, err = piped("curl http://h.example/x\n", "-")
    assert "GET   = /x" in out and "a list of curl commands (recognised" in err
    out, err = piped("curl http://h.example/x\n", "--from", "curl", "-")
    assert "recognised" not in err
    out, err = piped("hello\n", "-", status=104)
    assert "looks like none of" in err and not out
    out, err = piped("{}", "--from", "har", "-", status=104)
    assert "log.entries" in err and not out
    out, err = piped("{\n\n x", "--from", "har", "-", status=104)
    assert "standard input:3: " in err, err


@test
def bodies_of_several_lines_become_files():
    har = INPUTS + "/har-bodies.json"
    onrush("import", har, "-o", path("shop.ini"), status=0)
    with open(path("shop-post-text.body")) as f:
        assert f.read() == "line one\nline two\n"
    onrush("check", path("shop.ini"), status=0)
    r = onrush("import", har, "-o", path("other/shop.ini"), status=104)
    assert "cannot write" in r.stderr, r.stderr
    os.remove(path("shop.ini"))
    r = onrush("import", har, "-o", path("shop.ini"), status=104)
    assert "shop-post-text.body" in r.stderr and "--force" in r.stderr
    assert not os.path.exists(path("shop.ini"))
    onrush("import", har, "-o", path("shop.ini"), "--force", status=0)


@test
def import_tells_mistakes():
    assert "a file is missing" in onrush("import", status=104).stderr
    assert "cannot open" in onrush("import", path("nowhere"), status=104).stderr
    assert "--from artillery" in onrush("import", "--from", "artilery", "x", status=104).stderr
    assert "one file at a time" in onrush("import", "a", "b", status=104).stderr
    assert "is no option" in onrush("import", "--bogus", "a", status=104).stderr
    assert "usage" in onrush("import", "--help", status=0).stdout
    write("there.ini", "mine")
    r = onrush("import", "-o", path("there.ini"), INPUTS + "/k6-simple.js", status=104)
    assert "--force" in r.stderr and open(path("there.ini")).read() == "mine"


@test
def hostile_names_of_files_stay_off_the_terminal():
    name = "a\x1b[31m\nb.log"
    write(name, open(INPUTS + "/log-common.log").read())
    r = onrush("import", path(name), status=0)
    assert "\x1b" not in r.stdout + r.stderr
    assert "name = a-31m-b\n" in r.stdout


main()
