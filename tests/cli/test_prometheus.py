#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run's metrics with Debian's own Prometheus and Pushgateway: what they
store equals what the run says of itself; rules, dashboard and documents name
what there is; and the server's manners towards whoever else asks."""
import base64, http.server, json, os, re, shutil, socket, subprocess, threading, time
import urllib.error, urllib.parse, urllib.request
from tap import FOLDER, Skip, Target, load, main, onrush, path, start, test, write

DOC = os.path.join(os.environ.get("TESTS_SRC", "tests"), "..", "doc")
PATIENCE = 30  # s, for what only has to happen some time


def need(*programs):
    for p in programs:
        if not shutil.which(p):
            raise Skip(f"{p} is not installed")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def get(url, **headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as r:
        return r.read().decode()


def until(what, f):
    """Asks again until f answers something true."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            found = f()
            if found:
                return found
        except (OSError, urllib.error.URLError):
            pass
        time.sleep(0.1)
    raise AssertionError(f"not within {PATIENCE} s: {what}")


class Server:
    """A server of Debian's, on a port of its own, ended by its own id."""

    def __init__(self, port, ready, *command):
        self.url = f"http://127.0.0.1:{port}"
        self.ready, self.command = ready, command

    def __enter__(self):
        self.log = open(path(os.path.basename(self.command[0]) + ".log"), "w")
        self.process = subprocess.Popen(self.command, stdout=self.log, stderr=subprocess.STDOUT, cwd=FOLDER)
        until(self.command[0], lambda: get(self.url + self.ready))
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def prometheus(run_port, gateway_port):
    port = free_port()
    config = write("prometheus.yml", f"""
global: {{scrape_interval: 250ms, scrape_timeout: 250ms}}
scrape_configs:
  - job_name: live
    static_configs: [{{targets: ["127.0.0.1:{run_port}"]}}]
  - job_name: gateway
    honor_labels: true
    static_configs: [{{targets: ["127.0.0.1:{gateway_port}"]}}]
""")
    return Server(port, "/-/ready", "prometheus", f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}",
                  f"--storage.tsdb.path={path('tsdb')}")


def pushgateway(port):
    return Server(port, "/-/ready", "prometheus-pushgateway", f"--web.listen-address=127.0.0.1:{port}")


def ask(server, expression):
    """[(labels, value)] of an instant query; what does not parse fails."""
    q = urllib.parse.urlencode({"query": expression})
    answer = json.loads(get(f"{server.url}/api/v1/query?{q}"))
    assert answer["status"] == "success", (expression, answer)
    return [(r["metric"], float(r["value"][1])) for r in answer["data"]["result"]]


def total(server, expression):
    rows = ask(server, expression)
    return rows[0][1] if rows else None


def samples(page):
    """{sample with its labels: value}"""
    return {m[1]: float(m[2]) for m in re.finditer(r"^([a-z][^#\n]*) (\S+)$", page, re.M)}


def added(page, start, *parts):
    return sum(v for k, v in samples(page).items() if k.startswith(start) and all(p in k for p in parts))


def profile(target, stages="load = 60s at 4"):
    return write("watched.ini", f"""
[profile]
name = watched
kind = load
[target]
url = {target.url}
[stages]
{stages}
[request home]
GET = /delay/3ms
check ok = status == 200
[request gone]
GET = /status/404
check ok = status == 200
[scenario visitor]
think = 5ms
[thresholds]
http_req_duration = p(95) < 10s
http_req_failed = rate < 0.01
[monitor]
process = {target.process.pid}
every = 200ms
""")


class Serving:
    """A run that serves its metrics, at .url; it does not outlive the block."""

    def __init__(self, *args):
        self.args = args

    def __enter__(self):
        self.process = start("run", *self.args, "--headless", "--control", path("ctl.sock"))
        self.url = ""
        for line in self.process.stderr:
            found = re.search(r"metrics are at (\S+)", line)
            if found:
                self.url = found[1]
                return self
        raise AssertionError("it does not say where its metrics are")

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.communicate(timeout=60)

    def finish(self, status):
        ctl("finish")
        return ended(self.process, status)


