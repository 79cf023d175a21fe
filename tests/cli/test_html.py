#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""report.html in a browser (headless Chromium, if there is one), and report.md
read by cmark-gfm, GitHub's own Markdown reader, if that is there."""
import html.parser, json, os, re, shutil, subprocess
from tap import FOLDER, Skip, Target, main, onrush, path, test, write

# As much as a name may hold; the unit test goes on with </script> and the like.
EVIL = "<script>evil()<!--<img src onerror>|`*_[a](b)@me"
VOID = {"meta", "img", "br", "hr", "link", "input"}
RESULT = {}


def run():
    """One run for all tests, with a hostile name and hostile answers; its page and Markdown."""
    if not RESULT:
        with Target("errors=20%", "service=2ms") as target:
            write("evil.ini", f"""[profile]
name = {EVIL}
[target]
url = {target.url}
[stages]
one = 2s at 4
two = 2s at 8
[request home]
GET = /
check {EVIL} = status == 200
[request hostile]
GET = /fault/escape
[thresholds]
http_req_duration = p(95) < 1s, p(99) < 2s
http_req_failed = rate < 0.01
""")
            onrush("run", "--headless", "--out", path("evil"), "evil.ini", status=99)
        for name in "report.html", "report.md":
            with open(os.path.join(path("evil"), name), encoding="utf-8") as f:
                RESULT[name] = f.read()
    return RESULT["report.html"]


class Checked(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.texts, self.ids = [], [], [], []

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        self.wrong += [f"<{tag} {n}>" for n in names if n.startswith("on") or n in ("src", "style")]
        self.wrong += [f"twice {n}" for n in set(names) if names.count(n) > 1]
        self.wrong += [f"<{tag} {v}>" for n, v in attributes if n == "href" and not v.startswith("#")]
        self.ids += [v for n, v in attributes if n == "id"]
        if tag in ("img", "iframe", "link", "object", "embed"):
            self.wrong.append(f"<{tag}>")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> without its beginning")

    def handle_data(self, data):
        self.texts.append(data)


@test
def the_page_is_well_formed_and_names_nothing_outside():
    page = run()
    checked = Checked()
    checked.feed(page)
    assert not checked.wrong, checked.wrong
    assert not checked.open, checked.open
    assert len(set(checked.ids)) == len(checked.ids), "an id twice"
    assert any(EVIL in text for text in checked.texts)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)
    assert policy.startswith("default-src 'none';") and "unsafe" not in policy, policy
    style = re.search(r"<style.*?</style>", page, re.S).group(0)
    assert "url(" not in style and "@import" not in style
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.S).group(1))
    assert data is None or data["count"] >= 4


def chromium():
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        raise Skip("there is no chromium")
    return found


def browse(page, width=1280, script="", dark=False):
    """The page after its scripts and ours, and what the browser's console said."""
    nonce = re.search(r'<script nonce="(\w+)"', page).group(1)
    if script:
        page = page.replace("</body>", f'<script nonce="{nonce}">{script}</script></body>')
    file = write("browsed.html", page)
    p = subprocess.run(
        [chromium(), "--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0",
         f"--user-data-dir={path('browser')}", "--host-resolver-rules=MAP * ~NOTFOUND",
         "--disable-background-networking", "--no-first-run", "--virtual-time-budget=4000",
         f"--window-size={width},900", *(["--blink-settings=preferredColorScheme=0"] if dark else []),
         "--dump-dom", "file://" + file],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=90,
        env=dict(os.environ, HOME=FOLDER))
    assert "<html" in p.stdout, p.stderr
    return p.stdout, [line for line in p.stderr.splitlines() if "CONSOLE" in line]


