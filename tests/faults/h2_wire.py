# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames of HTTP/2 (RFC 9113) and heads of HPACK (RFC 7541), by hand: what a
server needs that is to break their rules."""
import struct

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END, ACK, END_HEAD, PADDED, PRIORITIES = 1, 1, 4, 8, 0x20  # flags
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
NO_ERROR, INTERNAL_ERROR, REFUSED_STREAM, CANCEL = 0, 2, 7, 8
TABLE_SIZE, ENABLE_PUSH, MAX_STREAMS, WINDOW, FRAME_SIZE = range(1, 6)  # settings


# --- what a server says -----------------------------------------------------

def frame(kind, flags, stream, payload=b""):
    return struct.pack("!I", len(payload))[1:] + struct.pack("!BBI", kind, flags, stream) + payload


def number(n, bits, first=0):
    """An integer with a prefix of so many bits."""
    most = (1 << bits) - 1
    if n < most:
        return bytes([first | n])
    out, n = bytearray([first | most]), n - most
    while n >= 128:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes(out) + bytes([n])


def text(b):
    return number(len(b), 7) + b


def field(name, value):
    """Literal, not indexed."""
    return b"\0" + text(name) + text(value)


def indexed(i):
    return number(i, 7, 0x80)


def status(value=b"200"):
    return field(b":status", value)


def fields(*pairs):
    return b"".join(field(n, v) for n, v in pairs)


def head(s, block, flags=END_HEAD):
    return frame(HEADERS, flags, s, block)


def long_head(s, block, flags=0, piece=16384):
    """In as many CONTINUATION frames as it takes."""
    parts = [block[i:i + piece] for i in range(0, len(block), piece)]
    last = len(parts) - 1
    return b"".join(frame(CONTINUATION if i else HEADERS, (0 if i else flags) | (END_HEAD if i == last else 0), s, p)
                    for i, p in enumerate(parts))


def data(s, b, flags=END):
    return frame(DATA, flags, s, b)


def u32(*values):
    return struct.pack(f"!{len(values)}I", *values)


def settings(*pairs):
    return frame(SETTINGS, 0, 0, b"".join(struct.pack("!HI", *p) for p in pairs))


def reset(s, code):
    return frame(RST_STREAM, 0, s, u32(code))


def goaway(last, code=NO_ERROR, words=b""):
    return frame(GOAWAY, 0, 0, u32(last, code) + words)


# --- what a client says -----------------------------------------------------

STATIC = [(b"", b""), (b":authority", b""), (b":method", b"GET"), (b":method", b"POST"), (b":path", b"/"),
          (b":path", b"/index.html"), (b":scheme", b"http"), (b":scheme", b"https")]
STATIC += [(b"other", b"")] * (62 - len(STATIC))

# Lengths of the codes of 0..256; Huffman's code is canonical (RFC 7541, appendix B).
LENGTHS = [int(n) for n in """
13 23 28 28 28 28 28 28 28 24 30 28 28 30 28 28 28 28 28 28 28 28 30 28 28 28 28 28 28 28 28 28
6 10 10 12 13 6 8 11 10 10 8 11 8 6 6 6 5 5 5 6 6 6 6 6 6 6 7 8 15 6 12 10
13 6 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 8 7 8 13 19 13 14 6
15 5 6 5 6 5 6 6 6 5 7 7 6 6 6 5 6 7 6 5 5 6 7 7 7 7 7 15 11 14 13 28
20 22 20 20 22 22 22 23 22 23 23 23 23 23 24 23 24 24 22 23 24 23 23 23 23 21 22 23 22 23 23 24
22 21 20 22 22 23 23 21 23 22 22 24 21 22 23 23 21 21 22 21 23 22 23 23 20 22 22 22 23 22 22 23
26 26 20 19 22 23 22 25 26 26 26 27 27 26 24 25 19 21 26 27 27 26 27 24 21 21 26 26 28 27 27 27
20 24 20 21 22 21 21 23 22 22 25 25 24 24 26 23 26 27 26 26 27 27 27 27 27 28 27 27 27 27 27 26 30""".split()]


def codes():
    out, code, length = {}, 0, 0
    for n, symbol in sorted((n, s) for s, n in enumerate(LENGTHS)):
        code <<= n - length
        out[n, code] = symbol
        code, length = code + 1, n
    return out


CODES = codes()


def unhuffman(b):
    out, code, length = bytearray(), 0, 0
    for byte in b:
        for bit in range(7, -1, -1):
            code, length = code << 1 | byte >> bit & 1, length + 1
            symbol = CODES.get((length, code))
            if symbol is not None:
                out.append(symbol)
                code = length = 0
    return bytes(out)


class Heads:
    """Reads a client's heads: a connection's table."""

    def __init__(self):
        self.table = []

    def number(self, bits):
        most = (1 << bits) - 1
        n, shift = self.b[self.at] & most, 0
        self.at += 1
        while n >= most:
            byte = self.b[self.at]
            self.at += 1
            n, shift = n + ((byte & 127) << shift), shift + 7
            if byte < 128:
                break
        return n

    def text(self):
        is_huffman = self.b[self.at] & 0x80
        n = self.number(7)
        raw = self.b[self.at:self.at + n]
        self.at += n
        return unhuffman(raw) if is_huffman else raw

    def entry(self, i):
        return STATIC[i] if i < len(STATIC) else self.table[i - len(STATIC)]

    def read(self, block):
        self.b, self.at, out = block, 0, []
        while self.at < len(block):
            first = block[self.at]
            if first & 0x80:
                out.append(self.entry(self.number(7)))
            elif first & 0xe0 == 0x20:
                if self.number(5) == 0:
                    self.table.clear()
            else:
                is_kept = first & 0x40
                i = self.number(6 if is_kept else 4)
                name = self.entry(i)[0] if i else self.text()
                out.append((name, self.text()))
                if is_kept:
                    self.table.insert(0, out[-1])
        return out
