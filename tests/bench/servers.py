# SPDX-License-Identifier: GPL-3.0-or-later
"""What is loaded: nginx with one worker, and delay_server. On loopback."""
import array, json, os, select, socket, subprocess, time

from procs import Failed, find

NGINX = """worker_processes 1; daemon off; pid {dir}/pid;
error_log {dir}/error.log;
worker_rlimit_nofile {files};
events {{ worker_connections {connections}; multi_accept on; }}
http {{ access_log off; keepalive_requests 100000000; keepalive_timeout 300s;
  client_body_temp_path {dir}/b; proxy_temp_path {dir}/p;
  fastcgi_temp_path {dir}/f; uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
  server {{
    listen 127.0.0.1:{plain} backlog=4096;
    listen 127.0.0.1:{h2c} http2 backlog=4096;
    listen 127.0.0.1:{tls} ssl backlog=4096;
    listen 127.0.0.1:{h2} ssl http2 backlog=4096;
    ssl_certificate {dir}/cert.pem; ssl_certificate_key {dir}/key.pem;
    location / {{ return 200 "hello world\\n"; }}
    location /order {{ default_type application/json; return 200 '{order}'; }} }} }}
"""
ORDER = json.dumps({"id": "o-48151623", "state": "done", "items": [
    {"sku": "A-17", "name": "umbrella", "price": 19.9, "count": 1},
    {"sku": "B-42", "name": "rubber boots, green", "price": 39.5, "count": 2}], "total": 98.9,
    "customer": {"id": 4711, "name": "Ada", "city": "London"}, "note": "leave it at the door"})
PORTS = ("plain", "h2c", "tls", "h2")


def free_ports(count):
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in taken]
    for s in taken:
        s.close()
    return ports


def make_certificate(children, folder):
    done = children.run([find("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                         "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                         "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"],
                        os.sched_getaffinity(0), 30)
    if done.status:
        raise Failed(done.trouble("openssl"))


def wait_for_port(port, process):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
        if process.poll() is not None:
            break
    raise Failed(f"{os.path.basename(process.args[0])} does not listen")


class Nginx:
    """Ports by name; .url("tls") is a URL. .files: descriptors it may use."""

    def __init__(self, children, cores, folder, files):
        self.folder = os.path.join(folder, "nginx")
        os.mkdir(self.folder)
        make_certificate(children, self.folder)
        self.ca = f"{self.folder}/cert.pem"
        self.ports = dict(zip(PORTS, free_ports(len(PORTS))))
        with open(f"{self.folder}/nginx.conf", "w") as f:
            f.write(NGINX.format(dir=self.folder, files=files, connections=files - 50, order=ORDER, **self.ports))
        self.process = children.start([find("nginx"), "-c", f"{self.folder}/nginx.conf", "-p", self.folder], cores,
                                      stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL)
        wait_for_port(self.ports["plain"], self.process)

    def url(self, port):
        scheme = "https" if port in ("tls", "h2") else "http"
        return f"{scheme}://127.0.0.1:{self.ports[port]}/"


class DelayServer:
    """delay_server; its clock is time.monotonic_ns()'s."""

    def __init__(self, children, cores, folder, program, microseconds):
        self.children, self.folder = children, folder
        self.process = children.start([program, "--delay", str(microseconds)], cores, stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE)
        self.url = f"http://127.0.0.1:{int(self.line())}/"

    def line(self):
        if not select.select([self.process.stdout], [], [], 20)[0]:
            raise Failed("delay_server says nothing")
        return self.process.stdout.readline().decode()

    def ask(self, command):
        self.process.stdin.write(command.encode() + b"\n")
        self.process.stdin.flush()
        answer = json.loads(self.line())
        if "error" in answer:
            raise Failed("delay_server: " + answer["error"])
        return answer

    def reset(self):
        self.ask("reset")

    def stats(self):
        return self.ask("stats")

    def samples(self, kind):
        """accepts, closes, requests: ns; delays: ns."""
        path = os.path.join(self.folder, "samples")
        count = self.ask(f"dump {kind} {path}")["kept"]
        values = array.array("Q")
        with open(path, "rb") as f:
            values.fromfile(f, count)
        return values

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.children.stop(self.process)
        self.process.stdin.close(), self.process.stdout.close()