# Runs in the page: what its charts drew, then what its buttons do.
LOOK = """
setTimeout(() => {
    const say = (name, value) => { document.body.dataset[name] = String(value); };
    const ink = [...document.querySelectorAll("canvas")].map(c => {
        const seen = new Set(), all = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
        for (let i = 0; i < all.length; i += 4)
            if (all[i + 3] > 200)
                seen.add(all[i] << 16 | all[i + 1] << 8 | all[i + 2]);
        return seen.size;
    });
    say("ink", ink.join(" "));
    say("wide", document.body.scrollWidth);
    const table = document.querySelector("#requests table");
    const names = () => [...table.tBodies[0].rows].map(r => r.cells[0].textContent).join(" ");
    table.querySelector("th button").click();
    const up = names();
    table.querySelector("th button").click();
    say("sorted", up + " then " + names());
    const ground = () => getComputedStyle(document.body).backgroundColor;
    const before = ground();
    document.getElementById("theme").click();
    say("themes", before + " then " + ground());
    const before_print = [...document.querySelectorAll("#charts .still")].map(s => getComputedStyle(s).display);
    say("still", before_print.join(" "));
    const verdict = document.querySelector("#verdict").getBoundingClientRect();
    say("bottom", Math.round(verdict.bottom));
    say("pictures", document.querySelectorAll("#charts .still > svg").length);
    say("requests", document.querySelectorAll("#requests details .still > svg").length);
}, 500);
"""


def look():
    if "look" not in RESULT:
        RESULT["look"] = browse(run(), script=LOOK)
    return RESULT["look"]


def told(dom, name):
    return re.search(f'data-{name}="([^"]*)"', dom).group(1)


@test
def the_browser_shows_it_without_a_complaint():
    dom, console = look()
    assert not console, console
    title = html.unescape(re.search("<title>(.*?)</title>", dom).group(1))
    assert title == f"✗ broken: {EVIL}", title
    assert told(dom, "pictures") == "4"
    assert told(dom, "requests") == "2"
    assert told(dom, "sorted") == "home hostile then hostile home"
    before, after = told(dom, "themes").split(" then ")
    assert before != after
    assert int(told(dom, "bottom")) < 900, "the verdict is not on the first screen"


@test
def charts_that_move_have_drawn():
    if "/*! uPlot" not in run():
        raise Skip("built without uPlot: the charts are still")
    dom, console = look()
    ink = [int(n) for n in told(dom, "ink").split()]
    assert len(ink) == 4 and min(ink) > 3, ink
    assert set(told(dom, "still").split()) == {"none"}
    assert 'data-charts="4"' in dom


@test
def without_the_chart_library_the_pictures_stay():
    page = re.sub(r"/\*! uPlot.*?(?=/\* SPDX)", "", run(), flags=re.S)
    assert "uPlot=" not in page
    dom, console = browse(page, script=LOOK)
    assert not console, console
    assert set(told(dom, "still").split()) == {"block"}
    assert told(dom, "pictures") == "4" and told(dom, "ink") == ""


@test
def a_phone_scrolls_nothing_but_tables():
    # A window is at least 500 wide, which is narrow enough for the phone's rules.
    style = "<style nonce=\"%s\">html{width:390px}</style>" % re.search(r'nonce="(\w+)"', run()).group(1)
    dom, console = browse(run().replace("</head>", style + "</head>"), width=500, script=LOOK)
    assert not console, console
    assert int(told(dom, "wide")) <= 390, told(dom, "wide")
    assert int(told(dom, "bottom")) < 900


@test
def github_makes_text_of_hostile_names():
    if not shutil.which("cmark-gfm"):
        raise Skip("there is no cmark-gfm")
    run()
    p = subprocess.run(["cmark-gfm", "-e", "table", "-e", "autolink", "-e", "strikethrough", "--unsafe"],
                       input=RESULT["report.md"], capture_output=True, text=True, timeout=20, check=True)
    assert not re.search(r"<(a|img|script|em|del|iframe)\b", p.stdout), p.stdout
    assert p.stdout.count("<table>") >= 5
    assert EVIL in html.unescape(re.sub(r"</?code>", "", p.stdout))


main()
