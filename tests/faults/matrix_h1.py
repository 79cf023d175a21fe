# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the fault matrix: what an HTTP/1.1 server can do wrong once it was
asked. A row's name is the path it is asked at."""
from fault import Fault, on
from manners import CHUNKED, FOREVER, KIB, OK

ALL = "h1 tls curl"
LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: "
FAULTS, MANNERS = [], {}

LATE = "libcurl tells of an answer with its first whole line"
LENIENT_CHUNKS = ("libcurl reads the chunks itself: it skips what stands behind a size, keeps none of it, and "
                  "takes LF alone for the end of a line, but no more than 16 digits")
VAGUE = "libcurl does not say what is wrong with chunks"
DROPPED = "libcurl drops what stands behind an answer, closes the connection, and says nothing"
CODINGS = ("libcurl refuses codings that nobody asked for; elsewhere the framing counts: a coding that is not chunked "
           "lasts to the end of the connection")
UNREAD = "nobody needs it, so nobody looks at it"
FIRST_LINE = "libcurl wants the status line first"
NO_NUL = "libcurl takes no NUL anywhere in a head"


# --- what follows the bytes -------------------------------------------------

async def keep(t):
    return True


async def end(t):
    """Its end is said, ours is still read (over TLS: all is closed)."""


async def close(t):
    t.writer.close()


async def cut(t):
    """The end without TLS's close_notify."""
    await t.abort()


async def reset(t):
    await t.reset()


async def hold(t):
    await t.wait()


def row(name, group, does, answer, then, counted, note="", method="GET", **others):
    """answer: bytes, or what makes them when they are first asked for."""
    made = []

    async def manner(t):
        if not made:
            made.append(answer if isinstance(answer, bytes) else answer())
        await t.say(made[0])
        return await then(t)
    assert "/" + name not in MANNERS, name
    MANNERS["/" + name] = manner
    counted = on(ALL, counted, **others) if counted else others
    FAULTS.append(Fault(name, group, does, counted, note, method))


# --- phases: where an answer can stop ---------------------------------------

PHASES = {  # what was said until then
    "status-line": b"HTTP/1.1 20",
    "header": b"HTTP/1.1 200 OK\r\nContent-Le",
    "header-lines": b"HTTP/1.1 200 OK\r\nServer: x\r\n",
    "body-begin": LENGTH + b"5\r\n\r\n",
    "body": LENGTH + b"5\r\n\r\nhel",
    "chunk-size": CHUNKED + b"5\r\nhello\r\n1",
    "chunk": CHUNKED + b"64\r\nhello",
    "chunk-end": CHUNKED + b"5\r\nhello",
    "chunks": CHUNKED + b"5\r\nhello\r\n",
    "last-chunk": CHUNKED + b"5\r\nhello\r\n0\r\n",
    "trailer": CHUNKED + b"5\r\nhello\r\n0\r\nX: y\r\n",
    "interim": b"HTTP/1.1 100 Continue\r\n\r\n",
}
WHERE = {
    "status-line": "within the status line", "header": "within a header", "header-lines": "between two headers",
    "body-begin": "behind the head, before the body", "body": "within a body of known length",
    "chunk-size": "within a chunk's size", "chunk": "within a chunk", "chunk-end": "before a chunk's CRLF",
    "chunks": "between two chunks", "last-chunk": "behind the last chunk, before the empty line",
    "trailer": "behind a trailer", "interim": "behind a 100 Continue",
}
ENDS = {
    "end": (end, "shuts its sending side", "truncated", ALL),
    "close": (close, "closes", "truncated", ALL),
    "cut": (cut, "closes without close_notify", "truncated", "tls"),
    "reset": (reset, "resets", "truncated", ALL),
    "stall": (hold, "says nothing more", "timeout-receive", ALL),
}


def phases():
    for how, (then, does, counted, wires) in ENDS.items():
        row(f"before-{how}", "Connections", f"{does} before the answer", b"", then,
            None, **on(wires, "timeout-wait" if how == "stall" else "reset"))
        for phase, said in PHASES.items():
            is_late = phase == "status-line" and "curl" in wires
            others = {"curl": "timeout-wait" if how == "stall" else "reset"} if is_late else {}
            row(f"{phase}-{how}", "Stalls" if how == "stall" else "Connections", f"{does} {WHERE[phase]}", said, then,
                None, LATE if is_late else "", **on(wires, counted, **others))


