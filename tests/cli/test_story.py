#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An operator's story, by keyboard alone: a spike, watched in the
spectrogram, marked, measured beside a calm stretch; then a second, smaller
one and a hold are put into the plan, and all of it is saved as a profile."""
import os, re, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa

PROFILE = """[profile]
name = story
graceful_stop = 2s
[target]
url = {url}
[stages]
steady = 1m at 8
[request home]
GET = /
[scenario visitor]
think = 20ms..40ms
[thresholds]
http_req_duration = p(95) < 80
"""

# The keys of a step stand in one line; those of a typed text count each.
KEYS = """# 1 a spike, now: 60 users for 4 s
4.4 s
4.5 type 60
4.6 tab
4.7 type 4s
4.8 shot asked
4.9 enter
# 2 the spectrogram: it bends
5.0 2
8.4 shot bends
# 3 a mark with a note
8.5 m
8.6 type bent
8.7 enter
# 4 from the beginning to the first event, which is the spike; interval A
13.0 home
13.1 .
13.2 v
13.3 right right right right right enter
13.5 shot first
# 5 a calm stretch beside it: interval B
13.6 home
13.7 v
13.8 right right enter
14.1 shot both
# 6 the editor: what runs ends soon
14.2 e
14.3 type 10s
14.5 tab
14.7 shot editor
# 7 a second spike, smaller, at once
14.8 i
14.9 type second
15.0 tab
15.1 type 2s
15.2 tab
15.3 type 30
15.4 tab
15.5 r r r
15.7 shot second
# 8 a hold behind it; all of it is one step
15.8 i
15.9 type hold
16.0 tab
16.1 type 9s
16.3 shot draft
16.4 enter
16.6 shot applied
# 9 it is watched, then saved as a profile
16.7 esc esc
24.0 p
24.1 type wave.ini
24.3 shot saving
24.4 enter
24.7 shot saved
# 10 finished
25.0 q
"""


def interval_row(frame, name):
    """p50, p90, p95, ... of A, B or the run, in ms."""
    unit = {"us": 1e-3, "ms": 1, "s": 1e3}
    row = re.search(rf"│ {name} (.*)│", frame).group(1)
    return [float(v) * unit[u] for v, u in re.findall(r"([\d.]+)(us|ms|s)\b", row)]


def stage_rows(frame):
    """The editor's table: name, duration, level, ramp, ..."""
    at = frame.index("╭─ edit")
    rows = re.findall(r"^│ [✓▶+~ ]  (\S+) +(\S+) +(\S+) +(\S+) +(\S+) +(\S+) *(.*?) *│", frame[at:], re.M)
    return [r for r in rows if r[0] != "stage"]


@test
def a_spike_is_made_seen_measured_and_made_again():
    with Target("service=8ms", "capacity=4", "spread=0.2") as t:
        p = write("story.ini", PROFILE.format(url=t.url))
        keys = write("keys", KEYS)
        onrush("run", "--keys", keys, "--frames", path("frames"), "--size", "120x38", "--out", path("story"), p,
               status=99)

        def frame(name):
            with open(path(f"frames/{name}.txt")) as f:
                return f.read()

        # 1
        assert "spike now" in frame("asked") and "60" in frame("asked")
        # 2: the spectrogram, and a second group of answers that is slow
        bends = frame("bends")
        assert "hand-spike" in bends and "brighter: more requests" in bends and "modes:" in bends, bends
        # 4, 5: the same place shows figures of A, then of A and B
        first, both = frame("first"), frame("both")
        assert "[A" in first and " run " in first, first
        assert "[A" in both and "[B" in both, both
        a, b = interval_row(both, "A"), interval_row(both, "B")
        assert a[0] > 4 * b[0] and a[2] > 4 * b[2], both
        assert interval_row(first, "A") == a and interval_row(first, "run")[0] < a[0], first
        # 6: what was typed stands there; the calm stage has nothing of the spike
        rows = stage_rows(frame("editor"))
        assert [r[0] for r in rows] == ["steady", "hand-spike", "steady"], rows
        assert rows[2][1] == "10s", rows
        p95 = [float(re.search(r"ms +([\d.]+) ms", r[6]).group(1)) for r in rows]
        assert p95[0] < 50 < p95[1], rows
        # 7, 8
        assert "1 stage added" in frame("second") and "2 stages added" in frame("draft"), frame("draft")
        rows = [r[:4] for r in stage_rows(frame("draft"))][-2:]
        assert rows == [("second", "2s", "30", "jump"), ("hold", "9s", "30", "linear")], rows
        assert "changes made" in frame("applied"), frame("applied")
        # 9
        assert "wave.ini" in frame("saving") and "wave.ini" in frame("saved"), frame("saved")

        s = load("story/summary.json")
        verbs = [x["command"].split()[0] for x in s["onrush"]["actions"]]
        assert verbs == ["spike", "mark", "edit", "finish"], verbs
        shown = json.loads(onrush("check", "--json", "--every", "500ms", path("story/wave.ini"), status=0).stdout)
        levels = [x["level"] for x in shown["levels"]]
        # 8, the spike to 60, 8 again, the smaller one to 30, held
        runs = [x for i, x in enumerate(levels) if i == 0 or x != levels[i - 1]]
        assert runs[:4] == [8, 60, 8, 30], (runs, levels)
        assert s["metrics"]["http_reqs"]["values"]["count"] == t.counts()["received"]


main()
