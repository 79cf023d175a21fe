# SPDX-License-Identifier: GPL-3.0-or-later
"""An HTTP/2 server on raw frames that misbehaves as the path asks, or as its
opening says. It runs in a thread of the test, on asyncio, and counts what it
saw: requests that arrived whole, by path, connections, resets. What each
manner does stands in matrix_h2.py, which has a row for each."""
import asyncio, socket, struct

from background import Background
from h2_wire import *  # noqa

OK_HEAD = status() + field(b"content-length", b"5")
FOREVER = 3600


def ok(s):
    return head(s, OK_HEAD) + data(s, b"hello")


def with_head(*pairs):
    """An answer that is in order but for its head."""
    return lambda s: head(s, status() + fields(*pairs)) + data(s, b"hello")


def with_status(value):
    return lambda s: head(s, status(value), END_HEAD | END)


def refuses(code):
    return lambda s: reset(s, code)


def before_ok(*frames):
    return lambda s: b"".join(frames) + ok(s)


def hpack_bomb(s):
    """A field of 3,900 bytes enters the table, and is named 12,000 times."""
    return head(s, status() + b"\x40" + text(b"bomb") + text(b"x" * 3900) + indexed(62) * 12000, END_HEAD | END)


def padded(s):
    pad = b"\xff"
    return (frame(HEADERS, END_HEAD | PADDED, s, pad + status() + b"\0" * 255) +
            b"".join(frame(DATA, PADDED | (END if i == 4 else 0), s, pad + b"hello"[i:i + 1] + b"\0" * 255)
                     for i in range(5)))


