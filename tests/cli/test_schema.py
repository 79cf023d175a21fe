#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""summary.json of many kinds of runs against doc/summary.schema.json (JSON Schema 2020-12, by
python3-jsonschema), the schema against what is no summary, and against doc/summary.md."""
import copy, json, os, signal, sys, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa

try:
    import jsonschema
except ImportError:
    jsonschema = None

DOC = os.path.join(os.environ.get("TESTS_SRC", "tests"), "..", "doc")
HEAD = "[profile]\nname = {name}\ndescription = of the test\n[target]\nurl = {url}\n"
HOME = "[request home]\nGET = /json\ncheck ok = status == 200\n"
BAD = "[request bad]\nGET = /status/503\n"
PROFILES = {
    "open": HEAD + "[stages]\nup = 1s to 100/s\nhold = 1200ms\n" + HOME + BAD +
    "[thresholds]\nhttp_req_failed = rate < 0.9\nhttp_req_duration{{home}} = p(95) < 5s\n",
    "several": HEAD.replace("url = {url}\n", "") + "[stages]\nhold = 2200ms at 3\n" + HOME + BAD +
    "[variant one]\nurl = {url}\n[variant two]\nurl = {url}\n"
    "[scenario a]\nmix = home 1\nthink = 5ms\n[scenario b]\nmix = home 1, bad 1\nthink = 5ms\n"
    "[monitor]\nhost = cpu\nevery = 200ms\n[alerts]\nslow = http_req_failed rate > 1% for 1s, critical\n"
    "[thresholds]\noverhead{{two}} = p(50) < 1s\nhttp_reqs = count < 1\nrecovery_time = value < 1s optional\n",
    "interrupted": HEAD + "[stages]\nhold = 60s at 2\n" + HOME + "[scenario s]\nmix = home 1\nthink = 5ms\n",
    "unreachable": HEAD.replace("{url}", "http://127.0.0.1:1") + "[stages]\nhold = 60s at 2\n" + HOME,
    "steered": HEAD + "[stages]\nhold = 4s at 2\n" + HOME + "[scenario s]\nmix = home 1\nthink = 5ms\n"
    "[event surge]\nat = 1s\ndo = spike +4 1s\n[event nothing]\nat = 3500ms\nexec = true\n"
    "[metric size]\ntype = trend\n",
    "killed": HEAD + "[stages]\nhold = 60s at 2\n" + HOME + "[scenario s]\nmix = home 1\nthink = 5ms\n",
}
PROFILES["steered"] = PROFILES["steered"].replace("status == 200\n", "status == 200\nrecord size = size\n", 1)
STATUS = {"open": 0, "several": 99, "interrupted": 105, "unreachable": 3, "steered": 0, "killed": -9}
MADE = {}


def schema():
    with open(os.path.join(DOC, "summary.schema.json")) as f:
        return json.load(f)


def mistakes(summary):
    v = jsonschema.Draft202012Validator(schema())
    return [f"{e.json_path}: {e.message[:300]}" for e in v.iter_errors(summary)]


def wait_for(child, line):
    began = time.time()
    while time.time() < began + 30:
        if child.stdout.readline().startswith(line):
            return


def summaries():
    """All kinds at the same time, for each takes its seconds."""
    if not jsonschema:
        raise Skip("no python3-jsonschema")
    if MADE:
        return MADE
    with Target("service=1ms") as t:
        children = {}
        for name, text in PROFILES.items():
            p = write(name + ".ini", text.format(name=name, url=t.url))
            children[name] = start("run", "--headless", "--allow-exec", "--control", path(name + ".sock"),
                                   "--out", path(name), p)
        try:
            wait_for(children["steered"], "  00:01")
            onrush("ctl", "--socket", path("steered.sock"), "mark", "a mark", status=0)
            wait_for(children["killed"], "  00:02")
            children["interrupted"].send_signal(signal.SIGINT)
            children["killed"].kill()
            for name, child in children.items():
                told = child.communicate(timeout=60)
                assert child.returncode == STATUS[name], (name, child.returncode, told)
        finally:
            for child in children.values():
                child.kill()
    onrush("open", path("killed"), "--save", status=0)
    for name in PROFILES:
        MADE[name] = load(name + "/summary.json")
    return MADE


@test
def the_schema_is_one():
    if not jsonschema:
        raise Skip("no python3-jsonschema")
    jsonschema.Draft202012Validator.check_schema(schema())


@test
def summaries_of_many_kinds_are_valid():
    for name, s in summaries().items():
        assert not mistakes(s), (name, mistakes(s))
    ours = {name: s["onrush"] for name, s in MADE.items()}
    # and the kinds are what they are meant to be
    assert ours["open"]["arrivals"] and ours["open"]["errors"][0]["class"] == "http-5xx"
    assert len(ours["several"]["scenarios"]) == 2 and ours["several"]["overhead"] and ours["several"]["alerts"]
    assert ours["several"]["monitors"]["gauges"] and ours["several"]["thresholds"][2]["verdict"] == "undecided"
    assert ours["interrupted"]["exit"]["signal"] == signal.SIGINT and ours["killed"]["cut_off"]
    assert ours["steered"]["recovery"] and ours["steered"]["actions"] and ours["steered"]["events"]
    assert ours["unreachable"]["counting"]["failed"] > 0


def edited(s, *where, to=None, drop=False):
    s = copy.deepcopy(s)
    at = s
    for key in where[:-1]:
        at = at[key]
    if drop:
        del at[where[-1]]
    else:
        at[where[-1]] = to
    return s


@test
def what_is_no_summary_is_not():
    s = summaries()["several"]
    ours = ("onrush",)
    for where, to in (((*ours, "format"), 2), ((*ours, "exit", "status"), 7), ((*ours, "seed"), 12),
                      ((*ours, "extra"), 1), ((*ours, "thresholds", 0, "verdict"), "maybe"),
                      ((*ours, "stages", 0, "p95_ms"), "12"), ((*ours, "counting", "sent"), -1),
                      ((*ours, "errors", 0, "class"), "odd"), ((*ours, "stages", 0, "error_rate"), 1.5),
                      ((*ours, "monitors", "gauges", 0, "unit"), "furlongs"), ((*ours, "samples", "metrics", "x"), {}),
                      (("metrics", "http_reqs", "values"), {"avg": 1}), (("metrics", "vus", "type"), "rate"),
                      (("metrics", "http_req_failed", "values", "rate"), 2), (("root_group", "groups"), {}),
                      (("more",), 1)):
        assert mistakes(edited(s, *where, to=to)), where
    for where in (("metrics",), ("onrush",), (*ours, "requests"), (*ours, "generator", "lost"),
                  (*ours, "scenarios", 0, "stages", 0, "name"), ("metrics", "http_reqs", "contains")):
        assert mistakes(edited(s, *where, drop=True)), where


def names_in(node):
    """Every property that the schema names."""
    if isinstance(node, list):
        for x in node:
            yield from names_in(x)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "properties":
                yield from value
                for x in value.values():
                    yield from names_in(x)
            else:
                yield from names_in(value)


@test
def schema_and_page_name_the_same_fields():
    with open(os.path.join(DOC, "summary.md")) as f:
        page = f.read()
    page = page[page.index("## summary.json"):page.index("## Forms for other tools")]
    spans = " ".join(re.findall(r"`([^`\n]+)`", page))
    told = set(re.findall(r"[\w().-]+", spans)) | set(re.findall(r"\w+", spans))
    s = schema()
    missing = sorted(set(names_in(s)) - told)
    assert not missing, f"doc/summary.md does not tell of {missing}"
    # and back: the first column of the tables
    tables = {"onrush": s["properties"]["onrush"], "counting": s["properties"]["onrush"]["properties"]["counting"],
              "generator": s["$defs"]["generator"]}
    for name, node in tables.items():
        begin = page.index("### `onrush`" if name == "onrush" else f"**{name}** ")
        rows = re.search(r"^\| field \|.*?\n\|[-|]+\n((?:\|.*\n)+)", page[begin:], re.M).group(1)
        fields = {x for row in rows.splitlines() for x in re.findall(r"`(\w+)(?:\[\])?`", row.split("|")[1])}
        assert fields == set(node["properties"]), (name, fields ^ set(node["properties"]))


if __name__ == "__main__":
    main()
