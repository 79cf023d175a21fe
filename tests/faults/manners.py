# SPDX-License-Identifier: GPL-3.0-or-later
"""An HTTP/1.1 server that misbehaves as the path asks. It runs in a thread
of the test, on asyncio, and counts what it saw: requests that arrived whole,
by path, and connections. Speed is not its business; see bad_server.c."""
import asyncio, socket, struct

from background import Background

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
KIB = 1024
FOREVER = 3600
MANNERS = {}


def manner(f):
    MANNERS["/" + f.__name__.replace("_", "-")] = f
    return f


class Talk:
    """One connection. A manner that returns True keeps it."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    async def say(self, data):
        if self.writer.transport.is_closing():
            raise ConnectionError
        self.writer.write(data)
        await self.writer.drain()
        await asyncio.sleep(0)  # to hear of the other side's end

    async def wait(self, seconds=FOREVER):
        """Until the other side closes."""
        try:
            await asyncio.wait_for(self.reader.read(), seconds)
            raise ConnectionError
        except asyncio.TimeoutError:
            pass

    async def drip(self, data):
        """A byte a second."""
        for i in range(len(data)):
            await self.say(data[i:i + 1])
            await self.wait(1)

    async def reset(self):
        await asyncio.sleep(0.02)  # what was said before is on its way
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def abort(self):
        """Closes below TLS, which says no end."""
        await asyncio.sleep(0.02)
        self.writer.transport.abort()


# --- in order ---------------------------------------------------------------

@manner
async def ok(t):
    await t.say(OK)
    return True


@manner
async def close_said(t):
    await t.say(OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))


# --- keep-alive races -------------------------------------------------------

@manner
async def close_after(t):
    await t.say(OK)


@manner
async def reset_after(t):
    await t.say(OK)
    await t.reset()


# --- before the request was read; see Server's early ------------------------

TOO_MUCH = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@manner
async def early_peace(t):
    await t.say(TOO_MUCH)
    await t.wait()


@manner
async def early_close(t):
    await t.say(TOO_MUCH)
    t.writer.close()


# --- closed or reset --------------------------------------------------------

@manner
async def close_before(t):
    pass


@manner
async def reset_before(t):
    await t.reset()


@manner
async def reset_in_body(t):
    await t.say(OK[:-2])
    await t.reset()


# --- slow -------------------------------------------------------------------

@manner
async def silent(t):
    await t.wait()


@manner
async def silent_in_body(t):
    await t.say(OK[:-2])
    await t.wait()


@manner
async def slow_head(t):
    await t.drip(b"HTTP/1.1 200 OK\r\nX: " + b"x" * FOREVER)


@manner
async def slow_body(t):
    await t.say(OK.replace(b": 5", b": 5000"))
    await t.drip(b"x" * FOREVER)


# --- large ------------------------------------------------------------------

@manner
async def head_1m(t):
    await t.say(b"HTTP/1.1 200 OK\r\nX: " + b"x" * KIB * KIB + b"\r\nContent-Length: 5\r\n\r\nhello")
    return True


@manner
async def head_endless(t):
    await t.say(b"HTTP/1.1 200 OK\r\n")
    while True:
        await t.say(b"X-Endless: and on it goes\r\n" * 500)


@manner
async def headers_10000(t):
    fields = b"".join(b"X-Field-%05d: a value of some length\r\n" % i for i in range(10000))
    await t.say(b"HTTP/1.1 200 OK\r\n" + fields + b"Content-Length: 5\r\n\r\nhello")
    return True


@manner
async def chunk_extension_1m(t):
    await t.say(CHUNKED + b"5;x=" + b"x" * KIB * KIB + b"\r\nhello\r\n0\r\n\r\n")
    return True


@manner
async def trailer_1m(t):
    await t.say(CHUNKED + b"5\r\nhello\r\n0\r\nX: " + b"x" * KIB * KIB + b"\r\n\r\n")
    return True


@manner
async def interims_2000(t):
    await t.say(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 2000 + OK)
    return True


# --- the server -------------------------------------------------------------

class Server(Background):
    """early: paths answered when their head was read, before the body.
    manners: by path."""

    def __init__(self, host="127.0.0.1", tls=None, early=(), manners=None):
        super().__init__(host, tls)
        self.early, self.manners = early, manners or MANNERS

    async def serve(self, reader, writer):
        self.connections += 1
        talk = Talk(reader, writer)
        self.open.add(talk)
        try:
            while await self.manners[await self.next_path(talk)](talk):
                pass
            await self.close_in_peace(talk)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            self.open.discard(talk)
            writer.close()

    async def close_in_peace(self, talk):
        """The end is said, but what is on its way is still read: a close
        with bytes unread would be a reset."""
        if talk.writer.transport.is_closing() or not talk.writer.can_write_eof():
            return
        talk.writer.write_eof()
        while True:
            await self.next_path(talk)

    async def next_path(self, talk):
        head = await talk.reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ", 2)[1].decode().partition("?")[0]
        length = 0
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        if path not in self.early and length:
            await talk.reader.readexactly(length)
        self.seen[path] += 1
        return path