# What these answer does not depend on the connection: a function of the
# stream's number.
SAYS = {
    "ok": ok,
    "interim": lambda s: head(s, status(b"103")) + ok(s),
    "interims-50": lambda s: head(s, status(b"103")) * 50 + ok(s),
    "interims-2000": lambda s: head(s, status(b"103")) * 2000 + ok(s),
    "trailers": lambda s: head(s, OK_HEAD) + data(s, b"hello", 0) + head(s, field(b"x-sum", b"1"), END_HEAD | END),
    "padding": padded,
    "priorities": lambda s: frame(HEADERS, END_HEAD | PRIORITIES, s, u32(0) + b"\x10" + OK_HEAD) +
    frame(PRIORITY, 0, s, u32(0) + b"\x20") + data(s, b"hello"),
    "unknown-frames": lambda s: b"".join(frame(k, 0xff, s, b"?" * k) for k in range(10, 256)) + ok(s),
    "continuations": lambda s: long_head(s, OK_HEAD, 0, 8) + data(s, b"hello"),
    "head-100k": lambda s: long_head(s, OK_HEAD + field(b"x", b"y" * 25000) * 4) + data(s, b"hello"),
    "head-200k": lambda s: long_head(s, OK_HEAD + field(b"x", b"y" * 25000) * 8) + data(s, b"hello"),
    "head-300k": lambda s: long_head(s, OK_HEAD + field(b"x", b"y" * 25000) * 12) + data(s, b"hello"),
    "empty-data": lambda s: head(s, OK_HEAD) + data(s, b"", 0) * 1000 + data(s, b"hello"),
    "byte-by-byte": lambda s: head(s, status()) + data(s, b"x", 0) * 1000 + data(s, b""),
    "pings-100": lambda s: frame(PING, 0, 0, b"01234567") * 100 + ok(s),
    "settings-100": lambda s: settings() * 100 + ok(s),
    "windows-5000": lambda s: frame(WINDOW_UPDATE, 0, s, u32(1)) * 5000 + ok(s),
    "reset-after": lambda s: ok(s) + reset(s, NO_ERROR),
    "data-after": lambda s: ok(s) + data(s, b"more", 0) * 5,
    "space-around-value": with_head((b"x", b" y ")),
    "length-more": lambda s: head(s, status() + field(b"content-length", b"100")) + data(s, b"hello"),
    "length-less": lambda s: head(s, status() + field(b"content-length", b"3")) + data(s, b"hello"),
    "two-lengths": with_head((b"content-length", b"5"), (b"content-length", b"6")),
    "bad-length": with_head((b"content-length", b"5x")),
    "no-content": lambda s: head(s, status(b"204")) + data(s, b"hello"),
    "status-000": with_status(b"000"), "status-600": with_status(b"600"), "status-1000": with_status(b"1000"),
    "status-abc": with_status(b"abc"), "status-101": with_status(b"101"), "status-empty": with_status(b""),
    "status-missing": lambda s: head(s, field(b"x", b"y"), END_HEAD | END),
    "status-twice": lambda s: head(s, status() + status(), END_HEAD | END),
    "status-late": lambda s: head(s, field(b"x", b"y") + status(), END_HEAD | END),
    "pseudo-unknown": with_head((b":foo", b"y")),
    "pseudo-of-requests": with_head((b":path", b"/")),
    "name-upper": with_head((b"X-Upper", b"y")),
    "name-empty": with_head((b"", b"y")),
    "name-space": with_head((b"x y", b"z")),
    "value-escape": with_head((b"x", b"\x1b[31mred")),
    "value-nul": with_head((b"x", b"a\0b")),
    "value-newline": with_head((b"x", b"a\r\nx: b")),
    "field-of-connection": with_head((b"connection", b"close")),
    "field-chunked": with_head((b"transfer-encoding", b"chunked")),
    "trailers-pseudo": lambda s: head(s, status()) + data(s, b"hello", 0) + head(s, status(), END_HEAD | END),
    "trailers-open": lambda s: head(s, status()) + data(s, b"hello", 0) + head(s, field(b"x-sum", b"1")),
    "two-heads": lambda s: head(s, OK_HEAD) + head(s, OK_HEAD) + data(s, b"hello"),
    "data-first": lambda s: data(s, b"hello"),
    "interim-ends": lambda s: head(s, status(b"103"), END_HEAD | END),
    "interim-data": lambda s: head(s, status(b"103")) + data(s, b"hello"),
    "window-overflow": lambda s: frame(WINDOW_UPDATE, 0, s, u32(0x7fffffff)) * 2,
    "hpack-bomb": hpack_bomb,
    "no-end": lambda s: head(s, OK_HEAD) + data(s, b"hello", 0),
    "silent": lambda s: b"",
    "interim-silent": lambda s: head(s, status(b"103")),
    "no-window": lambda s: ok(s),
    "upload": lambda s: ok(s),
    "reset-in-body": lambda s: head(s, OK_HEAD) + data(s, b"he", 0) + reset(s, INTERNAL_ERROR),
    # the connection's
    "goaway-graceful": lambda s: goaway(0x7fffffff) + ok(s) + goaway(s),
    "goaway-before": lambda s: goaway(s) + ok(s),
    "goaway-storm": lambda s: goaway(s) * 1000 + ok(s),
    "goaway-below": lambda s: goaway(s - 2 if s > 1 else 0),
    "goaway-raised": lambda s: goaway(s) + goaway(s + 2),
    "goaway-short": lambda s: frame(GOAWAY, 0, 0, b"\0" * 7),
    "goaway-escape": lambda s: goaway(s, 0x1b5b334d, b"\x1b[31m" * 20) + data(0, b""),
    "lowers-streams": lambda s: settings((MAX_STREAMS, 1)) + ok(s),
    "lowers-window": lambda s: settings((WINDOW, 0)) + ok(s),
    "table-0": lambda s: settings((TABLE_SIZE, 0), (TABLE_SIZE, 0xffffffff)) + ok(s),
    "settings-33": before_ok(settings(*[(0x99, 1)] * 33)),
    "settings-unknown": before_ok(settings((0x99, 1), (0x4a4a, 0xffffffff))),
    "settings-push": before_ok(settings((ENABLE_PUSH, 1))),
    "settings-window": before_ok(settings((WINDOW, 1 << 31))),
    "settings-frame-size": before_ok(settings((FRAME_SIZE, 0))),
    "settings-cut": before_ok(frame(SETTINGS, 0, 0, b"\0" * 5)),
    "settings-ack-full": before_ok(frame(SETTINGS, ACK, 0, b"\0" * 6)),
    "settings-on-stream": lambda s: frame(SETTINGS, 0, s) + ok(s),
    "window-raised": lambda s: frame(WINDOW_UPDATE, 0, s, u32(0x7fffffff - 65535)) + settings((WINDOW, 0x7fffffff)),
    "window-0": lambda s: frame(WINDOW_UPDATE, 0, s, u32(0)),
    "window-0-connection": before_ok(frame(WINDOW_UPDATE, 0, 0, u32(0))),
    "window-overflow-connection": before_ok(frame(WINDOW_UPDATE, 0, 0, u32(0x7fffffff)) * 2),
    "window-idle": before_ok(frame(WINDOW_UPDATE, 0, 9999, u32(1))),
    "ping-short": before_ok(frame(PING, 0, 0, b"0")),
    "ping-on-stream": lambda s: frame(PING, 0, s, b"01234567") + ok(s),
    "data-stream-0": before_ok(data(0, b"hello")),
    "data-idle": before_ok(data(9999, b"hello")),
    "head-idle": before_ok(head(9999, OK_HEAD)),
    "head-even": before_ok(head(2, OK_HEAD)),
    "reset-idle": before_ok(reset(9999, CANCEL)),
    "reset-stream-0": before_ok(reset(0, CANCEL)),
    "push": lambda s: frame(PUSH_PROMISE, END_HEAD, s, u32(2) + indexed(2) + indexed(4) + indexed(6) +
                            field(b":authority", b"x")) + ok(s),
    "frame-large": lambda s: head(s, status()) + data(s, b"x" * 16385),
    "padding-long": lambda s: head(s, status()) + frame(DATA, PADDED | END, s, b"\xffhello"),
    "continuation-alone": lambda s: frame(CONTINUATION, END_HEAD, s, OK_HEAD) + ok(s),
    "continuation-broken": lambda s: frame(HEADERS, 0, s, status()) + data(s, b"hello"),
    "hpack-index-0": lambda s: head(s, status() + b"\x80", END_HEAD | END),
    "hpack-index": lambda s: head(s, status() + indexed(100), END_HEAD | END),
    "hpack-number": lambda s: head(s, status() + b"\xff" * 12 + b"\x7f", END_HEAD | END),
    "hpack-huffman": lambda s: head(s, status() + b"\0\x84" + b"\xff" * 4 + text(b"y"), END_HEAD | END),
    "hpack-table": lambda s: head(s, number(65536, 5, 0x20) + status(), END_HEAD | END),
    "hpack-cut": lambda s: head(s, status() + b"\0\x0aabc", END_HEAD | END),
    "garbage": lambda s: b"\xff" * 64,
}
SAYS.update({f"reset-{code}": refuses(code) for code in range(14)})
SAYS["reset-unknown"] = refuses(0x1b5b334d)

