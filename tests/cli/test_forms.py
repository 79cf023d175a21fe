#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run's figures for other tools: k6's flat JSON, JUnit, CSV, HdrHistogram's
distribution; and histograms of the journal read by HdrHistogram itself."""
import csv, json, os, subprocess, sys
import xml.etree.ElementTree as ET

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa

PROFILE = """[profile]
name = shop <&"'> x
[target]
url = {url}
[stages]
up   = 1s to 4
hold = 1500ms
[request home]
GET = /json
check ok = status == 200
check <odd> & ]]> = status == 201
[request order]
GET = /status/503
[thresholds]
http_req_failed = rate < 0.9
http_req_duration{{home}} = p(95) < 1us
recovery_time = value < 3, value < 4s optional
vus = value < 100
"""
FORMS = {"summary-export": "flat.json", "junit": "junit.xml", "csv": "rows.csv", "hgrm": "run.hgrm"}
JARS = ["/usr/share/java/hdrhistogram.jar", "/usr/share/java/HdrHistogram.jar"]


def options(prefix):
    return [x for name, file in FORMS.items() for x in ("--" + name, path(prefix + file))]


def read(name):
    with open(path(name), newline="") as f:
        return f.read()


def run_once():
    if not os.path.exists(path("run")):
        with Target("service=1ms") as t:
            p = write("forms.ini", PROFILE.format(url=t.url))
            onrush("run", "--headless", "--out", path("run"), *options(""), p, status=99)
    return load("run/summary.json")


@test
def k6s_flat_form_has_the_values_themselves():
    # k6's documentation of --summary-export: no `values`; of thresholds, true is broken
    s, flat = run_once(), load("flat.json")
    assert set(flat) == {"metrics", "root_group"} and set(flat["metrics"]) == set(s["metrics"])
    for name, m in s["metrics"].items():
        values = dict(m["values"])
        if m["type"] == "rate":
            values["value"] = values.pop("rate")
        if "thresholds" in m:
            values["thresholds"] = {k: not v["ok"] for k, v in m["thresholds"].items()}
        assert flat["metrics"][name] == values, (name, flat["metrics"][name], values)
    judged = {t: broken for m in flat["metrics"].values() for t, broken in m.get("thresholds", {}).items()}
    assert judged == {"rate < 0.9": False, "p(95) < 1us": True, "value < 3": True,
                      "value < 4s optional": False, "value < 100": False}, judged
    checks = flat["root_group"]["checks"]
    assert flat["root_group"]["groups"] == {} and set(checks) == {"ok", "<odd> & ]]>"}
    assert checks["ok"]["fails"] == 0 < checks["ok"]["passes"] == checks["<odd> & ]]>"]["fails"]


@test
def junit_says_what_held():
    s, root = run_once(), ET.fromstring(read("junit.xml"))
    assert root.tag == "testsuite" and root.get("name") == "shop <&\"'> x", root.attrib
    # what Ant's schema asks for, in its order
    assert [x.tag for x in root][0] == "properties" and [x.tag for x in root][-2:] == ["system-out", "system-err"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", root.get("timestamp")) and root.get("hostname")
    cases = {(c.get("classname"), c.get("name")): c for c in root.iter("testcase")}
    how = {key: c[0].tag if len(c) else "passed" for key, c in cases.items()}
    assert how == {("run", "verdict"): "failure",
                   ("thresholds", "http_req_failed: rate < 0.9"): "passed",
                   ("thresholds", "http_req_duration{name:home}: p(95) < 1us"): "failure",
                   ("thresholds", "recovery_time: value < 4s optional"): "skipped",
                   ("thresholds", "recovery_time: value < 3"): "error",
                   ("thresholds", "vus: value < 100"): "passed",
                   ("checks", "home: ok"): "passed",
                   ("checks", "home: <odd> & ]]>"): "failure"}, how
    for kind, attribute in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        assert list(how.values()).count(kind) == int(root.get(attribute)), (kind, root.attrib)
    assert len(cases) == int(root.get("tests"))
    broken = cases[("thresholds", "http_req_duration{name:home}: p(95) < 1us")][0].get("message")
    value = s["metrics"]["http_req_duration{name:home}"]["values"]["p(95)"]
    assert broken == f"the value is {value:.6g}, the limit 0.001", broken
    assert "undecided" in cases[("thresholds", "recovery_time: value < 3")][0].get("message")
    assert "exit status 99" in cases[("run", "verdict")][0].get("message")
    odd = cases[("checks", "home: <odd> & ]]>")][0].get("message")
    assert odd == "{0} of {0} failed (100 %)".format(s["root_group"]["checks"][0]["passes"]), odd


@test
def hostile_names_leave_the_xml_whole():
    with Target("service=1ms") as t:
        p = write("hostile.ini", PROFILE.format(url=t.url).replace("hold = 1500ms", "").replace(
            "<odd>", "\ufffe\uffff\u202e]]><!--\u0085</testsuite>"))
        onrush("run", "--headless", "--out", path("hostile"), "--junit", path("hostile.xml"), p, status=99)
    text = read("hostile.xml")
    ET.fromstring(text)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ufffe\uffff]", text), ascii(text)
    assert text.count("</testsuite>") == 1 and "&lt;/testsuite&gt;" in text


@test
def csv_has_a_row_a_second():
    s, text = run_once(), read("rows.csv")
    assert text.count("\n") == text.count("\r\n")
    rows = list(csv.DictReader(text.splitlines()))
    assert [float(r["t_s"]) for r in rows[:2]] == [0, 1] and len(rows) in (3, 4), rows
    assert all(float(r["seconds"]) == 1 for r in rows[:2])
    counting = s["onrush"]["counting"]
    for name in ("requests", "failed"):
        assert sum(int(r[name]) for r in rows) == counting[name], name
    assert sum(int(r["started"]) for r in rows) == s["onrush"]["scenarios"][0]["started"]
    for r in rows[:2]:
        assert abs(float(r["rps"]) - int(r["requests"])) < 1e-9
        assert abs(float(r["error_rate"]) - int(r["failed"]) / int(r["requests"])) < 1e-9
        assert float(r["p50_ms"]) <= float(r["p95_ms"]) <= float(r["p99_ms"]) <= float(r["max_ms"])
    most = s["metrics"]["http_req_duration"]["values"]["max"]
    assert abs(max(float(r["max_ms"]) for r in rows) - most) <= most / 1000


JAVA = """import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Scanner;
import org.HdrHistogram.Histogram;
public class Oracle {
    static Histogram read(String line) throws Exception {
        byte[] raw = Base64.getDecoder().decode(line);
        return Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(raw), 0);
    }
    public static void main(String[] args) throws Exception {
        Histogram all = new Histogram(3600000000000L, 3);
        Scanner in = new Scanner(System.in);
        while (in.hasNextLine()) {
            Histogram h = read(in.nextLine());
            System.out.println(h.getTotalCount() + " " + h.getMinValue() + " " + h.getMaxValue() + " "
                + h.getValueAtPercentile(50) + " " + h.getValueAtPercentile(95) + " "
                + h.getValueAtPercentile(99));
            all.add(h);
        }
        System.out.println();
        all.outputPercentileDistribution(System.out, 1e6);
    }
}
"""


def ask_java(hists):
    """What HdrHistogram's own library says of each line, and of their sum."""
    jar = next((x for x in JARS if os.path.exists(x)), None)
    if not jar or not shutil.which("java") or not shutil.which("javac"):
        raise Skip("no javac and libhdrhistogram-java")
    write("Oracle.java", JAVA)
    subprocess.run(["javac", "-cp", jar, "-d", FOLDER, path("Oracle.java")], check=True, timeout=60)
    out = subprocess.run(["java", "-cp", f"{FOLDER}:{jar}", "Oracle"], input="\n".join(hists), text=True,
                         check=True, capture_output=True, timeout=60).stdout
    each, whole = out.split("\n\n", 1)
    return [[int(x) for x in line.split()] for line in each.splitlines()], whole