def trickles():
    for name, said, rest in (("status-line", b"", b"HTTP/1.1 200 " + b"x" * FOREVER),
                             ("head", b"HTTP/1.1 200 OK\r\n", b"X: " + b"x" * FOREVER),
                             ("body", LENGTH + b"5000\r\n\r\n", b"x" * FOREVER),
                             ("body-until-close", b"HTTP/1.1 200 OK\r\n\r\n", b"x" * FOREVER),
                             ("chunk-size", CHUNKED, b"0" * FOREVER),
                             ("chunk", CHUNKED + b"5000\r\n", b"x" * FOREVER),
                             ("trailer", CHUNKED + b"0\r\n", b"X: " + b"x" * FOREVER)):
        async def drips(t, rest=rest):
            await t.drip(rest)
        row(f"trickle-{name}", "Stalls", f"a byte a second: {name.replace('-', ' ')}", said, drips, "timeout-receive",
            **({"curl": "timeout-wait", "note": LATE} if name == "status-line" else {}))


phases()
trickles()


async def flood(t):
    while True:
        await t.say(b"x" * 16 * KIB)
        await t.wait(0.02)


row("body-endless", "Stalls", "a body that never ends, at some speed", b"HTTP/1.1 200 OK\r\n\r\n", flood,
    "timeout-receive")

# --- lengths ----------------------------------------------------------------


def length(name, value, counted="malformed", then=keep, does=None, body=b"hello", **others):
    row(f"length-{name}", "Lengths", does or f"`Content-Length: {value}` and 5 bytes",
        LENGTH + value.encode() + b"\r\n\r\n" + body, then, counted, **others)


length("short", "100", "truncated", end, "`Content-Length: 100`, 5 bytes, then the end")
row("length-none", "Lengths", "neither a length nor chunks: the end of the connection is the body's",
    b"HTTP/1.1 200 OK\r\n\r\nhello", end, "ok")
row("length-none-cut", "Lengths", "the same, without close_notify", b"HTTP/1.1 200 OK\r\n\r\nhello", cut, None,
    tls="tls", note="who cut the connection cannot be told from the target")
row("length-none-reset", "Lengths", "the same, ended by a reset", b"HTTP/1.1 200 OK\r\n\r\nhello", reset, "truncated")
length("twice", "5\r\nContent-Length: 5", does="twice `Content-Length: 5`")
length("two", "5\r\nContent-Length: 6", does="`Content-Length: 5` and `Content-Length: 6`", body=b"hello!")
length("list", "5, 5")
length("list-two", "5, 6", body=b"hello!")
length("negative", "-5")
length("plus", "+5")
length("hex", "0x5")
length("text", "5x")
length("split", "0 5")
length("blank", "", then=end)
length("overflow", "18446744073709551621")
length("overflow-far", "9" * 100)
length("half", "9223372036854775799", "truncated", end)
length("beyond-half", "9223372036854775808", "truncated", end, curl="malformed", note="libcurl counts to 2^63")
length("zeros", "0" * 50 + "5", "ok")
row("length-and-chunks", "Lengths", "`Content-Length: 5` and `Transfer-Encoding: chunked`",
    LENGTH + b"5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", keep, "malformed")
row("chunks-and-length", "Lengths", "`Transfer-Encoding: chunked` and `Content-Length: 5`",
    CHUNKED[:-2] + b"Content-Length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n", keep, "malformed")
row("head-length", "Lengths", "HEAD: a length and no body", LENGTH + b"5\r\n\r\n", keep, "ok", method="HEAD")
row("head-chunks", "Lengths", "HEAD: chunked and no body", CHUNKED, keep, "ok", method="HEAD")
row("head-body", "Lengths", "HEAD: with the body", OK, keep, "malformed", DROPPED, "HEAD", curl="ok")
for status in (b"204 No Content", b"304 Not Modified"):
    number = status[:3].decode()
    row(f"length-{number}", "Lengths", f"{number} with a length and no body",
        OK.replace(b"200 OK", status).replace(b"hello", b""), keep, "ok")
    row(f"body-{number}", "Lengths", f"{number} with a length and a body", OK.replace(b"200 OK", status), keep,
        "malformed", DROPPED, curl="ok")
    row(f"chunked-{number}", "Lengths", f"{number}, chunked, with a body",
        CHUNKED.replace(b"200 OK", status) + b"5\r\nhello\r\n0\r\n\r\n", keep, "malformed", DROPPED,
        curl="ok")