# Said again and again, until the client has had enough.
FLOODS = {
    "flood-pings": lambda s: frame(PING, 0, 0, b"01234567"),
    "flood-settings": lambda s: settings(),
    "flood-unknown": lambda s: frame(0xee, 0, 0),
    "flood-empty-data": lambda s: data(s, b"", 0),
    "flood-priority": lambda s: frame(PRIORITY, 0, s, u32(0) + b"\x10"),
    "flood-resets": lambda s: reset(s, CANCEL),
    "flood-windows": lambda s: frame(WINDOW_UPDATE, 0, 0, u32(1)),
    "flood-late-data": lambda s: data(s, b"x", 0),
    "flood-goaway": lambda s: goaway(s),
    "flood-interims": lambda s: head(s, status(b"103")),
    "flood-body": lambda s: data(s, b"x" * 16384, 0),
    "endless-head": lambda s: frame(CONTINUATION, 0, s, field(b"x-endless", b"y" * 50)),
    "endless-empty-head": lambda s: frame(CONTINUATION, 0, s),
}
BEFORE_FLOOD = {
    "flood-empty-data": lambda s: head(s, status()), "flood-body": lambda s: head(s, status()),
    "flood-late-data": ok, "flood-resets": lambda s: reset(s, CANCEL),
    "endless-head": lambda s: frame(HEADERS, 0, s, status()),
    "endless-empty-head": lambda s: frame(HEADERS, 0, s, status()),
}

MANNERS = {}


def manner(f):
    MANNERS[f.__name__.replace("_", "-")] = f
    return f


