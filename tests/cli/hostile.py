# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that want to be more than text, and who finds out whether they were."""
import html.parser, random, re

# Each has a mark, so that one can see where it came out.
STRINGS = [
    "esc\x1b[2J\x1b[31m", "title\x1b]0;owned\x07", "link\x1b]8;;http://evil/\x1b\\x", "clip\x1b]52;c;aGk=\x07",
    "c1\u009b31m\u009d0;t\u009c", "dcs\u0090q\u009c", "bell\x07\x08\x0b\x0c\x0e\x7f", "cr\rover", "tab\tbed",
    "bidi\u202egpj.exe\u202c", "isolate\u2066a\u2067b\u2068c\u2069", "mark\u200e\u200f\u061c", "zero\u200b\u200c\u200d\u2060\ufeff",
    "tag\U000e0041\U000e0042\U000e007f", "note\ufff9a\ufffab\ufffb", "non\ufffe\uffff", "soft\u00ad\u034f\u180e", "line\u2028a\u2029b\u0085c",
    "<script>alert(1)</script>", "</title></script><img src=x onerror=alert(1)>", "]]>cdata<![CDATA[", "--><!--",
    "'\"><svg/onload=alert(1)>", "&lt;&#60;&#x3c;", "`code` **bold** |cell| [a](javascript:alert(1)) @team #1 <b>",
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\"quoted\",comma;semi", "a\\nb\\\"c} 9\\", "{{7*7}}${7*7}#{7*7}",
    "../../../etc/passwd", "/etc/passwd", ".hidden", "-rf", "~root", "con.txt", "$(touch owned)`touch owned`;touch owned",
    "%s%n%x%5$hn", "' OR 1=1; DROP TABLE runs; --", "x" * 3000, "wide\U0001f468\u0301\u0301\u0301\u4f60",
]
BYTES = [b"bad\xff\xfe\xc0\xaf", b"c1\x9b31m\x9d0;t\x9c", b"cut\xe2\x80", b"sur\xed\xa0\x80", b"over\xf4\x90\x80\x80", b"nul\x00end"]

# Nothing that a terminal acts on, and nothing that shows a text in another order or hides some of it.
HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
                     "\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]")


def expect_harmless(what, out):
    """out: bytes, as they came."""
    try:
        text = out.decode("utf-8")
    except UnicodeDecodeError as e:
        raise AssertionError(f"{what}: no UTF-8 at {out[max(0, e.start - 60):e.end + 20]!r}")
    m = HARMFUL.search(text)
    assert not m, f"{what}: {text[max(0, m.start() - 80):m.end() + 40]!r}"
    return text


class Page(html.parser.HTMLParser):
    """Which tags and attributes a page has."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.scripts, self.is_script = {}, set(), [], False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.is_script = tag == "script"
        for name, value in attributes:
            self.attributes.add(name)
            assert not (value or "").lower().strip().startswith("javascript:"), value


    def handle_endtag(self, tag):
        self.is_script = False

    def handle_data(self, data):
        if self.is_script:
            self.scripts.append(data)


def expect_tame_page(what, text):
    page = Page(text)
    assert not {"img", "iframe", "object", "embed", "b"} & set(page.tags), (what, page.tags)
    assert not [a for a in page.attributes if a.startswith("on")], (what, page.attributes)
    for script in page.scripts:  # "<!--" and "<script" in one would hide its end
        assert not script.startswith("alert") and "<!--" not in script, (what, script[:200])
    return page


def expect_tame_markdown(what, text):
    for line in text.splitlines():
        outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", line)
        assert not re.search(r"(?<!\\)<(script|img|svg|b)\b|(?<!\\)\]\(javascript", outside), (what, line)


def noise(seed, count):
    """A page of random bytes, escapes among them."""
    r = random.Random(seed)
    parts = [bytes(r.randrange(256) for _ in range(r.randrange(1, 40))) for _ in range(count)]
    return b" ".join(p for pair in zip(parts, (s.encode() for s in STRINGS * count)) for p in pair)