def ended(p, status=None):
    out, err = p.communicate(timeout=60)
    if status is not None:
        assert p.returncode == status, (p.returncode, out, err)
    return out + err


def ctl(*command):
    onrush("ctl", "--socket", path("ctl.sock"), *command, status=0)


# --- with Prometheus ---------------------------------------------------------

def dashboard_expressions():
    with open(os.path.join(DOC, "grafana", "onrush.json")) as f:
        board = json.load(f)
    assert board["schemaVersion"] >= 36 and board["templating"]["list"][0]["type"] == "datasource"
    for panel in board["panels"]:
        for target in panel["targets"]:
            assert target["datasource"]["uid"] == "${datasource}", panel["title"]
            yield panel["title"], target["expr"]


def for_api(expression):
    return re.sub(r"\$(job|instance)", ".*", expression.replace("$__rate_interval", "10s"))


def check_live(prom, url):
    """Paused, so that all that is asked sees the same, soon."""
    until("the pause in Prometheus", lambda: total(prom, 'onrush_run_state{job="live",state="paused"}') == 1)
    for start_ in ("onrush_http_requests_total", "onrush_http_request_failures_total", "onrush_iterations_total",
                   "onrush_http_request_duration_seconds_count", "onrush_data_received_bytes_total"):
        until(f"{start_} is what the page says",
              lambda: 0 < added(get(url), start_) == total(prom, f'sum({start_}{{job="live"}})'))
    page = get(url)
    for name in ("home", "gone"):
        want = added(page, "onrush_http_requests_total", f'name="{name}"')
        assert total(prom, f'sum(onrush_http_requests_total{{job="live",name="{name}"}})') == want
    # /delay/3ms takes that long at least.
    low = ask(prom, 'onrush_http_request_duration_seconds_bucket{job="live",name="home",le="0.002"}')
    assert [v for _, v in low] == [0], low
    assert total(prom, 'onrush_run_info{job="live",profile="watched",kind="load"}') == 1
    assert total(prom, 'sum(onrush_planned_level{job="live",unit="vus"})') == 4
    assert 1e6 < total(prom, 'onrush_monitor{job="live",gauge="process_memory",unit="bytes"}') < 1e9
    broken = ask(prom, 'onrush_threshold_ok{job="live"} == 0')
    assert [m["threshold"] for m, _ in broken] == ["http_req_failed: rate < 0.01"], broken


def check_dashboard(prom):
    empty = {title for title, e in dashboard_expressions() if not ask(prom, for_api(e))}
    assert not empty, f"panels without data: {empty}"


def check_stored(prom, gateway, metrics):
    """The last push, through the gateway: the run's own figures."""
    page = get(gateway.url + "/metrics")
    assert 'onrush_run_state{instance="' in page and added(page, "onrush_run_state", 'state="done"') == 1
    n = metrics["http_reqs"]["values"]["count"]
    assert added(page, "onrush_http_requests_total") == n
    pushed = 'job="onrush"'
    until("what was pushed is stored", lambda: total(prom, f"sum(onrush_http_requests_total{{{pushed}}})") == n)
    failed = metrics["http_req_failed"]["values"]
    checks = metrics["checks"]["values"]
    for expression, want in (
            (f"sum(onrush_http_request_failures_total{{{pushed}}})", failed["passes"]),
            (f'sum(onrush_http_request_failures_total{{{pushed},class="http-4xx"}})', failed["passes"]),
            (f'sum(onrush_checks_total{{{pushed},result="passed"}})', checks["passes"]),
            (f'sum(onrush_checks_total{{{pushed},result="failed"}})', checks["fails"]),
            (f"sum(onrush_iterations_total{{{pushed}}})", metrics["iterations"]["values"]["count"]),
            (f"sum(onrush_data_sent_bytes_total{{{pushed}}})", metrics["data_sent"]["values"]["count"]),
            (f"sum(onrush_data_received_bytes_total{{{pushed}}})", metrics["data_received"]["values"]["count"])):
        assert total(prom, expression) == want, (expression, total(prom, expression), want)
    duration = metrics["http_req_duration"]["values"]
    mean = (f"sum(onrush_http_request_duration_seconds_sum{{{pushed}}}) / "
            f"sum(onrush_http_request_duration_seconds_count{{{pushed}}})")
    assert abs(total(prom, mean) * 1000 - duration["avg"]) < 1e-3 * duration["avg"]
    # An exact percentile lies between the bounds that enclose its rank.
    rows = ask(prom, f"sum by (le) (onrush_http_request_duration_seconds_bucket{{{pushed}}})")
    bounds = sorted((float(m["le"]), v) for m, v in rows)
    below = [le for le, v in bounds if v < 0.9 * n]
    above = [le for le, v in bounds if v >= 0.9 * n + 1]
    assert (below[-1] if below else 0) <= duration["p(90)"] / 1000 * 1.001
    assert duration["p(90)"] / 1000 <= above[0] * 1.001