# --- chunks -----------------------------------------------------------------


def chunks(name, does, said, counted="malformed", then=keep, **others):
    row(f"chunk-{name}", "Chunks", does, CHUNKED + said if isinstance(said, bytes) else lambda: CHUNKED + said(),
        then, counted, **others)


chunks("rubbish", "a size of `zz`", b"zz\r\nhello\r\n0\r\n\r\n")
chunks("size-tail", "a size of `5,5`", b"5,5\r\nhello\r\n0\r\n\r\n", curl="ok", note=LENIENT_CHUNKS)
chunks("size-space", "a size of `5 5`", b"5 5\r\nhello\r\n0\r\n\r\n", curl="ok", note=LENIENT_CHUNKS)
chunks("size-negative", "a size of `-5`", b"-5\r\nhello\r\n0\r\n\r\n")
chunks("size-plus", "a size of `+5`", b"+5\r\nhello\r\n0\r\n\r\n")
chunks("size-0x", "a size of `0x5`", b"0x5\r\nhello\r\n0\r\n\r\n")
chunks("size-empty", "an empty size", b"\r\nhello\r\n0\r\n\r\n")
chunks("size-huge", "a size of 2^68", b"1" + b"0" * 17 + b"\r\nhello\r\n", then=end)
chunks("size-2-60", "a size of 2^60, 5 bytes, then the end", b"1" + b"0" * 15 + b"\r\nhello", "truncated", end)
chunks("size-zeros", "a size with 40 zeros before it", b"0" * 40 + b"5\r\nhello\r\n0\r\n\r\n", "ok", curl="malformed",
       note=LENIENT_CHUNKS)
chunks("too-long", "a chunk longer than its size", b"5\r\nhello!\r\n0\r\n\r\n")
chunks("no-crlf", "no CRLF behind a chunk", b"5\r\nhello0\r\n\r\n")
chunks("lf", "lines of chunks that end with LF alone", b"5\nhello\n0\n\n", curl="ok", note=LENIENT_CHUNKS)
chunks("extension", "an extension", b"5;a=b\r\nhello\r\n0\r\n\r\n", "ok")
chunks("extension-quoted", "a quoted extension", b"5;a=\"b\"\r\nhello\r\n0\r\n\r\n", "ok")
chunks("extension-1m", "an extension of 1 MB", lambda: b"5;x=" + b"x" * KIB * KIB + b"\r\nhello\r\n0\r\n\r\n",
       "too-large", curl="ok", note=LENIENT_CHUNKS)
chunks("extensions", "20 000 chunks of a byte, each with an extension of 60",
       lambda: (b"1;x=" + b"x" * 60 + b"\r\nh\r\n") * 20000 + b"0\r\n\r\n", "too-large", curl="ok",
       note=LENIENT_CHUNKS)
chunks("small", "20 000 chunks of a byte", lambda: b"1\r\nh\r\n" * 20000 + b"0\r\n\r\n", "ok")
chunks("trailers", "two trailers", b"5\r\nhello\r\n0\r\nX: y\r\nZ: y\r\n\r\n", "ok")
chunks("trailer-bad", "a trailer without a colon", b"5\r\nhello\r\n0\r\nX y\r\n\r\n")
chunks("trailer-length", "a trailer `Content-Length: 99`", b"5\r\nhello\r\n0\r\nContent-Length: 99\r\n\r\n", "ok",
       note="a trailer says nothing of the framing")
chunks("trailer-1m", "a trailer of 1 MB", lambda: b"0\r\nX: " + b"x" * KIB * KIB + b"\r\n\r\n", "too-large",
       curl="malformed", note=VAGUE)
chunks("trailers-20000", "20 000 trailers", lambda: b"0\r\n" + b"X-Trailer: value\r\n" * 20000 + b"\r\n", "too-large")


def coding(name, value, body, counted, then=keep, **others):
    row(f"coding-{name}", "Chunks", f"`Transfer-Encoding: {value}`".replace("\r\n", " and "),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + value.encode() + b"\r\n\r\n" + body, then, counted, **others)


