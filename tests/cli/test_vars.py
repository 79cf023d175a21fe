#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values from data files and answers, on their way into requests, as the
target sees them."""
import collections, json, os, sys, urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa
from servers import Web, serving

USES = 0
EVIL = 'x"/../?a=1&b#%41 é\r\nX-Evil: 1\r\n\r\nGET /evil HTTP/1.1'


class Shop(Web):
    """An order's id is its number and what does most harm."""

    def page(self, body):
        s = self.server.seen
        if "X-Evil" in self.headers or self.path.startswith("/evil"):
            s.add("EVIL", evil=1)
        if self.command == "GET":
            return 200, [], b'{"state": "done"}'
        s.add(f"ROW {body.decode()}")
        return 201, [], json.dumps({"id": f"{s.counts['requests']}{EVIL}"} if s.counts["requests"] % 4 else {}).encode()


def run(server, text, *args, status=0):
    global USES
    USES += 1
    profile = write(f"p{USES}.ini", f"[target]\nurl = http://127.0.0.1:{server.port}\n"
                                    f"[stages]\na = 20s at 4\n{text}")
    onrush("run", profile, "--headless", "--workers", "2", "--out", path(f"o{USES}"), *args, status=status)
    return load(f"o{USES}/summary.json")


@test
def what_an_answer_said_comes_back_as_a_value():
    with serving(Shop) as server:
        s = run(server, "[profile]\niterations = 40\n"
                        "[request order]\nPOST = /orders\nbody = x\nextract id = json.id\n"
                        "[request status]\nGET = /orders/${id}?q=${id}\nheader = X-Id: <${id}>\n"
                        "check = body contains \"done\" and ${id} contains \"X-Evil\"\n")
        lines = server.seen.lines
        asked = [x for x in lines if x.startswith("GET")]
        assert not server.seen.counts.get("evil"), lines
        for x in asked:
            p = urllib.parse.urlsplit(x.split(" ", 1)[1])
            value = urllib.parse.unquote(p.path[len("/orders/"):])
            assert value.endswith(EVIL) and p.query == f"q={p.path[len('/orders/'):]}", x
        # An order without an id ends its iteration and is a failure.
        lost = s["onrush"]["errors"]
        assert [e["class"] for e in lost] == ["extract"], lost
        assert lost[0]["example"] == "order: status 201, no id", lost
        assert len(asked) == 40 - lost[0]["count"] > 0, (len(asked), lost)
        assert s["metrics"]["checks"]["values"]["fails"] == 0, s["metrics"]["checks"]


@test
def rows_go_round_over_all_workers():
    write("rows.csv", 'sku,note\n"a,1",x\nb 2,y\n"c ""3""",z\n')
    with serving(Shop) as server:
        run(server, "[profile]\niterations = 30\n[data items]\nfile = rows.csv\n"
                    "[request order]\nPOST = /${items.note}\nbody = ${items.sku}\n")
        rows = collections.Counter(x for x in server.seen.lines if x.startswith("ROW"))
        assert rows == {"ROW a,1": 10, "ROW b 2": 10, 'ROW c "3"': 10}, rows


@test
def a_vu_keeps_its_row():
    write("users.csv", "u0;p0\nu1;p1\nu2;p2\n")
    with serving(Shop) as server:
        run(server, "[profile]\niterations = 40\n[data u]\nfile = users.csv\nheader = off\nseparator = ;\n"
                    "pick = per-vu\n[request r]\nPOST = /\nbody = ${vu} ${u.1} ${u.2}\n")
        for x in server.seen.lines:
            if x.startswith("ROW"):
                vu, user, word = x.split()[1:]
                assert (user, word) == (f"u{(int(vu) - 1) % 3}", f"p{(int(vu) - 1) % 3}"), x


@test
def a_seed_repeats_the_random_rows():
    write("many.csv", "n\n" + "".join(f"{i}\n" for i in range(1000)))
    seen = []
    for seed in "5", "5", "6":
        with serving(Shop) as server:
            run(server, "[profile]\niterations = 40\n[data m]\nfile = many.csv\npick = random\n"
                        "[request r]\nPOST = /\nbody = ${vu} ${iteration} ${m.n}\n", "--seed", seed)
            rows = [x.split()[1:] for x in server.seen.lines if x.startswith("ROW")]
            seen.append({(vu, i): n for vu, i, n in rows})
    both = seen[0].keys() & seen[1].keys()
    assert len(both) >= 4 and all(seen[0][k] == seen[1][k] for k in both), seen
    assert any(seen[0][k] != seen[2][k] for k in seen[0].keys() & seen[2].keys()), seen


@test
def mistakes_come_before_any_request():
    write("short.csv", "a,b\n1,2\n3\n")
    profile = write("bad.ini", "[target]\nurl = http://127.0.0.1:9\n[stages]\na = 1s at 1\n"
                               "[vars]\nx = ${y}\ny = ${x}\n[data d]\nfile = short.csv\n"
                               "[request r]\nGET = /${d.c}\n[request s]\nGET = /${idd}\nextract id = json.id\n")
    p = onrush("check", profile, status=104)
    for says in (":7:5: these variables stand in each other: x → y → x", "short.csv:3: this row has 1 field",
                 "has no column 'c'; did you mean 'a'?", "there is no variable 'idd'; did you mean 'id'?"):
        assert says in p.stderr, p.stderr


main()