@test
def prometheus_stores_what_the_run_counted():
    need("prometheus", "prometheus-pushgateway")
    gateway_port = free_port()
    with Target() as t, pushgateway(gateway_port) as gateway:
        args = ("--prometheus", ":0", "--push", gateway.url, "--push-every", "1s", "--out", path("watched"))
        with Serving(profile(t), *args) as run, prometheus(int(re.search(r":(\d+)/", run.url)[1]), gateway_port) as prom:
            until("requests", lambda: (total(prom, 'sum(rate(onrush_http_requests_total{job="live"}[10s]))') or 0) > 0)
            ctl("pause")
            until("it stands still", lambda: samples(get(run.url))["onrush_http_requests_in_flight"] == 0)
            check_live(prom, run.url)
            ctl("resume")
            until("it goes on", lambda: total(prom, 'onrush_run_state{job="live",state="running"}') == 1)
            errors = for_api("sum(rate(onrush_http_request_failures_total[$__rate_interval]))")
            until("errors in the window", lambda: (total(prom, errors) or 0) > 0)
            check_dashboard(prom)
            said = run.finish(99)
            assert "not pushed" not in said, said
            check_stored(prom, gateway, load("watched/summary.json")["metrics"])


@test
def promtool_has_nothing_to_say_against_the_metrics():
    need("promtool")
    pages = {}
    with Target() as t:
        for style in ("onrush", "k6"):
            with Serving(profile(t), "--prometheus", ":0", "--export-style", style, "--out", path("lint-" + style)) as run:
                until("requests", lambda: added(get(run.url), f"{style}_http_req") > 0)
                pages[style] = get(run.url)
                run.finish(99)
    for style, page in pages.items():
        lint = subprocess.run(["promtool", "check", "metrics"], input=page, capture_output=True, text=True, timeout=30)
        assert lint.returncode == 0 and not lint.stdout.strip() and not lint.stderr.strip(), (style, lint)
    for name in ("http_reqs_total", "http_req_duration_p95_seconds", "http_req_duration_p95", "http_req_failed_rate",
                 "checks_rate", "vus", "iterations_total", "data_sent_total", "data_received_total"):
        assert f"k6_{name}" in samples(pages["k6"]), name


@test
def alert_rules_fire_when_they_should():
    need("promtool")
    rules = os.path.join(DOC, "prometheus", "onrush.rules.yml")
    for command in (["check", "rules", rules], ["check", "config", os.path.join(DOC, "prometheus", "prometheus.yml")],
                    ["test", "rules", os.path.join(DOC, "..", "tests", "cli", "onrush.rules.test.yml")]):
        p = subprocess.run(["promtool", *command], capture_output=True, text=True, timeout=60)
        assert p.returncode == 0, p.stdout + p.stderr


