# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS servers that misbehave, below and above the record layer: a thread a
connection, and certificates made by the openssl tool."""
import os, socket, ssl, struct, subprocess, threading

from tap import path, write

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")  # quick to sign with
ALERT = b"\x15\x03\x03\x00\x02\x02\x28"  # fatal, handshake_failure


def openssl(*args):
    p = subprocess.run(["openssl", *args], capture_output=True, text=True)
    assert p.returncode == 0, (args, p.stderr)


def authority():
    """ca.pem, which signs what certificate() makes."""
    openssl("req", "-x509", *KEY, "-nodes", "-subj", "/CN=trust test", "-days", "2", "-keyout",
            path("ca.key"), "-out", path("ca.pem"))
    return path("ca.pem")


def certificate(name, alt="IP:127.0.0.1", days="2", is_own=False):
    """A context for a server with that subjectAltName; is_own: it signs
    itself."""
    key, pem, request = path(f"{name}.key"), path(f"{name}.pem"), path(f"{name}.csr")
    extensions = write(f"{name}.ext", f"subjectAltName={alt}\n")
    openssl("req", *KEY, "-nodes", "-subj", "/CN=target", "-keyout", key, "-out", request)
    signer = ["-signkey", key] if is_own else ["-CA", path("ca.pem"), "-CAkey", path("ca.key"), "-CAcreateserial"]
    openssl("x509", "-req", "-in", request, "-days", days, "-extfile", extensions, "-out", pem, *signer)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    return context


def stale_certificate():
    """One of the day after tomorrow: openssl x509 cannot make it."""
    for name, text in (("index.txt", ""), ("serial", "01"), ("notyet.cnf", f"""[ca]
default_ca = here
[here]
database = {path("index.txt")}
serial = {path("serial")}
new_certs_dir = {os.path.dirname(path("x"))}
certificate = {path("ca.pem")}
private_key = {path("ca.key")}
default_md = sha256
policy = any
[any]
commonName = supplied
[san]
subjectAltName = IP:127.0.0.1
""")):
        write(name, text)
    openssl("req", *KEY, "-nodes", "-subj", "/CN=not yet", "-keyout", path("notyet.key"), "-out", path("notyet.csr"))
    openssl("ca", "-batch", "-config", path("notyet.cnf"), "-extensions", "san", "-startdate", "20700101000000Z",
            "-enddate", "20710101000000Z", "-in", path("notyet.csr"), "-out", path("notyet.pem"), "-notext")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path("notyet.pem"), path("notyet.key"))
    return context


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


# --- instead of a handshake: a function of the raw socket -------------------

def hello_then(data):
    def f(sock):
        sock.recv(65536)
        sock.sendall(data)
        sock.recv(65536)
    return f


def hello_then_reset(sock):
    sock.recv(65536)
    reset(sock)


def hello_then_close(sock):
    sock.recv(65536)


def hello_then_silence(sock):
    while sock.recv(65536):
        pass


# --- after one: a function of the TLS socket, called for each request -------
# True keeps the connection. A close of Python's is one without close_notify.

def answers(sock):
    sock.sendall(OK)
    return True


def answers_and_closes(sock):
    sock.sendall(OK)


def cuts_the_body(sock):
    sock.sendall(OK[:-2])


def body_until_close(sock):
    sock.sendall(b"HTTP/1.1 200 OK\r\n\r\nhello")


def body_until_close_notify(sock):
    body_until_close(sock)
    sock.unwrap()


def breaks_a_record(sock):
    with socket.socket(fileno=os.dup(sock.fileno())) as raw:
        raw.sendall(b"\x17\x03\x03\x00\x20" + b"x" * 32)
    sock.recv(1)


class TlsServer:
    """shake: an SSLContext, or a function instead of the handshake."""

    def __init__(self, shake, manner=answers):
        self.shake, self.manner = shake, manner
        self.requests = self.connections = 0
        self.lock = threading.Lock()

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"https://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def serve(self, sock):
        sock.settimeout(10)
        try:
            if not isinstance(self.shake, ssl.SSLContext):
                self.shake(sock)
                return
            sock = self.shake.wrap_socket(sock, server_side=True)
            data = b""
            while True:
                while b"\r\n\r\n" not in data:
                    more = sock.recv(65536)
                    if not more:
                        return
                    data += more
                data = data.split(b"\r\n\r\n", 1)[1]
                with self.lock:
                    self.requests += 1
                if not self.manner(sock):
                    return
        except (OSError, ssl.SSLError):
            pass
        finally:
            sock.close()
