# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers in threads on loopback, which count what they saw."""
import contextlib, http.server, select, shutil, socket, socketserver, ssl, subprocess, threading

from tap import Skip

LOCK = threading.Lock()


class Seen:
    """What a server saw: lines in order, and counts by anything."""

    def __init__(self):
        self.lines, self.counts = [], {}

    def add(self, line, **counts):
        with LOCK:
            self.lines.append(line)
            for k, n in counts.items():
                self.counts[k] = self.counts.get(k, 0) + n


class Quiet(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def handle_error(self, *_):
        pass


@contextlib.contextmanager
def serving(handler, tls=None, at=0, **fields):
    """A socketserver handler on port `at`, or a free one; yields the server,
    with .seen and .port."""
    server = Quiet(("127.0.0.1", at), handler)
    server.seen, server.port = Seen(), server.server_address[1]
    for k, v in fields.items():
        setattr(server, k, v)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


class Accepting:
    """Gives each connection to take(), one after the other, while its block
    lasts."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def accept(self):
        while True:
            try:
                c, _ = self.listener.accept()
            except OSError:
                return
            self.take(c)


class Web(http.server.BaseHTTPRequestHandler):
    """Keeps connections; a test's handler says what page() answers."""
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.seen.add(f"{self.command} {self.path}", requests=1)
        status, headers, answer = self.page(body)
        self.send_response(status)
        for k, v in headers:
            self.send_header(k, v)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = any


def pump(a, b):
    """Bytes both ways until one side ends."""
    while True:
        for s in select.select([a, b], [], [], 20)[0] or [None]:
            data = s.recv(65536) if s else b""
            if not data:
                return
            (b if s is a else a).sendall(data)


class Proxy(socketserver.StreamRequestHandler):
    """HTTP: CONNECT, and GET with a whole URL. A request a connection."""

    def handle(self):
        line = self.rfile.readline().decode()
        head = []
        while (h := self.rfile.readline()) not in (b"\r\n", b"\n", b""):
            head.append(h)
        method, where, _ = line.split()
        self.server.seen.add(line.strip(), requests=1)
        if method == "CONNECT":
            host, port = where.split(":")
            with socket.create_connection((host, int(port)), 10) as to:
                self.connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                pump(self.connection, to)
            return
        host, path = where.removeprefix("http://").split("/", 1)
        name, port = host.split(":")
        with socket.create_connection((name, int(port)), 10) as to:
            to.sendall(f"{method} /{path} HTTP/1.1\r\n".encode() + b"".join(head) + b"\r\n")
            pump(self.connection, to)


class Socks5(socketserver.BaseRequestHandler):
    """RFC 1928, no password; addresses and names."""

    def handle(self):
        s = self.request
        n = s.recv(2, socket.MSG_WAITALL)[1]
        s.recv(n, socket.MSG_WAITALL)
        s.sendall(b"\x05\x00")
        kind = s.recv(4, socket.MSG_WAITALL)[3]
        if kind == 1:
            host = socket.inet_ntoa(s.recv(4, socket.MSG_WAITALL))
        else:
            host = s.recv(s.recv(1)[0], socket.MSG_WAITALL).decode()
        port = int.from_bytes(s.recv(2, socket.MSG_WAITALL), "big")
        self.server.seen.add(f"{kind} {host}:{port}", connects=1)
        with socket.create_connection((host, port), 10) as to:
            s.sendall(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
            pump(s, to)


class Ftp(socketserver.StreamRequestHandler):
    """Passive mode, binary; user u, password p, or anonymous."""

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def data(self):
        self.say("150 now")
        return self.passive.accept()[0]

    def handle(self):
        self.say("220 ready")
        files, login, user = self.server.files, self.server.login, ""
        while line := self.rfile.readline().decode().strip():
            verb, _, arg = line.partition(" ")
            self.server.seen.add(line)
            if verb == "USER":
                user = arg
                self.say("331 password?")
            elif verb == "PASS":
                right = not login or login == f"{user}:{arg}"
                self.say("230 welcome" if right else "530 no")
            elif verb == "EPSV":
                self.passive = socket.create_server(("127.0.0.1", 0))
                self.passive.settimeout(10)
                self.say(f"229 here (|||{self.passive.getsockname()[1]}|)")
            elif verb == "SIZE" and arg in files:
                self.say(f"213 {len(files[arg])}")
            elif verb == "RETR" and arg in files:
                with self.data() as d:
                    d.sendall(files[arg])
                self.say("226 done")
                self.server.seen.add("", requests=1)
            elif verb == "STOR":
                with self.data() as d:
                    got = b"".join(iter(lambda: d.recv(65536), b""))
                files[arg] = got
                self.say("226 done")
                self.server.seen.add("", requests=1)
            elif verb in ("SIZE", "RETR"):
                self.say("550 no such file")
            elif verb == "PWD":
                self.say('257 "/"')
            elif verb == "QUIT":
                self.say("221 bye")
                return
            elif verb in ("TYPE", "CWD"):
                self.say("200 fine")
            else:
                self.say("502 what?")


def certificates(folder):
    """ca.pem, server.pem + .key for 127.0.0.1, client.pem + .key, stray.key."""
    if not shutil.which("openssl"):
        raise Skip("openssl is missing")

    def run(*args):
        subprocess.run(["openssl", *args], cwd=folder, check=True, capture_output=True, timeout=60)
    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    run("req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=test CA")
    for name in "server", "client":
        run("req", *new, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}",
            "-addext", "subjectAltName=IP:127.0.0.1")
        run("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-copy_extensions", "copy", "-out", f"{name}.pem")
    run("genpkey", "-algorithm", "ED25519", "-out", "stray.key")


def tls_context(folder, asks=False):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    c.load_cert_chain(f"{folder}/server.pem", f"{folder}/server.key")
    if asks:
        c.load_verify_locations(f"{folder}/ca.pem")
        c.verify_mode = ssl.CERT_REQUIRED
    return c