@test
def documents_name_metrics_that_there_are():
    with open(os.path.join(DOC, "export.md")) as f:
        told = set(re.findall(r"^\| (onrush_\w+) \|", f.read(), re.M))
    with open(os.path.join(DOC, "prometheus", "onrush.rules.yml")) as f:
        used = {("rules", m) for m in re.findall(r"\bonrush_\w+", f.read())}
    used |= {(title, m) for title, e in dashboard_expressions() for m in re.findall(r"\bonrush_\w+", e)}
    assert len(told) > 20 and len(used) > 20
    for where, name in used:
        assert name in told or re.sub("_(bucket|sum|count)$", "", name) in told, (where, name)


# --- the server's manners ----------------------------------------------------

def talk(url, *parts, wait=True):
    """Says the parts, one by one; all that comes back until the end."""
    host, port = re.match(r"http://([^:/]+):(\d+)", url).groups()
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as s:
        for part in parts:
            s.sendall(part.encode())
            time.sleep(0.02)  # so that they arrive apart; nothing depends on it
        got = b""
        while wait:
            more = s.recv(65536)
            if not more:
                break
            got += more
        return got.decode()


def heard(s):
    """What a connection brings up to its end."""
    with s:
        try:
            return s.recv(100)
        except ConnectionResetError:
            return b""


def statuses(answer):
    return re.findall(r"^HTTP/1\.1 (\d+)", answer, re.M)


GET = "GET /metrics HTTP/1.1\r\nHost: x\r\n"