BODY = b"5\r\nhello\r\n0\r\n\r\n"
coding("unknown", "bogus", b"hello", "ok", end, curl="malformed", note=CODINGS)
coding("gzip-chunked", "gzip, chunked", BODY, "ok", curl="malformed", note=CODINGS)
coding("chunked-gzip", "chunked, gzip", BODY, "ok", end, curl="malformed", note=CODINGS)
coding("chunked-twice", "chunked, chunked", BODY, "ok", end)
coding("two-lines", "chunked\r\nTransfer-Encoding: chunked", BODY, "ok", end)
coding("identity", "identity", b"hello", "ok", end)
coding("case", "CHUNKED", BODY, "ok")
coding("like", "xchunked", b"hello", "ok", end, curl="malformed", note=CODINGS)
coding("blank", "", b"hello", "ok", end)

# --- heads ------------------------------------------------------------------


def head(name, does, said, counted="malformed", then=keep, **others):
    row(f"head-{name}", "Heads", does, said, then, counted, **others)


def first(name, does, line, counted="malformed", **others):
    """Another status line; the end behind it."""
    head(name, does, line + OK[len(b"HTTP/1.1 200 OK"):], counted, end, **others)


def field(name, does, line, counted="malformed", **others):
    head(name, does, OK.replace(b"\r\nC", b"\r\n" + line + b"\r\nC"), counted, **others)


head("garbage", "binary rubbish", b"\x00\xff\x16\x03\x01 this is no HTTP \x1b[31m\r\n\r\n", then=end)
head("body-only", "a body without a head (HTTP/0.9)", b"<html>hello</html>", then=end)
head("tls-alert", "a TLS alert", b"\x15\x03\x03\x00\x02\x02\x28", then=end)
head("ssh", "an SSH server's greeting", b"SSH-2.0-OpenSSH_9.2\r\n", then=end)
head("empty-lines", "only empty lines", b"\r\n" * 20, "truncated", end, curl="malformed", note=FIRST_LINE)
first("crlf-first", "an empty line before the status line", b"\r\nHTTP/1.1 200 OK", "ok", curl="malformed",
      note=FIRST_LINE)
first("space-first", "a blank before the status line", b" HTTP/1.1 200 OK")
for status in ("000", "020", "099", "600", "999", "20", "2000", "abc", "-20", "2x0"):
    first(f"status-{status.strip('-')}{'-negative' * (status[0] == '-')}", f"a status of `{status}`",
          b"HTTP/1.1 " + status.encode() + b" Odd")
first("status-none", "no status", b"HTTP/1.1 ")
first("reason-none", "no reason", b"HTTP/1.1 200", "ok")
first("version-0-9", "`HTTP/0.9 200 OK`", b"HTTP/0.9 200 OK")
first("version-1-0", "`HTTP/1.0 200 OK`", b"HTTP/1.0 200 OK", "ok")
first("version-1-2", "`HTTP/1.2 200 OK`", b"HTTP/1.2 200 OK")
first("version-2-0", "`HTTP/2.0 200 OK`", b"HTTP/2.0 200 OK")
first("version-2", "`HTTP/2 200 OK`", b"HTTP/2 200 OK")
first("version-3", "`HTTP/3 200 OK`", b"HTTP/3 200 OK")
first("version-1-10", "`HTTP/1.10 200 OK`", b"HTTP/1.10 200 OK")
first("version-none", "`HTTP 200 OK`", b"HTTP 200 OK")
first("version-icy", "`ICY 200 OK`", b"ICY 200 OK")
first("version-case", "`http/1.1 200 OK`", b"http/1.1 200 OK")
first("no-blank", "`HTTP/1.1200 OK`", b"HTTP/1.1200 OK")
first("two-blanks", "two blanks before the status", b"HTTP/1.1  200 OK")
first("reason-escape", "a reason that turns terminals red", b"HTTP/1.1 200 \x1b[31mOK\x07", "ok")
first("reason-nul", "a NUL in the reason", b"HTTP/1.1 200 O\0K", "ok", curl="malformed", note=NO_NUL)
field("nul-value", "a NUL in a header's value", b"X: a\0b")
field("nul-name", "a NUL in a header's name", b"X\0Y: a")
field("escape-value", "an ESC in a header's value", b"X: \x1b[31m")
field("bytes-value", "bytes above 127 in a header's value", b"X: \xc3\xa4\xff", "ok")
field("bare-cr", "a CR alone in a value", b"X: a\rb")
field("obs-fold", "a folded line", b"X: a\r\n b", "ok")
field("fold-first", "a folded line behind the status line", b" X: a")
field("space-colon", "a blank before a colon", b"X : a", "ok", note=UNREAD)
field("length-space-colon", "a blank before Content-Length's colon", b"Content-Length : 5")
field("name-empty", "an empty name", b": a", "ok", note=UNREAD)
field("name-space", "a blank within a name", b"X Y: a", "ok", note=UNREAD)
field("no-colon", "a line without a colon", b"XY")
head("lf", "lines that end with LF alone", OK.replace(b"\r\n", b"\n"), then=end)
head("large", "64 KiB in one header", lambda: OK.replace(b"\r\nC", b"\r\nX: " + b"x" * 64 * KIB + b"\r\nC"), "ok")
head("1m", "1 MB in one header", lambda: OK.replace(b"\r\nC", b"\r\nX: " + b"x" * KIB * KIB + b"\r\nC"), "too-large")
head("name-1m", "a header's name of 1 MB", lambda: OK.replace(b"\r\nC", b"\r\n" + b"x" * KIB * KIB + b": x\r\nC"),
     "too-large")