@manner
async def refused_once(t, s):
    """Each address, the first time."""
    again = t.paths[s] in t.server.refused
    t.server.refused.add(t.paths[s])
    await t.say(ok(s) if again else reset(s, REFUSED_STREAM))


@manner
async def goaway_once(t, s):
    again = t.paths[s] in t.server.refused
    t.server.refused.add(t.paths[s])
    await t.say(ok(s) if again else goaway(s - 2 if s > 1 else 0))


@manner
async def drip(t, s):
    await t.say(head(s, status()))
    t.later(t.drip(data(s, b"x", 0)))


@manner
async def empty_drip(t, s):
    await t.say(head(s, status()))
    t.later(t.drip(data(s, b"", 0)))


@manner
async def goaway_behind(t, s):
    await t.say(ok(s))
    await t.goodbye()


@manner
async def goaway_soon(t, s):
    """The answer, and when all is quiet GOAWAY and the end."""
    await t.say(ok(s))
    if not t.tasks:
        async def say_goodbye():
            await asyncio.sleep(0.1)
            await t.goodbye()
            t.end()
        t.later(say_goodbye())


@manner
async def close_before(t, s):
    t.end()


@manner
async def close_in_head(t, s):
    await t.say(head(s, OK_HEAD)[:15])
    t.end()


@manner
async def close_in_body(t, s):
    await t.say((head(s, OK_HEAD) + data(s, b"hello"))[:-2])
    t.end()


@manner
async def close_no_end(t, s):
    await t.say(head(s, OK_HEAD) + data(s, b"hello", 0))
    t.end()


@manner
async def close_after(t, s):
    await t.say(ok(s))
    t.end()


@manner
async def goaway_close(t, s):
    await t.say(goaway(s, INTERNAL_ERROR))
    t.end()


@manner
async def reset_before(t, s):
    await t.abort()


@manner
async def reset_in_body(t, s):
    await t.say(head(s, OK_HEAD) + data(s, b"he", 0))
    await t.abort()


MANNERS["tcp-reset-before"] = MANNERS.pop("reset-before")
MANNERS["tcp-reset-in-body"] = MANNERS.pop("reset-in-body")


@manner
async def stall_in_head(t, s):
    await t.say(head(s, OK_HEAD)[:15])
    t.is_stuck = True


@manner
async def stall_in_body(t, s):
    await t.say((head(s, OK_HEAD) + data(s, b"hello"))[:-2])
    t.is_stuck = True


# --- openings: instead of SETTINGS and a talk -------------------------------
# A function of the connection; True: then a talk, in order.

def opens_with(data, goes_on=True):
    async def f(t):
        await t.say(data)
        return goes_on
    return f


async def open_close(t):
    t.end()


async def open_reset(t):
    await t.abort()


async def open_late(t):
    await asyncio.sleep(0.3)
    await t.say(settings())
    return True