def check_requests(url):
    last = GET + "Connection: close\r\n\r\n"
    assert statuses(talk(url, last)) == ["200"]
    assert statuses(talk(url, "GET /metrics?a=b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")) == ["200"]
    assert statuses(talk(url, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")) == ["404"]
    assert statuses(talk(url, "GET /metrics HTTP/1.0\r\n\r\n")) == ["200"]
    assert statuses(talk(url, "GET /metrics HTTP/1.1\r\n\r\n" + last)) == ["400", "200"]
    # Kept open, in pieces, two at once.
    assert statuses(talk(url, *(GET + "\r\n"), last)) == ["200", "200"]
    assert statuses(talk(url, (GET + "\r\n") * 3 + last)) == ["200"] * 4
    head = talk(url, "HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n" + "HEAD /no HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert statuses(head) == ["200", "404"] and "onrush_" not in head and re.search(r"Content-Length: \d{3,}", head)
    post = talk(url, "POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
    assert statuses(post) == ["405"] and "Allow: GET, HEAD" in post and "Connection: close" in post
    assert statuses(talk(url, "nonsense\r\n\r\n")) == ["400"]
    assert statuses(talk(url, GET, *["X-A: " + "b" * 1000 + "\r\n"] * 9)) == ["431"]
    open_ = talk(url, GET + "Accept: application/openmetrics-text;version=1.0.0\r\nAccept: text/plain;q=0.5\r\n"
                 "Connection: close\r\n\r\n")
    assert "Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8" in open_
    assert open_.endswith("# EOF\n")


@test
def whoever_asks_gets_an_answer_and_no_more_than_that():
    args = ("--prometheus", "localhost:0", "--out", path("manners"))
    with Target() as t, Serving(profile(t), *args) as run:
        check_requests(run.url)
        host, port = re.match(r"http://([^:/]+):(\d+)", run.url).groups()
        # Many who say nothing, or half of it, and one who does not read.
        silent = [socket.create_connection((host, int(port)), timeout=PATIENCE) for _ in range(60)]
        for s in silent[:10]:
            try:
                s.sendall(b"GET /metr")
            except OSError:
                pass
        deaf = socket.create_connection((host, int(port)), timeout=PATIENCE)
        deaf.sendall((GET + "\r\n").encode() * 100)
        # They are dropped in time, and others are served again.
        until("an answer", lambda: "onrush_vus 4" in get(run.url))
        for s in silent:
            assert not heard(s)
        # The end of the run waits for nobody.
        rest = socket.create_connection((host, int(port)), timeout=PATIENCE)
        rest.sendall(b"GET /metr")
        run.finish(99)
        assert not heard(rest)
        deaf.close()


@test
def a_port_that_is_taken_is_said_before_anything_is_sent():
    with Target() as t, socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        port = s.getsockname()[1]
        p = onrush("run", profile(t), "--headless", "--prometheus", f":{port}", status=1)
        assert f"cannot serve metrics on port {port}: address already in use; nothing was sent" in p.stderr, p.stderr
        assert t.counts()["received"] <= 1, t.counts()
    for option, value, words in (("--prometheus", "example.org:1", "not an address to listen on"),
                                 ("--push", "gateway:9091", "no URL of a Pushgateway"),
                                 ("--push", "http://me:secret@", "no URL of a Pushgateway"),
                                 ("--push-every", "10ms", "at least 1s"),
                                 ("--export-style", "k7", "neither onrush nor k6")):
        p = onrush("run", "x.ini", option, value, status=104)
        assert words in p.stderr and "secret" not in p.stderr, p.stderr


# --- gateways that misbehave -------------------------------------------------

class Gateway(http.server.ThreadingHTTPServer):
    """Answers each push with the next of these statuses, the last for ever."""
    daemon_threads = True

    def __init__(self, *answers):
        self.answers, self.pushes = list(answers), []
        super().__init__(("127.0.0.1", 0), Pushes)
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05})

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.thread.join()
        self.server_close()


class Pushes(http.server.BaseHTTPRequestHandler):
    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.pushes.append((self.path, self.headers.get("Authorization"), body))
        status = self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        text = b"no \x1b[31mroom\n"
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


@test
def a_push_logs_in_and_trouble_is_told_once():
    with Target() as t, Gateway(200, 503, 503, 200) as g:
        url = f"http://me:s%40cret@127.0.0.1:{g.server_port}"
        p = onrush("run", profile(t, "a = 5500ms at 2"), "--headless", "--push", url, "--push-every", "1s",
                   "--out", path("pushed"), status=99)
        said = p.stdout + p.stderr
        assert said.count("metrics were not pushed to http://127.0.0.1") >= 1, said
        assert p.stderr.count("not pushed") == 1 and "its answer is 503: no ?[31mroom" in p.stderr, p.stderr
        assert p.stderr.count("are pushed to http://127.0.0.1") == 1, p.stderr
        assert "cret" not in said and "me:" not in said, said
        want = "Basic " + base64.b64encode(b"me:s@cret").decode()
        assert len(g.pushes) >= 5 and {a for _, a, _ in g.pushes} == {want}
        where = {w for w, _, _ in g.pushes}
        assert len(where) == 1 and where.pop().startswith("/metrics/job/onrush/instance/")
        assert 'onrush_run_state{state="done"} 1' in g.pushes[-1][2]
        summary = load("pushed/summary.json")
        assert added(g.pushes[-1][2], "onrush_http_requests_total") == summary["metrics"]["http_reqs"]["values"]["count"]
        with open(path("pushed/summary.json")) as f:
            assert "cret" not in f.read()
        assert not os.path.exists(path("pushed/INCOMPLETE"))  # no file lacks anything


@test
def a_gateway_that_never_answers_takes_nothing_from_the_run():
    with Target() as t, socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        p = onrush("run", profile(t, "a = 2500ms at 2"), "--headless", "--push",
                   f"http://127.0.0.1:{s.getsockname()[1]}/a/b", "--push-every", "1s", "--out", path("silent"), status=99)
        assert p.stderr.count("not pushed") == 1 and "no answer in time" in p.stderr, p.stderr
        assert load("silent/summary.json")["metrics"]["http_reqs"]["values"]["count"] > 100
        port = s.getsockname()[1]
    with Target() as t:
        p = onrush("run", profile(t, "a = 500ms at 2"), "--headless", "--push", f"http://127.0.0.1:{port}/a",
                   "--out", path("nobody"), status=99)
        assert p.stderr.count("not pushed") == 1, p.stderr
    for name in ("silent", "nobody"):  # the run's results lack nothing by it
        assert not os.path.exists(path(f"{name}/INCOMPLETE")), name


main()