@test
def hdrhistogram_reads_every_line_of_the_journal():
    run_once()
    with open(path("run/timeline.ndjson")) as f:
        series = [x for x in map(json.loads, f) if x["type"] == "series"]
    both = [x[key] for x in series for key in ("service", "response") if isinstance(x[key], dict)]
    said = ask_java([h["hdr"] for h in both])[0]
    assert len(said) == len(both) > 4
    for h, (n, least, most, p50, p95, p99) in zip(both, said):
        assert n == h["n"]
        for ours, theirs in ((h["min"], least), (h["max"], most)):
            assert abs(ours - theirs) <= theirs / 1000 + 1, (h, least, most)
        # theirs is a sample's counter, ours lies between two samples' ranks
        if n > 1000:
            for ours, theirs in ((h["p50"], p50), (h["p95"], p95)):
                assert abs(ours - theirs) <= theirs / 50, (h, p50, p95, p99)
    # whose sum is the distribution that --hgrm wrote, line by line
    whole = ask_java([x["service"]["hdr"] for x in series])[1]
    theirs, ours = whole.splitlines(), read("run.hgrm").splitlines()
    assert ours[:-3] == theirs[:-3], [x for x in zip(ours, theirs) if x[0] != x[1]][:5]
    assert ours[-2:] == theirs[-2:], (ours[-2:], theirs[-2:])
    numbers = [[float(x) for x in re.findall(r"[\d.]+", line)] for line in (ours[-3], theirs[-3])]
    for a, b in zip(*numbers):  # theirs are of the counters' middles
        assert abs(a - b) <= b / 500 + 0.001, numbers



@test
def a_place_that_cannot_be_written_is_told_before_the_load():
    profile = write("places.ini", "[target]\nurl = http://127.0.0.1:9\n[stages]\na = 60s at 1\n[request r]\nGET = /\n")
    os.makedirs(path("taken"), exist_ok=True)
    for option, place, says in (("--junit", path("no/such/place.xml"), "no/such: "), ("--csv", path("taken"), "is a folder"),
                                ("-o", path("no/such.json"), "/no: ")):
        p = onrush("run", "--headless", profile, option, place, status=104)
        assert says in p.stderr and "nothing was sent" in p.stderr, p.stderr
    p = onrush("gate", profile, "--md", path("no/such.md"), status=104)
    assert "/no: " in p.stderr and "nothing was sent" in p.stderr, p.stderr


if __name__ == "__main__":
    main()