OPENINGS = {
    "plain": opens_with(settings()),
    "open-silent": opens_with(b"", False),
    "open-close": open_close,
    "open-reset": open_reset,
    "open-garbage": opens_with(b"\x00\xff\x16\x03\x01 this is no HTTP \x1b[31m\r\n\r\n", False),
    "open-http-1": opens_with(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", False),
    "open-ping": opens_with(frame(PING, 0, 0, b"01234567"), False),
    "open-head": opens_with(ok(1), False),
    "open-ack": opens_with(frame(SETTINGS, ACK, 0), False),
    "open-goaway": opens_with(settings() + goaway(0), False),
    "open-goaway-first": opens_with(goaway(0), False),
    "open-goaway-loud": opens_with(settings() + goaway(0, 11), False),
    "open-late": open_late,
    "open-no-ack": opens_with(settings()),
    "open-streams-0": opens_with(settings((MAX_STREAMS, 0)), False),
    "open-streams-1": opens_with(settings((MAX_STREAMS, 1))),
    "open-window-0": opens_with(settings((WINDOW, 0))),
    "open-frame-max": opens_with(settings((FRAME_SIZE, (1 << 24) - 1), (TABLE_SIZE, 0xffffffff))),
}


class Talk:
    """One connection."""

    def __init__(self, server, reader, writer):
        self.server, self.reader, self.writer = server, reader, writer
        self.heads, self.paths = Heads(), {}
        self.has_ended = self.is_stuck = False
        self.tasks, self.last = [], None

    async def say(self, data):
        if not self.has_ended and not self.is_stuck:
            self.writer.write(data)
            await self.writer.drain()

    def later(self, work):
        self.tasks.append(asyncio.ensure_future(work))

    async def drip(self, data):
        for _ in range(FOREVER):
            await self.say(data)
            await asyncio.sleep(0.1)

    def end(self):
        """Nothing more is said, but what comes is read and counted: a close
        with bytes unread would be a reset."""
        self.has_ended = True
        if self.writer.can_write_eof():
            self.writer.write_eof()
        else:
            self.writer.close()

    async def goodbye(self):
        """Keeps its word: what came until now is answered, nothing else."""
        if self.last is None:
            self.last = max(self.paths)
            await self.say(goaway(self.last))

    async def abort(self):
        await asyncio.sleep(0.02)  # what was said before is on its way
        self.has_ended = True
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def flood(self, name, s):
        await self.say(BEFORE_FLOOD.get(name, lambda s: b"")(s))
        piece = FLOODS[name](s)
        piece *= (1 << 20) // len(piece)
        while not self.has_ended and not self.writer.transport.is_closing():
            await self.say(piece)
            await asyncio.sleep(0)  # or nobody else has a turn

    async def answer(self, s):
        name = self.paths[s].split("?")[0].strip("/")
        self.server.seen[name] += 1
        if self.last is not None and s > self.last:
            return
        if "?" in self.paths[s] and self.paths[s] in self.server.asked:
            self.server.twice.add(self.paths[s])
        self.server.asked.add(self.paths[s])
        name = self.server.always or name.removeprefix("h2-")
        if name in FLOODS:
            self.later(self.flood(name, s))
        elif name in MANNERS:
            await MANNERS[name](self, s)
        else:
            await self.say(SAYS[name](s))

    async def frame(self):
        h = await self.reader.readexactly(9)
        payload = await self.reader.readexactly(int.from_bytes(h[:3], "big"))
        return h[3], h[4], int.from_bytes(h[5:], "big"), payload

    async def read_head(self, flags, s, block):
        while not flags & END_HEAD:
            _, more, _, payload = await self.frame()
            flags, block = flags | more & END_HEAD, block + payload
        self.paths[s] = dict(self.heads.read(block[5:] if flags & PRIORITIES else block))[b":path"].decode()

    async def talk(self):
        assert await self.reader.readexactly(len(PREFACE)) == PREFACE
        goes_on = await self.server.opening(self)
        while True:
            kind, flags, s, payload = await self.frame()
            if kind == HEADERS:
                await self.read_head(flags, s, payload)
            elif kind == RST_STREAM and payload == u32(CANCEL):
                self.server.cancelled += 1
            elif kind == SETTINGS and not flags & ACK and goes_on and not self.server.is_mute:
                await self.say(frame(SETTINGS, ACK, 0))
            elif kind == DATA and payload:
                await self.say(frame(WINDOW_UPDATE, 0, 0, u32(len(payload))))
                if "no-window" not in self.paths[s]:
                    await self.say(frame(WINDOW_UPDATE, 0, s, u32(len(payload))))
            if kind in (HEADERS, DATA) and flags & END:
                if goes_on:
                    await self.answer(s)
                else:
                    self.server.seen[self.paths[s].split("?")[0].strip("/")] += 1


class Server(Background):
    """opening: see OPENINGS; always: that manner, whatever the path."""

    def __init__(self, opening="plain", always=None, tls=None):
        super().__init__(tls=tls)
        self.opening, self.is_mute = OPENINGS[opening], opening == "open-no-ack"
        self.always, self.refused, self.cancelled = always, set(), 0
        self.asked, self.twice = set(), set()  # addresses; those that came again

    async def serve(self, reader, writer):
        self.connections += 1
        t = Talk(self, reader, writer)
        self.open.add(t)
        try:
            await t.talk()
        except (OSError, asyncio.IncompleteReadError):
            pass
        except Exception as e:  # a mistake of this server's own
            self.errors.append(repr(e))
        finally:
            for task in t.tasks:
                task.cancel()
            self.open.discard(t)
            writer.close()