head("reason-1m", "a reason of 1 MB", lambda: OK.replace(b"OK", b"x" * KIB * KIB), "too-large")
head("10000", "10 000 headers, 390 KB", lambda: OK.replace(b"\r\nC", b"\r\n" + b"".join(
    b"X-Field-%05d: a value of some length\r\n" % i for i in range(10000)) + b"C"), "too-large")


async def endless_head(t):
    while True:
        await t.say(b"X-Endless: and on it goes\r\n" * 500)

head("endless", "headers without end", b"HTTP/1.1 200 OK\r\n", "too-large", endless_head)

# --- interim answers --------------------------------------------------------

HINT = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"


def interim(name, does, said, counted, then=keep, **others):
    row(f"interim-{name}", "Interim answers", does, said, then, counted, **others)


async def endless_interims(t):
    while True:
        await t.say(HINT * 200)

interim("100", "100 Continue that nobody asked for, then the answer", b"HTTP/1.1 100 Continue\r\n\r\n" + OK, "ok")
interim("103", "103 Early Hints, then the answer", HINT + OK, "ok")
interim("hundred", "100 interim answers, then the answer", HINT * 100 + OK, "ok")
interim("2000", "2000 interim answers, then the answer", HINT * 2000 + OK, "too-large")
interim("endless", "interim answers without end", HINT, "too-large", endless_interims)
interim("only", "three interim answers, then the end", HINT * 3, "truncated", end)
interim("upgrade", "101 Switching Protocols that nobody asked for",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "malformed")
interim("length", "100 Continue with a length, then the answer",
        b"HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n" + OK, "ok")

# --- more than was asked for ------------------------------------------------

row("surplus", "Surplus", "more bytes than announced", OK + b"and more than was announced", keep, "malformed", DROPPED, curl="ok")
row("surplus-crlf", "Surplus", "a CRLF behind the body", OK + b"\r\n", keep, "malformed", DROPPED, curl="ok")
row("two-answers", "Surplus", "two answers to a request", OK + OK, keep, "malformed", DROPPED, curl="ok")
row("surplus-chunked", "Surplus", "bytes behind the last chunk", CHUNKED + BODY + b"more", keep, "malformed", DROPPED, curl="ok")
row("surplus-close", "Surplus", "`Connection: close`, and more bytes than announced",
    OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + b"more", end, "malformed", DROPPED, curl="ok")

# --- in order, and answers that are failures --------------------------------

row("plain", "In order", "a short answer", OK, keep, "ok")
row("close-said", "In order", "`Connection: close`, then the end",
    OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), end, "ok")
row("close-unsaid", "In order", "the end behind an answer, without a word of it", OK, end, "ok")
row("status-404", "In order", "404", OK.replace(b"200 OK", b"404 Not Found"), keep, "http-4xx")
row("status-503", "In order", "503", OK.replace(b"200 OK", b"503 Busy"), keep, "http-5xx")
row("status-301", "In order", "301 that is not followed", OK.replace(b"200 OK", b"301 Moved\r\nLocation: /ok"), keep, "ok")
row("body-escape", "In order", "a body that obeys no terminal, of a 500",
    b"HTTP/1.1 500 Oh\r\nContent-Length: 15\r\n\r\n\x1b]0;owned\x07\x1b[2Jx", keep, "http-5xx")
